//! What stands in front of every page: limits, headers, and the door that does not let itself be
//! battered.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

use super::{
    Desk,
    error::{PageError, panicked},
};

/// The most bytes of one request.
const LARGEST_REQUEST: usize = 64 << 20;
/// The longest a page may take.
const LONGEST_ANSWER: Duration = Duration::from_secs(120);
/// Sign-ins and tracking queries from one address in a minute.
const KNOCKS: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Nothing from elsewhere, no script but our own, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Counts knocks at the doors that are open to strangers.
pub struct Doors(DefaultKeyedRateLimiter<IpAddr>);

impl Default for Doors {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(KNOCKS)))
    }
}

impl Doors {
    /// One more knock from an address; too many are refused.
    pub fn knock(&self, source: IpAddr) -> Result<(), PageError> {
        if self.0.len() > 10_000 {
            self.0.retain_recent();
        }
        self.0.check_key(&source).map_err(|_| PageError::TooMany)
    }
}

/// Puts every guard around the routes.
pub fn guarded(router: Router<Desk>) -> Router<Desk> {
    router
        .layer(middleware::from_fn(headers))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_ANSWER))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(explain))
        .layer(CsrfLayer::new())
}

/// Security headers on every answer; pages are never kept by a browser or a proxy.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A printed paper brings its own style, and with it a policy of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// An answer that a layer gave without words becomes a page that explains itself.
async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let wordless = !response.headers().contains_key(header::CONTENT_TYPE);
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if wordless => {
            PageError::TooLarge("提交的内容超过 64 MB，请减少附件后再提交。".into()).into_response()
        }
        StatusCode::METHOD_NOT_ALLOWED => PageError::Missing.into_response(),
        _ => response,
    }
}

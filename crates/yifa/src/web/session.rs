//! 会话: who is asking. A cookie leads to a session, a session to a person with posts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::actor::{Actor, OrganPath, Post};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sm3::Sm3;
use store::{Access, AccessKind, StoreError};
use subtle::ConstantTimeEq;

use super::{Desk, error::PageError, form::filled::Filled, shell::ADMIN};
use crate::office::Office;

/// A session that nobody has used for so long has ended.
pub const IDLE_MINUTES: i64 = 30;
/// A session ends after so long, however busy.
const LONGEST_HOURS: i64 = 12;
/// Using a session is noted at most once in so long.
const NOTED_SECONDS: i64 = 60;

/// Somebody who has signed in.
pub struct SignedIn {
    /// The person with posts and credentials.
    pub actor: Actor,
    /// Organs whose accounts, and those below, this person looks after. The post that says so is not
    /// among the actor's: it opens no case.
    pub keeps: Vec<OrganPath>,
    /// The session's token, as the cookie carries it.
    pub session: String,
    /// What was typed at sign-in.
    pub login: String,
    /// The password was set by somebody else and must be changed.
    pub must_change: bool,
    /// How the person came.
    pub visit: Visit,
}

/// How somebody came, signed in or not.
pub struct Visit {
    /// Path and query asked for.
    pub here: String,
    /// 大字版.
    pub large: bool,
    /// From which address.
    pub source: IpAddr,
}

/// A form sent by somebody who has signed in, from a page of this very session.
pub struct SignedForm {
    /// Who.
    pub me: SignedIn,
    /// What was typed.
    pub filled: Filled,
}

impl SignedIn {
    /// The form token: proves that a form came from a page of this session.
    pub fn token(&self) -> String {
        form_token(&self.session)
    }

    /// A line of the access log about what this person does.
    pub fn access(
        &self,
        office: &Office,
        kind: AccessKind,
        case: Option<&str>,
        detail: &str,
    ) -> Access {
        Access {
            at: office.clock().now(),
            person: self.actor.person.clone(),
            kind,
            case: case.map(str::to_owned),
            detail: detail.into(),
            source: self.visit.source.to_string(),
        }
    }

    /// Whether this person looks after the accounts of an organ.
    pub fn administers(&self, organ: &OrganPath) -> bool {
        self.keeps.iter().any(|kept| kept.covers(organ))
    }

    /// Whether this person looks after the whole county: its logs and its ledger.
    pub fn administers_all(&self, office: &Office) -> bool {
        self.administers(&OrganPath::from(office.county()))
    }

    /// Seals what a form carries back and forth.
    pub fn key(&self) -> &[u8] {
        self.session.as_bytes()
    }
}

fn form_token(session: &str) -> String {
    // A key of any length is accepted by HMAC.
    #[allow(clippy::expect_used)]
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(session.as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(b"form token");
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

impl FromRequestParts<Desk> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, PageError> {
        let here = parts.uri.path_and_query().map(|path| path.as_str()).unwrap_or("/").to_owned();
        let large = cookie(&parts.headers, "size").is_some_and(|size| size == "large");
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = || {
            let value = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        };
        let source = if desk.behind_proxy() { forwarded().or(peer) } else { peer };
        Ok(Self { here, large, source: source.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) })
    }
}

impl FromRequestParts<Desk> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, PageError> {
        let visit = Visit::from_request_parts(parts, desk).await?;
        let back = if parts.method.is_safe() { visit.here.clone() } else { "/".into() };
        let Some(token) = cookie(&parts.headers, desk.cookie_name()).map(str::to_owned) else {
            return Err(PageError::SignIn(back));
        };
        let session = token.clone();
        let found = desk
            .ask(move |office| {
                let now = office.clock().now();
                let found = office.store().read(office.county(), |read| {
                    let Some(session) = read.session(&token)? else { return Ok(None) };
                    let gone = |since: Timestamp, longest: SignedDuration| {
                        now.duration_since(since) > longest
                    };
                    if gone(session.seen, SignedDuration::from_mins(IDLE_MINUTES))
                        || gone(session.created, SignedDuration::from_hours(LONGEST_HOURS))
                    {
                        return Ok::<_, PageError>(None);
                    }
                    let (Some(person), Some(actor)) =
                        (read.person(&session.person)?, read.actor(&session.person)?)
                    else {
                        return Ok(None);
                    };
                    Ok(Some((session.seen, person, actor)))
                })?;
                if let Some((seen, ..)) = &found
                    && now.duration_since(*seen) > SignedDuration::from_secs(NOTED_SECONDS)
                {
                    // A session that cannot be noted as used still is one, until it has been idle too long.
                    let noted: Result<(), StoreError> = office
                        .store()
                        .write(office.county(), |tx| tx.touch_session(&token, now, None));
                    if let Err(error) = noted {
                        tracing::warn!(%error, "the use of a session was not noted");
                    }
                }
                Ok(found.map(|(_, person, actor)| (person, actor, office.clock().today())))
            })
            .await?;
        let Some((person, mut actor, today)) = found else { return Err(PageError::SignIn(back)) };
        let (keeping, posts) = actor.posts.into_iter().partition(|post| post.role == ADMIN);
        actor.posts = posts;
        let keeping: Vec<Post> = keeping;
        let me = Self {
            actor,
            keeps: keeping
                .into_iter()
                .filter(|post| post.on(today))
                .map(|post| post.organ)
                .collect(),
            session,
            login: person.login.unwrap_or_default(),
            must_change: person.must_change,
            visit,
        };
        let path = parts.uri.path();
        if me.must_change && !matches!(path, "/password" | "/sign-out") {
            return Err(PageError::ChangePassword);
        }
        Ok(me)
    }
}

impl FromRequest<Desk> for SignedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let me = match SignedIn::from_request_parts(&mut parts, desk).await {
            Ok(me) => me,
            Err(PageError::SignIn(back)) => {
                let typed =
                    Filled::from_request(Request::from_parts(parts, body), desk).await?.texts();
                let lost = !typed.is_empty();
                return Err(if lost {
                    PageError::TimedOut(typed)
                } else {
                    PageError::SignIn(back)
                });
            }
            Err(error) => return Err(error),
        };
        let mut filled = Filled::from_request(Request::from_parts(parts, body), desk).await?;
        let sent = filled.one("token");
        if !bool::from(sent.as_bytes().ct_eq(me.token().as_bytes())) {
            return Err(PageError::Token);
        }
        filled.take_kept(me.key());
        Ok(Self { me, filled })
    }
}

/// A cookie's value.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A cookie for the browser to keep, or to forget where the value is empty.
pub fn set_cookie(name: &str, value: &str, secure: bool, lasting: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let age = match (value.is_empty(), lasting) {
        (true, _) => "; Max-Age=0",
        (false, true) => "; Max-Age=31536000",
        (false, false) => "",
    };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("size=large; yifa=abc; x=y"));
        assert_eq!(cookie(&headers, "yifa"), Some("abc"));
        assert_eq!(cookie(&headers, "if"), None);
    }

    #[test]
    fn form_tokens_differ_by_session() {
        assert_eq!(form_token("a"), form_token("a"));
        assert_ne!(form_token("a"), form_token("b"));
        assert!(!form_token("a").contains('a') || form_token("a").len() > 40);
    }
}

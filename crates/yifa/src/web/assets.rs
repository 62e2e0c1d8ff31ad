//! The stylesheet, the script and the icon: embedded, and named by their content so that a
//! browser may keep them for ever.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sm3::{Digest, Sm3};

/// One embedded file.
pub struct Asset {
    /// `/assets/desk.3f9a….css`.
    pub url: String,
    mime: &'static str,
    bytes: &'static [u8],
}

/// The stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("desk", "css", "text/css; charset=utf-8", include_bytes!("../../assets/desk.css"))
});
/// The script.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "desk",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/desk.js"),
    )
});
/// The script of the pages for the field.
pub static FIELD: LazyLock<Asset> = LazyLock::new(|| {
    let mime = "text/javascript; charset=utf-8";
    Asset::new("field", "js", mime, include_bytes!("../../assets/field.js"))
});
/// The script of examinations.
pub static EXAM: LazyLock<Asset> = LazyLock::new(|| {
    let mime = "text/javascript; charset=utf-8";
    Asset::new("exam", "js", mime, include_bytes!("../../assets/exam.js"))
});
/// What keeps those pages in the telephone; it has an address of its own.
pub const WORKER: &str = include_str!("../../assets/worker.js");
/// The icon.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../assets/icon.svg"))
});

impl Asset {
    fn new(stem: &str, extension: &str, mime: &'static str, bytes: &'static [u8]) -> Self {
        let digest = Sm3::digest(bytes);
        let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { url: format!("/assets/{stem}.{short}.{extension}"), mime, bytes }
    }
}

/// `GET /assets/{file}`
pub async fn asset(Path(file): Path<String>) -> Response {
    let url = format!("/assets/{file}");
    match [&STYLE, &SCRIPT, &FIELD, &EXAM, &ICON].into_iter().find(|asset| asset.url == url) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, HeaderValue::from_static(asset.mime)),
                (
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("public, max-age=31536000, immutable"),
                ),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

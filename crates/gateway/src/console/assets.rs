//! Style and scripts, under an address that changes with what they hold: a browser keeps
//! them for good and asks for them once.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::shell::Refusal;
use crate::http::Code;

macro_rules! files {
    ($($name:literal)*) => {
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/console/", $name))),)*];
    };
}

files!("console.css" "console.js" "alarm.js" "clock.js" "compose.js" "keys.js" "live.js");

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in FILES {
        hasher.update(name.as_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
});

/// Where a file is.
pub(super) fn path(name: &str) -> String {
    format!("/console/assets/{}/{name}", *VERSION)
}

/// One of the files, by version and name.
pub(super) async fn asset(Path(path): Path<String>) -> Response {
    let (version, name) = path.split_once('/').unwrap_or_default();
    let file = FILES.iter().find(|(known, _)| *known == name);
    // A page of before names files of before: better none than others.
    let Some((name, text)) = file.filter(|_| version == *VERSION) else {
        return Refusal(Code::NotFound.into()).into_response();
    };
    let kind = if name.ends_with(".css") { "text/css" } else { "text/javascript" };
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
    ];
    (headers, *text).into_response()
}

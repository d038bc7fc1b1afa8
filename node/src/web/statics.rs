//! The files that pages name: served for ever under a name that carries their content's hash.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::SiteState;
use super::assets::{self, Asset};
use super::conditional;
use super::layers::accepts_brotli;

/// A year: what browsers take for "for ever".
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A day, for the one address that cannot carry a hash.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// For what changes under its name.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");

/// A file under `/static/`.
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match assets::find(&format!("/static/{name}")) {
        Some(asset) => serve(asset, &headers, FOR_EVER),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The icon, at the address that browsers ask without being told.
pub(super) async fn icon(headers: HeaderMap) -> Response {
    match assets::find(assets::icon_url()) {
        Some(asset) => serve(asset, &headers, FOR_A_DAY),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The script that keeps pages for when there is no line. It stands at the top of the site, because it may answer for
/// what is below it and no more; and a browser asks each time whether it is still the same.
pub(super) async fn worker(headers: HeaderMap) -> Response {
    match assets::url("worker.js").and_then(assets::find) {
        Some(asset) => serve(asset, &headers, ASK_EACH_TIME),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The description of the API, which changes with the program.
pub(super) fn description(headers: &HeaderMap) -> Response {
    match assets::url("openapi.json").and_then(assets::find) {
        Some(asset) => serve(asset, headers, ASK_EACH_TIME),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The certificate of the box's own authority for the local network, where it was switched on. It is no secret; whether it is
/// the right one its fingerprint tells.
pub(super) async fn authority(State(state): State<SiteState>) -> Response {
    match &state.authority {
        Some(pem) => ([(header::CONTENT_TYPE, "application/x-x509-ca-cert")], pem.to_string()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn serve(asset: &'static Asset, asked: &HeaderMap, caching: HeaderValue) -> Response {
    let compressed = accepts_brotli(asked);
    // The two encodings are different bytes, so they carry different tags (RFC 9110, section 8.8.3.3).
    let tag = if compressed { format!("\"{}-br\"", asset.hash) } else { format!("\"{}\"", asset.hash) };
    let tag = HeaderValue::from_str(&tag).expect("a hash in hexadecimal is a header value");
    let mut headers = HeaderMap::new();
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let bytes = if compressed { Bytes::from_static(asset.brotli) } else { asset.plain().into() };
    conditional::answer(asked, &tag, headers, bytes)
}

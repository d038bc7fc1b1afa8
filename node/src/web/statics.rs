//! The files that pages name: served for ever under a name that carries their content's hash.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::assets::{self, Asset};
use super::layers::accepts_brotli;

/// A year: what browsers take for "for ever".
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A day, for the one address that cannot carry a hash.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

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

fn serve(asset: &'static Asset, asked: &HeaderMap, caching: HeaderValue) -> Response {
    let compressed = accepts_brotli(asked);
    // The two encodings are different bytes, so they carry different tags (RFC 9110, section 8.8.3.3).
    let tag = if compressed { format!("\"{}-br\"", asset.hash) } else { format!("\"{}\"", asset.hash) };
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let fresh = known.flat_map(|list| list.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else if compressed {
        ([(header::CONTENT_ENCODING, "br")], asset.brotli).into_response()
    } else {
        asset.plain.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("a hash in hexadecimal is a header value"));
    response
}

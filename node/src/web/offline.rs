//! What the site's worker in the browser (`web-ui/assets/worker.js`) is told: which pages it may keep for when there is no
//! line, and who was shown them; and what a telephone is told that puts the square among its programs.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::{self, Page};
use dorpsplein_web_ui::theme::Scheme;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::read::Reader;
use super::sessions::Visitor;
use super::{SiteState, assets};

/// Who a page was made for. The worker forgets what it kept of another reader as soon as an answer says that somebody else
/// reads now, or nobody who is logged in.
const READER: HeaderName = HeaderName::from_static("dorpsplein-reader");
/// Says that a page may be kept.
const OFFLINE: HeaderName = HeaderName::from_static("dorpsplein-offline");
/// The reader of a page that is the same for everybody.
const EVERYBODY: HeaderValue = HeaderValue::from_static("everybody");

/// Says on an answer who it was made for, and whether it may be kept.
pub(super) fn tell(headers: &mut HeaderMap, page: Page, visitor: Option<&Visitor>) {
    headers.insert(READER, visitor.map_or(EVERYBODY, name));
    if page.is_kept_offline() {
        headers.insert(OFFLINE, HeaderValue::from_static("keep"));
    }
}

/// A name for what was shown to one device, which says nothing about it to who has not seen its key.
fn name(visitor: &Visitor) -> HeaderValue {
    let hash = Sha256::new().chain_update(b"dorpsplein/reader/1").chain_update(visitor.device.as_bytes()).finalize();
    let name = data_encoding::HEXLOWER.encode(&hash[..8]);
    HeaderValue::from_str(&name).expect("hexadecimal is a header value")
}

/// What a telephone wants to know of a site that is put among its programs (W3C, Web Application Manifest).
pub(super) async fn manifest(lang: Lang, state: SiteState) -> Response {
    let reader = Reader::new(&state);
    let name = reader.shown_name();
    let theme = reader.theme();
    let colour = |token: &str| theme.colour(token, Scheme::Light).map(|colour| colour.to_string());
    let icon = |file: &str, sizes: &str, purpose: &str| {
        assets::url(file).map(|url| {
            let kind = assets::find(url).map_or("", |asset| asset.media_type);
            json!({ "src": url, "sizes": sizes, "type": kind, "purpose": purpose })
        })
    };
    let icons = [
        icon("icon.svg", "any", "any"),
        icon("icon-192.png", "192x192", "any"),
        icon("icon-512.png", "512x512", "any"),
        icon("icon-maskable.png", "512x512", "maskable"),
    ];
    let manifest = json!({
        "id": "/",
        "name": name,
        "short_name": name,
        "lang": lang.tag(),
        "start_url": paths::news(lang),
        "scope": "/",
        "display": "standalone",
        "theme_color": colour("band"),
        "background_color": colour("paper"),
        "icons": icons.into_iter().flatten().collect::<Vec<_>>(),
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, Json(manifest)).into_response()
}

//! What every answer carries: rules for the browser, and a smaller form for whoever can read it.

use std::io::Write;
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use dorpsplein_web_ui::assets::STYLE;
use sha2::{Digest, Sha256};

use super::SiteState;
use super::arrival::Arrival;
use super::error::Problem;

/// Nothing from elsewhere, nothing inline but style sheets by their hash; the browser's module may be compiled, and only this
/// site may be asked. `STYLES` stands for the hashes.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'STYLES; \
     img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The hash of the style sheet that stands in every page, in the form of the policy.
static USUAL_STYLE: LazyLock<String> = LazyLock::new(|| source_of(STYLE));

/// The policy of an answer in which no style sheet stands.
static PLAIN_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy(""));

/// The rules for the browser.
pub(super) const RULES: [(HeaderName, HeaderValue); 3] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Brotli's quality for what is compressed once and sent to many: beyond it there is little to gain.
const QUALITY_KEPT: u32 = 5;
/// Its quality for what is compressed for one reader alone: half the time (0.6 of 1.2 ms for a page), an eighth more bytes.
const QUALITY_EACH_TIME: u32 = 3;
/// Brotli's window, as a power of two, for pages of some tens of kilobytes.
const WINDOW_BITS: u32 = 18;
/// Below this many bytes compressing gains nothing.
const WORTH_COMPRESSING: usize = 512;

/// What gains by it.
const COMPRESSIBLE: [&str; 4] = ["text/", "application/json", "application/problem+json", "application/atom+xml"];

/// How one logs in, for an answer that says that nobody is (RFC 9110 wants one there): `POST /api/v1/sessions`. Browsers
/// do not know it, and show the page.
const LOGIN: HeaderValue = HeaderValue::from_static("Dorpsplein-Session");

/// A browser that came over https once comes over https for a year, whatever is typed (RFC 6797). For this name only: what
/// else there is below it is not ours.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the rules for the browser to every answer. Over https nothing is taken from a page that came in the open, on which
/// anybody on the way may have written.
pub(super) async fn secure(State(state): State<SiteState>, request: Request, next: Next) -> Response {
    let https = Arrival::of(&request).https;
    let own_name = https && is_own_name(&state, request.headers());
    let looks = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let in_the_open = request.headers().get(header::ORIGIN).is_some_and(|from| from.as_bytes().starts_with(b"http:"));
    let mut response = if https && in_the_open && !looks {
        Problem::new("not-permitted", "a page that came over plain http may not write here").into_response()
    } else {
        next.run(request).await
    };
    if own_name {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response.headers_mut().extend(RULES);
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| PLAIN_POLICY.clone());
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, LOGIN);
    }
    response
}

/// Whether the site was asked for by its own name on the internet. By other names it may be over plain http as well.
fn is_own_name(state: &SiteState, headers: &HeaderMap) -> bool {
    let own = state.site_url.as_deref().and_then(|url| url.strip_prefix("https://"));
    let asked = headers.get(header::HOST).map(HeaderValue::as_bytes);
    own.zip(asked).is_some_and(|(own, asked)| own.as_bytes().eq_ignore_ascii_case(asked))
}

/// The policy of a page with the usual style sheet and, unless it is empty, with that of a theme. Both stand in the page: on a
/// slow line a second request is what people wait for.
pub(super) fn page_policy(theme: &str) -> HeaderValue {
    let theme = if theme.is_empty() { String::new() } else { format!(" {}", source_of(theme)) };
    policy(&format!(" {}{theme}", *USUAL_STYLE))
}

fn policy(styles: &str) -> HeaderValue {
    let text = CONTENT_SECURITY_POLICY.replace("STYLES", styles);
    HeaderValue::from_str(&text).expect("hashes in base64 are header values")
}

/// A style sheet as the policy names it (Content Security Policy Level 3, section 2.3.1).
fn source_of(sheet: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(sheet)))
}

/// Compresses pages and JSON for readers that can take it. Files under `/static/` come compressed already.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    compress_for(request, next, |_| QUALITY_EACH_TIME).await
}

/// The same, well enough for an answer to be kept, if it may be.
pub(super) async fn compress_to_keep(request: Request, next: Next) -> Response {
    compress_for(request, next, |headers| if is_private(headers) { QUALITY_EACH_TIME } else { QUALITY_KEPT }).await
}

/// Whether an answer is for one reader alone and may be kept nowhere.
pub(super) fn is_private(headers: &HeaderMap) -> bool {
    headers.get(header::CACHE_CONTROL).is_some_and(|rules| rules == "no-store")
}

async fn compress_for(request: Request, next: Next, quality: impl FnOnce(&HeaderMap) -> u32) -> Response {
    let wanted = accepts_brotli(request.headers());
    let mut response = next.run(request).await;
    if !compressible(response.headers()) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !wanted {
        return response;
    }
    let quality = quality(response.headers());
    compressed(response, quality).await
}

async fn compressed(response: Response, quality: u32) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, usize::MAX).await else {
        // Pages and JSON are whole before they get here, so there is nothing that could break off.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if plain.len() < WORTH_COMPRESSING {
        return Response::from_parts(parts, Body::from(plain));
    }
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, quality, WINDOW_BITS);
    if writer.write_all(&plain).is_err() {
        return Response::from_parts(parts, Body::from(plain));
    }
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(writer.into_inner()))
}

fn compressible(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = COMPRESSIBLE.iter().any(|kind| media_type.starts_with(kind));
    // A stream has no end to wait for.
    let ends = !media_type.starts_with("text/event-stream");
    text && ends && !headers.contains_key(header::CONTENT_ENCODING)
}

/// Whether the reader takes brotli: named in `Accept-Encoding`, and not with the weight 0.
pub(super) fn accepts_brotli(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        named && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn brotli_is_for_who_asks_for_it() {
        let asking =
            |value: &str| accepts_brotli(&[(header::ACCEPT_ENCODING, value.parse().unwrap())].into_iter().collect());
        assert!(asking("gzip, deflate, br") && asking("BR;q=0.5") && asking("br; q=1.0"));
        assert!(!asking("gzip") && !asking("br;q=0") && !asking("brotli") && !asking("br;q=x"));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }
}

//! The screen in the community house: for reading and printing, by whoever comes by. A browser becomes one at `/kiosk`.
//!
//! A cookie says so, and no key or login counts there: the next reader is somebody else. It is no lock; whoever can type an
//! address can leave it at `/kiosk?uit`.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::{self, Page};

use super::arrival::Arrival;

const ON: [&str; 2] = [
    "kiosk=1; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
    "kiosk=1; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict; Secure",
];
const OFF: [&str; 2] = [
    "kiosk=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
    "kiosk=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
];

/// Makes this browser a kiosk, or with `?uit` an ordinary one again.
pub(super) async fn enter(arrival: Arrival, RawQuery(query): RawQuery) -> Response {
    let cookie = if query.is_some_and(|query| query.starts_with("uit")) { OFF } else { ON };
    home(Lang::Nl, Some(HeaderValue::from_static(cookie[usize::from(arrival.https)])))
}

/// Whether a request comes from a kiosk.
pub(super) fn is_one(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(';')).any(|cookie| cookie.trim() == "kiosk=1")
}

/// Where a kiosk goes instead of a page that is not for reading; none for one that is.
pub(super) fn instead_of(page: Page, lang: Lang) -> Option<Response> {
    let reads = page.is_kept_offline() && page != Page::Write
        || matches!(page, Page::Search | Page::WhoSaysThis | Page::Offline);
    (!reads).then(|| home(lang, None))
}

fn home(lang: Lang, cookie: Option<HeaderValue>) -> Response {
    let place = HeaderValue::from_static(paths::news(lang));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cookie.map(|cookie| response.headers_mut().insert(header::SET_COOKIE, cookie));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_kiosk_says_so_with_its_cookie_and_reads_only() {
        let with = |value: &str| is_one(&[(header::COOKIE, value.parse().unwrap())].into_iter().collect());
        assert!(with("kiosk=1") && with("a=b; kiosk=1"));
        assert!(!with("kiosk=") && !with("xkiosk=1") && !is_one(&HeaderMap::new()));
        for page in [Page::Write, Page::Join, Page::MyData, Page::Desk, Page::Device, Page::People] {
            assert_eq!(instead_of(page, Lang::En).unwrap().status(), StatusCode::SEE_OTHER);
        }
        for page in [Page::News, Page::Event, Page::Search, Page::Help] {
            assert!(instead_of(page, Lang::Nl).is_none());
        }
    }
}

//! Answers with a tag (RFC 9110, section 8.8.3): who has it already is told so, and gets nothing again.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Bytes of the hash that make a tag: enough that two answers at one address never share one.
const TAG_BYTES: usize = 12;

/// A strong tag of these bytes, in quotes.
pub(super) fn tag_of(bytes: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(bytes);
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&hash[..TAG_BYTES]));
    HeaderValue::from_str(&tag).expect("hexadecimal is a header value")
}

/// Whether the reader says that it has the answer with this tag. Tags are compared weakly, as `If-None-Match` is (RFC 9110,
/// section 13.1.2).
pub(super) fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

/// Whether the reader names the very moment at which the answer last changed, and no tag: that comes first (RFC 9110, section
/// 13.1.3).
fn is_unchanged(asked: &HeaderMap, headers: &HeaderMap) -> bool {
    let since = asked.get(header::IF_MODIFIED_SINCE).filter(|_| !asked.contains_key(header::IF_NONE_MATCH));
    since.is_some_and(|since| headers.get(header::LAST_MODIFIED) == Some(since))
}

/// The answer with this tag and these headers, or without its body for whoever has it.
pub(super) fn answer(asked: &HeaderMap, tag: &HeaderValue, headers: HeaderMap, body: Bytes) -> Response {
    let known = is_known(asked, tag) || is_unchanged(asked, &headers);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    response.headers_mut().extend(headers);
    if known {
        // What describes bytes that do not follow is left out (RFC 9110, section 15.4.5).
        response.headers_mut().remove(header::CONTENT_ENCODING);
    }
    response.headers_mut().insert(header::ETAG, tag.clone());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(value: &'static str) -> HeaderMap {
        [(header::IF_NONE_MATCH, HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn a_tag_is_known_in_a_list_and_in_its_weak_form() {
        let tag = HeaderValue::from_static("\"abc\"");
        for known in ["\"abc\"", "\"x\", \"abc\"", "W/\"abc\"", "*"] {
            assert!(is_known(&asking(known), &tag), "{known}");
        }
        for other in ["\"abcd\"", "abc", "W/\"x\"", ""] {
            assert!(!is_known(&asking(other), &tag), "{other}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
    }

    #[test]
    fn who_has_it_gets_the_headers_and_no_body() {
        let tag = tag_of(b"een bericht");
        let asked: HeaderMap = [(header::IF_NONE_MATCH, tag.clone())].into_iter().collect();
        let answered = answer(&asked, &tag, HeaderMap::new(), Bytes::from_static(b"een bericht"));
        assert_eq!(answered.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answered.headers().get(header::ETAG), Some(&tag));
        assert_ne!(tag_of(b"een ander bericht"), tag);
    }
}

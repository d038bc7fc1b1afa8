//! Bodies of requests, read no further than they may be long.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};

use super::error::Problem;

/// A body of at most `most` bytes.
///
/// A length announced beforehand is refused beforehand: a client that waits for leave (`Expect: 100-continue`) then sends
/// nothing.
///
/// # Errors
/// What `too_large` says for a longer one, `malformed` when the connection broke.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    too_large: impl Fn() -> Problem,
) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    to_bytes(body, most).await.map_err(|error| if is_too_long(&error) { too_large() } else { broken() })
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

fn broken() -> Problem {
    Problem::new("malformed", "the request ended before its body did")
}

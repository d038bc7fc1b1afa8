//! The writing half of the API: one address that takes signed operations, and the one door behind it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::operation::{MAX_TRANSFER, Signed};

use super::SiteState;
use super::arrival::Arrival;
use super::body::{AcceptedBody, OperationBytes};
use super::bounded;
use super::error::{Problem, ProblemBody};

/// The media type of an operation in transfer form.
pub(super) const MEDIA_TYPE: &str = "application/cbor";

/// Hands in a signed operation. The answer comes when it is on the disk, or refused and stored nowhere.
#[utoipa::path(
    post,
    path = "/api/v1/operations",
    tag = "writing",
    request_body(content = OperationBytes, content_type = "application/cbor", description = "The operation in transfer form, at most 66,688 bytes"),
    responses(
        (status = 201, description = "Stored and permitted", body = AcceptedBody),
        (status = 200, description = "It was here already", body = AcceptedBody),
        (status = "4XX", description = "Refused and stored nowhere; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment; try again later", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn submit(
    State(state): State<SiteState>,
    arrival: Arrival,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    check_media_type(&headers)?;
    let operation = bounded::read(&headers, body, MAX_TRANSFER, too_large).await?;
    // What cannot be read is refused by who reads it all, with the reason.
    let bounded = Signed::decode(&operation).ok().filter(|_| !arrival.from.is_loopback());
    let device = bounded.map(|signed| signed.header().device);
    device.iter().try_for_each(|device| state.rates.allow(device))?;
    let accepted = state.driver.submit(operation.into()).await?;
    if !accepted.known {
        device.iter().for_each(|device| state.rates.count(device));
    }
    let status = if accepted.known { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("/api/v1/operations/{}", accepted.operation);
    let body =
        AcceptedBody { id: accepted.operation.to_string(), item: accepted.item.to_string(), known: accepted.known };
    Ok((status, [(header::LOCATION, location)], Json(body)).into_response())
}

/// A browser says which page a request comes from; only this site's own may write. What is no browser says nothing.
pub(super) fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let from = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    if host.is_some() && from == host {
        Ok(())
    } else {
        Err(Problem::new("not-permitted", "a page of another site may not write here"))
    }
}

pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(MEDIA_TYPE) {
        Ok(())
    } else {
        let problem = Problem::new("malformed", format!("an operation is sent as {MEDIA_TYPE}"));
        Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }
}

pub(super) fn too_large() -> Problem {
    Problem::new("too-large", format!("an operation has at most {MAX_TRANSFER} bytes"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_pages_of_this_site_and_programs_may_write() {
        let host = (header::HOST, "maasdorp.local:8080");
        let from = |origin| check_origin(&headers(&[host.clone(), (header::ORIGIN, origin)])).is_ok();
        assert!(check_origin(&headers(std::slice::from_ref(&host))).is_ok());
        assert!(from("http://maasdorp.local:8080") && from("https://maasdorp.local:8080"));
        for foreign in
            ["http://maasdorp.local", "http://evil.example", "null", "http://maasdorp.local:8080.evil.example"]
        {
            assert!(!from(foreign), "{foreign}");
        }
    }

    #[test]
    fn an_operation_is_sent_as_cbor() {
        let sent_as = |media_type| check_media_type(&headers(&[(header::CONTENT_TYPE, media_type)])).is_ok();
        assert!(sent_as("application/cbor") && sent_as("Application/CBOR; charset=binary"));
        assert!(!sent_as("application/json") && !sent_as("text/plain"));
        assert!(check_media_type(&HeaderMap::new()).is_err());
    }
}

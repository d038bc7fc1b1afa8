//! A preview of what somebody writes: made of edits that nobody signed, and neither stored nor written down anywhere.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{Edit, MAX_TRANSFER, Payload, Space};
use dorpsplein_protocol::validate::check_creation;
use dorpsplein_web_ui::Lang;
use serde::Deserialize;

use super::SiteState;
use super::body::OperationBytes;
use super::bounded;
use super::error::{Problem, ProblemBody};
use super::extract::Parameters;
use super::read::Reader;
use super::sessions::Visitor;
use super::write::{check_media_type, check_origin, too_large};

/// The levels that the heading of a preview may have on the page it is put in.
const LEVELS: std::ops::RangeInclusive<u8> = 2..=4;

/// How and for whom the preview is made.
#[derive(Debug, Deserialize)]
pub(super) struct Manner {
    /// The language of the page around it.
    lang: String,
    /// The level of its heading.
    level: u8,
    /// The audience it is to have.
    space: String,
    /// The device that would sign it.
    device: String,
}

/// What an item will look like. The body is the payload of the operation that would make it, in its canonical form.
#[utoipa::path(
    post,
    path = "/api/v1/previews",
    tag = "writing",
    params(
        ("lang" = String, Query, description = "`nl` or `en`"),
        ("level" = u8, Query, description = "The level of its heading, 2 to 4"),
        ("space" = String, Query, description = "Its audience: `members`, `square`, `neighbours`, or `circle:` and an id"),
        ("device" = String, Query, description = "The public key of the device that would sign it"),
    ),
    request_body(content = OperationBytes, content_type = "application/cbor", description = "Edits, at most 66,688 bytes"),
    responses(
        (status = 200, description = "A part of a page; nothing is stored", body = String, content_type = "text/html"),
        (status = "4XX", description = "It would be refused; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn preview(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Parameters(manner): Parameters<Manner>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    check_media_type(&headers)?;
    let payload = bounded::read(&headers, body, MAX_TRANSFER, too_large).await?;
    let malformed = |what: &str| Problem::new("malformed", what.to_owned());
    let lang = Lang::from_tag(&manner.lang).ok_or_else(|| malformed("no such language"))?;
    let space = Space::audience_named(&manner.space).ok_or_else(|| malformed("no such audience"))?;
    let device = PublicKey::from_hex(&manner.device).ok_or_else(|| malformed("that is no key"))?;
    if !LEVELS.contains(&manner.level) {
        return Err(malformed("a heading has the level 2, 3 or 4"));
    }
    let Ok(Payload::Edits(edits)) = Payload::decode(&payload) else { return Err(malformed("these are no edits")) };
    check_creation(&edits).map_err(|error| Problem::new(error.problem(), error.to_string()))?;
    let Some(Edit::Create { kind, .. }) = edits.first().cloned() else { return Err(malformed("nothing is made")) };
    let made = state.in_turn(move |state| {
        Reader::new(state).for_visitor(visitor).preview_of_draft(kind, &edits, space, &device, manner.level, lang)
    });
    let html = made.await.map_err(|error| Problem::internal(&error))??;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Html(html)).into_response())
}

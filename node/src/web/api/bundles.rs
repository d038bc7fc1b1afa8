//! Bundles of a box that runs: the pages of one going out, and its frames coming in through the one door.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::bundle;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::operation::{NeighbourhoodId, Space};
use dorpsplein_protocol::sync::{CloseReason, MAX_FRAME, SpaceId};
use serde::Deserialize;

use super::read;
use crate::web::SiteState;
use crate::web::body::{BundleFrame, ImportedBody};
use crate::web::bounded;
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::Parameters;
use crate::web::keeper::Keeper;
use crate::web::write::{MEDIA_TYPE, check_origin};

/// Where to go on reading, in the head of an answer.
pub(crate) const NEXT: &str = "dorpsplein-next";
/// How many operations are in the frame.
pub(crate) const OPERATIONS: &str = "dorpsplein-operations";

/// Where a page begins.
#[derive(Debug, Deserialize)]
pub(in super::super) struct From {
    after: Option<String>,
}

/// So many operations of a space that this box holds as fit a frame of a bundle.
#[utoipa::path(
    get,
    path = "/api/v1/bundles/{neighbourhood}/{space}",
    tag = "keeping",
    params(
        ("neighbourhood" = String, Path, description = "Whose space, 64 hexadecimal digits"),
        ("space" = String, Path, description = "register, members, square, neighbours, or circle:<number>"),
        ("after" = Option<String>, Query, description = "What the page before it said in `dorpsplein-next`"),
    ),
    responses(
        (status = 200, description = "A frame; `dorpsplein-operations` says how many operations are in it, `dorpsplein-next` where to go on", body = BundleFrame, content_type = "application/cbor"),
        (status = 204, description = "There are no more"),
        (status = "4XX", description = "No such space; or not for who asks", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn page(
    _: Keeper,
    State(state): State<SiteState>,
    Path((neighbourhood, space)): Path<(String, String)>,
    Parameters(from): Parameters<From>,
) -> Result<Response, Problem> {
    let neighbourhood = NeighbourhoodId::from_hex(&neighbourhood).ok_or_else(Problem::not_found)?;
    let space = space_named(&space).ok_or_else(Problem::not_found)?;
    let after = from.after.map(|after| hex::decode(&after).ok_or_else(Problem::not_found)).transpose()?;
    let id = SpaceId { neighbourhood, space };
    let page = read(state, move |reader| Ok(bundle::page(&reader.store, &id, after.as_deref())?)).await?;
    let Some(page) = page else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let told = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    let mut response = page.frame.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(NEXT, told(&hex::encode(&page.next))?);
    headers.insert(OPERATIONS, told(&page.operations.to_string())?);
    Ok(response)
}

/// The space with this name, the register included.
fn space_named(name: &str) -> Option<Space> {
    if name == Space::Register.name() { Some(Space::Register) } else { Space::audience_named(name) }
}

/// Takes in a frame of a bundle. The answer comes when what was in it is on the disk.
#[utoipa::path(
    post,
    path = "/api/v1/bundles",
    tag = "keeping",
    request_body(content = BundleFrame, content_type = "application/cbor", description = "A frame, at most 1,048,576 bytes"),
    responses(
        (status = 200, description = "What became of the operations in it", body = ImportedBody),
        (status = "4XX", description = "No frame of a bundle; or not for who asks", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn take(
    _: Keeper,
    State(state): State<SiteState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ImportedBody>, Problem> {
    check_origin(&headers)?;
    let too_large = || Problem::new("too-large", format!("a frame has at most {MAX_FRAME} bytes"));
    let frame = bounded::read(&headers, body, MAX_FRAME, too_large).await?;
    match state.driver.import(frame.into()).await {
        Ok(imported) => Ok(Json(imported.into())),
        Err(CloseReason::Storage) => Err(Problem::new("storage", "the box cannot store anything now")),
        Err(reason) => Err(Problem::new("malformed", reason.to_string())),
    }
}

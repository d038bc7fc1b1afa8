//! What was done to items as a whole, and who did it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::operation::ItemId;
use serde::Deserialize;

use super::super::SiteState;
use super::super::body::{LogBody, ReceiptBody};
use super::super::error::{Problem, ProblemBody};
use super::super::extract::Parameters;
use super::super::sessions::Visitor;
use super::read;

/// Where to read on.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Place {
    after: Option<String>,
}

/// The moderation log, latest first, for members: who did what to what somebody made, and why.
#[utoipa::path(
    get,
    path = "/api/v1/log",
    tag = "moderation",
    params(("after" = Option<String>, Query, description = "Where the answer before this one ended: its `next`")),
    responses(
        (status = 200, body = LogBody),
        (status = 401, description = "Nobody is logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn log(
    State(state): State<SiteState>,
    _member: Visitor,
    Parameters(place): Parameters<Place>,
) -> Result<Response, Problem> {
    let log = read(state, move |reader| reader.log(place.after.as_deref())).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(log)).into_response())
}

/// The neighbours whose boxes were in step after an item was erased: they have erased it too.
#[utoipa::path(
    get,
    path = "/api/v1/items/{id}/receipts",
    tag = "moderation",
    params(("id" = String, Path, description = "The item, 64 hexadecimal digits")),
    responses(
        (status = 200, body = Vec<ReceiptBody>),
        (status = 404, description = "Not there, or not for visitors", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn receipts(
    State(state): State<SiteState>,
    Path(id): Path<String>,
) -> Result<Json<Vec<ReceiptBody>>, Problem> {
    let id = ItemId::from_hex(&id).ok_or_else(Problem::not_found)?;
    read(state, move |reader| reader.receipts(&id)).await.map(Json)
}

//! What connectors do about neighbours beside signing: tell the box whom to dial, and look up what they said last.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::operation::OperationId;

use super::read;
use crate::data_folder::FolderError;
use crate::links::TreatyLink;
use crate::web::SiteState;
use crate::web::body::{IntroducedBody, IntroductionBody, TakingBody};
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::JsonBody;
use crate::web::keeper::Keeper;
use crate::web::read::ReadError;
use crate::web::write::check_origin;

/// Tells this box of the one behind a treaty link: it is dialled from now on, and counts as speaking for its neighbourhood
/// until that neighbourhood's register says who does. What the treaty needs beside this is the statement that accepts the
/// offer, which the connector signs.
#[utoipa::path(
    post,
    path = "/api/v1/introductions",
    tag = "keeping",
    request_body = IntroductionBody,
    responses(
        (status = 201, description = "The box dials it", body = IntroducedBody),
        (status = "4XX", description = "No treaty link of another neighbourhood; or not for who asks", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn introduce(
    _: Keeper,
    State(state): State<SiteState>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<IntroductionBody>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let strange = |detail: String| Problem::new("invalid-content", detail);
    let link = TreatyLink::parse(&body.link).map_err(|error| strange(error.to_string()))?;
    if link.offer.neighbourhood == state.driver.registers().home().neighbourhood() {
        return Err(strange("this is the link of this neighbourhood itself".to_owned()));
    }
    let peer = link.peer().map_err(|error| strange(error.to_string()))?;
    let book = state.identity.peers.clone();
    match tokio::task::spawn_blocking(move || book.add(peer)).await {
        Ok(added) => added.map_err(|error: FolderError| Problem::new("storage", error.to_string()))?,
        Err(error) => return Err(Problem::internal(&error)),
    }
    let body = IntroducedBody {
        neighbourhood: link.offer.neighbourhood.to_string(),
        operation: link.offer.operation.to_string(),
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// What connectors last said about what is taken of a neighbour, or about one post of one.
#[utoipa::path(
    get,
    path = "/api/v1/takings/{about}",
    tag = "keeping",
    params(("about" = String, Path, description = "The neighbourhood or the post, 64 hexadecimal digits")),
    responses(
        (status = 200, body = TakingBody),
        (status = "4XX", description = "They said nothing; or not for who asks", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn taking(
    _: Keeper,
    State(state): State<SiteState>,
    Path(about): Path<String>,
) -> Result<Json<TakingBody>, Problem> {
    let about = OperationId::from_hex(&about).ok_or_else(Problem::not_found)?;
    read(state, move |reader| reader.taking(&about)?.ok_or(ReadError::NotFound)).await.map(Json)
}

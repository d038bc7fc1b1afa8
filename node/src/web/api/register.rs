//! The register and what its members made, for devices that sign statements.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::super::SiteState;
use super::super::body::{ForkBody, MineBody, NamedResidentBody, RegisterBody};
use super::super::error::{Problem, ProblemBody};
use super::super::sessions::Visitor;
use super::read;

/// Who may do what in this neighbourhood: keys and roles, no names.
#[utoipa::path(get, path = "/api/v1/register", tag = "register", responses((status = 200, body = RegisterBody)))]
pub(in super::super) async fn register(State(state): State<SiteState>) -> Result<Json<RegisterBody>, Problem> {
    read(state, |reader| Ok(reader.register())).await.map(Json)
}

/// The devices that signed two operations with one number.
#[utoipa::path(get, path = "/api/v1/forks", tag = "register", responses((status = 200, body = Vec<ForkBody>)))]
pub(in super::super) async fn forks(State(state): State<SiteState>) -> Result<Json<Vec<ForkBody>>, Problem> {
    read(state, |reader| Ok(reader.forks()?)).await.map(Json)
}

/// The members and the names they told, for members.
#[utoipa::path(
    get,
    path = "/api/v1/residents",
    tag = "register",
    responses(
        (status = 200, body = Vec<NamedResidentBody>),
        (status = 401, description = "Nobody is logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn residents(State(state): State<SiteState>, _member: Visitor) -> Result<Response, Problem> {
    let names = read(state, |reader| Ok(reader.names()?)).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(names)).into_response())
}

/// All that the resident who is logged in made here and that is not erased: to take along, or to erase.
#[utoipa::path(
    get,
    path = "/api/v1/mine",
    tag = "register",
    responses(
        (status = 200, body = MineBody),
        (status = 401, description = "Nobody is logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn mine(State(state): State<SiteState>, visitor: Visitor) -> Result<Response, Problem> {
    let mine = read(state, move |reader| Ok(reader.mine(&visitor.resident)?)).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(mine)).into_response())
}

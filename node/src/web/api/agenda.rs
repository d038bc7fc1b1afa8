//! Other calendars, for connectors and whoever has the box's folder: handing one in, and what waits.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dorpsplein_calendar::{MAX_BYTES, ReadError};

use crate::clock;
use crate::sources::{ImportError, Sources};
use crate::web::SiteState;
use crate::web::body::{CalendarBytes, ImportQuery, ImportedCalendarBody, PassedOverBody, SourcesBody};
use crate::web::bounded;
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::{JsonBody, Parameters};
use crate::web::keeper::Keeper;
use crate::web::read::Reader;
use crate::web::write::check_origin;

/// What other calendars say, and what a connector could do about it.
#[utoipa::path(
    get,
    path = "/api/v1/agenda/sources",
    tag = "keeping",
    responses(
        (status = 200, body = SourcesBody),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn sources(_: Keeper, State(state): State<SiteState>) -> Result<Json<SourcesBody>, Problem> {
    super::read(state, |reader: Reader| Ok(reader.sources_body()?)).await.map(Json)
}

/// Hands in a calendar file. What it says waits until a connector publishes it; a file with the same name takes its place.
#[utoipa::path(
    post,
    path = "/api/v1/agenda/imports",
    tag = "keeping",
    params(("name" = Option<String>, Query, description = "The name of the file")),
    request_body(content = CalendarBytes, content_type = "text/calendar", description = "An iCalendar file in UTF-8, at most 2,000,000 bytes"),
    responses(
        (status = 201, description = "Kept on the disk of the box", body = ImportedCalendarBody),
        (status = "4XX", description = "Refused and stored nowhere; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn import(
    _: Keeper,
    State(state): State<SiteState>,
    Parameters(query): Parameters<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let sources = kept(&state)?;
    let file = bounded::read(&headers, body, MAX_BYTES, || ImportError::Read(ReadError::TooLarge).into()).await?;
    let name = query.name.unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || sources.import(&name, &file, clock::now())).await;
    let read = read.map_err(|error| Problem::internal(&error))??;
    Ok((StatusCode::CREATED, Json(ImportedCalendarBody::from(&read))).into_response())
}

/// Does not propose something any more, unless its source changes it again.
#[utoipa::path(
    post,
    path = "/api/v1/agenda/passed-over",
    tag = "keeping",
    request_body = PassedOverBody,
    responses(
        (status = 204, description = "It is not proposed any more"),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn pass_over(
    _: Keeper,
    State(state): State<SiteState>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<PassedOverBody>,
) -> Result<StatusCode, Problem> {
    check_origin(&headers)?;
    let sources = kept(&state)?;
    if body.key.len() > 255 || body.print.len() > 64 {
        return Err(Problem::new("malformed", "a key has at most 255 bytes and a print 64"));
    }
    let passed = tokio::task::spawn_blocking(move || sources.pass_over(&body.key, &body.print)).await;
    passed.map_err(|error| Problem::internal(&error))??;
    Ok(StatusCode::NO_CONTENT)
}

fn kept(state: &SiteState) -> Result<Sources, Problem> {
    state.sources.clone().ok_or_else(|| Problem::new("storage", "this box keeps no other calendars"))
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        if let ImportError::Folder(error) = &error {
            tracing::error!(%error, "what a calendar says could not be kept");
        }
        Self::new(error.problem(), error.to_string())
    }
}

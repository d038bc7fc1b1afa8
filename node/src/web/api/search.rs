//! Finding things, and the index that helps with it.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::operation::Kind;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::SearchKind;
use serde::Serialize;

use super::super::SiteState;
use super::super::body::{SearchBody, SuggestionsBody};
use super::super::error::{Problem, ProblemBody};
use super::super::keeper::Keeper;
use super::super::read::{Asked, ReadError, Reader, search_kind};
use super::super::sessions::Visitor;
use super::super::write::check_origin;
use crate::search::IndexState;

/// What stands behind the `?`; the first of a name counts.
type Questions = Query<Vec<(String, String)>>;

/// What can be found by words, of what this visitor may see in the lists: all of them, in any order, however they are
/// inflected; where that finds nothing also with typing errors, and then any of them.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "reading",
    params(
        ("q" = Option<String>, Query, description = "Words; 200 characters of them are read"),
        ("kind" = Option<String>, Query, description = "Only this kind: news, event, comment, offer …"),
        ("after" = Option<String>, Query, description = "Where the last answer said to go on"),
    ),
    responses(
        (status = 200, body = SearchBody),
        (status = 404, description = "No such kind or place", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index cannot be used", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn search(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Query(query): Questions,
) -> Result<Response, Problem> {
    let body = super::read(state, move |reader| {
        let kind = first(&query, "kind").map(|kind| filter(kind).ok_or(ReadError::NotFound)).transpose()?;
        let question = first(&query, "q").unwrap_or_default().to_owned();
        let after = first(&query, "after").map(str::to_owned);
        reader.for_visitor(visitor).search_body(&Asked { question, kind, after })
    });
    Ok(for_one_reader(body.await?))
}

/// What somebody may be looking for, with every letter they type.
#[utoipa::path(
    get,
    path = "/api/v1/suggestions",
    tag = "reading",
    params(
        ("q" = Option<String>, Query, description = "What was typed so far"),
        ("lang" = Option<String>, Query, description = "For labels and addresses: the tag of a language of the site; nl where it is none"),
    ),
    responses(
        (status = 200, body = SuggestionsBody),
        (status = 503, description = "The index cannot be used", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn suggestions(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Query(query): Questions,
) -> Result<Response, Problem> {
    let asked = first(&query, "lang");
    let lang = asked.and_then(Lang::from_tag).unwrap_or_default();
    let suggest =
        move |reader: Reader| reader.for_visitor(visitor).suggestions(first(&query, "q").unwrap_or_default(), lang);
    Ok(for_one_reader(super::read(state, suggest).await?))
}

/// How the search index stands.
#[utoipa::path(
    get,
    path = "/api/v1/index",
    tag = "keeping",
    responses(
        (status = 200, body = IndexState),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn index(_: Keeper, State(state): State<SiteState>) -> Result<Json<IndexState>, Problem> {
    super::read(state, |reader| reader.index_state()).await.map(Json)
}

/// Has the search index made anew from what the box holds. How far it is `GET /index` tells.
#[utoipa::path(
    post,
    path = "/api/v1/index",
    tag = "keeping",
    responses(
        (status = 202, description = "It begins", body = IndexState),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn rebuild(
    _: Keeper,
    State(state): State<SiteState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let begun = super::read(state, |reader| reader.rebuild_index()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}

fn first<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The filter behind which a kind is, by its name in the API.
fn filter(name: &str) -> Option<SearchKind> {
    Kind::from_name(name).and_then(search_kind)
}

/// An answer that stays in no cache: the next reader may see other things.
fn for_one_reader(body: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}

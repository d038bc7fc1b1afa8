//! What connectors changed about the look, as a file to take along.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get};
use dorpsplein_web_ui::paths;

use super::SiteState;
use super::api;
use super::body::SettingBody;
use super::error::Problem;

/// The addresses of the look.
pub(super) fn routes() -> Router<SiteState> {
    Router::new().route(paths::THEME_FILE, get(file))
}

/// Logo, colours and measures as a file.
async fn file(State(state): State<SiteState>) -> Result<Response, Problem> {
    let file = api::read(state, |reader| Ok(reader.theme_file())).await?;
    let name = HeaderValue::from_static("attachment; filename=\"dorpsplein-theme.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(file)).into_response())
}

/// How the square looks and what is on it, as connectors last said.
#[utoipa::path(get, path = "/api/v1/setting", tag = "reading", responses((status = 200, body = SettingBody)))]
pub(super) async fn setting(State(state): State<SiteState>) -> Result<Json<SettingBody>, Problem> {
    api::read(state, |reader| Ok(reader.setting_body())).await.map(Json)
}

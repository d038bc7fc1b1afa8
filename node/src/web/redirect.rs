//! Plain http where the site is over https: everybody is led there, and who gives certificates finds what they look for.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::https::Shown;

#[derive(Clone)]
struct Lead {
    to: Arc<str>,
    shown: Arc<Shown>,
}

/// Leads everybody to the same address at `to`, a site without a slash at the end.
pub fn redirecting(to: &str, shown: Arc<Shown>) -> Router {
    Router::new()
        .route("/.well-known/acme-challenge/{token}", get(answer))
        .fallback(lead)
        .with_state(Lead { to: to.into(), shown })
}

async fn answer(State(lead): State<Lead>, Path(token): Path<String>) -> Response {
    match lead.shown.answer(&token) {
        Some(answer) => ([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Where the site is, whatever host was asked for: nobody is led elsewhere.
async fn lead(State(lead): State<Lead>, uri: Uri) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Redirect::permanent(&format!("{}{path}", lead.to)).into_response()
}

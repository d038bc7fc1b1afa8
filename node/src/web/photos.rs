//! Photos on the site: handing one in, and looking at those of items one may see.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get, post};
use dorpsplein_protocol::photo::{FileError, Format, MAX_PHOTO_BYTES, PhotoId, inspect};
use dorpsplein_web_ui::paths;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::SiteState;
use super::body::{PhotoBody, PhotoBytes};
use super::bounded;
use super::error::{Problem, ProblemBody};
use super::read::{ReadError, Reader};
use super::sessions::Visitor;
use super::write::check_origin;
use crate::photos::picture::PictureError;
use crate::photos::{KeepError, Photos};

/// Photos that are handed in at one time, each in memory as a whole; more wait their turn. Whoever sends slowly holds up only
/// others who send.
const HANDED_IN_AT_ONCE: usize = 4;
/// Photos that are looked at at one time.
const SHOWN_AT_ONCE: usize = 8;
/// How a browser keeps what everybody may see: for a year, without asking.
const KEPT: &str = "private, max-age=31536000, immutable";
/// The longest one may take: 8 MiB over a slow line.
const TIME: Duration = Duration::from_secs(120);

/// The addresses of photos, which have a time limit of their own.
pub(super) fn routes() -> Router<SiteState> {
    let at_once = GlobalConcurrencyLimitLayer::new;
    Router::new()
        .route("/api/v1/photos", post(hand_in).layer(at_once(HANDED_IN_AT_ONCE)))
        .route(paths::PHOTO_PATTERN, get(show).layer(at_once(SHOWN_AT_ONCE)))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
}

/// Hands in the file of a photo, for an item that is to refer to it within the hour. For residents who are logged in.
#[utoipa::path(
    post,
    path = "/api/v1/photos",
    tag = "writing",
    request_body(content = PhotoBytes, content_type = "image/jpeg", description = "A JPEG or WebP file that holds nothing but the picture, at most 8,388,608 bytes and 16,000,000 pixels"),
    responses(
        (status = 201, description = "On the disk of the box", body = PhotoBody),
        (status = "4XX", description = "Refused; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "There is no room, or the disk failed", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn hand_in(
    State(state): State<SiteState>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let photos = state.photos.clone().ok_or_else(|| Problem::new("storage", "this box keeps no photos"))?;
    let bytes = bounded::read(&headers, body, MAX_PHOTO_BYTES, || FileError::TooLarge.into()).await?;
    let facts = inspect(&bytes)?;
    let photo = PhotoId::of(&bytes).ok_or(FileError::TooLarge)?;
    let length = u32::try_from(bytes.len()).map_err(|_| FileError::TooLarge)?;
    if !state.driver.offer_photo(photo, length, visitor.resident).await {
        return Err(Problem::new("photo-quota", "there is no room for another photo of this resident"));
    }
    photos.keeper.store(photo, bytes.into()).await?;
    let body = PhotoBody { id: photo.to_string(), length, width: facts.width, height: facts.height };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// The picture of a photo, as far as the visitor may see an item that refers to it.
///
/// Its address is the hash of what is in it, so a browser that has what everybody may see never asks for it again; nothing
/// between here and the browser keeps it, because an erased photo must go. What only some may see is kept nowhere.
async fn show(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Path((id, size)): Path<(String, String)>,
) -> Response {
    let shown = match state.in_turn(move |state| find(state, visitor, &id, &size)).await {
        Ok(Ok(shown)) => shown,
        Ok(Err(error)) => return Problem::from(error).into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let cache = HeaderValue::from_static(if shown.for_everybody { KEPT } else { "no-store" });
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|known| known.trim() == shown.tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, shown.format.media_type())], shown.bytes).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    if let Ok(tag) = HeaderValue::from_str(&shown.tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A picture to show.
struct Shown {
    bytes: Vec<u8>,
    format: Format,
    /// Its name for the browser's memory.
    tag: String,
    /// Whether any visitor may see it.
    for_everybody: bool,
}

fn find(state: &SiteState, visitor: Option<Visitor>, id: &str, size: &str) -> Result<Shown, ReadError> {
    let photo = PhotoId::from_hex(id).ok_or(ReadError::NotFound)?;
    let for_everybody = Reader::new(state).shows_photo(&photo)?;
    if !for_everybody && !Reader::new(state).for_visitor(visitor).shows_photo(&photo)? {
        return Err(ReadError::NotFound);
    }
    let Photos { folder, .. } = state.photos.as_ref().ok_or(ReadError::NotFound)?;
    let read = match size.parse::<u16>() {
        Ok(width) => folder.read_small(&photo, width),
        Err(_) if size == paths::WHOLE_PHOTO => folder.read(&photo),
        Err(_) => return Err(ReadError::NotFound),
    };
    let bytes = read.unwrap_or_else(|error| {
        tracing::error!(%error, %photo, "a photo could not be read");
        None
    });
    let bytes = bytes.ok_or(ReadError::NotFound)?;
    let format = Format::of(&bytes).ok_or(ReadError::NotFound)?;
    Ok(Shown { bytes, format, tag: format!("\"{photo}-{size}\""), for_everybody })
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        Self::new(error.problem(), error.to_string())
    }
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Picture(error @ PictureError::TooLarge { .. }) => {
                Self::new("photo-too-large", error.to_string())
            }
            KeepError::Picture(error) => Self::new("photo-format", error.to_string()),
            KeepError::Disk(error) => {
                tracing::error!(%error, "a photo could not be written");
                Self::new("storage", "the box cannot store anything now")
            }
            KeepError::Stopping => Self::new("storage", "the box is stopping"),
        }
    }
}

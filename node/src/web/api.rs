//! The reading half of the API.

pub(crate) mod agenda;
pub(super) mod backup;
pub(crate) mod bundles;
pub(super) mod moderation;
pub(super) mod neighbours;
pub(super) mod register;
pub(super) mod search;
pub(super) mod sync;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, OperationId};

use super::SiteState;
use super::body::{DeviceBody, InvitationBody, ItemBody, ItemsBody, OperationBytes, StatusBody};
use super::error::{Problem, ProblemBody};
use super::extract::Parameters;
use super::read::{ReadError, Reader};
use super::sessions::Visitor;

/// This box, its neighbourhood and its neighbours.
#[utoipa::path(get, path = "/api/v1/status", tag = "reading", responses((status = 200, body = StatusBody)))]
pub(super) async fn status(State(state): State<SiteState>) -> Result<Json<StatusBody>, Problem> {
    read(state, |reader| Ok(reader.status()?)).await.map(Json)
}

/// An item that a visitor may see.
#[utoipa::path(
    get,
    path = "/api/v1/items/{id}",
    tag = "reading",
    params(("id" = String, Path, description = "The item, 64 hexadecimal digits")),
    responses(
        (status = 200, body = ItemBody),
        (status = 404, description = "Not there, or not for visitors", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn item(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<ItemBody>, Problem> {
    let id = ItemId::from_hex(&id).ok_or_else(Problem::not_found)?;
    read(state, move |reader| reader.for_visitor(visitor).item_body(&id)).await.map(Json)
}

/// Where a list of items begins.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Start {
    after: Option<String>,
}

/// All items that whoever asks may read in lists, some at a time: for taking the square along.
#[utoipa::path(
    get,
    path = "/api/v1/items",
    tag = "reading",
    params(("after" = Option<String>, Query, description = "What the answer before said in `next`")),
    responses(
        (status = 200, body = ItemsBody),
        (status = 404, description = "No such place", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn items(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Parameters(start): Parameters<Start>,
) -> Result<Json<ItemsBody>, Problem> {
    let after = start.after.map(|after| ItemId::from_hex(&after).ok_or_else(Problem::not_found)).transpose()?;
    read(state, move |reader| reader.for_visitor(visitor).everything(after.as_ref())).await.map(Json)
}

/// The raw bytes of an operation, for whoever wants to check it themselves: a CBOR array of the signed envelope
/// (COSE_Sign1) and the payload.
#[utoipa::path(
    get,
    path = "/api/v1/operations/{id}",
    tag = "reading",
    params(("id" = String, Path, description = "The operation, 64 hexadecimal digits")),
    responses(
        (status = 200, description = "The operation in transfer form", body = OperationBytes, content_type = "application/cbor"),
        (status = 404, description = "Not there, or not for visitors", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn operation(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = OperationId::from_hex(&id).ok_or_else(Problem::not_found)?;
    let bytes = read(state, move |reader| reader.for_visitor(visitor).raw_operation(&id)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(super::write::MEDIA_TYPE)),
        // An operation never changes, but its payload may be erased one day.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, bytes).into_response())
}

/// An invitation, by its one-time public key: what somebody needs to know before they accept it.
#[utoipa::path(
    get,
    path = "/api/v1/invitations/{key}",
    tag = "reading",
    params(("key" = String, Path, description = "The public half of the one-time key in the letter, 64 hexadecimal digits")),
    responses(
        (status = 200, body = InvitationBody),
        (status = 404, description = "No such invitation", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn invitation(
    State(state): State<SiteState>,
    Path(key): Path<String>,
) -> Result<Json<InvitationBody>, Problem> {
    let unknown = || Problem::new("unknown-invitation", "the register knows no invitation with this key");
    let key = PublicKey::from_hex(&key).ok_or_else(unknown)?;
    read(state, move |reader| Ok(reader.invitation(&key))).await?.map(Json).ok_or_else(unknown)
}

/// What is known of a device. One that nobody knows has number 0.
#[utoipa::path(
    get,
    path = "/api/v1/devices/{key}",
    tag = "reading",
    params(("key" = String, Path, description = "The device's public key, 64 hexadecimal digits")),
    responses(
        (status = 200, body = DeviceBody),
        (status = 404, description = "Not a key", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn device(
    State(state): State<SiteState>,
    Path(key): Path<String>,
) -> Result<Json<DeviceBody>, Problem> {
    let key = PublicKey::from_hex(&key).ok_or_else(Problem::not_found)?;
    read(state, move |reader| Ok(reader.device(&key)?)).await.map(Json)
}

/// An address the API does not have.
pub(super) async fn nowhere() -> Problem {
    Problem::not_found()
}

/// An address the API has, asked in another way.
pub(super) async fn wrong_method() -> Problem {
    Problem::new("not-found", "this address is not asked in this way").with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Reads off the async threads, because it reads the disk.
pub(super) async fn read<T: Send + 'static>(
    state: SiteState,
    question: impl FnOnce(Reader) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, Problem> {
    match state.in_turn(move |state| question(Reader::new(state))).await {
        Ok(answer) => answer.map_err(Problem::from),
        Err(error) => Err(Problem::internal(&error)),
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound | ReadError::Off => Self::not_found(),
            ReadError::Closed(door) => Self::closed(&door),
            ReadError::NoSearch => Self::new("storage", "nothing can be looked for at this moment"),
            ReadError::Store(error) => error.into(),
            ReadError::Render(error) => Self::internal(&error),
        }
    }
}

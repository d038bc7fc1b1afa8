//! All that a box that runs holds, for a backup that is made in its folder.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::store::StoreError;
use futures::stream;
use tokio::sync::mpsc::{Receiver, channel};

use crate::backup::{pieces, write_piece};
use crate::web::SiteState;
use crate::web::body::BackupPieces;
use crate::web::error::{Problem, ProblemBody};
use crate::web::keeper::FolderHolder;

/// Pieces that wait for whoever reads them, of at most a mebibyte each.
const WAITING: usize = 2;

/// Why no more pieces are handed out.
enum Ended {
    Store(StoreError),
    /// Nobody reads any more.
    Unread,
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// All operations that this box holds at one moment, and which photos they show: pieces of a kind (one byte), a length (four bytes,
/// big-endian) and so many bytes. Kind 1 is JSON about it, 2 the number of operations (eight bytes) and a frame of them, 3 the ids of photos
/// (32 bytes each), 0 the end; an answer without one is not whole.
#[utoipa::path(
    get,
    path = "/api/v1/backup",
    tag = "keeping",
    responses(
        (status = 200, description = "The pieces", body = BackupPieces, content_type = "application/octet-stream"),
        (status = 401, description = "Only for commands that can read the box's folder", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn backup(_: FolderHolder, State(state): State<SiteState>) -> Result<Response, Problem> {
    let disk = state.disk.ok_or_else(Problem::not_found)?;
    let (to, from) = channel::<Bytes>(WAITING);
    let home = state.driver.registers().home().neighbourhood();
    tokio::task::spawn_blocking(move || {
        let handed_out =
            pieces(&disk, &home, |piece| to.blocking_send(write_piece(&piece).into()).map_err(|_| Ended::Unread));
        if let Err(Ended::Store(error)) = handed_out {
            tracing::error!(%error, "a backup broke off: the store could not be read");
        }
    });
    let next = |mut from: Receiver<Bytes>| async move {
        let piece = from.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), from))
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(stream::unfold(from, next))).into_response())
}

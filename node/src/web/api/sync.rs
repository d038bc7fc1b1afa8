//! How the box keeps up with others, for those who look after it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::replica::PhotoCounts;

use crate::clock;
use crate::driver::{Carried, NeighbourAccount, SessionAccount};
use crate::web::SiteState;
use crate::web::body::{CarriedBody, NeighbourSyncBody, PhotosSyncBody, SessionSyncBody, SyncBody};
use crate::web::error::{Problem, ProblemBody};
use crate::web::keeper::Keeper;
use crate::web::write::check_origin;

/// How this box keeps up with others: its sessions, and what went to and from each neighbourhood.
#[utoipa::path(
    get,
    path = "/api/v1/sync",
    tag = "keeping",
    responses(
        (status = 200, body = SyncBody),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn status(_: Keeper, State(state): State<SiteState>) -> Result<Json<SyncBody>, Problem> {
    Ok(Json(body(&state)))
}

/// Has this box dial whom it is not connected with, and compare notes with everybody, now. How far it is `GET /sync` tells.
#[utoipa::path(
    post,
    path = "/api/v1/sync",
    tag = "keeping",
    responses(
        (status = 202, description = "It begins", body = SyncBody),
        (status = "4XX", description = "For connectors who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in super::super) async fn now(
    _: Keeper,
    State(state): State<SiteState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    state.dial_now.notify_one();
    state.driver.compare().await;
    Ok((StatusCode::ACCEPTED, Json(body(&state))).into_response())
}

/// What [`SyncBody`] says.
pub(in super::super) fn body(state: &SiteState) -> SyncBody {
    let (figures, registers) = (state.driver.figures(), state.driver.registers());
    let neighbour = |id: &NeighbourhoodId, account: &NeighbourAccount| NeighbourSyncBody {
        id: id.to_string(),
        name: registers.get(id).and_then(|register| register.name()).map(str::to_owned),
        sessions: account.sessions,
        last_contact: account.last_contact.map(|at| at.as_millis()),
        in_step_at: account.in_step_at.map(|at| at.as_millis()),
        caught_up_us: account.caught_up_in.map(micros),
        carried: account.carried.into(),
    };
    let known = figures.neighbours.iter().filter_map(|(id, account)| Some((id.as_ref()?, account)));
    SyncBody {
        time: clock::now().as_millis(),
        writable: state.driver.status().writable,
        operations: figures.spaces.iter().map(|(_, count)| *count as u64).sum(),
        photos: figures.photos.into(),
        neighbours: known.map(|(id, account)| neighbour(id, account)).collect(),
        sessions: figures.sessions.iter().map(session).collect(),
    }
}

fn session(account: &SessionAccount) -> SessionSyncBody {
    SessionSyncBody {
        peer: account.peer.to_string(),
        neighbourhood: account.neighbourhood.map(|id| id.to_string()),
        outbound: account.outbound,
        remote: account.remote.to_string(),
        opened: account.opened.as_millis(),
        last_contact: account.last_contact.as_millis(),
        in_step: account.in_step,
        comparisons: account.comparisons,
        awaited: account.awaited,
        caught_up_us: account.caught_up_in.map(micros),
        carried: account.carried.into(),
    }
}

/// In microseconds; a catching-up of half a million years is cut short.
fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl From<PhotoCounts> for PhotosSyncBody {
    fn from(counts: PhotoCounts) -> Self {
        Self {
            held: counts.held as u64,
            held_bytes: counts.held_bytes,
            wanted: counts.wanted as u64,
            wanted_bytes: counts.wanted_bytes,
            over_quota: counts.over_quota as u64,
        }
    }
}

impl From<Carried> for CarriedBody {
    fn from(carried: Carried) -> Self {
        Self {
            bytes_sent: carried.bytes_sent,
            bytes_received: carried.bytes_received,
            operations_sent: carried.operations_sent,
            operations_received: carried.operations_received,
        }
    }
}

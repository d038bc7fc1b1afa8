//! One session: the task that carries frames between a stream and the driver.

use std::pin::pin;
use std::sync::Arc;

use futures::{AsyncReadExt as _, io::ReadHalf};
use libp2p::{Multiaddr, PeerId, Stream};
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Duration, Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    CloseReason, FRAMES_UNDER_WAY, Meter, NetEvent, SessionId, Turn,
    expulsions::Expulsions,
    frames::{self, Allowance},
    outlets::{Inlet, Outlets},
};

/// How long what was queued before a close may take to be sent and taken by the other end.
const CLOSING: Duration = Duration::from_secs(2);

/// Everything the task of a session needs. Consumed by [`Session::run`].
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) peer: PeerId,
    pub(super) outbound: bool,
    pub(super) remote: Multiaddr,
    pub(super) stream: Stream,
    pub(super) inlet: Inlet,
    pub(super) outlets: Outlets,
    pub(super) expulsions: Expulsions,
    pub(super) events: mpsc::Sender<NetEvent>,
    /// The session with the same peer that this one replaces: its [`Session::done`].
    pub(super) predecessor: Option<CancellationToken>,
    /// Cancelled when the task has ended.
    pub(super) done: CancellationToken,
    /// Cancelled when the box stops: then nobody may be reading the events any more.
    pub(super) stop: CancellationToken,
}

impl Session {
    /// Tells the driver of the session, carries frames until one side ends it, and tells that too.
    pub(super) async fn run(self) {
        let Self { id: session, peer, outbound, remote, events, outlets, stop, .. } = self;
        let _done = self.done.drop_guard();
        let meter = Arc::new(Meter::default());
        let opened = NetEvent::Opened { session, peer, outbound, remote, meter: Arc::clone(&meter) };
        let announce = async {
            if let Some(predecessor) = self.predecessor {
                predecessor.cancelled().await;
            }
            events.send(opened).await
        };
        let announced = tokio::select! {
            announced = announce => announced.is_ok(),
            () = stop.cancelled() => false,
        };
        if !announced {
            outlets.close(session, CloseReason::Shutdown);
            return;
        }
        let reason = carry(session, self.stream, self.inlet, &events, &meter).await;
        outlets.close(session, reason);
        tracing::debug!(%session, %peer, %reason, "session closed");
        if reason.is_misconduct() {
            let kept_out_s = self.expulsions.expel(peer, Instant::now()).as_secs();
            tracing::warn!(%peer, %reason, kept_out_s, "a box misbehaves and is kept out");
        }
        tokio::select! {
            biased;
            // Fails when the driver is gone, and then there is nobody to tell.
            _ = events.send(NetEvent::Closed { session, reason }) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Carries frames both ways until the session ends.
async fn carry(
    session: SessionId,
    stream: Stream,
    inlet: Inlet,
    events: &mpsc::Sender<NetEvent>,
    meter: &Meter,
) -> CloseReason {
    let Inlet { frames: mut outgoing, queued, mut close } = inlet;
    let (mut reader, mut writer) = stream.split();
    let mut sending = pin!(frames::write_frames(&mut writer, &mut outgoing, &queued, meter));
    let (asked, all_sent) = tokio::select! {
        // First, so that a reason given is the reason told, whatever breaks because of it.
        biased;
        asked = &mut close => (asked, false),
        sent = &mut sending => match sent {
            Ok(()) => (close.await, true),
            Err(reason) => return reason,
        },
        reason = receive(session, &mut reader, events, meter) => return reason,
    };
    // The reason is always sent, so an error would mean the table of outlets is gone with the box.
    let reason = asked.unwrap_or(CloseReason::Shutdown);
    if matches!(reason, CloseReason::Asked | CloseReason::Shutdown) {
        // Closing a QUIC connection forgets what the other end has not confirmed. So the connection
        // stays until the other end, having read everything, closes its half too.
        let leave = async {
            if all_sent || sending.await.is_ok() {
                frames::drain(&mut reader).await;
            }
        };
        if timeout(CLOSING, leave).await.is_err() {
            tracing::debug!(%session, "the other end did not take the last frames in time");
        }
    }
    reason
}

/// Hands frames to the driver until the stream ends or the other end misbehaves. While the driver's
/// queue is full nothing is read, and the other end is held up by the stream's flow control.
async fn receive(
    session: SessionId,
    reader: &mut ReadHalf<Stream>,
    events: &mpsc::Sender<NetEvent>,
    meter: &Meter,
) -> CloseReason {
    let mut allowance = Allowance::new(Instant::now());
    let places = Arc::new(Semaphore::new(FRAMES_UNDER_WAY));
    loop {
        // Nobody closes it.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return CloseReason::Shutdown };
        let bytes = match frames::read_frame(reader, meter).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return CloseReason::Remote,
            Err(reason) => return reason,
        };
        if !allowance.take(Instant::now()) {
            return CloseReason::Flooding;
        }
        if events.send(NetEvent::Frame { session, bytes, turn: Turn { _place: place } }).await.is_err() {
            return CloseReason::Shutdown;
        }
    }
}

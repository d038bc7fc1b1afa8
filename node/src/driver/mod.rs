//! The driver: the only owner of the replica, on a thread of its own because a store waits for its disk.
//!
//! Everything that happens to a box comes in here, in one order, and everything the replica wants done goes out from
//! here. Inputs that wait at the same moment are handled together and made durable by one commit (*group commit*); only
//! then is anybody told: answers, frames, changed pages, in the order in which they came about.
//!
//! When the store fails, the replica knows more than the disk. It is dropped, everybody who waits is refused, sessions
//! are closed; reading goes on, and after [`RETRY`] the replica is opened again on what the disk holds.

mod checking;
mod edition;
mod group;
mod ledger;
mod machine;
mod peer_key;
mod scrubs;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, ResidentId};
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::replica::{Accepted, Imported, OpenError, PhotoInput, Refusal};
use dorpsplein_protocol::store::Store;
use dorpsplein_protocol::sync::{Checked, CloseReason, SessionStatus};
use libp2p::Multiaddr;
use parking_lot::Mutex;
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::data_folder::contacts::Contacts;
use crate::net::{NetEvent, NetHandle};
use crate::photos::KeeperHandle;
use edition::EditionWriter;
use ledger::Ledger;
use machine::Machine;

pub use edition::Edition;
pub use ledger::{Carried, Commits, Figures, NeighbourAccount, SessionAccount};
pub use peer_key::{peer_id, public_key};
pub use scrubs::ScrubPace;

/// Requests that wait to be taken up before the next one has to wait outside.
pub const QUEUE_REQUESTS: usize = 256;
/// The most inputs that share one commit: enough to make the disk's wait small beside the checking of signatures, few
/// enough that the first does not wait long for the last.
pub const GROUP_INPUTS: usize = 256;
/// A group is closed when it changes this many keys of the store, about 600 operations, which bounds what one commit keeps
/// in memory.
pub const GROUP_KEYS: usize = 4096;
/// As [`GROUP_KEYS`], for a group with inputs of several sessions, or of one and from within the box: nobody waits long
/// because a neighbour has much to bring.
pub const SHARED_GROUP_KEYS: usize = 512;
/// A group is closed when it has taken in or is to send out this many bytes, which bounds what waits in memory.
pub const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// After a failed store, how long to refuse before trying again.
pub const RETRY: Duration = Duration::from_secs(5);
/// Changes that a subscriber may leave unread before it is told that it missed some.
pub const CHANGES: usize = 256;

/// The network as the driver uses it.
pub struct Network {
    /// To send, close and dial.
    pub handle: NetHandle,
    /// What the network tells. The driver is its only reader.
    pub events: mpsc::Receiver<NetEvent>,
}

/// A running driver: its handle, and the thread to wait for.
#[derive(Debug)]
pub struct Driver {
    handle: DriverHandle,
    thread: thread::JoinHandle<()>,
}

/// The way to the driver. Clones lead to the same one.
#[derive(Clone)]
pub struct DriverHandle {
    requests: mpsc::Sender<Request>,
    registers: watch::Receiver<Arc<Registers>>,
    status: watch::Receiver<Arc<Status>>,
    changes: broadcast::Sender<Arc<[ItemId]>>,
    ledger: Arc<Mutex<Ledger>>,
    edition: edition::EditionReader,
}

/// How the box stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The sessions with other boxes.
    pub sessions: Vec<PeerSession>,
    /// Where other boxes reach this one, with the real ports.
    pub listening: Vec<Multiaddr>,
    /// Whether the store can be written; if not, operations are refused with [`Refusal::Storage`].
    pub writable: bool,
}

/// A session with another box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerSession {
    /// How it stands.
    pub status: SessionStatus,
    /// Whether the box speaks for the neighbourhood it names, as far as the registers know.
    pub certified: bool,
}

/// Why the driver did not start.
#[derive(Debug, Error)]
pub enum DriverError {
    /// The replica could not be opened on its store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The machine gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
    /// The thread ended before it was ready; the log says why.
    #[error("the driver ended before it was ready")]
    Ended,
}

/// What is asked of the driver from within the box.
enum Request {
    Submit { operation: Vec<u8>, reply: oneshot::Sender<Result<Accepted, Refusal>> },
    Introduce { peer: PublicKey, neighbourhood: NeighbourhoodId },
    Compare,
    Import { frame: Checked, reply: oneshot::Sender<Result<Imported, CloseReason>> },
    KeepPhotos { keeper: KeeperHandle },
    OfferPhoto { photo: PhotoId, length: u32, by: ResidentId, reply: oneshot::Sender<bool> },
    Photo(PhotoInput),
    Answer { reply: oneshot::Sender<()> },
    Stop,
}

/// Opens the replica of the box with the key `own` of the neighbourhood `home` on `store`, and starts driving it.
///
/// Without a network the box keeps to itself, as for a command on a box that is not running.
///
/// # Errors
/// [`DriverError`]; then nothing keeps running.
pub async fn start<S>(
    store: Arc<S>,
    home: NeighbourhoodId,
    own: PublicKey,
    network: Option<Network>,
) -> Result<Driver, DriverError>
where
    S: Store + Send + Sync + 'static,
{
    start_at_pace(store, home, own, network, ScrubPace::default()).await
}

/// As [`start`], with the scrubs of the store spread in another way.
///
/// # Errors
/// [`DriverError`]; then nothing keeps running.
pub async fn start_at_pace<S>(
    store: Arc<S>,
    home: NeighbourhoodId,
    own: PublicKey,
    network: Option<Network>,
    pace: ScrubPace,
) -> Result<Driver, DriverError>
where
    S: Store + Send + Sync + 'static,
{
    let (requests, inbox) = mpsc::channel(QUEUE_REQUESTS);
    let (registers_sender, registers) = watch::channel(Arc::new(Registers::new(home)));
    let (status_sender, status) = watch::channel(Arc::new(Status::default()));
    let (changes, _) = broadcast::channel(CHANGES);
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let edition = EditionWriter::default();
    let handle = DriverHandle {
        requests,
        registers,
        status,
        changes: changes.clone(),
        ledger: Arc::clone(&ledger),
        edition: edition.reader(),
    };
    let (ready, opened) = oneshot::channel();
    // Its own clockwork: the thread may outlive the runtime that started it by a moment.
    let runtime = Builder::new_current_thread().enable_time().build().map_err(DriverError::Thread)?;
    let outlets = machine::Outlets { registers: registers_sender, status: status_sender, changes, ledger, edition };
    let drive = move || match Machine::open(store, home, own, outlets, network, pace, &runtime) {
        Ok(machine) => {
            // Nobody waits any more if the caller was cancelled; then its handle is gone and the machine stops at once.
            let _ = ready.send(Ok(()));
            machine.run(inbox, &runtime);
        }
        Err(error) => drop(ready.send(Err(error))),
    };
    let thread = thread::Builder::new().name("driver".to_owned()).spawn(drive).map_err(DriverError::Thread)?;
    opened.await.map_err(|_| DriverError::Ended)??;
    Ok(Driver { handle, thread })
}

impl Driver {
    /// The way to it.
    pub fn handle(&self) -> DriverHandle {
        self.handle.clone()
    }

    /// Finishes what was taken up, refuses the rest, and returns when the thread has ended and let go of the store.
    pub async fn stop(self) {
        // The channel is closed only if the thread has ended by itself.
        let _ = self.handle.requests.send(Request::Stop).await;
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the driver ended in a panic");
        }
    }
}

impl DriverHandle {
    /// Hands in an operation in transfer form. The answer comes when it is durable, or refused and stored nowhere.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Storage`] also when the box is stopping.
    pub async fn submit(&self, operation: Vec<u8>) -> Result<Accepted, Refusal> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Submit { operation, reply };
        self.requests.send(request).await.map_err(|_| Refusal::Storage)?;
        answer.await.map_err(|_| Refusal::Storage)?
    }

    /// Says that a connector accepted an offer that names the box `peer`: it speaks for `neighbourhood` until that
    /// neighbourhood's register says who does. Saying it again changes nothing.
    pub async fn introduce(&self, peer: PublicKey, neighbourhood: NeighbourhoodId) {
        if self.requests.send(Request::Introduce { peer, neighbourhood }).await.is_err() {
            tracing::debug!(%peer, "not introduced: the driver has stopped");
        }
    }

    /// Has every session compare notes now.
    pub async fn compare(&self) {
        if self.requests.send(Request::Compare).await.is_err() {
            tracing::debug!("nobody compares notes: the driver has stopped");
        }
    }

    /// Takes in a frame of a bundle. The answer comes when what was in it is durable.
    ///
    /// # Errors
    /// [`CloseReason`] when it is no frame of a bundle, and nothing of it was taken in; [`CloseReason::Storage`] when the box
    /// cannot store anything now, or is stopping.
    pub async fn import(&self, frame: Vec<u8>) -> Result<Imported, CloseReason> {
        let checked = tokio::task::spawn_blocking(move || Checked::new(&frame)).await;
        self.import_checked(checked.map_err(|_| CloseReason::Storage)?).await
    }

    /// [Imports](Self::import) a frame that whoever brings it has checked already, ahead of its turn.
    pub(crate) async fn import_checked(&self, frame: Checked) -> Result<Imported, CloseReason> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Import { frame, reply }).await.map_err(|_| CloseReason::Storage)?;
        answer.await.map_err(|_| CloseReason::Storage)?
    }

    /// From here on photos are kept by this keeper: it is asked what is there, and told what to read and write.
    pub async fn keep_photos(&self, keeper: KeeperHandle) {
        if self.requests.send(Request::KeepPhotos { keeper }).await.is_err() {
            tracing::debug!("no photos are kept: the driver has stopped");
        }
    }

    /// Asks whether there is room for a photo of so many bytes that a resident wants to hand in. Who is told so has it
    /// [kept](KeeperHandle::store) next.
    pub async fn offer_photo(&self, photo: PhotoId, length: u32, by: ResidentId) -> bool {
        let (reply, answer) = oneshot::channel();
        let sent = self.requests.send(Request::OfferPhoto { photo, length, by, reply }).await;
        sent.is_ok() && answer.await.unwrap_or(false)
    }

    /// Tells what came of reading or writing a photo; not from within a runtime. Says whether the driver still runs.
    pub fn tell_photo(&self, input: PhotoInput) -> bool {
        self.requests.blocking_send(Request::Photo(input)).is_ok()
    }

    /// Waits until the driver has taken up this question, which is behind all that waited before it. Says whether it still
    /// runs.
    pub async fn answers(&self) -> bool {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Answer { reply }).await.is_ok() && answer.await.is_ok()
    }

    /// The registers as they stood after the last commit. After [`submit`](Self::submit) said yes, they hold what was
    /// submitted.
    pub fn registers(&self) -> Arc<Registers> {
        Arc::clone(&self.registers.borrow())
    }

    /// Which edition of what pages show is out. After [`submit`](Self::submit) said yes it is one that has what was
    /// submitted.
    pub fn edition(&self) -> Edition {
        self.edition.get()
    }

    /// The registers, and every time they stand otherwise. Fails when the driver has stopped.
    pub fn watch_registers(&self) -> watch::Receiver<Arc<Registers>> {
        self.registers.clone()
    }

    /// How the box stands.
    pub fn status(&self) -> Arc<Status> {
        Arc::clone(&self.status.borrow())
    }

    /// How the box stands, and every time it stands otherwise. Fails when the driver has stopped.
    pub fn watch_status(&self) -> watch::Receiver<Arc<Status>> {
        self.status.clone()
    }

    /// What went to and from the other boxes since this one started, and what is held.
    pub fn figures(&self) -> Figures {
        self.ledger.lock().figures()
    }

    /// Something last came in from these neighbours at these times, before this box was started.
    pub fn remember_contacts(&self, contacts: &Contacts) {
        self.ledger.lock().remember(contacts);
    }

    /// From now on, the items that look different. Who is too slow is told that it missed some.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<[ItemId]>> {
        self.changes.subscribe()
    }
}

impl fmt::Debug for DriverHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriverHandle").field("status", &self.status()).finish_non_exhaustive()
    }
}

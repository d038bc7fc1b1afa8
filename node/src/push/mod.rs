//! Notices on telephones (Web Push) for residents who ask for them: that something is new on the square, when it is.
//!
//! It is off until somebody asks on the device itself ([`Push::subscribe`]), and ends at one press of a button, when the
//! device is retired or its owner is no resident any more, and when the browser takes no more. Where a device is reached is
//! known to this box alone (`book`). What is told is decided by the reader that makes the pages (`web::push`); words of what
//! is for residents alone do not leave the box. There is no queue: each round compares what is new with what a device was
//! told, so nothing grows while a service is away, and what is a day old is not told any more.

mod book;
mod service;
mod telling;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::ResidentId;
use dorpsplein_protocol::time::Timestamp;
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{PushSettings, QuietHours};
use crate::data_folder::FolderError;
use crate::web::SiteState;
use crate::web::push::{owner_of, what_is_new};
use book::Book;
pub use book::{Subscription, Wish};
use service::Service;
pub use service::{BadTarget, KEY_FILE, PushError};
use telling::{Patience, Telling};

/// How often is looked at least whether there is something to tell; at once when something changes.
const ROUND: Duration = Duration::from_secs(60);
/// What was written longer ago is not told any more, in milliseconds: a day.
pub(crate) const NEWS_MS: u64 = 24 * 3_600_000;
/// So many devices of one resident, and so many in all.
const MOST_OF_RESIDENT: usize = 8;
const MOST: usize = 2000;

/// The notices of this box. Clones share it.
#[derive(Clone)]
pub struct Push(Arc<Inner>);

struct Inner {
    book: Book,
    service: Service,
    quiet: QuietHours,
    stop: CancellationToken,
    /// Held by who hands notices over: never two at a time. How it stands with each push service.
    round: Mutex<BTreeMap<String, Patience>>,
    /// Held by who asks for notices: they are counted.
    asking: Mutex<()>,
}

/// Why a wish is not taken.
#[derive(Debug, Error)]
pub enum SubscribeError {
    /// The browser cannot be reached as it says.
    #[error(transparent)]
    Target(#[from] BadTarget),
    /// It is about nothing.
    #[error("no sort of notice was chosen")]
    Nothing,
    /// There is no room for more devices.
    #[error("a resident has notices on {MOST_OF_RESIDENT} devices at most, and a box sends them to {MOST}")]
    Full,
    /// It cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What came of going round once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Notices that were handed over.
    pub sent: usize,
    /// Notices that a service refused for good.
    pub refused: usize,
    /// Devices whose service is away, or takes notices later.
    pub waiting: usize,
    /// Devices of which everything was erased.
    pub erased: usize,
}

/// The sender of a running box.
pub(crate) struct Sender {
    push: Push,
    state: SiteState,
    task: JoinHandle<()>,
}

impl Push {
    /// Opens what is kept in a data folder, for sending as the settings say until `stop`.
    ///
    /// # Errors
    /// [`PushError`].
    pub(crate) fn open(folder: &Path, settings: &PushSettings, stop: &CancellationToken) -> Result<Self, PushError> {
        Ok(Self(Arc::new(Inner {
            book: Book::open(folder.join(book::FOLDER), PublicKey::from_hex)?,
            service: Service::new(folder, settings)?,
            quiet: settings.quiet(),
            stop: stop.clone(),
            round: Mutex::default(),
            asking: Mutex::default(),
        })))
    }

    /// The public key by which push services know this box, as browsers ask for it: base64url.
    pub fn public_key(&self) -> String {
        self.0.service.public_key()
    }

    /// The hours between which nothing is sent; none where there are no such.
    pub fn quiet(&self) -> Option<(u8, u8)> {
        self.0.quiet.hours()
    }

    /// What is kept of a device.
    pub fn of(&self, device: &PublicKey) -> Option<Subscription> {
        self.0.book.of(device)
    }

    /// What is kept of the devices of a resident.
    pub fn of_resident(&self, resident: &ResidentId) -> Vec<(PublicKey, Subscription)> {
        let resident = resident.to_string();
        self.0.book.all().into_iter().filter(|(_, known)| known.resident == resident).collect()
    }

    /// Takes a wish. What is new from now on is told.
    ///
    /// # Errors
    /// [`SubscribeError`]; then nothing changed.
    pub fn subscribe(
        &self,
        device: PublicKey,
        resident: &ResidentId,
        wish: &Wish,
        now: Timestamp,
    ) -> Result<(), SubscribeError> {
        self.0.service.target(&wish.endpoint, &wish.p256dh, &wish.auth)?;
        if wish.kinds.is_empty() {
            return Err(SubscribeError::Nothing);
        }
        let _asking = self.0.asking.lock();
        let subscription = Subscription::new(resident, wish, now);
        let others = || self.0.book.all().into_iter().filter(|(other, _)| *other != device);
        let of_resident = others().filter(|(_, known)| known.resident == subscription.resident).count();
        if of_resident >= MOST_OF_RESIDENT || others().count() >= MOST {
            return Err(SubscribeError::Full);
        }
        // One browser is one device, whoever it belonged to before.
        for (other, _) in others().filter(|(_, known)| known.endpoint == wish.endpoint) {
            self.0.book.erase(&other)?;
        }
        Ok(self.0.book.put(device, subscription)?)
    }

    /// Notes that a device which asked for notices is reached at this address, with this public key and secret, from now on.
    /// No when it asked for none.
    ///
    /// # Errors
    /// [`SubscribeError`]; then nothing changed.
    pub fn renew(
        &self,
        device: &PublicKey,
        resident: &ResidentId,
        (endpoint, key, secret): (&str, &str, &str),
    ) -> Result<bool, SubscribeError> {
        self.0.service.target(endpoint, key, secret)?;
        let resident = resident.to_string();
        let changed = self.0.book.change(device, |known| {
            let is_theirs = known.resident == resident;
            if is_theirs {
                known.is_reached_at(endpoint, key, secret);
            }
            is_theirs
        });
        Ok(changed?)
    }

    /// Erases all that is kept of a device.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be erased.
    pub fn erase(&self, device: &PublicKey) -> Result<(), FolderError> {
        self.0.book.erase(device)
    }

    /// Tells every device what is new at `now`; the caller waits.
    pub fn round(&self, state: &SiteState, now: Timestamp) -> Round {
        let mut services = self.0.round.lock();
        let mut round = Round::default();
        let mut devices = Vec::new();
        for (device, subscription) in self.0.book.all() {
            match owner_of(state, &device).filter(|owner| owner.resident.to_string() == subscription.resident) {
                Some(owner) => devices.push((owner, subscription)),
                None => self.forget(&device, &mut round),
            }
        }
        let Some((somebody, _)) = devices.first() else { return round };
        // All of them may read the same.
        let fresh = match what_is_new(state, *somebody, now) {
            Ok(fresh) => fresh,
            Err(error) => {
                tracing::error!(%error, "nobody is told what is new");
                return round;
            }
        };
        for (owner, subscription) in &devices {
            if self.0.stop.is_cancelled() {
                break;
            }
            let mut told = Telling { push: self, state, now, round: &mut round, services: &mut services };
            if let Err(error) = told.serve(&owner.device, &owner.resident, subscription, &fresh) {
                tracing::error!(%error, "what somebody was told could not be kept");
            }
        }
        round
    }

    fn forget(&self, device: &PublicKey, round: &mut Round) {
        match self.0.book.erase(device) {
            Ok(()) => round.erased += 1,
            Err(error) => tracing::error!(%error, "where a device is reached could not be erased"),
        }
    }
}

impl Sender {
    /// Begins to tell what is new, until `stop`.
    pub(crate) fn start(push: Push, state: SiteState, stop: CancellationToken) -> Self {
        let task = tokio::spawn(tell_on_time(push.clone(), state.clone(), stop));
        Self { push, state, task }
    }

    /// Tells what is new at `now`, at once.
    pub(crate) fn round(&self, now: Timestamp) -> Round {
        self.push.round(&self.state, now)
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "sending notices ended in a panic");
        }
    }
}

async fn tell_on_time(push: Push, state: SiteState, stop: CancellationToken) {
    let mut changes = state.driver.subscribe();
    loop {
        // What changed until now is seen by the round that begins.
        while changes.try_recv().is_ok() {}
        let (sender, site) = (push.clone(), state.clone());
        if let Err(error) = tokio::task::spawn_blocking(move || sender.round(&site, clock::now())).await {
            tracing::error!(%error, "a round with notices ended in a panic");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
            changed = changes.recv() => if matches!(changed, Err(RecvError::Closed)) { return },
        }
    }
}

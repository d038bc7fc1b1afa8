//! This device in front of its box: signs, keeps count, hands in. One tab at a time.
//!
//! What people write waits here for a line. What is done to the square and its members does not (`author/at_once.rs`).

#[cfg(feature = "inside")]
mod at_once;

mod becoming;

use std::collections::VecDeque;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{Edit, ItemId, NeighbourhoodId, OperationId, Signed};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::{Valid, ValidateError, check_change, check_creation};

use super::api::{Api, Invitation};
use super::draft::Draft;
use super::key_store::{HeldDevice, KeyStore, Parcel, Refused};
use super::lock::Lock;
use super::page::Page;
use super::trouble::Trouble;

/// Operations that wait at one time.
const MAX_WAITING: usize = 50;
/// Bytes of photos that wait at one time: some forty as they are published.
const MAX_WAITING_BYTES: usize = 24_000_000;
/// Refused operations that are kept to be looked at.
const MAX_REFUSED: usize = 20;
/// What the box says of somebody who may not write here any more.
const UNLINKED: [&str; 2] = ["after-removal", "not-a-member"];

/// A device of this origin, with the right to sign. The order of calls: [`deliver`](Author::deliver) what an earlier
/// page left, [`sign`](Author::sign), and `deliver` again.
pub(super) struct Author {
    held: HeldDevice,
    store: KeyStore,
    api: Api,
    /// The site, as a login names it.
    host: String,
    /// Photos that go with what is signed next.
    files: Vec<Vec<u8>>,
    /// How many of the last operations of the outbox were signed here, in front of somebody who waits for the answer.
    fresh: usize,
    /// Released last, when everything above is done.
    _lock: Lock,
}

impl Author {
    /// The device of a resident of the page's neighbourhood, if this browser has one.
    pub(super) async fn open(page: &Page) -> Result<Option<Self>, Trouble> {
        let home = page.neighbourhood()?;
        // Most visitors only read: they need no lock, and an address that has none can still tell them so.
        let Some(store) = KeyStore::find(page.window()).await? else { return Ok(None) };
        if store.load(home).await?.is_none() {
            return Ok(None);
        }
        let lock = Lock::acquire(page.window()).await?;
        // What was read before waiting may be out of date.
        let Some(mut held) = store.load(home).await? else { return Ok(None) };
        let api = page.api()?;
        if held.is_waiting() {
            // Its other side may have confirmed after this device stopped waiting, or never.
            if !api.known(&held.device.key()).await?.member {
                return Ok(None);
            }
            held.admitted = true;
            store.save(&held).await?;
        }
        Ok(Some(Self { held, store, api, host: page.host()?, files: Vec::new(), fresh: 0, _lock: lock }))
    }

    /// The device of this browser, for a page that is of no use without one.
    pub(super) async fn own(page: &Page) -> Result<Self, Trouble> {
        Self::open(page).await?.ok_or_else(|| Trouble::foreseen("not-a-member"))
    }

    /// Whether the box has taken this device's claim.
    pub(super) const fn is_resident(&self) -> bool {
        self.held.admitted
    }

    /// How many operations it signed.
    pub(super) const fn sequence(&self) -> u64 {
        self.held.device.sequence()
    }

    /// Its public key.
    pub(super) fn key(&self) -> PublicKey {
        self.held.device.key()
    }

    /// Where its resident is at home.
    pub(super) const fn home(&self) -> NeighbourhoodId {
        self.held.device.home()
    }

    /// Signs a new item with the next number and keeps it here, to be delivered.
    ///
    /// Number and operation are stored together before either is used: after a crash the very same bytes are sent.
    pub(super) async fn sign(&mut self, at: Place, draft: Draft) -> Result<ItemId, Trouble> {
        let now = self.ready().await?;
        let Draft { kind, subject, edits } = draft;
        let create = Edit::Create { kind, subject, speaks_for: None };
        foresee(check_creation(&[create].into_iter().chain(edits.iter().cloned()).collect::<Vec<_>>()))?;
        let signed = self.held.device.create(at, kind, subject, edits, now);
        let item = signed.header().item();
        self.keep(signed).await?;
        Ok(item)
    }

    /// Does something to an item; without a line what is signed is kept here until there is one. Whether the box has it. `heads`
    /// are the item's latest operations, as far as known.
    pub(super) async fn edit_or_keep(
        &mut self,
        at: Place,
        item: ItemId,
        heads: Vec<OperationId>,
        edits: Vec<Edit>,
    ) -> Result<bool, Trouble> {
        self.deliver_first().await?;
        self.revise(at, item, heads, edits).await?;
        self.deliver_or_keep().await
    }

    /// Delivers what was just signed; without a line it stays here until there is one. Whether the box has it.
    pub(super) async fn deliver_or_keep(&mut self) -> Result<bool, Trouble> {
        match self.deliver().await {
            Ok(()) => Ok(true),
            Err(Trouble::Offline) if self.held.admitted => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// Signs edits of an item with the next number and keeps them here, to be delivered.
    pub(super) async fn revise(
        &mut self,
        at: Place,
        item: ItemId,
        heads: Vec<OperationId>,
        edits: Vec<Edit>,
    ) -> Result<OperationId, Trouble> {
        let now = self.ready().await?;
        foresee(check_change(at.space, &edits))?;
        let signed = self.held.device.edit(at, item, heads, edits, now);
        let operation = signed.id();
        self.keep(signed).await?;
        Ok(operation)
    }

    /// Proves to the site at `host` that this device has its key.
    pub(super) async fn log_in(&self, host: &str) -> Result<(), Trouble> {
        let challenge = self.api.challenge().await?;
        let bytes = hex::decode(&challenge).and_then(|bytes| bytes.try_into().ok()).ok_or(Trouble::Offline)?;
        let proof = LoginProof::new(&self.home(), &bytes, host).sign(self.held.device.secret());
        self.api.log_in(&self.key(), &challenge, &hex::encode(proof.as_bytes())).await
    }

    /// Gives the key up: its resident left, or this device is theirs no more.
    pub(super) async fn forget(self) -> Result<(), Trouble> {
        self.store.remove(self.home()).await
    }

    /// The time to sign with, if this store may sign at all.
    ///
    /// Without a line that cannot be known: then it is looked at before what is signed now is sent.
    async fn ready(&self) -> Result<Timestamp, Trouble> {
        match self.check_count().await {
            Ok(()) => self.api.now().await,
            Err(Trouble::Offline) if self.held.admitted => Ok(self.api.now_by_heart()),
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether the box knows no number of this device that this store does not.
    async fn check_count(&self) -> Result<(), Trouble> {
        let known = self.api.known(&self.key()).await?;
        if known.sequence > self.held.device.sequence() { Err(old_copy()) } else { Ok(()) }
    }

    /// Whether what waits can still be sent: the box knows none of its numbers, or knows them by these very operations.
    async fn check_numbers(&self) -> Result<(), Trouble> {
        if self.held.outbox.is_empty() || !self.held.admitted {
            return Ok(());
        }
        let known = self.api.known(&self.key()).await?;
        let behind = self.held.device.sequence().checked_sub(known.sequence).ok_or_else(old_copy)?;
        // What waits ends at this device's count, without a gap.
        let Some(place) = (self.held.outbox.len() as u64).checked_sub(behind + 1) else { return Ok(()) };
        let last = self.held.outbox.get(place as usize).and_then(|parcel| Signed::glance(&parcel.transfer));
        if last.map(|(last, _)| last) == known.last { Ok(()) } else { Err(old_copy()) }
    }

    /// Stores number and operation together, before either is used.
    async fn keep(&mut self, signed: Signed) -> Result<(), Trouble> {
        if self.held.outbox.len() >= MAX_WAITING {
            return Err(Trouble::foreseen("quota"));
        }
        let files = std::mem::take(&mut self.files);
        self.held.outbox.push_back(Parcel { transfer: signed.encode(), files });
        self.fresh += 1;
        self.store.save(&self.held).await
    }

    /// Keeps a photo's file with what is signed next; it is handed in before that.
    ///
    /// # Errors
    /// `quota` when more waits on this device than it is to hold.
    pub(super) fn attach(&mut self, file: Vec<u8>) -> Result<(), Trouble> {
        let waiting = self.held.outbox.iter().flat_map(|parcel| &parcel.files).chain(&self.files);
        if waiting.map(Vec::len).sum::<usize>() + file.len() > MAX_WAITING_BYTES {
            return Err(Trouble::foreseen("quota"));
        }
        self.files.push(file);
        Ok(())
    }

    /// What was signed and is not known to be with the box.
    pub(super) fn waiting(&self) -> usize {
        self.held.outbox.len()
    }

    /// What the box did not take while nobody looked.
    pub(super) const fn refused(&self) -> &VecDeque<Refused> {
        &self.held.refused
    }

    /// Throws away the first that the box did not take.
    pub(super) async fn throw_away(&mut self) -> Result<(), Trouble> {
        self.held.refused.pop_front();
        self.store.save(&self.held).await
    }

    /// Sends what was signed and is not known to be with the box, in order.
    ///
    /// What the box refuses for good is given up, and its number stays used. A device whose claim is refused is given up
    /// altogether: it never became anybody's.
    pub(super) async fn deliver(&mut self) -> Result<(), Trouble> {
        self.check_numbers().await?;
        while let Some(parcel) = self.held.outbox.front() {
            match self.send(parcel).await {
                Ok(()) => self.settle().await?,
                Err(trouble) if trouble.is_lasting() => {
                    self.give_up(&trouble).await?;
                    return Err(trouble);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    /// As [`Author::deliver`], before something new is signed: without a line it is sent together with that.
    pub(super) async fn deliver_first(&mut self) -> Result<(), Trouble> {
        match self.deliver().await {
            Err(Trouble::Offline) if self.held.admitted => Ok(()),
            outcome => outcome,
        }
    }

    /// Sends like [`Author::deliver`] where nobody waits for the answer: what is refused is put aside, and the next one is
    /// sent. A claim that is refused stays where it is, for the page that can say why.
    pub(super) async fn deliver_quietly(&mut self) -> Result<(), Trouble> {
        self.check_numbers().await?;
        while let Some(parcel) = self.held.outbox.front() {
            match self.send(parcel).await {
                Ok(()) => self.settle().await?,
                Err(trouble) if trouble.is_lasting() && self.held.admitted => self.give_up(&trouble).await?,
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn send(&self, parcel: &Parcel) -> Result<(), Trouble> {
        if !parcel.files.is_empty() {
            self.log_in(&self.host).await?;
        }
        for file in &parcel.files {
            match self.api.hand_in_photo(file).await {
                // There is no room for photos; that does not change while one waits.
                Err(Trouble::Refused { problem, .. }) if problem == "quota" => return Err(Trouble::foreseen("quota")),
                outcome => outcome?,
            }
        }
        self.api.submit(&parcel.transfer).await
    }

    /// Makes sure that the box has an operation, where another tab may have delivered it.
    pub(super) async fn confirm(&self, operation: OperationId) -> Result<(), Trouble> {
        self.api.operation(&operation).await.map(drop)
    }

    /// The box has the first operation of the outbox. The first of all is the claim.
    async fn settle(&mut self) -> Result<(), Trouble> {
        self.held.admitted = true;
        self.held.outbox.pop_front();
        self.store.save(&self.held).await
    }

    /// The box will never take the first operation of the outbox. Whoever just signed it is told; what was signed before
    /// is put aside for them. Of somebody who may not write here any more nothing is kept.
    async fn give_up(&mut self, trouble: &Trouble) -> Result<(), Trouble> {
        let given_up = self.held.outbox.pop_front();
        let Trouble::Refused { problem, .. } = trouble else { return self.store.save(&self.held).await };
        if !self.held.admitted {
            return self.store.remove(self.held.device.home()).await;
        }
        if UNLINKED.contains(&problem.as_str()) {
            self.held.outbox.clear();
            self.held.refused.clear();
        } else if let Some(parcel) = given_up.filter(|_| self.held.outbox.len() >= self.fresh) {
            self.held.refused.push_back(Refused { transfer: parcel.transfer, problem: problem.clone() });
            if self.held.refused.len() > MAX_REFUSED {
                self.held.refused.pop_front();
            }
        }
        self.store.save(&self.held).await
    }
}

/// This store is an old copy, put back by a backup: its next number has been used.
fn old_copy() -> Trouble {
    Trouble::foreseen("forked")
}

/// An invitation with the secret of its letter.
pub(super) struct Letter {
    /// What the register knows of it.
    pub(super) invitation: Invitation,
    /// The one-time key.
    pub(super) one_time: SecretKey,
}

/// Good randomness, from the browser.
pub(super) fn random<const BYTES: usize>() -> Result<[u8; BYTES], Trouble> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Trouble::Browser("it gives no randomness"))?;
    Ok(bytes)
}

/// What a box would refuse for its form is not signed, so that its number is not used.
fn foresee(makes_sense: Result<(), ValidateError>) -> Result<(), Trouble> {
    makes_sense.map_err(|error| Trouble::foreseen(error.problem()))
}

/// An operation that its box will not refuse for its form. One that it would refuse never leaves this function, so its
/// number is not used.
pub(super) fn checked(signed: Signed) -> Result<Signed, Trouble> {
    let verified = signed.verify().map_err(|error| Trouble::foreseen(error.problem()))?;
    let valid = Valid::check(&verified).map_err(|error| Trouble::foreseen(error.problem()))?;
    Ok(valid.operation().clone())
}

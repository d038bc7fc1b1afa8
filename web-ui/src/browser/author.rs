//! This device in front of its box: signs, keeps count, hands in. One tab at a time.

use std::collections::VecDeque;

#[cfg(feature = "inside")]
use dorpsplein_protocol::compose::Taking;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{
    Edit, Endorsement, ItemId, MAX_PARENTS, NeighbourhoodId, OperationId, RecoveryKey, Signed, Space, Statement, Veto,
};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;

use super::api::{Api, Invitation};
use super::draft::Draft;
use super::key_store::{HeldDevice, KeyStore};
use super::lock::Lock;
use super::page::Page;
use super::trouble::Trouble;

/// A device of this origin, with the right to sign. The order of calls: [`deliver`](Author::deliver) what an earlier
/// page left, [`sign`](Author::sign), and `deliver` again.
pub(super) struct Author {
    held: HeldDevice,
    store: KeyStore,
    api: Api,
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
        Ok(Some(Self { held, store, api, _lock: lock }))
    }

    /// The device of this browser, for a page that is of no use without one.
    pub(super) async fn own(page: &Page) -> Result<Self, Trouble> {
        Self::open(page).await?.ok_or_else(|| Trouble::foreseen("not-a-member"))
    }

    /// Keeps the key of a device that another one is about to add. It is nobody's until then.
    pub(super) async fn adopt(page: &Page, secret: SecretKey) -> Result<(), Trouble> {
        let home = page.neighbourhood()?;
        let _lock = Lock::acquire(page.window()).await?;
        let store = KeyStore::create(page.window()).await?;
        if store.load(home).await?.is_some_and(|held| !held.is_waiting()) {
            return Err(Trouble::foreseen("already-a-member"));
        }
        store.save(&HeldDevice { device: Device::new(secret, home), admitted: false, outbox: VecDeque::new() }).await
    }

    /// Forgets the key that [`Author::adopt`] kept, as long as it is nobody's.
    pub(super) async fn disown(page: &Page) -> Result<(), Trouble> {
        let home = page.neighbourhood()?;
        let _lock = Lock::acquire(page.window()).await?;
        let Some(store) = KeyStore::find(page.window()).await? else { return Ok(()) };
        match store.load(home).await? {
            Some(held) if held.is_waiting() => store.remove(home).await,
            _ => Ok(()),
        }
    }

    /// Makes a device that claims an invitation and says what its resident is called, both signed and kept here, neither
    /// sent. Where another tab was sooner, that tab's device.
    pub(super) async fn newcomer(page: &Page, letter: &Letter, name: Draft, audience: Space) -> Result<Self, Trouble> {
        let home = page.neighbourhood()?;
        let lock = Lock::acquire(page.window()).await?;
        let store = KeyStore::create(page.window()).await?;
        let api = page.api()?;
        if let Some(held) = store.load(home).await?.filter(|held| !held.is_waiting()) {
            return Ok(Self { held, store, api, _lock: lock });
        }
        let now = api.now().await?;
        let mut device = Device::new(SecretKey::from_seed(&random()?), home);
        let invitation = &letter.invitation;
        let parents = invitation.parents.clone();
        let claim = device.claim_after(parents, invitation.operation, &letter.one_time, random()?, now);
        let at = Place { neighbourhood: home, space: audience };
        let profile = device.create(at, name.kind, name.subject, name.edits, now);
        let outbox = [checked(claim)?, checked(profile)?].iter().map(Signed::encode).collect::<VecDeque<_>>();
        let held = HeldDevice { device, admitted: false, outbox };
        store.save(&held).await?;
        Ok(Self { held, store, api, _lock: lock })
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
        let signed = self.held.device.create(at, draft.kind, draft.subject, draft.edits, now);
        Ok(self.keep(signed).await?.header().item())
    }

    /// Says something in the register, and delivers it.
    pub(super) async fn state(&mut self, statement: Statement) -> Result<(), Trouble> {
        self.deliver().await?;
        let mut parents = self.api.register_heads().await?;
        // What a second signature or an objection is about is one of its parents, however long ago it was.
        if let Statement::Endorsement(Endorsement { of }) | Statement::Veto(Veto { of }) = &statement {
            parents.truncate(MAX_PARENTS - 1);
            parents.push(*of);
        }
        let now = self.ready().await?;
        let signed = self.held.device.state(parents, statement, now);
        self.keep(signed).await?;
        self.deliver().await
    }

    /// Says, as a connector, what is taken of what others share, and delivers it. `said` is when that was last said.
    #[cfg(feature = "inside")]
    pub(super) async fn take(&mut self, taking: &Taking, said: Option<Timestamp>) -> Result<(), Trouble> {
        self.deliver().await?;
        let now = self.ready().await?;
        let signed = self.held.device.take(taking, said, now);
        self.keep(signed).await?;
        self.deliver().await
    }

    /// Does something to an item, and delivers it. `heads` are the item's latest operations, as far as known.
    pub(super) async fn edit(
        &mut self,
        at: Place,
        item: ItemId,
        heads: Vec<OperationId>,
        edits: Vec<Edit>,
    ) -> Result<(), Trouble> {
        self.deliver().await?;
        let now = self.ready().await?;
        let signed = self.held.device.edit(at, item, heads, edits, now);
        self.keep(signed).await?;
        self.deliver().await
    }

    /// Registers the key of a spare card of this device's resident.
    pub(super) async fn register_card(&mut self, card: &SecretKey) -> Result<(), Trouble> {
        let key = RecoveryKey::sign(card, &self.home(), &self.key());
        self.state(Statement::RecoveryKey(key)).await
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
    async fn ready(&self) -> Result<Timestamp, Trouble> {
        if self.api.known(&self.key()).await?.sequence > self.held.device.sequence() {
            // This store is an old copy, put back by a backup: its next number has been used.
            return Err(Trouble::foreseen("forked"));
        }
        self.api.now().await
    }

    /// Stores number and operation together, before either is used.
    async fn keep(&mut self, signed: Signed) -> Result<Signed, Trouble> {
        let signed = checked(signed)?;
        self.held.outbox.push_back(signed.encode());
        self.store.save(&self.held).await?;
        Ok(signed)
    }

    /// Sends what was signed and is not known to be with the box, in order.
    ///
    /// What the box refuses for good is given up, and its number stays used. A device whose claim is refused is given up
    /// altogether: it never became anybody's.
    pub(super) async fn deliver(&mut self) -> Result<(), Trouble> {
        while let Some(transfer) = self.held.outbox.front() {
            match self.api.submit(transfer).await {
                Ok(()) => self.settle().await?,
                Err(trouble) if trouble.is_lasting() => {
                    self.give_up().await?;
                    return Err(trouble);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    /// Sends like [`Author::deliver`], and leaves what is refused where it is.
    pub(super) async fn deliver_quietly(&mut self) -> Result<(), Trouble> {
        while let Some(transfer) = self.held.outbox.front() {
            self.api.submit(transfer).await?;
            self.settle().await?;
        }
        Ok(())
    }

    /// Makes sure that the box has an item, where another tab may have delivered it.
    pub(super) async fn confirm(&self, item: ItemId) -> Result<(), Trouble> {
        self.api.operation(&item.into()).await.map(drop)
    }

    /// The box has the first operation of the outbox. The first of all is the claim.
    async fn settle(&mut self) -> Result<(), Trouble> {
        self.held.admitted = true;
        self.held.outbox.pop_front();
        self.store.save(&self.held).await
    }

    async fn give_up(&mut self) -> Result<(), Trouble> {
        self.held.outbox.pop_front();
        if self.held.admitted {
            self.store.save(&self.held).await
        } else {
            self.store.remove(self.held.device.home()).await
        }
    }
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

/// An operation that its box will not refuse for its form. One that it would refuse never leaves this function, so its
/// number is not used.
pub(super) fn checked(signed: Signed) -> Result<Signed, Trouble> {
    let verified = signed.verify().map_err(|error| Trouble::foreseen(error.problem()))?;
    let valid = Valid::check(&verified).map_err(|error| Trouble::foreseen(error.problem()))?;
    Ok(valid.operation().clone())
}

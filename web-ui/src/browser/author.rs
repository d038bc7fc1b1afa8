//! This device in front of its box: signs, keeps count, hands in. One tab at a time.

use std::collections::VecDeque;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, Signed, Space};
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
        let Some(held) = store.load(home).await? else { return Ok(None) };
        Ok(Some(Self { held, store, api: page.api()?, _lock: lock }))
    }

    /// Makes a device that claims an invitation and says what its resident is called, both signed and kept here, neither
    /// sent. Where another tab was sooner, that tab's device.
    pub(super) async fn newcomer(page: &Page, letter: &Letter, name: Draft, audience: Space) -> Result<Self, Trouble> {
        let home = page.neighbourhood()?;
        let lock = Lock::acquire(page.window()).await?;
        let store = KeyStore::create(page.window()).await?;
        let api = page.api()?;
        if let Some(held) = store.load(home).await? {
            return Ok(Self { held, store, api, _lock: lock });
        }
        let now = api.now().await?;
        let mut device = Device::new(SecretKey::from_seed(&random()?), home);
        let claim = device.claim(letter.invitation.operation, &letter.one_time, random()?, now);
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

    /// Where its resident is at home.
    pub(super) const fn home(&self) -> NeighbourhoodId {
        self.held.device.home()
    }

    /// Signs a new item with the next number and keeps it here, to be delivered.
    ///
    /// Number and operation are stored together before either is used: after a crash the very same bytes are sent.
    pub(super) async fn sign(&mut self, at: Place, draft: Draft) -> Result<ItemId, Trouble> {
        let known = self.api.last_number(&self.held.device.key()).await?;
        if known > self.held.device.sequence() {
            // This store is an old copy, put back by a backup: its next number has been used.
            return Err(Trouble::foreseen("forked"));
        }
        let now = self.api.now().await?;
        let signed = checked(self.held.device.create(at, draft.kind, draft.subject, draft.edits, now))?;
        self.held.outbox.push_back(signed.encode());
        self.store.save(&self.held).await?;
        Ok(signed.header().item())
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
fn random<const BYTES: usize>() -> Result<[u8; BYTES], Trouble> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Trouble::Browser("it gives no randomness"))?;
    Ok(bytes)
}

/// An operation that its box will not refuse for its form. One that it would refuse never leaves this function, so its
/// number is not used.
fn checked(signed: Signed) -> Result<Signed, Trouble> {
    let verified = signed.verify().map_err(|error| Trouble::foreseen(error.problem()))?;
    let valid = Valid::check(&verified).map_err(|error| Trouble::foreseen(error.problem()))?;
    Ok(valid.operation().clone())
}

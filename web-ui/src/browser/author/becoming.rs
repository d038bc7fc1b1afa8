//! How a key of this browser becomes a device of somebody's: by a letter, or by another device that adds it; and when it is one no
//! more.

use std::cell::Cell;
use std::collections::VecDeque;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Signed, Space};

use super::super::draft::Draft;
use super::super::key_store::{HeldDevice, KeyStore, Parcel};
use super::super::lock::Lock;
use super::super::page::Page;
use super::super::trouble::Trouble;
use super::{Author, Letter, checked, random};

impl Author {
    /// Keeps the key of a device that another one is about to add. It is nobody's until then.
    pub(in super::super) async fn adopt(page: &Page, secret: SecretKey) -> Result<(), Trouble> {
        let home = page.neighbourhood()?;
        let _lock = Lock::acquire(page.window()).await?;
        let store = KeyStore::create(page.window()).await?;
        let former = store.load(home).await?;
        if former.as_ref().is_some_and(|held| !held.is_waiting()) {
            return Err(Trouble::foreseen("already-a-member"));
        }
        store
            .save(&HeldDevice {
                device: Device::new(secret, home),
                admitted: false,
                outbox: VecDeque::new(),
                refused: VecDeque::new(),
                revision: former.map_or_else(Cell::default, |held| held.revision),
            })
            .await
    }

    /// Forgets the key that [`Author::adopt`] kept, as long as it is nobody's.
    pub(in super::super) async fn disown(page: &Page) -> Result<(), Trouble> {
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
    pub(in super::super) async fn newcomer(
        page: &Page,
        letter: &Letter,
        name: Draft,
        audience: Space,
    ) -> Result<Self, Trouble> {
        let home = page.neighbourhood()?;
        let lock = Lock::acquire(page.window()).await?;
        let store = KeyStore::create(page.window()).await?;
        let api = page.api()?;
        let former = store.load(home).await?;
        let revision = former.as_ref().map(|held| held.revision.clone()).unwrap_or_default();
        if let Some(held) = former.filter(|held| !held.is_waiting()) {
            return Ok(Self { held, store, api, host: page.host()?, files: Vec::new(), fresh: 0, _lock: lock });
        }
        let now = api.now().await?;
        let mut device = Device::new(SecretKey::from_seed(&random()?), home);
        let invitation = &letter.invitation;
        let parents = invitation.parents.clone();
        let claim = device.claim_after(parents, invitation.operation, &letter.one_time, random()?, now);
        let at = Place { neighbourhood: home, space: audience };
        let profile = device.create(at, name.kind, name.subject, name.edits, now);
        let outbox = [checked(claim)?, checked(profile)?].iter().map(Signed::encode).map(Parcel::of).collect();
        let held = HeldDevice { device, admitted: false, outbox, refused: VecDeque::new(), revision };
        store.save(&held).await?;
        Ok(Self { held, store, api, host: page.host()?, files: Vec::new(), fresh: 2, _lock: lock })
    }

    /// Whether this key signs nothing any more that counts: it was retired, or held for its time on the home network.
    #[cfg(feature = "inside")]
    pub(in super::super) async fn is_over(&self) -> Result<bool, Trouble> {
        let known = self.api.known(&self.key()).await?;
        let now = self.api.now().await?;
        Ok((!known.member && known.resident.is_some()) || known.home_key.is_some_and(|until| until <= now))
    }
}

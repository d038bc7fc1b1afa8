//! What needs a line: statements of the register, what connectors do, and all that whoever does it has to see the answer to.
//!
//! None of it is kept to be sent later. A removal that lands a day after somebody pressed the button, when people have talked, is
//! not what was asked for; so its number is stored, because a number is used once, and the operation itself is not. Where the line
//! is gone before the answer came, the box may have it or not: the page says so, and shows which when it is loaded again.

use dorpsplein_protocol::compose::{Place, Setting, Taking};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    Edit, Endorsement, ItemId, MAX_PARENTS, OperationId, RecoveryKey, Signed, Statement, Veto,
};
use dorpsplein_protocol::time::Timestamp;

use super::super::draft::Draft;
use super::super::key_store::Parcel;
use super::super::trouble::Trouble;
use super::{Author, checked};

impl Author {
    /// Says something in the register.
    pub(in super::super) async fn state(&mut self, statement: Statement) -> Result<(), Trouble> {
        self.deliver().await?;
        let mut parents = self.api.register_heads().await?;
        // What a second signature or an objection is about is one of its parents, however long ago it was.
        if let Statement::Endorsement(Endorsement { of }) | Statement::Veto(Veto { of }) = &statement {
            parents.truncate(MAX_PARENTS - 1);
            parents.push(*of);
        }
        self.check_count().await?;
        let now = self.api.now().await?;
        let signed = self.held.device.state(parents, statement, now);
        self.hand_in(signed).await
    }

    /// Says, as a connector, what is taken of what others share. `said` is when that was last said.
    pub(in super::super) async fn take(&mut self, taking: &Taking, said: Option<Timestamp>) -> Result<(), Trouble> {
        let now = self.answered().await?;
        let signed = self.held.device.take(taking, said, now);
        self.hand_in(signed).await
    }

    /// Says, as a connector, how the square looks and what is on it. `said` is when that was last said.
    pub(in super::super) async fn set_up(&mut self, setting: &Setting, said: Option<Timestamp>) -> Result<(), Trouble> {
        let now = self.answered().await?;
        let signed = self.held.device.set_up(setting, said, now);
        self.hand_in(signed).await
    }

    /// Makes an item.
    pub(in super::super) async fn say(&mut self, at: Place, draft: Draft) -> Result<(), Trouble> {
        let now = self.answered().await?;
        let signed = self.held.device.create(at, draft.kind, draft.subject, draft.edits, now);
        self.hand_in(signed).await
    }

    /// Does something to an item. `heads` are the item's latest operations, as far as known.
    pub(in super::super) async fn edit(
        &mut self,
        at: Place,
        item: ItemId,
        heads: Vec<OperationId>,
        edits: Vec<Edit>,
    ) -> Result<(), Trouble> {
        let now = self.answered().await?;
        let signed = self.held.device.edit(at, item, heads, edits, now);
        self.hand_in(signed).await
    }

    /// Registers the key of a spare card of this device's resident.
    pub(in super::super) async fn register_card(&mut self, card: &SecretKey) -> Result<(), Trouble> {
        let key = RecoveryKey::sign(card, &self.home(), &self.key());
        self.state(Statement::RecoveryKey(key)).await
    }

    /// The time to sign with, once the box has all that waited and knows no later number of this device.
    async fn answered(&mut self) -> Result<Timestamp, Trouble> {
        self.deliver().await?;
        self.check_count().await?;
        self.api.now().await
    }

    /// Sends what was just signed, after its number is stored.
    async fn hand_in(&mut self, signed: Signed) -> Result<(), Trouble> {
        let signed = checked(signed)?;
        self.store.save(&self.held).await?;
        let files = std::mem::take(&mut self.files);
        self.send(&Parcel { transfer: signed.encode(), files }).await
    }
}

//! What a form may not do although nothing refuses it when a peer brings it: a peer's box may know more, or less, and all
//! boxes have to come to the same. Whoever hands something in can be asked to look again.

use super::Replica;
use super::evaluate::Evaluation;
use crate::authority::{Act, Reason, Standing, may};
use crate::item::{Kept, Placed};
use crate::operation::{Edit, Kind, Role, Space};
use crate::store::{Read, StoreError};
use crate::time::Timestamp;

impl<R: Read> Replica<R> {
    /// Why an operation that is permitted is not taken from a form.
    pub(super) fn not_from_a_form(
        &self,
        kept: &Kept,
        evaluation: &Evaluation,
        now: Timestamp,
    ) -> Result<Option<Reason>, StoreError> {
        let header = kept.header();
        // A thief's clock may say anything; this box's says that the key is over.
        let register = self.registers.get(&header.home());
        let home_key = register.and_then(|register| register.membership(&header.device)?.home_key);
        if home_key.is_some_and(|expires| expires <= now) {
            return Ok(Some(Reason::HomeKeyExpired));
        }
        let made = self.kind_of(kept)?;
        let answers_nothing = self.answers_what_is_erased(kept)?;
        let knows = |space: Space| match space {
            Space::Circle(circle) => self.registers.circles_with(&self.home).contains(&circle),
            Space::Register | Space::Members | Space::Square | Space::Neighbours => true,
        };
        Ok(match kept.edits() {
            // Boxes that dropped the payload or never had it cannot say so.
            Some([Edit::Erase { kind, .. }]) if made.is_some_and(|made| made != *kind) => Some(Reason::NoSuchAct),
            Some([Edit::Audience(_)]) if evaluation.erased => Some(Reason::Erased),
            Some([Edit::Audience(to)]) => {
                let act = if to.includes(header.space) { Act::Widen } else { Act::Narrow };
                let may = made.is_some_and(|kind| may(Standing::Home(Role::Resident), act, kind));
                match (may, knows(*to)) {
                    (false, _) => Some(Reason::NoSuchAct),
                    (true, false) => Some(Reason::SpaceNotAllowed),
                    (true, true) => None,
                }
            }
            // Nobody would ever see it. From a peer it is kept: whoever wrote it may not have known.
            Some([Edit::Create { .. }, ..]) if answers_nothing => Some(Reason::Erased),
            // An answer is signed for whom it will be: for others its envelope would tell that there is one.
            Some([Edit::Create { .. }, ..]) if Some(header.space) != evaluation.reach => Some(Reason::Elsewhere),
            Some([Edit::Create { .. }, ..]) if !knows(header.space) => Some(Reason::SpaceNotAllowed),
            _ => None,
        })
    }

    /// Whether this makes a comment, an update or a sign-up to an item that was erased.
    fn answers_what_is_erased(&self, kept: &Kept) -> Result<bool, StoreError> {
        let Some([Edit::Create { subject: Some(subject), .. }, ..]) = kept.edits() else { return Ok(false) };
        Ok(crate::projection::item(&self.store, subject)?.is_some_and(|row| row.erased.is_some()))
    }

    /// The kind of the item that an operation is about, where that can be read.
    fn kind_of(&self, kept: &Kept) -> Result<Option<Kind>, StoreError> {
        let creation = self.load(&kept.header().item().into())?;
        let made = creation.as_ref().and_then(Kept::edits).and_then(|edits| edits.first());
        Ok(match made {
            Some(Edit::Create { kind, .. }) => Some(*kind),
            _ => None,
        })
    }
}

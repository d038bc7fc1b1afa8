//! Items of another neighbourhood that are not for this one: not any more, or not as far as can be said yet. Of what they
//! came to nothing is shown, and of those that were shared once the words go, in the same transaction.

use std::collections::BTreeSet;

use super::Replica;
use super::evaluate::{Evaluation, Examined, Remains, Verdicts};
use super::setting::Setting;
use crate::authority::{Reason, Verdict, is_somebodys};
use crate::item::{Kept, Placed};
use crate::operation::Space;
use crate::store::Read;

/// Whether an item is for the neighbourhood of this box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// It is: the item lives here, or is shared with it now.
    Now,
    /// It was, and is for other people now.
    Once,
    /// It never was, as far as can be said.
    Never,
}

impl<R: Read> Replica<R> {
    /// Whether an item is for this neighbourhood, by the audience it has and those it had. What cannot be said yet is left to
    /// whoever decides about each operation.
    pub(super) fn sharing_of(&self, setting: &Setting<'_>) -> Sharing {
        let (Some(made), Some(audiences)) = (setting.history.get(&setting.item.into()), &setting.audiences) else {
            return Sharing::Now;
        };
        let there = made.header().neighbourhood();
        let comes_here = |space: Space| match space {
            Space::Neighbours => true,
            Space::Circle(circle) => self.registers.met_in(&circle, &self.home, &there),
            Space::Register | Space::Members | Space::Square => false,
        };
        if there == self.home || comes_here(setting.reach) {
            Sharing::Now
        } else if audiences.had().into_iter().any(comes_here) {
            Sharing::Once
        } else {
            Sharing::Never
        }
    }

    /// What is left of an item that is not for this neighbourhood: headers, and the moves that say so. Of one that was, that
    /// is all there ever will be, so nothing waits; of one that never was, what is here waits within its bounds.
    pub(super) fn evaluate_apart(&mut self, setting: &Setting<'_>, verdicts: &Verdicts) -> Evaluation {
        let (item, sharing) = (setting.item, setting.sharing);
        self.documents.pop(&item);
        let examined = setting.history.iter().map(|kept| {
            let (id, header) = (kept.id(), kept.header().clone());
            let known = verdicts.get(&id).copied();
            let verdict = known.unwrap_or_else(|| match sharing {
                Sharing::Once if self.is_forked_out(&header, &id) => Verdict::Refused(Reason::Forked),
                Sharing::Once if is_somebodys(&self.registers, &header, setting.now) => {
                    Verdict::Refused(Reason::Withdrawn)
                }
                Sharing::Now | Sharing::Once | Sharing::Never => Verdict::Refused(Reason::SpaceNotAllowed),
            });
            let payload = match kept {
                Kept::Whole(_) if sharing == Sharing::Once && !kept.is_permanent() => Remains::Dropped,
                Kept::Whole(_) => Remains::Here,
                Kept::Bare(_) => Remains::Erased,
            };
            let log = self.log_line(kept, verdict, None);
            Examined { id, header, verdict, payload, log }
        });
        let examined = examined.collect();
        Evaluation {
            item,
            examined,
            row: None,
            subject: setting.subject,
            reach: setting.known_reach(),
            placement: None,
            erased: false,
            withheld: BTreeSet::new(),
        }
    }
}

//! Which villages have an agreement, as the registers of their own boxes say: each side is asked at home, never the other.
//! What became of a statement whose answer got lost shows in no other way.

use dorpsplein_protocol::authority::Register;
use dorpsplein_protocol::operation::{NeighbourhoodId, Payload, Signed, Space, Statement};

use super::{DAY, Village, World};
use crate::plan::{BoxId, VillageId};

/// No clock in these worlds is wrong by more, in milliseconds.
const MOST_WRONG: u64 = 366 * DAY;

impl World {
    /// A box took in what a connector says about an agreement: the end of one, an acceptance, or a second signature.
    pub(super) fn note_agreement(&mut self, at: BoxId, operation: &Signed) {
        let header = operation.header();
        let Some(here) = self.simulated(at).map(|simulated| simulated.village) else { return };
        let home = self.village(here).map(|village| village.neighbourhood);
        if header.space != Space::Register || home != Some(header.neighbourhood()) {
            return;
        }
        match operation.payload().map(Payload::decode) {
            Some(Ok(Payload::Statement(Statement::TreatyEnd(end)))) => {
                if let Some(there) = self.village_of(&end.with).map(|village| village.id) {
                    self.part(here, there);
                }
            }
            Some(Ok(Payload::Statement(Statement::Treaty(_) | Statement::Endorsement(_)))) => {
                let named = self.at(at).map(|running| running.replica().registers().home().neighbours());
                let named: Vec<NeighbourhoodId> = named.into_iter().flatten().copied().collect();
                for there in named.iter().filter_map(|id| Some(self.village_of(id)?.id)).collect::<Vec<_>>() {
                    if self.agree(here, there) {
                        self.befriend(here, there);
                    }
                }
            }
            _ => {}
        }
    }

    /// Asks all boxes that are on which agreements stand.
    pub(crate) fn recount_agreements(&mut self) {
        let ids: Vec<VillageId> = self.villages().map(|village| village.id).collect();
        for here in &ids {
            let known = self.registers(*here).flat_map(Register::neighbours);
            let known: Vec<VillageId> = known.filter_map(|id| Some(self.village_of(id)?.id)).collect();
            for there in known.into_iter().filter(|there| here < there) {
                let stands = self.agree(*here, there) && !self.ended(*here, there) && !self.ended(there, *here);
                if stands { self.befriend(*here, there) } else { self.part(*here, there) }
            }
        }
    }

    /// Whether one side accepts what the other side said, and neither ended it since, as some box of each knows.
    pub(crate) fn agree(&self, here: VillageId, there: VillageId) -> bool {
        let [Some(here), Some(there)] = [self.village(here), self.village(there)] else { return false };
        self.accepts(here, there) || self.accepts(there, here)
    }

    /// Whether some box of a village knows that it ended its agreement with another. One whose clock is behind may not.
    fn ended(&self, here: VillageId, there: VillageId) -> bool {
        let other = self.village(there).map(|village| village.neighbourhood);
        other.is_some_and(|other| self.registers(here).any(|register| register.parted(&other).is_some()))
    }

    fn accepts(&self, one: &Village, other: &Village) -> bool {
        // An end is one whatever the clock of the device that signed it.
        let at = self.now.plus_millis(MOST_WRONG);
        let accepted = |register: &Register| register.treaty(&other.neighbourhood, at)?.treaty.accepts;
        self.registers(one.id).filter_map(accepted).any(|offer| {
            let mut offering = self.registers(other.id);
            offering.any(|register| register.holds_treaty(&one.neighbourhood, &offer, at))
        })
    }

    /// The registers of a village at its own boxes that are on.
    fn registers(&self, village: VillageId) -> impl Iterator<Item = &Register> {
        let running = self.boxes_of(village).iter().filter_map(|at| self.at(*at));
        running.map(|running| running.replica().registers().home())
    }
}

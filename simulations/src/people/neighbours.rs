//! What connectors agree with other villages, and that they no longer do.

use dorpsplein_protocol::authority::TreatyStage;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Statement, Treaty, TreatyDirection, TreatyEnd};

use super::turn::{Grip, Turn};
use crate::plan::{Deed, VillageId};
use crate::world::{DAY, HOUR, MINUTE, World, WorldError};

/// How long an agreement holds in these worlds, in milliseconds: longer than any clock in them is wrong.
pub(super) const TREATY_MS: u64 = 1_500 * DAY;

/// One side of an agreement in which all is shared.
pub(super) fn treaty(world: &World, with: NeighbourhoodId, accepts: Option<OperationId>) -> Statement {
    let expires = world.now.plus_millis(TREATY_MS);
    Statement::Treaty(Treaty { with, accepts, direction: TreatyDirection::Both, kinds: Vec::new(), expires })
}

impl Turn<'_> {
    /// Ends the agreement with a neighbour.
    pub(super) fn end_treaty(&mut self, with: VillageId) -> Result<(), WorldError> {
        let (Some(grip), Some(there)) = (self.able(), self.world.village(with)) else { return Ok(()) };
        let id = there.neighbourhood;
        let agreed = self.stage(grip, &id).is_some();
        if !agreed {
            return Ok(());
        }
        self.state(grip, "agreements ended", None, Statement::TreatyEnd(TreatyEnd { with: id }))?;
        Ok(())
    }

    /// Offers a neighbour an agreement, or accepts the offer that stands in their register: it came on paper, with the keys
    /// of their boxes.
    pub(super) fn agree(&mut self, with: VillageId) -> Result<(), WorldError> {
        let here = self.me().village;
        let Some(grip) = self.able().filter(|_| here != with) else { return Ok(()) };
        let Some(id) = self.world.village(with).map(|there| there.neighbourhood) else { return Ok(()) };
        if self.stage(grip, &id) == Some(TreatyStage::InForce) {
            return Ok(());
        }
        let offer = self.their_offer(with);
        let name = if offer.is_some() { "agreements accepted" } else { "agreements offered" };
        let statement = treaty(self.world, id, offer);
        if self.propose(grip, name, statement, 10 * MINUTE..9 * HOUR)?.is_none() {
            return Ok(());
        }
        self.introduce(here, with)?;
        if offer.is_none()
            && let Some((other, _)) = self.connector(with, None)
        {
            self.follow_up(HOUR..10 * HOUR, other, Deed::Agree(here));
        }
        Ok(())
    }

    fn stage(&self, grip: Grip, other: &NeighbourhoodId) -> Option<TreatyStage> {
        let hand = self.hand(grip)?;
        let registers = self.world.at(hand.at)?.replica().registers();
        registers.treaty(other, hand.now(self.world)).map(|treaty| treaty.stage)
    }

    /// What a village offers this one, by all of its boxes that are on: an offer that one of them knows the end of is none.
    fn their_offer(&mut self, there: VillageId) -> Option<OperationId> {
        let (home, now) = (self.me().home, self.world.now);
        let boxes = self.world.boxes_of(there).iter().filter_map(|at| self.world.at(*at));
        let offers = boxes.map(|running| running.replica().registers().home().treaty(&home, now));
        let mut offers = offers.map(|offer| offer.map(|offer| offer.operation));
        let first = offers.next()??;
        offers.all(|other| other == Some(first)).then_some(first)
    }

    /// Names the boxes of two villages to each other.
    fn introduce(&mut self, a: VillageId, b: VillageId) -> Result<(), WorldError> {
        for [here, there] in [[a, b], [b, a]] {
            let Some(neighbourhood) = self.world.village(there).map(|village| village.neighbourhood) else { continue };
            for at in self.world.boxes_of(here).to_vec() {
                for other in self.world.boxes_of(there).to_vec() {
                    self.world.introduce(at, self.world.box_key(other), neighbourhood)?;
                }
            }
        }
        Ok(())
    }
}

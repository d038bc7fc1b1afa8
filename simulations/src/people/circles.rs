//! What connectors do about circles: they found one, let those next door in, join, leave and end.

use dorpsplein_protocol::authority::{CircleState, Registers, TreatyStage};
use dorpsplein_protocol::operation::{
    CircleAdmission, CircleEnd, CircleFounding, CircleId, CircleJoining, CircleLeaving, NeighbourhoodId, Statement,
};

use super::turn::{Grip, Turn};
use crate::plan::{Deed, Millis};
use crate::world::{HOUR, MINUTE, WorldError};

/// When another connector signs, and when whoever was let in comes in.
const REPLYING: std::ops::Range<Millis> = 10 * MINUTE..9 * HOUR;

impl Turn<'_> {
    /// Founds a circle, where the village has none of its own, and lets everybody in with whom there is an agreement; their
    /// connectors join some hours later.
    pub(super) fn gather(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        let home = self.me().home;
        let founded = |turn: &Self| turn.circles(grip).into_iter().find(|circle| circle.founder == home);
        if founded(self).is_none() {
            let founding = Statement::CircleFounding(CircleFounding { name: "Rond het water".to_owned() });
            self.propose(grip, "circles founded", founding, REPLYING)?;
        }
        // Where another connector has to sign first there is none yet, and whoever gathers next lets them in.
        let Some(circle) = founded(self) else { return Ok(()) };
        for neighbourhood in self.partners(grip) {
            if circle.members.contains(&neighbourhood) || circle.admitted.contains(&neighbourhood) {
                continue;
            }
            let admission = Statement::CircleAdmission(CircleAdmission { circle: circle.id, neighbourhood });
            if self.propose(grip, "let into a circle", admission, REPLYING)?.is_some() {
                let there = self.world.village_of(&neighbourhood).map(|village| village.id);
                let connector = there.and_then(|there| self.connector(there, None));
                if let Some((connector, _)) = connector {
                    self.follow_up(REPLYING, connector, Deed::JoinCircle);
                }
            }
        }
        Ok(())
    }

    /// Joins a circle that the village was let into, as their box knows it; tries again when the news has not come yet.
    pub(super) fn join_circle(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        let home = self.me().home;
        let open = self.circles(grip).into_iter().find(|circle| circle.admitted.contains(&home));
        let joining = open.and_then(|circle| {
            let founder = self.registers(grip)?.get(&circle.founder)?;
            let (_, side) = founder.circles().find(|(id, _)| *id == circle.id)?;
            let admission = *side.admitted.get(&home)?;
            Some(CircleJoining { circle: circle.id, founder: circle.founder, admission })
        });
        match joining {
            Some(joining) => {
                self.propose(grip, "circles joined", Statement::CircleJoining(joining), REPLYING).map(drop)
            }
            None => {
                self.again(HOUR..6 * HOUR);
                Ok(())
            }
        }
    }

    /// Leaves a circle; of the own one somebody is shown out, or it ends.
    pub(super) fn leave_circle(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        let home = self.me().home;
        let all: Vec<CircleState> = self.circles(grip).into_iter().filter(|circle| belongs(circle, &home)).collect();
        let Some(circle) = self.pick(&all) else { return Ok(()) };
        let id = circle.id;
        let out = if circle.founder == home { self.pick(&circle.members) } else { Some(home) };
        let statement = match out.filter(|out| *out == home || self.chance(60)) {
            Some(neighbourhood) => Statement::CircleLeaving(CircleLeaving { circle: id, neighbourhood }),
            None => Statement::CircleEnd(CircleEnd { circle: id }),
        };
        self.propose(grip, "circles left", statement, REPLYING).map(drop)
    }

    /// The circles their village belongs to, as the box of a device knows them.
    pub(super) fn own_circles(&mut self, grip: Grip) -> Vec<CircleId> {
        let home = self.me().home;
        let all = self.circles(grip).into_iter();
        all.filter(|circle| belongs(circle, &home)).map(|circle| circle.id).collect()
    }

    fn circles(&self, grip: Grip) -> Vec<CircleState> {
        self.registers(grip).map(Registers::circles).unwrap_or_default()
    }

    /// The neighbourhoods with which there is an agreement now, as the box of a device knows it.
    fn partners(&self, grip: Grip) -> Vec<NeighbourhoodId> {
        let known = self.registers(grip).zip(self.hand(grip));
        let treaties = known.map(|(registers, hand)| registers.treaties(hand.now(self.world))).unwrap_or_default();
        treaties.iter().filter(|treaty| treaty.stage == TreatyStage::InForce).map(|treaty| treaty.with).collect()
    }

    fn registers(&self, grip: Grip) -> Option<&Registers> {
        Some(self.world.at(self.hand(grip)?.at)?.replica().registers())
    }
}

fn belongs(circle: &CircleState, neighbourhood: &NeighbourhoodId) -> bool {
    circle.founder == *neighbourhood || circle.members.contains(neighbourhood)
}

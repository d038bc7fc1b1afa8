//! What connectors do to each other's and to others' place in the village: they grant and withdraw, show out, sign for each
//! other, object, and bring honest work back.

use dorpsplein_protocol::operation::{
    DeviceCount, Endorsement, HomeKeyPolicy, MemberRemoval, Rescue, Role, RoleChange, Statement, Veto,
};

use super::turn::{Grip, Turn};
use crate::plan::{Millis, PersonId};
use crate::world::{HOUR, MINUTE, WorldError};

/// When somebody who was asked to sign does so.
const SIGNING: std::ops::Range<Millis> = 10 * MINUTE..9 * HOUR;

impl Turn<'_> {
    /// Signs what another connector proposed last.
    pub(super) fn endorse(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let Some((register, hand)) = self.register(grip).zip(self.hand(grip)) else { return Ok(()) };
        let Some(own) = register.active(&hand.key()) else { return Ok(()) };
        let now = hand.now(self.world);
        let proposals = register.proposals();
        let ready = proposals.iter().rev().find(|proposal| {
            let mine = proposal.by == own.resident && !matches!(proposal.statement, Statement::Recovery(_));
            !mine && proposal.endorse_after.is_none_or(|after| after <= now) && !proposal.vetoed
        });
        let Some(of) = ready.map(|proposal| proposal.operation) else { return Ok(()) };
        self.state(grip, "endorsed", Some(of), Statement::Endorsement(Endorsement { of }))?;
        Ok(())
    }

    /// Objects, with any device they ever had, to somebody else having their place.
    pub(super) fn veto(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let Some(resident) = self.resident(grip, self.who) else { return Ok(()) };
        let proposals = self.register(grip).map(dorpsplein_protocol::authority::Register::proposals);
        let about = proposals.into_iter().flatten().find_map(|proposal| match proposal.statement {
            Statement::Recovery(recovery) if recovery.resident == resident.id => Some(proposal.operation),
            _ => None,
        });
        let Some(of) = about else { return Ok(()) };
        let statement = Statement::Veto(Veto { of });
        match self.me().former.pop() {
            Some(found) => {
                self.me().hands.push(found);
                let grip = (self.who, self.me().hands.len() - 1);
                self.state(grip, "vetoed", Some(of), statement).map(drop)
            }
            None => self.state(grip, "vetoed", Some(of), statement).map(drop),
        }
    }

    /// Shows somebody out.
    pub(super) fn remove(&mut self, whom: PersonId) -> Result<(), WorldError> {
        self.about(whom, "removed", |resident, counts| {
            Some(Statement::MemberRemoval(MemberRemoval { resident, counts }))
        })
    }

    /// Says that residents may have keys for the home network.
    pub(super) fn allow_home_keys(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        let allowed = Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true });
        self.state(grip, "home keys allowed", None, allowed).map(drop)
    }

    /// Makes somebody a connector.
    pub(super) fn promote(&mut self, whom: PersonId) -> Result<(), WorldError> {
        self.about(whom, "promoted", |resident, _| {
            Some(Statement::RoleChange(RoleChange { resident, role: Role::Connector, counts: Vec::new() }))
        })?;
        let village = self.people.all.get(&whom).map(|actor| actor.village);
        let community = village.and_then(|village| self.people.villages.get_mut(&village));
        if let Some(community) = community.filter(|community| !community.trusted.contains(&whom)) {
            community.trusted.push(whom);
        }
        Ok(())
    }

    /// Takes the role of connector from somebody.
    pub(super) fn demote(&mut self, whom: PersonId) -> Result<(), WorldError> {
        self.about(whom, "demoted", |resident, counts| {
            Some(Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts }))
        })
    }

    /// Brings back what one of somebody's devices signed.
    pub(super) fn rescue(&mut self, whom: PersonId) -> Result<(), WorldError> {
        let chosen = self.secret()[0] as usize;
        self.about(whom, "rescued", |_, counts| {
            let DeviceCount { device, last } = counts.get(chosen % counts.len().max(1)).copied()?;
            Some(Statement::Rescue(Rescue { device, last }))
        })
    }

    /// Says something about somebody whom the own box knows, with all that their devices signed as far as it knows.
    fn about(
        &mut self,
        whom: PersonId,
        name: &'static str,
        say: impl FnOnce(dorpsplein_protocol::operation::ResidentId, Vec<DeviceCount>) -> Option<Statement>,
    ) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        let Some(resident) = self.resident(grip, whom) else { return Ok(()) };
        let counts = self.counts(grip, &resident)?;
        match say(resident.id, counts) {
            Some(statement) => self.propose(grip, name, statement, SIGNING).map(drop),
            None => Ok(()),
        }
    }

    /// The device with which they act as a connector, if one does by what its box says; otherwise the first: the box will
    /// refuse, and that is to be seen too.
    pub(super) fn able(&mut self) -> Option<Grip> {
        let count = self.me().hands.len();
        let active = |grip: &Grip| {
            let found = self.register(*grip).zip(self.hand(*grip));
            found.and_then(|(register, hand)| register.active(&hand.key())).is_some()
        };
        let able = (0..count).map(|number| (self.who, number)).find(active);
        able.or_else(|| self.own())
    }
}

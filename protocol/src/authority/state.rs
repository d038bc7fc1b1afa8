//! What else a register says as it stands: letters, proposals, organisations, parts of the neighbourhood, forks.

use std::collections::BTreeSet;

use super::Verdict;
use super::graph::{Content, Index, Point};
use super::judge::TWO_SIGNATURES_FROM;
use super::register::Register;
use super::second::RECOVERY_DELAY_MS;
use crate::identity::PublicKey;
use crate::operation::{AreaId, Invitation, OperationId, OrganisationId, ResidentId, Statement};
use crate::time::Timestamp;

/// An invitation and how it stands. Whether it has expired is for whoever has a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationState {
    /// The operation that holds it.
    pub operation: OperationId,
    /// What it offers.
    pub invitation: Invitation,
    /// Who wrote it.
    pub by: ResidentId,
    /// How it stands.
    pub state: InvitationUse,
    /// What a claim names as its parents: the invitation, and the second signature under it if it wanted one.
    pub parents: Vec<OperationId>,
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationUse {
    /// Nobody used it.
    Open,
    /// This resident came in with it.
    Used(ResidentId),
    /// It was taken back, or whoever wrote it was shown out before it was used.
    Withdrawn,
    /// A second connector has to sign it first.
    Proposed,
}

/// A heavy act that waits for a second signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The operation that proposes it.
    pub operation: OperationId,
    /// What.
    pub statement: Statement,
    /// Who.
    pub by: ResidentId,
    /// When, as they say.
    pub signed: Timestamp,
    /// From when on it can be signed a second time; none for at once.
    pub endorse_after: Option<Timestamp>,
    /// Whether an old device of the resident objected.
    pub vetoed: bool,
}

/// An organisation and who speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationState {
    /// Which one; its name is in its profile.
    pub id: OrganisationId,
    /// Its speakers, in the order of their ids.
    pub speakers: Vec<ResidentId>,
}

/// A statement in the order in which the register ranks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEntry {
    /// The operation.
    pub operation: OperationId,
    /// The device that signed it.
    pub device: PublicKey,
    /// When, as it says.
    pub signed: Timestamp,
    /// Whether it counts.
    pub verdict: Verdict,
}

impl Register {
    /// The neighbourhood's name; none while its genesis is not here.
    pub fn name(&self) -> Option<&str> {
        let index = self.graph.find(&self.graph.neighbourhood.into())?;
        match self.graph.content(index) {
            Content::Genesis(genesis) => Some(&genesis.name),
            _ => None,
        }
    }

    /// How many connectors there are.
    pub fn connector_count(&self) -> usize {
        if self.graph.len() == 0 { 0 } else { self.standings().connectors(&Point::now()).count() }
    }

    /// How many connectors have to sign a heavy act made now.
    pub fn signatures_needed(&self) -> usize {
        if self.connector_count() >= TWO_SIGNATURES_FROM { 2 } else { 1 }
    }

    /// The invitations that count, in the order in which they came in. O(n).
    pub fn invitations(&self) -> impl Iterator<Item = InvitationState> {
        (0..self.graph.invitations.len() as Index).filter_map(|number| self.invitation_state(number))
    }

    /// The invitation with this one-time key; of several the one that ranks first. O(n).
    pub fn invitation(&self, key: &PublicKey) -> Option<InvitationState> {
        let all = 0..self.graph.invitations.len() as Index;
        let held = all.filter(|number| self.graph.invitations[*number as usize].key == *key);
        let rank = |number: &Index| self.graph.rank(self.graph.invitations[*number as usize].statement);
        let counts = |number: &Index| {
            self.settled.consequences.refusal(self.graph.invitations[*number as usize].statement).is_none()
        };
        held.filter(counts).min_by_key(rank).and_then(|number| self.invitation_state(number))
    }

    /// When the invitation that an operation holds runs out; none when it holds none.
    pub fn invitation_expires(&self, operation: &OperationId) -> Option<Timestamp> {
        let number = self.graph.invitation_of(self.graph.find(operation)?)?;
        Some(self.graph.invitations[number as usize].expires)
    }

    /// Heavy acts that wait for a second signature, in the order of their ranks.
    pub fn proposals(&self) -> Vec<Proposal> {
        let waiting = self.settled.consequences.proposals.iter().filter(|(_, endorsements)| endorsements.is_empty());
        let mut waiting: Vec<Index> = waiting.map(|(statement, _)| *statement).collect();
        waiting.sort_unstable_by_key(|index| self.graph.rank(*index));
        waiting.into_iter().filter_map(|index| self.proposal(index)).collect()
    }

    /// The organisations that are members.
    pub fn organisations(&self) -> impl Iterator<Item = OrganisationState> {
        self.settled.consequences.organisations.keys().map(|index| {
            let said = self.settled.consequences.organisations[index].iter();
            let named = said.filter_map(|(_, statement)| match self.graph.statement(*statement) {
                Some(Statement::Organisation(founding)) => Some(founding.speaker),
                Some(Statement::SpeakerChange(change)) => Some(change.resident),
                _ => None,
            });
            let speaks = |resident: &ResidentId| {
                let resident = self.graph.find(&(*resident).into());
                let now = Point::now();
                resident.is_some_and(|resident| {
                    self.standings().is_present(resident, &now) && self.standings().is_speaker(*index, resident, &now)
                })
            };
            let speakers: BTreeSet<ResidentId> = named.filter(speaks).collect();
            OrganisationState { id: self.graph.node(*index).id.into(), speakers: speakers.into_iter().collect() }
        })
    }

    /// The parts of the neighbourhood that are distinguished now, with their names.
    pub fn areas(&self) -> impl Iterator<Item = (AreaId, &str)> {
        let open = self.settled.consequences.areas.iter().filter(|(_, ends)| ends.is_empty());
        open.filter_map(|(index, _)| match self.graph.statement(*index) {
            Some(Statement::SubArea(area)) => Some((self.graph.node(*index).id.into(), area.name.as_str())),
            _ => None,
        })
    }

    /// Devices that said two things in this register with one number or skipped what they said before, and what of it does
    /// not count for that.
    pub fn forks(&self) -> impl Iterator<Item = (PublicKey, OperationId)> {
        self.settled.doubted.iter().map(|index| (self.graph.point(*index).key, self.graph.node(*index).id))
    }

    /// Whether a resident is a connector on a side of a device that lost count and is none as things stand: they may decide
    /// for that side, and nothing else, until somebody decides who owes nothing to either.
    pub fn waits_as_connector(&self, resident: &ResidentId) -> bool {
        self.graph.find(&(*resident).into()).is_some_and(|resident| self.settled.doubt.connectors.contains(&resident))
    }

    /// Whether somebody may decide again about a device that lost count: somebody would be a connector on another side, and
    /// nobody decided yet who owes nothing to any.
    pub fn is_contested(&self, device: &PublicKey) -> bool {
        let known = self.graph.find_device(device).is_some_and(|device| self.settled.suspects.contains(&device));
        known && !self.settled.doubt.connectors.is_empty()
    }

    /// Whether a device has its place on a side of another that lost count, and has none as things stand.
    pub fn waits_for_decision(&self, device: &PublicKey) -> bool {
        self.graph.find_device(device).is_some_and(|device| self.settled.doubt.devices.contains(&device))
    }

    /// The operation from which a device that used `sequence` twice goes on, if a connector decided.
    pub fn fork_decision(&self, device: &PublicKey, sequence: u64) -> Option<OperationId> {
        let device = self.graph.find_device(device)?;
        if let Some(kept) = self.settled.doubt.decided.get(&(device, sequence)) {
            return Some(self.graph.node(*kept).id);
        }
        let (_, last) = self.settled.consequences.fork_decisions.get(&(device, sequence))?.last()?;
        match self.graph.statement(*last) {
            Some(Statement::ForkDecision(decision)) => Some(decision.keep),
            _ => None,
        }
    }

    /// Every statement, each after those it builds on. O(n log n).
    pub fn statements(&self) -> impl Iterator<Item = StatementEntry> {
        let mut order: Vec<Index> = self.graph.indices().collect();
        order.sort_unstable_by_key(|index| self.graph.rank(*index));
        order.into_iter().map(|index| {
            let point = self.graph.point(index);
            StatementEntry {
                operation: point.id,
                device: point.key,
                signed: point.time,
                verdict: self.verdict_of(index),
            }
        })
    }

    /// The operations that lead from the genesis to a device's admission, for a reader who wants to check: each is
    /// signed by the device the one before it admitted. Empty when the device has no place.
    pub fn membership_chain(&self, device: &PublicKey) -> Vec<OperationId> {
        let mut chain = Vec::new();
        let mut device = self.graph.find_device(device);
        while let Some(number) = device {
            let statement = match self.settled.consequences.admission(number) {
                Some(admission) => admission.statement,
                None => match self.settled.consequences.cards.get(&number) {
                    Some(card) => card.statement,
                    None => break,
                },
            };
            chain.push(self.graph.node(statement).id);
            device = match self.graph.content(statement) {
                Content::Claim(Some(invitation)) => {
                    chain.push(self.graph.node(invitation).id);
                    Some(self.graph.node(invitation).device)
                }
                Content::DeviceAddition(_) | Content::Other(_) => Some(self.graph.node(statement).device),
                Content::Genesis(_) | Content::Invitation { .. } | Content::Claim(None) => None,
            };
        }
        chain.reverse();
        chain
    }

    fn invitation_state(&self, number: Index) -> Option<InvitationState> {
        let consequences = &self.settled.consequences;
        let statement = self.graph.invitations[number as usize].statement;
        if consequences.refusal(statement).is_some() {
            return None;
        }
        let endorsements = consequences.proposals.get(&statement);
        let endorsement = endorsements.and_then(|under| under.iter().min_by_key(|at| self.graph.rank(**at)));
        let state = match consequences.used(number) {
            Some(claim) => InvitationUse::Used(self.resident_id(claim)),
            None if endorsements.is_some() && endorsement.is_none() => InvitationUse::Proposed,
            None if self.standings().is_withdrawn(statement, &Point::now()) => InvitationUse::Withdrawn,
            None => InvitationUse::Open,
        };
        let parents = [Some(statement), endorsement.copied()].into_iter().flatten();
        Some(InvitationState {
            operation: self.graph.node(statement).id,
            invitation: self.graph.invitation_body(number),
            by: self.resident_id(consequences.signer(self.graph.node(statement).device)?),
            state,
            parents: parents.map(|index| self.graph.node(index).id).collect(),
        })
    }

    fn proposal(&self, index: Index) -> Option<Proposal> {
        let consequences = &self.settled.consequences;
        let node = self.graph.node(index);
        let statement = match self.graph.invitation_of(index) {
            Some(number) => Statement::Invitation(self.graph.invitation_body(number)),
            None => self.graph.statement(index)?.clone(),
        };
        let waits = matches!(statement, Statement::Recovery(_));
        Some(Proposal {
            operation: node.id,
            statement,
            by: self.resident_id(consequences.signer(node.device)?),
            signed: node.time,
            endorse_after: waits.then(|| node.time.plus_millis(RECOVERY_DELAY_MS)),
            vetoed: consequences.vetoes.contains_key(&index),
        })
    }
}

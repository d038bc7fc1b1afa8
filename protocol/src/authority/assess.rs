//! Deciding about a statement without taking it in: the one step before a register grows.

use super::forks;
use super::graph::{Content, Graph, Index, Point};
use super::judge::Ruling;
use super::register::{Register, concerned_resident};
use super::settle::Settled;
use super::{Missing, Reason, Verdict};
use crate::identity::PublicKey;
use crate::operation::{
    ClaimProof, ForkDecision, Header, NeighbourhoodId, OperationId, Payload, ResidentId, Space, Statement, VERSION,
};
use crate::time::Timestamp;
use crate::validate::Valid;

/// A verdict about a statement, and what taking it in would do. Only [`Register::assess`] makes one and only
/// [`Register::insert`] takes it, so that nothing enters a register whose proof was not checked.
#[derive(Debug)]
#[must_use = "a statement that was assessed is not taken in yet"]
pub struct Assessment<'v> {
    valid: &'v Valid,
    verdict: Verdict,
    displaces: bool,
    keep: bool,
    /// What its past and the takings that stand say; without it there is nothing to take in.
    pub(super) ruling: Option<Ruling>,
    /// Whether its device kept its count.
    pub(super) in_order: bool,
    pub(super) stage: Stage,
}

/// How far a register was when it assessed: which one, with how many statements, of which the last.
pub(super) type Stage = (NeighbourhoodId, usize, Option<OperationId>);

impl<'v> Assessment<'v> {
    const fn without_effect(valid: &'v Valid, verdict: Verdict, stage: Stage) -> Self {
        Self { valid, verdict, displaces: false, keep: false, ruling: None, in_order: true, stage }
    }

    /// The statement.
    pub const fn valid(&self) -> &'v Valid {
        self.valid
    }

    /// Whether it counts.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether an admission that counts now would stop counting.
    pub const fn displaces(&self) -> bool {
        self.displaces
    }

    /// Whether it is worth keeping: permitted, or refused in a way that may turn.
    pub const fn keep(&self) -> bool {
        self.keep
    }
}

impl Register {
    /// Decides about a statement without taking it in. Checks its proof: one signature, where it has one.
    pub fn assess<'v>(&self, valid: &'v Valid) -> Assessment<'v> {
        let without_effect = |verdict| Assessment::without_effect(valid, verdict, self.stage());
        let Payload::Statement(statement) = valid.payload() else {
            return without_effect(Verdict::Refused(Reason::NoSuchAct));
        };
        if let Some(verdict) = self.verdict(&valid.id()) {
            return without_effect(verdict);
        }
        let header = valid.header();
        let parents = match self.parents_of(header) {
            Ok(parents) => parents,
            Err(missing) => return without_effect(Verdict::Unknown(missing_parent(statement, missing))),
        };
        if let Err(reason) = self.check_proof(header, statement) {
            return without_effect(Verdict::Refused(reason));
        }
        let draft = self.graph.draft(valid.id(), header, statement, &parents);
        let lost = forks::lost_count(&self.graph, &self.settled, &draft);
        let ruling = self.standings().judge(&draft);
        let verdict = match (ruling, lost) {
            _ if self.decides_side(&draft) => self.tried(valid.id(), header, statement, &parents),
            (Ok(_), None) => Verdict::Permitted,
            (Ok(_), Some(reason)) | (Err(reason), _) => Verdict::Refused(reason),
        };
        let displaces = self.displaces(&draft);
        let ruled_out = || self.is_hopeless(&draft) || forks::goes_back(&self.graph, &draft);
        let keep = verdict == Verdict::Permitted || !ruled_out();
        let (ruling, in_order) = (Some(ruling), lost.is_none());
        Assessment { valid, verdict, displaces, keep, ruling, in_order, stage: self.stage() }
    }

    /// Whether a decision about a device that lost count would be permitted if `author` signed it now: whoever is a connector
    /// on one side only may keep that side and no other. O(n log n).
    pub fn may_decide(&self, author: &PublicKey, decision: ForkDecision, now: Timestamp) -> bool {
        let parents = self.heads();
        let known = self.graph.find_device(author);
        let highest = known.and_then(|device| self.graph.highest_of(device));
        let header = Header {
            version: VERSION,
            neighbourhood: Some(self.graph.neighbourhood),
            home: None,
            space: Space::Register,
            device: *author,
            sequence: highest.map_or(1, |node| node.sequence + 1),
            previous: highest.map(|node| node.id),
            item: None,
            parents,
            time: now,
            payload_hash: [0; 32],
            payload_length: 0,
            permanent: false,
        };
        let statement = Statement::ForkDecision(decision);
        let Ok(parents) = self.parents_of(&header) else { return false };
        self.tried(header.id(), &header, &statement, &parents) == Verdict::Permitted
    }

    /// Whether a statement decides about a device that lost count, by somebody who may be a connector on the side it keeps.
    fn decides_side(&self, draft: &Point<'_>) -> bool {
        let Content::Other(Statement::ForkDecision(decision)) = draft.content else { return false };
        let suspect = self.graph.find_device(&decision.device);
        let suspect = suspect.is_some_and(|device| self.settled.suspects.contains(&device));
        let Settled { consequences, doubt, .. } = &self.settled;
        let known = draft.device.is_some_and(|device| {
            let resident = consequences.resident_of(device);
            let may = |resident| consequences.connectors.contains(&resident) || doubt.connectors.contains(&resident);
            doubt.devices.contains(&device) || resident.is_some_and(may)
        });
        suspect && known
    }

    /// What a statement comes to when all is decided anew with it. O(n log n).
    fn tried(&self, id: OperationId, header: &Header, statement: &Statement, parents: &[Index]) -> Verdict {
        let mut graph = self.graph.clone();
        let index = graph.add(id, header, statement, parents);
        let refusal = Settled::of(&graph).consequences.refusal(index);
        refusal.map_or(Verdict::Permitted, Verdict::Refused)
    }

    /// How far it is now.
    pub(super) fn stage(&self) -> Stage {
        let count = self.graph.indices().len();
        (self.graph.neighbourhood, count, self.graph.indices().last().map(|index| self.graph.node(index).id))
    }

    /// Whether the key that a statement leans on beside its author's signed as well; checked once, on the way in.
    fn check_proof(&self, header: &Header, statement: &Statement) -> Result<(), Reason> {
        let neighbourhood = &self.graph.neighbourhood;
        let signed = match statement {
            Statement::Claim(claim) => {
                let held = self.graph.find(&claim.invitation).and_then(|index| self.graph.invitation_of(index));
                let held = held.ok_or(Reason::NotAnInvitation)?;
                let proof = ClaimProof::new(neighbourhood, &claim.invitation, &header.device, &claim.nonce);
                proof.verify(&self.graph.invitations[held as usize].key, &claim.proof)
            }
            Statement::DeviceAddition(addition) => addition.verify(neighbourhood, &header.device),
            Statement::RecoveryKey(card) => card.verify(neighbourhood, &header.device),
            Statement::Recovery(recovery) => recovery.verify(neighbourhood),
            Statement::HomeKey(key) => key.verify(neighbourhood),
            _ => Ok(()),
        };
        signed.map_err(|_| Reason::ClaimProof)
    }

    /// Whether a statement is an admission that ranks before one that counts now and excludes it.
    fn displaces(&self, draft: &Point<'_>) -> bool {
        let consequences = &self.settled.consequences;
        let key = match draft.content {
            Content::Genesis(_) | Content::Claim(_) => draft.key,
            Content::DeviceAddition(device) => device,
            Content::Other(Statement::Recovery(recovery)) => recovery.device,
            Content::Other(Statement::HomeKey(key)) => key.device,
            Content::Other(Statement::RecoveryKey(card)) => card.key,
            Content::Invitation { .. } | Content::Other(_) => return false,
        };
        let known = self.graph.find_device(&key);
        let device = known.and_then(|device| consequences.admission(device)).map(|admission| admission.at);
        let card = known.and_then(|device| consequences.cards.get(&device)).map(|card| card.at);
        let spent = match draft.content {
            Content::Claim(Some(invitation)) => {
                self.graph.invitation_of(invitation).and_then(|number| consequences.used(number))
            }
            _ => None,
        };
        [device, card, spent].into_iter().flatten().any(|other| draft.rank() < self.graph.rank(other))
    }

    /// Whether nothing that comes in or falls can make a statement count: its own past, which never changes, rules it out.
    /// What is not hopeless is kept, so that what honest others built on it still finds its parents. The reason for which
    /// it is refused now plays no part, because that depends on what else is here.
    fn is_hopeless(&self, draft: &Point<'_>) -> bool {
        match draft.content {
            Content::Genesis(_) => draft.id != self.graph.neighbourhood.into(),
            Content::Claim(invitation) => {
                let held = invitation.and_then(|at| self.graph.invitation_of(at));
                held.is_none_or(|number| draft.time >= self.graph.invitations[number as usize].expires)
            }
            Content::Invitation { .. } | Content::DeviceAddition(_) => !self.was_ever_admitted(draft),
            Content::Other(Statement::Endorsement(endorsement)) => {
                let proposal = self.graph.find(&endorsement.of);
                let early = proposal.is_none_or(|proposal| self.graph.is_too_early(&self.graph.point(proposal), draft));
                early || !self.was_ever_admitted(draft)
            }
            Content::Other(statement) => {
                let was_here = |resident: ResidentId| {
                    self.graph.find(&resident.into()).is_some_and(|at| self.graph.is_past(at, draft))
                };
                !self.was_ever_admitted(draft) || !concerned_resident(statement).is_none_or(was_here)
            }
        }
    }

    /// Whether some statement in its past, counting or not, gives the author's device a place.
    fn was_ever_admitted(&self, draft: &Point<'_>) -> bool {
        let Some(device) = draft.device else { return false };
        self.graph.indices().any(|index| {
            let gives = self.graph.added_device(index) == Some(device) || self.graph.card_of(index) == Some(device);
            gives && self.graph.is_past(index, draft)
        })
    }
}

impl Graph {
    /// The key of the card that a statement registers.
    fn card_of(&self, index: Index) -> Option<Index> {
        match self.statement(index) {
            Some(Statement::RecoveryKey(card)) => self.find_device(&card.key),
            _ => None,
        }
    }
}

fn missing_parent(statement: &Statement, parent: OperationId) -> Missing {
    match statement {
        Statement::Claim(claim) if claim.invitation == parent => Missing::Invitation(parent),
        _ => Missing::Parent(parent),
    }
}

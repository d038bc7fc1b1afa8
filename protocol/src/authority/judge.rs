//! Deciding one statement of a register, by its own causal past.

use std::collections::BTreeSet;

use super::consequences::{Rank, latest_role};
use super::register::Register;
use super::{Reason, Verdict};
use crate::identity::PublicKey;
use crate::operation::{
    Claim, ClaimProof, DeviceAddition, Header, OperationId, ResidentId, Role, RoleChange, Statement,
};

impl Register {
    /// Whether the key that a statement leans on beside its author's signed as well; checked once, on the way in.
    pub(super) fn check_proof(&self, header: &Header, statement: &Statement) -> Result<(), Reason> {
        match statement {
            Statement::Claim(claim) => {
                let held = self.nodes.get(&claim.invitation).map(|node| &node.statement);
                let Some(Statement::Invitation(invitation)) = held else { return Err(Reason::NotAnInvitation) };
                let proof = ClaimProof::new(&self.neighbourhood, &claim.invitation, &header.device, &claim.nonce);
                proof.verify(&invitation.key, &claim.proof).map_err(|_| Reason::ClaimProof)
            }
            Statement::DeviceAddition(addition) => {
                addition.verify(&self.neighbourhood, &header.device).map_err(|_| Reason::ClaimProof)
            }
            _ => Ok(()),
        }
    }

    /// Whether a refusal may turn when a concurrent admission comes in or falls: then the statement is kept, so that
    /// what honest others built on it still finds its parents.
    pub(super) fn may_change(&self, header: &Header, statement: &Statement, reason: Reason) -> bool {
        match reason {
            Reason::InvitationUsed | Reason::AlreadyAMember => true,
            Reason::NotAMember | Reason::NotAConnector => {
                self.candidates.contains(&header.device) || matches!(statement, Statement::Claim(_))
            }
            Reason::NoSuchResident => match statement {
                Statement::RoleChange(change) => self.nodes.contains_key(&change.resident.into()),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a statement counts, as far as what ranks before it goes.
    pub(super) fn decide(&self, rank: Rank, header: &Header, statement: &Statement) -> Verdict {
        let decided = match statement {
            Statement::Genesis(_) => self.decide_genesis(rank),
            Statement::Claim(claim) => self.decide_claim(rank, header, claim),
            Statement::DeviceAddition(addition) => self.decide_addition(rank, header, addition),
            Statement::Invitation(_) | Statement::BoxCertificate(_) => self.connector_at(rank, header),
            Statement::RoleChange(change) => self.decide_role_change(rank, header, change),
            Statement::Treaty(_) => self.connector_at(rank, header),
            _ => self.member_at(rank, header).map(drop),
        };
        decided.map_or_else(Verdict::Refused, |()| Verdict::Permitted)
    }

    fn decide_genesis(&self, rank: Rank) -> Result<(), Reason> {
        if rank.1 == self.neighbourhood.into() { Ok(()) } else { Err(Reason::SecondGenesis) }
    }

    fn decide_claim(&self, rank: Rank, header: &Header, claim: &Claim) -> Result<(), Reason> {
        let node = self.nodes.get(&claim.invitation).ok_or(Reason::NotAnInvitation)?;
        let Statement::Invitation(invitation) = &node.statement else { return Err(Reason::NotAnInvitation) };
        if header.time >= invitation.expires {
            return Err(Reason::InvitationExpired);
        }
        match node.verdict {
            Verdict::Permitted => {}
            Verdict::Refused(reason) => return Err(reason),
            Verdict::Unknown(_) => return Err(Reason::NotAnInvitation),
        }
        if self.consequences.used.get(&claim.invitation).is_some_and(|first| *first < rank) {
            return Err(Reason::InvitationUsed);
        }
        self.is_new_device(rank, &header.device)
    }

    fn decide_addition(&self, rank: Rank, header: &Header, addition: &DeviceAddition) -> Result<(), Reason> {
        self.member_at(rank, header)?;
        self.is_new_device(rank, &addition.device)
    }

    fn is_new_device(&self, rank: Rank, device: &PublicKey) -> Result<(), Reason> {
        let earlier = self.consequences.devices.get(device).is_some_and(|admission| admission.rank < rank);
        if earlier { Err(Reason::AlreadyAMember) } else { Ok(()) }
    }

    fn decide_role_change(&self, rank: Rank, header: &Header, change: &RoleChange) -> Result<(), Reason> {
        self.connector_at(rank, header)?;
        let admitted = self.consequences.residents.get(&change.resident).and_then(|roles| roles.first());
        let known = admitted.is_some_and(|admission| self.is_past(admission.rank, rank, header));
        if known { Ok(()) } else { Err(Reason::NoSuchResident) }
    }

    /// Whether the author was a connector as far as the statement's own past goes.
    fn connector_at(&self, rank: Rank, header: &Header) -> Result<(), Reason> {
        let resident = self.member_at(rank, header)?;
        let roles = self.consequences.residents.get(&resident).into_iter().flatten();
        match latest_role(roles.filter(|role| self.is_past(role.rank, rank, header))) {
            Some(Role::Connector) => Ok(()),
            Some(Role::Resident) | None => Err(Reason::NotAConnector),
        }
    }

    /// Whose device signed, as far as the statement's own past goes.
    fn member_at(&self, rank: Rank, header: &Header) -> Result<ResidentId, Reason> {
        let admission = self.consequences.devices.get(&header.device).ok_or(Reason::NotAMember)?;
        if self.is_past(admission.rank, rank, header) { Ok(admission.resident) } else { Err(Reason::NotAMember) }
    }

    /// Whether the statement at `target` is in the past of the one at `rank`: reached through parents, or signed before by
    /// the same device at a lower rank. Walks back no further than the target's depth.
    fn is_past(&self, target: Rank, rank: Rank, header: &Header) -> bool {
        let Some(node) = self.nodes.get(&target.1) else { return false };
        if node.header.device == header.device && node.header.sequence < header.sequence && target < rank {
            return true;
        }
        let mut seen = BTreeSet::new();
        let mut open: Vec<OperationId> = header.parents.clone();
        while let Some(id) = open.pop() {
            if id == target.1 {
                return true;
            }
            if let Some(node) = self.nodes.get(&id)
                && node.depth > target.0
                && seen.insert(id)
            {
                open.extend(&node.header.parents);
            }
        }
        false
    }
}

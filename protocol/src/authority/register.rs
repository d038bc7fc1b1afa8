//! The register of one neighbourhood: a hash-linked DAG of statements, and what follows from them.
//!
//! What follows is a function of the set of statements. A statement is decided by its causal past, which never changes,
//! with one exception: of two admissions that exclude each other (one invitation used twice, one device admitted twice)
//! the earlier counts, by depth in the DAG and then by hash. When such an earlier one comes in late, all is decided anew
//! in that order, so the order of arrival leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

use super::{Missing, Reason, Verdict};
use crate::identity::PublicKey;
use crate::operation::{
    BoxCertificate, Claim, ClaimProof, DeviceAddition, Header, Invitation, NeighbourhoodId, OperationId, Payload,
    ResidentId, Role, RoleChange, Statement, Treaty,
};
use crate::time::Timestamp;
use crate::validate::Valid;

/// A place in the order that decides between statements that exclude each other: depth in the DAG, then hash.
type Rank = (u32, OperationId);

/// The statements of one neighbourhood and what follows from them.
#[derive(Clone, Debug)]
pub struct Register {
    neighbourhood: NeighbourhoodId,
    nodes: BTreeMap<OperationId, Node>,
    /// Devices that some statement in `nodes` admits, counting or not.
    candidates: BTreeSet<PublicKey>,
    effects: Effects,
}

#[derive(Clone, Debug)]
struct Node {
    depth: u32,
    header: Header,
    statement: Statement,
    verdict: Verdict,
}

/// What follows from the permitted statements; made anew whenever the past changes.
#[derive(Clone, Debug, Default)]
struct Effects {
    name: Option<String>,
    heads: BTreeSet<OperationId>,
    devices: BTreeMap<PublicKey, Admission>,
    residents: BTreeMap<ResidentId, Vec<RoleAt>>,
    invitations: BTreeMap<OperationId, Role>,
    invitation_keys: BTreeMap<PublicKey, Rank>,
    used: BTreeMap<OperationId, Rank>,
    boxes: BTreeMap<OperationId, BoxCertificate>,
    treaties: BTreeMap<NeighbourhoodId, BTreeMap<Rank, TreatyStatement>>,
}

#[derive(Clone, Copy, Debug)]
struct Admission {
    resident: ResidentId,
    rank: Rank,
}

#[derive(Clone, Copy, Debug)]
struct RoleAt {
    role: Role,
    rank: Rank,
}

/// A device's place in the neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Whose device it is.
    pub resident: ResidentId,
    /// What they are trusted with now.
    pub role: Role,
    /// The operation that admitted the device.
    pub admitted_by: OperationId,
}

/// An invitation and whether somebody used it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationState {
    /// The operation that holds it.
    pub operation: OperationId,
    /// What it offers.
    pub invitation: Invitation,
    /// Whether it was used.
    pub used: bool,
}

/// One neighbourhood's side of a treaty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatyStatement {
    /// The operation that says it.
    pub operation: OperationId,
    /// What it says.
    pub treaty: Treaty,
    /// When its author says it was signed.
    pub signed: Timestamp,
}

/// A verdict about a statement, and what taking it in would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Whether it counts.
    pub verdict: Verdict,
    /// Whether an admission that counts now would stop counting.
    pub displaces: bool,
    /// Whether it is worth keeping: permitted, or refused in a way that may turn.
    pub keep: bool,
}

impl Assessment {
    const fn without_effect(verdict: Verdict) -> Self {
        Self { verdict, displaces: false, keep: false }
    }
}

impl Register {
    /// A register that holds nothing yet.
    pub fn new(neighbourhood: NeighbourhoodId) -> Self {
        Self { neighbourhood, nodes: BTreeMap::new(), candidates: BTreeSet::new(), effects: Effects::default() }
    }

    /// Decides about a statement without taking it in.
    pub fn assess(&self, valid: &Valid) -> Assessment {
        let Payload::Statement(statement) = valid.payload() else {
            return Assessment::without_effect(Verdict::Refused(Reason::NoSuchAct));
        };
        if let Some(node) = self.nodes.get(&valid.id()) {
            return Assessment::without_effect(node.verdict);
        }
        let header = valid.header();
        if let Some(missing) = header.parents.iter().find(|parent| !self.nodes.contains_key(*parent)) {
            return Assessment::without_effect(Verdict::Unknown(missing_parent(statement, *missing)));
        }
        if let Err(reason) = self.check_proof(header, statement) {
            return Assessment::without_effect(Verdict::Refused(reason));
        }
        let rank = (self.depth_after(&header.parents), valid.id());
        let verdict = self.decide(rank, header, statement);
        let displaces = self.displaces(rank, header, statement);
        let keep = match verdict {
            Verdict::Permitted => true,
            Verdict::Refused(reason) => displaces || self.may_change(header, statement, reason),
            Verdict::Unknown(_) => false,
        };
        Assessment { verdict, displaces, keep }
    }

    /// Decides about a statement and takes it in, unless it is refused for good or something it builds on is missing.
    ///
    /// A permitted statement costs O(log n) plus the walk back to the role changes of its author; one that displaces an
    /// earlier admission costs O(n log n). Returns the verdict, and the devices that have another place than before.
    pub fn insert(&mut self, valid: &Valid) -> (Verdict, BTreeSet<PublicKey>) {
        let assessment = self.assess(valid);
        let (true, Payload::Statement(statement)) = (assessment.keep, valid.payload()) else {
            return (assessment.verdict, BTreeSet::new());
        };
        let header = valid.header();
        let rank = (self.depth_after(&header.parents), valid.id());
        let verdict = assessment.verdict;
        let admitted = admitted_device(header, statement);
        self.candidates.extend(admitted);
        self.nodes
            .insert(rank.1, Node { depth: rank.0, header: header.clone(), statement: statement.clone(), verdict });
        if assessment.displaces {
            let before = std::mem::take(&mut self.effects.devices);
            self.decide_all();
            return (self.nodes[&rank.1].verdict, self.changed_since(&before));
        }
        if verdict == Verdict::Permitted {
            self.effects.apply(rank, header, statement);
            return (verdict, admitted.into_iter().collect());
        }
        (verdict, BTreeSet::new())
    }

    /// The neighbourhood.
    pub const fn neighbourhood(&self) -> NeighbourhoodId {
        self.neighbourhood
    }

    /// The neighbourhood's name, once its genesis is here.
    pub fn name(&self) -> Option<&str> {
        self.effects.name.as_deref()
    }

    /// The latest permitted statements: the parents of the next one; at most
    /// [`MAX_PARENTS`](crate::operation::MAX_PARENTS) of them, sorted.
    pub fn heads(&self) -> Vec<OperationId> {
        self.effects.heads.iter().copied().take(crate::operation::MAX_PARENTS).collect()
    }

    /// A device's place in the neighbourhood; none when it has none.
    pub fn membership(&self, device: &PublicKey) -> Option<Membership> {
        let admission = self.effects.devices.get(device)?;
        let role = latest_role(self.effects.residents.get(&admission.resident)?.iter())?;
        Some(Membership { resident: admission.resident, role, admitted_by: admission.rank.1 })
    }

    /// How many residents there are.
    pub fn resident_count(&self) -> usize {
        self.effects.residents.len()
    }

    /// The invitation with this one-time key.
    pub fn invitation(&self, key: &PublicKey) -> Option<InvitationState> {
        let (_, operation) = *self.effects.invitation_keys.get(key)?;
        let Statement::Invitation(invitation) = &self.nodes.get(&operation)?.statement else { return None };
        let used = self.effects.used.contains_key(&operation);
        Some(InvitationState { operation, invitation: invitation.clone(), used })
    }

    /// The certificates of boxes, expired ones too.
    pub fn boxes(&self) -> impl Iterator<Item = (OperationId, &BoxCertificate)> {
        self.effects.boxes.iter().map(|(id, certificate)| (*id, certificate))
    }

    /// Whether the box with this key speaks for the neighbourhood at `now`.
    pub fn speaks(&self, key: &PublicKey, now: Timestamp) -> bool {
        self.boxes().any(|(_, certificate)| certificate.key == *key && now < certificate.expires)
    }

    /// What this neighbourhood last said about a treaty with `other`.
    pub fn treaty(&self, other: &NeighbourhoodId) -> Option<&TreatyStatement> {
        self.effects.treaties.get(other)?.last_key_value().map(|(_, statement)| statement)
    }

    /// What this neighbourhood last said about each other neighbourhood.
    pub fn treaties(&self) -> impl Iterator<Item = &TreatyStatement> {
        self.effects.treaties.values().filter_map(|said| said.last_key_value()).map(|(_, statement)| statement)
    }

    /// Whether this exact treaty statement stands.
    pub fn holds_treaty(&self, with: &NeighbourhoodId, operation: &OperationId) -> bool {
        self.effects.treaties.get(with).is_some_and(|said| said.keys().any(|(_, id)| id == operation))
    }

    /// The operations that lead from the genesis to a device's admission, for a reader who wants to check: each is
    /// signed by the device the one before it admitted. Empty when the device has no place.
    pub fn membership_chain(&self, device: &PublicKey) -> Vec<OperationId> {
        let mut chain = Vec::new();
        let mut device = *device;
        while let Some(admission) = self.effects.devices.get(&device) {
            let Some(node) = self.nodes.get(&admission.rank.1) else { break };
            chain.push(admission.rank.1);
            device = match &node.statement {
                Statement::Claim(claim) => {
                    chain.push(claim.invitation);
                    self.nodes[&claim.invitation].header.device
                }
                Statement::DeviceAddition(_) => node.header.device,
                _ => break,
            };
        }
        chain.reverse();
        chain
    }

    /// The verdict about a statement that was taken in.
    pub fn verdict(&self, operation: &OperationId) -> Option<Verdict> {
        self.nodes.get(operation).map(|node| node.verdict)
    }

    /// Whether the key that a statement leans on beside its author's signed as well; checked once, on the way in.
    fn check_proof(&self, header: &Header, statement: &Statement) -> Result<(), Reason> {
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
    fn may_change(&self, header: &Header, statement: &Statement, reason: Reason) -> bool {
        match reason {
            Reason::InvitationUsed | Reason::AlreadyAMember => true,
            Reason::NotAMember | Reason::NotAConnector => {
                self.candidates.contains(&header.device) || matches!(statement, Statement::Claim(_))
            }
            _ => false,
        }
    }

    /// Decides everything anew, earliest first.
    fn decide_all(&mut self) {
        self.effects = Effects::default();
        let mut order: Vec<Rank> = self.nodes.iter().map(|(id, node)| (node.depth, *id)).collect();
        order.sort_unstable();
        for rank in order {
            let node = &self.nodes[&rank.1];
            let verdict = self.decide(rank, &node.header, &node.statement);
            if verdict == Verdict::Permitted {
                self.effects.apply(rank, &node.header, &node.statement);
            }
            if let Some(node) = self.nodes.get_mut(&rank.1) {
                node.verdict = verdict;
            }
        }
    }

    /// Devices whose admission differs from what it was.
    fn changed_since(&self, before: &BTreeMap<PublicKey, Admission>) -> BTreeSet<PublicKey> {
        let both = before.keys().chain(self.effects.devices.keys());
        let rank = |devices: &BTreeMap<PublicKey, Admission>, key| devices.get(key).map(|admission| admission.rank);
        both.filter(|key| rank(before, key) != rank(&self.effects.devices, key)).copied().collect()
    }

    fn depth_after(&self, parents: &[OperationId]) -> u32 {
        parents.iter().filter_map(|parent| self.nodes.get(parent)).map(|node| node.depth + 1).max().unwrap_or(0)
    }

    /// Whether a statement is an admission that ranks before one that counts now and excludes it.
    fn displaces(&self, rank: Rank, header: &Header, statement: &Statement) -> bool {
        let Some(device) = admitted_device(header, statement) else { return false };
        let rival = self.effects.devices.get(&device).map(|admission| admission.rank);
        let spent = match statement {
            Statement::Claim(claim) => self.effects.used.get(&claim.invitation).copied(),
            _ => None,
        };
        rival.into_iter().chain(spent).any(|other| rank < other)
    }

    fn decide(&self, rank: Rank, header: &Header, statement: &Statement) -> Verdict {
        let decided = match statement {
            Statement::Genesis(_) => self.decide_genesis(rank),
            Statement::Claim(claim) => self.decide_claim(rank, header, claim),
            Statement::DeviceAddition(addition) => self.decide_addition(rank, header, addition),
            Statement::Invitation(_) | Statement::BoxCertificate(_) => self.connector_at(header),
            Statement::RoleChange(change) => self.decide_role_change(header, change),
            Statement::Treaty(_) => self.connector_at(header),
            Statement::Unknown(_) => self.member_at(header).map(drop),
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
        if self.effects.used.get(&claim.invitation).is_some_and(|first| *first < rank) {
            return Err(Reason::InvitationUsed);
        }
        self.is_new_device(rank, &header.device)
    }

    fn decide_addition(&self, rank: Rank, header: &Header, addition: &DeviceAddition) -> Result<(), Reason> {
        self.member_at(header)?;
        self.is_new_device(rank, &addition.device)
    }

    fn is_new_device(&self, rank: Rank, device: &PublicKey) -> Result<(), Reason> {
        let earlier = self.effects.devices.get(device).is_some_and(|admission| admission.rank < rank);
        if earlier { Err(Reason::AlreadyAMember) } else { Ok(()) }
    }

    fn decide_role_change(&self, header: &Header, change: &RoleChange) -> Result<(), Reason> {
        self.connector_at(header)?;
        let admitted = self.effects.residents.get(&change.resident).and_then(|roles| roles.first());
        let known = admitted.is_some_and(|admission| self.is_past(&admission.rank, header));
        if known { Ok(()) } else { Err(Reason::NoSuchResident) }
    }

    /// Whether the author was a connector as far as the statement's own past goes.
    fn connector_at(&self, header: &Header) -> Result<(), Reason> {
        let resident = self.member_at(header)?;
        let roles = self.effects.residents.get(&resident).into_iter().flatten();
        match latest_role(roles.filter(|role| self.is_past(&role.rank, header))) {
            Some(Role::Connector) => Ok(()),
            Some(Role::Resident) | None => Err(Reason::NotAConnector),
        }
    }

    /// Whose device signed, as far as the statement's own past goes.
    fn member_at(&self, header: &Header) -> Result<ResidentId, Reason> {
        let admission = self.effects.devices.get(&header.device).ok_or(Reason::NotAMember)?;
        if self.is_past(&admission.rank, header) { Ok(admission.resident) } else { Err(Reason::NotAMember) }
    }

    /// Whether the statement at `rank` is in the past of `header`: reached through parents, or signed before by the same
    /// device. Walks back no further than its depth.
    fn is_past(&self, rank: &Rank, header: &Header) -> bool {
        let Some(target) = self.nodes.get(&rank.1) else { return false };
        if target.header.device == header.device && target.header.sequence < header.sequence {
            return true;
        }
        let mut seen = BTreeSet::new();
        let mut open: Vec<OperationId> = header.parents.clone();
        while let Some(id) = open.pop() {
            if id == rank.1 {
                return true;
            }
            if let Some(node) = self.nodes.get(&id)
                && node.depth > rank.0
                && seen.insert(id)
            {
                open.extend(&node.header.parents);
            }
        }
        false
    }
}

impl Effects {
    fn apply(&mut self, rank: Rank, header: &Header, statement: &Statement) {
        for parent in &header.parents {
            self.heads.remove(parent);
        }
        self.heads.insert(rank.1);
        match statement {
            Statement::Genesis(genesis) => {
                self.name = Some(genesis.name.clone());
                self.admit(rank, header.device, rank.1.into(), Some(Role::Connector));
            }
            Statement::Invitation(invitation) => {
                self.invitations.insert(rank.1, invitation.role);
                let first = self.invitation_keys.entry(invitation.key).or_insert(rank);
                *first = rank.min(*first);
            }
            Statement::Claim(claim) => {
                let role = self.invitations.get(&claim.invitation).copied();
                self.used.insert(claim.invitation, rank);
                self.admit(rank, header.device, rank.1.into(), role);
            }
            Statement::DeviceAddition(addition) => {
                if let Some(adding) = self.devices.get(&header.device).copied() {
                    self.admit(rank, addition.device, adding.resident, None);
                }
            }
            Statement::RoleChange(change) => {
                self.residents.entry(change.resident).or_default().push(RoleAt { role: change.role, rank });
            }
            Statement::BoxCertificate(certificate) => {
                self.boxes.insert(rank.1, certificate.clone());
            }
            Statement::Treaty(treaty) => {
                let said = TreatyStatement { operation: rank.1, treaty: treaty.clone(), signed: header.time };
                self.treaties.entry(treaty.with).or_default().insert(rank, said);
            }
            Statement::Unknown(_) => {}
        }
    }

    fn admit(&mut self, rank: Rank, device: PublicKey, resident: ResidentId, role: Option<Role>) {
        self.devices.insert(device, Admission { resident, rank });
        if let Some(role) = role {
            self.residents.entry(resident).or_default().push(RoleAt { role, rank });
        }
    }
}

/// The device that a statement makes a member's.
fn admitted_device(header: &Header, statement: &Statement) -> Option<PublicKey> {
    match statement {
        Statement::Genesis(_) | Statement::Claim(_) => Some(header.device),
        Statement::DeviceAddition(addition) => Some(addition.device),
        _ => None,
    }
}

fn missing_parent(statement: &Statement, parent: OperationId) -> Missing {
    match statement {
        Statement::Claim(claim) if claim.invitation == parent => Missing::Invitation(parent),
        _ => Missing::Parent(parent),
    }
}

/// The role that stands: the deepest statement; of two equally deep the one that trusts less.
fn latest_role<'a>(roles: impl Iterator<Item = &'a RoleAt>) -> Option<Role> {
    roles.max_by_key(|at| (at.rank.0, at.role == Role::Resident, at.rank.1)).map(|at| at.role)
}

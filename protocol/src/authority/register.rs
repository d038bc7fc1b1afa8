//! The register of one neighbourhood: a hash-linked DAG of statements, and what follows from them.
//!
//! What follows is a function of the set of statements. A statement is decided by its causal past: what its parents lead
//! back to, and what its own device signed before at a lower rank (depth in the DAG, then hash). Two things can come in
//! late: something its device signed before, and of two admissions that exclude each other (one invitation used twice, one
//! device admitted twice) the one of lower rank, which counts. Then all is decided anew in the order of ranks, so the
//! order of arrival leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

use super::consequences::{Consequences, Rank, latest_role};
use super::{Missing, Reason, Verdict};
use crate::identity::PublicKey;
use crate::item::History;
use crate::operation::{
    BoxCertificate, Header, Invitation, MAX_PARENTS, NeighbourhoodId, OperationId, Payload, ResidentId, Role,
    Statement, Treaty,
};
use crate::time::Timestamp;
use crate::validate::Valid;

/// The statements of one neighbourhood and what follows from them.
#[derive(Clone, Debug)]
pub struct Register {
    pub(super) neighbourhood: NeighbourhoodId,
    pub(super) nodes: BTreeMap<OperationId, Node>,
    /// Devices that some statement in `nodes` admits, counting or not.
    pub(super) candidates: BTreeSet<PublicKey>,
    /// The highest sequence number of each device in `nodes`.
    latest: BTreeMap<PublicKey, u64>,
    pub(super) consequences: Consequences,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) depth: u32,
    pub(super) header: Header,
    pub(super) statement: Statement,
    pub(super) verdict: Verdict,
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

/// What became of a statement, and what is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it counts.
    pub verdict: Verdict,
    /// Devices that have another place than before.
    pub devices: BTreeSet<PublicKey>,
    /// Neighbourhoods about which this one says something else than before.
    pub treaties: BTreeSet<NeighbourhoodId>,
}

impl Change {
    const fn none(verdict: Verdict) -> Self {
        Self { verdict, devices: BTreeSet::new(), treaties: BTreeSet::new() }
    }
}

impl Assessment {
    const fn without_effect(verdict: Verdict) -> Self {
        Self { verdict, displaces: false, keep: false }
    }
}

impl Register {
    /// A register that holds nothing yet.
    pub fn new(neighbourhood: NeighbourhoodId) -> Self {
        Self {
            neighbourhood,
            nodes: BTreeMap::new(),
            candidates: BTreeSet::new(),
            latest: BTreeMap::new(),
            consequences: Consequences::default(),
        }
    }

    /// The register into which these statements were taken before, given in any order. O(n log n).
    pub(crate) fn restore(neighbourhood: NeighbourhoodId, statements: Vec<Valid>) -> Self {
        let mut register = Self::new(neighbourhood);
        let history = History::new(statements);
        for valid in history.ordered().0 {
            if let Payload::Statement(statement) = valid.payload() {
                let rank = (register.depth_after(&valid.header().parents), valid.id());
                register.add_node(rank, valid.header(), statement, Verdict::Unknown(Missing::Parent(rank.1)));
            }
        }
        register.decide_all();
        register
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
    /// A permitted statement costs O(log n) plus the walk back to the role changes of its author; one that changes what
    /// was decided before costs O(n log n).
    pub fn insert(&mut self, valid: &Valid) -> Change {
        let assessment = self.assess(valid);
        let (true, Payload::Statement(statement)) = (assessment.keep, valid.payload()) else {
            return Change::none(assessment.verdict);
        };
        let header = valid.header();
        let rank = (self.depth_after(&header.parents), valid.id());
        let revises = assessment.displaces || self.comes_late(header, statement);
        self.add_node(rank, header, statement, assessment.verdict);
        if revises {
            let before = std::mem::take(&mut self.consequences);
            self.decide_all();
            return Change {
                verdict: self.nodes[&rank.1].verdict,
                devices: before.devices_changed(&self.consequences),
                treaties: before.treaties_changed(&self.consequences),
            };
        }
        let mut change = Change::none(assessment.verdict);
        if assessment.verdict == Verdict::Permitted {
            self.consequences.apply(rank, header, statement);
            change.devices.extend(admitted_device(header, statement));
            if let Statement::Treaty(treaty) = statement {
                change.treaties.insert(treaty.with);
            }
        }
        change
    }

    /// The neighbourhood.
    pub const fn neighbourhood(&self) -> NeighbourhoodId {
        self.neighbourhood
    }

    /// The neighbourhood's name, once its genesis is here.
    pub fn name(&self) -> Option<&str> {
        self.consequences.name.as_deref()
    }

    /// The latest permitted statements: the parents of the next one; at most
    /// [`MAX_PARENTS`] of them, sorted. Of more the deepest, so that the next statement
    /// ranks after all that is here.
    pub fn heads(&self) -> Vec<OperationId> {
        let mut heads: Vec<OperationId> = self.consequences.heads.iter().copied().collect();
        if heads.len() > MAX_PARENTS {
            heads.sort_by_key(|id| (std::cmp::Reverse(self.nodes[id].depth), *id));
            heads.truncate(MAX_PARENTS);
            heads.sort_unstable();
        }
        heads
    }

    /// The devices that have a place, in the order of their keys.
    pub fn devices(&self) -> impl Iterator<Item = &PublicKey> {
        self.consequences.devices.keys()
    }

    /// A device's place in the neighbourhood; none when it has none.
    pub fn membership(&self, device: &PublicKey) -> Option<Membership> {
        let admission = self.consequences.devices.get(device)?;
        let role = latest_role(self.consequences.residents.get(&admission.resident)?.iter())?;
        Some(Membership { resident: admission.resident, role, admitted_by: admission.rank.1 })
    }

    /// How many residents there are.
    pub fn resident_count(&self) -> usize {
        self.consequences.residents.len()
    }

    /// The invitation with this one-time key.
    pub fn invitation(&self, key: &PublicKey) -> Option<InvitationState> {
        let (_, operation) = *self.consequences.invitation_keys.get(key)?;
        let Statement::Invitation(invitation) = &self.nodes.get(&operation)?.statement else { return None };
        let used = self.consequences.used.contains_key(&operation);
        Some(InvitationState { operation, invitation: invitation.clone(), used })
    }

    /// The certificates of boxes, expired ones too.
    pub fn boxes(&self) -> impl Iterator<Item = (OperationId, &BoxCertificate)> {
        self.consequences.boxes.iter().map(|(id, certificate)| (*id, certificate))
    }

    /// Whether the box with this key speaks for the neighbourhood at `now`.
    pub fn speaks(&self, key: &PublicKey, now: Timestamp) -> bool {
        self.boxes().any(|(_, certificate)| certificate.key == *key && now < certificate.expires)
    }

    /// What this neighbourhood last said about a treaty with `other`.
    pub fn treaty(&self, other: &NeighbourhoodId) -> Option<&TreatyStatement> {
        self.consequences.treaties.get(other)?.last_key_value().map(|(_, statement)| statement)
    }

    /// What this neighbourhood last said about each other neighbourhood.
    pub fn treaties(&self) -> impl Iterator<Item = &TreatyStatement> {
        self.consequences.treaties.values().filter_map(|said| said.last_key_value()).map(|(_, statement)| statement)
    }

    /// Whether this exact treaty statement stands.
    pub fn holds_treaty(&self, with: &NeighbourhoodId, operation: &OperationId) -> bool {
        self.consequences.treaties.get(with).is_some_and(|said| said.keys().any(|(_, id)| id == operation))
    }

    /// The operations that lead from the genesis to a device's admission, for a reader who wants to check: each is
    /// signed by the device the one before it admitted. Empty when the device has no place.
    pub fn membership_chain(&self, device: &PublicKey) -> Vec<OperationId> {
        let mut chain = Vec::new();
        let mut device = *device;
        while let Some(admission) = self.consequences.devices.get(&device) {
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

    /// Decides everything anew, earliest first.
    fn decide_all(&mut self) {
        self.consequences = Consequences::default();
        let mut order: Vec<Rank> = self.nodes.iter().map(|(id, node)| (node.depth, *id)).collect();
        order.sort_unstable();
        for rank in order {
            let node = &self.nodes[&rank.1];
            let verdict = self.decide(rank, &node.header, &node.statement);
            if verdict == Verdict::Permitted {
                self.consequences.apply(rank, &node.header, &node.statement);
            }
            if let Some(node) = self.nodes.get_mut(&rank.1) {
                node.verdict = verdict;
            }
        }
    }

    fn add_node(&mut self, rank: Rank, header: &Header, statement: &Statement, verdict: Verdict) {
        self.candidates.extend(admitted_device(header, statement));
        let latest = self.latest.entry(header.device).or_default();
        *latest = header.sequence.max(*latest);
        self.nodes
            .insert(rank.1, Node { depth: rank.0, header: header.clone(), statement: statement.clone(), verdict });
    }

    /// Whether a statement about its own author's place comes in after something that device signed later.
    fn comes_late(&self, header: &Header, statement: &Statement) -> bool {
        let concerns_author = matches!(statement, Statement::Claim(_) | Statement::RoleChange(_));
        concerns_author && self.latest.get(&header.device).is_some_and(|latest| header.sequence < *latest)
    }

    fn depth_after(&self, parents: &[OperationId]) -> u32 {
        parents.iter().filter_map(|parent| self.nodes.get(parent)).map(|node| node.depth + 1).max().unwrap_or(0)
    }

    /// Whether a statement is an admission that ranks before one that counts now and excludes it.
    fn displaces(&self, rank: Rank, header: &Header, statement: &Statement) -> bool {
        let Some(device) = admitted_device(header, statement) else { return false };
        let rival = self.consequences.devices.get(&device).map(|admission| admission.rank);
        let spent = match statement {
            Statement::Claim(claim) => self.consequences.used.get(&claim.invitation).copied(),
            _ => None,
        };
        rival.into_iter().chain(spent).any(|other| rank < other)
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

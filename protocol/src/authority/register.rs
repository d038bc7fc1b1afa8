//! The register of one neighbourhood: a hash-linked DAG of statements, and what follows from them.
//!
//! What follows is a function of the set of statements. A statement is decided by its causal past, which is what its parents
//! lead back to, and by what was taken away at the same time. Most statements change nothing that was decided before and
//! are added on top; one that does (an admission of lower rank that excludes another, a removal that meets others, a second
//! signature) has all decided anew, so the order of arrival leaves no trace.

use std::collections::BTreeSet;

use super::Verdict;
use super::assess::Assessment;
use super::graph::{Content, Graph, Index};
use super::settle::{Settled, endorsed, may_take};
use super::standing::Standings;
use crate::identity::PublicKey;
use crate::operation::{Header, Invitation, MAX_PARENTS, NeighbourhoodId, OperationId, Payload, ResidentId, Statement};
use crate::validate::Valid;

/// The statements of one neighbourhood and what follows from them.
#[derive(Clone, Debug)]
pub struct Register {
    pub(super) graph: Graph,
    pub(super) settled: Settled,
}

/// What became of a statement, and what is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it counts.
    pub verdict: Verdict,
    /// Devices that have another place than before, or of which more or less counts.
    pub devices: BTreeSet<PublicKey>,
    /// Neighbourhoods about which this one says something else than before.
    pub treaties: BTreeSet<NeighbourhoodId>,
    /// Statements taken in earlier whose verdict is another one now.
    pub revised: Vec<(OperationId, Verdict)>,
}

impl Change {
    const fn none(verdict: Verdict) -> Self {
        Self { verdict, devices: BTreeSet::new(), treaties: BTreeSet::new(), revised: Vec::new() }
    }
}

impl Register {
    /// A register that holds nothing yet.
    pub fn new(neighbourhood: NeighbourhoodId) -> Self {
        Self { graph: Graph::new(neighbourhood), settled: Settled::default() }
    }

    /// The register that these statements make, in whatever order they are given; the proofs in them were checked when they
    /// were first taken in. O(n log n).
    pub fn of(neighbourhood: NeighbourhoodId, statements: &[Valid]) -> Self {
        let mut register = Self::new(neighbourhood);
        for valid in parents_first(statements) {
            if let (Payload::Statement(statement), Ok(parents)) = (valid.payload(), register.parents_of(valid.header()))
            {
                register.graph.add(valid.id(), valid.header(), statement, &parents);
            }
        }
        register.graph.fit();
        register.settled = Settled::of(&register.graph);
        register
    }

    /// The neighbourhood whose register this is.
    pub const fn neighbourhood(&self) -> NeighbourhoodId {
        self.graph.neighbourhood
    }

    /// Takes in a statement that was assessed, unless it is refused for good or something it builds on is missing.
    ///
    /// Adding on top of what was decided costs O(log n) and a walk over what its parents do not cover; a statement that
    /// changes what was decided costs O(n log n). The assessment is of this register as it is: one that has grown since, or
    /// another one, assesses anew.
    pub fn insert(&mut self, assessment: Assessment<'_>) -> Change {
        let valid = assessment.valid();
        let assessment = if assessment.stage == self.stage() { assessment } else { self.assess(valid) };
        let (true, Some(ruling), Payload::Statement(statement), Ok(parents)) =
            (assessment.keep(), assessment.ruling, valid.payload(), self.parents_of(valid.header()))
        else {
            return Change::none(assessment.verdict());
        };
        let index = self.graph.add(valid.id(), valid.header(), statement, &parents);
        let mut change = Change::none(assessment.verdict());
        if self.is_quiet(index, &assessment) {
            self.settled.add(&self.graph, index, ruling);
        } else {
            let settled = Settled::of(&self.graph);
            let before = std::mem::replace(&mut self.settled, settled);
            self.note_revised(index, &before, &mut change);
        }
        self.touched(index, &self.settled, &mut change);
        change.verdict = self.verdict(&valid.id()).unwrap_or(assessment.verdict());
        change
    }

    /// The parents of the next statement: the latest ones that count, and those of every side of a device that lost count as
    /// long as nobody decided who owes nothing to any, so that whoever speaks has seen them all; sorted, at most
    /// [`MAX_PARENTS`].
    ///
    /// Of more the deepest, so that the next statement ranks after all that is here, and those that came in first, so that
    /// none stays uncovered for long.
    pub fn heads(&self) -> Vec<OperationId> {
        let (heads, sides) = (&self.settled.consequences.heads, &self.settled.doubt.heads);
        let all: BTreeSet<Index> = heads.union(sides).copied().collect();
        let covered = |index: Index| all.iter().any(|other| self.graph.is_past(index, &self.graph.point(*other)));
        let heads: Vec<Index> = all.iter().copied().filter(|index| sides.is_empty() || !covered(*index)).collect();
        let deepest = heads.iter().copied().max_by_key(|index| self.graph.rank(*index));
        let others = heads.iter().copied().filter(|index| Some(*index) != deepest).take(MAX_PARENTS - 1);
        let mut heads: Vec<OperationId> =
            deepest.into_iter().chain(others).map(|index| self.graph.node(index).id).collect();
        heads.sort_unstable();
        heads
    }

    /// The verdict about a statement that was taken in.
    pub fn verdict(&self, operation: &OperationId) -> Option<Verdict> {
        self.graph.find(operation).map(|index| self.verdict_of(index))
    }

    pub(super) fn verdict_of(&self, index: Index) -> Verdict {
        self.settled.consequences.refusal(index).map_or(Verdict::Permitted, Verdict::Refused)
    }

    pub(super) const fn standings(&self) -> Standings<'_> {
        self.settled.standings(&self.graph)
    }

    /// The numbers of a statement's parents, or the first that is not here.
    pub(super) fn parents_of(&self, header: &Header) -> Result<Vec<Index>, OperationId> {
        header.parents.iter().map(|parent| self.graph.find(parent).ok_or(*parent)).collect()
    }

    /// Whether nothing that was decided before changes when a statement is added, so that it can be decided on top.
    fn is_quiet(&self, index: Index, assessment: &Assessment<'_>) -> bool {
        let point = self.graph.point(index);
        let Settled { suspects, doubt, .. } = &self.settled;
        let suspect = suspects.contains(&self.graph.node(index).device);
        if assessment.displaces() || !assessment.in_order || suspect || endorsed(&self.graph, index).is_some() {
            return false;
        }
        // What is refused may count on a side about which nobody decided, and what has seen one side alone builds on it.
        let counts = matches!(assessment.ruling, Some(Ok(_)));
        let one_sided = |parent: &Index| doubt.one_sided.get(*parent as usize) == Some(&true);
        let decides_fork = matches!(point.content, Content::Other(Statement::ForkDecision(_)));
        if decides_fork || (!suspects.is_empty() && !counts) || point.parents.iter().any(one_sided) {
            return false;
        }
        // A taking is quiet when all that could contest it, or that it could void, is in its past.
        let uncovered = || (point.floor..index).filter(|other| !self.graph.is_past(*other, &point));
        !may_take(&self.graph, index) || uncovered().all(|other| self.is_bystander(index, other))
    }

    /// Whether a statement made at the same time has nothing to do with a taking.
    fn is_bystander(&self, index: Index, other: Index) -> bool {
        let consequences = &self.settled.consequences;
        let point = self.graph.point(other);
        let taken = self.graph.takings(consequences, index, index);
        !may_take(&self.graph, other) && !taken.iter().any(|taking| self.graph.hits(consequences, taking, &point))
    }

    fn note_revised(&self, index: Index, before: &Settled, change: &mut Change) {
        for other in self.graph.indices().filter(|other| *other != index) {
            let (was, is) = (before.consequences.refusal(other), self.settled.consequences.refusal(other));
            let now_acts = before.consequences.proposals.get(&other) != self.settled.consequences.proposals.get(&other);
            if was != is || now_acts {
                self.touched(other, before, change);
                self.touched(other, &self.settled, change);
            }
            if was != is {
                change.revised.push((self.graph.node(other).id, self.verdict_of(other)));
            }
        }
    }

    /// The devices and the treaties that a statement is about, as far as `settled` knows.
    fn touched(&self, index: Index, settled: &Settled, change: &mut Change) {
        let resident = match self.graph.content(index) {
            Content::Genesis(_) | Content::Claim(_) => {
                change.devices.insert(self.graph.point(index).key);
                Some(index)
            }
            Content::Invitation { .. } => None,
            Content::DeviceAddition(device) => {
                change.devices.insert(device);
                None
            }
            Content::Other(Statement::Endorsement(said)) => {
                if let Some(proposal) = self.graph.find(&said.of) {
                    self.touched(proposal, settled, change);
                }
                None
            }
            Content::Other(statement) => {
                change.devices.extend(concerned_device(statement));
                change.treaties.extend(concerned_neighbour(statement));
                concerned_resident(statement).and_then(|resident| self.graph.find(&resident.into()))
            }
        };
        let standings = settled.standings(&self.graph);
        let devices = resident.into_iter().flat_map(|resident| standings.devices_of(resident));
        change.devices.extend(devices.map(|(device, _)| self.graph.devices[device as usize].key));
    }
}

/// The statements in an order that puts each after those of its parents that are here.
fn parents_first(statements: &[Valid]) -> Vec<&Valid> {
    let mut by_id: Vec<(OperationId, usize)> =
        statements.iter().enumerate().map(|(at, valid)| (valid.id(), at)).collect();
    by_id.sort_unstable();
    by_id.dedup_by_key(|(id, _)| *id);
    let find = |id: &OperationId| by_id.binary_search_by(|(other, _)| other.cmp(id)).ok().map(|at| by_id[at].1);
    let mut placed = vec![false; statements.len()];
    let mut ordered = Vec::with_capacity(statements.len());
    for (_, first) in &by_id {
        // Ids are hashes over the parents' ids, so there are no cycles.
        let mut open = vec![*first];
        while let Some(at) = open.last().copied() {
            let waits_for = statements[at].header().parents.iter().filter_map(find).find(|parent| !placed[*parent]);
            if let Some(parent) = waits_for {
                open.push(parent);
                continue;
            }
            if !std::mem::replace(&mut placed[at], true) {
                ordered.push(&statements[at]);
            }
            open.pop();
        }
    }
    ordered
}

const fn concerned_device(statement: &Statement) -> Option<PublicKey> {
    match statement {
        Statement::DeviceRetirement(said) => Some(said.device),
        Statement::Rescue(said) => Some(said.device),
        Statement::ForkDecision(said) => Some(said.device),
        _ => None,
    }
}

const fn concerned_neighbour(statement: &Statement) -> Option<NeighbourhoodId> {
    match statement {
        Statement::Treaty(said) => Some(said.with),
        Statement::TreatyEnd(said) => Some(said.with),
        _ => None,
    }
}

pub(super) const fn concerned_resident(statement: &Statement) -> Option<ResidentId> {
    match statement {
        Statement::RoleChange(said) => Some(said.resident),
        Statement::MemberRemoval(said) => Some(said.resident),
        Statement::SpeakerChange(said) => Some(said.resident),
        Statement::Organisation(said) => Some(said.speaker),
        Statement::Recovery(said) => Some(said.resident),
        Statement::HomeKey(said) => Some(said.resident),
        _ => None,
    }
}

impl Graph {
    /// What an invitation that was taken in says.
    pub(super) fn invitation_body(&self, number: Index) -> Invitation {
        let held = &self.invitations[number as usize];
        Invitation { key: held.key, role: held.role, expires: held.expires }
    }
}

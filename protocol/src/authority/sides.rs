//! The sides of what a device said after it lost count: who had seen which, who built on them without owing them anything,
//! and what connectors said about them.

use std::collections::{BTreeMap, BTreeSet};

use super::consequences::Consequences;
use super::forks::{is_harmless, is_letter};
use super::graph::{Content, Graph, Index};
use super::settle::{Settled, endorsed};
use crate::operation::{ForkDecision, Role, Statement};

/// What is doubtful from one number of a device on, and who builds on it.
pub(super) struct Matter<'a> {
    pub(super) device: Index,
    pub(super) sequence: u64,
    pub(super) doubtful: &'a [Index],
    /// By statement: whether somebody independent built on it.
    pub(super) known: Vec<bool>,
}

impl Matter<'_> {
    /// By statement: how much of what is doubtful its author had seen, `previous` being what the device said before that.
    pub(super) fn seen(&self, graph: &Graph, previous: Option<Index>) -> Vec<Seen> {
        let doubtful: BTreeSet<Index> = self.doubtful.iter().copied().collect();
        let mut seen: Vec<Seen> = Vec::with_capacity(graph.len());
        // A statement comes after those it builds on.
        for index in graph.indices() {
            let parents = graph.parents(index).iter().map(|parent| seen[*parent as usize]);
            let before = parents.fold(Seen::Nothing, |one, other| one.and(other, graph));
            let own = if doubtful.contains(&index) {
                Seen::One(index)
            } else if previous == Some(index) {
                Seen::Before(index)
            } else {
                Seen::Nothing
            };
            seen.push(before.and(own, graph));
        }
        seen
    }

    /// By statement: whether somebody independent built on it, who had not seen another side.
    pub(super) fn known(&self, graph: &Graph, order: &[Index], first: &Settled, seen: &[Seen]) -> Vec<bool> {
        let consequences = &first.consequences;
        let clean = Clean::of(graph, order, consequences, self.doubtful);
        let whose = consequences.signer(self.device);
        let mut known = vec![false; graph.len()];
        for index in graph.indices().rev() {
            let author = graph.node(index).device;
            let is_independent = || clean.devices.contains(&author) && consequences.resident_of(author) != whose;
            let says = || consequences.refusal(index).is_none() && !matches!(graph.content(index), Content::Claim(_));
            let one_sided = matches!(seen[index as usize], Seen::One(_)) && self.decision(graph, index).is_none();
            if known[index as usize] || (one_sided && says() && is_independent()) {
                graph.parents(index).iter().for_each(|parent| known[*parent as usize] = true);
            }
        }
        known
    }

    /// The statements with the first doubtful number, lowest id first.
    pub(super) fn rivals(&self, graph: &Graph) -> Vec<Index> {
        self.doubtful.iter().copied().filter(|index| graph.node(*index).sequence == self.sequence).collect()
    }

    /// What falls unless a decision keeps it: not letters for residents, nor what somebody independent built on.
    pub(super) fn may_fall(&self, graph: &Graph, index: Index) -> bool {
        !is_letter(graph, index) && !self.known[index as usize]
    }

    /// Of several with one number that all fall the lowest, which stands after all where it neither takes nor gives any
    /// power.
    pub(super) fn lower_of(&self, graph: &Graph, fallen: &[Index]) -> Option<Index> {
        let rivals = self.rivals(graph);
        let all_fall = rivals.len() > 1 && rivals.iter().all(|index| fallen.contains(index));
        rivals.first().copied().filter(|lower| all_fall && is_harmless(graph.content(*lower)))
    }

    /// What was said about this number, by what it keeps.
    pub(super) fn decisions(&self, graph: &Graph) -> BTreeMap<Index, Vec<Index>> {
        let mut decisions: BTreeMap<Index, Vec<Index>> = BTreeMap::new();
        for index in graph.indices() {
            let kept = self.decision(graph, index).and_then(|decision| graph.find(&decision.keep));
            if let Some(kept) = kept.filter(|kept| graph.node(*kept).device == self.device) {
                decisions.entry(kept).or_default().push(index);
            }
        }
        decisions
    }

    fn decision<'g>(&self, graph: &'g Graph, index: Index) -> Option<&'g ForkDecision> {
        match graph.statement(index) {
            Some(Statement::ForkDecision(decision)) => {
                let key = graph.devices[self.device as usize].key;
                Some(decision).filter(|decision| (decision.device, decision.sequence) == (key, self.sequence))
            }
            _ => None,
        }
    }
}

/// Who owes neither their place nor their role to anything that is doubtful, as far as consequences go.
#[derive(Default)]
pub(super) struct Clean {
    statements: BTreeSet<Index>,
    /// Devices, and cards.
    pub(super) devices: BTreeSet<Index>,
    pub(super) connectors: BTreeSet<Index>,
}

impl Clean {
    /// Looks at everything in the order of ranks, so that what something rests on comes before it.
    pub(super) fn of(graph: &Graph, order: &[Index], consequences: &Consequences, doubtful: &[Index]) -> Self {
        let doubtful: BTreeSet<Index> = doubtful.iter().copied().collect();
        let mut clean = Self::default();
        for index in order.iter().copied() {
            let counts = consequences.refusal(index).is_none() && !doubtful.contains(&index);
            if counts && clean.rests_on_clean(graph, consequences, index) {
                clean.statements.insert(index);
                if !consequences.proposals.contains_key(&index) {
                    clean.gives(graph, endorsed(graph, index).unwrap_or(index));
                }
            }
        }
        clean
    }

    fn rests_on_clean(&self, graph: &Graph, consequences: &Consequences, index: Index) -> bool {
        let device = graph.node(index).device;
        let by_connector = || {
            let resident = consequences.resident_of(device);
            resident.is_some_and(|resident| self.connectors.contains(&resident))
        };
        match graph.content(index) {
            Content::Genesis(_) => true,
            Content::Claim(invitation) => invitation.is_some_and(|letter| self.statements.contains(&letter)),
            Content::DeviceAddition(_) | Content::Other(Statement::RecoveryKey(_)) => self.devices.contains(&device),
            Content::Other(Statement::Endorsement(said)) => {
                let proposal = graph.find(&said.of);
                let proposed = proposal.is_some_and(|proposal| self.statements.contains(&proposal));
                proposed && self.devices.contains(&device) && by_connector()
            }
            Content::Invitation { .. } | Content::Other(_) => self.devices.contains(&device) && by_connector(),
        }
    }

    /// What a clean statement gives is clean.
    fn gives(&mut self, graph: &Graph, index: Index) {
        self.devices.extend(graph.added_device(index));
        match graph.content(index) {
            Content::Genesis(_) => drop(self.connectors.insert(index)),
            Content::Claim(_) if graph.claimed_role(index) == Some(Role::Connector) => {
                self.connectors.insert(index);
            }
            Content::Other(Statement::RoleChange(change)) => {
                let resident = graph.find(&change.resident.into());
                match change.role {
                    Role::Connector => self.connectors.extend(resident),
                    // Whoever makes them a connector again, it is to them that they owe it.
                    Role::Resident => drop(resident.map(|resident| self.connectors.remove(&resident))),
                }
            }
            Content::Other(Statement::RecoveryKey(card)) => self.devices.extend(graph.find_device(&card.key)),
            _ => {}
        }
    }
}

/// How much of what is doubtful the author of a statement had seen.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    Nothing,
    /// Nothing of it, but what the device said last before, which a side may skip.
    Before(Index),
    /// One side, up to this statement.
    One(Index),
    /// More than one side: who has seen both builds on neither.
    Both,
}

impl Seen {
    /// What somebody has seen who has seen both.
    fn and(self, other: Self, graph: &Graph) -> Self {
        let (one, two) = match (self, other) {
            (Self::Both, _) | (_, Self::Both) => return Self::Both,
            (Self::Nothing, seen) | (seen, Self::Nothing) => return seen,
            (Self::Before(one) | Self::One(one), Self::Before(two) | Self::One(two)) => (one, two),
        };
        if one == two || graph.is_past(one, &graph.point(two)) {
            other
        } else if graph.is_past(two, &graph.point(one)) {
            self
        } else {
            Self::Both
        }
    }
}

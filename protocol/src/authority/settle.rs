//! Deciding a whole register: who counts when removals meet that were made at the same time.
//!
//! What nobody contests is decided in one pass in the order of ranks. A taking (a removal, a withdrawn role, a retired
//! device) is contested when another one made at the same time would void it or what it rests on. Those that nothing
//! contests any more come first and void what they hit; in a cycle the one whose author was admitted first stands, and those
//! of the cycle that are aimed at it fall. A taking that builds on one which voids something is decided after that has fallen.
//! The result is a function of the set of statements.

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::consequences::Consequences;
use super::forks::{self, Doubt};
use super::graph::{Content, Graph, Index, Point, Rank};
use super::judge::Force;
use super::standing::Standings;
use super::taking::{Taking, Takings, Target};
use crate::operation::Statement;

/// What a register comes to.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    pub(super) consequences: Consequences,
    pub(super) takings: Takings,
    /// Statements that are refused for the count their device kept; see [`forks`].
    pub(super) doubted: BTreeSet<Index>,
    /// The devices that lost count.
    pub(super) suspects: BTreeSet<Index>,
    /// What else follows from that; empty while all devices kept their count.
    pub(super) doubt: Doubt,
}

impl Settled {
    /// Decides everything anew. O(n log n), and another pass for every round of takings that contest each other and for
    /// every side of a device that lost count.
    pub(super) fn of(graph: &Graph) -> Self {
        let mut order: Vec<Index> = graph.indices().collect();
        order.sort_unstable_by(|a, b| graph.compare(*a, *b));
        let suspects = forks::suspects(graph);
        let mut settled = Settling::new(graph, &order, &[]).run(BTreeSet::new());
        if suspects.is_empty() {
            return settled;
        }
        let without = |doubted| Settling::new(graph, &order, &[]).run(doubted);
        let mut doubt = forks::doubt(graph, &order, &settled, &suspects, &without);
        if !doubt.doubted.is_empty() {
            settled = Settling::new(graph, &order, &doubt.letters).run(std::mem::take(&mut doubt.doubted));
        }
        let standing: BTreeSet<Index> = settled.standings(graph).connectors(&Point::now()).collect();
        doubt.connectors.retain(|resident| !standing.contains(resident));
        doubt.devices.retain(|device| settled.consequences.admission(*device).is_none());
        settled.suspects = suspects.iter().map(|suspect| suspect.device).collect();
        settled.doubt = doubt;
        settled
    }

    pub(super) const fn standings<'a>(&'a self, graph: &'a Graph) -> Standings<'a> {
        Standings { graph, consequences: &self.consequences, takings: &self.takings }
    }

    /// Adds a statement that ranks after what it concerns and that no taking contests.
    pub(super) fn add(&mut self, graph: &Graph, index: Index, ruling: Result<Force, Reason>) {
        let Ok(force) = ruling else { return self.consequences.rule(index, ruling.err()) };
        let taken = taken_from(graph, &self.consequences, index, force);
        if !taken.is_empty() {
            self.takings.add(index, &taken);
        }
        self.count(graph, index, force);
    }

    fn count(&mut self, graph: &Graph, index: Index, force: Force) {
        self.consequences.rule(index, None);
        self.consequences.extend_heads(graph, index);
        match (force, endorsed(graph, index)) {
            (Force::Proposed, _) => drop(self.consequences.proposals.insert(index, Vec::new())),
            (Force::Now, Some(proposal)) => {
                self.consequences.proposals.entry(proposal).or_default().push(index);
                self.consequences.apply(graph, proposal, index);
            }
            (Force::Now, None) => self.consequences.apply(graph, index, index),
        }
    }
}

/// The proposal under which a statement is the second signature.
pub(super) fn endorsed(graph: &Graph, index: Index) -> Option<Index> {
    match graph.content(index) {
        Content::Other(Statement::Endorsement(endorsement)) => graph.find(&endorsement.of),
        _ => None,
    }
}

/// What is taken when a statement counts.
fn taken_from(graph: &Graph, consequences: &Consequences, index: Index, force: Force) -> Vec<Taking> {
    match force {
        Force::Proposed => Vec::new(),
        Force::Now => graph.takings(consequences, endorsed(graph, index).unwrap_or(index), index),
    }
}

/// Whether a statement, or the one it signs a second time, may take something away.
pub(super) fn may_take(graph: &Graph, index: Index) -> bool {
    let statement = graph.statement(endorsed(graph, index).unwrap_or(index));
    matches!(
        statement,
        Some(
            Statement::MemberRemoval(_)
                | Statement::RoleChange(_)
                | Statement::DeviceRetirement(_)
                | Statement::Recovery(_)
                | Statement::InvitationWithdrawal(_)
        )
    )
}

struct Settling<'a> {
    graph: &'a Graph,
    order: &'a [Index],
    /// By statement: letters for residents that count also where nobody knows by what right they were written.
    letters: &'a [bool],
    /// Statements that may take something away.
    candidates: Vec<Index>,
    settled: Settled,
    /// Takings that lost a cycle, or would leave nobody to look after the neighbourhood.
    fallen: BTreeMap<Index, Reason>,
}

impl<'a> Settling<'a> {
    fn new(graph: &'a Graph, order: &'a [Index], letters: &'a [bool]) -> Self {
        let candidates = graph.indices().filter(|index| may_take(graph, *index)).collect();
        Self { graph, order, letters, candidates, settled: Settled::default(), fallen: BTreeMap::new() }
    }

    fn run(&mut self, doubted: BTreeSet<Index>) -> Settled {
        self.settled.doubted = doubted;
        loop {
            let pass = self.pass();
            if pass.disturbing.is_empty() && !self.resolve(&pass.contested) && !self.keep_a_connector() {
                return std::mem::take(&mut self.settled);
            }
        }
    }

    /// Decides every statement once, with the takings that stand so far, and lets those stand that nothing contests.
    fn pass(&mut self) -> Pass {
        self.settled.consequences = Consequences::default();
        let mut pass = Pass::default();
        for index in self.order.iter().copied() {
            let stands = self.settled.takings.stands(index);
            let ruling = self.rule(index, stands);
            if let Ok(force) = ruling
                && !stands
                && !self.waits(index, &pass)
            {
                let taken = taken_from(self.graph, &self.settled.consequences, index, force);
                if !taken.is_empty() && self.is_contested(index, &pass.contested) {
                    pass.contested.push(index);
                } else if !taken.is_empty() {
                    if self.disturbs(index, &taken) {
                        pass.disturbing.push(index);
                    }
                    self.settled.takings.add(index, &taken);
                }
            }
            match ruling {
                Ok(force) => self.settled.count(self.graph, index, force),
                Err(reason) => self.settled.consequences.rule(index, Some(reason)),
            }
        }
        pass
    }

    fn rule(&self, index: Index, stands: bool) -> Result<Force, Reason> {
        if stands {
            return Ok(Force::Now);
        }
        if let Some(reason) = self.fallen.get(&index) {
            return Err(*reason);
        }
        if self.settled.doubted.contains(&index) {
            return Err(Reason::Forked);
        }
        let (standings, point) = (self.settled.standings(self.graph), self.graph.point(index));
        let ruling = standings.judge(&point);
        let counts = self.letters.get(index as usize) == Some(&true) && !standings.is_voided(&point);
        match ruling {
            Err(Reason::NotAMember | Reason::NotAConnector) if counts => Ok(Force::Now),
            ruling => ruling,
        }
    }

    /// Whether something undecided would void this taking, or came before it.
    fn is_contested(&self, index: Index, contested: &[Index]) -> bool {
        let point = self.graph.point(index);
        contested.iter().any(|other| self.graph.is_past(*other, &point)) || self.attackers(index).next().is_some()
    }

    /// The takings made at the same time that would void this one, or what it rests on.
    fn attackers(&self, index: Index) -> impl Iterator<Item = Index> {
        let (graph, point, rank) = (self.graph, self.graph.point(index), self.graph.rank(index));
        let support = std::cell::OnceCell::new();
        self.candidates.iter().copied().filter(move |other| {
            let decided = graph.rank(*other) < rank;
            let out = self.fallen.contains_key(other)
                || (decided && self.settled.consequences.refusal(*other).is_some())
                || self.settled.consequences.proposals.contains_key(other);
            *other != index && !out && is_concurrent(graph, *other, &point) && {
                let support = support.get_or_init(|| self.support(index));
                self.attacks(*other, &point, support)
            }
        })
    }

    fn attacks(&self, other: Index, point: &Point<'_>, support: &BTreeSet<Index>) -> bool {
        let (graph, consequences) = (self.graph, &self.settled.consequences);
        taken_from(graph, consequences, other, Force::Now).iter().any(|taking| {
            graph.hits(consequences, taking, point)
                || support.iter().any(|rest| {
                    let rest = graph.point(*rest);
                    is_concurrent(graph, other, &rest) && graph.hits(consequences, taking, &rest)
                })
        })
    }

    /// The statements on which the right of a statement's authors rests: admissions and roles, back to the genesis.
    fn support(&self, index: Index) -> BTreeSet<Index> {
        let (graph, consequences) = (self.graph, &self.settled.consequences);
        let mut support = BTreeSet::new();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            let node = graph.node(index);
            let mut rests: Vec<Index> = endorsed(graph, index).into_iter().collect();
            if let Some(admission) = consequences.admission(node.device) {
                rests.extend([admission.at, admission.statement, admission.resident]);
                rests.extend(consequences.grants.get(&admission.resident).into_iter().flatten());
            }
            if let Content::Claim(invitation) = graph.content(index) {
                rests.extend(invitation);
            }
            let point = graph.point(index);
            open.extend(rests.into_iter().filter(|rest| graph.is_past(*rest, &point) && support.insert(*rest)));
        }
        support
    }

    /// Whether a statement builds on a taking that voids what this pass has decided as if it were not there: a taking that stands
    /// is not asked again by what right, so it is the next pass that says whether this one does.
    fn waits(&self, index: Index, pass: &Pass) -> bool {
        let point = self.graph.point(index);
        pass.disturbing.iter().any(|other| self.graph.is_past(*other, &point))
    }

    /// Whether a taking voids something that was decided before it in this pass.
    fn disturbs(&self, index: Index, taken: &[Taking]) -> bool {
        let (graph, consequences) = (self.graph, &self.settled.consequences);
        let rank = graph.rank(index);
        let open = graph.node(index).floor..graph.len() as Index;
        let mut earlier = open.filter(|other| graph.rank(*other) < rank && consequences.refusal(*other).is_none());
        earlier.any(|other| {
            let point = graph.point(other);
            is_concurrent(graph, index, &point) && taken.iter().any(|taking| graph.hits(consequences, taking, &point))
        })
    }

    /// Lets contested takings stand that nothing undecided attacks, or breaks a cycle of those that attack each other.
    /// Says whether there was anything to do.
    fn resolve(&mut self, contested: &[Index]) -> bool {
        let live: BTreeSet<Index> = contested.iter().copied().collect();
        if live.is_empty() {
            return false;
        }
        let attackers: BTreeMap<Index, BTreeSet<Index>> = live
            .iter()
            .map(|index| (*index, self.attackers(*index).filter(|other| live.contains(other)).collect()))
            .collect();
        let waits: BTreeMap<Index, BTreeSet<Index>> = attackers
            .iter()
            .map(|(index, by)| {
                let point = self.graph.point(*index);
                let before = live.iter().filter(|other| self.graph.is_past(**other, &point));
                (*index, by.iter().chain(before).copied().collect())
            })
            .collect();
        let free: Vec<Index> = waits.iter().filter(|(_, on)| on.is_empty()).map(|(index, _)| *index).collect();
        if free.is_empty() {
            let first = self.first_of_a_cycle(&waits);
            for loser in &attackers[&first] {
                self.fallen.insert(*loser, Reason::Voided);
            }
            self.stand(first);
        }
        free.into_iter().for_each(|index| self.stand(index));
        true
    }

    fn stand(&mut self, index: Index) {
        let taken = taken_from(self.graph, &self.settled.consequences, index, Force::Now);
        self.settled.takings.add(index, &taken);
    }

    /// Of the takings in cycles that nothing outside them holds up, the one whose author was admitted first.
    fn first_of_a_cycle(&self, waits: &BTreeMap<Index, BTreeSet<Index>>) -> Index {
        let reaching: BTreeMap<Index, BTreeSet<Index>> =
            waits.keys().map(|index| (*index, closure(waits, *index))).collect();
        let in_source = |index: &&Index| reaching[*index].iter().all(|other| reaching[other].contains(*index));
        let seniority = |index: &&Index| self.seniority(**index);
        *reaching
            .keys()
            .filter(in_source)
            .min_by_key(seniority)
            .expect("a finite graph has a component nothing leads into")
    }

    /// The rank of the admission of the more senior of those who signed, then of their device, then of the statement.
    fn seniority(&self, index: Index) -> (Rank, Rank, Rank) {
        let place = |index: Index| {
            let admission = self.settled.consequences.admission(self.graph.node(index).device);
            admission.map_or((self.graph.rank(index), self.graph.rank(index)), |admission| {
                (self.graph.rank(admission.resident), self.graph.rank(admission.at))
            })
        };
        let own = place(index);
        let (resident, device) = endorsed(self.graph, index).map_or(own, |proposal| own.min(place(proposal)));
        (resident, device, self.graph.rank(index))
    }

    /// When nobody could look after the neighbourhood any more, the last taking from a connector falls. Says whether one did.
    fn keep_a_connector(&mut self) -> bool {
        let standings = self.settled.standings(self.graph);
        let now = Point::now();
        let consequences = &self.settled.consequences;
        if consequences.connectors.is_empty() || standings.connectors(&now).any(|one| standings.can_act(one, &now)) {
            return false;
        }
        let from_connector = |index: &Index| {
            taken_from(self.graph, consequences, *index, Force::Now).iter().any(|taking| {
                let whose = match taking.target {
                    Target::Member(resident) | Target::Connector(resident) => Some(resident),
                    Target::Device(device) => consequences.resident_of(device),
                    Target::Invitation(_) => None,
                };
                whose.is_some_and(|resident| consequences.connectors.contains(&resident))
            })
        };
        let last = self.settled.takings.iter().filter(from_connector).max_by_key(|index| self.graph.rank(*index));
        let Some(last) = last else { return false };
        self.fallen.insert(last, Reason::LastConnector);
        self.settled.takings = Takings::default();
        true
    }
}

/// What one pass leaves to do.
#[derive(Default)]
struct Pass {
    /// Takings that something undecided would void.
    contested: Vec<Index>,
    /// Takings that voided what was decided before them.
    disturbing: Vec<Index>,
}

/// Whether neither is in the past of the other.
pub(super) fn is_concurrent(graph: &Graph, index: Index, point: &Point<'_>) -> bool {
    index != point.index && !graph.is_past(index, point) && !graph.is_past(point.index, &graph.point(index))
}

/// All that lead to `index`.
fn closure(leading: &BTreeMap<Index, BTreeSet<Index>>, index: Index) -> BTreeSet<Index> {
    let mut seen = BTreeSet::new();
    let mut open = vec![index];
    while let Some(index) = open.pop() {
        open.extend(leading[&index].iter().copied().filter(|other| seen.insert(*other)));
    }
    seen
}

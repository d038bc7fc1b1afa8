//! Statements of a device that did not keep its count: two with one number, or one that skips what the device said before.
//!
//! A copied key must not be able to undo what a village built on the real one's statements, nor to act from a time when
//! less was asked of it. So what somebody independent has built on stands, and so does every letter for a resident, on
//! either side; of the rest nothing that takes or gives power counts until a connector decides. Who may decide for a side
//! is looked up in the register as it would be if that side stood.

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::graph::{Content, Graph, Index, NONE, Point};
use super::settle::Settled;
use super::sides::{Clean, Matter, Seen};
use crate::operation::{Role, Statement};

/// How many statements with one number are looked at as sides before anybody decided; a decision is looked at always.
const SIDES: usize = 8;

/// A device that did not keep its count, and what it said in the order of its numbers.
pub(super) struct Suspect {
    pub(super) device: Index,
    said: Vec<Index>,
}

/// What devices that lost count mean for the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt {
    /// Statements that do not count.
    pub(super) doubted: BTreeSet<Index>,
    /// By statement: letters for residents that count on some side, and so whatever becomes of the others.
    pub(super) letters: Vec<bool>,
    /// By device and number: what connectors decided to keep.
    pub(super) decided: BTreeMap<(Index, u64), Index>,
    /// Residents who are connectors on some side about which nobody independent decided.
    pub(super) connectors: BTreeSet<Index>,
    /// Devices that are admitted on some such side.
    pub(super) devices: BTreeSet<Index>,
    /// The latest statements of every such side.
    pub(super) heads: BTreeSet<Index>,
    /// By statement: whether it builds on one side of anything, and has not seen another.
    pub(super) one_sided: Vec<bool>,
}

/// The devices that did not keep their count. O(n log n).
pub(super) fn suspects(graph: &Graph) -> Vec<Suspect> {
    (0..graph.devices.len() as Index).filter_map(|device| suspect(graph, device)).collect()
}

/// What does not count for the count that these devices kept. `first` is what the register comes to if nothing is
/// doubted, `without` what it comes to if just these statements are; `order` has all statements by their ranks. O(n) and
/// once `without` for every side.
pub(super) fn doubt(
    graph: &Graph,
    order: &[Index],
    first: &Settled,
    suspects: &[Suspect],
    without: &dyn Fn(BTreeSet<Index>) -> Settled,
) -> Doubt {
    let mut inquiry = Inquiry { graph, order, first, without, doubt: Doubt::default() };
    inquiry.hear_letters(first);
    suspects.iter().for_each(|suspect| inquiry.look_into(suspect));
    inquiry.doubt
}

/// What is wrong with the number of a statement that was not taken in: its device said something with that number, or
/// something before it that is not in its past, or lost count before and no connector decided. O(1) for a device that kept
/// its count.
pub(super) fn lost_count(graph: &Graph, settled: &Settled, draft: &Point<'_>) -> Option<Reason> {
    let device = draft.device?;
    if settled.suspects.contains(&device) {
        let follows = follows_decision(graph, settled, device, draft);
        return (!follows || goes_back(graph, draft)).then_some(Reason::Forked);
    }
    let highest = graph.devices[device as usize].highest;
    if highest == NONE {
        return None;
    }
    if graph.node(highest).sequence < draft.sequence {
        return (!graph.is_past(highest, draft)).then_some(Reason::OwnHistorySkipped);
    }
    let twice = graph.said_by(device).any(|index| graph.node(index).sequence == draft.sequence);
    Some(if twice { Reason::Forked } else { Reason::OwnHistorySkipped })
}

/// Whether what a statement has seen gives it the lie: its device had come to that number there, or further. So nothing
/// else is ever doubted for the sake of such a statement, least of all the genesis, on which everybody's place rests.
pub(super) fn goes_back(graph: &Graph, draft: &Point<'_>) -> bool {
    let said = draft.device.into_iter().flat_map(|device| graph.said_by(device));
    said.into_iter().any(|index| graph.node(index).sequence >= draft.sequence && graph.is_past(index, draft))
}

/// Whether a statement builds on the one a connector decided for, and on all that counts of what the device said after.
fn follows_decision(graph: &Graph, settled: &Settled, device: Index, draft: &Point<'_>) -> bool {
    let kept = settled.doubt.decided.range((device, 0)..=(device, u64::MAX)).next_back().map(|(_, kept)| *kept);
    kept.is_some_and(|kept| {
        let after = graph.said_by(device).filter(|index| graph.is_past(kept, &graph.point(*index)));
        let counting = after.filter(|index| !settled.doubted.contains(index));
        let latest = counting.max_by_key(|index| graph.node(*index).sequence).unwrap_or(kept);
        graph.is_past(latest, draft)
    })
}

fn suspect(graph: &Graph, device: Index) -> Option<Suspect> {
    let mut said: Vec<Index> = graph.said_by(device).collect();
    said.sort_unstable_by_key(|index| (graph.node(*index).sequence, graph.node(*index).id));
    first_doubtful(graph, &said).map(|_| Suspect { device, said })
}

/// Where a device lost count, of what it said in the order of its numbers.
fn first_doubtful(graph: &Graph, said: &[Index]) -> Option<usize> {
    let twice = |pair: &[Index]| graph.node(pair[0]).sequence == graph.node(pair[1]).sequence;
    let at = said.windows(2).position(|pair| twice(pair) || !graph.is_past(pair[0], &graph.point(pair[1])))?;
    // Of two with one number both are doubtful; of one that skips another only the one that does.
    Some(if twice(&said[at..]) { at } else { at + 1 })
}

/// One decision of a connector, on the side it keeps.
struct Decision {
    statement: Index,
    kept: Index,
    /// Whether whoever decided owes nothing to what is doubtful.
    independent: bool,
}

struct Inquiry<'a> {
    graph: &'a Graph,
    order: &'a [Index],
    first: &'a Settled,
    without: &'a dyn Fn(BTreeSet<Index>) -> Settled,
    doubt: Doubt,
}

impl Inquiry<'_> {
    /// What a decision keeps, and what builds on it, is held to its own count in turn.
    fn look_into(&mut self, suspect: &Suspect) {
        let (mut said, mut doubted, mut before) = (suspect.said.clone(), BTreeSet::new(), None);
        while let Some(first) = first_doubtful(self.graph, &said) {
            let doubtful = said.split_off(first);
            let sequence = self.graph.node(doubtful[0]).sequence;
            let matter = Matter { device: suspect.device, sequence, doubtful: &doubtful, known: Vec::new() };
            let seen = matter.seen(self.graph, said.last().copied());
            let matter = Matter { known: matter.known(self.graph, self.order, self.first, &seen), ..matter };
            self.doubt.one_sided.resize(self.graph.len(), false);
            let one_sided = seen.iter().map(|seen| matches!(seen, Seen::One(_)));
            self.doubt.one_sided.iter_mut().zip(one_sided).for_each(|(known, now)| *known |= now);
            // A decision is asked once: it may keep what came before the number it is about.
            let asked = before.replace(sequence) != Some(sequence);
            let kept = self.decide(&matter, &doubted, said.last().copied(), asked);
            let (follow, rest) = parted(self.graph, kept, &doubtful);
            let fallen: Vec<Index> = rest.iter().copied().filter(|index| matter.may_fall(self.graph, *index)).collect();
            doubted.extend(&fallen);
            if let Some(lower) = matter.lower_of(self.graph, &fallen).filter(|_| kept.is_none()) {
                doubted.remove(&lower);
            }
            said = follow;
        }
        self.doubt.doubted.extend(doubted);
    }

    /// Looks at every side as if it alone stood, and finds the decision that counts.
    fn decide(
        &mut self,
        matter: &Matter<'_>,
        doubted: &BTreeSet<Index>,
        previous: Option<Index>,
        asked: bool,
    ) -> Option<Index> {
        let rivals = matter.rivals(self.graph);
        let decisions = if asked { matter.decisions(self.graph) } else { BTreeMap::new() };
        if !matter.doubtful.iter().any(|index| matter.may_fall(self.graph, *index)) && decisions.is_empty() {
            return None;
        }
        let skipped = previous.filter(|_| rivals.len() == 1);
        let undecided: Vec<Index> = rivals.into_iter().take(SIDES).chain(skipped).collect();
        let sides: BTreeSet<Index> = undecided.iter().chain(decisions.keys()).copied().collect();
        let (mut heard, mut hopes): (Vec<Decision>, Vec<Settled>) = (Vec::new(), Vec::new());
        for kept in sides {
            let (_, rest) = parted(self.graph, Some(kept), matter.doubtful);
            let fallen = rest.into_iter().filter(|index| matter.may_fall(self.graph, *index));
            let side = (self.without)(doubted.iter().copied().chain(fallen).collect());
            self.hear_letters(&side);
            let counting = decisions.get(&kept).into_iter().flatten().copied();
            let counting = counting.filter(|decision| side.consequences.refusal(*decision).is_none());
            let clean = Clean::of(self.graph, self.order, &side.consequences, matter.doubtful);
            heard.extend(counting.map(|statement| {
                let device = self.graph.node(statement).device;
                let resident = side.consequences.resident_of(device);
                let independent = device != matter.device
                    && clean.devices.contains(&device)
                    && resident.is_some_and(|resident| clean.connectors.contains(&resident));
                Decision { statement, kept, independent }
            }));
            hopes.push(side);
        }
        let place = |decision: &&Decision| (decision.independent, self.graph.rank(decision.statement));
        let last = heard.iter().max_by_key(place);
        // Nobody can take back what somebody independent decided.
        if !last.is_some_and(|last| last.independent) {
            hopes.iter().for_each(|side| self.hope(side));
        }
        let kept = last.map(|last| last.kept);
        self.doubt.decided.extend(kept.map(|kept| ((matter.device, matter.sequence), kept)));
        kept
    }

    /// Notes who would be a connector, what device would have a place and what would come last, if this side stood.
    fn hope(&mut self, side: &Settled) {
        self.doubt.heads.extend(&side.consequences.heads);
        self.doubt.connectors.extend(side.standings(self.graph).connectors(&Point::now()));
        let devices = (0..self.graph.devices.len() as Index).filter(|d| side.consequences.admission(*d).is_some());
        self.doubt.devices.extend(devices);
    }

    /// Letters that count on some side count, so that nobody loses their place for what became of the device, or of the
    /// connector, that let them in.
    fn hear_letters(&mut self, side: &Settled) {
        self.doubt.letters.resize(self.graph.len(), false);
        for invitation in self.graph.invitations.iter().filter(|invitation| invitation.role == Role::Resident) {
            let counts = side.consequences.refusal(invitation.statement).is_none();
            self.doubt.letters[invitation.statement as usize] |= counts;
        }
    }
}

/// What follows the statement that a decision keeps, with that itself, and the rest.
fn parted(graph: &Graph, kept: Option<Index>, doubtful: &[Index]) -> (Vec<Index>, Vec<Index>) {
    let Some(kept) = kept else { return (Vec::new(), doubtful.to_vec()) };
    // What was found to follow last is near at hand, where what was kept is far back.
    let mut latest = kept;
    doubtful.iter().partition(|index| {
        let point = graph.point(**index);
        let further = point.sequence > graph.node(kept).sequence;
        let follows = further && (graph.is_past(latest, &point) || graph.is_past(kept, &point));
        if follows {
            latest = **index;
        }
        follows || **index == kept
    })
}

pub(super) fn is_letter(graph: &Graph, index: Index) -> bool {
    matches!(graph.content(index), Content::Invitation { role: Role::Resident })
}

/// Whether a statement neither takes anything from anybody nor gives anybody power, so that it makes no difference from
/// what time it is said.
pub(super) const fn is_harmless(content: Content<'_>) -> bool {
    match content {
        Content::Claim(_) => true,
        Content::Other(statement) => matches!(
            statement,
            Statement::SubArea(_)
                | Statement::Organisation(_)
                | Statement::Rescue(_)
                | Statement::Veto(_)
                | Statement::Unknown(_)
        ),
        Content::Genesis(_) | Content::Invitation { .. } | Content::DeviceAddition(_) => false,
    }
}

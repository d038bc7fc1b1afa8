//! Statements of a device that did not keep its count: two with one number, or one that skips what the device said before.
//!
//! A copied key must not be able to undo what a village built on the real one's statements. So what another resident has
//! built on stands. Of the rest only the lower of two with one number counts, and nothing the device said after, until a
//! connector decides.

use std::collections::BTreeSet;

use super::Reason;
use super::consequences::Consequences;
use super::graph::{Content, Graph, Index, NONE, Point};
use super::settle::Settled;
use crate::operation::Statement;

/// For how many doubtful statements of one device it is asked who built on them; those beyond count by a decision only.
const LOOKED_AT: usize = 64;

/// A device that did not keep its count, and what it said in the order of its numbers.
pub(super) struct Suspect {
    pub(super) device: Index,
    said: Vec<Index>,
}

/// The devices that did not keep their count. O(n log n).
pub(super) fn suspects(graph: &Graph) -> Vec<Suspect> {
    (0..graph.devices.len() as Index).filter_map(|device| suspect(graph, device)).collect()
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
    let decisions = settled.consequences.fork_decisions.range((device, 0)..=(device, u64::MAX));
    let kept = decisions.filter_map(|(_, said)| kept_by(graph, said.last()?.1)).next_back();
    kept.is_some_and(|kept| {
        let after = graph.said_by(device).filter(|index| graph.is_past(kept, &graph.point(*index)));
        let counting = after.filter(|index| !settled.doubted.contains(index));
        let latest = counting.max_by_key(|index| graph.node(*index).sequence).unwrap_or(kept);
        graph.is_past(latest, draft)
    })
}

/// The statement a fork decision keeps.
fn kept_by(graph: &Graph, decision: Index) -> Option<Index> {
    match graph.statement(decision) {
        Some(Statement::ForkDecision(decision)) => graph.find(&decision.keep),
        _ => None,
    }
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

/// The doubtful statements that do not count, given what would count if none were doubted.
pub(super) fn doubted(graph: &Graph, consequences: &Consequences, suspects: &[Suspect]) -> BTreeSet<Index> {
    suspects.iter().flat_map(|suspect| doubted_of(graph, consequences, suspect)).collect()
}

/// What a decision keeps, and what builds on it, is held to its own count in turn.
fn doubted_of(graph: &Graph, consequences: &Consequences, suspect: &Suspect) -> BTreeSet<Index> {
    let (mut said, mut doubted, mut before) = (suspect.said.clone(), BTreeSet::new(), None);
    while let Some(first) = first_doubtful(graph, &said) {
        let doubtful = said.split_off(first);
        let sequence = graph.node(doubtful[0]).sequence;
        // A decision is asked once: it may keep what came before the number it is about.
        let decisions = consequences.fork_decisions.get(&(suspect.device, sequence));
        let decisions = decisions.filter(|_| before != Some(sequence));
        before = Some(sequence);
        let last = decisions.and_then(|said| said.last()).map(|(_, decision)| *decision);
        let kept = last.and_then(|decision| kept_by(graph, decision));
        let (follow, rest) = parted(graph, kept, &doubtful);
        // Whoever decides has seen both, and builds on neither by deciding.
        let decides = |other: Index| {
            let decision = decisions.is_some_and(|said| said.iter().any(|(_, decision)| *decision == other));
            decision || last.is_some_and(|last| graph.is_past(last, &graph.point(other)))
        };
        let is_known = |index: &Index| is_acknowledged(graph, consequences, *index, decides);
        let fallen = rest.iter().enumerate().filter(|(place, index)| *place >= LOOKED_AT || !is_known(index));
        doubted.extend(fallen.map(|(_, index)| *index));
        let same_number = |index: &&Index| graph.node(**index).sequence == sequence;
        let rivals: Vec<Index> = rest.iter().filter(same_number).copied().collect();
        if kept.is_none() && rivals.len() > 1 && rivals.iter().all(|index| doubted.contains(index)) {
            doubted.remove(&rivals[0]);
        }
        said = follow;
    }
    doubted
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

/// Whether another resident, who does not owe their place to it, built on a statement otherwise than by deciding about it.
fn is_acknowledged(graph: &Graph, consequences: &Consequences, index: Index, decides: impl Fn(Index) -> bool) -> bool {
    let author = consequences.signer(graph.node(index).device);
    let later = index + 1..graph.len() as Index;
    later.filter(|other| consequences.refusal(*other).is_none() && !decides(*other)).any(|other| {
        let resident = consequences.resident_of(graph.node(other).device);
        let owes = |resident: Index| resident == index || graph.is_past(index, &graph.point(resident));
        let is_other = resident.is_some_and(|resident| Some(resident) != author && !owes(resident));
        is_other && graph.is_past(index, &graph.point(other)) && !matches!(graph.content(other), Content::Claim(_))
    })
}

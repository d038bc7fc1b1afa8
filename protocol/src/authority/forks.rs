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

/// The statements of one device from where it lost count on, in the order of its numbers.
pub(super) struct Suspect {
    pub(super) device: Index,
    sequence: u64,
    doubtful: Vec<Index>,
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
        return (!follows_decision(graph, &settled.consequences, device, draft)).then_some(Reason::Forked);
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

/// Whether a statement is the one a connector decided for, or builds on it.
fn follows_decision(graph: &Graph, consequences: &Consequences, device: Index, draft: &Point<'_>) -> bool {
    let decisions = consequences.fork_decisions.range((device, 0)..=(device, u64::MAX));
    let kept = decisions.filter_map(|(_, said)| kept_by(graph, said.last()?.1));
    kept.into_iter().any(|kept| graph.node(kept).id == draft.id || graph.is_past(kept, draft))
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
    if said.len() < 2 {
        return None;
    }
    said.sort_unstable_by_key(|index| (graph.node(*index).sequence, graph.node(*index).id));
    let breaks = |pair: &[Index]| {
        graph.node(pair[0]).sequence == graph.node(pair[1]).sequence || !graph.is_past(pair[0], &graph.point(pair[1]))
    };
    let at = said.windows(2).position(breaks)?;
    // Of two with one number both are doubtful; of one that skips another only the one that does.
    let first = if graph.node(said[at]).sequence == graph.node(said[at + 1]).sequence { at } else { at + 1 };
    Some(Suspect { device, sequence: graph.node(said[first]).sequence, doubtful: said.split_off(first) })
}

/// The doubtful statements that do not count, given what would count if none were doubted.
pub(super) fn doubted(graph: &Graph, consequences: &Consequences, suspects: &[Suspect]) -> BTreeSet<Index> {
    suspects.iter().flat_map(|suspect| doubted_of(graph, consequences, suspect)).collect()
}

fn doubted_of(graph: &Graph, consequences: &Consequences, suspect: &Suspect) -> BTreeSet<Index> {
    let decisions = consequences.fork_decisions.get(&(suspect.device, suspect.sequence));
    let last = decisions.and_then(|said| said.last()).map(|(_, decision)| *decision);
    let decided = last.and_then(|decision| kept_by(graph, decision));
    // Whoever decides has seen both, and builds on neither by deciding.
    let decides = |other: Index| {
        let decision = decisions.is_some_and(|said| said.iter().any(|(_, decision)| *decision == other));
        decision || last.is_some_and(|last| graph.is_past(last, &graph.point(other)))
    };
    let is_known = |index: &Index| is_acknowledged(graph, consequences, *index, decides);
    let mut doubted: BTreeSet<Index> = suspect.doubtful.iter().copied().collect();
    // What the device said last on the branch a connector decided for: near at hand, where the decision is far back.
    let mut latest = decided;
    for (place, index) in suspect.doubtful.iter().enumerate() {
        let point = graph.point(*index);
        let follows = |kept: Index| kept == *index || graph.is_past(kept, &point);
        if latest.is_some_and(follows) || decided.is_some_and(follows) {
            latest = Some(*index);
            doubted.remove(index);
        } else if place < LOOKED_AT && is_known(index) {
            doubted.remove(index);
        }
    }
    let same_number = |index: &&Index| graph.node(**index).sequence == suspect.sequence;
    let rivals: Vec<Index> = suspect.doubtful.iter().filter(same_number).copied().collect();
    if decided.is_none() && rivals.len() > 1 && rivals.iter().all(|index| doubted.contains(index)) {
        doubted.remove(&rivals[0]);
    }
    doubted
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

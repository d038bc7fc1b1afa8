//! The smallest plan that still fails.
//!
//! Delta debugging (`ddmin`: A. Zeller and R. Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, IEEE
//! Transactions on Software Engineering 28(2), 2002), one kind of element after another: villages first, because with a
//! village its boxes, people and lines go, acts last, because by then there are few. When nothing more can be taken out,
//! what is left is made plain: right clocks, good lines, a short run.
//!
//! It asks nothing but whether a plan still fails, so it can be used for every checker, and for a panic.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::plan::{Dials, Part, Plan, Quality, Trouble};

/// A run ends so long after the last thing that happens in it, in milliseconds: long enough for a frame on its way.
const AFTERMATH_MS: u64 = 60_000;

/// What came of making a plan small.
#[derive(Clone, Debug)]
pub struct Minimised {
    /// The smallest plan found that still fails.
    pub plan: Plan,
    /// How many plans were tried.
    pub tried: u64,
    /// Whether nothing more can be taken out; false when `fails` broke off before that was known.
    pub complete: bool,
}

/// Takes out of a plan that fails whatever can be missed.
///
/// `fails` tells whether a plan still fails the way that is looked into, and breaks off the search when it has taken
/// long enough. It has to give the same answer to the same plan.
pub fn minimise(plan: &Plan, fails: &mut dyn FnMut(&Plan) -> ControlFlow<(), bool>) -> Minimised {
    let mut search = Search { best: pruned(plan.clone()), tried: 0, fails };
    let complete = search.run(plan).is_continue();
    Minimised { plan: search.best, tried: search.tried, complete }
}

/// A kind of element, in the order in which they are taken out.
#[derive(Clone, Copy)]
enum Kind {
    Villages,
    Boxes,
    People,
    Lines,
    Treaties,
    Faults,
    Acts,
}

const KINDS: [Kind; 7] =
    [Kind::Villages, Kind::Boxes, Kind::People, Kind::Lines, Kind::Treaties, Kind::Faults, Kind::Acts];

struct Search<'a> {
    best: Plan,
    tried: u64,
    fails: &'a mut dyn FnMut(&Plan) -> ControlFlow<(), bool>,
}

impl Search<'_> {
    fn run(&mut self, whole: &Plan) -> ControlFlow<()> {
        // What hangs in the air does nothing. Should a plan fail only with it, it stays.
        if self.best != *whole {
            let tidied = self.best.clone();
            self.best = whole.clone();
            self.try_instead(tidied)?;
        }
        loop {
            let before = size(&self.best);
            for kind in KINDS {
                self.take_out(kind)?;
            }
            self.make_plain()?;
            if size(&self.best) == before {
                return ControlFlow::Continue(());
            }
        }
    }

    /// Keeps a plan instead of the best one, if it fails too.
    fn try_instead(&mut self, plan: Plan) -> ControlFlow<(), bool> {
        let fails = (self.fails)(&plan)?;
        self.tried += 1;
        if fails {
            self.best = plan;
        }
        ControlFlow::Continue(fails)
    }

    /// `ddmin` over the elements of one kind. What has to stay is no part of the search.
    fn take_out(&mut self, kind: Kind) -> ControlFlow<()> {
        let from = self.best.clone();
        let mut left = candidates(&from, kind);
        if left.is_empty() || self.try_with(&from, kind, &[])? {
            return ControlFlow::Continue(());
        }
        let mut parts = 2;
        while left.len() >= 2 {
            let size = left.len().div_ceil(parts);
            let chunks: Vec<&[usize]> = left.chunks(size).collect();
            let mut smaller = None;
            for (at, chunk) in chunks.iter().enumerate() {
                if self.try_with(&from, kind, chunk)? {
                    smaller = Some((chunk.to_vec(), 2));
                    break;
                }
                // With two parts the rest without one is the other.
                let rest: Vec<usize> = [&chunks[..at], &chunks[at + 1..]].concat().concat();
                if chunks.len() > 2 && self.try_with(&from, kind, &rest)? {
                    smaller = Some((rest, chunks.len() - 1));
                    break;
                }
            }
            match smaller {
                Some((kept, next)) => (left, parts) = (kept, next.max(2)),
                None if parts >= left.len() => break,
                None => parts = (parts * 2).min(left.len()),
            }
        }
        ControlFlow::Continue(())
    }

    /// Tries a plan with only these of the elements that could go.
    fn try_with(&mut self, from: &Plan, kind: Kind, kept: &[usize]) -> ControlFlow<(), bool> {
        let all: BTreeSet<usize> = candidates(from, kind).into_iter().collect();
        let kept: BTreeSet<usize> = kept.iter().copied().collect();
        self.try_instead(pruned(without(from, kind, |at| all.contains(&at) && !kept.contains(&at))))
    }

    /// Right clocks, good lines, no patience that is not needed.
    fn make_plain(&mut self) -> ControlFlow<()> {
        let mut plain = self.best.clone();
        for machine in &mut plain.boxes {
            machine.clock_error = 0;
        }
        self.try_if_new(plain)?;
        let mut plain = self.best.clone();
        for line in &mut plain.lines {
            let Quality { latency, bandwidth, .. } = line.quality;
            line.quality =
                Quality { latency, jitter: 0, bandwidth, loss: 0.0, breakage: 0.0, duplication: 0.0, reordering: 0.0 };
            line.dials = Dials::Both;
        }
        self.try_if_new(plain)?;
        let mut plain = self.best.clone();
        plain.ends = last_moment(&plain) + AFTERMATH_MS;
        if plain.ends < self.best.ends {
            self.try_if_new(plain)?;
        }
        ControlFlow::Continue(())
    }

    fn try_if_new(&mut self, plan: Plan) -> ControlFlow<()> {
        if plan != self.best {
            self.try_instead(plan)?;
        }
        ControlFlow::Continue(())
    }
}

/// How many elements a plan has.
#[must_use]
pub fn size(plan: &Plan) -> usize {
    plan.villages.len()
        + plan.boxes.len()
        + plan.lines.len()
        + plan.treaties.len()
        + plan.people.len()
        + plan.acts.len()
        + plan.faults.len()
}

/// The elements of a kind that a plan can be without: not the founders, without whom there is no village.
fn candidates(plan: &Plan, kind: Kind) -> Vec<usize> {
    match kind {
        Kind::Villages => (0..plan.villages.len()).collect(),
        Kind::Boxes => (0..plan.boxes.len()).collect(),
        Kind::People => (0..plan.people.len()).filter(|at| plan.people[*at].part != Part::Founder).collect(),
        Kind::Lines => (0..plan.lines.len()).collect(),
        Kind::Treaties => (0..plan.treaties.len()).collect(),
        Kind::Faults => (0..plan.faults.len()).collect(),
        Kind::Acts => (0..plan.acts.len()).collect(),
    }
}

/// The plan without the elements of a kind whose place in their list `goes`.
fn without(plan: &Plan, kind: Kind, goes: impl Fn(usize) -> bool) -> Plan {
    fn sift<T: Clone>(list: &[T], goes: impl Fn(usize) -> bool) -> Vec<T> {
        list.iter().enumerate().filter(|(at, _)| !goes(*at)).map(|(_, element)| element.clone()).collect()
    }
    let mut plan = plan.clone();
    match kind {
        Kind::Villages => plan.villages = sift(&plan.villages, goes),
        Kind::Boxes => plan.boxes = sift(&plan.boxes, goes),
        Kind::People => plan.people = sift(&plan.people, goes),
        Kind::Lines => plan.lines = sift(&plan.lines, goes),
        Kind::Treaties => plan.treaties = sift(&plan.treaties, goes),
        Kind::Faults => plan.faults = sift(&plan.faults, goes),
        Kind::Acts => plan.acts = sift(&plan.acts, goes),
    }
    plan
}

/// The plan without what refers to something that is not there.
fn pruned(mut plan: Plan) -> Plan {
    let villages: BTreeSet<_> = plan.villages.iter().map(|village| village.id).collect();
    plan.boxes.retain(|machine| villages.contains(&machine.village));
    plan.people.retain(|person| villages.contains(&person.village));
    plan.treaties.retain(|pair| pair.iter().all(|village| villages.contains(village)));
    let boxes: BTreeSet<_> = plan.boxes.iter().map(|machine| machine.id).collect();
    plan.lines.retain(|line| line.boxes.iter().all(|end| boxes.contains(end)));
    let lines: BTreeSet<_> = plan.lines.iter().map(|line| line.id).collect();
    let people: BTreeSet<_> = plan.people.iter().map(|person| person.id).collect();
    plan.acts.retain(|act| people.contains(&act.who));
    plan.faults.retain(|fault| match fault.what {
        Trouble::LineDown(line, _) => lines.contains(&line),
        Trouble::BoxOff(machine, _)
        | Trouble::PowerCut(machine, ..)
        | Trouble::ClockJump(machine, _)
        | Trouble::DiskFull(machine, _) => boxes.contains(&machine),
    });
    plan
}

/// When the last act and the last fault are over.
fn last_moment(plan: &Plan) -> u64 {
    let acts = plan.acts.iter().map(|act| act.at);
    let faults = plan.faults.iter().map(|fault| {
        let lasts = match fault.what {
            Trouble::LineDown(_, lasts)
            | Trouble::BoxOff(_, lasts)
            | Trouble::PowerCut(_, _, lasts)
            | Trouble::DiskFull(_, lasts) => lasts,
            Trouble::ClockJump(..) => 0,
        };
        fault.at.saturating_add(lasts)
    });
    acts.chain(faults).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;

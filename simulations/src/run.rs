//! Carrying a plan out: everything is set up as it says, people act and things go wrong when they are due, then everything is
//! made good and everybody gets time to agree, and the checkers say what they found.

use dorpsplein_protocol::operation::NeighbourhoodId;
use serde::Serialize;

use crate::checkers::{self, Failure};
use crate::people::People;
use crate::plan::{BoxId, Millis, Plan, Trouble, VillageId};
use crate::samples::Samples;
use crate::world::{Counts, FOUNDED, HOUR, MINUTE, START, World, WorldError, since_start};

/// The checker whose content ends the time in which everybody gets to agree.
const AGREEMENT: &str = "convergence";

/// How long boxes get, once they show the same, to compare what they do not show: two times round.
const UNSEEN: Millis = 12 * MINUTE;

/// In a world of so many boxes a second thread is worth its while; small ones run one beside the other, on a core each.
const MANY_BOXES: usize = 20;

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// What happened, counted.
    pub counts: Counts,
    /// What was not as it has to be.
    pub failures: Vec<Failure>,
    /// How long after the last act and the last fault everybody agreed; none if they did not.
    pub settled_after: Option<Millis>,
    /// The hash over everything that happened, 64 hexadecimal digits.
    pub trace: String,
    /// What was measured.
    pub samples: Samples,
    /// Who watched.
    pub watched: Vec<Watched>,
}

/// A checker, and how much it looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// Its name.
    pub checker: &'static str,
    /// What it watches, in one sentence.
    pub about: &'static str,
    /// How many times it compared something.
    pub looked: u64,
}

/// Somebody who watches a run from outside: a progress bar, a deadline.
pub trait Watcher {
    /// The run has come so far; it ends, if everybody agrees at once, at `end`.
    fn progress(&mut self, _now: Millis, _end: Millis) {}
}

/// Nobody watches.
impl Watcher for () {}

/// Carries a plan out. The same plan has the same outcome.
///
/// # Errors
/// [`WorldError`] when the world itself cannot go on; what the checkers find stands in the outcome.
pub fn carry_out(plan: &Plan, watcher: &mut dyn Watcher) -> Result<Outcome, WorldError> {
    let _planted = crate::planted::plant(plan.planted.as_deref())?;
    let mut world = World::new(plan.seed, FOUNDED);
    world.watch_with(checkers::all(plan));
    // Mistakes are planted on one thread.
    if plan.boxes.len() >= MANY_BOXES && plan.planted.is_none() {
        world.read_ahead();
    }
    let mut people = set_up(plan, &mut world)?;
    let (mut acts, mut troubles) = (plan.acts.iter().peekable(), plan.faults.iter().peekable());
    let mut told = 0;
    loop {
        let next_trouble = troubles.peek().map_or(plan.ends, |fault| fault.at.min(plan.ends));
        let next_act = acts.peek().map_or(plan.ends, |act| act.at.min(plan.ends));
        let next = next_act.min(next_trouble).min(told + HOUR);
        world.run_until(START.plus_millis(next), &mut people)?;
        if told + HOUR <= next || next >= plan.ends {
            told = next;
            watcher.progress(next, plan.ends);
            world.take_stock();
        }
        while let Some(fault) = troubles.next_if(|fault| fault.at <= next) {
            befall(&mut world, &fault.what);
        }
        while let Some(act) = acts.next_if(|act| act.at <= next) {
            people.act(&mut world, act)?;
        }
        if next >= plan.ends {
            break;
        }
    }
    settle_down(plan, world, people, watcher)
}

/// Founds the villages, opens their boxes, lets everybody join who is there from the start, and lays the lines.
fn set_up(plan: &Plan, world: &mut World) -> Result<People, WorldError> {
    let mut people = People::of(plan, FOUNDED);
    for village in &plan.villages {
        if let Some(genesis) = people.genesis(village.id) {
            world.add_village(village.id, &village.name, NeighbourhoodId::from(genesis.id()));
        }
    }
    for machine in &plan.boxes {
        world.add_box(machine.id, machine.village)?;
    }
    for [a, b] in &plan.treaties {
        if world.village(*a).is_some() && world.village(*b).is_some() {
            world.befriend(*a, *b);
        }
    }
    people.settle(world)?;
    world.now = START;
    introduce_all(plan, world)?;
    for machine in &plan.boxes {
        world.set_clock(machine.id, machine.clock_error);
    }
    for line in &plan.lines {
        world.connect(line);
    }
    Ok(people)
}

/// Names boxes to each other: those of one village, and those of villages that have an agreement from the start.
fn introduce_all(plan: &Plan, world: &mut World) -> Result<(), WorldError> {
    let within = world.villages().map(|village| [village.id; 2]);
    let between = plan.treaties.iter().flat_map(|[a, b]| [[*a, *b], [*b, *a]]);
    for [here, there] in within.chain(between).collect::<Vec<[VillageId; 2]>>() {
        let Some(neighbourhood) = world.village(there).map(|village| village.neighbourhood) else { continue };
        for at in world.boxes_of(here).to_vec() {
            let others: Vec<BoxId> = world.boxes_of(there).iter().copied().filter(|other| *other != at).collect();
            for other in others {
                world.introduce(at, world.box_key(other), neighbourhood)?;
            }
        }
    }
    Ok(())
}

fn befall(world: &mut World, trouble: &Trouble) {
    match *trouble {
        Trouble::LineDown(line, duration) => world.cut_line(line, duration),
        Trouble::BoxOff(at, duration) => world.shut_down(at, duration),
        Trouble::PowerCut(at, moment, duration) => world.plan_power_cut(at, moment, duration),
        Trouble::ClockJump(at, millis) => world.jump_clock(at, millis),
        Trouble::DiskFull(at, duration) => world.fill_disk(at, duration),
    }
}

/// Makes everything good, and lets time pass until everybody agrees or the patience is over.
fn settle_down(
    plan: &Plan,
    mut world: World,
    mut people: People,
    watcher: &mut dyn Watcher,
) -> Result<Outcome, WorldError> {
    world.heal()?;
    let mut failures = disagreement(&mut world)?;
    let mut waited = 0;
    while !failures.is_empty() && waited < plan.patience {
        // To the minute at first, and always to a quarter of the time it took.
        waited = (waited + MINUTE.max(waited / 4 / MINUTE * MINUTE)).min(plan.patience);
        world.run_until(START.plus_millis(plan.ends + waited), &mut people)?;
        watcher.progress(since_start(world.now), plan.ends + plan.patience);
        failures = disagreement(&mut world)?;
    }
    let settled_after = failures.is_empty().then_some(waited);
    // What nobody sees, because it was hidden or changes nothing yet, has to be everywhere as well.
    world.run_until(world.now.plus_millis(UNSEEN), &mut people)?;
    failures = disagreement(&mut world)?;
    let rest = world.check(|checker, world| {
        let mut found = if checker.name() == AGREEMENT { Vec::new() } else { checker.at_rest(world)? };
        found.extend(checker.found());
        Ok(found)
    })?;
    failures.extend(rest.into_iter().flatten());
    failures.extend(world.ailing());
    world.take_stock();
    let watched = world.check(|checker, _| {
        Ok(Watched { checker: checker.name(), about: checker.about(), looked: checker.looked() })
    })?;
    let (counts, trace, samples) = (world.counts, world.trace.hash(), world.samples);
    Ok(Outcome { counts, failures, settled_after, trace, samples, watched })
}

/// What the checker of convergence finds now.
fn disagreement(world: &mut World) -> Result<Vec<Failure>, WorldError> {
    world.recount_agreements();
    let found = world.check(
        |checker, world| {
            if checker.name() == AGREEMENT { checker.at_rest(world) } else { Ok(Vec::new()) }
        },
    )?;
    Ok(found.into_iter().flatten().collect())
}

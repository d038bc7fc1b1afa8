//! From what a world measured to what the charts are drawn from.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::to_float;
use super::course::{Course, Load, Place, Road, Spread, Updates};
use crate::plan::{BoxId, LineId, Millis, Part, Plan, VillageId};
use crate::run::Outcome;
use crate::samples::{BUCKET, Broken, Samples, Watched};

/// The longest row of points a chart is drawn from: more of them would lie within one another.
const POINTS_AT_MOST: usize = 130;
/// How many hours one point may stand for.
const STEPS: [usize; 8] = [1, 2, 3, 6, 12, 24, 72, 168];

/// The course of the run that `plan` was.
pub(super) fn course(plan: &Plan, outcome: &Outcome) -> Course {
    let samples = &outcome.samples;
    let lasted = plan.ends + outcome.settled_after.unwrap_or(plan.patience);
    let hours = usize::try_from(lasted.div_ceil(BUCKET)).unwrap_or(usize::MAX).max(1);
    let step = STEPS.into_iter().find(|step| hours / step <= POINTS_AT_MOST).unwrap_or(hours.div_ceil(POINTS_AT_MOST));
    let in_time = |outage: &&crate::samples::Outage| outage.from < lasted;
    let stretch = |outage: &crate::samples::Outage| (float(outage.from), float(outage.to.min(lasted)));
    let is_line = |what: Broken| matches!(what, Broken::Line(_));
    Course {
        // The charts end with a whole stretch of time.
        lasted: to_float(hours.div_ceil(step) * step) * float(BUCKET),
        rest_from: float(plan.ends),
        spread: spread(samples, hours, step),
        traffic: traffic(samples, hours, step),
        waiting: waiting(samples, hours, step),
        down: samples.outages.iter().filter(|o| is_line(o.what)).filter(in_time).map(stretch).collect(),
        off: samples.outages.iter().filter(|o| matches!(o.what, Broken::Box(_))).filter(in_time).map(stretch).collect(),
        loads: loads(plan, samples),
        updates: updates(samples),
        places: places(plan, outcome),
        roads: roads(plan, samples),
    }
}

/// Half, nine tenths, ninety-nine hundredths and all of the delays, which need not be sorted; none when there are none.
pub(super) fn percentiles(delays: &mut [u32]) -> Option<Spread> {
    delays.sort_unstable();
    let last = delays.len().checked_sub(1)?;
    // The smallest delay that so many of a hundred do not exceed ("nearest rank").
    let rank = |of_hundred: usize| f64::from(delays[(delays.len() * of_hundred).div_ceil(100).saturating_sub(1)]);
    Some(Spread { half: rank(50), most: rank(90), nearly_all: rank(99), all: f64::from(delays[last]) })
}

fn spread(samples: &Samples, hours: usize, step: usize) -> Vec<Option<Spread>> {
    let mut delays: Vec<Vec<u32>> = vec![Vec::new(); hours.div_ceil(step)];
    for (hour, delay) in &samples.spread {
        if let Some(delays) = usize::try_from(*hour).ok().and_then(|hour| delays.get_mut(hour / step)) {
            delays.push(*delay);
        }
    }
    delays.iter_mut().map(|delays| percentiles(delays)).collect()
}

fn traffic(samples: &Samples, hours: usize, step: usize) -> Vec<f64> {
    let mut all = vec![0.0; hours.div_ceil(step)];
    for buckets in samples.sent.values() {
        for (hour, bytes) in buckets.iter().take(hours).enumerate() {
            all[hour / step] += float(*bytes);
        }
    }
    all
}

fn waiting(samples: &Samples, hours: usize, step: usize) -> Vec<f64> {
    let backlog = &samples.backlog[..samples.backlog.len().min(hours)];
    // The most of each stretch: a heap that is gone by its end was there all the same.
    backlog.chunks(step).map(|hours| float(hours.iter().copied().max().unwrap_or(0))).collect()
}

fn updates(samples: &Samples) -> Updates {
    let delays = |watched: &Watched| -> Vec<f64> {
        watched.reached.values().map(|at| float(at.saturating_sub(watched.accepted))).collect()
    };
    let last = samples.watched.values().max_by_key(|watched| watched.accepted).map(delays);
    Updates { all: samples.watched.values().flat_map(delays).collect(), last: last.unwrap_or_default() }
}

fn loads(plan: &Plan, samples: &Samples) -> Vec<Load> {
    let names: BTreeMap<VillageId, &str> =
        plan.villages.iter().map(|village| (village.id, village.name.as_str())).collect();
    let load = |machine: &crate::plan::Machine| Load {
        name: format!("{}, box {}", names.get(&machine.village).unwrap_or(&"nowhere"), machine.id),
        least: samples.minimum.get(&machine.id).copied().map_or(0.0, float),
        got: samples.received.get(&machine.id).copied().map_or(0.0, float),
    };
    plan.boxes.iter().map(load).collect()
}

fn places(plan: &Plan, outcome: &Outcome) -> Vec<Place> {
    let village_of: BTreeMap<BoxId, VillageId> =
        plan.boxes.iter().map(|machine| (machine.id, machine.village)).collect();
    let mut off: BTreeMap<VillageId, Millis> = BTreeMap::new();
    for outage in &outcome.samples.outages {
        if let Broken::Box(machine) = outage.what
            && let Some(village) = village_of.get(&machine)
        {
            *off.entry(*village).or_default() += outage.to.saturating_sub(outage.from);
        }
    }
    let hostile: BTreeSet<VillageId> =
        plan.people.iter().filter(|person| person.part == Part::Hostile).map(|person| person.village).collect();
    let place = |village: &crate::plan::Village| Place {
        name: village.name.clone(),
        inhabitants: village.inhabitants,
        at: village.place.map(f64::from),
        off: off.get(&village.id).copied().map_or(0.0, float),
        hostile: hostile.contains(&village.id),
        apart: outcome.failures.iter().any(|failure| failure.found.contains(village.name.as_str())),
    };
    plan.villages.iter().map(place).collect()
}

fn roads(plan: &Plan, samples: &Samples) -> Vec<Road> {
    let village_of: BTreeMap<BoxId, VillageId> =
        plan.boxes.iter().map(|machine| (machine.id, machine.village)).collect();
    let between = |[one, other]: [VillageId; 2]| [one.min(other), one.max(other)];
    let ends: BTreeMap<LineId, [VillageId; 2]> = plan
        .lines
        .iter()
        .filter_map(|line| {
            Some((line.id, between([*village_of.get(&line.boxes[0])?, *village_of.get(&line.boxes[1])?])))
        })
        .collect();
    let mut down: BTreeMap<[VillageId; 2], Millis> = BTreeMap::new();
    for outage in &samples.outages {
        if let Broken::Line(line) = outage.what
            && let Some(ends) = ends.get(&line)
        {
            *down.entry(*ends).or_default() += outage.to.saturating_sub(outage.from);
        }
    }
    let place = |id: VillageId| plan.villages.iter().position(|village| village.id == id);
    let road = |pair: &[VillageId; 2]| {
        let down = down.get(&between(*pair)).copied().map_or(0.0, float);
        Some(Road { between: [place(pair[0])?, place(pair[1])?], down })
    };
    plan.treaties.iter().filter_map(road).collect()
}

/// Milliseconds and bytes for drawing; beyond 2^53 the drawing is a little off.
pub(super) fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let spread = percentiles(&mut (1..=200).rev().collect::<Vec<_>>()).unwrap();
        assert_eq!((spread.half, spread.most, spread.nearly_all, spread.all), (100.0, 180.0, 198.0, 200.0));
        let one = percentiles(&mut [7]).unwrap();
        assert_eq!((one.half, one.all), (7.0, 7.0));
        assert!(percentiles(&mut []).is_none());
    }

    #[test]
    fn a_long_run_is_drawn_in_longer_stretches() {
        let samples = Samples { spread: vec![(0, 5), (1, 9), (9, 1)], ..Samples::default() };
        let spread = spread(&samples, 10, 2);
        assert_eq!(spread.len(), 5);
        assert_eq!(spread[0].map(|spread| (spread.half, spread.all)), Some((5.0, 9.0)));
        assert!(spread[1].is_none() && spread[4].is_some());
        let samples = Samples { backlog: vec![1, 8, 0, 2, 3], ..Samples::default() };
        assert_eq!(waiting(&samples, 5, 2), [8.0, 2.0, 3.0]);
    }
}

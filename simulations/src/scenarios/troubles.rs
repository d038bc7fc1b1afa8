//! What goes wrong in a run by chance: lines that are down, boxes that stop or lose their power, clocks that jump, disks
//! that are full.

use std::ops::Range;

use rand::RngExt;

use super::draft::Draft;
use super::rhythm::times;
use crate::plan::{Millis, Moment, Trouble};
use crate::world::{DAY, HOUR, MINUTE};

/// How often things go wrong: each a number of times a week, for every line or every box, on average.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    /// A line is down.
    pub(super) lines_down: f64,
    /// For how long.
    pub(super) down_for: Range<Millis>,
    /// A box is shut down in order: somebody pulls the plug to vacuum, and does it well.
    pub(super) boxes_off: f64,
    /// The power fails in the middle of a write.
    pub(super) power_cuts: f64,
    /// For how long a box is off either way.
    pub(super) off_for: Range<Millis>,
    /// A clock jumps, by less than two days.
    pub(super) clock_jumps: f64,
    /// A disk is full for some hours.
    pub(super) full_disks: f64,
}

impl Weather {
    /// An ordinary week: two lines in three are down once, one box in five is off for some minutes.
    pub(super) const ORDINARY: Self = Self {
        lines_down: 0.7,
        down_for: 2 * MINUTE..8 * HOUR,
        boxes_off: 0.1,
        power_cuts: 0.1,
        off_for: MINUTE..3 * HOUR,
        clock_jumps: 0.005,
        full_disks: 0.005,
    };

    /// A week in which every line is down every day, as in the ring that came first.
    pub(super) const BAD: Self = Self {
        lines_down: 7.0,
        down_for: HOUR..8 * HOUR,
        boxes_off: 0.7,
        power_cuts: 1.5,
        off_for: MINUTE..4 * HOUR,
        clock_jumps: 0.05,
        full_disks: 0.1,
    };
}

/// Lets things go wrong by chance from one moment to another.
pub(super) fn strike(draft: &mut Draft, weather: &Weather, during: &Range<Millis>) {
    let weeks = during.end.saturating_sub(during.start) as f64 / (7 * DAY) as f64;
    for line in 0..draft.plan.lines.len() {
        let line = draft.plan.lines[line].id;
        for _ in 0..times(&mut draft.random, weather.lines_down * weeks) {
            let [at, long] = draw(draft, [during, &weather.down_for]);
            draft.fault(at, Trouble::LineDown(line, long));
        }
    }
    for machine in 0..draft.plan.boxes.len() {
        let machine = draft.plan.boxes[machine].id;
        for _ in 0..times(&mut draft.random, weather.boxes_off * weeks) {
            let [at, long] = draw(draft, [during, &weather.off_for]);
            draft.fault(at, Trouble::BoxOff(machine, long));
        }
        for _ in 0..times(&mut draft.random, weather.power_cuts * weeks) {
            let [at, long] = draw(draft, [during, &weather.off_for]);
            let moment = [Moment::Before, Moment::Torn, Moment::Synced][draft.random.random_range(0..3)];
            draft.fault(at, Trouble::PowerCut(machine, moment, long));
        }
        for _ in 0..times(&mut draft.random, weather.clock_jumps * weeks) {
            let at = draft.random.random_range(during.clone());
            let two_days = 2 * DAY as i64;
            let by = draft.random.random_range(-two_days..=two_days);
            draft.fault(at, Trouble::ClockJump(machine, by));
        }
        for _ in 0..times(&mut draft.random, weather.full_disks * weeks) {
            let at = draft.random.random_range(during.clone());
            let long = draft.random.random_range(10 * MINUTE..5 * HOUR);
            draft.fault(at, Trouble::DiskFull(machine, long));
        }
    }
}

fn draw(draft: &mut Draft, ranges: [&Range<Millis>; 2]) -> [Millis; 2] {
    ranges.map(|range| draft.random.random_range(range.clone()))
}

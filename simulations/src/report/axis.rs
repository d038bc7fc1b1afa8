//! Where a number lies along one side of a chart, and which numbers are written there.

use super::words;

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// One side of a chart.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    from: f64,
    to: f64,
    logarithmic: bool,
    ticks: Vec<(f64, String)>,
    name: &'static str,
}

impl Axis {
    /// The course of a run, in milliseconds from its start.
    pub(super) fn course(to: f64) -> Self {
        let step = [HOUR, 3.0 * HOUR, 6.0 * HOUR, DAY, 2.0 * DAY, 7.0 * DAY, 28.0 * DAY, 91.0 * DAY]
            .into_iter()
            .find(|step| to / step <= 12.0)
            .unwrap_or(365.0 * DAY);
        let unit = if step < DAY { (HOUR, "hour") } else { (DAY, "day") };
        let ticks = multiples(step, to).map(|at| (at, format!("{} {:.0}", unit.1, at / unit.0))).collect();
        Self { from: 0.0, to: to.max(1.0), logarithmic: false, ticks, name: "" }
    }

    /// Waiting times in milliseconds, each mark about ten times the one below it.
    pub(super) fn waiting(shortest: f64, longest: f64) -> Self {
        const MARKS: [f64; 13] = [
            1.0,
            10.0,
            100.0,
            SECOND,
            10.0 * SECOND,
            MINUTE,
            10.0 * MINUTE,
            HOUR,
            6.0 * HOUR,
            DAY,
            7.0 * DAY,
            30.0 * DAY,
            365.0 * DAY,
        ];
        let below = MARKS.iter().rev().find(|mark| **mark <= shortest).unwrap_or(&MARKS[0]);
        let above = MARKS.iter().find(|mark| **mark >= longest && **mark > *below).unwrap_or(&MARKS[12]);
        let ticks = MARKS.iter().filter(|mark| (*below..=*above).contains(mark));
        let ticks = ticks.map(|mark| (*mark, words::duration(*mark))).collect();
        Self { from: *below, to: *above, logarithmic: true, ticks, name: "" }
    }

    /// Amounts from nothing to `most`, each mark written by `written`.
    pub(super) fn amounts(most: f64, name: &'static str, written: fn(f64) -> String) -> Self {
        let step = round_step(most / 4.0);
        let to = (most / step).ceil().max(1.0) * step;
        let ticks = multiples(step, to).map(|at| (at, written(at))).collect();
        Self { from: 0.0, to, logarithmic: false, ticks, name }
    }

    /// Things in a row, without marks.
    pub(super) fn row(number: usize, name: &'static str) -> Self {
        Self { from: 0.0, to: to_float(number).max(1.0), logarithmic: false, ticks: Vec::new(), name }
    }

    /// Where a number lies, from 0 to 1. Numbers beyond the ends lie at the ends.
    pub(super) fn place(&self, number: f64) -> f64 {
        let place = if self.logarithmic {
            (number.max(self.from) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (number - self.from) / (self.to - self.from)
        };
        place.clamp(0.0, 1.0)
    }

    /// The numbers that are written along it, and how.
    pub(super) fn ticks(&self) -> &[(f64, String)] {
        &self.ticks
    }

    /// What is counted, or nothing where the marks say it.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }
}

/// A number of things, for drawing.
pub(super) fn to_float(number: usize) -> f64 {
    // More things than f64 counts exactly would not fit on a page.
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

fn multiples(step: f64, to: f64) -> impl Iterator<Item = f64> {
    (0_u32..).map(move |at| f64::from(at) * step).take_while(move |at| *at <= to * 1.0001)
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let rough = rough.max(0.25);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough).unwrap_or(power).max(1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn written(axis: &Axis) -> Vec<&str> {
        axis.ticks().iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn a_run_is_marked_in_hours_or_days() {
        assert_eq!(written(&Axis::course(4.0 * HOUR)), ["hour 0", "hour 1", "hour 2", "hour 3", "hour 4"]);
        assert_eq!(written(&Axis::course(3.0 * DAY)).last(), Some(&"hour 72"));
        assert_eq!(written(&Axis::course(30.0 * DAY)), ["day 0", "day 7", "day 14", "day 21", "day 28"]);
    }

    #[test]
    fn waiting_times_lie_evenly_by_their_factor() {
        let axis = Axis::waiting(60.0, 30.0 * MINUTE);
        assert_eq!(written(&axis), ["10 ms", "100 ms", "1 s", "10 s", "1 min", "10 min", "1 h"]);
        assert!(
            (axis.place(SECOND) - axis.place(100.0) - (axis.place(10.0 * SECOND) - axis.place(SECOND))).abs() < 1e-9
        );
        assert_eq!((axis.place(1.0), axis.place(DAY)), (0.0, 1.0));
    }

    #[test]
    fn amounts_end_at_a_round_number() {
        assert_eq!(written(&Axis::amounts(17.0, "", |at| format!("{at:.0}"))), ["0", "5", "10", "15", "20"]);
        assert_eq!(written(&Axis::amounts(0.0, "", |at| format!("{at:.0}"))), ["0", "1"]);
        assert_eq!(written(&Axis::amounts(2_300_000.0, "", words::bytes)).last(), Some(&"3 MB"));
    }

    #[test]
    fn nothing_to_show_is_still_an_axis() {
        for axis in [Axis::course(0.0), Axis::waiting(0.0, 0.0), Axis::row(0, "boxes")] {
            assert!(axis.place(0.0).is_finite());
        }
    }
}

//! What the charts are drawn from: the course of one run, in milliseconds and bytes, whoever measured it.

/// The course of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// How long it lasted, the settling down included.
    pub(super) lasted: f64,
    /// When the last act and the last fault were over.
    pub(super) rest_from: f64,
    /// How soon what was written in each stretch of time was read next door; none where nothing was.
    pub(super) spread: Vec<Option<Spread>>,
    /// Bytes on all lines together, in each stretch of time.
    pub(super) traffic: Vec<f64>,
    /// The most operations that all boxes together kept without counting them yet, in each stretch of time.
    pub(super) waiting: Vec<f64>,
    /// When lines were down.
    pub(super) down: Vec<(f64, f64)>,
    /// When boxes were off.
    pub(super) off: Vec<(f64, f64)>,
    /// What each box received.
    pub(super) loads: Vec<Load>,
    /// How soon the updates of an alert arrived.
    pub(super) updates: Updates,
    /// The villages.
    pub(super) places: Vec<Place>,
    /// The neighbours among them, by their places in the list, and for how long the lines between them were down.
    pub(super) roads: Vec<Road>,
}

/// How long it took until what was written in a stretch of time stood in the villages that were to have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    /// In half of the cases at most so long.
    pub(super) half: f64,
    /// In nine of ten.
    pub(super) most: f64,
    /// In ninety-nine of a hundred.
    pub(super) nearly_all: f64,
    /// In every one.
    pub(super) all: f64,
}

/// How long it took until updates stood in each village, in milliseconds; empty when there were none.
#[derive(Clone, Debug, Default)]
pub(super) struct Updates {
    /// All of them.
    pub(super) all: Vec<f64>,
    /// The last one.
    pub(super) last: Vec<f64>,
}

/// What a box received.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// Whose it is.
    pub(super) name: String,
    /// The bytes of the operations it had to get from others.
    pub(super) least: f64,
    /// The bytes it got.
    pub(super) got: f64,
}

/// A village on the map.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What it is called.
    pub(super) name: String,
    /// How many people live there.
    pub(super) inhabitants: u32,
    /// Where it lies, each from 0 to 1.
    pub(super) at: [f64; 2],
    /// How long its boxes were off, taken together.
    pub(super) off: f64,
    /// Whether somebody there was out for harm.
    pub(super) hostile: bool,
    /// Whether it holds something else at the end than it should.
    pub(super) apart: bool,
}

/// Two neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Road {
    /// Their places in the list of villages.
    pub(super) between: [usize; 2],
    /// How long the lines between them were down, taken together.
    pub(super) down: f64,
}

/// The middle of the stretch of time with this number, when a run is cut into so many.
pub(super) fn middle(at: usize, parts: usize, lasted: f64) -> f64 {
    (super::axis::to_float(at) + 0.5) * lasted / super::axis::to_float(parts.max(1))
}

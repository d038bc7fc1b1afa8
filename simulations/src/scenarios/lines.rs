//! The sorts of line that lie between boxes.

use crate::plan::Quality;

/// Between two boxes of one village: glass, and mostly one street apart.
pub(super) const AT_HOME: Quality = Quality {
    latency: 3,
    jitter: 2,
    bandwidth: 10_000,
    loss: 0.01,
    breakage: 0.000_5,
    duplication: 0.0,
    reordering: 0.0,
};

/// Between two villages: a telephone line with an upload of 8 Mbit/s.
pub(super) const TELEPHONE: Quality = Quality {
    latency: 40,
    jitter: 20,
    bandwidth: 1_000,
    loss: 0.05,
    breakage: 0.002,
    duplication: 0.0,
    reordering: 0.0,
};

/// Between two villages of an ordinary country: glass at most, with a bad day now and then.
pub(super) const GLASS: Quality = Quality {
    latency: 15,
    jitter: 10,
    bandwidth: 5_000,
    loss: 0.01,
    breakage: 0.000_1,
    duplication: 0.000_1,
    reordering: 0.0,
};

/// While the water rises: 50 ms, and one frame in twenty is lost.
pub(super) const STORM: Quality = Quality {
    latency: 50,
    jitter: 0,
    bandwidth: 1_000,
    loss: 0.05,
    breakage: 0.001,
    duplication: 0.001,
    reordering: 0.0,
};

//! Waiting for what another machine, or another part of this one, will bring about.

use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::error::CliError;

/// How often it is looked at again.
const PAUSE: Duration = Duration::from_millis(20);
/// The same, where people are waited for.
const SLOW_PAUSE: Duration = Duration::from_millis(500);

/// Asks `look` until it says yes.
///
/// # Errors
/// [`CliError::TooSlow`] naming `what` after `patience`, or the error of `look`.
pub fn wait_until(
    what: &'static str,
    patience: Duration,
    look: impl FnMut() -> Result<bool, CliError>,
) -> Result<(), CliError> {
    wait(what, PAUSE, patience, look)
}

/// Asks `look` twice a second until it says yes: for what people have to do first.
///
/// # Errors
/// As [`wait_until`].
pub(super) fn wait_slowly(
    what: &'static str,
    patience: Duration,
    look: impl FnMut() -> Result<bool, CliError>,
) -> Result<(), CliError> {
    wait(what, SLOW_PAUSE, patience, look)
}

fn wait(
    what: &'static str,
    pause: Duration,
    patience: Duration,
    mut look: impl FnMut() -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let begun = Instant::now();
    while !look()? {
        if begun.elapsed() > patience {
            return Err(CliError::TooSlow(what));
        }
        thread::sleep(pause);
    }
    Ok(())
}

/// A bar on the terminal; nothing where there is none.
pub(super) fn progress(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len}");
    let bar = ProgressBar::new(steps as u64);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

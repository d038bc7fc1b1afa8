//! How far a long run is, for who waits for it.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::plan::Millis;
use crate::run::Watcher;
use crate::world::HOUR;

/// A bar on the standard error; nothing where that is no terminal.
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar for the run with this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{prefix} [{wide_bar}] {msg}, {elapsed}, {eta} to go")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        bar.set_prefix(name.to_owned());
        Self { bar }
    }

    /// Takes the bar away, so that what is printed next stands alone.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Watcher for Bar {
    fn progress(&mut self, now: Millis, end: Millis) {
        self.bar.set_length(end.max(now));
        self.bar.set_position(now);
        self.bar.set_message(format!("day {} hour {}", now / (24 * HOUR), now / HOUR % 24));
    }
}

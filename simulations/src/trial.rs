//! Carries a plan out and says what was not as it has to be, a panic included; and cuts a plan that fails down to what it
//! needs to fail.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dorpsplein_protocol::store::StoreError;

use crate::checkers::Failure;
use crate::minimise::{Minimised, minimise};
use crate::plan::Plan;
use crate::run::{Outcome, Watcher, carry_out};
use crate::world::WorldError;

/// The checker that is named when the program itself broke off.
pub const PANIC: &str = "panic";
/// The checker that is named when a box could not read its own disk.
pub const DAMAGE: &str = "damage";

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// At rest, whatever was found.
    Done(Box<Outcome>),
    /// The program broke off.
    Panicked(Failure),
}

impl Ending {
    /// What was not as it has to be.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        match self {
            Self::Done(outcome) => &outcome.failures,
            Self::Panicked(failure) => std::slice::from_ref(failure),
        }
    }

    /// Whether this checker found something.
    #[must_use]
    pub fn is_found_by(&self, checker: &str) -> bool {
        self.failures().iter().any(|failure| failure.checker == checker)
    }
}

/// Carries a plan out.
///
/// # Errors
/// [`WorldError`] when the world could not go on, which is no fault of what runs in it.
pub fn try_out(plan: &Plan, watcher: &mut dyn Watcher) -> Result<Ending, WorldError> {
    // The world is dropped with the panic, and the watcher only shows how far it came.
    match catch_unwind(AssertUnwindSafe(|| carry_out(plan, watcher))) {
        // Disks of this world keep what was synced: one that cannot be read was written wrongly.
        Ok(Err(WorldError::Store(error @ StoreError::Damaged(_)))) => {
            Ok(Ending::Panicked(Failure { checker: DAMAGE, found: error.to_string() }))
        }
        Ok(outcome) => Ok(Ending::Done(Box::new(outcome?))),
        Err(thrown) => Ok(Ending::Panicked(Failure { checker: PANIC, found: message(thrown.as_ref()) })),
    }
}

fn message(thrown: &(dyn Any + Send)) -> String {
    let text = thrown.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| thrown.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}

/// Cuts a plan that `checker` found at fault down to what it needs for that, as long as `goes_on` says so.
pub fn cut_down(plan: &Plan, checker: &str, goes_on: &mut dyn FnMut() -> bool) -> Minimised {
    minimise(plan, &mut |smaller| {
        if !goes_on() {
            return ControlFlow::Break(());
        }
        // A world that cannot go on is another failure than the one looked into.
        ControlFlow::Continue(try_out(smaller, &mut ()).is_ok_and(|ending| ending.is_found_by(checker)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_found_with_its_words() {
        for (thrown, words) in [
            (catch_unwind(|| panic!("no heads")), "no heads"),
            (catch_unwind(|| panic!("no {}", "heads")), "no heads"),
            (catch_unwind(|| std::panic::panic_any(7)), "without a message"),
        ] {
            assert_eq!(thrown.map_err(|thrown| message(thrown.as_ref())), Err(words.to_owned()));
        }
    }
}

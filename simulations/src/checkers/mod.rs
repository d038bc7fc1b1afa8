//! What has to be true. A checker knows the truth of the world and asks the boxes nothing but what they hold.

pub mod authority;
pub mod convergence;
pub mod leaks;

use serde::Serialize;

/// Something that is not as it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Which checker found it.
    pub checker: &'static str,
    /// What it found, for a person with the seed at hand.
    pub found: String,
}

//! What came of a run, to be looked at: one HTML page that needs nothing beside it, with drawings of our own making; and
//! the same facts as a table and as JSON.

mod axis;
mod chart;
mod course;
mod facts;
mod figures;
mod map;
mod measured;
mod page;
pub mod words;

pub use facts::{Effort, Report, SpreadFact};
pub use page::page;

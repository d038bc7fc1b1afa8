//! How it goes with the square: what is silent, what nobody answered, and counts that identify nobody.

use jiff::civil::{Date, DateTime};

use super::desk::DeskTop;
use crate::paths::PostKind;

/// How many persons a count has to come from before it is told: of fewer, people know who it was.
pub const FEWEST_PERSONS: usize = 5;

/// The page of how it goes.
#[derive(Clone, Debug, Default)]
pub struct PulsePage {
    /// What every desk page has.
    pub top: DeskTop,
    /// What there is of each sort, and since when it is silent.
    pub kinds: Vec<KindPulse>,
    /// How many times something happens in the coming two weeks.
    pub events_ahead: usize,
    /// Requests that nobody answered, the oldest first.
    pub unanswered: Vec<Unanswered>,
    /// The Mondays with which the weeks of the counts begin, the oldest first.
    pub weeks: Vec<Date>,
}

/// How it goes with one sort of post.
#[derive(Clone, Debug)]
pub struct KindPulse {
    /// The sort.
    pub kind: PostKind,
    /// When the last one was written; `None` when there never was one.
    pub last: Option<Date>,
    /// How long nothing new came.
    pub silence: Silence,
    /// How many were written in each week.
    pub counts: Vec<Count>,
}

/// How long nothing new of a sort came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Something came in the last week.
    None,
    /// Nothing for a week.
    Week,
    /// Nothing for two weeks.
    Fortnight,
    /// Nothing ever.
    Ever,
}

/// A count that identifies nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Nothing.
    Nothing,
    /// Something, from fewer than [`FEWEST_PERSONS`].
    Few,
    /// So many.
    Exactly(usize),
}

impl Count {
    /// That of so many things from so many persons.
    #[must_use]
    pub const fn of(things: usize, persons: usize) -> Self {
        match (things, persons) {
            (0, _) => Self::Nothing,
            (things, FEWEST_PERSONS..) => Self::Exactly(things),
            _ => Self::Few,
        }
    }
}

/// A request without an answer.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// The item.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// When it was written.
    pub written: DateTime,
}

/// A step of the first weeks of a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStep {
    /// The square is there.
    Founded,
    /// A household was invited.
    Household,
    /// There is news.
    News,
    /// There is a line under the name, and a number to call.
    Named,
    /// There is a second connector.
    SecondConnector,
    /// There is a second box.
    SecondBox,
    /// There is a neighbour.
    Neighbour,
}

//! What a neighbourhood takes of what others share, and what became of each post of others.

use minicbor::{Decode, Encode};

use super::ItemRow;
use crate::operation::{AreaId, Field, Kind, NeighbourhoodId, Value};
use crate::time::Timestamp;

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 3_600_000;

/// How something that others share is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Welcome {
    /// At once.
    #[default]
    #[n(0)]
    AtOnce,
    /// When a connector has approved it.
    #[n(1)]
    AfterApproval,
    /// Not.
    #[n(2)]
    No,
}

/// What connectors said about a neighbour, or about one post of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Acceptance {
    /// How it is taken.
    #[n(0)]
    pub welcome: Welcome,
    /// Which kinds are taken at all, the sum of their [bits](crate::operation::Kind::post_bit); 0 for all.
    #[n(1)]
    pub kinds: u8,
    /// How many posts that were written on one day are taken at once; 0 for all.
    #[n(2)]
    pub per_day: u16,
    /// Of which sub-areas posts are taken at all; sorted. None for all, and for what names no sub-area.
    #[n(3)]
    pub areas: Vec<AreaId>,
}

/// What became of a post of another neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Welcomed {
    /// Listed, waiting for a connector, or not wanted.
    #[n(0)]
    pub welcome: Welcome,
    /// Whether posts of its neighbourhood are counted by the day they were written on.
    #[n(1)]
    pub counted: bool,
}

impl Acceptance {
    /// Sets one of its fields; a value out of bounds, which validation has ruled out, is taken as nothing.
    pub(crate) fn set(&mut self, field: Field, value: &Value) {
        let number = match value {
            Value::Int(number) => *number,
            _ => 0,
        };
        match field {
            Field::ACCEPTS => {
                self.welcome = match number {
                    1 => Welcome::AfterApproval,
                    2 => Welcome::No,
                    _ => Welcome::AtOnce,
                };
            }
            Field::KINDS => self.kinds = u8::try_from(number).unwrap_or(0),
            Field::PER_DAY => self.per_day = u16::try_from(number).unwrap_or(0),
            _ => {}
        }
    }

    /// Whether posts of this kind are taken at all; what is no post is.
    pub const fn takes(&self, kind: Kind) -> bool {
        self.kinds == 0 || !kind.is_post() || self.kinds & kind.post_bit() != 0
    }

    /// Whether posts about this sub-area are taken at all, or those about none. Where connectors named sub-areas, a post that
    /// names none is not taken: it is about the whole of a neighbourhood of which they want a part.
    pub fn takes_area(&self, area: Option<&AreaId>) -> bool {
        self.areas.is_empty() || area.is_some_and(|area| self.areas.binary_search(area).is_ok())
    }
}

/// Whether a row stands by itself on a square, so that connectors decide whether it is wanted.
pub(crate) const fn is_post(row: &ItemRow) -> bool {
    row.kind.is_post() && row.hidden.is_none() && row.erased.is_none()
}

/// What it is about ‖ when it was made ‖ its own id: what was said last comes last.
pub(super) fn acceptance_key(row: &ItemRow) -> Option<Vec<u8>> {
    let about = row.content.about?;
    Some([&about.as_bytes()[..], &row.created.as_millis().to_be_bytes(), row.id.as_bytes()].concat())
}

/// neighbourhood ‖ when it was written ‖ id: the posts of a neighbourhood by day.
pub(super) fn day_key(row: &ItemRow) -> Vec<u8> {
    [&row.neighbourhood.as_bytes()[..], &row.created.as_millis().to_be_bytes(), row.id.as_bytes()].concat()
}

/// What the keys of the posts of one neighbourhood begin with that were written on the day of `at` (in UTC, so that every box
/// comes to the same), from the first to beyond the last.
pub(crate) fn day_range(neighbourhood: &NeighbourhoodId, at: Timestamp) -> (Vec<u8>, Vec<u8>) {
    let begin = at.as_millis() / DAY_MS * DAY_MS;
    let key = |millis: u64| [&neighbourhood.as_bytes()[..], &millis.to_be_bytes()].concat();
    (key(begin), key(begin.saturating_add(DAY_MS)))
}

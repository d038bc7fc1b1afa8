//! The map of the neighbours: this neighbourhood in the middle, the others around it, a line to each that says how it
//! goes. Drawn here and sent as a part of the page, so that it needs neither a script nor a second request. Beside it the
//! page always has the same as a table, so the drawing tells nothing that only eyes could read.

use std::f64::consts::TAU;

use super::prose;
use crate::view::{Contact, MappedNeighbour};

/// The width of the drawing in units of its view box: about a telephone's, so that its letters can be read there.
pub(super) const WIDTH: u32 = 420;
/// The most neighbours that are drawn; the table has them all.
pub(super) const MOST: usize = 10;
/// The most letters of a name on the drawing.
const LETTERS: usize = 14;
/// How far the neighbours are from the middle, sideways and up.
const RADIUS: (f64, f64) = (138.0, 125.0);
/// Room above and below.
const MARGIN: f64 = 46.0;
/// How far a line stays away from the middle of either end.
const CLEAR: f64 = 24.0;

/// The drawing.
pub(super) struct Drawing<'n> {
    pub(super) height: u32,
    pub(super) middle: (u32, u32),
    pub(super) marks: Vec<Mark<'n>>,
    /// How many neighbours found no place on it.
    pub(super) left_out: usize,
}

/// A neighbour on the drawing.
pub(super) struct Mark<'n> {
    pub(super) neighbour: &'n MappedNeighbour,
    /// The name, cut short where it is long.
    pub(super) label: String,
    pub(super) at: (u32, u32),
    pub(super) from: (u32, u32),
    pub(super) to: (u32, u32),
}

impl Mark<'_> {
    /// The class of the line, by which the style sheet draws it: whole, broken or dotted.
    pub(super) const fn line(&self) -> &'static str {
        match self.neighbour.contact {
            Contact::InStep => "in-step",
            Contact::CatchingUp => "catching-up",
            Contact::Away(_) => "away",
        }
    }
}

/// Draws so many neighbours around the middle, the first one on top, then clockwise.
pub(super) fn draw(neighbours: &[MappedNeighbour]) -> Drawing<'_> {
    let drawn = &neighbours[..neighbours.len().min(MOST)];
    let middle = (f64::from(WIDTH) / 2.0, RADIUS.1 + MARGIN);
    let mark = |(index, neighbour)| {
        let turn = TAU * index as f64 / drawn.len() as f64;
        let way = (turn.sin() * RADIUS.0, -turn.cos() * RADIUS.1);
        let long = way.0.hypot(way.1);
        let along = |distance: f64| point(middle.0 + way.0 * distance / long, middle.1 + way.1 * distance / long);
        let neighbour: &MappedNeighbour = neighbour;
        Mark {
            neighbour,
            label: prose::excerpt(&neighbour.name, LETTERS),
            at: along(long),
            from: along(CLEAR + 8.0),
            to: along(long - CLEAR),
        }
    };
    Drawing {
        height: whole(2.0 * (RADIUS.1 + MARGIN)),
        middle: point(middle.0, middle.1),
        marks: drawn.iter().enumerate().map(mark).collect(),
        left_out: neighbours.len() - drawn.len(),
    }
}

fn point(x: f64, y: f64) -> (u32, u32) {
    (whole(x), whole(y))
}

/// Nothing on the drawing is negative or beyond its edge.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, and within the drawing")]
fn whole(value: f64) -> u32 {
    value.round().max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours(count: usize) -> Vec<MappedNeighbour> {
        let neighbour = |number| MappedNeighbour {
            name: format!("Een dorp met een lange naam {number}"),
            sends: true,
            receives: number % 2 == 0,
            contact: Contact::InStep,
        };
        (0..count).map(neighbour).collect()
    }

    #[test]
    fn everybody_has_a_place_of_their_own_within_the_drawing() {
        for count in 1..=MOST + 3 {
            let neighbours = neighbours(count);
            let drawing = draw(&neighbours);
            assert_eq!((drawing.marks.len(), drawing.left_out), (count.min(MOST), count.saturating_sub(MOST)));
            let mut places: Vec<_> = drawing.marks.iter().map(|mark| mark.at).collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), drawing.marks.len());
            for mark in &drawing.marks {
                let inside = |(x, y): (u32, u32)| x <= WIDTH && y <= drawing.height;
                assert!(inside(mark.at) && inside(mark.from) && inside(mark.to));
                assert!(mark.label.chars().count() <= LETTERS + 1, "{}", mark.label);
            }
        }
        assert!(draw(&[]).marks.is_empty());
    }
}

//! Hostile parties: residents, connectors, boxes and neighbours out for harm, mixed into any scenario by
//! [`Deed::Harm`](crate::plan::Deed::Harm) with one of the names in [`HARMS`], or that of an attack in the
//! [library](crate::attacks).
//!
//! Whoever does harm holds keys of their own, and what their village's boxes know; they do not hold anybody else's keys.

mod connector;
mod library;
mod neighbour;
mod peer;
mod resident;
mod villain;

use crate::attacks;
use crate::people::People;
use crate::plan::{Act, PersonId};
use crate::world::{World, WorldError};

use villain::Villain;

/// What somebody out for harm may do, by name. The first part of a name says what they need: `resident` a membership,
/// `connector` the role (without it they try all the same), `box` the key of a box of their own village, `neighbour` the key
/// of a box, used at a box next door.
pub const HARMS: &[&str] = &[
    // Signs in another's name, or changes what another signed.
    "resident-forge",
    // Hands in again, here and elsewhere, what others signed.
    "resident-replay",
    // Signs with a time of long ago, or of next year.
    "resident-backdate",
    // Signs two operations with one number and hands in one at each of two boxes.
    "resident-fork",
    // Builds on something that nobody ever gets to see.
    "resident-withhold",
    // Hands in and brings hundreds of operations that nothing permits.
    "resident-flood",
    // Hands in bytes that are no operation.
    "resident-garbage",
    // Grants itself a role, writes letters and certificates, removes and recovers others.
    "resident-promote",
    // Pins, hides, erases and edits what others wrote.
    "resident-meddle",
    // Writes to audiences and neighbourhoods where it has nothing to say.
    "resident-wrong-place",
    // Brings back the text of what was erased, and writes on in it.
    "resident-resurrect",
    // Redeems a letter that was used.
    "resident-redeem-twice",
    // Does alone what takes two: removes, grants, certifies, and signs its own proposals.
    "connector-alone",
    // Goes back to a past in which one signature was enough, and removes whoever came after.
    "connector-old-past",
    // Shows a box roots that are not true, and answers its comparisons with what it made up.
    "box-lie",
    // Names operations and never brings them.
    "box-withhold",
    // Passes on envelopes without what they say.
    "box-strip",
    // Brings again what is known, and what was erased.
    "box-replay",
    // Asks for everything there is, by every id and space it ever heard of.
    "box-pry",
    // Opens many streams and says nothing on them.
    "box-streams",
    // Sends frames that are no message, too large, or out of turn.
    "box-garbage",
    // Sends thousands of comparisons and requests.
    "box-flood",
    // As `box-lie`, at the box of a neighbour.
    "neighbour-lie",
    // As `box-withhold`, at the box of a neighbour.
    "neighbour-withhold",
    // As `box-pry`, at the box of a neighbour.
    "neighbour-pry",
    // Pushes what belongs to audiences that a neighbour may not write to, and to third villages.
    "neighbour-push",
    // As `box-garbage`, at the box of a neighbour.
    "neighbour-garbage",
    // As `box-flood`, at the box of a neighbour.
    "neighbour-flood",
];

/// All that somebody out for harm may do: the conducts in [`HARMS`], and every attack of the library.
pub fn names() -> impl Iterator<Item = &'static str> {
    let library = attacks::ALL.iter().flat_map(|attacks| attacks.iter()).map(|attack| attack.name);
    HARMS.iter().copied().chain(library)
}

/// Something hostile, done by whoever it is handed to.
type Conduct = fn(&mut Villain<'_>) -> Result<(), WorldError>;

/// Somebody does harm, by one of the [`names`]. Nothing happens when there is no such harm, when they are not there, or when
/// the box they talk to is off.
///
/// # Errors
/// [`WorldError`] when the world cannot go on.
pub fn harm(name: &str, who: PersonId, act: &Act, people: &mut People, world: &mut World) -> Result<(), WorldError> {
    let Some(mut villain) = Villain::of(who, act.seed, people, world) else { return Ok(()) };
    match (conduct(name), attacks::named(name)) {
        (Some(conduct), _) => conduct(&mut villain),
        (None, Some(attack)) => library::play(&mut villain, attack),
        (None, None) => Ok(()),
    }
}

fn conduct(name: &str) -> Option<Conduct> {
    Some(match name {
        "resident-forge" => resident::forge,
        "resident-replay" => resident::replay,
        "resident-backdate" => resident::backdate,
        "resident-fork" => resident::fork,
        "resident-withhold" => resident::withhold,
        "resident-flood" => resident::flood,
        "resident-garbage" => resident::garbage,
        "resident-promote" => connector::promote,
        "resident-meddle" => resident::meddle,
        "resident-wrong-place" => resident::wrong_place,
        "resident-resurrect" => resident::resurrect,
        "resident-redeem-twice" => resident::redeem_twice,
        "connector-alone" => connector::alone,
        "connector-old-past" => connector::old_past,
        "box-lie" => peer::lie,
        "box-withhold" => peer::withhold,
        "box-strip" => peer::strip,
        "box-replay" => peer::replay,
        "box-pry" => peer::pry,
        "box-streams" => peer::streams,
        "box-garbage" => peer::garbage,
        "box-flood" => peer::flood,
        "neighbour-lie" => neighbour::lie,
        "neighbour-withhold" => neighbour::withhold,
        "neighbour-pry" => neighbour::pry,
        "neighbour-push" => neighbour::push,
        "neighbour-garbage" => neighbour::garbage,
        "neighbour-flood" => neighbour::flood,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_harm_that_is_named_can_be_done() {
        let idle: Vec<&&str> = HARMS.iter().filter(|name| conduct(name).is_none()).collect();
        assert_eq!(idle, Vec::<&&str>::new());
        assert!(conduct("resident-kindness").is_none());
        let twice = |name: &&str| names().filter(|other| other == name).count() > 1;
        assert_eq!(names().find(twice), None, "each name stands for one thing");
        let known = |name: &&str| conduct(name).is_some() || attacks::named(name).is_some();
        assert!(names().all(|name| known(&name)) && names().count() > HARMS.len() + 80);
    }
}

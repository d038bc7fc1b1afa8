//! A box out for harm, at the boxes next door, in the name of its own village.

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Field, Kind, Space};
use dorpsplein_protocol::sync::Message;
use rand::seq::IndexedRandom;

use super::peer::{GARBAGE, flood_on, garbage_on, lie_on, pry_on, withhold_on};
use super::villain::{Villain, text};
use crate::plan::BoxId;
use crate::world::WorldError;

type Done = Result<(), WorldError>;

/// Does something on a session that a box next door believes to be their village's.
fn next_door(villain: &mut Villain<'_>, attack: impl FnOnce(&mut Villain<'_>, super::peer::Line) -> Done) -> Done {
    let Some(at) = villain.next_door().choose(&mut villain.random).copied() else { return Ok(()) };
    let (key, home) = (villain.world.box_key(villain.at), villain.home);
    match villain.greet(at, key, home)? {
        Some(session) => attack(villain, (at, session, home)),
        None => Ok(()),
    }
}

pub(super) fn lie(villain: &mut Villain<'_>) -> Done {
    next_door(villain, lie_on)
}

pub(super) fn withhold(villain: &mut Villain<'_>) -> Done {
    next_door(villain, withhold_on)
}

pub(super) fn pry(villain: &mut Villain<'_>) -> Done {
    next_door(villain, pry_on)
}

pub(super) fn flood(villain: &mut Villain<'_>) -> Done {
    next_door(villain, flood_on)
}

pub(super) fn garbage(villain: &mut Villain<'_>) -> Done {
    (0..GARBAGE).try_for_each(|number| next_door(villain, |villain, line| garbage_on(villain, line, number)))
}

/// Pushes what is for its own village only, what belongs to third ones, and what somebody here wrote for audiences there.
pub(super) fn push(villain: &mut Villain<'_>) -> Done {
    next_door(villain, |villain, (at, session, _)| {
        let boxes: Vec<BoxId> = villain.world.boxes().map(|simulated| simulated.id).collect();
        let mut transfers = Vec::new();
        for from in boxes {
            transfers.extend(villain.stored(from, 10).iter().map(|operation| operation.encode()));
        }
        let there = villain.world.simulated(at).map(|simulated| simulated.home);
        for space in [Space::Square, Space::Neighbours] {
            let Some(neighbourhood) = there else { continue };
            let edits = vec![text(Field::TITLE, "Van hiernaast"), text(Field::BODY, "Dit hoort hier niet.")];
            let place = Place { neighbourhood, space };
            let news = villain.sign(|device, now| device.create(place, Kind::NEWS, None, edits, now));
            transfers.extend(news.map(|news| news.encode()));
        }
        for operation in transfers {
            villain.world.puppet_send(at, session, Message::Push { operation }.encode())?;
        }
        villain.world.puppet_close(at, session)
    })
}

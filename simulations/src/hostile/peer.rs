//! A box out for harm, at another box: of its own village, or, where there is none, of the one next door.

use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Space};
use dorpsplein_protocol::replica::SessionId;
use dorpsplein_protocol::store::{Read, Table};
use dorpsplein_protocol::sync::{
    Comparison, Content, Fingerprint, MAX_FRAME, Message, Place, SESSION_VERSION, Section, SpaceId, SpaceRoot,
};
use rand::Rng;

use super::villain::Villain;
use crate::plan::BoxId;
use crate::world::WorldError;

type Done = Result<(), WorldError>;

/// The spaces of a neighbourhood that a box may ask for, whether it is entitled to them or not.
const SPACES: [Space; 4] = [Space::Register, Space::Members, Space::Square, Space::Neighbours];
/// How many streams are opened at once.
const STREAMS: usize = 40;
/// How many requests a flood is made of.
const FLOOD: usize = 400;
/// As many operations as one request may ask for.
const FETCH: usize = 4096;

/// A session at the box under attack, by a box whose key is believed.
pub(super) type Line = (BoxId, SessionId, NeighbourhoodId);

fn inside(villain: &mut Villain<'_>, attack: impl FnOnce(&mut Villain<'_>, Line) -> Done) -> Done {
    let at = villain.at;
    match villain.infiltrate(at)? {
        Some((session, home)) => attack(villain, (at, session, home)),
        None => Ok(()),
    }
}

pub(super) fn lie(villain: &mut Villain<'_>) -> Done {
    inside(villain, lie_on)
}

pub(super) fn withhold(villain: &mut Villain<'_>) -> Done {
    inside(villain, withhold_on)
}

pub(super) fn flood(villain: &mut Villain<'_>) -> Done {
    inside(villain, flood_on)
}

pub(super) fn strip(villain: &mut Villain<'_>) -> Done {
    inside(villain, |villain, (at, session, _)| {
        for from in villain.siblings() {
            for operation in villain.stored(from, 60) {
                let push = Message::Push { operation: operation.without_payload().encode() };
                villain.world.puppet_send(at, session, push.encode())?;
            }
        }
        villain.world.puppet_close(at, session)
    })
}

pub(super) fn replay(villain: &mut Villain<'_>) -> Done {
    inside(villain, |villain, (at, session, _)| {
        let near = [at].into_iter().chain(villain.siblings()).chain(villain.next_door());
        for from in near.collect::<Vec<BoxId>>() {
            for operation in villain.stored(from, 30) {
                let push = Message::Push { operation: operation.encode() };
                villain.world.puppet_send(at, session, push.encode())?;
            }
        }
        villain.world.puppet_close(at, session)
    })
}

/// Asks with keys that nobody certified, and in the name of everybody.
pub(super) fn pry(villain: &mut Villain<'_>) -> Done {
    let at = villain.at;
    let mut names = vec![villain.home];
    names.extend(villain.next_door().into_iter().filter_map(|other| Some(villain.world.simulated(other)?.home)));
    for name in names {
        let key = villain.new_key().public();
        if let Some(session) = villain.greet(at, key, name)? {
            pry_on(villain, (at, session, name))?;
        }
    }
    inside(villain, pry_on)
}

pub(super) fn streams(villain: &mut Villain<'_>) -> Done {
    let at = villain.at;
    let mut opened = Vec::new();
    for _ in 0..STREAMS {
        opened.extend(villain.infiltrate(at)?);
        let stranger = villain.new_key().public();
        opened.extend(villain.world.puppet(at, stranger)?.map(|session| (session, villain.home)));
    }
    // All but a few are given up; those stay open and say nothing.
    opened.iter().skip(3).try_for_each(|(session, _)| villain.world.puppet_close(at, *session))
}

pub(super) fn garbage(villain: &mut Villain<'_>) -> Done {
    for number in 0..GARBAGE {
        inside(villain, |villain, line| garbage_on(villain, line, number))?;
    }
    Ok(())
}

/// Roots that are not true, comparisons that make no sense, and ids of nothing.
pub(super) fn lie_on(villain: &mut Villain<'_>, (at, session, home): Line) -> Done {
    let all = SPACES.map(|space| SpaceId { neighbourhood: home, space });
    let roots = all.map(|id| SpaceRoot { id, fingerprint: Fingerprint(villain.bytes()) }).to_vec();
    let mut frames = vec![Message::Roots { roots, answer: true }];
    for id in all {
        let lies = [
            Content::Fingerprint(Fingerprint(villain.bytes())),
            Content::Listed(vec![villain.bytes(); 40]),
            Content::Differs { here: vec![villain.nothing(); 40], there: vec![villain.bytes(); 40] },
        ];
        let end = |hour| Place { hour, id: OperationId::from_bytes([7; 32]) };
        let sections = (490_000..).zip(lies).map(|(hour, content)| Section { end: end(hour), content }).collect();
        frames.push(Message::Compare { id, comparison: Comparison { window: 1, sections } });
    }
    let ids: Vec<OperationId> = (0..FETCH).map(|_| villain.nothing()).collect();
    let (operations, later) = (Vec::new(), ids.clone());
    let answer = Message::Operations { operations, absent: ids.clone(), later, more: true };
    frames.extend([Message::Have { ids }, answer, Message::Same, Message::More]);
    for frame in frames {
        villain.world.puppet_send(at, session, frame.encode())?;
    }
    villain.world.puppet_close(at, session)
}

/// Names what it never brings, on a stream that stays open.
pub(super) fn withhold_on(villain: &mut Villain<'_>, (at, session, _): Line) -> Done {
    let ids = (0..4096).map(|_| villain.nothing()).collect();
    villain.world.puppet_send(at, session, Message::Have { ids }.encode())
}

/// Asks for every operation there is anywhere, by its id, and compares every space there is.
pub(super) fn pry_on(villain: &mut Villain<'_>, (at, session, _): Line) -> Done {
    let mut ids = Vec::new();
    let mut homes = Vec::new();
    for simulated in villain.world.boxes() {
        homes.push(simulated.home);
        for key in simulated.disk.keys_with_prefix(Table::Operations, &[], usize::MAX)? {
            ids.extend(OperationId::try_from(key.as_slice()).ok());
        }
    }
    homes.dedup();
    for ids in ids.chunks(FETCH).take(40) {
        villain.world.puppet_send(at, session, Message::Fetch { ids: ids.to_vec(), large: true }.encode())?;
    }
    for neighbourhood in homes {
        for space in SPACES {
            let id = SpaceId { neighbourhood, space };
            villain.world.puppet_send(at, session, Message::Compare { id, comparison: question() }.encode())?;
        }
    }
    villain.world.puppet_close(at, session)
}

/// Asks for all there is in a space.
fn question() -> Comparison {
    Comparison { window: 0, sections: vec![Section { end: Place::END, content: Content::Listed(Vec::new()) }] }
}

/// Thousands of questions that are each in order.
pub(super) fn flood_on(villain: &mut Villain<'_>, (at, session, home): Line) -> Done {
    for _ in 0..FLOOD {
        let ids = (0..8).map(|_| villain.nothing()).collect();
        let id = SpaceId { neighbourhood: home, space: Space::Neighbours };
        let roots = vec![SpaceRoot { id, fingerprint: Fingerprint(villain.bytes()) }];
        for frame in [Message::Roots { roots, answer: true }, Message::Fetch { ids, large: false }] {
            villain.world.puppet_send(at, session, frame.encode())?;
        }
    }
    villain.world.puppet_close(at, session)
}

/// How many sorts of garbage there are.
pub(super) const GARBAGE: usize = 7;

/// Something that is no message, or not now; each ends its session, so each has one of its own.
pub(super) fn garbage_on(villain: &mut Villain<'_>, (at, session, home): Line, number: usize) -> Done {
    let mut noise = vec![0; 500];
    villain.random.fill_bytes(&mut noise);
    let ids = || (0..FETCH + 1).map(|n| OperationId::from_bytes([n as u8; 32])).collect();
    let frame = match number {
        0 => noise,
        1 => vec![0; MAX_FRAME + 1],
        2 => Message::Hello { version: SESSION_VERSION, neighbourhood: home }.encode(),
        3 => Message::Push { operation: noise }.encode(),
        4 => {
            let (absent, later) = (Vec::new(), Vec::new());
            Message::Operations { operations: vec![noise.into()], absent, later, more: false }.encode()
        }
        5 => Message::Fetch { ids: ids(), large: false }.encode(),
        _ => Vec::new(),
    };
    villain.world.puppet_send(at, session, frame)?;
    villain.world.puppet_close(at, session)
}

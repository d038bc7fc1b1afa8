//! The attacks of the library, by those who live in a village and have nothing but what is theirs.

use dorpsplein_protocol::authority::Register;
use dorpsplein_protocol::operation::{ItemId, OperationId, ResidentId, Role, Signed};
use dorpsplein_protocol::projection::{self, ItemRow};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::villain::Villain;
use crate::attacks::cast::{Cast, follow, prepare};
use crate::attacks::{Attack, Home, Letter, Person};
use crate::hand::Hand;
use crate::plan::{BoxId, PersonId};
use crate::world::{Answer, WorldError};

/// How much of a box's rows is looked at for something to attack.
const PAGE: usize = 30;

/// Carries out an attack of the library, at the box of the own village or at one next door. Nothing happens when it needs
/// somebody who is not there, or a key that is not theirs.
pub(super) fn play(villain: &mut Villain<'_>, attack: &Attack) -> Result<(), WorldError> {
    let visits = villain.random.random_bool(0.3);
    let next_door = villain.next_door().choose(&mut villain.random).copied();
    let at = next_door.filter(|at| visits && villain.world.at(*at).is_some()).unwrap_or(villain.at);
    let Some(cast) = cast(villain, at) else { return Ok(()) };
    let seeds = ChaCha8Rng::from_rng(&mut villain.random);
    let prepared = prepare(attack, cast, villain.world, seeds);
    for number in 0..2 {
        if let Some(hand) = villain.people.hand(villain.who, number) {
            prepared.follow(hand);
        }
    }
    let Some(blow) = &prepared.blow else { return Ok(()) };
    *villain.world.counts.deeds.entry("attacks of the library".to_owned()).or_default() += 1;
    let signed = Signed::decode(blow).ok();
    if let Some(signed) = &signed {
        villain.world.guard(signed, None);
    }
    let answer = villain.world.submit_bytes(prepared.at.at, blow.clone())?;
    if let (Answer::Accepted(_), Some(signed)) = (answer, signed) {
        for number in 0..2 {
            if let Some(hand) = villain.people.hand(villain.who, number) {
                follow(hand, &signed);
            }
        }
    }
    villain.bring(std::slice::from_ref(blow))
}

/// Who plays which part at a box; none when the village there lacks somebody to attack.
fn cast(villain: &mut Villain<'_>, at: BoxId) -> Option<Cast> {
    let visits = at != villain.at;
    let village = villain.world.simulated(at)?.village;
    let home = Home::of(villain.world, at)?;
    let on: Vec<BoxId> = villain.world.boxes().filter(|other| other.running().is_some()).map(|on| on.id).collect();
    let abroad: Vec<BoxId> = on
        .into_iter()
        .filter(|other| villain.world.simulated(*other).map(|other| other.village) != Some(village))
        .collect();
    let mut elsewhere = || abroad.choose(&mut villain.random).copied().unwrap_or(at);
    let (partner, far) = (elsewhere(), elsewhere());
    let (partner, far) = (Home::of(villain.world, partner)?, Home::of(villain.world, far)?);
    let honest: Vec<PersonId> =
        villain.people.everybody(village).iter().copied().filter(|who| !villain.people.means_harm(*who)).collect();
    let honest: Vec<(Person, Role)> = honest.iter().filter_map(|who| person(villain, at, *who)).collect();
    let mut some = |role: Role| {
        let fit: Vec<&Person> = honest.iter().filter(|(_, other)| *other == role).map(|(person, _)| person).collect();
        let one = fit.choose(&mut villain.random).copied().cloned();
        one.or_else(|| honest.choose(&mut villain.random).map(|(person, _)| person.clone()))
    };
    let connectors = [some(Role::Connector)?, some(Role::Connector)?];
    let residents = [some(Role::Resident)?, some(Role::Resident)?];
    let (own, spare) = (me(villain)?, spare(villain));
    let items = items(villain, at)?;
    let erased = erased(villain, at, items[2])?;
    let letters = letters(villain)?;
    let long_ago = long_ago(villain, at);
    let others = villain.people.devices_of_others(villain.who);
    let used = (letters.clone(), OperationId::from(own.resident));
    Some(Cast {
        home,
        partner,
        far,
        villain: own,
        spare,
        connectors,
        residents,
        open_letter: letters,
        used_letter: used,
        items,
        erased,
        long_ago,
        others,
        visits,
    })
}

/// Somebody as a box knows them, and what they are there.
fn person(villain: &mut Villain<'_>, at: BoxId, who: PersonId) -> Option<(Person, Role)> {
    let hand = villain.people.hand(who, 0)?.clone();
    let membership = villain.world.at(at)?.replica().registers().get(&hand.home())?.active(&hand.key())?;
    Some((Person { hand, resident: membership.resident }, membership.role))
}

/// Whoever is out for harm, also when nobody knows them any more.
fn me(villain: &mut Villain<'_>) -> Option<Person> {
    let hand = villain.people.hand(villain.who, 0)?.clone();
    let resident = villain.register(|register| register.membership(&hand.key()).map(|membership| membership.resident));
    let resident = resident.flatten().unwrap_or_else(|| ResidentId::from(villain.nothing()));
    Some(Person { hand, resident })
}

/// Another device of theirs, or a key that nobody ever saw.
fn spare(villain: &mut Villain<'_>) -> Hand {
    let own = villain.people.hand(villain.who, 1).cloned();
    own.unwrap_or_else(|| Hand::new(villain.bytes(), villain.home, villain.at))
}

/// Something on the square, something for the neighbours and something that was erased; where there is no such thing,
/// anything.
fn items(villain: &mut Villain<'_>, at: BoxId) -> Option<[ItemId; 3]> {
    let home = villain.world.simulated(at)?.home;
    let (feed, _) = projection::feed(villain.world.disk(at)?, None, PAGE).ok()?;
    let feed: Vec<ItemRow> = feed.into_iter().filter(|row| row.neighbourhood == home).collect();
    let mut one = |fits: &dyn Fn(&ItemRow) -> bool| {
        let fit: Vec<ItemId> = feed.iter().filter(|row| fits(row)).map(|row| row.id).collect();
        fit.choose(&mut villain.random).copied()
    };
    let any = one(&|_| true)?;
    let kept_home = one(&|row| !row.space.goes_abroad()).unwrap_or(any);
    let shared = one(&|row| row.space.goes_abroad()).unwrap_or(any);
    let erased = villain.stored(at, PAGE).into_iter().find(|operation| operation.payload().is_none());
    Some([kept_home, shared, erased.map_or(any, |erased| erased.header().item())])
}

/// What is left of what made an item, and the last that was done to it.
fn erased(villain: &Villain<'_>, at: BoxId, item: ItemId) -> Option<(Signed, OperationId)> {
    let disk = villain.world.disk(at)?;
    let made = OperationId::from(item);
    let stored = projection::operation(disk, &made).ok()??;
    let last = projection::item(disk, &item).ok().flatten().and_then(|row| row.heads.first().copied());
    Some((Signed::decode(&stored).ok()?, last.unwrap_or(made)))
}

/// A letter that somebody in the village had, used or not; or a guess.
fn letters(villain: &mut Villain<'_>) -> Option<Letter> {
    let village = villain.people.village(villain.who)?;
    let everybody = villain.people.everybody(village).to_vec();
    let had: Vec<(OperationId, [u8; 32])> =
        everybody.into_iter().filter_map(|who| villain.people.letter(who)).collect();
    let letter = had.choose(&mut villain.random).copied();
    let (invitation, secret) = letter.unwrap_or_else(|| (villain.nothing(), villain.bytes()));
    Some(Letter::of(invitation, secret))
}

/// Something that the register on a box said some time ago.
fn long_ago(villain: &mut Villain<'_>, at: BoxId) -> Vec<OperationId> {
    let said = |register: &Register| register.statements().map(|entry| entry.operation).collect::<Vec<_>>();
    let said = villain.world.at(at).map(|running| said(running.replica().registers().home())).unwrap_or_default();
    said.choose(&mut villain.random).into_iter().copied().collect()
}

//! What a box that was away costs those who bring it up to date, and what its clock does to that.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Missing;
use dorpsplein_protocol::operation::{Statement, SubArea};
use dorpsplein_protocol::replica::{Effect, Input, Refusal};
use dorpsplein_protocol::sync::ANTI_ENTROPY_MS;
use dorpsplein_protocol::time::Timestamp;
use support::{DAY, HOUR, MINUTE, START, World, title};

#[test]
fn what_one_device_said_and_one_answer_carries_is_sent_once() {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let second = world.second_box(&mut village);
    let mut bytes = 0;
    for number in 0..200 {
        world.now = world.now.plus_millis(2 * MINUTE);
        let area = Statement::SubArea(SubArea { name: format!("Veld {number}") });
        bytes += world.state(village.at, &mut village.founder, area).encode().len();
    }
    let before = world.traffic.bytes;
    world.connect(second, village.at);
    world.run();
    assert_eq!(world.boxes[second].operation_count(), world.boxes[village.at].operation_count());
    let sent = world.traffic.bytes - before;
    assert!(sent < bytes + bytes / 2, "{sent} bytes for a register of {bytes}");
}

#[test]
fn a_clock_that_is_set_back_does_not_put_comparing_off() {
    let mut world = World::new();
    let village = world.found("Hogeveld");
    let mut wakes_at = |now| {
        let effects = world.boxes[village.at].handle(now, Input::Tick);
        effects.iter().find_map(|effect| if let Effect::WakeAt { time } = effect { Some(*time) } else { None }).unwrap()
    };
    let ahead = START.plus_millis(365 * DAY);
    assert_eq!(wakes_at(ahead), ahead.plus_millis(ANTI_ENTROPY_MS));
    let right = START.plus_millis(MINUTE);
    assert_eq!(wakes_at(right), right.plus_millis(ANTI_ENTROPY_MS));
}

#[test]
fn a_clock_that_is_set_back_hides_nothing_that_was_taken_in() {
    let mut world = World::new();
    let mut village = world.found("Hogeveld");
    let mut anne = world.join(&mut village);
    let (at, place, posted) = (village.at, village.square(), world.now);
    let item = world.post(at, &mut anne, place, "Soep");
    let listener = world.second_box(&mut village);
    world.now = Timestamp::from_millis(posted.as_millis() - 14 * HOUR);
    let soon = anne.edit(place, item, vec![item.into()], vec![title("Erwtensoep")], posted.plus_millis(MINUTE));
    world.submit(at, &soon).unwrap();
    let late = anne.edit(place, item, vec![soon.id()], vec![title("Bruine bonen")], posted.plus_millis(HOUR));
    let missing = Refusal::Missing(Missing::Time(late.header().time));
    assert_eq!(world.submit(at, &late), Err(missing));
    world.connect(listener, at);
    world.run();
    for at in [at, listener] {
        assert_eq!(world.boxes[at].row(item).unwrap().content.title.as_deref(), Some("Erwtensoep"));
    }
}

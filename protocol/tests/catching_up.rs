//! What a box that was away costs those who bring it up to date, and what its clock does to that.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use dorpsplein_protocol::authority::Missing;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{Kind, OperationId, Signed, Statement, SubArea};
use dorpsplein_protocol::replica::{Effect, Input, Refusal};
use dorpsplein_protocol::sync::{ANTI_ENTROPY_MS, Message};
use dorpsplein_protocol::time::Timestamp;
use support::{DAY, HOUR, MINUTE, START, Village, World, body, news_edits, title};

/// A village with two boxes that are not connected, and what was written at the first one; one message in 20 seconds.
fn one_that_was_away(messages: usize) -> (World, Village, usize, Vec<Signed>) {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let second = world.second_box(&mut village);
    let mut anne = world.join(&mut village);
    world.connect(second, village.at);
    world.run();
    let posts = (0..messages).map(|n| post(&mut world, &village, &mut anne, n)).collect();
    (world, village, second, posts)
}

/// Something short, written at the village's first box.
fn post(world: &mut World, village: &Village, device: &mut Device, number: usize) -> Signed {
    world.now = world.now.plus_millis(20_000);
    let edits = news_edits(&format!("Bericht {number}"));
    let operation = device.create(village.square(), Kind::NEWS, None, edits, world.now);
    world.submit(village.at, &operation).unwrap();
    operation
}

/// Breaks every stream.
fn cut_all(world: &mut World) {
    (0..world.boxes.len()).for_each(|at| world.reopen(at));
}

/// What was said since listening began.
fn said(world: &World) -> Vec<Message> {
    let heard = world.traffic.heard.as_ref().unwrap();
    heard.iter().map(|(_, frame)| Message::decode(frame).unwrap()).collect()
}

/// How many operations a box was brought, over all its sessions.
fn brought(world: &World, at: usize) -> u64 {
    world.boxes[at].replica.sessions().map(|(_, status)| status.received).sum()
}

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

#[test]
fn a_long_register_by_one_device_is_sent_once() {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let second = world.second_box(&mut village);
    for number in 0..600 {
        world.now = world.now.plus_millis(1_000);
        let area = Statement::SubArea(SubArea { name: format!("Veld {number}") });
        world.state(village.at, &mut village.founder, area);
    }
    world.connect(second, village.at);
    world.run();
    let statements = world.boxes[village.at].operation_count();
    assert_eq!(world.boxes[second].operation_count(), statements);
    assert!(brought(&world, second) <= statements as u64 + 2, "{} brought {statements}", brought(&world, second));
}

#[test]
fn two_who_hold_the_same_share_the_work_of_bringing_it() {
    let (mut world, mut village, second, posts) = one_that_was_away(500);
    world.run();
    assert!(posts.iter().all(|post| world.boxes[second].holds(post)));
    let third = world.second_box(&mut village);
    world.connect(third, village.at);
    world.connect(third, second);
    world.run();
    let held = world.boxes[village.at].operation_count();
    assert_eq!(world.boxes[third].operation_count(), held);
    // The registers are compared on both streams before either can know what the other brings.
    assert!(brought(&world, third) < held as u64 + 50, "{} brought, {held} held", brought(&world, third));
}

#[test]
fn who_names_what_it_does_not_bring_holds_others_up_for_seconds_and_no_longer() {
    let (mut world, mut village, second, _) = one_that_was_away(0);
    let idler = world.second_box(&mut village);
    let mut anne = world.join(&mut village);
    world.run();
    cut_all(&mut world);
    let posts: Vec<Signed> = (0..20).map(|n| post(&mut world, &village, &mut anne, n)).collect();
    let key = world.boxes[idler].key;
    let (puppet, _) = world.greeting_puppet(second, key, village.id);
    let effects = world.say(puppet, &Message::Have { ids: posts.iter().map(Signed::id).collect() });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Send { .. })), "it is asked for them");
    world.connect(second, village.at);
    world.run();
    assert!(!world.boxes[second].holds(&posts[0]), "nothing is fetched twice as long as it can be expected");
    // A word now and then is no answer.
    let nothing = Message::Operations { operations: Vec::new(), absent: Vec::new(), later: Vec::new(), more: true };
    for _ in 0..6 {
        world.say(puppet, &nothing);
        world.pass(1_000);
    }
    assert!(posts.iter().all(|post| world.boxes[second].holds(post)), "then the other one is asked");
}

#[test]
fn what_is_large_comes_when_all_that_is_small_is_there() {
    let (mut world, village, second, _) = one_that_was_away(0);
    let mut village = village;
    let mut anne = world.join(&mut village);
    world.run();
    cut_all(&mut world);
    for number in 0..3 {
        world.now = world.now.plus_millis(20_000);
        let edits = vec![title("Notulen"), body(&"Agendapunt. ".repeat(1_000))];
        let minutes = anne.create(village.square(), Kind::NEWS, None, edits, world.now);
        world.submit(village.at, &minutes).unwrap();
        (0..30).for_each(|n| drop(post(&mut world, &village, &mut anne, number * 30 + n)));
    }
    world.traffic.heard = Some(Vec::new());
    world.connect(second, village.at);
    world.run();
    assert!(world.boxes[second].rows() == world.boxes[village.at].rows());
    let sizes: Vec<u32> = said(&world)
        .into_iter()
        .filter_map(
            |message| if let Message::Operations { operations, .. } = message { Some(operations) } else { None },
        )
        .flatten()
        .map(|transfer| Signed::decode(&transfer).unwrap().header().payload_length)
        .collect();
    assert_eq!(sizes.len(), 93);
    assert!(sizes[..90].iter().all(|size| *size < 4_096) && sizes[90..].iter().all(|size| *size > 4_096), "{sizes:?}");
}

#[test]
fn what_can_come_by_several_ways_is_sent_once_to_each() {
    let mut world = World::new();
    let mut a = world.found("Oosterwijk aan de Vliet");
    let mut b = world.found("Hogeveld");
    let second = world.second_box(&mut a);
    world.agree(&mut a, &mut b);
    let mut anne = world.join(&mut a);
    for (from, to) in [(second, a.at), (b.at, a.at)] {
        world.connect(from, to);
        world.run();
    }
    world.connect(second, b.at);
    world.run();
    world.traffic.heard = Some(Vec::new());
    let item = world.post(a.at, &mut anne, a.neighbours(), "De brug is dicht");
    world.run();
    for at in [a.at, second, b.at] {
        assert!(world.boxes[at].row(item).is_some());
    }
    let (mut pushed, mut named, mut fetched) = (0, 0, 0);
    for message in said(&world) {
        match message {
            Message::Push { .. } => pushed += 1,
            Message::Have { .. } => named += 1,
            Message::Fetch { .. } => fetched += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((pushed, fetched), (2, 0), "each of the others gets it from where it was written");
    assert!(named <= 2, "and hears of it once more from each other at most");
}

#[test]
fn catching_up_goes_on_where_it_was_cut() {
    let (mut world, village, second, posts) = one_that_was_away(0);
    let mut village = village;
    let mut anne = world.join(&mut village);
    world.run();
    cut_all(&mut world);
    assert!(posts.is_empty());
    let posts: Vec<Signed> = (0..3_000).map(|n| post(&mut world, &village, &mut anne, n)).collect();
    let bytes: usize = posts.iter().map(|post| post.encode().len()).sum();
    let (before, mut arrived) = (world.traffic.bytes, BTreeSet::new());
    for _ in 0..4 {
        world.connect(second, village.at);
        world.run_some(14);
        cut_all(&mut world);
        let here: BTreeSet<OperationId> =
            posts.iter().filter(|post| world.boxes[second].holds(post)).map(Signed::id).collect();
        assert!(here.is_superset(&arrived), "nothing that came is lost");
        arrived = here;
    }
    assert!((500..3_000).contains(&arrived.len()), "{} of 3,000 after four cuts", arrived.len());
    world.connect(second, village.at);
    world.run();
    assert!(posts.iter().all(|post| world.boxes[second].holds(post)));
    let sent = world.traffic.bytes - before;
    // Four answers that were under way when the line broke, and four times the names of what is missing.
    assert!(sent < 2 * bytes, "{sent} bytes for {bytes}");
}

#[test]
fn two_that_hold_the_same_say_so_in_one_round_trip() {
    let (mut world, village, second, _) = one_that_was_away(300);
    world.run();
    cut_all(&mut world);
    world.traffic = support::Traffic { heard: Some(Vec::new()), ..Default::default() };
    world.connect(second, village.at);
    world.run();
    let said = said(&world);
    assert!(matches!(said[..], [Message::Hello { .. }, Message::Hello { .. }, Message::Roots { .. }, Message::Same]));
    let bytes = world.traffic.bytes + 4 * world.traffic.frames;
    assert!(bytes <= 400, "{bytes} bytes");
    assert!(world.boxes.iter().all(|one| one.replica.sessions().all(|(_, status)| status.in_step)));
}

#[test]
fn a_few_recent_changes_cost_little_more_than_themselves() {
    let (mut world, village, second, _) = one_that_was_away(2_000);
    let mut village = village;
    let mut anne = world.join(&mut village);
    world.run();
    cut_all(&mut world);
    let posts: Vec<Signed> = (0..10).map(|n| post(&mut world, &village, &mut anne, n)).collect();
    let bytes: usize = posts.iter().map(|post| post.encode().len()).sum();
    let before = world.traffic.bytes;
    world.connect(second, village.at);
    world.run();
    assert!(posts.iter().all(|post| world.boxes[second].holds(post)));
    let sent = world.traffic.bytes - before;
    assert!(sent < bytes + 3_000, "{sent} bytes for {bytes}");
}

#[test]
fn somebody_who_asks_makes_the_boxes_compare_at_once() {
    let (mut world, village, second, _) = one_that_was_away(3);
    world.run();
    for at in [village.at, second] {
        let before: u64 = world.boxes[second].replica.sessions().map(|(_, status)| status.comparisons).sum();
        world.handle(at, Input::Compare);
        world.run();
        let after: u64 = world.boxes[second].replica.sessions().map(|(_, status)| status.comparisons).sum();
        assert!(after > before, "whichever side leads");
    }
}

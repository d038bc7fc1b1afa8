//! Photos between boxes: they arrive whole, in the right hands, within their room, and go when nothing refers to them.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{
    DeviceCount, Edit, Field, ItemId, Kind, MemberRemoval, ModerationReason, Rescue, ResidentId, Statement, Value,
};
use dorpsplein_protocol::photo::{CHUNK_BYTES, ChunkHashes, PhotoId, chunk_range};
use dorpsplein_protocol::replica::{Effect, Input, PhotoEffect, PhotoInput, PhotoQuota, Refusal};
use dorpsplein_protocol::store::Table;
use dorpsplein_protocol::sync::{ANSWER_CHUNKS, ANTI_ENTROPY_MS, CloseReason, Message};
use support::{HOUR, Puppet, TestShelf, Village, World, news_edits, photo_edit, photo_edit_at, picture};

/// Two villages with an agreement and a place for photos each, not connected yet, and somebody of the first.
fn two_villages() -> (World, Village, Village, Device) {
    let mut world = World::new();
    let mut a = world.found("Oosterwijk aan de Vliet");
    let mut b = world.found("Hogeveld");
    world.agree(&mut a, &mut b);
    for at in [a.at, b.at] {
        world.put_up(at, TestShelf::default());
    }
    let anne = world.join(&mut a);
    (world, a, b, anne)
}

fn resident(world: &World, at: usize, device: &Device) -> ResidentId {
    world.boxes[at].replica.registers().home().membership(&device.key()).unwrap().resident
}

/// Hands in a photo, and news that shows it.
fn post(world: &mut World, at: usize, device: &mut Device, place: Place, file: &[u8]) -> ItemId {
    let by = resident(world, at, device);
    assert!(world.hand_in(at, by, file));
    let mut edits = news_edits("De linde op de brink");
    edits.push(photo_edit(file, "De linde, vol in blad"));
    let operation = device.create(place, Kind::NEWS, None, edits, world.now);
    world.submit(at, &operation).unwrap().item
}

fn sent(effects: &[Effect]) -> Vec<Message> {
    let frames = effects.iter().filter_map(|effect| match effect {
        Effect::Send { frame, .. } => Some(Message::decode(frame).unwrap()),
        _ => None,
    });
    frames.collect()
}

/// Whoever holds the key of the second village's box, greeted, once the first knows that village's register.
fn neighbour_puppet(world: &mut World, a: &Village, b: &Village) -> Puppet {
    let (session, _) = world.connect(b.at, a.at);
    world.run();
    world.disconnect(b.at, session);
    let key = world.boxes[b.at].key;
    world.greeting_puppet(a.at, key, b.id).0
}

fn fetch(photo: PhotoId) -> Message {
    Message::PhotoFetch { photo, from: 0, count: ANSWER_CHUNKS, list: true }
}

#[test]
fn a_photo_arrives_whole_after_everything_else_and_at_once_when_it_is_posted() {
    let (mut world, a, b, mut anne) = two_villages();
    let early = picture(20 * CHUNK_BYTES + 11, 1);
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &early);
    world.connect(b.at, a.at);
    world.run();
    assert_eq!(world.boxes[b.at].row(item), world.boxes[a.at].row(item));
    assert!(world.has_photo(b.at, &early));
    assert_eq!(world.shelf(b.at).kept, 21, "every chunk came once");

    let live = picture(5000, 2);
    post(&mut world, a.at, &mut anne, a.neighbours(), &live);
    world.run();
    assert!(world.has_photo(b.at, &live));
    let counts = world.boxes[b.at].replica.photos();
    assert_eq!((counts.held, counts.wanted, counts.over_quota), (2, 0, 0));
    assert_eq!((counts.held_bytes, counts.wanted_bytes), ((early.len() + live.len()) as u64, 0));
    assert!(world.traffic.closed.is_empty());
}

#[test]
fn a_photo_that_was_cut_off_goes_on_where_it_was_without_coming_again() {
    let (mut world, a, b, mut anne) = two_villages();
    let file = picture(30 * CHUNK_BYTES, 3);
    post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    let (session, _) = world.connect(b.at, a.at);
    while world.shelf(b.at).kept < 11 {
        world.step();
    }
    world.disconnect(b.at, session);
    world.run();
    let before = world.shelf(b.at).kept;
    assert!((11..30).contains(&before), "cut in the middle");
    world.reopen(b.at);
    world.run();
    let bytes = world.traffic.bytes;
    world.connect(b.at, a.at);
    world.run();
    assert!(world.has_photo(b.at, &file));
    assert_eq!(world.shelf(b.at).kept, 30, "nothing that was there was written again");
    let again = world.traffic.bytes - bytes;
    assert!(again < (30 - before) * CHUNK_BYTES + 20_000, "{again} bytes for the rest");
}

#[test]
fn two_boxes_that_have_it_share_the_work_and_nothing_comes_twice() {
    let (mut world, mut a, b, mut anne) = two_villages();
    let files: Vec<Vec<u8>> = (0..4).map(|grain| picture(9 * CHUNK_BYTES, grain)).collect();
    for file in &files {
        post(&mut world, a.at, &mut anne, a.neighbours(), file);
    }
    let second = world.second_box(&mut a);
    world.put_up(second, TestShelf::default());
    world.connect(second, a.at);
    world.run();
    assert!(files.iter().all(|file| world.has_photo(second, file)));
    world.connect(b.at, a.at);
    world.connect(b.at, second);
    world.run();
    assert!(files.iter().all(|file| world.has_photo(b.at, file)));
    assert_eq!(world.shelf(b.at).kept, 4 * 9);
}

#[test]
fn a_photo_passes_on_as_soon_as_it_is_there() {
    let (mut world, mut a, b, mut anne) = two_villages();
    let second = world.second_box(&mut a);
    world.put_up(second, TestShelf::default());
    // The second village has to know whose box the one in the middle is.
    let (session, _) = world.connect(b.at, a.at);
    world.run();
    world.disconnect(b.at, session);
    world.connect(b.at, second);
    world.connect(second, a.at);
    world.run();
    let file = picture(12 * CHUNK_BYTES, 5);
    post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    world.run();
    assert!(world.has_photo(second, &file));
    assert!(world.has_photo(b.at, &file), "asked for before the box in the middle had it, and told when it had");
}

#[test]
fn who_may_not_see_an_item_gets_of_its_photo_what_it_would_get_of_none() {
    let (mut world, a, b, mut anne) = two_villages();
    let hidden = picture(3000, 6);
    post(&mut world, a.at, &mut anne, a.square(), &hidden);
    let shared = picture(3000, 7);
    post(&mut world, a.at, &mut anne, a.neighbours(), &shared);
    let stranger = world.secret().public();
    let (stranger, _) = world.greeting_puppet(a.at, stranger, b.id);
    let puppet = neighbour_puppet(&mut world, &a, &b);
    let ask = |world: &mut World, puppet: Puppet, photo: PhotoId| {
        let mut messages = sent(&world.say(puppet, &fetch(photo)));
        while let Some(effects) = world.step() {
            messages.extend(sent(&effects));
        }
        messages
    };
    let (of_square, of_neighbours) = (PhotoId::of(&hidden).unwrap(), PhotoId::of(&shared).unwrap());
    let of_nothing = PhotoId::from_bytes([3; 32]);
    for photo in [of_square, of_nothing] {
        assert_eq!(ask(&mut world, puppet, photo), [Message::PhotoAbsent { photo }]);
    }
    let answer = ask(&mut world, puppet, of_neighbours);
    assert!(matches!(answer.as_slice(), [Message::PhotoChunk { index: 0, data, .. }] if *data == shared));
    assert!(!ask(&mut world, stranger, of_neighbours).iter().any(|m| matches!(m, Message::PhotoChunk { .. })));
    world.shelf(a.at).lost = true;
    assert_eq!(ask(&mut world, puppet, of_neighbours), [Message::PhotoAbsent { photo: of_neighbours }]);
}

#[test]
fn a_lying_peers_chunk_is_refused_and_costs_nothing_else() {
    let (mut world, a, b, mut anne) = two_villages();
    let file = picture(3 * CHUNK_BYTES, 8);
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    world.connect(b.at, a.at);
    // Everything but the photo comes from a box that has it; the photo is asked of a liar.
    let photo = PhotoId::of(&file).unwrap();
    let list = ChunkHashes::of(&file).unwrap().bytes();
    let mut lies = 0;
    while let Some(effects) = world.step() {
        for effect in &effects {
            let Effect::Photo(PhotoEffect::Read { session, .. }) = effect else { continue };
            lies += 1;
            if lies > 1 {
                continue;
            }
            let mut data = file[chunk_range(file.len(), 0)].to_vec();
            data[100] ^= 1;
            let lie = Message::PhotoChunk { photo, index: 0, list: list.clone(), data };
            world.inject(a.at, *session, &lie);
        }
    }
    assert_eq!(world.boxes[b.at].row(item), world.boxes[a.at].row(item));
    assert!(!world.has_photo(b.at, &file));
    assert_eq!(world.shelf(b.at).kept, 0, "nothing of the lie was kept, nor of what came after it");
    assert!(world.traffic.closed.is_empty(), "and the session goes on");
    let next = post(&mut world, a.at, &mut anne, a.neighbours(), &picture(900, 9));
    world.run();
    assert_eq!(world.boxes[b.at].row(next), world.boxes[a.at].row(next));
    world.pass(ANTI_ENTROPY_MS);
    assert!(world.has_photo(b.at, &file), "asked again after a while, it told the truth");
}

#[test]
fn what_is_no_photo_is_thrown_away_and_not_asked_for_again() {
    let (mut world, a, b, mut anne) = two_villages();
    let film = [picture(2000, 1), b"en nog een filmpje".to_vec()].concat();
    post(&mut world, a.at, &mut anne, a.neighbours(), &film);
    world.connect(b.at, a.at);
    world.run();
    assert!(!world.has_photo(b.at, &film));
    world.pass(ANTI_ENTROPY_MS);
    world.pass(ANTI_ENTROPY_MS);
    assert_eq!(world.shelf(b.at).kept, 1, "once was enough");
}

#[test]
fn an_erased_item_takes_its_photo_with_it_on_both_boxes_in_the_same_turn() {
    let (mut world, a, b, mut anne) = two_villages();
    let (file, other) = (picture(2 * CHUNK_BYTES, 1), picture(700, 2));
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    let kept = post(&mut world, a.at, &mut anne, a.neighbours(), &other);
    world.connect(b.at, a.at);
    world.run();
    assert!(world.has_photo(b.at, &file));
    let heads = world.boxes[a.at].row(item).unwrap().heads;
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let erase = anne.edit(a.neighbours(), item, heads, vec![erase], world.now);
    world.submit(a.at, &erase).unwrap();
    assert!(!world.has_photo(a.at, &file), "gone here before anybody was told");
    world.run();
    assert!(!world.has_photo(b.at, &file));
    for at in [a.at, b.at] {
        assert!(world.has_photo(at, &other) && world.boxes[at].row(kept).is_some());
        assert_eq!(world.boxes[at].dump(&[Table::Photos]).len(), 1);
    }
}

#[test]
fn a_photo_stays_as_long_as_one_item_refers_to_it() {
    let (mut world, a, _, mut anne) = two_villages();
    let file = picture(2500, 1);
    let items = [0, 1].map(|_| post(&mut world, a.at, &mut anne, a.square(), &file));
    for (item, stays) in items.into_iter().zip([true, false]) {
        let heads = world.boxes[a.at].row(item).unwrap().heads;
        let without = vec![Edit::Set { field: Field::PHOTOS[0], value: Value::Null }];
        let edit = anne.edit(a.square(), item, heads, without, world.now);
        world.submit(a.at, &edit).unwrap();
        assert_eq!(world.boxes[a.at].row(item).unwrap().content.photos, []);
        assert_eq!(world.has_photo(a.at, &file), stays);
    }
}

#[test]
fn an_erasure_in_the_middle_of_a_photo_ends_it() {
    let (mut world, a, b, mut anne) = two_villages();
    let file = picture(40 * CHUNK_BYTES, 3);
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    world.connect(b.at, a.at);
    while world.shelf(b.at).kept < 9 {
        world.step();
    }
    let heads = world.boxes[a.at].row(item).unwrap().heads;
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    world.submit(a.at, &anne.edit(a.neighbours(), item, heads, vec![erase], world.now)).unwrap();
    world.run();
    for at in [a.at, b.at] {
        let shelf = world.shelf(at);
        assert!(shelf.whole.is_empty() && shelf.begun.is_empty());
    }
    assert!(world.traffic.closed.is_empty());
}

#[test]
fn each_resident_and_each_neighbour_has_their_own_room() {
    let (mut world, mut a, b, mut anne) = two_villages();
    let mut joost = world.join(&mut a);
    let quota = PhotoQuota { resident: 10_000, neighbour: 6_000 };
    for at in [a.at, b.at] {
        world.put_up(at, TestShelf { quota: Some(quota), ..TestShelf::default() });
    }
    let by = resident(&world, a.at, &anne);
    let first = post(&mut world, a.at, &mut anne, a.neighbours(), &picture(5000, 1));
    let second = picture(5000, 2);
    post(&mut world, a.at, &mut anne, a.neighbours(), &second);
    assert!(!world.hand_in(a.at, by, &picture(1000, 3)), "her room is full");
    post(&mut world, a.at, &mut joost, a.neighbours(), &picture(700, 4));
    world.connect(b.at, a.at);
    world.run();
    let counts = world.boxes[b.at].replica.photos();
    assert_eq!((counts.held, counts.over_quota), (2, 1), "next door there is room for one of hers and for his");

    let heads = world.boxes[a.at].row(first).unwrap().heads;
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    world.submit(a.at, &anne.edit(a.neighbours(), first, heads, vec![erase], world.now)).unwrap();
    world.run();
    assert!(world.has_photo(b.at, &second), "there is room now");
    assert_eq!(world.boxes[b.at].replica.photos().over_quota, 0);
    assert!(world.hand_in(a.at, by, &picture(1000, 3)));
}

#[test]
fn a_form_hands_in_the_photo_first_and_says_how_long_it_is() {
    let (mut world, a, _, mut anne) = two_villages();
    let (file, other) = (picture(3000, 1), picture(3001, 1));
    let by = resident(&world, a.at, &anne);
    let news = |device: &mut Device, edit: Edit, world: &World| {
        let edits = [news_edits("Rommelmarkt"), vec![edit]].concat();
        device.create(a.square(), Kind::NEWS, None, edits, world.now)
    };
    let early = news(&mut anne, photo_edit(&file, "Kraampjes"), &world);
    assert_eq!(world.submit(a.at, &early), Err(Refusal::PhotoMissing));
    assert!(world.hand_in(a.at, by, &file));
    let Edit::Set { value: Value::Bytes(mut bytes), .. } = photo_edit(&file, "Kraampjes") else { panic!() };
    let place = bytes.windows(2).position(|pair| pair == 3000u16.to_be_bytes()).unwrap();
    bytes[place..place + 2].copy_from_slice(&(other.len() as u16).to_be_bytes());
    let longer = Edit::Set { field: Field::PHOTOS[3], value: Value::Bytes(bytes) };
    assert_eq!(world.submit(a.at, &news(&mut anne, longer, &world)), Err(Refusal::PhotoMissing));
    let several = photo_edit_at(Field::PHOTOS[7], &file, "Kraampjes op het plein");
    let item = world.submit(a.at, &news(&mut anne, several, &world)).unwrap().item;
    assert_eq!(world.boxes[a.at].row(item).unwrap().content.photos[0].field, Field::PHOTOS[7]);
}

#[test]
fn what_nobody_refers_to_is_thrown_away_after_an_hour() {
    let (mut world, a, _, anne) = two_villages();
    let (file, by) = (picture(3000, 1), resident(&world, a.at, &anne));
    assert!(world.hand_in(a.at, by, &file));
    world.pass(HOUR - 1);
    assert!(world.has_photo(a.at, &file));
    world.pass(1);
    assert!(!world.has_photo(a.at, &file));
    // What is on the shelf when a box starts and nothing refers to goes at once.
    let mut stray = TestShelf::default();
    stray.whole.insert(PhotoId::of(&file).unwrap(), file.clone());
    world.put_up(a.at, stray);
    assert!(!world.has_photo(a.at, &file));
}

#[test]
fn a_peer_that_asks_out_of_turn_or_for_too_much_is_hung_up_on() {
    let (mut world, a, b, mut anne) = two_villages();
    let file = picture(3000, 1);
    post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    let photo = PhotoId::of(&file).unwrap();
    let asks = [
        vec![Message::PhotoFetch { photo, from: 0, count: ANSWER_CHUNKS + 1, list: true }],
        vec![Message::PhotoFetch { photo, from: u32::MAX, count: 1, list: false }],
        vec![fetch(photo), fetch(photo)],
    ];
    for asks in asks {
        world.traffic.closed.clear();
        let puppet = neighbour_puppet(&mut world, &a, &b);
        asks.iter().for_each(|ask| drop(world.say(puppet, ask)));
        assert_eq!(world.traffic.closed, [CloseReason::Protocol], "{asks:?}");
    }
}

#[test]
fn a_box_without_a_place_for_photos_asks_for_none_and_keeps_the_references() {
    let mut world = World::new();
    let mut a = world.found("Oosterwijk aan de Vliet");
    let mut b = world.found("Hogeveld");
    world.agree(&mut a, &mut b);
    world.put_up(a.at, TestShelf::default());
    let mut anne = world.join(&mut a);
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &picture(3000, 1));
    world.connect(b.at, a.at);
    world.run();
    assert_eq!(world.boxes[b.at].row(item), world.boxes[a.at].row(item));
    assert_eq!(world.boxes[b.at].replica.photos().wanted, 0);
}

#[test]
fn a_disk_that_fails_in_the_middle_is_tried_again_later() {
    let (mut world, a, b, mut anne) = two_villages();
    let file = picture(20 * CHUNK_BYTES, 3);
    post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    world.connect(b.at, a.at);
    while world.shelf(b.at).kept < 5 {
        world.step();
    }
    let photo = PhotoId::of(&file).unwrap();
    let begun = world.shelf(b.at).begun.get_mut(&photo).unwrap();
    begun.truncate(2 * CHUNK_BYTES);
    world.handle(b.at, Input::Photo(PhotoInput::Failed { photo, chunks: 2 }));
    world.run();
    assert!(!world.has_photo(b.at, &file));
    world.pass(ANTI_ENTROPY_MS);
    assert!(world.has_photo(b.at, &file));
}

#[test]
fn a_box_that_looks_at_photos_slowly_has_no_heap_of_them_in_memory() {
    let (mut world, a, b, mut anne) = two_villages();
    let files: Vec<Vec<u8>> = (0..9).map(|grain| picture(3000, grain)).collect();
    for file in &files {
        post(&mut world, a.at, &mut anne, a.neighbours(), file);
    }
    world.shelf(b.at).slow = Some(Vec::new());
    world.connect(b.at, a.at);
    let mut looked_at = 0;
    loop {
        world.run();
        let waiting = world.shelf(b.at).slow.replace(Vec::new()).unwrap();
        if waiting.is_empty() {
            break;
        }
        assert!(waiting.len() <= 2, "{} files wait to be looked at", waiting.len());
        looked_at += waiting.len();
        for found in waiting {
            world.handle(b.at, Input::Photo(found));
        }
    }
    assert_eq!(looked_at, files.len());
    assert_eq!(world.boxes[b.at].replica.photos().held, files.len());
}

#[test]
fn a_photo_that_is_here_stays_when_the_room_is_made_smaller() {
    let (mut world, a, _, mut anne) = two_villages();
    let file = picture(5000, 1);
    let item = post(&mut world, a.at, &mut anne, a.neighbours(), &file);
    let shelf = std::mem::take(world.shelf(a.at));
    let quota = PhotoQuota { resident: 4000, neighbour: 4000 };
    world.put_up(a.at, TestShelf { quota: Some(quota), ..shelf });
    world.run();
    assert!(world.has_photo(a.at, &file));
    let by = resident(&world, a.at, &anne);
    assert!(!world.hand_in(a.at, by, &picture(100, 2)), "her room is more than full");

    let heads = world.boxes[a.at].row(item).unwrap().heads;
    let title = Edit::Set { field: Field::TITLE, value: Value::Text("De linde is gesnoeid".to_owned()) };
    world.submit(a.at, &anne.edit(a.neighbours(), item, heads, vec![title], world.now)).unwrap();
    world.run();
    assert!(world.has_photo(a.at, &file), "also when its item changes");
}

#[test]
fn who_is_brought_back_after_a_removal_has_the_photos_back_and_what_is_erased_meanwhile_is_gone() {
    let (mut world, mut a, _, mut anne) = two_villages();
    let (kept, gone) = (picture(5000, 1), picture(6000, 2));
    let square = a.square();
    let shown = post(&mut world, a.at, &mut anne, square, &kept);
    let erased = post(&mut world, a.at, &mut anne, square, &gone);
    let last = anne.sequence();
    let resident = resident(&world, a.at, &anne);
    let count = |last| DeviceCount { device: anne.key(), last };
    let removal = MemberRemoval { resident, counts: vec![count(last - 2)] };
    world.state(a.at, &mut a.founder, Statement::MemberRemoval(removal));
    assert!(world.boxes[a.at].row(shown).is_none(), "what a removal does not let count is shown to nobody");
    assert!(world.has_photo(a.at, &kept) && world.has_photo(a.at, &gone));
    world.reopen(a.at);
    let erasure = Edit::Erase { kind: Kind::NEWS, reason: Some(ModerationReason::Other), note: "Weg".to_owned() };
    let erasure = a.founder.edit(square, erased, vec![erased.into()], vec![erasure], world.now);
    world.submit(a.at, &erasure).unwrap();
    world.run();
    assert!(!world.has_photo(a.at, &gone), "nothing names it any more");
    assert!(world.has_photo(a.at, &kept));

    world.state(a.at, &mut a.founder, Statement::Rescue(Rescue { device: anne.key(), last }));
    world.run();
    assert!(world.boxes[a.at].row(shown).is_some() && world.has_photo(a.at, &kept));
    let leaving = Edit::Erase { kind: Kind::NEWS, reason: Some(ModerationReason::Other), note: "Weg".to_owned() };
    let leaving = a.founder.edit(square, shown, vec![shown.into()], vec![leaving], world.now);
    world.submit(a.at, &leaving).unwrap();
    world.run();
    assert!(!world.has_photo(a.at, &kept));
}

//! For whom an item is: moved from one audience to another it arrives whole where it is for, and goes where it was for.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{
    CircleAdmission, CircleFounding, CircleId, CircleJoining, CircleLeaving, Edit, ItemId, Kind, ModerationAct,
    ModerationReason, OperationId, Role, Signed, Space, Statement,
};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::{Read, Table};
use dorpsplein_protocol::sync::SpaceId;
use support::{MINUTE, Village, World, body, news_edits, title};

/// Words that are not for everybody.
const WORDS: &str = "De sleutel van de schuur hangt achter de klok";

struct Stage {
    world: World,
    a: Village,
    b: Village,
    anne: Device,
    tablet: Device,
    bart: Device,
}

/// Two villages with an agreement, connected and in step; a resident of the first with two devices, one of the second.
fn stage() -> Stage {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.agree(&mut a, &mut b);
    let mut anne = world.join(&mut a);
    let (tablet, _) = world.add_device(&a, &mut anne);
    let bart = world.join(&mut b);
    world.connect(a.at, b.at);
    world.run();
    Stage { world, a, b, anne, tablet, bart }
}

impl Stage {
    fn place(&self, space: Space) -> Place {
        Place { neighbourhood: self.a.id, space }
    }

    /// Anne writes something for this audience; and it goes where it is for.
    fn post(&mut self, space: Space) -> ItemId {
        let place = self.place(space);
        let item = self.world.post(self.a.at, &mut self.anne, place, WORDS);
        self.world.run();
        item
    }

    /// Anne shows an item of hers to these people from now on; what she signed.
    fn show(&mut self, item: ItemId, to: Space) -> Signed {
        let row = self.world.boxes[self.a.at].row(item).unwrap();
        let at = self.place(row.space);
        let moved = self.anne.show_to(at, item, row.heads, to, self.world.now);
        self.world.submit(self.a.at, &moved).unwrap();
        self.world.run();
        moved
    }

    /// Anne changes something in an item of hers; what she signed.
    fn change(&mut self, item: ItemId, edits: Vec<Edit>) -> Signed {
        let row = self.world.boxes[self.a.at].row(item).unwrap();
        let edit = self.anne.edit(self.place(row.space), item, row.heads, edits, self.world.now);
        self.world.submit(self.a.at, &edit).unwrap();
        self.world.run();
        edit
    }

    /// Somebody comments on an item, at the box of their village.
    fn comment(&mut self, visitor: bool, item: ItemId, space: Space) -> ItemId {
        let place = self.place(space);
        let (device, at) = if visitor { (&mut self.bart, self.b.at) } else { (&mut self.anne, self.a.at) };
        let comment = device.create(place, Kind::COMMENT, Some(item), vec![body(WORDS)], self.world.now);
        let comment = self.world.submit(at, &comment).unwrap().item;
        self.world.run();
        comment
    }

    fn shown_next_door(&self, item: ItemId) -> bool {
        let (here, there) = (self.world.boxes[self.a.at].row(item), self.world.boxes[self.b.at].row(item));
        assert!(there.is_none() || here == there, "both show the same");
        there.is_some()
    }

    /// The tables next door in which the words stand.
    fn words_next_door(&self) -> Vec<Table> {
        tables_with(&self.world, self.b.at, WORDS.as_bytes())
    }

    /// Both hold the same in every space they share, and nothing is missed or undecided.
    fn is_in_step(&mut self) -> bool {
        self.world.pass(6 * MINUTE);
        let trees = |at: usize| {
            let dump = self.world.boxes[at].dump(&[Table::Spaces]);
            let shared = |key: &&Vec<u8>| key[..32] == *self.a.id.as_bytes() && matches!(key[32], 0 | 3 | 4);
            dump.into_keys().map(|(_, key)| key).filter(|key| shared(&key)).collect::<Vec<_>>()
        };
        assert_eq!(trees(self.a.at), trees(self.b.at));
        assert!(self.world.boxes[self.b.at].dump(&[Table::Incomplete]).is_empty());
        self.world.boxes[self.b.at].dump(&[Table::Undecided]).is_empty()
    }
}

/// The tables of a box in which these bytes stand.
fn tables_with(world: &World, at: usize, bytes: &[u8]) -> Vec<Table> {
    let found = |table: &Table| {
        let dump = world.boxes[at].dump(&[*table]);
        let has = |text: &[u8]| text.windows(bytes.len()).any(|window| window == bytes);
        dump.iter().any(|((_, key), value)| has(key) || has(value))
    };
    Table::ALL.into_iter().filter(found).collect()
}

/// Whether these bytes stand in a frame that the box at `from` sent since the test listens.
fn was_sent(world: &World, from: usize, bytes: &[u8]) -> bool {
    let heard = world.traffic.heard.as_ref().unwrap().iter().filter(|(sender, _)| *sender == from);
    heard.into_iter().any(|(_, frame)| frame.windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn an_item_shown_to_more_people_arrives_with_all_that_was_done_to_it() {
    let mut stage = stage();
    for from in [Space::Members, Space::Square] {
        let item = stage.post(from);
        stage.change(item, vec![title("De schuur"), body(WORDS)]);
        let (id, neighbourhood) = (item.into(), stage.a.id);
        let row = stage.world.boxes[stage.a.at].row(item).unwrap();
        let pin = stage.a.founder.edit(stage.place(from), item, row.heads, vec![Edit::Pin(true)], stage.world.now);
        stage.world.submit(stage.a.at, &pin).unwrap();
        stage.world.run();
        assert!(!stage.shown_next_door(item));
        let b = &stage.world.boxes[stage.b.at];
        assert!(projection::operation(&b.store, &id).unwrap().is_none(), "nothing of it is known there");

        stage.show(item, Space::Neighbours);
        assert!(stage.shown_next_door(item));
        let row = stage.world.boxes[stage.b.at].row(item).unwrap();
        assert_eq!((row.space, row.pinned.is_some(), row.neighbourhood), (Space::Neighbours, true, neighbourhood));
        stage.change(item, vec![title("De schuur is op slot")]);
        assert!(stage.shown_next_door(item));
        assert!(stage.is_in_step());
    }
}

#[test]
fn an_item_shown_to_fewer_people_is_gone_where_it_was_and_nothing_of_what_follows_is_told() {
    let mut stage = stage();
    for to in [Space::Square, Space::Members] {
        let item = stage.post(Space::Neighbours);
        let before = stage.change(item, vec![body(WORDS)]);
        assert_eq!(stage.words_next_door(), [Table::Operations, Table::Rows]);
        stage.world.traffic.heard = Some(Vec::new());
        let moved = stage.show(item, to);
        assert!(
            was_sent(&stage.world, stage.a.at, moved.id().as_bytes().as_slice())
                || was_sent(&stage.world, stage.a.at, &moved.header().payload_hash)
        );
        assert!(!stage.shown_next_door(item));
        assert_eq!(stage.words_next_door(), []);
        let held = |operation: &Signed| stage.world.boxes[stage.b.at].holds(operation);
        assert!(held(&before) && held(&moved), "the envelopes and the move prove what was");

        let later = stage.change(item, vec![title("Nog iets")]);
        let comment = stage.comment(false, item, to);
        let erasure = stage.change(item, vec![Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() }]);
        assert!(stage.is_in_step());
        for operation in [&later, &erasure] {
            assert!(!was_sent(&stage.world, stage.a.at, &operation.header().payload_hash));
            assert!(!was_sent(&stage.world, stage.a.at, operation.id().as_bytes()));
        }
        assert!(!was_sent(&stage.world, stage.a.at, comment.as_bytes()));
        let b = stage.b.at;
        stage.world.reopen(b);
        stage.world.connect(b, stage.a.at);
        stage.world.run();
        assert!(stage.is_in_step());
        assert!(!stage.shown_next_door(item));
    }
}

#[test]
fn what_is_shown_again_comes_back_at_once() {
    let mut stage = stage();
    let item = stage.post(Space::Neighbours);
    let comment = stage.comment(true, item, Space::Neighbours);
    stage.show(item, Space::Square);
    assert!(!stage.shown_next_door(item) && !stage.shown_next_door(comment));
    assert_eq!(stage.words_next_door(), []);
    let row = stage.world.boxes[stage.a.at].row(comment).unwrap();
    assert_eq!(row.space, Space::Square, "what was said under it goes where it goes");
    assert!(stage.is_in_step());
    stage.show(item, Space::Neighbours);
    assert!(stage.shown_next_door(item), "its payload is asked for at once");
    stage.world.pass(6 * MINUTE);
    assert!(stage.shown_next_door(comment));
    assert!(stage.is_in_step());
}

#[test]
fn what_others_said_under_it_is_shown_to_nobody_they_did_not_say_it_to() {
    let mut stage = stage();
    let item = stage.post(Space::Square);
    let early = stage.comment(false, item, Space::Square);
    stage.show(item, Space::Neighbours);
    let late = stage.comment(true, item, Space::Neighbours);
    assert!(stage.shown_next_door(item) && stage.shown_next_door(late));
    assert!(!stage.shown_next_door(early));
    assert!(stage.is_in_step());
    assert_eq!(projection::thread(&stage.world.boxes[stage.a.at].store, &item).unwrap().len(), 2);
    // A page that was opened before the move signs for more people than there are now: it is asked to look again.
    stage.show(item, Space::Members);
    let place = stage.place(Space::Neighbours);
    let stale = stage.anne.create(place, Kind::COMMENT, Some(item), vec![body("Leuk")], stage.world.now);
    assert_eq!(stage.world.submit(stage.a.at, &stale), Err(Refusal::NotPermitted(Reason::Elsewhere)));
    for comment in [early, late] {
        assert_eq!(stage.world.boxes[stage.a.at].row(comment).unwrap().space, Space::Members);
    }
    assert_eq!(stage.words_next_door(), []);
    // Its author changes and erases it at home, unseen next door.
    let row = stage.world.boxes[stage.a.at].row(early).unwrap();
    let edit = stage.tablet.edit(stage.place(row.space), early, row.heads, vec![body("Anders")], stage.world.now);
    stage.world.submit(stage.a.at, &edit).unwrap();
    let heads = stage.world.boxes[stage.a.at].row(early).unwrap().heads;
    let erase = vec![Edit::Erase { kind: Kind::COMMENT, reason: None, note: String::new() }];
    let erasure = stage.tablet.edit(stage.place(row.space), early, heads, erase, stage.world.now);
    stage.world.submit(stage.a.at, &erasure).unwrap();
    stage.world.run();
    assert!(stage.world.boxes[stage.a.at].row(early).unwrap().erased.is_some());
    assert!(!stage.world.boxes[stage.b.at].holds(&edit));
    assert!(stage.is_in_step());
}

#[test]
fn what_is_done_to_an_answer_while_fewer_may_see_it_is_shown_when_more_may() {
    let mut stage = stage();
    let item = stage.post(Space::Neighbours);
    let comment = stage.comment(false, item, Space::Neighbours);
    stage.show(item, Space::Square);
    let edit = stage.change(comment, vec![body("De sleutel hangt nu bij de buren")]);
    assert_eq!(edit.header().space, Space::Square, "that is for whom it is meanwhile");
    stage.show(item, Space::Neighbours);
    assert!(stage.shown_next_door(item) && stage.shown_next_door(comment));
    assert!(stage.is_in_step());
}

#[test]
fn what_is_done_to_an_item_reaches_all_it_is_for_whomever_it_was_signed_for() {
    let mut stage = stage();
    let (item, square, now) = (stage.post(Space::Neighbours), stage.place(Space::Square), stage.world.now);
    let (act, reason) = (ModerationAct::Hide, ModerationReason::Other);
    let hide = Edit::Moderate { act, reason, note: "Staat er al".to_owned() };
    let hide = stage.a.founder.edit(square, item, vec![item.into()], vec![hide], now);
    stage.world.submit(stage.a.at, &hide).unwrap();
    stage.world.run();
    assert!(stage.world.boxes[stage.a.at].row(item).unwrap().hidden.is_some());
    assert!(stage.shown_next_door(item), "hidden there as well");
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let erase = stage.anne.edit(square, item, vec![hide.id()], vec![erase], now);
    stage.world.submit(stage.a.at, &erase).unwrap();
    stage.world.run();
    assert!(stage.shown_next_door(item) && stage.words_next_door().is_empty());
    assert!(stage.is_in_step());
}

#[test]
fn of_two_moves_at_once_the_narrower_counts_in_every_order_and_reaches_those_of_the_wider() {
    let mut stage = stage();
    for (wide, narrow) in [(Space::Neighbours, Space::Members), (Space::Square, Space::Members)] {
        let from = if wide == Space::Neighbours { Space::Square } else { Space::Neighbours };
        let item = stage.post(from);
        let (at, now) = (stage.place(from), stage.world.now);
        let widened = stage.anne.show_to(at, item, vec![item.into()], wide, now);
        let narrowed = stage.tablet.show_to(at, item, vec![item.into()], narrow, now);
        let second = stage.world.second_box(&mut stage.a);
        for (at, order) in [(stage.a.at, [&widened, &narrowed]), (second, [&narrowed, &widened])] {
            for operation in order {
                stage.world.submit(at, operation).unwrap();
                if at == stage.a.at {
                    // The first may be next door before the second is signed.
                    stage.world.run();
                }
            }
        }
        let [here, there] =
            [stage.a.at, second].map(|at| stage.world.boxes[at].dump(&[Table::Rows, Table::Spaces, Table::Audiences]));
        let differing: Vec<_> =
            here.iter().filter(|(key, value)| there.get(*key) != Some(value)).map(|(key, _)| key.0).collect();
        assert_eq!(differing, []);
        assert_eq!(stage.world.boxes[stage.a.at].row(item).unwrap().space, narrow);
        assert!(!stage.shown_next_door(item));
        assert_eq!(stage.words_next_door(), []);
        assert!(stage.is_in_step());
    }
}

#[test]
fn members_items_leave_no_trace_in_what_a_neighbour_hears() {
    let frames = |members: bool| {
        let mut stage = stage();
        stage.world.traffic.heard = Some(Vec::new());
        let mut secrets = Vec::new();
        for n in 0..5 {
            let place = stage.place(Space::Members);
            let made = stage.anne.create(place, Kind::NEWS, None, news_edits(WORDS), stage.world.now);
            let item = ItemId::from(made.id());
            let comment = stage.tablet.create(place, Kind::COMMENT, Some(item), vec![body(WORDS)], stage.world.now);
            if members {
                stage.world.submit(stage.a.at, &made).unwrap();
                stage.world.submit(stage.a.at, &comment).unwrap();
                secrets.extend([made, comment]);
            }
            let place = stage.a.neighbours();
            stage.world.post(stage.a.at, &mut stage.a.founder, place, &format!("Bericht {n}"));
            stage.world.run();
        }
        let connected = stage.world.connect(stage.b.at, stage.a.at).0;
        stage.world.run();
        stage.world.pass(6 * MINUTE);
        stage.world.disconnect(stage.b.at, connected);
        for secret in &secrets {
            assert!(!was_sent(&stage.world, stage.a.at, secret.id().as_bytes()));
            assert!(!was_sent(&stage.world, stage.a.at, &secret.header().payload_hash));
            assert!(stage.world.boxes[stage.a.at].row(secret.header().item()).is_some());
        }
        assert!(!was_sent(&stage.world, stage.a.at, WORDS.as_bytes()));
        stage.world.traffic.heard.take().unwrap()
    };
    assert!(frames(true) == frames(false), "whether there are members' items makes no difference to any byte");
}

#[test]
fn a_box_of_the_neighbourhood_holds_members_items_too() {
    let mut stage = stage();
    let item = stage.post(Space::Members);
    let second = stage.world.second_box(&mut stage.a);
    assert_eq!(stage.world.boxes[second].row(item), stage.world.boxes[stage.a.at].row(item));
    stage.show(item, Space::Square);
    stage.world.connect(second, stage.a.at);
    stage.world.run();
    assert!(stage.world.boxes[second].rows() == stage.world.boxes[stage.a.at].rows());
    let spaces = [Table::Spaces, Table::Audiences];
    assert!(stage.world.boxes[second].dump(&spaces) == stage.world.boxes[stage.a.at].dump(&spaces));
}

#[test]
fn nobody_moves_what_is_not_theirs_or_from_where_it_never_was() {
    let mut stage = stage();
    let (now, item) = (stage.world.now, stage.post(Space::Members));
    let refused = |reason| Err(Refusal::NotPermitted(reason));
    let members = stage.place(Space::Members);
    let theft = stage.a.founder.show_to(members, item, vec![item.into()], Space::Neighbours, now);
    assert_eq!(stage.world.submit(stage.a.at, &theft), refused(Reason::NotTheAuthor));
    for space in [Space::Square, Space::Neighbours] {
        let at = stage.place(space);
        let to = if space == Space::Square { Space::Neighbours } else { Space::Members };
        let moved = stage.tablet.show_to(at, item, vec![item.into()], to, now);
        assert_eq!(stage.world.submit(stage.a.at, &moved), refused(Reason::Elsewhere));
        let edit = stage.tablet.edit(at, item, vec![item.into()], vec![title("Voor meer mensen")], now);
        assert_eq!(stage.world.submit(stage.a.at, &edit), refused(Reason::Elsewhere));
    }
    let nowhere = Space::Circle(CircleId::from_bytes([9; 32]));
    let to_nobody = stage.tablet.show_to(members, item, vec![item.into()], nowhere, now);
    assert_eq!(stage.world.submit(stage.a.at, &to_nobody), refused(Reason::SpaceNotAllowed));
    let comment = stage.comment(false, item, Space::Members);
    let alone = stage.tablet.show_to(members, comment, vec![comment.into()], Space::Square, now);
    assert_eq!(stage.world.submit(stage.a.at, &alone), refused(Reason::NoSuchAct));
    // After a move back nobody signs for those it was for in between, knowing that.
    stage.show(item, Space::Neighbours);
    stage.show(item, Space::Members);
    let heads = stage.world.boxes[stage.a.at].row(item).unwrap().heads;
    let edit = stage.anne.edit(stage.a.neighbours(), item, heads, vec![title("Toch nog")], now);
    assert_eq!(stage.world.submit(stage.a.at, &edit), refused(Reason::Elsewhere));
    assert!(stage.is_in_step());
}

/// What a peer brings that a form would not is kept, and moves nothing.
#[test]
fn a_move_that_does_not_count_places_nothing() {
    let mut stage = stage();
    let (now, item) = (stage.world.now, stage.post(Space::Members));
    let second = stage.world.second_box(&mut stage.a);
    let (puppet, _) = stage.world.greeting_puppet(stage.a.at, stage.world.boxes[second].key, stage.a.id);
    stage.world.traffic.heard = Some(Vec::new());
    let members = stage.place(Space::Members);
    let mut carla = stage.world.join(&mut stage.a);
    let theft = carla.show_to(members, item, vec![item.into()], Space::Neighbours, now);
    let pulled = stage.tablet.edit(stage.a.neighbours(), item, vec![item.into()], vec![title("Hierheen")], now);
    for operation in [&theft, &pulled] {
        stage.world.bring(puppet, std::slice::from_ref(operation));
    }
    stage.world.run();
    stage.world.pass(6 * MINUTE);
    assert!(stage.world.boxes[stage.a.at].holds(&theft));
    assert!(!stage.world.boxes[stage.b.at].holds(&theft));
    let held = projection::operation(&stage.world.boxes[stage.b.at].store, &item.into()).unwrap();
    assert_eq!(held, None);
    assert!(!was_sent(&stage.world, stage.a.at, WORDS.as_bytes()));
}

#[test]
fn next_door_gives_receipts_for_what_left_it() {
    let mut stage = stage();
    let item = stage.post(Space::Neighbours);
    let receipts = |stage: &Stage| projection::receipts(&stage.world.boxes[stage.a.at].store, &item).unwrap();
    stage.world.pass(6 * MINUTE);
    assert_eq!(receipts(&stage), []);
    stage.show(item, Space::Square);
    stage.world.pass(6 * MINUTE);
    let given: Vec<_> = receipts(&stage).iter().map(|receipt| receipt.neighbourhood).collect();
    assert_eq!(given, [stage.b.id]);
    stage.show(item, Space::Neighbours);
    assert_eq!(receipts(&stage), [], "it is there again");
}

#[test]
fn an_item_erased_after_a_move_is_erased_where_it_is() {
    let mut stage = stage();
    let item = stage.post(Space::Square);
    stage.show(item, Space::Neighbours);
    assert!(stage.shown_next_door(item));
    stage.change(item, vec![Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() }]);
    assert!(stage.shown_next_door(item), "its row stays for the comments");
    for at in [stage.a.at, stage.b.at] {
        assert_eq!(tables_with(&stage.world, at, WORDS.as_bytes()), []);
    }
    assert!(stage.is_in_step());
    let heads = stage.world.boxes[stage.a.at].row(item).unwrap().heads;
    let place = stage.a.neighbours();
    let late = stage.tablet.show_to(place, item, heads, Space::Members, stage.world.now);
    assert_eq!(stage.world.submit(stage.a.at, &late), Err(Refusal::NotPermitted(Reason::Erased)));
}

/// A third village that has an agreement with the first, and a circle of the first and the second.
fn circle(stage: &mut Stage) -> (Village, CircleId, OperationId) {
    let mut c = stage.world.found("Molenwaard");
    stage.world.agree(&mut stage.a, &mut c);
    stage.world.connect(c.at, stage.a.at);
    let (a, b) = (stage.a.at, stage.b.at);
    let founding = Statement::CircleFounding(CircleFounding { name: "Aan het water".into() });
    let circle = CircleId::from(stage.world.state(a, &mut stage.a.founder, founding).id());
    let admission = Statement::CircleAdmission(CircleAdmission { circle, neighbourhood: stage.b.id });
    let admission = stage.world.state(a, &mut stage.a.founder, admission).id();
    stage.world.run();
    let joining = Statement::CircleJoining(CircleJoining { circle, founder: stage.a.id, admission });
    stage.world.state(b, &mut stage.b.founder, joining);
    stage.world.run();
    (c, circle, admission)
}

#[test]
fn what_is_for_a_circle_goes_to_those_who_belong_to_it_and_to_nobody_else() {
    let mut stage = stage();
    let (c, circle, _) = circle(&mut stage);
    stage.world.traffic.heard = Some(Vec::new());
    let item = stage.post(Space::Circle(circle));
    let answer = stage.comment(true, item, Space::Circle(circle));
    assert!(stage.shown_next_door(item) && stage.shown_next_door(answer));
    let there = Place { neighbourhood: stage.b.id, space: Space::Circle(circle) };
    let back = stage.world.post(stage.b.at, &mut stage.bart, there, "Van ons ook een groet");
    stage.world.run();
    assert!(stage.world.boxes[stage.a.at].row(back).is_some());
    for known in [item, answer, back] {
        assert_eq!(projection::operation(&stage.world.boxes[c.at].store, &known.into()).unwrap(), None);
    }
    assert!(stage.is_in_step());

    // To neighbours, and back: those of the circle lose nothing in between.
    stage.show(item, Space::Neighbours);
    assert!(stage.shown_next_door(item) && stage.world.boxes[c.at].row(item).is_some());
    stage.show(item, Space::Circle(circle));
    assert!(stage.shown_next_door(item));
    assert_eq!(stage.world.boxes[c.at].row(item), None);
    assert_eq!(tables_with(&stage.world, c.at, WORDS.as_bytes()), []);

    let leaving = Statement::CircleLeaving(CircleLeaving { circle, neighbourhood: stage.b.id });
    stage.world.state(stage.b.at, &mut stage.b.founder, leaving);
    stage.world.run();
    let later = stage.post(Space::Circle(circle));
    stage.world.pass(6 * MINUTE);
    assert!(stage.shown_next_door(item), "what was shared stays");
    assert_eq!(projection::operation(&stage.world.boxes[stage.b.at].store, &later.into()).unwrap(), None);
}

#[test]
fn what_comes_before_its_circle_is_known_waits_for_it() {
    let mut stage = stage();
    let (_, circle, _) = circle(&mut stage);
    let item = stage.post(Space::Circle(circle));
    let operation = projection::operation(&stage.world.boxes[stage.a.at].store, &item.into()).unwrap().unwrap();
    let operation = Signed::decode(&operation).unwrap();
    // Another box of the second village, that hears of the post before it hears of the circle.
    let second = stage.world.add_box(stage.b.id);
    for statement in &stage.b.beginning {
        stage.world.submit(second, statement).unwrap();
    }
    let (puppet, _) = stage.world.greeting_puppet(second, stage.world.boxes[stage.b.at].key, stage.b.id);
    let known = stage.world.boxes[stage.b.at].dump(&[Table::Operations]);
    let known: Vec<Signed> = known.values().map(|bytes| Signed::decode(bytes).unwrap()).collect();
    let is_of_circle = |signed: &Signed| {
        let payload = signed.payload().map(dorpsplein_protocol::operation::Payload::decode);
        matches!(payload, Some(Ok(dorpsplein_protocol::operation::Payload::Statement(Statement::CircleJoining(_)))))
    };
    let register = |signed: &&Signed| signed.header().space == Space::Register;
    for _ in 0..known.len() {
        for signed in known.iter().filter(register).filter(|signed| !is_of_circle(signed)) {
            stage.world.bring(puppet, std::slice::from_ref(signed));
        }
    }
    let space = SpaceId { neighbourhood: stage.a.id, space: Space::Circle(circle) };
    stage.world.bring(puppet, std::slice::from_ref(&operation));
    assert_eq!(stage.world.boxes[second].row(item), None, "{space:?}");
    for signed in known.iter().filter(|signed| is_of_circle(signed)) {
        stage.world.bring(puppet, std::slice::from_ref(signed));
    }
    stage.world.bring(puppet, std::slice::from_ref(&operation));
    assert_eq!(stage.world.boxes[second].row(item), stage.world.boxes[stage.b.at].row(item));
    assert!(stage.world.boxes[second].row(item).is_some());
}

#[test]
fn a_move_by_a_device_that_was_removed_before_is_undone() {
    let mut stage = stage();
    let item = stage.post(Space::Neighbours);
    let resident = stage.world.boxes[stage.a.at].replica.registers().home().membership(&stage.anne.key()).unwrap();
    let last = stage.tablet.sequence();
    let place = stage.a.neighbours();
    let moved = stage.tablet.show_to(place, item, vec![item.into()], Space::Members, stage.world.now);
    stage.world.submit(stage.a.at, &moved).unwrap();
    stage.world.run();
    assert!(!stage.shown_next_door(item));
    assert_eq!(resident.role, Role::Resident);
    let retirement = dorpsplein_protocol::operation::DeviceRetirement { device: stage.tablet.key(), last };
    stage.world.state(stage.a.at, &mut stage.anne, Statement::DeviceRetirement(retirement));
    stage.world.run();
    stage.world.pass(6 * MINUTE);
    assert!(stage.shown_next_door(item), "whoever still has the payload gives it back");
    assert!(stage.world.boxes[stage.a.at].store.get(Table::Audiences, item.as_bytes()).unwrap().is_none());
}

#[test]
fn an_item_moves_only_so_often_and_the_moves_of_one_device_are_one_line() {
    let mut stage = stage();
    let item = stage.post(Space::Square);
    let place = stage.a.square();
    let aside = stage.tablet.show_to(place, item, vec![item.into()], Space::Members, stage.world.now);
    let again = stage.tablet.show_to(place, item, vec![item.into()], Space::Neighbours, stage.world.now);
    stage.world.submit(stage.a.at, &aside).unwrap();
    let skipped = stage.world.submit(stage.a.at, &again);
    assert_eq!(skipped, Err(Refusal::NotPermitted(Reason::OwnHistorySkipped)));
    for n in 1..64 {
        let to = if n % 2 == 1 { Space::Square } else { Space::Members };
        stage.show(item, to);
    }
    let row = stage.world.boxes[stage.a.at].row(item).unwrap();
    let once_more = stage.anne.show_to(stage.place(row.space), item, row.heads, Space::Members, stage.world.now);
    assert_eq!(row.space, Space::Square);
    let refused = stage.world.submit(stage.a.at, &once_more);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NoSuchAct)));
}

/// A box in bad hands brings the square of one village to another: what is kept of it goes nowhere, not even to the next box
/// of the same neighbourhood.
#[test]
fn what_was_never_shared_goes_nowhere_from_where_it_was_brought() {
    let mut stage = stage();
    let second = stage.world.second_box(&mut stage.b);
    let (now, neighbourhood) = (stage.world.now, stage.a.id);
    let brought: Vec<Signed> = [Space::Square, Space::Members]
        .into_iter()
        .map(|space| stage.anne.create(Place { neighbourhood, space }, Kind::NEWS, None, news_edits(WORDS), now))
        .collect();
    let key = stage.world.boxes[stage.a.at].key;
    let (puppet, _) = stage.world.greeting_puppet(stage.b.at, key, stage.a.id);
    stage.world.connect(second, stage.b.at);
    stage.world.run();
    for operation in &brought {
        stage.world.bring(puppet, std::slice::from_ref(operation));
    }
    stage.world.traffic.heard = Some(Vec::new());
    stage.world.run();
    stage.world.pass(6 * MINUTE);
    stage.world.connect(second, stage.b.at);
    stage.world.run();
    for operation in &brought {
        assert!(stage.world.boxes[stage.b.at].holds(operation) && !stage.world.boxes[second].holds(operation));
        assert!(!was_sent(&stage.world, stage.b.at, operation.id().as_bytes()));
        assert!(!was_sent(&stage.world, stage.b.at, &operation.header().payload_hash));
    }
    assert_eq!(tables_with(&stage.world, second, WORDS.as_bytes()), []);
}

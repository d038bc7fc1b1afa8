//! Two boxes and the stream between them: from nothing to the same, and nothing to whom nothing is due.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use dorpsplein_protocol::authority::TreatyStage;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, CircleId, Kind, MAX_TRANSFER, NeighbourhoodId, OperationId, Role, Signed, SignedError, Space,
    Statement, TreatyEnd,
};
use dorpsplein_protocol::replica::{Effect, Input, MAX_UNDECIDED_PER_DEVICE, Refusal};
use dorpsplein_protocol::store::Table;
use dorpsplein_protocol::sync;
use dorpsplein_protocol::sync::{
    CloseReason, Comparison, Content, FRAME_OPERATIONS, Fingerprint, MAX_FRAME, Message, MessageError, SESSION_VERSION,
    Section, SpaceId, SpaceRoot, Tree,
};
use support::{MINUTE, Puppet, Village, World, news_edits, split_mix};

/// Two villages with an agreement, not connected yet.
fn two_villages() -> (World, Village, Village) {
    let mut world = World::new();
    let mut a = world.found("Oosterwijk aan de Vliet");
    let mut b = world.found("Hogeveld");
    world.agree(&mut a, &mut b);
    (world, a, b)
}

/// The rows both sides should agree on: those of one neighbourhood's `neighbours` space.
fn shared_rows(world: &World, at: usize, of: NeighbourhoodId) -> Vec<Vec<u8>> {
    let rows = world.boxes[at].dump(&[Table::Rows]);
    let rows = rows.values().map(|bytes| dorpsplein_protocol::projection::ItemRow::decode(bytes).unwrap());
    let shared = rows.filter(|row| row.neighbourhood == of && row.space == Space::Neighbours);
    shared.map(|row| row.encode()).collect()
}

fn messages(effects: &[Effect]) -> Vec<Message> {
    let frames = effects.iter().filter_map(|effect| match effect {
        Effect::Send { frame, .. } => Some(Message::decode(frame).unwrap()),
        _ => None,
    });
    frames.collect()
}

fn fetch(ids: &[OperationId]) -> Message {
    Message::Fetch { ids: ids.to_vec(), large: false }
}

/// The whole answer to a fetch.
fn answer(operations: &[&Signed], absent: &[OperationId]) -> Message {
    let operations = operations.iter().map(|operation| operation.encode().into()).collect();
    Message::Operations { operations, absent: absent.to_vec(), later: Vec::new(), more: false }
}

/// Says of a space that it holds these and nothing else.
fn listing(short: &[[u8; 8]]) -> Comparison {
    let everything = Section { end: sync::Place::END, content: Content::Listed(short.to_vec()) };
    Comparison { window: 0, sections: vec![everything] }
}

fn close_reason(effects: &[Effect]) -> Option<CloseReason> {
    effects.iter().find_map(|effect| match effect {
        Effect::Close { reason, .. } => Some(*reason),
        _ => None,
    })
}

#[test]
fn two_boxes_agree_from_nothing_and_keep_their_square_to_themselves() {
    let (mut world, mut a, mut b) = two_villages();
    let mut anne = world.join(&mut a);
    let mut bart = world.join(&mut b);
    for n in 0..5 {
        world.post(a.at, &mut anne, a.neighbours(), &format!("Buurtbericht {n}"));
        world.post(a.at, &mut anne, a.square(), &format!("Alleen hier {n}"));
        world.post(b.at, &mut bart, b.neighbours(), &format!("Van de overkant {n}"));
    }
    world.connect(a.at, b.at);
    world.run();

    for (here, there) in [(&a, &b), (&b, &a)] {
        assert_eq!(shared_rows(&world, here.at, here.id).len(), 5);
        assert_eq!(shared_rows(&world, there.at, here.id), shared_rows(&world, here.at, here.id));
        let registers = world.boxes[here.at].replica.registers();
        assert_eq!(registers.get(&there.id).unwrap().name(), world.boxes[there.at].replica.registers().home().name());
    }
    let square = world.boxes[b.at].dump(&[Table::Rows]);
    assert_eq!(square.len(), 10, "five of its own and five of the neighbours'; nothing of their square");
    assert!(world.boxes[a.at].replica.sessions().all(|(_, status)| status.in_step));
    assert!(world.traffic.closed.is_empty());
}

#[test]
fn what_is_written_while_connected_arrives_at_once() {
    let (mut world, mut a, mut b) = two_villages();
    let mut anne = world.join(&mut a);
    let mut bart = world.join(&mut b);
    world.connect(b.at, a.at);
    world.run();

    let item = world.post(a.at, &mut anne, a.neighbours(), "Het zwembad gaat open");
    world.run();
    assert_eq!(world.boxes[b.at].row(item), world.boxes[a.at].row(item));
    assert!(world.boxes[b.at].row(item).is_some());

    let comment = bart.create(a.neighbours(), Kind::COMMENT, Some(item), news_edits("Fijn"), world.now);
    let answer = world.submit(b.at, &comment).unwrap().item;
    world.run();
    assert_eq!(world.boxes[a.at].row(answer), world.boxes[b.at].row(answer));
    assert_eq!(dorpsplein_protocol::projection::thread_length(&world.boxes[a.at].store, &item).unwrap(), 1);

    let hidden = world.post(a.at, &mut anne, a.square(), "Vergadering van de speeltuin");
    world.run();
    assert!(world.boxes[a.at].row(hidden).is_some());
    assert_eq!(world.boxes[b.at].row(hidden), None);
}

#[test]
fn what_waited_for_its_author_is_passed_on_when_the_author_is_known() {
    let (mut world, mut a, b) = two_villages();
    let (invitation, letter) = world.invite(&mut a, Role::Resident);
    let (mut daan, claim) = world.claim(a.id, invitation.id(), &letter);
    let post = daan.create(a.neighbours(), Kind::NEWS, None, news_edits("Ik woon hier sinds vandaag"), world.now);
    let second = world.second_box(&mut a);
    world.connect(a.at, b.at);
    world.run();
    let (puppet, _) = world.greeting_puppet(a.at, world.boxes[second].key, a.id);
    world.bring(puppet, std::slice::from_ref(&post));
    world.run();
    assert!(!world.boxes[b.at].holds(&post), "nobody knows yet who wrote this");
    world.bring(puppet, std::slice::from_ref(&claim));
    world.run();
    assert!(world.boxes[b.at].row(post.header().item()).is_some());
}

#[test]
fn a_connection_before_the_agreement_is_complete_goes_on_when_it_is() {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    let mut anne = world.join(&mut a);
    let item = world.post(a.at, &mut anne, a.neighbours(), "Soep voor iedereen");
    let offer = world.treaty_statement(&mut a, b.id, None, Vec::new());
    world.introduce(&a, &b);
    world.connect(b.at, a.at);
    world.run();
    assert_eq!(world.traffic.closed, [CloseReason::NotANeighbour], "the one who agreed to nothing closes");

    world.treaty_statement(&mut b, a.id, Some(offer.id()), Vec::new());
    world.connect(b.at, a.at);
    world.run();
    assert!(world.boxes[b.at].row(item).is_some());
}

#[test]
fn a_peer_without_a_treaty_gets_nothing() {
    let mut world = World::new();
    let mut a = world.found("Oosterwijk aan de Vliet");
    let mut anne = world.join(&mut a);
    world.post(a.at, &mut anne, a.neighbours(), "Wie heeft een aanhanger?");
    let stranger = world.found("Nergenshuizen");
    let key = world.boxes[stranger.at].key;

    for claimed in [stranger.id, a.id] {
        let (puppet, effects) = world.greeting_puppet(a.at, key, claimed);
        let said = messages(&effects);
        assert_eq!(said, [Message::Hello { version: SESSION_VERSION, neighbourhood: a.id }]);
        assert_eq!(close_reason(&effects), Some(CloseReason::NotANeighbour));
        let after = world.say(puppet, &fetch(&[a.beginning[0].id()]));
        assert_eq!(messages(&after), [], "a closed session is silent");
    }
}

#[test]
fn who_speaks_in_a_neighbours_name_without_proof_sees_nothing_and_may_bring_the_proof() {
    let (mut world, a, mut b) = two_villages();
    world.connect(a.at, b.at);
    world.run();
    let stranger = PublicKey::from_bytes([6; 32]);
    let register = SpaceId { neighbourhood: b.id, space: Space::Register };
    let nothing = SpaceRoot { id: register, fingerprint: Tree::default().fingerprint() };

    let (puppet, effects) = world.greeting_puppet(a.at, stranger, b.id);
    assert_eq!(close_reason(&effects), None, "a new box of theirs would have to be heard");
    let effects = world.say(puppet, &Message::Roots { roots: Vec::new(), answer: true });
    assert_eq!(messages(&effects), [Message::Roots { roots: vec![nothing], answer: false }]);
    let known = b.beginning[0].id();
    let effects = world.say(puppet, &fetch(&[known]));
    assert_eq!(messages(&effects), [answer(&[], &[known])]);
    let effects = world.say(puppet, &Message::Compare { id: register, comparison: listing(&[]) });
    let over = Comparison { window: 0, sections: Vec::new() };
    assert_eq!(messages(&effects), [Message::Compare { id: register, comparison: over }], "an empty set is shown");

    let expires = world.now.plus_millis(86_400_000);
    let certificate = Statement::BoxCertificate(BoxCertificate { key: stranger, expires });
    let certificate = world.state(b.at, &mut b.founder, certificate);
    let effects = world.bring(puppet, &[certificate]);
    let shown = messages(&effects).into_iter().find_map(|message| match message {
        Message::Roots { roots, .. } => Some(roots.len()),
        _ => None,
    });
    assert!(shown.is_some_and(|spaces| spaces > 1), "from here on it is believed: {effects:?}");
}

#[test]
fn what_is_for_one_village_alone_cannot_be_handed_in_next_door() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    let post = anne.create(a.square(), Kind::NEWS, None, news_edits("Alleen voor hier"), world.now);
    world.submit(a.at, &post).unwrap();
    world.connect(a.at, b.at);
    world.run();
    assert_eq!(world.submit(b.at, &post), Err(Refusal::WrongNeighbourhood));
    assert!(!world.boxes[b.at].holds(&post));
}

#[test]
fn a_space_one_may_not_see_is_answered_like_one_that_does_not_exist() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    let secret = anne.create(a.square(), Kind::NEWS, None, news_edits("Alleen voor hier"), world.now);
    world.submit(a.at, &secret).unwrap();
    world.connect(a.at, b.at);
    world.run();

    let (puppet, _) = world.greeting_puppet(a.at, world.boxes[b.at].key, b.id);
    let nobody = NeighbourhoodId::from_bytes([9; 32]);
    let circle = Space::Circle(CircleId::from_bytes([3; 32]));
    for (neighbourhood, space) in [
        (a.id, Space::Square),
        (a.id, Space::Members),
        (a.id, circle),
        (nobody, Space::Square),
        (nobody, Space::Register),
    ] {
        let id = SpaceId { neighbourhood, space };
        let effects = world.say(puppet, &Message::Compare { id, comparison: listing(&[]) });
        assert_eq!(messages(&effects), [Message::Absent { id }], "{space:?}");
        let root = SpaceRoot { id, fingerprint: Fingerprint([0; 16]) };
        let effects = world.say(puppet, &Message::Roots { roots: vec![root], answer: true });
        let [Message::Roots { roots, .. }] = &messages(&effects)[..] else { panic!("{effects:?}") };
        let shown: BTreeSet<_> = roots.iter().map(|root| root.id.space).collect();
        assert_eq!(shown, BTreeSet::from([Space::Register, Space::Neighbours]));
    }
    let made_up = OperationId::from_bytes([5; 32]);
    for id in [secret.id(), made_up] {
        let effects = world.say(puppet, &fetch(&[id]));
        assert_eq!(messages(&effects), [answer(&[], &[id])]);
    }
}

#[test]
fn five_thousand_operations_catch_up_in_bounded_frames() {
    let (mut world, mut a, mut b) = two_villages();
    let mut people: Vec<Device> = (0..10).map(|_| world.join(&mut a)).collect();
    for n in 0..5_000usize {
        let (device, now) = (&mut people[n % 10], world.now);
        let operation = device.create(a.neighbours(), Kind::NEWS, None, news_edits(&format!("Bericht {n}")), now);
        world.submit(a.at, &operation).unwrap();
        world.now = now.plus_millis(20_000);
    }
    world.connect(b.at, a.at);
    world.run();
    assert_eq!(shared_rows(&world, b.at, a.id).len(), 5_000);
    assert!(world.traffic.largest < MAX_FRAME / 2, "{:?}", world.traffic);
    assert!(world.traffic.frames < 140, "{:?}", world.traffic);

    let mut bart = world.join(&mut b);
    let (frames, item) = (world.traffic.frames, world.post(b.at, &mut bart, b.neighbours(), "Nog een"));
    world.run();
    assert!(world.boxes[a.at].row(item).is_some());
    assert!(world.traffic.frames - frames <= 5, "one more costs no catching up");
}

#[test]
fn the_largest_operations_fit_their_frames() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    let long = "é".repeat(20_000);
    let mut items = Vec::new();
    for _ in 0..40 {
        let edits = vec![support::title("Verslag"), support::body(&long)];
        let operation = anne.create(a.neighbours(), Kind::NEWS, None, edits, world.now);
        assert!(operation.encode().len() <= MAX_TRANSFER);
        items.push(world.submit(a.at, &operation).unwrap().item);
    }
    world.connect(b.at, a.at);
    world.run();
    assert!(items.iter().all(|item| world.boxes[b.at].row(*item).is_some()));
    assert!(world.traffic.largest <= MAX_FRAME);
}

#[test]
fn a_broken_stream_loses_nothing_for_good() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    let (session, _) = world.connect(b.at, a.at);
    world.run();
    for n in 0..20 {
        world.post(a.at, &mut anne, a.neighbours(), &format!("Onderweg verloren {n}"));
    }
    world.disconnect(b.at, session);
    world.run();
    assert_eq!(shared_rows(&world, b.at, a.id).len(), 0);
    world.connect(a.at, b.at);
    world.run();
    assert_eq!(shared_rows(&world, b.at, a.id), shared_rows(&world, a.at, a.id));
    assert_eq!(shared_rows(&world, b.at, a.id).len(), 20);
}

#[test]
fn a_frame_that_got_lost_is_made_good_by_the_next_comparison() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    world.connect(b.at, a.at);
    world.run();
    // Accepted while no stream was told: exactly what a push that never arrived leaves behind.
    let operation = anne.create(a.neighbours(), Kind::NEWS, None, news_edits("Niet geduwd"), world.now);
    let input = Input::Submit { ticket: dorpsplein_protocol::replica::Ticket(0), operation: operation.encode() };
    world.boxes[a.at].handle(world.now, input);
    world.run();
    assert!(!world.boxes[b.at].holds(&operation));
    world.pass(6 * MINUTE);
    assert!(world.boxes[b.at].holds(&operation));
}

#[test]
fn two_boxes_of_one_neighbourhood_hold_the_same() {
    let (mut world, mut a, mut b) = two_villages();
    let mut anne = world.join(&mut a);
    let mut bart = world.join(&mut b);
    world.post(a.at, &mut anne, a.square(), "Bingo in het dorpshuis");
    world.post(b.at, &mut bart, b.neighbours(), "Kermis");
    world.connect(a.at, b.at);
    world.run();

    let second = world.second_box(&mut a);
    world.connect(second, a.at);
    world.run();
    assert!(world.boxes[second].rows() == world.boxes[a.at].rows());

    let there = world.post(second, &mut anne, a.square(), "Vanaf het tweede kastje");
    let here = world.post(a.at, &mut anne, a.neighbours(), "Vanaf het eerste");
    world.run();
    assert!(world.boxes[a.at].row(there).is_some());
    assert!(world.boxes[second].row(here).is_some());
    assert!(world.boxes[b.at].row(here).is_some());
    assert!(world.boxes[second].rows() == world.boxes[a.at].rows());
}

/// A peer that holds the key of the neighbours' box and says what it likes.
/// One of two boxes was away while the other was given something; then the agreement under which it was given ended. It may
/// prove that a device forked, so the two have to hold the same.
#[test]
fn what_came_before_an_agreement_ended_reaches_the_other_boxes_after_it() {
    let (mut world, mut a, mut b) = two_villages();
    let mut bart = world.join(&mut b);
    let second = world.second_box(&mut a);
    let (away, _) = world.connect(second, a.at);
    world.connect(a.at, b.at);
    world.run();
    world.disconnect(second, away);
    let fair = world.post(b.at, &mut bart, b.neighbours(), "Kermis");
    world.run();
    assert!(world.boxes[a.at].row(fair).is_some());
    world.state(a.at, &mut a.founder, Statement::TreatyEnd(TreatyEnd { with: b.id }));
    world.run();

    world.connect(second, a.at);
    world.run();
    // The keys of these two say what is held, and what counts among what a device signed.
    let held = |at: usize| world.boxes[at].dump(&[Table::Spaces, Table::Devices]);
    assert!(held(second) == held(a.at), "both hold what one of them was given");
    assert!(world.boxes[second].operation_count() == world.boxes[a.at].operation_count());
}

fn hostile_neighbour() -> (World, Village, Village, Puppet) {
    let (mut world, a, b) = two_villages();
    world.connect(a.at, b.at);
    world.run();
    let key: PublicKey = world.boxes[b.at].key;
    let (puppet, effects) = world.greeting_puppet(a.at, key, b.id);
    assert_eq!(close_reason(&effects), None);
    (world, a, b, puppet)
}

#[test]
fn a_hostile_peer_is_closed_and_the_box_goes_on() {
    let (mut world, mut a, b, first) = hostile_neighbour();
    let mut anne = world.join(&mut a);
    let post = anne.create(a.neighbours(), Kind::NEWS, None, news_edits("Gewoon bericht"), world.now);
    world.submit(a.at, &post).unwrap();
    let ids = |n: usize| (0..n).map(|n| OperationId::from_bytes([n as u8; 32])).collect::<Vec<_>>();
    let root = |n: usize| SpaceRoot {
        id: SpaceId { neighbourhood: NeighbourhoodId::from_bytes([n as u8; 32]), space: Space::Square },
        fingerprint: Fingerprint([1; 16]),
    };
    let mut altered = post.encode();
    *altered.last_mut().unwrap() ^= 1;
    let register = SpaceId { neighbourhood: a.id, space: Space::Register };
    let mut backwards = listing(&[[1; 8]]);
    backwards
        .sections
        .push(Section { end: sync::Place { hour: 3, id: a.beginning[0].id() }, content: Content::Settled });
    let crowd = answer(&vec![&post; FRAME_OPERATIONS + 1], &[]);
    let attacks: Vec<(Vec<u8>, CloseReason)> = vec![
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), MessageError::Malformed.into()),
        (Vec::new(), MessageError::Malformed.into()),
        (vec![0x9f; 5_000], MessageError::Malformed.into()),
        (vec![0x82, 0x18, 0x63, 0x80], MessageError::Malformed.into()),
        (vec![0; MAX_FRAME + 1], MessageError::TooLarge.into()),
        (Message::Hello { version: SESSION_VERSION, neighbourhood: b.id }.encode(), CloseReason::Protocol),
        (fetch(&ids(4097)).encode(), CloseReason::Protocol),
        (Message::Have { ids: ids(4097) }.encode(), CloseReason::Protocol),
        (Message::Roots { roots: (0..1025).map(root).collect(), answer: false }.encode(), CloseReason::Protocol),
        (Message::Compare { id: register, comparison: backwards }.encode(), CloseReason::Protocol),
        (crowd.encode(), MessageError::TooMany.into()),
        (Message::Push { operation: altered }.encode(), CloseReason::Operation(SignedError::PayloadMismatch)),
    ];
    let mut puppet = first;
    for (n, (frame, expected)) in attacks.into_iter().enumerate() {
        let before = world.boxes[a.at].dump(&Table::ALL);
        let effects = world.say_bytes(puppet, frame);
        assert_eq!(close_reason(&effects), Some(expected), "attack {n}");
        assert!(world.boxes[a.at].dump(&Table::ALL) == before, "{expected:?} stored something");
        let item = world.post(a.at, &mut anne, a.neighbours(), "Nog steeds bereikbaar");
        world.run();
        assert!(world.boxes[b.at].row(item).is_some(), "the honest session goes on after {expected:?}");
        puppet = world.greeting_puppet(a.at, world.boxes[b.at].key, b.id).0;
    }
}

#[test]
fn whoever_compares_on_without_waiting_for_the_answer_is_put_out() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    world.connect(a.at, b.at);
    world.run();
    world.post(a.at, &mut anne, a.neighbours(), "Alleen hier");
    let (puppet, _) = world.greeting_puppet(a.at, world.boxes[b.at].key, b.id);
    let made_up = |n: u32| {
        let mut id = [7; 32];
        id[..4].copy_from_slice(&n.to_be_bytes());
        OperationId::from_bytes(id)
    };
    for part in (0..20_000).map(made_up).collect::<Vec<_>>().chunks(4096) {
        world.say(puppet, &Message::Have { ids: part.to_vec() });
    }
    let id = SpaceId { neighbourhood: a.id, space: Space::Neighbours };
    let compare = Message::Compare { id, comparison: listing(&[[1; 8]; 2]) };
    let effects = world.say(puppet, &compare);
    assert_eq!(close_reason(&effects), None);
    assert!(messages(&effects).is_empty(), "its answer waits for what it says it holds: {effects:?}");
    assert_eq!(close_reason(&world.say(puppet, &compare)), Some(CloseReason::Protocol));
}

#[test]
fn mutated_frames_do_no_harm() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    for n in 0..40 {
        world.post(a.at, &mut anne, a.neighbours(), &format!("Bericht {n}"));
    }
    world.connect(a.at, b.at);
    world.run();
    let post = anne.create(a.neighbours(), Kind::NEWS, None, news_edits("Onderweg"), world.now);
    let of = |neighbourhood, space| SpaceId { neighbourhood, space };
    let spaces = [of(a.id, Space::Register), of(b.id, Space::Register), of(a.id, Space::Neighbours)];
    let root = |id| SpaceRoot { id, fingerprint: Fingerprint([5; 16]) };
    let mut valid = vec![
        Message::Roots { roots: spaces.map(root).to_vec(), answer: true },
        fetch(&[post.id(), a.beginning[0].id()]),
        Message::Have { ids: vec![post.id()] },
        Message::Push { operation: post.encode() },
        answer(&[&post], &[post.id()]),
        Message::Absent { id: spaces[2] },
    ];
    valid.extend(spaces.map(|id| Message::Compare { id, comparison: listing(&[[1; 8]; 2]) }));
    let frames: Vec<Vec<u8>> = valid.iter().map(Message::encode).collect();
    let (mut state, key, mut closed) = (5, world.boxes[b.at].key, 0);
    for round in 0..150u64 {
        let open = if round.is_multiple_of(2) { World::puppet } else { World::dialled_puppet };
        let (puppet, _) = open(&mut world, a.at, key);
        world.say(puppet, &Message::Hello { version: SESSION_VERSION, neighbourhood: b.id });
        for _ in 0..20 {
            let mut frame = frames[(split_mix(&mut state) % frames.len() as u64) as usize].clone();
            for _ in 0..split_mix(&mut state) % 4 {
                let at = (split_mix(&mut state) % frame.len() as u64) as usize;
                frame[at] ^= split_mix(&mut state) as u8;
            }
            if close_reason(&world.say_bytes(puppet, frame)).is_some() {
                closed += 1;
                break;
            }
        }
        world.handle(a.at, Input::Closed { session: puppet.session });
    }
    assert!(closed > 50, "most of that is found out: {closed}");
    let item = world.post(a.at, &mut anne, a.neighbours(), "En verder");
    world.run();
    assert!(world.boxes[b.at].row(item).is_some());
}

#[test]
fn another_version_of_the_protocol_is_named() {
    let (mut world, a, b) = two_villages();
    let (puppet, _) = world.puppet(a.at, world.boxes[b.at].key);
    let effects = world.say(puppet, &Message::Hello { version: 9, neighbourhood: b.id });
    assert_eq!(close_reason(&effects), Some(CloseReason::Version(9)));
    let (puppet, _) = world.puppet(a.at, world.boxes[b.at].key);
    let effects = world.say(puppet, &Message::Have { ids: Vec::new() });
    assert_eq!(close_reason(&effects), Some(CloseReason::Protocol), "nothing before hello");
}

#[test]
fn a_neighbour_that_names_what_it_does_not_send_costs_bounded_memory() {
    let (mut world, a, _, puppet) = hostile_neighbour();
    for round in 0..40u64 {
        let id = |n: u64| {
            let mut bytes = [1; 32];
            bytes[..8].copy_from_slice(&(round * 4096 + n).to_be_bytes());
            OperationId::from_bytes(bytes)
        };
        let effects = world.say(puppet, &Message::Have { ids: (0..4096).map(id).collect() });
        assert!(messages(&effects).len() <= 1, "one question at a time");
        assert_eq!(close_reason(&effects), None);
    }
    assert_eq!(world.boxes[a.at].operation_count(), world.boxes[a.at].dump(&[Table::Spaces]).len());
}

/// A box of a neighbour that sends all its posts, unasked.
fn flood(world: &mut World, b: &mut Village, count: usize) -> Vec<Signed> {
    let mut bart = world.join(b);
    world.run();
    let post = |n| bart.create(b.neighbours(), Kind::NEWS, None, news_edits(&format!("Vloed {n}")), world.now);
    (0..count).map(post).collect()
}

#[test]
fn who_sends_what_nobody_asked_for_is_put_out_after_a_little_of_it() {
    let (mut world, a, mut b, puppet) = hostile_neighbour();
    let posts = flood(&mut world, &mut b, 3 * 1024);
    let before = world.boxes[a.at].operation_count();
    let mut reason = None;
    for frame in posts.chunks(FRAME_OPERATIONS) {
        reason = reason.or_else(|| close_reason(&world.bring(puppet, frame)));
    }
    assert_eq!(reason, Some(CloseReason::Unasked));
    assert!(reason.is_some_and(CloseReason::is_misconduct));
    assert_eq!(world.boxes[a.at].operation_count() - before, 1024, "what it may bring, and no more");
}

#[test]
fn an_answer_brings_what_was_asked_for_and_nothing_beside() {
    let (mut world, a, mut b, puppet) = hostile_neighbour();
    let posts = flood(&mut world, &mut b, 3 * 1024);
    // The allowance is used up, and is no use to who keeps to what was asked.
    posts[..1024].chunks(FRAME_OPERATIONS).for_each(|frame| drop(world.bring(puppet, frame)));
    let (asked, unasked) = posts[1024..].split_at(1024);
    let named = asked.iter().map(Signed::id).collect();
    let effects = world.say(puppet, &Message::Have { ids: named });
    assert!(matches!(&messages(&effects)[..], [Message::Fetch { ids, .. }] if ids.len() == asked.len()));
    for part in asked.chunks(128) {
        let operations: Vec<&Signed> = part.iter().collect();
        let Message::Operations { operations, absent, later, .. } = answer(&operations, &[]) else { unreachable!() };
        let part = Message::Operations { operations, absent, later, more: true };
        assert_eq!(close_reason(&world.say(puppet, &part)), None);
    }
    assert!(asked.iter().all(|post| world.boxes[a.at].holds(post)));
    assert_eq!(close_reason(&world.bring(puppet, &unasked[..2])), Some(CloseReason::Unasked));
}

#[test]
fn more_pushes_than_people_write_are_fetched_instead_and_nothing_is_lost() {
    let (mut world, a, mut b, puppet) = hostile_neighbour();
    let posts = flood(&mut world, &mut b, 1024 + 50);
    let mut asked = Vec::new();
    for post in &posts {
        let effects = world.bring(puppet, std::slice::from_ref(post));
        assert_eq!(close_reason(&effects), None, "a village may have much to say");
        asked.extend(messages(&effects).into_iter().filter_map(|message| match message {
            Message::Fetch { ids, .. } => Some(ids),
            _ => None,
        }));
    }
    // Two requests at a time; what else was pushed is asked for when they are answered.
    let find = |id: &OperationId| posts.iter().find(|post| post.id() == *id).unwrap();
    while let Some(ids) = (!asked.is_empty()).then(|| asked.remove(0)) {
        let operations: Vec<&Signed> = ids.iter().map(find).collect();
        let effects = world.say(puppet, &answer(&operations, &[]));
        asked.extend(messages(&effects).into_iter().filter_map(|message| match message {
            Message::Fetch { ids, .. } => Some(ids),
            _ => None,
        }));
    }
    assert!(posts.iter().all(|post| world.boxes[a.at].holds(post)));
}

#[test]
fn what_does_not_belong_to_a_neighbourhood_with_which_something_is_shared_is_left_out() {
    let (mut world, a, b, puppet) = hostile_neighbour();
    let mut stranger = Device::new(world.secret(), b.id);
    let nowhere = NeighbourhoodId::from_bytes([8; 32]);
    let in_a_register = Place { neighbourhood: nowhere, space: Space::Register };
    let foreign: Vec<Signed> =
        [Place { neighbourhood: nowhere, space: Space::Neighbours }, Place { space: Space::Square, ..in_a_register }]
            .map(|place| stranger.create(place, Kind::NEWS, None, news_edits("Ongevraagd"), world.now))
            .into();
    let before = world.boxes[a.at].dump(&Table::ALL);
    world.bring(puppet, &foreign);
    for operation in &foreign {
        world.bring(puppet, std::slice::from_ref(operation));
    }
    assert!(world.boxes[a.at].dump(&Table::ALL) == before);
}

#[test]
fn what_names_another_audience_is_kept_within_bounds_and_shown_to_nobody() {
    let (mut world, a, mut b, puppet) = hostile_neighbour();
    let mut bart = world.join(&mut b);
    world.run();
    let rows = world.boxes[a.at].rows();
    for space in [Space::Members, Space::Square, Space::Circle(CircleId::from_bytes([3; 32]))] {
        for n in 0..40 {
            let place = Place { neighbourhood: b.id, space };
            let post = bart.create(place, Kind::NEWS, None, news_edits(&format!("Thuis {n}")), world.now);
            world.bring(puppet, &[post]);
        }
    }
    assert!(world.boxes[a.at].rows() == rows, "it was never shared");
    let kept = world.boxes[a.at].dump(&[Table::Undecided]).len();
    assert_eq!(kept, MAX_UNDECIDED_PER_DEVICE);
}

#[test]
fn one_device_cannot_fill_a_box_with_what_is_not_permitted() {
    let (mut world, a, b, puppet) = hostile_neighbour();
    let mut nobody = Device::new(world.secret(), b.id);
    for n in 0..200 {
        let operation = nobody.create(b.neighbours(), Kind::NEWS, None, news_edits(&format!("Vloed {n}")), world.now);
        world.bring(puppet, &[operation]);
    }
    let kept = world.boxes[a.at].dump(&[Table::Undecided]).len();
    assert_eq!(kept, MAX_UNDECIDED_PER_DEVICE);
}

/// A box whose clock is far behind has room for a little of what lies in its future. It does not fetch and check the rest
/// again at every comparison.
#[test]
fn what_there_was_no_room_for_is_asked_for_again_after_a_while_and_not_before() {
    let (mut world, _, b, puppet) = hostile_neighbour();
    let mut nobody = Device::new(world.secret(), b.id);
    let post = |n| nobody.create(b.neighbours(), Kind::NEWS, None, news_edits(&format!("Vloed {n}")), world.now);
    let posts: Vec<Signed> = (0..100).map(post).collect();
    world.bring(puppet, &posts);
    let named = || Message::Have { ids: posts.iter().map(Signed::id).collect() };
    let asked = |effects: &[Effect]| {
        let asked = messages(effects).into_iter().map(|message| match message {
            Message::Fetch { ids, .. } => ids.len(),
            _ => 0,
        });
        asked.sum::<usize>()
    };
    assert_eq!(asked(&world.say(puppet, &named())), 0);
    world.now = world.now.plus_millis(30 * MINUTE);
    assert_eq!(asked(&world.say(puppet, &named())), 100 - MAX_UNDECIDED_PER_DEVICE);
}

#[test]
fn what_cannot_be_read_in_one_space_does_not_hold_up_the_others() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    world.post(a.at, &mut anne, a.neighbours(), "Dit moet aankomen");
    world.connect(b.at, a.at);
    world.run();
    // A register that never becomes equal: the neighbour says it holds what it does not give.
    let spaces = [Space::Register, Space::Neighbours];
    let shown =
        spaces.map(|space| SpaceRoot { id: SpaceId { neighbourhood: b.id, space }, fingerprint: Fingerprint([7; 16]) });
    let (dialled, effects) = world.dialled_puppet(a.at, world.boxes[b.at].key);
    assert_eq!(messages(&effects).len(), 1);
    world.say(dialled, &Message::Hello { version: SESSION_VERSION, neighbourhood: b.id });
    let mut asked = BTreeSet::new();
    for _ in 0..3 {
        let effects = world.say(dialled, &Message::Roots { roots: shown.to_vec(), answer: false });
        for message in messages(&effects) {
            if let Message::Compare { id, .. } = message {
                asked.insert(id.space);
                world.say(dialled, &Message::Absent { id });
            }
        }
    }
    assert_eq!(asked, BTreeSet::from(spaces), "the second comparison goes on to what the first did not reach");
}

#[test]
fn who_is_parted_from_learns_of_it_and_gets_nothing_else() {
    let (mut world, mut a, b) = two_villages();
    let mut anne = world.join(&mut a);
    world.connect(a.at, b.at);
    world.run();
    let end = Statement::TreatyEnd(TreatyEnd { with: b.id });
    let end = world.state(a.at, &mut a.founder, end);
    world.run();
    assert!(world.boxes[b.at].holds(&end), "the end of the treaty is read in the register of the one who ended it");
    let stage = |at: usize, other: &NeighbourhoodId| {
        world.boxes[at].replica.registers().treaty(other, world.now).map(|treaty| treaty.stage)
    };
    assert_eq!(stage(b.at, &a.id), Some(TreatyStage::Offered));
    assert_eq!(stage(a.at, &b.id), Some(TreatyStage::Received));

    let later = world.post(a.at, &mut anne, a.neighbours(), "Voor wie nog buur is");
    world.connect(b.at, a.at);
    world.run();
    assert!(world.boxes[b.at].row(later).is_none());
}

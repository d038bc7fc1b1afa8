//! What is refused, each with its own reason; what is refused is stored nowhere, and what is good goes on being taken.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use dorpsplein_protocol::authority::{Missing, Reason};
use dorpsplein_protocol::codec::CodecError;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::cose::Envelope;
use dorpsplein_protocol::identity::{SecretKey, SignatureError};
use dorpsplein_protocol::operation::{
    Claim, ClaimProof, Edit, Field, Header, Invitation, Kind, MAX_EDITS, MAX_PAYLOAD, MAX_TRANSFER, NeighbourhoodId,
    OperationId, PURPOSE, Payload, Role, Signed, SignedError, Space, Statement, Value, transfer,
};
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::Table;
use dorpsplein_protocol::time::FUTURE_TOLERANCE_MS;
use dorpsplein_protocol::validate::{ValidateError, check_change, check_creation};
use support::{DAY, HOUR, MINUTE, Village, World, body, news_edits, title};

/// One village, one resident, one piece of news on the square.
struct Stage {
    world: World,
    village: Village,
    anne: Device,
    item: OperationId,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        let mut village = world.found("Oosterwijk aan de Vliet");
        let mut anne = world.join(&mut village);
        let item = world.post(village.at, &mut anne, village.square(), "Lampionnenoptocht").into();
        Self { world, village, anne, item }
    }

    /// Hands it in: refused as expected, nothing stored, and the next good operation is taken.
    fn refuses(&mut self, operation: &[u8], expected: &Refusal) {
        let before = self.world.boxes[self.village.at].dump(&Table::ALL);
        let result = self.world.submit_bytes(self.village.at, operation);
        assert_eq!(result, Err(*expected));
        assert_eq!(self.world.boxes[self.village.at].last_batch, 0, "{expected:?} has an empty batch");
        assert!(self.world.boxes[self.village.at].dump(&Table::ALL) == before);
        assert!(Refusal::PROBLEMS.contains(&expected.problem()), "{expected:?} has a listed name");
        let (at, square) = (self.village.at, self.village.square());
        self.world.post(at, &mut self.anne, square, "Nog altijd open");
    }

    fn news(&mut self) -> Signed {
        self.anne.create(self.village.square(), Kind::NEWS, None, news_edits("Rommelmarkt"), self.world.now)
    }

    /// News as somebody would sign it who writes headers by hand: `change` spoils the header or the payload.
    fn crafted(&mut self, change: impl FnOnce(&mut Header, &mut Vec<u8>)) -> Vec<u8> {
        let (mut header, mut payload) = {
            let signed = self.news();
            (signed.header().clone(), signed.payload().unwrap().to_vec())
        };
        change(&mut header, &mut payload);
        header.payload_hash = Payload::hash(&payload);
        header.payload_length = payload.len() as u32;
        self.sealed(header.encode(), &payload)
    }

    /// Any header bytes and payload, signed by the resident's device.
    fn sealed(&self, header: Vec<u8>, payload: &[u8]) -> Vec<u8> {
        transfer(&Envelope::sign(self.anne.secret(), PURPOSE, header).encode(), payload)
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let mut stage = Stage::new();
    let good = stage.news().encode();
    let before = stage.world.boxes[stage.village.at].dump(&Table::ALL);
    for at in 0..good.len() {
        for flip in [0x01, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let result = stage.world.submit_bytes(stage.village.at, &bad);
            assert!(matches!(result, Err(Refusal::Signed(_))), "byte {at} ^ {flip:#x}: {result:?}");
            assert_eq!(stage.world.boxes[stage.village.at].last_batch, 0);
        }
    }
    assert!(stage.world.boxes[stage.village.at].dump(&Table::ALL) == before);
    assert!(stage.world.submit_bytes(stage.village.at, &good).is_ok(), "the unchanged one is taken after all that");
}

#[test]
fn truncated_and_prolonged_operations_are_refused() {
    let mut stage = Stage::new();
    let good = stage.news().encode();
    for length in 0..good.len() {
        let result = stage.world.submit_bytes(stage.village.at, &good[..length]);
        assert!(matches!(result, Err(Refusal::Signed(_))), "{length} bytes: {result:?}");
    }
    let longer = [&good[..], &[0]].concat();
    stage.refuses(&longer, &SignedError::Codec(CodecError::Malformed).into());
}

#[test]
fn a_foreign_signature_is_refused() {
    let mut stage = Stage::new();
    let other = stage.world.secret();
    let header = stage.news().header().encode();
    let payload = Payload::Edits([vec![create(Kind::NEWS)], news_edits("Rommelmarkt")].concat()).encode();
    let forged = transfer(&Envelope::sign(&other, PURPOSE, header.clone()).encode(), &payload);
    stage.refuses(&forged, &SignedError::Signature(SignatureError::Mismatch).into());

    let other_purpose = Envelope::sign(stage.anne.secret(), b"dorpsplein/something-else/1", header);
    stage.refuses(
        &transfer(&other_purpose.encode(), &payload),
        &SignedError::Signature(SignatureError::Mismatch).into(),
    );

    let weak = stage.crafted(|header, _| header.device = weak_key());
    stage.refuses(&weak, &SignedError::Signature(SignatureError::WeakKey).into());
}

#[test]
fn another_payload_than_the_signed_one_is_refused() {
    let mut stage = Stage::new();
    let header = stage.news().header().encode();
    let other = Payload::Edits(vec![create(Kind::NEWS), title("Iets anders")]).encode();
    let swapped = stage.sealed(header, &other);
    stage.refuses(&swapped, &SignedError::PayloadMismatch.into());
}

#[test]
fn encodings_that_are_not_canonical_are_refused() {
    let mut stage = Stage::new();
    let header = stage.news().header().encode();
    assert_eq!((header[0], header[1]), (0x8d, 0x01), "an array of thirteen that starts with the version");
    let payload = Payload::Edits([vec![create(Kind::NEWS)], news_edits("Rommelmarkt")].concat()).encode();
    let long_form = [&[0x8d, 0x18, 0x01], &header[2..]].concat();
    let sealed = stage.sealed(long_form, &payload);
    stage.refuses(&sealed, &SignedError::Codec(CodecError::NotCanonical).into());

    let indefinite = [&[0x9f], &header[1..], &[0xff]].concat();
    let sealed = stage.sealed(indefinite, &payload);
    stage.refuses(&sealed, &SignedError::Codec(CodecError::NotCanonical).into());

    let bad_payload = stage.crafted(|_, payload| *payload = vec![0x82, 0x00, 0x81, 0x83, 0x18, 0x00, 0x01, 0xf6]);
    stage.refuses(&bad_payload, &ValidateError::Codec(CodecError::NotCanonical).into());
}

#[test]
fn what_is_too_large_or_nested_to_death_is_refused() {
    let mut stage = Stage::new();
    stage.refuses(&vec![0x81; MAX_TRANSFER + 1], &SignedError::TooLarge.into());
    stage.refuses(&[0x81; 4096], &SignedError::Codec(CodecError::TooDeep).into());

    let oversized = stage.crafted(|_, payload| payload.resize(MAX_PAYLOAD + 1, 0));
    stage.refuses(&oversized, &SignedError::TooLarge.into());
    let nested = stage.crafted(|_, payload| *payload = vec![0x81; 1000]);
    stage.refuses(&nested, &ValidateError::Codec(CodecError::TooDeep).into());
    let wide = stage.crafted(|_, payload| *payload = [&[0x99, 0x20, 0x00][..], &[0; 0x2000]].concat());
    stage.refuses(&wide, &ValidateError::Codec(CodecError::TooDeep).into());
    let promising = stage.crafted(|_, payload| *payload = vec![0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    stage.refuses(&promising, &ValidateError::Codec(CodecError::Malformed).into());
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let mut stage = Stage::new();
    let item = stage.item;
    type Change = fn(&mut Header, OperationId);
    let cases: Vec<(Change, Refusal)> = vec![
        (|header, _| header.version = 2, SignedError::Version(2).into()),
        (|header, _| header.sequence = 0, SignedError::Header.into()),
        (|header, _| header.previous = None, SignedError::Header.into()),
        (|header, item| header.parents = vec![item, item], SignedError::Header.into()),
        (|header, _| header.home = header.neighbourhood, SignedError::Header.into()),
        (|header, item| header.parents = vec![item], ValidateError::Creation.into()),
        (|header, item| header.item = Some(item.into()), ValidateError::Creation.into()),
        (|header, _| header.neighbourhood = None, ValidateError::Header.into()),
        (|header, _| header.space = Space::Register, ValidateError::PayloadSpace.into()),
    ];
    for (change, expected) in cases {
        let bad = stage.crafted(|header, _| change(header, item));
        stage.refuses(&bad, &expected);
    }
    let many = stage.crafted(|header, _| {
        header.parents = (0..17).map(|n| OperationId::from_bytes([n; 32])).collect();
    });
    stage.refuses(&many, &SignedError::Header.into());
}

#[test]
fn contents_out_of_bounds_are_refused() {
    let mut stage = Stage::new();
    let set = |field, value| Edit::Set { field, value };
    let text = |field, text: &str| set(field, Value::Text(text.to_owned()));
    let add = |field, member: &str| Edit::Add { field, member: member.to_owned() };
    let cases: Vec<(Vec<Edit>, ValidateError)> = vec![
        (vec![title(&"x".repeat(201))], ValidateError::Text(Field::TITLE)),
        (vec![title("regel\nregel")], ValidateError::Text(Field::TITLE)),
        (vec![body(&"é".repeat(20_001))], ValidateError::Text(Field::BODY)),
        (vec![body("bel\u{7}")], ValidateError::Text(Field::BODY)),
        (vec![text(Field::STARTS, "2026-02-30")], ValidateError::ValueType(Field::STARTS)),
        (vec![set(Field::CANCELLED, Value::Int(1))], ValidateError::ValueType(Field::CANCELLED)),
        (vec![set(Field::TITLE, Value::Bytes(vec![1]))], ValidateError::ValueType(Field::TITLE)),
        (vec![text(Field::TALENTS, "koken")], ValidateError::ValueType(Field::TALENTS)),
        (vec![set(Field::AREA, Value::Bytes(vec![1; 31]))], ValidateError::ValueType(Field::AREA)),
        (vec![text(Field::CATEGORY, &"x".repeat(41))], ValidateError::Text(Field::CATEGORY)),
        (vec![text(Field::REVIEW_BY, "2026-12-04T20:00")], ValidateError::Day(Field::REVIEW_BY)),
        (vec![set(Field::SETTLED, Value::Int(1))], ValidateError::ValueType(Field::SETTLED)),
        (vec![set(Field::CAPACITY, Value::Int(0))], ValidateError::Number(Field::CAPACITY)),
        (vec![set(Field::CAPACITY, Value::Int(100_001))], ValidateError::Number(Field::CAPACITY)),
        (vec![set(Field::KINDS, Value::Int(128))], ValidateError::Number(Field::KINDS)),
        (vec![set(Field::PARTY, Value::Int(21))], ValidateError::Number(Field::PARTY)),
        (vec![text(Field::REPEATS, "FREQ=HOURLY")], ValidateError::Recurrence(Field::REPEATS)),
        (vec![text(Field::REPEATS, "COUNT=3;FREQ=DAILY")], ValidateError::Recurrence(Field::REPEATS)),
        (vec![add(Field::EXCEPT, "2026-02-30")], ValidateError::Member(Field::EXCEPT)),
        (vec![add(Field::AREAS, &"AB".repeat(32))], ValidateError::Member(Field::AREAS)),
        (vec![add(Field::TOKENS, "accent")], ValidateError::Member(Field::TOKENS)),
        (vec![add(Field::TOKENS, "=groen")], ValidateError::Member(Field::TOKENS)),
        (vec![add(Field::CATEGORY, "sport")], ValidateError::ValueType(Field::CATEGORY)),
        (vec![text(Field::PHONE, "bel mij maar")], ValidateError::Contact(Field::PHONE)),
        (vec![text(Field::EMAIL, "anne@maasdorp?bcc=ik@elders")], ValidateError::Contact(Field::EMAIL)),
        (vec![text(Field::WEBSITE, "javascript:alert(1)")], ValidateError::Contact(Field::WEBSITE)),
        (vec![text(Field::WEBSITE, "https://maasdorp.example/ x")], ValidateError::Contact(Field::WEBSITE)),
        (vec![text(Field::HOURS, &"x".repeat(501))], ValidateError::Text(Field::HOURS)),
        (vec![text(Field::UID, &"x".repeat(256))], ValidateError::Text(Field::UID)),
        (vec![text(Field::SOURCE, &"x".repeat(1_001))], ValidateError::Text(Field::SOURCE)),
        (vec![text(Field::ON_BEHALF, &"x".repeat(81))], ValidateError::Text(Field::ON_BEHALF)),
        (vec![text(Field::TAGLINE, "regel\nregel")], ValidateError::Text(Field::TAGLINE)),
        (vec![create(Kind::NEWS)], ValidateError::Creation),
        (vec![title("x"); MAX_EDITS], ValidateError::EditCount),
    ];
    let place = stage.village.square();
    for (edits, expected) in cases {
        // A device says the same of them before it signs.
        let whole: Vec<Edit> = [create(Kind::NEWS)].into_iter().chain(edits.clone()).collect();
        assert_eq!(check_creation(&whole), Err(expected));
        let operation = stage.anne.create(place, Kind::NEWS, None, edits, stage.world.now);
        stage.refuses(&operation.encode(), &expected.into());
    }
    assert_eq!(check_change(place.space, &[]), Err(ValidateError::EditCount));
    assert_eq!(check_change(place.space, &[create(Kind::NEWS)]), Err(ValidateError::Creation));
    assert_eq!(check_change(place.space, &[Edit::Pin(true), title("x")]), Err(ValidateError::StandsAlone));
    assert_eq!(check_change(place.space, &[Edit::Audience(place.space)]), Err(ValidateError::Audience));
    assert_eq!(check_change(place.space, &[Edit::Audience(Space::Members)]), Ok(()));
    let item = stage.item;
    let nothing = stage.anne.edit(stage.village.square(), item.into(), vec![item], Vec::new(), stage.world.now);
    stage.refuses(&nothing.encode(), &ValidateError::EditCount.into());
}

#[test]
fn claims_that_do_not_fit_their_invitation_are_refused() {
    let mut stage = Stage::new();
    let (invitation, letter) = stage.world.invite(&mut stage.village, Role::Resident);
    let id = stage.village.id;

    let unknown = OperationId::from_bytes([4; 32]);
    let (_, claim) = stage.world.claim(id, unknown, &letter);
    stage.refuses(&claim.encode(), &Refusal::Missing(Missing::Invitation(unknown)));

    let (_, claim) = stage.world.claim(id, stage.village.beginning[0].id(), &letter);
    stage.refuses(&claim.encode(), &Reason::NotAnInvitation.into());

    let wrong_letter = stage.world.secret();
    let (_, claim) = stage.world.claim(id, invitation.id(), &wrong_letter);
    stage.refuses(&claim.encode(), &Reason::ClaimProof.into());

    // A relay puts its own key in the place of the newcomer's, with the newcomer's proof.
    let (newcomer, nonce) = (stage.world.secret(), stage.world.nonce());
    let proof = ClaimProof::new(&id, &invitation.id(), &newcomer.public(), &nonce).sign(&letter);
    let swapped = Statement::Claim(Claim { invitation: invitation.id(), nonce, proof });
    let mut relay = Device::new(stage.world.secret(), id);
    let claim = relay.state(vec![invitation.id()], swapped, stage.world.now);
    stage.refuses(&claim.encode(), &Reason::ClaimProof.into());

    let (_, first) = stage.world.claim(id, invitation.id(), &letter);
    stage.world.submit(stage.village.at, &first).unwrap();
    let (_, second) = stage.world.claim(id, invitation.id(), &letter);
    stage.refuses(&second.encode(), &Reason::InvitationUsed.into());
}

#[test]
fn an_invitation_runs_out_and_cannot_be_open_for_ever() {
    let mut stage = Stage::new();
    let (invitation, letter) = stage.world.invite(&mut stage.village, Role::Resident);
    stage.world.now = stage.world.now.plus_millis(14 * DAY);
    let (_, late) = stage.world.claim(stage.village.id, invitation.id(), &letter);
    stage.refuses(&late.encode(), &Reason::InvitationExpired.into());

    let (at, now) = (stage.village.at, stage.world.now);
    for expires in [now.plus_millis(30 * DAY + 1), support::START] {
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        let statement = Statement::Invitation(invitation);
        let operation = stage.world.compose_statement(at, &mut stage.village.founder, statement);
        stage.refuses(&operation.encode(), &ValidateError::InvitationPeriod.into());
    }
}

#[test]
fn who_does_not_belong_writes_nothing() {
    let mut stage = Stage::new();
    let mut stranger = Device::new(stage.world.secret(), stage.village.id);
    let key = stranger.key();
    let post = stranger.create(stage.village.square(), Kind::NEWS, None, news_edits("Te koop"), stage.world.now);
    stage.refuses(&post.encode(), &Refusal::Missing(Missing::Author(key)));
    assert_eq!(Refusal::Missing(Missing::Author(key)).problem(), "not-a-member");

    let item = stage.item;
    let edit = stranger.edit(stage.village.square(), item.into(), vec![item], vec![title("x")], stage.world.now);
    stage.refuses(&edit.encode(), &Refusal::Missing(Missing::Author(key)));

    let heads = stage.world.boxes[stage.village.at].replica.registers().home().heads();
    let invitation = Invitation { key, role: Role::Connector, expires: stage.world.now.plus_millis(DAY) };
    let own = stranger.state(heads.clone(), Statement::Invitation(invitation.clone()), stage.world.now);
    stage.refuses(&own.encode(), &Reason::NotAMember.into());
    let by_resident = stage.anne.state(heads, Statement::Invitation(invitation), stage.world.now);
    stage.refuses(&by_resident.encode(), &Reason::NotAConnector.into());
}

#[test]
fn items_for_a_space_the_author_may_not_write_are_refused() {
    let mut stage = Stage::new();
    let here = stage.village.id;
    let place = Place { neighbourhood: here, space: Space::Circle(OperationId::from_bytes([1; 32]).into()) };
    let post = stage.anne.create(place, Kind::NEWS, None, news_edits("x"), stage.world.now);
    stage.refuses(&post.encode(), &Reason::SpaceNotAllowed.into());
    let elsewhere = Place { neighbourhood: NeighbourhoodId::from_bytes([2; 32]), space: Space::Neighbours };
    let post = stage.anne.create(elsewhere, Kind::NEWS, None, news_edits("x"), stage.world.now);
    stage.refuses(&post.encode(), &Refusal::WrongNeighbourhood);

    let item = stage.item;
    let moved = stage.anne.edit(stage.village.neighbours(), item.into(), vec![item], vec![title("x")], stage.world.now);
    stage.refuses(&moved.encode(), &Reason::Elsewhere.into());
    let orphan = stage.anne.create(stage.village.square(), Kind::COMMENT, None, vec![body("x")], stage.world.now);
    stage.refuses(&orphan.encode(), &Reason::NoSuchAct.into());
    let subject = Some(OperationId::from_bytes([6; 32]).into());
    let lost = stage.anne.create(stage.village.square(), Kind::COMMENT, subject, vec![body("x")], stage.world.now);
    stage.refuses(&lost.encode(), &Refusal::Missing(Missing::Subject(OperationId::from_bytes([6; 32]).into())));
    let unknown_kind = stage.anne.create(stage.village.square(), Kind(77), None, vec![], stage.world.now);
    stage.refuses(&unknown_kind.encode(), &Reason::NoSuchAct.into());
}

#[test]
fn what_skips_its_own_history_or_forks_is_refused() {
    let mut stage = Stage::new();
    let (at, item, place) = (stage.village.at, stage.item, stage.village.square());
    let copy = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let mut twin = Device::resume(copy, stage.anne.home(), stage.anne.sequence(), stage.anne.previous());

    let first = stage.anne.edit(place, item.into(), vec![item], vec![title("Optocht om zes uur")], stage.world.now);
    stage.world.submit(at, &first).unwrap();
    let skipping = stage.anne.edit(place, item.into(), vec![item], vec![title("Om zeven uur")], stage.world.now);
    stage.refuses(&skipping.encode(), &Reason::OwnHistorySkipped.into());

    let fork = twin.edit(place, item.into(), vec![item], vec![title("Om acht uur")], stage.world.now);
    stage.refuses(&fork.encode(), &Reason::Forked.into());
    let unseen = OperationId::from_bytes([8; 32]);
    let dangling = stage.anne.edit(place, item.into(), vec![first.id(), unseen], vec![title("x")], stage.world.now);
    stage.refuses(&dangling.encode(), &Refusal::Missing(Missing::Parent(unseen)));
}

#[test]
fn the_same_operation_twice_is_one_operation() {
    let mut stage = Stage::new();
    let news = stage.news();
    let first = stage.world.submit(stage.village.at, &news).unwrap();
    let count = stage.world.boxes[stage.village.at].operation_count();
    let again = stage.world.submit(stage.village.at, &news).unwrap();
    assert_eq!((first.known, again.known), (false, true));
    assert_eq!(first.item, again.item);
    assert_eq!(stage.world.boxes[stage.village.at].last_batch, 0);
    assert_eq!(stage.world.boxes[stage.village.at].operation_count(), count);
}

#[test]
fn a_form_for_the_future_is_refused_and_a_peers_waits_for_its_time() {
    let mut stage = Stage::new();
    let (at, place) = (stage.village.at, stage.village.square());
    let ahead = stage.world.now.plus_millis(FUTURE_TOLERANCE_MS + HOUR);
    let early = stage.anne.create(place, Kind::NEWS, None, news_edits("Morgen pas"), ahead);
    stage.refuses(&early.encode(), &Refusal::Missing(Missing::Time(ahead)));
    let tolerated = stage.world.now.plus_millis(FUTURE_TOLERANCE_MS);
    let soon = stage.anne.create(place, Kind::NEWS, None, news_edits("Bijna nu"), tolerated);
    assert!(stage.world.submit(at, &soon).is_ok(), "a clock ten minutes fast is no reason to refuse");

    let key = stage.world.boxes[at].key;
    let second = stage.world.second_box(&mut stage.village);
    let (puppet, _) = stage.world.greeting_puppet(second, key, stage.village.id);
    let effects = stage.world.bring(puppet, std::slice::from_ref(&early));
    assert!(stage.world.boxes[second].holds(&early), "it waits");
    let item = early.header().item();
    assert_eq!(stage.world.boxes[second].row(item), None);
    let due = effects.iter().find_map(|effect| match effect {
        dorpsplein_protocol::replica::Effect::WakeAt { time } => Some(*time),
        _ => None,
    });
    assert!(due.is_some_and(|due| due <= stage.world.now.plus_millis(HOUR)), "the shell is told when: {due:?}");

    stage.world.pass(HOUR - MINUTE);
    assert_eq!(stage.world.boxes[second].row(item), None);
    stage.world.pass(MINUTE);
    assert!(stage.world.boxes[second].row(item).is_some(), "its time has come");
}

#[test]
fn a_statement_for_the_future_waits_also_across_a_restart() {
    let mut stage = Stage::new();
    let (at, now) = (stage.village.at, stage.world.now);
    let (invitation, letter) = stage.world.invite(&mut stage.village, Role::Resident);
    let key = stage.world.boxes[at].key;
    let second = stage.world.second_box(&mut stage.village);
    let mut fast = Device::new(stage.world.secret(), stage.village.id);
    let ahead = now.plus_millis(2 * HOUR);
    let claim = fast.claim(invitation.id(), &letter, [5; 16], ahead);
    let post = fast.create(stage.village.square(), Kind::NEWS, None, news_edits("Mijn klok loopt voor"), now);
    let (puppet, _) = stage.world.greeting_puppet(second, key, stage.village.id);
    stage.world.bring(puppet, std::slice::from_ref(&claim));
    stage.world.bring(puppet, std::slice::from_ref(&post));
    assert!(stage.world.boxes[second].holds(&claim) && stage.world.boxes[second].holds(&post), "both wait");
    stage.world.reopen(second);
    let membership = |stage: &Stage| stage.world.boxes[second].replica.registers().home().membership(&fast.key());
    assert_eq!(membership(&stage), None, "opening the store again does not make it now");
    assert_eq!(stage.world.boxes[second].row(post.header().item()), None);
    stage.world.pass(2 * HOUR);
    assert!(membership(&stage).is_some());
    assert!(stage.world.boxes[second].row(post.header().item()).is_some(), "what waited for the author is shown");
}

#[test]
fn every_refusal_of_the_list_has_a_name_of_its_own() {
    let missing = OperationId::from_bytes([1; 32]);
    let named: BTreeMap<&str, Refusal> = [
        Refusal::from(SignedError::PayloadMismatch),
        SignedError::Signature(SignatureError::Mismatch).into(),
        SignedError::Codec(CodecError::NotCanonical).into(),
        SignedError::TooLarge.into(),
        ValidateError::Codec(CodecError::TooDeep).into(),
        Refusal::Missing(Missing::Invitation(missing)),
        Reason::InvitationUsed.into(),
        Reason::ClaimProof.into(),
        Refusal::Missing(Missing::Author(dorpsplein_protocol::identity::PublicKey::from_bytes([1; 32]))),
        Reason::SpaceNotAllowed.into(),
        Refusal::Missing(Missing::Time(support::START)),
    ]
    .into_iter()
    .map(|refusal| (refusal.problem(), refusal))
    .collect();
    assert_eq!(named.len(), 11, "no two share a name: {named:?}");
}

fn create(kind: Kind) -> Edit {
    Edit::Create { kind, subject: None, speaks_for: None }
}

/// A point of small order, under which signatures verify that nobody made.
fn weak_key() -> dorpsplein_protocol::identity::PublicKey {
    let mut identity = [0; 32];
    identity[0] = 1;
    dorpsplein_protocol::identity::PublicKey::from_bytes(identity)
}

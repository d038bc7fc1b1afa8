//! Who may say what in the register, reason by reason: second signatures, boxes, agreements, circles, organisations.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, endorsement, removal, sorted};
use dorpsplein_protocol::authority::{InvitationUse, Reason};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleJoining, CircleLeaving,
    DeviceRetirement, ForkDecision, MemberRemoval, NeighbourhoodId, OperationId, Organisation, Recovery, Role,
    SpeakerChange, Statement, SubArea, SubAreaEnd, Treaty, TreatyDirection, TreatyEnd,
};
use support::{DAY, HOUR, START};

const NOWHERE: OperationId = OperationId::from_bytes([9; 32]);
const THERE: NeighbourhoodId = NeighbourhoodId::from_bytes([8; 32]);

fn certificate(key: &SecretKey) -> Statement {
    Statement::BoxCertificate(BoxCertificate { key: key.public(), expires: START.plus_millis(DAY) })
}

fn treaty() -> Statement {
    let (direction, kinds, expires) = (TreatyDirection::Both, Vec::new(), START.plus_millis(DAY));
    Statement::Treaty(Treaty { with: THERE, accepts: None, direction, kinds, expires })
}

fn waiting(book: &Book) -> usize {
    book.register.proposals().len()
}

/// Two more than one person has hands: a proposal by the first of three connectors to make a resident the fourth.
fn proposed() -> (Book, Vec<Hand>, OperationId) {
    let (mut book, mut people) = Book::of(3, 1);
    let grant = book.role(&people[3], Role::Connector);
    let proposal = book.does(&mut people[0], grant);
    assert_eq!((waiting(&book), book.register.connector_count()), (1, 3));
    (book, people, proposal)
}

#[test]
fn another_connector_signs_a_proposal_once() {
    let (mut book, mut people, proposal) = proposed();
    assert_eq!(book.would_endorse(&people[3], proposal, START), Err(Reason::NotAConnector));
    assert_eq!(book.would_endorse(&people[0], proposal, START), Err(Reason::NothingToEndorse), "they proposed it");
    assert_eq!(book.would_endorse(&people[2], proposal, START), Ok(()));
    let endorsed = book.endorses(&mut people[1], proposal);
    assert_eq!((waiting(&book), book.register.connector_count()), (0, 4));
    assert_eq!(book.would_endorse(&people[2], proposal, START), Err(Reason::NothingToEndorse), "it counts already");
    let parents = book.heads_and(endorsed);
    let of_that = book.would_after(&people[2], parents, START, endorsement(endorsed));
    assert_eq!(of_that, Err(Reason::NothingToEndorse), "no proposal");
}

#[test]
fn two_who_sign_at_the_same_time_both_count() {
    let (mut book, mut people, proposal) = proposed();
    let parents = book.heads_and(proposal);
    book.does_after(&mut people[1], parents.clone(), endorsement(proposal));
    book.does_after(&mut people[2], parents, endorsement(proposal));
    assert_eq!((waiting(&book), book.register.connector_count()), (0, 4));
}

#[test]
fn what_is_refused_is_nothing_to_sign() {
    let (mut book, mut people) = Book::of(3, 2);
    let bad = book.role(&people[4], Role::Connector);
    let refused = people[3].device.state(book.register.heads(), bad, START);
    book.hear(&refused);
    let parents = book.heads_and(refused.id());
    let signed = book.would_after(&people[0], parents, START, endorsement(refused.id()));
    assert_eq!(signed, Err(Reason::NotAConnector), "for the reason that refuses it");
    let said = removal(&people[3]);
    book.does(&mut people[0], said);
}

#[test]
fn a_proposal_falls_with_the_place_of_whoever_made_it() {
    let (mut book, mut people, proposal) = proposed();
    let own = book.role(&people[0], Role::Resident);
    book.does(&mut people[0], own);
    assert_eq!(book.would_endorse(&people[1], proposal, START), Err(Reason::NothingToEndorse), "no connector any more");

    let (mut book, mut people, proposal) = proposed();
    let mut tablet = book.adds(&mut people[0]);
    assert_eq!(book.would_endorse(&people[1], proposal, START), Ok(()));
    let lost = DeviceRetirement { device: people[0].device.key(), last: people[0].device.sequence() };
    book.does(&mut tablet, Statement::DeviceRetirement(lost));
    assert_eq!(book.would_endorse(&people[1], proposal, START), Err(Reason::NothingToEndorse), "a lost device");
}

#[test]
fn what_was_proposed_has_to_make_sense_when_it_is_signed() {
    let (mut book, mut people, proposal) = proposed();
    let said = removal(&people[3]);
    book.does(&mut people[2], said);
    assert_eq!(book.would_endorse(&people[1], proposal, START), Err(Reason::NoSuchResident));

    // A removal of somebody who got another device since, or who is gone.
    let (mut book, mut people) = Book::of(4, 0);
    let said = removal(&people[3]);
    let proposal = book.does(&mut people[0], said);
    book.adds(&mut people[3]);
    assert_eq!(book.would_endorse(&people[1], proposal, START), Err(Reason::DevicesNotNamed));

    let (mut book, mut people) = Book::of(4, 0);
    let said = removal(&people[3]);
    let proposal = book.does(&mut people[0], said);
    let said = removal(&people[3]);
    book.does(&mut people[3], said);
    assert_eq!(book.would_endorse(&people[1], proposal, START), Err(Reason::NoSuchResident));
}

#[test]
fn a_connector_who_lost_every_device_waits_a_day_for_a_second_signature() {
    for connectors in [2, 3] {
        let (mut book, mut people) = Book::of(connectors, 0);
        let phone = book.secret();
        let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), vec![people[1].count()]);
        let proposal = book.does(&mut people[0], Statement::Recovery(recovery));
        assert_eq!(book.register.proposals()[0].endorse_after, Some(START.plus_millis(24 * HOUR)));
        let by = if connectors == 2 { 0 } else { 2 };
        let early = START.plus_millis(24 * HOUR - 1);
        assert_eq!(book.would_endorse(&people[by], proposal, early), Err(Reason::TooEarly));
        assert_eq!(book.would_endorse(&people[by], proposal, START.plus_millis(24 * HOUR)), Ok(()));
        // From three on it takes somebody else.
        let alone = book.would_endorse(&people[0], proposal, START.plus_millis(24 * HOUR));
        assert_eq!(alone, if connectors == 2 { Ok(()) } else { Err(Reason::NothingToEndorse) });
        book.now = START.plus_millis(25 * HOUR);
        let other = book.secret();
        book.endorses(&mut people[by], proposal);
        assert_eq!(book.register.active(&phone.public()).unwrap().resident, people[1].who());
        assert!(book.register.active(&people[1].device.key()).is_none());
        assert!(book.register.active(&other.public()).is_none());
    }
}

#[test]
fn a_recovery_is_not_signed_when_its_device_came_in_by_another_way() {
    let (mut book, mut people) = Book::of(3, 0);
    let phone = book.secret();
    let recovery = || Recovery::sign(&phone, &book.id, &people[1].who(), vec![people[1].count()]);
    let (first, second) = (recovery(), recovery());
    let heads = book.register.heads();
    let first = book.does_after(&mut people[0], heads.clone(), Statement::Recovery(first));
    let second = book.does_after(&mut people[2], heads, Statement::Recovery(second));
    book.now = START.plus_millis(25 * HOUR);
    book.endorses(&mut people[2], first);
    assert_eq!(book.would_endorse(&people[0], second, book.now), Err(Reason::AlreadyAMember));
}

#[test]
fn a_new_box_takes_two_connectors_and_renewing_it_one() {
    let (mut book, mut people) = Book::of(3, 1);
    let key = book.secret();
    assert_eq!(book.would(&people[3], certificate(&key)), Err(Reason::NotAConnector));
    let retire = || Statement::BoxRetirement(BoxRetirement { key: key.public() });
    assert_eq!(book.would(&people[0], retire()), Err(Reason::NothingSuch));
    let proposal = book.does(&mut people[0], certificate(&key));
    assert_eq!((waiting(&book), book.register.boxes().count()), (1, 0));
    assert!(!book.register.speaks(&key.public(), START));
    assert_eq!(book.would(&people[0], retire()), Err(Reason::NothingSuch), "a proposal is no certificate");
    book.endorses(&mut people[1], proposal);
    assert!(book.register.speaks(&key.public(), START.plus_millis(DAY - 1)));
    assert!(!book.register.speaks(&key.public(), START.plus_millis(DAY)));
    book.does(&mut people[2], certificate(&key));
    assert_eq!((waiting(&book), book.register.boxes().count()), (0, 1), "renewed by one");
    assert_eq!(book.would(&people[3], retire()), Err(Reason::NotAConnector));
    book.does(&mut people[0], retire());
    assert_eq!(book.register.boxes().count(), 0);
    assert_eq!(book.would(&people[0], retire()), Err(Reason::NothingSuch));
    book.does(&mut people[0], certificate(&key));
    assert_eq!(waiting(&book), 1, "a retired box is new again");
}

#[test]
fn an_agreement_takes_two_connectors_and_ending_it_one() {
    let (mut book, mut people) = Book::of(3, 1);
    let end = || Statement::TreatyEnd(TreatyEnd { with: THERE });
    for statement in [treaty(), end()] {
        assert_eq!(book.would(&people[3], statement), Err(Reason::NotAConnector));
    }
    let proposal = book.does(&mut people[0], treaty());
    assert_eq!((waiting(&book), book.register.treaty(&THERE, START)), (1, None));
    assert_eq!(book.register.neighbours().count(), 0);
    book.endorses(&mut people[1], proposal);
    assert_eq!(book.register.neighbours().collect::<Vec<_>>(), [&THERE]);
    assert_eq!(book.register.treaty(&THERE, START).unwrap().operation, proposal);
    assert!(book.register.holds_treaty(&THERE, &proposal, START));
    book.now = START.plus_millis(HOUR);
    book.does(&mut people[2], end());
    let later = START.plus_millis(2 * HOUR);
    assert_eq!((book.register.treaty(&THERE, later), waiting(&book)), (None, 0));
    assert!(book.register.treaty(&THERE, START.plus_millis(HOUR - 1)).is_some(), "it held until then");
    assert!(book.register.treaty(&THERE, START.plus_millis(HOUR)).is_none());
    assert!(!book.register.holds_treaty(&THERE, &proposal, later));
    assert!(book.register.holds_treaty(&THERE, &proposal, START.plus_millis(HOUR - 1)));
    assert_eq!(book.register.parted(&THERE), Some(START.plus_millis(HOUR)));
    assert_eq!(book.register.parted(&NeighbourhoodId::from_bytes([7; 32])), None);
}

#[test]
fn with_fewer_than_three_connectors_one_is_enough() {
    for connectors in [1, 2] {
        let (mut book, mut people) = Book::of(connectors, 1);
        let key = book.secret();
        book.does(&mut people[0], treaty());
        book.does(&mut people[0], certificate(&key));
        book.does(&mut people[0], Statement::CircleFounding(CircleFounding { name: "Vecht".into() }));
        let grant = book.role(&people[connectors], Role::Connector);
        book.does(&mut people[0], grant);
        assert_eq!((waiting(&book), book.register.signatures_needed()), (0, if connectors == 2 { 2 } else { 1 }));
    }
}

#[test]
fn circles_are_founded_entered_left_and_ended() {
    let (mut book, mut people) = Book::of(3, 1);
    let found = || Statement::CircleFounding(CircleFounding { name: "Vechtdorpen".into() });
    let admit = |circle: OperationId| {
        Statement::CircleAdmission(CircleAdmission { circle: circle.into(), neighbourhood: THERE })
    };
    let leave = |circle: OperationId, neighbourhood| {
        Statement::CircleLeaving(CircleLeaving { circle: circle.into(), neighbourhood })
    };
    let end = |circle: OperationId| Statement::CircleEnd(CircleEnd { circle: circle.into() });
    let join = Statement::CircleJoining(CircleJoining { circle: NOWHERE.into(), founder: THERE, admission: NOWHERE });
    let home = book.id;
    for statement in [found(), admit(NOWHERE), leave(NOWHERE, home), end(NOWHERE), join.clone()] {
        assert_eq!(book.would(&people[3], statement), Err(Reason::NotAConnector));
    }
    for statement in [admit(NOWHERE), leave(NOWHERE, THERE), end(NOWHERE)] {
        assert_eq!(book.would(&people[0], statement), Err(Reason::NothingSuch));
    }
    assert_eq!(book.would(&people[0], leave(NOWHERE, home)), Ok(()), "one leaves what one does not know");
    let circle = book.does(&mut people[0], found());
    assert_eq!(book.would(&people[0], admit(circle)), Err(Reason::NothingSuch), "not founded before two signed");
    assert_eq!(waiting(&book), 1);
    book.endorses(&mut people[1], circle);
    let admission = book.does(&mut people[0], admit(circle));
    assert_eq!(waiting(&book), 1);
    let side = |book: &Book| book.register.circles().find(|(id, _)| *id == circle.into()).unwrap().1;
    assert!(side(&book).admitted.is_empty());
    book.endorses(&mut people[2], admission);
    assert_eq!(side(&book).admitted.get(&THERE), Some(&admission));
    book.does(&mut people[1], leave(circle, THERE));
    assert_eq!((side(&book).admitted.len(), waiting(&book)), (0, 0), "shown out by one");
    let joining = book.does(&mut people[0], join);
    assert_eq!(waiting(&book), 1, "joining another's takes two");
    let joined =
        |book: &Book| book.register.circles().find(|(id, _)| *id == NOWHERE.into()).map(|(_, side)| side.joined);
    assert_eq!(joined(&book), None);
    book.endorses(&mut people[1], joining);
    assert_eq!(joined(&book), Some(Some((THERE, NOWHERE))));
    book.does(&mut people[1], leave(NOWHERE, home));
    assert_eq!(joined(&book), Some(None));
    assert_eq!(side(&book).name.as_deref(), Some("Vechtdorpen"));
    assert!(!side(&book).ended);
    book.does(&mut people[1], end(circle));
    assert!(side(&book).ended);
}

#[test]
fn organisations_have_speakers_who_name_others() {
    let (mut book, mut people) = Book::of(1, 3);
    let found = |speaker| Statement::Organisation(Organisation { speaker });
    assert_eq!(book.would(&people[1], found(people[1].who())), Err(Reason::NotAConnector));
    assert_eq!(book.would(&people[0], found(NOWHERE.into())), Err(Reason::NoSuchResident));
    let club = found(people[1].who());
    let club = book.does(&mut people[0], club);
    let change = |of: &Hand, speaks: bool| {
        let counts = if speaks { Vec::new() } else { vec![of.count()] };
        Statement::SpeakerChange(SpeakerChange { organisation: club.into(), resident: of.who(), speaks, counts })
    };
    let speaks =
        |book: &Book, of: &Hand, number| book.register.speaks_for(&club.into(), &of.who(), &of.device.key(), number);
    assert!(speaks(&book, &people[1], 5) && !speaks(&book, &people[2], 5) && !speaks(&book, &people[0], 5));
    assert_eq!(book.would(&people[2], change(&people[2], true)), Err(Reason::NotASpeaker));
    assert_eq!(book.would(&people[0], change(&people[2], true)), Ok(()), "a connector may");
    let none =
        SpeakerChange { organisation: NOWHERE.into(), resident: people[2].who(), speaks: true, counts: Vec::new() };
    assert_eq!(book.would(&people[0], Statement::SpeakerChange(none)), Err(Reason::NothingSuch));
    let nobody = Hand { device: book.stranger().device, resident: Some(NOWHERE.into()) };
    assert_eq!(book.would(&people[1], change(&nobody, true)), Err(Reason::NoSuchResident));
    let said = change(&people[2], true);
    book.does(&mut people[1], said);
    assert!(speaks(&book, &people[2], 5));
    assert_eq!(book.register.organisations().next().unwrap().speakers.len(), 2);
    let unnamed =
        SpeakerChange { organisation: club.into(), resident: people[1].who(), speaks: false, counts: Vec::new() };
    assert_eq!(book.would(&people[2], Statement::SpeakerChange(unnamed)), Err(Reason::DevicesNotNamed));
    let last = people[1].device.sequence();
    let said = change(&people[1], false);
    book.does(&mut people[2], said);
    assert!(speaks(&book, &people[1], last) && !speaks(&book, &people[1], last + 1));
    assert_eq!(book.would(&people[1], change(&people[3], true)), Err(Reason::NotASpeaker));
    // Who is removed speaks for nobody; who is gone is not made a speaker.
    let said = removal(&people[2]);
    book.does(&mut people[0], said);
    assert!(book.register.organisations().next().unwrap().speakers.is_empty());
    assert_eq!(book.would(&people[0], change(&people[2], true)), Err(Reason::NoSuchResident));
    assert_eq!(book.would(&people[0], change(&people[2], false)), Ok(()), "and can be taken off the list");
}

#[test]
fn parts_of_a_village_begin_and_end() {
    let (mut book, mut people) = Book::of(1, 1);
    let begin = || Statement::SubArea(SubArea { name: "Dorp-Noord".into() });
    let end = |area: OperationId| Statement::SubAreaEnd(SubAreaEnd { area: area.into() });
    assert_eq!(book.would(&people[1], begin()), Err(Reason::NotAConnector));
    let area = book.does(&mut people[0], begin());
    assert_eq!(book.register.areas().collect::<Vec<_>>(), [(area.into(), "Dorp-Noord")]);
    assert_eq!(book.would(&people[1], end(area)), Err(Reason::NotAConnector));
    assert_eq!(book.would(&people[0], end(NOWHERE)), Err(Reason::NothingSuch));
    let letter = book.letter(&mut people[0], Role::Resident);
    assert_eq!(book.would(&people[0], end(letter.invitation)), Err(Reason::NothingSuch), "a letter is no part");
    book.does(&mut people[0], end(area));
    assert_eq!(book.register.areas().count(), 0);
}

#[test]
fn connectors_decide_about_forks_of_devices_that_are_there() {
    let (mut book, mut people) = Book::of(1, 1);
    let device = people[1].device.key();
    let keep = NOWHERE;
    let decide = |device, keep| Statement::ForkDecision(ForkDecision { device, sequence: 3, keep });
    assert_eq!(book.would(&people[1], decide(device, keep)), Err(Reason::NotAConnector));
    let nobody = book.secret().public();
    assert_eq!(book.would(&people[0], decide(nobody, keep)), Err(Reason::NothingSuch));
    assert_eq!(book.register.fork_decision(&device, 3), None);
    book.does(&mut people[0], decide(device, keep));
    assert_eq!(book.register.fork_decision(&device, 3), Some(keep));
    assert_eq!(book.register.fork_decision(&device, 4), None);
    let other = OperationId::from_bytes([6; 32]);
    book.does(&mut people[0], decide(device, other));
    assert_eq!(book.register.fork_decision(&device, 3), Some(other), "the last word");
}

#[test]
fn a_chain_leads_from_the_genesis_to_every_device() {
    let (mut book, mut people) = Book::of(1, 1);
    let tablet = book.adds(&mut people[1]);
    let chain = book.register.membership_chain(&tablet.device.key());
    assert_eq!((chain.len(), chain[0]), (4, OperationId::from(book.id)), "genesis, letter, claim, addition");
    assert_eq!(chain[2], people[1].who().into());
    let mut card = book.card(&mut people[1]);
    let phone = book.adds(&mut card);
    assert_eq!(book.register.membership_chain(&phone.device.key()).len(), 5);
    let stranger = book.stranger();
    assert!(book.register.membership_chain(&stranger.device.key()).is_empty());
    let state = book.register.invitations().next().unwrap();
    assert_eq!((state.by, state.state), (people[0].who(), InvitationUse::Used(people[1].who())));
    let whole = MemberRemoval {
        resident: people[1].who(),
        counts: sorted(vec![people[1].count(), tablet.count(), phone.count()]),
    };
    book.does(&mut people[0], Statement::MemberRemoval(whole));
    assert_eq!(book.register.resident_count(), 1);
}

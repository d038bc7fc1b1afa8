//! What a register says about who somebody is: at a point of its past, and now, for whoever shows a page.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, removal, sorted, valid};
use dorpsplein_protocol::authority::{DeviceState, Missing, Reason, Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, DeviceRetirement, Invitation, MemberRemoval, OperationId, Organisation, Recovery,
    ResidentId, Role, RoleChange, SpeakerChange, Statement, SubArea, SubAreaEnd,
};
use dorpsplein_protocol::time::Timestamp;
use support::{DAY, START};

const NOWHERE: OperationId = OperationId::from_bytes([9; 32]);

fn retirement(of: &Hand) -> Statement {
    Statement::DeviceRetirement(DeviceRetirement { device: of.device.key(), last: of.device.sequence() })
}

/// A connector brings a former resident back with a new device.
fn recovered(book: &mut Book, by: &mut Hand, who: ResidentId) -> Hand {
    let secret = book.secret();
    let recovery = Recovery::sign(&secret, &book.id, &who, Vec::new());
    book.does(by, Statement::Recovery(recovery));
    Hand { device: Device::new(secret, book.id), resident: Some(who) }
}

#[test]
fn a_neighbourhood_is_called_what_its_genesis_says() {
    let (book, _) = Book::of(1, 1);
    assert_eq!(book.register.name(), Some("Oosterwijk aan de Vliet"));
    assert_eq!(Register::new(book.id).name(), None, "its genesis is not here");
}

#[test]
fn statements_are_listed_each_after_what_it_builds_on_with_what_became_of_it() {
    let (mut book, mut people) = Book::of(2, 2);
    let said = removal(&people[3]);
    let refused = people[2].device.state(book.register.heads(), said, START);
    book.hear(&refused);
    let statements: Vec<_> = book.register.statements().collect();
    assert_eq!(statements.len(), 1 + 3 * 2 + 1 + 1, "the genesis, letters and claims, a role, the refused one");
    assert_eq!(statements[0].operation, OperationId::from(book.id));
    assert_eq!((statements[0].device, statements[0].signed), (people[0].device.key(), START));
    for (number, statement) in statements.iter().enumerate() {
        let verdict = if statement.operation == refused.id() {
            Verdict::Refused(Reason::NotAConnector)
        } else {
            Verdict::Permitted
        };
        assert_eq!(statement.verdict, verdict, "{number}");
    }
    let place = |id: OperationId| statements.iter().position(|statement| statement.operation == id).unwrap();
    assert!(refused.header().parents.iter().all(|parent| place(*parent) < place(refused.id())));
}

#[test]
fn a_letter_says_when_it_runs_out_and_nothing_else_does() {
    let (mut book, mut people) = Book::of(1, 0);
    let letter = book.letter(&mut people[0], Role::Resident);
    assert_eq!(book.register.invitation_expires(&letter.invitation), Some(START.plus_millis(DAY)));
    assert_eq!(book.register.invitation_expires(&book.id.into()), None, "no letter");
    assert_eq!(book.register.invitation_expires(&NOWHERE), None);
}

#[test]
fn times_are_waited_for_in_their_order_and_before_all_hashes() {
    let times = [0, 1, 255, 256, START.as_millis(), u64::MAX].map(Timestamp::from_millis);
    let keys = times.map(|time| Missing::Time(time).key());
    assert!(keys.is_sorted_by(|one, other| one < other), "{keys:?}");
    assert_eq!(keys[0], [0; 32]);
    assert_eq!(keys[5], [[0; 24].as_slice(), &[255; 8]].concat()[..]);
    assert_eq!(Missing::time_key(times[4]), keys[4]);
}

#[test]
fn devices_are_those_that_have_or_had_a_place() {
    let (mut book, mut people) = Book::of(1, 2);
    let tablet = book.adds(&mut people[1]);
    let card = book.card(&mut people[1]);
    let said = removal(&people[2]);
    book.does(&mut people[0], said);
    let mut expected: Vec<PublicKey> = people.iter().chain([&tablet]).map(|hand| hand.device.key()).collect();
    expected.sort_unstable();
    assert_eq!(book.register.devices().copied().collect::<Vec<_>>(), expected, "a card is none");
    assert!(!expected.contains(&card.device.key()));
}

#[test]
fn a_resident_is_found_by_the_statement_that_admitted_them() {
    let (mut book, mut people) = Book::of(1, 1);
    let letter = book.letter(&mut people[0], Role::Resident);
    let listed: Vec<_> = book.register.residents().collect();
    assert_eq!(listed.len(), 2);
    for resident in &listed {
        assert_eq!(book.register.resident(&resident.id).as_ref(), Some(resident));
    }
    assert_eq!(book.register.resident(&letter.invitation.into()), None, "a letter is nobody");
    assert_eq!(book.register.resident(&NOWHERE.into()), None);
}

#[test]
fn a_device_that_was_retired_before_its_resident_went_is_a_retired_one() {
    let (mut book, mut people) = Book::of(1, 1);
    let tablet = book.adds(&mut people[1]);
    book.does(&mut people[1], retirement(&tablet));
    let counts = sorted(vec![people[1].count(), tablet.count()]);
    let said = MemberRemoval { resident: people[1].who(), counts };
    book.does(&mut people[0], Statement::MemberRemoval(said));
    let state = |hand: &Hand| book.register.membership(&hand.device.key()).unwrap().state;
    assert_eq!([&tablet, &people[1]].map(state), [DeviceState::Retired, DeviceState::Removed]);
}

#[test]
fn whoever_was_brought_back_is_there_for_those_who_have_seen_it() {
    let (mut book, mut people) = Book::of(2, 1);
    let said = removal(&people[2]);
    let (removed, gone) = (book.does(&mut people[1], said), people[2].who());
    recovered(&mut book, &mut people[0], gone);
    let grant = book.role(&people[2], Role::Connector);
    assert_eq!(book.would(&people[1], grant.clone()), Ok(()));
    let unaware = book.would_after(&people[1], vec![removed], START, grant);
    assert_eq!(unaware, Err(Reason::NoSuchResident), "having seen them go and not come back");
}

#[test]
fn a_card_from_before_a_removal_keeps_nobody_able_to_act() {
    let (mut book, mut people) = Book::of(2, 0);
    book.card(&mut people[1]);
    let said = removal(&people[1]);
    book.does(&mut people[0], said);
    let gone = people[1].who();
    let phone = recovered(&mut book, &mut people[0], gone);
    let grant = book.role(&people[1], Role::Connector);
    book.does(&mut people[0], grant);
    let leaving = removal(&people[0]);
    book.does(&mut people[0], leaving);
    assert_eq!(book.register.connector_count(), 1);
    assert_eq!(book.would(&phone, retirement(&phone)), Err(Reason::LastConnector));
}

#[test]
fn taking_a_role_from_somebody_who_never_had_it_gives_it_for_no_time() {
    let (mut book, mut people) = Book::of(2, 1);
    let (who, device) = (people[2].who(), people[2].device.key());
    let demotion = RoleChange { resident: who, role: Role::Resident, counts: vec![DeviceCount { device, last: 6 }] };
    book.does(&mut people[0], Statement::RoleChange(demotion));
    assert_eq!([6, 7].map(|number| book.register.role_at(&device, number)), [Some(Role::Resident); 2]);
}

#[test]
fn a_voice_that_was_withdrawn_counts_up_to_its_number_whatever_is_said_of_other_speakers() {
    let (mut book, mut people) = Book::of(1, 2);
    let club = Statement::Organisation(Organisation { speaker: people[1].who() });
    let club = book.does(&mut people[0], club);
    let last = people[1].device.sequence();
    let change = |of: &Hand, speaks: bool| {
        let counts = if speaks { Vec::new() } else { vec![of.count()] };
        Statement::SpeakerChange(SpeakerChange { organisation: club.into(), resident: of.who(), speaks, counts })
    };
    let said = change(&people[1], false);
    book.does(&mut people[0], said);
    for speaks in [true, false] {
        let said = change(&people[2], speaks);
        book.does(&mut people[0], said);
        let counts = [last, last + 1]
            .map(|number| book.register.speaks_for(&club.into(), &people[1].who(), &people[1].device.key(), number));
        assert_eq!(counts, [true, false]);
    }
}

#[test]
fn what_was_founded_counts_for_those_who_have_seen_it_and_if_it_counts_itself() {
    let (mut book, mut people) = Book::of(2, 1);
    let part = || Statement::SubArea(SubArea { name: "Dorp-Noord".into() });
    let end = |area: OperationId| Statement::SubAreaEnd(SubAreaEnd { area: area.into() });
    let heads = book.register.heads();
    let area = book.does(&mut people[0], part());
    assert_eq!(book.would_after(&people[1], vec![area], START, end(area)), Ok(()));
    assert_eq!(book.would_after(&people[1], heads, START, end(area)), Err(Reason::NothingSuch), "not seen");
    let refused = people[2].device.state(book.register.heads(), part(), START);
    assert_eq!(book.hear(&refused), Verdict::Refused(Reason::NotAConnector));
    let after = vec![refused.id()];
    assert_eq!(book.would_after(&people[1], after, START, end(refused.id())), Err(Reason::NothingSuch), "refused");
}

#[test]
fn a_refused_statement_of_a_recovered_device_is_kept() {
    let (mut book, mut people) = Book::of(1, 1);
    let gone = people[1].who();
    let phone = recovered(&mut book, &mut people[0], gone);
    let key = book.secret().public();
    let letter = Invitation { key, role: Role::Resident, expires: START.plus_millis(DAY) };
    let by_phone = book.refused(&phone, book.register.heads(), START, Statement::Invitation(letter));
    assert_eq!(by_phone, (Reason::NotAConnector, true), "its place is in what it has seen");
}

#[test]
fn a_device_added_twice_counts_from_the_addition_that_ranks_first() {
    let mut seen = [0; 2];
    for _ in 0..8 {
        let (mut book, mut people) = Book::of(1, 2);
        let heads = book.register.heads();
        let secret = book.secret();
        let added = [1, 2].map(|by: usize| {
            let addition = DeviceAddition::sign(&secret, &book.id, &people[by].device.key());
            people[by].device.state(
                heads.clone(),
                Statement::DeviceAddition(addition),
                START.plus_millis(seen[0] + seen[1]),
            )
        });
        assert_eq!(book.hear(&added[0]), Verdict::Permitted);
        let late = valid(&added[1]);
        let assessment = book.register.assess(&late);
        let lower = added[1].id() < added[0].id();
        let expected = if lower { Verdict::Permitted } else { Verdict::Refused(Reason::AlreadyAMember) };
        assert_eq!((assessment.displaces(), assessment.verdict()), (lower, expected));
        book.register.insert(assessment);
        let whose = book.register.membership(&secret.public()).unwrap().resident;
        assert_eq!(whose, people[if lower { 2 } else { 1 }].who());
        seen[usize::from(lower)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

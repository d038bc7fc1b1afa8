//! What a taking voids of what was said at the same time, and what it leaves alone.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, again, endorsement, removal, sorted, valid};
use dorpsplein_protocol::authority::{DeviceState, Reason, Register, Verdict};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceRetirement, Invitation, MemberRemoval, OperationId, Organisation, Recovery, RecoveryKey,
    Role, RoleChange, Signed, SpeakerChange, Statement, SubArea,
};
use support::{DAY, START, shuffled};

const VOIDED: Verdict = Verdict::Refused(Reason::Voided);

fn retirement(of: &Hand) -> Statement {
    Statement::DeviceRetirement(DeviceRetirement { device: of.device.key(), last: of.device.sequence() })
}

fn part() -> Statement {
    Statement::SubArea(SubArea { name: "Dorp-Noord".into() })
}

fn letter(key: &SecretKey, role: Role) -> Statement {
    Statement::Invitation(Invitation { key: key.public(), role, expires: START.plus_millis(DAY) })
}

/// What a register makes of a history: the same in whatever order it came, and when it is opened anew.
fn after(book: &Book, history: &[Signed]) -> Register {
    let sights: Vec<(Register, Vec<Option<Verdict>>)> = (0..8)
        .map(|seed| {
            let (mut register, mut waiting) = (book.register.clone(), history.to_vec());
            if seed > 0 {
                waiting = shuffled(&waiting, seed);
            }
            for _ in history {
                waiting.retain(|signed| {
                    let valid = valid(signed);
                    let assessment = register.assess(&valid);
                    matches!(register.insert(assessment).verdict, Verdict::Unknown(_))
                });
            }
            let verdicts = history.iter().map(|signed| register.verdict(&signed.id())).collect();
            (register, verdicts)
        })
        .collect();
    for (_, verdicts) in &sights {
        assert_eq!(verdicts, &sights[0].1, "the order of arrival leaves no trace");
    }
    sights.into_iter().next().unwrap().0
}

/// What becomes of something when something else is said that had not seen it, nor it that.
fn beside(book: &Book, taking: &Signed, said: &Signed) -> Verdict {
    after(book, &[taking.clone(), said.clone()]).verdict(&said.id()).unwrap()
}

fn says(book: &Book, hand: &mut Hand, statement: Statement) -> Signed {
    hand.device.state(book.register.heads(), statement, START)
}

#[test]
fn a_demotion_leaves_alone_what_residents_may_say() {
    let unknown = Statement::Unknown([&[0x82, 0x18, 0x63, 0x65], "later".as_bytes()].concat());
    for number in 0..7 {
        let (mut book, mut people) = Book::of(3, 1);
        let mut tablet = book.adds(&mut people[2]);
        let club = Statement::Organisation(Organisation { speaker: people[2].who() });
        let club = book.does(&mut people[0], club);
        let secret = book.secret();
        let (who, key) = (people[2].who(), people[2].device.key());
        let counts = sorted(vec![people[2].count(), tablet.count()]);
        let statement = match number {
            0 => Statement::DeviceAddition(DeviceAddition::sign(&secret, &book.id, &key)),
            1 => Statement::RecoveryKey(RecoveryKey::sign(&secret, &book.id, &key)),
            2 => unknown.clone(),
            3 => {
                let (organisation, resident) = (club.into(), people[3].who());
                Statement::SpeakerChange(SpeakerChange { organisation, resident, speaks: true, counts: Vec::new() })
            }
            4 => retirement(&tablet),
            5 => Statement::MemberRemoval(MemberRemoval { resident: who, counts: counts.clone() }),
            _ => Statement::RoleChange(RoleChange { resident: who, role: Role::Resident, counts: counts.clone() }),
        };
        // The tablet gives the role up while the telephone says something else.
        let demotion = Statement::RoleChange(RoleChange { resident: who, role: Role::Resident, counts });
        let demotion = says(&book, &mut tablet, demotion);
        let said = says(&book, &mut people[2], statement);
        assert_eq!(beside(&book, &demotion, &said), Verdict::Permitted, "{number}");
    }
}

#[test]
fn a_demotion_voids_what_its_target_says_as_a_connector() {
    for number in 0..6 {
        let (mut book, mut people) = Book::of(2, 2);
        let secret = book.secret();
        let statement = match number {
            0 => letter(&secret, Role::Resident),
            1 => book.role(&people[2], Role::Connector),
            2 => book.role(&people[2], Role::Resident),
            3 => book.role(&people[1], Role::Connector),
            4 => removal(&people[2]),
            _ => retirement(&people[2]),
        };
        let demotion = book.role(&people[1], Role::Resident);
        let demotion = says(&book, &mut people[0], demotion);
        let said = says(&book, &mut people[1], statement);
        assert_eq!(beside(&book, &demotion, &said), VOIDED, "{number}");
    }
}

#[test]
fn whoever_leaves_has_left_also_where_another_takes_their_role_at_the_same_time() {
    let (book, mut people) = Book::of(2, 1);
    let demotion = book.role(&people[1], Role::Resident);
    let demotion = says(&book, &mut people[0], demotion);
    let leaving = removal(&people[1]);
    let leaving = says(&book, &mut people[1], leaving);
    let register = after(&book, &[demotion.clone(), leaving.clone()]);
    let verdicts = [&demotion, &leaving].map(|signed| register.verdict(&signed.id()).unwrap());
    assert_eq!(verdicts, [Verdict::Permitted; 2]);
    assert!(!register.resident(&people[1].who()).unwrap().present);
}

#[test]
fn whoever_puts_down_a_role_or_a_device_of_their_own_has_done_so_also_where_another_takes_the_role() {
    let (mut book, mut people) = Book::of(2, 1);
    let tablet = book.adds(&mut people[1]);
    let counts = sorted(vec![people[1].count(), tablet.count()]);
    let down = Statement::RoleChange(RoleChange { resident: people[1].who(), role: Role::Resident, counts });
    for own in [down.clone(), retirement(&tablet)] {
        let [by_founder, by_themselves] = [(0, &down), (1, &own)]
            .map(|(who, statement)| again(&people[who].device).state(book.register.heads(), statement.clone(), START));
        assert_eq!(beside(&book, &by_founder, &by_themselves), Verdict::Permitted, "{own:?}");
    }
}

#[test]
fn a_demotion_voids_a_grant_of_the_same_time_and_no_other_favour() {
    for deep in [0, 3] {
        let (mut book, mut people) = Book::of(2, 1);
        let club = Statement::Organisation(Organisation { speaker: people[0].who() });
        let club = book.does(&mut people[0], club);
        let demotion = book.role(&people[1], Role::Resident);
        let demotion = says(&book, &mut people[1], demotion);
        // What the founder says first makes the favour the later of the two in rank.
        let mut history = vec![demotion];
        for _ in 0..deep {
            let parents = history.iter().skip(1).last().map_or(book.register.heads(), |before| vec![before.id()]);
            history.push(people[0].device.state(parents, part(), START));
        }
        let parents = history.iter().skip(1).last().map_or(book.register.heads(), |before| vec![before.id()]);
        let who = people[1].who();
        let grant = book.role(&people[1], Role::Connector);
        let change = SpeakerChange { organisation: club.into(), resident: who, speaks: true, counts: Vec::new() };
        for (statement, expected) in [(grant, VOIDED), (Statement::SpeakerChange(change), Verdict::Permitted)] {
            let last = history.last().unwrap().clone();
            let said = again(&people[0].device).state(parents.clone(), statement, START);
            let history = [history.clone(), vec![said.clone()]].concat();
            let register = after(&book, &history);
            assert_eq!(register.verdict(&said.id()), Some(expected), "{deep}");
            assert_eq!(register.connector_count(), 1);
            assert!(register.verdict(&last.id()) == Some(Verdict::Permitted));
        }
    }
}

#[test]
fn a_removal_voids_the_favours_of_the_same_time_and_not_what_else_is_taken() {
    for number in 0..4 {
        let (mut book, mut people) = Book::of(2, 1);
        let club = Statement::Organisation(Organisation { speaker: people[2].who() });
        let club = book.does(&mut people[0], club);
        let (resident, secret) = (people[2].who(), book.secret());
        let change = |speaks: bool| {
            let counts = if speaks { Vec::new() } else { vec![people[2].count()] };
            Statement::SpeakerChange(SpeakerChange { organisation: club.into(), resident, speaks, counts })
        };
        let statement = match number {
            0 => change(true),
            1 => Statement::Recovery(Recovery::sign(&secret, &book.id, &resident, vec![people[2].count()])),
            2 => book.role(&people[2], Role::Connector),
            _ => change(false),
        };
        let gone = removal(&people[2]);
        let gone = says(&book, &mut people[0], gone);
        let said = says(&book, &mut people[1], statement);
        let expected = if number < 3 { VOIDED } else { Verdict::Permitted };
        assert_eq!(beside(&book, &gone, &said), expected, "{number}");
    }
}

/// Three connectors and two residents; the first connector, who has a tablet too, proposed to make a resident a connector.
fn proposed() -> (Book, Vec<Hand>, Hand, OperationId) {
    let (mut book, mut people) = Book::of(3, 2);
    let tablet = book.adds(&mut people[0]);
    let grant = book.role(&people[3], Role::Connector);
    let proposal = book.does(&mut people[0], grant);
    (book, people, tablet, proposal)
}

#[test]
fn a_second_signature_falls_with_whoever_proposed_or_is_favoured_at_the_same_time() {
    for number in 0..6 {
        let (book, mut people, mut tablet, proposal) = proposed();
        let counts = sorted(vec![people[0].count(), tablet.count()]);
        let resident = people[0].who();
        let (taking, by) = match number {
            0 => (Statement::MemberRemoval(MemberRemoval { resident, counts }), 0),
            1 => (Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts }), 0),
            2 => (retirement(&people[0]), 4),
            3 => (removal(&people[3]), 2),
            // And stands beside what is about others.
            4 => (retirement(&tablet), 0),
            _ => (removal(&people[4]), 2),
        };
        let heads = book.heads_and(proposal);
        let by = if by == 4 { &mut tablet } else { &mut people[by] };
        let taking = by.device.state(heads.clone(), taking, START);
        let second = people[1].device.state(heads, endorsement(proposal), START);
        let expected = if number < 4 { VOIDED } else { Verdict::Permitted };
        assert_eq!(beside(&book, &taking, &second), expected, "{number}");
    }
}

#[test]
fn a_removal_that_two_signed_voids_what_its_target_said_at_the_same_time() {
    let (mut book, mut people) = Book::of(3, 0);
    let said = removal(&people[2]);
    let proposal = book.does(&mut people[0], said);
    let heads = book.heads_and(proposal);
    let second = people[1].device.state(heads.clone(), endorsement(proposal), START);
    let said = people[2].device.state(heads, part(), START);
    assert_eq!(beside(&book, &second, &said), VOIDED);
    assert_eq!(after(&book, &[second, said]).areas().count(), 0);
}

#[test]
fn two_connectors_who_give_up_the_role_at_the_same_time_leave_one() {
    let (book, mut people) = Book::of(2, 0);
    let given_up = [0, 1].map(|who: usize| {
        let statement = book.role(&people[who], Role::Resident);
        says(&book, &mut people[who], statement)
    });
    let register = after(&book, &given_up);
    assert_eq!(register.connector_count(), 1);
    let mut verdicts = given_up.map(|signed| register.verdict(&signed.id()).unwrap());
    verdicts.sort_by_key(|verdict| *verdict != Verdict::Permitted);
    assert_eq!(verdicts, [Verdict::Permitted, Verdict::Refused(Reason::LastConnector)]);
}

#[test]
fn what_rests_on_a_letter_that_a_taking_voids_takes_nothing() {
    for (demote, seen) in [(false, false), (false, true), (true, false), (true, true)] {
        let (mut book, mut people) = Book::of(2, 1);
        let secret = book.secret();
        let open = says(&book, &mut people[1], letter(&secret, Role::Connector));
        let mut friend = book.stranger();
        let claim = friend.device.claim(open.id(), &secret, [3; 16], START);
        let taking = friend.device.state(vec![claim.id()], removal(&people[2]), START);
        let mut history = vec![open.clone(), claim, taking.clone()];
        // The founder says more before, so that their taking ranks after what the friend takes.
        let mut parents = book.register.heads();
        if seen {
            parents = vec![open.id()];
        }
        for _ in 0..5 {
            let said = people[0].device.state(parents, part(), START);
            parents = vec![said.id()];
            history.push(said);
        }
        let mut last = people[1].count();
        last.last -= u64::from(!seen);
        let (resident, counts) = (people[1].who(), vec![last]);
        let statement = if demote {
            Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts })
        } else {
            Statement::MemberRemoval(MemberRemoval { resident, counts })
        };
        let voiding = people[0].device.state(parents, statement, START);
        history.push(voiding.clone());
        let register = after(&book, &history);
        assert_eq!(register.verdict(&voiding.id()), Some(Verdict::Permitted));
        assert_eq!(register.verdict(&taking.id()), Some(Verdict::Refused(Reason::NotAMember)), "{demote} {seen}");
        assert_eq!(register.resident_count(), if demote { 3 } else { 2 }, "the friend's removal of a resident fell");
    }
}

#[test]
fn a_circle_that_takes_from_another_is_broken_first() {
    let (mut book, mut people) = Book::of(1, 1);
    let mut devices = vec![people.pop().unwrap()];
    for _ in 0..3 {
        let added = book.adds(&mut devices[0]);
        devices.push(added);
    }
    let heads = book.register.heads();
    // 0 and 1 retire each other, 2 and 3 do, and 2 retires 0 as well.
    let mut history: Vec<Signed> = [(0, 1), (1, 0), (2, 3), (3, 2)]
        .map(|(by, of): (usize, usize)| {
            let statement = retirement(&devices[of]);
            devices[by].device.state(heads.clone(), statement, START)
        })
        .to_vec();
    let also = retirement(&devices[0]);
    history.push(devices[2].device.state(vec![history[2].id()], also, START));
    let register = after(&book, &history);
    let active = |hand: &Hand| register.membership(&hand.device.key()).unwrap().state == DeviceState::Active;
    assert_eq!(devices.iter().map(active).collect::<Vec<_>>(), [false, true, true, false]);
}

//! Small histories of people who disagree, in every order and every partition: one verdict, and the one the rules give.
//!
//! In each test the number of a statement is its place in `history`; people are numbered in the order of their admission,
//! the founder being 0. Every subset of a history is a partition in which a box may find itself.
#![allow(clippy::unwrap_used)]

#[path = "support/council.rs"]
mod council;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use council::{Council, Sight, below, endorsement, in_every_order, tally};
use dorpsplein_protocol::authority::{Reason, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, DeviceRetirement, Invitation, InvitationWithdrawal, ItemId, Kind, MemberRemoval,
    OperationId, Recovery, Rescue, Role, Signed, Statement, TreatyEnd, Veto,
};
use support::{DAY, HOUR, MINUTE, START, body, news_edits, shuffled};

/// Hears a history in every order; whatever subset a box holds, somebody who may let others in is there.
fn heard(council: &Council, history: &[Signed]) -> Vec<Sight> {
    let sights = in_every_order(council, history);
    for (subset, sight) in sights.iter().enumerate() {
        let (_, connectors) = sight.standing(council);
        let able = connectors.iter().any(|who| !sight.active_devices(&council.members[*who]).is_empty());
        assert!(able, "with {subset:b} nobody is left who could open the village again: {sight:#?}");
    }
    sights
}

/// Who is removed when these removals (author, target) were all made at once, none knowing of another.
///
/// Written from the rules alone: who is not aimed at is not voided, so their removals stand and void what their targets
/// say; where all that are left aim at each other in circles, the earliest admitted of a circle stands.
fn removed_by(removals: &[(usize, usize)]) -> BTreeSet<usize> {
    let mut live: Vec<(usize, usize)> = removals.to_vec();
    let mut removed = BTreeSet::new();
    loop {
        let aimed_at: BTreeSet<usize> = live.iter().map(|(_, target)| *target).collect();
        if let Some((author, target)) = live.iter().find(|(author, _)| !aimed_at.contains(author)).copied() {
            removed.insert(target);
            live.retain(|(by, to)| *by != target && (*by, *to) != (author, target));
            continue;
        }
        let Some(earliest) = live.iter().map(|(author, _)| *author).find(|author| in_circle(*author, &live)) else {
            return removed;
        };
        let circle_start = live.iter().map(|(author, _)| *author).filter(|author| in_circle(*author, &live)).min();
        let first = circle_start.unwrap_or(earliest);
        live.retain(|(_, target)| *target != first);
    }
}

/// Whether removals lead from somebody back to themselves.
fn in_circle(start: usize, removals: &[(usize, usize)]) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(at) = open.pop() {
        for (_, target) in removals.iter().filter(|(author, _)| *author == at) {
            if *target == start {
                return true;
            }
            if seen.insert(*target) {
                open.push(*target);
            }
        }
    }
    false
}

/// `removals` are proposed at once and each is endorsed by somebody of their own who takes no part, the first of them being
/// number `quarrelling`: first all removals, then all endorsements in the same order.
fn endorsed_quarrel(council: &mut Council, quarrelling: usize, removals: &[(usize, usize)]) -> Vec<Signed> {
    let mut history: Vec<Signed> = Vec::new();
    for (author, target) in removals {
        let statement = council.removal(*target);
        history.push(council.say(*author, statement));
    }
    for number in 0..removals.len() {
        let proposal = history[number].clone();
        history.push(council.endorse(quarrelling + number, &proposal));
    }
    history
}

/// In every subset of the history of an endorsed quarrel the removals whose endorsement is there decide as the rules say.
fn decides_as_the_rules_say(quarrelling: usize, removals: &[(usize, usize)]) {
    let mut council = Council::of(quarrelling + removals.len(), 0);
    let history = endorsed_quarrel(&mut council, quarrelling, removals);
    for (subset, sight) in heard(&council, &history).iter().enumerate() {
        let there = |number: usize| subset & (1 << number) != 0;
        let complete = (0..removals.len()).filter(|number| there(*number) && there(*number + removals.len()));
        let effective: Vec<(usize, usize)> = complete.map(|number| removals[number]).collect();
        let removed = removed_by(&effective);
        let expected: Vec<usize> = (0..council.members.len()).filter(|who| !removed.contains(who)).collect();
        assert_eq!(sight.standing(&council).0, expected, "{removals:?}, with {subset:b}: {sight:#?}");
    }
}

#[test]
fn the_expectation_itself_is_what_the_rules_say() {
    assert_eq!(removed_by(&[(0, 1), (1, 0)]), BTreeSet::from([1]));
    assert_eq!(removed_by(&[(0, 1), (1, 2), (2, 0)]), BTreeSet::from([1]), "2 fell out with 0 in vain, 1 was too late");
    assert_eq!(removed_by(&[(0, 2), (2, 1), (1, 0)]), BTreeSet::from([2]));
    assert_eq!(removed_by(&[(0, 1), (1, 2)]), BTreeSet::from([1]), "who is removed removes nobody at the same time");
    assert_eq!(removed_by(&[(1, 2), (2, 1), (0, 1)]), BTreeSet::from([1]), "the circle is broken from outside");
    assert_eq!(removed_by(&[(1, 2), (2, 1), (0, 3), (3, 0)]), BTreeSet::from([2, 3]), "two circles, two answers");
}

#[test]
fn two_connectors_who_remove_each_other() {
    let mut council = Council::of(2, 1);
    let (down, up) = (council.removal(1), council.removal(0));
    let history = [council.say(0, down), council.say(1, up)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b01].standing(&council), (vec![0, 2], vec![0]));
    assert_eq!(sights[0b10].standing(&council), (vec![1, 2], vec![1]));
    assert_eq!(sights[0b11].standing(&council), (vec![0, 2], vec![0]), "who was admitted first stands");
    assert_eq!(sights[0b11].counting(), [0]);
}

#[test]
fn two_of_four_connectors_remove_each_other_and_each_finds_a_second() {
    decides_as_the_rules_say(2, &[(0, 1), (1, 0)]);
}

#[test]
fn without_a_second_signature_nobody_is_removed() {
    for removals in [&[(0, 1), (1, 0)][..], &[(0, 1), (1, 2), (2, 0)]] {
        let mut council = Council::of(3, 1);
        let mut history = Vec::new();
        for (author, target) in removals {
            let statement = council.removal(*target);
            history.push(council.say(*author, statement));
        }
        for sight in heard(&council, &history) {
            assert_eq!(sight.standing(&council), (vec![0, 1, 2, 3], vec![0, 1, 2]));
        }
    }
}

#[test]
fn three_connectors_remove_each_other_in_a_circle() {
    decides_as_the_rules_say(3, &[(0, 1), (1, 2), (2, 0)]);
}

#[test]
fn three_connectors_remove_each_other_in_a_circle_the_other_way() {
    decides_as_the_rules_say(3, &[(0, 2), (2, 1), (1, 0)]);
}

macro_rules! circles_of_four {
    ($($name:ident: $a:literal $b:literal $c:literal $d:literal),+ $(,)?) => {$(
        #[test]
        fn $name() {
            decides_as_the_rules_say(4, &[($a, $b), ($b, $c), ($c, $d), ($d, $a)]);
        }
    )+};
}

circles_of_four! {
    four_connectors_remove_each_other_in_the_order_0123: 0 1 2 3,
    four_connectors_remove_each_other_in_the_order_0132: 0 1 3 2,
    four_connectors_remove_each_other_in_the_order_0213: 0 2 1 3,
    four_connectors_remove_each_other_in_the_order_0231: 0 2 3 1,
    four_connectors_remove_each_other_in_the_order_0312: 0 3 1 2,
    four_connectors_remove_each_other_in_the_order_0321: 0 3 2 1,
}

#[test]
fn three_connectors_remove_each_other_and_sign_for_each_other() {
    let mut council = Council::of(3, 0);
    let mut history = Vec::new();
    for (author, target) in [(0, 1), (1, 2), (2, 0)] {
        let statement = council.removal(target);
        history.push(council.say(author, statement));
    }
    for (proposal, endorser) in [(0, 2), (1, 0), (2, 1)] {
        let proposal = history[proposal].clone();
        history.push(council.endorse(endorser, &proposal));
    }
    let sights = heard(&council, &history);
    let full = sights.last().unwrap();
    assert_eq!(full.standing(&council).0, [0, 2], "the founder's stands, and with it falls what 1 said and signed");
}

/// Every way in which each of `quarrelling` people removes one of the others or nobody, heard in a few orders.
fn every_quarrel_of(quarrelling: usize) {
    let choices = quarrelling.pow(quarrelling as u32);
    let (mut council, mut outcomes) = (Council::of(quarrelling * 2, 0), Vec::new());
    for mut choice in 0..choices {
        let mut removals = Vec::new();
        for author in 0..quarrelling {
            let target = choice % quarrelling;
            choice /= quarrelling;
            // To aim at oneself stands for keeping quiet.
            if target != author {
                removals.push((author, target));
            }
        }
        council.restart();
        let history = endorsed_quarrel(&mut council, quarrelling, &removals);
        let mut sights: Vec<Sight> = Vec::new();
        for seed in 0..3 {
            let mut listener = council.listener();
            shuffled(&history, seed).iter().for_each(|operation| listener.hear(operation));
            sights.push(listener.sight(&history));
        }
        assert!(sights.iter().all(|sight| sight.agrees(&sights[0])), "{removals:?}");
        let removed = removed_by(&removals);
        let expected: Vec<usize> = (0..council.members.len()).filter(|who| !removed.contains(who)).collect();
        assert_eq!(sights[0].standing(&council).0, expected, "{removals:?}");
        outcomes.push(removed.len());
    }
    assert!(tally(outcomes).len() > 1, "quarrels end in different ways");
}

#[test]
fn every_quarrel_of_three_ends_as_the_rules_say() {
    every_quarrel_of(3);
}

#[test]
fn every_quarrel_of_four_ends_as_the_rules_say() {
    every_quarrel_of(4);
}

#[test]
fn a_demotion_against_a_removal() {
    let mut council = Council::of(2, 0);
    let (demotion, removal) = (council.role(1, Role::Resident), council.removal(0));
    let history = [council.say(0, demotion), council.say(1, removal)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b11].standing(&council), (vec![0, 1], vec![0]), "the founder's stands: 1 stays, as a resident");
    assert_eq!(sights[0b10].standing(&council), (vec![1], vec![1]));

    let mut council = Council::of(2, 0);
    let (removal, demotion) = (council.removal(1), council.role(0, Role::Resident));
    let history = [council.say(0, removal), council.say(1, demotion)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b11].standing(&council), (vec![0], vec![0]), "who is removed demotes nobody at the same time");
    assert_eq!(sights[0b10].standing(&council), (vec![0, 1], vec![1]));
}

#[test]
fn two_connectors_who_demote_each_other() {
    let mut council = Council::of(2, 0);
    let (down, up) = (council.role(1, Role::Resident), council.role(0, Role::Resident));
    let history = [council.say(0, down), council.say(1, up)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b11].standing(&council), (vec![0, 1], vec![0]));
}

#[test]
fn a_removal_against_a_grant() {
    let mut council = Council::of(2, 1);
    let (grant, removal) = (council.role(2, Role::Connector), council.removal(2));
    let history = [council.say(0, grant), council.say(1, removal)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b01].standing(&council), (vec![0, 1, 2], vec![0, 1, 2]));
    assert_eq!(sights[0b11].standing(&council), (vec![0, 1], vec![0, 1]), "a grant brings nobody back");
}

#[test]
fn a_resignation_against_a_grant() {
    let mut council = Council::of(2, 0);
    let (resignation, grant) = (council.role(1, Role::Resident), council.role(1, Role::Connector));
    let history = [council.say(1, resignation), council.say(0, grant)];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b10].standing(&council).1, [0, 1]);
    assert_eq!(sights[0b11].standing(&council).1, [0], "of two at once the one that trusts less stands");
}

#[test]
fn a_demotion_by_two_against_a_grant_by_two() {
    let mut council = Council::of(4, 0);
    let (demotion, grant) = (council.role(1, Role::Resident), council.role(1, Role::Connector));
    let (demotion, grant) = (council.say(0, demotion), council.say(2, grant));
    let (down, up) = (council.endorse(3, &demotion), council.endorse(1, &grant));
    let sights = heard(&council, &[demotion, grant, down, up]);
    assert_eq!(sights[0b1010].standing(&council).1, [0, 1, 2, 3], "without the second signature nothing happens");
    assert_eq!(sights[0b1111].standing(&council).1, [0, 2, 3]);
}

/// The founder recovers a resident onto a new device.
fn recovery(council: &mut Council, target: usize) -> (Statement, SecretKey) {
    let new = council.secret();
    let member = &council.members[target];
    let statement = Statement::Recovery(Recovery::sign(&new, &council.id, &member.resident, vec![member.count]));
    (statement, new)
}

#[test]
fn a_recovery_against_a_removal() {
    let mut council = Council::of(2, 1);
    let (statement, new) = recovery(&mut council, 2);
    let recovery = council.say(0, statement);
    let removal = council.removal(2);
    let removal = council.say(1, removal);
    let mut device = Device::new(new, council.id);
    let invitation = open_invitation(&mut council);
    let statement = device.state(vec![recovery.id()], invitation, START);
    let sights = heard(&council, &[recovery, removal, statement]);
    let key = device.key();
    assert_eq!(sights[0b001].active_devices(&council.members[2]), [key], "the new device, and not the lost one");
    for with_removal in [0b010, 0b011, 0b111] {
        assert_eq!(sights[with_removal].standing(&council).0, [0, 1]);
        assert_eq!(sights[with_removal].active_devices(&council.members[2]), []);
    }
}

#[test]
fn the_recovery_of_a_connector_against_their_removal() {
    let mut council = Council::of(4, 0);
    let (statement, _) = recovery(&mut council, 1);
    let proposal = council.say(0, statement);
    let agreed = council.say_after(2, &[&proposal], START.plus_millis(24 * HOUR), endorsement(&proposal));
    let removal = council.removal(1);
    let removal = council.say(3, removal);
    let second = council.endorse(0, &removal);
    let sights = heard(&council, &[proposal, agreed, removal, second]);
    assert_eq!(sights[0b0011].active_devices(&council.members[1]).len(), 1);
    assert_ne!(sights[0b0011].active_devices(&council.members[1]), [council.members[1].device.key()]);
    assert_eq!(sights[0b1111].standing(&council).0, [0, 2, 3]);
}

#[test]
fn a_connector_is_recovered_by_two_after_a_day_unless_an_old_device_objects() {
    let mut council = Council::of(3, 0);
    let (statement, _) = recovery(&mut council, 1);
    let proposal = council.say(0, statement);
    let early = council.say_after(2, &[&proposal], START.plus_millis(24 * HOUR - 1), endorsement(&proposal));
    let own = council.say_after(0, &[&proposal], START.plus_millis(25 * HOUR), endorsement(&proposal));
    let veto = Statement::Veto(Veto { of: proposal.id() });
    let veto = council.say_after(1, &[&proposal], START.plus_millis(HOUR), veto);
    let after_veto = council.say_after(2, &[&proposal, &veto], START.plus_millis(26 * HOUR), endorsement(&proposal));
    let history = [proposal, early, own, veto, after_veto];
    let sights = heard(&council, &history);
    let old = council.members[1].device.key();
    for (subset, sight) in sights.iter().enumerate() {
        assert_eq!(sight.active_devices(&council.members[1]), [old], "with {subset:b}");
        assert!(!sight.counts(1) && !sight.counts(2) && !sight.counts(4), "with {subset:b}: {sight:#?}");
    }

    let mut council = Council::of(3, 0);
    let (statement, _) = recovery(&mut council, 1);
    let proposal = council.say(0, statement);
    let due = council.say_after(2, &[&proposal], START.plus_millis(24 * HOUR), endorsement(&proposal));
    let veto = Statement::Veto(Veto { of: proposal.id() });
    let unseen = council.say_after(1, &[&proposal], START.plus_millis(23 * HOUR), veto);
    let sights = heard(&council, &[proposal, due, unseen]);
    let recovered = |sight: &Sight| sight.active_devices(&council.members[1]);
    assert_ne!(recovered(&sights[0b011]), [old_key(&council)], "two signed, a day passed, nobody objected");
    assert_eq!(
        recovered(&sights[0b111]),
        recovered(&sights[0b011]),
        "an objection that the second did not see is late"
    );
}

fn old_key(council: &Council) -> dorpsplein_protocol::identity::PublicKey {
    council.members[1].device.key()
}

#[test]
fn a_removal_against_the_addition_of_a_device() {
    let mut council = Council::of(2, 1);
    let tablet = council.secret();
    let addition = DeviceAddition::sign(&tablet, &council.id, &council.members[2].device.key());
    let addition = council.say(2, Statement::DeviceAddition(addition));
    let removal = council.removal(2);
    let removal = council.say(1, removal);
    let mut tablet = Device::new(tablet, council.id);
    let place = dorpsplein_protocol::compose::Place {
        neighbourhood: council.id,
        space: dorpsplein_protocol::operation::Space::Square,
    };
    let post = tablet.create(place, Kind::NEWS, None, news_edits("Van de nieuwe tablet"), START);
    let item = ItemId::from(post.id());
    let sights = heard(&council, &[addition, removal, post]);
    assert_eq!(sights[0b001].active_devices(&council.members[2]).len(), 2);
    assert!(sights[0b101].shows(item));
    for with_removal in [0b010, 0b011, 0b110, 0b111] {
        assert_eq!(sights[with_removal].standing(&council).0, [0, 1]);
        assert!(!sights[with_removal].shows(item), "a device that came in through the back door says nothing");
    }
}

#[test]
fn a_letter_redeemed_twice_and_three_times() {
    for people in [2, 3] {
        let mut council = Council::of(1, 0);
        let letter = council.secret();
        let expires = START.plus_millis(14 * DAY);
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        let invitation = council.say(0, Statement::Invitation(invitation));
        let mut claims = Vec::new();
        for number in 0..people {
            let mut device = Device::new(council.secret(), council.id);
            claims.push(device.claim(invitation.id(), &letter, [number; 16], START));
        }
        let history: Vec<Signed> = std::iter::once(invitation).chain(claims).collect();
        let sights = heard(&council, &history);
        for (subset, sight) in sights.iter().enumerate().filter(|(subset, _)| subset & 1 == 1) {
            let there = (1..history.len()).filter(|number| subset & (1 << number) != 0);
            let winner = there.min_by_key(|number| history[*number].id());
            let counting: Vec<usize> = sight.counting().into_iter().filter(|number| *number > 0).collect();
            assert_eq!(counting, winner.into_iter().collect::<Vec<_>>(), "with {subset:b}");
            assert_eq!(sight.people.len(), 1 + counting.len());
        }
        let refused = |verdict: &Verdict| *verdict == Verdict::Refused(Reason::InvitationUsed);
        let verdicts = &sights.last().unwrap().verdicts;
        assert_eq!(verdicts.iter().flatten().filter(|verdict| refused(verdict)).count(), usize::from(people) - 1);
    }
}

#[test]
fn one_device_with_two_letters_joins_once() {
    let mut council = Council::of(2, 0);
    let letters = [council.secret(), council.secret()];
    let mut history = Vec::new();
    for (by, letter) in letters.iter().enumerate() {
        let expires = START.plus_millis(14 * DAY);
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        history.push(council.say(by, Statement::Invitation(invitation)));
    }
    let seed = council.secret().to_seed();
    for number in 0..2 {
        let mut device = Device::new(SecretKey::from_seed(&seed), council.id);
        history.push(device.claim(history[number].id(), &letters[number], [7; 16], START));
    }
    let sights = heard(&council, &history);
    assert_eq!(sights[0b1111].people.len(), 3, "one device is one person's");
    assert_eq!(sights[0b1111].counting().len(), 3);
}

#[test]
fn a_withdrawn_letter_against_its_claim() {
    let mut council = Council::of(1, 0);
    let letter = council.secret();
    let expires = START.plus_millis(14 * DAY);
    let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
    let invitation = council.say(0, Statement::Invitation(invitation));
    let withdrawal = Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: invitation.id() });
    let withdrawal = council.say(0, withdrawal);
    let mut device = Device::new(council.secret(), council.id);
    let claim = device.claim(invitation.id(), &letter, [1; 16], START);
    let sights = heard(&council, &[invitation, withdrawal, claim]);
    assert_eq!(sights[0b101].people.len(), 2);
    assert_eq!(sights[0b111].people.len(), 1, "whoever did not claim before the withdrawal no longer can");
}

#[test]
fn a_letter_that_was_claimed_and_then_withdrawn_against_a_second_claim() {
    let mut reasons = BTreeSet::new();
    for nonce in 0..8 {
        let mut council = Council::of(1, 0);
        let letter = council.secret();
        let expires = START.plus_millis(14 * DAY);
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        let invitation = council.say(0, Statement::Invitation(invitation));
        let claim = |council: &mut Council, nonce| {
            Device::new(council.secret(), council.id).claim(invitation.id(), &letter, [nonce; 16], START)
        };
        let (first, second) = (claim(&mut council, nonce), claim(&mut council, nonce + 100));
        let withdrawal = Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: invitation.id() });
        let withdrawal = council.say_after(0, &[&first], START, withdrawal);
        let sights = heard(&council, &[invitation.clone(), first, withdrawal, second]);
        assert_eq!(sights[0b1111].people.len(), 2, "the first is older than the withdrawal");
        assert!(sights[0b1111].counts(1));
        let Some(Verdict::Refused(reason)) = sights[0b1111].verdicts[3] else { panic!("both claims count") };
        reasons.insert(reason.to_string());
    }
    assert_eq!(reasons.len(), 2, "it is used where the first has the lower id, and else withdrawn: {reasons:?}");
}

#[test]
fn nobody_is_shown_out_whose_letter_was_withdrawn_before_they_had_claimed_it() {
    for nonce in 0..8 {
        let mut council = Council::of(1, 0);
        let letter = council.secret();
        let expires = START.plus_millis(14 * DAY);
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        let invitation = council.say(0, Statement::Invitation(invitation));
        let withdrawal = Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: invitation.id() });
        let withdrawal = council.say(0, withdrawal);
        let mut friend = Device::new(council.secret(), council.id);
        let claim = friend.claim(invitation.id(), &letter, [nonce; 16], START);
        // The claim comes to light, and the founder, to be sure, shows its maker out.
        let counts = vec![DeviceCount { device: friend.key(), last: friend.sequence() }];
        let removal = MemberRemoval { resident: claim.id().into(), counts };
        let removal = council.say_after(0, &[&withdrawal, &claim], START, Statement::MemberRemoval(removal));
        let sights = heard(&council, &[invitation, withdrawal, claim, removal]);
        let verdicts = &sights[0b1111].verdicts;
        assert_eq!(verdicts[2], Some(Verdict::Refused(Reason::InvitationWithdrawn)));
        assert_eq!(verdicts[3], Some(Verdict::Refused(Reason::NoSuchResident)), "there is nobody to show out");
    }
}

#[test]
fn what_a_removed_connector_said_at_the_same_time_falls_with_all_that_leans_on_it() {
    let mut council = Council::of(2, 0);
    let removal = council.removal(1);
    let removal = council.say(0, removal);
    let letter = council.secret();
    let expires = START.plus_millis(14 * DAY);
    let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
    let invitation = council.say(1, Statement::Invitation(invitation));
    let mut friend = Device::new(council.secret(), council.id);
    let claim = friend.claim(invitation.id(), &letter, [1; 16], START);
    let tablet = council.secret();
    let addition = DeviceAddition::sign(&tablet, &council.id, &friend.key());
    let addition = friend.state(vec![claim.id()], Statement::DeviceAddition(addition), START);
    let sights = heard(&council, &[removal, invitation, claim, addition]);
    assert_eq!(sights[0b1110].people.len(), 3, "without the removal the friend is in, with two devices");
    assert_eq!(sights[0b1111].standing(&council).0, [0]);
    assert_eq!(sights[0b1111].people.iter().filter(|person| person.present).count(), 1, "{:#?}", sights[0b1111]);
}

#[test]
fn letters_that_were_open_when_their_connector_was_removed_can_no_longer_be_claimed() {
    let mut council = Council::of(2, 0);
    let letters = [council.secret(), council.secret()];
    let mut invitations = Vec::new();
    for letter in &letters {
        let expires = START.plus_millis(14 * DAY);
        let invitation = Invitation { key: letter.public(), role: Role::Resident, expires };
        invitations.push(council.say(1, Statement::Invitation(invitation)));
    }
    let mut neighbour = Device::new(council.secret(), council.id);
    let claimed = neighbour.claim(invitations[0].id(), &letters[0], [1; 16], START);
    // The founder knows of both letters and of the neighbour who used one; both were written while 1 was trusted.
    let count = DeviceCount { device: council.members[1].device.key(), last: council.members[1].device.sequence() };
    let removal = MemberRemoval { resident: council.members[1].resident, counts: vec![count] };
    let seen = [&invitations[1], &claimed];
    let removal = council.say_after(0, &seen, START, Statement::MemberRemoval(removal));
    let mut friend = Device::new(council.secret(), council.id);
    let claim = friend.claim(invitations[1].id(), &letters[1], [2; 16], START);
    let [first, second] = invitations.try_into().unwrap();
    let history = [first, second, claimed, removal, claim];
    let sights = heard(&council, &history);
    assert_eq!(sights[0b11111].counting(), [0, 1, 2, 3], "the neighbour stays, the friend does not come in");
}

#[test]
fn honest_work_beyond_the_count_comes_back_with_a_rescue() {
    let mut council = Council::of(2, 1);
    let place = dorpsplein_protocol::compose::Place {
        neighbourhood: council.id,
        space: dorpsplein_protocol::operation::Space::Square,
    };
    let offline = council.members[2].device.create(place, Kind::NEWS, None, news_edits("Onderweg geschreven"), START);
    let removal = council.removal(2);
    let removal = council.say(0, removal);
    let device = council.members[2].device.key();
    let rescue = Statement::Rescue(Rescue { device, last: council.members[2].device.sequence() });
    let rescue = council.say_after(1, &[&removal], START, rescue);
    let item = ItemId::from(offline.id());
    let sights = heard(&council, &[offline, removal, rescue]);
    assert!(sights[0b001].shows(item));
    assert!(!sights[0b011].shows(item), "the removal did not know of it");
    assert!(sights[0b111].shows(item));
    assert_eq!(sights[0b111].standing(&council).0, [0, 1], "what was written comes back, who wrote it does not");
}

#[test]
fn two_removals_at_once_count_as_far_as_the_shorter_one() {
    let mut council = Council::of(2, 1);
    let place = dorpsplein_protocol::compose::Place {
        neighbourhood: council.id,
        space: dorpsplein_protocol::operation::Space::Square,
    };
    let member = &mut council.members[2];
    let post = member.device.create(place, Kind::NEWS, None, news_edits("Nog net gezien"), START);
    let generous = DeviceCount { device: member.device.key(), last: member.device.sequence() };
    let generous = MemberRemoval { resident: member.resident, counts: vec![generous] };
    let strict = council.removal(2);
    let item = ItemId::from(post.id());
    let history = [post, council.say(0, Statement::MemberRemoval(generous)), council.say(1, strict)];
    let sights = heard(&council, &history);
    assert!(sights[0b011].shows(item));
    assert!(!sights[0b101].shows(item) && !sights[0b111].shows(item));
}

/// A resident with a telephone and a tablet that both know of each other.
fn with_tablet(council: &mut Council, who: usize) -> (Signed, Device) {
    let secret = council.secret();
    let addition = DeviceAddition::sign(&secret, &council.id, &council.members[who].device.key());
    let addition = council.say(who, Statement::DeviceAddition(addition));
    (addition, Device::new(secret, council.id))
}

#[test]
fn two_devices_of_one_person_that_retire_each_other() {
    let mut council = Council::of(2, 1);
    let (addition, mut tablet) = with_tablet(&mut council, 2);
    let telephone = council.members[2].device.key();
    let last = council.members[2].device.sequence();
    let by_telephone = Statement::DeviceRetirement(DeviceRetirement { device: tablet.key(), last: 0 });
    let by_telephone = council.say(2, by_telephone);
    let by_tablet = Statement::DeviceRetirement(DeviceRetirement { device: telephone, last });
    let by_tablet = tablet.state(vec![addition.id()], by_tablet, START);
    let sights = heard(&council, &[addition, by_telephone, by_tablet]);
    assert_eq!(sights[0b101].active_devices(&council.members[2]), [tablet.key()]);
    assert_eq!(sights[0b111].active_devices(&council.members[2]), [telephone], "the one that was there first stays");
}

#[test]
fn two_connectors_who_retire_each_others_only_device() {
    let mut council = Council::of(2, 0);
    let mut history = Vec::new();
    for (by, of) in [(0, 1), (1, 0)] {
        let DeviceCount { device, last } = council.members[of].count;
        history.push(council.say(by, Statement::DeviceRetirement(DeviceRetirement { device, last })));
    }
    let sights = heard(&council, &history);
    assert_eq!(sights[0b11].active_devices(&council.members[0]).len(), 1);
    assert_eq!(sights[0b11].active_devices(&council.members[1]), []);
}

#[test]
fn all_connectors_leaving_at_once_leave_one_behind() {
    for connectors in [1, 2, 3] {
        let mut council = Council::of(connectors, 1);
        let mut history = Vec::new();
        for who in 0..connectors {
            let leaving = council.removal(who);
            history.push(council.say(who, leaving));
        }
        let sights = heard(&council, &history);
        for (subset, sight) in sights.iter().enumerate() {
            let left = (subset.count_ones() as usize).min(connectors - 1);
            assert_eq!(sight.standing(&council).1.len(), connectors - left, "{connectors} connectors, {subset:b}");
        }
        let refused: Vec<Verdict> =
            sights.last().unwrap().verdicts.iter().flatten().filter(|v| **v != Verdict::Permitted).copied().collect();
        assert_eq!(refused, [Verdict::Refused(Reason::LastConnector)]);
    }
}

#[test]
fn one_connector_leaves_while_the_other_gives_up_the_role() {
    let mut council = Council::of(2, 0);
    let (leaving, resigning) = (council.removal(0), council.role(1, Role::Resident));
    let history = [council.say(0, leaving), council.say(1, resigning)];
    for sight in heard(&council, &history) {
        assert!(!sight.standing(&council).1.is_empty());
    }
}

#[test]
fn a_treaty_that_ends_against_late_replies() {
    let mut council = Council::of(1, 1);
    let (other, mut vera) = council.befriend();
    let place = dorpsplein_protocol::compose::Place {
        neighbourhood: council.id,
        space: dorpsplein_protocol::operation::Space::Neighbours,
    };
    let now = START.plus_millis(DAY);
    let news = council.members[1].device.create(place, Kind::NEWS, None, news_edits("Straatfeest"), START);
    council.base.push(news.clone());
    let mut reply = |text: &str, at| vera.create(place, Kind::COMMENT, Some(news.id().into()), vec![body(text)], at);
    let in_time = reply("Wij komen!", now.plus_millis(MINUTE));
    let too_late = reply("Wij kwamen!", now.plus_millis(3 * HOUR));
    let end = council.say_after(0, &[], now.plus_millis(2 * HOUR), Statement::TreatyEnd(TreatyEnd { with: other.id }));
    let sights = heard(&council, &[in_time.clone(), too_late.clone(), end]);
    let shown = |subset: usize| [&in_time, &too_late].map(|reply| sights[subset].shows(ItemId::from(reply.id())));
    assert_eq!(shown(0b011), [true, true]);
    assert_eq!(shown(0b111), [true, false], "what was said while it held stays, whenever it arrives");
    assert_eq!(shown(0b101), [true, false]);
}

#[test]
fn histories_of_one_council_end_alike_whatever_is_left_out() {
    // A larger quarrel than can be heard in every order: five people, nine acts, heard as random subsets.
    let mut state = 77;
    for _ in 0..4 {
        let mut council = Council::of(4, 1);
        let mut history: Vec<Signed> = Vec::new();
        for _ in 0..9 {
            let (who, target) = (below(&mut state, 4), below(&mut state, 5));
            let statement = match below(&mut state, 3) {
                0 => council.removal(target),
                1 => council.role(target, if target.is_multiple_of(2) { Role::Connector } else { Role::Resident }),
                _ => match history.last() {
                    Some(last) => {
                        let last = last.clone();
                        history.push(council.endorse(who, &last));
                        continue;
                    }
                    None => council.removal(target),
                },
            };
            history.push(council.say(who, statement));
        }
        let mut seen: BTreeMap<Vec<OperationId>, Sight> = BTreeMap::new();
        for seed in 0..40 {
            let part = &shuffled(&history, seed)[..history.len() - (seed as usize % 4)];
            let mut listener = council.listener();
            part.iter().for_each(|operation| listener.hear(operation));
            let mut ids: Vec<OperationId> = part.iter().map(Signed::id).collect();
            ids.sort_unstable();
            let sight = listener.sight(&history);
            assert!(sight.agrees(seen.entry(ids).or_insert_with(|| sight.clone())), "{sight:#?}");
            assert!(listener.reopened().sight(&history).agrees(&sight));
        }
    }
}

fn open_invitation(council: &mut Council) -> Statement {
    let key = council.secret().public();
    Statement::Invitation(Invitation { key, role: Role::Resident, expires: START.plus_millis(14 * DAY) })
}

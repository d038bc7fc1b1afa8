//! A device that did not keep its count, in every order in which a box can hear of it.
#![allow(clippy::unwrap_used)]

#[path = "support/council.rs"]
mod council;
mod support;

use council::{Council, Sight, in_every_order};
use dorpsplein_protocol::authority::{Reason, Verdict};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    ForkDecision, Invitation, Kind, MemberRemoval, OperationId, Role, RoleChange, Signed, Space, Statement, SubArea,
};
use support::{DAY, START, news_edits};

/// A copy of somebody's key that goes on from `from`, or from where the story began.
fn copy(council: &Council, who: usize, from: Option<&Signed>) -> Device {
    let device = &council.members[who].device;
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    match from {
        Some(from) => Device::resume(secret, council.id, from.header().sequence, Some(from.id())),
        None => Device::resume(secret, council.id, device.sequence(), device.previous()),
    }
}

fn post(council: &Council, who: usize, from: Option<&Signed>, heading: &str) -> Signed {
    let place = Place { neighbourhood: council.id, space: Space::Square };
    copy(council, who, from).create(place, Kind::NEWS, None, news_edits(heading), START)
}

/// A statement that no register takes in: nobody of that name is in its past.
fn worthless(council: &Council, who: usize, from: &Signed) -> Signed {
    let nobody = OperationId::from_bytes([9; 32]).into();
    let removal = Statement::MemberRemoval(MemberRemoval { resident: nobody, counts: Vec::new() });
    copy(council, who, Some(from)).state(council.heads.clone(), removal, START)
}

/// Two posts with one number, the lower id first.
fn fork(council: &Council, who: usize) -> [Signed; 2] {
    let [one, other] = ["Echt", "Gekopieerd"].map(|heading| post(council, who, None, heading));
    if one.id() < other.id() { [one, other] } else { [other, one] }
}

#[test]
fn what_no_register_takes_in_counts_as_a_number_whatever_was_known_of_the_device_before() {
    let council = Council::of(1, 1);
    let [lower, higher] = fork(&council, 1);
    let said = worthless(&council, 1, &lower);
    for said_is_lower in [true, false] {
        let mut posts = (0..64).map(|n| post(&council, 1, Some(&lower), &format!("En dan {n}")));
        let next = posts.find(|next| (said.id() < next.id()) == said_is_lower).unwrap();
        let history = [lower.clone(), higher.clone(), said.clone(), next.clone()];
        let sight = in_every_order(&council, &history).pop().unwrap();
        assert!(sight.shows(lower.header().item()) && !sight.shows(higher.header().item()));
        assert_eq!(sight.shows(next.header().item()), !said_is_lower, "of two with one number the lower counts");
    }
}

#[test]
fn what_follows_on_a_side_that_lost_falls_with_it_also_where_a_statement_lies_between_that_no_register_takes_in() {
    let council = Council::of(1, 1);
    let [lower, higher] = fork(&council, 1);
    let said = worthless(&council, 1, &higher);
    let next = post(&council, 1, Some(&said), "En dan");
    let sight = in_every_order(&council, &[lower.clone(), higher, said, next.clone()]).pop().unwrap();
    assert!(sight.shows(lower.header().item()) && !sight.shows(next.header().item()));
}

/// A founder makes the first resident a connector, and a copy of the founder's key signs that number anew.
struct Theft {
    council: Council,
    grant: Signed,
    /// The thief lets a puppet in, and makes them a connector, who decides for the thief's side.
    stolen: [Signed; 3],
    puppet: Device,
}

fn theft() -> Theft {
    let mut council = Council::of(1, 2);
    let mut thief = copy(&council, 0, None);
    let role = council.role(1, Role::Connector);
    let grant = council.say(0, role);
    let secret = council.secret();
    let letter = Invitation { key: secret.public(), role: Role::Resident, expires: START.plus_millis(30 * DAY) };
    let letter = thief.state(council.heads.clone(), Statement::Invitation(letter), START);
    let mut puppet = Device::new(council.secret(), council.id);
    let claim = puppet.claim(letter.id(), &secret, [7; 16], START);
    let resident = claim.id().into();
    let promoted = RoleChange { resident, role: Role::Connector, counts: Vec::new() };
    let promoted = thief.state(vec![claim.id()], Statement::RoleChange(promoted), START);
    Theft { council, grant, stolen: [letter, claim, promoted], puppet }
}

impl Theft {
    fn decision(&self, keep: &Signed) -> Statement {
        let device = self.council.members[0].device.key();
        Statement::ForkDecision(ForkDecision { device, sequence: self.grant.header().sequence, keep: keep.id() })
    }

    /// Whether everybody of the village is in, and the first resident is a connector.
    fn stands(&self, sight: &Sight) -> bool {
        let (present, connectors) = sight.standing(&self.council);
        assert_eq!(present, [0, 1, 2], "nobody loses their place");
        connectors == [0, 1]
    }

    /// Whether the puppet is a connector.
    fn is_taken_over(&self, sight: &Sight) -> bool {
        let puppet = sight.people.iter().find(|person| person.id == self.stolen[1].id().into());
        puppet.is_some_and(|puppet| puppet.role == Role::Connector)
    }
}

#[test]
fn a_founders_number_signed_anew_and_who_decides_about_it_come_to_the_same_in_every_order() {
    let mut theft = theft();
    let [letter, claim, promoted] = theft.stolen.clone();
    // Whoever decides has seen both sides.
    let decision = theft.decision(&theft.grant.clone());
    let kept = theft.council.say_after(1, &[&theft.grant.clone(), &promoted], START, decision);
    let history = [theft.grant.clone(), letter, claim, promoted, kept];
    let sights = in_every_order(&theft.council, &history);
    for (subset, sight) in sights.iter().enumerate() {
        let has = |number: usize| subset & (1 << number) != 0;
        // Without the thief's letter nothing is in doubt; with it nobody new is a connector until somebody decides.
        assert_eq!(theft.stands(sight), has(0) && (!has(1) || (0..5).all(has)), "{subset:b}");
        assert_eq!(theft.is_taken_over(sight), !has(0) && (1..4).all(has), "{subset:b}");
    }
}

#[test]
fn what_a_resident_from_before_the_number_built_on_stands_in_every_order() {
    let mut theft = theft();
    let [letter, claim, promoted] = theft.stolen.clone();
    let area = Statement::SubArea(SubArea { name: "Dorp-Noord".into() });
    let said = theft.council.say_after(1, &[&theft.grant.clone()], START, area);
    let history = [theft.grant.clone(), letter, claim, promoted, said];
    for (subset, sight) in in_every_order(&theft.council, &history).iter().enumerate() {
        let has = |number: usize| subset & (1 << number) != 0;
        assert_eq!(theft.stands(sight), has(0) && (!has(1) || has(4)), "{subset:b}");
        assert_eq!(theft.is_taken_over(sight), !has(0) && (1..4).all(has), "{subset:b}");
    }
}

#[test]
fn two_who_decide_for_their_own_side_at_once_come_to_the_same_in_every_order() {
    let mut theft = theft();
    let [letter, claim, promoted] = theft.stolen.clone();
    let grant = theft.grant.clone();
    let (mine, theirs) = (theft.decision(&grant), theft.decision(&letter));
    let mine = theft.council.say_after(1, &[&grant], START, mine);
    let theirs = theft.puppet.state(vec![promoted.id()], theirs, START);
    let history = [grant, letter, claim, promoted, mine, theirs];
    let sight = in_every_order(&theft.council, &history).pop().unwrap();
    // Neither had seen the other: the later in rank is heard, and one of the two sides stands.
    assert_ne!(theft.stands(&sight), theft.is_taken_over(&sight));
    let forked = |number: usize| sight.verdicts[number] == Some(Verdict::Refused(Reason::Forked));
    assert_ne!(forked(0), forked(3));
}

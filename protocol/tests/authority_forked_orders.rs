//! A device that did not keep its count, in every order in which a box can hear of it.
#![allow(clippy::unwrap_used)]

#[path = "support/council.rs"]
mod council;
mod support;

use council::{Council, in_every_order};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Kind, MemberRemoval, OperationId, Signed, Space, Statement};
use support::{START, news_edits};

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

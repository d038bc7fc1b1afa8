//! What the rules cannot prevent, so that nobody believes otherwise: each of these is in the threat model, with its bound.
#![allow(clippy::unwrap_used)]

#[path = "support/council.rs"]
mod council;
mod support;

use council::{Council, in_every_order};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{
    DeviceCount, Invitation, InvitationWithdrawal, ItemId, Kind, MemberRemoval, Role, Signed, Space, Statement,
};
use support::{DAY, START, news_edits};

#[test]
fn a_clock_set_back_passes_the_end_of_a_letter_and_not_its_withdrawal() {
    let mut council = Council::of(1, 0);
    let letter = council.secret();
    let invitation = Invitation { key: letter.public(), role: Role::Resident, expires: START.plus_millis(DAY) };
    let invitation = council.say(0, Statement::Invitation(invitation));
    let withdrawal = Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: invitation.id() });
    let withdrawal = council.say_after(0, &[], START.plus_millis(2 * DAY), withdrawal);
    let mut late = Device::new(council.secret(), council.id);
    // Boxes listen ten days later.
    let claim = late.claim(invitation.id(), &letter, [1; 16], START);
    let sights = in_every_order(&council, &[invitation, withdrawal, claim]);
    assert!(sights[0b101].counts(2), "an end is only as honest as the clock of whoever signs");
    assert!(!sights[0b111].counts(2), "a withdrawal needs no clock");
}

#[test]
fn a_removed_member_can_fill_the_numbers_that_were_left_open_and_no_more() {
    let mut council = Council::of(2, 1);
    let place = Place { neighbourhood: council.id, space: Space::Square };
    let member = &mut council.members[2];
    let generous = DeviceCount { device: member.count.device, last: member.count.last + 2 };
    let removal = MemberRemoval { resident: member.resident, counts: vec![generous] };
    let posts =
        ["Een", "Twee", "Drie"].map(|title| member.device.create(place, Kind::NEWS, None, news_edits(title), START));
    let removal = council.say(0, Statement::MemberRemoval(removal));
    let items = posts.each_ref().map(|post| ItemId::from(post.id()));
    let history: Vec<Signed> = std::iter::once(removal).chain(posts).collect();
    let sights = in_every_order(&council, &history);
    assert_eq!(items.map(|item| sights[0b1111].shows(item)), [true, true, false]);
    assert_eq!(sights[0b1111].standing(&council).0, [0, 1]);
}

#[test]
fn a_connector_silent_since_there_were_two_can_still_act_alone_as_one_of_two() {
    let mut council = Council::of(3, 1);
    // What was said when the founder had made the first of the others a connector, and not yet the second.
    let before_the_third = council.base[council.base.len() - 2].clone();
    let removal = council.removal(0);
    let removal = council.say_after(1, &[&before_the_third], START, removal);
    let sights = in_every_order(&council, &[removal]);
    assert!(sights[1].counts(0));
    let (present, connectors) = sights[1].standing(&council);
    assert!(!present.contains(&0), "the founder is out by one signature");
    assert_eq!(
        connectors,
        [1],
        "and so is what the founder said at the same time: the third was never made a connector"
    );
}

#[test]
fn a_connector_who_said_anything_since_cannot_go_back_behind_it() {
    let mut council = Council::of(3, 1);
    let before_the_third = council.base[council.base.len() - 2].clone();
    let letter = council.secret().public();
    let invitation = Invitation { key: letter, role: Role::Resident, expires: START.plus_millis(DAY) };
    let invitation = council.say(1, Statement::Invitation(invitation));
    let heads = vec![before_the_third.id()];
    let removal = council.removal(0);
    let removal = council.members[1].device.state(heads, removal, START);
    let sights = in_every_order(&council, &[invitation, removal]);
    assert_eq!(sights[0b11].counting(), [0]);
    assert_eq!(sights[0b11].standing(&council), (vec![0, 1, 2, 3], vec![0, 1, 2]));
}

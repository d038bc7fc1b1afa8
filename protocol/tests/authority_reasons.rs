//! Who may say what in the register, reason by reason: letters, devices, roles, removals and recoveries.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, removal, sorted, valid};
use dorpsplein_protocol::authority::{Change, DeviceState, InvitationUse, Missing, Reason, Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    Claim, ClaimProof, DeviceAddition, DeviceCount, DeviceRetirement, ForkDecision, HomeKey, HomeKeyPolicy, Invitation,
    InvitationWithdrawal, MemberRemoval, NeighbourhoodId, OperationId, Organisation, Recovery, RecoveryKey, Rescue,
    Role, RoleChange, SpeakerChange, Statement, SubArea, Treaty, TreatyDirection, TreatyEnd, Veto,
};
use support::{DAY, HOUR, START};

const NOWHERE: OperationId = OperationId::from_bytes([9; 32]);

fn invitation(key: PublicKey, role: Role) -> Statement {
    Statement::Invitation(Invitation { key, role, expires: START.plus_millis(DAY) })
}

fn withdrawal(invitation: OperationId) -> Statement {
    Statement::InvitationWithdrawal(InvitationWithdrawal { invitation })
}

fn retirement(of: &Hand) -> Statement {
    Statement::DeviceRetirement(DeviceRetirement { device: of.device.key(), last: of.device.sequence() })
}

fn waiting(book: &Book) -> usize {
    book.register.proposals().len()
}

#[test]
fn a_neighbourhood_has_one_genesis() {
    let (mut book, _) = Book::of(1, 0);
    let (_, other) = Device::found(SecretKey::from_seed(&[7; 32]), "Hogeveld", [7; 16], START);
    assert_eq!(book.hear(&other), Verdict::Refused(Reason::SecondGenesis));
    assert_eq!(book.register.verdict(&other.id()), None, "it is nothing to keep");
    let mut elsewhere = Register::new(other.header().neighbourhood());
    let genesis = valid(&other);
    let assessment = elsewhere.assess(&genesis);
    assert_eq!(assessment.verdict(), Verdict::Permitted);
    elsewhere.insert(assessment);
    assert_eq!(elsewhere.resident_count(), 1);
}

#[test]
fn connectors_write_letters_and_from_three_on_two_sign_for_a_connectors_letter() {
    for connectors in [1, 2, 3, 4] {
        let (mut book, mut people) = Book::of(connectors, 1);
        let key = book.secret().public();
        let resident = people.pop().unwrap();
        assert_eq!(book.would(&resident, invitation(key, Role::Resident)), Err(Reason::NotAConnector));
        let stranger = book.stranger();
        assert_eq!(book.would(&stranger, invitation(key, Role::Resident)), Err(Reason::NotAMember));
        book.letter(&mut people[0], Role::Resident);
        assert_eq!(waiting(&book), 0);
        book.letter(&mut people[0], Role::Connector);
        assert_eq!(waiting(&book), usize::from(connectors >= 3), "with {connectors}");
    }
}

#[test]
fn a_letter_is_good_until_it_expires() {
    let (mut book, mut people) = Book::of(1, 0);
    let letter = book.letter(&mut people[0], Role::Resident);
    let hand = book.stranger();
    let expires = START.plus_millis(DAY);
    let parents = vec![letter.invitation];
    let last = START.plus_millis(DAY - 1);
    assert_eq!(book.would_claim(&hand, &letter, parents.clone(), last), Ok(()));
    assert_eq!(book.would_claim(&hand, &letter, parents, expires), Err(Reason::InvitationExpired));
}

#[test]
fn only_a_letter_is_claimed_and_only_with_its_own_secret() {
    let (mut book, mut people) = Book::of(1, 1);
    let letter = book.letter(&mut people[0], Role::Resident);
    let hand = book.stranger();
    let wrong = book::Letter { invitation: letter.invitation, secret: book.secret() };
    let parents = vec![letter.invitation];
    assert_eq!(book.would_claim(&hand, &wrong, parents.clone(), START), Err(Reason::ClaimProof));
    let grant = book.role(&people[1], Role::Connector);
    let grant = book.does(&mut people[0], grant);
    let none = book::Letter { invitation: grant, secret: book.secret() };
    assert_eq!(book.would_claim(&hand, &none, vec![grant], START), Err(Reason::NotAnInvitation));
    assert_eq!(book.would_claim(&people[1], &letter, parents, START), Err(Reason::AlreadyAMember));
}

#[test]
fn a_letter_is_claimed_once() {
    let (mut book, mut people) = Book::of(1, 0);
    let letter = book.letter(&mut people[0], Role::Resident);
    let mut hand = book.stranger();
    let claim = hand.device.claim(letter.invitation, &letter.secret, [3; 16], START);
    assert_eq!(book.hear(&claim), Verdict::Permitted);
    let other = book.stranger();
    let parents = vec![claim.id(), letter.invitation];
    let mut sorted = parents;
    sorted.sort_unstable();
    assert_eq!(book.would_claim(&other, &letter, sorted, START), Err(Reason::InvitationUsed));
    let state = book.register.invitations().last().unwrap().state;
    assert_eq!(state, InvitationUse::Used(claim.id().into()));
}

#[test]
fn a_letter_that_was_taken_back_cannot_be_claimed_whether_the_claimant_knew_or_not() {
    let (mut book, mut people) = Book::of(2, 1);
    let hand = book.stranger();
    for by in [0, 1] {
        let letter = book.letter(&mut people[0], Role::Resident);
        let at_once = vec![letter.invitation];
        assert_eq!(book.would_claim(&hand, &letter, at_once.clone(), START), Ok(()));
        assert_eq!(book.would(&people[2], withdrawal(letter.invitation)), Err(Reason::NotAConnector));
        let taken = book.does(&mut people[by], withdrawal(letter.invitation));
        let mut knowing = vec![letter.invitation, taken];
        knowing.sort_unstable();
        assert_eq!(book.would_claim(&hand, &letter, at_once, START), Err(Reason::InvitationWithdrawn));
        assert_eq!(book.would_claim(&hand, &letter, knowing, START), Err(Reason::InvitationWithdrawn));
        assert_eq!(book.register.invitations().last().unwrap().state, InvitationUse::Withdrawn);
    }
    let founder = people[0].who();
    assert_eq!(book.would(&people[0], withdrawal(founder.into())), Err(Reason::NotAnInvitation));
}

#[test]
fn letters_of_somebody_whom_another_removed_or_demoted_are_good_for_nothing() {
    for demote in [false, true] {
        let (mut book, mut people) = Book::of(2, 0);
        let letter = book.letter(&mut people[1], Role::Resident);
        let (hand, at_once) = (book.stranger(), vec![letter.invitation]);
        assert_eq!(book.would_claim(&hand, &letter, at_once.clone(), START), Ok(()));
        let taking = if demote { book.role(&people[1], Role::Resident) } else { removal(&people[1]) };
        let taking = book.does(&mut people[0], taking);
        let mut knowing = vec![letter.invitation, taking];
        knowing.sort_unstable();
        for parents in [at_once, knowing] {
            let claim = book.would_claim(&hand, &letter, parents, START);
            assert_eq!(claim, Err(Reason::InvitationWithdrawn), "demoted: {demote}");
        }
    }
}

#[test]
fn letters_of_somebody_who_left_or_gave_up_the_role_stay_good() {
    for demote in [false, true] {
        let (mut book, mut people) = Book::of(2, 0);
        let letter = book.letter(&mut people[1], Role::Resident);
        let taking = if demote { book.role(&people[1], Role::Resident) } else { removal(&people[1]) };
        let taking = book.does(&mut people[1], taking);
        let mut knowing = vec![letter.invitation, taking];
        knowing.sort_unstable();
        let hand = book.stranger();
        for parents in [vec![letter.invitation], knowing] {
            assert_eq!(book.would_claim(&hand, &letter, parents, START), Ok(()), "demoted: {demote}");
        }
    }
}

#[test]
fn a_connectors_letter_is_claimed_on_top_of_its_second_signature() {
    let (mut book, mut people) = Book::of(3, 0);
    let letter = book.letter(&mut people[0], Role::Connector);
    let hand = book.stranger();
    let alone = vec![letter.invitation];
    assert_eq!(book.would_claim(&hand, &letter, alone.clone(), START), Err(Reason::NeedsSecondSignature));
    assert_eq!(book.register.invitations().last().unwrap().state, InvitationUse::Proposed);
    let second = book.endorses(&mut people[1], letter.invitation);
    assert_eq!(book.would_claim(&hand, &letter, alone, START), Err(Reason::NeedsSecondSignature));
    let mut both = vec![letter.invitation, second];
    both.sort_unstable();
    assert_eq!(book.would_claim(&hand, &letter, both.clone(), START), Ok(()));
    let state = book.register.invitations().last().unwrap();
    assert_eq!((state.state, state.parents), (InvitationUse::Open, vec![letter.invitation, second]));
    let mut hand = hand;
    let claim = hand.device.claim_after(both, letter.invitation, &letter.secret, [3; 16], START);
    assert_eq!(book.hear(&claim), Verdict::Permitted);
    assert_eq!(book.register.connector_count(), 4);
}

#[test]
fn members_and_cards_add_devices_and_no_key_is_added_twice() {
    let (mut book, mut people) = Book::of(1, 1);
    let secret = book.secret();
    let addition = |by: &Hand, secret: &SecretKey| {
        Statement::DeviceAddition(DeviceAddition::sign(secret, &by.device.home(), &by.device.key()))
    };
    let stranger = book.stranger();
    assert_eq!(book.would(&stranger, addition(&stranger, &secret)), Err(Reason::NotAMember));
    assert_eq!(book.would(&people[1], addition(&people[0], &secret)), Err(Reason::ClaimProof), "made for another");
    let card = book.card(&mut people[1]);
    assert_eq!(book.would(&card, addition(&card, &secret)), Ok(()));
    let tablet = book.adds(&mut people[1]);
    assert_eq!(book.would(&tablet, addition(&tablet, &secret)), Ok(()));
    for known in [&tablet, &card, &people[0]] {
        let known = SecretKey::from_seed(&known.device.secret().to_seed());
        assert_eq!(book.would(&people[1], addition(&people[1], &known)), Err(Reason::AlreadyAMember));
        let paper = RecoveryKey::sign(&known, &book.id, &people[1].device.key());
        assert_eq!(book.would(&people[1], Statement::RecoveryKey(paper)), Err(Reason::AlreadyAMember));
    }
    let foreign = RecoveryKey::sign(&secret, &book.id, &people[0].device.key());
    assert_eq!(book.would(&people[1], Statement::RecoveryKey(foreign)), Err(Reason::ClaimProof));
    let resident = book.register.residents().find(|one| Some(one.id) == people[1].resident).unwrap();
    assert_eq!((resident.devices.len(), resident.cards), (2, vec![card.device.key()]));
}

#[test]
fn a_card_adds_a_device_and_nothing_else() {
    let (mut book, mut people) = Book::of(1, 1);
    let card = book.card(&mut people[0]);
    let grant = book.role(&people[1], Role::Connector);
    let paper = book.secret();
    let paper = Statement::RecoveryKey(RecoveryKey::sign(&paper, &book.id, &card.device.key()));
    for statement in [grant, removal(&people[1]), invitation(book.secret().public(), Role::Resident), paper] {
        assert_eq!(book.would(&card, statement), Err(Reason::NotAMember));
    }
    // A card that was retired, or whose resident was removed, is paper.
    let secret = book.secret();
    let addition = Statement::DeviceAddition(DeviceAddition::sign(&secret, &book.id, &card.device.key()));
    assert_eq!(book.would(&card, addition.clone()), Ok(()));
    let other = book.card(&mut people[1]);
    let said = removal(&people[1]);
    book.does(&mut people[0], said);
    let late = Statement::DeviceAddition(DeviceAddition::sign(&secret, &book.id, &other.device.key()));
    assert_eq!(book.would(&other, late), Err(Reason::NotAMember));
}

#[test]
fn what_somebody_says_rests_on_what_their_own_statement_has_seen() {
    let (mut book, mut people) = Book::of(1, 1);
    let before = book.register.heads();
    let grant = book.role(&people[1], Role::Connector);
    book.does(&mut people[0], grant);
    let key = book.secret().public();
    assert_eq!(book.would(&people[1], invitation(key, Role::Resident)), Ok(()));
    let unaware = book.would_after(&people[1], before, START, invitation(key, Role::Resident));
    assert_eq!(unaware, Err(Reason::NotAConnector));
    let genesis = OperationId::from(book.id);
    let early = book.would_after(&people[1], vec![genesis], START, invitation(key, Role::Resident));
    assert_eq!(early, Err(Reason::NotAMember), "before they were admitted");
}

#[test]
fn connectors_give_and_take_roles() {
    let (mut book, mut people) = Book::of(2, 2);
    let resident = people[2].who();
    let grant = Statement::RoleChange(RoleChange { resident, role: Role::Connector, counts: Vec::new() });
    assert_eq!(book.would(&people[3], grant.clone()), Err(Reason::NotAConnector));
    assert_eq!(book.would(&people[2], grant.clone()), Err(Reason::NotAConnector), "not even oneself");
    let nobody = RoleChange { resident: NOWHERE.into(), role: Role::Connector, counts: Vec::new() };
    assert_eq!(book.would(&people[0], Statement::RoleChange(nobody)), Err(Reason::NoSuchResident));
    book.does(&mut people[0], grant.clone());
    assert_eq!((book.register.connector_count(), waiting(&book)), (3, 0));
    let said = removal(&people[3]);
    book.does(&mut people[1], said);
    let gone = book.role(&people[3], Role::Connector);
    assert_eq!(book.would(&people[0], gone), Err(Reason::NoSuchResident));
}

#[test]
fn a_taking_names_every_device_and_no_other() {
    let (mut book, mut people) = Book::of(2, 1);
    let tablet = book.adds(&mut people[1]);
    let (who, phone) = (people[1].who(), people[1].count());
    let named = |counts: Vec<DeviceCount>| {
        let counts = sorted(counts);
        let demotion = RoleChange { resident: who, role: Role::Resident, counts: counts.clone() };
        [Statement::RoleChange(demotion), Statement::MemberRemoval(MemberRemoval { resident: who, counts })]
    };
    let (own, foreign) = (tablet.count(), people[2].count());
    let other = DeviceCount { device: book.secret().public(), last: 0 };
    for counts in [vec![], vec![phone], vec![own], vec![phone, foreign], vec![phone, own, foreign], vec![phone, other]]
    {
        for statement in named(counts) {
            assert_eq!(book.would(&people[0], statement), Err(Reason::DevicesNotNamed));
        }
    }
    for statement in named(vec![phone, own]) {
        assert_eq!(book.would(&people[0], statement), Ok(()));
    }
    // A device that was added at the same time need not be named.
    let heads = book.register.heads();
    book.adds(&mut people[1]);
    for statement in named(vec![phone, own]) {
        assert_eq!(book.would_after(&people[0], heads.clone(), START, statement), Ok(()));
    }
}

#[test]
fn from_three_connectors_on_taking_from_one_of_them_waits_and_giving_up_does_not() {
    let (mut book, mut people) = Book::of(3, 1);
    let demotion = book.role(&people[1], Role::Resident);
    book.does(&mut people[0], demotion.clone());
    assert_eq!((waiting(&book), book.register.connector_count()), (1, 3));
    let said = removal(&people[1]);
    book.does(&mut people[0], said);
    assert_eq!((waiting(&book), book.register.connector_count()), (2, 3));
    let said = retirement(&people[1]);
    book.does(&mut people[0], said);
    assert_eq!(waiting(&book), 3);
    let grant = book.role(&people[3], Role::Connector);
    book.does(&mut people[0], grant);
    assert_eq!(waiting(&book), 4);
    // Of a resident there is nothing to take that would want two.
    let tablet = book.adds(&mut people[3]);
    book.does(&mut people[0], retirement(&tablet));
    let own = RoleChange { resident: people[1].who(), role: Role::Resident, counts: vec![people[1].count()] };
    book.does(&mut people[1], Statement::RoleChange(own));
    assert_eq!((waiting(&book), book.register.connector_count()), (4, 2));
}

#[test]
fn from_three_connectors_on_a_resident_is_removed_by_one_and_leaves_alone() {
    let (mut book, mut people) = Book::of(3, 2);
    assert_eq!(book.would(&people[3], removal(&people[4])), Err(Reason::NotAConnector));
    let said = removal(&people[3]);
    book.does(&mut people[0], said);
    let leaving = removal(&people[4]);
    book.does(&mut people[4], leaving);
    let leaving = removal(&people[2]);
    book.does(&mut people[2], leaving);
    assert_eq!((waiting(&book), book.register.resident_count()), (0, 2));
    assert_eq!(book.would(&people[0], removal(&people[3])), Err(Reason::NoSuchResident), "once is enough");
}

#[test]
fn the_last_connector_who_can_act_stays() {
    let (mut book, mut people) = Book::of(1, 1);
    let own = book.role(&people[0], Role::Resident);
    for statement in [own, removal(&people[0]), retirement(&people[0])] {
        assert_eq!(book.would(&people[0], statement), Err(Reason::LastConnector));
    }
    // With a card they can lose the phone, and the card is then the last thing they have.
    book.card(&mut people[0]);
    assert_eq!(book.would(&people[0], retirement(&people[0])), Ok(()));
    let tablet = book.adds(&mut people[0]);
    book.does(&mut people[0], retirement(&tablet));
    let leaving = MemberRemoval { resident: people[0].who(), counts: sorted(vec![people[0].count(), tablet.count()]) };
    assert_eq!(book.would(&people[0], Statement::MemberRemoval(leaving)), Err(Reason::LastConnector));
    let grant = book.role(&people[1], Role::Connector);
    book.does(&mut people[0], grant);
    let leaving = MemberRemoval { resident: people[0].who(), counts: sorted(vec![people[0].count(), tablet.count()]) };
    assert_eq!(book.would(&people[0], Statement::MemberRemoval(leaving)), Ok(()));
}

#[test]
fn a_connector_without_a_device_does_not_count_as_one_who_stays() {
    let (mut book, mut people) = Book::of(2, 0);
    let said = retirement(&people[1]);
    book.does(&mut people[0], said);
    assert_eq!(book.register.connector_count(), 2, "the role is still theirs");
    let own = book.role(&people[0], Role::Resident);
    for statement in [own, removal(&people[0]), retirement(&people[0])] {
        assert_eq!(book.would(&people[0], statement), Err(Reason::LastConnector));
    }
}

#[test]
fn devices_are_retired_by_their_owner_or_a_connector() {
    let (mut book, mut people) = Book::of(1, 2);
    let tablet = book.adds(&mut people[1]);
    assert_eq!(book.would(&people[2], retirement(&tablet)), Err(Reason::NotAConnector));
    let nothing = DeviceRetirement { device: book.secret().public(), last: 0 };
    assert_eq!(book.would(&people[0], Statement::DeviceRetirement(nothing)), Err(Reason::NothingSuch));
    assert_eq!(book.would(&people[0], retirement(&tablet)), Ok(()));
    let heads = book.register.heads();
    let gone = DeviceRetirement { device: tablet.device.key(), last: 7 };
    book.does(&mut people[1], Statement::DeviceRetirement(gone));
    let membership = book.register.membership(&tablet.device.key()).unwrap();
    assert_eq!((membership.state, membership.counts_to), (DeviceState::Retired, Some(7)));
    assert_eq!([7, 8].map(|number| book.register.counts(&tablet.device.key(), number)), [true, false]);
    let secret = book.secret();
    let addition = |by: &Hand| Statement::DeviceAddition(DeviceAddition::sign(&secret, &book.id, &by.device.key()));
    assert_eq!(book.would(&tablet, addition(&tablet)), Err(Reason::DeviceRetired));
    let unaware = book.would_after(&tablet, heads, START, addition(&tablet));
    assert_eq!(unaware, Err(Reason::Voided), "said at the same time");
    let early = retirement(&people[1]);
    let genesis = vec![OperationId::from(book.id)];
    assert_eq!(book.would_after(&people[0], genesis, START, early), Err(Reason::NothingSuch), "not there yet");
}

#[test]
fn a_member_is_recovered_by_one_connector_and_a_connector_never_at_once() {
    let (mut book, mut people) = Book::of(2, 2);
    let phone = book.secret();
    let recovery = |of: &Hand, counts: Vec<DeviceCount>| {
        Statement::Recovery(Recovery::sign(&phone, &of.device.home(), &of.who(), counts))
    };
    let lost = recovery(&people[2], vec![people[2].count()]);
    assert_eq!(book.would(&people[3], lost.clone()), Err(Reason::NotAConnector));
    let foreign = recovery(&people[2], vec![people[3].count()]);
    assert_eq!(book.would(&people[0], foreign), Err(Reason::DevicesNotNamed));
    let nobody = Hand { device: book.stranger().device, resident: Some(NOWHERE.into()) };
    assert_eq!(book.would(&people[0], recovery(&nobody, Vec::new())), Err(Reason::NoSuchResident));
    let known = SecretKey::from_seed(&people[3].device.secret().to_seed());
    let known = Recovery::sign(&known, &book.id, &people[2].who(), vec![people[2].count()]);
    assert_eq!(book.would(&people[0], Statement::Recovery(known)), Err(Reason::AlreadyAMember));
    let Statement::Recovery(mut forged) = recovery(&people[3], Vec::new()) else { panic!("a recovery") };
    forged.resident = people[2].who();
    assert_eq!(book.would(&people[0], Statement::Recovery(forged)), Err(Reason::ClaimProof));
    book.does(&mut people[0], lost);
    assert_eq!(waiting(&book), 0);
    assert_eq!(book.register.active(&phone.public()).unwrap().resident, people[2].who());
    assert_eq!(book.register.membership(&people[2].device.key()).unwrap().state, DeviceState::Retired);
    let other = book.secret();
    let connector = Recovery::sign(&other, &book.id, &people[1].who(), vec![people[1].count()]);
    book.does(&mut people[0], Statement::Recovery(connector));
    assert_eq!((waiting(&book), book.register.active(&other.public())), (1, None));
}

#[test]
fn a_key_for_the_home_network_is_given_where_a_connector_allowed_it_and_says_nothing_in_the_register_but_its_end() {
    let (mut book, mut people) = Book::of(2, 2);
    let [phone, other] = [book.secret(), book.secret()];
    let month = START.plus_millis(30 * DAY);
    let key = |of: &Hand| Statement::HomeKey(HomeKey::sign(&phone, &of.device.home(), &of.who(), month));
    let policy = |allowed: bool| Statement::HomeKeyPolicy(HomeKeyPolicy { allowed });
    let own = key(&people[2]);
    assert_eq!(book.would(&people[2], own.clone()), Err(Reason::HomeKeysOff));
    assert_eq!(book.would(&people[2], policy(true)), Err(Reason::NotAConnector));
    assert!(!book.register.allows_home_keys());
    book.does(&mut people[0], policy(true));
    assert!(book.register.allows_home_keys());
    assert_eq!(book.would(&people[3], own.clone()), Err(Reason::NotAConnector), "nobody gives one to somebody else");
    assert_eq!(book.would(&people[0], key(&people[1])), Err(Reason::NoSuchAct), "and nobody one to a connector");
    let Statement::HomeKey(mut forged) = key(&people[3]) else { panic!("a key") };
    forged.resident = people[2].who();
    assert_eq!(book.would(&people[2], Statement::HomeKey(forged)), Err(Reason::ClaimProof));
    assert_eq!(book.would(&people[0], key(&people[2])), Ok(()), "a connector helps a resident");
    book.does(&mut people[2], own);

    let entry = book.register.active(&phone.public()).unwrap();
    assert_eq!((entry.resident, entry.home_key, entry.role), (people[2].who(), Some(month), Role::Resident));
    let held = SecretKey::from_seed(&phone.to_seed());
    let holder = Hand { device: Device::new(held, book.id), resident: people[2].resident };
    let addition = DeviceAddition::sign(&other, &book.id, &phone.public());
    let renewal = HomeKey::sign(&other, &book.id, &people[2].who(), month);
    let card = RecoveryKey::sign(&other, &book.id, &phone.public());
    let gone = sorted(vec![people[2].count(), DeviceCount { device: phone.public(), last: 0 }]);
    let leaving = MemberRemoval { resident: people[2].who(), counts: gone };
    for statement in [
        Statement::DeviceAddition(addition),
        Statement::HomeKey(renewal),
        Statement::RecoveryKey(card),
        Statement::MemberRemoval(leaving.clone()),
        retirement(&people[2]),
        Statement::Unknown(vec![0x82, 0x18, 0x1d, 0x80]),
    ] {
        assert_eq!(book.would(&holder, statement.clone()), Err(Reason::HomeKey), "{statement:?}");
    }
    assert_eq!(book.would(&holder, retirement(&holder)), Ok(()), "it may say that it ends");
    // Who shows somebody out names it, unless it is over by then.
    let short = removal(&people[2]);
    assert_eq!(book.would(&people[0], short.clone()), Err(Reason::DevicesNotNamed));
    assert_eq!(book.would(&people[0], Statement::MemberRemoval(leaving)), Ok(()));
    assert_eq!(book.would_at(&people[0], month, short), Ok(()));

    book.does(&mut people[1], policy(false));
    assert!(!book.register.allows_home_keys());
    let renewal = HomeKey::sign(&other, &book.id, &people[2].who(), month);
    assert_eq!(book.would(&people[2], Statement::HomeKey(renewal)), Err(Reason::HomeKeysOff));
    assert!(book.register.active(&phone.public()).is_some(), "what is there holds until it expires");
}

#[test]
fn a_connectors_key_for_the_home_network_is_no_connectors_and_no_last_device() {
    let (mut book, mut people) = Book::of(1, 1);
    let phone = book.secret();
    book.does(&mut people[0], Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true }));
    let key = HomeKey::sign(&phone, &book.id, &people[0].who(), START.plus_millis(DAY));
    book.does(&mut people[0], Statement::HomeKey(key));
    assert_eq!(book.register.role_at(&phone.public(), 1), Some(Role::Resident));
    assert_eq!(book.register.membership(&phone.public()).unwrap().role, Role::Resident);
    let held = SecretKey::from_seed(&phone.to_seed());
    let holder = Hand { device: Device::new(held, book.id), resident: people[0].resident };
    let letter = invitation(book.secret().public(), Role::Resident);
    assert_eq!(book.would(&holder, letter), Err(Reason::HomeKey));
    assert_eq!(book.would(&people[0], retirement(&people[0])), Err(Reason::LastConnector), "nobody could act any more");
}

#[test]
fn a_recovered_device_counts_where_the_old_one_no_longer_does() {
    let (mut book, mut people) = Book::of(1, 1);
    let phone = book.secret();
    let count = DeviceCount { device: people[1].device.key(), last: 4 };
    let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), vec![count]);
    book.does(&mut people[0], Statement::Recovery(recovery));
    let old = people[1].device.key();
    assert_eq!([4, 5].map(|number| book.register.counts(&old, number)), [true, false]);
    assert!(book.register.counts(&phone.public(), 900));
}

#[test]
fn a_removal_counts_up_to_what_it_says_and_a_rescue_beyond() {
    let (mut book, mut people) = Book::of(1, 1);
    let (who, device) = (people[1].who(), people[1].device.key());
    let removal = MemberRemoval { resident: who, counts: vec![DeviceCount { device, last: 5 }] };
    book.does(&mut people[0], Statement::MemberRemoval(removal));
    assert_eq!([5, 6].map(|number| book.register.counts(&device, number)), [true, false]);
    assert_eq!(book.register.membership(&device).unwrap().state, DeviceState::Removed);
    let rescue = |last| Statement::Rescue(Rescue { device, last });
    assert_eq!(book.would(&people[1], rescue(9)), Err(Reason::NotAMember));
    let unknown = Rescue { device: book.secret().public(), last: 9 };
    assert_eq!(book.would(&people[0], Statement::Rescue(unknown)), Err(Reason::NothingSuch));
    book.does(&mut people[0], rescue(9));
    assert_eq!([9, 10].map(|number| book.register.counts(&device, number)), [true, false]);
    assert!(book.register.active(&device).is_none(), "the work comes back, not its author");
    book.does(&mut people[0], rescue(7));
    assert!(book.register.counts(&device, 9), "the highest rescue counts");
}

#[test]
fn a_rescue_says_nothing_about_a_removal_that_comes_after_it() {
    let (mut book, mut people) = Book::of(1, 1);
    let (who, device) = (people[1].who(), people[1].device.key());
    book.does(&mut people[0], Statement::Rescue(Rescue { device, last: 3 }));
    let removal = MemberRemoval { resident: who, counts: vec![DeviceCount { device, last: 7 }] };
    book.does(&mut people[0], Statement::MemberRemoval(removal));
    assert_eq!([7, 8].map(|number| book.register.counts(&device, number)), [true, false]);
}

#[test]
fn of_two_removals_the_shorter_counts() {
    let (mut book, mut people) = Book::of(2, 1);
    let (who, device) = (people[2].who(), people[2].device.key());
    let heads = book.register.heads();
    for (by, last) in [(0, 8), (1, 3)] {
        let removal = MemberRemoval { resident: who, counts: vec![DeviceCount { device, last }] };
        book.does_after(&mut people[by], heads.clone(), Statement::MemberRemoval(removal));
    }
    assert_eq!([3, 4].map(|number| book.register.counts(&device, number)), [true, false]);
}

#[test]
fn a_withdrawn_role_counts_up_to_what_the_withdrawal_says() {
    let (mut book, mut people) = Book::of(2, 1);
    let (who, device) = (people[1].who(), people[1].device.key());
    let demotion = RoleChange { resident: who, role: Role::Resident, counts: vec![DeviceCount { device, last: 6 }] };
    book.does(&mut people[0], Statement::RoleChange(demotion));
    let roles = [6, 7].map(|number| book.register.role_at(&device, number));
    assert_eq!(roles, [Some(Role::Connector), Some(Role::Resident)]);
    assert!(book.register.counts(&device, 7), "they are a member still");
    let never = people[2].device.key();
    assert_eq!(book.register.role_at(&never, 1), Some(Role::Resident));
    let nobody = book.secret().public();
    assert_eq!(book.register.role_at(&nobody, 1), None);
    let grant = book.role(&people[1], Role::Connector);
    book.does(&mut people[0], grant);
    assert_eq!(book.register.role_at(&device, 7), Some(Role::Connector), "given back");
}

#[test]
fn whoever_was_removed_comes_back_with_a_new_letter_and_not_with_the_old_key() {
    let (mut book, mut people) = Book::of(1, 1);
    let said = removal(&people[1]);
    book.does(&mut people[0], said);
    let letter = book.letter(&mut people[0], Role::Resident);
    let parents = vec![letter.invitation];
    assert_eq!(book.would_claim(&people[1], &letter, parents, START), Err(Reason::AlreadyAMember));
    let back = book.join(&mut people[0], Role::Resident);
    assert!(book.register.active(&back.device.key()).is_some());
    // Or a connector gives them a device, face to face: the membership is the old one.
    let phone = book.secret();
    let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), Vec::new());
    book.does(&mut people[0], Statement::Recovery(recovery));
    assert_eq!(book.register.active(&phone.public()).unwrap().resident, people[1].who());
    assert!(book.register.active(&people[1].device.key()).is_none());
    assert_eq!(book.register.resident_count(), 3);
}

#[test]
fn what_nobody_knows_yet_is_a_members_to_say() {
    let (mut book, people) = Book::of(1, 1);
    let unknown = || Statement::Unknown([&[0x82, 0x18, 0x63, 0x65], "later".as_bytes()].concat());
    assert_eq!(book.would(&people[1], unknown()), Ok(()));
    let stranger = book.stranger();
    assert_eq!(book.would(&stranger, unknown()), Err(Reason::NotAMember));
}

#[test]
fn only_the_recovered_object_to_a_recovery() {
    let (mut book, mut people) = Book::of(2, 1);
    let phone = book.secret();
    let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), vec![people[1].count()]);
    let recovery = book.does(&mut people[0], Statement::Recovery(recovery));
    let veto = || Statement::Veto(Veto { of: recovery });
    let parents = book.heads_and(recovery);
    for other in [0, 2] {
        let said = book.would_after(&people[other], parents.clone(), START, veto());
        assert_eq!(said, Err(Reason::NothingSuch));
    }
    let grant = book.role(&people[2], Role::Connector);
    let grant = book.does(&mut people[1], grant);
    let nothing = book.would_after(&people[1], vec![grant], START, Statement::Veto(Veto { of: grant }));
    assert_eq!(nothing, Err(Reason::NothingSuch));
    let day = START.plus_millis(24 * HOUR);
    assert_eq!(book.would_endorse(&people[2], recovery, day), Ok(()));
    let parents = book.heads_and(recovery);
    book.does_after(&mut people[1], parents, veto());
    assert_eq!(book.would_endorse(&people[2], recovery, day), Err(Reason::Vetoed));
    assert!(book.register.proposals()[0].vetoed);
}

#[test]
fn a_refused_statement_is_kept_when_its_author_had_a_place_and_whom_it_names_were_there() {
    let (mut book, mut people) = Book::of(1, 2);
    let (heads, genesis) = (book.register.heads(), vec![OperationId::from(book.id)]);
    let letter = invitation(book.secret().public(), Role::Resident);
    let stranger = book.stranger();
    let by_stranger = book.refused(&stranger, heads.clone(), START, letter.clone());
    assert_eq!(by_stranger, (Reason::NotAMember, false));
    assert_eq!(book.refused(&people[1], heads.clone(), START, letter.clone()), (Reason::NotAConnector, true));
    let too_early = book.refused(&people[1], genesis.clone(), START, letter);
    assert_eq!(too_early, (Reason::NotAMember, false), "nothing that comes in changes what it has seen");
    let said = removal(&people[2]);
    assert_eq!(book.refused(&people[1], heads.clone(), START, said.clone()), (Reason::NotAConnector, true));
    assert_eq!(book.refused(&stranger, heads.clone(), START, said.clone()), (Reason::NotAMember, false));
    let unseen = book.refused(&people[0], genesis, START, said);
    assert_eq!(unseen, (Reason::NoSuchResident, false), "nor whom it has seen");
    let nobody = MemberRemoval { resident: NOWHERE.into(), counts: Vec::new() };
    let nobody = book.refused(&people[0], heads.clone(), START, Statement::MemberRemoval(nobody));
    assert_eq!(nobody, (Reason::NoSuchResident, false));
    // Whoever signs with a card had a place too.
    let card = book.card(&mut people[1]);
    let letter = invitation(book.secret().public(), Role::Resident);
    let by_card = book.refused(&card, book.register.heads(), START, letter.clone());
    assert_eq!(by_card, (Reason::NotAMember, true));
    assert_eq!(book.refused(&card, heads, START, letter), (Reason::NotAMember, false), "before the card");
}

#[test]
fn a_refused_claim_is_kept_unless_it_came_too_late_or_is_of_no_letter() {
    let (mut book, mut people) = Book::of(2, 0);
    let letter = book.letter(&mut people[1], Role::Resident);
    let keeps = |book: &Book, hand: &Hand, at| {
        let proof = ClaimProof::new(&book.id, &letter.invitation, &hand.device.key(), &[3; 16]).sign(&letter.secret);
        let claim = Claim { invitation: letter.invitation, nonce: [3; 16], proof };
        book.refused(hand, vec![letter.invitation], at, Statement::Claim(claim))
    };
    let hand = book.stranger();
    let expires = START.plus_millis(DAY);
    assert_eq!(keeps(&book, &hand, expires), (Reason::InvitationExpired, false));
    let said = removal(&people[1]);
    book.does(&mut people[0], said);
    let last = START.plus_millis(DAY - 1);
    assert_eq!(keeps(&book, &hand, last), (Reason::InvitationWithdrawn, true), "the removal may fall");
    assert_eq!(keeps(&book, &hand, expires), (Reason::InvitationExpired, false));
    let proof = ClaimProof::new(&book.id, &NOWHERE, &hand.device.key(), &[3; 16]).sign(&letter.secret);
    let founder = OperationId::from(book.id);
    let none = Claim { invitation: founder, nonce: [3; 16], proof };
    let of_none = book.refused(&hand, vec![founder], START, Statement::Claim(none));
    assert_eq!(of_none, (Reason::NotAnInvitation, false));
}

#[test]
fn a_refused_second_signature_is_kept_unless_it_is_too_early_or_a_strangers() {
    let (mut book, mut people) = Book::of(3, 1);
    let phone = book.secret();
    let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), vec![people[1].count()]);
    let recovery = book.does(&mut people[0], Statement::Recovery(recovery));
    let parents = book.heads_and(recovery);
    let day = START.plus_millis(24 * HOUR);
    let early = START.plus_millis(24 * HOUR - 1);
    let second = || book::endorsement(recovery);
    assert_eq!(book.refused(&people[2], parents.clone(), early, second()), (Reason::TooEarly, false));
    assert_eq!(book.refused(&people[3], parents.clone(), day, second()), (Reason::NotAConnector, true));
    assert_eq!(book.refused(&people[0], parents.clone(), day, second()), (Reason::NothingToEndorse, true));
    let stranger = book.stranger();
    assert_eq!(book.refused(&stranger, parents, day, second()), (Reason::NotAMember, false));
}

#[test]
fn an_admission_that_ranks_before_one_that_counts_displaces_it() {
    let mut seen = [0; 2];
    for nonce in 0..8 {
        let (mut book, mut people) = Book::of(1, 0);
        let letter = book.letter(&mut people[0], Role::Resident);
        let claim = |hand: &mut Hand| hand.device.claim(letter.invitation, &letter.secret, [nonce; 16], START);
        let (mut one, mut other) = (book.stranger(), book.stranger());
        let (one, other) = (claim(&mut one), claim(&mut other));
        assert_eq!(book.hear(&one), Verdict::Permitted);
        let late = valid(&other);
        let assessment = book.register.assess(&late);
        let lower = other.id() < one.id();
        assert_eq!((assessment.displaces(), assessment.verdict() == Verdict::Permitted), (lower, lower));
        assert!(assessment.keep());
        book.register.insert(assessment);
        let verdicts = [&one, &other].map(|claim| book.register.verdict(&claim.id()).unwrap());
        let used = Verdict::Refused(Reason::InvitationUsed);
        let expected = if lower { [used, Verdict::Permitted] } else { [Verdict::Permitted, used] };
        assert_eq!(verdicts, expected);
        seen[usize::from(lower)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn a_device_that_skips_what_it_said_or_says_two_things_with_one_number_is_refused() {
    let (mut book, mut people) = Book::of(2, 0);
    let heads = book.register.heads();
    let part = |name: &str| Statement::SubArea(SubArea { name: name.into() });
    let first = book.does(&mut people[0], part("Dorp-Noord"));
    // It goes on from before what it said last, as a restored backup would.
    let skipping = book.refused(&people[0], heads.clone(), START, part("Dorp-Zuid"));
    assert_eq!(skipping, (Reason::OwnHistorySkipped, true));
    let copy = SecretKey::from_seed(&people[0].device.secret().to_seed());
    let mut device = Device::resume(copy, book.id, people[0].device.sequence() - 1, Some(heads[0]));
    let twice = device.state(heads, part("Dorp-West"), START);
    let assessed = valid(&twice);
    let assessment = book.register.assess(&assessed);
    assert_eq!((assessment.verdict(), assessment.keep()), (Verdict::Refused(Reason::Forked), true));
    book.register.insert(assessment);
    // Now the lower counts, and neither can be built on by its device until a connector decides.
    let (low, high) = if first < twice.id() { (first, twice.id()) } else { (twice.id(), first) };
    assert_eq!(book.register.verdict(&low), Some(Verdict::Permitted));
    assert_eq!(book.register.verdict(&high), Some(Verdict::Refused(Reason::Forked)));
    assert_eq!(book.register.forks().map(|(_, id)| id).collect::<Vec<_>>(), [high]);
    let next = book.refused(&people[0], book.register.heads(), START, part("Dorp-Zuid"));
    assert_eq!(next.0, Reason::Forked);
}

#[test]
fn what_is_missing_is_named_a_letter_as_such() {
    let (mut book, mut people) = Book::of(1, 1);
    let letter = book.secret();
    let unheard = people[0].device.state(book.register.heads(), invitation(letter.public(), Role::Resident), START);
    let mut hand = book.stranger();
    let claim = hand.device.claim(unheard.id(), &letter, [3; 16], START);
    assert_eq!(book.hear(&claim), Verdict::Unknown(Missing::Invitation(unheard.id())));
    let next = people[0].device.state(vec![unheard.id()], invitation(book.secret().public(), Role::Resident), START);
    assert_eq!(book.hear(&next), Verdict::Unknown(Missing::Parent(unheard.id())));
    let mut parents = vec![NOWHERE, unheard.id()];
    parents.sort_unstable();
    let mut other = book.stranger();
    let claim = other.device.claim_after(parents, unheard.id(), &letter, [3; 16], START);
    let missing = [Missing::Parent(NOWHERE), Missing::Invitation(unheard.id())];
    assert!(matches!(book.hear(&claim), Verdict::Unknown(one) if missing.contains(&one)));
    book.hear(&unheard);
    assert_eq!(book.hear(&claim), Verdict::Unknown(Missing::Parent(NOWHERE)));
    assert_eq!(book.hear(&next), Verdict::Permitted);
}

#[test]
fn an_assessment_that_is_older_than_the_register_is_made_anew() {
    let (mut book, mut people) = Book::of(1, 0);
    let letter = book.letter(&mut people[0], Role::Resident);
    let claims = [(); 2].map(|()| {
        let mut hand = book.stranger();
        valid(&hand.device.claim(letter.invitation, &letter.secret, [3; 16], START))
    });
    let register = book.register.clone();
    let [one, other] = claims.each_ref().map(|claim| register.assess(claim));
    assert_eq!([one.verdict(), other.verdict()], [Verdict::Permitted; 2]);
    book.register.insert(one);
    book.register.insert(other);
    let counting = claims.iter().filter(|claim| book.register.verdict(&claim.id()) == Some(Verdict::Permitted));
    assert_eq!((counting.count(), book.register.resident_count()), (1, 2));
}

#[test]
fn a_change_names_the_devices_and_neighbours_it_is_about() {
    let (mut book, mut people) = Book::of(1, 3);
    let said = |book: &mut Book, people: &mut [Hand], statement| {
        let heads = book.register.heads();
        book.changes(&mut people[0], heads, statement)
    };
    let devices = |change: &Change| change.devices.iter().copied().collect::<Vec<_>>();
    let [first, second, third] = [1, 2, 3].map(|number: usize| people[number].device.key());
    let statement = retirement(&people[1]);
    assert_eq!(devices(&said(&mut book, &mut people, statement)), [first]);
    let phone = book.secret();
    let recovery = Recovery::sign(&phone, &book.id, &people[1].who(), Vec::new());
    let change = said(&mut book, &mut people, Statement::Recovery(recovery));
    assert_eq!(change.devices, [first, phone.public()].into());
    let statement = book.role(&people[2], Role::Connector);
    assert_eq!(devices(&said(&mut book, &mut people, statement)), [second]);
    let statement = removal(&people[3]);
    assert_eq!(devices(&said(&mut book, &mut people, statement)), [third]);
    let rescue = Rescue { device: third, last: 90 };
    assert_eq!(devices(&said(&mut book, &mut people, Statement::Rescue(rescue))), [third]);
    let decision = ForkDecision { device: third, sequence: 1, keep: NOWHERE };
    assert_eq!(devices(&said(&mut book, &mut people, Statement::ForkDecision(decision))), [third]);
    let speaker = people[2].who();
    let founding = Statement::Organisation(Organisation { speaker });
    assert_eq!(devices(&said(&mut book, &mut people, founding)), [second]);
    let organisation = book.register.organisations().next().unwrap().id;
    let resident = people[1].who();
    let change = SpeakerChange { organisation, resident, speaks: true, counts: Vec::new() };
    let change = said(&mut book, &mut people, Statement::SpeakerChange(change));
    assert_eq!(change.devices, [first, phone.public()].into());
    let with = NeighbourhoodId::from_bytes([8; 32]);
    let (direction, expires) = (TreatyDirection::Both, START.plus_millis(DAY));
    let treaty = Treaty { with, accepts: None, direction, kinds: Vec::new(), expires };
    let change = said(&mut book, &mut people, Statement::Treaty(treaty));
    assert_eq!((change.treaties, change.devices), ([with].into(), [].into()));
    let change = said(&mut book, &mut people, Statement::TreatyEnd(TreatyEnd { with }));
    assert_eq!((change.treaties, change.revised), ([with].into(), Vec::new()));
}

#[test]
fn a_change_names_what_counted_before_and_no_longer_does() {
    let (mut book, mut people) = Book::of(2, 1);
    let heads = book.register.heads();
    let key = book.secret().public();
    let letter = book.does_after(&mut people[1], heads.clone(), invitation(key, Role::Resident));
    let grant = RoleChange { resident: people[2].who(), role: Role::Connector, counts: Vec::new() };
    let grant = book.does_after(&mut people[1], vec![letter], Statement::RoleChange(grant));
    let statement = removal(&people[1]);
    let change = book.changes(&mut people[0], heads, statement);
    let mut revised = change.revised;
    revised.sort_unstable_by_key(|(id, _)| *id);
    let mut expected = [letter, grant].map(|id| (id, Verdict::Refused(Reason::Voided)));
    expected.sort_unstable_by_key(|(id, _)| *id);
    assert_eq!(revised, expected, "the removal had seen neither");
    assert_eq!(change.devices, [1, 2].map(|number: usize| people[number].device.key()).into());
    assert_eq!(book.register.connector_count(), 1);
}

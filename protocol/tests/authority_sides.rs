//! A founder's key that signs an early number anew: what stands, what waits, who decides, and who goes first when several do.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, Letter, again, endorsement, removal, valid};
use dorpsplein_protocol::authority::{Reason, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, ForkDecision, Invitation, OperationId, ResidentId, Role, Signed, Statement,
};
use support::{DAY, START};

/// The number of what a founder says after the genesis.
const SECOND: u64 = 2;
const FORKED: Verdict = Verdict::Refused(Reason::Forked);

/// A founder, whoever came with the founder's letters, and a thief with a copy of the founder's key.
struct Theft {
    book: Book,
    people: Vec<Hand>,
    /// The founder's first statement after the genesis: the letter of whoever came first.
    first: OperationId,
    thief: Device,
}

/// Three connectors and a resident, all of whom owe their place to the founder; the thief goes on from the genesis.
fn theft() -> Theft {
    theft_of(3, 1)
}

fn theft_of(connectors: usize, residents: usize) -> Theft {
    let (book, people) = Book::of(connectors, residents);
    let genesis = OperationId::from(book.id);
    let thief = at(&people[0].device, 1, genesis);
    let first = said(&book, &people[0].device.key(), 1);
    Theft { book, people, first, thief }
}

/// A copy of a device that goes on from a number.
fn at(device: &Device, sequence: u64, previous: OperationId) -> Device {
    Device::resume(SecretKey::from_seed(&device.secret().to_seed()), device.home(), sequence, Some(previous))
}

/// What a device said in so many statements of the register.
fn said(book: &Book, device: &PublicKey, number: usize) -> OperationId {
    book.register.statements().filter(|entry| entry.device == *device).nth(number).unwrap().operation
}

fn certificate(key: PublicKey) -> Statement {
    Statement::BoxCertificate(BoxCertificate { key, expires: START.plus_millis(100 * DAY) })
}

fn nothing_known() -> Statement {
    Statement::Unknown(vec![0x82, 0x18, 0x63, 0x00])
}

/// What is known, and what somebody said last: parents for who has nothing to say any more.
fn after_own(theft: &Theft, hand: &Hand) -> Vec<OperationId> {
    let mut parents: Vec<OperationId> =
        theft.book.register.heads().into_iter().chain(hand.device.previous()).chain(theft.thief.previous()).collect();
    parents.sort_unstable();
    parents.dedup();
    parents
}

impl Theft {
    /// The thief says something after what it said last, or after the genesis.
    fn steals(&mut self, statement: Statement) -> Signed {
        let signed = self.thief.state(vec![self.thief.previous().unwrap()], statement, START);
        self.book.hear(&signed);
        signed
    }

    /// The thief lets somebody in, and makes them a connector.
    fn puppet(&mut self) -> Hand {
        let secret = self.book.secret();
        let expires = START.plus_millis(DAY);
        let letter = Invitation { key: secret.public(), role: Role::Resident, expires };
        let letter = self.steals(Statement::Invitation(letter));
        let mut puppet = self.book.stranger();
        let claim = puppet.device.claim(letter.id(), &secret, [7; 16], START);
        self.book.hear(&claim);
        puppet.resident = Some(claim.id().into());
        let grant = self.book.role(&puppet, Role::Connector);
        let grant = self.thief.state(vec![claim.id()], grant, START);
        self.book.hear(&grant);
        puppet
    }

    fn decision(&self, sequence: u64, keep: OperationId) -> Statement {
        Statement::ForkDecision(ForkDecision { device: self.people[0].device.key(), sequence, keep })
    }

    /// What becomes of somebody's decision about that number, as a form would have it.
    fn would_decide(&self, by: &Hand, keep: OperationId) -> Verdict {
        let parents = self.book.register.heads();
        let signed = again(&by.device).state(parents, self.decision(SECOND, keep), START);
        let verdict = self.book.register.assess(&valid(&signed)).verdict();
        let decision = ForkDecision { device: self.people[0].device.key(), sequence: SECOND, keep };
        let may = self.book.register.may_decide(&by.device.key(), decision, START);
        assert_eq!(may, verdict == Verdict::Permitted, "what a page says beforehand is what comes of it");
        verdict
    }

    /// Somebody decides about that number on a form.
    fn decides(&mut self, by: usize, keep: OperationId) {
        let parents = self.book.register.heads();
        let decision = self.decision(SECOND, keep);
        self.book.does_after(&mut self.people[by], parents, decision);
    }

    fn roles(&self) -> Vec<Option<(bool, Role)>> {
        let role =
            |hand: &Hand| self.book.register.resident(&hand.who()).map(|resident| (resident.present, resident.role));
        self.people.iter().map(role).collect()
    }

    fn connects(&self, resident: &ResidentId) -> bool {
        self.book.register.resident(resident).is_some_and(|resident| resident.role == Role::Connector)
    }

    /// Everybody is in, and only the founder is still a connector.
    fn waits(&self) -> bool {
        let rest = self.people[1..].iter();
        let all_in = self.roles().iter().all(|role| role.is_some_and(|(present, _)| present));
        all_in && !rest.clone().any(|hand| self.connects(&hand.who())) && self.connects(&self.people[0].who())
    }
}

#[test]
fn nobody_loses_their_place_and_connectors_wait_until_one_of_them_decides_on_a_form() {
    let mut theft = theft();
    let before = theft.roles();
    let guest = theft.book.join(&mut theft.people[1], Role::Resident);
    let key = theft.book.secret().public();
    let stolen = theft.steals(certificate(key));
    assert!(theft.waits(), "{:?}", theft.roles());
    assert!(theft.book.register.resident(&guest.who()).unwrap().present, "nor a guest of one who waits");
    assert_eq!(theft.book.register.verdict(&stolen.id()), Some(FORKED), "whatever its id");
    let waiting: Vec<bool> =
        theft.people.iter().map(|hand| theft.book.register.waits_as_connector(&hand.who())).collect();
    assert_eq!(waiting, [false, true, true, false]);
    // A resident decides nothing, and who waits does nothing else that wants a connector.
    assert_eq!(theft.would_decide(&theft.people[3], theft.first), Verdict::Refused(Reason::NotAConnector));
    let letter = theft.book.would(&theft.people[1], certificate(key));
    assert!(letter.is_err(), "{letter:?}");
    theft.decides(2, theft.first);
    assert_eq!(theft.roles(), before);
    assert_eq!(theft.book.register.verdict(&stolen.id()), Some(FORKED));
    let device = theft.people[0].device.key();
    assert_eq!(theft.book.register.fork_decision(&device, SECOND), Some(theft.first));
    assert!(!theft.people.iter().any(|hand| theft.book.register.waits_as_connector(&hand.who())));
}

#[test]
fn a_letter_for_a_resident_counts_on_either_side_whatever_is_decided() {
    let mut theft = theft();
    let mut letters = Vec::new();
    for number in 0..2 {
        let secret = theft.book.secret();
        let invitation = Invitation { key: secret.public(), role: Role::Resident, expires: START.plus_millis(DAY) };
        letters.push((theft.steals(Statement::Invitation(invitation)), secret, number));
    }
    let mut guests = Vec::new();
    for (letter, secret, number) in &letters {
        let mut guest = theft.book.stranger();
        let claim = guest.device.claim(letter.id(), secret, [*number; 16], START);
        assert_eq!(theft.book.hear(&claim), Verdict::Permitted);
        guests.push(claim.id());
    }
    let present = |theft: &Theft| {
        let there = |id: &OperationId| theft.book.register.resident(&(*id).into()).is_some_and(|one| one.present);
        guests.iter().all(there)
    };
    assert!(present(&theft) && theft.waits());
    theft.decides(1, theft.first);
    assert!(present(&theft));
    // What the founder let anybody do is decided like the rest: the puppets are residents and nothing else.
    assert_eq!(theft.book.register.connector_count(), 3);
}

#[test]
fn a_letter_for_a_connector_or_a_grant_on_a_stolen_side_counts_for_nothing() {
    let mut theft = theft();
    let puppet = theft.puppet();
    assert!(theft.waits() && !theft.connects(&puppet.who()));
    assert!(theft.book.register.resident(&puppet.who()).unwrap().present, "in, as with any letter of the key");
    let secret = theft.book.secret();
    let letter = Invitation { key: secret.public(), role: Role::Connector, expires: START.plus_millis(DAY) };
    let letter = theft.steals(Statement::Invitation(letter));
    assert_eq!(theft.book.register.verdict(&letter.id()), Some(FORKED));
    let letter = Letter { invitation: letter.id(), secret };
    let stranger = theft.book.stranger();
    assert_eq!(theft.book.would_claim(&stranger, &letter, vec![letter.invitation], START), Err(Reason::Forked));
    // What puppets say acknowledges nothing.
    let mut puppet = puppet;
    let tip = theft.thief.previous().unwrap();
    theft.book.does_after(&mut puppet, vec![tip], nothing_known());
    assert!(theft.waits() && !theft.connects(&puppet.who()));
}

#[test]
fn whoever_owes_nothing_to_the_doubtful_side_goes_before_those_who_do_and_else_the_last_word_counts() {
    let mut theft = theft();
    let mut puppet = theft.puppet();
    let stolen = theft.thief.previous().unwrap();
    theft.decides(1, theft.first);
    let before = theft.roles();
    // The puppet decides for its own side, later: between the two nothing can choose, and the last word counts.
    let parents = after_own(&theft, &puppet);
    let signed = puppet.device.state(parents, theft.decision(SECOND, stolen), START);
    theft.book.hear(&signed);
    assert!(theft.connects(&puppet.who()) && !theft.connects(&theft.people[1].who()));
    // And the connectors can always say it again.
    theft.decides(2, theft.first);
    assert_eq!(theft.roles(), before);
    assert!(!theft.connects(&puppet.who()));
}

#[test]
fn a_connector_from_before_the_doubtful_number_outranks_all_who_came_after_it() {
    // The second connector was made before the number that the thief signs anew.
    let (mut book, mut people) = Book::of(2, 0);
    let (sequence, previous) = (people[0].device.sequence(), people[0].device.previous().unwrap());
    let thief = at(&people[0].device, sequence, previous);
    let first = book.does(&mut people[0], certificate(PublicKey::from_bytes([5; 32])));
    let third = book.join(&mut people[0], Role::Resident);
    people.push(third);
    let grant = book.role(&people[2], Role::Connector);
    book.does(&mut people[0], grant);
    let mut theft = Theft { book, people, first, thief };
    let key = theft.book.secret().public();
    let mut puppet = theft.puppet();
    let stolen = theft.steals(certificate(key));
    assert!(theft.connects(&theft.people[1].who()) && !theft.connects(&theft.people[2].who()));
    let number = sequence + 1;
    let (parents, decision) = (theft.book.register.heads(), theft.decision(number, theft.first));
    theft.book.does_after(&mut theft.people[1], parents, decision);
    assert!(theft.connects(&theft.people[2].who()));
    // A puppet's word, however late, does not turn it.
    let parents = after_own(&theft, &puppet);
    let signed = puppet.device.state(parents, theft.decision(number, stolen.id()), START);
    theft.book.hear(&signed);
    assert!(theft.connects(&theft.people[2].who()) && !theft.connects(&puppet.who()));
    assert_eq!(theft.book.register.fork_decision(&theft.people[0].device.key(), number), Some(theft.first));
}

#[test]
fn a_device_that_the_thief_added_does_not_speak_as_the_founder_who_owes_nothing_to_anybody() {
    let (mut book, people) = Book::of(2, 0);
    let mut people = people;
    let (sequence, previous) = (people[0].device.sequence(), people[0].device.previous().unwrap());
    let thief = at(&people[0].device, sequence, previous);
    let first = book.does(&mut people[0], certificate(PublicKey::from_bytes([5; 32])));
    let mut theft = Theft { book, people, first, thief };
    let (secret, founder, number) = (theft.book.secret(), theft.people[0].device.key(), sequence + 1);
    let addition = DeviceAddition::sign(&secret, &theft.book.id, &founder);
    let stolen = theft.steals(Statement::DeviceAddition(addition));
    let mut tablet = Device::new(secret, theft.book.id);
    let (parents, decision) = (theft.book.register.heads(), theft.decision(number, theft.first));
    theft.book.does_after(&mut theft.people[1], parents, decision);
    assert_eq!(theft.book.register.fork_decision(&founder, number), Some(theft.first));
    // However late the tablet says otherwise: it has its place from the side it speaks for.
    let parents = theft.book.register.heads().into_iter().chain([stolen.id()]).collect();
    let signed = tablet.state(parents, theft.decision(number, stolen.id()), START);
    theft.book.hear(&signed);
    assert_eq!(theft.book.register.fork_decision(&founder, number), Some(theft.first));
    assert!(theft.book.register.active(&tablet.key()).is_none());
}

#[test]
fn what_somebody_from_before_the_number_built_on_stands_without_a_decision() {
    let mut theft = theft();
    // The second connector came with the first letter; the thief begins after that.
    let second = said(&theft.book, &theft.people[0].device.key(), 2);
    theft.thief = at(&theft.people[0].device, SECOND, theft.first);
    theft.book.does(&mut theft.people[1], nothing_known());
    let key = theft.book.secret().public();
    let before = theft.roles();
    let parents = vec![theft.people[1].who().into()];
    let stolen = theft.thief.state(parents, certificate(key), START);
    theft.book.hear(&stolen);
    assert_eq!(theft.roles(), before);
    assert_eq!(theft.book.register.verdict(&second), Some(Verdict::Permitted));
    assert_eq!(theft.book.register.verdict(&stolen.id()), Some(FORKED));
}

#[test]
fn it_stands_also_where_the_other_side_was_heard_of_first() {
    let mut theft = theft();
    let (before, parents) = (theft.roles(), theft.book.register.heads());
    theft.thief = at(&theft.people[0].device, SECOND, theft.first);
    let key = theft.book.secret().public();
    let claim = theft.people[1].who().into();
    let stolen = theft.thief.state(vec![claim], certificate(key), START);
    theft.book.hear(&stolen);
    assert_ne!(theft.roles(), before, "until somebody built on one of the two they wait");
    theft.book.does_after(&mut theft.people[1], parents, nothing_known());
    assert_eq!(theft.roles(), before);
    assert_eq!(theft.book.register.verdict(&stolen.id()), Some(FORKED));
}

#[test]
fn an_only_connector_with_one_device_decides_alone_and_one_with_another_way_does_not() {
    let mut theft = theft_of(1, 2);
    let key = theft.book.secret().public();
    theft.steals(certificate(key));
    assert!(theft.waits());
    assert_eq!(theft.would_decide(&theft.people[1], theft.first), Verdict::Refused(Reason::NotAConnector));
    theft.decides(0, theft.first);
    let founder = &mut theft.people[0];
    let letter = theft.book.letter(founder, Role::Resident);
    assert_eq!(theft.book.register.verdict(&letter.invitation), Some(Verdict::Permitted), "it goes on from there");

    // With a card on paper, another device or another connector it is for those.
    for way in 0..3 {
        let mut theft = theft_of(1, 2);
        let mut other = match way {
            0 => theft.book.card(&mut theft.people[0]),
            1 => theft.book.adds(&mut theft.people[0]),
            _ => {
                let grant = theft.book.role(&theft.people[1], Role::Connector);
                theft.book.does(&mut theft.people[0], grant);
                theft.people.remove(1)
            }
        };
        theft.steals(certificate(key));
        let own = theft.would_decide(&theft.people[0], theft.first);
        assert_eq!(own, FORKED, "{way}");
        if way > 0 {
            let parents = theft.book.register.heads();
            let decision = theft.decision(SECOND, theft.first);
            theft.book.does_after(&mut other, parents, decision);
            assert_eq!(theft.book.register.fork_decision(&theft.people[0].device.key(), SECOND), Some(theft.first));
        }
    }
}

#[test]
fn a_card_or_a_device_from_before_the_number_decides_without_owing_anything() {
    for with_card in [true, false] {
        let (mut book, mut people) = Book::of(1, 0);
        let mut other = if with_card { book.card(&mut people[0]) } else { book.adds(&mut people[0]) };
        let (sequence, previous) = (people[0].device.sequence(), people[0].device.previous().unwrap());
        let thief = at(&people[0].device, sequence, previous);
        let first = book.does(&mut people[0], certificate(PublicKey::from_bytes([5; 32])));
        let mut theft = Theft { book, people, first, thief };
        let mut puppet = theft.puppet();
        let stolen = theft.thief.previous().unwrap();
        if with_card {
            let secret = theft.book.secret();
            let addition = DeviceAddition::sign(&secret, &theft.book.id, &other.device.key());
            theft.book.does(&mut other, Statement::DeviceAddition(addition));
            other = Hand { device: Device::new(secret, theft.book.id), resident: other.resident };
        }
        let parents = theft.book.register.heads();
        let decision = theft.decision(sequence + 1, theft.first);
        theft.book.does_after(&mut other, parents, decision);
        let parents = after_own(&theft, &puppet);
        let signed = puppet.device.state(parents, theft.decision(sequence + 1, stolen), START);
        theft.book.hear(&signed);
        let device = theft.people[0].device.key();
        assert_eq!(theft.book.register.fork_decision(&device, sequence + 1), Some(theft.first));
    }
}

#[test]
fn a_device_that_the_doubtful_side_gave_waits_and_comes_back() {
    let mut theft = theft();
    let tablet = theft.book.adds(&mut theft.people[0]);
    let key = tablet.device.key();
    assert!(!theft.book.register.waits_for_decision(&key));
    theft.steals(nothing_known());
    assert!(theft.book.register.membership(&key).is_none() && theft.book.register.waits_for_decision(&key));
    theft.decides(1, theft.first);
    assert!(theft.book.register.active(&key).is_some() && !theft.book.register.waits_for_decision(&key));
}

#[test]
fn a_removal_on_a_stolen_side_keeps_nobody_from_deciding() {
    let mut theft = theft();
    // The thief knows the second connector as the resident who came with the first letter, and shows them out.
    let out = removal(&theft.people[1]);
    let claim = theft.people[1].who().into();
    theft.thief = at(&theft.people[0].device, SECOND, theft.first);
    let signed = theft.thief.state(vec![claim], out, START);
    theft.book.hear(&signed);
    assert_eq!(theft.book.register.verdict(&signed.id()), Some(FORKED));
    let second = said(&theft.book, &theft.people[0].device.key(), 2);
    let second = if second == signed.id() { said(&theft.book, &theft.people[0].device.key(), 3) } else { second };
    let parents = theft.book.register.heads();
    let decision = theft.decision(SECOND + 1, second);
    theft.book.does_after(&mut theft.people[1], parents, decision);
    assert_eq!(theft.book.register.connector_count(), 3);
}

#[test]
fn a_second_signature_by_somebody_from_before_holds_what_it_is_under() {
    let mut theft = theft_of(3, 1);
    let grant = theft.book.role(&theft.people[3], Role::Connector);
    let proposal = theft.book.does(&mut theft.people[0], grant);
    let parents = theft.book.heads_and(proposal);
    theft.book.does_after(&mut theft.people[1], parents, endorsement(proposal));
    // The thief signs the number of that proposal anew.
    let sequence = theft.people[0].device.sequence() - 1;
    let mut thief = at(&theft.people[0].device, sequence, proposal);
    let parents = vec![theft.people[3].who().into()];
    let other = thief.state(parents, certificate(PublicKey::from_bytes([5; 32])), START);
    theft.book.hear(&other);
    assert_eq!(theft.book.register.connector_count(), 4);
    assert_eq!(theft.book.register.verdict(&other.id()), Some(FORKED));
}

/// The thief signs a number anew after everybody came, and the founder said something harmless with that number.
fn late_theft(connectors: usize, residents: usize) -> (Theft, u64) {
    let (book, people) = Book::of(connectors, residents);
    late(book, people)
}

fn late(mut book: Book, mut people: Vec<Hand>) -> (Theft, u64) {
    let (sequence, previous) = (people[0].device.sequence(), people[0].device.previous().unwrap());
    let thief = at(&people[0].device, sequence, previous);
    let first = book.does(&mut people[0], certificate(PublicKey::from_bytes([5; 32])));
    (Theft { book, people, first, thief }, sequence + 1)
}

impl Theft {
    /// The thief says something after what everybody said who is in the register, and after its own.
    fn steals_from_all(&mut self, statement: Statement) -> Signed {
        let own = self.thief.previous();
        let others = self.people[1..].iter().filter_map(|hand| hand.device.previous());
        let mut parents: Vec<OperationId> = own.into_iter().chain(others).collect();
        parents.sort_unstable();
        let signed = self.thief.state(parents, statement, START);
        self.book.hear(&signed);
        signed
    }

    /// Somebody says something, having heard of everything.
    fn says(&mut self, who: usize, statement: Statement) -> OperationId {
        let parents = after_own(self, &self.people[who]);
        self.says_after(who, parents, statement)
    }

    /// Somebody says something, having heard of this alone.
    fn says_after(&mut self, who: usize, parents: Vec<OperationId>, statement: Statement) -> OperationId {
        let signed = self.people[who].device.state(parents, statement, START);
        self.book.hear(&signed);
        signed.id()
    }
}

/// What the founder said stands when somebody who owes their role to the thief speaks for the thief, after somebody spoke for
/// the founder who owes nothing to anybody; and it is their word that counts as long as nobody else has spoken.
fn outranks(made: impl Fn() -> (Theft, u64, OperationId), independent: usize, turncoat: usize) {
    for anybody_else in [false, true] {
        let (mut theft, number, stolen) = made();
        let founder = theft.people[0].device.key();
        if anybody_else {
            let (parents, decision) = (theft.book.register.heads(), theft.decision(number, theft.first));
            theft.book.does_after(&mut theft.people[independent], parents, decision);
            assert_eq!(theft.book.register.fork_decision(&founder, number), Some(theft.first));
        }
        let decision = theft.decision(number, stolen);
        theft.says(turncoat, decision);
        let expected = if anybody_else { theft.first } else { stolen };
        assert_eq!(theft.book.register.fork_decision(&founder, number), Some(expected), "{anybody_else}");
    }
}

#[test]
fn a_resident_from_before_whom_the_thief_makes_a_connector_owes_that_to_the_thief() {
    let made = || {
        let (mut theft, number) = late_theft(2, 1);
        let grant = theft.book.role(&theft.people[2], Role::Connector);
        let stolen = theft.steals_from_all(grant).id();
        (theft, number, stolen)
    };
    outranks(made, 1, 2);
}

#[test]
fn a_connector_from_before_who_was_put_down_and_whom_the_thief_puts_back_owes_that_to_the_thief() {
    let made = || {
        let (mut book, mut people) = Book::of(2, 1);
        let grant = book.role(&people[2], Role::Connector);
        book.does(&mut people[0], grant);
        let down = book.role(&people[2], Role::Resident);
        book.does(&mut people[2], down);
        let (mut theft, number) = late(book, people);
        let grant = theft.book.role(&theft.people[2], Role::Connector);
        let stolen = theft.steals_from_all(grant).id();
        (theft, number, stolen)
    };
    outranks(made, 1, 2);
}

#[test]
fn whom_somebody_the_thief_made_a_connector_makes_one_owes_that_to_the_thief_as_well() {
    let made = || {
        // With two connectors one of them is enough for a role; the founder speaks with a device from before.
        let (mut book, mut people) = Book::of(1, 2);
        let tablet = book.adds(&mut people[0]);
        people.push(tablet);
        let (mut theft, number) = late(book, people);
        let grant = theft.book.role(&theft.people[1], Role::Connector);
        let stolen = theft.steals_from_all(grant).id();
        let grant = theft.book.role(&theft.people[2], Role::Connector);
        theft.says_after(1, vec![stolen], grant);
        (theft, number, stolen)
    };
    outranks(made, 3, 2);
}

#[test]
fn a_connector_who_came_with_a_connectors_letter_before_owes_nothing_to_anybody() {
    let made = || {
        let (mut book, mut people) = Book::of(1, 0);
        let came = book.join(&mut people[0], Role::Connector);
        people.push(came);
        let (mut theft, number) = late(book, people);
        let puppet = theft.puppet();
        let stolen = theft.thief.previous().unwrap();
        theft.people.push(puppet);
        (theft, number, stolen)
    };
    outranks(made, 1, 2);
}

#[test]
fn a_second_signature_by_somebody_who_owes_their_role_to_the_thief_gives_none_that_owes_nothing() {
    // Three connectors, so that a role takes two of them.
    let made = || {
        let (mut theft, number) = late_theft(3, 2);
        let grant = theft.book.role(&theft.people[3], Role::Connector);
        let stolen = theft.steals_from_all(grant).id();
        theft.says_after(1, vec![stolen], endorsement(stolen));
        let grant = theft.book.role(&theft.people[4], Role::Connector);
        let proposal = theft.says_after(1, vec![theft.people[1].device.previous().unwrap()], grant);
        theft.says_after(3, vec![proposal], endorsement(proposal));
        (theft, number, stolen)
    };
    outranks(made, 2, 4);
}

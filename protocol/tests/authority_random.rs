//! Large registers that nobody thought up: people with several devices say whatever comes to them, having heard whatever
//! part of the rest; every order of arrival gives every box the same verdicts, the same people and the same pages.
#![allow(clippy::unwrap_used)]

#[path = "support/council.rs"]
mod council;
mod support;

use std::collections::BTreeSet;

use council::{Council, Listener, Sight, tally};
use dorpsplein_protocol::authority::Verdict;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, DeviceRetirement, Endorsement, ForkDecision, HomeKey, HomeKeyPolicy, Invitation,
    InvitationWithdrawal, Kind, MemberRemoval, OperationId, Payload, Recovery, RecoveryKey, Rescue, ResidentId, Role,
    RoleChange, Signed, Space, Statement, Veto,
};
use dorpsplein_protocol::time::Timestamp;
use proptest::prelude::*;
use support::{DAY, HOUR, START, news_edits, shuffled, split_mix};

/// One step of chance: what, who, about whom, how much they heard, and which of it they build on.
type Step = [u8; 6];

/// A device and what it heard.
struct Hand {
    device: Device,
    /// The numbers in the history, closed under parents.
    heard: BTreeSet<usize>,
    /// What it said last.
    last: Option<OperationId>,
    /// Whose it is, by their number; none for a card.
    owner: Option<usize>,
}

impl Hand {
    fn new(device: Device, owner: Option<usize>) -> Self {
        Self { device, heard: BTreeSet::new(), last: None, owner }
    }
}

/// What came of chance.
struct Tale {
    council: Council,
    hands: Vec<Hand>,
    residents: Vec<ResidentId>,
    letters: Vec<(OperationId, SecretKey)>,
    history: Vec<Signed>,
    /// Of so many statements a device leaves out of one what it said itself before.
    forgets: u8,
}

impl Tale {
    /// Three connectors and two residents, and what they do.
    fn told(steps: &[Step], forgets: u8) -> Self {
        let council = Council::of(3, 2);
        let hands = council.members.iter().enumerate().map(|(number, member)| {
            let secret = SecretKey::from_seed(&member.device.secret().to_seed());
            let (sequence, previous) = (member.device.sequence(), member.device.previous());
            let device = Device::resume(secret, member.device.home(), sequence, previous);
            Hand::new(device, Some(number))
        });
        let hands = hands.collect();
        let residents = council.members.iter().map(|member| member.resident).collect();
        let mut tale = Self { council, hands, residents, letters: Vec::new(), history: Vec::new(), forgets };
        for (number, step) in steps.iter().enumerate() {
            tale.act(START.plus_millis(number as u64 * HOUR), *step);
        }
        tale
    }

    fn act(&mut self, now: Timestamp, [what, who, about, listening, basis, extra]: Step) {
        // The connectors and whoever came last have most to say.
        let who = usize::from(who);
        let who = [0, 1, 2, who % self.hands.len(), self.hands.len() - 1 - who % 4][who / 4 % 5];
        // Half of the time somebody first hears what somebody else heard.
        if listening.is_multiple_of(2) {
            let other = usize::from(listening / 2) % self.hands.len();
            let news = self.hands[other].heard.clone();
            self.hands[who].heard.extend(news);
        }
        match what % 26 {
            0 => return self.post(who, now),
            1 => return self.claim(extra, now),
            2 if extra.is_multiple_of(3) => return self.fork(who, about, basis, now),
            _ => {}
        }
        let statement = self.statement(what, who, about, extra, now);
        self.state(who, basis, statement, now);
    }

    fn statement(&mut self, what: u8, who: usize, about: u8, extra: u8, now: Timestamp) -> Statement {
        let number = usize::from(about) % self.residents.len();
        let resident = self.residents[number];
        let device = self.hands[usize::from(about) % self.hands.len()].device.key();
        let last = u64::from(extra % 12);
        let (home, owner) = (self.council.id, self.hands[who].owner);
        let of = self.something(usize::from(about));
        match what % 26 {
            3..=6 => Statement::MemberRemoval(MemberRemoval { resident, counts: self.counts(number, extra) }),
            7 | 8 => Statement::RoleChange(RoleChange { resident, role: Role::Connector, counts: Vec::new() }),
            9 | 10 => {
                let counts = self.counts(number, extra);
                Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts })
            }
            11 | 12 => Statement::DeviceRetirement(DeviceRetirement { device, last }),
            13 => Statement::Rescue(Rescue { device, last: last + 8 }),
            14 | 15 => {
                let secret = self.council.secret();
                let addition = DeviceAddition::sign(&secret, &home, &self.hands[who].device.key());
                self.hands.push(Hand::new(Device::new(secret, home), owner));
                Statement::DeviceAddition(addition)
            }
            16 => {
                let secret = self.council.secret();
                let counts = self.counts(number, extra);
                let recovery = Recovery::sign(&secret, &home, &resident, counts);
                self.hands.push(Hand::new(Device::new(secret, home), Some(number)));
                Statement::Recovery(recovery)
            }
            17 => {
                let card = self.council.secret();
                let statement = RecoveryKey::sign(&card, &home, &self.hands[who].device.key());
                self.hands.push(Hand::new(Device::new(card, home), None));
                Statement::RecoveryKey(statement)
            }
            18 => match self.letters.get(usize::from(about) % self.letters.len().max(1)) {
                Some((invitation, _)) => {
                    Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: *invitation })
                }
                None => Statement::Veto(Veto { of }),
            },
            19 => Statement::Veto(Veto { of }),
            20 => Statement::ForkDecision(ForkDecision { device, sequence: last, keep: of }),
            21 | 22 => {
                let key = self.council.secret();
                let role = if extra.is_multiple_of(4) { Role::Connector } else { Role::Resident };
                let invitation = Invitation { key: key.public(), role, expires: now.plus_millis(14 * DAY) };
                self.letters.push((of, key));
                Statement::Invitation(invitation)
            }
            23 => Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: !extra.is_multiple_of(4) }),
            24 => {
                let secret = self.council.secret();
                let key = HomeKey::sign(&secret, &home, &resident, now.plus_millis(u64::from(extra % 30) * DAY));
                self.hands.push(Hand::new(Device::new(secret, home), Some(number)));
                Statement::HomeKey(key)
            }
            _ => Statement::Endorsement(Endorsement { of }),
        }
    }

    /// Some operation of the history, the later ones more often.
    fn something(&self, choice: usize) -> OperationId {
        let count = self.history.len().min(6);
        let recent = &self.history[self.history.len() - count..];
        recent.get(choice % count.max(1)).map_or(self.council.heads[0], Signed::id)
    }

    /// How much of what somebody's devices said is to count; once in a while one device is forgotten.
    fn counts(&self, number: usize, extra: u8) -> Vec<DeviceCount> {
        let last = if extra.is_multiple_of(2) { u64::from(extra % 8) } else { 50 };
        let theirs = self.hands.iter().filter(|hand| hand.owner == Some(number));
        let counts = theirs.map(|hand| DeviceCount { device: hand.device.key(), last });
        let mut counts: Vec<DeviceCount> = counts.skip(usize::from(extra.is_multiple_of(16))).collect();
        counts.sort_unstable();
        counts
    }

    /// Says something after a random part of the latest of what was heard.
    fn state(&mut self, who: usize, basis: u8, statement: Statement, now: Timestamp) {
        let named = match &statement {
            Statement::Endorsement(Endorsement { of }) | Statement::Veto(Veto { of }) => Some(*of),
            _ => None,
        };
        let parents = self.parents(who, basis, named);
        let is_letter = matches!(statement, Statement::Invitation(_));
        let operation = self.hands[who].device.state(parents, statement, now);
        if is_letter && let Some(letter) = self.letters.last_mut() {
            letter.0 = operation.id();
        }
        self.keep(who, operation);
    }

    fn parents(&self, who: usize, basis: u8, named: Option<OperationId>) -> Vec<OperationId> {
        let heard = &self.hands[who].heard;
        let built_on: BTreeSet<OperationId> =
            heard.iter().flat_map(|number| self.history[*number].header().parents.clone()).collect();
        let heads = heard.iter().map(|number| self.history[*number].id()).filter(|id| !built_on.contains(id));
        let heads: Vec<OperationId> = heads.filter(|id| self.is_statement(id)).take(15).collect();
        let chosen = heads.iter().enumerate().filter(|(at, _)| basis & (1 << (at % 8)) != 0);
        let mut parents: Vec<OperationId> = chosen.map(|(_, id)| *id).collect();
        if parents.is_empty() {
            parents.clone_from(&self.council.heads);
        }
        parents.extend(named);
        // Once in a while a device pretends not to know what it said itself.
        parents.extend(self.hands[who].last.filter(|_| !basis.is_multiple_of(self.forgets)));
        parents
    }

    fn is_statement(&self, id: &OperationId) -> bool {
        let found = self.history.iter().find(|operation| operation.id() == *id);
        found.is_some_and(|operation| operation.header().space == Space::Register)
    }

    fn keep(&mut self, who: usize, operation: Signed) {
        // What is built on was heard.
        let known: Vec<usize> = (0..self.history.len())
            .filter(|number| operation.header().parents.contains(&self.history[*number].id()))
            .collect();
        self.hands[who].heard.extend(known);
        self.hands[who].heard.insert(self.history.len());
        self.hands[who].last = Some(operation.id());
        self.history.push(operation);
    }

    fn post(&mut self, who: usize, now: Timestamp) {
        let place = Place { neighbourhood: self.council.id, space: Space::Square };
        let post = self.hands[who].device.create(place, Kind::NEWS, None, news_edits("Zomaar iets"), now);
        self.history.push(post);
    }

    fn claim(&mut self, extra: u8, now: Timestamp) {
        if self.letters.is_empty() {
            return;
        }
        let (invitation, letter) = &self.letters[usize::from(extra) % self.letters.len()];
        let (secret, home) = (self.council.world.secret(), self.council.id);
        let mut device = Device::new(secret, home);
        let claim = device.claim(*invitation, letter, [extra; 16], now);
        self.residents.push(claim.id().into());
        self.hands.push(Hand::new(device, Some(self.residents.len() - 1)));
        self.keep(self.hands.len() - 1, claim);
    }

    /// A device says two things with one number and goes on from the second.
    fn fork(&mut self, who: usize, about: u8, basis: u8, now: Timestamp) {
        let device = &self.hands[who].device;
        let copy = SecretKey::from_seed(&device.secret().to_seed());
        let twin = Device::resume(copy, device.home(), device.sequence(), device.previous());
        self.post(who, now);
        self.hands[who].device = twin;
        let removal = self.statement(3, who, about, 1, now);
        self.state(who, basis, removal, now);
    }

    /// The history, for somebody to read.
    fn text(&self) -> String {
        let name = |id: &OperationId| {
            let number = self.history.iter().position(|operation| operation.id() == *id);
            number.map_or_else(|| "base".to_owned(), |number| number.to_string())
        };
        let mut text = String::new();
        for (number, operation) in self.history.iter().enumerate() {
            let header = operation.header();
            let device = self.hands.iter().position(|hand| hand.device.key() == header.device);
            let parents: Vec<String> = header.parents.iter().map(name).collect();
            let payload = Payload::decode(operation.payload().unwrap()).unwrap();
            text += &format!("{number}: device {device:?} #{} after {parents:?}: {payload:?}\n", header.sequence);
        }
        text
    }

    /// What a box makes of the history in this order, opened again half way if asked to.
    fn heard(&self, order: &[Signed], reopened: bool) -> Sight {
        let mut listener = self.council.listener();
        let (first, second) = order.split_at(order.len() / 2);
        bring(&mut listener, first);
        if reopened {
            listener = listener.reopened();
        }
        bring(&mut listener, second);
        // As a session does: what was not kept is offered again.
        bring(&mut listener, order);
        listener.sight(&self.history)
    }
}

fn bring(listener: &mut Listener, operations: &[Signed]) {
    operations.iter().for_each(|operation| listener.hear(operation));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_gives_the_same_verdicts_people_and_rows(
        steps in prop::collection::vec(any::<Step>(), 1..48),
        forgets in prop::sample::select(vec![2_u8, 5, 50]),
        seed in any::<u64>(),
    ) {
        let tale = Tale::told(&steps, forgets);
        let told = tale.heard(&tale.history, false);
        let mut backwards = tale.history.clone();
        backwards.reverse();
        let orders = [shuffled(&tale.history, seed), shuffled(&tale.history, !seed), backwards];
        for (number, order) in orders.iter().enumerate() {
            let sight = tale.heard(order, number == 1);
            prop_assert!(sight.agrees(&told), "order {}: {}\n{}", number, sight.difference(&told), tale.text());
        }
        let (_, connectors) = told.standing(&tale.council);
        let others = told.people.iter().filter(|person| person.present && person.role == Role::Connector).count();
        prop_assert!(connectors.len().max(others) > 0, "somebody can still let others in");
    }
}

#[test]
fn chance_brings_all_sorts_of_verdicts() {
    let (mut state, mut verdicts, mut present) = (5, Vec::new(), Vec::new());
    for _ in 0..24 {
        let steps: Vec<Step> = (0..40).map(|_| split_mix(&mut state).to_be_bytes()[..6].try_into().unwrap()).collect();
        let tale = Tale::told(&steps, 20);
        let sight = tale.heard(&tale.history, false);
        verdicts.extend(sight.verdicts.iter().map(|verdict| match verdict {
            Some(Verdict::Permitted) => "permitted".to_owned(),
            Some(Verdict::Refused(reason)) => format!("refused: {reason:?}"),
            Some(Verdict::Unknown(_)) | None => "not there".to_owned(),
        }));
        present.push(sight.people.iter().filter(|person| person.present).count());
    }
    let verdicts = tally(verdicts);
    assert!(verdicts["permitted"] > 200, "{verdicts:?}");
    assert!(verdicts.len() > 8, "{verdicts:?}");
    assert!(tally(present).len() > 3, "some villages shrink and some grow");
}

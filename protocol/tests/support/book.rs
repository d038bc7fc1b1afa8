//! One register and the people in it, without a box around it: what is said is assessed and, if it counts, taken in.

// Each file of tests uses its own part of this.
#![allow(dead_code)]

use dorpsplein_protocol::authority::{Change, Reason, Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, Endorsement, Invitation, MAX_PARENTS, MemberRemoval, NeighbourhoodId, OperationId,
    RecoveryKey, ResidentId, Role, RoleChange, Signed, Statement,
};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;

use super::support::{DAY, START};

/// A device in somebody's hand.
pub(crate) struct Hand {
    pub(crate) device: Device,
    /// Whose it is; nobody's before it joined.
    pub(crate) resident: Option<ResidentId>,
}

impl Hand {
    pub(crate) fn who(&self) -> ResidentId {
        self.resident.unwrap()
    }

    /// The device, and all it signed so far.
    pub(crate) fn count(&self) -> DeviceCount {
        DeviceCount { device: self.device.key(), last: self.device.sequence() }
    }
}

/// A letter: the statement, the secret in it, and what a claim names as its parents.
pub(crate) struct Letter {
    pub(crate) invitation: OperationId,
    pub(crate) secret: SecretKey,
}

/// A register under test.
pub(crate) struct Book {
    pub(crate) id: NeighbourhoodId,
    pub(crate) register: Register,
    pub(crate) now: Timestamp,
    keys: u64,
}

impl Book {
    /// A village with so many connectors, the founder being the first, and then residents; all with one device.
    pub(crate) fn of(connectors: usize, residents: usize) -> (Self, Vec<Hand>) {
        let founder = SecretKey::from_seed(&[1; 32]);
        let (device, genesis) = Device::found(founder, "Oosterwijk aan de Vliet", [1; 16], START);
        let id = device.home();
        let mut book = Self { id, register: Register::new(id), now: START, keys: 0 };
        assert_eq!(book.hear(&genesis), Verdict::Permitted);
        let mut people = vec![Hand { device, resident: Some(OperationId::from(id).into()) }];
        for _ in 1..connectors + residents {
            let hand = book.join(&mut people[0], Role::Resident);
            people.push(hand);
        }
        for number in 1..connectors {
            let grant = book.role(&people[number], Role::Connector);
            let grant = book.does(&mut people[0], grant);
            if number >= 3 {
                book.does(&mut people[1], endorsement(grant));
            }
        }
        assert_eq!(book.register.connector_count(), connectors);
        (book, people)
    }

    /// A key that nobody has.
    pub(crate) fn secret(&mut self) -> SecretKey {
        self.keys += 1;
        let mut seed = [2; 32];
        seed[..8].copy_from_slice(&self.keys.to_be_bytes());
        SecretKey::from_seed(&seed)
    }

    /// A device nobody knows.
    pub(crate) fn stranger(&mut self) -> Hand {
        Hand { device: Device::new(self.secret(), self.id), resident: None }
    }

    /// The register assesses a statement, and takes it in if that is worth anything.
    pub(crate) fn hear(&mut self, signed: &Signed) -> Verdict {
        let valid = valid(signed);
        let assessment = self.register.assess(&valid);
        let verdict = assessment.verdict();
        self.register.insert(assessment);
        verdict
    }

    /// Somebody says something that counts; what is different now.
    pub(crate) fn changes(&mut self, hand: &mut Hand, parents: Vec<OperationId>, statement: Statement) -> Change {
        let valid = valid(&hand.device.state(parents, statement, self.now));
        let assessment = self.register.assess(&valid);
        let change = self.register.insert(assessment);
        assert_eq!(change.verdict, Verdict::Permitted);
        change
    }

    /// What would become of it if somebody said this after all that is known, at `at`. Nothing is taken in.
    pub(crate) fn would_at(&self, hand: &Hand, at: Timestamp, statement: Statement) -> Result<(), Reason> {
        self.would_after(hand, self.register.heads(), at, statement)
    }

    /// As [`Book::would_at`], now.
    pub(crate) fn would(&self, hand: &Hand, statement: Statement) -> Result<(), Reason> {
        self.would_at(hand, self.now, statement)
    }

    /// As [`Book::would_at`], having seen what `parents` lead back to and nothing else.
    pub(crate) fn would_after(
        &self,
        hand: &Hand,
        parents: Vec<OperationId>,
        at: Timestamp,
        statement: Statement,
    ) -> Result<(), Reason> {
        let signed = again(&hand.device).state(parents, statement, at);
        match self.register.assess(&valid(&signed)).verdict() {
            Verdict::Permitted => Ok(()),
            Verdict::Refused(reason) => Err(reason),
            Verdict::Unknown(missing) => panic!("{missing:?} is missing"),
        }
    }

    /// Why a statement would be refused, and whether it would be kept all the same because that may turn.
    pub(crate) fn refused(
        &self,
        hand: &Hand,
        parents: Vec<OperationId>,
        at: Timestamp,
        statement: Statement,
    ) -> (Reason, bool) {
        let valid = valid(&again(&hand.device).state(parents, statement, at));
        let assessment = self.register.assess(&valid);
        match assessment.verdict() {
            Verdict::Refused(reason) => (reason, assessment.keep()),
            other => panic!("{other:?}"),
        }
    }

    /// Somebody says something that counts.
    pub(crate) fn does(&mut self, hand: &mut Hand, statement: Statement) -> OperationId {
        self.does_after(hand, self.register.heads(), statement)
    }

    /// The same, having seen what `parents` lead back to and nothing else.
    pub(crate) fn does_after(
        &mut self,
        hand: &mut Hand,
        parents: Vec<OperationId>,
        statement: Statement,
    ) -> OperationId {
        let signed = hand.device.state(parents, statement, self.now);
        assert_eq!(self.hear(&signed), Verdict::Permitted);
        signed.id()
    }

    /// What else is known beside `operation`, and that: parents for what concerns it.
    pub(crate) fn heads_and(&self, operation: OperationId) -> Vec<OperationId> {
        let mut parents = self.register.heads();
        if !parents.contains(&operation) {
            parents.truncate(MAX_PARENTS - 1);
            parents.push(operation);
        }
        parents
    }

    /// Somebody signs a proposal, after all that is known.
    pub(crate) fn endorses(&mut self, hand: &mut Hand, proposal: OperationId) -> OperationId {
        let parents = self.heads_and(proposal);
        self.does_after(hand, parents, endorsement(proposal))
    }

    /// What would become of it if somebody signed a proposal at `at`.
    pub(crate) fn would_endorse(&self, hand: &Hand, proposal: OperationId, at: Timestamp) -> Result<(), Reason> {
        self.would_after(hand, self.heads_and(proposal), at, endorsement(proposal))
    }

    /// A letter that somebody writes, open for a day.
    pub(crate) fn letter(&mut self, by: &mut Hand, role: Role) -> Letter {
        let secret = self.secret();
        let invitation = Invitation { key: secret.public(), role, expires: self.now.plus_millis(DAY) };
        Letter { invitation: self.does(by, Statement::Invitation(invitation)), secret }
    }

    /// Somebody who came in with a letter of `by`.
    pub(crate) fn join(&mut self, by: &mut Hand, role: Role) -> Hand {
        let letter = self.letter(by, role);
        let mut hand = self.stranger();
        let claim = hand.device.claim(letter.invitation, &letter.secret, [3; 16], self.now);
        assert_eq!(self.hear(&claim), Verdict::Permitted);
        Hand { resident: Some(claim.id().into()), ..hand }
    }

    /// What would become of a claim that names these parents.
    pub(crate) fn would_claim(
        &self,
        hand: &Hand,
        letter: &Letter,
        parents: Vec<OperationId>,
        at: Timestamp,
    ) -> Result<(), Reason> {
        let signed = again(&hand.device).claim_after(parents, letter.invitation, &letter.secret, [4; 16], at);
        match self.register.assess(&valid(&signed)).verdict() {
            Verdict::Permitted => Ok(()),
            Verdict::Refused(reason) => Err(reason),
            Verdict::Unknown(missing) => panic!("{missing:?} is missing"),
        }
    }

    /// Somebody adds a device of their own.
    pub(crate) fn adds(&mut self, by: &mut Hand) -> Hand {
        let secret = self.secret();
        let addition = DeviceAddition::sign(&secret, &self.id, &by.device.key());
        self.does(by, Statement::DeviceAddition(addition));
        Hand { device: Device::new(secret, self.id), resident: by.resident }
    }

    /// Somebody puts a card on paper.
    pub(crate) fn card(&mut self, by: &mut Hand) -> Hand {
        let secret = self.secret();
        let card = RecoveryKey::sign(&secret, &self.id, &by.device.key());
        self.does(by, Statement::RecoveryKey(card));
        Hand { device: Device::new(secret, self.id), resident: by.resident }
    }

    /// The statement that gives a role to somebody with one device, or takes it.
    pub(crate) fn role(&self, of: &Hand, role: Role) -> Statement {
        let counts = if role == Role::Resident { vec![of.count()] } else { Vec::new() };
        Statement::RoleChange(RoleChange { resident: of.who(), role, counts })
    }
}

/// The statement that removes somebody who has one device.
pub(crate) fn removal(of: &Hand) -> Statement {
    Statement::MemberRemoval(MemberRemoval { resident: of.who(), counts: vec![of.count()] })
}

/// Counts in the order of their devices, as statements name them.
pub(crate) fn sorted(mut counts: Vec<DeviceCount>) -> Vec<DeviceCount> {
    counts.sort_by_key(|count| count.device);
    counts
}

/// A second signature.
pub(crate) fn endorsement(of: OperationId) -> Statement {
    Statement::Endorsement(Endorsement { of })
}

/// What was signed, checked as on the way in.
pub(crate) fn valid(signed: &Signed) -> Valid {
    Valid::check(&signed.clone().verify().unwrap()).unwrap()
}

/// The same device once more, so that what it signs now leaves no trace in its count.
pub(crate) fn again(device: &Device) -> Device {
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    Device::resume(secret, device.home(), device.sequence(), device.previous())
}

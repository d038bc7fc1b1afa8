//! Villages and the people in them.

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, Edit, Field, Invitation, ItemId, Kind, NeighbourhoodId, OperationId, Role, Signed,
    Space, Statement, Treaty, TreatyDirection, Value,
};
use dorpsplein_protocol::replica::Input;

use super::{DAY, World};

/// A neighbourhood with one box and its first connector.
pub(crate) struct Village {
    pub(crate) id: NeighbourhoodId,
    /// Its box in the world.
    pub(crate) at: usize,
    pub(crate) founder: Device,
    /// What made it: the genesis and the certificate of its box.
    pub(crate) beginning: Vec<Signed>,
}

impl Village {
    pub(crate) fn square(&self) -> Place {
        Place { neighbourhood: self.id, space: Space::Square }
    }

    pub(crate) fn neighbours(&self) -> Place {
        Place { neighbourhood: self.id, space: Space::Neighbours }
    }
}

impl World {
    /// Founds a neighbourhood with a box that speaks for it.
    pub(crate) fn found(&mut self, name: &str) -> Village {
        let (secret, nonce) = (self.secret(), self.nonce());
        let (mut founder, genesis) = Device::found(secret, name, nonce, self.now);
        let id = founder.home();
        let at = self.add_box(id);
        self.submit(at, &genesis).unwrap();
        let certificate = BoxCertificate { key: self.boxes[at].key, expires: self.now.plus_millis(365 * DAY) };
        let certificate = self.state(at, &mut founder, Statement::BoxCertificate(certificate));
        Village { id, at, founder, beginning: vec![genesis, certificate] }
    }

    /// Says something in the home register, with the heads that the box at `at` knows, and hands it in there.
    pub(crate) fn state(&mut self, at: usize, device: &mut Device, statement: Statement) -> Signed {
        let operation = self.compose_statement(at, device, statement);
        self.submit(at, &operation).unwrap();
        operation
    }

    /// As [`World::state`], without handing it in.
    pub(crate) fn compose_statement(&mut self, at: usize, device: &mut Device, statement: Statement) -> Signed {
        let heads = self.boxes[at].replica.registers().home().heads();
        device.state(heads, statement, self.now)
    }

    /// A connector invites; the operation and the one-time secret of the letter.
    pub(crate) fn invite(&mut self, village: &mut Village, role: Role) -> (Signed, SecretKey) {
        let one_time = self.secret();
        let invitation = Invitation { key: one_time.public(), role, expires: self.now.plus_millis(14 * DAY) };
        let operation = self.state(village.at, &mut village.founder, Statement::Invitation(invitation));
        (operation, one_time)
    }

    /// A new device and its claim on an invitation, not handed in.
    pub(crate) fn claim(
        &mut self,
        home: NeighbourhoodId,
        invitation: OperationId,
        letter: &SecretKey,
    ) -> (Device, Signed) {
        let (secret, nonce) = (self.secret(), self.nonce());
        let mut device = Device::new(secret, home);
        let claim = device.claim(invitation, letter, nonce, self.now);
        (device, claim)
    }

    /// Somebody joins; their device, and the invitation and the claim.
    pub(crate) fn join_with(&mut self, village: &mut Village, role: Role) -> (Device, [Signed; 2]) {
        let (invitation, letter) = self.invite(village, role);
        let (device, claim) = self.claim(village.id, invitation.id(), &letter);
        self.submit(village.at, &claim).unwrap();
        (device, [invitation, claim])
    }

    /// Somebody joins as a resident.
    pub(crate) fn join(&mut self, village: &mut Village) -> Device {
        self.join_with(village, Role::Resident).0
    }

    /// A resident's second device; the addition is handed in.
    pub(crate) fn add_device(&mut self, village: &Village, first: &mut Device) -> (Device, Signed) {
        let secret = self.secret();
        let addition = DeviceAddition::sign(&secret, &village.id, &first.key());
        let addition = self.state(village.at, first, Statement::DeviceAddition(addition));
        (Device::new(secret, village.id), addition)
    }

    /// What `village` says to `with`; handed in.
    pub(crate) fn treaty_statement(
        &mut self,
        village: &mut Village,
        with: NeighbourhoodId,
        accepts: Option<OperationId>,
        kinds: Vec<Kind>,
    ) -> Signed {
        let treaty =
            Treaty { with, accepts, direction: TreatyDirection::Both, kinds, expires: self.now.plus_millis(365 * DAY) };
        self.state(village.at, &mut village.founder, Statement::Treaty(treaty))
    }

    /// Two neighbourhoods agree, and each is told which box speaks for the other.
    pub(crate) fn agree(&mut self, a: &mut Village, b: &mut Village) -> [Signed; 2] {
        let offer = self.treaty_statement(a, b.id, None, Vec::new());
        let acceptance = self.treaty_statement(b, a.id, Some(offer.id()), Vec::new());
        self.introduce(a, b);
        [offer, acceptance]
    }

    /// The boxes of both are named to each other.
    pub(crate) fn introduce(&mut self, a: &Village, b: &Village) {
        let (of_a, of_b) = (self.boxes[a.at].key, self.boxes[b.at].key);
        self.handle(a.at, Input::Introduce { peer: of_b, neighbourhood: b.id });
        self.handle(b.at, Input::Introduce { peer: of_a, neighbourhood: a.id });
    }

    /// Another box of the village, certified, told where the first one is, and brought up to date.
    pub(crate) fn second_box(&mut self, village: &mut Village) -> usize {
        let at = self.add_box(village.id);
        let certificate = BoxCertificate { key: self.boxes[at].key, expires: self.now.plus_millis(365 * DAY) };
        self.state(village.at, &mut village.founder, Statement::BoxCertificate(certificate));
        let first = self.boxes[village.at].key;
        self.handle(at, Input::Introduce { peer: first, neighbourhood: village.id });
        let (session, _) = self.connect(at, village.at);
        self.run();
        self.disconnect(at, session);
        at
    }

    /// Makes news and hands it in at `at`.
    pub(crate) fn post(&mut self, at: usize, device: &mut Device, place: Place, heading: &str) -> ItemId {
        let operation = device.create(place, Kind::NEWS, None, news_edits(heading), self.now);
        self.submit(at, &operation).unwrap().item
    }
}

/// The edits of a piece of news.
pub(crate) fn news_edits(heading: &str) -> Vec<Edit> {
    vec![title(heading), body("De bakker is vanaf maandag weer open; de koffie staat klaar.")]
}

/// The edits of an event.
pub(crate) fn event_edits(heading: &str, starts: &str) -> Vec<Edit> {
    let text = |field, text: &str| Edit::Set { field, value: Value::Text(text.to_owned()) };
    vec![title(heading), text(Field::STARTS, starts), text(Field::PLACE, "Dorpshuis De Linde")]
}

pub(crate) fn title(text: &str) -> Edit {
    Edit::Set { field: Field::TITLE, value: Value::Text(text.to_owned()) }
}

pub(crate) fn body(text: &str) -> Edit {
    Edit::Set { field: Field::BODY, value: Value::Text(text.to_owned()) }
}

//! Those who set the stage: they found villages, let people in, and agree, as one would who is not out for harm.

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, DeviceRetirement, Edit, Endorsement, Field, Invitation, ItemId, Kind,
    MemberRemoval, NeighbourhoodId, OperationId, RecoveryKey, ResidentId, Role, RoleChange, Signed, Statement, Treaty,
    TreatyDirection, TreatyEnd, Value,
};
use dorpsplein_protocol::sync::{Message, SESSION_VERSION};
use dorpsplein_protocol::time::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::stage::{Home, Letter, Person, StageError};
use crate::hand::Hand;
use crate::plan::{Act, BoxId};
use crate::world::{Actors, Answer, DAY, HOUR, MINUTE, START, World, WorldError};

/// How long letters are open on this stage, in milliseconds.
const LETTER_MS: u64 = 14 * DAY;
/// How long the treaties hold that nobody ends, in milliseconds.
pub(super) const TREATY_MS: u64 = 300 * DAY;

/// Why the box of a village is always there: the crew starts one for each, and nothing on this stage stops it.
pub(super) const BOX_OF_HOME: &str = "every village on the stage has a box, and it is on";

/// Those who set the stage.
pub(super) struct Crew {
    pub(super) world: World,
    pub(super) log: Vec<Signed>,
    pub(super) seeds: ChaCha8Rng,
}

impl Crew {
    pub(super) fn new(seed: u64) -> Self {
        Self { world: World::new(seed, START), log: Vec::new(), seeds: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn seed(&mut self) -> [u8; 32] {
        self.seeds.random()
    }

    pub(super) fn found(&mut self, name: &str) -> Result<(Home, Person), StageError> {
        let seed = self.seed();
        let (device, genesis) = Device::found(SecretKey::from_seed(&seed), name, [7; 16], self.world.now);
        let (at, id) = (self.log.len() as BoxId, device.home());
        self.world.add_village(at, name, id);
        self.world.add_box(at, at)?;
        hand_in(&mut self.world, at, &genesis)?;
        let resident = ResidentId::from(genesis.id());
        self.log.push(genesis);
        let mut founder = Person { hand: Hand::new(seed, id, at), resident };
        founder.hand.follow(&device);
        let peer = SecretKey::from_seed(&self.seed()).public();
        for key in [self.world.box_key(at), peer] {
            let certificate = BoxCertificate { key, expires: self.world.now.plus_millis(2000 * DAY) };
            self.state(&mut founder, Statement::BoxCertificate(certificate))?;
        }
        Ok((Home { id, at, peer }, founder))
    }

    pub(super) fn heads(&self, at: BoxId) -> Vec<OperationId> {
        self.world.at(at).expect(BOX_OF_HOME).replica().registers().home().heads()
    }

    /// Hands in what `compose` signs after all that the box knows, and remembers it.
    pub(super) fn submit(
        &mut self,
        hand: &mut Hand,
        compose: impl FnOnce(&mut Device, Timestamp) -> Signed,
    ) -> Result<Signed, StageError> {
        let mut device = hand.device();
        let signed = compose(&mut device, self.world.clock(hand.at));
        hand_in(&mut self.world, hand.at, &signed)?;
        hand.follow(&device);
        self.log.push(signed.clone());
        Ok(signed)
    }

    pub(super) fn state(&mut self, person: &mut Person, statement: Statement) -> Result<Signed, StageError> {
        let heads = self.heads(person.hand.at);
        self.submit(&mut person.hand, |device, now| device.state(heads, statement, now))
    }

    pub(super) fn endorse(&mut self, person: &mut Person, of: &Signed) -> Result<(), StageError> {
        self.state(person, Statement::Endorsement(Endorsement { of: of.id() })).map(drop)
    }

    pub(super) fn invite(&mut self, by: &mut Person) -> Result<Letter, StageError> {
        let secret = self.seed();
        let key = SecretKey::from_seed(&secret).public();
        let expires = self.world.clock(by.hand.at).plus_millis(LETTER_MS);
        let invitation = Invitation { key, role: Role::Resident, expires };
        let invitation = self.state(by, Statement::Invitation(invitation))?.id();
        Ok(Letter { invitation, secret })
    }

    pub(super) fn claim(&mut self, home: &Home, letter: &Letter) -> Result<Person, StageError> {
        let mut hand = Hand::new(self.seed(), home.id, home.at);
        let claim =
            self.submit(&mut hand, |device, now| device.claim(letter.invitation, &letter.secret(), [3; 16], now))?;
        Ok(Person { hand, resident: claim.id().into() })
    }

    pub(super) fn join(&mut self, home: &Home, by: &mut Person) -> Result<Person, StageError> {
        let letter = self.invite(by)?;
        self.claim(home, &letter)
    }

    pub(super) fn grant(
        &mut self,
        by: &mut Person,
        to: &Person,
        second: Option<&mut Person>,
    ) -> Result<(), StageError> {
        let change = RoleChange { resident: to.resident, role: Role::Connector, counts: Vec::new() };
        let grant = self.state(by, Statement::RoleChange(change))?;
        second.map_or(Ok(()), |second| self.endorse(second, &grant))
    }

    pub(super) fn remove(
        &mut self,
        by: &mut Person,
        whom: &Person,
        second: Option<&mut Person>,
    ) -> Result<(), StageError> {
        let removal = MemberRemoval { resident: whom.resident, counts: vec![whom.count()] };
        let removal = self.state(by, Statement::MemberRemoval(removal))?;
        second.map_or(Ok(()), |second| self.endorse(second, &removal))
    }

    /// Gives somebody a tablet, which is retired again, and a card on paper.
    pub(super) fn equip(&mut self, home: &Home, person: &mut Person) -> Result<(Hand, Hand), StageError> {
        let mut tablet = Hand::new(self.seed(), home.id, home.at);
        let addition = DeviceAddition::sign(&tablet.secret(), &home.id, &person.hand.key());
        self.state(person, Statement::DeviceAddition(addition))?;
        let place = home.square();
        let edits = vec![text(Field::TITLE, "Vanaf de bank"), text(Field::BODY, "Voor de tablet stuk ging.")];
        self.submit(&mut tablet, |device, now| device.create(place, Kind::NEWS, None, edits, now))?;
        let retirement = DeviceRetirement { device: tablet.key(), last: tablet.sequence() };
        self.state(person, Statement::DeviceRetirement(retirement))?;
        let card = Hand::new(self.seed(), home.id, home.at);
        let registered = RecoveryKey::sign(&card.secret(), &home.id, &person.hand.key());
        self.state(person, Statement::RecoveryKey(registered))?;
        Ok((tablet, card))
    }

    pub(super) fn post(&mut self, person: &mut Person, place: Place, title: &str) -> Result<Signed, StageError> {
        let edits = vec![text(Field::TITLE, title), text(Field::BODY, "Wie weet er meer?")];
        self.submit(&mut person.hand, |device, now| device.create(place, Kind::NEWS, None, edits, now))
    }

    pub(super) fn edit(
        &mut self,
        person: &mut Person,
        place: Place,
        item: ItemId,
        edits: Vec<Edit>,
    ) -> Result<Signed, StageError> {
        self.submit(&mut person.hand, |device, now| device.edit(place, item, vec![item.into()], edits, now))
    }

    /// A treaty between two villages; ours needs two signatures.
    pub(super) fn agree(
        &mut self,
        ours: &mut Person,
        second: &mut Person,
        theirs: &mut Person,
    ) -> Result<(), StageError> {
        let expires = self.world.now.plus_millis(TREATY_MS);
        let terms = |with, accepts| {
            Statement::Treaty(Treaty { with, accepts, direction: TreatyDirection::Both, kinds: Vec::new(), expires })
        };
        let offer = self.state(ours, terms(theirs.hand.home(), None))?;
        self.endorse(second, &offer)?;
        self.state(theirs, terms(ours.hand.home(), Some(offer.id()))).map(drop)
    }

    /// A village with a treaty: itself, its founder and somebody who lives there.
    pub(super) fn befriend(
        &mut self,
        name: &str,
        ours: &mut Person,
        second: &mut Person,
    ) -> Result<(Home, Person, Person), StageError> {
        let (village, mut founder) = self.found(name)?;
        let resident = self.join(&village, &mut founder)?;
        self.agree(ours, second, &mut founder)?;
        Ok((village, founder, resident))
    }

    /// Everybody hears of everything, then one treaty ends, and everybody hears of that.
    pub(super) fn end_treaty(&mut self, by: &mut Person, with: &Home) -> Result<(), StageError> {
        self.tell_everybody()?;
        self.pass(HOUR)?;
        self.state(by, Statement::TreatyEnd(TreatyEnd { with: with.id }))?;
        self.tell_everybody()?;
        self.pass(HOUR)
    }

    /// Brings every box all that was said; each keeps what concerns it.
    pub(super) fn tell_everybody(&mut self) -> Result<(), StageError> {
        let peers: Vec<(BoxId, NeighbourhoodId)> =
            self.world.boxes().map(|simulated| (simulated.id, simulated.home)).collect();
        for (at, id) in peers {
            let certified = self.world.box_key(at);
            for signed in self.log.clone() {
                // Its own key speaks for the village as well; a box does not talk to itself, so another one is asked.
                let register = self.world.at(at).expect(BOX_OF_HOME).replica().registers().home();
                let peer = register.boxes().map(|(_, certificate)| certificate.key).find(|key| *key != certified);
                let Some(peer) = peer else { continue };
                bring(&mut self.world, &Home { id, at, peer }, signed.encode())?;
            }
        }
        Ok(())
    }

    pub(super) fn pass(&mut self, millis: u64) -> Result<(), StageError> {
        let end = self.world.now.plus_millis(millis.max(MINUTE));
        Ok(self.world.run_until(end, &mut Nobody)?)
    }
}

/// Nobody does anything while time passes.
pub(super) struct Nobody;

impl Actors for Nobody {
    fn act(&mut self, _: &mut World, _: &Act) -> Result<(), WorldError> {
        Ok(())
    }
}

/// A certified peer brings a box these bytes over a session of its own. Says whether the box kept that open.
pub(super) fn bring(world: &mut World, home: &Home, transfer: Vec<u8>) -> Result<bool, StageError> {
    let Some(session) = world.puppet(home.at, home.peer)? else { return Ok(false) };
    let hello = Message::Hello { version: SESSION_VERSION, neighbourhood: home.id };
    world.puppet_send(home.at, session, hello.encode())?;
    let push = Message::Push { operation: transfer };
    world.puppet_send(home.at, session, push.encode())?;
    let open = world.puppet_is_heard(home.at, session);
    world.puppet_close(home.at, session)?;
    Ok(open)
}

/// Hands in at a box what is in order.
pub(super) fn hand_in(world: &mut World, at: BoxId, operation: &Signed) -> Result<(), StageError> {
    match world.submit(at, operation)? {
        Answer::Accepted(_) => Ok(()),
        Answer::Refused(refusal) => Err(refusal.into()),
        Answer::Off => Err(StageError::World(WorldError::NoAnswer)),
    }
}

/// The edit that sets a field to a text.
pub(super) fn text(field: Field, value: &str) -> Edit {
    Edit::Set { field, value: Value::Text(value.to_owned()) }
}

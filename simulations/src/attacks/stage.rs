//! The villages that are attacked: everybody an attacker could be, and everything they could be after.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, DeviceCount, DeviceRetirement, Edit, Endorsement, Field, Invitation, ItemId, Kind,
    MemberRemoval, NeighbourhoodId, OperationId, RecoveryKey, ResidentId, Role, RoleChange, Signed, Space, Statement,
    Treaty, TreatyDirection, TreatyEnd, Value,
};
use dorpsplein_protocol::replica::{Input, Refusal, SessionId};
use dorpsplein_protocol::store::{Direction, Read, Table};
use dorpsplein_protocol::sync::{Message, SESSION_VERSION};
use dorpsplein_protocol::time::Timestamp;
use thiserror::Error;

use crate::checkers::authority::standing;
use crate::hand::Hand;
use crate::world::{Actors, DAY, HOUR, MINUTE, Village, World, WorldError};

/// How long letters are open on this stage, in milliseconds.
const LETTER_MS: u64 = 14 * DAY;
/// How long the treaties hold that nobody ends, in milliseconds.
pub(super) const TREATY_MS: u64 = 300 * DAY;

/// The stage could not be set.
#[derive(Debug, Error)]
pub enum StageError {
    /// The world could not go on.
    #[error(transparent)]
    World(#[from] WorldError),
    /// What was meant to be in order was refused.
    #[error("what sets the stage was refused: {0}")]
    Refused(#[from] Refusal),
}

/// Somebody with one device.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their device.
    pub hand: Hand,
    /// Who they are.
    pub resident: ResidentId,
}

/// A letter: the operation that holds the invitation, and the secret in it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The invitation.
    pub invitation: OperationId,
    secret: [u8; 32],
}

/// A village with one box, and the key of a second box that a hostile hand may use.
#[derive(Clone, Debug)]
pub struct Home {
    /// Its id.
    pub id: NeighbourhoodId,
    /// Its box.
    pub at: usize,
    /// A certified key that brings this box what a test wants.
    peer: PublicKey,
}

/// Three connectors, four residents, one of each that was removed, and three other villages.
pub struct Stage {
    /// The world, at the time of the attack.
    pub world: World,
    /// The village under attack.
    pub home: Home,
    /// A village it has a treaty with.
    pub partner: Home,
    /// Its founder and first connector.
    pub fenna: Person,
    /// Its second connector.
    pub carel: Person,
    /// Its third connector.
    pub dora: Person,
    /// A connector until two others removed him.
    pub gijs: Person,
    /// A resident with a telephone.
    pub anne: Person,
    /// Anne's tablet, which she retired.
    pub tablet: Hand,
    /// Anne's card on paper.
    pub card: Hand,
    /// A resident.
    pub bart: Person,
    /// A resident until a connector removed him.
    pub rik: Person,
    /// A resident of the village with a treaty.
    pub vera: Person,
    /// The connector of that village.
    pub hilde: Person,
    /// A resident of a village whose treaty was ended.
    pub olga: Person,
    /// A village nobody here heard of.
    pub far: Home,
    /// Its founder.
    pub odo: Person,
    /// A letter nobody used.
    pub open_letter: Letter,
    /// A letter somebody used.
    pub used_letter: Letter,
    /// The claim of whoever used it.
    pub used_claim: OperationId,
    /// A letter of the removed connector that nobody used.
    pub letter_of_gijs: Letter,
    /// Anne's news on the square.
    pub news: ItemId,
    /// Anne's news for the neighbours.
    pub shared: ItemId,
    /// Anne's news that she erased.
    pub erased: ItemId,
    /// What that news was, with its text.
    pub erased_news: Signed,
    /// Its erasure.
    pub erasure: OperationId,
    /// The register's heads when there were two connectors, before the third was made one.
    pub heads_of_two: Vec<OperationId>,
    /// The register's heads when everybody was still there, and all connectors had been made.
    pub heads_of_all: Vec<OperationId>,
    /// All that was said, in order.
    log: Vec<Signed>,
    sessions: u64,
}

/// Nobody does anything while time passes.
struct Nobody;

impl Actors for Nobody {
    fn act(&mut self, _: &mut World, _: usize) -> Result<(), WorldError> {
        Ok(())
    }
}

impl Letter {
    /// The one-time secret of the letter.
    pub fn secret(&self) -> SecretKey {
        SecretKey::from_seed(&self.secret)
    }
}

impl Home {
    /// The square of this village.
    pub const fn square(&self) -> Place {
        Place { neighbourhood: self.id, space: Space::Square }
    }

    /// What this village shares with its neighbours.
    pub const fn neighbours(&self) -> Place {
        Place { neighbourhood: self.id, space: Space::Neighbours }
    }
}

impl Person {
    /// All that this person's device signed so far, as a removal names it.
    pub fn count(&self) -> DeviceCount {
        DeviceCount { device: self.hand.key(), last: self.hand.sequence() }
    }
}

impl Stage {
    /// Sets the stage: always the same one.
    ///
    /// # Errors
    /// [`StageError`]; then the rules refuse what they should permit.
    pub fn set() -> Result<Self, StageError> {
        let mut crew = Crew { world: World::new(1886, None), log: Vec::new(), sessions: 0 };
        let (home, mut fenna) = crew.found("Wilgendam")?;
        let mut carel = crew.join(&home, &mut fenna)?;
        let mut anne = crew.join(&home, &mut fenna)?;
        let bart = crew.join(&home, &mut fenna)?;
        let mut rik = crew.join(&home, &mut fenna)?;
        let mut gijs = crew.join(&home, &mut fenna)?;
        let dora = crew.join(&home, &mut fenna)?;
        crew.grant(&mut fenna, &carel, None)?;
        let heads_of_two = crew.heads(home.at);
        crew.grant(&mut fenna, &dora, None)?;
        crew.grant(&mut fenna, &gijs, Some(&mut carel))?;
        let heads_of_all = crew.heads(home.at);
        crew.pass(DAY)?;

        let (tablet, card) = crew.equip(&home, &mut anne)?;
        let news = crew.post(&mut anne, home.square(), "Lampionnenoptocht")?;
        let shared = crew.post(&mut anne, home.neighbours(), "Dorpsloop langs de dijk")?;
        let erased_news = crew.post(&mut anne, home.square(), "Sleutels gevonden bij de brug")?;
        let erased = ItemId::from(erased_news.id());
        let gone = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
        let erasure = crew.edit(&mut anne, home.square(), erased, vec![gone])?.id();
        crew.post(&mut rik, home.square(), "Fiets te koop")?;
        let letter_of_gijs = crew.invite(&mut gijs)?;
        let open_letter = crew.invite(&mut fenna)?;
        let used_letter = crew.invite(&mut fenna)?;
        let used_claim = crew.claim(&home, &used_letter)?.resident.into();
        crew.remove(&mut fenna, &gijs, Some(&mut carel))?;
        crew.remove(&mut carel, &rik, None)?;

        let (partner, hilde, vera) = crew.befriend("Hogeveld", &mut fenna, &mut carel)?;
        let (former, _, olga) = crew.befriend("Oudhof", &mut fenna, &mut carel)?;
        crew.end_treaty(&mut fenna, &former)?;
        let (far, odo) = crew.found("Verweg")?;
        let Crew { world, log, sessions } = crew;
        let (news, shared) = (news.id().into(), shared.id().into());
        Ok(Self {
            world,
            home,
            partner,
            fenna,
            carel,
            dora,
            gijs,
            anne,
            tablet,
            card,
            bart,
            rik,
            vera,
            hilde,
            olga,
            far,
            odo,
            open_letter,
            used_letter,
            used_claim,
            letter_of_gijs,
            news,
            shared,
            erased,
            erased_news,
            erasure,
            heads_of_two,
            heads_of_all,
            log,
            sessions,
        })
    }

    /// The present, as the attacked box sees it.
    pub fn now(&self) -> Timestamp {
        self.world.clock(self.home.at)
    }

    /// The latest statements of the village's register.
    pub fn heads(&self) -> Vec<OperationId> {
        self.world.boxes()[self.home.at].replica().registers().home().heads()
    }

    /// A new key.
    pub fn secret(&mut self) -> SecretKey {
        SecretKey::from_seed(&self.world.seed())
    }

    /// What somebody says in the village's register after all that is known; not handed in.
    pub fn says(&self, hand: &Hand, statement: Statement) -> Signed {
        self.says_after(hand, self.heads(), self.now(), statement)
    }

    /// What somebody says in the village's register after these statements, at a time of their choice; not handed in.
    pub fn says_after(&self, hand: &Hand, parents: Vec<OperationId>, at: Timestamp, statement: Statement) -> Signed {
        hand.device().state(parents, statement, at)
    }

    /// Somebody says something that is in order, before the attack.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn state(&mut self, hand: &mut Hand, statement: Statement) -> Result<Signed, StageError> {
        let signed = self.says(hand, statement);
        self.world.submit(self.home.at, &signed)??;
        let mut device = hand.device();
        device = Device::resume(hand.secret(), device.home(), device.sequence() + 1, Some(signed.id()));
        hand.follow(&device);
        self.log.push(signed.clone());
        Ok(signed)
    }

    /// The second connector links a tablet.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn add_device_of_carel(&mut self) -> Result<Hand, StageError> {
        let tablet = Hand::new(self.world.seed(), self.home.id, self.home.at);
        let addition = DeviceAddition::sign(&tablet.secret(), &self.home.id, &self.carel.hand.key());
        let mut carel = self.carel.hand.clone();
        self.state(&mut carel, Statement::DeviceAddition(addition))?;
        self.carel.hand = carel;
        Ok(tablet)
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn pass(&mut self, millis: u64) -> Result<(), StageError> {
        let end = self.world.now.plus_millis(millis);
        Ok(self.world.run_until(end, &mut Nobody)?)
    }

    /// A certified peer brings a box these bytes. Says whether the box kept the session open.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn bring(&mut self, home: &Home, transfer: Vec<u8>) -> Result<bool, StageError> {
        bring(&mut self.world, &mut self.sessions, home, transfer)
    }

    /// What a village shows and who is there: rows, people, roles, devices, boxes and treaties, as text to compare.
    ///
    /// # Errors
    /// [`StageError`] when the store cannot be read.
    pub fn sight(&self, home: &Home) -> Result<String, StageError> {
        let simulated = &self.world.boxes()[home.at];
        let mut text = String::new();
        for register in simulated.replica().registers().iter() {
            text += &format!("{}: {}\n", register.neighbourhood(), standing(register));
        }
        let registers = simulated.replica().registers();
        text += &format!("{:?}\n{:?}\n", registers.treaties(self.world.now), registers.circles());
        // Evidence of forks and what is not complete is for connectors and other boxes; nobody reads it on a page.
        let shown = |table: &Table| !matches!(table, Table::Forks | Table::Incomplete);
        for table in Table::ROWS.into_iter().filter(shown) {
            let all = (Bound::Unbounded, Bound::Unbounded);
            let scanned = simulated.store.scan(table, all, Direction::Ascending, &mut |key, value| {
                text += &format!("{table:?} {} {}\n", crate::trace::hex(key), crate::trace::hex(value));
                ControlFlow::Continue(())
            });
            scanned.map_err(WorldError::from)?;
        }
        Ok(text)
    }
}

fn bring(world: &mut World, sessions: &mut u64, home: &Home, transfer: Vec<u8>) -> Result<bool, StageError> {
    // Beside the sessions of the simulated network, of which there are none on this stage.
    *sessions += 1;
    let session = SessionId(*sessions);
    world.handle(home.at, Input::Opened { session, peer: home.peer, outbound: false })?;
    let hello = Message::Hello { version: SESSION_VERSION, neighbourhood: home.id };
    world.handle(home.at, Input::Received { session, frame: hello.encode() })?;
    let push = Message::Push { operation: transfer };
    world.handle(home.at, Input::Received { session, frame: push.encode() })?;
    let open = world.boxes()[home.at].replica().sessions().any(|(open, _)| open == session);
    world.handle(home.at, Input::Closed { session })?;
    Ok(open)
}

/// Those who set the stage.
struct Crew {
    world: World,
    log: Vec<Signed>,
    sessions: u64,
}

impl Crew {
    fn found(&mut self, name: &str) -> Result<(Home, Person), StageError> {
        let seed = self.world.seed();
        let (device, genesis) = Device::found(SecretKey::from_seed(&seed), name, [7; 16], self.world.now);
        let (village, id) = (self.world.villages.len(), device.home());
        let at = self.world.add_box(village, id)?;
        self.world.villages.push(Village { id, boxes: vec![at], neighbours: BTreeSet::new() });
        self.world.submit(at, &genesis)??;
        let resident = ResidentId::from(genesis.id());
        self.log.push(genesis);
        let mut founder = Person { hand: Hand::new(seed, id, at), resident };
        founder.hand.follow(&device);
        let peer = SecretKey::from_seed(&self.world.seed()).public();
        for key in [self.world.boxes()[at].key, peer] {
            let certificate = BoxCertificate { key, expires: self.world.now.plus_millis(2000 * DAY) };
            self.state(&mut founder, Statement::BoxCertificate(certificate))?;
        }
        Ok((Home { id, at, peer }, founder))
    }

    fn heads(&self, at: usize) -> Vec<OperationId> {
        self.world.boxes()[at].replica().registers().home().heads()
    }

    /// Hands in what `compose` signs after all that the box knows, and remembers it.
    fn submit(
        &mut self,
        hand: &mut Hand,
        compose: impl FnOnce(&mut Device, Timestamp) -> Signed,
    ) -> Result<Signed, StageError> {
        let mut device = hand.device();
        let signed = compose(&mut device, self.world.clock(hand.at));
        self.world.submit(hand.at, &signed)??;
        hand.follow(&device);
        self.log.push(signed.clone());
        Ok(signed)
    }

    fn state(&mut self, person: &mut Person, statement: Statement) -> Result<Signed, StageError> {
        let heads = self.heads(person.hand.at);
        self.submit(&mut person.hand, |device, now| device.state(heads, statement, now))
    }

    fn endorse(&mut self, person: &mut Person, of: &Signed) -> Result<(), StageError> {
        self.state(person, Statement::Endorsement(Endorsement { of: of.id() })).map(drop)
    }

    fn invite(&mut self, by: &mut Person) -> Result<Letter, StageError> {
        let secret = self.world.seed();
        let key = SecretKey::from_seed(&secret).public();
        let expires = self.world.clock(by.hand.at).plus_millis(LETTER_MS);
        let invitation = Invitation { key, role: Role::Resident, expires };
        let invitation = self.state(by, Statement::Invitation(invitation))?.id();
        Ok(Letter { invitation, secret })
    }

    fn claim(&mut self, home: &Home, letter: &Letter) -> Result<Person, StageError> {
        let mut hand = Hand::new(self.world.seed(), home.id, home.at);
        let claim =
            self.submit(&mut hand, |device, now| device.claim(letter.invitation, &letter.secret(), [3; 16], now))?;
        Ok(Person { hand, resident: claim.id().into() })
    }

    fn join(&mut self, home: &Home, by: &mut Person) -> Result<Person, StageError> {
        let letter = self.invite(by)?;
        self.claim(home, &letter)
    }

    fn grant(&mut self, by: &mut Person, to: &Person, second: Option<&mut Person>) -> Result<(), StageError> {
        let change = RoleChange { resident: to.resident, role: Role::Connector, counts: Vec::new() };
        let grant = self.state(by, Statement::RoleChange(change))?;
        second.map_or(Ok(()), |second| self.endorse(second, &grant))
    }

    fn remove(&mut self, by: &mut Person, whom: &Person, second: Option<&mut Person>) -> Result<(), StageError> {
        let removal = MemberRemoval { resident: whom.resident, counts: vec![whom.count()] };
        let removal = self.state(by, Statement::MemberRemoval(removal))?;
        second.map_or(Ok(()), |second| self.endorse(second, &removal))
    }

    /// Gives somebody a tablet, which is retired again, and a card on paper.
    fn equip(&mut self, home: &Home, person: &mut Person) -> Result<(Hand, Hand), StageError> {
        let mut tablet = Hand::new(self.world.seed(), home.id, home.at);
        let addition = DeviceAddition::sign(&tablet.secret(), &home.id, &person.hand.key());
        self.state(person, Statement::DeviceAddition(addition))?;
        let place = home.square();
        let edits = vec![text(Field::TITLE, "Vanaf de bank"), text(Field::BODY, "Voor de tablet stuk ging.")];
        self.submit(&mut tablet, |device, now| device.create(place, Kind::NEWS, None, edits, now))?;
        let retirement = DeviceRetirement { device: tablet.key(), last: tablet.sequence() };
        self.state(person, Statement::DeviceRetirement(retirement))?;
        let card = Hand::new(self.world.seed(), home.id, home.at);
        let registered = RecoveryKey::sign(&card.secret(), &home.id, &person.hand.key());
        self.state(person, Statement::RecoveryKey(registered))?;
        Ok((tablet, card))
    }

    fn post(&mut self, person: &mut Person, place: Place, title: &str) -> Result<Signed, StageError> {
        let edits = vec![text(Field::TITLE, title), text(Field::BODY, "Wie weet er meer?")];
        self.submit(&mut person.hand, |device, now| device.create(place, Kind::NEWS, None, edits, now))
    }

    fn edit(
        &mut self,
        person: &mut Person,
        place: Place,
        item: ItemId,
        edits: Vec<Edit>,
    ) -> Result<Signed, StageError> {
        self.submit(&mut person.hand, |device, now| device.edit(place, item, vec![item.into()], edits, now))
    }

    /// A treaty between two villages; ours needs two signatures.
    fn agree(&mut self, ours: &mut Person, second: &mut Person, theirs: &mut Person) -> Result<(), StageError> {
        let expires = self.world.now.plus_millis(TREATY_MS);
        let terms = |with, accepts| {
            Statement::Treaty(Treaty { with, accepts, direction: TreatyDirection::Both, kinds: Vec::new(), expires })
        };
        let offer = self.state(ours, terms(theirs.hand.home(), None))?;
        self.endorse(second, &offer)?;
        self.state(theirs, terms(ours.hand.home(), Some(offer.id()))).map(drop)
    }

    /// A village with a treaty: itself, its founder and somebody who lives there.
    fn befriend(
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
    fn end_treaty(&mut self, by: &mut Person, with: &Home) -> Result<(), StageError> {
        self.tell_everybody()?;
        self.pass(HOUR)?;
        self.state(by, Statement::TreatyEnd(TreatyEnd { with: with.id }))?;
        self.tell_everybody()?;
        self.pass(HOUR)
    }

    /// Brings every box all that was said; each keeps what concerns it.
    fn tell_everybody(&mut self) -> Result<(), StageError> {
        let peers: Vec<(usize, NeighbourhoodId)> =
            self.world.villages.iter().map(|village| (village.boxes[0], village.id)).collect();
        for (at, id) in peers {
            let certified = self.world.boxes()[at].key;
            for signed in self.log.clone() {
                // Its own key speaks for the village as well; a box does not talk to itself, so another one is asked.
                let register = self.world.boxes()[at].replica().registers().home();
                let peer = register.boxes().map(|(_, certificate)| certificate.key).find(|key| *key != certified);
                let Some(peer) = peer else { continue };
                bring(&mut self.world, &mut self.sessions, &Home { id, at, peer }, signed.encode())?;
            }
        }
        Ok(())
    }

    fn pass(&mut self, millis: u64) -> Result<(), StageError> {
        let end = self.world.now.plus_millis(millis.max(MINUTE));
        Ok(self.world.run_until(end, &mut Nobody)?)
    }
}

/// The edit that sets a field to a text.
pub(super) fn text(field: Field, value: &str) -> Edit {
    Edit::Set { field, value: Value::Text(value.to_owned()) }
}

//! The villages that are attacked: everybody an attacker could be, and everything they could be after.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, Edit, ItemId, Kind, NeighbourhoodId, OperationId, ResidentId, Signed, Space, Statement,
};
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::{Direction, Read, Table};
use dorpsplein_protocol::time::Timestamp;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::crew::{BOX_OF_HOME, Crew, Nobody, bring, hand_in};
use crate::checkers::authority::standing;
use crate::hand::Hand;
use crate::plan::BoxId;
use crate::world::{DAY, Disk, World, WorldError};

/// The stage could not be set.
#[derive(Debug, Error)]
pub enum StageError {
    /// The world could not go on.
    #[error(transparent)]
    World(#[from] WorldError),
    /// What was meant to be in order was refused.
    #[error("what sets the stage was refused: {0}")]
    Refused(#[from] Refusal),
    /// In a world that is not ours, the attack needs a device of somebody who is not out for harm.
    #[error("the device belongs to somebody who is not out for harm")]
    NotOurs,
    /// In a world that is not ours, the attack needs time to pass.
    #[error("nobody else waits for the time of an attack")]
    NoTime,
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
    pub(super) secret: [u8; 32],
}

/// A village with one box, and the key of a second box that a hostile hand may use.
#[derive(Clone, Debug)]
pub struct Home {
    /// Its id.
    pub id: NeighbourhoodId,
    /// Its box.
    pub at: BoxId,
    /// A certified key that brings this box what a test wants.
    pub(super) peer: PublicKey,
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
    pub(super) log: Vec<Signed>,
    pub(super) seeds: ChaCha8Rng,
    /// Where the stage is a part of a running world: the devices there that nobody lends.
    pub(super) others: Option<BTreeSet<PublicKey>>,
}

impl Letter {
    /// A letter with this invitation and secret.
    pub const fn of(invitation: OperationId, secret: [u8; 32]) -> Self {
        Self { invitation, secret }
    }

    /// The one-time secret of the letter.
    pub fn secret(&self) -> SecretKey {
        SecretKey::from_seed(&self.secret)
    }
}

impl Home {
    /// The village of a box, which is its own second box; none when there is no such box.
    pub fn of(world: &World, at: BoxId) -> Option<Self> {
        let simulated = world.simulated(at)?;
        Some(Self { id: simulated.home, at, peer: simulated.key })
    }

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
        let mut crew = Crew::new(1886);
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
        let Crew { world, log, seeds } = crew;
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
            seeds,
            others: None,
        })
    }

    /// The present, as the attacked box sees it.
    pub fn now(&self) -> Timestamp {
        self.world.clock(self.home.at)
    }

    /// The latest statements of the village's register.
    pub fn heads(&self) -> Vec<OperationId> {
        self.registers(&self.home).home().heads()
    }

    /// Somebody hands in at the village's box what is in order.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn hand_in(&mut self, operation: &Signed) -> Result<(), StageError> {
        if !self.is_lent(&operation.header().device) {
            return Err(StageError::NotOurs);
        }
        self.world.guard(operation, None);
        hand_in(&mut self.world, self.home.at, operation)?;
        self.log.push(operation.clone());
        Ok(())
    }

    /// Whether whoever attacks may sign with a device.
    pub(super) fn is_lent(&self, device: &PublicKey) -> bool {
        self.others.as_ref().is_none_or(|others| !others.contains(device))
    }

    /// What the box of a village knows of registers.
    pub fn registers(&self, home: &Home) -> &Registers {
        self.world.at(home.at).expect(BOX_OF_HOME).replica().registers()
    }

    /// The disk of the box of a village.
    pub fn disk(&self, home: &Home) -> &Disk {
        self.world.disk(home.at).expect(BOX_OF_HOME)
    }

    /// 32 bytes of chance: the seed of a key.
    fn seed(&mut self) -> [u8; 32] {
        self.seeds.random()
    }

    /// A new key.
    pub fn secret(&mut self) -> SecretKey {
        SecretKey::from_seed(&self.seed())
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
        self.hand_in(&signed)?;
        let mut device = hand.device();
        device = Device::resume(hand.secret(), device.home(), device.sequence() + 1, Some(signed.id()));
        hand.follow(&device);
        Ok(signed)
    }

    /// The second connector links a tablet.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn add_device_of_carel(&mut self) -> Result<Hand, StageError> {
        let tablet = Hand::new(self.seed(), self.home.id, self.home.at);
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
        if self.others.is_some() {
            return Err(StageError::NoTime);
        }
        let end = self.world.now.plus_millis(millis);
        Ok(self.world.run_until(end, &mut Nobody)?)
    }

    /// A certified peer brings a box these bytes. Says whether the box kept the session open.
    ///
    /// # Errors
    /// [`StageError`].
    pub fn bring(&mut self, home: &Home, transfer: Vec<u8>) -> Result<bool, StageError> {
        bring(&mut self.world, home, transfer)
    }

    /// What a village shows and who is there: rows, people, roles, devices, boxes and treaties, as text to compare.
    ///
    /// # Errors
    /// [`StageError`] when the store cannot be read.
    pub fn sight(&self, home: &Home) -> Result<String, StageError> {
        let mut text = String::new();
        let (registers, disk) = (self.registers(home), self.disk(home));
        for register in registers.iter() {
            text += &format!("{}: {}\n", register.neighbourhood(), standing(register));
        }
        text += &format!("{:?}\n{:?}\n", registers.treaties(self.world.now), registers.circles());
        // Evidence of forks and what is not complete is for connectors and other boxes; nobody reads it on a page.
        let shown = |table: &Table| !matches!(table, Table::Forks | Table::Incomplete);
        for table in Table::ROWS.into_iter().filter(shown) {
            let all = (Bound::Unbounded, Bound::Unbounded);
            let scanned = disk.scan(table, all, Direction::Ascending, &mut |key, value| {
                text += &format!("{table:?} {} {}\n", crate::trace::hex(key), crate::trace::hex(value));
                ControlFlow::Continue(())
            });
            scanned.map_err(WorldError::from)?;
        }
        Ok(text)
    }
}

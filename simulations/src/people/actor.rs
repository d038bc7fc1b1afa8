//! Somebody: their devices, whether they came in, and what they wrote.

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, OperationId, Signed};
use dorpsplein_protocol::time::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::hand::Hand;
use crate::plan::{BoxId, Part, Person, VillageId};
use crate::world::{DAY, MINUTE, SECOND};

/// A letter: the operation that holds the invitation, and the secret in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) invitation: OperationId,
    pub(super) secret: [u8; 32],
}

/// Somebody.
pub(super) struct Actor {
    pub(super) village: VillageId,
    pub(super) home: NeighbourhoodId,
    /// The devices they hold now, the one they speak with first.
    pub(super) hands: Vec<Hand>,
    /// The devices they lost or gave up.
    pub(super) former: Vec<Hand>,
    pub(super) letter: Option<Letter>,
    pub(super) joined: bool,
    /// They are a member from the start.
    pub(super) from_the_start: bool,
    /// They are a connector from the start.
    pub(super) trusted_from_the_start: bool,
    /// They are out for harm.
    pub(super) means_harm: bool,
    /// What they wrote, the latest last.
    pub(super) items: Vec<ItemId>,
    /// The alert they keep up to date.
    pub(super) alert: Option<ItemId>,
    /// The box of each device in the plan.
    boxes: Vec<BoxId>,
    seed: u64,
    ahead: i64,
    /// How many keys they made.
    keys: u32,
}

impl Actor {
    /// Somebody of a neighbourhood, with all devices of the plan, of which none has a place there yet.
    pub(super) fn new(person: &Person, home: NeighbourhoodId) -> Self {
        let mut actor = Self {
            village: person.village,
            home,
            hands: Vec::new(),
            former: Vec::new(),
            letter: None,
            joined: false,
            from_the_start: person.part != Part::Newcomer,
            trusted_from_the_start: person.part == Part::Connector,
            means_harm: person.part == Part::Hostile,
            items: Vec::new(),
            alert: None,
            boxes: person.devices.clone(),
            seed: person.seed,
            ahead: clock_error(person),
            keys: 0,
        };
        for number in 0..person.devices.len() {
            let hand = actor.new_hand(number);
            actor.hands.extend(hand);
        }
        actor
    }

    /// Somebody who founds a village of this name, and the operation with which they do.
    pub(super) fn founder(person: &Person, name: &str, start: Timestamp) -> (Self, Signed) {
        let (seed, mut nonce) = (key_seed(person.seed, 0), [0; 16]);
        nonce.copy_from_slice(&key_seed(person.seed, u32::MAX)[..16]);
        let (device, genesis) = Device::found(SecretKey::from_seed(&seed), name, nonce, start);
        let mut actor = Self::new(person, device.home());
        if let Some(hand) = actor.hands.first_mut() {
            hand.follow(&device);
        }
        actor.joined = true;
        (actor, genesis)
    }

    /// A new device in the place of the one with this number in the plan; none when they have no box to talk to.
    pub(super) fn new_hand(&mut self, number: usize) -> Option<Hand> {
        let at = *self.boxes.get(number).or(self.boxes.first())?;
        let seed = key_seed(self.seed, self.keys);
        self.keys += 1;
        Some(Hand::new(seed, self.home, at).with_clock(self.ahead))
    }

    /// The secret of the letter with which somebody comes in who is a member from the start.
    pub(super) fn first_letter(&self) -> [u8; 32] {
        key_seed(self.seed, u32::MAX - 1)
    }

    /// Comes in anew: new devices, no letter, and nothing that ties them to what they wrote before.
    pub(super) fn start_over(&mut self) {
        let hands: Vec<Hand> = (0..self.boxes.len()).filter_map(|number| self.new_hand(number)).collect();
        self.former.extend(std::mem::replace(&mut self.hands, hands));
        (self.letter, self.joined) = (None, false);
        self.items.clear();
    }
}

/// The seed of somebody's key with this number.
fn key_seed(person: u64, number: u32) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"a device in a simulation").chain_update(person.to_be_bytes());
    hash.chain_update(number.to_be_bytes()).finalize().into()
}

/// How far somebody's clock is ahead: mostly some seconds either way, for one in twenty some minutes, for one in a hundred
/// of those who came to write and not to look after things up to a year.
fn clock_error(person: &Person) -> i64 {
    let mut random = ChaCha8Rng::seed_from_u64(person.seed);
    let trusted = matches!(person.part, Part::Founder | Part::Connector);
    let most = match random.random_range(0..100) {
        0 if !trusted => 365 * DAY,
        1..6 => 8 * MINUTE,
        _ => 30 * SECOND,
    } as i64;
    random.random_range(-most..=most)
}

/// The randomness in the claim of somebody who is a member from the start.
pub(super) fn nonce(letter: &[u8; 32]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(b"a claim in a simulation").chain_update(letter).finalize();
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&hash[..16]);
    nonce
}

//! The attacks of the library in a world that goes on: the parts are played by those who live there.

use std::collections::BTreeSet;

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, OperationId, Signed};
use rand_chacha::ChaCha8Rng;

use super::{Attack, Home, Letter, Person, Stage};
use crate::hand::Hand;
use crate::world::World;

/// Who plays which part. Whoever is out for harm plays all those that attack; the others are those who are attacked.
pub struct Cast {
    /// The village under attack.
    pub home: Home,
    /// A village it may have an agreement with.
    pub partner: Home,
    /// Another one.
    pub far: Home,
    /// Whoever is out for harm.
    pub villain: Person,
    /// What else they hold: a second telephone, one that was taken from them, or the key of nobody.
    pub spare: Hand,
    /// Connectors of the village.
    pub connectors: [Person; 2],
    /// Residents of the village.
    pub residents: [Person; 2],
    /// A letter that may be open.
    pub open_letter: Letter,
    /// A letter that was used, and the claim.
    pub used_letter: (Letter, OperationId),
    /// Something on the square, something for the neighbours, and something that was erased.
    pub items: [ItemId; 3],
    /// What is left of what was erased, and the last that was done to it.
    pub erased: (Signed, OperationId),
    /// Something the register of the village said long ago.
    pub long_ago: Vec<OperationId>,
    /// The devices that nobody lends to whoever is out for harm.
    pub others: BTreeSet<PublicKey>,
    /// Whether they come from next door.
    pub visits: bool,
}

/// What whoever attacks signed: what they handed in to set the stage, and the blow.
pub struct Prepared {
    /// What the box took in already, in order.
    pub handed_in: Vec<Signed>,
    /// The bytes of the blow; none when the attack is not for this world, or not for those who are here.
    pub blow: Option<Vec<u8>>,
    /// The village to hand it in at.
    pub at: Home,
}

/// Prepares an attack in a running world. `seeds` gives new keys.
///
/// An attack that needs a device of somebody else, or that time passes, is none here.
pub fn prepare(attack: &Attack, cast: Cast, world: &mut World, seeds: ChaCha8Rng) -> Prepared {
    let at = cast.home.clone();
    let aside = World::new(0, world.now);
    let mut stage = stage(cast, std::mem::replace(world, aside), seeds);
    let made = (attack.make)(&mut stage);
    let is_ours = |transfer: &[u8]| match Signed::decode(transfer) {
        Ok(signed) => stage.is_lent(&signed.header().device) || signed.verify().is_err(),
        // What is no operation anybody can send.
        Err(_) => true,
    };
    let blow = made.ok().filter(|blow| is_ours(&blow.transfer));
    let at = blow.as_ref().map_or(at, |blow| blow.at.clone());
    let Stage { world: used, log: handed_in, .. } = stage;
    *world = used;
    Prepared { handed_in, blow: blow.map(|blow| blow.transfer), at }
}

fn stage(cast: Cast, world: World, seeds: ChaCha8Rng) -> Stage {
    let Cast { home, partner, far, villain, spare, connectors, residents, items, others, long_ago, .. } = cast;
    let [fenna, dora] = connectors;
    let [anne, other] = residents;
    // At home they are a resident, a connector, and one of each that was removed, whatever they are really; next door they
    // are those who come from elsewhere.
    let (inside, outside) = if cast.visits { (other, villain.clone()) } else { (villain.clone(), villain) };
    let [news, shared, erased] = items;
    Stage {
        world,
        home,
        partner,
        fenna,
        carel: inside.clone(),
        dora,
        gijs: inside.clone(),
        anne,
        tablet: spare.clone(),
        card: spare,
        bart: inside.clone(),
        rik: inside,
        vera: outside.clone(),
        hilde: outside.clone(),
        olga: outside.clone(),
        far,
        odo: outside,
        letter_of_gijs: cast.open_letter.clone(),
        open_letter: cast.open_letter,
        used_letter: cast.used_letter.0,
        used_claim: cast.used_letter.1,
        news,
        shared,
        erased,
        erased_news: cast.erased.0,
        erasure: cast.erased.1,
        heads_of_two: long_ago.clone(),
        heads_of_all: long_ago,
        log: Vec::new(),
        seeds,
        others: Some(others),
    }
}

impl Prepared {
    /// Lets a device count on over what it signed and a box took in, in order.
    pub fn follow(&self, hand: &mut Hand) {
        for signed in &self.handed_in {
            follow(hand, signed);
        }
    }
}

/// Lets a device count on over an operation, if it is its next one.
pub fn follow(hand: &mut Hand, signed: &Signed) {
    let header = signed.header();
    if header.device == hand.key() && header.sequence == hand.sequence() + 1 {
        hand.follow(&Device::resume(hand.secret(), hand.home(), header.sequence, Some(signed.id())));
    }
}

//! Residents, connectors and organisations, and all they do: each deed of a plan is one or more real operations, composed by
//! a device and handed in at the box it talks to.
//!
//! Whoever acts sees what their own box shows and nothing else. What one deed leads to (a proposal is signed by another
//! connector, an author objects, somebody tries again in an hour) is put off with [`World::later`], so that it is drawn from
//! the chance of the deed that led to it.

mod actor;
mod belonging;
mod circles;
mod council;
mod moderation;
mod neighbours;
mod pictures;
mod settling;
mod turn;
mod writing;

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed};
use dorpsplein_protocol::time::Timestamp;

use crate::hand::Hand;
use crate::plan::{Act, Deed, Part, PersonId, Plan, VillageId};
use crate::world::{Actors, World, WorldError};

use actor::Actor;
pub use pictures::photograph;
use turn::Turn;

/// Everybody.
pub struct People {
    all: BTreeMap<PersonId, Actor>,
    villages: BTreeMap<VillageId, Community>,
    treaties: Vec<[VillageId; 2]>,
    /// Whose a device is.
    owners: BTreeMap<PublicKey, PersonId>,
}

/// The people of a village.
struct Community {
    id: NeighbourhoodId,
    genesis: Signed,
    founder: PersonId,
    /// Everybody, in the order of the plan.
    everybody: Vec<PersonId>,
    /// Those who are or once were connectors.
    trusted: Vec<PersonId>,
}

impl People {
    /// The people of a plan, with their keys. Villages without a founder have none: nobody there can do anything.
    pub fn of(plan: &Plan, start: Timestamp) -> Self {
        let mut people = Self {
            all: BTreeMap::new(),
            villages: BTreeMap::new(),
            treaties: plan.treaties.clone(),
            owners: BTreeMap::new(),
        };
        for founder in plan.people.iter().filter(|person| person.part == Part::Founder) {
            let village = plan.villages.iter().find(|village| village.id == founder.village);
            let Some(village) = village.filter(|_| !people.villages.contains_key(&founder.village)) else { continue };
            let (actor, genesis) = Actor::founder(founder, &village.name, start);
            let id = NeighbourhoodId::from(genesis.id());
            people.owners.extend(actor.hands.first().map(|hand| (hand.key(), founder.id)));
            people.all.insert(founder.id, actor);
            let (everybody, trusted) = (vec![founder.id], vec![founder.id]);
            let community = Community { id, genesis, founder: founder.id, everybody, trusted };
            people.villages.insert(founder.village, community);
        }
        for person in &plan.people {
            let Some(community) = people.villages.get_mut(&person.village) else { continue };
            if person.id != community.founder && !people.all.contains_key(&person.id) {
                community.everybody.push(person.id);
                people.all.insert(person.id, Actor::new(person, community.id));
            }
        }
        people
    }

    /// The operation with which a village begins; none when nobody founds it.
    pub fn genesis(&self, village: VillageId) -> Option<&Signed> {
        self.villages.get(&village).map(|community| &community.genesis)
    }

    /// Somebody does something that is due. Nothing happens when they or what it is about are not there.
    ///
    /// # Errors
    /// [`WorldError`] when the world cannot go on.
    pub fn act(&mut self, world: &mut World, act: &Act) -> Result<(), WorldError> {
        if let Deed::Harm(name) = &act.what {
            return crate::hostile::harm(name, act.who, act, self, world);
        }
        match Turn::of(self, world, act) {
            Some(turn) => turn.take(),
            None => Ok(()),
        }
    }

    /// The device of somebody with this number; none when they have no such device.
    pub fn hand(&mut self, who: PersonId, number: usize) -> Option<&mut Hand> {
        self.all.get_mut(&who)?.hands.get_mut(number)
    }

    /// Whether somebody came in; they may have been shown out since.
    pub fn is_joined(&self, who: PersonId) -> bool {
        self.all.get(&who).is_some_and(|actor| actor.joined)
    }

    /// The neighbourhood of somebody; none when there is nobody of this name.
    pub fn home(&self, who: PersonId) -> Option<NeighbourhoodId> {
        self.all.get(&who).map(|actor| actor.home)
    }

    /// The village of somebody; none when there is nobody of this name.
    pub fn village(&self, who: PersonId) -> Option<VillageId> {
        self.all.get(&who).map(|actor| actor.village)
    }

    /// Everybody who lives in a village or once did, in the order of the plan.
    pub fn everybody(&self, village: VillageId) -> &[PersonId] {
        self.villages.get(&village).map_or(&[], |community| &community.everybody)
    }

    /// Whether somebody is out for harm.
    pub fn means_harm(&self, who: PersonId) -> bool {
        self.all.get(&who).is_some_and(|actor| actor.means_harm)
    }

    /// All devices that somebody else holds or held.
    pub fn devices_of_others(&self, who: PersonId) -> BTreeSet<PublicKey> {
        let others = self.all.iter().filter(|(other, _)| **other != who);
        others.flat_map(|(_, actor)| actor.hands.iter().chain(&actor.former)).map(Hand::key).collect()
    }

    /// The last letter somebody had, used or not: the invitation, and the secret in it.
    pub fn letter(&self, who: PersonId) -> Option<(OperationId, [u8; 32])> {
        self.all.get(&who)?.letter.map(|letter| (letter.invitation, letter.secret))
    }
}

impl Actors for People {
    fn act(&mut self, world: &mut World, act: &Act) -> Result<(), WorldError> {
        Self::act(self, world, act)
    }
}

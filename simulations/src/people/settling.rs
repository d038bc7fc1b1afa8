//! What is there when a run begins: villages with certified boxes, agreements between them, and members. All of it comes in
//! through the same door as everything later, at the box of each founder; the other boxes get it from there.

use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, Endorsement, Invitation, NeighbourhoodId, ResidentId, Role, RoleChange, Statement,
};

use super::actor::Letter;
use super::neighbours::{TREATY_MS, treaty};
use super::{People, actor};
use crate::plan::{BoxId, PersonId, VillageId};
use crate::world::{Answer, DAY, FOUNDED, START, World, WorldError};

/// How long the letters of the first members are open, in milliseconds.
const LETTER_MS: u64 = 14 * DAY;

impl People {
    /// Brings in everything that is there from the start. Every box is on and empty; lines and introductions come after.
    ///
    /// # Errors
    /// [`WorldError`] when the world cannot go on.
    pub fn settle(&mut self, world: &mut World) -> Result<(), WorldError> {
        self.find_boxes(world);
        let villages: Vec<VillageId> = self.villages.keys().copied().collect();
        for village in &villages {
            self.found(world, *village)?;
        }
        for [a, b] in self.treaties.clone() {
            self.befriend(world, [a, b])?;
        }
        for village in &villages {
            self.move_in(world, *village)?;
            self.seat(world, *village)?;
        }
        Ok(())
    }

    /// Whoever's own box is not in the plan uses the first of their village.
    fn find_boxes(&mut self, world: &World) {
        for actor in self.all.values_mut() {
            let first = world.boxes_of(actor.village).first().copied();
            for hand in actor.hands.iter_mut().filter(|hand| world.simulated(hand.at).is_none()) {
                hand.at = first.unwrap_or(hand.at);
            }
        }
    }

    /// Founds a village and certifies its boxes.
    fn found(&mut self, world: &mut World, village: VillageId) -> Result<(), WorldError> {
        let Some(community) = self.villages.get(&village) else { return Ok(()) };
        let (founder, genesis) = (community.founder, community.genesis.clone());
        let Some(hand) = self.hand(founder, 0) else { return Ok(()) };
        world.guard(&genesis, None);
        world.submit(hand.at, &genesis)?;
        for at in world.boxes_of(village).to_vec() {
            // Longer than any clock in these worlds is wrong.
            let expires = world.now.plus_millis(TREATY_MS);
            let certificate = BoxCertificate { key: world.box_key(at), expires };
            hand.state(world, Statement::BoxCertificate(certificate))?;
        }
        Ok(())
    }

    /// Two villages agree, by their founders.
    fn befriend(&mut self, world: &mut World, pair: [VillageId; 2]) -> Result<(), WorldError> {
        let ids = pair.map(|village| self.villages.get(&village).map(|community| (community.id, community.founder)));
        let [Some((a, founder_a)), Some((b, founder_b))] = ids else { return Ok(()) };
        let offer = treaty(world, b, None);
        let Some(hand) = self.hand(founder_a, 0) else { return Ok(()) };
        let Answer::Accepted(offered) = hand.state(world, offer)? else { return Ok(()) };
        let acceptance = treaty(world, a, Some(offered.operation));
        let Some(hand) = self.hand(founder_b, 0) else { return Ok(()) };
        hand.state(world, acceptance).map(drop)
    }

    /// Lets everybody in who is a member from the start, with a letter of the founder.
    fn move_in(&mut self, world: &mut World, village: VillageId) -> Result<(), WorldError> {
        let Some(community) = self.villages.get(&village) else { return Ok(()) };
        let (founder, everybody) = (community.founder, community.everybody.clone());
        let Some(at) = self.hand(founder, 0).map(|hand| hand.at) else { return Ok(()) };
        let is_there = |who: &PersonId| *who != founder && self.all.get(who).is_some_and(|actor| actor.from_the_start);
        let members: Vec<PersonId> = everybody.into_iter().filter(is_there).collect();
        // One after the other, over the months before the run.
        let apart = (START.as_millis() - FOUNDED.as_millis()) / (members.len() as u64 + 2);
        world.now = FOUNDED;
        for who in members {
            world.now = world.now.plus_millis(apart);
            self.let_in(world, founder, who, at)?;
        }
        Ok(())
    }

    fn let_in(&mut self, world: &mut World, by: PersonId, who: PersonId, at: BoxId) -> Result<(), WorldError> {
        let Some(actor) = self.all.get(&who) else { return Ok(()) };
        let secret = actor.first_letter();
        let key = SecretKey::from_seed(&secret).public();
        let expires = world.now.plus_millis(LETTER_MS);
        let invitation = Statement::Invitation(Invitation { key, role: Role::Resident, expires });
        let Some(founder) = self.hand(by, 0) else { return Ok(()) };
        let Answer::Accepted(letter) = founder.state(world, invitation)? else { return Ok(()) };
        let Some(actor) = self.all.get_mut(&who) else { return Ok(()) };
        let letter = Letter { invitation: letter.operation, secret };
        let nonce = actor::nonce(&secret);
        let Some(hand) = actor.hands.first_mut() else { return Ok(()) };
        // They join at the founder's table; their own box hears of it.
        let own = std::mem::replace(&mut hand.at, at);
        let (one_time, now) = (SecretKey::from_seed(&secret), world.now);
        let answer = hand.submit(world, None, |device, _| device.claim(letter.invitation, &one_time, nonce, now))?;
        hand.at = own;
        let key = hand.key();
        actor.letter = Some(letter);
        if let Answer::Accepted(_) = answer {
            actor.joined = true;
            self.owners.insert(key, who);
        }
        Ok(())
    }

    /// Makes those connectors who are so from the start; from the fourth on one of the others signs as well.
    fn seat(&mut self, world: &mut World, village: VillageId) -> Result<(), WorldError> {
        let Some(community) = self.villages.get(&village) else { return Ok(()) };
        let founder = community.founder;
        let chosen = community.everybody.iter().copied();
        let chosen: Vec<PersonId> =
            chosen.filter(|who| self.all.get(who).is_some_and(|actor| actor.trusted_from_the_start)).collect();
        let mut second = None;
        for who in chosen {
            let Some(resident) = self.resident_at_table(world, founder, who) else { continue };
            let grant = RoleChange { resident, role: Role::Connector, counts: Vec::new() };
            let Some(hand) = self.hand(founder, 0) else { return Ok(()) };
            let table = hand.at;
            let Answer::Accepted(granted) = hand.state(world, Statement::RoleChange(grant))? else { continue };
            if let Some(hand) = second.and_then(|second| self.hand(second, 0)) {
                let own = std::mem::replace(&mut hand.at, table);
                let endorsement = Statement::Endorsement(Endorsement { of: granted.operation });
                // With fewer than three connectors there is nothing to sign, and the box says so.
                let needed = world.at(table).is_some_and(|running| {
                    let proposals = running.replica().registers().home().proposals();
                    proposals.iter().any(|proposal| proposal.operation == granted.operation)
                });
                if needed {
                    hand.state(world, endorsement)?;
                }
                hand.at = own;
            }
            second = second.or(Some(who));
            if let Some(community) = self.villages.get_mut(&village) {
                community.trusted.push(who);
            }
        }
        Ok(())
    }

    /// Who somebody is, by the box of the founder.
    fn resident_at_table(&mut self, world: &World, founder: PersonId, who: PersonId) -> Option<ResidentId> {
        let table = self.hand(founder, 0)?.at;
        let key = self.hand(who, 0)?.key();
        let register = world.at(table)?.replica().registers().home();
        register.active(&key).map(|membership| membership.resident)
    }

    /// The neighbourhood of a village; none when nobody founded it.
    pub fn neighbourhood(&self, village: VillageId) -> Option<NeighbourhoodId> {
        self.villages.get(&village).map(|community| community.id)
    }
}

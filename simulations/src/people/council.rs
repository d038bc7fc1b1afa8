//! What people do to each other's place in the village: they remove, demote, retire, recover, sign for each other, hide what
//! others wrote and erase what they wrote themselves.

use dorpsplein_protocol::authority::Resident as Member;
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{
    DeviceCount, DeviceRetirement, Edit, Endorsement, Kind, MemberRemoval, ModerationAct, ModerationReason, Recovery,
    Rescue, ResidentId, Role, RoleChange, Statement,
};
use dorpsplein_protocol::projection;
use rand::RngExt;

use super::{People, pick_recent};
use crate::hand::Hand;
use crate::world::{World, WorldError};

/// How sharply people go about each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// As in an ordinary village: mostly what somebody proposed is signed, and now and then somebody leaves.
    Mild,
    /// Everybody wants everybody out.
    Quarrelsome,
}

impl People {
    /// Somebody of a village who may do so by what their own box says changes somebody's place in it.
    pub(super) fn govern(&mut self, world: &mut World, village: usize, temper: Temper) -> Result<(), WorldError> {
        let Some(mut hand) = self.connector_of(world, village) else { return Ok(()) };
        let register = world.boxes()[hand.at].replica().registers().home();
        let Some(own) = register.active(&hand.key()) else { return Ok(()) };
        let members: Vec<Member> = register.residents().filter(|member| member.present).collect();
        let proposals = register.proposals();
        let about = members[world.random.random_range(0..members.len())].clone();
        let counts = counts(world, &hand, &about)?;
        let choice = world.random.random_range(0..20);
        let statement = match (choice, temper) {
            (0..=8, Temper::Mild) | (0..=7, Temper::Quarrelsome) => {
                let mut waiting = proposals.iter().rev().filter(|proposal| proposal.by != own.resident);
                let Some(proposal) = waiting.next() else { return Ok(()) };
                let (of, statement) = (proposal.operation, Endorsement { of: proposal.operation });
                hand.state_about(world, Some(of), Statement::Endorsement(statement))?.ok();
                self.put_back(village, hand);
                return Ok(());
            }
            (9..=11, Temper::Mild) | (8..=10, Temper::Quarrelsome) => grant(about.id),
            (12, Temper::Mild) | (11..=13, Temper::Quarrelsome) => {
                Statement::MemberRemoval(MemberRemoval { resident: about.id, counts })
            }
            (13 | 14, Temper::Mild) | (14..=16, Temper::Quarrelsome) if about.role == Role::Connector => {
                Statement::RoleChange(RoleChange { resident: about.id, role: Role::Resident, counts })
            }
            (15 | 16, _) => match counts.first() {
                Some(DeviceCount { device, last }) => {
                    Statement::DeviceRetirement(DeviceRetirement { device: *device, last: *last })
                }
                None => return Ok(()),
            },
            (17, _) => match counts.first() {
                Some(DeviceCount { device, last }) => Statement::Rescue(Rescue { device: *device, last: *last }),
                None => return Ok(()),
            },
            _ => return self.recover(world, village, &mut hand, &about, counts),
        };
        hand.state(world, statement)?.ok();
        self.put_back(village, hand);
        Ok(())
    }

    /// Somebody lost their telephone: a connector gives the new one their place.
    fn recover(
        &mut self,
        world: &mut World,
        village: usize,
        by: &mut Hand,
        member: &Member,
        counts: Vec<DeviceCount>,
    ) -> Result<(), WorldError> {
        let lost: Vec<DeviceCount> = counts.into_iter().take(1).collect();
        let new = Hand::new(world.seed(), by.home(), by.at);
        let recovery = Recovery::sign(&new.secret(), &by.home(), &member.id, lost.clone());
        let counts_at_once = by.state(world, Statement::Recovery(recovery))?.is_ok() && member.role == Role::Resident;
        self.put_back(village, by.clone());
        for resident in self.residents.iter_mut().filter(|_| counts_at_once) {
            let is_lost = |hand: &&mut Hand| lost.iter().any(|count| count.device == hand.key());
            if let Some(hand) = resident.hands.iter_mut().find(is_lost) {
                *hand = new;
                break;
            }
        }
        Ok(())
    }

    /// Somebody hides what another wrote, or somebody erases something of their own.
    pub(super) fn clear_up(&mut self, world: &mut World, village: usize, resident: usize) -> Result<(), WorldError> {
        if world.random.random_bool(0.5) {
            let Some(mut hand) = self.connector_of(world, village) else { return Ok(()) };
            let (feed, _) = projection::feed(&world.boxes()[hand.at].store, None, 12)?;
            let own = feed.into_iter().find(|row| row.neighbourhood == hand.home());
            let Some(row) = own else { return Ok(()) };
            let (act, reason) = (ModerationAct::Hide, ModerationReason::Mistake);
            let edit = Edit::Moderate { act, reason, note: "Staat er twee keer".to_owned() };
            let place = Place { neighbourhood: row.neighbourhood, space: row.space };
            let now = world.clock(hand.at);
            hand.submit(world, None, |device| device.edit(place, row.id, row.heads, vec![edit], now))?.ok();
            self.put_back(village, hand);
            return Ok(());
        }
        let Some((item, place)) = pick_recent(world, &self.residents[resident].items) else { return Ok(()) };
        let hand = &mut self.residents[resident].hands[0];
        let Some(row) = projection::item(&world.boxes()[hand.at].store, &item)? else { return Ok(()) };
        let edit = Edit::Erase { kind: row.kind, reason: None, note: String::new() };
        let now = world.clock(hand.at);
        if row.kind != Kind::PROFILE {
            hand.submit(world, None, |device| device.edit(place, item, row.heads, vec![edit], now))?.ok();
        }
        Ok(())
    }

    /// The device of one of the people of a village whom their own box takes for a connector.
    fn connector_of(&self, world: &mut World, village: usize) -> Option<Hand> {
        let residents = self.residents.iter().filter(|resident| resident.village == village);
        let hands = std::iter::once(&self.founders[village]).chain(residents.flat_map(|resident| &resident.hands));
        let able = hands.filter(|hand| {
            let register = world.boxes()[hand.at].replica().registers().home();
            register.active(&hand.key()).is_some_and(|membership| membership.role == Role::Connector)
        });
        let able: Vec<Hand> = able.cloned().collect();
        (!able.is_empty()).then(|| able[world.random.random_range(0..able.len())].clone())
    }

    /// Somebody's device, with the count it has now.
    fn put_back(&mut self, village: usize, hand: Hand) {
        let residents = self.residents.iter_mut().filter(|resident| resident.village == village);
        let hands = residents.flat_map(|resident| resident.hands.iter_mut());
        if let Some(own) = hands.chain([&mut self.founders[village]]).find(|own| own.key() == hand.key()) {
            *own = hand;
        }
    }

    /// The founder makes the first of a village's residents connectors and gives them all that takes: for scenarios that
    /// start with a council.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn seat(&mut self, world: &mut World, village: usize, connectors: usize) -> Result<(), WorldError> {
        let mut seated = Vec::new();
        for resident in 0..connectors {
            let at = self.founders[village].at;
            for hand in &mut self.residents[resident].hands {
                hand.at = at;
            }
            self.invite(world, resident)?;
            self.claim(world, resident, u8::MAX)?;
            self.add_device(world, resident)?;
            let register = world.boxes()[at].replica().registers().home();
            let id = register.active(&self.residents[resident].hands[0].key()).map(|membership| membership.resident);
            seated.extend(id.map(|id| (resident, id)));
        }
        for (number, (_, id)) in seated.iter().enumerate() {
            let granted = self.founders[village].state(world, grant(*id))?;
            // From the fourth on three stand already, and one of them has to sign as well.
            if let (Ok(granted), true) = (granted, number >= 2) {
                let endorsement = Statement::Endorsement(Endorsement { of: granted.operation });
                self.residents[seated[0].0].hands[0].state(world, endorsement)?.ok();
            }
        }
        Ok(())
    }
}

/// All that each device of somebody signed, as far as the box knows in front of which this is said.
fn counts(world: &World, hand: &Hand, member: &Member) -> Result<Vec<DeviceCount>, WorldError> {
    let store = &world.boxes()[hand.at].store;
    let mut counts = Vec::new();
    for device in &member.devices {
        let last = projection::last_of_device(store, &device.key)?.map_or(0, |(sequence, _)| sequence);
        counts.push(DeviceCount { device: device.key, last });
    }
    Ok(counts)
}

fn grant(to: ResidentId) -> Statement {
    Statement::RoleChange(RoleChange { resident: to, role: Role::Connector, counts: Vec::new() })
}

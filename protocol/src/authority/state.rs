//! What a register says as it stands: what pages, the API and decisions about items read.

use std::collections::BTreeSet;

use super::graph::{Content, Index, Point};
use super::judge::{RECOVERY_DELAY_MS, TWO_SIGNATURES_FROM};
use super::register::Register;
use super::taking::Target;
use super::Verdict;
use crate::identity::PublicKey;
use crate::operation::{
    AreaId, Invitation, OperationId, OrganisationId, ResidentId, Role, Statement,
};
use crate::time::Timestamp;

/// Whether a device signs for its resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceState {
    /// It does.
    Active,
    /// It was retired.
    Retired,
    /// Its resident left or was shown out.
    Removed,
}

/// A device's place in the neighbourhood, also a former one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Whose device it is.
    pub resident: ResidentId,
    /// What they are trusted with now.
    pub role: Role,
    /// The operation that admitted the device.
    pub admitted_by: OperationId,
    /// Whether it signs for them.
    pub state: DeviceState,
    /// The last of its numbers that counts; none while all do.
    pub counts_to: Option<u64>,
}

/// A resident, also a former one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resident {
    /// Who; their name is in their profile.
    pub id: ResidentId,
    /// What they are trusted with now.
    pub role: Role,
    /// Whether they belong to the neighbourhood now.
    pub present: bool,
    /// When they were admitted, as the one who claimed the invitation says.
    pub admitted: Timestamp,
    /// Their devices, also former ones, in the order of their keys.
    pub devices: Vec<DeviceEntry>,
    /// The keys of their cards.
    pub cards: Vec<PublicKey>,
}

/// A device of a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// Its key.
    pub key: PublicKey,
    /// Whether it signs for its resident.
    pub state: DeviceState,
    /// When it was added, as whoever added it says.
    pub added: Timestamp,
    /// The last of its numbers that counts; none while all do.
    pub counts_to: Option<u64>,
}

/// An invitation and how it stands. Whether it has expired is for whoever has a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationState {
    /// The operation that holds it.
    pub operation: OperationId,
    /// What it offers.
    pub invitation: Invitation,
    /// Who wrote it.
    pub by: ResidentId,
    /// How it stands.
    pub state: InvitationUse,
    /// What a claim names as its parents: the invitation, and the second signature under it if it wanted one.
    pub parents: Vec<OperationId>,
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationUse {
    /// Nobody used it.
    Open,
    /// This resident came in with it.
    Used(ResidentId),
    /// It was taken back, or whoever wrote it was shown out before it was used.
    Withdrawn,
    /// A second connector has to sign it first.
    Proposed,
}

/// A heavy act that waits for a second signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The operation that proposes it.
    pub operation: OperationId,
    /// What.
    pub statement: Statement,
    /// Who.
    pub by: ResidentId,
    /// When, as they say.
    pub signed: Timestamp,
    /// From when on it can be signed a second time; none for at once.
    pub endorse_after: Option<Timestamp>,
    /// Whether an old device of the resident objected.
    pub vetoed: bool,
}

/// An organisation and who speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationState {
    /// Which one; its name is in its profile.
    pub id: OrganisationId,
    /// Its speakers, in the order of their ids.
    pub speakers: Vec<ResidentId>,
}

/// A statement in the order in which the register ranks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEntry {
    /// The operation.
    pub operation: OperationId,
    /// The device that signed it.
    pub device: PublicKey,
    /// When, as it says.
    pub signed: Timestamp,
    /// Whether it counts.
    pub verdict: Verdict,
}

impl Register {
    /// The neighbourhood's name; none while its genesis is not here.
    pub fn name(&self) -> Option<&str> {
        let index = self.graph.find(&self.graph.neighbourhood.into())?;
        match self.graph.content(index) {
            Content::Genesis(genesis) => Some(&genesis.name),
            _ => None,
        }
    }

    /// The devices that have or had a place, in the order of their keys.
    pub fn devices(&self) -> impl Iterator<Item = &PublicKey> {
        let admitted = (0..self.graph.devices.len() as Index).filter(|d| self.settled.consequences.admission(*d).is_some());
        admitted.map(|device| &self.graph.devices[device as usize].key).collect::<BTreeSet<_>>().into_iter()
    }

    /// A device's place in the neighbourhood, also a former one; none when it never had one.
    pub fn membership(&self, device: &PublicKey) -> Option<Membership> {
        let device = self.graph.find_device(device)?;
        let admission = self.settled.consequences.admission(device)?;
        Some(Membership {
            resident: self.resident_id(admission.resident),
            role: self.role_now(admission.resident),
            admitted_by: self.graph.node(admission.statement).id,
            state: self.device_state(device, admission.resident),
            counts_to: self.counts_to(device, admission.resident),
        })
    }

    /// A device's place, if it signs for a resident now.
    pub fn active(&self, device: &PublicKey) -> Option<Membership> {
        self.membership(device).filter(|membership| membership.state == DeviceState::Active)
    }

    /// Whether what a device signed with this number counts.
    pub fn counts(&self, device: &PublicKey, sequence: u64) -> bool {
        self.membership(device).is_some_and(|membership| membership.counts_to.is_none_or(|last| sequence <= last))
    }

    /// What the resident of a device was trusted with when it signed with this number: a withdrawal of the role says up to
    /// which number what was done with it counts.
    pub fn role_at(&self, device: &PublicKey, sequence: u64) -> Option<Role> {
        let number = self.graph.find_device(device)?;
        let resident = self.settled.consequences.resident_of(number)?;
        let was = || {
            let last = self.limit(Target::Connector(resident), number);
            self.settled.consequences.connectors.contains(&resident) && last.is_some_and(|last| sequence <= last)
        };
        Some(if self.role_now(resident) == Role::Connector || was() { Role::Connector } else { Role::Resident })
    }

    /// Whether what a resident's device signed with this number may speak for an organisation.
    pub fn speaks_for(
        &self,
        organisation: &OrganisationId,
        resident: &ResidentId,
        device: &PublicKey,
        sequence: u64,
    ) -> bool {
        let found = self.graph.find(&(*organisation).into()).zip(self.graph.find(&(*resident).into()));
        let Some((organisation, resident)) = found else { return false };
        let now = Point::now();
        let said = self.settled.consequences.organisations.get(&organisation).into_iter().flatten();
        let withdrawn = said.rev().find_map(|(_, statement)| match self.graph.statement(*statement) {
            Some(Statement::SpeakerChange(change)) if self.graph.find(&change.resident.into()) == Some(resident) => {
                (!change.speaks).then(|| change.counts.iter().find(|count| count.device == *device))
            }
            _ => None,
        });
        let counted = withdrawn.flatten().is_some_and(|count| sequence <= count.last);
        self.standings().is_speaker(organisation, resident, &now) || counted
    }

    /// A resident, also a former one.
    pub fn resident(&self, id: &ResidentId) -> Option<Resident> {
        self.graph.find(&(*id).into()).filter(|index| self.is_resident(*index)).map(|index| self.resident_entry(index))
    }

    /// The residents, also former ones, in the order in which they were admitted here. O(n).
    pub fn residents(&self) -> impl Iterator<Item = Resident> {
        self.resident_numbers().map(|index| self.resident_entry(index))
    }

    /// How many residents belong to the neighbourhood.
    pub fn resident_count(&self) -> usize {
        let now = Point::now();
        self.resident_numbers().filter(|index| self.standings().is_present(*index, &now)).count()
    }

    /// How many connectors there are.
    pub fn connector_count(&self) -> usize {
        if self.graph.len() == 0 { 0 } else { self.standings().connectors(&Point::now()).count() }
    }

    /// How many connectors have to sign a heavy act made now.
    pub fn signatures_needed(&self) -> usize {
        if self.connector_count() >= TWO_SIGNATURES_FROM { 2 } else { 1 }
    }

    /// The invitations that count, in the order in which they came in. O(n).
    pub fn invitations(&self) -> impl Iterator<Item = InvitationState> {
        (0..self.graph.invitations.len() as Index).filter_map(|number| self.invitation_state(number))
    }

    /// The invitation with this one-time key; of several the one that ranks first. O(n).
    pub fn invitation(&self, key: &PublicKey) -> Option<InvitationState> {
        let all = 0..self.graph.invitations.len() as Index;
        let held = all.filter(|number| self.graph.invitations[*number as usize].key == *key);
        let rank = |number: &Index| self.graph.rank(self.graph.invitations[*number as usize].statement);
        let counts = |number: &Index| {
            self.settled.consequences.refusal(self.graph.invitations[*number as usize].statement).is_none()
        };
        held.filter(counts).min_by_key(rank).and_then(|number| self.invitation_state(number))
    }

    /// Heavy acts that wait for a second signature, in the order of their ranks.
    pub fn proposals(&self) -> Vec<Proposal> {
        let waiting = self.settled.consequences.proposals.iter().filter(|(_, endorsements)| endorsements.is_empty());
        let mut waiting: Vec<Index> = waiting.map(|(statement, _)| *statement).collect();
        waiting.sort_unstable_by_key(|index| self.graph.rank(*index));
        waiting.into_iter().filter_map(|index| self.proposal(index)).collect()
    }

    /// The organisations that are members.
    pub fn organisations(&self) -> impl Iterator<Item = OrganisationState> {
        self.settled.consequences.organisations.keys().map(|index| {
            let said = self.settled.consequences.organisations[index].iter();
            let named = said.filter_map(|(_, statement)| match self.graph.statement(*statement) {
                Some(Statement::Organisation(founding)) => Some(founding.speaker),
                Some(Statement::SpeakerChange(change)) => Some(change.resident),
                _ => None,
            });
            let speaks = |resident: &ResidentId| {
                let resident = self.graph.find(&(*resident).into());
                let now = Point::now();
                resident.is_some_and(|resident| {
                    self.standings().is_present(resident, &now) && self.standings().is_speaker(*index, resident, &now)
                })
            };
            let speakers: BTreeSet<ResidentId> = named.filter(speaks).collect();
            OrganisationState { id: self.graph.node(*index).id.into(), speakers: speakers.into_iter().collect() }
        })
    }

    /// The parts of the neighbourhood that are distinguished now, with their names.
    pub fn areas(&self) -> impl Iterator<Item = (AreaId, &str)> {
        let open = self.settled.consequences.areas.iter().filter(|(_, ends)| ends.is_empty());
        open.filter_map(|(index, _)| match self.graph.statement(*index) {
            Some(Statement::SubArea(area)) => Some((self.graph.node(*index).id.into(), area.name.as_str())),
            _ => None,
        })
    }

    /// Devices that said two things in this register with one number or skipped what they said before, and what of it does
    /// not count for that.
    pub fn forks(&self) -> impl Iterator<Item = (PublicKey, OperationId)> {
        self.settled.doubted.iter().map(|index| (self.graph.point(*index).key, self.graph.node(*index).id))
    }

    /// The operation from which a device that used `sequence` twice goes on, if a connector decided.
    pub fn fork_decision(&self, device: &PublicKey, sequence: u64) -> Option<OperationId> {
        let device = self.graph.find_device(device)?;
        let (_, last) = self.settled.consequences.fork_decisions.get(&(device, sequence))?.last()?;
        match self.graph.statement(*last) {
            Some(Statement::ForkDecision(decision)) => Some(decision.keep),
            _ => None,
        }
    }

    /// Every statement, each after those it builds on. O(n log n).
    pub fn statements(&self) -> impl Iterator<Item = StatementEntry> {
        let mut order: Vec<Index> = self.graph.indices().collect();
        order.sort_unstable_by_key(|index| self.graph.rank(*index));
        order.into_iter().map(|index| {
            let point = self.graph.point(index);
            StatementEntry {
                operation: point.id,
                device: point.key,
                signed: point.time,
                verdict: self.verdict_of(index),
            }
        })
    }

    /// The operations that lead from the genesis to a device's admission, for a reader who wants to check: each is
    /// signed by the device the one before it admitted. Empty when the device has no place.
    pub fn membership_chain(&self, device: &PublicKey) -> Vec<OperationId> {
        let mut chain = Vec::new();
        let mut device = self.graph.find_device(device);
        while let Some(number) = device {
            let statement = match self.settled.consequences.admission(number) {
                Some(admission) => admission.statement,
                None => match self.settled.consequences.cards.get(&number) {
                    Some(card) => card.statement,
                    None => break,
                },
            };
            chain.push(self.graph.node(statement).id);
            device = match self.graph.content(statement) {
                Content::Claim(Some(invitation)) => {
                    chain.push(self.graph.node(invitation).id);
                    Some(self.graph.node(invitation).device)
                }
                Content::DeviceAddition(_) | Content::Other(_) => Some(self.graph.node(statement).device),
                Content::Genesis(_) | Content::Invitation { .. } | Content::Claim(None) => None,
            };
        }
        chain.reverse();
        chain
    }

    fn resident_numbers(&self) -> impl Iterator<Item = Index> {
        self.graph.indices().filter(|index| self.is_resident(*index))
    }

    fn is_resident(&self, index: Index) -> bool {
        self.graph.admits_resident(index) && self.settled.consequences.refusal(index).is_none()
    }

    fn resident_id(&self, resident: Index) -> ResidentId {
        self.graph.node(resident).id.into()
    }

    fn role_now(&self, resident: Index) -> Role {
        if self.standings().is_connector(resident, &Point::now()) { Role::Connector } else { Role::Resident }
    }

    fn device_state(&self, device: Index, resident: Index) -> DeviceState {
        let takings = &self.settled.takings;
        if self.standings().is_active(device, &Point::now()) {
            DeviceState::Active
        } else if takings.of(Target::Device(device)).is_empty() && !takings.of(Target::Member(resident)).is_empty() {
            DeviceState::Removed
        } else {
            DeviceState::Retired
        }
    }

    /// The last number of a device that counts: the least that any removal or retirement says, unless a later rescue says
    /// more.
    fn counts_to(&self, device: Index, resident: Index) -> Option<u64> {
        let limits = [self.limit(Target::Device(device), device), self.limit(Target::Member(resident), device)];
        limits.into_iter().flatten().min()
    }

    /// The last number of a device that counts, as far as takings of one target go.
    fn limit(&self, target: Target, device: Index) -> Option<u64> {
        let admission = self.settled.consequences.admission(device)?;
        let admitted = self.graph.point(admission.at);
        let rescues = self.settled.consequences.rescues.get(&device).map_or(&[][..], Vec::as_slice);
        let rescued = |at: Index| rescues.iter().any(|rescue| self.graph.is_past(at, &self.graph.point(*rescue)));
        let takings = self.settled.takings.of(target).iter();
        let concerning = takings.filter(|taking| !self.graph.is_past(taking.at, &admitted));
        let (mut limit, mut taken) = (None::<u64>, false);
        for taking in concerning {
            taken = true;
            if !rescued(taking.at) {
                let last = self.graph.last_that_counts(taking, device);
                limit = Some(limit.map_or(last, |limit| limit.min(last)));
            }
        }
        let highest = rescues.iter().filter_map(|rescue| match self.graph.statement(*rescue) {
            Some(Statement::Rescue(said)) => Some(said.last),
            _ => None,
        });
        match (taken, highest.max()) {
            (true, Some(rescue)) => Some(limit.map_or(rescue, |limit| limit.min(rescue))),
            (_, _) => limit,
        }
    }

    fn resident_entry(&self, resident: Index) -> Resident {
        let consequences = &self.settled.consequences;
        let mut devices: Vec<DeviceEntry> = self
            .standings()
            .devices_of(resident)
            .map(|(device, admission)| DeviceEntry {
                key: self.graph.devices[device as usize].key,
                state: self.device_state(device, resident),
                added: self.graph.node(admission.statement).time,
                counts_to: self.counts_to(device, resident),
            })
            .collect();
        devices.sort_unstable_by_key(|device| device.key);
        let cards = consequences.cards.iter().filter(|(_, card)| card.resident == resident);
        Resident {
            id: self.resident_id(resident),
            role: self.role_now(resident),
            present: self.standings().is_present(resident, &Point::now()),
            admitted: self.graph.node(resident).time,
            devices,
            cards: cards.map(|(card, _)| self.graph.devices[*card as usize].key).collect(),
        }
    }

    fn invitation_state(&self, number: Index) -> Option<InvitationState> {
        let consequences = &self.settled.consequences;
        let statement = self.graph.invitations[number as usize].statement;
        if consequences.refusal(statement).is_some() {
            return None;
        }
        let endorsements = consequences.proposals.get(&statement);
        let endorsement = endorsements.and_then(|under| under.iter().min_by_key(|at| self.graph.rank(**at)));
        let state = match consequences.used(number) {
            Some(claim) => InvitationUse::Used(self.resident_id(claim)),
            None if endorsements.is_some() && endorsement.is_none() => InvitationUse::Proposed,
            None if self.standings().is_withdrawn(statement, &Point::now()) => InvitationUse::Withdrawn,
            None => InvitationUse::Open,
        };
        let parents = [Some(statement), endorsement.copied()].into_iter().flatten();
        Some(InvitationState {
            operation: self.graph.node(statement).id,
            invitation: self.graph.invitation_body(number),
            by: self.resident_id(consequences.signer(self.graph.node(statement).device)?),
            state,
            parents: parents.map(|index| self.graph.node(index).id).collect(),
        })
    }

    fn proposal(&self, index: Index) -> Option<Proposal> {
        let consequences = &self.settled.consequences;
        let node = self.graph.node(index);
        let statement = match self.graph.invitation_of(index) {
            Some(number) => Statement::Invitation(self.graph.invitation_body(number)),
            None => self.graph.statement(index)?.clone(),
        };
        let waits = matches!(statement, Statement::Recovery(_));
        Some(Proposal {
            operation: node.id,
            statement,
            by: self.resident_id(consequences.signer(node.device)?),
            signed: node.time,
            endorse_after: waits.then(|| node.time.plus_millis(RECOVERY_DELAY_MS)),
            vetoed: consequences.vetoes.contains_key(&index),
        })
    }
}

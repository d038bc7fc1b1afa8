//! Who belongs to the neighbourhood as its register stands: devices, residents, roles, and how much of what they signed
//! counts.

use std::collections::BTreeSet;

use super::graph::{Index, Point};
use super::register::Register;
use super::taking::Target;
use crate::identity::PublicKey;
use crate::operation::{OperationId, OrganisationId, ResidentId, Role, Statement};
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
    /// Until when it holds, if it is a key for the home network.
    pub home_key: Option<Timestamp>,
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
    /// Until when it holds, if it is a key for the home network.
    pub home_key: Option<Timestamp>,
}

impl Register {
    /// The devices that have or had a place, in the order of their keys.
    pub fn devices(&self) -> impl Iterator<Item = &PublicKey> {
        let admitted =
            (0..self.graph.devices.len() as Index).filter(|d| self.settled.consequences.admission(*d).is_some());
        admitted.map(|device| &self.graph.devices[device as usize].key).collect::<BTreeSet<_>>().into_iter()
    }

    /// A device's place in the neighbourhood, also a former one; none when it never had one.
    pub fn membership(&self, device: &PublicKey) -> Option<Membership> {
        let device = self.graph.find_device(device)?;
        let admission = self.settled.consequences.admission(device)?;
        Some(Membership {
            resident: self.resident_id(admission.resident),
            role: self.role_of(device, admission.resident),
            admitted_by: self.graph.node(admission.statement).id,
            state: self.device_state(device, admission.resident),
            counts_to: self.counts_to(device, admission.resident),
            home_key: self.graph.home_key(admission),
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
        if self.standings().is_home_key(Some(number)) {
            return Some(Role::Resident);
        }
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

    fn resident_numbers(&self) -> impl Iterator<Item = Index> {
        self.graph.indices().filter(|index| self.is_resident(*index))
    }

    pub(super) fn is_resident(&self, index: Index) -> bool {
        self.graph.admits_resident(index) && self.settled.consequences.refusal(index).is_none()
    }

    pub(super) fn resident_id(&self, resident: Index) -> ResidentId {
        self.graph.node(resident).id.into()
    }

    /// What a device may do for its resident: one that is a key for the home network never what connectors do.
    fn role_of(&self, device: Index, resident: Index) -> Role {
        if self.standings().is_home_key(Some(device)) { Role::Resident } else { self.role_now(resident) }
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

    /// The last number of a device that counts, as far as takings of one target go. A rescue raises what a taking says that
    /// it had seen, and has nothing to say about one that came later or at the same time.
    fn limit(&self, target: Target, device: Index) -> Option<u64> {
        let admission = self.settled.consequences.admission(device)?;
        let admitted = self.graph.point(admission.at);
        let rescues = self.settled.consequences.rescues.get(&device).map_or(&[][..], Vec::as_slice);
        let raised = |at: Index| {
            let seen = rescues.iter().filter(|rescue| self.graph.is_past(at, &self.graph.point(**rescue)));
            seen.filter_map(|rescue| match self.graph.statement(*rescue) {
                Some(Statement::Rescue(said)) => Some(said.last),
                _ => None,
            })
            .max()
        };
        let takings = self.settled.takings.of(target).iter();
        let concerning = takings.filter(|taking| !self.graph.is_past(taking.at, &admitted));
        concerning.map(|taking| self.graph.last_that_counts(taking, device).max(raised(taking.at).unwrap_or(0))).min()
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
                home_key: self.graph.home_key(admission),
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
}

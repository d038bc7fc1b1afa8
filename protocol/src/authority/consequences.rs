//! What follows from the permitted statements of a register: names, devices, roles, invitations, boxes, treaties.

use std::collections::{BTreeMap, BTreeSet};

use super::register::TreatyStatement;
use crate::identity::PublicKey;
use crate::operation::{BoxCertificate, Header, NeighbourhoodId, OperationId, ResidentId, Role, Statement};

/// A place in the order that decides between statements that exclude each other: depth in the DAG, then hash.
pub(super) type Rank = (u32, OperationId);

/// What follows from the permitted statements; made anew whenever the past changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Consequences {
    pub(super) name: Option<String>,
    pub(super) heads: BTreeSet<OperationId>,
    pub(super) devices: BTreeMap<PublicKey, Admission>,
    pub(super) residents: BTreeMap<ResidentId, Vec<RoleAt>>,
    pub(super) invitations: BTreeMap<OperationId, Role>,
    pub(super) invitation_keys: BTreeMap<PublicKey, Rank>,
    pub(super) used: BTreeMap<OperationId, Rank>,
    pub(super) boxes: BTreeMap<OperationId, BoxCertificate>,
    pub(super) treaties: BTreeMap<NeighbourhoodId, BTreeMap<Rank, TreatyStatement>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admission {
    pub(super) resident: ResidentId,
    pub(super) rank: Rank,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RoleAt {
    pub(super) role: Role,
    pub(super) rank: Rank,
}

impl Consequences {
    /// Adds what follows from one permitted statement.
    pub(super) fn apply(&mut self, rank: Rank, header: &Header, statement: &Statement) {
        for parent in &header.parents {
            self.heads.remove(parent);
        }
        self.heads.insert(rank.1);
        match statement {
            Statement::Genesis(genesis) => {
                self.name = Some(genesis.name.clone());
                self.admit(rank, header.device, rank.1.into(), Some(Role::Connector));
            }
            Statement::Invitation(invitation) => {
                self.invitations.insert(rank.1, invitation.role);
                let first = self.invitation_keys.entry(invitation.key).or_insert(rank);
                *first = rank.min(*first);
            }
            Statement::Claim(claim) => {
                let role = self.invitations.get(&claim.invitation).copied();
                self.used.insert(claim.invitation, rank);
                self.admit(rank, header.device, rank.1.into(), role);
            }
            Statement::DeviceAddition(addition) => {
                if let Some(adding) = self.devices.get(&header.device).copied() {
                    self.admit(rank, addition.device, adding.resident, None);
                }
            }
            Statement::RoleChange(change) => {
                self.residents.entry(change.resident).or_default().push(RoleAt { role: change.role, rank });
            }
            Statement::BoxCertificate(certificate) => {
                self.boxes.insert(rank.1, certificate.clone());
            }
            Statement::Treaty(treaty) => {
                let said = TreatyStatement { operation: rank.1, treaty: treaty.clone(), signed: header.time };
                self.treaties.entry(treaty.with).or_default().insert(rank, said);
            }
            _ => {}
        }
    }

    /// The devices whose place differs between the two.
    pub(super) fn devices_changed(&self, other: &Self) -> BTreeSet<PublicKey> {
        differing(&self.devices, &other.devices)
    }

    /// The neighbourhoods about which the two say different things.
    pub(super) fn treaties_changed(&self, other: &Self) -> BTreeSet<NeighbourhoodId> {
        differing(&self.treaties, &other.treaties)
    }

    fn admit(&mut self, rank: Rank, device: PublicKey, resident: ResidentId, role: Option<Role>) {
        self.devices.insert(device, Admission { resident, rank });
        if let Some(role) = role {
            self.residents.entry(resident).or_default().push(RoleAt { role, rank });
        }
    }
}

/// The keys that do not have the same value in both.
fn differing<K: Ord + Copy, V: PartialEq>(a: &BTreeMap<K, V>, b: &BTreeMap<K, V>) -> BTreeSet<K> {
    a.keys().chain(b.keys()).filter(|key| a.get(key) != b.get(key)).copied().collect()
}

/// The role that stands: the deepest statement; of two equally deep the one that trusts less.
pub(super) fn latest_role<'a>(roles: impl Iterator<Item = &'a RoleAt>) -> Option<Role> {
    roles.max_by_key(|at| (at.rank.0, at.role == Role::Resident, at.rank.1)).map(|at| at.role)
}

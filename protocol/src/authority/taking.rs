//! What takes something away: removals, withdrawn roles, retired devices, invitations taken back. A valid one voids what its
//! target did at the same time ("strong removal").

use std::collections::BTreeMap;

use super::consequences::Consequences;
use super::graph::{Content, Graph, Index, Point};
use crate::operation::{DeviceCount, Role, Statement};
use crate::planted::{Bug, planted};

/// What is taken from whom. Residents are numbered by the statement that admitted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A resident's membership.
    Member(Index),
    /// A resident's role of connector.
    Connector(Index),
    /// A device.
    Device(Index),
    /// An open invitation, by the number of its statement.
    Invitation(Index),
}

/// One thing that a statement takes away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taking {
    /// The statement from which it counts: itself, or the second signature under it.
    pub(super) at: Index,
    /// The statement that says what.
    pub(super) statement: Index,
    pub(super) target: Target,
    /// Whether residents took their own membership or role from themselves: then their letters stay good.
    pub(super) own: bool,
}

/// The takings that stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Takings {
    by_target: BTreeMap<Target, Vec<Taking>>,
    standing: std::collections::BTreeSet<Index>,
}

impl Takings {
    pub(super) fn add(&mut self, at: Index, takings: &[Taking]) {
        if self.standing.insert(at) {
            for taking in takings {
                self.by_target.entry(taking.target).or_default().push(*taking);
            }
        }
    }

    /// Whether the taking that counts from this statement stands.
    pub(super) fn stands(&self, at: Index) -> bool {
        self.standing.contains(&at)
    }

    /// The statements from which those that stand count.
    pub(super) fn iter(&self) -> impl Iterator<Item = Index> {
        self.standing.iter().copied()
    }

    pub(super) fn of(&self, target: Target) -> &[Taking] {
        self.by_target.get(&target).map_or(&[], Vec::as_slice)
    }

    /// Whether anything was taken at all.
    pub(super) fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }
}

impl Graph {
    /// What the statement at `statement` takes away if it counts from `at`. `consequences` say whose the devices are.
    pub(super) fn takings(&self, consequences: &Consequences, statement: Index, at: Index) -> Vec<Taking> {
        let author = consequences.resident_of(self.node(statement).device);
        let taking = |target, own| Taking { at, statement, target, own };
        match self.statement(statement) {
            Some(Statement::MemberRemoval(removal)) => {
                let resident = self.find(&removal.resident.into());
                resident
                    .map(|resident| taking(Target::Member(resident), author == Some(resident)))
                    .into_iter()
                    .collect()
            }
            Some(Statement::RoleChange(change)) if change.role == Role::Resident => {
                let resident = self.find(&change.resident.into());
                let target = |resident| taking(Target::Connector(resident), author == Some(resident));
                resident.map(target).into_iter().collect()
            }
            Some(Statement::DeviceRetirement(retirement)) => {
                let device = self.find_device(&retirement.device);
                device.map(|device| taking(Target::Device(device), false)).into_iter().collect()
            }
            Some(Statement::Recovery(recovery)) => {
                let devices = recovery.counts.iter().filter_map(|count| self.find_device(&count.device));
                devices.map(|device| taking(Target::Device(device), false)).collect()
            }
            Some(Statement::InvitationWithdrawal(withdrawal)) => {
                let invitation = self.find(&withdrawal.invitation);
                invitation.map(|invitation| taking(Target::Invitation(invitation), false)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Up to where the device still counts, as the statement that takes something away says: 0 when it does not name it.
    pub(super) fn last_that_counts(&self, taking: &Taking, device: Index) -> u64 {
        if planted(Bug::IgnoresCounts) {
            return u64::MAX;
        }
        let key = self.devices[device as usize].key;
        let named =
            |counts: &[DeviceCount]| counts.iter().find(|count| count.device == key).map_or(0, |count| count.last);
        match self.statement(taking.statement) {
            Some(Statement::MemberRemoval(removal)) => named(&removal.counts),
            Some(Statement::RoleChange(change)) => named(&change.counts),
            Some(Statement::Recovery(recovery)) => named(&recovery.counts),
            Some(Statement::DeviceRetirement(retirement)) => retirement.last,
            _ => u64::MAX,
        }
    }

    /// Whether a taking voids a statement made at the same time: it is by the one something is taken from, or gives them
    /// back what is taken. That the two are concurrent is the caller's to know.
    pub(super) fn hits(&self, consequences: &Consequences, taking: &Taking, point: &Point<'_>) -> bool {
        let author = point.device.and_then(|device| consequences.signer(device));
        let second = match point.content {
            Content::Other(Statement::Endorsement(endorsement)) => self.find(&endorsement.of),
            _ => None,
        };
        let proposer = second.and_then(|proposal| consequences.resident_of(self.node(proposal).device));
        let said = second.map_or(point.content, |proposal| self.content(proposal));
        let favoured = self.favoured(said);
        match taking.target {
            Target::Member(resident) => {
                [author, proposer, favoured].contains(&Some(resident))
                    || self.invited_by(taking, resident, consequences, point)
            }
            Target::Connector(resident) => {
                let acts = [author, proposer].contains(&Some(resident))
                    && self.wants_connector(consequences, point.content, author);
                acts || (favoured == Some(resident) && grants_role(said))
                    || self.invited_by(taking, resident, consequences, point)
            }
            Target::Device(device) => {
                point.device == Some(device) || second.is_some_and(|proposal| self.node(proposal).device == device)
            }
            Target::Invitation(invitation) => {
                matches!(point.content, Content::Claim(Some(claimed)) if claimed == invitation)
            }
        }
    }

    /// Whether a claim uses a letter of somebody whom another showed out or demoted.
    fn invited_by(&self, taking: &Taking, resident: Index, consequences: &Consequences, point: &Point<'_>) -> bool {
        let Content::Claim(Some(invitation)) = point.content else { return false };
        !taking.own && consequences.resident_of(self.node(invitation).device) == Some(resident)
    }

    /// Whether only a connector may say this; what residents may say of themselves does not count.
    fn wants_connector(&self, consequences: &Consequences, content: Content<'_>, author: Option<Index>) -> bool {
        match content {
            Content::Genesis(_) | Content::Claim(_) | Content::DeviceAddition(_) => false,
            Content::Invitation { .. } => true,
            Content::Other(statement) => match statement {
                Statement::RoleChange(change) => {
                    change.role == Role::Connector || self.find(&change.resident.into()) != author
                }
                Statement::MemberRemoval(removal) => self.find(&removal.resident.into()) != author,
                Statement::DeviceRetirement(retirement) => {
                    let whose =
                        self.find_device(&retirement.device).and_then(|device| consequences.resident_of(device));
                    whose != author
                }
                Statement::HomeKey(key) => self.find(&key.resident.into()) != author,
                Statement::RecoveryKey(_)
                | Statement::Veto(_)
                | Statement::SpeakerChange(_)
                | Statement::Unknown(_) => false,
                _ => true,
            },
        }
    }

    /// Whom a statement gives something: a role, a device, a voice.
    pub(super) fn favoured(&self, content: Content<'_>) -> Option<Index> {
        match content {
            Content::Other(Statement::RoleChange(change)) if change.role == Role::Connector => {
                self.find(&change.resident.into())
            }
            Content::Other(Statement::Recovery(recovery)) => self.find(&recovery.resident.into()),
            Content::Other(Statement::HomeKey(key)) => self.find(&key.resident.into()),
            Content::Other(Statement::SpeakerChange(change)) if change.speaks => self.find(&change.resident.into()),
            _ => None,
        }
    }
}

const fn grants_role(content: Content<'_>) -> bool {
    matches!(content, Content::Other(Statement::RoleChange(_)))
}

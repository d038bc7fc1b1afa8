//! The statements of one register as a hash-linked DAG, in little memory: about 250 bytes for a resident with one
//! device, who takes an invitation and a claim.
//!
//! Statements, devices and invitations are numbered as they come; numbers are this replica's own and decide nothing.

use std::collections::BTreeSet;

use crate::identity::PublicKey;
use crate::operation::{Genesis, Header, NeighbourhoodId, OperationId, Role, Statement};
use crate::time::Timestamp;

/// The number of a statement, a device or an invitation.
pub(super) type Index = u32;
/// No number.
pub(super) const NONE: Index = Index::MAX;
/// A place in the order that breaks ties: depth in the DAG, then hash. It extends the causal order.
pub(super) type Rank = (u32, OperationId);

/// One statement that was taken in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) id: OperationId,
    pub(super) time: Timestamp,
    pub(super) sequence: u64,
    pub(super) depth: u32,
    /// Every statement with a lower number is in the past of this one.
    pub(super) floor: Index,
    /// Whose key signed.
    pub(super) device: Index,
    /// What the same device said before, as it came in here.
    pub(super) before: Index,
    parents: (u32, u32),
    said: Said,
}

/// What a statement says, with numbers for ids.
#[derive(Clone, Copy, Debug)]
enum Said {
    Invitation(Index),
    Claim(Index),
    DeviceAddition(Index),
    Other(Index),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceNode {
    pub(super) key: PublicKey,
    /// The last statement of this device to come in.
    pub(super) latest: Index,
    /// Its statement with the highest number.
    pub(super) highest: Index,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct InvitationNode {
    pub(super) key: PublicKey,
    pub(super) expires: Timestamp,
    pub(super) role: Role,
    pub(super) statement: Index,
}

/// What a statement says, as the judge looks at it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'a> {
    Genesis(&'a Genesis),
    Invitation {
        role: Role,
    },
    /// The statement that should hold the invitation.
    Claim(Option<Index>),
    DeviceAddition(PublicKey),
    Other(&'a Statement),
}

/// A statement and its place in the past of others, whether it was taken in or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'a> {
    /// Its number; that of the next statement for one that was not taken in.
    pub(super) index: Index,
    pub(super) id: OperationId,
    pub(super) depth: u32,
    pub(super) floor: Index,
    pub(super) parents: &'a [Index],
    pub(super) key: PublicKey,
    /// The number of the key, if any statement mentions it.
    pub(super) device: Option<Index>,
    pub(super) sequence: u64,
    pub(super) time: Timestamp,
    pub(super) content: Content<'a>,
}

impl Point<'_> {
    /// The point after everything.
    pub(super) const fn now() -> Self {
        Self {
            index: NONE,
            id: OperationId::from_bytes([u8::MAX; 32]),
            depth: u32::MAX,
            floor: NONE,
            parents: &[],
            key: PublicKey::from_bytes([0; 32]),
            device: None,
            sequence: 0,
            time: Timestamp::from_millis(0),
            content: Content::Claim(None),
        }
    }

    pub(super) const fn rank(&self) -> Rank {
        (self.depth, self.id)
    }
}

/// The statements of one register.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    pub(super) neighbourhood: NeighbourhoodId,
    nodes: Vec<Node>,
    parents: Vec<Index>,
    by_id: Vec<Index>,
    pub(super) devices: Vec<DeviceNode>,
    by_key: Vec<Index>,
    pub(super) invitations: Vec<InvitationNode>,
    others: Vec<Statement>,
}

impl Graph {
    pub(super) const fn new(neighbourhood: NeighbourhoodId) -> Self {
        Self {
            neighbourhood,
            nodes: Vec::new(),
            parents: Vec::new(),
            by_id: Vec::new(),
            devices: Vec::new(),
            by_key: Vec::new(),
            invitations: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Gives back the room that growing left.
    pub(super) fn fit(&mut self) {
        self.nodes.shrink_to_fit();
        self.parents.shrink_to_fit();
        self.by_id.shrink_to_fit();
        self.devices.shrink_to_fit();
        self.by_key.shrink_to_fit();
        self.invitations.shrink_to_fit();
        self.others.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, index: Index) -> &Node {
        &self.nodes[index as usize]
    }

    pub(super) fn indices(&self) -> std::ops::Range<Index> {
        0..self.nodes.len() as Index
    }

    /// The number of a statement. O(log n).
    pub(super) fn find(&self, id: &OperationId) -> Option<Index> {
        self.by_id.binary_search_by(|index| self.nodes[*index as usize].id.cmp(id)).ok().map(|at| self.by_id[at])
    }

    /// The number of a device's key. O(log n).
    pub(super) fn find_device(&self, key: &PublicKey) -> Option<Index> {
        self.by_key.binary_search_by(|index| self.devices[*index as usize].key.cmp(key)).ok().map(|at| self.by_key[at])
    }

    pub(super) fn rank(&self, index: Index) -> Rank {
        let node = self.node(index);
        (node.depth, node.id)
    }

    /// The order of two statements' ranks.
    pub(super) fn compare(&self, a: Index, b: Index) -> std::cmp::Ordering {
        let (a, b) = (self.node(a), self.node(b));
        a.depth.cmp(&b.depth).then_with(|| a.id.cmp(&b.id))
    }

    pub(super) fn parents(&self, index: Index) -> &[Index] {
        let (start, length) = self.node(index).parents;
        &self.parents[start as usize..(start + length) as usize]
    }

    /// What a statement says.
    pub(super) fn content(&self, index: Index) -> Content<'_> {
        match self.node(index).said {
            Said::Invitation(at) => {
                let invitation = &self.invitations[at as usize];
                Content::Invitation { role: invitation.role }
            }
            Said::Claim(invitation) => Content::Claim(Some(invitation).filter(|at| *at != NONE)),
            Said::DeviceAddition(device) => Content::DeviceAddition(self.devices[device as usize].key),
            Said::Other(at) => match &self.others[at as usize] {
                Statement::Genesis(genesis) => Content::Genesis(genesis),
                other => Content::Other(other),
            },
        }
    }

    /// The whole statement, where it is kept whole: all but invitations, claims and additions of devices.
    pub(super) fn statement(&self, index: Index) -> Option<&Statement> {
        match self.node(index).said {
            Said::Other(at) => Some(&self.others[at as usize]),
            Said::Invitation(_) | Said::Claim(_) | Said::DeviceAddition(_) => None,
        }
    }

    /// The number among the invitations of what a statement holds.
    pub(super) fn invitation_of(&self, index: Index) -> Option<Index> {
        match self.node(index).said {
            Said::Invitation(at) => Some(at),
            Said::Claim(_) | Said::DeviceAddition(_) | Said::Other(_) => None,
        }
    }

    /// The role that came with the invitation a claim names.
    pub(super) fn claimed_role(&self, claim: Index) -> Option<Role> {
        match self.node(claim).said {
            Said::Claim(invitation) if invitation != NONE => {
                self.invitation_of(invitation).map(|number| self.invitations[number as usize].role)
            }
            _ => None,
        }
    }

    /// Whether a statement is one by which somebody becomes a resident.
    pub(super) fn admits_resident(&self, statement: Index) -> bool {
        matches!(self.content(statement), Content::Genesis(_) | Content::Claim(_))
    }

    /// The device a statement adds, if that is what it does.
    pub(super) fn added_device(&self, index: Index) -> Option<Index> {
        match self.node(index).said {
            Said::DeviceAddition(device) => Some(device),
            Said::Other(at) => match &self.others[at as usize] {
                Statement::Genesis(_) => Some(self.node(index).device),
                Statement::Recovery(recovery) => self.find_device(&recovery.device),
                Statement::HomeKey(key) => self.find_device(&key.device),
                _ => None,
            },
            Said::Claim(_) => Some(self.node(index).device),
            Said::Invitation(_) => None,
        }
    }

    pub(super) fn point(&self, index: Index) -> Point<'_> {
        let node = self.node(index);
        Point {
            index,
            id: node.id,
            depth: node.depth,
            floor: node.floor,
            parents: self.parents(index),
            key: self.devices[node.device as usize].key,
            device: Some(node.device),
            sequence: node.sequence,
            time: node.time,
            content: self.content(index),
        }
    }

    /// The place of a statement that was not taken in; `parents` are its parents' numbers.
    pub(super) fn draft<'a>(
        &'a self,
        id: OperationId,
        header: &Header,
        statement: &'a Statement,
        parents: &'a [Index],
    ) -> Point<'a> {
        let content = match statement {
            Statement::Genesis(genesis) => Content::Genesis(genesis),
            Statement::Invitation(body) => Content::Invitation { role: body.role },
            Statement::Claim(claim) => Content::Claim(self.find(&claim.invitation)),
            Statement::DeviceAddition(addition) => Content::DeviceAddition(addition.device),
            other => Content::Other(other),
        };
        let mut point = Point {
            index: self.nodes.len() as Index,
            id,
            depth: self.depth_after(parents),
            floor: parents.iter().map(|parent| self.node(*parent).floor).max().unwrap_or(0),
            parents,
            key: header.device,
            device: self.find_device(&header.device),
            sequence: header.sequence,
            time: header.time,
            content,
        };
        while point.floor < point.index && self.reaches(&point, point.floor) {
            point.floor += 1;
        }
        point
    }

    /// Takes in a statement whose parents are here; its number.
    pub(super) fn add(&mut self, id: OperationId, header: &Header, statement: &Statement, parents: &[Index]) -> Index {
        let (depth, floor, index) = {
            let draft = self.draft(id, header, statement, parents);
            (draft.depth, draft.floor, draft.index)
        };
        let device = self.device_number(header.device);
        let said = self.keep(index, statement);
        let before = std::mem::replace(&mut self.devices[device as usize].latest, index);
        let highest = self.devices[device as usize].highest;
        if highest == NONE || self.node(highest).sequence < header.sequence {
            self.devices[device as usize].highest = index;
        }
        let start = self.parents.len() as u32;
        self.parents.extend(parents);
        let (time, sequence, parents) = (header.time, header.sequence, (start, parents.len() as u32));
        self.nodes.push(Node { id, time, sequence, depth, floor, device, before, parents, said });
        let nodes = &self.nodes;
        let at = self.by_id.partition_point(|other| nodes[*other as usize].id < id);
        self.by_id.insert(at, index);
        index
    }

    /// Whether statement `target` is in the past of `point`: its parents lead back to it.
    ///
    /// O(1) for what the floor covers; otherwise walks back no further than the target's depth.
    pub(super) fn is_past(&self, target: Index, point: &Point<'_>) -> bool {
        target < point.floor || (target < point.index && self.reaches(point, target))
    }

    /// The statement of a device with the highest number.
    pub(super) fn highest_of(&self, device: Index) -> Option<&Node> {
        let highest = self.devices[device as usize].highest;
        (highest != NONE).then(|| self.node(highest))
    }

    /// What a device said, the last to come in first.
    pub(super) fn said_by(&self, device: Index) -> impl Iterator<Item = Index> {
        let known = |index: Index| Some(index).filter(|index| *index != NONE);
        std::iter::successors(known(self.devices[device as usize].latest), move |index| known(self.node(*index).before))
    }

    fn reaches(&self, point: &Point<'_>, target: Index) -> bool {
        let depth = self.node(target).depth;
        let mut seen = BTreeSet::new();
        let mut open: Vec<Index> = point.parents.to_vec();
        while let Some(index) = open.pop() {
            let node = self.node(index);
            if index == target || target < node.floor {
                return true;
            }
            if index > target && node.depth > depth && seen.insert(index) {
                open.extend(self.parents(index));
            }
        }
        false
    }

    fn depth_after(&self, parents: &[Index]) -> u32 {
        parents.iter().map(|parent| self.node(*parent).depth + 1).max().unwrap_or(0)
    }

    fn device_number(&mut self, key: PublicKey) -> Index {
        let devices = &self.devices;
        match self.by_key.binary_search_by(|index| devices[*index as usize].key.cmp(&key)) {
            Ok(at) => self.by_key[at],
            Err(at) => {
                let index = self.devices.len() as Index;
                self.by_key.insert(at, index);
                self.devices.push(DeviceNode { key, latest: NONE, highest: NONE });
                index
            }
        }
    }

    fn keep(&mut self, index: Index, statement: &Statement) -> Said {
        match statement {
            Statement::Invitation(body) => {
                let (key, expires, role) = (body.key, body.expires, body.role);
                self.invitations.push(InvitationNode { key, expires, role, statement: index });
                Said::Invitation(self.invitations.len() as Index - 1)
            }
            Statement::Claim(claim) => Said::Claim(self.find(&claim.invitation).unwrap_or(NONE)),
            Statement::DeviceAddition(addition) => Said::DeviceAddition(self.device_number(addition.device)),
            other => {
                match other {
                    Statement::Recovery(recovery) => drop(self.device_number(recovery.device)),
                    Statement::RecoveryKey(card) => drop(self.device_number(card.key)),
                    Statement::HomeKey(key) => drop(self.device_number(key.device)),
                    _ => {}
                }
                self.others.push(other.clone());
                Said::Other(self.others.len() as Index - 1)
            }
        }
    }
}

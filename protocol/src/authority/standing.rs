//! Who somebody is at a point of the register's past: whose device, present or not, connector or not.

use super::Reason;
use super::consequences::{Admission, Consequences};
use super::graph::{Graph, Index, Point};
use super::taking::{Taking, Takings, Target};
use crate::operation::{Role, Statement};

/// A register as far as it is decided, to be asked about a point of its past.
#[derive(Clone, Copy)]
pub(super) struct Standings<'a> {
    pub(super) graph: &'a Graph,
    pub(super) consequences: &'a Consequences,
    pub(super) takings: &'a Takings,
}

impl<'a> Standings<'a> {
    /// Whose device a statement's author signed with, if it had a place there and may speak in the register.
    pub(super) fn signer(&self, point: &Point<'_>) -> Result<Index, Reason> {
        let resident = self.holder(point)?;
        if self.is_home_key(point.device) { Err(Reason::HomeKey) } else { Ok(resident) }
    }

    /// The same, also of a key for the home network.
    pub(super) fn holder(&self, point: &Point<'_>) -> Result<Index, Reason> {
        let device = point.device.ok_or(Reason::NotAMember)?;
        let admission = self.consequences.admission(device).ok_or(Reason::NotAMember)?;
        self.check_place(device, admission, point).map(|()| admission.resident)
    }

    /// Whose card a statement was signed with.
    pub(super) fn cardholder(&self, point: &Point<'_>) -> Result<Index, Reason> {
        let card = point.device.and_then(|device| Some((device, *self.consequences.cards.get(&device)?)));
        let (device, card) = card.ok_or(Reason::NotAMember)?;
        self.check_place(device, card, point).map(|()| card.resident)
    }

    /// The connector whose device signed.
    pub(super) fn connector(&self, point: &Point<'_>) -> Result<Index, Reason> {
        let resident = self.signer(point)?;
        if self.is_connector(resident, point) { Ok(resident) } else { Err(Reason::NotAConnector) }
    }

    /// Whether the device has its place at this point.
    pub(super) fn is_active(&self, device: Index, point: &Point<'_>) -> bool {
        self.consequences.admission(device).is_some_and(|admission| self.check_place(device, admission, point).is_ok())
    }

    /// Whether the card can be used at this point.
    pub(super) fn is_usable(&self, card: Index, point: &Point<'_>) -> bool {
        self.consequences.cards.get(&card).is_some_and(|place| self.check_place(card, *place, point).is_ok())
    }

    fn check_place(&self, device: Index, admission: Admission, point: &Point<'_>) -> Result<(), Reason> {
        if !self.graph.is_past(admission.at, point) {
            return Err(Reason::NotAMember);
        }
        if self.takings.is_empty() {
            return Ok(());
        }
        if self.past_takings(Target::Device(device), point).next().is_some() {
            return Err(Reason::DeviceRetired);
        }
        let admitted = self.graph.point(admission.at);
        let out = self
            .past_takings(Target::Member(admission.resident), point)
            .any(|taking| !self.graph.is_past(taking.at, &admitted));
        if out { Err(Reason::NotAMember) } else { Ok(()) }
    }

    /// Whether somebody who was admitted before this point belongs to the neighbourhood there: never shown out, or brought
    /// back since.
    pub(super) fn is_present(&self, resident: Index, point: &Point<'_>) -> bool {
        self.past_takings(Target::Member(resident), point).all(|removal| {
            self.devices_of(resident).any(|(_, admission)| {
                let back = self.graph.is_past(admission.at, point);
                back && self.graph.is_past(removal.at, &self.graph.point(admission.at))
            })
        })
    }

    /// Whether a resident was a connector at this point: what was said last about their role.
    pub(super) fn is_connector(&self, resident: Index, point: &Point<'_>) -> bool {
        if !self.consequences.connectors.contains(&resident) {
            return false;
        }
        let graph = self.graph;
        let granted = self.consequences.grants.get(&resident).into_iter().flatten().copied();
        let granted = granted.chain(self.admitted_as_connector(resident));
        let last = granted.filter(|at| graph.is_past(*at, point)).map(|at| graph.rank(at)).max();
        let taken = [Target::Connector(resident), Target::Member(resident)];
        let taken = taken.into_iter().flat_map(|target| self.past_takings(target, point));
        last.is_some_and(|last| taken.map(|taking| graph.rank(taking.at)).max().is_none_or(|taken| taken < last))
    }

    /// The connectors at this point.
    pub(super) fn connectors(&self, point: &Point<'_>) -> impl Iterator<Item = Index> {
        let connectors = self.consequences.connectors.iter().copied();
        connectors.filter(|resident| self.is_connector(*resident, point))
    }

    /// The devices of a resident, also those that are out.
    pub(super) fn devices_of(&self, resident: Index) -> impl Iterator<Item = (Index, Admission)> {
        let first = self.graph.node(resident).device;
        let added = self.consequences.added.get(&resident).into_iter().flatten().copied();
        let all = std::iter::once(first).chain(added.filter(move |device| *device != first));
        let admissions = all.filter_map(|device| Some((device, self.consequences.admission(device)?)));
        admissions.filter(move |(_, admission)| admission.resident == resident)
    }

    /// Whether a resident can still do something at this point: has a device, or a card to add one.
    pub(super) fn can_act(&self, resident: Index, point: &Point<'_>) -> bool {
        self.can_act_without(None, resident, point)
    }

    /// The same, if one of their devices were gone.
    pub(super) fn can_act_without(&self, gone: Option<Index>, resident: Index, point: &Point<'_>) -> bool {
        let others = self.devices_of(resident).filter(|(device, _)| Some(*device) != gone);
        let mut devices = others.filter(|(device, _)| !self.is_home_key(Some(*device)));
        let mut cards = self.consequences.cards.iter().filter(|(_, card)| card.resident == resident);
        devices.any(|(device, _)| self.is_active(device, point)) || cards.any(|(card, _)| self.is_usable(*card, point))
    }

    /// What was taken from `target` before this point.
    pub(super) fn past_takings(&self, target: Target, point: &Point<'_>) -> impl Iterator<Item = &'a Taking> {
        let (graph, point) = (self.graph, *point);
        self.takings.of(target).iter().filter(move |taking| graph.is_past(taking.at, &point))
    }

    /// Whether what `statement` says counts before this point: it is there, and so is the second signature if it wants one.
    pub(super) fn counts_before(&self, statement: Index, point: &Point<'_>) -> bool {
        match self.consequences.proposals.get(&statement) {
            Some(endorsements) => endorsements.iter().any(|at| self.graph.is_past(*at, point)),
            None => self.graph.is_past(statement, point) && self.consequences.refusal(statement).is_none(),
        }
    }

    /// The statement that admitted a resident, if it made them a connector.
    fn admitted_as_connector(&self, resident: Index) -> Option<Index> {
        let role = match self.graph.statement(resident) {
            Some(Statement::Genesis(_)) => Role::Connector,
            Some(_) => Role::Resident,
            None => self.graph.claimed_role(resident)?,
        };
        (role == Role::Connector).then_some(resident)
    }
}

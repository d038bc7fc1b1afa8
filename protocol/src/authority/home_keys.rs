//! Keys for the home network: who gives one, and which devices are no more than that.

use super::Reason;
use super::consequences::Admission;
use super::graph::{Graph, Index, Point};
use super::judge::Ruling;
use super::register::Register;
use super::standing::Standings;
use crate::operation::{HomeKey, HomeKeyPolicy, Statement};
use crate::planted::{Bug, planted};
use crate::time::Timestamp;

impl Register {
    /// Whether residents may get keys for the home network, as far as is known here.
    pub fn allows_home_keys(&self) -> bool {
        self.standings().allows_home_keys(&Point::now())
    }
}

impl Standings<'_> {
    /// One for oneself, from a device that is more than that; or a connector's for somebody who is none: whoever could give
    /// one to a connector could post in their name with one signature.
    pub(super) fn home_key(&self, point: &Point<'_>, key: &HomeKey) -> Ruling {
        let author = self.signer(point)?;
        let resident = self.present(&key.resident.into(), point)?;
        if author != resident {
            self.connector(point)?;
            if self.is_connector(resident, point) {
                return Err(Reason::NoSuchAct);
            }
        }
        if !self.allows_home_keys(point) {
            return Err(Reason::HomeKeysOff);
        }
        self.check_new(&key.device, point)
    }

    /// Whether a device is a key for the home network.
    pub(super) fn is_home_key(&self, device: Option<Index>) -> bool {
        let admission = device.and_then(|device| self.consequences.admission(device));
        !planted(Bug::TrustsHomeKeys) && admission.is_some_and(|admission| self.graph.home_key(admission).is_some())
    }

    /// What a connector said last before this point.
    fn allows_home_keys(&self, point: &Point<'_>) -> bool {
        let mut said = self.consequences.home_key_policies.iter().rev();
        let last = said.find(|(_, statement)| self.counts_before(*statement, point));
        last.is_some_and(|(_, statement)| {
            matches!(self.graph.statement(*statement), Some(Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true })))
        })
    }
}

impl Graph {
    /// Until when the device holds, if it was admitted as a key for the home network.
    pub(super) fn home_key(&self, admission: Admission) -> Option<Timestamp> {
        match self.statement(admission.statement) {
            Some(Statement::HomeKey(key)) => Some(key.expires),
            _ => None,
        }
    }
}

//! Second signatures, and what always waits for one: a connector who lost every device.

use super::Reason;
use super::graph::{Content, Graph, Index, Point};
use super::judge::{Force, Ruling, TWO_SIGNATURES_FROM};
use super::standing::Standings;
use crate::operation::{DeviceCount, Recovery, Statement, Veto};
use crate::planted::{Bug, planted};

/// How long after the first signature the recovery of a connector can be signed a second time, in milliseconds: 24 hours.
pub const RECOVERY_DELAY_MS: u64 = 24 * 3_600_000;

impl Standings<'_> {
    pub(super) fn endorsement(&self, point: &Point<'_>, proposal: Option<Index>) -> Ruling {
        let proposal = proposal.ok_or(Reason::NothingSuch)?;
        let endorser = self.connector(point)?;
        let first = self.graph.point(proposal);
        if let Some(reason) = self.consequences.refusal(proposal) {
            return Err(reason);
        }
        if !self.consequences.proposals.contains_key(&proposal) || self.counts_before(proposal, point) {
            return Err(Reason::NothingToEndorse);
        }
        let proposer = self.consequences.signer(self.graph.node(proposal).device).ok_or(Reason::NotAMember)?;
        if !self.is_connector(proposer, point) || self.is_out(&first, point) {
            return Err(Reason::NothingToEndorse);
        }
        let recovery = matches!(first.content, Content::Other(Statement::Recovery(_)));
        let alone = recovery && self.connectors(&first).count() < TWO_SIGNATURES_FROM;
        if proposer == endorser && !alone && !planted(Bug::EndorsesOneself) {
            return Err(Reason::NothingToEndorse);
        }
        if self.graph.is_too_early(&first, point) {
            return Err(Reason::TooEarly);
        }
        let vetoes = self.consequences.vetoes.get(&proposal).into_iter().flatten();
        if vetoes.into_iter().any(|veto| self.graph.is_past(*veto, point)) {
            return Err(Reason::Vetoed);
        }
        self.still_possible(&first, point)
    }

    /// Whether the device that proposed has lost its place since.
    fn is_out(&self, proposal: &Point<'_>, point: &Point<'_>) -> bool {
        proposal.device.is_none_or(|device| !self.is_active(device, point))
    }

    /// Whether what was proposed makes sense where it is signed a second time. Somebody is left to look after the
    /// neighbourhood in any case: whoever proposed it, a connector still with the device that signed.
    fn still_possible(&self, first: &Point<'_>, point: &Point<'_>) -> Ruling {
        match first.content {
            Content::Other(Statement::RoleChange(change)) => {
                self.present(&change.resident.into(), point)?;
            }
            Content::Other(Statement::MemberRemoval(removal)) => {
                let resident = self.present(&removal.resident.into(), point)?;
                self.check_named(resident, &removal.counts, point)?;
            }
            Content::Other(Statement::Recovery(recovery)) => {
                self.check_new(&recovery.device, point)?;
            }
            _ => {}
        }
        Ok(Force::Now)
    }

    pub(super) fn veto(&self, point: &Point<'_>, veto: &Veto) -> Ruling {
        let author = self.signer(point)?;
        let recovery = self.graph.find(&veto.of).ok_or(Reason::NothingSuch)?;
        match self.graph.statement(recovery) {
            Some(Statement::Recovery(said)) if self.graph.find(&said.resident.into()) == Some(author) => Ok(Force::Now),
            _ => Err(Reason::NothingSuch),
        }
    }

    /// For somebody who is no connector at once; for a connector always on a second signature, a day later.
    pub(super) fn recovery(&self, point: &Point<'_>, recovery: &Recovery) -> Ruling {
        self.connector(point)?;
        let resident = self.known(&recovery.resident.into(), point)?;
        let theirs =
            |count: &DeviceCount| self.admitted(&count.device, point).is_ok_and(|(_, whose)| whose == resident);
        if !recovery.counts.iter().all(theirs) {
            return Err(Reason::DevicesNotNamed);
        }
        self.check_new(&recovery.device, point)?;
        Ok(if self.is_connector(resident, point) { Force::Proposed } else { Force::Now })
    }
}

impl Graph {
    /// Whether a recovery is signed a second time before 24 hours have passed.
    pub(super) fn is_too_early(&self, proposal: &Point<'_>, second: &Point<'_>) -> bool {
        let recovery = matches!(proposal.content, Content::Other(Statement::Recovery(_)));
        recovery && second.time < proposal.time.plus_millis(RECOVERY_DELAY_MS)
    }
}

//! Devices that used a number twice, with what each of the two operations says: for the connectors, who decide.

use dorpsplein_protocol::authority::Verdict;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{Edit, Field, ForkDecision, OperationId, Payload, ResidentId, Signed, Value};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::view;

use super::super::body::ForkBody;
use super::super::local_time;
use super::Reader;

impl Reader {
    /// The forks that nobody decided about yet, or about which others may decide otherwise.
    pub(super) fn forks_to_decide(&self) -> Result<Vec<view::Fork>, StoreError> {
        let home = Some(self.home().to_string());
        let contested = |fork: &ForkBody| {
            let device = PublicKey::from_hex(&fork.device);
            fork.kept.is_some() && device.is_some_and(|device| self.registers.home().is_contested(&device))
        };
        // About a neighbour's device the neighbour's connectors decide.
        let own = self.forks()?.into_iter().filter(|fork| fork.neighbourhood == home);
        own.filter(|fork| fork.undecided || contested(fork)).map(|fork| self.fork_view(fork)).collect()
    }

    fn fork_view(&self, fork: ForkBody) -> Result<view::Fork, StoreError> {
        let owner = fork.resident.as_deref().and_then(ResidentId::from_hex);
        let mut branches: Vec<view::Branch> = Vec::new();
        for id in fork.operations.iter().filter_map(|id| OperationId::from_hex(id)) {
            // What is said in the register counts as the register has it; of what is not, the first, without a decision.
            let stated = self.registers.home().verdict(&id).map(|verdict| verdict == Verdict::Permitted);
            let kept = fork.kept.as_ref().map_or(branches.is_empty(), |kept| *kept == id.to_string());
            branches.extend(self.branch(&id, stated.unwrap_or(kept), self.may_keep(&fork, id))?);
        }
        Ok(view::Fork {
            device: fork.device,
            owner: owner.map(|owner| self.person(&owner)).transpose()?,
            sequence: fork.sequence,
            branches,
        })
    }

    /// Whether the reader may say that an operation counts. Whoever is a connector on one side only may keep just that one.
    fn may_keep(&self, fork: &ForkBody, keep: OperationId) -> bool {
        let (Some(visitor), Some(device)) = (self.visitor.as_ref(), PublicKey::from_hex(&fork.device)) else {
            return false;
        };
        let decision = ForkDecision { device, sequence: fork.sequence, keep };
        !self.waits_as_connector() || self.registers.home().may_decide(&visitor.device, decision, self.now)
    }

    fn branch(&self, id: &OperationId, counts: bool, yours_to_keep: bool) -> Result<Option<view::Branch>, StoreError> {
        let Some(bytes) = projection::operation(&self.store, id)? else { return Ok(None) };
        let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
        let signed_at = local_time::local(signed.header().time);
        let said = self.said(&signed)?;
        Ok(Some(view::Branch { operation: id.to_string(), signed: signed_at, said, counts, yours_to_keep }))
    }

    fn said(&self, signed: &Signed) -> Result<view::Said, StoreError> {
        let payload = signed.payload().and_then(|payload| Payload::decode(payload).ok());
        Ok(match payload {
            Some(Payload::Statement(statement)) => view::Said::Deed(self.deed(&statement)?),
            Some(Payload::Edits(edits)) => words(&edits).map_or(view::Said::Nothing, view::Said::Words),
            None => view::Said::Nothing,
        })
    }
}

/// What edits write.
fn words(edits: &[Edit]) -> Option<String> {
    edits.iter().find_map(|edit| match edit {
        Edit::Set { field: Field::TITLE | Field::BODY | Field::NAME, value: Value::Text(text) } => Some(text.clone()),
        Edit::Splice { insert, .. } if !insert.is_empty() => Some(insert.clone()),
        Edit::Moderate { note, .. } | Edit::Erase { note, .. } | Edit::Appeal(note) => Some(note.clone()),
        _ => None,
    })
}

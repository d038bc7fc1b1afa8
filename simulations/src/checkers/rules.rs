//! Rules about who may do what, held against what was really signed: by reading the statements, and never by asking the code
//! that decides.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::authority::{Register, Registers, Verdict};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{
    DeviceCount, NeighbourhoodId, OperationId, Payload, Role, Signed, Space, Statement,
};
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Timestamp;

use super::look;
use super::monotone::acts_as_connector;
use crate::world::Disk;

/// All that anybody signed, honest or not, with a key of their own.
#[derive(Default)]
pub(super) struct Written(BTreeMap<OperationId, Facts>);

/// What a checker has to know about something that was signed.
struct Facts {
    device: PublicKey,
    sequence: u64,
    home: NeighbourhoodId,
    time: Timestamp,
    as_connector: bool,
    statement: Option<Statement>,
}

impl Written {
    /// Somebody signed this.
    pub(super) fn note(&mut self, operation: &Signed) {
        let header = operation.header();
        let in_register = header.space == Space::Register;
        let payload = operation.payload().filter(|_| in_register).map(Payload::decode);
        let statement = match payload {
            Some(Ok(Payload::Statement(statement))) => Some(statement),
            _ => None,
        };
        let as_connector = !in_register && acts_as_connector(operation);
        let (device, sequence, home, time) = (header.device, header.sequence, header.home(), header.time);
        self.0.insert(operation.id(), Facts { device, sequence, home, time, as_connector, statement });
    }

    /// The rules that a register breaks.
    pub(super) fn broken_by_register(&self, register: &Register) -> Vec<String> {
        let mut broken = Vec::new();
        let mut redeemed: BTreeMap<OperationId, OperationId> = BTreeMap::new();
        let home_keys = self.home_keys(register);
        for entry in register.statements().filter(|entry| entry.verdict == Verdict::Permitted) {
            let id = entry.operation;
            let Some(facts) = self.0.get(&id) else {
                broken.push(format!("statement {id} counts, and nobody signed it"));
                continue;
            };
            let ends_itself =
                matches!(&facts.statement, Some(Statement::DeviceRetirement(said)) if said.device == facts.device);
            if home_keys.contains_key(&facts.device) && !ends_itself {
                broken.push(format!("{id} counts, said with a key for the home network"));
            }
            match &facts.statement {
                Some(Statement::Claim(claim)) => {
                    if let Some(other) = redeemed.insert(claim.invitation, id) {
                        broken.push(format!("claims {other} and {id} count, both on letter {}", claim.invitation));
                    }
                }
                Some(Statement::Endorsement(endorsement)) if self.is_by_one(register, facts, &endorsement.of) => {
                    broken.push(format!("{id} is the second signature of whoever proposed {}", endorsement.of));
                }
                _ => {}
            }
        }
        broken
    }

    /// The rules that what a box shows breaks.
    pub(super) fn broken_by_rows(&self, disk: &Disk, registers: &Registers) -> Result<Vec<String>, StoreError> {
        let limits: BTreeMap<NeighbourhoodId, BTreeMap<PublicKey, u64>> =
            registers.iter().map(|register| (register.neighbourhood(), self.limits(register))).collect();
        let home_keys: BTreeMap<PublicKey, Timestamp> =
            registers.iter().flat_map(|register| self.home_keys(register)).collect();
        let mut broken = Vec::new();
        look::each_row(disk, |row, _| {
            broken.extend(self.broken_by_row(&row, registers, &limits));
            broken.extend(self.broken_by_home_keys(&row, &home_keys));
        })?;
        Ok(broken)
    }

    fn broken_by_row(
        &self,
        row: &ItemRow,
        registers: &Registers,
        limits: &BTreeMap<NeighbourhoodId, BTreeMap<PublicKey, u64>>,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        for id in &row.operations {
            let Some(facts) = self.0.get(id) else {
                broken.push(format!("item {} shows {id}, and nobody signed it", row.id));
                continue;
            };
            let limit = limits.get(&facts.home).and_then(|limits| limits.get(&facts.device));
            if limit.is_some_and(|last| facts.sequence > *last) {
                broken.push(format!("item {} shows {id}, signed after what counts of its device", row.id));
            }
            let role = registers.get(&facts.home).and_then(|home| home.role_at(&facts.device, facts.sequence));
            if facts.as_connector && (role != Some(Role::Connector) || facts.home != row.neighbourhood) {
                broken.push(format!("item {} shows {id}, done by somebody who is no connector there", row.id));
            }
        }
        broken
    }

    /// What keys for the home network did to an item and may not.
    fn broken_by_home_keys(&self, row: &ItemRow, home_keys: &BTreeMap<PublicKey, Timestamp>) -> Vec<String> {
        let mut broken = Vec::new();
        for (id, facts) in row.operations.iter().filter_map(|id| Some((id, self.0.get(id)?))) {
            let Some(expires) = home_keys.get(&facts.device) else { continue };
            if facts.time >= *expires {
                broken.push(format!("item {} shows {id}, signed after its key for the home network expired", row.id));
            }
            if facts.as_connector {
                broken.push(format!("item {} shows {id}, done with a key for the home network", row.id));
            }
        }
        broken
    }

    /// The keys for the home network that a register gave, and until when they hold.
    fn home_keys(&self, register: &Register) -> BTreeMap<PublicKey, Timestamp> {
        let counting = register.statements().filter(|entry| entry.verdict == Verdict::Permitted);
        let said = counting.filter_map(|entry| self.0.get(&entry.operation)?.statement.as_ref());
        let given = said.filter_map(|statement| match statement {
            Statement::HomeKey(key) => Some((key.device, key.expires)),
            _ => None,
        });
        given.collect()
    }

    /// Whether the resident who endorses is the one who proposed. Few connectors may be one alone for a recovery.
    fn is_by_one(&self, register: &Register, endorsement: &Facts, of: &OperationId) -> bool {
        let Some(proposal) = self.0.get(of) else { return false };
        let resident = |device| register.membership(device).map(|membership| membership.resident);
        let recovery = matches!(proposal.statement, Some(Statement::Recovery(_)));
        !recovery && resident(&endorsement.device) == resident(&proposal.device)
    }

    /// Up to which number devices count from which something was taken, as the statements that count say.
    fn limits(&self, register: &Register) -> BTreeMap<PublicKey, u64> {
        let proposals: BTreeSet<OperationId> =
            register.proposals().into_iter().map(|proposal| proposal.operation).collect();
        let (mut limits, mut rescued) = (BTreeMap::new(), BTreeMap::new());
        for entry in register.statements() {
            if entry.verdict != Verdict::Permitted || proposals.contains(&entry.operation) {
                continue;
            }
            let statement = self.0.get(&entry.operation).and_then(|facts| facts.statement.as_ref());
            let counts = match statement {
                Some(Statement::MemberRemoval(removal)) => removal.counts.clone(),
                Some(Statement::Recovery(recovery)) => recovery.counts.clone(),
                Some(Statement::DeviceRetirement(said)) => vec![DeviceCount { device: said.device, last: said.last }],
                Some(Statement::Rescue(rescue)) => {
                    let last: &mut u64 = rescued.entry(rescue.device).or_default();
                    *last = rescue.last.max(*last);
                    continue;
                }
                _ => continue,
            };
            for DeviceCount { device, last } in counts {
                let limit = limits.entry(device).or_insert(last);
                *limit = last.min(*limit);
            }
        }
        for (device, last) in rescued {
            limits.entry(device).and_modify(|limit| *limit = last.max(*limit));
        }
        limits
    }
}

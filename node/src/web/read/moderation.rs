//! What was done to items as a whole, as the API tells it: the log, the receipts of an erasure, the forks.

use dorpsplein_protocol::operation::{Header, ItemId};
use dorpsplein_protocol::projection::{self, Fork, LogEntry, Receipt};
use dorpsplein_protocol::store::StoreError;

use super::super::body::{ForkBody, LogBody, LogEntryBody, ReceiptBody};
use super::{ReadError, Reader};

/// How many entries of the log one answer holds.
const LOG_PER_PAGE: usize = 50;
/// How many times the log is read on for one answer, where it is full of what happened next door.
const MAX_BATCHES: usize = 20;

impl Reader {
    /// The devices that signed two operations with one number, and what was decided.
    pub(in super::super) fn forks(&self) -> Result<Vec<ForkBody>, StoreError> {
        projection::forks(&self.store)?.iter().map(|fork| self.fork_body(fork)).collect()
    }

    /// The neighbours who have erased what was erased here.
    pub(in super::super) fn receipts(&self, item: &ItemId) -> Result<Vec<ReceiptBody>, ReadError> {
        self.visible(item)?;
        let home = self.home();
        let receipts = projection::receipts(&self.store, item)?;
        let elsewhere = receipts.iter().filter(|receipt| receipt.neighbourhood != home);
        Ok(elsewhere.map(|receipt| self.receipt_body(receipt)).collect())
    }

    /// The moderation log of this neighbourhood, from after the place `after` on.
    pub(in super::super) fn log(&self, after: Option<&str>) -> Result<LogBody, ReadError> {
        let place = after.map(|place| place.parse().map_err(|_| ReadError::NotFound)).transpose()?;
        let (mut entries, mut next) = (Vec::new(), place);
        for _ in 0..MAX_BATCHES {
            let wanted = LOG_PER_PAGE - entries.len();
            let (read, on) = projection::moderation_log(&self.store, next.as_ref(), wanted)?;
            for entry in read.iter().filter(|entry| entry.neighbourhood == self.home()) {
                // That a report was dealt with is between who made it and the connectors.
                let row = projection::item(&self.store, &entry.item)?;
                if row.is_none_or(|row| !row.kind.is_internal()) {
                    entries.push(self.log_entry_body(entry)?);
                }
            }
            next = on;
            if next.is_none() || entries.len() == LOG_PER_PAGE {
                break;
            }
        }
        Ok(LogBody { entries, next: next.map(|place| place.to_string()) })
    }

    fn fork_body(&self, fork: &Fork) -> Result<ForkBody, StoreError> {
        // The device may be a neighbour's; their connectors decide, and this register says nothing of it.
        let registers = self.registers.iter();
        let home = registers.into_iter().find(|register| register.membership(&fork.device).is_some());
        let membership = home.and_then(|register| register.membership(&fork.device));
        let decided = |header: &Header| home?.fork_decision(&header.device, header.sequence);
        let branches = projection::branches(&self.store, &fork.device, decided)?;
        Ok(ForkBody {
            device: fork.device.to_string(),
            resident: membership.map(|membership| membership.resident.to_string()),
            neighbourhood: home.map(|register| register.neighbourhood().to_string()),
            sequence: fork.sequence,
            operations: fork.operations.iter().map(ToString::to_string).collect(),
            kept: branches.kept(fork.sequence).map(|operation| operation.to_string()),
            undecided: branches.undecided() == Some(fork.sequence),
        })
    }

    fn receipt_body(&self, receipt: &Receipt) -> ReceiptBody {
        let name = self.registers.get(&receipt.neighbourhood).and_then(|register| register.name());
        ReceiptBody {
            neighbourhood: receipt.neighbourhood.to_string(),
            name: name.map(str::to_owned),
            since: receipt.since.as_millis(),
        }
    }

    fn log_entry_body(&self, entry: &LogEntry) -> Result<LogEntryBody, StoreError> {
        Ok(LogEntryBody {
            item: entry.item.to_string(),
            act: entry.act.name().to_owned(),
            by: entry.by.resident.to_string(),
            by_name: self.author_name(&entry.by)?,
            reason: entry.reason.map(|reason| reason.name().to_owned()),
            note: entry.note.clone(),
            at: entry.at.as_millis(),
        })
    }
}

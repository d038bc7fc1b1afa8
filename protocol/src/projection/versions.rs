//! How an item came to be what it is: its earlier versions, built anew from the operations that are here.

use super::{Content, ItemRow};
use crate::item::Document;
use crate::operation::{Edit, NeighbourhoodId, OperationId, Signed, Space, Verified};
use crate::store::{Read, StoreError, Table};
use crate::time::Timestamp;
use crate::validate::Valid;

/// The most versions that are told of one item: the latest.
pub const MAX_VERSIONS: usize = 100;

/// An item as it stood after one of its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The operation.
    pub operation: OperationId,
    /// The device that signed it, and where its resident is at home.
    pub by: (crate::identity::PublicKey, NeighbourhoodId),
    /// When, as its author says.
    pub at: Timestamp,
    /// For whom the item was when this was written.
    pub audience: Space,
    /// The fields as they stood; of concurrent versions the one that counted.
    pub content: Content,
}

/// The versions of an item, oldest first: what made it and what changed its fields, each after what it builds on. Of an item
/// that was erased there are none, because what was erased is not here. Costs one document, and a pass over it for each
/// version.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn versions(read: &impl Read, row: &ItemRow) -> Result<Vec<Version>, StoreError> {
    let damaged = || StoreError::Damaged("the history of an item");
    if row.erased.is_some() {
        return Ok(Vec::new());
    }
    let mut document = Document::new(row.id);
    let mut versions = Vec::new();
    let mut operations = Vec::with_capacity(row.operations.len());
    for id in &row.operations {
        // It was erased between the two reads when it is gone.
        let Some(bytes) = read.get(Table::Operations, id.as_bytes())? else { return Ok(Vec::new()) };
        let signed = Signed::decode(&bytes).map_err(|_| damaged())?;
        if signed.payload().is_none() {
            return Ok(Vec::new());
        }
        operations.push(Valid::check(&Verified::from_own_store(signed)).map_err(|_| damaged())?);
    }
    let writes = |valid: &Valid| !valid.edits().iter().any(Edit::stands_alone);
    let all = operations.iter().filter(|valid| writes(valid)).count();
    let mut untold = all.saturating_sub(MAX_VERSIONS);
    for valid in &operations {
        document.apply(valid).map_err(|_| damaged())?;
        if !writes(valid) {
            continue;
        }
        if untold > 0 {
            untold -= 1;
            continue;
        }
        let header = valid.header();
        versions.push(Version {
            operation: valid.id(),
            by: (header.device, header.home()),
            at: header.time,
            audience: header.space,
            content: document.outcome().map_err(|_| damaged())?.content,
        });
    }
    Ok(versions)
}

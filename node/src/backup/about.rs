//! What a backup says about itself.

use dorpsplein_protocol::archive::{Inventory, RowsDigest};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::operation::NeighbourhoodId;
use serde::{Deserialize, Serialize};

use crate::clock;

/// The format of backups.
pub const FORMAT: u32 = 1;

/// What a backup says about itself: for people, and to tell whether everything came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// [`FORMAT`].
    pub format: u32,
    /// The program that made it.
    pub program: String,
    /// When it was made, in milliseconds since 1970.
    pub made: u64,
    /// The neighbourhood, 64 hexadecimal digits.
    pub neighbourhood: String,
    /// How many operations there were.
    pub operations: u64,
    /// How many of the operations there were damaged, and are not in it.
    pub damaged_operations: u64,
    /// How many photos are shown somewhere.
    pub photos: u64,
    /// What the rows came to.
    pub rows: Vec<RowsAbout>,
}

/// What the rows of one table came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsAbout {
    /// The table's number.
    pub table: u8,
    /// How many entries it had.
    pub entries: u64,
    /// SHA-256 over them, 64 hexadecimal digits.
    pub sha256: String,
}

impl About {
    /// About a store that holds this.
    pub fn new(home: &NeighbourhoodId, inventory: &Inventory) -> Self {
        Self {
            format: FORMAT,
            program: concat!("dorpsplein ", env!("CARGO_PKG_VERSION")).to_owned(),
            made: clock::now().as_millis(),
            neighbourhood: home.to_string(),
            operations: inventory.operations.len() as u64,
            damaged_operations: inventory.damaged.len() as u64,
            photos: inventory.photos.len() as u64,
            rows: inventory.rows.iter().map(RowsAbout::of).collect(),
        }
    }

    /// Reads it; none when it is something else. The format alone is looked at first, so that a newer one is told from rubbish.
    pub(super) fn read(json: &[u8]) -> Result<Self, Option<u32>> {
        #[derive(Deserialize)]
        struct OnlyFormat {
            format: u32,
        }
        let OnlyFormat { format } = serde_json::from_slice(json).map_err(|_| None)?;
        if format == FORMAT { serde_json::from_slice(json).map_err(|_| None) } else { Err(Some(format)) }
    }

    /// How many tables of these rows came to something else.
    pub fn differing(&self, rows: &[RowsDigest]) -> usize {
        let rows: Vec<_> = rows.iter().map(RowsAbout::of).collect();
        let differ = self.rows.iter().filter(|about| !rows.contains(about)).count();
        differ.max(rows.len().abs_diff(self.rows.len()))
    }
}

impl RowsAbout {
    fn of(digest: &RowsDigest) -> Self {
        Self { table: digest.table as u8, entries: digest.entries, sha256: hex::encode(&digest.hash) }
    }
}

//! `addresses.json`: where the boxes of neighbours can be reached, each in its own signed record.
//!
//! Beside `peers.json`, which people and commands write: this file is the running box's alone. Losing it loses nothing
//! that common neighbours would not tell again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use dorpsplein_protocol::operation::NeighbourhoodId;
use serde::{Deserialize, Serialize};

use super::{FolderError, files, io_error};
use crate::net::AddressRecord;

pub(super) const ADDRESSES_FILE: &str = "addresses.json";

/// Records kept in all; more are taken for damage.
pub const MAX_RECORDS: usize = 1024;

/// `addresses.json` of a data folder.
#[derive(Clone, Debug)]
pub struct AddressBook {
    path: PathBuf,
}

/// A record, and whose box it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRecord {
    /// The neighbourhood the box speaks for.
    pub neighbourhood: NeighbourhoodId,
    /// Where it says it can be reached.
    pub record: AddressRecord,
}

/// A [`KeptRecord`] as it is written.
#[derive(Serialize, Deserialize)]
struct Entry {
    neighbourhood: String,
    record: String,
}

impl AddressBook {
    /// That of the data folder `folder`.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(ADDRESSES_FILE) }
    }

    /// All records. Signatures are checked, whoever wrote the file.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub fn read(&self) -> Result<Vec<KeptRecord>, FolderError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error(&self.path)(error)),
        };
        let entries: Option<Vec<Entry>> = serde_json::from_slice(&text).ok();
        let records = entries
            .filter(|entries| entries.len() <= MAX_RECORDS)
            .and_then(|entries| entries.iter().map(Entry::read).collect::<Option<Vec<_>>>());
        records.ok_or_else(|| FolderError::Damaged { path: self.path.clone() })
    }

    /// Writes all records in place of what was there.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write<'a>(&self, records: impl Iterator<Item = &'a KeptRecord>) -> Result<(), FolderError> {
        let entries: Vec<_> = records.take(MAX_RECORDS).map(Entry::of).collect();
        let text = serde_json::to_vec_pretty(&entries).map_err(|error| io_error(&self.path)(error.into()))?;
        files::write(&self.path, &text, true).map_err(io_error(&self.path))
    }
}

impl Entry {
    fn of(kept: &KeptRecord) -> Self {
        Self { neighbourhood: kept.neighbourhood.to_string(), record: HEXLOWER.encode(kept.record.bytes()) }
    }

    fn read(&self) -> Option<KeptRecord> {
        Some(KeptRecord {
            neighbourhood: NeighbourhoodId::from_hex(&self.neighbourhood)?,
            record: AddressRecord::read(&HEXLOWER.decode(self.record.as_bytes()).ok()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::net;

    #[test]
    fn what_is_written_reads_back_and_what_was_changed_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let book = AddressBook::of(folder.path());
        assert_eq!(book.read().unwrap(), []);
        let public = "/ip4/203.0.113.7/udp/4080/quic-v1".parse().unwrap();
        let record = AddressRecord::sign(&net::keypair_from_secret([3; 32]), [public]).unwrap();
        let kept = KeptRecord { neighbourhood: NeighbourhoodId::from_bytes([7; 32]), record };
        book.write([&kept].into_iter()).unwrap();
        assert_eq!(book.read().unwrap(), [kept]);

        let path = folder.path().join(ADDRESSES_FILE);
        let changed = fs::read_to_string(&path).unwrap().replacen("0a", "0b", 1);
        fs::write(&path, changed).unwrap();
        assert!(matches!(book.read(), Err(FolderError::Damaged { .. })));
    }
}

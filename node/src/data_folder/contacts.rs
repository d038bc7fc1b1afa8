//! `contacts.json`: when something last came in from each neighbour, so that a box that was started again still knows.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::time::Timestamp;

use super::{FolderError, files, io_error};

/// When something last came in, by neighbourhood.
pub type Contacts = BTreeMap<NeighbourhoodId, Timestamp>;

pub(super) const CONTACTS_FILE: &str = "contacts.json";
/// More entries than this are taken for damage: nobody has so many neighbours.
const MAX_CONTACTS: usize = 10_000;

/// `contacts.json` of a data folder.
#[derive(Clone, Debug)]
pub struct ContactsFile {
    path: PathBuf,
}

impl ContactsFile {
    /// That of the data folder `folder`.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(CONTACTS_FILE) }
    }

    /// What was written last; nothing if nothing ever was.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub fn read(&self) -> Result<Contacts, FolderError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contacts::new()),
            Err(error) => return Err(io_error(&self.path)(error)),
        };
        let damaged = || FolderError::Damaged { path: self.path.clone() };
        let written: BTreeMap<String, u64> = serde_json::from_slice(&text).map_err(|_| damaged())?;
        if written.len() > MAX_CONTACTS {
            return Err(damaged());
        }
        let contact = |(id, at): (String, u64)| Some((NeighbourhoodId::from_hex(&id)?, Timestamp::from_millis(at)));
        written.into_iter().map(contact).collect::<Option<_>>().ok_or_else(damaged)
    }

    /// Writes this in place of what was there.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&self, contacts: &Contacts) -> Result<(), FolderError> {
        let written: BTreeMap<_, _> = contacts.iter().map(|(id, at)| (id.to_string(), at.as_millis())).collect();
        let text = serde_json::to_vec_pretty(&written).map_err(|error| io_error(&self.path)(error.into()))?;
        files::write(&self.path, &text, true).map_err(io_error(&self.path))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_is_read_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = ContactsFile::of(folder.path());
        assert_eq!(file.read().unwrap(), Contacts::new());
        let contacts =
            Contacts::from([(NeighbourhoodId::from_bytes([7; 32]), Timestamp::from_millis(1_790_000_000_000))]);
        file.write(&contacts).unwrap();
        assert_eq!(file.read().unwrap(), contacts);
        for damage in ["", "[]", r#"{"07":1}"#, r#"{"0707":"now"}"#] {
            fs::write(folder.path().join(CONTACTS_FILE), damage).unwrap();
            assert!(matches!(file.read(), Err(FolderError::Damaged { .. })), "{damage}");
        }
    }
}

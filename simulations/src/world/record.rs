//! A batch as it stands on a disk: a length, a checksum, and the changes.

use dorpsplein_protocol::planted::{Bug, planted};
use dorpsplein_protocol::store::{Batch, Table};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The bytes of a checksum.
const CHECKSUM: usize = 8;
/// The bytes before the changes: their length, and the checksum over them.
const HEAD: usize = 8 + CHECKSUM;

/// The changes of one batch.
pub(super) struct Record(Vec<Change>);

struct Change {
    table: Table,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

/// What is there is not a whole record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Torn;

impl Record {
    pub(super) fn of(batch: &Batch) -> Self {
        let change = |(table, key, value): (Table, &[u8], Option<&[u8]>)| Change {
            table,
            key: key.to_vec(),
            value: value.map(<[u8]>::to_vec),
        };
        Self(batch.writes().map(change).collect())
    }

    /// The record as it is written: length ‖ checksum ‖ changes, each as table ‖ key ‖ whether there is a value ‖ value,
    /// texts behind their lengths.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for change in &self.0 {
            body.push(change.table as u8);
            put(&mut body, &change.key);
            body.push(u8::from(change.value.is_some()));
            if let Some(value) = &change.value {
                put(&mut body, value);
            }
        }
        let length = (body.len() as u64).to_be_bytes();
        [&length[..], &checksum(&body), &body].concat()
    }

    /// Reads the first record of `bytes`. Returns it and what comes after it.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Torn> {
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or(Torn)?;
        let (length, sum) = head.split_at(8);
        let length = length.try_into().map(u64::from_be_bytes).map_err(|_| Torn)?;
        let length = usize::try_from(length).map_err(|_| Torn)?;
        let (mut body, after) = rest.split_at_checked(length).ok_or(Torn)?;
        if checksum(body) != sum && !planted(Bug::ReadsTornRecords) {
            return Err(Torn);
        }
        let mut changes = Vec::new();
        while let Some((table, rest)) = body.split_first() {
            let table = *Table::ALL.get(usize::from(*table)).ok_or(Torn)?;
            let (key, rest) = take(rest)?;
            let (has_value, rest) = rest.split_first().ok_or(Torn)?;
            let (value, rest) = if *has_value == 1 {
                let (value, rest) = take(rest)?;
                (Some(value.to_vec()), rest)
            } else {
                (None, rest)
            };
            changes.push(Change { table, key: key.to_vec(), value });
            body = rest;
        }
        Ok((Self(changes), after))
    }

    /// What it says about a key: its new value, none where it deletes it; nothing at all when it leaves it alone.
    pub(super) fn value(&self, table: Table, key: &[u8]) -> Option<Option<Vec<u8>>> {
        let change = self.0.iter().find(|change| change.table == table && change.key == key)?;
        Some(change.value.clone())
    }

    /// Carries out the changes to one table.
    pub(super) fn put_in_table(&self, table: Table, map: &mut BTreeMap<Vec<u8>, Vec<u8>>) {
        for change in self.0.iter().filter(|change| change.table == table) {
            change.apply(map);
        }
    }

    /// Carries out all changes; the tables stand in the order of [`Table::ALL`].
    pub(super) fn put_in_place(&self, tables: &mut [BTreeMap<Vec<u8>, Vec<u8>>]) {
        for change in &self.0 {
            change.apply(&mut tables[change.table as usize]);
        }
    }
}

impl Change {
    fn apply(&self, map: &mut BTreeMap<Vec<u8>, Vec<u8>>) {
        match &self.value {
            Some(value) => drop(map.insert(self.key.clone(), value.clone())),
            None => drop(map.remove(&self.key)),
        }
    }
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&Sha256::digest(body)[..CHECKSUM]);
    sum
}

fn put(body: &mut Vec<u8>, text: &[u8]) {
    body.extend_from_slice(&(text.len() as u64).to_be_bytes());
    body.extend_from_slice(text);
}

fn take(bytes: &[u8]) -> Result<(&[u8], &[u8]), Torn> {
    let (length, rest) = bytes.split_at_checked(8).ok_or(Torn)?;
    let length = length.try_into().map(u64::from_be_bytes).map_err(|_| Torn)?;
    rest.split_at_checked(usize::try_from(length).map_err(|_| Torn)?).ok_or(Torn)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::store::conformance::numbered_batch;

    use super::*;

    #[test]
    fn a_record_torn_anywhere_is_found() {
        let bytes = Record::of(&numbered_batch(3)).bytes();
        let (whole, after) = Record::read(&bytes).unwrap();
        assert_eq!((whole.bytes(), after.len()), (bytes.clone(), 0));
        for end in 0..bytes.len() {
            assert!(Record::read(&bytes[..end]).is_err(), "torn after {end} bytes");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(Record::read(&changed).is_err(), "changed at {at}");
        }
    }
}

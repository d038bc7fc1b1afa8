//! Opening a replica on what its store holds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use lru::LruCache;
use thiserror::Error;

use super::ingest::{Undecided, undecided_key};
use super::let_go::LetGo;
use super::photo_shelf::Shelf;
use super::receipts::Receipts;
use super::{DOCUMENTS, Replica};
use crate::authority::Registers;
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, OperationId, Space};
use crate::projection::space_of_key;
use crate::store::{Direction, FORMAT, FORMAT_KEY, KeyRange, Read, Staged, StoreError, Table, format_of};
use crate::sync::{Introductions, Place};
use crate::time::Timestamp;
use crate::validate::Valid;

/// Why a replica did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store cannot be read, or is of another format.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const EVERYTHING: KeyRange<'static> = (Bound::Unbounded, Bound::Unbounded);

impl<R: Read> Replica<R> {
    /// Opens the replica of a box of `home` whose own key is `own`. A store that holds nothing becomes a new one with the
    /// first batch.
    ///
    /// Reads every operation's key, and every statement: O(n).
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(store: R, home: NeighbourhoodId, own: PublicKey, now: Timestamp) -> Result<Self, OpenError> {
        let mut replica = Self {
            home,
            own,
            store: Staged::new(store),
            registers: Registers::new(home),
            changes: 0,
            trees: BTreeMap::new(),
            undecided: 0,
            let_go: LetGo::default(),
            moved: 0,
            incomplete: 0,
            dropped: 0,
            forked: BTreeMap::new(),
            receipts: Receipts::default(),
            documents: LruCache::new(DOCUMENTS),
            introductions: Introductions::new(),
            sessions: BTreeMap::new(),
            shelf: Shelf::new(home),
            withheld: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            worklist: BTreeSet::new(),
            next_comparison: now,
        };
        replica.check_format()?;
        let statements = replica.load_trees()?;
        replica.load_registers(statements)?;
        replica.load_counts()?;
        replica.receipts = Receipts::load(&replica.store)?;
        replica.load_photos()?;
        Ok(replica)
    }

    fn check_format(&mut self) -> Result<(), StoreError> {
        match format_of(&self.store)? {
            None => self.store.put(Table::Meta, FORMAT_KEY, FORMAT.to_be_bytes()),
            Some(FORMAT) => {}
            Some(found) => return Err(StoreError::Format { found }),
        }
        Ok(())
    }

    /// Fills the trees; returns the operations of the registers.
    fn load_trees(&mut self) -> Result<Vec<OperationId>, StoreError> {
        let mut statements = Vec::new();
        let mut damaged = false;
        let trees = &mut self.trees;
        self.store.scan(Table::Spaces, EVERYTHING, Direction::Ascending, &mut |key, _| match space_of_key(key) {
            Some((space, hour, id)) => {
                trees.entry(space).or_default().insert_place(Place { hour, id });
                statements.extend((space.space == Space::Register).then_some(id));
                ControlFlow::Continue(())
            }
            None => {
                damaged = true;
                ControlFlow::Break(())
            }
        })?;
        if damaged { Err(StoreError::Damaged("a key of a space")) } else { Ok(statements) }
    }

    /// Puts the registers back as they were. What they had not taken in, because its time or something it builds on had
    /// not come, stays where it waits.
    fn load_registers(&mut self, statements: Vec<OperationId>) -> Result<(), StoreError> {
        let mut registers: BTreeMap<NeighbourhoodId, Vec<Valid>> = BTreeMap::new();
        for id in statements {
            let valid = self.load_statement(&id)?;
            let undecided = self.store.get(Table::Undecided, &undecided_key(valid.header(), &id))?;
            if undecided.as_deref() != Some(&[Undecided::Outside as u8]) {
                registers.entry(valid.header().neighbourhood()).or_default().push(valid);
            }
        }
        for (neighbourhood, statements) in registers {
            self.registers.restore(neighbourhood, &statements);
        }
        Ok(())
    }

    /// Counts what is undecided and what is incomplete, and finds the devices that signed two operations with one number.
    fn load_counts(&mut self) -> Result<(), StoreError> {
        self.undecided = self.count(Table::Undecided)?;
        self.incomplete = self.count(Table::Incomplete)?;
        self.moved = self.count(Table::Audiences)?;
        self.dropped = self.load_dropped()?;
        let forked: BTreeSet<PublicKey> = self.forks()?.into_iter().map(|fork| fork.device).collect();
        for device in forked {
            let branches = self.branches(&device)?;
            self.forked.insert(device, branches);
        }
        Ok(())
    }

    fn count(&self, table: Table) -> Result<usize, StoreError> {
        let mut count = 0;
        self.store.scan(table, EVERYTHING, Direction::Ascending, &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }
}

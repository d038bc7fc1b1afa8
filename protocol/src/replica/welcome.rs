//! What this neighbourhood takes of what others share: decided when a row is written, so that lists hold what is listed and
//! nothing has to be left out of them later.
//!
//! What connectors say about it are items in the space of the members, which every box of the neighbourhood holds; so all of
//! them list the same. When they say something else, the rows it is about are written again.

use std::ops::{Bound, ControlFlow};

use super::{Replica, Round};
use crate::operation::{ItemId, Kind, NeighbourhoodId, OperationId, Space};
use crate::projection::{Acceptance, ItemRow, Welcome, Welcomed, day_range, is_post, item, space_of_key};
use crate::store::{Direction, Read, StoreError, Table};

impl<R: Read> Replica<R> {
    /// The row with what becomes of it here: nothing is said about what is this neighbourhood's own.
    pub(super) fn welcomed(&self, mut row: ItemRow) -> Result<ItemRow, StoreError> {
        row.welcome = None;
        if row.neighbourhood == self.home || !is_post(&row) {
            return Ok(row);
        }
        let approval = self.acceptance_of(row.id.as_bytes())?;
        let terms = self.acceptance_of(row.neighbourhood.as_bytes())?.unwrap_or_default();
        let counted = terms.per_day > 0;
        let welcome = match approval {
            Some(approval) => approval.welcome,
            None if !terms.takes(row.kind) || !terms.takes_area(row.content.area.as_ref()) => Welcome::No,
            None if counted && terms.welcome == Welcome::AtOnce && self.is_beyond(&row, terms.per_day)? => {
                Welcome::AfterApproval
            }
            None => terms.welcome,
        };
        // Of what is simply taken nothing is said: most is.
        row.welcome = (counted || welcome != Welcome::AtOnce).then_some(Welcomed { welcome, counted });
        Ok(row)
    }

    /// A row was written, or is gone: writes again what hangs on it.
    pub(super) fn follow_welcome(
        &mut self,
        before: Option<&ItemRow>,
        after: Option<&ItemRow>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let said = |row: Option<&ItemRow>| row.filter(|row| self.says_what_is_taken(row)).and_then(about);
        let mut subjects: Vec<OperationId> = [said(before), said(after)].into_iter().flatten().collect();
        subjects.dedup();
        for about in subjects {
            self.write_again(&about.into(), round)?;
            self.write_all_again(&about.into(), round)?;
        }
        let place = |row: Option<&ItemRow>| row.filter(|row| is_counted(row)).map(|row| (row.created, row.id));
        if place(before) != place(after) {
            for row in [before, after].into_iter().flatten().filter(|row| is_counted(row)) {
                self.write_the_last_of_its_day(row, round)?;
            }
        }
        Ok(())
    }

    /// Whether a row says what this neighbourhood takes: made by a connector for the members, as the table of rights has it.
    fn says_what_is_taken(&self, row: &ItemRow) -> bool {
        row.kind == Kind::ACCEPTANCE && row.neighbourhood == self.home && row.space == Space::Members
    }

    /// What connectors said last about a neighbourhood or an item.
    fn acceptance_of(&self, about: &[u8; 32]) -> Result<Option<Acceptance>, StoreError> {
        let mut last = None;
        self.store.scan_prefix(Table::Acceptances, about, Direction::Descending, &mut |key, _| {
            last = key.get(40..).and_then(|id| ItemId::try_from(id).ok());
            ControlFlow::Break(())
        })?;
        let Some(id) = last else { return Ok(None) };
        let row = item(&self.store, &id)?.ok_or(StoreError::Damaged("an acceptance is gone"))?;
        Ok(Some(row.content.acceptance.unwrap_or_default()))
    }

    /// Whether so many posts of its neighbourhood come before it on the day it was written.
    fn is_beyond(&self, row: &ItemRow, most: u16) -> Result<bool, StoreError> {
        let (begin, _) = day_range(&row.neighbourhood, row.created);
        let own =
            [&row.neighbourhood.as_bytes()[..], &row.created.as_millis().to_be_bytes(), row.id.as_bytes()].concat();
        let range = (Bound::Included(begin.as_slice()), Bound::Excluded(own.as_slice()));
        let mut earlier = 0;
        self.store.scan(Table::Days, range, Direction::Ascending, &mut |_, _| {
            earlier += 1;
            if earlier < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(earlier >= most)
    }

    /// A post came to a day, or left it: of the others only the one at the end of what is taken at once can change.
    fn write_the_last_of_its_day(&mut self, row: &ItemRow, round: &mut Round) -> Result<(), StoreError> {
        let most = self.acceptance_of(row.neighbourhood.as_bytes())?.unwrap_or_default().per_day;
        let (begin, end) = day_range(&row.neighbourhood, row.created);
        let range = (Bound::Included(begin.as_slice()), Bound::Excluded(end.as_slice()));
        let (mut place, mut at_the_end) = (0u16, Vec::new());
        self.store.scan(Table::Days, range, Direction::Ascending, &mut |key, _| {
            place = place.saturating_add(1);
            if place >= most {
                at_the_end.extend(key.get(40..).and_then(|id| ItemId::try_from(id).ok()));
            }
            if place <= most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        at_the_end.into_iter().filter(|id| *id != row.id).try_for_each(|id| self.write_again(&id, round))
    }

    /// Writes all rows of a neighbourhood again. Costs a look at each of its operations that are here, once for each time
    /// that connectors change their mind.
    fn write_all_again(&mut self, neighbourhood: &NeighbourhoodId, round: &mut Round) -> Result<(), StoreError> {
        if *neighbourhood == self.home {
            return Ok(());
        }
        for key in self.store.keys_with_prefix(Table::Spaces, neighbourhood.as_bytes(), usize::MAX)? {
            let Some((space, _, id)) = space_of_key(&key) else { return Err(StoreError::Damaged("a key of a space")) };
            if space.space != Space::Register {
                self.write_again(&id.into(), round)?;
            }
        }
        Ok(())
    }

    fn write_again(&mut self, id: &ItemId, round: &mut Round) -> Result<(), StoreError> {
        match item(&self.store, id)?.filter(|row| row.neighbourhood != self.home) {
            Some(row) => self.write_row(*id, Some(row), None, round),
            None => Ok(()),
        }
    }
}

fn about(row: &ItemRow) -> Option<OperationId> {
    row.content.about
}

fn is_counted(row: &ItemRow) -> bool {
    row.welcome.is_some_and(|welcomed| welcomed.counted)
}

//! All that a visitor may read, for taking the square along.

use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::operation::{ItemId, Kind};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::{Direction, Read, Table};

use super::super::body::ItemsBody;
use super::{ReadError, Reader};

/// How many items are looked at for one answer.
const LOOKED_AT: usize = 64;

/// What is not on any page as a thing of its own: what connectors work with, and who signed up.
const BEHIND: [Kind; 6] =
    [Kind::ACCEPTANCE, Kind::SIGN_UP, Kind::SETTING, Kind::REPORT, Kind::REVIEW_REQUEST, Kind::CONSENT];

impl Reader {
    /// Items that stand in the lists this visitor sees, in the order of their ids, from behind `after` on.
    pub(in super::super) fn everything(&self, after: Option<&ItemId>) -> Result<ItemsBody, ReadError> {
        let lower = after.map_or(Bound::Unbounded, |after| Bound::Excluded(&after.as_bytes()[..]));
        let mut ids = Vec::new();
        self.store.scan(Table::Rows, (lower, Bound::Unbounded), Direction::Ascending, &mut |key, _| {
            ids.extend(ItemId::try_from(key).ok());
            if ids.len() < LOOKED_AT { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let next = ids.last().filter(|_| ids.len() == LOOKED_AT).map(ToString::to_string);
        let mut items = Vec::new();
        for id in ids {
            let row = projection::item(&self.store, &id)?;
            if row.is_some_and(|row| self.shows(&row) && !BEHIND.contains(&row.kind)) {
                match self.item_body(&id) {
                    Ok(item) => items.push(item),
                    // In a list, and still not for everybody who sees that.
                    Err(ReadError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(ItemsBody { items, next })
    }
}

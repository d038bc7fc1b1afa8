//! Rows: what pages and the API read. Written in the same batch as the operation they follow from.

mod acceptance;
mod branches;
mod content;
mod cursor;
mod evidence;
mod keys;
mod log;
mod read;
mod row;

pub use acceptance::{Acceptance, Welcome, Welcomed};
pub(crate) use acceptance::{day_range, is_post};
pub use branches::{Branches, branches};
pub use content::{Conflict, Content, ItemPhoto};
pub use cursor::{Cursor, CursorError, FeedCursor, LogCursor};
pub(crate) use evidence::{ErasedHere, receipt_key, receipt_prefix, split_receipt};
pub use evidence::{Fork, Receipt, forks, receipts};
pub(crate) use keys::{log_key, row_writes, space_key, space_of_key, space_prefix};
pub use log::{LogAct, LogEntry, moderation_log, open_objections};
pub use read::{
    acceptance, agenda, agenda_of, awaiting, feed, feed_of, item, items_with_photo, last_of_device, operation, profile,
    profile_of, thread, thread_length,
};
pub use row::{Appeal, Author, Erasure, ItemRow, Mark, Moderation};

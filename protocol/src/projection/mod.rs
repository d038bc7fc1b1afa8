//! Rows: what pages and the API read. Written in the same batch as the operation they follow from.

mod acceptance;
mod agenda;
mod attached;
mod branches;
mod content;
mod cursor;
mod desk;
mod evidence;
mod keys;
mod lists;
mod log;
mod read;
mod row;
mod versions;

pub use acceptance::{Acceptance, Welcome, Welcomed};
pub(crate) use acceptance::{day_range, is_post};
pub use agenda::{Occurrence, agenda, agenda_between, agenda_of, events_since};
pub use attached::{Places, places, sign_ups, updates};
pub use branches::{Branches, branches};
pub use content::{Conflict, Content, ItemPhoto};
pub use cursor::{Cursor, CursorError, FeedCursor, LogCursor};
pub use desk::{consents, is_answered, reports, review_request, review_requests, setting};
pub(crate) use evidence::{ErasedHere, receipt_key, receipt_prefix, split_receipt};
pub use evidence::{Fork, Receipt, forks, receipts};
pub(crate) use keys::{log_key, row_writes, space_key, space_of_key, space_prefix};
pub use lists::{Filter, ListCursor, list_of, to_review};
pub use log::{LogAct, LogEntry, moderation_log, open_objections};
pub use read::{
    acceptance, awaiting, feed, item, items_with_photo, last_of_device, operation, profile, profile_of, thread,
    thread_length,
};
pub use row::{Appeal, Author, Erasure, ItemRow, Mark, Moderation};
pub use versions::{MAX_VERSIONS, Version, versions};

//! Rows: what pages and the API read. Written in the same batch as the operation they follow from.

mod keys;
mod read;
mod row;

pub(crate) use keys::{row_writes, space_key, space_of_key};
pub use read::{
    FeedCursor, FeedCursorError, agenda, feed, item, last_of_device, operation, profile, thread, thread_length,
};
pub use row::{Author, Conflict, Content, ItemRow};

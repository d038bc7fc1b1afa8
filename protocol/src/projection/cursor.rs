//! Places in long lists, as they stand in the address of the next page.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::hex;

/// Where a page of a list ended: the next one goes on after it. `LENGTH` is that of the list's keys in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor<const LENGTH: usize>(Vec<u8>);

/// Where a page of the feed ended.
pub type FeedCursor = Cursor<41>;
/// Where a page of the moderation log ended.
pub type LogCursor = Cursor<40>;

/// The text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a place in the list")]
pub struct CursorError;

impl<const LENGTH: usize> Cursor<LENGTH> {
    pub(super) const fn after(key: Vec<u8>) -> Self {
        Self(key)
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.0
    }
}

impl<const LENGTH: usize> fmt::Display for Cursor<LENGTH> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl<const LENGTH: usize> FromStr for Cursor<LENGTH> {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(text).ok_or(CursorError)?;
        if bytes.len() == LENGTH { Ok(Self(bytes)) } else { Err(CursorError) }
    }
}

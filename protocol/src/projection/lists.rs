//! Lists of one kind: news, offers and requests, alerts, clubs and groups; and what a reader asks of a list.

use std::fmt;
use std::ops::{Bound, ControlFlow};
use std::str::FromStr;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::ItemRow;
use super::cursor::CursorError;
use super::keys::inverted;
use super::read::{range_keys, rows_of};
use crate::codec;
use crate::hex;
use crate::operation::{AreaId, Kind, Space};
use crate::store::{Direction, Read, StoreError, Table, prefix_end};
use crate::time::Day;

/// How many bytes of a title decide about its place in a list; those with the same first bytes stand as they come.
const TITLE_KEY: usize = 64;

/// Which items of a list a reader asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Also what is for members alone: the reader is one.
    pub members: bool,
    /// Only what is about this sub-area.
    pub area: Option<AreaId>,
    /// Only what belongs to this category.
    pub category: Option<String>,
}

/// Where a page of a list ended: the next one goes on after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListCursor(Vec<u8>);

impl ListCursor {
    /// The place of an item in the list of its kind, which is its place beside those of a kind in the same order as well: of
    /// offers, requests and alerts, of listings and groups. None for what is in no list.
    pub fn of(row: &ItemRow) -> Option<Self> {
        list_key(row).map(|key| Self(key[2..].to_vec()))
    }
}

/// What a list says about an item beside its key, so that a [`Filter`] passes over items without reading their rows. It holds
/// no words: of a category a hash.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Listed {
    #[n(0)]
    members: bool,
    #[n(1)]
    area: Option<AreaId>,
    #[n(2)]
    category: Option<CategoryTag>,
}

/// The first bytes of the SHA-256 of a category.
type CategoryTag = ByteArray<8>;

impl Listed {
    pub(super) fn of(row: &ItemRow) -> Self {
        let category = row.content.category.as_deref().map(tag);
        Self { members: row.space == Space::Members, area: row.content.area, category }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }
}

/// A [`Filter`] made ready to be held against many entries.
pub(super) struct Sieve {
    members: bool,
    area: Option<AreaId>,
    category: Option<CategoryTag>,
}

impl Filter {
    pub(super) fn sieve(&self) -> Sieve {
        Sieve { members: self.members, area: self.area, category: self.category.as_deref().map(tag) }
    }

    /// Whether the row is asked for: two categories can have one hash.
    pub(super) fn takes_row(&self, row: &ItemRow) -> bool {
        self.category.as_ref().is_none_or(|category| row.content.category.as_ref() == Some(category))
    }
}

impl Sieve {
    /// Whether an item with this entry is asked for, as far as the entry can say.
    pub(super) fn takes(&self, listed: &Listed) -> bool {
        (self.members || !listed.members)
            && self.area.is_none_or(|area| listed.area == Some(area))
            && self.category.is_none_or(|category| listed.category == Some(category))
    }

    /// The same of an entry as it is stored.
    pub(super) fn takes_stored(&self, listed: &[u8]) -> Result<bool, StoreError> {
        let listed = minicbor::decode(listed).map_err(|_| StoreError::Damaged("an entry of a list"))?;
        Ok(self.takes(&listed))
    }
}

fn tag(category: &str) -> CategoryTag {
    let hash: [u8; 32] = Sha256::digest(category).into();
    let mut tag = [0; 8];
    tag.copy_from_slice(&hash[..8]);
    tag.into()
}

impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for ListCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(text).ok_or(CursorError)?;
        // What is pinned or settled, a time or a title, and an item.
        if (1 + 32..=1 + TITLE_KEY + 1 + 32).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(CursorError) }
    }
}

/// Items of one kind: news, offers, requests and alerts the latest first, listings and groups by their titles; what is pinned
/// before all others, what is settled behind them. At most `limit`; and where to go on, if there is more.
///
/// Costs a look at an entry of some 20 bytes for each item that is passed over, and a row for each that is not.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn list_of(
    read: &impl Read,
    kind: Kind,
    filter: &Filter,
    after: Option<&ListCursor>,
    limit: usize,
) -> Result<(Vec<ItemRow>, Option<ListCursor>), StoreError> {
    let prefix = kind.0.to_be_bytes();
    let begin = after.map(|cursor| [&prefix[..], &cursor.0].concat());
    let lower = begin.as_deref().map_or(Bound::Included(&prefix[..]), Bound::Excluded);
    let end = prefix_end(&prefix);
    let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let (sieve, mut keys, mut failed) = (filter.sieve(), Vec::new(), None);
    read.scan(Table::Lists, (lower, upper), Direction::Ascending, &mut |key, listed| {
        match sieve.takes_stored(listed) {
            Ok(true) => keys.push(key.to_vec()),
            Ok(false) => {}
            Err(error) => failed = Some(error),
        }
        // One more than asked for says whether there is more.
        if keys.len() > limit || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let more = keys.len() > limit;
    keys.truncate(limit);
    let next = keys.last().filter(|_| more).map(|key| ListCursor(key[prefix.len()..].to_vec()));
    let mut rows = rows_of(read, &keys)?;
    rows.retain(|row| filter.takes_row(row));
    Ok((rows, next))
}

/// Posts of which it was to be looked by `day` or earlier whether they are still true, the one that waits longest first; at
/// most `limit`. What is settled is not looked at again.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn to_review(read: &impl Read, day: Day, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    let end = day.number().saturating_add(1).to_be_bytes();
    rows_of(read, &range_keys(read, Table::Reviews, (Bound::Unbounded, Bound::Excluded(&end[..])), limit)?)
}

/// The key of a row in the list of its kind; none when there is no such list.
pub(super) fn list_key(row: &ItemRow) -> Option<Vec<u8>> {
    let order = match (row.pinned, row.content.settled) {
        (Some(_), _) => 0,
        (None, false) => 1,
        (None, true) => 2,
    };
    let place = match row.kind {
        Kind::NEWS => inverted(row.pinned.map_or(row.created, |pinned| pinned.at)).to_vec(),
        Kind::OFFER | Kind::REQUEST | Kind::ALERT => inverted(row.created).to_vec(),
        Kind::LISTING | Kind::GROUP => title_key(row.content.title.as_deref().unwrap_or_default()),
        _ => return None,
    };
    Some([&row.kind.0.to_be_bytes()[..], &[order], &place, row.id.as_bytes()].concat())
}

/// day ‖ item.
pub(super) fn review_key(row: &ItemRow) -> Option<Vec<u8>> {
    let day = row.content.review_by.filter(|_| row.kind.is_post() && !row.content.settled)?;
    Some([&day.number().to_be_bytes()[..], row.id.as_bytes()].concat())
}

/// What puts titles in the order of the alphabet: small letters without their signs, from the first letter or digit on. Ends
/// with a zero, which is in no title, so that what is shorter comes first.
fn title_key(title: &str) -> Vec<u8> {
    let small = title.chars().flat_map(char::to_lowercase).map(plain);
    let mut key = String::new();
    for letter in small.skip_while(|letter| !letter.is_alphanumeric()) {
        if key.len() + letter.len_utf8() > TITLE_KEY {
            break;
        }
        key.push(letter);
    }
    key.push('\0');
    key.into_bytes()
}

/// A small letter without its sign.
const fn plain(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_stand_as_in_a_directory() {
        let mut titles = ["Zwemclub", "'t Trefpunt", "école Zuid", "Eendracht", "De Linde", "ECHO", "De Linden"];
        titles.sort_by_key(|title| title_key(title));
        assert_eq!(titles, ["De Linde", "De Linden", "ECHO", "école Zuid", "Eendracht", "'t Trefpunt", "Zwemclub"]);
        assert_eq!(title_key("…"), [0]);
        assert_eq!(title_key(&"é".repeat(200)).len(), TITLE_KEY + 1);
    }
}

//! Photos that people show with what they write.

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, Space};
use dorpsplein_protocol::photo::{Photo, PhotoId};
use dorpsplein_protocol::projection::ItemRow;
use rand::RngExt;

use super::turn::Turn;
use super::writing::{place_of, set};
use crate::world::WorldError;

/// How far apart the marks in a file are: there are some in every chunk.
const APART: usize = 8 * 1024;

impl Turn<'_> {
    /// Shows a photo: with something new, or in something of their own, with the device that has this number.
    pub(super) fn picture(&mut self, number: usize) -> Result<(), WorldError> {
        let grip = (self.who, number.min(self.me().hands.len().saturating_sub(1)));
        let older = if self.chance(40) { self.recent() } else { None };
        let row = older.map(|item| self.row(grip, &item)).transpose()?.flatten();
        let row = row.filter(|row| row.erased.is_none() && matches!(row.kind, Kind::NEWS | Kind::EVENT));
        let (alt, mark) = self.marked_text("Het veld achter de school");
        let length = if self.chance(4) {
            self.random.random_range(70_000..200_000)
        } else {
            self.random.random_range(700..5_000)
        };
        let file = photograph(&mark, length);
        let Some((hand, id)) = self.hand(grip).zip(PhotoId::of(&file)) else { return Ok(()) };
        let (at, member) = (hand.at, self.register(grip).and_then(|register| register.membership(&hand.key())));
        let Some(by) = member.map(|member| member.resident) else { return Ok(()) };
        if !self.world.hand_in_photo(at, by, &file)? {
            return Ok(());
        }
        let photo = Photo { id, length: file.len() as u32, width: 640, height: 480, alt };
        let field = self.pick(&Field::PHOTOS).unwrap_or(Field::PHOTOS[0]);
        let shown = Edit::Set { field, value: photo.value() };
        let made = match row {
            Some(row) => self.show_in(grip, &row, shown, mark)?,
            None => self.show_new(grip, shown, mark)?,
        };
        if let Some(made) = made.filter(|made| !self.me().items.contains(made)) {
            self.me().items.push(made);
        }
        Ok(())
    }

    fn show_in(
        &mut self,
        grip: (crate::plan::PersonId, usize),
        row: &ItemRow,
        shown: Edit,
        mark: [u8; 32],
    ) -> Result<Option<ItemId>, WorldError> {
        let (place, item, heads) = (place_of(row), row.id, row.heads.clone());
        let accepted = self.submit(grip, "photos added", Some(mark), |device, now| {
            device.edit(place, item, heads, vec![shown], now)
        })?;
        Ok(accepted.map(|accepted| accepted.item))
    }

    fn show_new(
        &mut self,
        grip: (crate::plan::PersonId, usize),
        shown: Edit,
        mark: [u8; 32],
    ) -> Result<Option<ItemId>, WorldError> {
        let space = if self.chance(60) { self.audience(grip) } else { Space::Square };
        let place = Place { neighbourhood: self.me().home, space };
        let edits = vec![set(Field::TITLE, "Kijk eens"), shown];
        let accepted = self.submit(grip, "written with a photo", Some(mark), |device, now| {
            device.create(place, Kind::NEWS, None, edits, now)
        })?;
        Ok(accepted.map(|accepted| accepted.item))
    }
}

/// A file that is a photo by its parts, of about so many bytes, with a mark all over it.
pub fn photograph(mark: &[u8; 32], length: usize) -> Vec<u8> {
    let start = [
        &[0xff, 0xd8][..],
        &[0xff, 0xc0, 0, 11, 8, 0x01, 0xe0, 0x02, 0x80, 1, 1, 0x11, 0],
        &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
    ];
    let mut file = start.concat();
    while file.len() + 2 < length {
        file.extend_from_slice(mark);
        file.resize(file.len() + (APART - mark.len()).min(length.saturating_sub(file.len() + 2)), b'.');
    }
    file.extend([0xff, 0xd9]);
    file
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::photo::{CHUNK_BYTES, inspect};

    use super::*;

    #[test]
    fn what_people_show_is_a_photo_and_marked_in_every_chunk() {
        for length in [700, 4_999, 70_000, 200_000] {
            let mark = [b'7'; 32];
            let file = photograph(&mark, length);
            let facts = inspect(&file).unwrap();
            assert_eq!((facts.width, facts.height), (640, 480));
            assert!(file.len().abs_diff(length) < 64, "{} for {length}", file.len());
            let is_marked = |chunk: &[u8]| chunk.windows(32).any(|window| window == mark);
            assert!(file.chunks(CHUNK_BYTES).filter(|chunk| chunk.len() > APART).all(is_marked));
        }
    }
}

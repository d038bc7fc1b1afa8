//! What a store holds, piece by piece: on its way into a backup, from a store at hand or over the API of a box that runs.
//!
//! On the wire a piece is its kind (one byte), its length (4 bytes, big-endian) and so many bytes. The last one is an end.

use std::io::{self, Read};

use dorpsplein_protocol::archive;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::sync::MAX_FRAME;

use super::{About, BackupError};
use crate::disk_store::DiskStore;

/// The most bytes of a piece.
pub const MAX_PIECE: usize = MAX_FRAME;
/// Names of photos in one piece.
const PHOTOS_A_PIECE: usize = 8192;
/// The length of the name of a photo, in bytes.
const PHOTO_BYTES: usize = 32;

/// A piece of what a store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What it comes to; always the first.
    About(About),
    /// A frame of operations, and how many are in it as far as whoever sends it says.
    Frame(Vec<u8>, u64),
    /// Photos that are shown somewhere; behind all operations.
    Photos(Vec<PhotoId>),
    /// That was all.
    End,
}

/// Hands out what a store of the neighbourhood `home` holds, at one moment; what is erased meanwhile is left out.
///
/// # Errors
/// What `hand_out` says, or [`BackupError::Store`] when the store cannot be read.
pub fn pieces<E: From<StoreError>>(
    store: &DiskStore,
    home: &NeighbourhoodId,
    mut hand_out: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let inventory = store.at_one_moment(|moment| archive::inventory(moment, home))?;
    hand_out(Piece::About(About::new(home, &inventory)))?;
    let mut rest = inventory.operations.as_slice();
    while !rest.is_empty() {
        let frame = archive::frame(store, rest)?;
        rest = &rest[frame.ids..];
        hand_out(Piece::Frame(frame.bytes, frame.operations))?;
    }
    for photos in inventory.photos.chunks(PHOTOS_A_PIECE) {
        hand_out(Piece::Photos(photos.to_vec()))?;
    }
    hand_out(Piece::End)
}

/// The bytes of a piece on the wire.
pub(crate) fn write_piece(piece: &Piece) -> Vec<u8> {
    let (kind, bytes) = match piece {
        Piece::End => (0, Vec::new()),
        Piece::About(about) => (1, serde_json::to_vec(about).expect("a struct of numbers and strings is JSON")),
        Piece::Frame(frame, operations) => (2, [&operations.to_be_bytes()[..], frame].concat()),
        Piece::Photos(photos) => (3, photos.iter().flat_map(|photo| *photo.as_bytes()).collect()),
    };
    let length = u32::try_from(bytes.len()).expect("a piece has at most a mebibyte and a few bytes");
    let mut wire = Vec::with_capacity(bytes.len() + 5);
    wire.push(kind);
    wire.extend(length.to_be_bytes());
    wire.extend(bytes);
    wire
}

/// Reads a piece.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] when whoever sends it broke off, [`io::ErrorKind::InvalidData`] for what is no piece.
fn read_piece(from: &mut impl Read) -> io::Result<Piece> {
    let strange = || io::Error::from(io::ErrorKind::InvalidData);
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let [kind, length @ ..] = head;
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_PIECE + size_of::<u64>() {
        return Err(strange());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    match kind {
        0 if bytes.is_empty() => Ok(Piece::End),
        1 => About::read(&bytes).map(Piece::About).map_err(|_| strange()),
        2 => {
            let (count, frame) = bytes.split_first_chunk().ok_or_else(strange)?;
            Ok(Piece::Frame(frame.to_vec(), u64::from_be_bytes(*count)))
        }
        3 if bytes.len().is_multiple_of(PHOTO_BYTES) => {
            let photos = bytes.chunks(PHOTO_BYTES).map(PhotoId::try_from);
            Ok(Piece::Photos(photos.collect::<Result<_, _>>().map_err(|_| strange())?))
        }
        _ => Err(strange()),
    }
}

/// Writes the pieces of a running box into `take`, as they come.
pub(crate) fn from_wire(
    wire: &mut impl Read,
    mut take: impl FnMut(Piece) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    loop {
        let piece = read_piece(wire).map_err(|_| BackupError::BrokenOff)?;
        let last = piece == Piece::End;
        take(piece)?;
        if last {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn pieces_come_over_whole_and_nothing_else_does() {
        let home = NeighbourhoodId::from_bytes([7; 32]);
        let about = Piece::About(About::new(&home, &archive::Inventory::default()));
        let photos = Piece::Photos(vec![PhotoId::from_bytes([1; 32]), PhotoId::from_bytes([2; 32])]);
        let all = [about, Piece::Frame(b"een".to_vec(), 1), photos, Piece::End];
        let wire: Vec<u8> = all.iter().flat_map(write_piece).collect();
        let mut came = Vec::new();
        from_wire(&mut &wire[..], |piece| {
            came.push(piece);
            Ok(())
        })
        .unwrap();
        assert_eq!(came, all);
        for cut in 0..wire.len() {
            let cut_off = from_wire(&mut &wire[..cut], |_| Ok(()));
            assert!(matches!(cut_off, Err(BackupError::BrokenOff)), "cut at {cut}");
        }
        for strange in [&[9, 0, 0, 0, 0][..], &[3, 0, 0, 0, 1, 1], &[0, 0, 0, 0, 1, 1], &[2, 255, 255, 255, 255]] {
            let kind = read_piece(&mut &strange[..]).unwrap_err().kind();
            assert_eq!(kind, io::ErrorKind::InvalidData, "{strange:?}");
        }
    }
}

//! A bundle: what a neighbourhood's spaces hold, as a file for a USB stick, where no line is.
//!
//! ```text
//! bundle = magic, head, frame*, end
//! magic  = "dorpsplein/bundle/1\n"
//! head   = length u32, [ neighbourhood, [space, …], made, operations ]
//! frame  = length u32, bytes of a session's message *operations*
//! end    = 0 u32, SHA-256 of all that comes before it
//! ```
//!
//! Lengths are big-endian. A bundle proves nothing and is encrypted to nobody: what is in it is checked operation by
//! operation, through the same door as what a peer sends, and whoever has the file can read it. The hash at the end only
//! tells a whole file from one that was cut off.
//!
//! This is a machine without input and output, like all of this crate: [`Writer`] gives the bytes to write, [`Parser`] says
//! how many bytes it [wants](Parser::wants) next, which is never more than one frame.

use std::ops::{Bound, ControlFlow};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::codec::{self, CodecError};
use crate::operation::{MAX_TRANSFER, NeighbourhoodId, OperationId, Signed, Space};
use crate::projection::{self, space_of_key, space_prefix};
use crate::store::{Direction, Read, StoreError, Table, prefix_end};
use crate::sync::{FRAME_OPERATIONS, MAX_FRAME, Message, SpaceId};
use crate::time::Timestamp;

/// What every bundle of this version begins with.
pub const MAGIC: &[u8; 20] = b"dorpsplein/bundle/1\n";
/// The most bytes of a head.
pub const MAX_HEAD: usize = 4096;
/// The most spaces of a bundle.
pub const MAX_SPACES: usize = 64;
/// The length before a frame, in bytes.
const LENGTH: usize = 4;
/// The hash at the end, in bytes.
const HASH: usize = 32;

/// What a bundle says about itself. Nothing of it is believed: it tells people what they have in hand.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Head {
    /// Whose spaces.
    #[n(0)]
    pub neighbourhood: NeighbourhoodId,
    /// Which spaces; the register comes first.
    #[n(1)]
    pub spaces: Vec<Space>,
    /// When it was made.
    #[n(2)]
    pub made: Timestamp,
    /// How many operations are in it.
    #[n(3)]
    pub operations: u64,
}

/// Writes a bundle piece by piece.
pub struct Writer {
    hash: Sha256,
}

/// Reads a bundle piece by piece: give it exactly what it [wants](Self::wants), until [`Part::End`].
pub struct Parser {
    hash: Sha256,
    state: State,
}

/// What the next bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Magic,
    HeadLength,
    Head(usize),
    Length,
    Frame(usize),
    Hash,
    Ended,
}

/// A piece of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it says about itself; always the first piece.
    Head(Head),
    /// A message of a session, not looked at.
    Frame(Vec<u8>),
    /// The end: it is whole.
    End,
}

/// Why bytes are no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// It begins with something else, or is of another version.
    #[error("this is no bundle of this version")]
    Magic,
    /// The head is too long or no head.
    #[error("the head of the bundle is damaged")]
    Head,
    /// A frame is longer than [`MAX_FRAME`].
    #[error("the bundle is damaged: a frame of {0} bytes")]
    Frame(usize),
    /// The bytes given are not as many as were wanted: the file ended too early.
    #[error("the bundle is cut off")]
    CutOff,
    /// What was read is not what was written.
    #[error("the bundle is damaged: it does not add up")]
    Hash,
}

/// So many operations of a space as fit a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The frame.
    pub frame: Vec<u8>,
    /// How many operations are in it.
    pub operations: u64,
    /// Where to go on.
    pub next: Vec<u8>,
}

/// The operations of a space that this box holds and that count, by the hour in which they were signed, from the place
/// `after` on; none when there are no more. What left the space goes as an envelope, as to any peer.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn page(read: &impl Read, space: &SpaceId, after: Option<&[u8]>) -> Result<Option<Page>, StoreError> {
    let prefix = space_prefix(&space.neighbourhood, &space.space);
    let end = prefix_end(&prefix);
    let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let lower = after.map_or(Bound::Included(prefix.as_slice()), Bound::Excluded);
    let mut keys = Vec::new();
    read.scan(Table::Spaces, (lower, upper), Direction::Ascending, &mut |key, _| {
        keys.push(key.to_vec());
        if keys.len() < FRAME_OPERATIONS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let (mut operations, mut bytes, mut next) = (Vec::new(), 0, None);
    for key in keys {
        // The largest operation still fits the frame.
        if bytes + MAX_TRANSFER + 16 * FRAME_OPERATIONS > MAX_FRAME {
            break;
        }
        let Some((_, _, id)) = space_of_key(&key) else { return Err(StoreError::Damaged("a key of a space")) };
        if let Some(transfer) = shown_in(read, space, &id)? {
            bytes += transfer.len();
            operations.push(ByteVec::from(transfer));
        }
        next = Some(key);
    }
    let Some(next) = next else { return Ok(None) };
    let count = operations.len() as u64;
    let message = Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false };
    Ok(Some(Page { frame: message.encode(), operations: count, next }))
}

/// An operation as whoever may see this space gets it: the whole when its item is for that audience now, an envelope when
/// it was; nothing of what does not count.
fn shown_in(read: &impl Read, space: &SpaceId, id: &OperationId) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(bytes) = projection::operation(read, id)? else { return Ok(None) };
    if space.space == Space::Register {
        return Ok(Some(bytes));
    }
    let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
    let row = projection::item(read, &signed.header().item())?;
    Ok(row.map(|row| match row.space == space.space || signed.header().permanent {
        true => bytes,
        false => signed.without_payload().encode(),
    }))
}

impl Writer {
    /// A new bundle, and its first bytes.
    pub fn new(head: &Head) -> (Self, Vec<u8>) {
        let mut writer = Self { hash: Sha256::new() };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(framed(&codec::encode(head)));
        writer.hash.update(&bytes);
        (writer, bytes)
    }

    /// One more frame, of 1 to [`MAX_FRAME`] bytes.
    pub fn frame(&mut self, frame: &[u8]) -> Vec<u8> {
        let bytes = framed(frame);
        self.hash.update(&bytes);
        bytes
    }

    /// The last bytes.
    pub fn end(mut self) -> Vec<u8> {
        let mut bytes = framed(&[]);
        self.hash.update(&bytes);
        bytes.extend(self.hash.finalize());
        bytes
    }
}

impl Default for Parser {
    fn default() -> Self {
        Self { hash: Sha256::new(), state: State::Magic }
    }
}

impl Parser {
    /// How many bytes to give next: at most [`MAX_FRAME`]; none after the end.
    pub const fn wants(&self) -> usize {
        match self.state {
            State::Magic => MAGIC.len(),
            State::HeadLength | State::Length => LENGTH,
            State::Head(length) | State::Frame(length) => length,
            State::Hash => HASH,
            State::Ended => 0,
        }
    }

    /// Takes the bytes that were wanted; gives the piece that is complete with them, if one is.
    ///
    /// # Errors
    /// [`BundleError`]; then the rest is not worth reading.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<Part>, BundleError> {
        if bytes.len() != self.wants() {
            return Err(BundleError::CutOff);
        }
        let state = self.state;
        if state != State::Hash {
            self.hash.update(bytes);
        }
        let (next, part) = match state {
            State::Magic if bytes == MAGIC => (State::HeadLength, None),
            State::Magic => return Err(BundleError::Magic),
            State::HeadLength => (State::Head(bounded(bytes, MAX_HEAD).ok_or(BundleError::Head)?), None),
            State::Head(_) => (State::Length, Some(Part::Head(head(bytes)?))),
            State::Length => match bounded(bytes, MAX_FRAME) {
                Some(0) => (State::Hash, None),
                Some(length) => (State::Frame(length), None),
                None => return Err(BundleError::Frame(length(bytes))),
            },
            State::Frame(_) => (State::Length, Some(Part::Frame(bytes.to_vec()))),
            State::Hash if self.hash.clone().finalize()[..] == *bytes => (State::Ended, Some(Part::End)),
            State::Hash => return Err(BundleError::Hash),
            State::Ended => (State::Ended, None),
        };
        self.state = next;
        Ok(part)
    }
}

fn head(bytes: &[u8]) -> Result<Head, BundleError> {
    let head: Head = codec::decode_canonical(bytes).map_err(|_: CodecError| BundleError::Head)?;
    if head.spaces.is_empty() || head.spaces.len() > MAX_SPACES { Err(BundleError::Head) } else { Ok(head) }
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a frame has at most a mebibyte");
    [&length.to_be_bytes(), bytes].concat()
}

fn length(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
}

fn bounded(bytes: &[u8], most: usize) -> Option<usize> {
    Some(length(bytes)).filter(|length| *length <= most)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn example() -> (Head, Vec<u8>) {
        let neighbourhood = NeighbourhoodId::from_bytes([7; 32]);
        let spaces = vec![Space::Register, Space::Square];
        let head = Head { neighbourhood, spaces, made: Timestamp::from_millis(1_795_000_000_000), operations: 2 };
        let (mut writer, mut bytes) = Writer::new(&head);
        bytes.extend(writer.frame(b"een"));
        bytes.extend(writer.frame(&[1; MAX_FRAME]));
        bytes.extend(writer.end());
        (head, bytes)
    }

    /// Everything in a file, or what is wrong with it.
    fn parts(mut bytes: &[u8]) -> Result<Vec<Part>, BundleError> {
        let (mut parser, mut parts) = (Parser::default(), Vec::new());
        while parser.wants() > 0 {
            assert!(parser.wants() <= MAX_FRAME);
            let (now, rest) = bytes.split_at(parser.wants().min(bytes.len()));
            bytes = rest;
            parts.extend(parser.take(now)?);
        }
        Ok(parts)
    }

    #[test]
    fn what_is_written_reads_back() {
        let (head, bytes) = example();
        let frames = [b"een".to_vec(), vec![1; MAX_FRAME]].map(Part::Frame);
        assert_eq!(parts(&bytes), Ok([vec![Part::Head(head)], frames.to_vec(), vec![Part::End]].concat()));
    }

    #[test]
    fn a_file_that_is_cut_off_anywhere_is_told_as_such() {
        let (_, bytes) = example();
        for cut in (0..200).chain(bytes.len() - 80..bytes.len()) {
            assert_eq!(parts(&bytes[..cut]), Err(BundleError::CutOff), "cut at {cut}");
        }
    }

    #[test]
    fn a_byte_that_changed_anywhere_is_noticed() {
        let (_, bytes) = example();
        for at in (0..150).chain(bytes.len() - 40..bytes.len()) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(parts(&changed).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn lengths_out_of_bounds_are_refused_before_anything_is_read() {
        let (head, _) = example();
        let (_, begin) = Writer::new(&head);
        let length = u32::try_from(MAX_FRAME + 1).unwrap();
        let long = [&begin[..], &length.to_be_bytes()].concat();
        assert_eq!(parts(&long), Err(BundleError::Frame(MAX_FRAME + 1)));
        let long_head = [&MAGIC[..], &u32::MAX.to_be_bytes()].concat();
        assert_eq!(parts(&long_head), Err(BundleError::Head));
        assert_eq!(parts(b"%PDF-1.7 and so on, for long"), Err(BundleError::Magic));
    }
}

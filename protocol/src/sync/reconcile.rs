//! Range-based set reconciliation: two boxes find out which operations of a space only one of them holds.
//!
//! The algorithm is Negentropy's: compare the fingerprints of ranges, cut those that differ into parts, list what is small.
//! Coded anew, for three reasons measured in `docs/wire-format.md`: fingerprints come from a [`Tree`]'s sums and not from a
//! walk over the range; a list names operations by eight bytes instead of 32, and the answer names only what differs; and
//! what is missing comes out in the order in which it was signed, so that little has to wait for what it builds on.
//!
//! Both sides keep no state: each message is answered from the set as it is now.

use std::ops::Range;

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Fingerprint, Place, Tree};
use crate::operation::OperationId;

/// A range with at most this many operations is listed, a larger one cut into [`PARTS`].
const LIST: usize = 48;
/// Into how many parts a range is cut.
const PARTS: usize = 16;
/// A message is closed when it has grown to about this many bytes; what is left of the set goes as one fingerprint.
const BUDGET: usize = 128 * 1024;
/// The most sections a message may have, which bounds what an answer costs.
const MAX_SECTIONS: u64 = 8192;
/// The most operations one section may list.
const MAX_LISTED: usize = 256;
/// How many different parts of an id can stand for it.
pub const WINDOWS: u8 = 4;

/// A part of an operation's id: which one, the message says.
pub type ShortId = [u8; 8];

/// What one side says about the operations of a space, range after range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Which eight bytes of an id stand for it, from 0 to 3. Changes from one comparison to the next, so that two ids that
    /// are alike in one part are told apart in another.
    pub window: u8,
    /// The sections, in order; the first begins at the start of all, each other one where the one before it ends. About
    /// what lies behind the last there is nothing to say.
    pub sections: Vec<Section>,
}

/// A range, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Where it ends; what stands exactly there is not in it.
    pub end: Place,
    /// What is said.
    pub content: Content,
}

/// What there is to say about a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or nothing more.
    Settled,
    /// What it holds here comes to this.
    Fingerprint(Fingerprint),
    /// It holds these and no others here; at most 256.
    Listed(Vec<ShortId>),
    /// In answer to a list.
    Differs {
        /// Operations that are here, and not in the list.
        here: Vec<OperationId>,
        /// Those in the list that are not here.
        there: Vec<ShortId>,
    },
}

/// What a comparison brought to light, in the order of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Operations only the other side holds.
    pub(super) missing_here: Vec<OperationId>,
    /// Operations only this side holds.
    pub(super) missing_there: Vec<OperationId>,
}

/// The sections do not follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfOrder;

impl Comparison {
    /// The first message about a set.
    pub(super) fn begin(tree: &Tree, window: u8) -> Self {
        let mut reply = Reply::new(window);
        reply.describe(tree, Place::START..Place::END, tree.len());
        reply.finish()
    }

    /// Answers what the other side says, and adds what follows from it to `found`. An answer without sections is the last
    /// word.
    pub(super) fn answer(&self, tree: &Tree, found: &mut Found) -> Result<Self, OutOfOrder> {
        let mut reply = Reply::new(self.window);
        let mut start = Place::START;
        for Section { end, content } in &self.sections {
            if *end < start {
                return Err(OutOfOrder);
            }
            let range = start..*end;
            start = *end;
            match content {
                Content::Differs { here, there } => {
                    found.missing_here.extend(here);
                    found.missing_there.extend(self.named(tree, &range, there));
                }
                Content::Fingerprint(theirs) if !reply.is_full() => {
                    let (count, own) = tree.summary(&range);
                    if own != *theirs {
                        reply.describe(tree, range, count);
                    }
                }
                Content::Listed(listed) if !reply.is_full() => reply.contrast(tree, range, listed),
                Content::Settled | Content::Fingerprint(_) | Content::Listed(_) => {}
            }
        }
        if reply.is_full() {
            reply.leave_the_rest(tree);
        }
        Ok(reply.finish())
    }

    /// Whether there is nothing to answer.
    pub(super) const fn is_over(&self) -> bool {
        self.sections.is_empty()
    }

    /// The operations of a range that short ids stand for.
    fn named(&self, tree: &Tree, range: &Range<Place>, short: &[ShortId]) -> Vec<OperationId> {
        if short.is_empty() {
            return Vec::new();
        }
        let mut sorted = short.to_vec();
        sorted.sort_unstable();
        let places = tree.places(range).map(|place| place.id);
        places.filter(|id| sorted.binary_search(&shorten(id, self.window)).is_ok()).collect()
    }
}

/// An answer in the making.
struct Reply {
    window: u8,
    sections: Vec<Section>,
    bytes: usize,
}

impl Reply {
    const fn new(window: u8) -> Self {
        Self { window, sections: Vec::new(), bytes: 0 }
    }

    const fn is_full(&self) -> bool {
        self.bytes >= BUDGET
    }

    /// Where the last section ends.
    fn end(&self) -> Place {
        self.sections.last().map_or(Place::START, |section| section.end)
    }

    fn push(&mut self, range: &Range<Place>, content: Content) {
        if self.end() < range.start {
            self.sections.push(Section { end: range.start, content: Content::Settled });
        }
        self.bytes += 8 + match &content {
            Content::Settled => 0,
            Content::Fingerprint(_) => 17,
            Content::Listed(listed) => 3 + 8 * listed.len(),
            Content::Differs { here, there } => 6 + 32 * here.len() + 8 * there.len(),
        };
        self.sections.push(Section { end: range.end, content });
    }

    /// Lists a range, or the fingerprints of its parts.
    fn describe(&mut self, tree: &Tree, range: Range<Place>, count: usize) {
        if count <= LIST {
            let listed = tree.places(&range).map(|place| shorten(&place.id, self.window)).collect();
            self.push(&range, Content::Listed(listed));
            return;
        }
        let cuts = tree.cuts(&range, count, PARTS).into_iter().map(|cut| boundary(tree, cut));
        let mut start = range.start;
        for end in cuts.chain([range.end]) {
            let part = start..end;
            let (_, fingerprint) = tree.summary(&part);
            self.push(&part, Content::Fingerprint(fingerprint));
            start = end;
        }
    }

    /// Says how a range here differs from a list of what it holds there. When that is more than fits, the rest of the range
    /// goes as a fingerprint.
    fn contrast(&mut self, tree: &Tree, range: Range<Place>, listed: &[ShortId]) {
        let mut missing: Vec<(ShortId, bool)> = listed.iter().map(|short| (*short, true)).collect();
        missing.sort_unstable();
        let room = BUDGET.saturating_sub(self.bytes) / 32 + 1;
        let (mut here, mut rest) = (Vec::new(), None);
        for place in tree.places(&range) {
            let short = shorten(&place.id, self.window);
            match missing.binary_search_by(|(other, _)| other.cmp(&short)) {
                Ok(at) => missing[at].1 = false,
                Err(_) if here.len() < room => here.push(place.id),
                Err(_) => rest = rest.or(Some(*place)),
            }
        }
        let there: Vec<ShortId> = missing.into_iter().filter(|(_, missing)| *missing).map(|(short, _)| short).collect();
        if here.is_empty() && there.is_empty() {
            return;
        }
        let cut = rest.map_or(range.end, |rest| boundary(tree, rest));
        self.push(&(range.start..cut), Content::Differs { here, there });
        if cut < range.end {
            let rest = cut..range.end;
            let (_, fingerprint) = tree.summary(&rest);
            self.push(&rest, Content::Fingerprint(fingerprint));
        }
    }

    /// There is no room to go into what is left: its fingerprint stands for it.
    fn leave_the_rest(&mut self, tree: &Tree) {
        let rest = self.end()..Place::END;
        if rest.start < rest.end {
            let (_, fingerprint) = tree.summary(&rest);
            self.push(&rest, Content::Fingerprint(fingerprint));
        }
    }

    fn finish(self) -> Comparison {
        Comparison { window: self.window, sections: self.sections }
    }
}

/// The shortest place that separates an operation from the one before it.
fn boundary(tree: &Tree, place: Place) -> Place {
    let shared = match tree.before(&place) {
        Some(before) if before.hour == place.hour => {
            let (a, b) = (before.id.as_bytes(), place.id.as_bytes());
            a.iter().zip(b).take_while(|(a, b)| a == b).count() + 1
        }
        Some(_) | None => 0,
    };
    let mut id = [0; 32];
    id[..shared].copy_from_slice(&place.id.as_bytes()[..shared]);
    Place { hour: place.hour, id: OperationId::from_bytes(id) }
}

fn shorten(id: &OperationId, window: u8) -> ShortId {
    let start = usize::from(window % WINDOWS) * 8;
    let mut short = [0; 8];
    short.copy_from_slice(&id.as_bytes()[start..start + 8]);
    short
}

/// `[window, sections]`; the sections are one array of three elements each: hours since the end of the section before (null
/// for the end of all), the id there without the zeros at its end, the content.
impl<C> Encode<C> for Comparison {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.u8(self.window)?.array(3 * self.sections.len() as u64)?;
        let mut hour = 0u64;
        for Section { end, content } in &self.sections {
            if *end == Place::END {
                encoder.null()?.bytes(&[])?;
            } else {
                let id = end.id.as_bytes();
                let length = id.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                encoder.u64(end.hour.saturating_sub(hour))?.bytes(&id[..length])?;
                hour = end.hour;
            }
            content.encode(encoder, context)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Comparison {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        if decoder.array()? != Some(2) {
            return Err(DecodeError::message("a comparison has a window and sections"));
        }
        let window = decoder.u8()?;
        let count = decoder.array()?.filter(|elements| elements % 3 == 0).map(|elements| elements / 3);
        let count = count.filter(|count| *count <= MAX_SECTIONS && window < WINDOWS);
        let count = count.ok_or_else(|| DecodeError::message("no such window, or no such number of sections"))?;
        let (mut sections, mut hour) = (Vec::new(), 0u64);
        for _ in 0..count {
            let end = match decoder.datatype()? {
                Type::Null => {
                    decoder.null()?;
                    if decoder.bytes()?.is_empty() { Place::END } else { return Err(bad_bound()) }
                }
                _ => {
                    hour = hour.checked_add(decoder.u64()?).ok_or_else(bad_bound)?;
                    let prefix = decoder.bytes()?;
                    let mut id = [0; 32];
                    id.get_mut(..prefix.len()).ok_or_else(bad_bound)?.copy_from_slice(prefix);
                    Place { hour, id: OperationId::from_bytes(id) }
                }
            };
            sections.push(Section { end, content: decoder.decode_with(context)? });
        }
        Ok(Self { window, sections })
    }
}

fn bad_bound() -> DecodeError {
    DecodeError::message("a section ends nowhere")
}

/// Null, a fingerprint, `[short ids]`, or `[ids, short ids]`; ids that belong together are one byte string.
impl<C> Encode<C> for Content {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Settled => encoder.null()?,
            Self::Fingerprint(fingerprint) => return fingerprint.encode(encoder, context),
            Self::Listed(listed) => encoder.array(1)?.bytes(listed.as_flattened())?,
            Self::Differs { here, there } => {
                let here: Vec<u8> = here.iter().flat_map(OperationId::as_bytes).copied().collect();
                encoder.array(2)?.bytes(&here)?.bytes(there.as_flattened())?
            }
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Content {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        match decoder.datatype()? {
            Type::Null => decoder.null().map(|()| Self::Settled),
            Type::Bytes => Fingerprint::decode(decoder, context).map(Self::Fingerprint),
            _ => match decoder.array()? {
                Some(1) => short_ids(decoder).map(Self::Listed),
                Some(2) => {
                    let (ids, rest) = decoder.bytes()?.as_chunks::<32>();
                    if !rest.is_empty() {
                        return Err(DecodeError::message("an id has 32 bytes"));
                    }
                    let here = ids.iter().copied().map(OperationId::from_bytes).collect();
                    Ok(Self::Differs { here, there: short_ids(decoder)? })
                }
                _ => Err(DecodeError::message("no such content of a section")),
            },
        }
    }
}

fn short_ids(decoder: &mut Decoder<'_>) -> Result<Vec<ShortId>, DecodeError> {
    let (short, rest) = decoder.bytes()?.as_chunks::<8>();
    if rest.is_empty() && short.len() <= MAX_LISTED {
        Ok(short.to_vec())
    } else {
        Err(DecodeError::message("a list has at most 256 short ids of eight bytes"))
    }
}

#[cfg(test)]
mod tests;

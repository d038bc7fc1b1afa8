//! What a shell and its replica say to each other about photos.

use super::photo_shelf::PhotoQuota;
use super::{SessionId, Ticket};
use crate::operation::ResidentId;
use crate::photo::PhotoId;

/// What a shell tells about photos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoInput {
    /// The shell keeps files, and these are here. Said once after [`Replica::open`](super::Replica::open); without it no
    /// photo is asked for or served.
    Shelf {
        /// How much there is room for.
        quota: PhotoQuota,
        /// The whole files, and how many bytes they have.
        whole: Vec<(PhotoId, u32)>,
        /// The files that have begun to come, and how many chunks of them are here.
        begun: Vec<(PhotoId, u32)>,
    },
    /// A resident wants to hand in a file; answered by [`PhotoEffect::Answer`].
    Offered {
        /// Names the request.
        ticket: Ticket,
        /// The file.
        photo: PhotoId,
        /// How many bytes it has.
        length: u32,
        /// Who.
        by: ResidentId,
    },
    /// A whole file is on the disk, and it is a photo.
    Stored {
        /// Which.
        photo: PhotoId,
        /// How many bytes it has.
        length: u32,
    },
    /// A file came whole from another box, and it is no photo; it was thrown away.
    Refused {
        /// Which.
        photo: PhotoId,
    },
    /// A file could not be written; asked for again later.
    Failed {
        /// Which.
        photo: PhotoId,
        /// How many of its chunks are here.
        chunks: u32,
    },
    /// What [`PhotoEffect::Read`] asked for: once for each chunk, or once without one.
    Read {
        /// For which session.
        session: SessionId,
        /// Which photo.
        photo: PhotoId,
        /// A chunk; none when there is no such file or chunk.
        chunk: Option<ReadChunk>,
    },
}

/// A chunk read from the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadChunk {
    /// Its number.
    pub index: u32,
    /// The [list of all hashes](crate::photo::ChunkHashes), when it was asked for and this is the first chunk; otherwise empty.
    pub list: Vec<u8>,
    /// Its bytes.
    pub data: Vec<u8>,
    /// Whether another one follows.
    pub more: bool,
}

/// What the replica asks a shell to do with photos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoEffect {
    /// The answer to [`PhotoInput::Offered`]: whether there is room for it. Then the shell stores it and says
    /// [`PhotoInput::Stored`].
    Answer {
        /// Which request.
        ticket: Ticket,
        /// Whether the file is welcome.
        welcome: bool,
    },
    /// Write a chunk that came from another box behind those that are here. It was checked. After the last one the shell looks
    /// whether the whole is a photo and says [`PhotoInput::Stored`] or [`PhotoInput::Refused`].
    Keep {
        /// Of which photo.
        photo: PhotoId,
        /// Its number.
        index: u32,
        /// Its bytes.
        data: Vec<u8>,
        /// Whether the photo is whole with it.
        last: bool,
    },
    /// Read chunks for a session, and say [`PhotoInput::Read`].
    Read {
        /// For which session.
        session: SessionId,
        /// Which photo.
        photo: PhotoId,
        /// The first chunk.
        from: u32,
        /// How many at most.
        count: u32,
        /// Whether with the list of all hashes.
        list: bool,
    },
    /// Nothing refers to these any more: their files and all that was made of them go.
    Drop {
        /// Which.
        photos: Vec<PhotoId>,
    },
}

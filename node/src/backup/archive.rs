//! The tar inside a backup: one file behind the other, of names that are known, with bounds before anything is read.

use std::io::{self, Read, Write};
use std::path::Path;

use dorpsplein_protocol::photo::{MAX_PHOTO_BYTES, PhotoId};
use dorpsplein_protocol::sync::{self, MAX_FRAME};
use tar::{Archive, Builder, EntryType, Header};

use super::{About, BackupError};
use crate::data_folder::kept::{KEPT, KeptFile, MAX_KEPT};

/// What the backup says about itself.
const ABOUT: &str = "about.json";
/// The photos that are shown somewhere, one on a line.
const PHOTO_LIST: &str = "photos.txt";
/// The folder of frames of operations.
const OPERATIONS: &str = "operations/";
/// The folder of photos.
const PHOTOS: &str = "photos/";
/// The endings of a frame that is packed, and of one that is not.
const PACKED: &str = ".br";
const PLAIN: &str = ".cbor";

/// The most bytes of what a backup says about itself.
const MAX_ABOUT: u64 = 64 * 1024;
/// The length of a line of the list of photos.
const PHOTO_LINE: usize = 65;
/// The most bytes of the list of photos: some 250,000.
const MAX_PHOTO_LIST: u64 = 16 * 1024 * 1024;

/// Something in a backup.
pub(super) enum Part {
    /// What it says about itself; the first.
    About(About),
    /// A file of the data folder.
    Kept(&'static KeptFile, Vec<u8>),
    /// A frame of operations, unpacked.
    Frame(Vec<u8>),
    /// The photos that are shown somewhere.
    Photos(Vec<PhotoId>),
    /// A photo, whose name fits it.
    Photo(PhotoId, Vec<u8>),
}

/// Writes the tar of a backup.
pub(super) struct Writer<W: Write> {
    tar: Builder<W>,
    frames: u64,
    /// When the backup was made, in seconds since 1970.
    made: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self { tar: Builder::new(out), frames: 0, made: 0 }
    }

    pub(super) fn about(&mut self, about: &About) -> io::Result<()> {
        self.made = about.made / 1000;
        let json = serde_json::to_vec_pretty(about)?;
        self.file(ABOUT, &json)
    }

    pub(super) fn kept(&mut self, file: &KeptFile, content: &[u8]) -> io::Result<()> {
        self.file(file.name, content)
    }

    pub(super) fn frame(&mut self, frame: &[u8]) -> io::Result<()> {
        self.frames += 1;
        let (bytes, ending) = match sync::pack(frame) {
            Some(packed) => (packed, PACKED),
            None => (frame.to_vec(), PLAIN),
        };
        self.file(&format!("{OPERATIONS}{:09}{ending}", self.frames), &bytes)
    }

    pub(super) fn photo_list(&mut self, photos: &[PhotoId]) -> io::Result<()> {
        let lines: String = photos.iter().map(|photo| format!("{photo}\n")).collect();
        self.file(PHOTO_LIST, lines.as_bytes())
    }

    pub(super) fn photo(&mut self, photo: &PhotoId, bytes: &[u8]) -> io::Result<()> {
        self.file(&photo_name(photo), bytes)
    }

    /// Writes the end; gives back what it was written to.
    pub(super) fn finish(self) -> io::Result<W> {
        self.tar.into_inner()
    }

    fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.made);
        header.set_entry_type(EntryType::Regular);
        header.set_cksum();
        self.tar.append(&header, content)
    }
}

/// Reads the tar of the backup `path`, and shows what is in it, in the order in which it is there.
///
/// # Errors
/// What `visit` says; [`BackupError::Damaged`], [`BackupError::Unexpected`], [`BackupError::TooLarge`] or
/// [`BackupError::Newer`]. What was shown before came from whoever locked the backup.
pub(super) fn read(
    path: &Path,
    inside: impl Read,
    mut visit: impl FnMut(Part) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut archive = Archive::new(inside);
    // Raw: what other programs put into a tar beside files is seen as what it is, and refused.
    for entry in archive.entries().map_err(BackupError::inside(path))?.raw(true) {
        let mut entry = entry.map_err(BackupError::inside(path))?;
        let name = entry.path_bytes().into_owned();
        if entry.header().entry_type() != EntryType::Regular {
            return Err(BackupError::unexpected(path, &name));
        }
        let known = std::str::from_utf8(&name).ok().and_then(Name::read);
        let known = known.ok_or_else(|| BackupError::unexpected(path, &name))?;
        let size = entry.size();
        if size > known.most() {
            return Err(BackupError::too_large(path, &name, size));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(BackupError::inside(path))?;
        if content.len() as u64 != size {
            return Err(BackupError::damaged(path, "it ends too early"));
        }
        visit(known.part(path, content)?)?;
    }
    // What is behind the end of the tar is read too: only then is it sure that nothing was cut off.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop).map_err(BackupError::inside(path))
}

/// The name of something in a backup.
enum Name {
    About,
    Kept(&'static KeptFile),
    Packed,
    Plain,
    PhotoList,
    Photo(PhotoId),
}

impl Name {
    fn read(name: &str) -> Option<Self> {
        if let Some(kept) = KEPT.iter().find(|kept| kept.name == name) {
            return Some(Self::Kept(kept));
        }
        if let Some(frame) = name.strip_prefix(OPERATIONS) {
            let is_number = |text: &str| text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit());
            return match (frame.strip_suffix(PACKED), frame.strip_suffix(PLAIN)) {
                (Some(number), _) if is_number(number) => Some(Self::Packed),
                (_, Some(number)) if is_number(number) => Some(Self::Plain),
                _ => None,
            };
        }
        if let Some(photo) = name.strip_prefix(PHOTOS) {
            let (shelf, rest) = photo.split_once('/')?;
            let id = PhotoId::from_hex(&format!("{shelf}{rest}"))?;
            return (photo_name(&id) == name).then_some(Self::Photo(id));
        }
        match name {
            ABOUT => Some(Self::About),
            PHOTO_LIST => Some(Self::PhotoList),
            _ => None,
        }
    }

    /// The most bytes it may have.
    fn most(&self) -> u64 {
        match self {
            Self::About => MAX_ABOUT,
            Self::Kept(_) => MAX_KEPT,
            Self::Packed | Self::Plain => MAX_FRAME as u64,
            Self::PhotoList => MAX_PHOTO_LIST,
            Self::Photo(_) => MAX_PHOTO_BYTES as u64,
        }
    }

    fn part(self, path: &Path, content: Vec<u8>) -> Result<Part, BackupError> {
        let damaged = |what| BackupError::damaged(path, what);
        Ok(match self {
            Self::About => match About::read(&content) {
                Ok(about) => Part::About(about),
                Err(Some(found)) => return Err(BackupError::Newer { path: path.to_owned(), found }),
                Err(None) => return Err(damaged("it does not say what it is")),
            },
            Self::Kept(kept) => Part::Kept(kept, content),
            Self::Packed => Part::Frame(sync::unpack(&content).map_err(|_| damaged("operations cannot be unpacked"))?),
            Self::Plain => Part::Frame(content),
            Self::PhotoList => Part::Photos(photo_list(&content).ok_or_else(|| damaged("the list of photos is none"))?),
            Self::Photo(photo) if PhotoId::of(&content) == Some(photo) => Part::Photo(photo, content),
            Self::Photo(_) => return Err(damaged("a photo is not what was written")),
        })
    }
}

fn photo_list(content: &[u8]) -> Option<Vec<PhotoId>> {
    let line = |line: &[u8]| PhotoId::from_hex(std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?);
    content.chunks(PHOTO_LINE).map(line).collect()
}

/// `photos/ab/cdef…`: where a photo lies in the archive, and in a data folder.
fn photo_name(photo: &PhotoId) -> String {
    let name = photo.to_string();
    format!("{PHOTOS}{}/{}", &name[..2], &name[2..])
}

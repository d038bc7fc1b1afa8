//! The files of photos on the disk: whole or not there.
//!
//! `photos/ab/cdef…` is a photo by its name in hexadecimal digits; `….part` what has come of it so far, its first chunks;
//! `….320` and `….1280` small pictures made of it. A file is written under another name, synced and only then given its own,
//! and so is its folder: a name without an ending stands for a whole photo, whatever happened to the power.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use dorpsplein_protocol::photo::{CHUNK_BYTES, MAX_PHOTO_BYTES, PhotoId};

use super::picture::WIDTHS;

/// The folder of the photos of one box.
#[derive(Clone, Debug)]
pub struct PhotoFolder {
    root: PathBuf,
}

/// What is in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Whole photos, and their length in bytes.
    pub whole: Vec<(PhotoId, u32)>,
    /// Photos of which only the beginning is here, and how many chunks that is.
    pub begun: Vec<(PhotoId, u32)>,
}

/// The ending of a file that is coming.
const PART: &str = "part";
/// The ending of a file that is being written.
const NEW: &str = "new";

impl PhotoFolder {
    /// The folder at this place, made if it is not there.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Looks through the folder, throwing away what a power cut left half written and what belongs to no photo.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn take_stock(&self) -> io::Result<Inventory> {
        let mut stock = Inventory::default();
        for shelf in fs::read_dir(&self.root)? {
            let shelf = shelf?.path();
            if !shelf.is_dir() {
                continue;
            }
            for file in fs::read_dir(&shelf)? {
                self.take_stock_of(&file?.path(), &mut stock)?;
            }
        }
        stock.whole.sort_unstable();
        stock.begun.sort_unstable();
        Ok(stock)
    }

    fn take_stock_of(&self, path: &Path, stock: &mut Inventory) -> io::Result<()> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let Some(photo) = photo_of(path) else { return fs::remove_file(path) };
        let length = path.metadata()?.len();
        match ending {
            None if (1..=MAX_PHOTO_BYTES as u64).contains(&length) => {
                stock.whole.push((photo, u32::try_from(length).unwrap_or_default()));
                Ok(())
            }
            Some(PART) if length >= CHUNK_BYTES as u64 && !self.path(&photo).exists() => {
                // A file that came whole and was not looked at any more: its last chunk comes again, and then it is.
                let complete =
                    length.is_multiple_of(CHUNK_BYTES as u64) && PhotoId::of(&fs::read(path)?) == Some(photo);
                let chunks = length / CHUNK_BYTES as u64 - u64::from(complete);
                stock.begun.push((photo, u32::try_from(chunks).unwrap_or_default()));
                Ok(())
            }
            Some(ending) if is_width(ending) && self.path(&photo).exists() => Ok(()),
            None | Some(_) => fs::remove_file(path),
        }
    }

    /// Writes a whole photo, durably.
    ///
    /// # Errors
    /// What the operating system says; then nothing stands under the photo's name.
    pub fn store(&self, photo: &PhotoId, bytes: &[u8]) -> io::Result<()> {
        self.write(&self.path(photo), bytes)
    }

    /// Writes a small picture of a photo, durably.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn store_small(&self, photo: &PhotoId, width: u16, bytes: &[u8]) -> io::Result<()> {
        self.write(&self.small_path(photo, width), bytes)
    }

    /// Puts a chunk behind those that are here. What stands in its place and behind is overwritten.
    ///
    /// # Errors
    /// What the operating system says, or [`io::ErrorKind::InvalidInput`] when the one before it is not here.
    pub fn append(&self, photo: &PhotoId, index: u32, data: &[u8]) -> io::Result<()> {
        let path = self.part_path(photo);
        make_parent(&path)?;
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        let at = u64::from(index) * CHUNK_BYTES as u64;
        if file.metadata()?.len() < at {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the chunk before it is not here"));
        }
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(data)
    }

    /// How many whole chunks of a photo that is coming are here.
    pub fn begun(&self, photo: &PhotoId) -> u32 {
        let length = self.part_path(photo).metadata().map(|metadata| metadata.len()).unwrap_or_default();
        u32::try_from(length / CHUNK_BYTES as u64).unwrap_or_default()
    }

    /// All that has come of a photo.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read_part(&self, photo: &PhotoId) -> io::Result<Vec<u8>> {
        fs::read(self.part_path(photo))
    }

    /// What has come of a photo is the whole of it: gives it its name, durably.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn finish(&self, photo: &PhotoId) -> io::Result<()> {
        let (part, whole) = (self.part_path(photo), self.path(photo));
        File::open(&part)?.sync_all()?;
        fs::rename(&part, &whole)?;
        sync_parent(&whole)
    }

    /// Throws away what has come of a photo.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn discard_part(&self, photo: &PhotoId) -> io::Result<()> {
        remove(&self.part_path(photo))
    }

    /// A whole photo; none when it is not here.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read(&self, photo: &PhotoId) -> io::Result<Option<Vec<u8>>> {
        read(&self.path(photo))
    }

    /// One chunk of a whole photo, and whether it is the last; none when there is no such chunk.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read_chunk(&self, photo: &PhotoId, index: u32) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut file = match File::open(self.path(photo)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let at = u64::from(index) * CHUNK_BYTES as u64;
        let length = file.metadata()?.len();
        if at >= length {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(at))?;
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        file.take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
        let last = at + chunk.len() as u64 >= length;
        Ok(Some((chunk, last)))
    }

    /// A small picture of a photo; none when there is none of this width.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read_small(&self, photo: &PhotoId, width: u16) -> io::Result<Option<Vec<u8>>> {
        read(&self.small_path(photo, width))
    }

    /// Whether a photo is here, whole.
    pub fn holds(&self, photo: &PhotoId) -> bool {
        self.path(photo).exists()
    }

    /// The widths of the small pictures of a photo that are here.
    pub fn widths(&self, photo: &PhotoId) -> Vec<u16> {
        WIDTHS.into_iter().filter(|width| self.small_path(photo, *width).exists()).collect()
    }

    /// Whether there is no small picture of a photo. There may be nothing to make one of: it may be small itself.
    pub fn lacks_small(&self, photo: &PhotoId) -> bool {
        !WIDTHS.into_iter().min().is_some_and(|width| self.small_path(photo, width).exists())
    }

    /// Throws away a photo and all that was made of it. What is not here is gone already.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove(&self, photo: &PhotoId) -> io::Result<()> {
        for width in WIDTHS {
            remove(&self.small_path(photo, width))?;
        }
        remove(&self.part_path(photo))?;
        remove(&self.path(photo))
    }

    fn path(&self, photo: &PhotoId) -> PathBuf {
        let name = photo.to_string();
        self.root.join(&name[..2]).join(&name[2..])
    }

    fn part_path(&self, photo: &PhotoId) -> PathBuf {
        self.path(photo).with_extension(PART)
    }

    fn small_path(&self, photo: &PhotoId, width: u16) -> PathBuf {
        self.path(photo).with_extension(width.to_string())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        make_parent(path)?;
        let ending = path.extension().and_then(|ending| ending.to_str()).map(|ending| format!("{ending}-{NEW}"));
        let new = path.with_extension(ending.unwrap_or_else(|| NEW.to_owned()));
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_parent(path)
    }
}

/// The photo that a file belongs to, by its name and that of its folder.
fn photo_of(path: &Path) -> Option<PhotoId> {
    let name = path.file_stem()?.to_str()?;
    let shelf = path.parent()?.file_name()?.to_str()?;
    PhotoId::from_hex(&format!("{shelf}{name}"))
}

fn is_width(ending: &str) -> bool {
    WIDTHS.iter().any(|width| width.to_string() == ending)
}

fn make_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.exists() => {
            fs::create_dir_all(parent)?;
            sync_parent(parent)
        }
        Some(_) | None => Ok(()),
    }
}

/// Makes a name durable: it stands in the folder, which is a file as well.
fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn folder() -> (tempfile::TempDir, PhotoFolder) {
        let place = tempfile::tempdir().unwrap();
        let folder = PhotoFolder::open(&place.path().join("photos")).unwrap();
        (place, folder)
    }

    fn photo(number: u8) -> PhotoId {
        PhotoId::from_bytes([number; 32])
    }

    #[test]
    fn chunks_come_one_behind_the_other_and_make_a_whole() {
        let (_place, folder) = folder();
        let (first, second) = (vec![1; CHUNK_BYTES], vec![2; 100]);
        assert!(folder.append(&photo(1), 1, &second).is_err(), "the first is not here");
        folder.append(&photo(1), 0, &first).unwrap();
        assert_eq!(folder.begun(&photo(1)), 1);
        folder.append(&photo(1), 1, &first).unwrap();
        folder.append(&photo(1), 1, &second).unwrap();
        let whole = [first.clone(), second.clone()].concat();
        assert_eq!(folder.read_part(&photo(1)).unwrap(), whole);
        assert!(!folder.holds(&photo(1)) && folder.read(&photo(1)).unwrap().is_none());
        folder.finish(&photo(1)).unwrap();
        assert_eq!(folder.read(&photo(1)).unwrap(), Some(whole));
        assert_eq!(folder.read_chunk(&photo(1), 0).unwrap(), Some((first, false)));
        assert_eq!(folder.read_chunk(&photo(1), 1).unwrap(), Some((second, true)));
        assert_eq!(folder.read_chunk(&photo(1), 2).unwrap(), None);
        assert_eq!(folder.read_chunk(&photo(2), 0).unwrap(), None);
    }

    #[test]
    fn what_a_power_cut_left_half_written_is_no_photo() {
        let (_place, folder) = folder();
        folder.store(&photo(1), b"heel").unwrap();
        folder.store_small(&photo(1), 320, b"klein").unwrap();
        folder.append(&photo(2), 0, &vec![1; CHUNK_BYTES + 5]).unwrap();
        // Whatever was being written, under every name under which it is.
        let stray =
            |photo: &PhotoId, ending: &str| fs::write(folder.path(photo).with_extension(ending), b"half").unwrap();
        make_parent(&folder.path(&photo(3))).unwrap();
        stray(&photo(1), "320-new");
        stray(&photo(1), "part");
        stray(&photo(3), "new");
        stray(&photo(3), "part");
        stray(&photo(3), "1280");
        fs::write(folder.root.join("03").join("boodschappen"), b"melk").unwrap();
        let stock = Inventory { whole: vec![(photo(1), 4)], begun: vec![(photo(2), 1)] };
        assert_eq!(folder.take_stock().unwrap(), stock);
        assert_eq!(fs::read_dir(folder.root.join("03")).unwrap().count(), 0);
        assert_eq!(folder.widths(&photo(1)), [320]);
        assert_eq!(fs::read_dir(folder.root.join("01")).unwrap().count(), 2);
        assert_eq!(folder.take_stock().unwrap(), stock, "looking changes nothing");
        let whole = vec![7; 2 * CHUNK_BYTES];
        let photo = PhotoId::of(&whole).unwrap();
        [0, 1].iter().for_each(|index| folder.append(&photo, *index, &whole[..CHUNK_BYTES]).unwrap());
        assert!(folder.take_stock().unwrap().begun.contains(&(photo, 1)), "something is left to come");
    }

    #[test]
    fn everything_of_a_photo_goes() {
        let (_place, folder) = folder();
        folder.store(&photo(1), b"heel").unwrap();
        WIDTHS.iter().for_each(|width| folder.store_small(&photo(1), *width, b"klein").unwrap());
        folder.remove(&photo(1)).unwrap();
        folder.remove(&photo(1)).unwrap();
        assert_eq!(fs::read_dir(folder.root.join("01")).unwrap().count(), 0);
        assert!(folder.widths(&photo(1)).is_empty());
    }
}

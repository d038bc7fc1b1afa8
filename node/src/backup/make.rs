//! Making a backup, also of a box that runs.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use age::stream::StreamWriter;
use dorpsplein_protocol::photo::PhotoId;
use indicatif::ProgressBar;

use super::archive;
use super::folder::{self, PhotoNames};
use super::pieces::{self, Piece};
use super::{BackupError, Lock};
use crate::data_folder::kept::{KeptFile, read_box_key, read_kept};
use crate::data_folder::{files, read_config};
use crate::disk_store::DiskStore;
use crate::photos::PhotoFolder;

/// Where what the box holds is read.
pub enum Source<'a> {
    /// At the box, which runs: what it sends.
    Running(Box<dyn Read + 'a>),
    /// In the store of a box that does not run.
    Stopped(&'a DiskStore),
}

/// Where a backup goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// One file, with everything in it.
    File(PathBuf),
    /// A folder, to which what is new is added; so many of the latest backups stay.
    Folder(PathBuf, usize),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The file of this backup.
    pub file: PathBuf,
    /// How many operations are in it.
    pub operations: u64,
    /// How many are damaged on the box's disk and are not in it.
    pub damaged_operations: u64,
    /// How many photos are in it.
    pub photos: u64,
    /// How many photos of posts are not on the box.
    pub absent_photos: u64,
    /// How many are damaged on the box's disk, and are not in it.
    pub damaged_photos: u64,
    /// How many bytes were written.
    pub bytes: u64,
}

impl Destination {
    /// A folder when `path` is one or ends in a slash, else a file.
    pub fn of(path: &Path, keep: usize) -> Self {
        let ends_in_a_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if ends_in_a_slash || path.is_dir() { Self::Folder(path.to_owned(), keep) } else { Self::File(path.to_owned()) }
    }
}

/// Makes a backup of the box whose data folder is `dir`, and whose photos are in `photos`.
///
/// # Errors
/// [`BackupError`]; then there is no new backup, and those that were there are whole.
pub fn make(
    dir: &Path,
    source: Source<'_>,
    photos: &PhotoFolder,
    destination: &Destination,
    lock: &Lock,
    bar: &ProgressBar,
) -> Result<Made, BackupError> {
    let names = PhotoNames::of(&read_box_key(dir)?);
    let (file, beside, lock) = match destination {
        Destination::File(file) => (file.clone(), None, lock.clone()),
        Destination::Folder(folder, _) => {
            (folder.join(folder::new_name()), Some(folder.as_path()), folder::lock(folder, lock)?)
        }
    };
    if file.exists() {
        return Err(BackupError::Exists(file));
    }
    let mut making =
        Making { box_folder: dir, photos, names, lock, beside, bar, made: Made::default(), shown: Vec::new() };
    let mut draft = Draft::begin(&file)?;
    making.write(&mut draft, source)?;
    draft.finish(&file)?;
    if let Destination::Folder(folder, keep) = destination {
        folder::prune(folder, &making.names, (*keep).max(1), &making.shown)?;
    }
    bar.finish_and_clear();
    Ok(Made { file, ..making.made })
}

/// A backup that is written: locked, then through a buffer to the disk.
type Writer<'a> = archive::Writer<StreamWriter<BufWriter<&'a File>>>;

struct Making<'a> {
    box_folder: &'a Path,
    photos: &'a PhotoFolder,
    names: PhotoNames,
    lock: Lock,
    /// Where photos are written by themselves; none when they go into the file.
    beside: Option<&'a Path>,
    bar: &'a ProgressBar,
    made: Made,
    shown: Vec<PhotoId>,
}

impl Making<'_> {
    fn write(&mut self, draft: &mut Draft, source: Source<'_>) -> Result<(), BackupError> {
        let path = draft.path.clone();
        let failed = BackupError::io(&path);
        let mut writer = Writer::new(self.lock.writer(&path, BufWriter::new(&draft.file))?);
        let kept = read_kept(self.box_folder)?;
        let home = read_config(self.box_folder)?.neighbourhood;
        let mut take = |piece| self.take(&mut writer, &path, &kept, piece);
        match source {
            Source::Running(mut wire) => pieces::from_wire(&mut wire, &mut take)?,
            Source::Stopped(store) => pieces::pieces(store, &home, &mut take)?,
        }
        let here = self.write_photos(&mut writer, &path)?;
        writer.photo_list(&here).map_err(&failed)?;
        let out = writer.finish().and_then(StreamWriter::finish).map_err(&failed)?;
        out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(&failed)?;
        self.made.bytes += draft.file.metadata().map_err(failed)?.len();
        Ok(())
    }

    fn take(
        &mut self,
        writer: &mut Writer<'_>,
        path: &Path,
        kept: &[(&'static KeptFile, Vec<u8>)],
        piece: Piece,
    ) -> Result<(), BackupError> {
        let failed = BackupError::io(path);
        match piece {
            Piece::About(about) => {
                self.bar.set_length(about.operations + about.photos);
                self.made.damaged_operations = about.damaged_operations;
                writer.about(&about).map_err(&failed)?;
                kept.iter().try_for_each(|(file, content)| writer.kept(file, content)).map_err(failed)
            }
            Piece::Frame(frame, operations) => {
                self.made.operations += operations;
                self.bar.inc(operations);
                writer.frame(&frame).map_err(failed)
            }
            Piece::Photos(photos) => {
                self.shown.extend(photos);
                Ok(())
            }
            Piece::End => Ok(()),
        }
    }

    /// Writes the photos that are shown somewhere; returns those that are in the backup now.
    fn write_photos(&mut self, writer: &mut Writer<'_>, path: &Path) -> Result<Vec<PhotoId>, BackupError> {
        let mut here = Vec::new();
        for photo in self.shown.clone() {
            self.bar.inc(1);
            if let Some(folder) = self.beside.filter(|folder| folder::holds(folder, &self.names, &photo)) {
                tracing::debug!(%photo, folder = %folder.display(), "is there from an earlier backup");
            } else {
                let Some(bytes) = self.read_photo(&photo) else { continue };
                match self.beside {
                    Some(folder) => {
                        self.made.bytes += folder::write_photo(folder, &self.names, &self.lock, &photo, &bytes)?;
                    }
                    None => writer.photo(&photo, &bytes).map_err(BackupError::io(path))?,
                }
            }
            here.push(photo);
        }
        self.made.photos = here.len() as u64;
        Ok(here)
    }

    /// A photo of the box; none when it is not there, or not what it was.
    fn read_photo(&mut self, photo: &PhotoId) -> Option<Vec<u8>> {
        match self.photos.read(photo) {
            Ok(Some(bytes)) if PhotoId::of(&bytes) == Some(*photo) => return Some(bytes),
            Ok(None) => self.made.absent_photos += 1,
            // One photo that cannot be read is no reason to keep nothing of the others.
            Ok(Some(_)) | Err(_) => self.made.damaged_photos += 1,
        }
        None
    }
}

/// A file that is being written beside its place; gone unless it is finished.
struct Draft {
    path: PathBuf,
    file: File,
    finished: bool,
}

impl Draft {
    fn begin(place: &Path) -> Result<Self, BackupError> {
        let mut path = place.as_os_str().to_owned();
        path.push(".unfinished");
        let path = PathBuf::from(path);
        // One that a power cut left is of no use to anybody.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(BackupError::io(&path)(error)),
            Ok(()) | Err(_) => {}
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(BackupError::io(&path))?;
        Ok(Self { path, file, finished: false })
    }

    fn finish(mut self, place: &Path) -> Result<(), BackupError> {
        // Whoever made a file of that name meanwhile keeps it.
        if place.exists() {
            return Err(BackupError::Exists(place.to_owned()));
        }
        fs::rename(&self.path, place).map_err(BackupError::io(place))?;
        self.finished = true;
        files::sync_parent(place).map_err(BackupError::io(place))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "what was begun could not be removed");
        }
    }
}

//! Bit rot: looking for it, and making good what can be made good.
//!
//! Everything that is visible follows from operations. So the store is tried by deriving it anew beside itself, out of every
//! operation that can still be read, and made good by taking what came of that in its place. What is missing then comes over
//! the ordinary ways from another box or a neighbour, as for a box that was away: nothing here asks for it by name.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dorpsplein_protocol::archive;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId};
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::store::{Read as _, Table};
use indicatif::ProgressBar;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::backup::{About, BackupError, Piece, TakingIn, from_wire};
use crate::data_folder::kept::read_box_key;
use crate::data_folder::{self, DataFolder, files};
use crate::disk_store::DiskStore;
use crate::photos::PhotoFolder;
use crate::run::{self, RunError, RunningBox};

/// Where a store is derived anew, in the data folder; gone afterwards.
const BESIDE: &str = "check";
/// The store as it was before it was made good.
const BEFORE: &str = "store.before-repair";
/// How often it is looked whether something has come.
const LOOK: Duration = Duration::from_millis(200);

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many operations can be read.
    pub operations: u64,
    /// How many cannot.
    pub lost: u64,
    /// Which ones those are, as far as the box was not running.
    pub lost_operations: Vec<OperationId>,
    /// How many photos are here and whole.
    pub photos: u64,
    /// Photos whose files are not what was written.
    pub damaged_photos: Vec<PhotoId>,
    /// Photos that are shown and not here: on their way, or given up.
    pub absent_photos: Vec<PhotoId>,
    /// How many of the tables that say what is visible are not what the operations come to.
    pub differing: usize,
}

/// What making it good came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Where the store lies as it was, if it was replaced.
    pub before: Option<PathBuf>,
    /// Operations that nobody brought.
    pub gone_operations: Vec<OperationId>,
    /// Photos that nobody brought.
    pub gone_photos: Vec<PhotoId>,
}

impl Findings {
    /// Whether nothing is wrong.
    pub const fn is_well(&self) -> bool {
        self.lost == 0 && self.damaged_photos.is_empty() && self.differing == 0
    }

    const fn store_is_well(&self) -> bool {
        self.lost == 0 && self.differing == 0
    }
}

impl Repaired {
    /// Whether nothing is missing any more.
    pub const fn is_whole(&self) -> bool {
        self.gone_operations.is_empty() && self.gone_photos.is_empty()
    }
}

/// A store that was derived anew beside the one that was looked at; gone when this is.
pub struct Beside {
    path: PathBuf,
}

/// Looks through a box that does not run. With what was found comes the store that was derived anew.
///
/// # Errors
/// [`BackupError`] when the store cannot be opened, or a new one not be written.
pub fn examine(folder: &DataFolder, bar: &ProgressBar) -> Result<(Findings, Beside), BackupError> {
    let home = folder.config().neighbourhood;
    let store = DiskStore::open(&folder.store_path())?;
    let inventory = archive::salvage(&store, &home)?;
    let mut examining = Examining::begin(folder.path(), home, bar)?;
    examining.take(Piece::About(About::new(&home, &inventory)))?;
    let mut rest = inventory.operations.as_slice();
    while !rest.is_empty() {
        let frame = archive::frame(&store, rest)?;
        rest = &rest[frame.ids..];
        examining.take(Piece::Frame(frame.bytes, frame.operations))?;
    }
    examining.take(Piece::Photos(inventory.photos))?;
    let (mut findings, beside) = examining.finish()?;
    findings.lost_operations = inventory.damaged;
    Ok((findings, beside))
}

/// Looks through a box that runs, by what it hands out.
///
/// # Errors
/// [`BackupError`]; [`BackupError::BrokenOff`] also when its store is so damaged that it cannot be read through.
pub fn examine_running(
    dir: &Path,
    home: NeighbourhoodId,
    wire: &mut impl Read,
    bar: &ProgressBar,
) -> Result<Findings, BackupError> {
    let mut examining = Examining::begin(dir, home, bar)?;
    from_wire(wire, |piece| examining.take(piece))?;
    Ok(examining.finish()?.0)
}

/// Makes good what was found: damaged photos are thrown away, and the store is replaced by the one that was derived anew. The former
/// one stays beside it.
///
/// # Errors
/// [`BackupError::Io`].
pub fn replace(folder: &DataFolder, findings: &Findings, beside: &Beside) -> Result<Repaired, BackupError> {
    let mut repaired = Repaired::default();
    let photo_path = folder.photo_path();
    let photos = PhotoFolder::open(&photo_path).map_err(BackupError::io(&photo_path))?;
    for photo in &findings.damaged_photos {
        photos.remove(photo).map_err(BackupError::io(&photo_path))?;
    }
    if !findings.store_is_well() {
        let (store, before) = (folder.store_path(), folder.path().join(BEFORE));
        remove(&before).map_err(BackupError::io(&before))?;
        // At every moment there is one store, whole: the old one or the new one.
        let new = beside.store();
        let exchanged = renameat_with(CWD, &store, CWD, &new, RenameFlags::EXCHANGE).map_err(io::Error::from);
        exchanged.and_then(|()| files::sync_parent(&store)).map_err(BackupError::io(&store))?;
        fs::rename(&new, &before).and_then(|()| files::sync_parent(&before)).map_err(BackupError::io(&before))?;
        // It follows the store, and notices by itself what changed in the rows, but not that they are others.
        let search = folder.search_path();
        remove(&search).map_err(BackupError::io(&search))?;
        repaired.before = Some(before);
    }
    Ok(repaired)
}

/// Runs the box for as long as it takes until others have brought what is missing, `patience` at most.
///
/// # Errors
/// [`RunError`] when it does not start.
pub async fn fetch(
    folder: DataFolder,
    findings: &Findings,
    repaired: &mut Repaired,
    patience: Duration,
    bar: &ProgressBar,
) -> Result<(), RunError> {
    let photo_path = folder.photo_path();
    let photos = PhotoFolder::open(&photo_path).map_err(|source| RunError::Photos { folder: photo_path, source })?;
    let running = run::start(folder).await?;
    let until = Instant::now() + patience;
    bar.set_length((findings.lost_operations.len() + findings.damaged_photos.len()) as u64);
    loop {
        repaired.gone_operations = findings.lost_operations.iter().filter(|id| !holds(&running, id)).copied().collect();
        repaired.gone_photos = findings.damaged_photos.iter().filter(|photo| !photos.holds(photo)).copied().collect();
        let gone = (repaired.gone_operations.len() + repaired.gone_photos.len()) as u64;
        bar.set_position(bar.length().unwrap_or_default().saturating_sub(gone));
        if gone == 0 || Instant::now() >= until {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    bar.finish_and_clear();
    running.shutdown().await;
    Ok(())
}

/// Whether an operation is here. What cannot be read is not.
fn holds(running: &RunningBox, id: &OperationId) -> bool {
    running.store().get(Table::Operations, id.as_bytes()).is_ok_and(|kept| kept.is_some())
}

struct Examining<'a> {
    dir: &'a Path,
    beside: Beside,
    taking_in: TakingIn,
    about: Option<About>,
    findings: Findings,
    bar: &'a ProgressBar,
}

impl<'a> Examining<'a> {
    fn begin(dir: &'a Path, home: NeighbourhoodId, bar: &'a ProgressBar) -> Result<Self, BackupError> {
        let beside = Beside { path: dir.join(BESIDE) };
        let failed = BackupError::io(&beside.path);
        remove(&beside.path).and_then(|()| fs::create_dir(&beside.path)).map_err(failed)?;
        let taking_in = TakingIn::begin(&beside.store(), home, read_box_key(dir)?.public())?;
        Ok(Self { dir, beside, taking_in, about: None, findings: Findings::default(), bar })
    }

    fn take(&mut self, piece: Piece) -> Result<(), BackupError> {
        match piece {
            Piece::About(about) => {
                self.bar.set_length(about.operations + about.photos);
                self.findings.operations = about.operations;
                self.findings.lost = about.damaged_operations;
                self.about = Some(about);
            }
            Piece::Frame(frame, _) => {
                let operations = self.taking_in.frame(self.dir, frame)?;
                self.bar.inc(operations);
            }
            Piece::Photos(photos) => self.look_at(&photos)?,
            Piece::End => {}
        }
        Ok(())
    }

    fn look_at(&mut self, shown: &[PhotoId]) -> Result<(), BackupError> {
        let path = data_folder::photos_of(self.dir);
        let photos = PhotoFolder::open(&path).map_err(BackupError::io(&path))?;
        for photo in shown {
            match photos.read(photo) {
                Ok(Some(bytes)) if PhotoId::of(&bytes) == Some(*photo) => self.findings.photos += 1,
                Ok(None) => self.findings.absent_photos.push(*photo),
                // A bad sector is bit rot too.
                Ok(Some(_)) | Err(_) => self.findings.damaged_photos.push(*photo),
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(Findings, Beside), BackupError> {
        self.bar.inc(self.taking_in.settle(self.dir)?);
        let rebuilt = self.taking_in.look()?;
        self.findings.differing = self.about.map_or(0, |about| about.differing(&rebuilt.rows));
        self.bar.finish_and_clear();
        Ok((self.findings, self.beside))
    }
}

impl Beside {
    fn store(&self) -> PathBuf {
        self.path.join("store")
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "what was derived anew could not be removed; the next check does it");
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

//! Operations on their way back in, through the one door.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dorpsplein_protocol::archive;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::replica::Imported;
use dorpsplein_protocol::store::{Batch, Store, StoreError};
use dorpsplein_protocol::sync::{Checked, CloseReason, MAX_FRAME};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::BackupError;
use crate::disk_store::DiskStore;
use crate::driver::{self, Driver};

/// Frames with operations that had to wait for others, in the folder of the store.
const AGAIN: &str = "again";

/// Frames whose signatures are checked while the ones before them are taken in: the two cost about as much, on a thread each.
/// A frame is a mebibyte at most, and some three times that when it is read.
const CHECKED_AHEAD: usize = 2;

/// A new store that operations are taken into.
pub(crate) struct TakingIn {
    home: NeighbourhoodId,
    own: PublicKey,
    runtime: Runtime,
    store: Arc<DiskStore>,
    /// None when it was stopped.
    driver: Option<Driver>,
    /// In the order in which they are taken in, because what comes first opens the way for what follows.
    ahead: VecDeque<JoinHandle<(Checked, Vec<u8>)>>,
    again: PathBuf,
    waiting: Option<BufWriter<File>>,
}

impl TakingIn {
    /// Begins a store in `folder` for the box `own` of the neighbourhood `home`.
    pub(crate) fn begin(folder: &Path, home: NeighbourhoodId, own: PublicKey) -> Result<Self, BackupError> {
        let runtime = Runtime::new().map_err(BackupError::Threads)?;
        let store = Arc::new(DiskStore::open(folder)?);
        let driver = runtime.block_on(driver::start(Arc::clone(&store), home, own, None))?;
        let again = folder.with_extension(AGAIN);
        Ok(Self { home, own, runtime, store, driver: Some(driver), ahead: VecDeque::new(), again, waiting: None })
    }

    /// Has a frame checked, and takes in those before it. Says how many operations were in what was taken in meanwhile.
    pub(crate) fn frame(&mut self, backup: &Path, frame: Vec<u8>) -> Result<u64, BackupError> {
        self.ahead.push_back(self.runtime.spawn_blocking(move || (Checked::new(&frame), frame)));
        self.take_in_until(backup, CHECKED_AHEAD)
    }

    /// Takes in what is checked, until so many frames are left of it. Says how many operations were in the others.
    fn take_in_until(&mut self, backup: &Path, left: usize) -> Result<u64, BackupError> {
        let mut operations = 0;
        while self.ahead.len() > left
            && let Some(checking) = self.ahead.pop_front()
        {
            let (checked, frame) = self.runtime.block_on(checking).map_err(|died| BackupError::Threads(died.into()))?;
            let imported = self.import(backup, checked)?;
            if has_to_wait(&imported) {
                self.keep_waiting(&frame).map_err(BackupError::io(&self.again))?;
            }
            let Imported { taken, known, waiting, elsewhere, refused, unreadable } = imported;
            operations += taken + known + waiting + elsewhere + refused + unreadable;
        }
        Ok(operations)
    }

    /// Takes in what is left, and tries again what had to wait, for as long as that brings something in. Says how many operations
    /// were in what was left.
    pub(crate) fn settle(&mut self, backup: &Path) -> Result<u64, BackupError> {
        let left = self.take_in_until(backup, 0)?;
        while let Some(waiting) = self.waiting.take() {
            let failed = BackupError::io(&self.again);
            waiting.into_inner().map_err(|error| failed(error.into_error()))?;
            let round = self.again.with_extension("round");
            fs::rename(&self.again, &round).map_err(&failed)?;
            let mut frames = BufReader::new(File::open(&round).map_err(&failed)?);
            let mut taken = 0;
            while let Some(frame) = next_frame(&mut frames).map_err(&failed)? {
                let imported = self.import(backup, Checked::new(&frame))?;
                taken += imported.taken;
                if has_to_wait(&imported) {
                    self.keep_waiting(&frame).map_err(&failed)?;
                }
            }
            fs::remove_file(&round).map_err(&failed)?;
            if taken == 0 {
                break;
            }
        }
        if self.waiting.take().is_some() {
            fs::remove_file(&self.again).map_err(BackupError::io(&self.again))?;
        }
        Ok(left)
    }

    /// Closes the store, opens it again as a box does that starts, and says what is in it: operations, and what its rows come to.
    pub(crate) fn look(mut self) -> Result<archive::Inventory, BackupError> {
        self.stop();
        let (store, home, own) = (Arc::clone(&self.store), self.home, self.own);
        self.driver = Some(self.runtime.block_on(driver::start(store, home, own, None))?);
        self.stop();
        Ok(self.store.at_one_moment(|moment| archive::inventory(moment, &home))?)
    }

    fn import(&self, backup: &Path, frame: Checked) -> Result<Imported, BackupError> {
        let Some(driver) = &self.driver else { return Ok(Imported::default()) };
        self.runtime.block_on(driver.handle().import_checked(frame)).map_err(|reason| match reason {
            // Whether there is room is what the store can say.
            CloseReason::Storage => self.no_room(),
            _ => BackupError::damaged(backup, "what should be operations is none"),
        })
    }

    fn no_room(&self) -> BackupError {
        let refused = StoreError::Unavailable(Box::new(io::Error::other("it cannot be written")));
        let tried = self.store.commit(&Batch::default());
        BackupError::Store(tried.err().unwrap_or(refused))
    }

    fn keep_waiting(&mut self, frame: &[u8]) -> io::Result<()> {
        let waiting = match &mut self.waiting {
            Some(waiting) => waiting,
            None => self.waiting.insert(BufWriter::new(File::create(&self.again)?)),
        };
        let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
        waiting.write_all(&length.to_be_bytes()).and_then(|()| waiting.write_all(frame))
    }

    fn stop(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.runtime.block_on(driver.stop());
        }
    }
}

impl Drop for TakingIn {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether something in a frame may be taken in later. What a register refuses it may admit when more of it is there.
const fn has_to_wait(imported: &Imported) -> bool {
    imported.waiting + imported.elsewhere + imported.refused > 0
}

/// The next frame of those that waited; none at the end.
fn next_frame(frames: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match frames.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_FRAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut frame = vec![0; length];
    frames.read_exact(&mut frame)?;
    Ok(Some(frame))
}

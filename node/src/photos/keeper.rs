//! The keeper: a thread that reads and writes the files of photos, in the order in which it is asked, and tells the driver what
//! came of it. A slow disk keeps a photo waiting, and nothing else.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};

use dorpsplein_protocol::photo::{ChunkHashes, PhotoId, inspect};
use dorpsplein_protocol::replica::{PhotoEffect, PhotoInput, PhotoQuota, ReadChunk, SessionId};
use thiserror::Error;
use tokio::sync::oneshot;

use super::folder::PhotoFolder;
use super::picture::{self, PictureError, WIDTHS};
use crate::driver::DriverHandle;

/// The way to the keeper. Clones lead to the same one; it ends when the last is gone.
#[derive(Clone, Debug)]
pub struct KeeperHandle {
    orders: Sender<Order>,
}

/// Why a photo that was handed in is not kept.
#[derive(Debug, Error)]
pub enum KeepError {
    /// It cannot be unpacked.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The disk refused.
    #[error("the disk could not be used: {0}")]
    Disk(#[from] io::Error),
    /// The box is stopping.
    #[error("the box is stopping")]
    Stopping,
}

enum Order {
    Stop,
    /// Say what is here.
    TakeStock,
    Carry(PhotoEffect),
    Store {
        photo: PhotoId,
        bytes: Vec<u8>,
        reply: oneshot::Sender<Result<(), KeepError>>,
    },
}

/// A running keeper: what pages need of it, and the thread to wait for.
#[derive(Debug)]
pub struct Keeper {
    photos: Photos,
    thread: JoinHandle<()>,
}

/// The photos of a box, for its site: to read, and to hand in.
#[derive(Clone, Debug)]
pub struct Photos {
    /// The files.
    pub folder: PhotoFolder,
    /// The way to whoever writes them.
    pub keeper: KeeperHandle,
}

/// Starts the keeper of the photos in the folder `root`, and lets the driver know that there is one.
///
/// # Errors
/// When the folder cannot be made, or the machine gives no thread.
pub async fn start(root: &Path, quota: PhotoQuota, driver: DriverHandle) -> io::Result<Keeper> {
    let folder = PhotoFolder::open(root)?;
    let (orders, inbox) = channel();
    let photos = Photos { folder: folder.clone(), keeper: KeeperHandle { orders } };
    let at_work = AtWork { folder, quota, driver: driver.clone(), bare: Vec::new() };
    let thread = thread::Builder::new().name("photos".to_owned()).spawn(move || at_work.run(&inbox))?;
    driver.keep_photos(photos.keeper.clone()).await;
    Ok(Keeper { photos, thread })
}

impl Keeper {
    /// What pages need of it.
    pub fn photos(&self) -> Photos {
        self.photos.clone()
    }

    /// Finishes what was taken up, and returns when the folder is let go of.
    pub async fn stop(self) {
        self.photos.keeper.order(Order::Stop);
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the keeper of the photos ended in a panic");
        }
    }
}

impl KeeperHandle {
    /// Keeps a photo that the replica has room for. When this returns it is on the disk, and a form may refer to it.
    ///
    /// # Errors
    /// [`KeepError`]; then nothing is kept.
    pub async fn store(&self, photo: PhotoId, bytes: Vec<u8>) -> Result<(), KeepError> {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Store { photo, bytes, reply });
        answer.await.map_err(|_| KeepError::Stopping)?
    }

    /// Does what the replica wants done.
    pub fn carry_out(&self, effect: PhotoEffect) {
        self.order(Order::Carry(effect));
    }

    /// Looks what is here, and tells the replica.
    pub fn take_stock(&self) {
        self.order(Order::TakeStock);
    }

    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("nobody keeps the photos any more");
        }
    }
}

struct AtWork {
    folder: PhotoFolder,
    quota: PhotoQuota,
    driver: DriverHandle,
    /// Photos without small pictures, as after a restore: these are made while there is nothing else to do.
    bare: Vec<PhotoId>,
}

impl AtWork {
    fn run(mut self, inbox: &Receiver<Order>) {
        while let Some(order) = self.next(inbox) {
            let goes_on = match order {
                Order::Stop => false,
                Order::TakeStock => self.take_stock(),
                Order::Carry(effect) => self.carry_out(effect),
                Order::Store { photo, bytes, reply } => {
                    let stored = self.store(photo, &bytes);
                    let told = match &stored {
                        Ok(length) => self.tell(PhotoInput::Stored { photo, length: *length }),
                        Err(_) => self.tell(PhotoInput::Failed { photo, chunks: 0 }),
                    };
                    // Who handed it in may have gone away; the photo waits for its item all the same.
                    let _ = reply.send(stored.map(drop));
                    told
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// The next order; none when nobody gives one any more.
    fn next(&mut self, inbox: &Receiver<Order>) -> Option<Order> {
        loop {
            if self.bare.is_empty() {
                return inbox.recv().ok();
            }
            match inbox.try_recv() {
                Ok(order) => return Some(order),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => self.bare.pop().iter().for_each(|photo| self.make_small(photo)),
            }
        }
    }

    fn make_small(&self, photo: &PhotoId) {
        let made = self.folder.read(photo).map_err(KeepError::Disk).and_then(|bytes| match bytes {
            Some(bytes) if inspect(&bytes).is_ok_and(|facts| WIDTHS.iter().any(|width| *width < facts.width)) => {
                // The narrowest comes last: when it is there, all are.
                let mut small = picture::thumbnails(&bytes)?;
                small.reverse();
                Ok(self.store_small(photo, &small)?)
            }
            _ => Ok(()),
        });
        if let Err(error) = made {
            tracing::warn!(%error, %photo, "there are no small pictures of a photo; pages show it as it is");
        }
    }

    fn take_stock(&mut self) -> bool {
        match self.folder.take_stock() {
            Ok(stock) => {
                let whole = stock.whole.iter().map(|(photo, _)| *photo);
                self.bare = whole.filter(|photo| self.folder.lacks_small(photo)).collect();
                self.tell(PhotoInput::Shelf { quota: self.quota, whole: stock.whole, begun: stock.begun })
            }
            Err(error) => {
                tracing::error!(%error, "the folder of photos cannot be read; this box shows and fetches none");
                true
            }
        }
    }

    fn carry_out(&self, effect: PhotoEffect) -> bool {
        match effect {
            // Answered by the driver.
            PhotoEffect::Answer { .. } => true,
            PhotoEffect::Keep { photo, index, data, last } => match self.folder.append(&photo, index, &data) {
                Ok(()) if last => self.finish(photo),
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(%error, %photo, "a photo could not be written");
                    self.tell(PhotoInput::Failed { photo, chunks: self.folder.begun(&photo).min(index) })
                }
            },
            PhotoEffect::Read { session, photo, from, count, list } => self.read(session, photo, from, count, list),
            PhotoEffect::Drop { photos } => {
                for photo in photos {
                    if let Err(error) = self.folder.remove(&photo) {
                        tracing::error!(%error, %photo, "a photo could not be thrown away; it is tried again at the next start");
                    }
                }
                true
            }
        }
    }

    /// A photo from another box is whole: keeps it if it is one.
    fn finish(&self, photo: PhotoId) -> bool {
        let bytes = match self.folder.read_part(&photo) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(%error, %photo, "a photo could not be read");
                return self.tell(PhotoInput::Failed { photo, chunks: 0 });
            }
        };
        if PhotoId::of(&bytes) != Some(photo) {
            // Chunks were checked as they came; what a power cut left of earlier ones was not.
            tracing::warn!(%photo, "a photo is fetched anew: what was here of it was damaged");
            let discarded = self.folder.discard_part(&photo);
            return discarded.is_ok() && self.tell(PhotoInput::Failed { photo, chunks: 0 });
        }
        let small = inspect(&bytes).map_err(|error| error.to_string());
        let small = small.and_then(|_| picture::thumbnails(&bytes).map_err(|error| error.to_string()));
        match small {
            Err(reason) => {
                tracing::warn!(%photo, %reason, "what another box sent is no photo");
                if let Err(error) = self.folder.discard_part(&photo) {
                    tracing::error!(%error, %photo, "it could not be thrown away");
                }
                self.tell(PhotoInput::Refused { photo })
            }
            Ok(small) => match self.store_small(&photo, &small).and_then(|()| self.folder.finish(&photo)) {
                Ok(()) => self.tell(PhotoInput::Stored { photo, length: length(&bytes) }),
                Err(error) => {
                    tracing::error!(%error, %photo, "a photo could not be written");
                    self.tell(PhotoInput::Failed { photo, chunks: 0 })
                }
            },
        }
    }

    /// A photo that was handed in; what it is was looked at before.
    fn store(&self, photo: PhotoId, bytes: &[u8]) -> Result<u32, KeepError> {
        let small = picture::thumbnails(bytes)?;
        self.store_small(&photo, &small)?;
        self.folder.store(&photo, bytes)?;
        Ok(length(bytes))
    }

    fn store_small(&self, photo: &PhotoId, small: &[(u16, Vec<u8>)]) -> io::Result<()> {
        small.iter().try_for_each(|(width, bytes)| self.folder.store_small(photo, *width, bytes))
    }

    fn read(&self, session: SessionId, photo: PhotoId, from: u32, count: u32, list: bool) -> bool {
        for index in from..from.saturating_add(count) {
            let chunk = self.chunk(&photo, index, list && index == from, index + 1 == from.saturating_add(count));
            let chunk = chunk.unwrap_or_else(|error| {
                tracing::error!(%error, %photo, "a photo could not be read");
                None
            });
            let more = chunk.as_ref().is_some_and(|chunk| chunk.more);
            if !self.tell(PhotoInput::Read { session, photo, chunk }) {
                return false;
            }
            if !more {
                break;
            }
        }
        true
    }

    fn chunk(&self, photo: &PhotoId, index: u32, list: bool, last_asked: bool) -> io::Result<Option<ReadChunk>> {
        let Some((data, last)) = self.folder.read_chunk(photo, index)? else { return Ok(None) };
        let whole = if list { self.folder.read(photo)? } else { None };
        let list = whole.and_then(|whole| ChunkHashes::of(&whole)).map(|hashes| hashes.bytes()).unwrap_or_default();
        Ok(Some(ReadChunk { index, list, data, more: !last && !last_asked }))
    }

    /// Tells the driver; says whether there still is one.
    fn tell(&self, input: PhotoInput) -> bool {
        self.driver.tell_photo(input)
    }
}

/// A photo has at most 8 MiB.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

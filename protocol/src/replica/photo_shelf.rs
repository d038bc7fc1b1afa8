//! Which photos' files a box is to hold: those that rows refer to, as far as somebody's room goes. The files themselves are
//! the shell's.

mod tally;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use tally::{Tally, put};

use crate::codec::{self, CodecError};
use crate::operation::{ItemId, NeighbourhoodId, ResidentId};
use crate::photo::{CHUNK_BYTES, PhotoId};
use crate::projection::{Author, ItemRow};
use crate::time::Timestamp;

/// How long a file that was handed in waits for an item that refers to it, in milliseconds: an hour.
pub(super) const OFFER_MS: u64 = 3_600_000;
/// The most files that wait so, of all residents together.
pub(super) const MAX_OFFERS: usize = 256;
/// How many whole files from other boxes the shell may be looking at before the next one is asked for. A line brings photos
/// faster than a small machine unpacks them, and what has come and is not looked at waits in memory.
const MAX_ARRIVING: usize = 2;

/// How many bytes of photos a box keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoQuota {
    /// Of one resident of its own neighbourhood.
    pub resident: u64,
    /// Of everybody of one other neighbourhood.
    pub neighbour: u64,
}

/// What a box holds of photos, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhotoCounts {
    /// Photos that are here.
    pub held: usize,
    /// Their bytes, without what the shell makes of them.
    pub held_bytes: u64,
    /// Photos that are to come, those that are being looked at not counted.
    pub wanted: usize,
    /// The bytes that are still to come of them, as far as those who refer to them say so.
    pub wanted_bytes: u64,
    /// Photos that do not come, because whoever published them has no room left here.
    pub over_quota: usize,
}

/// In whose room a photo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Resident(ResidentId),
    Neighbour(NeighbourhoodId),
}

/// That an item refers to a photo: who made it, and how large it says the file is. The value in the table of photos.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Claim {
    #[n(0)]
    author: Author,
    #[n(1)]
    length: u32,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    /// Its first chunks are here.
    Wanted(u32),
    /// All chunks are here, and the shell is looking at it.
    Arriving,
    /// It is here, and so long.
    Held(u32),
    /// It came, and it is no photo.
    Refused,
    /// Nobody who refers to it has room for it.
    OverQuota,
}

struct Referred {
    items: BTreeMap<ItemId, Claim>,
    file: File,
    /// Whose room it takes, and how much of it.
    charged: Option<(Owner, u64)>,
}

/// A file that was handed in before the item that refers to it.
struct Offer {
    by: ResidentId,
    length: u32,
    stored: bool,
    until: Timestamp,
}

/// The shelf.
pub(super) struct Shelf {
    home: NeighbourhoodId,
    /// None as long as the shell has not said that it keeps files: then none are asked for.
    quota: Option<PhotoQuota>,
    referred: BTreeMap<PhotoId, Referred>,
    offers: BTreeMap<PhotoId, Offer>,
    used: BTreeMap<Owner, u64>,
    /// What is to be fetched, and how many bytes of it are still to come.
    wanted: Tally,
    /// What is here, and how many bytes it has.
    held: Tally,
    /// What came whole and is being looked at.
    arriving: BTreeSet<PhotoId>,
    /// Counts the times at which looking for something to fetch may have become worth it.
    stirred: u64,
    over_quota: BTreeSet<PhotoId>,
    /// Files to be thrown away when this input is done with.
    dropped: BTreeSet<PhotoId>,
}

impl Claim {
    pub(super) fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        minicbor::decode(bytes).map_err(|_| CodecError::Malformed)
    }

    /// What a row refers to.
    pub(super) fn of_row(row: Option<&ItemRow>) -> BTreeMap<PhotoId, Self> {
        let photos = row.into_iter().flat_map(|row| row.content.photos.iter().map(move |at| (row.author, &at.photo)));
        photos.map(|(author, photo)| (photo.id, Self { author, length: photo.length })).collect()
    }
}

impl Referred {
    /// How many bytes the file has, as far as those say who refer to it.
    fn claimed(&self) -> u32 {
        self.items.values().map(|claim| claim.length).max().unwrap_or_default()
    }
}

impl Shelf {
    pub(super) fn new(home: NeighbourhoodId) -> Self {
        Self {
            home,
            quota: None,
            referred: BTreeMap::new(),
            offers: BTreeMap::new(),
            used: BTreeMap::new(),
            wanted: Tally::default(),
            held: Tally::default(),
            arriving: BTreeSet::new(),
            stirred: 0,
            over_quota: BTreeSet::new(),
            dropped: BTreeSet::new(),
        }
    }

    /// The shell keeps files, and has these: the whole ones with their length, the others with the number of chunks that are
    /// here.
    pub(super) fn put_up(&mut self, quota: PhotoQuota, whole: &[(PhotoId, u32)], begun: &[(PhotoId, u32)]) {
        self.quota = Some(quota);
        self.offers.clear();
        self.used.clear();
        for referred in self.referred.values_mut() {
            (referred.file, referred.charged) = (File::Wanted(0), None);
        }
        let held = whole.iter().map(|(photo, length)| (photo, File::Held(*length)));
        for (photo, file) in held.chain(begun.iter().map(|(photo, chunks)| (photo, File::Wanted(*chunks)))) {
            match self.referred.get_mut(photo) {
                Some(referred) => referred.file = file,
                None => drop(self.dropped.insert(*photo)),
            }
        }
        // What is here has its room before what is to come.
        let (here, coming): (Vec<PhotoId>, Vec<PhotoId>) =
            self.referred.keys().partition(|photo| self.file(photo).is_some_and(|file| matches!(file, File::Held(_))));
        here.iter().for_each(|photo| self.keep(photo));
        coming.iter().for_each(|photo| self.weigh(photo));
    }

    /// Whether the shell keeps files.
    pub(super) const fn is_up(&self) -> bool {
        self.quota.is_some()
    }

    /// An item refers to a photo.
    pub(super) fn refer(&mut self, photo: PhotoId, item: ItemId, claim: Claim) {
        let offer = self.offers.remove(&photo);
        let file = offer.filter(|offer| offer.stored).map_or(File::Wanted(0), |offer| File::Held(offer.length));
        let new = || Referred { items: BTreeMap::new(), file, charged: None };
        self.referred.entry(photo).or_insert_with(new).items.insert(item, claim);
        self.dropped.remove(&photo);
        self.weigh(&photo);
    }

    /// An item refers to a photo no longer. Its file goes with the last reference.
    pub(super) fn let_go(&mut self, photo: &PhotoId, item: &ItemId) {
        let Some(referred) = self.referred.get_mut(photo) else { return };
        referred.items.remove(item);
        if !referred.items.is_empty() {
            return self.weigh(photo);
        }
        self.uncharge(photo);
        self.referred.remove(photo);
        self.wanted.set(photo, None);
        self.held.set(photo, None);
        self.arriving.remove(photo);
        self.over_quota.remove(photo);
        self.dropped.insert(*photo);
        self.make_use_of_room();
    }

    /// The items that refer to a photo.
    pub(super) fn items(&self, photo: &PhotoId) -> Vec<ItemId> {
        self.referred.get(photo).map(|referred| referred.items.keys().copied().collect()).unwrap_or_default()
    }

    /// Which photo which item refers to, all of them.
    pub(super) fn references(&self) -> Vec<(PhotoId, ItemId)> {
        let items = |(photo, referred): (&PhotoId, &Referred)| -> Vec<(PhotoId, ItemId)> {
            referred.items.keys().map(|item| (*photo, *item)).collect()
        };
        self.referred.iter().flat_map(items).collect()
    }

    /// Whether a photo is here, whole.
    pub(super) fn holds(&self, photo: &PhotoId) -> bool {
        matches!(self.file(photo), Some(File::Held(_)))
    }

    /// The length of a photo that a form may refer to.
    pub(super) fn ready(&self, photo: &PhotoId) -> Option<u32> {
        match (self.file(photo), self.offers.get(photo)) {
            (Some(File::Held(length)), _) => Some(length),
            (_, Some(offer)) if offer.stored => Some(offer.length),
            _ => None,
        }
    }

    /// What is to be fetched.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &PhotoId> {
        self.wanted.photos()
    }

    /// Whether another photo may be asked for: something is to be fetched, and the shell keeps up with what came.
    pub(super) fn may_ask(&self) -> bool {
        self.wanted.count() > 0 && self.arriving.len() < MAX_ARRIVING
    }

    /// Something changed that makes looking for a photo to fetch worth it again.
    pub(super) const fn stir(&mut self) {
        self.stirred += 1;
    }

    /// How often that happened.
    pub(super) const fn stirred(&self) -> u64 {
        self.stirred
    }

    /// How many chunks of a photo that is to be fetched are here; none when it is not wanted.
    pub(super) fn have(&self, photo: &PhotoId) -> Option<u32> {
        match self.file(photo) {
            Some(File::Wanted(chunks)) => Some(chunks),
            _ => None,
        }
    }

    /// A chunk is on its way to the disk, the last one or not.
    pub(super) fn kept(&mut self, photo: &PhotoId, chunks: u32, last: bool) {
        self.set(photo, if last { File::Arriving } else { File::Wanted(chunks) });
    }

    /// A file is on the shelf.
    pub(super) fn stored(&mut self, photo: &PhotoId, length: u32) {
        if let Some(offer) = self.offers.get_mut(photo) {
            offer.stored = true;
        }
        if self.referred.contains_key(photo) {
            self.set(photo, File::Held(length));
            self.weigh(photo);
        } else if !self.offers.contains_key(photo) {
            // Whoever referred to it was faster in letting it go.
            self.dropped.insert(*photo);
        }
    }

    /// A file came that is no photo: it is not asked for again before the box starts anew.
    pub(super) fn refused(&mut self, photo: &PhotoId) {
        self.offers.remove(photo);
        self.uncharge(photo);
        self.set(photo, File::Refused);
        self.make_use_of_room();
    }

    /// A file could not be written further than this many chunks.
    pub(super) fn failed(&mut self, photo: &PhotoId, chunks: u32) {
        self.offers.remove(photo);
        if matches!(self.file(photo), Some(File::Wanted(_) | File::Arriving)) {
            self.set(photo, File::Wanted(chunks));
        }
    }

    /// A resident wants to hand in a file. Says whether there is room for it.
    pub(super) fn offer(&mut self, photo: PhotoId, length: u32, by: ResidentId, now: Timestamp) -> bool {
        let Some(quota) = self.quota else { return false };
        if self.holds(&photo) {
            return true;
        }
        let others = self.offers.iter().filter(|(other, offer)| **other != photo && offer.by == by);
        let waiting: u64 = others.map(|(_, offer)| u64::from(offer.length)).sum();
        let used = self.used.get(&Owner::Resident(by)).copied().unwrap_or_default();
        let fits = used + waiting + u64::from(length) <= quota.resident;
        let known = self.offers.contains_key(&photo);
        if fits && (known || self.offers.len() < MAX_OFFERS) {
            let stored = self.offers.get(&photo).is_some_and(|offer| offer.stored);
            self.offers.insert(photo, Offer { by, length, stored, until: now.plus_millis(OFFER_MS) });
            return true;
        }
        false
    }

    /// Throws away what was handed in and never referred to.
    pub(super) fn expire(&mut self, now: Timestamp) {
        // A clock that was set back does not keep anything longer than that.
        let over = |offer: &Offer| offer.until <= now || offer.until > now.plus_millis(OFFER_MS);
        let expired: Vec<PhotoId> =
            self.offers.iter().filter(|(_, offer)| over(offer)).map(|(photo, _)| *photo).collect();
        for photo in expired {
            self.offers.remove(&photo);
            if !self.referred.contains_key(&photo) {
                self.dropped.insert(photo);
            }
        }
    }

    /// The files to be thrown away.
    pub(super) fn take_dropped(&mut self) -> Vec<PhotoId> {
        let dropped = std::mem::take(&mut self.dropped);
        if self.is_up() { dropped.into_iter().collect() } else { Vec::new() }
    }

    /// How many photos there are, and how far.
    pub(super) fn counts(&self) -> PhotoCounts {
        PhotoCounts {
            held: self.held.count(),
            held_bytes: self.held.bytes(),
            wanted: self.wanted.count(),
            wanted_bytes: self.wanted.bytes(),
            over_quota: self.over_quota.len(),
        }
    }

    fn file(&self, photo: &PhotoId) -> Option<File> {
        self.referred.get(photo).map(|referred| referred.file)
    }

    fn set(&mut self, photo: &PhotoId, file: File) {
        let Some(referred) = self.referred.get_mut(photo) else { return };
        referred.file = file;
        let to_come =
            |chunks: u32| u64::from(referred.claimed()).saturating_sub(u64::from(chunks) * CHUNK_BYTES as u64);
        let (wanted, held) = match file {
            File::Wanted(chunks) if self.quota.is_some() => (Some(to_come(chunks)), None),
            File::Held(length) => (None, Some(u64::from(length))),
            File::Wanted(_) | File::Arriving | File::Refused | File::OverQuota => (None, None),
        };
        if self.wanted.set(photo, wanted) {
            self.stir();
        }
        self.held.set(photo, held);
        put(&mut self.arriving, photo, file == File::Arriving);
        put(&mut self.over_quota, photo, file == File::OverQuota);
    }

    /// A file is here since before: it takes its room, and stays where somebody made the room smaller.
    fn keep(&mut self, photo: &PhotoId) {
        let referred = self.referred.get(photo);
        let first = referred.and_then(|referred| referred.items.values().map(|claim| self.owner(&claim.author)).min());
        if let (Some(owner), Some(referred)) = (first, self.referred.get_mut(photo)) {
            referred.charged = Some((owner, 0));
        }
        self.weigh(photo);
    }

    /// Finds room for a photo with one of those who refer to it; a file for which there is none goes. One that is here stays
    /// with whose room it took, as long as they refer to it.
    fn weigh(&mut self, photo: &PhotoId) {
        let before = self.uncharge(photo);
        let (Some(quota), Some(referred)) = (self.quota, self.referred.get(photo)) else { return };
        let size = match referred.file {
            File::Held(length) => u64::from(length),
            File::Wanted(_) | File::Arriving | File::OverQuota => u64::from(referred.claimed()),
            File::Refused => return,
        };
        let is_held = matches!(referred.file, File::Held(_));
        let has_room = |owner: &Owner| {
            if is_held && before == Some(*owner) {
                return true;
            }
            let most = match owner {
                Owner::Resident(_) => quota.resident,
                Owner::Neighbour(_) => quota.neighbour,
            };
            self.used.get(owner).copied().unwrap_or_default() + size <= most
        };
        let owners: BTreeSet<Owner> = referred.items.values().map(|claim| self.owner(&claim.author)).collect();
        match (owners.into_iter().find(has_room), referred.file) {
            (Some(owner), file) => {
                *self.used.entry(owner).or_default() += size;
                if let Some(referred) = self.referred.get_mut(photo) {
                    referred.charged = Some((owner, size));
                }
                self.set(photo, if file == File::OverQuota { File::Wanted(0) } else { file });
            }
            (None, File::OverQuota) => {}
            (None, _) => {
                self.dropped.insert(*photo);
                self.set(photo, File::OverQuota);
            }
        }
    }

    /// Gives back the room that a photo takes, and says whose it was.
    fn uncharge(&mut self, photo: &PhotoId) -> Option<Owner> {
        let (owner, size) = self.referred.get_mut(photo)?.charged.take()?;
        if let Some(used) = self.used.get_mut(&owner) {
            *used = used.saturating_sub(size);
        }
        Some(owner)
    }

    /// Room was made: what there was none for may come now.
    fn make_use_of_room(&mut self) {
        for photo in self.over_quota.clone() {
            self.weigh(&photo);
        }
    }

    fn owner(&self, author: &Author) -> Owner {
        if author.home == self.home { Owner::Resident(author.resident) } else { Owner::Neighbour(author.home) }
    }
}

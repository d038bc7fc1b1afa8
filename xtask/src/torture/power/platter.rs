//! What a power cut leaves of a disk: what was synced is there, and of what was not as much or as little as chance will have.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use rand::RngExt;
use rand::rngs::StdRng;

use super::volume::{Event, Ino, ROOT, put};

/// The bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;
/// What of a file is written out as a piece, or left as a hole.
const PIECE: usize = 4096;

/// The disk as its maker would find it.
#[derive(Default)]
pub(super) struct Platter {
    files: BTreeMap<Ino, File>,
    folders: BTreeMap<Ino, Folder>,
    ignores_syncs: bool,
    /// How many changes of names there were.
    changes: u64,
}

#[derive(Default)]
struct File {
    mode: u32,
    /// What is kept whatever happens.
    firm: Vec<u8>,
    /// What may be kept: written at a place, or a length.
    loose: Vec<Change>,
}

#[derive(Default)]
struct Folder {
    firm: BTreeMap<OsString, Ino>,
    /// What may be kept, each with its number among all changes of names.
    loose: Vec<(u64, Event)>,
}

enum Change {
    Written(usize, Vec<u8>),
    Resized(usize),
}

impl Platter {
    /// A disk with nothing on it; with `ignores_syncs` one that keeps nothing because it is asked to.
    pub(super) fn new(ignores_syncs: bool) -> Self {
        Self { ignores_syncs, ..Self::default() }
    }

    /// Something happens.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::Made { ino, folder: true, .. } => drop(self.folders.insert(*ino, Folder::default())),
            Event::Made { ino, mode, .. } => drop(self.files.insert(*ino, File { mode: *mode, ..File::default() })),
            Event::Written { ino, offset, bytes } => self.changed(*ino, Change::Written(*offset, bytes.clone())),
            Event::Resized { ino, length } => self.changed(*ino, Change::Resized(*length)),
            Event::Named { folder, .. } | Event::Unnamed { folder, .. } | Event::Renamed { folder, .. } => {
                self.change_names(*folder, event);
            }
            Event::Exchanged { folders: [one, other], .. } => {
                self.change_names(*one, event);
                if one != other {
                    self.changes -= 1;
                    self.change_names(*other, event);
                }
            }
            Event::Synced { .. } if self.ignores_syncs => {}
            Event::Synced { ino } => self.keep(*ino),
        }
    }

    /// Everything stays as it is from now on: the machine has been on for a while.
    pub(super) fn settle(&mut self) {
        let all: Vec<Ino> = self.files.keys().chain(self.folders.keys()).copied().collect();
        all.into_iter().for_each(|ino| self.keep(ino));
    }

    /// The power goes. Writes what is left into a folder that is empty.
    pub(super) fn cut(&self, into: &Path, chance: &mut StdRng) -> Result<()> {
        let loose = || self.folders.values().flat_map(|folder| &folder.loose);
        // An exchange in two folders is kept in both or in neither: then all changes of names are, up to some moment, as a file
        // system with a journal has it. Otherwise each folder may be further than the others.
        let mut until = None;
        if loose().any(|(_, event)| matches!(event, Event::Exchanged { .. })) {
            let moments: Vec<u64> = loose().map(|(number, _)| *number).chain([0]).collect();
            until = Some(moments[chance.random_range(0..moments.len())]);
        }
        self.leave(ROOT, into, until, chance)
    }

    fn change_names(&mut self, folder: Ino, event: &Event) {
        self.changes += 1;
        self.folders.entry(folder).or_default().loose.push((self.changes, event.clone()));
    }

    fn changed(&mut self, ino: Ino, change: Change) {
        self.files.entry(ino).or_default().loose.push(change);
    }

    fn keep(&mut self, ino: Ino) {
        if let Some(file) = self.files.get_mut(&ino) {
            let File { firm, loose, .. } = file;
            loose.drain(..).for_each(|change| change.on(firm));
        }
        self.keep_names(ino, u64::MAX);
    }

    /// Keeps what changed in a folder up to some change; where that exchanged something with another folder, there too.
    fn keep_names(&mut self, ino: Ino, until: u64) {
        let Some(Folder { firm, loose }) = self.folders.get_mut(&ino) else { return };
        let mut elsewhere = Vec::new();
        for (number, event) in loose.extract_if(.., |(number, _)| *number <= until) {
            rename(ino, firm, &event);
            if let Event::Exchanged { folders, .. } = event {
                elsewhere.extend(folders.into_iter().filter(|other| *other != ino).map(|other| (other, number)));
            }
        }
        elsewhere.into_iter().for_each(|(other, number)| self.keep_names(other, number));
    }

    fn leave(&self, folder: Ino, at: &Path, until: Option<u64>, chance: &mut StdRng) -> Result<()> {
        fs::create_dir_all(at).with_context(|| format!("cannot make {}", at.display()))?;
        let Some(Folder { firm, loose }) = self.folders.get(&folder) else { return Ok(()) };
        // Names reach a disk in the order in which they were given.
        let mut names = firm.clone();
        let kept = match until {
            Some(until) => loose.iter().filter(|(number, _)| *number <= until).count(),
            None => chance.random_range(0..=loose.len()),
        };
        loose[..kept].iter().for_each(|(_, event)| rename(folder, &mut names, event));
        for (name, ino) in &names {
            let path = at.join(name);
            if self.folders.contains_key(ino) {
                self.leave(*ino, &path, until, chance)?;
            } else if let Some(file) = self.files.get(ino) {
                write_out(&path, file.mode, &file.after_a_cut(chance))
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(())
    }
}

impl Change {
    fn on(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Written(offset, written) => put(bytes, offset, &written),
            Self::Resized(length) => bytes.resize(length, 0),
        }
    }
}

impl File {
    /// What was synced, and any mixture of the sectors that were written since.
    fn after_a_cut(&self, chance: &mut StdRng) -> Vec<u8> {
        let mut bytes = self.firm.clone();
        // Nothing, everything, or about half: each shows other mistakes.
        let odds = [0.0, 0.5, 0.9, 1.0][chance.random_range(0..4)];
        for change in &self.loose {
            match change {
                Change::Resized(length) if chance.random_bool(odds) => bytes.resize(*length, 0),
                Change::Resized(_) => {}
                Change::Written(offset, written) => {
                    for (place, sector) in sectors(*offset, written) {
                        if chance.random_bool(odds) {
                            put(&mut bytes, place, sector);
                        }
                    }
                }
            }
        }
        bytes
    }
}

/// What is written, taken apart where sectors end.
fn sectors(offset: usize, mut bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut place = offset;
    std::iter::from_fn(move || {
        let (sector, rest) = bytes.split_at(bytes.len().min(SECTOR - place % SECTOR));
        bytes = rest;
        let at = place;
        place += sector.len();
        (!sector.is_empty()).then_some((at, sector))
    })
}

fn rename(folder: Ino, names: &mut BTreeMap<OsString, Ino>, event: &Event) {
    match event {
        Event::Named { name, ino, .. } => drop(names.insert(name.clone(), *ino)),
        Event::Unnamed { name, .. } => drop(names.remove(name)),
        Event::Renamed { from, to, .. } => {
            if let Some(ino) = names.remove(from) {
                names.insert(to.clone(), ino);
            }
        }
        Event::Exchanged { folders, names: exchanged, inos } => {
            for side in (0..2).filter(|side| folders[*side] == folder) {
                names.insert(exchanged[side].clone(), inos[1 - side]);
            }
        }
        Event::Made { .. } | Event::Written { .. } | Event::Resized { .. } | Event::Synced { .. } => {}
    }
}

/// Writes a file with holes where it has nothing but zeros: a journal is made large before it is filled.
fn write_out(path: &Path, mode: u32, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.set_len(bytes.len() as u64)?;
    for (number, piece) in bytes.chunks(PIECE).enumerate() {
        if piece.iter().any(|byte| *byte != 0) {
            file.seek(SeekFrom::Start((number * PIECE) as u64))?;
            file.write_all(piece)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::ffi::OsStr;

    use rand::SeedableRng;

    use super::super::volume::Volume;
    use super::*;

    /// What different cuts leave of a file, with what was done to it.
    fn leavings(ignores_syncs: bool, acts: impl FnOnce(&mut Volume)) -> Vec<Option<Vec<u8>>> {
        let mut volume = Volume::new();
        acts(&mut volume);
        let mut platter = Platter::new(ignores_syncs);
        volume.log().iter().for_each(|(_, event)| platter.take(event));
        let after = |seed| {
            let folder = tempfile::tempdir().unwrap();
            let into = folder.path().join("left");
            platter.cut(&into, &mut StdRng::seed_from_u64(seed)).unwrap();
            fs::read(into.join("told")).ok()
        };
        (0..40).map(after).collect()
    }

    fn synced_but_for_the_end(volume: &mut Volume) {
        let ino = volume.create(ROOT, OsStr::new("told"), false, 0o600).unwrap();
        volume.write(ino, 0, &[1; 600]).unwrap();
        volume.sync(ino);
        volume.sync(ROOT);
        volume.write(ino, 600, &[2; 2000]).unwrap();
    }

    #[test]
    fn what_was_synced_is_there_after_every_cut_and_the_rest_is_torn() {
        let left = leavings(false, synced_but_for_the_end);
        assert!(left.iter().flatten().all(|bytes| bytes.starts_with(&[1; 600])) && left.iter().all(Option::is_some));
        let lengths: std::collections::BTreeSet<_> = left.iter().flatten().map(Vec::len).collect();
        assert!(lengths.len() > 2 && lengths.contains(&600) && lengths.contains(&2600), "{lengths:?}");
        assert!(left.iter().flatten().any(|bytes| bytes[600..].contains(&0)), "a hole between sectors that were kept");
    }

    #[test]
    fn a_name_whose_folder_was_not_synced_may_be_gone() {
        let left = leavings(false, |volume| {
            let ino = volume.create(ROOT, OsStr::new("told"), false, 0o600).unwrap();
            volume.write(ino, 0, &[1; 600]).unwrap();
            volume.sync(ino);
        });
        assert!(left.iter().any(Option::is_none) && left.iter().flatten().all(|bytes| *bytes == [1; 600]));
    }

    #[test]
    fn a_disk_that_keeps_nothing_it_was_asked_to_keep_is_found_out() {
        let left = leavings(true, synced_but_for_the_end);
        assert!(left.iter().any(|bytes| !bytes.as_ref().is_some_and(|bytes| bytes.starts_with(&[1; 600]))));
    }

    #[test]
    fn what_is_exchanged_between_two_folders_is_exchanged_in_both_or_in_neither() {
        let mut volume = Volume::new();
        let folder = volume.create(ROOT, OsStr::new("beside"), true, 0o700).unwrap();
        for (within, byte) in [(ROOT, 1), (folder, 2)] {
            let ino = volume.create(within, OsStr::new("told"), false, 0o600).unwrap();
            volume.write(ino, 0, &[byte; 10]).unwrap();
            volume.sync(ino);
            volume.sync(within);
        }
        let told = OsStr::new("told");
        volume.exchange((ROOT, told), (folder, told)).unwrap();
        let mut loose = Platter::new(false);
        volume.log().iter().for_each(|(_, event)| loose.take(event));
        volume.sync(ROOT);
        let mut firm = Platter::new(false);
        volume.log().iter().for_each(|(_, event)| firm.take(event));
        let left = |platter: &Platter, seed| {
            let at = tempfile::tempdir().unwrap();
            let into = at.path().join("left");
            platter.cut(&into, &mut StdRng::seed_from_u64(seed)).unwrap();
            [into.join("told"), into.join("beside/told")].map(|path| fs::read(path).unwrap()[0])
        };
        let seen: std::collections::BTreeSet<_> = (0..40).map(|seed| left(&loose, seed)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [[1, 2], [2, 1]]);
        assert!((0..40).all(|seed| left(&firm, seed) == [2, 1]), "syncing one folder keeps both sides");
    }

    #[test]
    fn one_name_takes_the_place_of_another_in_one_go() {
        let left = leavings(false, |volume| {
            for (name, byte) in [("told", 1), ("new", 2)] {
                let ino = volume.create(ROOT, OsStr::new(name), false, 0o600).unwrap();
                volume.write(ino, 0, &[byte; 10]).unwrap();
                volume.sync(ino);
            }
            volume.sync(ROOT);
            volume.rename(ROOT, OsStr::new("new"), (ROOT, OsStr::new("told"))).unwrap();
        });
        let kinds: std::collections::BTreeSet<_> = left.into_iter().map(|bytes| bytes.unwrap()[0]).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), [1, 2]);
    }
}

//! A disk in memory that remembers, in order, everything that happened to it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::time::{Instant, SystemTime};

/// The number of a file or a folder, never used again.
pub(super) type Ino = u64;

/// The folder that everything lies in.
pub(super) const ROOT: Ino = 1;

/// What happened to the disk.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A file or a folder came to be, under no name yet.
    Made { ino: Ino, folder: bool, mode: u32 },
    /// Bytes were written into a file.
    Written { ino: Ino, offset: usize, bytes: Vec<u8> },
    /// A file got this length.
    Resized { ino: Ino, length: usize },
    /// A name in a folder stands for this from now on, and for nothing else.
    Named { folder: Ino, name: OsString, ino: Ino },
    /// A name in a folder stands for nothing any more.
    Unnamed { folder: Ino, name: OsString },
    /// What stood under one name stands under the other, in one go.
    Renamed { folder: Ino, from: OsString, to: OsString },
    /// What stands under two names changes places, in one go: the folders, the names, and what stood there before.
    Exchanged { folders: [Ino; 2], names: [OsString; 2], inos: [Ino; 2] },
    /// What was said about a file, or the names in a folder, were asked to be kept, and the asker was told that they are.
    Synced { ino: Ino },
}

/// A file or a folder as whoever looks sees it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) folder: bool,
    pub(super) mode: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) names: BTreeMap<OsString, Ino>,
    pub(super) changed: SystemTime,
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is no such thing.
    Missing,
    /// It is there already, or there is something in it.
    InTheWay,
    /// A disk of a box does no such thing: a rename from one folder to another.
    NotKnown,
}

/// The disk.
#[derive(Debug)]
pub(super) struct Volume {
    nodes: BTreeMap<Ino, Node>,
    log: Vec<(Instant, Event)>,
}

impl Volume {
    /// An empty one.
    pub(super) fn new() -> Self {
        let mut volume = Self { nodes: BTreeMap::new(), log: Vec::new() };
        volume.make(true, 0o755);
        volume
    }

    /// Everything that happened, with when it was done.
    pub(super) fn log(&self) -> &[(Instant, Event)] {
        &self.log
    }

    /// A file or a folder.
    pub(super) fn node(&self, ino: Ino) -> Result<&Node, Refused> {
        self.nodes.get(&ino).ok_or(Refused::Missing)
    }

    /// What stands under a name.
    pub(super) fn find(&self, folder: Ino, name: &OsStr) -> Result<Ino, Refused> {
        self.node(folder)?.names.get(name).copied().ok_or(Refused::Missing)
    }

    /// Makes a file or a folder under a name that is free.
    pub(super) fn create(&mut self, within: Ino, name: &OsStr, folder: bool, mode: u32) -> Result<Ino, Refused> {
        if self.find(within, name).is_ok() {
            return Err(Refused::InTheWay);
        }
        let ino = self.make(folder, mode);
        self.entry(within)?.names.insert(name.to_owned(), ino);
        self.happened(Event::Named { folder: within, name: name.to_owned(), ino });
        Ok(ino)
    }

    /// Writes into a file; a gap becomes zeros.
    pub(super) fn write(&mut self, ino: Ino, offset: usize, bytes: &[u8]) -> Result<(), Refused> {
        put(&mut self.entry(ino)?.bytes, offset, bytes);
        self.happened(Event::Written { ino, offset, bytes: bytes.to_owned() });
        Ok(())
    }

    /// Gives a file a length.
    pub(super) fn resize(&mut self, ino: Ino, length: usize) -> Result<(), Refused> {
        self.entry(ino)?.bytes.resize(length, 0);
        self.happened(Event::Resized { ino, length });
        Ok(())
    }

    /// Says who may do what with it; that is no part of what is measured here.
    pub(super) fn set_mode(&mut self, ino: Ino, mode: u32) -> Result<(), Refused> {
        self.entry(ino)?.mode = mode;
        Ok(())
    }

    /// Takes a name away.
    pub(super) fn remove(&mut self, folder: Ino, name: &OsStr) -> Result<(), Refused> {
        let ino = self.find(folder, name)?;
        if !self.node(ino)?.names.is_empty() {
            return Err(Refused::InTheWay);
        }
        self.entry(folder)?.names.remove(name);
        self.happened(Event::Unnamed { folder, name: name.to_owned() });
        Ok(())
    }

    /// Lets another name of the same folder stand for it.
    pub(super) fn rename(&mut self, folder: Ino, from: &OsStr, to: (Ino, &OsStr)) -> Result<(), Refused> {
        let ino = self.find(folder, from)?;
        if to.0 != folder {
            return Err(Refused::NotKnown);
        }
        let names = &mut self.entry(folder)?.names;
        names.remove(from);
        names.insert(to.1.to_owned(), ino);
        self.happened(Event::Renamed { folder, from: from.to_owned(), to: to.1.to_owned() });
        Ok(())
    }

    /// Lets two names, of any folders, stand for what the other one stood for.
    pub(super) fn exchange(&mut self, one: (Ino, &OsStr), other: (Ino, &OsStr)) -> Result<(), Refused> {
        let inos = [self.find(one.0, one.1)?, self.find(other.0, other.1)?];
        self.entry(one.0)?.names.insert(one.1.to_owned(), inos[1]);
        self.entry(other.0)?.names.insert(other.1.to_owned(), inos[0]);
        let names = [one.1.to_owned(), other.1.to_owned()];
        self.happened(Event::Exchanged { folders: [one.0, other.0], names, inos });
        Ok(())
    }

    /// Somebody asks that it be kept.
    pub(super) fn sync(&mut self, ino: Ino) {
        self.happened(Event::Synced { ino });
    }

    fn make(&mut self, folder: bool, mode: u32) -> Ino {
        let ino = self.nodes.len() as Ino + ROOT;
        let node = Node { folder, mode, bytes: Vec::new(), names: BTreeMap::new(), changed: SystemTime::now() };
        self.nodes.insert(ino, node);
        self.happened(Event::Made { ino, folder, mode });
        ino
    }

    fn entry(&mut self, ino: Ino) -> Result<&mut Node, Refused> {
        let node = self.nodes.get_mut(&ino).ok_or(Refused::Missing)?;
        node.changed = SystemTime::now();
        Ok(node)
    }

    fn happened(&mut self, event: Event) {
        self.log.push((Instant::now(), event));
    }
}

/// Puts bytes at a place, with zeros before it where there was nothing.
pub(super) fn put(into: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    into[offset..end].copy_from_slice(bytes);
}

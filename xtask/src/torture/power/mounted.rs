//! The disk in memory as a file system that programs use like any other (FUSE).

use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use super::volume::{Ino, Node, Refused, Volume};

/// How long the kernel may believe what it was told: nobody but it changes anything here.
const TTL: Duration = Duration::from_secs(3600);
/// What a block is, where a program asks.
const BLOCK: u32 = 4096;
/// How many of them are free: a disk of 16 GiB.
const FREE_BLOCKS: u64 = 4 << 20;
/// The longest name.
const NAME_BYTES: u32 = 255;

/// A disk that several look at: the kernel, and whoever wants to know what happened.
pub(super) type Shared = Arc<Mutex<Volume>>;

/// Makes a folder show the disk, until what is returned is dropped.
pub(super) fn mount(disk: &Shared, at: &Path) -> Result<BackgroundSession> {
    let mut how = Config::default();
    how.mount_options = vec![MountOption::FSName("dorpsplein-torture".to_owned()), MountOption::DefaultPermissions];
    fuser::spawn_mount(Mounted(Arc::clone(disk)), at, &how)
        .context("cannot mount a disk in memory; it takes root and /dev/fuse")
}

struct Mounted(Shared);

impl Mounted {
    fn disk(&self) -> MutexGuard<'_, Volume> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attributes(&self, ino: Ino) -> Result<FileAttr, Errno> {
        Ok(attributes(ino, self.disk().node(ino)?))
    }
}

impl From<Refused> for Errno {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::ENOENT,
            Refused::InTheWay => Self::EEXIST,
            Refused::NotKnown => Self::EXDEV,
        }
    }
}

fn attributes(ino: Ino, node: &Node) -> FileAttr {
    let size = node.bytes.len() as u64;
    FileAttr {
        ino: INodeNo(ino),
        size,
        blocks: size.div_ceil(512),
        atime: node.changed,
        mtime: node.changed,
        ctime: node.changed,
        crtime: node.changed,
        kind: if node.folder { FileType::Directory } else { FileType::RegularFile },
        perm: u16::try_from(node.mode & 0o7777).unwrap_or(0o600),
        nlink: if node.folder { 2 } else { 1 },
        uid: rustix::process::getuid().as_raw(),
        gid: rustix::process::getgid().as_raw(),
        rdev: 0,
        blksize: BLOCK,
        flags: 0,
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.disk().find(parent.0, name);
        match found.map_err(Errno::from).and_then(|ino| self.attributes(ino)) {
            Ok(attributes) => reply.entry(&TTL, &attributes, Generation(0)),
            Err(error) => reply.error(error),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attributes(ino.0) {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let done = {
            let mut disk = self.disk();
            let resized = size.map_or(Ok(()), |size| disk.resize(ino.0, place(size)));
            resized.and_then(|()| mode.map_or(Ok(()), |mode| disk.set_mode(ino.0, mode)))
        };
        match done.map_err(Errno::from).and_then(|()| self.attributes(ino.0)) {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, umask: u32, reply: ReplyEntry) {
        let made = self.disk().create(parent.0, name, true, mode & !umask);
        match made.map_err(Errno::from).and_then(|ino| self.attributes(ino)) {
            Ok(attributes) => reply.entry(&TTL, &attributes, Generation(0)),
            Err(error) => reply.error(error),
        }
    }

    fn create(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, umask: u32, _: i32, reply: ReplyCreate) {
        let made = self.disk().create(parent.0, name, false, mode & !umask);
        match made.map_err(Errno::from).and_then(|ino| self.attributes(ino)) {
            Ok(attributes) => {
                reply.created(&TTL, &attributes, Generation(0), FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
            }
            Err(error) => reply.error(error),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.disk().remove(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.disk().remove(parent.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if flags == RenameFlags::RENAME_EXCHANGE {
            return answer(reply, self.disk().exchange((parent.0, name), (newparent.0, newname)));
        }
        if !flags.is_empty() {
            return reply.error(Errno::EINVAL);
        }
        answer(reply, self.disk().rename(parent.0, name, (newparent.0, newname)));
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let disk = self.disk();
        let Ok(node) = disk.node(ino.0) else { return reply.error(Errno::ENOENT) };
        let from = place(offset).min(node.bytes.len());
        let to = from.saturating_add(size as usize).min(node.bytes.len());
        reply.data(&node.bytes[from..to]);
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.disk().write(ino.0, place(offset), data) {
            Ok(()) => reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX)),
            Err(refused) => reply.error(refused.into()),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        // Closing a file keeps nothing.
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.disk().sync(ino.0);
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.disk().sync(ino.0);
        reply.ok();
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let disk = self.disk();
        let Ok(node) = disk.node(ino.0) else { return reply.error(Errno::ENOENT) };
        for (at, (name, entry)) in node.names.iter().enumerate().skip(place(offset)) {
            let folder = disk.node(*entry).is_ok_and(|node| node.folder);
            let kind = if folder { FileType::Directory } else { FileType::RegularFile };
            if reply.add(INodeNo(*entry), at as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        reply.statfs(FREE_BLOCKS, FREE_BLOCKS, FREE_BLOCKS, FREE_BLOCKS, FREE_BLOCKS, BLOCK, NAME_BYTES, BLOCK);
    }
}

fn answer(reply: ReplyEmpty, done: Result<(), Refused>) {
    match done {
        Ok(()) => reply.ok(),
        Err(refused) => reply.error(refused.into()),
    }
}

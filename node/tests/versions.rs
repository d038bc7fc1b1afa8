//! Data of every release: it opens, shows the same, and goes on from there; data of an earlier format is brought along wherever
//! somebody pulls the plug; data of a later one is left alone.
//!
//! `fixtures/` holds a data folder for each release, written by that release (`cargo xtask fixture`).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use brotli::Decompressor;
use dorpsplein_node::data_folder::{DataFolder, FORMAT as FOLDER_FORMAT, FolderError, store_of};
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::migrate::{MigrateError, Owner, Stage, open_store};
use dorpsplein_protocol::archive::{Inventory, inventory};
use dorpsplein_protocol::store::conformance::{of_another_format, rotten_operation};
use dorpsplein_protocol::store::{FORMAT, OLDEST_FORMAT, Store, StoreError};
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, fails, get, says};
use tempfile::TempDir;

/// What releases left, by name.
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut releases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    releases.sort();
    assert!(!releases.is_empty(), "no release left anything");
    releases
}

/// The village of a release, unpacked.
struct Village {
    root: TempDir,
}

impl Village {
    fn of(release: &Path) -> Self {
        const BUFFER: usize = 1 << 16;
        let root = tempfile::tempdir().unwrap();
        let mut archive = tar::Archive::new(Decompressor::new(File::open(release).unwrap(), BUFFER));
        archive.set_preserve_permissions(true);
        archive.unpack(root.path()).unwrap();
        Self { root }
    }

    fn latest() -> Self {
        Self::of(releases().last().unwrap())
    }

    fn file(&self, name: &str) -> String {
        self.root.path().join(name).to_str().unwrap().to_owned()
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("plein")
    }

    /// Whose it is. Opening the folder also shows that nobody else has it.
    fn owner(&self) -> Owner {
        Owner::of(&DataFolder::open(&self.dir()).unwrap())
    }

    /// What its store holds, and what its rows come to.
    fn holds(&self) -> Inventory {
        let home = self.owner().home;
        inventory(&DiskStore::open(&store_of(&self.dir())).unwrap(), &home).unwrap()
    }

    /// A copy as the plug would leave it that is pulled now.
    fn copied(&self) -> Self {
        let root = tempfile::tempdir().unwrap();
        copy(self.root.path(), root.path());
        Self { root }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Every file of a folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(contents(&entry.path()));
        } else {
            let mut bytes = Vec::new();
            File::open(entry.path()).unwrap().read_to_end(&mut bytes).unwrap();
            files.insert(entry.path(), bytes);
        }
    }
    files
}

/// Whether everything that was told is shown: later releases may tell more.
fn shows(shown: &Value, told: &Value) -> bool {
    match (shown, told) {
        (Value::Object(shown), Value::Object(told)) => {
            told.iter().all(|(name, told)| shown.get(name).is_some_and(|shown| shows(shown, told)))
        }
        (Value::Array(shown), Value::Array(told)) => {
            shown.len() == told.len() && shown.iter().zip(told).all(|(shown, told)| shows(shown, told))
        }
        (shown, told) => shown == told,
    }
}

#[test]
fn the_data_of_every_release_opens_shows_the_same_and_goes_on() {
    for release in releases() {
        let village = Village::of(&release);
        let told: BTreeMap<String, Value> =
            serde_json::from_slice(&fs::read(village.file("told.json")).unwrap()).unwrap();
        assert!(told.len() >= 4, "{release:?} tells of {} items", told.len());
        let dir = village.file("plein");
        let serving = Serving::start(&["serve", "--dir", &dir]);
        let url = serving.text("url");
        let shown = |item: &str| get(&format!("{url}/api/v1/items/{item}"), &[]).json();
        for (item, told) in &told {
            assert!(shows(&shown(item), told), "{release:?} told {told} and this shows {}", shown(item));
        }
        let post = ["resident", "post", "--url", &url, "--title", "Nog steeds hier", "--audience", "square"];
        let posted = says(&[&post[..], &["--key", &village.file("anna.key")]].concat());
        assert_eq!(shown(posted["item"].as_str().unwrap())["content"]["title"], "Nog steeds hier");
        serving.stop(Signal::TERM);
        says(&["check", "--dir", &dir]);
        assert_eq!(says(&["status", "--dir", &dir])["running"], false);
    }
}

#[test]
fn data_of_an_earlier_format_comes_along_wherever_the_plug_is_pulled() {
    let village = Village::latest();
    let (derived, owner) = (village.copied(), village.owner());
    drop(open_store(&derived.dir(), owner, &mut |_| {}).unwrap());
    let before = derived.holds();
    assert_eq!(before.operations, village.holds().operations);
    let store = DiskStore::open(&store_of(&village.dir())).unwrap();
    store.commit(&of_another_format(&store, OLDEST_FORMAT)).unwrap();
    drop(store);
    assert_ne!(village.holds().rows, before.rows, "there is something to derive");

    let mut cuts: Vec<(Stage, Village)> = Vec::new();
    let store = open_store(&village.dir(), owner, &mut |stage| cuts.push((stage, village.copied()))).unwrap();
    assert_eq!(inventory(&store, &owner.home).unwrap(), before);
    drop(store);
    assert!(!village.dir().join("migrating").exists() && !village.dir().join("search").exists());
    let mut unexpected = |stage| panic!("once more: {stage:?}");
    drop(open_store(&village.dir(), owner, &mut unexpected).unwrap());

    let stages: Vec<_> = cuts.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages.first(), Some(&Stage::Begun { from: OLDEST_FORMAT }));
    assert!(stages.iter().any(|stage| matches!(stage, Stage::Derived { .. })), "{stages:?}");
    assert!(stages.ends_with(&[Stage::Complete, Stage::SearchRemoved, Stage::Exchanged, Stage::Cleared]), "{stages:?}");
    for (stage, cut) in cuts {
        let mut again = false;
        let store = open_store(&cut.dir(), owner, &mut |_| again = true).unwrap();
        assert_eq!(inventory(&store, &owner.home).unwrap(), before, "cut at {stage:?}");
        assert_eq!(
            again,
            !matches!(stage, Stage::Exchanged | Stage::Cleared),
            "old or new, and nothing between: {stage:?}"
        );
        assert!(!cut.dir().join("migrating").exists(), "cut at {stage:?}");
    }
}

#[test]
fn data_that_would_not_come_along_whole_stays_as_it_was() {
    let village = Village::latest();
    let owner = village.owner();
    let store = DiskStore::open(&store_of(&village.dir())).unwrap();
    store.commit(&of_another_format(&store, OLDEST_FORMAT)).unwrap();
    store.commit(&rotten_operation()).unwrap();
    drop(store);
    let error = open_store(&village.dir(), owner, &mut |_| {}).map(drop).unwrap_err();
    assert!(matches!(error, MigrateError::Short { missing: 1, .. }), "{error}");
    assert!(error.to_string().contains("nothing was changed. `dorpsplein check --repair`"), "{error}");
    let store = DiskStore::open(&store_of(&village.dir())).unwrap();
    assert_eq!(dorpsplein_protocol::store::format_of(&store).unwrap(), Some(OLDEST_FORMAT));
}

#[test]
fn data_of_a_later_version_is_refused_and_left_alone() {
    let village = Village::latest();
    fs::write(village.dir().join("format"), format!("{}\n", FOLDER_FORMAT + 1)).unwrap();
    let before = contents(&village.dir());
    let dir = village.file("plein");
    for command in [&["serve", "--dir", &dir][..], &["check", "--dir", &dir], &["status", "--dir", &dir]] {
        let (_, line) = fails(command);
        assert!(line.contains("a newer version made it, use that one or a later one. Nothing was changed"), "{line}");
    }
    assert!(contents(&village.dir()) == before, "nothing was touched");
    assert!(matches!(DataFolder::open(&village.dir()), Err(FolderError::Version { .. })));

    let village = Village::latest();
    let owner = village.owner();
    let store = DiskStore::open(&store_of(&village.dir())).unwrap();
    store.commit(&of_another_format(&store, FORMAT + 1)).unwrap();
    drop(store);
    let before = village.holds();
    let error = open_store(&village.dir(), owner, &mut |stage| panic!("{stage:?}")).map(drop).unwrap_err();
    assert!(matches!(error, MigrateError::Store(StoreError::Format { found }) if found == FORMAT + 1), "{error}");
    let (_, line) = fails(&["serve", "--dir", &village.file("plein")]);
    assert!(line.contains("a newer version of it wrote them, use that one. Nothing was changed"), "{line}");
    assert_eq!(village.holds(), before);
}

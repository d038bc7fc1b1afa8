//! What keeps a box for years: in a file and out of it again, and what a disk forgot found and fetched. On the command line, with
//! real boxes that run and stop.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{Encryptor, scrypt, x25519};
use cli_support::{Person, Village, text};
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::photos::picture::drawn;
use dorpsplein_protocol::operation::Signed;
use dorpsplein_protocol::store::Store;
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, dorpsplein, eventually, fails, get, says};
use tar::{Builder, EntryType, Header};

const PASSPHRASE: &str = "paard batterij nietje juist";

/// A village with something of everything: a post with a photo, an answer, and something that was erased.
struct Lively {
    village: Village,
    anna: Person,
    /// What is there to be seen by everybody.
    items: Vec<String>,
    erased: String,
    passphrase: String,
}

impl Lively {
    fn new() -> Self {
        let village = Village::new("Dorp");
        let anna = village.join("Anna");
        let passphrase = village.file("passphrase");
        fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
        let mut lively = Self { village, anna, items: Vec::new(), erased: String::new(), passphrase };
        let with_photo = lively.post_with_photo("Uitzicht", 40);
        let answer = lively.anna.does(&["resident", "comment", "--item", &with_photo, "--body", "Mooi!"]);
        let changed = lively.post("Soep");
        lively.anna.does(&["resident", "edit", &changed, "--title", "Erwtensoep"]);
        lively.items = vec![with_photo, text(&answer["item"]).to_owned(), changed];
        lively.erased = lively.post_with_photo("Geheim", 200);
        lively.erase(&lively.erased);
        lively
    }

    fn post(&self, title: &str) -> String {
        let post = ["resident", "post", "--url", &self.village.url, "--title", title, "--audience", "square"];
        text(&self.anna.does(&post)["item"]).to_owned()
    }

    fn post_with_photo(&self, title: &str, shade: u8) -> String {
        let photo = self.village.file("foto.jpg");
        fs::write(&photo, drawn(640, 480, |x, y| [shade, (x % 200) as u8, (y % 200) as u8]).unwrap()).unwrap();
        let post = ["resident", "post", "--url", &self.village.url, "--title", title, "--audience", "square"];
        text(&self.anna.does(&[&post[..], &["--photo", &photo, "--alt", "De dijk"]].concat())["item"]).to_owned()
    }

    fn erase(&self, item: &str) {
        self.anna.does(&["resident", "erase", item, "--url", &self.village.url]);
    }

    /// What a visitor is told of all items.
    fn shown(&self, url: &str) -> Vec<Value> {
        self.items.iter().map(|item| get(&format!("{url}/api/v1/items/{item}"), &[]).json()).collect()
    }

    fn backup(&self, to: &str) -> Value {
        self.village.ask(&["backup", "--to", to, "--passphrase-file", &self.passphrase])
    }

    fn verify(&self, backup: &str) -> Value {
        let scratch = self.village.file("proef");
        let command = ["backup", "verify", backup, "--scratch", &scratch, "--passphrase-file", &self.passphrase];
        let verified = says(&command);
        assert!(!Path::new(&scratch).exists(), "nothing stays of a verification");
        verified
    }

    fn restore(&self, backup: &str, to: &str) -> Value {
        says(&["restore", backup, "--to", to, "--passphrase-file", &self.passphrase])
    }

    /// The line for people when a backup is refused; nothing is at the place it was to come to.
    fn refused(&self, backup: &str) -> String {
        let to = self.village.file("niets");
        let (problem, line) = fails(&["restore", backup, "--to", &to, "--passphrase-file", &self.passphrase]);
        assert_eq!(problem["type"], "about:blank");
        assert!(!Path::new(&to).exists(), "{line}: nothing half restored");
        line
    }
}

/// The files of photos in a folder with backups.
fn photos_in(folder: &str) -> Vec<PathBuf> {
    let shelves = fs::read_dir(Path::new(folder).join("photos")).unwrap().map(|shelf| shelf.unwrap().path());
    shelves.flat_map(|shelf| fs::read_dir(shelf).unwrap().map(|file| file.unwrap().path())).collect()
}

#[test]
fn a_box_that_runs_comes_back_from_a_file_and_shows_the_same() {
    let mut lively = Lively::new();
    let file = lively.village.file("plein.age");
    let made = lively.backup(&file);
    assert_eq!((&made["photos"], &made["absent_photos"], &made["damaged_photos"]), (&1.into(), &0.into(), &0.into()));
    let bytes = fs::read(&file).unwrap();
    assert!(!bytes.windows(10).any(|window| window == b"Erwtensoep"), "nobody reads it without the passphrase");
    let before = lively.shown(&lively.village.url);
    assert_eq!(before[2]["content"]["title"], "Erwtensoep");
    let erased = lively_shown(&[lively.erased.clone()], &lively.village.url);
    assert!(erased[0]["erased"].is_object() && !erased[0].to_string().contains("Geheim"), "{erased:?}");
    let later = lively.post("Later");

    let verified = lively.verify(&file);
    assert_eq!((&verified["operations"], &verified["differing_tables"]), (&made["operations"], &0.into()));

    // A second backup does not take the place of the first, and a box is never overwritten.
    let again = ["backup", "--to", &file, "--dir", &lively.village.dir, "--passphrase-file", &lively.passphrase];
    assert!(fails(&again).1.contains("exists already"));
    let over = ["restore", &file, "--to", &lively.village.dir, "--passphrase-file", &lively.passphrase];
    assert!(fails(&over).1.contains("is not empty"));
    assert_eq!(fs::read(&file).unwrap(), bytes);

    // Elsewhere; with the first machine switched off.
    let elsewhere = lively.village.file("elders");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(Path::new(&elsewhere).join("restoring"), "a power cut came in the middle").unwrap();
    fs::create_dir(Path::new(&elsewhere).join("store")).unwrap();
    let restored = lively.restore(&file, &elsewhere);
    assert_eq!((&restored["operations"], &restored["lost_photos"]), (&made["operations"], &0.into()));
    let dir = lively.village.dir.clone();
    for name in ["box.key", "box.toml", "connector.key"] {
        let [here, there] = [&dir, &elsewhere].map(|dir| fs::read(Path::new(dir).join(name)).unwrap());
        assert_eq!(here, there, "{name}");
    }
    let elsewhere = lively.village.while_stopped(|village| {
        let serving = Serving::start(&["serve", "--dir", &elsewhere]);
        let url = serving.text("url");
        assert_eq!(lively_shown(&lively.items, &url), before, "what visitors see is the same");
        assert_eq!(lively_shown(&[lively.erased.clone()], &url), erased, "what was erased stays so");
        assert_eq!(get(&format!("{url}/api/v1/items/{later}"), &[]).status, 404, "what came later is not in it");
        let photo = text(&before[0]["content"]["photos"][0]["id"]).to_owned();
        assert_eq!(get(&format!("{url}/photos/{photo}/whole"), &[]).status, 200);
        let small = format!("{url}/photos/{photo}/320");
        eventually("the small picture is made", || get(&small, &[]).status == 200);
        // The box lives on: somebody joins and writes.
        let invitation = says(&["invite", "--dir", &elsewhere]);
        let bea = village.file("bea.key");
        says(&["resident", "join", "--invitation", text(&invitation["invitation"]), "--key", &bea, "--name", "Bea"]);
        serving.stop(Signal::TERM);
        elsewhere
    });
    assert!(!Path::new(&elsewhere).join("restoring").exists());
    lively.village.stop();
}

fn lively_shown(items: &[String], url: &str) -> Vec<Value> {
    items.iter().map(|item| get(&format!("{url}/api/v1/items/{item}"), &[]).json()).collect()
}

#[test]
fn a_folder_takes_only_what_is_new_and_forgets_what_was_erased() {
    let mut lively = Lively::new();
    let folder = lively.village.file("stick/");
    let first = lively.backup(&folder);
    let [photo] = <[PathBuf; 1]>::try_from(photos_in(&folder)).unwrap();
    let written = fs::metadata(&photo).unwrap().modified().unwrap();
    let second = lively.backup(&folder);
    assert!(
        second["bytes"].as_u64() < first["bytes"].as_u64(),
        "{second} after {first}: the photo is not written again"
    );
    assert_eq!(fs::metadata(&photo).unwrap().modified().unwrap(), written);
    lively.post_with_photo("Nog een", 90);
    // A box that does not run is kept in the same way, and only so many backups stay.
    let third = lively.village.while_stopped(|village| {
        village.ask(&["backup", "--to", &folder, "--keep", "2", "--passphrase-file", &lively.passphrase])
    });
    assert_eq!((third["photos"].as_u64(), photos_in(&folder).len()), (Some(2), 2));
    let remains = |made: &Value| Path::new(text(&made["file"])).exists();
    assert_eq!([&first, &second, &third].map(remains), [false, true, true]);
    assert_eq!(lively.verify(&folder)["operations"], third["operations"], "the latest is meant");
    assert_eq!(lively.verify(text(&second["file"]))["operations"], second["operations"]);

    // Not with another passphrase, and not with a key beside it.
    let other = lively.village.file("andere");
    fs::write(&other, "een heel andere zin").unwrap();
    let command =
        |more: [&str; 2]| fails(&["backup", "--to", &folder, "--dir", &lively.village.dir, more[0], more[1]]).1;
    assert!(command(["--passphrase-file", &other]).contains("does not open"));
    let key = x25519::Identity::generate().to_public().to_string();
    assert!(command(["--recipient", &key]).contains("with a passphrase"));

    // Bit rot on the stick: the verification says so, and restoring brings back the rest.
    let mut bytes = fs::read(&photo).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&photo, &bytes).unwrap();
    let scratch = lively.village.file("proef");
    let verify = ["backup", "verify", &folder, "--scratch", &scratch, "--passphrase-file", &lively.passphrase];
    assert!(fails(&verify).1.contains("1 photos are gone or damaged"));
    assert!(!Path::new(&scratch).exists());
    let restored = lively.restore(&folder, &lively.village.file("elders"));
    assert_eq!((&restored["photos"], &restored["lost_photos"]), (&1.into(), &1.into()));

    // What is erased on the square goes from the stick with the next backup.
    lively.erase(&lively.items[0]);
    lively.backup(&folder);
    assert_eq!(photos_in(&folder).len(), 1);
    assert!(!photo.exists(), "the photo of what was erased");
    lively.village.stop();
}

#[test]
fn keys_open_what_they_lock_and_nothing_else_does() {
    let lively = Lively::new();
    let [key, other] = [x25519::Identity::generate(), x25519::Identity::generate()];
    let [key_file, other_file] = ["sleutel.txt", "andere.txt"].map(|name| lively.village.file(name));
    for (identity, file) in [(&key, &key_file), (&other, &other_file)] {
        let secret = identity.to_string();
        fs::write(file, format!("# made for a test\n{}\n", age::secrecy::ExposeSecret::expose_secret(&secret)))
            .unwrap();
    }
    let file = lively.village.file("plein.age");
    let made = lively.village.ask(&["backup", "--to", &file, "--recipient", &key.to_public().to_string()]);
    let scratch = lively.village.file("proef");
    let command = ["backup", "verify", &file, "--scratch", &scratch];
    fn verify<'a>(command: &[&'a str], opening: [&'a str; 2]) -> Vec<&'a str> {
        [command, &opening].concat()
    }
    assert_eq!(says(&verify(&command, ["--identity", &key_file]))["operations"], made["operations"]);
    assert!(fails(&verify(&command, ["--identity", &other_file])).1.contains("does not open"));
    assert!(fails(&verify(&command, ["--passphrase-file", &lively.passphrase])).1.contains("does not open"));
    assert!(fails(&verify(&command, ["--identity", &lively.passphrase])).1.contains("holds no key"));
    let no_key =
        ["backup", "--to", &lively.village.file("b.age"), "--dir", &lively.village.dir, "--recipient", "age1nee"];
    assert!(fails(&no_key).1.contains("is no recipient"));
    let short = lively.village.file("kort");
    fs::write(&short, "welkom01").unwrap();
    let too_short =
        ["backup", "--to", &lively.village.file("b.age"), "--dir", &lively.village.dir, "--passphrase-file", &short];
    assert!(fails(&too_short).1.contains("at least 12 characters"));
    let nobody = ["backup", "--to", &lively.village.file("b.age"), "--dir", &lively.village.dir];
    let output = dorpsplein(&nobody);
    assert!(String::from_utf8(output.stderr).unwrap().contains("--passphrase-file"), "nobody sits at this terminal");
    // The API gives it to nobody but who has the folder.
    assert_eq!(get(&format!("{}/api/v1/backup", lively.village.url), &[]).problem(), "not-logged-in");
    lively.village.stop();
}

/// What somebody who knows the passphrase could put into a backup: names, types and contents of files.
fn forged(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(PASSPHRASE.to_owned()));
    recipient.set_work_factor(4);
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _)).unwrap();
    let mut tar = Builder::new(encryptor.wrap_output(Vec::new()).unwrap());
    for (name, kind, content) in entries {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_hostile_or_damaged_backup_is_told_apart_and_leaves_nothing() {
    let lively = Lively::new();
    let file = lively.village.file("plein.age");
    lively.backup(&file);
    let whole = fs::read(&file).unwrap();
    let given = lively.village.file("gegeven.age");
    let refused = |bytes: &[u8]| {
        fs::write(&given, bytes).unwrap();
        lively.refused(&given)
    };
    // Damage: a few places, since each try stretches the passphrase.
    for cut in [whole.len() - 1, whole.len() / 2, 400] {
        assert!(refused(&whole[..cut]).contains("is damaged"), "cut at {cut}");
    }
    for at in [whole.len() - 1, whole.len() / 2, 300] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert!(refused(&changed).contains("is damaged"), "changed at {at}");
    }
    assert!(refused(&[&whole[..], b"x"].concat()).contains("is damaged"), "something behind the end");
    assert!(refused(&whole[..100]).contains("is no backup"), "not even a head");
    assert!(refused(b"%PDF-1.7").contains("is no backup"));
    assert!(refused(&[b"age-encryption.org/v1\n".to_vec(), vec![b'x'; 1 << 20]].concat()).contains("is no backup"));
    let work = String::from_utf8_lossy(&whole[..100]).replacen(" 16\n", " 30\n", 1);
    let heavy = [work.as_bytes(), &whole[100..]].concat();
    assert!(refused(&heavy).contains("too much memory"), "a terabyte of work");

    let file = |name, content| (name, EntryType::Regular, content);
    let about = |format: u32| {
        format!(
            r#"{{"format":{format},"program":"x","made":0,"neighbourhood":"{}","operations":1,"damaged_operations":0,"photos":0,"rows":[]}}"#,
            lively.village.id
        )
    };
    let (now, newer) = (about(1), about(2));
    let [key, config] =
        ["box.key", "box.toml"].map(|name| fs::read(Path::new(&lively.village.dir).join(name)).unwrap());
    let start = [file("about.json", now.as_bytes()), file("box.key", &key), file("box.toml", &config)];
    let with = |more: &[(&str, EntryType, &[u8])]| refused(&forged(&[&start[..], more].concat()));
    assert!(refused(&forged(&[])).contains("ends too early"));
    assert!(refused(&forged(&start[1..])).contains("not in the order"));
    assert!(refused(&forged(&[file("about.json", newer.as_bytes())])).contains("format 2"));
    assert!(refused(&forged(&[file("about.json", b"{}")])).contains("does not say what it is"));
    assert!(refused(&forged(&[file("about.json", &[b' '; 65 * 1024])])).contains("more than it can have"));
    assert!(with(&[]).contains("ends too early"));
    for (name, kind) in [
        ("../../etc/passwd", EntryType::Regular),
        ("/etc/passwd", EntryType::Regular),
        ("format", EntryType::Regular),
        ("photos/ab/../../box.key", EntryType::Regular),
        ("operations/1.br", EntryType::Regular),
        ("connector.key", EntryType::Symlink),
        ("peers.json", EntryType::Link),
        ("peers.json", EntryType::GNULongName),
        ("store", EntryType::Directory),
    ] {
        assert!(with(&[(name, kind, b"")]).contains("what no backup does"), "{name}");
    }
    assert!(with(&[file("operations/000000001.cbor", b"geen frame")]).contains("what should be operations"));
    assert!(with(&[file("operations/000000001.br", b"geen brotli")]).contains("cannot be unpacked"));
    let photo = format!("photos/ab/{}", "0".repeat(62));
    assert!(with(&[file(&photo, b"een andere foto")]).contains("a photo is not what was written"));
    assert!(with(&[file("photos.txt", b"geen lijst")]).contains("list of photos"));
    let elsewhere = String::from_utf8(config.clone()).unwrap().replace(&lively.village.id, &"0".repeat(64));
    let other = [start[0], start[1], file("box.toml", elsewhere.as_bytes()), file("operations/000000001.cbor", b"")];
    assert!(refused(&forged(&other)).contains("another neighbourhood"));
    lively.village.stop();
}

/// What a check says, and whether it ended well.
fn check(dir: &str, more: &[&str]) -> (bool, Value) {
    let output = dorpsplein(&[&["check", "--dir", dir, "--json"], more].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    (output.status.success(), serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text:?}, {error}")))
}

/// Changes one byte in the file below `folder` that holds `bytes`, in the midst of them.
fn rot(folder: &Path, bytes: &[u8]) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut content = fs::read(&path).unwrap();
            if let Some(at) = content.windows(bytes.len()).position(|window| window == bytes) {
                content[at + bytes.len() / 2] ^= 1;
                fs::write(&path, content).unwrap();
                return;
            }
        }
    }
    panic!("no file below {} holds it", folder.display());
}

#[test]
fn bit_rot_is_found_and_what_another_box_has_comes_back() {
    let mut lively = Lively::new();
    let first = lively.village.url.clone();
    let before = lively.shown(&first);
    let operation = text(&before[2]["operations"][0]).to_owned();
    let transfer = get(&format!("{first}/api/v1/operations/{operation}"), &[]).body;
    // It stands in the operation alone, and nowhere twice.
    let only_there = Signed::decode(&transfer).unwrap().header().payload_hash;
    let photo = text(&before[0]["content"]["photos"][0]["id"]).to_owned();

    let (dir, _) = lively.village.second_box();
    let second = Serving::start(&["serve", "--dir", &dir]);
    let url = second.text("url");
    eventually("the copy", || lively_shown(&lively.items, &url) == before);
    let (well, found) = check(&dir, &[]);
    assert!(well, "a box that runs and is well: {found}");
    let repair = ["check", "--dir", &dir, "--repair"];
    assert!(fails(&repair).1.contains("stop it first"), "nobody changes the store of a box that runs");
    second.stop(Signal::TERM);
    let (well, found) = check(&dir, &[]);
    assert!(well, "a box that does not run and is well: {found}");
    assert_eq!((&found["lost_operations"], &found["differing_tables"]), (&0.into(), &0.into()));

    let store = Path::new(&dir).join("store");
    let damage = || {
        // From the journal into a table's file, where things stay for years.
        DiskStore::open(&store).unwrap().scrub().unwrap();
        rot(&store, &only_there);
        let file = Path::new(&dir).join("photos").join(&photo[..2]).join(&photo[2..]);
        let mut content = fs::read(&file).unwrap();
        content[1000] ^= 1;
        fs::write(&file, content).unwrap();
        let (well, found) = check(&dir, &[]);
        assert!(!well, "{found}");
        assert!(found["lost_operations"].as_u64().unwrap() >= 1, "{found}");
        assert_eq!(found["damaged_photos"], serde_json::json!([photo]));
    };
    damage();
    let (well, found) = check(&dir, &["--repair"]);
    assert!(well, "{found}");
    assert!(Path::new(text(&found["repaired"]["before"])).is_dir(), "the former store is kept");
    assert_eq!(found["repaired"]["gone_photos"], serde_json::json!([]));
    let (well, found) = check(&dir, &[]);
    assert!(well, "{found}");
    assert!(!Path::new(&dir).join("check").exists(), "nothing else stays");
    let second = Serving::start(&["serve", "--dir", &dir]);
    assert_eq!(lively_shown(&lively.items, &second.text("url")), before, "it shows what the other box shows");
    second.stop(Signal::TERM);

    // With nobody to ask it says what cannot be had; and later it comes all the same.
    lively.village.while_stopped(|_| {
        damage();
        let (well, found) = check(&dir, &["--repair", "--wait", "1"]);
        assert!(!well);
        let gone = &found["repaired"]["gone_operations"];
        assert!(gone.as_array().unwrap().contains(&operation.clone().into()), "{found}");
        assert_eq!(found["repaired"]["gone_photos"], serde_json::json!([photo]));
    });
    let second = Serving::start(&["serve", "--dir", &dir]);
    let url = second.text("url");
    eventually("what was gone", || lively_shown(&lively.items, &url) == before);
    second.stop(Signal::TERM);
    lively.village.stop();
}

/// A JSON file in a folder.
fn read_json(folder: &str, name: &str) -> Value {
    serde_json::from_slice(&fs::read(Path::new(folder).join(name)).unwrap()).unwrap()
}

#[test]
fn a_square_is_taken_along_as_far_as_whoever_does_it_may_read() {
    let mut lively = Lively::new();
    let url = lively.village.url.clone();
    let members = ["resident", "post", "--url", &url, "--title", "Alleen wij", "--audience", "members"];
    let inside = text(&lively.anna.does(&members)["item"]).to_owned();
    let event = ["resident", "post", "--kind", "event", "--title", "Straatfeest", "--starts", "2030-06-01T20:00"];
    lively.anna.does(&[&event[..], &["--url", &url, "--audience", "square"]].concat());
    lively.anna.does(&["resident", "report", &lively.items[2], "--reason", "spam", "--url", &url]);

    let names = |folder: &str| {
        let items = read_json(folder, "items.json");
        items.as_array().unwrap().iter().map(|item| text(&item["id"]).to_owned()).collect::<Vec<_>>()
    };
    let texts = |folder: &str| {
        let posts = fs::read_dir(Path::new(folder).join("posts")).unwrap();
        posts.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect::<Vec<_>>().join("\n")
    };
    let outside = lively.village.file("bezoeker");
    let made = says(&["export", "--square", &outside, "--url", &url]);
    assert_eq!((&made["photos"], &made["agenda"]), (&1.into(), &true.into()), "{made}");
    assert!(lively.items.iter().all(|item| names(&outside).contains(item)));
    assert!(!names(&outside).contains(&inside) && !names(&outside).contains(&lively.erased));
    let all = fs::read_to_string(Path::new(&outside).join("items.json")).unwrap();
    assert!(!all.contains("Alleen wij") && !all.contains("spam") && !all.contains("\"report\""), "not for visitors");
    let posts = texts(&outside);
    assert!(posts.contains("# Erwtensoep") && posts.contains("Mooi!") && posts.contains("![De dijk](../photos/"));
    assert!(fs::read_to_string(Path::new(&outside).join("agenda.ics")).unwrap().contains("SUMMARY:Straatfeest"));
    let photo = fs::read_dir(Path::new(&outside).join("photos")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read(photo).unwrap()[..3], [0xff, 0xd8, 0xff], "a JPEG file");
    assert!(
        fails(&["export", "--square", &outside, "--url", &url]).1.contains("exists already"),
        "nothing is overwritten"
    );

    let member = lively.village.file("lid");
    lively.anna.does(&["export", "--square", &member]);
    assert!(names(&member).contains(&inside) && !texts(&member).contains("spam"));
    let mine = lively.village.file("mijn");
    let own = lively.anna.does(&["export", "--person", &mine]);
    assert_eq!(own["photos"], 1, "{own}");
    assert!(read_json(&mine, "me.json")["resident"] == lively.anna.resident);
    // The same from a box that does not run.
    let stopped = lively.village.file("stil");
    lively.village.while_stopped(|village| village.ask(&["export", "--square", &stopped]));
    assert_eq!(names(&stopped), names(&outside));
    lively.village.stop();
}

/// A small disk of its own, which takes a machine where this user may mount one.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// Mounts one; none, with the reason said, where that cannot be.
    fn mount(arguments: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("disk");
        fs::create_dir(&place).unwrap();
        let disk = Self { folder };
        let image = disk.image();
        if arguments.contains(&"loop") {
            fs::File::create(&image).unwrap().set_len(400 << 20).unwrap();
            disk.run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()])?;
        }
        let source = if arguments.contains(&"loop") { image.to_str().unwrap() } else { "tmpfs" };
        disk.run("mount", &[arguments, &[source, place.to_str().unwrap()]].concat())?;
        Some(disk)
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Option<()> {
        let output = std::process::Command::new(program).args(arguments).output();
        match output {
            Ok(output) if output.status.success() => Some(()),
            Ok(output) => {
                eprintln!("SKIPPED: {program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
                None
            }
            Err(error) => {
                eprintln!("SKIPPED: {program}: {error}");
                None
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A test that failed leaves a box for a moment; lazily it goes with that.
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.place()).output();
    }
}

/// A post of Anna's, and how it went.
fn try_to_post(anna: &Person, url: &str, title: &str) -> std::process::Output {
    dorpsplein(&[
        "resident",
        "post",
        "--key",
        &anna.key,
        "--url",
        url,
        "--title",
        title,
        "--audience",
        "square",
        "--json",
    ])
}

#[test]
fn on_a_full_disk_reading_goes_on_and_writing_begins_again_by_itself() {
    let Some(disk) = Disk::mount(&["-t", "tmpfs", "-o", "size=260m"]) else { return };
    let mut village = Village::within(tempfile::tempdir_in(disk.place()).unwrap(), "Vol");
    let anna = village.join("Anna");
    let before =
        text(&anna.does(&["resident", "post", "--title", "Er is plaats", "--audience", "square"])["item"]).to_owned();
    let free = rustix::fs::statvfs(disk.place()).unwrap();
    let filler = disk.place().join("vakantiefilms");
    let bytes = usize::try_from(free.f_bavail * free.f_frsize).unwrap() - (100 << 20);
    fs::write(&filler, vec![0; bytes]).unwrap();
    let line = anna.is_refused(&["resident", "post", "--title", "Erbij", "--url", &village.url], "storage");
    assert!(line.starts_with("dorpsplein: storage"), "{line}");
    for address in ["", "/api/v1/status", &format!("/api/v1/items/{before}")] {
        assert_eq!(get(&format!("{}{address}", village.url), &[]).status, 200, "{address} is read");
    }
    assert!(get(&format!("{}/problems/storage", village.url), &[]).text().contains("de schijf van het kastje vol"));
    // Before anybody has made room the box is started again: it does, and shows what it has.
    village.cut_the_power();
    village.power_on();
    assert_eq!(get(&format!("{}/api/v1/items/{before}", village.url), &[]).status, 200);
    assert!(!try_to_post(&anna, &village.url, "Nog een keer").status.success());
    fs::remove_file(&filler).unwrap();
    eventually("there is room", || try_to_post(&anna, &village.url, "Weer plaats").status.success());
    village.stop();
}

#[test]
fn on_a_disk_that_failed_reading_goes_on_and_what_was_told_is_there_on_a_mended_one() {
    let Some(disk) = Disk::mount(&["-t", "ext4", "-o", "loop"]) else { return };
    let mut village = Village::within(tempfile::tempdir_in(disk.place()).unwrap(), "Stuk");
    let anna = village.join("Anna");
    let before =
        text(&anna.does(&["resident", "post", "--title", "Verteld", "--audience", "square"])["item"]).to_owned();
    let key = disk.folder.path().join("anna.key");
    fs::copy(&anna.key, &key).unwrap();
    let anna = Person { key: key.to_str().unwrap().to_owned(), ..anna };
    let place = disk.place();
    disk.run("mount", &["-o", "remount,abort", place.to_str().unwrap()]).unwrap();
    for attempt in ["Erbij", "Nog een keer"] {
        assert!(!try_to_post(&anna, &village.url, attempt).status.success(), "nothing is kept, so nothing is told");
        for address in ["", "/api/v1/status", &format!("/api/v1/items/{before}")] {
            assert_eq!(get(&format!("{}{address}", village.url), &[]).status, 200, "{address} is read");
        }
    }
    // What can still be read can still be saved.
    let (passphrase, file) = (disk.folder.path().join("passphrase"), disk.folder.path().join("gered.age"));
    fs::write(&passphrase, PASSPHRASE).unwrap();
    let saved =
        village.ask(&["backup", "--to", file.to_str().unwrap(), "--passphrase-file", passphrase.to_str().unwrap()]);
    assert!(saved["operations"].as_u64().unwrap() >= 4, "{saved}");
    village.cut_the_power();
    disk.run("umount", &[place.to_str().unwrap()]).unwrap();
    disk.run("mount", &["-t", "ext4", "-o", "loop", disk.image().to_str().unwrap(), place.to_str().unwrap()]).unwrap();
    village.power_on();
    assert_eq!(get(&format!("{}/api/v1/items/{before}", village.url), &[]).status, 200);
    assert!(try_to_post(&anna, &village.url, "Weer heel").status.success());
    village.stop();
}

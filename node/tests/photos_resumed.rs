//! A large photo between two processes, one of which loses its power in the middle of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cli_support::{Person, Village, text};
use dorpsplein_node::photos::picture::drawn;
use dorpsplein_protocol::photo::CHUNK_BYTES;
use serde_json::Value;
use site_support::{PATIENCE, dorpsplein, eventually, get, says};

/// The chunks after which the power goes: two answers, of which there are many more.
const ENOUGH: u64 = 2 * 8 * CHUNK_BYTES as u64;
/// What a session costs beside the photo: greetings, registers, comparisons.
const OVERHEAD: u64 = 64 * 1024;

/// Posts a photo so full of noise that its file has some sixty chunks, and returns what the API says of it.
fn post_large(village: &Village, person: &Person, grain: u32) -> Value {
    let path = village.file(&format!("ruis-{grain}.jpg"));
    let noise = drawn(2048, 2048, |x, y| {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519) ^ grain).wrapping_mul(3_266_489_917);
        let mixed = (mixed ^ mixed >> 15).wrapping_mul(668_265_263);
        [(mixed >> 8) as u8, (mixed >> 16) as u8, (mixed >> 24) as u8]
    });
    fs::write(&path, noise.unwrap()).unwrap();
    let post = ["resident", "post", "--key", &person.key, "--title", "Ruis", "--audience", "neighbours"];
    let posted = says(&[&post[..], &["--photo", &path, "--alt", "Ruis, van rand tot rand"]].concat());
    let item = get(&format!("{}/api/v1/items/{}", village.url, text(&posted["item"])), &[]);
    let item: Value = serde_json::from_str(item.text()).unwrap();
    item["content"]["photos"][0].clone()
}

/// Where a photo stands in the folder of a box.
fn file_of(village: &Village, photo: &Value) -> PathBuf {
    let id = text(&photo["id"]);
    Path::new(&village.dir).join("photos").join(&id[..2]).join(&id[2..])
}

fn length(path: &Path) -> u64 {
    path.metadata().map(|file| file.len()).unwrap_or_default()
}

#[test]
fn after_a_power_cut_only_the_chunks_that_are_missing_come() {
    let [north, mut south] = Village::neighbours();
    let anna = north.join("Anna");
    let mut grain = 0;
    // On a quick machine the photo may be whole before the power goes; then another one is posted.
    let (photo, before) = loop {
        grain += 1;
        let photo = post_large(&north, &anna, grain);
        let (whole, begun) = (file_of(&south, &photo), Instant::now());
        let part = whole.with_extension("part");
        while length(&part) < ENOUGH && !whole.exists() {
            assert!(begun.elapsed() < PATIENCE, "nothing came of the photo");
        }
        south.cut_the_power();
        if !whole.exists() {
            break (photo, length(&part) / CHUNK_BYTES as u64 * CHUNK_BYTES as u64);
        }
        assert!(grain < 8, "the photo was whole before the power went, eight times");
        south.power_on();
    };
    let size = photo["length"].as_u64().unwrap();
    assert!(before >= ENOUGH && before < size, "{before} of {size} bytes were there");

    south.power_on();
    let whole = file_of(&south, &photo);
    eventually("the photo next door", || whole.exists());
    assert_eq!(fs::read(&whole).unwrap(), fs::read(file_of(&north, &photo)).unwrap(), "byte for byte");
    let address = format!("{}/photos/{}/1280", south.url, text(&photo["id"]));
    eventually("and on the pages", || get(&address, &[]).status == 200);
    let status = south.ask(&["sync", "status"]);
    let received = status["neighbours"][0]["carried"]["bytes_received"].as_u64().unwrap();
    println!("{received} bytes received for the {} that were missing of {size}", size - before);
    // Packing saves a little, even of a photo.
    let missing = size - before;
    assert!((missing / 10 * 9..missing + OVERHEAD).contains(&received), "{missing} bytes were missing: {status}");
    assert_eq!((&status["photos"]["held"], &status["photos"]["wanted"]), (&grain.into(), &0.into()), "{status}");

    let words = String::from_utf8(dorpsplein(&["sync", "status", "--dir", &south.dir]).stdout).unwrap();
    assert!(words.contains(&format!("{grain} photos held (")), "{words}");
    let running = fs::read_to_string(format!("{}/running.json", south.dir)).unwrap();
    let running: Value = serde_json::from_str(&running).unwrap();
    let bearer = format!("Bearer {}", text(&running["token"]));
    let figures = get(&format!("{}/metrics", south.url), &[("authorization", &bearer)]);
    let bytes = &status["photos"]["held_bytes"];
    for line in [
        format!("dorpsplein_photos{{state=\"held\"}} {grain}"),
        format!("dorpsplein_photo_bytes{{state=\"held\"}} {bytes}"),
    ] {
        assert!(figures.text().contains(&line), "{line} in {}", figures.text());
    }
    south.stop();
    north.stop();
}

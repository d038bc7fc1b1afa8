//! The last chapter: a photo of the willows, files that are none, and news that shows it.

use serde_json::{Value, json};

use super::{Chapter, Hand, set, text};

/// A JPEG picture of 640 by 480 pixels up to where its coded part begins: start, frame, scan.
const HEAD: &str = "ffd8ffc0000b0801e00280010111\
                    00ffda0008010100003f00";
/// Where it ends.
const END: &str = "ffd9";

/// Tells it.
pub(super) fn show(photos: &mut Chapter, resident: &mut Hand) {
    let file = json!([part(HEAD, 1), part("00", 65_536), part(END, 1)]);
    photos.add("a file in two chunks", json!({ "photo": { "file": file } }));
    let photo = photos.last()["expected"].clone();
    refuse_files(photos);

    let alt = "De wilgen langs de vliet, pas geknot";
    let reference = reference(&photo, 640, alt);
    let title = set(1, text("De wilgen zijn geknot"));
    let edits = [title, set(9, json!({ "bytes": reference }))];
    let news = resident.create(None, "neighbours", 1, None, &edits, 200);
    let told = photos.add("news with that photo", news);
    resident.signed(&told);
    let without = resident.edit(&told, std::slice::from_ref(&told), &[set(9, json!("null"))], 201);
    photos.add("and without it", without);

    let wide = resident.create(
        None,
        "square",
        1,
        None,
        &[set(9, json!({ "bytes": self::reference(&photo, 65_535, alt) }))],
        202,
    );
    photos.check_made("a reference to a photo of more pixels than one may have", &wide);
    let twice = resident.create(None, "square", 1, None, &[set(9, json!({ "bytes": format!("{reference}00") }))], 202);
    photos.check_made("a reference with something behind it", &twice);
    let worded = resident.create(None, "square", 1, None, &[set(9, text(alt))], 202);
    photos.check_made("words where a photo belongs", &worded);
}

fn refuse_files(photos: &mut Chapter) {
    let exif = HEAD.replacen("ffd8", "ffd8ffe1000a4578696600004d4d", 1);
    let enormous = HEAD.replacen("01e00280", "fffffffe", 1);
    let files = [
        ("a file that says where it was taken", vec![part(&exif, 1), part("00", 99), part(END, 1)]),
        ("a second file behind the picture", vec![part(HEAD, 1), part("00", 99), part(END, 1), part("504b0304", 1)]),
        ("a picture of four thousand million pixels", vec![part(&enormous, 1), part("00", 99), part(END, 1)]),
        ("a picture without an end", vec![part(HEAD, 1), part("00", 99)]),
        ("a file of more than 8 MiB", vec![part(HEAD, 1), part("00", 8 * 1024 * 1024), part(END, 1)]),
        ("a letter: 'Beste buren'", vec![part("426573746520627572656e", 1)]),
    ];
    for (name, file) in files {
        photos.add(name, json!({ "photo": { "file": file } }));
    }
}

fn part(bytes: &str, times: usize) -> Value {
    json!({ "bytes": bytes, "times": times })
}

/// The array `[photo, length, width, height, alt]` in hexadecimal, its numbers each in the shortest form.
fn reference(photo: &Value, width: u64, alt: &str) -> String {
    let name = photo["photo"].as_str().expect("a photo has a name");
    let length = photo["length"].as_u64().expect("and a length");
    let words: String = alt.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!((24..256).contains(&alt.len()), "one byte says how long the words are");
    assert!(length > 0xffff && width > 0xff, "four bytes for the length, two for a side");
    format!("855820{name}1a{length:08x}19{width:04x}1901e078{:02x}{words}", alt.len())
}

//! Writes where fuzzing starts, `corpus/TARGET`, from the test vectors of the protocol: real operations, and bytes that are
//! refused for a known reason.

use std::path::Path;
use std::{fs, io};

use dorpsplein_protocol::bundle::{Head, Writer};
use dorpsplein_protocol::operation::{CircleId, NeighbourhoodId, OperationId, Signed, Space, Value as PayloadValue};
use dorpsplein_protocol::photo::{Photo, PhotoId};
use dorpsplein_protocol::sync::{
    Comparison, Content, Fingerprint, Message, Place, SESSION_VERSION, Section, SpaceId, SpaceRoot, pack,
};
use dorpsplein_protocol::time::Timestamp;
use serde_json::Value;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut transfers = Vec::new();
    for file in [
        "items.json",
        "register.json",
        "statements.json",
        "edits.json",
        "refused.json",
        "refused-statements.json",
        "photos.json",
        "posts.json",
    ] {
        let text = fs::read_to_string(here.join("../protocol/tests/vectors").join(file))?;
        collect_transfers(&serde_json::from_str(&text)?, &mut transfers);
    }
    write(here, "transfer", &transfers)?;
    let payloads: Vec<Vec<u8>> = transfers
        .iter()
        .filter_map(|bytes| Signed::decode(bytes).ok())
        .filter_map(|signed| signed.payload().map(<[u8]>::to_vec))
        .collect();
    write(here, "codec_scan", &payloads)?;
    let frames = frames(&transfers);
    let packed: Vec<_> = frames.iter().map(|frame| pack(frame).unwrap_or_else(|| frame.clone())).collect();
    write(here, "packed", &packed)?;
    write(here, "bundle", &bundles(&transfers))?;
    write(here, "frame", &frames)?;
    write(here, "photo_file", &photo_files())?;
    write(here, "civil_time", &[b"2026-12-042026-12-04T20:00".to_vec(), b"2028-02-29".to_vec()])?;
    let histories: Vec<Vec<u8>> =
        (1..9).map(|factor: u8| (0..80).map(|n: u8| n.wrapping_mul(factor * 29)).collect()).collect();
    write(here, "missing_payload", &histories)?;
    write(here, "register_order", &histories)?;
    write(here, "merge_order", &[(0..120).map(|n| (n * 37) as u8).collect(), vec![7; 60]])?;
    println!("{} operations were found in the vectors", transfers.len());
    Ok(())
}

/// Bundles without a frame, with one, and with several.
fn bundles(transfers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let spaces = vec![Space::Register, Space::Members, Space::Circle(CircleId::from_bytes([2; 32]))];
    let made = Timestamp::from_millis(1_795_255_200_000);
    let head = Head { neighbourhood: NeighbourhoodId::from_bytes([1; 32]), spaces, made, operations: 6 };
    let frames: Vec<Vec<u8>> = transfers
        .chunks(3)
        .take(2)
        .map(|operations| {
            let operations = operations.iter().cloned().map(Into::into).collect();
            Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false }.encode()
        })
        .collect();
    (0..=frames.len())
        .map(|count| {
            let (mut writer, mut bytes) = Writer::new(&head);
            frames[..count].iter().for_each(|frame| bytes.extend(writer.frame(frame)));
            bytes.extend(writer.end());
            bytes
        })
        .collect()
}

/// Small files of both formats, with and without what is refused, and a reference to one.
fn photo_files() -> Vec<Vec<u8>> {
    let frame: &[u8] = &[0xff, 0xc0, 0, 11, 8, 1, 0xe0, 2, 0x80, 1, 1, 0x11, 0];
    let scan: &[u8] = &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0, 0xff, 0xd0, 4];
    let (start, end, tables): (&[u8], &[u8], &[u8]) = (&[0xff, 0xd8], &[0xff, 0xd9], &[0xff, 0xc4, 0, 4, 1, 2]);
    let jfif: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0";
    let exif: &[u8] = b"\xff\xe1\0\x0aExif\0\0MM";
    let riff = |chunks: &[u8]| {
        let length = u32::try_from(chunks.len() + 4).unwrap_or_default().to_le_bytes();
        [&b"RIFF"[..], &length, b"WEBP", chunks].concat()
    };
    let lossless = b"VP8L\x06\0\0\0\x2f\x3f\x41\0\0\0";
    let lossy = b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\x20\0";
    let extended = b"VP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\x1f\0\0";
    let id = PhotoId::from_bytes([9; 32]);
    let photo = Photo { id, length: 120_000, width: 640, height: 480, alt: "De brink".to_owned() };
    let reference = if let PayloadValue::Bytes(bytes) = photo.value() { bytes } else { Vec::new() };
    vec![
        [start, frame, scan, end].concat(),
        [start, jfif, tables, frame, scan, scan, end].concat(),
        [start, exif, frame, scan, end].concat(),
        riff(lossless),
        riff(lossy),
        riff(&[&extended[..], lossy].concat()),
        reference,
    ]
}

/// Every text under a key `transfer`, read as hexadecimal digits.
fn collect_transfers(value: &Value, transfers: &mut Vec<Vec<u8>>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(digits) if name == "transfer" => transfers.extend(bytes_of(digits)),
                    other => collect_transfers(other, transfers),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_transfers(value, transfers)),
        _ => {}
    }
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// One frame of every message.
fn frames(transfers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let neighbourhood = NeighbourhoodId::from_bytes([1; 32]);
    let id = SpaceId { neighbourhood, space: Space::Neighbours };
    let ids: Vec<_> =
        transfers.iter().filter_map(|bytes| Signed::decode(bytes).ok()).map(|signed| signed.id()).collect();
    let operations = transfers.iter().take(3).cloned().map(Into::into).collect();
    let contents = [
        Content::Settled,
        Content::Fingerprint(Fingerprint([3; 16])),
        Content::Listed(vec![[4; 8]; 3]),
        Content::Differs { here: ids.clone(), there: vec![[5; 8]; 2] },
    ];
    let end = |hour| Place { hour, id: OperationId::from_bytes([6; 32]) };
    let sections = (490_000..).zip(contents).map(|(hour, content)| Section { end: end(hour), content }).collect();
    let comparison = Comparison { window: 2, sections };
    let messages = [
        Message::Hello { version: SESSION_VERSION, neighbourhood },
        Message::Roots { roots: vec![SpaceRoot { id, fingerprint: Fingerprint([9; 16]) }], answer: true },
        Message::Same,
        Message::More,
        Message::Compare { id, comparison },
        Message::Absent { id },
        Message::Have { ids: ids.clone() },
        Message::Fetch { ids: ids.clone(), large: true },
        Message::Operations { operations, absent: ids.clone(), later: ids, more: true },
        Message::Push { operation: transfers.first().cloned().unwrap_or_default() },
    ];
    messages.iter().map(Message::encode).collect()
}

fn write(here: &Path, target: &str, seeds: &[Vec<u8>]) -> io::Result<()> {
    let folder = here.join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    seeds.iter().enumerate().try_for_each(|(n, seed)| fs::write(folder.join(format!("seed-{n:03}")), seed))
}

//! Writes where fuzzing starts, a folder for each target in the folder it is told: from the test vectors of the protocol, real
//! operations and bytes that are refused for a known reason; and small examples of what else people hand in.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use dorpsplein_fuzz::bodies::BODIES;
use dorpsplein_fuzz::config::Config;
use dorpsplein_fuzz::links::{BoxLink, DeviceLink, InvitationLink, Site, TreatyLink, TreatyOffer};
use dorpsplein_protocol::bundle::{Head, Writer};
use dorpsplein_protocol::identity::{LetterCode, PublicKey};
use dorpsplein_protocol::linking::LinkSecret;
use dorpsplein_protocol::operation::{CircleId, NeighbourhoodId, OperationId, Signed, Space, Value as PayloadValue};
use dorpsplein_protocol::photo::{Photo, PhotoId};
use dorpsplein_protocol::sync::{
    Comparison, Content, Fingerprint, Message, Place, SESSION_VERSION, Section, SpaceId, SpaceRoot, pack,
};
use dorpsplein_protocol::time::Timestamp;
use image::{ImageFormat, RgbaImage};
use serde_json::Value;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let to = env::args_os().nth(1).map(PathBuf::from);
    let to = &to.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "say into which folder"))?;
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
    write(to, "transfer", &transfers)?;
    let payloads: Vec<Vec<u8>> = transfers
        .iter()
        .filter_map(|bytes| Signed::decode(bytes).ok())
        .filter_map(|signed| signed.payload().map(<[u8]>::to_vec))
        .collect();
    write(to, "codec_scan", &payloads)?;
    let frames = frames(&transfers);
    let packed: Vec<_> = frames.iter().map(|frame| pack(frame).unwrap_or_else(|| frame.clone())).collect();
    write(to, "packed", &packed)?;
    write(to, "bundle", &bundles(&transfers))?;
    write(to, "frame", &frames)?;
    write(to, "photo_file", &photo_files())?;
    write(to, "civil_time", &[b"2026-12-042026-12-04T20:00".to_vec(), b"2028-02-29".to_vec()])?;
    let histories: Vec<Vec<u8>> =
        (1..9).map(|factor: u8| (0..80).map(|n: u8| n.wrapping_mul(factor * 29)).collect()).collect();
    write(to, "missing_payload", &histories)?;
    write(to, "register_order", &histories)?;
    write(to, "merge_order", &[(0..120).map(|n| (n * 37) as u8).collect(), vec![7; 60]])?;
    let chain = |links: &[Vec<u8>]| links.iter().flat_map(|link| [length(link).as_slice(), link].concat()).collect();
    write(to, "proof", &transfers.windows(3).step_by(3).map(chain).collect::<Vec<Vec<u8>>>())?;
    write(to, "linking", &(0..4).flat_map(|slot| [0, 9, 77].map(|place| vec![slot, place, 1])).collect::<Vec<_>>())?;
    write(to, "session", &sessions())?;
    write(to, "picture", &pictures()?)?;
    write(to, "theme", &texts(&["brand=#224488/#aaccff\ntext=1.25rem\nfont=serif", "brand=#fff/#000\nink=red;}"]))?;
    write(to, "markdown", &texts(&MARKDOWN))?;
    write(to, "ics", &texts(&CALENDARS))?;
    write(to, "typed_text", &texts(&TYPED))?;
    write(to, "api_body", &bodies())?;
    write(to, "theme_file", &texts(&THEME_FILES))?;
    write(to, "box_toml", &settings())?;
    write(to, "link", &links())?;
    write(to, "backup_archive", &backups())?;
    write(to, "form", &texts(&FORMS))?;
    println!("{} operations were found in the vectors", transfers.len());
    Ok(())
}

const MARKDOWN: [&str; 3] = [
    "# Zomerfeest\n\n*Kom* **allemaal**, neem [iets](https://plein.example/x) mee:\n\n1. taart\n2. `stoelen`\n",
    "> - [x](javascript:alert(1)) <b onclick=x>y</b>\n\n---\n![a](b)\n\n```\n<script>\n```\n",
    "a\\\nb<https://plein.example> &amp; &#x27;\n\n| a | b |\n|---|---|\n| ~~c~~ | d |\n",
];

const CALENDARS: [&str; 3] = [
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Amsterdam:20261204T200000\r\nDTEND;TZID=Europe/Amsterdam:20261204T220000\r\nSUMMARY:Koor\r\nRRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=5\r\nEXDATE;TZID=Europe/Amsterdam:20261211T200000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20260427\r\nDURATION:P1D\r\nRRULE:FREQ=YEARLY\r\nSTATUS:CANCELLED\r\nDESCRIPTION:a\\nb\\,c\r\n d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Ergens\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:3\r\nDTSTART;TZID=Ergens:20260101T120000\r\nRDATE;TZID=Ergens:20260201T120000,20260301T120000\r\nRECURRENCE-ID:20260101T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
];

const TYPED: [&str; 8] = [
    "7K3M-92XQ-A4TD",
    "0123456789ABCDEFGHJKMNPQRS",
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
    "2026-12-04",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=1TH;COUNT=7",
    "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-1;UNTIL=20301231",
    "fy",
    "event",
];

const THEME_FILES: [&str; 3] = [
    r##"{"dorpsplein-theme":1,"tokens":{"brand":"#224488/#aaccff","text":"1.25rem","font":"serif"}}"##,
    r##"{"dorpsplein-theme":2,"tokens":{"ink":"#111111/#eeeeee"},"logo":"/9j/4AAQSkZJRg=="}"##,
    r##"{"dorpsplein-theme":3,"tokens":{"text":"1rem;}"},"logo":"%"}"##,
];

const FORMS: [&str; 3] = [
    "step=questions&name=Maasdorp&tagline=Aan+de+rivier&help_name=Truus&help_phone=0123+456&help_hours=9+tot+12\
     &address=https%3A%2F%2Fplein.example&certificate=on&port=8080&box_port=4080&mdns=on",
    "code=7K3M-92XQ-A4TD&name=%22%0A%5Bhttps%5D&address=http%3A%2F%2F%5B%3A%3A1%5D%3A80",
    "address=a%40b.example&frequency=weekly&kind=news&kind=event&kind=news&members=on&stop=",
];

/// One of every body.
fn bodies() -> Vec<Vec<u8>> {
    let numbered = BODIES.iter().zip(0..=u8::MAX);
    numbered.map(|(body, number)| [vec![number], (body.example)().to_string().into_bytes()].concat()).collect()
}

/// The file as a new box has it, all that can stand in one, and something instead of it.
fn settings() -> Vec<Vec<u8>> {
    let usual = Config::example().render();
    // What is only shown there begins with a mark and a small letter.
    let said =
        |line: &str| line.strip_prefix("# ").filter(|rest| rest.contains(" = ") || rest.starts_with('[')).is_some();
    let all: Vec<&str> = usual.lines().map(|line| if said(line) { &line[2..] } else { line }).collect();
    let lines = |line: &&str| !line.starts_with('#');
    let short: Vec<&str> = all.iter().copied().filter(|line| lines(line) && !line.is_empty()).collect();
    let short = short.join("\n");
    vec![
        short.clone().into_bytes(),
        format!("{short}\0site=127.0.0.1:1\nphotos.resident_mb=7\nupnp=false").into_bytes(),
        b"name = \"a\"\nneighbourhood = 3\nsite = \nnaam = 'b'\n[help]\n[[agenda.source]]".to_vec(),
    ]
}

fn links() -> Vec<Vec<u8>> {
    let site = || Site::parse("https://plein.example").expect("an address");
    let address = "/ip4/192.0.2.1/udp/4080/quic-v1";
    let (neighbourhood, box_key) = (NeighbourhoodId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
    let invitation = InvitationLink { site: site(), code: LetterCode::from_random([7; 8]) };
    let operation = OperationId::from_bytes([3; 32]);
    let offer = TreatyOffer { neighbourhood, operation, box_key, addresses: vec![address.to_owned()] };
    let addresses = vec![address.parse().expect("an address")];
    let second = BoxLink { site: site(), neighbourhood, name: "Maasdorp".to_owned(), box_key, addresses };
    let device = DeviceLink { site: site(), secret: LinkSecret::from_random([7; 16]) };
    let links = [invitation.url(), TreatyLink { site: site(), offer }.url(), second.url(), device.url()];
    links.map(String::into_bytes).to_vec()
}

/// What is made into backups: of each name one, and a file that says what the backup is.
fn backups() -> Vec<Vec<u8>> {
    let rows = r#"[{"table":1,"entries":2,"sha256":"00"}]"#;
    let about = format!(
        r#"{{"format":1,"program":"x","made":1,"neighbourhood":"01","operations":1,"damaged_operations":0,"photos":0,"rows":{rows}}}"#
    );
    let entry = |name: u8, added: &str, content: &[u8]| {
        let [low, high] = u16::try_from(content.len()).unwrap_or(0).to_le_bytes();
        [&[name, 1, 1, added.len() as u8, low, high], added.as_bytes(), content].concat()
    };
    let frame = b"\x80".as_slice();
    let id = "07".repeat(32);
    let list = format!("{id}\n");
    let all = [
        entry(0, "", about.as_bytes()),
        entry(1, "", b"key"),
        entry(4, "", frame),
        entry(3, "", &pack(&[0; 200]).unwrap_or_default()),
        entry(5, "", list.as_bytes()),
        entry(6, &id[2..], b"x"),
    ];
    let made: Vec<Vec<u8>> = all.iter().map(|one| [vec![1], one.clone()].concat()).collect();
    [made, vec![[vec![1], all[..5].concat()].concat()]].concat()
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()
}

/// Posts on both sides, delivered in order, with one thing made up somewhere.
fn sessions() -> Vec<Vec<u8>> {
    let honest: Vec<[u8; 4]> = (0..12).map(|n| [14, n & 1, n, 0]).chain((0..40).map(|n| [0, n & 1, 0, 0])).collect();
    let with = |n: u8| {
        let mut turns = honest.clone();
        turns.insert(14 + usize::from(n), [9, n << 1, n, 100]);
        turns.concat()
    };
    (0..20).map(with).collect()
}

/// A picture of a few pixels in each format.
fn pictures() -> io::Result<Vec<Vec<u8>>> {
    let clear = RgbaImage::from_fn(24, 17, |x, y| image::Rgba([(x * 9) as u8, (y * 13) as u8, 80, (x * y) as u8]));
    let opaque = image::DynamicImage::from(clear.clone()).into_rgb8();
    let mut files = Vec::new();
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let mut file = Cursor::new(Vec::new());
        clear.write_to(&mut file, format).map_err(io::Error::other)?;
        files.push(file.into_inner());
    }
    let mut file = Cursor::new(Vec::new());
    opaque.write_to(&mut file, ImageFormat::Jpeg).map_err(io::Error::other)?;
    files.push(file.into_inner());
    Ok(files)
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

fn write(to: &Path, target: &str, seeds: &[Vec<u8>]) -> io::Result<()> {
    let folder = to.join(target);
    fs::create_dir_all(&folder)?;
    seeds.iter().enumerate().try_for_each(|(n, seed)| fs::write(folder.join(format!("seed-{n:03}")), seed))
}

//! Writes where fuzzing starts, `corpus/TARGET`, from the test vectors of the protocol: real operations, and bytes that are
//! refused for a known reason.

use std::path::Path;
use std::{fs, io};

use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::sync::{
    Comparison, Content, Fingerprint, Message, Place, SESSION_VERSION, Section, SpaceId, SpaceRoot, pack,
};
use serde_json::Value;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut transfers = Vec::new();
    for file in
        ["items.json", "register.json", "statements.json", "edits.json", "refused.json", "refused-statements.json"]
    {
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
    write(here, "frame", &frames)?;
    write(here, "civil_time", &[b"2026-12-042026-12-04T20:00".to_vec(), b"2028-02-29".to_vec()])?;
    let histories: Vec<Vec<u8>> =
        (1..9).map(|factor: u8| (0..80).map(|n: u8| n.wrapping_mul(factor * 29)).collect()).collect();
    write(here, "missing_payload", &histories)?;
    write(here, "register_order", &histories)?;
    write(here, "merge_order", &[(0..120).map(|n| (n * 37) as u8).collect(), vec![7; 60]])?;
    println!("{} operations were found in the vectors", transfers.len());
    Ok(())
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

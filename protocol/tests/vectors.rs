//! The test vectors in `vectors/*.json`: what every implementation of the wire format has to give, byte for byte.
//!
//! The files are the story in `vectors/story.rs`, written down. They change only on purpose: set
//! `DORPSPLEIN_WRITE_VECTORS=1` to write them anew, and say why in the commit. The browser's module is held to the same
//! files by `cargo xtask test`.
#![allow(clippy::unwrap_used)]
// What touches nothing is the crate; its tests read and write files.
#![allow(clippy::disallowed_methods)]

#[path = "vectors/interpreter.rs"]
mod interpreter;
#[path = "vectors/story.rs"]
mod story;

use std::collections::BTreeSet;
use std::path::PathBuf;

use coset::cbor::value::Value as Cbor;
use coset::{CborSerializable, CoseSign1, RegisteredLabelWithPrivate, iana};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Tests run in the folder of their package; where they were built may be another clone that shares the target folder.
fn folder() -> PathBuf {
    PathBuf::from("tests/vectors")
}

/// Every vector of every file.
fn vectors() -> Vec<Value> {
    let files = [
        "keys.json",
        "register.json",
        "statements.json",
        "items.json",
        "edits.json",
        "refused.json",
        "refused-statements.json",
        "photos.json",
        "posts.json",
    ];
    let read =
        |file| -> Value { serde_json::from_str(&std::fs::read_to_string(folder().join(file)).unwrap()).unwrap() };
    files.into_iter().flat_map(|file| read(file)["vectors"].as_array().unwrap().clone()).collect()
}

#[test]
fn every_vector_gives_what_is_written_down() {
    let vectors = vectors();
    assert!(vectors.len() >= 140, "{} vectors", vectors.len());
    for vector in vectors {
        assert_eq!(story::carry_out(&vector["input"]), vector["expected"], "{}", vector["name"]);
    }
}

#[test]
fn the_files_are_the_story() {
    for chapter in story::tell() {
        let told = json!({ "about": chapter.about, "vectors": chapter.vectors });
        let path = folder().join(chapter.file);
        if std::env::var_os("DORPSPLEIN_WRITE_VECTORS").is_some_and(|value| value == "1") {
            std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&told).unwrap())).unwrap();
        }
        let written: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(written == told, "{}: DORPSPLEIN_WRITE_VECTORS=1 writes it anew", chapter.file);
    }
}

#[test]
fn the_first_key_is_that_of_rfc_8032() {
    let expected = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert_eq!(vectors()[0]["expected"], json!({ "public_key": expected }));
}

#[test]
fn whatever_was_made_is_accepted_as_it_is() {
    for vector in vectors().iter().filter(|vector| vector["expected"].get("id").is_some()) {
        let expected = &vector["expected"];
        let outcome = story::carry_out(&json!({ "check": { "transfer": expected["transfer"] } }));
        assert_eq!(outcome, json!({ "accepted": expected["id"] }), "{}", vector["name"]);
    }
}

#[test]
fn the_refusals_differ_and_cover_every_problem_of_form() {
    let vectors = vectors();
    let problems: BTreeSet<&str> = vectors.iter().filter_map(|vector| vector["expected"]["problem"].as_str()).collect();
    let expected = [
        "bad-signature",
        "home-key-period",
        "invalid-content",
        "invitation-period",
        "malformed",
        "not-canonical",
        "payload-mismatch",
        "photo-format",
        "photo-metadata",
        "photo-too-large",
        "text-too-long",
        "too-deep",
        "unsupported-version",
        "weak-key",
    ];
    assert_eq!(problems, BTreeSet::from(expected));
}

/// What another library makes of the bytes: COSE by `coset`, CBOR by `ciborium`, none of our own code.
#[test]
fn another_library_reads_the_same() {
    let (mut seen, mut numbers) = (0, BTreeSet::new());
    for vector in vectors().iter().filter(|vector| vector["expected"].get("id").is_some()) {
        let name = &vector["name"];
        let field = |name: &str| HEXLOWER.decode(vector["expected"][name].as_str().unwrap().as_bytes()).unwrap();
        let transfer: Cbor = ciborium_from(&field("transfer"));
        let [envelope, payload] = <[Cbor; 2]>::try_from(transfer.into_array().unwrap()).unwrap();
        assert_eq!(payload.into_bytes().unwrap(), field("payload"), "{name}");
        numbers.extend(read_as_said(&field("payload"), &vector["expected"]["statement"], name));

        let envelope = CoseSign1::from_slice(&envelope.into_bytes().unwrap()).unwrap();
        let algorithm = RegisteredLabelWithPrivate::Assigned(iana::Algorithm::Ed25519);
        assert_eq!(envelope.protected.header.alg, Some(algorithm), "{name}");
        assert!(envelope.unprotected.is_empty(), "{name}");
        assert_eq!(envelope.payload, Some(field("header")), "{name}");

        let header = ciborium_from(&field("header")).into_array().unwrap();
        assert_eq!(header.len(), 13, "{name}");
        let device: [u8; 32] = header[4].as_bytes().unwrap().as_slice().try_into().unwrap();
        assert_eq!(header[10].as_bytes().unwrap().as_slice(), Sha256::digest(field("payload")).as_slice(), "{name}");
        assert_eq!(HEXLOWER.encode(&Sha256::digest(field("header"))), vector["expected"]["id"], "{name}");
        let verify = |signature: &[u8], signed: &[u8]| {
            let signature = Signature::from_slice(signature)?;
            VerifyingKey::from_bytes(&device)?.verify_strict(signed, &signature)
        };
        envelope.verify_signature(b"dorpsplein/operation/1", verify).unwrap();
        seen += 1;
    }
    assert!(seen > 50, "{seen} operations");
    assert!((0..STATEMENTS.len()).all(|number| numbers.contains(&number)), "only {numbers:?}");
}

/// The fields of each statement in the order of their encoding, as the wire format's document has them; the number of a
/// statement is its place here.
const STATEMENTS: [(&str, &[&str]); 29] = [
    ("genesis", &["name", "nonce"]),
    ("invitation", &["key", "role", "expires"]),
    ("claim", &["invitation", "nonce", "proof"]),
    ("device-addition", &["device", "proof"]),
    ("role-change", &["resident", "role", "counts"]),
    ("box-certificate", &["key", "expires"]),
    ("treaty", &["with", "accepts", "direction", "kinds", "expires"]),
    ("invitation-withdrawal", &["invitation"]),
    ("device-retirement", &["device", "last"]),
    ("member-removal", &["resident", "counts"]),
    ("rescue", &["device", "last"]),
    ("fork-decision", &["device", "sequence", "keep"]),
    ("recovery-key", &["key", "proof"]),
    ("recovery", &["resident", "device", "proof", "counts"]),
    ("endorsement", &["of"]),
    ("veto", &["of"]),
    ("box-retirement", &["key"]),
    ("treaty-end", &["with"]),
    ("circle-founding", &["name"]),
    ("circle-admission", &["circle", "neighbourhood"]),
    ("circle-joining", &["circle", "founder", "admission"]),
    ("circle-leaving", &["circle", "neighbourhood"]),
    ("circle-end", &["circle"]),
    ("organisation", &["speaker"]),
    ("speaker-change", &["organisation", "resident", "speaks", "counts"]),
    ("sub-area", &["name"]),
    ("sub-area-end", &["area"]),
    ("home-key-policy", &["allowed"]),
    ("home-key", &["resident", "device", "proof", "expires"]),
];

/// Checks that a payload, read by another library, is the statement that the vector says it is. Returns its number, unless
/// it is one of a later version or no statement.
fn read_as_said(payload: &[u8], said: &Value, name: &Value) -> Option<usize> {
    let [sort, statement] = <[Cbor; 2]>::try_from(ciborium_from(payload).into_array().unwrap()).unwrap();
    if sort != Cbor::from(1) {
        assert!(said.is_null(), "{name}: edits are no statement");
        return None;
    }
    if let Some(raw) = said.get("unknown") {
        assert_eq!(HEXLOWER.encode(&payload[2..]), *raw, "{name}");
        return None;
    }
    let [number, body] = <[Cbor; 2]>::try_from(statement.into_array().unwrap()).unwrap();
    let number = usize::try_from(number.into_integer().unwrap()).unwrap();
    let (kind, fields) = STATEMENTS[number];
    let expected: Vec<Value> = fields.iter().map(|field| numbered(&said[kind][*field])).collect();
    assert_eq!(said[kind].as_object().unwrap().len(), fields.len(), "{name}");
    assert_eq!(as_json(&body), Value::from(expected), "{name}");
    Some(number)
}

/// A value of a vector as its encoding has it: names as numbers, the devices of a list as pairs.
fn numbered(said: &Value) -> Value {
    match said {
        Value::String(text) => match text.as_str() {
            "resident" | "both" => json!(0),
            "connector" | "send" => json!(1),
            "receive" => json!(2),
            other => json!(other),
        },
        Value::Array(values) => values.iter().map(numbered).collect(),
        Value::Object(count) => json!([count["device"], count["last"]]),
        other => other.clone(),
    }
}

/// CBOR as JSON, bytes in hexadecimal.
fn as_json(value: &Cbor) -> Value {
    match value {
        Cbor::Bytes(bytes) => json!(HEXLOWER.encode(bytes)),
        Cbor::Text(text) => json!(text),
        Cbor::Integer(number) => json!(i64::try_from(*number).unwrap()),
        Cbor::Bool(yes) => json!(yes),
        Cbor::Null => Value::Null,
        Cbor::Array(values) => values.iter().map(as_json).collect(),
        other => panic!("{other:?} is not in the format"),
    }
}

fn ciborium_from(bytes: &[u8]) -> Cbor {
    Cbor::from_slice(bytes).unwrap()
}

//! Short texts that people type over or that stand in an address: codes of letters, secrets of links, ids, days, rules of
//! events, tags of languages. What is read is written in one form, and read from it as the same.
#![no_main]

use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{LetterCode, PublicKey};
use dorpsplein_protocol::linking::LinkSecret;
use dorpsplein_protocol::operation::{Kind, OperationId};
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day};
use dorpsplein_web_ui::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(code) = LetterCode::parse(text) {
        assert!(LetterCode::parse(&code.compact()).is_ok_and(|again| again == code));
        assert!(LetterCode::parse(&code.to_string()).is_ok_and(|again| again == code));
    }
    if let Ok(secret) = LinkSecret::parse(text) {
        let again = LinkSecret::parse(&secret.compact()).expect("it was written here");
        assert_eq!(again.compact(), secret.compact());
    }
    if let Some(bytes) = hex::decode(text) {
        assert_eq!(hex::encode(&bytes), text.to_ascii_lowercase());
    }
    if let Some(id) = OperationId::from_hex(text) {
        assert_eq!(OperationId::from_hex(&id.to_string()), Some(id));
    }
    if let Some(id) = PhotoId::from_hex(text) {
        assert_eq!(PhotoId::from_hex(&id.to_string()), Some(id));
    }
    if let Some(key) = PublicKey::from_hex(text) {
        assert_eq!(PublicKey::from_hex(&key.to_string()), Some(key));
    }
    if let Ok(day) = Day::parse(text) {
        assert_eq!(day.to_string(), text);
    }
    if let Some(lang) = Lang::from_tag(text) {
        assert_eq!(lang.tag(), text);
    }
    if let Some(kind) = Kind::from_name(text) {
        assert_eq!(kind.name(), Some(text));
    }
    if let Ok(rule) = Recurrence::parse(text) {
        let written = rule.to_string();
        assert_eq!(Recurrence::parse(&written).as_ref(), Ok(&rule), "{written}");
        let first = CivilTime::parse("2026-01-31T20:00").expect("a day");
        let last = rule.last_day(&first);
        assert!(last.is_none_or(|last| last <= Day::LAST), "it ends within the calendar");
    }
});

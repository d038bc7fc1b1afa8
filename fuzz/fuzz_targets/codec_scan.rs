//! The scanner that stands before every decoder: what it lets pass, a decoder reads to its end, and never deeper than the
//! bound.
#![no_main]

use dorpsplein_protocol::codec::{MAX_DEPTH, scan};
use dorpsplein_protocol::operation::Payload;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let passed = scan(bytes).is_ok();
    if let Ok(payload) = Payload::decode(bytes) {
        assert!(passed, "a decoder took what the scanner refuses");
        assert_eq!(payload.encode(), bytes);
    }
    // One level more than the scanner counted is refused when the bytes already stood at the bound.
    if passed {
        let mut deeper = vec![0x81; MAX_DEPTH];
        deeper.extend_from_slice(bytes);
        let nests = matches!(bytes.first(), Some(first) if first >> 5 == 4 && first & 0x1f > 0);
        assert_eq!(scan(&deeper).is_err(), nests || is_map(bytes), "{bytes:02x?}");
    }
});

/// Whether the value is a map with an entry.
fn is_map(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(first) if first >> 5 == 5 && first & 0x1f > 0)
}

//! A frame from a peer: a message that is read can be written and read again as the same message.
#![no_main]

use dorpsplein_protocol::sync::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = Message::decode(bytes) {
        let frame = message.encode();
        assert_eq!(Message::decode(&frame), Ok(message));
    }
});

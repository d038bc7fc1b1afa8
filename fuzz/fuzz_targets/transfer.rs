//! Bytes from anybody through the three steps of trust: what is taken has one encoding, and it is the one that came in.
#![no_main]

use dorpsplein_protocol::operation::{Payload, Signed, SignedError};
use dorpsplein_protocol::validate::Valid;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(signed) = Signed::decode(bytes) else { return };
    assert_eq!(signed.encode(), bytes, "what is read is written the same");
    assert_eq!(signed.header().id(), signed.id(), "the id is that of the header");
    let Ok(verified) = signed.verify() else { return };
    let Ok(valid) = Valid::check(&verified) else { return };
    assert_eq!(Some(&Payload::encode(valid.payload())[..]), valid.operation().payload());
    let bare = valid.operation().without_payload();
    let again = Signed::decode(&bare.encode());
    if bare.header().permanent {
        assert_eq!(again, Err(SignedError::PayloadAbsent), "what is kept for ever is never without its words");
    } else {
        assert_eq!(again.as_ref(), Ok(&bare), "without its payload it is the same operation");
    }
});

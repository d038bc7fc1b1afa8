//! A frame as it comes off the wire: packed or plain, it is a frame of bounded size, and whatever it says is read and checked
//! without harm.
#![no_main]

use dorpsplein_protocol::sync::{Checked, MAX_FRAME, pack, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = unpack(bytes) {
        assert!(frame.len() <= MAX_FRAME);
        assert_eq!(Checked::new(&frame), Checked::new(&frame));
    }
    if let Some(packed) = pack(bytes) {
        assert!(packed.len() < bytes.len());
        assert_eq!(unpack(&packed).as_deref(), Ok(bytes));
    }
    assert_eq!(Checked::new(bytes), Checked::new(bytes));
});

//! What a damaged disk gives back where a row stood: no panic, and what is read is written and read again as the same.
#![no_main]

use dorpsplein_protocol::projection::ItemRow;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(row) = ItemRow::decode(bytes) {
        let written = row.encode();
        let again = ItemRow::decode(&written).expect("it was written here");
        assert_eq!(again.encode(), written);
    }
});

//! Files that say they are photos, and lists of chunks: what is accepted is what it says, and within its bounds.
#![no_main]

use dorpsplein_protocol::photo::{ChunkHashes, MAX_PIXELS, Photo, PhotoId, inspect, size_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let glanced = size_of(bytes);
    if let Ok(facts) = inspect(bytes) {
        assert!((1..=MAX_PIXELS).contains(&(u64::from(facts.width) * u64::from(facts.height))));
        assert_eq!(glanced, Ok((u32::from(facts.width), u32::from(facts.height))), "both read one size");
        assert!(inspect(&bytes[..bytes.len() - 1]).is_err(), "a file that was cut is not whole");
        assert!(inspect(&[bytes, b"x"].concat()).is_err(), "nothing stands behind a picture");
    }
    if let Ok(photo) = Photo::read(bytes) {
        assert_eq!(Photo::of(&photo.value()), Some(photo));
    }
    if let Some(photo) = PhotoId::of(bytes) {
        let list = ChunkHashes::of(bytes).map(|hashes| hashes.bytes()).unwrap_or_default();
        let hashes = ChunkHashes::read(&list, &photo).expect("the list of a file is the one its name stands for");
        assert!(bytes.chunks(65_536).enumerate().all(|(index, chunk)| hashes.admits(index, chunk)));
    }
    assert_eq!(ChunkHashes::read(bytes, &PhotoId::from_bytes([0; 32])), None);
});

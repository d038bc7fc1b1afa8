//! How much memory the largest photo takes that a box ever unpacks. A test of its own: the kernel counts for a process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use dorpsplein_node::photos::picture::thumbnails;
use dorpsplein_protocol::photo::{MAX_PIXELS, inspect};

/// What is promised to a box with 512 MB, of which it needs some 60 MB for itself: see `docs/operator.md`.
const PROMISED: u64 = 256 << 20;

/// A progressive JPEG picture in one colour, of three components of full size: the kind that takes most.
fn progressive(side: u16) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let tables = [&[0xff, 0xdb, 0, 67, 0][..], &[1; 64], &[0xff, 0xc4, 0, 20, 0, 1], &[0; 15], &[0]].concat();
    let frame = [0xff, 0xc2, 0, 17, 8, high, low, high, low, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
    let scan = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0];
    // A bit for each block of each component: it is as the one before.
    let blocks = usize::from(side).div_ceil(8).pow(2) * 3;
    [&[0xff, 0xd8][..], &tables, &frame, &scan, &vec![0; blocks.div_ceil(8)], &[0xff, 0xd9]].concat()
}

/// The most memory this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn the_largest_photo_is_unpacked_in_less_than_half_of_a_small_machine() {
    let file = progressive(4000);
    let facts = inspect(&file).unwrap();
    assert_eq!(u64::from(facts.width) * u64::from(facts.height), MAX_PIXELS, "no photo is larger");
    let before = peak();
    let begun = std::time::Instant::now();
    let small = thumbnails(&file).unwrap();
    let took = begun.elapsed();
    assert_eq!(small.len(), 2);
    let taken = peak() - before;
    println!("{} bytes unpacked with {} MB in {took:?}", file.len(), taken >> 20);
    assert!(taken < PROMISED, "{} MB", taken >> 20);
}

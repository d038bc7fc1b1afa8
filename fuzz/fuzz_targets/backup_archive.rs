//! The inside of a backup that somebody else locked for us: refused, or within its bounds and written again as the same. Half
//! of the inputs are a tar; of the others one is made, so that what stands behind its check sums is reached as well.
#![no_main]

use dorpsplein_fuzz::backup::read_and_write;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] = [
    "about.json",
    "box.key",
    "box.toml",
    "operations/000000001.br",
    "operations/000000002.cbor",
    "photos.txt",
    "photos/ab/",
    "",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let made = if how % 2 == 0 { bytes.to_vec() } else { tar_of(bytes) };
    // What came before something was refused is whole all the same.
    let (_, written) = read_and_write(made.as_slice());
    let (again, same) = read_and_write(written.as_slice());
    again.expect("what was written here is read");
    assert_eq!(same, written);
});

/// Entries: which name, how much longer it is said to be, what is added to the name, and the content.
fn tar_of(mut rest: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    while let Some(([name, kind, lie, more, low, high], after)) = rest.split_first_chunk() {
        let (added, after) = after.split_at(usize::from(*more % 80).min(after.len()));
        let (content, after) = after.split_at(usize::from(u16::from_le_bytes([*low, *high])).min(after.len()));
        rest = after;
        let mut header = tar::Header::new_ustar();
        let name = [NAMES[usize::from(*name) % NAMES.len()].as_bytes(), added].concat();
        let field = &mut header.as_old_mut().name;
        let length = name.len().min(field.len());
        field[..length].copy_from_slice(&name[..length]);
        header.set_entry_type(if kind % 8 == 0 {
            tar::EntryType::new(kind / 8 + b'0')
        } else {
            tar::EntryType::Regular
        });
        let lie = if lie % 4 == 0 { u64::from(lie / 4) << (lie % 64) } else { 0 };
        header.set_size((content.len() as u64).wrapping_add(lie));
        header.set_cksum();
        tar.extend(header.as_bytes());
        tar.extend(content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

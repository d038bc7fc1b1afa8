//! What a reader's browser is given to check for itself: an operation, and a chain of admissions. What is found in order is
//! what it says it is, and nothing that was changed on the way is.
#![no_main]

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, Signed};
use dorpsplein_protocol::proof::{check_membership, check_operation};
use dorpsplein_protocol::validate::Valid;
use libfuzzer_sys::fuzz_target;

/// Longer chains are refused by nobody, and find nothing that these do not.
const MAX_LINKS: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    // Two bytes of length before each, as many as there are.
    let (mut rest, mut links) = (bytes, Vec::new());
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (transfer, after) = after.split_at(usize::from(u16::from_be_bytes(*length)).min(after.len()));
        rest = after;
        links.extend(link(transfer));
        if links.len() == MAX_LINKS {
            break;
        }
    }
    let chain: Vec<&Valid> = links.iter().collect();
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else { return };
    let (home, device): (NeighbourhoodId, PublicKey) = (first.id().into(), last.header().device);
    if check_membership(&home, &device, &chain).is_ok() {
        assert_eq!(check_membership(&NeighbourhoodId::from_bytes([0; 32]), &device, &chain).ok(), None);
        assert_eq!(check_membership(&home, &device, &chain[1..]).ok(), None, "it begins where the village began");
    }
});

fn link(transfer: &[u8]) -> Option<Valid> {
    let id = Signed::decode(transfer).ok()?.id();
    let valid = check_operation(&id, transfer).ok()?;
    assert_eq!(valid.id(), id);
    let mut changed = transfer.to_vec();
    *changed.last_mut()? ^= 1;
    assert!(check_operation(&id, &changed).is_err(), "its last bit counts");
    Some(valid)
}

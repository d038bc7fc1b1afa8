//! Messages in the mailbox through which two devices meet, written by whoever holds the box: only those of the other device
//! are taken, and no others give digits.
#![no_main]

use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::linking::{Answering, LinkPurpose, LinkSecret, Offering};
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, ResidentId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(([slot, place, flip], message)) = bytes.split_first_chunk::<3>() else { return };
    let home = NeighbourhoodId::from_bytes([1; 32]);
    let secret = || LinkSecret::from_random([7; 16]);
    let adding = SecretKey::from_seed(&[3; 32]).public();
    let resident = ResidentId::from(OperationId::from_bytes([4; 32]));
    let purpose = [LinkPurpose::Device, LinkPurpose::Recovery][usize::from(*slot >> 2) % 2];
    let offering = Offering::new(secret(), [8; 32], purpose, adding, resident);
    // What is written by somebody else, or what the other device wrote with a bit turned.
    let sent = |right: &[u8]| {
        let mut sent = if message.is_empty() { right.to_vec() } else { message.to_vec() };
        let length = sent.len();
        if let Some(byte) = sent.get_mut(usize::from(*place) % length.max(1)) {
            *byte ^= if message.is_empty() { *flip } else { 0 };
        }
        sent
    };
    let new_device = SecretKey::from_seed(&[5; 32]);
    let offered = if slot % 4 == 0 { sent(offering.message()) } else { offering.message().to_vec() };
    let honest = offered == offering.message();
    let answering = Answering::new(secret(), offered, &new_device, [9; 32], &home);
    assert_eq!(answering.is_ok(), honest, "only the offer that was made is agreed to");
    let Ok(answering) = answering else { return };
    let answered = if slot % 4 == 1 { sent(answering.message()) } else { answering.message().to_vec() };
    let honest = answered == answering.message();
    let taken = offering.take(&answered, &home);
    assert_eq!(taken.is_ok(), honest, "only the answer of the new device is taken");
    let Ok(taken) = taken else { return };
    let revealed = if slot % 4 == 2 { sent(&taken.reveal) } else { taken.reveal.clone() };
    let shown = answering.take(&revealed);
    assert_eq!(shown.is_ok(), revealed == taken.reveal);
    assert!(shown.map_or(true, |digits| digits == taken.digits && digits.len() == 6));
});

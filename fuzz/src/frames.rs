//! Frames that were checked before.

use std::cell::RefCell;
use std::collections::HashMap;

use dorpsplein_protocol::sync::Checked;

/// So many frames are remembered, and then forgotten all at once.
const MAX_REMEMBERED: usize = 8192;

thread_local! {
    static REMEMBERED: RefCell<HashMap<Vec<u8>, Checked>> = RefCell::default();
}

/// A frame that was read and checked. Checking is a function of its bytes alone, and from one input to the next most frames carry
/// the same operations: their signatures would be most of the work.
pub fn checked(frame: &[u8]) -> Checked {
    REMEMBERED.with_borrow_mut(|remembered| {
        if let Some(checked) = remembered.get(frame) {
            return checked.clone();
        }
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        let checked = Checked::new(frame);
        remembered.insert(frame.to_vec(), checked.clone());
        checked
    })
}

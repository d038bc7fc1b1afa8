//! The box: store, network, site and commands around the protocol.

mod folder_lock;
pub mod net;
pub mod store_sled;

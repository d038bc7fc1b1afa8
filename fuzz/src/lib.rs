//! The parts of a box that read what others wrote, compiled by themselves: the same files, without all that a box needs besides.
//! Building a whole one for this would take the network, the store and the search along, and the browser's module.
#![allow(dead_code, unused_imports, reason = "only what reads is used here")]

pub mod backup;
pub mod bodies;
#[path = "../../node/src/clock.rs"]
mod clock;
#[path = "../../node/src/config/mod.rs"]
pub mod config;
pub mod first_run;
pub mod frames;
#[path = "../../node/src/links/mod.rs"]
pub mod links;
pub mod mail;
pub mod web;

mod sources {
    /// As many as there is room for; how many is nothing that a file says.
    pub(crate) const MAX_SOURCES: usize = 20;
}

mod data_folder {
    pub(crate) mod peers {
        use dorpsplein_protocol::identity::PublicKey;
        use dorpsplein_protocol::operation::NeighbourhoodId;
        use libp2p::Multiaddr;

        /// What is made of a link that somebody trusts.
        pub struct Peer {
            pub key: PublicKey,
            pub neighbourhood: NeighbourhoodId,
            pub addresses: Vec<Multiaddr>,
            pub site: Option<String>,
            pub introduced: bool,
        }
    }

    pub(crate) mod kept {
        #[derive(Debug, PartialEq, Eq)]
        pub struct KeptFile {
            pub name: &'static str,
        }

        pub const MAX_KEPT: u64 = 64 * 1024 * 1024;

        /// Two of the names are enough here: they are only compared.
        pub const KEPT: [KeptFile; 2] = [KeptFile { name: "box.key" }, KeptFile { name: "box.toml" }];
    }
}

//! The site and the API of a box: rows in, pages and JSON out; signed operations in, one door to the replica.
//!
//! A handler decides nothing. Reading goes straight to the store, beside the driver; writing goes to the driver and
//! waits for its answer, which comes only when the operation is durable.

mod api;
pub mod assets;
pub mod body;
pub mod error;
mod layers;
pub(crate) mod local_time;
mod openapi;
mod pages;
mod read;
mod router;
mod statics;
mod write;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::store::Read;
use dorpsplein_web_ui::view::Help;

use crate::driver::DriverHandle;

pub use router::router;

/// What every request is answered from. Clones share it.
#[derive(Clone)]
pub struct SiteState {
    /// The store, read beside the driver that writes it.
    pub store: Arc<dyn Read + Send + Sync>,
    /// The way to the one owner of the replica.
    pub driver: DriverHandle,
    /// How this box presents its neighbourhood.
    pub identity: Arc<SiteIdentity>,
}

/// What a box says about itself and its neighbourhood besides what the register holds: its configuration.
#[derive(Clone, Debug)]
pub struct SiteIdentity {
    /// The key of this box, to point it out among the boxes of the neighbourhood.
    pub own_box: PublicKey,
    /// One line under the neighbourhood's name.
    pub tagline: Option<String>,
    /// Whom to call for help.
    pub help: Option<Help>,
    /// Where the neighbours' sites are.
    pub neighbour_sites: NeighbourSites,
}

/// The addresses of the neighbours' sites, as far as this box was told. Clones share it; it may change while the site
/// runs.
#[derive(Clone, Debug, Default)]
pub struct NeighbourSites(Arc<RwLock<BTreeMap<NeighbourhoodId, String>>>);

impl NeighbourSites {
    /// Remembers where a neighbour's site is.
    pub fn insert(&self, neighbourhood: NeighbourhoodId, site: String) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(neighbourhood, site);
    }

    /// Where a neighbour's site is.
    pub fn site_of(&self, neighbourhood: &NeighbourhoodId) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(neighbourhood).cloned()
    }
}

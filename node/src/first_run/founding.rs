//! What a new neighbourhood begins with, before there is one.

use std::net::SocketAddr;
use std::path::PathBuf;

use dorpsplein_protocol::operation::{NeighbourhoodId, Role};
use dorpsplein_protocol::time::Timestamp;
use libp2p::Multiaddr;

use crate::config::{Config, HelpLine, HttpsSettings, LocalNetwork};

/// What a new neighbourhood begins with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The data folder to make.
    pub dir: PathBuf,
    /// The neighbourhood's name.
    pub name: String,
    /// One line under it.
    pub tagline: Option<String>,
    /// Whom to call for help.
    pub help: Option<HelpLine>,
    /// Where the site listens; none for the usual port on all addresses.
    pub site: Option<SocketAddr>,
    /// Where the box listens for others; none for the usual ports on all addresses.
    pub listen: Option<Vec<Multiaddr>>,
    /// The site's own address as visitors type it.
    pub public_url: Option<String>,
    /// How the site is reached over https without a web server before it.
    pub https: Option<HttpsSettings>,
    /// Whether the box makes itself known on the local network.
    pub mdns: LocalNetwork,
    /// What the first invitation makes of who comes with it.
    pub first: Role,
    /// When.
    pub now: Timestamp,
}

impl Founding {
    /// The settings of its first box.
    pub fn config(&self, neighbourhood: NeighbourhoodId) -> Config {
        let usual = Config::new(self.name.clone(), neighbourhood);
        Config {
            tagline: self.tagline.clone(),
            help: self.help.clone(),
            site: self.site.unwrap_or(usual.site),
            listen: self.listen.clone().unwrap_or_else(|| usual.listen.clone()),
            public_url: self.public_url.clone(),
            mdns: self.mdns,
            https: self.https.clone(),
            ..usual
        }
    }
}

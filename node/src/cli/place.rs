//! Where a box is to be found: what every command asks that makes a data folder.

use std::net::SocketAddr;

use clap::Args;
use libp2p::Multiaddr;

use super::error::CliError;
use crate::config::LocalNetwork;
use crate::links::Site;

/// Where the site and the box listen, and where they are made known.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Where the site listens, such as 0.0.0.0:8080
    #[arg(long, value_name = "ADDRESS")]
    pub(super) site: Option<SocketAddr>,
    /// Where the box listens for other boxes, such as /ip4/0.0.0.0/udp/4080/quic-v1; may be given more than once
    #[arg(long = "listen", value_name = "MULTIADDRESS")]
    listen: Vec<Multiaddr>,
    /// The site's address as visitors type it, such as `https://plein.example`
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where the box makes itself known
    #[arg(long, value_enum, default_value_t = Mdns::On)]
    pub(super) mdns: Mdns,
}

impl Place {
    /// Where the box listens for others; none when nothing was said.
    pub(super) fn listen(&self) -> Option<Vec<Multiaddr>> {
        (!self.listen.is_empty()).then(|| self.listen.clone())
    }

    /// The site's address as it is kept.
    ///
    /// # Errors
    /// [`CliError`] when it is no address of a site.
    pub(super) fn public_url(&self) -> Result<Option<String>, CliError> {
        let site = self.public_url.as_deref().map(Site::parse).transpose()?;
        Ok(site.map(|site| site.as_str().to_owned()))
    }
}

/// Where a box makes itself known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Mdns {
    /// On the local network
    On,
    /// Nowhere
    Off,
    /// Only within this machine
    Loopback,
}

impl From<Mdns> for LocalNetwork {
    fn from(mdns: Mdns) -> Self {
        match mdns {
            Mdns::On => Self::On,
            Mdns::Off => Self::Off,
            Mdns::Loopback => Self::Loopback,
        }
    }
}

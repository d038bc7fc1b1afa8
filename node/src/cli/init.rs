//! `dorpsplein init`: a neighbourhood begins.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use libp2p::Multiaddr;
use serde_json::json;

use super::Outcome;
use super::error::CliError;
use super::founding::{Founding, found};
use super::links::Site;
use crate::clock;
use crate::config::{HelpLine, LocalNetwork};
use crate::data_folder::connector_key;

/// `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The data folder to make
    #[arg(long)]
    dir: PathBuf,
    /// The neighbourhood's name
    #[arg(long)]
    name: String,
    /// One line under the name
    #[arg(long)]
    tagline: Option<String>,
    /// Where the site listens, such as 0.0.0.0:8080
    #[arg(long, value_name = "ADDRESS")]
    site: Option<SocketAddr>,
    /// Where the box listens for other boxes, such as /ip4/0.0.0.0/udp/4080/quic-v1; may be given more than once
    #[arg(long = "listen", value_name = "MULTIADDRESS")]
    listen: Vec<Multiaddr>,
    /// The site's address as visitors type it, such as `https://plein.example`
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where the box makes itself known
    #[arg(long, value_enum, default_value_t = Mdns::On)]
    mdns: Mdns,
    /// Whom visitors can call for help: the name
    #[arg(long, requires = "help_phone")]
    help_name: Option<String>,
    /// Whom visitors can call for help: the telephone number
    #[arg(long, requires = "help_name")]
    help_phone: Option<String>,
    /// Whom visitors can call for help: when
    #[arg(long, requires = "help_name")]
    help_hours: Option<String>,
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

/// Begins a neighbourhood.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &InitArgs) -> Result<Outcome, CliError> {
    let public_url = args.public_url.as_deref().map(Site::parse).transpose()?;
    let help = match (&args.help_name, &args.help_phone) {
        (Some(name), Some(phone)) => {
            Some(HelpLine { name: name.clone(), phone: phone.clone(), hours: args.help_hours.clone() })
        }
        _ => None,
    };
    let founded = found(&Founding {
        dir: args.dir.clone(),
        name: args.name.trim().to_owned(),
        tagline: args.tagline.clone(),
        help,
        site: args.site,
        listen: (!args.listen.is_empty()).then(|| args.listen.clone()),
        public_url: public_url.map(|site| site.as_str().to_owned()),
        mdns: args.mdns.into(),
        now: clock::now(),
    })?;
    let (dir, invitation) = (args.dir.display(), founded.invitation.url());
    Ok(Outcome::new(
        format!(
            "{} has begun.\n\n  start the box:         dorpsplein serve --dir {dir}\n  your connector's key:  {}\n  \
             first invitation:      {invitation}",
            args.name.trim(),
            connector_key(&args.dir).display(),
        ),
        json!({
            "neighbourhood_id": founded.neighbourhood.to_string(),
            "dir": args.dir,
            "invitation": invitation,
        }),
    ))
}

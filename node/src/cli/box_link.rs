//! A second box for a neighbourhood: the link that the first one gives, and the folder that the second one makes of it.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_web_ui::{Lang, paths};
use libp2p::Multiaddr;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Outcome;
use super::door::Door;
use super::error::CliError;
use super::founding::in_place;
use super::place::Place;
use super::random;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::data_folder::peers::Peer;
use crate::links::{LinkError, Site};

/// The longest link that is looked at, in characters.
const MAX_LINK: usize = 4096;
/// The most addresses in a link.
const MAX_ADDRESSES: usize = 16;
/// What stands between `#` and the rest.
const PREFIX: &str = "kastje=";

/// `box link`.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// The data folder of the box there is
    #[arg(long)]
    dir: PathBuf,
}

/// `box join`.
#[derive(Debug, Args)]
pub(super) struct JoinArgs {
    /// What `dorpsplein box link` printed at the box there is
    link: String,
    /// The data folder to make
    #[arg(long)]
    dir: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// What a second box has to know: for whom it is to speak, and whom it can copy from. Nothing in it is secret, and
/// nothing in it is believed: what comes is checked against the neighbourhood's id.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BoxLink {
    site: Site,
    neighbourhood: NeighbourhoodId,
    name: String,
    box_key: PublicKey,
    addresses: Vec<Multiaddr>,
}

/// The link as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    neighbourhood: String,
    name: String,
    #[serde(rename = "box")]
    box_key: String,
    addresses: Vec<String>,
}

/// Prints the link for a second box.
///
/// # Errors
/// [`CliError`].
pub(super) fn link(args: &LinkArgs) -> Result<Outcome, CliError> {
    let door = Door::open(&args.dir)?;
    let status = door.status()?;
    let link = BoxLink {
        site: door.site(),
        neighbourhood: door.home()?,
        name: status.name,
        box_key: PublicKey::from_hex(&status.own_box).ok_or_else(|| door.strange())?,
        addresses: door.box_addresses().iter().filter_map(|address| address.parse().ok()).collect(),
    };
    let url = link.url();
    let words = format!(
        "On the new machine:\n  dorpsplein box join '{url}' --dir FOLDER\nIt says which key you certify here with `dorpsplein box add`."
    );
    Ok(Outcome::new(words, json!({ "link": url, "neighbourhood_id": link.neighbourhood.to_string() })))
}

/// Makes the data folder of a second box.
///
/// # Errors
/// [`CliError`]; then there is no folder at that place.
pub(super) fn join(args: &JoinArgs) -> Result<Outcome, CliError> {
    let link = BoxLink::parse(&args.link)?;
    let key = SecretKey::from_seed(&random()?);
    let public = key.public();
    let config = settings(args, &link)?;
    let first = Peer {
        key: link.box_key,
        neighbourhood: link.neighbourhood,
        addresses: link.addresses.clone(),
        site: None,
        introduced: true,
    };
    in_place(&args.dir, |beside| {
        let folder = DataFolder::create(beside, config, key)?;
        Ok(folder.peers().add(first)?)
    })?;
    let dir = fs::canonicalize(&args.dir).unwrap_or_else(|_| args.dir.clone());
    let words = format!(
        "The folder of a second box of {} is ready.\n\n  a connector certifies it, at the box there is:\n    \
         dorpsplein box add {public} --dir …\n  then start it, and it copies everything:\n    dorpsplein serve --dir {}",
        link.name,
        dir.display(),
    );
    let json = json!({
        "box": public.to_string(),
        "dir": args.dir,
        "neighbourhood_id": link.neighbourhood.to_string(),
    });
    Ok(Outcome::new(words, json))
}

fn settings(args: &JoinArgs, link: &BoxLink) -> Result<Config, CliError> {
    let usual = Config::new(link.name.clone(), link.neighbourhood);
    Ok(Config {
        site: args.place.site.unwrap_or(usual.site),
        listen: args.place.listen().unwrap_or_else(|| usual.listen.clone()),
        public_url: args.place.public_url()?,
        mdns: args.place.mdns.into(),
        ..usual
    })
}

impl BoxLink {
    fn parse(link: &str) -> Result<Self, LinkError> {
        let link = link.trim();
        if link.len() > MAX_LINK {
            return Err(LinkError::Box);
        }
        let (site, fragment) = link.split_once('#').ok_or(LinkError::Box)?;
        let site = Site::parse(site).map_err(|_| LinkError::Box)?;
        let written = fragment.strip_prefix(PREFIX).ok_or(LinkError::Box)?;
        let json = BASE64URL_NOPAD.decode(written.as_bytes()).map_err(|_| LinkError::Box)?;
        let written: Written = serde_json::from_slice(&json).map_err(|_| LinkError::Box)?;
        written.read(site).ok_or(LinkError::Box)
    }

    fn url(&self) -> String {
        let written = Written {
            neighbourhood: self.neighbourhood.to_string(),
            name: self.name.clone(),
            box_key: self.box_key.to_string(),
            addresses: self.addresses.iter().take(MAX_ADDRESSES).map(ToString::to_string).collect(),
        };
        let json = serde_json::to_vec(&written).expect("a struct of strings is JSON");
        format!("{}{}#{PREFIX}{}", self.site.as_str(), paths::about(Lang::Nl), BASE64URL_NOPAD.encode(&json))
    }
}

impl Written {
    fn read(self, site: Site) -> Option<BoxLink> {
        if self.addresses.len() > MAX_ADDRESSES || self.name.trim().is_empty() {
            return None;
        }
        Some(BoxLink {
            site,
            neighbourhood: NeighbourhoodId::from_hex(&self.neighbourhood)?,
            name: self.name,
            box_key: PublicKey::from_hex(&self.box_key)?,
            addresses: self.addresses.iter().map(|address| address.parse().ok()).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_reads_back_and_nothing_else_does() {
        let link = BoxLink {
            site: Site::parse("https://plein.example").unwrap(),
            neighbourhood: NeighbourhoodId::from_bytes([1; 32]),
            name: "Maasdorp".to_owned(),
            box_key: PublicKey::from_bytes([2; 32]),
            addresses: vec!["/ip4/192.0.2.1/udp/4080/quic-v1".parse().unwrap()],
        };
        let url = link.url();
        assert_eq!(BoxLink::parse(&format!(" {url}\n")), Ok(link));
        for bad in ["", "https://plein.example", &url[..url.len() - 4], &url.replace("kastje", "verdrag")] {
            assert_eq!(BoxLink::parse(bad), Err(LinkError::Box), "{bad}");
        }
    }
}

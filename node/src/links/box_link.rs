//! The link that makes a second box: what the first one prints, and the new machine is given.

use data_encoding::BASE64URL_NOPAD;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_web_ui::{Lang, paths};
use libp2p::Multiaddr;
use serde::{Deserialize, Serialize};

use super::{LinkError, MAX_ADDRESSES, MAX_LINK, Site};

/// What stands between `#` and the rest.
const PREFIX: &str = "kastje=";

/// What a second box has to know: for whom it is to speak, and whom it can copy from. Nothing in it is secret, and
/// nothing in it is believed: what comes is checked against the neighbourhood's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxLink {
    /// The site of the box there is.
    pub site: Site,
    /// The neighbourhood it speaks for.
    pub neighbourhood: NeighbourhoodId,
    /// What that is called.
    pub name: String,
    /// The key of the box there is.
    pub box_key: PublicKey,
    /// Where it can be dialled.
    pub addresses: Vec<Multiaddr>,
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

impl BoxLink {
    /// Reads such a link.
    ///
    /// # Errors
    /// [`LinkError::Box`].
    pub fn parse(link: &str) -> Result<Self, LinkError> {
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

    /// The link.
    pub fn url(&self) -> String {
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

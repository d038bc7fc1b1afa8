//! The links people hand each other: invitations, offers of a treaty, the ways to a second box and to a new device. What is
//! secret stands behind the `#`, which no browser and no program sends.

mod box_link;
mod device_link;

use data_encoding::BASE64URL_NOPAD;
use dorpsplein_protocol::identity::{LetterCode, PublicKey};
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId};
use dorpsplein_web_ui::{Lang, paths};
use libp2p::Multiaddr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data_folder::peers::Peer;

pub use box_link::BoxLink;
pub use device_link::DeviceLink;

/// The longest link that is looked at, in characters.
const MAX_LINK: usize = 4096;
/// The most addresses in an offer.
const MAX_ADDRESSES: usize = 16;
/// What stands between `#` and the offer.
const TREATY_PREFIX: &str = "verdrag=";

/// Why a link is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// Not the address of a site.
    #[error("the address of a site looks like http://maasdorp.local:8080 or https://plein.example")]
    Site,
    /// Not an invitation.
    #[error(
        "this is not a whole invitation: it looks like http://maasdorp.local/meedoen#7K3M92XQA4TD, the code being twelve letters and digits"
    )]
    Invitation,
    /// Not an offer of a treaty.
    #[error("this is not a whole treaty link: it looks like http://maasdorp.local/over-dit-plein#verdrag=…")]
    Treaty,
    /// Not the link for a second box.
    #[error("this is not a whole link for a second box: `dorpsplein box link` at the box there is prints one")]
    Box,
    /// Not a link between two devices.
    #[error(
        "this is not a whole link for a new device: it looks like https://plein.example/toestel#… with 26 letters and digits"
    )]
    Device,
}

/// The address of a site: scheme, host and perhaps a port, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(String);

/// An invitation as it stands in the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationLink {
    /// The site that invites.
    pub site: Site,
    /// The code behind which the one-time key is.
    pub code: LetterCode,
}

/// An offer of a treaty, as one connector sends it to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatyLink {
    /// The site of the neighbourhood that offers.
    pub site: Site,
    /// What it offers.
    pub offer: TreatyOffer,
}

/// What the acceptor needs to know: whom to agree with, and which box to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatyOffer {
    /// The neighbourhood that offers.
    pub neighbourhood: NeighbourhoodId,
    /// The operation in which it does.
    pub operation: OperationId,
    /// The key of one of its boxes.
    pub box_key: PublicKey,
    /// Where that box can be reached, as multiaddresses.
    pub addresses: Vec<String>,
}

impl Site {
    /// Takes scheme and host of any address on a site.
    ///
    /// # Errors
    /// [`LinkError::Site`] when it is not an address of the web.
    pub fn parse(address: &str) -> Result<Self, LinkError> {
        let address = address.trim();
        if address.len() > MAX_LINK {
            return Err(LinkError::Site);
        }
        let (scheme, rest) = address.split_once("://").ok_or(LinkError::Site)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if !matches!(scheme, "http" | "https") || host.is_empty() || !host.bytes().all(plain) {
            return Err(LinkError::Site);
        }
        Ok(Self(format!("{scheme}://{host}")))
    }

    /// The address, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the site runs on this very machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.split_once("://").map_or("", |(_, host)| host);
        ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
    }
}

impl InvitationLink {
    /// Reads an invitation link.
    ///
    /// # Errors
    /// [`LinkError::Invitation`].
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let (site, code) = link.trim().split_once('#').ok_or(LinkError::Invitation)?;
        let site = Site::parse(site).map_err(|_| LinkError::Invitation)?;
        let code = LetterCode::parse(code).map_err(|_| LinkError::Invitation)?;
        Ok(Self { site, code })
    }

    /// The link.
    pub fn url(&self) -> String {
        self.url_in(Lang::Nl)
    }

    /// The same, to the page in a language.
    pub fn url_in(&self, lang: Lang) -> String {
        format!("{}{}#{}", self.site.as_str(), paths::join(lang), self.code.compact())
    }
}

impl TreatyLink {
    /// Reads a treaty link. Who wrote it is anybody's guess: the acceptor decides whether to trust the sender.
    ///
    /// # Errors
    /// [`LinkError::Treaty`].
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let link = link.trim();
        if link.len() > MAX_LINK {
            return Err(LinkError::Treaty);
        }
        let (site, fragment) = link.split_once('#').ok_or(LinkError::Treaty)?;
        let site = Site::parse(site).map_err(|_| LinkError::Treaty)?;
        let offer = fragment.strip_prefix(TREATY_PREFIX).ok_or(LinkError::Treaty)?;
        let json = BASE64URL_NOPAD.decode(offer.as_bytes()).map_err(|_| LinkError::Treaty)?;
        let written: WrittenOffer = serde_json::from_slice(&json).map_err(|_| LinkError::Treaty)?;
        Ok(Self { site, offer: written.read().ok_or(LinkError::Treaty)? })
    }

    /// The box behind it, as one that a connector decided to trust.
    ///
    /// # Errors
    /// [`LinkError::Treaty`] when the link names no place to dial.
    pub fn peer(&self) -> Result<Peer, LinkError> {
        let addresses = self.offer.addresses.iter().map(|address| address.parse().map_err(|_| LinkError::Treaty));
        let addresses: Vec<Multiaddr> = addresses.collect::<Result<_, _>>()?;
        if addresses.is_empty() {
            return Err(LinkError::Treaty);
        }
        Ok(Peer {
            key: self.offer.box_key,
            neighbourhood: self.offer.neighbourhood,
            addresses,
            site: Some(self.site.as_str().to_owned()),
            introduced: true,
        })
    }

    /// The link.
    pub fn url(&self) -> String {
        let json = serde_json::to_vec(&WrittenOffer::from(&self.offer)).expect("a struct of strings is JSON");
        let offer = BASE64URL_NOPAD.encode(&json);
        format!("{}{}#{TREATY_PREFIX}{offer}", self.site.as_str(), paths::about(Lang::Nl))
    }
}

/// The offer as it is written in a link.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOffer {
    neighbourhood: String,
    operation: String,
    #[serde(rename = "box")]
    box_key: String,
    addresses: Vec<String>,
}

impl WrittenOffer {
    fn read(self) -> Option<TreatyOffer> {
        if self.addresses.len() > MAX_ADDRESSES {
            return None;
        }
        let addresses = self.addresses.iter().all(|address| address.parse::<Multiaddr>().is_ok());
        Some(TreatyOffer {
            neighbourhood: NeighbourhoodId::from_hex(&self.neighbourhood)?,
            operation: OperationId::from_hex(&self.operation)?,
            box_key: PublicKey::from_hex(&self.box_key)?,
            addresses: addresses.then_some(self.addresses)?,
        })
    }
}

impl From<&TreatyOffer> for WrittenOffer {
    fn from(offer: &TreatyOffer) -> Self {
        Self {
            neighbourhood: offer.neighbourhood.to_string(),
            operation: offer.operation.to_string(),
            box_key: offer.box_key.to_string(),
            addresses: offer.addresses.iter().take(MAX_ADDRESSES).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_site_is_scheme_and_host() {
        let site = |address| Site::parse(address).map(|site| site.as_str().to_owned());
        assert_eq!(site(" http://127.0.0.1:8101/en/?x#y"), Ok("http://127.0.0.1:8101".to_owned()));
        assert_eq!(site("https://plein.example"), Ok("https://plein.example".to_owned()));
        for bad in [
            "",
            "maasdorp.local",
            "ftp://maasdorp.local",
            "http://",
            "http:///x",
            "http://a b",
            "http://a@b",
            "http://é",
        ] {
            assert_eq!(site(bad), Err(LinkError::Site), "{bad}");
        }
        assert!(Site::parse("http://[::1]:80").unwrap().is_loopback());
        assert!(!Site::parse("http://plein.example").unwrap().is_loopback());
    }

    #[test]
    fn an_invitation_survives_the_letter() {
        let link = InvitationLink {
            site: Site::parse("http://127.0.0.1:8101").unwrap(),
            code: LetterCode::from_random([0x7a; 8]),
        };
        let read = InvitationLink::parse(&link.url()).unwrap();
        assert_eq!(read.url(), link.url());
        assert!(link.url().starts_with("http://127.0.0.1:8101/meedoen#"));
        let by_hand = format!("http://127.0.0.1:8101/meedoen#{}", link.code.to_string().to_lowercase());
        assert_eq!(InvitationLink::parse(&by_hand).unwrap().code, link.code);
        let short = link.url();
        for bad in ["", "http://127.0.0.1/meedoen", "http://127.0.0.1/meedoen#abc", &short[..short.len() - 1]] {
            assert_eq!(InvitationLink::parse(bad).err(), Some(LinkError::Invitation), "{bad}");
        }
    }

    #[test]
    fn an_invitation_is_short_enough_for_a_coarse_qr_code() {
        let usual = [
            "http://maasdorp.local:8080",
            "https://plein.maasdorp.example",
            "https://dorpsplein.oosterwijk-aan-de-vliet.example:8443",
            "http://[2001:db8:85a3:1234:1319:8a2e:370:7348]:8080",
        ];
        for site in usual {
            let link = InvitationLink { site: Site::parse(site).unwrap(), code: LetterCode::from_random([0xff; 8]) };
            for lang in Lang::ALL {
                let url = link.url_in(lang);
                assert!(url.len() <= 90, "{url} has {} characters", url.len());
                assert!(url.len() - site.len() <= 24, "the site itself is the most of {url}");
            }
        }
    }

    #[test]
    fn an_offer_survives_the_letter_and_a_strange_one_is_refused() {
        let link = TreatyLink {
            site: Site::parse("https://plein.example").unwrap(),
            offer: TreatyOffer {
                neighbourhood: NeighbourhoodId::from_bytes([1; 32]),
                operation: OperationId::from_bytes([2; 32]),
                box_key: PublicKey::from_bytes([3; 32]),
                addresses: vec!["/ip4/127.0.0.1/udp/4001/quic-v1".to_owned()],
            },
        };
        assert_eq!(TreatyLink::parse(&link.url()), Ok(link.clone()));
        let mut strange = link.clone();
        strange.offer.addresses = vec!["not an address".to_owned()];
        for bad in [strange.url(), "https://plein.example/over-dit-plein#verdrag=e30".to_owned(), "x".repeat(5000)] {
            assert_eq!(TreatyLink::parse(&bad), Err(LinkError::Treaty));
        }
    }
}

//! The link between two devices that meet at a box: of one resident, or to recover somebody who lost theirs.

use dorpsplein_protocol::linking::LinkSecret;
use dorpsplein_web_ui::{Lang, paths};

use super::{LinkError, MAX_LINK, Site};

/// Where two devices meet, and what they know of each other.
pub struct DeviceLink {
    /// The site of the box that carries their messages.
    pub site: Site,
    /// What only these two know.
    pub secret: LinkSecret,
}

impl DeviceLink {
    /// Reads such a link.
    ///
    /// # Errors
    /// [`LinkError::Device`].
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let link = link.trim();
        if link.len() > MAX_LINK {
            return Err(LinkError::Device);
        }
        let (site, secret) = link.split_once('#').ok_or(LinkError::Device)?;
        let site = Site::parse(site).map_err(|_| LinkError::Device)?;
        let secret = LinkSecret::parse(secret).map_err(|_| LinkError::Device)?;
        Ok(Self { site, secret })
    }

    /// The link.
    pub fn url(&self) -> String {
        format!("{}{}#{}", self.site.as_str(), paths::device(Lang::Nl), self.secret.compact())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_link_is_a_site_and_a_secret() {
        let link = DeviceLink {
            site: Site::parse("https://plein.example").unwrap(),
            secret: LinkSecret::from_random([7; 16]),
        };
        let read = DeviceLink::parse(&link.url()).unwrap();
        assert_eq!((read.site.as_str(), read.url()), ("https://plein.example", link.url()));
        for bad in ["", "https://plein.example/toestel", "https://plein.example/toestel#abc", "plein#x"] {
            assert_eq!(DeviceLink::parse(bad).err(), Some(LinkError::Device), "{bad}");
        }
    }
}

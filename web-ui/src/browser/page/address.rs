//! Addresses that a page hands on: as text and as a QR code.

use super::super::qr;
use super::super::trouble::Trouble;
use super::{Area, Page};

impl Page {
    /// The whole address of another page of this site, which stands in an attribute of `area`, with a fragment.
    pub(in super::super) fn address_of(&self, area: &Area, attribute: &str, fragment: &str) -> Result<String, Trouble> {
        let origin = self.window.location().origin().map_err(|_| Trouble::Browser("the page has no address"))?;
        Self::address_at(&origin, area, attribute, fragment)
    }

    /// The same on a site of which the beginning of the address is given.
    pub(in super::super) fn address_at(
        origin: &str,
        area: &Area,
        attribute: &str,
        fragment: &str,
    ) -> Result<String, Trouble> {
        let path = area.attribute(attribute).ok_or(Trouble::Browser("the page names no address"))?;
        Ok(format!("{}{path}#{fragment}", origin.trim_end_matches('/')))
    }

    /// Draws a QR code in the place for it.
    pub(in super::super) fn draw_qr(&self, area: &Area, text: &str) -> Result<(), Trouble> {
        let place = area.first("[data-qr]").ok_or(Trouble::Browser("the page has no place for a QR code"))?;
        let label = place.get_attribute("data-label").unwrap_or_default();
        place.replace_children_with_node_1(&qr::draw(&self.document, text, &label)?.into());
        Ok(())
    }
}

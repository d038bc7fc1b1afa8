//! The square itself: its boxes and its neighbours, as a page and as the API's status.

use dorpsplein_protocol::authority::{TreatyStage, TreatyState};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::{Lang, Whole, pages, view};

use super::super::body::{NeighbourBody, StatusBody, TreatyStateBody};
use super::super::local_time;
use super::register::box_bodies;
use super::{ReadError, Reader};
use crate::driver::peer_id;

impl Reader {
    /// "Over dit plein".
    pub(in super::super) fn about_page(&self, lang: Lang) -> Result<String, ReadError> {
        let page = view::AboutPage {
            residents: self.registers.home().resident_count(),
            boxes: self.boxes(lang),
            neighbours: self.neighbours(),
        };
        Ok(pages::about(&self.frame(), &page, lang)?)
    }

    /// What the API says about this box.
    pub(in super::super) fn status(&self) -> Result<StatusBody, StoreError> {
        let register = self.registers.home();
        Ok(StatusBody {
            name: self.name_of(&self.home()),
            neighbourhood_id: self.home().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: self.now.as_millis(),
            register_heads: register.heads().iter().map(ToString::to_string).collect(),
            residents: register.resident_count(),
            items: self.item_count.get(|| self.count_items())?,
            own_box: self.identity.own_box.to_string(),
            boxes: box_bodies(register),
            neighbours: self
                .registers
                .treaties(self.now)
                .into_iter()
                .map(|treaty| self.neighbour_body(&treaty))
                .collect(),
        })
    }

    pub(super) fn boxes(&self, lang: Lang) -> Vec<view::BoxView> {
        let word = match lang.whole() {
            Whole::Nl => "Kastje",
            Whole::En => "Box",
        };
        let certificates = self.registers.home().boxes().map(|(_, certificate)| certificate);
        certificates
            .enumerate()
            .map(|(index, certificate)| view::BoxView {
                name: format!("{word} {}", index + 1),
                // A certificate for something that is no key is shown as it was written.
                peer_id: peer_id(&certificate.key).map_or_else(|| certificate.key.to_string(), |id| id.to_string()),
                certified_until: local_time::local(certificate.expires).date(),
                this_one: certificate.key == self.identity.own_box,
            })
            .collect()
    }

    fn neighbours(&self) -> Vec<view::NeighbourView> {
        let treaties = self.registers.treaties(self.now);
        let mut neighbours: Vec<_> = treaties.iter().filter_map(|treaty| self.neighbour(treaty)).collect();
        neighbours.sort_by(|a, b| a.name.cmp(&b.name));
        neighbours
    }

    /// A neighbour with the treaty as it stands. What only they offered is theirs to tell, not this square's.
    fn neighbour(&self, treaty: &TreatyState) -> Option<view::NeighbourView> {
        let state = match treaty.stage {
            TreatyStage::Offered => view::TreatyState::Offered,
            TreatyStage::InForce => view::TreatyState::Active,
            TreatyStage::Expired => view::TreatyState::Expired,
            TreatyStage::Received => return None,
        };
        let direction = match (treaty.sends, treaty.receives) {
            (true, false) => view::TreatyDirection::Outgoing,
            (false, true) => view::TreatyDirection::Incoming,
            _ => view::TreatyDirection::Both,
        };
        let day = |at| local_time::local(at).date();
        Some(view::NeighbourView {
            name: self.name_of(&treaty.with),
            id: treaty.with.to_string(),
            site: self.site_of(&treaty.with),
            state,
            direction,
            since: (treaty.stage == TreatyStage::InForce).then(|| day(treaty.since)),
            until: Some(day(treaty.expires)),
        })
    }

    fn neighbour_body(&self, treaty: &TreatyState) -> NeighbourBody {
        let name = self.registers.get(&treaty.with).and_then(|register| register.name());
        NeighbourBody {
            id: treaty.with.to_string(),
            name: name.map(str::to_owned),
            state: match treaty.stage {
                TreatyStage::Offered => TreatyStateBody::Offered,
                TreatyStage::Received => TreatyStateBody::Received,
                TreatyStage::InForce => TreatyStateBody::InForce,
                TreatyStage::Expired => TreatyStateBody::Expired,
            },
            sends: treaty.sends,
            receives: treaty.receives,
            since: treaty.since.as_millis(),
            expires: treaty.expires.as_millis(),
        }
    }
}

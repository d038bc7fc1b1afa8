//! How it goes with the neighbours: what goes there, what comes from there, and whether their boxes answer.

use std::collections::BTreeSet;

use dorpsplein_protocol::authority::{TreatyStage, TreatyState};
use dorpsplein_protocol::operation::{Kind, NeighbourhoodId, OperationId};
use dorpsplein_protocol::projection::{self, Acceptance, Welcome};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::qr::QrImage;
use dorpsplein_web_ui::view;

use super::super::body::TakingBody;
use super::super::local_time;
use super::Reader;
use super::item::title;
use crate::driver::{Figures, peer_id, public_key};
use crate::links::{Site, TreatyLink, TreatyOffer};
use crate::net::{PeerId, Route};

/// The most posts that wait for a connector that one page shows.
const AWAITING: usize = 50;

impl Reader {
    /// Posts of neighbours that wait for a connector, latest first.
    pub(super) fn awaiting(&self) -> Result<Vec<view::AwaitingPost>, StoreError> {
        let rows = projection::awaiting(&self.store, AWAITING)?;
        Ok(rows
            .iter()
            .map(|row| view::AwaitingPost {
                id: row.id.to_string(),
                is_event: row.kind == Kind::EVENT,
                title: title(row),
                from: self.name_of(&row.neighbourhood),
                written: local_time::local(row.created),
            })
            .collect())
    }

    /// What of a neighbour's posts comes on the square, as connectors last said; as it comes if they never did.
    pub(super) fn policy(&self, treaty: &TreatyState) -> Result<Option<view::Policy>, StoreError> {
        if treaty.stage != TreatyStage::InForce || !treaty.receives {
            return Ok(None);
        }
        let row = projection::acceptance(&self.store, treaty.with.as_bytes())?;
        let terms = row.as_ref().and_then(|row| row.content.acceptance.clone()).unwrap_or_default();
        Ok(Some(view::Policy {
            how: match terms.welcome {
                Welcome::AtOnce => view::Taken::AtOnce,
                Welcome::AfterApproval => view::Taken::AfterApproval,
                Welcome::No => view::Taken::No,
            },
            kinds: PostKind::ALL.into_iter().filter(|kind| takes(&terms, *kind)).collect(),
            areas: self.areas_taken(treaty, &terms),
            per_day: terms.per_day.into(),
            said: row.map(|row| row.created.as_millis()),
        }))
    }

    fn areas_taken(&self, treaty: &TreatyState, terms: &Acceptance) -> Vec<(view::AreaChoice, bool)> {
        let register = self.registers.get(&treaty.with);
        let areas = register.into_iter().flat_map(|register| register.areas());
        let mut areas: Vec<_> = areas
            .map(|(id, name)| {
                let choice = view::AreaChoice { id: id.to_string(), name: name.to_owned() };
                (choice, terms.areas.contains(&id))
            })
            .collect();
        areas.sort_by(|(a, _), (b, _)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        areas
    }

    /// What connectors last said about what is taken of a neighbour, or about one post of one.
    pub(in super::super) fn taking(&self, about: &OperationId) -> Result<Option<TakingBody>, StoreError> {
        let row = projection::acceptance(&self.store, about.as_bytes())?;
        Ok(row.map(|row| TakingBody::of(&row.content.acceptance.unwrap_or_default(), row.created)))
    }

    /// Our offer as a link for people to hand on, as long as the other side has not answered. Where others reach this box it
    /// tells as far as that is known; one that only listens on this machine tells that, for whoever tries it out.
    pub(super) fn handed_on(&self, treaty: &TreatyState) -> Option<view::HandedOn> {
        let ours = self.registers.home().treaty(&treaty.with, self.now)?;
        if treaty.stage != TreatyStage::Offered {
            return None;
        }
        let outside = self.reach.iter().flat_map(|reach| reach.outside.iter().cloned());
        let listening = self.driver.status().listening.clone();
        let mut addresses: Vec<String> = outside.chain(listening).map(|address| address.to_string()).collect();
        let mut told = BTreeSet::new();
        addresses.retain(|address| told.insert(address.clone()));
        let offer = TreatyOffer {
            neighbourhood: self.home(),
            operation: ours.operation,
            box_key: self.identity.own_box,
            addresses,
        };
        let link = TreatyLink { site: Site::parse(self.site_url.as_deref()?).ok()?, offer }.url();
        Some(view::HandedOn { qr: QrImage::of(&link), link })
    }

    /// How it goes with the neighbour of a treaty.
    pub(super) fn exchange(&self, treaty: &TreatyState, figures: &Figures) -> view::Exchange {
        let in_force = treaty.stage == TreatyStage::InForce;
        let held = |whose: NeighbourhoodId| {
            let abroad = figures.spaces.iter().filter(|(id, _)| id.neighbourhood == whose && id.space.goes_abroad());
            abroad.map(|(_, count)| count).sum::<usize>()
        };
        view::Exchange {
            since: in_force.then(|| local_time::local(treaty.since).date()),
            shared: (in_force && treaty.sends).then(|| held(self.home())),
            taken: (in_force && treaty.receives).then(|| held(treaty.with)),
            contact: contact(&treaty.with, figures),
            way: self.way(&treaty.with, figures),
        }
    }

    /// How the box of a neighbour is reached with which a session is open.
    fn way(&self, with: &NeighbourhoodId, figures: &Figures) -> Option<view::Way> {
        let routes = &self.reach.as_ref()?.routes;
        let session = figures.sessions.iter().find(|session| session.neighbourhood.as_ref() == Some(with))?;
        Some(match routes.get(&peer_id(&session.peer)?)? {
            Route::NextDoor { .. } => view::Way::NextDoor,
            Route::Direct { .. } => view::Way::Direct,
            Route::Through { relay, .. } => view::Way::Through(self.name_of_box(relay.as_ref()?)?),
        })
    }

    /// The name of the neighbourhood for which a box speaks.
    fn name_of_box(&self, peer: &PeerId) -> Option<String> {
        let key = public_key(peer)?;
        let register = self.registers.iter().find(|register| register.speaks(&key, self.now))?;
        Some(self.name_of(&register.neighbourhood()))
    }

    /// The neighbours for the map, by name.
    pub(super) fn mapped(&self, treaties: &[TreatyState], figures: &Figures) -> Vec<view::MappedNeighbour> {
        let in_force = treaties.iter().filter(|treaty| treaty.stage == TreatyStage::InForce);
        let mut mapped: Vec<_> = in_force
            .map(|treaty| view::MappedNeighbour {
                name: self.name_of(&treaty.with),
                sends: treaty.sends,
                receives: treaty.receives,
                contact: contact(&treaty.with, figures),
            })
            .collect();
        mapped.sort_by(|a, b| a.name.cmp(&b.name));
        mapped
    }
}

fn contact(with: &NeighbourhoodId, figures: &Figures) -> view::Contact {
    let mut sessions =
        figures.sessions.iter().filter(|session| session.neighbourhood.as_ref() == Some(with)).peekable();
    if sessions.peek().is_none() {
        let last = figures.neighbours.get(&Some(*with)).and_then(|account| account.last_contact);
        return view::Contact::Away(last.map(local_time::local));
    }
    let in_step = sessions.any(|session| session.in_step && session.awaited == 0);
    if in_step { view::Contact::InStep } else { view::Contact::CatchingUp }
}

fn takes(terms: &Acceptance, kind: PostKind) -> bool {
    Kind::from_name(kind.name()).is_some_and(|kind| terms.takes(kind))
}

//! The connectors' desk: neighbours, circles, organisations, areas and boxes.

use dorpsplein_protocol::authority::{CircleState, OrganisationState, TreatyStage, TreatyState, TreatyStatement};
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::{Read, StoreError, Table};
use dorpsplein_web_ui::{Lang, view};

use super::super::local_time;
use super::Reader;
use crate::driver::Figures;

/// The profiles of one resident that are looked through: their own, and those of organisations they speak for.
const PROFILES: usize = 32;

impl Reader {
    /// Treaties and offers, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub(super) fn neighbours_page(&self) -> Result<view::NeighboursPage, StoreError> {
        let (treaties, figures) = (self.registers.treaties(self.now), self.driver.figures());
        let map = self.mapped(&treaties, &figures);
        let mut treaties =
            treaties.iter().map(|treaty| self.treaty_view(treaty, &figures)).collect::<Result<Vec<_>, StoreError>>()?;
        treaties.sort_by(|a, b| (&a.name, &a.with).cmp(&(&b.name, &b.with)));
        let awaiting = self.awaiting()?;
        Ok(view::NeighboursPage { top: self.desk_top(), treaties, map, awaiting })
    }

    fn treaty_view(&self, treaty: &TreatyState, figures: &Figures) -> Result<view::TreatyView, StoreError> {
        let open = matches!(treaty.stage, TreatyStage::Offered | TreatyStage::Received);
        let ours = self.registers.home().treaty(&treaty.with, self.now);
        Ok(view::TreatyView {
            with: treaty.with.to_string(),
            name: self.name_of(&treaty.with),
            step: self.treaty_step(treaty),
            direction: match (treaty.sends, treaty.receives) {
                (true, false) => view::TreatyDirection::Outgoing,
                (false, true) => view::TreatyDirection::Incoming,
                _ => view::TreatyDirection::Both,
            },
            until: local_time::local(treaty.expires).date(),
            offer: self.their_side(treaty).filter(|_| open).map(|offer| offer.operation.to_string()),
            ours: ours.is_some() && treaty.stage != TreatyStage::Expired,
            exchange: self.exchange(treaty, figures),
            policy: self.policy(treaty)?,
            handed_on: self.handed_on(treaty),
        })
    }

    /// How far a treaty is, for connectors. Where both sides offered, either can accept, and who spoke last waits.
    pub(super) fn treaty_step(&self, treaty: &TreatyState) -> view::TreatyStep {
        let ours = self.registers.home().treaty(&treaty.with, self.now).map(|ours| ours.signed);
        let theirs = self.their_side(treaty).map(|theirs| theirs.signed);
        match treaty.stage {
            TreatyStage::Offered if theirs > ours => view::TreatyStep::Received,
            TreatyStage::Offered => view::TreatyStep::Offered,
            TreatyStage::Received => view::TreatyStep::Received,
            TreatyStage::InForce => view::TreatyStep::InForce,
            TreatyStage::Expired => view::TreatyStep::Expired,
        }
    }

    fn their_side(&self, treaty: &TreatyState) -> Option<TreatyStatement<'_>> {
        self.registers.get(&treaty.with)?.treaty(&self.home(), self.now)
    }

    /// Circles, and who could be let into one.
    pub(super) fn circles_page(&self) -> view::CirclesPage {
        let circles = self.registers.circles();
        let circles = circles.iter().filter_map(|circle| self.circle_view(circle)).collect();
        view::CirclesPage { top: self.desk_top(), circles }
    }

    /// The neighbourhoods whose register is held here and that are not in a circle, nor let into it.
    fn outside(&self, circle: &CircleState) -> Vec<view::Neighbouring> {
        let known = self.registers.iter().map(|register| register.neighbourhood()).filter(|id| *id != self.home());
        let outside = known.filter(|id| !circle.members.contains(id) && !circle.admitted.contains(id));
        let mut outside: Vec<_> = outside.map(|id| self.neighbouring(&id)).collect();
        outside.sort_by(|a, b| a.name.cmp(&b.name));
        outside
    }

    /// A circle with which this neighbourhood has something to do.
    fn circle_view(&self, circle: &CircleState) -> Option<view::CircleView> {
        let home = self.home();
        let place = if circle.founder == home {
            view::CirclePlace::Founder
        } else if circle.members.contains(&home) {
            view::CirclePlace::Member
        } else if circle.admitted.contains(&home) {
            let mut sides = self.registers.get(&circle.founder)?.circles();
            let (_, side) = sides.find(|(id, _)| *id == circle.id)?;
            view::CirclePlace::Admitted { admission: side.admitted.get(&home)?.to_string() }
        } else {
            return None;
        };
        let joined = circle.members.iter().map(|id| (self.neighbouring(id), true));
        let admitted = circle.admitted.iter().map(|id| (self.neighbouring(id), false));
        let mut members: Vec<_> = joined.chain(admitted).collect();
        members.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Some(view::CircleView {
            id: circle.id.to_string(),
            name: circle.name.clone(),
            founder: self.neighbouring(&circle.founder),
            place,
            members,
            candidates: self.outside(circle),
        })
    }

    fn neighbouring(&self, id: &NeighbourhoodId) -> view::Neighbouring {
        view::Neighbouring { id: id.to_string(), name: self.name_of(id) }
    }

    /// Organisations and who speaks for them.
    pub(super) fn organisations_page(&self) -> Result<view::OrganisationsPage, StoreError> {
        let register = self.registers.home();
        let organisations = register.organisations().map(|organisation| {
            let speakers = organisation.speakers.iter().map(|speaker| self.person(speaker));
            Ok(view::OrganisationView {
                id: organisation.id.to_string(),
                name: self.organisation_name(&organisation)?,
                speakers: speakers.collect::<Result<_, StoreError>>()?,
            })
        });
        let organisations = organisations.collect::<Result<Vec<_>, StoreError>>()?;
        let present = register.residents().filter(|resident| resident.present);
        let mut residents = present.map(|resident| self.person(&resident.id)).collect::<Result<Vec<_>, _>>()?;
        residents.sort_by_cached_key(|person| (person.name.is_none(), person.name.clone(), person.id.clone()));
        Ok(view::OrganisationsPage { top: self.desk_top(), organisations, residents })
    }

    /// The name in the profile that one of its speakers wrote for an organisation.
    fn organisation_name(&self, organisation: &OrganisationState) -> Result<Option<String>, StoreError> {
        for speaker in &organisation.speakers {
            let theirs = [&self.home().as_bytes()[..], speaker.as_bytes()].concat();
            for key in self.store.keys_with_prefix(Table::Directory, &theirs, PROFILES)? {
                let Some(id) = key.get(64..).and_then(|id| ItemId::try_from(id).ok()) else { continue };
                let row = projection::item(&self.store, &id)?.filter(|row| self.shows(row));
                let own = row.filter(|row| row.speaks_for == Some(organisation.id));
                if let Some(name) = own.and_then(|row| row.content.name) {
                    return Ok(Some(name));
                }
            }
        }
        Ok(None)
    }

    /// The parts of the neighbourhood, by name.
    pub(super) fn areas_page(&self) -> view::AreasPage {
        let areas = self.registers.home().areas();
        let mut areas: Vec<_> = areas.map(|(id, name)| (id.to_string(), name.to_owned())).collect();
        areas.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        view::AreasPage { top: self.desk_top(), areas }
    }

    /// The boxes and their certificates.
    pub(super) fn boxes_page(&self, lang: Lang) -> view::BoxesPage {
        let certificates = self.registers.home().boxes().map(|(_, certificate)| certificate);
        let boxes = certificates.zip(self.boxes(lang)).map(|(certificate, shown)| view::DeskBox {
            key: certificate.key.to_string(),
            name: shown.name,
            until: shown.certified_until,
            this_one: shown.this_one,
        });
        view::BoxesPage { top: self.desk_top(), boxes: boxes.collect() }
    }
}

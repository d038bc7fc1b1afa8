//! The connectors' desk: who may see it, what waits there, and what wants attention.

use dorpsplein_protocol::authority::Proposal;
use dorpsplein_protocol::operation::{CircleId, ResidentId, Role, Statement};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::paths::Page;
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::local_time;
use super::{ReadError, Reader};

/// How long before it runs out a certificate or a treaty is brought up, in milliseconds: thirty days.
const AHEAD_MS: u64 = 30 * 24 * 3_600_000;

/// How long a proposal that was objected to stays on the desk, in milliseconds: thirty days.
const TOLD_MS: u64 = 30 * 24 * 3_600_000;

impl Reader {
    /// A page for those who are logged in: of the desk, which is the connectors', or the log, which is every member's.
    ///
    /// # Errors
    /// [`ReadError::Closed`] for who may not come in, whether or not there is such a page.
    pub(in super::super) fn page_for_members(
        &self,
        page: Page,
        id: &str,
        before: Option<&str>,
        talent: Option<&str>,
        lang: Lang,
    ) -> Result<String, ReadError> {
        let needs = if matches!(page, Page::Log | Page::People) { Role::Resident } else { Role::Connector };
        let role = self.visitor.map(|visitor| visitor.role);
        // Whose role is in doubt comes in to decide about that, and no further.
        let decides = page == Page::Desk && self.waits_as_connector();
        if role.is_none_or(|role| role < needs) && !decides {
            let (needs, visitor, path) = (role_view(needs), role.map(role_view), page.path(lang, id));
            return Err(ReadError::Closed(view::DoorPage { needs, visitor, path }));
        }
        let frame = self.frame();
        Ok(match page {
            Page::Log => pages::log(&frame, &self.log_page(before)?, lang)?,
            Page::People => pages::people(&frame, &self.people_page(talent)?, lang)?,
            Page::DeskQueue => pages::queue(&frame, &self.queue_page()?, lang)?,
            Page::DeskPulse => pages::pulse(&frame, &self.pulse_page()?, lang)?,
            Page::DeskHealth => pages::health(&frame, &self.health_page(lang), lang)?,
            Page::DeskMembers => pages::members(&frame, &self.members_page()?, lang)?,
            Page::DeskMember => {
                let id = ResidentId::from_hex(id).ok_or(ReadError::NotFound)?;
                pages::member(&frame, &self.member_page(&id)?, lang)?
            }
            Page::DeskInvitations => pages::invitations(&frame, &self.invitations_page()?, lang)?,
            Page::DeskLetters => pages::letters(
                &frame,
                &view::LettersPage { top: self.desk_top(), blank: view::Letter::default() },
                lang,
            )?,
            Page::DeskLook => pages::look(&frame, &self.look_page()?, lang)?,
            Page::DeskNeighbours => pages::neighbours(&frame, &self.neighbours_page()?, lang)?,
            Page::DeskCircles => pages::circles(&frame, &self.circles_page(), lang)?,
            Page::DeskOrganisations => pages::organisations(&frame, &self.organisations_page()?, lang)?,
            Page::DeskSources => pages::sources(&frame, &self.sources_page()?, lang)?,
            Page::DeskAreas => pages::areas(&frame, &self.areas_page(), lang)?,
            Page::DeskBoxes => pages::boxes(&frame, &self.boxes_page(lang), lang)?,
            _ => pages::desk(&frame, &self.desk(lang)?, lang)?,
        })
    }

    /// Whether whoever is logged in would be a connector if connectors decided for another side of a fork.
    pub(super) fn waits_as_connector(&self) -> bool {
        self.visitor.is_some_and(|visitor| self.registers.home().waits_as_connector(&visitor.resident))
    }

    /// What every page of the desk has.
    pub(super) fn desk_top(&self) -> view::DeskTop {
        let register = self.registers.home();
        let waiting = register.proposals().iter().filter(|proposal| !proposal.vetoed).count();
        view::DeskTop { waiting, second_signature: register.signatures_needed() > 1 }
    }

    /// What waits, as a page shows it; and what was objected to, for as long as people may look for it.
    pub(super) fn proposals(&self, about: impl Fn(&Proposal) -> bool) -> Result<Vec<view::Proposal>, StoreError> {
        let told = |proposal: &Proposal| !proposal.vetoed || self.now < proposal.signed.plus_millis(TOLD_MS);
        let waiting = self.registers.home().proposals().into_iter().filter(told).filter(about);
        waiting.map(|proposal| self.proposal(&proposal)).collect()
    }

    /// Somebody of this neighbourhood, with the name they show.
    pub(super) fn person(&self, id: &ResidentId) -> Result<view::Person, StoreError> {
        let role = self.registers.home().resident(id).map_or(Role::Resident, |resident| resident.role);
        let profile = projection::profile_of(&self.store, &self.home(), id, |row| self.shows(row))?;
        let name = profile.and_then(|row| row.content.name).map(|name| name.trim().to_owned());
        Ok(view::Person {
            id: id.to_string(),
            name: name.filter(|name| !name.is_empty()),
            role: role_view(role),
            is_you: self.visitor.is_some_and(|visitor| visitor.resident == *id),
        })
    }

    fn desk(&self, lang: Lang) -> Result<view::DeskPage, ReadError> {
        let register = self.registers.home();
        Ok(view::DeskPage {
            top: self.desk_top(),
            proposals: self.proposals(|_| true)?,
            forks: self.forks_to_decide()?,
            cares: self.cares(lang)?,
            queue: self.queue_length()?,
            steps: self.first_steps()?,
            residents: register.resident_count(),
            connectors: register.connector_count(),
            open_invitations: self.open_invitations(),
        })
    }

    fn proposal(&self, proposal: &Proposal) -> Result<view::Proposal, StoreError> {
        let by = self.person(&proposal.by)?;
        let too_early = proposal.endorse_after.filter(|after| self.now < *after);
        // Where there are fewer than three connectors, whoever proposed a recovery may confirm it a day later.
        let alone = self.registers.home().signatures_needed() < 2;
        Ok(view::Proposal {
            operation: proposal.operation.to_string(),
            signed: local_time::local(proposal.signed),
            endorse_after: too_early.map(local_time::local),
            vetoed: proposal.vetoed,
            yours_to_sign: too_early.is_none() && !proposal.vetoed && (alone || !by.is_you),
            deed: self.deed(&proposal.statement)?,
            by,
        })
    }

    pub(super) fn deed(&self, statement: &Statement) -> Result<view::Deed, StoreError> {
        Ok(match statement {
            Statement::MemberRemoval(removal) => view::Deed::Removal(self.person(&removal.resident)?),
            Statement::RoleChange(change) if change.role == Role::Connector => {
                view::Deed::Grant(self.person(&change.resident)?)
            }
            Statement::RoleChange(change) => view::Deed::Withdrawal(self.person(&change.resident)?),
            Statement::DeviceRetirement(retirement) => match self.registers.home().membership(&retirement.device) {
                Some(membership) => view::Deed::Retirement(self.person(&membership.resident)?),
                None => view::Deed::Other,
            },
            Statement::Recovery(recovery) => view::Deed::Recovery(self.person(&recovery.resident)?),
            Statement::Invitation(letter) if letter.role == Role::Connector => view::Deed::ConnectorInvitation,
            Statement::Invitation(_) => view::Deed::Invitation,
            Statement::SubArea(area) => view::Deed::SubArea(area.name.clone()),
            Statement::Organisation(organisation) => view::Deed::Organisation(self.person(&organisation.speaker)?),
            Statement::TreatyEnd(end) => view::Deed::TreatyEnd(self.name_of(&end.with)),
            Statement::BoxCertificate(certificate) => view::Deed::Box(certificate.key.to_string()),
            Statement::Treaty(treaty) => view::Deed::Treaty(self.name_of(&treaty.with)),
            Statement::CircleFounding(founding) => view::Deed::CircleFounding(founding.name.clone()),
            Statement::CircleAdmission(admission) => {
                view::Deed::CircleAdmission(self.name_of(&admission.neighbourhood))
            }
            Statement::CircleJoining(joining) => view::Deed::CircleJoining(self.name_of_circle(&joining.circle)),
            Statement::Unknown(_) => view::Deed::Other,
            _ => view::Deed::Minor,
        })
    }

    fn name_of_circle(&self, id: &CircleId) -> String {
        let circle = self.registers.circles().into_iter().find(|circle| circle.id == *id);
        circle.map_or_else(|| format!("{}…", &id.to_string()[..8]), |circle| circle.name)
    }

    /// What wants attention, the most pressing first.
    fn cares(&self, lang: Lang) -> Result<Vec<view::Care>, ReadError> {
        let soon = |at: Timestamp| at < self.now.plus_millis(AHEAD_MS);
        let mut cares = self.appeals()?;
        if self.registers.home().connector_count() == 1 {
            cares.push(view::Care::OneConnector);
        }
        for (certificate, shown) in self.registers.home().boxes().zip(self.boxes(lang)) {
            if soon(certificate.1.expires) {
                cares.push(view::Care::BoxExpires { name: shown.name, until: shown.certified_until });
            }
        }
        for treaty in self.registers.treaties(self.now) {
            let with = self.name_of(&treaty.with);
            match self.treaty_step(&treaty) {
                view::TreatyStep::Received => cares.push(view::Care::TreatyOffered { with }),
                view::TreatyStep::InForce if soon(treaty.expires) => {
                    let until = local_time::local(treaty.expires).date();
                    cares.push(view::Care::TreatyExpires { with, until });
                }
                view::TreatyStep::InForce | view::TreatyStep::Offered | view::TreatyStep::Expired => {}
            }
        }
        Ok(cares)
    }
}

/// A role as pages show it.
pub(super) const fn role_view(role: Role) -> view::Role {
    match role {
        Role::Resident => view::Role::Resident,
        Role::Connector => view::Role::Connector,
    }
}

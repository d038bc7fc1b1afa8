//! The connectors' desk: members, their devices, and invitations.

use dorpsplein_protocol::authority::{DeviceEntry, DeviceState, InvitationState, InvitationUse, Proposal, Resident};
use dorpsplein_protocol::operation::{ResidentId, Role, Statement};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::view;

use super::super::local_time;
use super::desk::role_view;
use super::{ReadError, Reader};

/// The used, withdrawn and expired invitations that the page lists: the latest of them.
const PAST_INVITATIONS: usize = 100;

impl Reader {
    /// Who is there, and who was.
    pub(super) fn members_page(&self) -> Result<view::MembersPage, StoreError> {
        let (mut present, mut gone) = (Vec::new(), Vec::new());
        for resident in self.registers.home().residents() {
            let list = if resident.present { &mut present } else { &mut gone };
            list.push(self.member_teaser(&resident)?);
        }
        for list in [&mut present, &mut gone] {
            list.sort_by_cached_key(|member: &view::MemberTeaser| {
                let name = member.person.name.as_ref().map(|name| name.to_lowercase());
                (member.person.role != view::Role::Connector, name.is_none(), name, member.person.id.clone())
            });
        }
        let home_keys = self.registers.home().allows_home_keys();
        Ok(view::MembersPage { top: self.desk_top(), present, gone, home_keys })
    }

    fn member_teaser(&self, resident: &Resident) -> Result<view::MemberTeaser, StoreError> {
        Ok(view::MemberTeaser {
            person: self.person(&resident.id)?,
            devices: resident.devices.iter().filter(|device| device.state == DeviceState::Active).count(),
            since: local_time::local(resident.admitted).date(),
        })
    }

    /// One member, also a former one.
    pub(super) fn member_page(&self, id: &ResidentId) -> Result<view::MemberPage, ReadError> {
        let register = self.registers.home();
        let resident = register.resident(id).ok_or(ReadError::NotFound)?;
        let mut devices = resident.devices.clone();
        devices.sort_by_key(|device| (device.added, device.key));
        Ok(view::MemberPage {
            top: self.desk_top(),
            person: self.person(id)?,
            present: resident.present,
            since: local_time::local(resident.admitted).date(),
            devices: devices.iter().map(|device| self.device_view(device)).collect::<Result<_, StoreError>>()?,
            cards: resident.cards.len(),
            home_network: self.home_network().filter(|_| resident.role == Role::Resident),
            last_connector: resident.role == Role::Connector && register.connector_count() == 1,
            proposals: self.proposals(|proposal| self.is_about(proposal, id))?,
        })
    }

    fn is_about(&self, proposal: &Proposal, id: &ResidentId) -> bool {
        match &proposal.statement {
            Statement::MemberRemoval(removal) => removal.resident == *id,
            Statement::RoleChange(change) => change.resident == *id,
            Statement::Recovery(recovery) => recovery.resident == *id,
            Statement::DeviceRetirement(retirement) => {
                let membership = self.registers.home().membership(&retirement.device);
                membership.is_some_and(|membership| membership.resident == *id)
            }
            _ => false,
        }
    }

    fn device_view(&self, device: &DeviceEntry) -> Result<view::DeviceView, StoreError> {
        Ok(view::DeviceView {
            key: device.key.to_string(),
            added: local_time::local(device.added).date(),
            standing: match device.state {
                DeviceState::Active => view::DeviceStanding::Active,
                DeviceState::Retired => view::DeviceStanding::Retired,
                DeviceState::Removed => view::DeviceStanding::Removed,
            },
            home_key: device.home_key.map(|until| local_time::local(until).date()),
            counts_to: device.counts_to,
            last: projection::last_of_device(&self.store, &device.key)?.map_or(0, |(sequence, _)| sequence),
        })
    }

    /// Invitations and what became of them.
    pub(super) fn invitations_page(&self) -> Result<view::InvitationsPage, StoreError> {
        let all: Vec<InvitationState> = self.registers.home().invitations().collect();
        let (mut open, mut past): (Vec<_>, Vec<_>) = all.iter().partition(|state| self.can_still_be_used(state));
        open.sort_by_key(|state| (state.invitation.expires, state.operation));
        past.sort_by_key(|state| (std::cmp::Reverse(state.invitation.expires), state.operation));
        past.truncate(PAST_INVITATIONS);
        let view = |state: &InvitationState| self.invitation_view(state);
        Ok(view::InvitationsPage {
            top: self.desk_top(),
            open: open.into_iter().map(view).collect::<Result<_, StoreError>>()?,
            past: past.into_iter().map(view).collect::<Result<_, StoreError>>()?,
        })
    }

    /// How many invitations can still be used.
    pub(super) fn open_invitations(&self) -> usize {
        let open = |state: &InvitationState| state.state == InvitationUse::Open && self.now < state.invitation.expires;
        self.registers.home().invitations().filter(open).count()
    }

    fn can_still_be_used(&self, state: &InvitationState) -> bool {
        matches!(state.state, InvitationUse::Open | InvitationUse::Proposed) && self.now < state.invitation.expires
    }

    fn invitation_view(&self, state: &InvitationState) -> Result<view::InvitationView, StoreError> {
        Ok(view::InvitationView {
            operation: state.operation.to_string(),
            key: state.invitation.key.to_string(),
            role: role_view(state.invitation.role),
            by: self.person(&state.by)?,
            expires: local_time::local(state.invitation.expires),
            fate: match state.state {
                InvitationUse::Used(resident) => view::InvitationFate::Used(self.person(&resident)?),
                InvitationUse::Withdrawn => view::InvitationFate::Withdrawn,
                _ if self.now >= state.invitation.expires => view::InvitationFate::Expired,
                InvitationUse::Open => view::InvitationFate::Open,
                InvitationUse::Proposed => view::InvitationFate::Proposed,
            },
        })
    }
}

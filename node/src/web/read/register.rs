//! The register as the API tells it.

use dorpsplein_protocol::authority::{
    CircleSide, DeviceEntry, DeviceState, InvitationState, InvitationUse, OrganisationState, Proposal, Register,
    Resident,
};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{BoxCertificate, CircleId, NeighbourhoodId, OperationId, Role, Statement};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Timestamp;

use super::super::body::{
    AdmittedBody, AreaBody, BoxBody, CircleBody, DeviceBody, DeviceEntryBody, DeviceStateBody, InvitationBody,
    InvitationStateBody, IssuedInvitationBody, NamedResidentBody, OrganisationBody, ProposalBody, RegisterBody,
    ResidentBody, StatementBody,
};
use super::Reader;

impl Reader {
    /// Who may do what.
    pub(in super::super) fn register(&self) -> RegisterBody {
        let register = self.registers.home();
        RegisterBody {
            neighbourhood: self.home().to_string(),
            heads: register.heads().iter().map(ToString::to_string).collect(),
            connectors: register.connector_count(),
            signatures_needed: register.signatures_needed(),
            residents: register.residents().map(resident_body).collect(),
            proposals: register.proposals().iter().map(proposal_body).collect(),
            invitations: register.invitations().map(issued_body).collect(),
            organisations: register.organisations().map(organisation_body).collect(),
            areas: register.areas().map(|(id, name)| AreaBody { id: id.to_string(), name: name.to_owned() }).collect(),
            circles: register.circles().filter_map(|(id, side)| self.circle_body(&id, &side)).collect(),
            boxes: box_bodies(register),
            home_keys: register.allows_home_keys(),
        }
    }

    /// An invitation, by its one-time public key.
    pub(in super::super) fn invitation(&self, key: &PublicKey) -> Option<InvitationBody> {
        let state = self.registers.home().invitation(key)?;
        Some(InvitationBody {
            operation: state.operation.to_string(),
            role: role_name(state.invitation.role).to_owned(),
            expires: state.invitation.expires.as_millis(),
            used: matches!(state.state, InvitationUse::Used(_)),
            state: invitation_state(state.state),
            parents: state.parents.iter().map(ToString::to_string).collect(),
            neighbourhood: self.home().to_string(),
        })
    }

    /// What is known of a device.
    pub(in super::super) fn device(&self, key: &PublicKey) -> Result<DeviceBody, StoreError> {
        let membership = self.registers.home().membership(key);
        let last = projection::last_of_device(&self.store, key)?;
        Ok(DeviceBody {
            member: membership.is_some_and(|membership| membership.state == DeviceState::Active),
            state: membership.map(|membership| device_state(membership.state)),
            counts_to: membership.and_then(|membership| membership.counts_to),
            resident: membership.map(|membership| membership.resident.to_string()),
            role: membership.map(|membership| role_name(membership.role).to_owned()),
            home_key: membership.and_then(|membership| membership.home_key).map(Timestamp::as_millis),
            sequence: last.map_or(0, |(sequence, _)| sequence),
            last_operation: last.map(|(_, operation)| operation.to_string()),
        })
    }

    /// The members and the names in their profiles, for members.
    pub(in super::super) fn names(&self) -> Result<Vec<NamedResidentBody>, StoreError> {
        let home = self.home();
        let present = self.registers.home().residents().filter(|resident| resident.present);
        let named = present.map(|resident| {
            // Whoever gets this list is a member.
            let profile = projection::profile_of(&self.store, &home, &resident.id, ItemRow::is_listed)?;
            let name = profile.and_then(|row| row.content.name);
            Ok(NamedResidentBody { id: resident.id.to_string(), name })
        });
        named.collect()
    }

    /// A circle that this neighbourhood founded or is in; none for one that it left.
    fn circle_body(&self, id: &CircleId, side: &CircleSide) -> Option<CircleBody> {
        let founder = match (&side.name, side.joined) {
            (Some(_), _) => self.home(),
            (None, Some((founder, _))) => founder,
            (None, None) => return None,
        };
        let theirs = self.registers.get(&founder).and_then(|register| register.circles().find(|(told, _)| told == id));
        let (told, ended) = theirs.map(|(_, side)| (side.name, side.ended)).unwrap_or_default();
        Some(CircleBody {
            id: id.to_string(),
            name: side.name.clone().or(told),
            founder: founder.to_string(),
            admitted: side
                .admitted
                .iter()
                .map(|(neighbourhood, admission)| admitted(neighbourhood, admission))
                .collect(),
            ended: side.ended || ended,
        })
    }
}

fn admitted(neighbourhood: &NeighbourhoodId, admission: &OperationId) -> AdmittedBody {
    AdmittedBody { neighbourhood: neighbourhood.to_string(), admission: admission.to_string() }
}

/// The certificates of a register's boxes.
pub(super) fn box_bodies(register: &Register) -> Vec<BoxBody> {
    let body = |(operation, certificate): (OperationId, &BoxCertificate)| BoxBody {
        operation: operation.to_string(),
        key: certificate.key.to_string(),
        expires: certificate.expires.as_millis(),
    };
    register.boxes().map(body).collect()
}

/// A role as the API names it.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Resident => "resident",
        Role::Connector => "connector",
    }
}

fn resident_body(resident: Resident) -> ResidentBody {
    ResidentBody {
        id: resident.id.to_string(),
        role: role_name(resident.role).to_owned(),
        present: resident.present,
        admitted: resident.admitted.as_millis(),
        devices: resident.devices.iter().map(device_entry).collect(),
        cards: resident.cards.iter().map(ToString::to_string).collect(),
    }
}

fn device_entry(device: &DeviceEntry) -> DeviceEntryBody {
    DeviceEntryBody {
        key: device.key.to_string(),
        state: device_state(device.state),
        added: device.added.as_millis(),
        counts_to: device.counts_to,
        home_key: device.home_key.map(Timestamp::as_millis),
    }
}

const fn device_state(state: DeviceState) -> DeviceStateBody {
    match state {
        DeviceState::Active => DeviceStateBody::Active,
        DeviceState::Retired => DeviceStateBody::Retired,
        DeviceState::Removed => DeviceStateBody::Removed,
    }
}

fn proposal_body(proposal: &Proposal) -> ProposalBody {
    ProposalBody {
        operation: proposal.operation.to_string(),
        statement: statement_body(&proposal.statement),
        by: proposal.by.to_string(),
        signed: proposal.signed.as_millis(),
        endorse_after: proposal.endorse_after.map(Timestamp::as_millis),
        vetoed: proposal.vetoed,
    }
}

fn issued_body(state: InvitationState) -> IssuedInvitationBody {
    let used_by = match state.state {
        InvitationUse::Used(resident) => Some(resident.to_string()),
        InvitationUse::Open | InvitationUse::Withdrawn | InvitationUse::Proposed => None,
    };
    IssuedInvitationBody {
        operation: state.operation.to_string(),
        key: state.invitation.key.to_string(),
        role: role_name(state.invitation.role).to_owned(),
        by: state.by.to_string(),
        expires: state.invitation.expires.as_millis(),
        state: invitation_state(state.state),
        used_by,
    }
}

const fn invitation_state(state: InvitationUse) -> InvitationStateBody {
    match state {
        InvitationUse::Open => InvitationStateBody::Open,
        InvitationUse::Used(_) => InvitationStateBody::Used,
        InvitationUse::Withdrawn => InvitationStateBody::Withdrawn,
        InvitationUse::Proposed => InvitationStateBody::Proposed,
    }
}

fn organisation_body(organisation: OrganisationState) -> OrganisationBody {
    OrganisationBody {
        id: organisation.id.to_string(),
        speakers: organisation.speakers.iter().map(ToString::to_string).collect(),
    }
}

/// Whom or what a statement is about.
fn statement_body(statement: &Statement) -> StatementBody {
    let mut body = StatementBody { kind: kind(statement).to_owned(), ..StatementBody::default() };
    match statement {
        Statement::Invitation(said) => {
            body.key = Some(said.key.to_string());
            body.role = Some(role_name(said.role).to_owned());
            body.expires = Some(said.expires.as_millis());
        }
        Statement::RoleChange(said) => {
            body.resident = Some(said.resident.to_string());
            body.role = Some(role_name(said.role).to_owned());
        }
        Statement::MemberRemoval(said) => body.resident = Some(said.resident.to_string()),
        Statement::DeviceRetirement(said) => body.key = Some(said.device.to_string()),
        Statement::Recovery(said) => {
            body.resident = Some(said.resident.to_string());
            body.key = Some(said.device.to_string());
        }
        Statement::BoxCertificate(said) => {
            body.key = Some(said.key.to_string());
            body.expires = Some(said.expires.as_millis());
        }
        Statement::Treaty(said) => {
            body.neighbourhood = Some(said.with.to_string());
            body.expires = Some(said.expires.as_millis());
        }
        Statement::CircleFounding(said) => body.name = Some(said.name.clone()),
        Statement::CircleAdmission(said) => {
            body.circle = Some(said.circle.to_string());
            body.neighbourhood = Some(said.neighbourhood.to_string());
        }
        Statement::CircleJoining(said) => {
            body.circle = Some(said.circle.to_string());
            body.neighbourhood = Some(said.founder.to_string());
        }
        // Only heavy acts are proposed; the others are told by their kind.
        _ => {}
    }
    body
}

/// The name of a statement.
const fn kind(statement: &Statement) -> &'static str {
    match statement {
        Statement::Genesis(_) => "genesis",
        Statement::Invitation(_) => "invitation",
        Statement::Claim(_) => "claim",
        Statement::DeviceAddition(_) => "device-addition",
        Statement::RoleChange(_) => "role-change",
        Statement::BoxCertificate(_) => "box-certificate",
        Statement::Treaty(_) => "treaty",
        Statement::InvitationWithdrawal(_) => "invitation-withdrawal",
        Statement::DeviceRetirement(_) => "device-retirement",
        Statement::MemberRemoval(_) => "member-removal",
        Statement::Rescue(_) => "rescue",
        Statement::ForkDecision(_) => "fork-decision",
        Statement::RecoveryKey(_) => "recovery-key",
        Statement::Recovery(_) => "recovery",
        Statement::Endorsement(_) => "endorsement",
        Statement::Veto(_) => "veto",
        Statement::BoxRetirement(_) => "box-retirement",
        Statement::TreatyEnd(_) => "treaty-end",
        Statement::CircleFounding(_) => "circle-founding",
        Statement::CircleAdmission(_) => "circle-admission",
        Statement::CircleJoining(_) => "circle-joining",
        Statement::CircleLeaving(_) => "circle-leaving",
        Statement::CircleEnd(_) => "circle-end",
        Statement::Organisation(_) => "organisation",
        Statement::SpeakerChange(_) => "speaker-change",
        Statement::SubArea(_) => "sub-area",
        Statement::SubAreaEnd(_) => "sub-area-end",
        Statement::HomeKeyPolicy(_) => "home-key-policy",
        Statement::HomeKey(_) => "home-key",
        Statement::Unknown(_) => "unknown",
    }
}

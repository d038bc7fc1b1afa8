//! Statements of the register in the vectors: what an input asks for, and what a payload is read as.

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{PublicKey, SecretKey, Signature};
use dorpsplein_protocol::operation::{
    AreaId, BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleId, CircleJoining,
    CircleLeaving, DeviceAddition, DeviceCount, DeviceRetirement, Endorsement, ForkDecision, HomeKey, HomeKeyPolicy,
    Invitation, InvitationWithdrawal, Kind, MemberRemoval, NeighbourhoodId, Organisation, OrganisationId, Recovery,
    RecoveryKey, Rescue, ResidentId, Role, RoleChange, SpeakerChange, Statement, SubArea, SubAreaEnd, Treaty,
    TreatyDirection, TreatyEnd, Veto,
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{at, bytes, fixed, operation};

/// A statement as a vector asks for it. Genesis and claim are inputs of their own: what signs them is no member yet.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(super) enum StatementInput {
    Invitation {
        key: String,
        role: RoleInput,
        expires: u64,
    },
    DeviceAddition {
        new_seed: String,
    },
    RoleChange {
        resident: String,
        role: RoleInput,
        #[serde(default)]
        counts: Vec<CountInput>,
    },
    BoxCertificate {
        key: String,
        expires: u64,
    },
    Treaty {
        with: String,
        accepts: Option<String>,
        direction: DirectionInput,
        kinds: Vec<u16>,
        expires: u64,
    },
    InvitationWithdrawal {
        invitation: String,
    },
    DeviceRetirement(CountInput),
    MemberRemoval {
        resident: String,
        counts: Vec<CountInput>,
    },
    Rescue(CountInput),
    ForkDecision {
        device: String,
        sequence: u64,
        keep: String,
    },
    RecoveryKey {
        card_seed: String,
    },
    Recovery {
        resident: String,
        new_seed: String,
        counts: Vec<CountInput>,
    },
    HomeKeyPolicy {
        allowed: bool,
    },
    HomeKey {
        resident: String,
        new_seed: String,
        expires: u64,
    },
    Endorsement {
        of: String,
    },
    Veto {
        of: String,
    },
    BoxRetirement {
        key: String,
    },
    TreatyEnd {
        with: String,
    },
    CircleFounding {
        name: String,
    },
    CircleAdmission {
        circle: String,
        neighbourhood: String,
    },
    CircleJoining {
        circle: String,
        founder: String,
        admission: String,
    },
    CircleLeaving {
        circle: String,
        neighbourhood: String,
    },
    CircleEnd {
        circle: String,
    },
    Organisation {
        speaker: String,
    },
    SpeakerChange {
        organisation: String,
        resident: String,
        speaks: bool,
        counts: Vec<CountInput>,
    },
    SubArea {
        name: String,
    },
    SubAreaEnd {
        area: String,
    },
    Unknown(String),
}

/// A device, and the last number of it that counts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountInput {
    device: String,
    last: u64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RoleInput {
    Resident,
    Connector,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DirectionInput {
    Both,
    Send,
    Receive,
}

impl StatementInput {
    /// The statement, with the proofs that other keys than its author's give.
    pub(super) fn build(self, author: &Device) -> Result<Statement, String> {
        Ok(match self {
            Self::Invitation { key: one_time, role, expires } => {
                Statement::Invitation(Invitation { key: key(&one_time)?, role: role.build(), expires: at(expires) })
            }
            Self::DeviceAddition { new_seed } => {
                Statement::DeviceAddition(DeviceAddition::sign(&secret(&new_seed)?, &author.home(), &author.key()))
            }
            Self::RoleChange { resident, role, counts } => {
                let (resident, counts) = (resident_id(&resident)?, build_counts(counts)?);
                Statement::RoleChange(RoleChange { resident, role: role.build(), counts })
            }
            Self::InvitationWithdrawal { invitation } => {
                Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: operation(&invitation)? })
            }
            Self::DeviceRetirement(count) => {
                let DeviceCount { device, last } = count.build()?;
                Statement::DeviceRetirement(DeviceRetirement { device, last })
            }
            Self::MemberRemoval { resident, counts } => {
                let (resident, counts) = (resident_id(&resident)?, build_counts(counts)?);
                Statement::MemberRemoval(MemberRemoval { resident, counts })
            }
            Self::Rescue(count) => {
                let DeviceCount { device, last } = count.build()?;
                Statement::Rescue(Rescue { device, last })
            }
            Self::ForkDecision { device, sequence, keep } => {
                Statement::ForkDecision(ForkDecision { device: key(&device)?, sequence, keep: operation(&keep)? })
            }
            Self::RecoveryKey { card_seed } => {
                Statement::RecoveryKey(RecoveryKey::sign(&secret(&card_seed)?, &author.home(), &author.key()))
            }
            Self::Recovery { resident, new_seed, counts } => {
                let (resident, counts) = (resident_id(&resident)?, build_counts(counts)?);
                Statement::Recovery(Recovery::sign(&secret(&new_seed)?, &author.home(), &resident, counts))
            }
            Self::HomeKeyPolicy { allowed } => Statement::HomeKeyPolicy(HomeKeyPolicy { allowed }),
            Self::HomeKey { resident, new_seed, expires } => {
                let (new, resident) = (secret(&new_seed)?, resident_id(&resident)?);
                Statement::HomeKey(HomeKey::sign(&new, &author.home(), &resident, at(expires)))
            }
            Self::Endorsement { of } => Statement::Endorsement(Endorsement { of: operation(&of)? }),
            Self::Veto { of } => Statement::Veto(Veto { of: operation(&of)? }),
            Self::Unknown(raw) => Statement::Unknown(bytes(&raw)?),
            other => other.build_community()?,
        })
    }

    /// Statements about boxes, other neighbourhoods, organisations and parts.
    fn build_community(self) -> Result<Statement, String> {
        Ok(match self {
            Self::BoxCertificate { key: certified, expires } => {
                Statement::BoxCertificate(BoxCertificate { key: key(&certified)?, expires: at(expires) })
            }
            Self::Treaty { with, accepts, direction, kinds, expires } => Statement::Treaty(Treaty {
                with: neighbourhood_id(&with)?,
                accepts: accepts.as_deref().map(operation).transpose()?,
                direction: direction.build(),
                kinds: kinds.into_iter().map(Kind).collect(),
                expires: at(expires),
            }),
            Self::BoxRetirement { key: retired } => Statement::BoxRetirement(BoxRetirement { key: key(&retired)? }),
            Self::TreatyEnd { with } => Statement::TreatyEnd(TreatyEnd { with: neighbourhood_id(&with)? }),
            Self::CircleFounding { name } => Statement::CircleFounding(CircleFounding { name }),
            Self::CircleAdmission { circle, neighbourhood } => {
                let (circle, neighbourhood) = (circle_id(&circle)?, neighbourhood_id(&neighbourhood)?);
                Statement::CircleAdmission(CircleAdmission { circle, neighbourhood })
            }
            Self::CircleJoining { circle, founder, admission } => Statement::CircleJoining(CircleJoining {
                circle: circle_id(&circle)?,
                founder: neighbourhood_id(&founder)?,
                admission: operation(&admission)?,
            }),
            Self::CircleLeaving { circle, neighbourhood } => {
                let (circle, neighbourhood) = (circle_id(&circle)?, neighbourhood_id(&neighbourhood)?);
                Statement::CircleLeaving(CircleLeaving { circle, neighbourhood })
            }
            Self::CircleEnd { circle } => Statement::CircleEnd(CircleEnd { circle: circle_id(&circle)? }),
            Self::Organisation { speaker } => Statement::Organisation(Organisation { speaker: resident_id(&speaker)? }),
            Self::SpeakerChange { organisation, resident, speaks, counts } => {
                let organisation = OrganisationId::from_bytes(fixed(&organisation)?);
                let (resident, counts) = (resident_id(&resident)?, build_counts(counts)?);
                Statement::SpeakerChange(SpeakerChange { organisation, resident, speaks, counts })
            }
            Self::SubArea { name } => Statement::SubArea(SubArea { name }),
            Self::SubAreaEnd { area } => Statement::SubAreaEnd(SubAreaEnd { area: AreaId::from_bytes(fixed(&area)?) }),
            _ => return Err("a statement about one's own people".to_owned()),
        })
    }
}

/// What a statement is read as: its name and its fields, ids and keys in hexadecimal.
pub(super) fn read(statement: &Statement) -> Json {
    match statement {
        Statement::Genesis(said) => json!({ "genesis": { "name": said.name, "nonce": hex::encode(&said.nonce) } }),
        Statement::Invitation(said) => json!({ "invitation": {
            "key": said.key.to_string(), "role": role(said.role), "expires": said.expires.as_millis(),
        } }),
        Statement::Claim(said) => json!({ "claim": {
            "invitation": said.invitation.to_string(),
            "nonce": hex::encode(&said.nonce),
            "proof": proof(&said.proof),
        } }),
        Statement::DeviceAddition(said) => {
            json!({ "device-addition": { "device": said.device.to_string(), "proof": proof(&said.proof) } })
        }
        Statement::RoleChange(said) => json!({ "role-change": {
            "resident": said.resident.to_string(), "role": role(said.role), "counts": counts(&said.counts),
        } }),
        Statement::InvitationWithdrawal(said) => {
            json!({ "invitation-withdrawal": { "invitation": said.invitation.to_string() } })
        }
        Statement::DeviceRetirement(said) => {
            json!({ "device-retirement": { "device": said.device.to_string(), "last": said.last } })
        }
        Statement::MemberRemoval(said) => json!({ "member-removal": {
            "resident": said.resident.to_string(), "counts": counts(&said.counts),
        } }),
        Statement::Rescue(said) => json!({ "rescue": { "device": said.device.to_string(), "last": said.last } }),
        Statement::ForkDecision(said) => json!({ "fork-decision": {
            "device": said.device.to_string(), "sequence": said.sequence, "keep": said.keep.to_string(),
        } }),
        Statement::RecoveryKey(said) => {
            json!({ "recovery-key": { "key": said.key.to_string(), "proof": proof(&said.proof) } })
        }
        Statement::Recovery(said) => json!({ "recovery": {
            "resident": said.resident.to_string(),
            "device": said.device.to_string(),
            "proof": proof(&said.proof),
            "counts": counts(&said.counts),
        } }),
        Statement::HomeKeyPolicy(said) => json!({ "home-key-policy": { "allowed": said.allowed } }),
        Statement::HomeKey(said) => json!({ "home-key": {
            "resident": said.resident.to_string(),
            "device": said.device.to_string(),
            "proof": proof(&said.proof),
            "expires": said.expires.as_millis(),
        } }),
        Statement::Endorsement(said) => json!({ "endorsement": { "of": said.of.to_string() } }),
        Statement::Veto(said) => json!({ "veto": { "of": said.of.to_string() } }),
        Statement::Unknown(raw) => json!({ "unknown": hex::encode(raw) }),
        about_the_community => read_community(about_the_community),
    }
}

fn read_community(statement: &Statement) -> Json {
    match statement {
        Statement::BoxCertificate(said) => json!({ "box-certificate": {
            "key": said.key.to_string(), "expires": said.expires.as_millis(),
        } }),
        Statement::Treaty(said) => json!({ "treaty": {
            "with": said.with.to_string(),
            "accepts": said.accepts.map(|offer| offer.to_string()),
            "direction": direction(said.direction),
            "kinds": said.kinds.iter().map(|kind| kind.0).collect::<Vec<_>>(),
            "expires": said.expires.as_millis(),
        } }),
        Statement::BoxRetirement(said) => json!({ "box-retirement": { "key": said.key.to_string() } }),
        Statement::TreatyEnd(said) => json!({ "treaty-end": { "with": said.with.to_string() } }),
        Statement::CircleFounding(said) => json!({ "circle-founding": { "name": said.name } }),
        Statement::CircleAdmission(said) => json!({ "circle-admission": {
            "circle": said.circle.to_string(), "neighbourhood": said.neighbourhood.to_string(),
        } }),
        Statement::CircleJoining(said) => json!({ "circle-joining": {
            "circle": said.circle.to_string(),
            "founder": said.founder.to_string(),
            "admission": said.admission.to_string(),
        } }),
        Statement::CircleLeaving(said) => json!({ "circle-leaving": {
            "circle": said.circle.to_string(), "neighbourhood": said.neighbourhood.to_string(),
        } }),
        Statement::CircleEnd(said) => json!({ "circle-end": { "circle": said.circle.to_string() } }),
        Statement::Organisation(said) => json!({ "organisation": { "speaker": said.speaker.to_string() } }),
        Statement::SpeakerChange(said) => json!({ "speaker-change": {
            "organisation": said.organisation.to_string(),
            "resident": said.resident.to_string(),
            "speaks": said.speaks,
            "counts": counts(&said.counts),
        } }),
        Statement::SubArea(said) => json!({ "sub-area": { "name": said.name } }),
        Statement::SubAreaEnd(said) => json!({ "sub-area-end": { "area": said.area.to_string() } }),
        _ => Json::Null,
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Resident => "resident",
        Role::Connector => "connector",
    }
}

fn direction(direction: TreatyDirection) -> &'static str {
    match direction {
        TreatyDirection::Both => "both",
        TreatyDirection::Send => "send",
        TreatyDirection::Receive => "receive",
    }
}

fn proof(signature: &Signature) -> String {
    hex::encode(signature.as_bytes())
}

fn counts(counts: &[DeviceCount]) -> Json {
    counts.iter().map(|count| json!({ "device": count.device.to_string(), "last": count.last })).collect()
}

impl CountInput {
    fn build(self) -> Result<DeviceCount, String> {
        Ok(DeviceCount { device: key(&self.device)?, last: self.last })
    }
}

impl RoleInput {
    const fn build(self) -> Role {
        match self {
            Self::Resident => Role::Resident,
            Self::Connector => Role::Connector,
        }
    }
}

impl DirectionInput {
    const fn build(self) -> TreatyDirection {
        match self {
            Self::Both => TreatyDirection::Both,
            Self::Send => TreatyDirection::Send,
            Self::Receive => TreatyDirection::Receive,
        }
    }
}

fn build_counts(counts: Vec<CountInput>) -> Result<Vec<DeviceCount>, String> {
    counts.into_iter().map(CountInput::build).collect()
}

fn secret(seed: &str) -> Result<SecretKey, String> {
    Ok(SecretKey::from_seed(&fixed(seed)?))
}

fn key(digits: &str) -> Result<PublicKey, String> {
    fixed(digits).map(PublicKey::from_bytes)
}

fn resident_id(digits: &str) -> Result<ResidentId, String> {
    fixed(digits).map(ResidentId::from_bytes)
}

fn neighbourhood_id(digits: &str) -> Result<NeighbourhoodId, String> {
    fixed(digits).map(NeighbourhoodId::from_bytes)
}

fn circle_id(digits: &str) -> Result<CircleId, String> {
    fixed(digits).map(CircleId::from_bytes)
}

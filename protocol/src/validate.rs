//! The third step of trust: what a signed operation says makes sense by itself, whoever said it and whatever exists.

mod fields;

use thiserror::Error;

use crate::codec::CodecError;
use crate::operation::{
    DeviceCount, Edit, Field, Header, MAX_DEVICE_COUNTS, MAX_EDITS, MAX_HOME_KEY_MS, OperationId, Payload, Role,
    Signed, Space, Statement, Verified,
};

/// The most characters of a heading, a place, a tagline, or an address for mail or of a site.
pub const MAX_LINE: usize = 200;
/// The most characters of a text.
pub const MAX_BODY: usize = 20_000;
/// The most characters of a name: of a resident, a neighbourhood, or of whom something was written down for.
pub const MAX_NAME: usize = 80;
/// The most characters of a member of a set.
pub const MAX_MEMBER: usize = 64;
/// The most characters of a category, or of the name of a module.
pub const MAX_CATEGORY: usize = 40;
/// The most characters of a telephone number.
pub const MAX_PHONE: usize = 40;
/// The most characters of opening hours.
pub const MAX_HOURS: usize = 500;
/// The most characters of the name an event has in the calendar it came from.
pub const MAX_UID: usize = 255;
/// The most characters of where something came from.
pub const MAX_SOURCE: usize = 1_000;
/// The most people an event can have room for.
pub const MAX_CAPACITY: i64 = 100_000;
/// The most people one sign-up can be for.
pub const MAX_PARTY: i64 = 20;
/// The most days on which a recurring event does not happen; of more those count that come first.
pub const MAX_EXCEPT: usize = 366;
/// The most characters of the words with which something is hidden, erased or objected to.
pub const MAX_NOTE: usize = 500;
/// The most posts of one day that an acceptance can let in at once.
pub const MAX_PER_DAY: i64 = 10_000;
/// The most bytes of a value of bytes, or of a field this version does not know.
pub const MAX_OTHER: usize = 4096;
/// How long an invitation may be open, in milliseconds: 30 days.
pub const MAX_INVITATION_MS: u64 = 30 * 24 * 3_600_000;

/// Why an operation makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ValidateError {
    /// The payload is not in the one accepted form.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The payload is absent, so that nobody can say what it says.
    #[error("the payload is not there")]
    PayloadAbsent,
    /// More edits than [`MAX_EDITS`], or none.
    #[error("an operation has 1 to {MAX_EDITS} edits")]
    EditCount,
    /// A statement outside the register, or edits in it.
    #[error("statements belong in the register and edits outside it")]
    PayloadSpace,
    /// An item is created by the first edit of its first operation, and only there.
    #[error("an item is created once, by the first edit of an operation that names no item")]
    Creation,
    /// What is done to an item as a whole stands alone in its operation, and with a note of at most [`MAX_NOTE`] characters.
    #[error(
        "hiding, pinning, marking, erasing, objecting and moving stand alone, with a note of at most {MAX_NOTE} characters"
    )]
    StandsAlone,
    /// An item is moved to the audience it has, or into the register.
    #[error("an item is moved to another audience than it has, and not into the register")]
    Audience,
    /// A statement names a device twice, out of order, or more than [`MAX_DEVICE_COUNTS`] of them.
    #[error("devices are named in order, once, and at most {MAX_DEVICE_COUNTS}")]
    DeviceCounts,
    /// A text is longer than its field allows, or holds control characters.
    #[error("a text in field {} is too long or holds control characters", .0.0)]
    Text(Field),
    /// A value of a type that the field does not take.
    #[error("field {} does not take such a value", .0.0)]
    ValueType(Field),
    /// A number is out of the bounds of its field.
    #[error("the number in field {} is out of bounds", .0.0)]
    Number(Field),
    /// A field takes a day, and this is none.
    #[error("field {} takes a day that exists, such as 2026-12-04", .0.0)]
    Day(Field),
    /// A field takes a recurrence in its canonical form, and this is none; see [`Recurrence`](crate::recurrence::Recurrence).
    #[error("field {} takes a recurrence in its canonical form, such as FREQ=MONTHLY;BYDAY=1TH", .0.0)]
    Recurrence(Field),
    /// A member of a set is not of the form its field takes: a day, an id in lower-case digits, or `name=value`.
    #[error("the set in field {} does not take such a member", .0.0)]
    Member(Field),
    /// What is to be followed is no telephone number, no address for mail, or no address of a site.
    #[error("field {} takes a telephone number, a mail address or an http address", .0.0)]
    Contact(Field),
    /// A field for a photo holds no reference to one, or one that is out of bounds; see [`PhotoError`](crate::photo::PhotoError).
    #[error("field {} does not refer to a photo within its bounds", .0.0)]
    Photo(Field),
    /// The header has a shape that this statement does not take.
    #[error("the header does not fit the statement")]
    Header,
    /// The name of a neighbourhood is empty or too long.
    #[error("a name has 1 to {MAX_NAME} characters")]
    Name,
    /// An invitation stays open longer than [`MAX_INVITATION_MS`] or has expired when it was signed.
    #[error("an invitation is open for at most 30 days")]
    InvitationPeriod,
    /// A key for the home network holds longer than [`MAX_HOME_KEY_MS`] or has expired when this was signed.
    #[error("a key for the home network holds for at most 30 days")]
    HomeKeyPeriod,
}

impl ValidateError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Codec(error) => error.problem(),
            Self::PayloadAbsent => "payload-mismatch",
            Self::Text(_) => "text-too-long",
            Self::InvitationPeriod => "invitation-period",
            Self::HomeKeyPeriod => "home-key-period",
            Self::EditCount
            | Self::PayloadSpace
            | Self::Creation
            | Self::ValueType(_)
            | Self::Number(_)
            | Self::Day(_)
            | Self::Recurrence(_)
            | Self::Member(_)
            | Self::Contact(_)
            | Self::Photo(_)
            | Self::Header
            | Self::Name
            | Self::StandsAlone
            | Self::Audience
            | Self::DeviceCounts => "invalid-content",
        }
    }
}

/// A signed operation whose content is in bounds and fits its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    operation: Signed,
    payload: Payload,
}

impl Valid {
    /// Checks what a verified operation says. Costs one pass over its payload.
    ///
    /// # Errors
    /// [`ValidateError`], each variant as documented there.
    pub fn check(verified: &Verified) -> Result<Self, ValidateError> {
        let operation = verified.operation();
        let payload = Payload::decode(operation.payload().ok_or(ValidateError::PayloadAbsent)?)?;
        let header = operation.header();
        match (&payload, header.space) {
            (Payload::Statement(statement), Space::Register) => check_statement(header, statement)?,
            (Payload::Edits(edits), Space::Members | Space::Square | Space::Neighbours | Space::Circle(_)) => {
                check_edits(header, edits)?;
            }
            _ => return Err(ValidateError::PayloadSpace),
        }
        if header.permanent != payload.is_permanent() {
            return Err(ValidateError::Header);
        }
        Ok(Self { operation: operation.clone(), payload })
    }

    /// The operation's id.
    pub const fn id(&self) -> OperationId {
        self.operation.id()
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        self.operation.header()
    }

    /// The signed operation.
    pub const fn operation(&self) -> &Signed {
        &self.operation
    }

    /// What it says.
    pub const fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The edits; empty for a statement.
    pub fn edits(&self) -> &[Edit] {
        match &self.payload {
            Payload::Edits(edits) => edits,
            Payload::Statement(_) => &[],
        }
    }
}

/// Whether edits that nobody signed yet could make an item, as far as they say by themselves.
///
/// # Errors
/// [`ValidateError::EditCount`], [`ValidateError::Creation`], [`ValidateError::StandsAlone`], and those of fields.
pub fn check_creation(edits: &[Edit]) -> Result<(), ValidateError> {
    check_said(None, edits)
}

/// Whether edits that nobody signed yet could change an item with the audience `space`, as far as they say by themselves.
///
/// # Errors
/// As [`check_creation`], and [`ValidateError::Audience`].
pub fn check_change(space: Space, edits: &[Edit]) -> Result<(), ValidateError> {
    check_said(Some(space), edits)
}

/// Whether a header may belong to an operation on an item: what can be said without its payload.
///
/// # Errors
/// [`ValidateError::PayloadSpace`], [`ValidateError::Header`] or [`ValidateError::Creation`].
#[cfg(feature = "replica")]
pub(crate) fn check_item_header(header: &Header) -> Result<(), ValidateError> {
    if header.space == Space::Register {
        return Err(ValidateError::PayloadSpace);
    }
    if header.neighbourhood.is_none() {
        return Err(ValidateError::Header);
    }
    if header.item.is_none() != header.parents.is_empty() {
        return Err(ValidateError::Creation);
    }
    Ok(())
}

fn check_edits(header: &Header, edits: &[Edit]) -> Result<(), ValidateError> {
    if header.neighbourhood.is_none() {
        return Err(ValidateError::Header);
    }
    if header.item.is_none() != header.parents.is_empty() {
        return Err(ValidateError::Creation);
    }
    check_said(header.item.map(|_| header.space), edits)
}

/// What edits say by themselves: of an item with the audience `of`, or of a new one.
fn check_said(of: Option<Space>, edits: &[Edit]) -> Result<(), ValidateError> {
    if edits.is_empty() || edits.len() > MAX_EDITS {
        return Err(ValidateError::EditCount);
    }
    let creates = |edit: &Edit| matches!(edit, Edit::Create { .. });
    if creates(&edits[0]) != of.is_none() || edits[1..].iter().any(creates) {
        return Err(ValidateError::Creation);
    }
    if edits.len() > 1 && edits.iter().any(Edit::stands_alone) {
        return Err(ValidateError::StandsAlone);
    }
    if let [Edit::Audience(to)] = edits
        && (*to == Space::Register || Some(*to) == of)
    {
        return Err(ValidateError::Audience);
    }
    edits.iter().try_for_each(check_edit)
}

fn check_edit(edit: &Edit) -> Result<(), ValidateError> {
    match edit {
        Edit::Create { .. } | Edit::Pin(_) | Edit::Official(_) | Edit::Audience(_) | Edit::Unknown(_) => Ok(()),
        Edit::Moderate { note, .. } | Edit::Erase { note, .. } | Edit::Appeal(note) => check_note(note),
        Edit::Set { .. } | Edit::Splice { .. } | Edit::Add { .. } | Edit::Remove { .. } => fields::check_field(edit),
    }
}

fn check_note(note: &str) -> Result<(), ValidateError> {
    let control = |c: char| c.is_control() && c != '\n';
    if note.chars().count() > MAX_NOTE || note.contains(control) { Err(ValidateError::StandsAlone) } else { Ok(()) }
}

fn check_statement(header: &Header, statement: &Statement) -> Result<(), ValidateError> {
    let genesis = matches!(statement, Statement::Genesis(_));
    let first = header.sequence == 1 && header.parents.is_empty();
    let shape = header.item.is_none() && header.home.is_none() && genesis == header.neighbourhood.is_none();
    if !shape || (genesis && !first) || (!genesis && header.parents.is_empty()) {
        return Err(ValidateError::Header);
    }
    match statement {
        Statement::Genesis(genesis) => check_name(&genesis.name),
        Statement::CircleFounding(circle) => check_name(&circle.name),
        Statement::SubArea(area) => check_name(&area.name),
        Statement::Invitation(invitation) => {
            let open = header.time..=header.time.plus_millis(MAX_INVITATION_MS);
            if open.contains(&invitation.expires) { Ok(()) } else { Err(ValidateError::InvitationPeriod) }
        }
        Statement::HomeKey(key) => {
            let holds = header.time..=header.time.plus_millis(MAX_HOME_KEY_MS);
            if holds.contains(&key.expires) { Ok(()) } else { Err(ValidateError::HomeKeyPeriod) }
        }
        Statement::Claim(claim) => is_a_parent(header, &claim.invitation),
        Statement::Endorsement(endorsement) => is_a_parent(header, &endorsement.of),
        Statement::Veto(veto) => is_a_parent(header, &veto.of),
        Statement::RoleChange(change) => match change.role {
            Role::Connector if !change.counts.is_empty() => Err(ValidateError::DeviceCounts),
            Role::Resident | Role::Connector => check_counts(&change.counts),
        },
        Statement::SpeakerChange(change) if change.speaks && !change.counts.is_empty() => {
            Err(ValidateError::DeviceCounts)
        }
        Statement::SpeakerChange(change) => check_counts(&change.counts),
        Statement::MemberRemoval(removal) => check_counts(&removal.counts),
        Statement::Recovery(recovery) => check_counts(&recovery.counts),
        Statement::Treaty(treaty) if header.neighbourhood == Some(treaty.with) => Err(ValidateError::Header),
        Statement::DeviceAddition(_)
        | Statement::BoxCertificate(_)
        | Statement::Treaty(_)
        | Statement::InvitationWithdrawal(_)
        | Statement::DeviceRetirement(_)
        | Statement::Rescue(_)
        | Statement::ForkDecision(_)
        | Statement::RecoveryKey(_)
        | Statement::HomeKeyPolicy(_)
        | Statement::BoxRetirement(_)
        | Statement::TreatyEnd(_)
        | Statement::CircleAdmission(_)
        | Statement::CircleJoining(_)
        | Statement::CircleLeaving(_)
        | Statement::CircleEnd(_)
        | Statement::Organisation(_)
        | Statement::SubAreaEnd(_)
        | Statement::Unknown(_) => Ok(()),
    }
}

/// What a claim, an endorsement and a veto are about has to be one of their parents.
fn is_a_parent(header: &Header, operation: &OperationId) -> Result<(), ValidateError> {
    if header.parents.contains(operation) { Ok(()) } else { Err(ValidateError::Header) }
}

fn check_name(name: &str) -> Result<(), ValidateError> {
    let plain = !name.trim().is_empty() && !name.contains(char::is_control);
    if plain && name.chars().count() <= MAX_NAME { Ok(()) } else { Err(ValidateError::Name) }
}

fn check_counts(counts: &[DeviceCount]) -> Result<(), ValidateError> {
    let in_order = counts.windows(2).all(|pair| pair[0].device < pair[1].device);
    if in_order && counts.len() <= MAX_DEVICE_COUNTS { Ok(()) } else { Err(ValidateError::DeviceCounts) }
}

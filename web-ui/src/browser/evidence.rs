//! Whether signed operations prove what a page says. Decides, and touches nothing.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Payload, Statement, Value,
};
use dorpsplein_protocol::proof::{check_membership, check_operation};
use dorpsplein_protocol::validate::Valid;

/// What an operation contributes to the proof: `data-role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It wrote or changed the item.
    Item,
    /// It wrote the author's name.
    Profile,
    /// It made the author's device a resident's.
    Membership,
}

/// Something a page says: the name of what it is about (`data-claim`) and the exact value (`data-value`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// What it is about.
    pub(super) about: String,
    /// What the page says of it.
    pub(super) value: String,
}

/// An operation that a page lists.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Its id.
    pub(super) id: OperationId,
    /// What it contributes.
    pub(super) role: Role,
    /// What the page says of it.
    pub(super) claims: Vec<Claim>,
    /// The bytes the box served for it; none when it served none.
    pub(super) transfer: Option<Vec<u8>>,
}

/// What came of checking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It was signed, and says what the page says.
    Verified,
    /// It was not signed, says something else, or belongs to something else.
    NotVerified,
    /// There are no bytes, so nothing is known.
    Unknown,
}

/// What came of checking everything a page lists about one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// About each operation, in the order of the list.
    pub(super) operations: Vec<Finding>,
    /// About the whole.
    pub(super) whole: Finding,
}

impl Role {
    /// The role with this `data-role`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "item" => Some(Self::Item),
            "profile" => Some(Self::Profile),
            "membership" => Some(Self::Membership),
            _ => None,
        }
    }
}

/// Checks what a page lists about `item`, and what it says beside that (`facts`).
pub(super) fn judge(item: ItemId, listed: &[Listed], facts: &[Claim]) -> Verdict {
    let checked: Vec<Result<Valid, Finding>> = listed.iter().map(check).collect();
    let mut operations: Vec<Finding> =
        checked.iter().map(|c| c.as_ref().map_or_else(|f| *f, |_| Finding::Verified)).collect();
    let mut whole = worst(&operations);
    if whole == Finding::Verified {
        let valid: Vec<(Role, &Valid)> =
            listed.iter().map(|listed| listed.role).zip(checked.iter().filter_map(|c| c.as_ref().ok())).collect();
        let evidence = Evidence::new(item, &valid);
        for (finding, (role, valid)) in operations.iter_mut().zip(&valid) {
            if !evidence.fits(*role, valid) {
                *finding = Finding::NotVerified;
            }
        }
        let complete = evidence.creation.is_some() && facts.iter().all(|fact| evidence.confirms(fact));
        whole = if complete { worst(&operations) } else { Finding::NotVerified };
    }
    Verdict { operations, whole }
}

/// One operation by itself: whole, signed, and what the page says it is.
fn check(listed: &Listed) -> Result<Valid, Finding> {
    let transfer = listed.transfer.as_ref().ok_or(Finding::Unknown)?;
    let valid = check_operation(&listed.id, transfer).map_err(|_| Finding::NotVerified)?;
    if listed.claims.iter().all(|claim| says(&valid, claim)) { Ok(valid) } else { Err(Finding::NotVerified) }
}

/// Whether an operation says what a page claims. What this module does not know cannot be confirmed.
fn says(valid: &Valid, claim: &Claim) -> bool {
    let header = valid.header();
    match claim.about.as_str() {
        "device" => claim.value == header.device.to_string(),
        "neighbourhood" => claim.value == header.neighbourhood().to_string(),
        "time" => claim.value == header.time.as_millis().to_string(),
        "title" => sets(valid, Field::TITLE, &claim.value),
        "body" => sets(valid, Field::BODY, &claim.value),
        "name" => sets(valid, Field::NAME, &claim.value),
        _ => false,
    }
}

fn sets(valid: &Valid, field: Field, text: &str) -> bool {
    let wanted = |edit: &Edit| matches!(edit, Edit::Set { field: set, value: Value::Text(value) } if *set == field && value == text);
    valid.edits().iter().any(wanted)
}

/// What is wrong weighs more than what is not known: one false signature is an answer.
fn worst(findings: &[Finding]) -> Finding {
    if findings.contains(&Finding::NotVerified) {
        Finding::NotVerified
    } else if findings.is_empty() || findings.contains(&Finding::Unknown) {
        Finding::Unknown
    } else {
        Finding::Verified
    }
}

/// Operations that are sound by themselves, seen together.
struct Evidence<'a> {
    item: ItemId,
    /// The operation that made the item.
    creation: Option<&'a Valid>,
    /// Where its author is at home.
    home: NeighbourhoodId,
    /// The author's devices, as far as the chain of admissions shows them; empty when it leads to another device.
    devices: Vec<PublicKey>,
    /// The neighbourhood's name in its genesis.
    home_name: Option<&'a str>,
    profile: Vec<&'a Valid>,
}

impl<'a> Evidence<'a> {
    fn new(item: ItemId, valid: &[(Role, &'a Valid)]) -> Self {
        let with_role = |role: Role| valid.iter().filter(move |(own, _)| *own == role).map(|(_, valid)| *valid);
        let creation = with_role(Role::Item).find(|valid| valid.id() == item.into());
        let home = creation.map_or(NeighbourhoodId::from_bytes([0; 32]), |creation| creation.header().home());
        let chain: Vec<Valid> = with_role(Role::Membership).cloned().collect();
        let admitted =
            creation.is_some_and(|creation| check_membership(&home, &creation.header().device, &chain).is_ok());
        Self {
            item,
            creation,
            home,
            devices: if admitted { devices(&chain) } else { Vec::new() },
            home_name: with_role(Role::Membership).find_map(|valid| match valid.payload() {
                Payload::Statement(Statement::Genesis(genesis)) => Some(genesis.name.as_str()),
                _ => None,
            }),
            profile: with_role(Role::Profile).collect(),
        }
    }

    /// Whether an operation belongs to the rest, in its role.
    fn fits(&self, role: Role, valid: &Valid) -> bool {
        let header = valid.header();
        let by_author = header.home() == self.home && self.devices.contains(&header.device);
        match role {
            Role::Membership => !self.devices.is_empty(),
            Role::Item => header.item() == self.item && by_author,
            Role::Profile => {
                let made = self.profile.iter().find(|other| other.id() == header.item().into());
                let makes_profile = |edit: &Edit| matches!(edit, Edit::Create { kind: Kind::PROFILE, .. });
                by_author && made.is_some_and(|made| made.edits().iter().any(makes_profile))
            }
        }
    }

    /// Whether what the page says about the whole was signed.
    fn confirms(&self, fact: &Claim) -> bool {
        let Some(creation) = self.creation else { return false };
        match fact.about.as_str() {
            "author" => self.profile.iter().any(|valid| sets(valid, Field::NAME, &fact.value)),
            "home" => fact.value == self.home.to_string(),
            "home-name" => self.home_name == Some(fact.value.as_str()),
            "device" => fact.value == creation.header().device.to_string(),
            _ => false,
        }
    }
}

/// The devices of the one resident to whom a sound chain leads: the one that was admitted, and those it added.
fn devices(chain: &[Valid]) -> Vec<PublicKey> {
    let mut devices = Vec::new();
    for link in chain {
        match link.payload() {
            Payload::Statement(Statement::Genesis(_) | Statement::Claim(_)) => devices = vec![link.header().device],
            Payload::Statement(Statement::DeviceAddition(addition)) => devices.push(addition.device),
            _ => {}
        }
    }
    devices
}

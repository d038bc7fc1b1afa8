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
        let chain: Vec<&Valid> = with_role(Role::Membership).collect();
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
            "device" | "time" => says(creation, fact),
            _ => false,
        }
    }
}

/// The devices of the one resident to whom a sound chain leads: the one that was admitted, and those it added.
fn devices(chain: &[&Valid]) -> Vec<PublicKey> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::compose::{Device, Place};
    use dorpsplein_protocol::identity::SecretKey;
    use dorpsplein_protocol::operation::{DeviceAddition, Invitation, Role as Trust, Signed, Space};
    use dorpsplein_protocol::time::Timestamp;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_255_200_000);

    fn secret(number: u8) -> SecretKey {
        SecretKey::from_seed(&[number; 32])
    }

    fn set(field: Field, text: &str) -> Edit {
        Edit::Set { field, value: Value::Text(text.to_owned()) }
    }

    fn listed(role: Role, signed: &Signed, claims: &[(&str, String)]) -> Listed {
        Listed { id: signed.id(), role, claims: claims_of(claims), transfer: Some(signed.encode()) }
    }

    fn claims_of(claims: &[(&str, String)]) -> Vec<Claim> {
        claims.iter().map(|(about, value)| Claim { about: (*about).to_owned(), value: value.clone() }).collect()
    }

    /// Somebody who joined Wilgendam by invitation, said what they are called and wrote news.
    struct Story {
        founder: Device,
        author: Device,
        item: ItemId,
        listed: Vec<Listed>,
    }

    impl Story {
        fn tell() -> Self {
            let (mut founder, genesis) = Device::found(secret(1), "Wilgendam", [1; 16], NOW);
            let place = Place { neighbourhood: founder.home(), space: Space::Square };
            let invited = Invitation { key: secret(2).public(), role: Trust::Resident, expires: NOW.plus_millis(1000) };
            let invitation = founder.state(vec![genesis.id()], Statement::Invitation(invited), NOW);
            let mut author = Device::new(secret(3), founder.home());
            let claim = author.claim(invitation.id(), &secret(2), [3; 16], NOW);
            let profile = author.create(place, Kind::PROFILE, None, vec![set(Field::NAME, "Geesje Veldkamp")], NOW);
            let news = author.create(place, Kind::NEWS, None, vec![set(Field::TITLE, "De brug is open")], NOW);
            let claims = [
                ("title", "De brug is open".to_owned()),
                ("device", author.key().to_string()),
                ("neighbourhood", author.home().to_string()),
                ("time", NOW.as_millis().to_string()),
            ];
            let listed = vec![
                listed(Role::Item, &news, &claims),
                listed(Role::Profile, &profile, &[("name", "Geesje Veldkamp".to_owned())]),
                listed(Role::Membership, &genesis, &[]),
                listed(Role::Membership, &invitation, &[]),
                listed(Role::Membership, &claim, &[]),
            ];
            Self { founder, author, item: news.id().into(), listed }
        }

        fn facts(&self) -> Vec<Claim> {
            claims_of(&[
                ("author", "Geesje Veldkamp".to_owned()),
                ("home", self.author.home().to_string()),
                ("home-name", "Wilgendam".to_owned()),
                ("device", self.author.key().to_string()),
                ("time", NOW.as_millis().to_string()),
            ])
        }

        fn judge(&self) -> Verdict {
            judge(self.item, &self.listed, &self.facts())
        }
    }

    #[test]
    fn what_was_signed_is_verified() {
        let story = Story::tell();
        assert_eq!(story.judge(), Verdict { operations: vec![Finding::Verified; 5], whole: Finding::Verified });
    }

    #[test]
    fn any_claim_that_was_not_signed_is_found() {
        for at in 0..4 {
            let mut story = Story::tell();
            story.listed[0].claims[at].value.push('0');
            let verdict = story.judge();
            assert_eq!(
                (verdict.operations[0], verdict.whole),
                (Finding::NotVerified, Finding::NotVerified),
                "claim {at}"
            );
            assert_eq!(verdict.operations[1..], [Finding::Verified; 4]);
        }
        for at in 0..5 {
            let story = Story::tell();
            let mut facts = story.facts();
            facts[at].value.push('0');
            assert_eq!(judge(story.item, &story.listed, &facts).whole, Finding::NotVerified, "fact {at}");
        }
        let story = Story::tell();
        let unknown = claims_of(&[("weather", "fine".to_owned())]);
        assert_eq!(judge(story.item, &story.listed, &unknown).whole, Finding::NotVerified);
    }

    #[test]
    fn an_author_whom_nobody_admitted_is_not_verified() {
        for gap in [2, 3, 4] {
            let mut story = Story::tell();
            story.listed.remove(gap);
            assert_eq!(story.judge().whole, Finding::NotVerified, "without operation {gap}");
        }
        let mut story = Story::tell();
        story.listed.truncate(2);
        assert_eq!(story.judge().operations, [Finding::NotVerified; 2]);
    }

    #[test]
    fn a_name_that_somebody_else_wrote_is_not_verified() {
        let mut story = Story::tell();
        let place = Place { neighbourhood: story.founder.home(), space: Space::Square };
        let edits = vec![set(Field::NAME, "Geesje Veldkamp")];
        let foreign = story.founder.create(place, Kind::PROFILE, None, edits, NOW);
        story.listed[1] = listed(Role::Profile, &foreign, &[]);
        let verdict = story.judge();
        assert_eq!((verdict.operations[1], verdict.whole), (Finding::NotVerified, Finding::NotVerified));
    }

    #[test]
    fn words_on_another_item_prove_nothing_about_this_one() {
        let mut story = Story::tell();
        let place = Place { neighbourhood: story.author.home(), space: Space::Square };
        let other = story.author.create(place, Kind::NEWS, None, vec![set(Field::TITLE, "Iets anders")], NOW);
        story.listed.push(listed(Role::Item, &other, &[]));
        assert_eq!(story.judge().operations[5], Finding::NotVerified);
        story.listed.remove(0);
        assert_eq!(story.judge().whole, Finding::NotVerified, "the operation that made it is not listed");
    }

    #[test]
    fn a_second_device_may_edit_once_the_chain_shows_it() {
        let mut story = Story::tell();
        let home = story.author.home();
        let place = Place { neighbourhood: home, space: Space::Square };
        let addition = DeviceAddition::sign(&secret(4), &home, &story.author.key());
        let added = story.author.state(vec![story.listed[4].id], Statement::DeviceAddition(addition), NOW);
        let mut tablet = Device::new(secret(4), home);
        let edit = tablet.edit(place, story.item, vec![story.item.into()], vec![set(Field::TITLE, "Weer dicht")], NOW);
        story.listed.push(listed(Role::Item, &edit, &[]));
        assert_eq!(story.judge().operations[5], Finding::NotVerified, "nobody says whose device this is");

        let second = tablet.create(place, Kind::NEWS, None, vec![set(Field::TITLE, "Van de tablet")], NOW);
        story.item = second.id().into();
        story.listed.splice(0..2, [listed(Role::Item, &second, &[])]);
        story.listed.pop();
        story.listed.push(listed(Role::Membership, &added, &[]));
        assert_eq!(judge(story.item, &story.listed, &[]).whole, Finding::Verified);
    }

    #[test]
    fn without_bytes_nothing_is_known_unless_something_else_is_false() {
        let mut story = Story::tell();
        story.listed[4].transfer = None;
        let verdict = story.judge();
        assert_eq!((verdict.operations[4], verdict.whole), (Finding::Unknown, Finding::Unknown));
        *story.listed[0].transfer.as_mut().unwrap().last_mut().unwrap() ^= 1;
        assert_eq!(story.judge().whole, Finding::NotVerified);
        assert_eq!(judge(story.item, &[], &[]).whole, Finding::Unknown);
    }
}

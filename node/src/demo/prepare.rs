//! The villages come to life: a treaty, residents with keys of their own, and everything they wrote, all signed by their
//! own devices and handed in at the front door of their own site.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, ModerationAct, NeighbourhoodId, OperationId, ResidentId, Role, Signed, Space, Statement,
    Value,
};
use dorpsplein_protocol::time::Timestamp;
use jiff::civil::Date;

use super::story::{self, Act, Deed, MINUTE_MS, Topic, UNTIL_HIDDEN_MINUTES};
use super::village::{Audience, Event, Gathering, Hidden, Village};
use super::{community, drawing};
use crate::cli::{
    Author, CliError, DAY_MS, Door, Terms, accept_from, invite, offer_to, open_invitation, random, treaty_link,
    wait_until,
};
use crate::data_folder::connector_key;
use crate::web::body::{AcceptedBody, TreatyStateBody};
use crate::web::local_time;

const IN_THE_TABLES: &str = "everybody in the tables lives in a village; a test there checks it";
/// How long a neighbour's box may take to hear of something.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an invitation of the demonstration is open, in days.
const INVITATION_DAYS: u8 = 30;
/// How many days ago the villages began.
pub(super) const FOUNDED_DAYS: u64 = 15;
/// How many days ago the residents joined.
const JOINED_DAYS: u64 = 14;
/// How many days ago the treaty was signed.
const TREATY_DAYS: u64 = 12;

/// A village with its running box.
pub(super) struct House {
    /// The village.
    pub(super) village: &'static Village,
    /// Its data folder.
    pub(super) dir: PathBuf,
    /// Its neighbourhood.
    pub(super) neighbourhood: NeighbourhoodId,
    /// Its site.
    pub(super) door: Door,
}

/// Somebody in one of the villages.
pub(super) struct Person<'a> {
    village: usize,
    door: &'a Door,
    hand: Hand<'a>,
    /// Who they are in the register.
    pub(super) resident: ResidentId,
}

/// What somebody signs with.
enum Hand<'a> {
    /// The founding connector's key file.
    Connector(Author<'a>),
    /// A device that lives as long as the preparation.
    Resident(Device),
}

/// So many days before `now`.
pub(super) fn days_before(now: Timestamp, days: u64) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_sub(days * DAY_MS))
}

/// Brings two new villages to life, and waits until each site shows all that it should.
///
/// # Errors
/// [`CliError`].
pub(super) fn prepare(houses: &[House], now: Timestamp) -> Result<(), CliError> {
    agree(houses, days_before(now, TREATY_DAYS))?;
    let mut people = move_in(houses, days_before(now, JOINED_DAYS))?;
    community::arrange(houses, &mut people, days_before(now, JOINED_DAYS))?;
    let villages: Vec<_> = houses.iter().map(|house| house.village).collect();
    let mut items = BTreeMap::new();
    for act in story::acts(&villages, now) {
        perform(&act, houses, &mut people, &mut items, local_time::local(now).date())?;
    }
    let readable = story::readable(&villages);
    wait_until("the villages to show each other's news", PATIENCE, || {
        let all = houses.iter().zip(&readable).map(|(house, count)| Ok(house.door.status()?.items == *count));
        all.collect::<Result<Vec<bool>, CliError>>().map(|all| all.into_iter().all(|complete| complete))
    })
}

/// An invitation for whoever runs the demonstration.
///
/// # Errors
/// [`CliError`].
pub(super) fn invitation(house: &House, now: Timestamp) -> Result<String, CliError> {
    let mut connector = Author::open(&connector_key(&house.dir), &house.door)?;
    let (link, _) = invite(&mut connector, house.door.site(), Role::Resident, INVITATION_DAYS, now)?;
    Ok(link.url())
}

/// Every village offers a treaty to the ones after it, and those accept.
fn agree(houses: &[House], at: Timestamp) -> Result<(), CliError> {
    for (index, first) in houses.iter().enumerate() {
        for second in &houses[index + 1..] {
            let mut offering = Author::open(&connector_key(&first.dir), &first.door)?;
            let (link, _) = offer_to(&mut offering, &first.door, second.neighbourhood, Terms::USUAL, at)?;
            let mut accepting = Author::open(&connector_key(&second.dir), &second.door)?;
            let accepted = accept_from(&mut accepting, &second.door, &link, Terms::USUAL, at)?;
            // Connectors who meet tell each other where their boxes are, so that either may call the other.
            first.door.introduce(&treaty_link(&second.door, &accepted)?)?;
        }
    }
    wait_until("the treaty", PATIENCE, || {
        let all = houses.iter().map(|house| {
            let neighbours = house.door.status()?.neighbours;
            let in_force = neighbours.iter().filter(|neighbour| neighbour.state == TreatyStateBody::InForce).count();
            Ok(in_force == houses.len() - 1)
        });
        all.collect::<Result<Vec<bool>, CliError>>().map(|all| all.into_iter().all(|agreed| agreed))
    })
}

/// Everybody joins and tells their name.
fn move_in(houses: &[House], at: Timestamp) -> Result<BTreeMap<&'static str, Person<'_>>, CliError> {
    let mut people = BTreeMap::new();
    for (village, house) in houses.iter().enumerate() {
        let door = &house.door;
        let mut connector = Author::open(&connector_key(&house.dir), door)?;
        let mut joined = Vec::new();
        for resident in &house.village.residents[1..] {
            // Nobody types these, so no letters are written: stretching a code for each would take seconds.
            let one_time = SecretKey::from_seed(&random()?);
            open_invitation(&mut connector, one_time.public(), Role::Resident, INVITATION_DAYS, at)?;
            let operation = door.invitation(&one_time.public())?;
            let mut device = Device::new(SecretKey::from_seed(&random()?), house.neighbourhood);
            let claim = door.submit(&device.claim(operation, &one_time, random()?, at).encode())?;
            let id = ResidentId::from_hex(&claim.id).ok_or_else(|| door.strange())?;
            joined.push((resident.name, Person { village, door, hand: Hand::Resident(device), resident: id }));
        }
        let founder = house.village.residents[0].name;
        // The founder is the resident whom the genesis admitted.
        let resident = OperationId::from(house.neighbourhood).into();
        people.insert(founder, Person { village, door, hand: Hand::Connector(connector), resident });
        people.extend(joined);
        for resident in house.village.residents {
            let mut edits = vec![text(Field::NAME, resident.name), text(Field::BODY, resident.about)];
            edits.extend(resident.talents.iter().map(|talent| add_talent(talent)));
            let place = Place { neighbourhood: house.neighbourhood, space: Space::Neighbours };
            let person = people.get_mut(resident.name).expect("all residents were put in just now");
            person.say(|device| device.create(place, Kind::PROFILE, None, edits, at))?;
        }
    }
    Ok(people)
}

/// One act, at the door of whoever does it.
fn perform(
    act: &Act,
    houses: &[House],
    people: &mut BTreeMap<&'static str, Person<'_>>,
    items: &mut BTreeMap<Topic, ItemId>,
    today: Date,
) -> Result<(), CliError> {
    let space = match act.audience {
        Audience::Square => Space::Square,
        Audience::Neighbours => Space::Neighbours,
    };
    let place = Place { neighbourhood: houses[act.topic.village].neighbourhood, space };
    let person = people.get_mut(act.by).expect(IN_THE_TABLES);
    let topic = items.get(&act.topic).copied();
    let known = || topic.expect("nobody answers what is not there yet; a test of the story checks it");
    let made = match act.deed {
        Deed::News(news) => {
            let mut edits = vec![text(Field::TITLE, news.title), text(Field::BODY, news.body)];
            edits.extend(picture_of(act.topic, houses, person)?);
            person.say(|device| device.create(place, Kind::NEWS, None, edits, act.at))?
        }
        Deed::Event(event, gathering) => {
            let edits = event_edits(event, gathering, today);
            person.say(|device| device.create(place, Kind::EVENT, None, edits, act.at))?
        }
        Deed::Post(post) => {
            let mut edits = vec![text(Field::TITLE, post.title), text(Field::BODY, post.body)];
            edits.extend(post.facts.iter().map(|(field, words)| text(*field, words)));
            person.say(|device| device.create(place, post.kind, None, edits, act.at))?
        }
        Deed::Update(told) => {
            let (subject, edits) = (known(), vec![text(Field::BODY, told.body)]);
            person.say(|device| device.create(place, Kind::UPDATE, Some(subject), edits, act.at))?
        }
        Deed::SignUp(party) => {
            let party = Edit::Set { field: Field::PARTY, value: Value::Int(party.into()) };
            let subject = known();
            if person.village != act.topic.village {
                wait_until("an event of the neighbours", PATIENCE, || Ok(person.door.item(&subject).is_ok()))?;
            }
            person.say(|device| device.create(place, Kind::SIGN_UP, Some(subject), vec![party], act.at))?
        }
        Deed::Cancel => {
            let (item, off) = (known(), Edit::Set { field: Field::CANCELLED, value: Value::Bool(true) });
            person.say(|device| device.edit(place, item, vec![OperationId::from(item)], vec![off], act.at))?
        }
        Deed::Comment(comment) => {
            let subject = known();
            if person.village != act.topic.village {
                wait_until("an item of the neighbours", PATIENCE, || Ok(person.door.item(&subject).is_ok()))?;
            }
            let edits = vec![text(Field::BODY, comment.body)];
            person.say(|device| device.create(place, Kind::COMMENT, Some(subject), edits, act.at))?
        }
        Deed::Hidden(hidden) => {
            let (subject, edits) = (known(), vec![text(Field::BODY, hidden.comment.body)]);
            let made = person.say(|device| device.create(place, Kind::COMMENT, Some(subject), edits, act.at))?;
            let connector = people.get_mut(hidden.by).expect(IN_THE_TABLES);
            hide(hidden, connector, place, &made, act.at)?
        }
    };
    if matches!(act.deed, Deed::News(_) | Deed::Event(..) | Deed::Post(_)) {
        items.extend(ItemId::from_hex(&made.item).map(|item| (act.topic, item)));
    }
    Ok(())
}

/// The picture of a piece of news, handed in by whoever writes it; none when it has none.
fn picture_of(topic: Topic, houses: &[House], person: &Person<'_>) -> Result<Option<Edit>, CliError> {
    let pictures = houses[topic.village].village.pictures;
    let Some(picture) = pictures.iter().find(|picture| picture.under == topic.number) else { return Ok(None) };
    let file = (picture.draw)().map_err(|_| person.door.strange())?;
    let photo = drawing::reference(&file, picture.alt).ok_or_else(|| person.door.strange())?;
    person.door.hand_in_photo(person.device(), &file)?;
    Ok(Some(Edit::Set { field: Field::PHOTOS[0], value: photo.value() }))
}

/// A connector hides an answer, a while after it was written.
fn hide(
    hidden: &Hidden,
    connector: &mut Person<'_>,
    place: Place,
    made: &AcceptedBody,
    written: Timestamp,
) -> Result<AcceptedBody, CliError> {
    let item = ItemId::from_hex(&made.item).ok_or_else(|| connector.door.strange())?;
    let act = Edit::Moderate { act: ModerationAct::Hide, reason: hidden.reason, note: hidden.note.to_owned() };
    let at = written.plus_millis(UNTIL_HIDDEN_MINUTES * MINUTE_MS);
    connector.say(|device| device.edit(place, item, vec![OperationId::from(item)], vec![act], at))
}

fn event_edits(event: &Event, gathering: Option<&Gathering>, today: Date) -> Vec<Edit> {
    let mut edits = vec![
        text(Field::TITLE, event.title),
        text(Field::BODY, event.body),
        text(Field::PLACE, event.place),
        text(Field::STARTS, &event.starts(today)),
    ];
    edits.extend(event.ends(today).map(|ends| text(Field::ENDS, &ends)));
    edits.extend(gathering.and_then(|gathering| gathering.repeats).map(|rule| text(Field::REPEATS, rule)));
    let capacity = gathering.and_then(|gathering| gathering.capacity);
    edits.extend(capacity.map(|people| Edit::Set { field: Field::CAPACITY, value: Value::Int(people.into()) }));
    edits
}

impl Person<'_> {
    /// Says something in the register of their village.
    pub(super) fn state(&mut self, statement: Statement, at: Timestamp) -> Result<AcceptedBody, CliError> {
        let heads = self.door.heads()?;
        self.say(|device| device.state(heads, statement, at))
    }

    /// The device they sign with.
    fn device(&self) -> &Device {
        match &self.hand {
            Hand::Connector(author) => author.device(),
            Hand::Resident(device) => device,
        }
    }

    /// Signs something and hands it in at their own site.
    pub(super) fn say(&mut self, sign: impl FnOnce(&mut Device) -> Signed) -> Result<AcceptedBody, CliError> {
        match &mut self.hand {
            Hand::Connector(author) => author.say(sign),
            Hand::Resident(device) => self.door.submit(&sign(device).encode()),
        }
    }
}

/// The edit that sets a field to some words.
pub(super) fn text(field: Field, words: &str) -> Edit {
    Edit::Set { field, value: Value::Text(words.to_owned()) }
}

fn add_talent(talent: &str) -> Edit {
    Edit::Add { field: Field::TALENTS, member: talent.to_owned() }
}

//! What pages read of posts of all kinds: lists, the agenda with what recurs, who signed up, and the connectors' desk.
#![allow(clippy::unwrap_used)]

mod support;

use std::cell::Cell;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{
    AreaId, Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, OperationId, Role, Space, Statement, SubArea,
    Value,
};
use dorpsplein_protocol::projection::{self, Filter, ItemRow, ListCursor, Places};
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::{Direction, KeyRange, MemoryStore, Read, StoreError, Table, Visit};
use dorpsplein_protocol::time::{CivilTime, Day};
use support::{Village, World, body, title};

/// A village with a resident.
struct Stage {
    world: World,
    village: Village,
    anne: Device,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        let mut village = world.found("Maasdorp");
        let anne = world.join(&mut village);
        Self { world, village, anne }
    }

    fn store(&self) -> &MemoryStore {
        &self.world.boxes[self.village.at].store
    }

    fn members(&self) -> Place {
        Place { neighbourhood: self.village.id, space: Space::Members }
    }

    /// Anne makes something on the square, a minute after what was made before.
    fn anne(&mut self, kind: Kind, subject: Option<ItemId>, edits: Vec<Edit>) -> ItemId {
        let place = self.village.square();
        self.says(kind, place, subject, edits, false).unwrap()
    }

    /// So does the founder, a connector.
    fn connector(&mut self, kind: Kind, subject: Option<ItemId>, edits: Vec<Edit>) -> ItemId {
        let place = if kind.is_internal() { self.members() } else { self.village.square() };
        self.says(kind, place, subject, edits, true).unwrap()
    }

    fn says(
        &mut self,
        kind: Kind,
        place: Place,
        subject: Option<ItemId>,
        edits: Vec<Edit>,
        connector: bool,
    ) -> Result<ItemId, Refusal> {
        self.world.pass(60_000);
        let author = if connector { &mut self.village.founder } else { &mut self.anne };
        let operation = author.create(place, kind, subject, edits, self.world.now);
        self.world.submit(self.village.at, &operation).map(|_| operation.id().into())
    }

    /// Changes an item, by whoever made it or may.
    fn changes(&mut self, item: ItemId, edits: Vec<Edit>, connector: bool) -> Result<(), Refusal> {
        self.world.pass(60_000);
        let row = self.world.boxes[self.village.at].row(item).unwrap();
        let place = Place { neighbourhood: self.village.id, space: row.space };
        let author = if connector { &mut self.village.founder } else { &mut self.anne };
        let operation = author.edit(place, item, row.heads, edits, self.world.now);
        self.world.submit(self.village.at, &operation).map(drop)
    }

    fn list(&self, kind: Kind, filter: &Filter) -> Vec<ItemId> {
        ids(&projection::list_of(self.store(), kind, filter, None, 100).unwrap().0)
    }

    fn agenda(&self, from: &str, to: &str, limit: usize) -> Vec<(ItemId, String)> {
        let (from, to) = (CivilTime::parse(from).unwrap(), Day::parse(to).unwrap());
        let found = projection::agenda_between(self.store(), &from, to, &Filter::default(), limit).unwrap();
        found.into_iter().map(|time| (time.row.id, time.starts.as_str().to_owned())).collect()
    }
}

fn ids(rows: &[ItemRow]) -> Vec<ItemId> {
    rows.iter().map(|row| row.id).collect()
}

fn set(field: Field, value: Value) -> Edit {
    Edit::Set { field, value }
}

fn text(field: Field, text: &str) -> Edit {
    set(field, Value::Text(text.to_owned()))
}

fn about(item: ItemId) -> Edit {
    set(Field::ABOUT, Value::Bytes(item.as_bytes().to_vec()))
}

fn event(heading: &str, starts: &str, more: Vec<Edit>) -> Vec<Edit> {
    [vec![title(heading), text(Field::STARTS, starts)], more].concat()
}

const ALL: Filter = Filter { members: true, area: None, category: None };

#[test]
fn offers_stand_latest_first_and_what_is_arranged_behind_them() {
    let mut stage = Stage::new();
    let offers: Vec<ItemId> =
        (1..=5).map(|n| stage.anne(Kind::OFFER, None, vec![title(&format!("Aanbod {n}"))])).collect();
    let request = stage.anne(Kind::REQUEST, None, vec![title("Wie kan mijn kat voeren?")]);
    assert_eq!(stage.list(Kind::OFFER, &ALL), [offers[4], offers[3], offers[2], offers[1], offers[0]]);
    assert_eq!(stage.list(Kind::REQUEST, &ALL), [request]);
    stage.changes(offers[4], vec![set(Field::SETTLED, Value::Bool(true))], false).unwrap();
    let order = [offers[3], offers[2], offers[1], offers[0], offers[4]];
    assert_eq!(stage.list(Kind::OFFER, &ALL), order);

    let (mut seen, mut after) = (Vec::new(), None::<ListCursor>);
    loop {
        let (rows, next) = projection::list_of(stage.store(), Kind::OFFER, &ALL, after.as_ref(), 2).unwrap();
        seen.extend(ids(&rows));
        let Some(next) = next else { break };
        after = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(seen, order);
    for bad in ["", "0", "zz", &"00".repeat(32), &"00".repeat(99)] {
        assert!(bad.parse::<ListCursor>().is_err(), "{bad}");
    }
}

/// A store that counts how often it is asked for a value.
struct Counting<'a> {
    store: &'a MemoryStore,
    gets: Cell<usize>,
}

impl Read for Counting<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.gets.set(self.gets.get() + 1);
        self.store.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        self.store.scan(table, range, direction, visit)
    }
}

#[test]
fn news_is_found_without_reading_the_events_between_it() {
    let mut stage = Stage::new();
    let first = stage.anne(Kind::NEWS, None, vec![title("De bakker gaat weer open")]);
    let second = stage.anne(Kind::NEWS, None, vec![title("De brug is klaar")]);
    for n in 1..=30 {
        stage.anne(Kind::EVENT, None, event(&format!("Samen wandelen {n}"), "2027-03-01T19:00", Vec::new()));
    }
    let last = stage.anne(Kind::NEWS, None, vec![title("Zwaluwen geteld")]);
    assert_eq!(stage.list(Kind::NEWS, &ALL), [last, second, first]);
    stage.changes(first, vec![Edit::Pin(true)], true).unwrap();
    assert_eq!(stage.list(Kind::NEWS, &ALL), [first, last, second], "what is pinned stands first");

    let counting = Counting { store: stage.store(), gets: Cell::new(0) };
    let (rows, next) = projection::list_of(&counting, Kind::NEWS, &ALL, None, 2).unwrap();
    assert_eq!((ids(&rows), next.is_some(), counting.gets.get()), (vec![first, last], true, 2));
}

#[test]
fn a_reader_asks_for_a_sub_area_or_a_category_and_gets_what_they_may_see() {
    let mut stage = Stage::new();
    let at = stage.village.at;
    let statement = Statement::SubArea(SubArea { name: "Molenbuurt".to_owned() });
    let area: AreaId = {
        let founder = &mut stage.village.founder;
        stage.world.state(at, founder, statement).id().into()
    };
    let here = set(Field::AREA, Value::Bytes(area.as_bytes().to_vec()));
    let plain = stage.anne(Kind::OFFER, None, vec![title("Fiets")]);
    let near = stage.anne(Kind::OFFER, None, vec![title("Ladder"), here]);
    let tools = stage.anne(Kind::OFFER, None, vec![title("Zaag"), text(Field::CATEGORY, "gereedschap")]);
    let members = stage.members();
    let inside = stage.says(Kind::OFFER, members, None, vec![title("Huissleutel")], false).unwrap();
    let of = |filter: Filter| stage.list(Kind::OFFER, &filter);
    assert_eq!(of(ALL), [inside, tools, near, plain]);
    assert_eq!(of(Filter::default()), [tools, near, plain], "what is for members is for members");
    assert_eq!(of(Filter { area: Some(area), ..ALL }), [near]);
    assert_eq!(of(Filter { category: Some("gereedschap".to_owned()), ..ALL }), [tools]);
    assert_eq!(of(Filter { category: Some("anders".to_owned()), ..ALL }), []);
}

#[test]
fn clubs_stand_in_the_order_of_the_alphabet_and_pinned_groups_before_all() {
    let mut stage = Stage::new();
    let [zwem, ecole, linde] =
        ["Zwemclub", "École Zuid", "De Linde"].map(|name| stage.anne(Kind::LISTING, None, vec![title(name)]));
    assert_eq!(stage.list(Kind::LISTING, &ALL), [linde, ecole, zwem]);
    stage.changes(linde, vec![title("Zaal De Linde")], false).unwrap();
    assert_eq!(stage.list(Kind::LISTING, &ALL), [ecole, linde, zwem]);
    let refused = stage.changes(zwem, vec![Edit::Pin(true)], true);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NoSuchAct)), "nobody pins a club");
    let [a, b] = ["Aardappelgroep", "Breigroep"].map(|name| stage.anne(Kind::GROUP, None, vec![title(name)]));
    stage.changes(b, vec![Edit::Pin(true)], true).unwrap();
    assert_eq!(stage.list(Kind::GROUP, &ALL), [b, a]);
}

#[test]
fn the_agenda_holds_every_time_of_what_recurs() {
    let mut stage = Stage::new();
    let once = stage.anne(Kind::EVENT, None, event("Zomerfeest", "2026-12-11T14:00", vec![]));
    let except = Edit::Add { field: Field::EXCEPT, member: "2026-12-10".to_owned() };
    let weekly = vec![text(Field::REPEATS, "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231"), except];
    let choir = stage.anne(Kind::EVENT, None, event("Koor", "2026-12-03T20:00", weekly));
    let daily = vec![text(Field::REPEATS, "FREQ=DAILY")];
    let open = stage.anne(Kind::EVENT, None, event("Kerststal open", "2026-12-24", daily));
    let at = |item: ItemId, time: &str| (item, time.to_owned());
    assert_eq!(
        stage.agenda("2026-12-01", "2026-12-25", 100),
        [
            at(choir, "2026-12-03T20:00"),
            at(once, "2026-12-11T14:00"),
            at(choir, "2026-12-17T20:00"),
            at(open, "2026-12-24"),
            at(choir, "2026-12-24T20:00"),
            at(open, "2026-12-25"),
        ]
    );
    assert_eq!(stage.agenda("2026-12-17T20:01", "2026-12-24", 1), [at(open, "2026-12-24")]);
    assert_eq!(stage.agenda("2026-12-11T14:01", "2026-12-11", 9), []);
    assert_eq!(stage.agenda("2026-12-01", "2026-12-31", 2).len(), 2);
    assert_eq!(stage.agenda("2031-01-01", "2031-01-01", 9), [at(open, "2031-01-01")], "the choir ended");

    stage.changes(open, vec![set(Field::REPEATS, Value::Null)], false).unwrap();
    assert_eq!(stage.agenda("2026-12-25", "2027-12-31", 9), [at(choir, "2026-12-31T20:00")]);
    let erase = Edit::Erase { kind: Kind::EVENT, reason: None, note: String::new() };
    stage.changes(choir, vec![erase], false).unwrap();
    assert_eq!(stage.agenda("2026-12-01", "2027-12-31", 9), [at(once, "2026-12-11T14:00"), at(open, "2026-12-24")]);
}

#[test]
fn who_signs_up_first_has_a_place_and_keeps_it() {
    let mut stage = Stage::new();
    let capacity = set(Field::CAPACITY, Value::Int(5));
    let dinner = stage.anne(Kind::EVENT, None, event("Buurtmaaltijd", "2026-12-11T18:00", vec![capacity]));
    let party = |people: i64| vec![set(Field::PARTY, Value::Int(people))];
    let place = stage.village.square();
    let mut guests = Vec::new();
    for people in [2, 4, 1] {
        stage.world.pass(60_000);
        let mut guest = stage.world.join(&mut stage.village);
        let signed = guest.create(place, Kind::SIGN_UP, Some(dinner), party(people), stage.world.now);
        stage.world.submit(stage.village.at, &signed).unwrap();
        guests.push((guest, ItemId::from(signed.id())));
    }
    // The first once more, from another thought.
    let again = guests[0].0.create(place, Kind::SIGN_UP, Some(dinner), party(1), stage.world.now);
    stage.world.submit(stage.village.at, &again).unwrap();

    let rows = projection::sign_ups(stage.store(), &dinner).unwrap();
    assert_eq!(ids(&rows), guests.iter().map(|(_, item)| *item).collect::<Vec<_>>());
    assert_eq!(projection::places(Some(5), &rows), Places { admitted: 1, people: 2, waiting: 5 });
    assert_eq!(projection::places(Some(7), &rows), Places { admitted: 3, people: 7, waiting: 0 });
    assert_eq!(projection::places(None, &rows), Places { admitted: 3, people: 7, waiting: 0 });
    assert_eq!(projection::thread_length(stage.store(), &dinner).unwrap(), 0, "a sign-up is no comment");

    // The family stays at home after all: who came after them moves up.
    let erase = Edit::Erase { kind: Kind::SIGN_UP, reason: None, note: String::new() };
    let (family, item) = &mut guests[1];
    let gone = family.edit(place, *item, vec![(*item).into()], vec![erase], stage.world.now);
    stage.world.submit(stage.village.at, &gone).unwrap();
    let rows = projection::sign_ups(stage.store(), &dinner).unwrap();
    assert_eq!(projection::places(Some(5), &rows), Places { admitted: 2, people: 3, waiting: 0 });

    let news = stage.anne(Kind::NEWS, None, vec![title("Nieuws")]);
    let refused = stage.says(Kind::SIGN_UP, place, Some(news), Vec::new(), false);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NoSuchAct)));
}

#[test]
fn an_alert_goes_on_with_updates_of_connectors() {
    let mut stage = Stage::new();
    let place = stage.village.square();
    let refused = stage.says(Kind::ALERT, place, None, vec![title("Brug dicht")], false);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NotAConnector)));
    let alert = stage.connector(Kind::ALERT, None, vec![title("Geen water in de Molenbuurt")]);
    let first = stage.connector(Kind::UPDATE, Some(alert), vec![body("De monteur is onderweg.")]);
    let last = stage.connector(
        Kind::UPDATE,
        Some(alert),
        vec![body("Er is weer water."), set(Field::SETTLED, Value::Bool(true))],
    );
    let rows = projection::updates(stage.store(), &alert).unwrap();
    assert_eq!(ids(&rows), [first, last]);
    assert!(!rows[0].content.settled && rows[1].content.settled);
    let question = stage.anne(Kind::COMMENT, Some(alert), vec![body("Ook in de Kerkstraat?")]);
    assert_eq!(ids(&projection::thread(stage.store(), &alert).unwrap()), [question]);
    assert_eq!(stage.list(Kind::ALERT, &Filter::default()), [alert]);
    let refused = stage.says(Kind::UPDATE, place, Some(alert), vec![body("Bij mij niet")], false);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NotAConnector)));
}

#[test]
fn of_settings_the_one_made_last_counts() {
    let mut stage = Stage::new();
    assert_eq!(projection::setting(stage.store()).unwrap(), None);
    stage.connector(Kind::SETTING, None, vec![text(Field::NAME, "Maasdorp")]);
    let token = Edit::Add { field: Field::TOKENS, member: "accent=#0a7d4f".to_owned() };
    let second = stage.connector(Kind::SETTING, None, vec![text(Field::NAME, "Plein Maasdorp"), token]);
    let row = projection::setting(stage.store()).unwrap().unwrap();
    assert_eq!((row.id, row.content.tokens.as_slice()), (second, &["accent=#0a7d4f".to_owned()][..]));
    let members = stage.members();
    let refused = stage.says(Kind::SETTING, members, None, vec![text(Field::NAME, "Annedorp")], false);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::NotAConnector)));
    let square = stage.village.square();
    let refused = stage.says(Kind::SETTING, square, None, vec![text(Field::NAME, "Voor ieder")], true);
    assert_eq!(refused, Err(Refusal::NotPermitted(Reason::SpaceNotAllowed)));
}

#[test]
fn a_report_is_there_until_a_connector_dealt_with_it() {
    let mut stage = Stage::new();
    let offer = stage.anne(Kind::OFFER, None, vec![title("Snel rijk worden")]);
    let members = stage.members();
    let report = stage.says(Kind::REPORT, members, None, vec![about(offer), body("Dit is oplichting")], false).unwrap();
    assert_eq!(ids(&projection::reports(stage.store(), 10).unwrap()), [report]);
    let note = "Het aanbod is weg".to_owned();
    let dealt = Edit::Moderate { act: ModerationAct::Hide, reason: ModerationReason::Other, note };
    stage.changes(report, vec![dealt], true).unwrap();
    assert_eq!(projection::reports(stage.store(), 10).unwrap(), []);
}

#[test]
fn a_request_to_look_again_is_answered_by_a_later_day() {
    let mut stage = Stage::new();
    let soon = stage.world.now.day();
    let review_by = |day: Day| text(Field::REVIEW_BY, &day.to_string());
    let club = stage.anne(Kind::LISTING, None, vec![title("Tennisclub"), review_by(soon)]);
    let offer = stage.anne(Kind::OFFER, None, vec![title("Bank"), review_by(soon.plus_days(10).unwrap())]);
    let due = |stage: &Stage, day: Day| ids(&projection::to_review(stage.store(), day, 10).unwrap());
    assert_eq!(due(&stage, soon), [club]);
    assert_eq!(due(&stage, soon.plus_days(10).unwrap()), [club, offer]);

    let asked = stage.connector(Kind::REVIEW_REQUEST, None, vec![about(club)]);
    let request = projection::review_request(stage.store(), &club).unwrap().unwrap();
    assert_eq!((request.id, projection::review_request(stage.store(), &offer).unwrap()), (asked, None));
    let row = |stage: &Stage| stage.world.boxes[stage.village.at].row(club).unwrap();
    assert!(!projection::is_answered(&request, &row(&stage)));
    stage.changes(club, vec![review_by(soon.plus_days(365).unwrap())], false).unwrap();
    assert!(projection::is_answered(&request, &row(&stage)));
    assert_eq!(due(&stage, soon), []);
    assert_eq!(ids(&projection::review_requests(stage.store(), 10).unwrap()), [asked]);
}

#[test]
fn a_consent_can_be_found_and_taken_back() {
    let mut stage = Stage::new();
    let news = stage.anne(Kind::NEWS, None, vec![title("Opa Jan wordt honderd")]);
    let consent = stage.connector(Kind::CONSENT, None, vec![about(news), body("Mondeling, op 3 december")]);
    assert_eq!(ids(&projection::consents(stage.store(), &news).unwrap()), [consent]);
    let erase = Edit::Erase { kind: Kind::CONSENT, reason: None, note: String::new() };
    stage.changes(consent, vec![erase], true).unwrap();
    assert_eq!(projection::consents(stage.store(), &news).unwrap(), []);
}

/// Both boxes come to the same rows and keys, one having heard of all at once; and so after a restart.
#[test]
fn every_box_of_a_village_reads_the_same() {
    let mut stage = Stage::new();
    let event =
        stage.anne(Kind::EVENT, None, event("Koor", "2026-12-03T20:00", vec![text(Field::REPEATS, "FREQ=WEEKLY")]));
    stage.anne(Kind::SIGN_UP, Some(event), Vec::new());
    stage.anne(Kind::GROUP, None, vec![title("Breigroep"), text(Field::REVIEW_BY, "2027-01-01")]);
    let alert = stage.connector(Kind::ALERT, None, vec![title("Storm")]);
    stage.connector(Kind::UPDATE, Some(alert), vec![body("Voorbij")]);
    stage.connector(Kind::SETTING, None, vec![text(Field::NAME, "Maasdorp")]);
    let (mut connector, _) = stage.world.join_with(&mut stage.village, Role::Connector);
    let place = stage.members();
    let unread = ItemId::from(OperationId::from_bytes([7; 32]));
    let request = connector.create(place, Kind::REVIEW_REQUEST, None, vec![about(unread)], stage.world.now);
    stage.world.submit(stage.village.at, &request).unwrap();
    let other = stage.world.second_box(&mut stage.village);
    stage.world.connect(other, stage.village.at);
    stage.world.run();
    let here = stage.world.boxes[stage.village.at].rows();
    assert_eq!(stage.world.boxes[other].rows(), here);
    stage.world.reopen(other);
    assert_eq!(stage.world.boxes[other].rows(), here);
}

//! What a neighbourhood takes of what others share: at once, after a connector approved it, by kind, and so many a day. The
//! same on all of its boxes, in whatever order things came, and only connectors have a say.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::{Place, Taking};
use dorpsplein_protocol::operation::{
    AreaId, Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Role, Space, Statement, SubArea, Value,
};
use dorpsplein_protocol::projection::{self, Filter, Welcome};
use dorpsplein_protocol::replica::{Refusal, SessionId};
use support::{DAY, HOUR, Village, World, event_edits};

const AT_ONCE: u8 = 0;
const AFTER_APPROVAL: u8 = 1;
const NOT: u8 = 2;

/// Two neighbours with a treaty in force and an open session: who takes, and who shares.
struct Stage {
    world: World,
    takes: Village,
    shares: Village,
    session: SessionId,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        let (mut takes, mut shares) = (world.found("Maasdorp"), world.found("Elzenbroek"));
        world.agree(&mut takes, &mut shares);
        let (session, _) = world.connect(takes.at, shares.at);
        world.run();
        Self { world, takes, shares, session }
    }

    /// News from next door.
    fn news(&mut self, heading: &str) -> ItemId {
        let place = self.shares.neighbours();
        let item = self.world.post(self.shares.at, &mut self.shares.founder, place, heading);
        self.world.run();
        item
    }

    /// What a connector says about something, a minute after what was said before.
    fn says(&mut self, about: impl Into<OperationId>, accepts: u8, kinds: u8, per_day: u16) {
        self.world.pass(60_000);
        let taking = Taking { about: about.into(), accepts, kinds, per_day, areas: Vec::new() };
        let said = self.takes.founder.take(&taking, None, self.world.now);
        self.world.submit(self.takes.at, &said).unwrap();
        self.world.run();
    }

    fn listed(&self, at: usize) -> Vec<ItemId> {
        let (rows, _) = projection::feed(&self.world.boxes[at].store, None, 1_000).unwrap();
        rows.iter().map(|row| row.id).collect()
    }

    fn is_listed(&self, item: ItemId) -> bool {
        self.listed(self.takes.at).contains(&item)
    }

    fn waits(&self) -> Vec<ItemId> {
        let rows = projection::awaiting(&self.world.boxes[self.takes.at].store, 1_000).unwrap();
        rows.iter().map(|row| row.id).collect()
    }

    fn welcome(&self, item: ItemId) -> Option<Welcome> {
        self.world.boxes[self.takes.at].row(item).unwrap().welcome.map(|welcomed| welcomed.welcome)
    }
}

#[test]
fn what_a_treaty_shares_is_taken_at_once_unless_connectors_say_otherwise() {
    let mut stage = Stage::new();
    let first = stage.news("Eerst");
    assert!(stage.is_listed(first));
    let neighbour = stage.shares.id;
    stage.says(neighbour, AFTER_APPROVAL, 0, 0);
    let second = stage.news("Daarna");
    assert_eq!(stage.waits(), [second, first], "also what came before, latest first");
    assert!(stage.listed(stage.takes.at).is_empty());

    stage.says(second, AT_ONCE, 0, 0);
    stage.says(first, NOT, 0, 0);
    assert_eq!((stage.listed(stage.takes.at), stage.waits()), (vec![second], vec![]));
    assert_eq!(stage.welcome(first), Some(Welcome::No));

    stage.says(neighbour, AT_ONCE, 0, 0);
    let third = stage.news("En toen");
    assert!(stage.is_listed(second) && stage.is_listed(third));
    assert!(!stage.is_listed(first), "what was said about one post goes before what was said about all");
    stage.says(neighbour, NOT, 0, 0);
    assert_eq!(stage.listed(stage.takes.at), [second]);
    assert!(stage.waits().is_empty());
}

#[test]
fn kinds_that_are_not_wanted_stay_away() {
    let mut stage = Stage::new();
    const NEWS_ONLY: u8 = 1;
    stage.says(stage.shares.id, AT_ONCE, NEWS_ONLY, 0);
    let news = stage.news("Nieuws");
    let place = stage.shares.neighbours();
    let edits = event_edits("Markt", "2026-12-04T10:00");
    let event = stage.shares.founder.create(place, Kind::EVENT, None, edits, stage.world.now);
    stage.world.submit(stage.shares.at, &event).unwrap();
    stage.world.run();
    assert_eq!(stage.listed(stage.takes.at), [news]);
    assert!(projection::agenda(&stage.world.boxes[stage.takes.at].store, "2026", 10).unwrap().is_empty());
    assert_eq!(stage.welcome(event.id().into()), Some(Welcome::No));
}

#[test]
fn only_what_is_about_some_sub_areas_is_taken() {
    let mut stage = Stage::new();
    let name = |name: &str| Statement::SubArea(SubArea { name: name.to_owned() });
    let [near, far] = ["Molenbuurt", "Achterdijk"].map(|area| {
        let said = stage.world.state(stage.shares.at, &mut stage.shares.founder, name(area));
        AreaId::from(said.id())
    });
    let place = stage.shares.neighbours();
    let post = |stage: &mut Stage, kind: Kind, area: Option<AreaId>| {
        let mut edits = support::news_edits("Wie heeft een ladder?");
        edits.extend(area.map(|area| {
            let value = Value::Bytes(area.as_bytes().to_vec());
            Edit::Set { field: Field::AREA, value }
        }));
        let made = stage.shares.founder.create(place, kind, None, edits, stage.world.now);
        stage.world.submit(stage.shares.at, &made).unwrap();
        stage.world.run();
        ItemId::from(made.id())
    };
    let offers = Kind::OFFER.post_bit();
    let offer = post(&mut stage, Kind::OFFER, Some(near));
    assert_eq!(stage.welcome(offer), None, "as long as nobody says otherwise it is taken");
    stage.world.pass(60_000);
    let about = stage.shares.id.into();
    let taking = Taking { about, accepts: AT_ONCE, kinds: offers, per_day: 0, areas: vec![near] };
    let said = stage.takes.founder.take(&taking, None, stage.world.now);
    stage.world.submit(stage.takes.at, &said).unwrap();
    let elsewhere = post(&mut stage, Kind::OFFER, Some(far));
    let nowhere = post(&mut stage, Kind::OFFER, None);
    let request = post(&mut stage, Kind::REQUEST, Some(near));
    assert_eq!(stage.welcome(offer), None);
    for unwanted in [elsewhere, nowhere, request] {
        assert_eq!(stage.welcome(unwanted), Some(Welcome::No));
    }
    let (listed, _) =
        projection::list_of(&stage.world.boxes[stage.takes.at].store, Kind::OFFER, &Filter::default(), None, 10)
            .unwrap();
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [offer]);
    stage.says(nowhere, AT_ONCE, 0, 0);
    assert_eq!(stage.welcome(nowhere), None, "what was said about one post goes before");
}

#[test]
fn so_many_posts_of_one_day_are_taken_and_the_others_wait() {
    let mut stage = Stage::new();
    stage.says(stage.shares.id, AT_ONCE, 0, 2);
    let mut posts = Vec::new();
    for number in 0..4 {
        stage.world.pass(HOUR / 2);
        posts.push(stage.news(&format!("Bericht {number}")));
    }
    assert_eq!(stage.waits(), [posts[3], posts[2]]);
    stage.world.pass(DAY);
    let next = stage.news("De volgende dag");
    assert!(stage.is_listed(next));
    // One goes: the next in line takes its place.
    let erase = dorpsplein_protocol::operation::Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let place = stage.shares.neighbours();
    let gone = stage.shares.founder.edit(place, posts[0], vec![posts[0].into()], vec![erase], stage.world.now);
    stage.world.submit(stage.shares.at, &gone).unwrap();
    stage.world.run();
    assert!(stage.is_listed(posts[1]) && stage.is_listed(posts[2]) && !stage.is_listed(posts[3]));
    // One that was written earlier comes in late: the last in line has to wait after all.
    let early = stage.shares.founder.create(place, Kind::NEWS, None, support::news_edits("Te laat"), support::START);
    stage.world.submit(stage.shares.at, &early).unwrap();
    stage.world.run();
    assert!(stage.is_listed(early.id().into()) && stage.is_listed(posts[1]) && !stage.is_listed(posts[2]));
}

#[test]
fn nobody_but_a_connector_here_has_a_say() {
    let mut stage = Stage::new();
    let news = stage.news("Nieuws");
    let refuse = Taking { about: stage.shares.id.into(), accepts: NOT, kinds: 0, per_day: 0, areas: Vec::new() };
    let (mut resident, _) = stage.world.join_with(&mut stage.takes, Role::Resident);
    let said = resident.take(&refuse, None, stage.world.now);
    assert!(stage.world.submit(stage.takes.at, &said).is_err());
    // A connector next door, about this neighbourhood's square.
    let place = Place { neighbourhood: stage.takes.id, space: Space::Neighbours };
    let said = stage.shares.founder.create(place, Kind::ACCEPTANCE, None, refuse.edits(), stage.world.now);
    assert!(stage.world.submit(stage.takes.at, &said).is_err());
    // It is for the members, and not for others to read along.
    for place in [stage.takes.neighbours(), stage.takes.square()] {
        let said = stage.takes.founder.create(place, Kind::ACCEPTANCE, None, refuse.edits(), stage.world.now);
        let refused = stage.world.submit(stage.takes.at, &said);
        assert!(matches!(refused, Err(Refusal::NotPermitted(Reason::SpaceNotAllowed))), "{refused:?}");
    }
    stage.world.run();
    assert!(stage.is_listed(news));
    // And about one's own neighbourhood there is nothing to say.
    let own = stage.world.post(stage.takes.at, &mut resident, stage.takes.square(), "Van hier");
    stage.says(stage.takes.id, NOT, 0, 0);
    stage.says(own, NOT, 0, 0);
    assert!(stage.is_listed(own));
}

#[test]
fn whose_clock_is_behind_is_heard_all_the_same() {
    let mut stage = Stage::new();
    let news = stage.news("Nieuws");
    stage.says(stage.shares.id, NOT, 0, 0);
    let last = projection::acceptance(&stage.world.boxes[stage.takes.at].store, stage.shares.id.as_bytes()).unwrap();
    let about = stage.shares.id.into();
    let taking = Taking { about, accepts: AT_ONCE, kinds: 0, per_day: 0, areas: Vec::new() };
    let said = stage.takes.founder.take(&taking, last.map(|row| row.created), support::START);
    stage.world.submit(stage.takes.at, &said).unwrap();
    assert!(stage.is_listed(news));
}

/// Both boxes of a neighbourhood list the same, the second having heard of everything at once and in another order.
#[test]
fn all_boxes_of_a_neighbourhood_list_the_same() {
    let mut stage = Stage::new();
    let other = stage.world.second_box(&mut stage.takes);
    let posts: Vec<ItemId> = (0..6).map(|number| stage.news(&format!("Bericht {number}"))).collect();
    stage.says(stage.shares.id, AT_ONCE, 0, 3);
    stage.says(posts[1], NOT, 0, 0);
    stage.says(posts[5], AT_ONCE, 0, 0);
    stage.world.disconnect(stage.takes.at, stage.session);
    stage.world.connect(other, stage.takes.at);
    stage.world.run();
    let here = stage.world.boxes[stage.takes.at].rows();
    assert_eq!(stage.world.boxes[other].rows(), here);
    assert!(stage.is_listed(posts[5]) && !stage.is_listed(posts[1]));
    stage.world.reopen(other);
    assert_eq!(stage.world.boxes[other].rows(), here, "and after a restart");
}

/// What connectors say is for the members: it does not go next door.
#[test]
fn what_is_taken_is_nobody_elses_business() {
    let mut stage = Stage::new();
    stage.says(stage.shares.id, NOT, 0, 0);
    let about = |at: usize, id: &NeighbourhoodId| {
        projection::acceptance(&stage.world.boxes[at].store, id.as_bytes()).unwrap().is_some()
    };
    assert!(about(stage.takes.at, &stage.shares.id));
    assert!(!about(stage.shares.at, &stage.shares.id));
    let operation = projection::acceptance(&stage.world.boxes[stage.takes.at].store, stage.shares.id.as_bytes());
    let id = operation.unwrap().unwrap().operations[0];
    assert!(projection::operation(&stage.world.boxes[stage.shares.at].store, &id).unwrap().is_none());
}

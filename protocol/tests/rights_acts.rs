//! What connectors do to items, what speakers do for organisations, and what is left of it after a removal.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceCount, Edit, HomeKey, HomeKeyPolicy, ItemId, Kind, MemberRemoval, ModerationAct, ModerationReason,
    Organisation, OrganisationId, Rescue, Role, RoleChange, SpeakerChange, Statement,
};
use dorpsplein_protocol::projection::{self, ItemRow, LogAct};
use dorpsplein_protocol::replica::{Accepted, Refusal};
use dorpsplein_protocol::store::Table;
use support::{HOUR, MINUTE, Village, World, body, event_edits, news_edits, title};

struct Stage {
    world: World,
    village: Village,
    anne: Device,
    carla: Device,
}

/// A village with a resident and a second connector.
fn stage() -> Stage {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let anne = world.join(&mut village);
    let (carla, _) = world.join_with(&mut village, Role::Connector);
    Stage { world, village, anne, carla }
}

fn moderate(act: ModerationAct, note: &str) -> Edit {
    Edit::Moderate { act, reason: ModerationReason::Insult, note: note.to_owned() }
}

/// A copy of a device that has not signed what the original signs from here on.
fn copy(device: &Device) -> Device {
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    Device::resume(secret, device.home(), device.sequence(), device.previous())
}

impl Stage {
    fn at(&self) -> usize {
        self.village.at
    }

    fn place(&self) -> Place {
        self.village.square()
    }

    fn row(&self, item: ItemId) -> Option<ItemRow> {
        self.world.boxes[self.at()].row(item)
    }

    fn feed(&self) -> Vec<ItemId> {
        let rows = projection::feed(&self.world.boxes[self.at()].store, None, 100).unwrap().0;
        rows.into_iter().map(|row| row.id).collect()
    }

    /// Somebody does one thing to an item, on top of all that was done to it.
    fn act(&mut self, by: fn(&mut Self) -> &mut Device, item: ItemId, edit: Edit) -> Result<Accepted, Refusal> {
        let (at, place, now) = (self.at(), self.place(), self.world.now);
        let heads = self.row(item).unwrap().heads;
        let mut device = copy(by(self));
        let operation = device.edit(place, item, heads, vec![edit], now);
        let answer = self.world.submit(at, &operation);
        if answer.is_ok() {
            *by(self) = device;
        }
        answer
    }
}

const ANNE: fn(&mut Stage) -> &mut Device = |stage| &mut stage.anne;
const CARLA: fn(&mut Stage) -> &mut Device = |stage| &mut stage.carla;
const FOUNDER: fn(&mut Stage) -> &mut Device = |stage| &mut stage.village.founder;

#[test]
fn what_is_hidden_leaves_every_list_and_comes_back_when_shown() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.place(), stage.world.now);
    let event = stage.anne.create(place, Kind::EVENT, None, event_edits("Filmavond", "2026-12-04T20:00"), now);
    let event = stage.world.submit(at, &event).unwrap().item;
    let comment = stage.anne.create(place, Kind::COMMENT, Some(event), vec![body("Kom ook")], now);
    let comment = stage.world.submit(at, &comment).unwrap().item;
    let profile = stage.anne.create(place, Kind::PROFILE, None, vec![title("Anne")], now);
    let profile = stage.world.submit(at, &profile).unwrap().item;
    let lists = [Table::Feed, Table::Agenda, Table::Threads, Table::Directory];
    let before = stage.world.boxes[at].dump(&lists);
    assert_eq!(before.len(), 4);
    for item in [event, comment, profile] {
        assert_eq!(
            stage.act(ANNE, item, moderate(ModerationAct::Hide, "")),
            Err(Refusal::NotPermitted(Reason::NotAConnector)),
            "also not one's own"
        );
        stage.act(CARLA, item, moderate(ModerationAct::Hide, "Zo gaan we niet met elkaar om")).unwrap();
        let hidden = stage.row(item).unwrap().hidden.unwrap();
        assert_eq!(hidden.by.device, stage.carla.key());
        assert_eq!((hidden.reason, hidden.note.as_str()), (ModerationReason::Insult, "Zo gaan we niet met elkaar om"));
    }
    assert!(stage.world.boxes[at].dump(&[Table::Feed, Table::Agenda, Table::Directory]).is_empty());
    assert_eq!(projection::thread_length(&stage.world.boxes[at].store, &event).unwrap(), 0);
    let thread = projection::thread(&stage.world.boxes[at].store, &event).unwrap();
    assert_eq!(thread.iter().map(|row| row.id).collect::<Vec<_>>(), [comment], "a hidden comment keeps its place");
    stage.act(ANNE, event, Edit::Appeal("Het was een grapje".into())).unwrap();
    assert_eq!(stage.row(event).unwrap().appeal.unwrap().note, "Het was een grapje");
    stage.act(ANNE, event, title("Filmavond voor iedereen")).unwrap();
    assert!(stage.row(event).unwrap().hidden.is_some(), "an edit brings nothing back");
    for item in [event, comment, profile] {
        stage.act(FOUNDER, item, moderate(ModerationAct::Show, "Uitgepraat")).unwrap();
        assert_eq!(stage.row(item).unwrap().hidden, None);
    }
    assert_eq!(stage.world.boxes[at].dump(&lists), before);
}

#[test]
fn pins_come_first_the_latest_on_top_and_a_page_of_the_feed_goes_on_behind_them() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.place());
    let mut items = Vec::new();
    for n in 0..5 {
        stage.world.now = stage.world.now.plus_millis(MINUTE);
        items.push(stage.world.post(at, &mut stage.anne, place, &format!("Bericht {n}")));
    }
    for pinned in [3, 0] {
        stage.world.now = stage.world.now.plus_millis(MINUTE);
        assert_eq!(stage.act(ANNE, items[pinned], Edit::Pin(true)), Err(Refusal::NotPermitted(Reason::NotAConnector)));
        stage.act(CARLA, items[pinned], Edit::Pin(true)).unwrap();
    }
    assert_eq!(stage.feed(), [0, 3, 4, 2, 1].map(|n| items[n]));
    let store = &stage.world.boxes[at].store;
    let (first, cursor) = projection::feed(store, None, 1).unwrap();
    let cursor: projection::FeedCursor = cursor.unwrap().to_string().parse().unwrap();
    let (rest, end) = projection::feed(store, Some(&cursor), 10).unwrap();
    let paged: Vec<ItemId> = first.iter().chain(&rest).map(|row| row.id).collect();
    assert_eq!((paged, end), (stage.feed(), None));
    stage.act(FOUNDER, items[0], Edit::Pin(false)).unwrap();
    assert_eq!(stage.feed(), [3, 4, 2, 1, 0].map(|n| items[n]));
    let comment = stage.anne.create(place, Kind::COMMENT, Some(items[1]), vec![body("Fijn")], stage.world.now);
    let comment = stage.world.submit(at, &comment).unwrap().item;
    assert_eq!(stage.act(CARLA, comment, Edit::Pin(true)), Err(Refusal::NotPermitted(Reason::NoSuchAct)));
    assert_eq!(stage.act(CARLA, items[1], Edit::Official(true)), Err(Refusal::NotPermitted(Reason::NoSuchAct)));
    assert_eq!(stage.act(ANNE, comment, Edit::Official(true)), Err(Refusal::NotPermitted(Reason::NotAConnector)));
    stage.act(CARLA, comment, Edit::Official(true)).unwrap();
    assert_eq!(stage.row(comment).unwrap().official.unwrap().by.device, stage.carla.key());
    stage.act(FOUNDER, comment, Edit::Official(false)).unwrap();
    assert_eq!(stage.row(comment).unwrap().official, None);
}

#[test]
fn of_acts_at_the_same_time_the_careful_one_wins() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.place(), stage.world.now);
    let item = stage.world.post(at, &mut stage.anne, place, "Praatje");
    stage.act(FOUNDER, item, Edit::Pin(true)).unwrap();
    stage.act(FOUNDER, item, moderate(ModerationAct::Hide, "Eerst")).unwrap();
    let seen = stage.row(item).unwrap().heads;
    let show = stage.carla.edit(place, item, seen.clone(), vec![moderate(ModerationAct::Show, "")], now);
    let unpin = stage.carla.edit(place, item, vec![show.id()], vec![Edit::Pin(false)], now);
    let hide = stage.village.founder.edit(place, item, seen, vec![moderate(ModerationAct::Hide, "Nog eens")], now);
    let pin = stage.village.founder.edit(place, item, vec![hide.id()], vec![Edit::Pin(true)], now);
    for operation in [&show, &unpin, &hide, &pin] {
        stage.world.submit(at, operation).unwrap();
    }
    let row = stage.row(item).unwrap();
    assert_eq!(row.hidden.unwrap().note, "Nog eens");
    assert_eq!(row.pinned, None);
    stage.act(CARLA, item, moderate(ModerationAct::Show, "Beide gezien")).unwrap();
    stage.act(CARLA, item, Edit::Pin(true)).unwrap();
    let row = stage.row(item).unwrap();
    assert_eq!((row.hidden, row.pinned.map(|mark| mark.by.device)), (None, Some(stage.carla.key())));
}

#[test]
fn the_log_tells_who_did_what_and_why_page_by_page() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.place());
    let item = stage.world.post(at, &mut stage.anne, place, "Praatje");
    let spam = Some(ModerationReason::Spam);
    let acts = [
        (Edit::Pin(true), LogAct::Pin, None),
        (Edit::Pin(false), LogAct::Unpin, None),
        (moderate(ModerationAct::Hide, "grof"), LogAct::Hide, Some(ModerationReason::Insult)),
        (moderate(ModerationAct::Show, "hersteld"), LogAct::Show, Some(ModerationReason::Insult)),
        (Edit::Erase { kind: Kind::NEWS, reason: spam, note: "reclame".into() }, LogAct::Erase, spam),
    ];
    let mut told = Vec::new();
    for (edit, act, reason) in acts {
        stage.world.now = stage.world.now.plus_millis(MINUTE);
        stage.act(CARLA, item, edit).unwrap();
        told.insert(0, (act, reason));
        let (log, _) = projection::moderation_log(&stage.world.boxes[at].store, None, 10).unwrap();
        if act == LogAct::Erase {
            // What was erased can be told no more: not even why it was hidden once.
            told.truncate(1);
        }
        let lines: Vec<_> = log.iter().map(|line| (line.act, line.reason)).collect();
        assert_eq!(lines, told);
        assert!(log.iter().all(|line| line.by.device == stage.carla.key() && line.item == item));
    }
    for n in 0..3 {
        let item = stage.world.post(at, &mut stage.anne, place, &format!("Nog een {n}"));
        stage.world.now = stage.world.now.plus_millis(MINUTE);
        stage.act(CARLA, item, Edit::Pin(true)).unwrap();
    }
    let store = &stage.world.boxes[at].store;
    let (first, cursor) = projection::moderation_log(store, None, 3).unwrap();
    let cursor: projection::LogCursor = cursor.unwrap().to_string().parse().unwrap();
    let (rest, end) = projection::moderation_log(store, Some(&cursor), 3).unwrap();
    assert_eq!((first.len(), rest.len(), end), (3, 1, None));
    assert_eq!(rest[0].act, LogAct::Erase);
}

#[test]
fn an_objection_waits_until_a_connector_answers_it_however_much_happens_elsewhere() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.place());
    let [first, second] = ["Een", "Twee"].map(|heading| stage.world.post(at, &mut stage.anne, place, heading));
    let open = |stage: &Stage| {
        let lines = projection::open_objections(&stage.world.boxes[at].store).unwrap();
        lines.iter().map(|line| (line.item, line.note.clone())).collect::<Vec<_>>()
    };
    let act = |stage: &mut Stage, by, item, edit| {
        stage.world.now = stage.world.now.plus_millis(MINUTE);
        stage.act(by, item, edit).unwrap();
    };
    let objection = |note: &str| Edit::Appeal(note.into());
    act(&mut stage, ANNE, first, objection("Waartegen?"));
    assert_eq!(open(&stage), [], "nothing was done to it");
    act(&mut stage, CARLA, second, moderate(ModerationAct::Hide, "grof"));
    act(&mut stage, ANNE, second, objection("Het was een grapje"));
    act(&mut stage, CARLA, first, moderate(ModerationAct::Hide, "ook grof"));
    act(&mut stage, ANNE, first, objection("Dit ook"));
    let both = [(second, "Het was een grapje".to_owned()), (first, "Dit ook".to_owned())];
    assert_eq!(open(&stage), both, "the oldest first");

    for n in 0..60 {
        let other = stage.world.post(at, &mut stage.anne, place, &format!("Bericht {n}"));
        act(&mut stage, CARLA, other, Edit::Pin(true));
    }
    assert_eq!(open(&stage), both);
    stage.world.reopen(at);
    assert_eq!(open(&stage), both);
    act(&mut stage, FOUNDER, second, moderate(ModerationAct::Show, "Uitgepraat"));
    assert_eq!(open(&stage), both[1..]);
    act(&mut stage, ANNE, second, objection("En toch"));
    assert_eq!(open(&stage).len(), 2, "whoever objects again is heard again");

    // An objection to an erasure outlives what was erased.
    let erase = Edit::Erase { kind: Kind::NEWS, reason: Some(ModerationReason::Spam), note: String::new() };
    act(&mut stage, CARLA, first, erase);
    assert_eq!(open(&stage).len(), 2, "what it was about is gone from the log; rather one too many");
    act(&mut stage, ANNE, first, objection("Geen reclame"));
    assert_eq!(open(&stage), [(second, "En toch".to_owned()), (first, "Geen reclame".to_owned())]);
}

#[test]
fn an_objection_from_a_slow_clock_is_not_taken_for_answered() {
    let mut stage = stage();
    let (at, place, early) = (stage.at(), stage.place(), stage.world.now);
    let item = stage.world.post(at, &mut stage.anne, place, "Praatje");
    stage.world.now = stage.world.now.plus_millis(10 * MINUTE);
    stage.act(CARLA, item, moderate(ModerationAct::Hide, "")).unwrap();
    let heads = stage.row(item).unwrap().heads;
    let objection = stage.anne.edit(place, item, heads, vec![Edit::Appeal("Hoezo?".into())], early);
    stage.world.submit(at, &objection).unwrap();
    let open = |stage: &Stage| projection::open_objections(&stage.world.boxes[at].store).unwrap().len();
    assert_eq!(open(&stage), 1);
    stage.world.now = stage.world.now.plus_millis(MINUTE);
    stage.act(CARLA, item, moderate(ModerationAct::Show, "")).unwrap();
    assert_eq!(open(&stage), 0);
}

#[test]
fn an_organisation_speaks_through_its_speakers_and_nobody_else() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.place(), stage.world.now);
    let resident = |stage: &Stage, device: &Device| {
        stage.world.boxes[at].replica.registers().home().membership(&device.key()).unwrap().resident
    };
    let (anne, mut bart) = (resident(&stage, &stage.anne), stage.world.join(&mut stage.village));
    let barts = resident(&stage, &bart);
    let founding = Statement::Organisation(Organisation { speaker: anne });
    let founding = stage.world.state(at, &mut stage.village.founder, founding);
    let club = OrganisationId::from(founding.id());
    let attempt = copy(&bart).create_for(club, place, Kind::NEWS, news_edits("Namens de club"), now);
    assert_eq!(stage.world.submit(at, &attempt), Err(Refusal::NotPermitted(Reason::NotASpeaker)));
    let post = stage.anne.create_for(club, place, Kind::NEWS, news_edits("Namens de club"), now);
    let item = stage.world.submit(at, &post).unwrap().item;
    assert_eq!(stage.row(item).unwrap().speaks_for, Some(club));
    let attempt = copy(&bart).edit(place, item, vec![item.into()], vec![title("Van mij")], now);
    assert_eq!(stage.world.submit(at, &attempt), Err(Refusal::NotPermitted(Reason::NotTheAuthor)));

    let speaker = |resident, speaks, counts| {
        Statement::SpeakerChange(SpeakerChange { organisation: club, resident, speaks, counts })
    };
    stage.world.state(at, &mut stage.village.founder, speaker(barts, true, Vec::new()));
    let edit = bart.edit(place, item, vec![item.into()], vec![title("Samen")], now);
    stage.world.submit(at, &edit).unwrap();
    let private = stage.world.post(at, &mut stage.anne, place, "Alleen van Anne");
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let attempt = copy(&bart).edit(place, private, vec![private.into()], vec![erase.clone()], now);
    assert_eq!(stage.world.submit(at, &attempt), Err(Refusal::NotPermitted(Reason::NotTheAuthor)));

    // Who no longer speaks changes nothing any more, and what they did while they spoke stays.
    let counts = vec![DeviceCount { device: stage.anne.key(), last: stage.anne.sequence() }];
    stage.world.state(at, &mut stage.village.founder, speaker(anne, false, counts));
    assert!(stage.row(item).is_some());
    let attempt = copy(&stage.anne).edit(place, item, vec![edit.id()], vec![title("Toch weer")], now);
    assert_eq!(stage.world.submit(at, &attempt), Err(Refusal::NotPermitted(Reason::NotASpeaker)));
    let erasure = bart.edit(place, item, vec![edit.id()], vec![erase], now);
    stage.world.submit(at, &erasure).unwrap();
    assert_eq!(stage.row(item).unwrap().erased.unwrap().by.resident, barts);
    stage.world.reopen(at);
    assert!(stage.row(item).unwrap().erased.is_some(), "also when nobody can read any more for whom it spoke");
}

#[test]
fn what_a_removed_device_wrote_beyond_the_count_vanishes_at_once_and_a_rescue_brings_it_back() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.place());
    let early = stage.world.post(at, &mut stage.anne, place, "Voor de grens");
    let last = stage.anne.sequence();
    let late = stage.world.post(at, &mut stage.anne, place, "Na de grens");
    let commented = stage.carla.create(place, Kind::COMMENT, Some(late), vec![body("Hoezo?")], stage.world.now);
    let comment = stage.world.submit(at, &commented).unwrap().item;
    assert_eq!(stage.feed().len(), 2);
    let resident = stage.world.boxes[at].replica.registers().home().membership(&stage.anne.key()).unwrap().resident;
    let counts = vec![DeviceCount { device: stage.anne.key(), last }];
    let removal = Statement::MemberRemoval(MemberRemoval { resident, counts });
    stage.world.state(at, &mut stage.village.founder, removal);
    assert_eq!(stage.feed(), [early]);
    assert_eq!((stage.row(late), stage.row(comment)), (None, None), "and what answers it");
    let post = copy(&stage.anne).create(place, Kind::NEWS, None, news_edits("Ik ben er nog"), stage.world.now);
    assert_eq!(stage.world.submit(at, &post), Err(Refusal::NotPermitted(Reason::AfterRemoval)));

    let rescue = Statement::Rescue(Rescue { device: stage.anne.key(), last: last + 1 });
    stage.world.state(at, &mut stage.carla, rescue);
    assert_eq!(stage.feed().len(), 2);
    assert!(stage.row(late).is_some() && stage.row(comment).is_some());
}

#[test]
fn what_a_connector_did_before_the_role_was_withdrawn_stays_done() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.place());
    let [first, second] = ["Een", "Twee"].map(|heading| stage.world.post(at, &mut stage.anne, place, heading));
    stage.act(CARLA, first, moderate(ModerationAct::Hide, "")).unwrap();
    let last = stage.carla.sequence();
    stage.act(CARLA, second, moderate(ModerationAct::Hide, "")).unwrap();
    assert_eq!(stage.feed(), []);
    let resident = stage.world.boxes[at].replica.registers().home().membership(&stage.carla.key()).unwrap().resident;
    let counts = vec![DeviceCount { device: stage.carla.key(), last }];
    let withdrawal = Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts });
    stage.world.state(at, &mut stage.village.founder, withdrawal);
    assert_eq!(stage.feed(), [second], "what was done beyond the count is undone");
    assert_eq!(stage.act(CARLA, first, Edit::Pin(true)), Err(Refusal::NotPermitted(Reason::NotAConnector)));
}

#[test]
fn no_form_takes_anything_of_a_home_key_that_is_over_whatever_its_clock_says() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.place(), stage.world.now);
    let anne = stage.world.boxes[at].replica.registers().home().membership(&stage.anne.key()).unwrap().resident;
    let (secret, expires) = (stage.world.secret(), now.plus_millis(HOUR));
    let key = HomeKey::sign(&secret, &stage.village.id, &anne, expires);
    let allowed = Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true });
    stage.world.state(at, &mut stage.village.founder, allowed);
    stage.world.state(at, &mut stage.anne, Statement::HomeKey(key));
    let mut phone = Device::new(secret, stage.village.id);
    let in_time = stage.world.post(at, &mut phone, place, "Op tijd");
    stage.world.now = expires;
    let backdated = phone.create(place, Kind::NEWS, None, news_edits("Zogenaamd op tijd"), now);
    assert_eq!(stage.world.submit(at, &backdated), Err(Refusal::NotPermitted(Reason::HomeKeyExpired)));
    assert!(stage.row(in_time).is_some(), "what came in time stays");
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let own = stage.anne.edit(place, in_time, vec![in_time.into()], vec![erase], expires);
    stage.world.submit(at, &own).unwrap();
}

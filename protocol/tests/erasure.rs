//! Erasure: what is gone is gone everywhere, whatever came first, and nothing else is.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{
    DeviceCount, Edit, ItemId, Kind, MemberRemoval, ModerationReason, OperationId, Signed, Statement,
};
use dorpsplein_protocol::projection::{self, ItemRow, LogAct};
use dorpsplein_protocol::replica::{MAX_UNDECIDED_PER_DEVICE, Refusal};
use dorpsplein_protocol::store::Table;
use dorpsplein_protocol::sync::Message;
use support::{MINUTE, Puppet, Village, World, body, news_edits, title};

/// Words that are to be found nowhere any more.
const SECRET: &str = "Mijn sleutel ligt onder de derde bloempot";

struct Stage {
    world: World,
    village: Village,
    anne: Device,
    tablet: Device,
}

/// A village and a resident with two devices.
fn stage() -> Stage {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let mut anne = world.join(&mut village);
    let (tablet, _) = world.add_device(&village, &mut anne);
    Stage { world, village, anne, tablet }
}

impl Stage {
    fn at(&self) -> usize {
        self.village.at
    }

    fn row(&self, item: ItemId) -> ItemRow {
        self.world.boxes[self.at()].row(item).unwrap()
    }

    /// A box that knows the register and nothing else, and somebody to bring it the rest.
    fn listener(&mut self) -> Puppet {
        let first = self.at();
        let at = self.world.add_box(self.village.id);
        let register: Vec<Signed> = self.world.boxes[first]
            .dump(&[Table::Operations])
            .values()
            .map(|bytes| Signed::decode(bytes).unwrap())
            .filter(|operation| operation.header().space == dorpsplein_protocol::operation::Space::Register)
            .collect();
        for operation in &self.village.beginning {
            self.world.submit(at, operation).unwrap();
        }
        let key = self.world.boxes[first].key;
        let puppet = self.world.greeting_puppet(at, key, self.village.id).0;
        for _ in 0..register.len() {
            for operation in &register {
                if !self.world.boxes[at].holds(operation) {
                    self.world.bring(puppet, std::slice::from_ref(operation));
                }
            }
        }
        assert!(register.iter().all(|operation| self.world.boxes[at].holds(operation)));
        puppet
    }
}

fn erase(reason: Option<ModerationReason>) -> Vec<Edit> {
    vec![Edit::Erase { kind: Kind::NEWS, reason, note: "Weg ermee".into() }]
}

/// The tables of a box in which these words stand.
fn tables_with(world: &World, at: usize, words: &str) -> Vec<Table> {
    let found = |table: &Table| {
        let dump = world.boxes[at].dump(&[*table]);
        let has = |bytes: &[u8]| bytes.windows(words.len()).any(|window| window == words.as_bytes());
        dump.iter().any(|((_, key), value)| has(key) || has(value))
    };
    Table::ALL.into_iter().filter(found).collect()
}

#[test]
fn what_its_author_erases_leaves_every_table_and_a_row_for_the_comments() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let written = stage.anne.create(place, Kind::NEWS, None, news_edits(SECRET), now);
    let item = stage.world.submit(at, &written).unwrap().item;
    let changed = stage.anne.edit(place, item, vec![item.into()], vec![body(SECRET), title("Iets anders")], now);
    stage.world.submit(at, &changed).unwrap();
    let mut bart = stage.world.join(&mut stage.village);
    let comment = bart.create(place, Kind::COMMENT, Some(item), vec![body("Dat zou ik weghalen")], now);
    let comment_item = stage.world.submit(at, &comment).unwrap().item;
    assert_eq!(tables_with(&stage.world, at, SECRET), [Table::Operations, Table::Rows]);

    let heads = stage.row(item).heads;
    let erasure = stage.tablet.edit(place, item, heads, erase(None), now);
    stage.world.submit(at, &erasure).unwrap();
    assert_eq!(tables_with(&stage.world, at, SECRET), []);
    let row = stage.row(item);
    let erased = row.erased.clone().unwrap();
    assert_eq!((erased.by.device, erased.reason, erased.note.as_str()), (stage.tablet.key(), None, "Weg ermee"));
    assert_eq!((row.kind, row.content.title, row.content.body), (Kind::NEWS, None, None));
    let store = &stage.world.boxes[at].store;
    assert_eq!(projection::feed(store, None, 10).unwrap().0, []);
    assert_eq!(projection::thread(store, &item).unwrap().len(), 1, "the comment keeps standing");
    assert!(stage.world.boxes[at].row(comment_item).is_some());
    assert_eq!(projection::moderation_log(store, None, 10).unwrap().0, [], "one's own is nobody's business");
    let kept = projection::operation(store, &written.id()).unwrap().unwrap();
    assert_eq!(Signed::decode(&kept).unwrap(), written.without_payload(), "the proof stays");

    let late = stage.anne.edit(place, item, vec![changed.id()], vec![title(SECRET)], now);
    assert_eq!(stage.world.submit(at, &late), Err(Refusal::NotPermitted(Reason::Erased)));
    assert_eq!(stage.world.submit(at, &written), Err(Refusal::NotPermitted(Reason::Erased)));
    stage.world.reopen(at);
    assert_eq!(stage.row(item).erased.unwrap(), erased);
    assert_eq!(stage.world.submit(at, &late), Err(Refusal::NotPermitted(Reason::Erased)));

    // A form is told that what it answers is gone. From a peer the answer is kept: who wrote it may not have known.
    let answer = bart.create(place, Kind::COMMENT, Some(item), vec![body("Wat stond hier?")], now);
    assert_eq!(stage.world.submit(at, &answer), Err(Refusal::NotPermitted(Reason::Erased)));
    assert!(!stage.world.boxes[at].holds(&answer));
    let listener = stage.listener();
    for operation in [written, erasure, answer.clone()] {
        stage.world.bring(listener, &[operation]);
    }
    assert!(stage.world.boxes[listener.at].row(item).is_some_and(|row| row.erased.is_some()));
    assert!(stage.world.boxes[listener.at].holds(&answer));
}

#[test]
fn a_connector_erases_with_a_reason_and_the_author_may_object() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let item = stage.world.post(at, &mut stage.anne, place, SECRET);
    let mut bart = stage.world.join(&mut stage.village);
    let head: Vec<OperationId> = vec![item.into()];
    let spam = Some(ModerationReason::Spam);
    for (reason, refused) in [(None, Reason::NotTheAuthor), (spam, Reason::NotAConnector)] {
        // A refused operation was handed in and is gone: the device counts on from where it was.
        let seed = bart.secret().to_seed();
        let (count, last) = (bart.sequence(), bart.previous());
        let copy = dorpsplein_protocol::identity::SecretKey::from_seed(&seed);
        let mut trying = Device::resume(copy, bart.home(), count, last);
        let attempt = trying.edit(place, item, head.clone(), erase(reason), now);
        assert_eq!(stage.world.submit(at, &attempt), Err(Refusal::NotPermitted(refused)));
    }
    let objection = vec![Edit::Appeal("Ik was het niet".into())];
    let foreign = bart.edit(place, item, head.clone(), objection.clone(), now);
    assert_eq!(stage.world.submit(at, &foreign), Err(Refusal::NotPermitted(Reason::NotTheAuthor)));

    let erasure = stage.village.founder.edit(place, item, head, erase(spam), now);
    stage.world.submit(at, &erasure).unwrap();
    let appeal = stage.tablet.edit(place, item, stage.row(item).heads, objection, now.plus_millis(MINUTE));
    stage.world.submit(at, &appeal).unwrap();
    let row = stage.row(item);
    assert_eq!(row.erased.unwrap().reason, spam);
    assert_eq!(row.appeal.unwrap().note, "Ik was het niet");
    assert_eq!(tables_with(&stage.world, at, SECRET), []);
    let (log, more) = projection::moderation_log(&stage.world.boxes[at].store, None, 10).unwrap();
    let lines: Vec<_> = log.iter().map(|line| (line.act, line.item, line.by.device, line.reason)).collect();
    let founder = stage.village.founder.key();
    let expected = [(LogAct::Appeal, item, stage.tablet.key(), None), (LogAct::Erase, item, founder, spam)];
    assert_eq!((lines.as_slice(), more), (&expected[..], None));
}

/// Every order in which a list can be.
fn orders<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(at);
        all.extend(orders(&rest).into_iter().map(|order| [vec![first.clone()], order].concat()));
    }
    all
}

#[test]
fn every_order_of_arrival_with_or_without_payloads_leaves_the_same() {
    let mut stage = stage();
    let (place, now) = (stage.village.square(), stage.world.now);
    let made = stage.anne.create(place, Kind::NEWS, None, news_edits(SECRET), now);
    let item = ItemId::from(made.id());
    let changed = stage.anne.edit(place, item, vec![item.into()], vec![title(SECRET)], now);
    let erasure = stage.anne.edit(place, item, vec![changed.id()], erase(None), now);
    let late = stage.tablet.edit(place, item, vec![item.into()], vec![body(SECRET)], now);
    let hidden = vec![Edit::Moderate {
        act: dorpsplein_protocol::operation::ModerationAct::Hide,
        reason: ModerationReason::PrivateData,
        note: SECRET.into(),
    }];
    let hiding = stage.village.founder.edit(place, item, vec![changed.id()], hidden, now);
    let mut first = None;
    for mask in 0..16u8 {
        let whole_or_bare = |n: u8, operation: &Signed| {
            if mask & (1 << n) == 0 { operation.clone() } else { operation.without_payload() }
        };
        let operations = [
            whole_or_bare(0, &made),
            whole_or_bare(1, &changed),
            whole_or_bare(2, &late),
            whole_or_bare(3, &hiding),
            erasure.clone(),
        ];
        // All orders for some, a turn of the wheel for the others: 120 orders for each of 16 take their time.
        let all = orders(&operations);
        let step = if mask == 0 || mask == 15 || mask == 5 { 5 } else { 23 };
        for order in all.iter().step_by(step) {
            let listener = stage.listener();
            for operation in order {
                stage.world.bring(listener, std::slice::from_ref(operation));
            }
            let found = tables_with(&stage.world, listener.at, SECRET);
            assert_eq!(found, [], "mask {mask:04b}: {:?}", order.iter().map(Signed::id).collect::<Vec<_>>());
            let outcome = stage.world.boxes[listener.at].dump(&[
                Table::Operations,
                Table::Rows,
                Table::Feed,
                Table::Log,
                Table::Undecided,
                Table::Incomplete,
            ]);
            assert!(stage.world.boxes[listener.at].row(item).unwrap().erased.is_some());
            let first = first.get_or_insert_with(|| outcome.clone());
            assert!(*first == outcome, "mask {mask:04b} leaves a trace");
        }
    }
}

#[test]
fn an_envelope_without_an_erasure_waits_displaces_nothing_and_is_asked_for() {
    let mut stage = stage();
    let (at, place) = (stage.at(), stage.village.square());
    let item = stage.world.post(at, &mut stage.anne, place, SECRET);
    let made = projection::operation(&stage.world.boxes[at].store, &item.into()).unwrap().unwrap();
    let made = Signed::decode(&made).unwrap();
    let key = stage.world.boxes[at].key;
    let other = stage.world.second_box(&mut stage.village);
    assert!(stage.world.boxes[other].row(item).is_some());

    // A box that was told there is something, by somebody who would not say what.
    let listener = stage.listener();
    stage.world.bring(listener, &[made.without_payload()]);
    assert_eq!(stage.world.boxes[listener.at].row(item), None);
    assert_eq!(stage.world.boxes[listener.at].dump(&[Table::Incomplete]).len(), 1);
    // Told again, and opened again, it still knows that it does not know.
    stage.world.bring(listener, &[made.without_payload()]);
    stage.world.reopen(listener.at);
    assert_eq!(stage.world.boxes[listener.at].dump(&[Table::Incomplete, Table::Undecided]).len(), 2);
    // The other side does not let go of what it has.
    let (puppet, _) = stage.world.greeting_puppet(other, key, stage.village.id);
    stage.world.bring(puppet, &[made.without_payload()]);
    assert!(stage.world.boxes[other].row(item).is_some());

    let certificate = dorpsplein_protocol::operation::BoxCertificate {
        key: stage.world.boxes[listener.at].key,
        expires: stage.world.now.plus_millis(support::DAY),
    };
    let founder = &mut stage.village.founder;
    stage.world.state(at, founder, Statement::BoxCertificate(certificate));
    stage.world.connect(at, listener.at);
    stage.world.run();
    stage.world.pass(6 * MINUTE);
    assert_eq!(stage.world.boxes[listener.at].row(item), stage.world.boxes[at].row(item));
    assert!(stage.world.boxes[listener.at].dump(&[Table::Incomplete, Table::Undecided]).is_empty());
}

#[test]
fn envelopes_of_strangers_are_bounded_as_all_else_that_is_not_permitted() {
    let mut stage = stage();
    let listener = stage.listener();
    let secret = stage.world.secret();
    let mut stranger = Device::new(secret, stage.village.id);
    let before = stage.world.boxes[listener.at].operation_count();
    for n in 0..MAX_UNDECIDED_PER_DEVICE + 10 {
        let made =
            stranger.create(stage.village.square(), Kind::NEWS, None, news_edits(&n.to_string()), stage.world.now);
        stage.world.bring(listener, &[made.without_payload()]);
    }
    assert_eq!(stage.world.boxes[listener.at].operation_count() - before, MAX_UNDECIDED_PER_DEVICE);
    // A statement without what it states is nothing.
    let statement = stranger.state(
        vec![stage.village.beginning[0].id()],
        Statement::InvitationWithdrawal(dorpsplein_protocol::operation::InvitationWithdrawal {
            invitation: stage.village.beginning[0].id(),
        }),
        stage.world.now,
    );
    stage.world.bring(listener, &[statement.without_payload()]);
    assert!(!stage.world.boxes[listener.at].holds(&statement));
}

#[test]
fn an_erasure_by_a_device_that_was_removed_before_is_undone_by_whoever_has_the_payload() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let made = stage.anne.create(place, Kind::NEWS, None, news_edits("Dit blijft"), now);
    let item = stage.world.submit(at, &made).unwrap().item;
    let last = stage.anne.sequence();
    let listener = stage.listener();
    stage.world.bring(listener, std::slice::from_ref(&made));
    let theft = stage.anne.edit(place, item, vec![item.into()], erase(None), now);
    stage.world.bring(listener, std::slice::from_ref(&theft));
    assert!(stage.world.boxes[listener.at].row(item).unwrap().erased.is_some());

    let resident = stage.world.boxes[at].replica.registers().home().membership(&stage.anne.key()).unwrap().resident;
    let mut counts = vec![
        DeviceCount { device: stage.anne.key(), last },
        DeviceCount { device: stage.tablet.key(), last: stage.tablet.sequence() },
    ];
    counts.sort_by_key(|count| count.device);
    let removal = Statement::MemberRemoval(MemberRemoval { resident, counts });
    let removal = stage.world.state(at, &mut stage.village.founder, removal);
    stage.world.bring(listener, std::slice::from_ref(&removal));
    assert_eq!(stage.world.boxes[listener.at].row(item), None, "the payload is gone, and the erasure does not count");
    stage.world.bring(listener, std::slice::from_ref(&made));
    let row = stage.world.boxes[listener.at].row(item).unwrap();
    assert_eq!((row.content.title.as_deref(), row.erased), (Some("Dit blijft"), None));
    assert_eq!(stage.world.boxes[listener.at].row(item), stage.world.boxes[at].row(item));
    assert!(stage.world.boxes[listener.at].dump(&[Table::Erasures, Table::Incomplete]).is_empty());
}

#[test]
fn a_peer_that_asks_for_what_was_erased_gets_the_envelope() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let other = stage.world.second_box(&mut stage.village);
    let made = stage.anne.create(place, Kind::NEWS, None, news_edits(SECRET), now);
    let item = stage.world.submit(at, &made).unwrap().item;
    let erasure = stage.anne.edit(place, item, vec![item.into()], erase(None), now);
    stage.world.submit(at, &erasure).unwrap();
    let (puppet, _) = stage.world.greeting_puppet(at, stage.world.boxes[other].key, stage.village.id);
    let effects = stage.world.say(puppet, &Message::Fetch { ids: vec![made.id()], large: false });
    let answered = effects.iter().find_map(|effect| match effect {
        dorpsplein_protocol::replica::Effect::Send { frame, .. } => Message::decode(frame).ok(),
        _ => None,
    });
    let operations = vec![made.without_payload().encode().into()];
    assert_eq!(answered, Some(Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false }));
    // And the other box, which never saw it, ends with the same.
    stage.world.connect(other, at);
    stage.world.run();
    assert_eq!(stage.world.boxes[other].row(item), stage.world.boxes[at].row(item));
    assert_eq!(tables_with(&stage.world, other, SECRET), []);
}

#[test]
fn erased_members_who_left_had_everything_erased() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let items: Vec<ItemId> = (0..3).map(|_| stage.world.post(at, &mut stage.anne, place, SECRET)).collect();
    for item in &items {
        let erasure = stage.anne.edit(place, *item, vec![(*item).into()], erase(None), now);
        stage.world.submit(at, &erasure).unwrap();
    }
    let resident = stage.world.boxes[at].replica.registers().home().membership(&stage.anne.key()).unwrap().resident;
    let mut counts: Vec<DeviceCount> = [&stage.anne, &stage.tablet]
        .map(|device| DeviceCount { device: device.key(), last: device.sequence() + 1 })
        .to_vec();
    counts.sort_by_key(|count| count.device);
    let leaving = Statement::MemberRemoval(MemberRemoval { resident, counts });
    stage.world.state(at, &mut stage.anne, leaving);
    assert!(items.iter().all(|item| stage.row(*item).erased.is_some()), "the erasures stand after their author left");
    assert_eq!(tables_with(&stage.world, at, SECRET), []);
    let post = stage.tablet.create(place, Kind::NEWS, None, news_edits("Terug"), now);
    stage.world.submit(at, &post).unwrap();
    let beyond = stage.tablet.create(place, Kind::NEWS, None, news_edits("Te laat"), now);
    assert_eq!(stage.world.submit(at, &beyond), Err(Refusal::NotPermitted(Reason::AfterRemoval)));
}

/// An erasure that says the item is of this kind.
fn erase_as(kind: Kind) -> Vec<Edit> {
    vec![Edit::Erase { kind, reason: None, note: String::new() }]
}

#[test]
fn a_form_does_not_erase_under_another_kind() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let item = stage.world.post(at, &mut stage.anne, place, SECRET);
    let before = stage.world.boxes[at].rows();
    let mistaken = stage.tablet.edit(place, item, vec![item.into()], erase_as(Kind::EVENT), now);
    assert_eq!(stage.world.submit(at, &mistaken), Err(Refusal::NotPermitted(Reason::NoSuchAct)));
    assert!(!stage.world.boxes[at].holds(&mistaken));
    assert_eq!(stage.world.boxes[at].rows(), before);

    let erasure = stage.anne.edit(place, item, vec![item.into()], erase(None), now);
    stage.world.submit(at, &erasure).unwrap();
    assert_eq!(stage.row(item).kind, Kind::NEWS);
}

#[test]
fn a_false_kind_from_a_peer_is_all_that_is_false_about_what_is_left() {
    let mut stage = stage();
    let (place, now) = (stage.village.square(), stage.world.now);
    let made = stage.anne.create(place, Kind::NEWS, None, news_edits(SECRET), now);
    let item = ItemId::from(made.id());
    let changed = stage.anne.edit(place, item, vec![item.into()], vec![title(SECRET)], now);
    let lying = stage.anne.edit(place, item, vec![changed.id()], erase_as(Kind::EVENT), now);
    let honest = stage.tablet.edit(place, item, vec![item.into()], erase(None), now);
    for erasures in [vec![lying.clone()], vec![lying.clone(), honest.clone()]] {
        let mut first = None;
        for (made, changed) in [(made.clone(), changed.clone()), (made.without_payload(), changed.without_payload())] {
            for order in orders(&[vec![made, changed], erasures.clone()].concat()).iter().step_by(2) {
                let listener = stage.listener();
                for operation in order {
                    stage.world.bring(listener, std::slice::from_ref(operation));
                }
                assert_eq!(tables_with(&stage.world, listener.at, SECRET), []);
                let tables =
                    [Table::Operations, Table::Rows, Table::Feed, Table::Log, Table::Undecided, Table::Incomplete];
                let outcome = stage.world.boxes[listener.at].dump(&tables);
                assert!(*first.get_or_insert_with(|| outcome.clone()) == outcome, "the order leaves a trace");
                let row = stage.world.boxes[listener.at].row(item).unwrap();
                // The kind of the erasure that counts: the only one, or of two made at the same time the lower.
                let counts = erasures.iter().min_by_key(|erasure| erasure.id()).unwrap();
                let named = if counts.id() == lying.id() { Kind::EVENT } else { Kind::NEWS };
                assert_eq!((row.kind, row.heads, row.content), (named, vec![counts.id()], Default::default()));
                assert_eq!(row.erased.map(|erased| erased.by.device), Some(counts.header().device));
                assert_eq!(projection::feed(&stage.world.boxes[listener.at].store, None, 10).unwrap().0, []);
            }
        }
    }
}

#[test]
fn naming_another_kind_gives_nobody_the_right_to_erase() {
    let mut stage = stage();
    let (at, place, now) = (stage.at(), stage.village.square(), stage.world.now);
    let made = stage.anne.create(place, Kind::NEWS, None, news_edits(SECRET), now);
    let item = ItemId::from(made.id());
    let mut bart = stage.world.join(&mut stage.village);
    let listener = stage.listener();
    stage.world.bring(listener, std::slice::from_ref(&made));
    let before = stage.world.boxes[listener.at].row(item).unwrap();
    for (number, reason) in [(1, None), (2, None), (3, None), (4, None), (99, None), (3, Some(ModerationReason::Spam))]
    {
        let edits = vec![Edit::Erase { kind: Kind(number), reason, note: String::new() }];
        let erasure = bart.edit(place, item, vec![item.into()], edits, now);
        stage.world.bring(listener, std::slice::from_ref(&erasure));
        assert_eq!(stage.world.boxes[listener.at].row(item).as_ref(), Some(&before), "kind {number}");
    }
    // A kind that this version does not know is nobody's to erase, whatever the item is.
    let unknown = stage.anne.edit(place, item, vec![item.into()], erase_as(Kind(99)), now);
    stage.world.submit(at, &made).unwrap();
    assert_eq!(stage.world.submit(at, &unknown), Err(Refusal::NotPermitted(Reason::NoSuchAct)));
    stage.world.bring(listener, std::slice::from_ref(&unknown));
    assert_eq!(stage.world.boxes[listener.at].row(item), Some(before));
}

#[test]
fn the_words_of_an_author_nobody_here_knows_are_not_kept_and_come_when_there_is_a_treaty() {
    let mut world = World::new();
    let [mut here, mut between, mut beyond] =
        ["Oosterwijk aan de Vliet", "Hogeveld", "Molenwaard"].map(|name| world.found(name));
    world.agree(&mut here, &mut between);
    world.agree(&mut between, &mut beyond);
    let mut bart = world.join(&mut between);
    let mut vera = world.join(&mut beyond);
    for [one, other] in [[beyond.at, between.at], [between.at, here.at]] {
        world.connect(one, other);
    }
    world.run();
    let place = between.neighbours();
    let item = world.post(between.at, &mut bart, place, "Wie komt er eten?");
    world.run();
    let comment = vera.create(place, Kind::COMMENT, Some(item), vec![body(SECRET)], world.now);
    world.submit(beyond.at, &comment).unwrap();
    world.run();
    let shown = |world: &World, at: usize| world.boxes[at].row(comment.id().into()).is_some();
    assert!(shown(&world, between.at), "those who know both show it");
    assert!(world.boxes[here.at].holds(&comment) && !shown(&world, here.at));
    assert_eq!(tables_with(&world, here.at, SECRET), []);
    assert!(world.boxes[here.at].dump(&[Table::Incomplete]).is_empty(), "nor are they asked for");
    world.reopen(here.at);

    world.agree(&mut here, &mut beyond);
    world.connect(here.at, beyond.at);
    world.connect(here.at, between.at);
    world.run();
    world.pass(6 * MINUTE);
    assert!(shown(&world, here.at));
    let erasure = Edit::Erase { kind: Kind::COMMENT, reason: None, note: String::new() };
    let erasure = vera.edit(place, comment.id().into(), vec![comment.id()], vec![erasure], world.now);
    world.submit(beyond.at, &erasure).unwrap();
    world.run();
    world.pass(6 * MINUTE);
    assert_eq!([here.at, between.at, beyond.at].map(|at| tables_with(&world, at, SECRET).len()), [0; 3]);
}

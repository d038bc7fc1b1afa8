//! A random evening in two villages: what people sign, and in which ways it can reach a box.

use std::collections::BTreeMap;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, OperationId, Role, RoleChange, Signed,
    Space, Statement, Value,
};
use dorpsplein_protocol::store::Table;

use super::{Puppet, Village, World, body, shuffled, split_mix, title};

/// One random act: what, who, and three choices that the act interprets.
pub(crate) type Step = [u8; 5];

/// Somebody's device.
struct Hand {
    device: Device,
    person: usize,
    /// Whether they live in the partner village.
    visitor: bool,
}

/// An item and what its makers know of it.
struct Subject {
    id: ItemId,
    kind: Kind,
    place: Place,
    person: usize,
    operations: Vec<OperationId>,
    last_by: BTreeMap<PublicKey, OperationId>,
    /// For whom it is by the past of each operation and by that itself.
    spaces: BTreeMap<OperationId, Space>,
}

impl Subject {
    /// Where somebody takes it to be who saw no more than these.
    fn place_after(&self, parents: &[OperationId]) -> Place {
        let seen = parents.iter().filter_map(|parent| self.spaces.get(parent).copied());
        Place { space: seen.reduce(Space::narrower).unwrap_or(self.place.space), ..self.place }
    }
}

/// Two villages with an agreement, the people in them, and all they signed in the order they signed it.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) home: Village,
    pub(crate) partner: Village,
    pub(crate) log: Vec<Signed>,
    /// Every device that signed or joined.
    pub(crate) devices: Vec<PublicKey>,
    hands: Vec<Hand>,
    subjects: Vec<Subject>,
    residents: Vec<OperationId>,
    /// The home village's offer, which the partner accepted.
    pub(crate) offer: OperationId,
    /// Whether people use all kinds and fields there are, or those few with which the stories that are kept were told.
    everything: bool,
}

impl Story {
    /// The villages, an agreement, two residents (one with two devices), a connector, a visitor, and two people who race
    /// for one invitation.
    pub(crate) fn begin() -> Self {
        let mut world = World::new();
        let (mut home, mut partner) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
        let mut log = [home.beginning.clone(), partner.beginning.clone()].concat();
        let agreement = world.agree(&mut home, &mut partner);
        let offer = agreement[0].id();
        log.extend(agreement);
        let (mut anne, admission) = world.join_with(&mut home, Role::Resident);
        let residents = vec![admission[1].id()];
        log.extend(admission);
        let (annes_tablet, addition) = world.add_device(&home, &mut anne);
        log.push(addition);
        let (carla, admission) = world.join_with(&mut home, Role::Connector);
        log.extend(admission);
        let (vera, admission) = world.join_with(&mut partner, Role::Resident);
        log.extend(admission);
        let (invitation, letter) = world.invite(&mut home, Role::Resident);
        let (daan, first) = world.claim(home.id, invitation.id(), &letter);
        let (eva, second) = world.claim(home.id, invitation.id(), &letter);
        log.extend([invitation, first, second]);
        let hand = |device, person, visitor| Hand { device, person, visitor };
        let hands = vec![
            hand(anne, 0, false),
            hand(annes_tablet, 0, false),
            hand(carla, 1, false),
            hand(vera, 2, true),
            hand(daan, 3, false),
            hand(eva, 4, false),
        ];
        let mut devices: Vec<PublicKey> = hands.iter().map(|hand| hand.device.key()).collect();
        devices.extend([home.founder.key(), partner.founder.key()]);
        Self { world, home, partner, log, devices, hands, subjects: Vec::new(), residents, offer, everything: false }
    }

    /// The evening of these acts.
    pub(crate) fn told(steps: &[Step]) -> Self {
        Self::begin().goes_on(steps)
    }

    /// The same, with items of every kind and edits of every sort of field.
    pub(crate) fn told_of_everything(steps: &[Step]) -> Self {
        Self { everything: true, ..Self::begin() }.goes_on(steps)
    }

    fn goes_on(self, steps: &[Step]) -> Self {
        let mut story = self;
        for step in steps {
            story.world.now = story.world.now.plus_millis(u64::from(step[4]) * 9_000);
            story.act(*step);
        }
        story
    }

    fn act(&mut self, [what, who, a, b, c]: Step) {
        // The two devices of one resident write most, so that they often write at once.
        let who = [0, 1, 0, 1, 2, 3, 4, 5][usize::from(who) % 8];
        match what % 22 {
            0..=2 => self.create(who, a, b),
            3..=8 => self.edit(who, a, b, c),
            9..=11 => self.comment(who, a, b),
            // Rare, because a fork hides most of what its device does from there on.
            12 if c.is_multiple_of(4) => self.fork(who, a, b),
            12 => self.edit(who, a, b, c),
            13 => self.meddle(who, a, b),
            14 => self.change_role(a, b),
            15 => self.restate_treaty(a, b),
            16 | 17 => self.moderate(a, b, c),
            // Rare, because nothing more happens to what is erased.
            18 if c.is_multiple_of(3) => self.erase(who, a, b),
            18 => self.moderate(b, a, c),
            19 => self.object(who, a, b),
            _ => self.show(who, a, b, c),
        }
    }

    fn place(&self, visitor: bool, choice: u8) -> Place {
        match (visitor, choice % 4) {
            (true, 0) => self.partner.square(),
            (true, _) => self.partner.neighbours(),
            (false, 0) => Place { space: Space::Members, ..self.home.square() },
            (false, 2) => self.home.square(),
            (false, _) => self.home.neighbours(),
        }
    }

    fn create(&mut self, who: usize, a: u8, b: u8) {
        let place = self.place(self.hands[who].visitor, a);
        if self.everything {
            let kind = if a.is_multiple_of(3) { Kind::EVENT } else { Kind::ALL[usize::from(b) % Kind::ALL.len()] };
            let place = if kind.is_internal() { Place { space: Space::Members, ..place } } else { place };
            let about = self.subjects.get(usize::from(a) % self.subjects.len().max(1)).map(|about| about.id);
            let about =
                about.map(|about| Edit::Set { field: Field::ABOUT, value: Value::Bytes(about.as_bytes().to_vec()) });
            let starts = Edit::Set { field: Field::STARTS, value: Value::Text("2026-12-03T20:00".to_owned()) };
            // One time out of three it recurs.
            let edits = [title("Begin"), starts, edit_of_the_rest(b % 3, a), edit_of_the_rest(a, b)];
            let edits = edits.into_iter().chain(about).collect();
            return self.make(who, place, kind, None, edits);
        }
        let kind = [Kind::NEWS, Kind::EVENT, Kind::PROFILE][usize::from(b) % 3];
        self.make(who, place, kind, None, vec![title("Begin"), edit_of(a, b)]);
    }

    fn edit_of(&self, a: u8, b: u8) -> Edit {
        if self.everything && a >= 128 { edit_of_the_rest(a, b) } else { edit_of(a, b) }
    }

    fn comment(&mut self, who: usize, a: u8, b: u8) {
        if self.subjects.is_empty() {
            return;
        }
        let about = &self.subjects[usize::from(a) % self.subjects.len()];
        let seen = about.operations[about.operations.len() - 1 - usize::from(b) % about.operations.len()];
        let (place, subject) = (about.place_after(&[seen]), about.id);
        let kind = match about.kind {
            Kind::EVENT | Kind::GROUP if self.everything && b.is_multiple_of(2) => Kind::SIGN_UP,
            Kind::ALERT if self.everything => Kind::UPDATE,
            _ => Kind::COMMENT,
        };
        let edits = vec![body("Leuk!"), self.edit_of(b, a)];
        self.make(who, place, kind, Some(subject), edits);
    }

    fn make(&mut self, who: usize, place: Place, kind: Kind, subject: Option<ItemId>, edits: Vec<Edit>) {
        let hand = &mut self.hands[who];
        let operation = hand.device.create(place, kind, subject, edits, self.world.now);
        self.subjects.push(Subject {
            id: operation.id().into(),
            kind,
            place,
            person: hand.person,
            operations: vec![operation.id()],
            last_by: BTreeMap::from([(hand.device.key(), operation.id())]),
            spaces: BTreeMap::from([(operation.id(), place.space)]),
        });
        self.log.push(operation);
    }

    /// Somebody edits an item of their own, having seen their own last edit and one other.
    fn edit(&mut self, who: usize, a: u8, b: u8, c: u8) {
        let person = self.hands[who].person;
        let own: Vec<usize> = (0..self.subjects.len()).filter(|at| self.subjects[*at].person == person).collect();
        if own.is_empty() {
            return self.create(who, a, b);
        }
        // One of the latest two, so that two devices often meet.
        let recent = own.len() - 1 - usize::from(a) % own.len().min(2);
        self.edit_item(who, own[recent], b, c);
    }

    /// Somebody edits an item of somebody else.
    fn meddle(&mut self, who: usize, a: u8, b: u8) {
        if !self.subjects.is_empty() {
            self.edit_item(who, usize::from(a) % self.subjects.len(), b, a);
        }
    }

    fn edit_item(&mut self, who: usize, at: usize, b: u8, c: u8) {
        let now = self.world.now;
        let edits = vec![edit_of(b % 4, c), self.edit_of(c, b)];
        let (hand, subject) = (&mut self.hands[who], &mut self.subjects[at]);
        let seen = subject.operations[usize::from(b) % subject.operations.len()];
        let own = subject.last_by.get(&hand.device.key()).copied();
        // Two times out of three the author has not seen what the others did since their own last edit.
        let parents: Vec<OperationId> = match own {
            Some(own) if !c.is_multiple_of(3) => vec![own],
            own => own.into_iter().chain([seen]).collect(),
        };
        let place = subject.place_after(&parents);
        let operation = hand.device.edit(place, subject.id, parents, edits, now);
        subject.spaces.insert(operation.id(), place.space);
        subject.last_by.insert(hand.device.key(), operation.id());
        // Nobody builds on what is refused, or all that follows would be hidden.
        if hand.person == subject.person {
            subject.operations.push(operation.id());
        }
        self.log.push(operation);
    }

    /// A connector or the founder hides, shows, pins or marks something; now and then a resident tries to.
    fn moderate(&mut self, a: u8, b: u8, c: u8) {
        let reason = ModerationReason::ALL[usize::from(b) % 7];
        let moderate = |act| Edit::Moderate { act, reason, note: "Even niet".to_owned() };
        let edit = match c % 8 {
            0..=2 => moderate(ModerationAct::Hide),
            3 => moderate(ModerationAct::Show),
            4 | 5 => Edit::Pin(c.is_multiple_of(4)),
            _ => Edit::Official(c.is_multiple_of(2)),
        };
        self.act_on(if a.is_multiple_of(16) { Some(0) } else { Some(2).filter(|_| a.is_multiple_of(2)) }, b, c, edit);
    }

    /// The author or a connector erases something.
    fn erase(&mut self, who: usize, a: u8, b: u8) {
        let reason = b.is_multiple_of(2).then_some(ModerationReason::Spam);
        let by = if reason.is_some() { None } else { Some(who) };
        self.act_on(by, a, b, Edit::Erase { kind: Kind::NEWS, reason, note: "Weg".to_owned() });
    }

    /// The author objects to whatever was done; or somebody else does, which is no business of theirs.
    fn object(&mut self, who: usize, a: u8, b: u8) {
        self.act_on(Some(who), a, b, Edit::Appeal("Daar ben ik het niet mee eens".to_owned()));
    }

    /// One of the hands, or else the founder, does something to one of the latest items, having seen one of its operations.
    fn act_on(&mut self, who: Option<usize>, a: u8, b: u8, edit: Edit) {
        if self.subjects.is_empty() {
            return;
        }
        let at = self.subjects.len() - 1 - usize::from(a) % self.subjects.len().min(4);
        let (now, subject) = (self.world.now, &mut self.subjects[at]);
        let device = who.map_or(&mut self.home.founder, |who| &mut self.hands[who].device);
        let seen = subject.operations[subject.operations.len() - 1 - usize::from(b) % subject.operations.len()];
        let own = subject.last_by.get(&device.key()).copied().filter(|_| !edit.is_beside());
        let beside = edit.is_beside();
        let parents: Vec<OperationId> = own.into_iter().chain([seen]).collect();
        let place = subject.place_after(&parents);
        let operation = device.edit(place, subject.id, parents, vec![edit], now);
        subject.spaces.insert(operation.id(), place.space);
        if !beside {
            subject.last_by.insert(device.key(), operation.id());
            if who != Some(0) {
                subject.operations.push(operation.id());
            }
        }
        self.log.push(operation);
    }

    /// Somebody shows an item of their own, or now and then of somebody else, to other people than before.
    fn show(&mut self, who: usize, a: u8, b: u8, c: u8) {
        let person = self.hands[who].person;
        let meddles = c.is_multiple_of(16);
        let mut own = (0..self.subjects.len()).rev().filter(|at| meddles || self.subjects[*at].person == person);
        let Some(at) = own.nth(usize::from(a) % 2) else { return };
        let (now, subject, hand) = (self.world.now, &mut self.subjects[at], &mut self.hands[who]);
        let seen = subject.operations[subject.operations.len() - 1 - usize::from(b) % subject.operations.len().min(3)];
        let own = subject.last_by.get(&hand.device.key()).copied();
        let parents: Vec<OperationId> = own.into_iter().chain([seen]).collect();
        let place = subject.place_after(&parents);
        let others = [Space::Members, Space::Square, Space::Neighbours].into_iter().filter(|to| *to != place.space);
        let to = others.cycle().nth(usize::from(c) % 2).unwrap_or(Space::Square);
        let operation = hand.device.show_to(place, subject.id, parents, to, now);
        subject.spaces.insert(operation.id(), to);
        subject.last_by.insert(hand.device.key(), operation.id());
        if hand.person == subject.person {
            subject.operations.push(operation.id());
        }
        self.log.push(operation);
    }

    /// A device signs two things with one number, as a restored backup would, and goes on from either.
    fn fork(&mut self, who: usize, a: u8, b: u8) {
        let device = &self.hands[who].device;
        let copy = SecretKey::from_seed(&device.secret().to_seed());
        let mut twin = Device::resume(copy, device.home(), device.sequence(), device.previous());
        self.edit(who, a, b, 1);
        std::mem::swap(&mut self.hands[who].device, &mut twin);
        match b % 3 {
            0 => self.create(who, a, b),
            1 => self.edit(who, b, a, 2),
            _ => self.comment(who, b, a),
        }
        if a.is_multiple_of(2) {
            std::mem::swap(&mut self.hands[who].device, &mut twin);
        }
    }

    /// The connector or the founder grants or withdraws a role.
    fn change_role(&mut self, a: u8, b: u8) {
        let statement = Statement::RoleChange(RoleChange {
            resident: self.residents[usize::from(a) % self.residents.len()].into(),
            role: if b.is_multiple_of(2) { Role::Connector } else { Role::Resident },
            counts: Vec::new(),
        });
        let at = self.home.at;
        let operation = if a.is_multiple_of(3) {
            self.world.compose_statement(at, &mut self.hands[2].device, statement)
        } else {
            self.world.compose_statement(at, &mut self.home.founder, statement)
        };
        // The founder's own box may refuse what the connector, by then none any more, says: it travels all the same.
        let _ = self.world.submit(at, &operation);
        self.log.push(operation);
    }

    fn restate_treaty(&mut self, a: u8, b: u8) {
        let kinds = if a.is_multiple_of(2) { vec![Kind::EVENT] } else { Vec::new() };
        let (home, partner) = (self.home.id, self.partner.id);
        let operation = if b.is_multiple_of(2) {
            self.world.treaty_statement(&mut self.home, partner, None, kinds)
        } else {
            self.world.treaty_statement(&mut self.partner, home, Some(self.offer), kinds)
        };
        self.log.push(operation);
    }

    /// A box of the home village that holds nothing but the beginning, and a certified peer to bring it the rest.
    pub(crate) fn listener(&mut self) -> Puppet {
        let (home, first) = (self.home.id, self.home.at);
        let beginning = self.home.beginning.clone();
        self.listener_of(home, first, &beginning)
    }

    /// The same of the partner village, for which not everything is.
    pub(crate) fn listener_next_door(&mut self) -> Puppet {
        let (home, first) = (self.partner.id, self.partner.at);
        let beginning = self.partner.beginning.clone();
        self.listener_of(home, first, &beginning)
    }

    fn listener_of(&mut self, home: NeighbourhoodId, first: usize, beginning: &[Signed]) -> Puppet {
        let at = self.world.add_box(home);
        for operation in beginning {
            self.world.submit(at, operation).unwrap();
        }
        let key = self.world.boxes[first].key;
        self.world.greeting_puppet(at, key, home).0
    }

    /// Brings what the listener does not hold, in batches of up to `batch`, until bringing it again changes nothing.
    pub(crate) fn bring_all(&mut self, listener: Puppet, order: &[Signed], batch: usize) {
        for round in 0.. {
            assert!(round < 12, "bringing the same again goes on changing things");
            let at = listener.at;
            let before = self.world.boxes[at].dump(&[Table::Operations]);
            let missing: Vec<Signed> =
                order.iter().filter(|operation| self.world.boxes[at].lacks(operation)).cloned().collect();
            missing.chunks(batch).for_each(|operations| drop(self.world.bring(listener, operations)));
            if self.world.boxes[at].dump(&[Table::Operations]) == before {
                return;
            }
        }
    }

    /// All that was signed in an order that follows from `seed`, some of it before its payload and some of it after.
    pub(crate) fn scattered_with_envelopes(&self, seed: u64) -> Vec<Signed> {
        let mut state = !seed;
        let envelopes = self.log.iter().filter(|operation| !operation.header().permanent);
        let envelopes = envelopes.filter(|_| split_mix(&mut state).is_multiple_of(3)).map(Signed::without_payload);
        let all: Vec<Signed> = self.log.iter().cloned().chain(envelopes).collect();
        shuffled(&all, seed)
    }

    /// All that was signed, in an order that follows from `seed`, some of it twice.
    pub(crate) fn scattered(&self, seed: u64) -> Vec<Signed> {
        let mut state = seed;
        let mut operations = self.log.clone();
        operations.extend(self.log.iter().filter(|_| split_mix(&mut state).is_multiple_of(4)).cloned());
        shuffled(&operations, seed)
    }
}

/// The same of the fields that a story of everything has besides.
fn edit_of_the_rest(a: u8, b: u8) -> Edit {
    let set = |field, value| Edit::Set { field, value };
    let text = |field, text: &str| set(field, Value::Text(text.to_owned()));
    match a % 9 {
        0 => text(Field::CATEGORY, ["sport", "muziek"][usize::from(b) % 2]),
        1 => text(Field::REPEATS, ["FREQ=WEEKLY;BYDAY=TH", "FREQ=MONTHLY;BYDAY=1TH;COUNT=9"][usize::from(b) % 2]),
        2 => text(Field::REVIEW_BY, ["2027-01-01", "2027-06-01"][usize::from(b) % 2]),
        3 => set(Field::SETTLED, Value::Bool(b.is_multiple_of(2))),
        4 => set([Field::CAPACITY, Field::PARTY][usize::from(b) % 2], Value::Int(i64::from(b % 4) + 1)),
        5 => set(Field::AREA, Value::Bytes(vec![b % 3; 32])),
        6 => Edit::Add { field: Field::EXCEPT, member: ["2026-12-24", "2026-12-31"][usize::from(b) % 2].to_owned() },
        7 => Edit::Remove { field: Field::EXCEPT, member: "2026-12-24".to_owned() },
        _ => set([Field::REPEATS, Field::EXCEPT, Field::AREA, Field::STARTS][usize::from(b) % 4], Value::Null),
    }
}

/// One of a few edits, chosen so that concurrent ones disagree often.
pub(crate) fn edit_of(a: u8, b: u8) -> Edit {
    let set = |field, value| Edit::Set { field, value };
    let text = |field, text: &str| set(field, Value::Text(text.to_owned()));
    let member = ["koken", "fietsen", "Duits", "snoeien"][usize::from(b) % 4].to_owned();
    match a % 12 {
        0 => title(["Zomerfeest", "Winterfeest", "Lentefeest"][usize::from(b) % 3]),
        1 => text(Field::STARTS, ["2026-12-04T20:00", "2026-12-05", "2026-12-04T19:30"][usize::from(b) % 3]),
        2 => text(Field::PLACE, ["Dorpshuis", "Kerk"][usize::from(b) % 2]),
        3 => set(Field::CANCELLED, Value::Bool(b.is_multiple_of(2))),
        4 => body(["Kom gerust langs.", "Neem soep mee 🍲", ""][usize::from(b) % 3]),
        5 | 6 => {
            Edit::Splice { field: Field::BODY, at: u32::from(b % 30), delete: u32::from(b % 5), insert: "één".into() }
        }
        7 | 8 => Edit::Add { field: Field::TALENTS, member },
        9 => Edit::Remove { field: Field::TALENTS, member },
        10 => set([Field::TITLE, Field::TALENTS, Field::ENDS, Field::BODY][usize::from(b) % 4], Value::Null),
        _ => text(Field::NAME, ["Anne", "Anne de Wit"][usize::from(b) % 2]),
    }
}

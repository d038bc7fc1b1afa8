//! A council of connectors whose statements name the parents a test chooses, and boxes that hear them in every order.

// Each file of tests uses its own part of this.
#![allow(dead_code)]

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow, RangeBounds};
use std::sync::{Arc, RwLock};

use dorpsplein_protocol::authority::{DeviceState, Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    DeviceCount, Endorsement, ItemId, MemberRemoval, NeighbourhoodId, OperationId, ResidentId, Role, RoleChange,
    Signed, Statement, Treaty, TreatyDirection,
};
use dorpsplein_protocol::replica::{Input, Replica, SessionId};
use dorpsplein_protocol::store::{Batch, Direction, KeyRange, Read, Store, StoreError, Table, Visit};
use dorpsplein_protocol::sync::{Checked, Message, SESSION_VERSION};
use dorpsplein_protocol::time::Timestamp;

use super::support::{DAY, Dump, START, Village, World, shuffled, split_mix};

/// When boxes listen: so long after everything was signed that nothing waits for its time.
pub(crate) const LATER: Timestamp = START.plus_millis(10 * DAY);

/// People in one village, the first few of them connectors; all that is said after its founding is in a test's hands.
pub(crate) struct Council {
    pub(crate) world: World,
    pub(crate) id: NeighbourhoodId,
    pub(crate) members: Vec<Member>,
    /// What every box heard before the story begins, in order.
    pub(crate) base: Vec<Signed>,
    /// The register's heads then.
    pub(crate) heads: Vec<OperationId>,
    /// The box in `world` that heard all of it as well.
    at: usize,
    peer: PublicKey,
    /// A box that heard the base and nothing else.
    first: OnceCell<Listener>,
}

/// Somebody with one device.
pub(crate) struct Member {
    pub(crate) device: Device,
    pub(crate) resident: ResidentId,
    /// What their device had signed when the story began.
    pub(crate) count: DeviceCount,
    before: Option<OperationId>,
    /// What they said last since then.
    last: Option<OperationId>,
}

impl Council {
    /// The founder and others: `connectors` of them in all, admitted in this order, and then `residents` more.
    pub(crate) fn of(connectors: usize, residents: usize) -> Self {
        let mut world = World::new();
        let mut village = world.found("Oosterwijk aan de Vliet");
        let at = village.at;
        let mut base = village.beginning.clone();
        let mut joined = Vec::new();
        for _ in 1..connectors + residents {
            let (device, admission) = world.join_with(&mut village, Role::Resident);
            joined.push((device, ResidentId::from(admission[1].id())));
            base.extend(admission);
        }
        for number in 1..connectors {
            let (resident, role) = (joined[number - 1].1, Role::Connector);
            let grant = Statement::RoleChange(RoleChange { resident, role, counts: Vec::new() });
            let grant = world.state(at, &mut village.founder, grant);
            base.push(grant.clone());
            // From the fourth on three stand already, and one of them has to sign as well.
            if number >= 3 {
                let endorsement = Statement::Endorsement(Endorsement { of: grant.id() });
                base.push(world.state(at, &mut joined[0].0, endorsement));
            }
        }
        let (peer, heads) = (world.boxes[at].key, world.boxes[at].replica.registers().home().heads());
        let Village { id, founder, .. } = village;
        let founder = (founder, ResidentId::from(OperationId::from(id)));
        let members = std::iter::once(founder).chain(joined).map(|(device, resident)| {
            let count = DeviceCount { device: device.key(), last: device.sequence() };
            let before = device.previous();
            Member { device, resident, count, before, last: None }
        });
        Self { members: members.collect(), world, id, base, heads, at, peer, first: OnceCell::new() }
    }

    /// Somebody says something after what every box knows, and after what they said before.
    pub(crate) fn say(&mut self, who: usize, statement: Statement) -> Signed {
        self.say_after(who, &[], START, statement)
    }

    /// As [`Council::say`], having seen `seen` as well, at a time of their own.
    pub(crate) fn say_after(&mut self, who: usize, seen: &[&Signed], at: Timestamp, statement: Statement) -> Signed {
        let member = &mut self.members[who];
        let mut parents: Vec<OperationId> = seen.iter().map(|operation| operation.id()).chain(member.last).collect();
        if parents.is_empty() {
            parents.clone_from(&self.heads);
        }
        let operation = member.device.state(parents, statement, at);
        member.last = Some(operation.id());
        operation
    }

    /// The statement that removes somebody and leaves all that stands at the beginning of the story.
    pub(crate) fn removal(&self, target: usize) -> Statement {
        let Member { resident, count, .. } = &self.members[target];
        Statement::MemberRemoval(MemberRemoval { resident: *resident, counts: vec![*count] })
    }

    /// The statement that makes somebody a connector, or takes that away again.
    pub(crate) fn role(&self, target: usize, role: Role) -> Statement {
        let Member { resident, count, .. } = &self.members[target];
        let counts = if role == Role::Resident { vec![*count] } else { Vec::new() };
        Statement::RoleChange(RoleChange { resident: *resident, role, counts })
    }

    /// Somebody signs what somebody else proposed.
    pub(crate) fn endorse(&mut self, who: usize, proposal: &Signed) -> Signed {
        self.say_after(who, &[proposal], START, endorsement(proposal))
    }

    /// Makes a treaty with another village; its founder, a resident of it, and what they said so far in `base`.
    pub(crate) fn befriend(&mut self) -> (Village, Device) {
        let mut other = self.world.found("Hogeveld");
        let (visitor, admission) = self.world.join_with(&mut other, Role::Resident);
        let terms = |with, accepts| {
            let (direction, expires) = (TreatyDirection::Both, START.plus_millis(300 * DAY));
            Statement::Treaty(Treaty { with, accepts, direction, kinds: Vec::new(), expires })
        };
        let founder = &mut self.members[0];
        let offer = self.world.state(self.at, &mut founder.device, terms(other.id, None));
        let acceptance = self.world.state(other.at, &mut other.founder, terms(self.id, Some(offer.id())));
        (founder.count.last, founder.before) = (founder.device.sequence(), founder.device.previous());
        self.heads = vec![offer.id()];
        self.base.push(offer);
        self.base.extend(other.beginning.iter().cloned().chain(admission).chain([acceptance]));
        (other, visitor)
    }

    /// Takes back all that was said since the story began, for another story.
    pub(crate) fn restart(&mut self) {
        for member in &mut self.members {
            let secret = SecretKey::from_seed(&member.device.secret().to_seed());
            member.device = Device::resume(secret, self.id, member.count.last, member.before);
            member.last = None;
        }
    }

    /// A key that nobody used yet.
    pub(crate) fn secret(&mut self) -> SecretKey {
        self.world.secret()
    }

    /// A box that heard what everybody heard.
    pub(crate) fn listener(&self) -> Listener {
        let first = self.first.get_or_init(|| {
            let (key, shelf) = (SecretKey::from_seed(&[200; 32]).public(), Arc::new(Shelf::default()));
            let mut listener = Listener::open(shelf, self.id, key, self.peer);
            self.base.iter().for_each(|operation| listener.hear(operation));
            listener
        });
        first.reopened()
    }
}

/// The statement by which somebody signs a proposal as well.
pub(crate) fn endorsement(of: &Signed) -> Statement {
    Statement::Endorsement(Endorsement { of: of.id() })
}

/// What a box makes of a history: verdicts in the order of the history, none for what it did not keep or keeps waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) verdicts: Vec<Option<Verdict>>,
    pub(crate) people: Vec<Person>,
    pub(crate) heads: Vec<OperationId>,
    pub(crate) rows: Dump,
}

/// A resident as a box sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: ResidentId,
    pub(crate) present: bool,
    pub(crate) role: Role,
    pub(crate) devices: Vec<(PublicKey, DeviceState, Option<u64>)>,
}

impl Sight {
    /// Whether the statement with this number counts.
    pub(crate) fn counts(&self, number: usize) -> bool {
        self.verdicts[number] == Some(Verdict::Permitted)
    }

    /// The numbers of the statements that count.
    pub(crate) fn counting(&self) -> Vec<usize> {
        (0..self.verdicts.len()).filter(|number| self.counts(*number)).collect()
    }

    /// The numbers of the council's members who are there, and of those among them who are connectors.
    pub(crate) fn standing(&self, council: &Council) -> (Vec<usize>, Vec<usize>) {
        let person = |member: &Member| self.people.iter().find(|person| person.id == member.resident);
        let all = council.members.iter().enumerate();
        let present: Vec<_> =
            all.filter_map(|(number, member)| person(member).filter(|p| p.present).map(|p| (number, p.role))).collect();
        let connectors = present.iter().filter(|(_, role)| *role == Role::Connector);
        (present.iter().map(|(number, _)| *number).collect(), connectors.map(|(number, _)| *number).collect())
    }

    /// The devices that may sign, of one of the council's members.
    pub(crate) fn active_devices(&self, member: &Member) -> Vec<PublicKey> {
        let person = self.people.iter().find(|person| person.id == member.resident && person.present);
        let devices = person.into_iter().flat_map(|person| &person.devices);
        devices.filter(|(_, state, _)| *state == DeviceState::Active).map(|(key, ..)| *key).collect()
    }

    /// Whether an item is shown.
    pub(crate) fn shows(&self, item: ItemId) -> bool {
        self.rows.contains_key(&(Table::Rows, item.as_bytes().to_vec()))
    }

    /// Whether two boxes see the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// In what two boxes differ, for somebody to read. One may have thrown away what the other keeps as refused.
    pub(crate) fn difference(&self, other: &Self) -> String {
        let mut found = String::new();
        for (number, (one, two)) in self.verdicts.iter().zip(&other.verdicts).enumerate() {
            match (one, two) {
                (Some(Verdict::Refused(_)), None) | (None, Some(Verdict::Refused(_))) => {}
                _ if one == two => {}
                _ => found += &format!("statement {number}: {one:?} against {two:?}\n"),
            }
        }
        for (one, two) in self.people.iter().zip(&other.people).filter(|(one, two)| one != two) {
            found += &format!("{one:?} against {two:?}\n");
        }
        let counts = |sight: &Self| (sight.people.len(), sight.heads.clone(), sight.rows.len());
        if self.people.len() != other.people.len() || self.heads != other.heads || self.rows != other.rows {
            found += &format!("people, heads and rows: {:?} against {:?}\n", counts(self), counts(other));
        }
        found
    }
}

/// A box that hears a history from a certified peer.
pub(crate) struct Listener {
    shelf: Arc<Shelf>,
    replica: Replica<Arc<Shelf>>,
    home: NeighbourhoodId,
    key: PublicKey,
    peer: PublicKey,
}

const SESSION: SessionId = SessionId(1);

impl Listener {
    fn open(shelf: Arc<Shelf>, home: NeighbourhoodId, key: PublicKey, peer: PublicKey) -> Self {
        let replica = Replica::open(shelf.clone(), home, key, LATER).unwrap();
        let mut listener = Self { shelf, replica, home, key, peer };
        listener.handle(Input::Introduce { peer, neighbourhood: home });
        listener.handle(Input::Opened { session: SESSION, peer, outbound: false });
        listener.say(&Message::Hello { version: SESSION_VERSION, neighbourhood: home });
        listener
    }

    /// Another box that holds what this one holds, opened from its store.
    pub(crate) fn reopened(&self) -> Self {
        Self::open(Arc::new(self.shelf.copy()), self.home, self.key, self.peer)
    }

    /// The peer brings an operation.
    pub(crate) fn hear(&mut self, operation: &Signed) {
        self.say(&Message::Push { operation: operation.encode() });
        assert!(self.replica.sessions().next().is_some(), "the session is still open");
    }

    /// What this box makes of the history.
    pub(crate) fn sight(&self, history: &[Signed]) -> Sight {
        let register = self.register();
        let devices = |devices: Vec<dorpsplein_protocol::authority::DeviceEntry>| {
            devices.into_iter().map(|device| (device.key, device.state, device.counts_to)).collect()
        };
        let mut people: Vec<Person> = register
            .residents()
            .map(|r| Person { id: r.id, present: r.present, role: r.role, devices: devices(r.devices) })
            .collect();
        people.sort_by_key(|person| person.id);
        let rows = self.shelf.rows();
        let verdicts = history.iter().map(|operation| register.verdict(&operation.id())).collect();
        Sight { verdicts, people, heads: register.heads(), rows }
    }

    /// Its own neighbourhood's register.
    pub(crate) fn register(&self) -> &Register {
        self.replica.registers().home()
    }

    fn say(&mut self, message: &Message) {
        self.handle(Input::Received { session: SESSION, frame: Checked::new(&message.encode()) });
    }

    fn handle(&mut self, input: Input) {
        let effects = self.replica.handle(LATER, input).unwrap();
        self.shelf.commit(&effects.batch).unwrap();
        self.replica.committed();
    }
}

/// Hears a history in every order there is, and says what a box sees of each of its subsets: the number of a subset has a
/// bit for each statement in it.
///
/// An order is a path through the subsets. A box that is opened from what another one stored goes on as that one would
/// (which is checked of every subset, also the last), so it is enough that all steps into one subset end in the same sight. Without being
/// opened anew boxes hear all orders of up to five statements, and a hundred of more.
pub(crate) fn in_every_order(council: &Council, history: &[Signed]) -> Vec<Sight> {
    let all = 1_usize << history.len();
    let mut boxes: Vec<Listener> = vec![council.listener()];
    let mut sights = vec![boxes[0].sight(history)];
    for subset in 1..all {
        let mut first: Option<(Listener, Sight)> = None;
        for number in (0..history.len()).filter(|number| subset & (1 << number) != 0) {
            let before = subset ^ (1 << number);
            let mut listener = boxes[before].reopened();
            listener.hear(&history[number]);
            let sight = listener.sight(history);
            match &first {
                Some((_, same)) => assert!(same.agrees(&sight), "{subset:b} by {number}: {}", same.difference(&sight)),
                None => first = Some((listener, sight)),
            }
        }
        let (listener, sight) = first.unwrap();
        assert_eq!(listener.reopened().sight(history), sight, "opened again after {subset:b}");
        boxes.push(listener);
        sights.push(sight);
    }
    for order in orders(history.len()) {
        let (mut listener, mut subset) = (boxes[0].reopened(), 0);
        for number in &order {
            listener.hear(&history[*number]);
            subset |= 1 << number;
            let sight = listener.sight(history);
            assert!(sight.agrees(&sights[subset]), "{order:?}: {}", sight.difference(&sights[subset]));
        }
    }
    sights
}

/// All orders of up to five things, a hundred of more.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let numbers: Vec<usize> = (0..count).collect();
    if count > 5 {
        return (0..100).map(|seed| shuffled(&numbers, seed)).collect();
    }
    let mut orders = vec![Vec::new()];
    for _ in 0..count {
        let longer = |order: Vec<usize>| {
            let left: Vec<usize> = numbers.iter().filter(|number| !order.contains(number)).copied().collect();
            left.into_iter().map(move |number| [&order[..], &[number]].concat())
        };
        orders = orders.into_iter().flat_map(longer).collect();
    }
    orders
}

/// A store that can be copied.
#[derive(Default)]
pub(crate) struct Shelf {
    tables: RwLock<Tables>,
}

type Tables = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

impl Shelf {
    fn copy(&self) -> Self {
        Self { tables: RwLock::new(self.tables.read().unwrap().clone()) }
    }

    fn rows(&self) -> Dump {
        let tables = self.tables.read().unwrap();
        let rows = tables.iter().filter(|(table, _)| Table::ROWS.contains(table));
        let entries = |(table, entries): (&Table, &BTreeMap<Vec<u8>, Vec<u8>>)| {
            entries.iter().map(|(key, value)| ((*table, key.clone()), value.clone())).collect::<Vec<_>>()
        };
        rows.flat_map(entries).collect()
    }
}

impl Read for Shelf {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.read().unwrap().get(&table).and_then(|entries| entries.get(key)).cloned())
    }

    fn scan(
        &self,
        table: Table,
        (lower, upper): KeyRange<'_>,
        direction: Direction,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        let tables = self.tables.read().unwrap();
        let Some(entries) = tables.get(&table) else { return Ok(()) };
        // `BTreeMap::range` panics where a range is upside down.
        let from = match lower {
            Bound::Included(key) | Bound::Excluded(key) => key.to_vec(),
            Bound::Unbounded => Vec::new(),
        };
        let inside = |key: &[u8]| (lower, upper).contains(key);
        let before_end = |key: &[u8]| match upper {
            Bound::Included(end) => key <= end,
            Bound::Excluded(end) => key < end,
            Bound::Unbounded => true,
        };
        let found = entries.range(from..).take_while(|(key, _)| before_end(key)).filter(|(key, _)| inside(key));
        let mut call = |(key, value): (&Vec<u8>, &Vec<u8>)| visit(key, value) == ControlFlow::Break(());
        match direction {
            Direction::Ascending => found.into_iter().any(&mut call),
            Direction::Descending => found.collect::<Vec<_>>().into_iter().rev().any(&mut call),
        };
        Ok(())
    }
}

impl Store for Shelf {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut tables = self.tables.write().unwrap();
        for (table, key, value) in batch.writes() {
            let entries = tables.entry(table).or_default();
            match value {
                Some(value) => drop(entries.insert(key.to_vec(), value.to_vec())),
                None => drop(entries.remove(key)),
            }
        }
        Ok(())
    }
}

/// A random number below `bound`.
pub(crate) fn below(state: &mut u64, bound: usize) -> usize {
    (split_mix(state) % bound as u64) as usize
}

/// How many times each thing occurs.
pub(crate) fn tally<T: Ord>(things: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    things.into_iter().for_each(|thing| *counts.entry(thing).or_default() += 1);
    counts
}

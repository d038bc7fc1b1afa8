//! Where the boxes of neighbours are, told from box to box, so that one whose address changed is found through any
//! common neighbour.
//!
//! Each box signs where it can be reached from outside, and sends that to its neighbours. Each passes on what it was
//! told to those who [may know](neighbours::may_know), and to nobody else. Of two records of one box the newer counts, and
//! what is said of boxes that we have nothing to do with is not kept. This task is also what tells the network who is
//! [entitled](neighbours::entitled) to anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::time::Timestamp;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::neighbours;
use crate::clock;
use crate::data_folder::addresses::{AddressBook, KeptRecord};
use crate::data_folder::peers::PeerBook;
use crate::data_folder::ways::{Way, WayKind, Ways, WaysFile};
use crate::driver::{DriverHandle, peer_id, public_key};
use crate::net::{AddressRecord, Keypair, MAX_MESSAGE_RECORDS, NetHandle, Reach, Route, Told};

/// How often to look whether there is something to tell.
const ROUND: Duration = Duration::from_secs(1);
/// A record older than this is worth nothing any more, in seconds: a box that is there signs a new one every day.
const MAX_AGE_S: u64 = 30 * 24 * 3_600;
/// A record may be signed so far ahead of this box's clock, in seconds.
const MAX_AHEAD_S: u64 = 24 * 3_600;
/// How often a box signs where it is, if nothing changes.
const SIGN_AGAIN: Duration = Duration::from_secs(24 * 3_600);
/// The least time between two records, whose numbers count seconds.
const SIGN_PAUSE: Duration = Duration::from_secs(2);
/// How long a box has to be unreachable before it says so. After a start it takes a moment until a neighbour has tried.
const UNREACHABLE: Duration = Duration::from_secs(120);
/// How long to wait before telling somebody again who could not be told.
const TELL_AGAIN: Duration = Duration::from_secs(5);
/// Messages of one peer that are looked at in [`HEARD_WINDOW`]; the rest of what a peer says is not. Each takes the checking
/// of at most [`MAX_MESSAGE_RECORDS`] signatures.
const HEARD_MESSAGES: u32 = 60;
const HEARD_WINDOW: Duration = Duration::from_secs(60);

/// What is known of the boxes of neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Who speaks for whom, of those who get what is for neighbours.
    pub(super) entitled: BTreeMap<PublicKey, NeighbourhoodId>,
    /// Where they say they are.
    pub(super) addresses: BTreeMap<PublicKey, Vec<Multiaddr>>,
}

/// What the task works with.
pub(super) struct Surroundings {
    pub(super) net: NetHandle,
    pub(super) driver: DriverHandle,
    pub(super) keypair: Keypair,
    pub(super) book: AddressBook,
    pub(super) peers: PeerBook,
    pub(super) ways: WaysFile,
}

/// The task.
pub(super) struct Whereabouts {
    around: Surroundings,
    own: Own,
    records: BTreeMap<PublicKey, KeptRecord>,
    /// The boxes that a treaty or a connector named, and whose registers may not be here yet.
    introduced: BTreeMap<PublicKey, NeighbourhoodId>,
    /// Whom we told what, since they connected.
    told: BTreeMap<PeerId, Telling>,
    heard: BTreeMap<PeerId, (Instant, u32)>,
    places: watch::Sender<Arc<Places>>,
    written: Option<Ways>,
}

/// Where this box itself is.
struct Own {
    record: Option<AddressRecord>,
    signed: Instant,
    /// Since when it is reached where it is reached now.
    since: Instant,
    outside: BTreeSet<Multiaddr>,
}

/// What one peer was told.
struct Telling {
    sequences: BTreeMap<PublicKey, u64>,
    not_before: Instant,
}

impl Whereabouts {
    /// The task, with what the book holds; and where it publishes what it knows.
    pub(super) fn new(around: Surroundings) -> (Self, watch::Receiver<Arc<Places>>) {
        let kept = around.book.read().unwrap_or_else(|error| {
            tracing::warn!(%error, "what was known of neighbours' addresses is lost; they will tell it again");
            Vec::new()
        });
        let keyed = kept.into_iter().filter_map(|kept| Some((public_key(&kept.record.peer())?, kept)));
        let (places, receiver) = watch::channel(Arc::default());
        let now = Instant::now();
        let whereabouts = Self {
            around,
            own: Own { record: None, signed: now, since: now, outside: BTreeSet::new() },
            records: keyed.collect(),
            introduced: BTreeMap::new(),
            told: BTreeMap::new(),
            heard: BTreeMap::new(),
            places,
            written: None,
        };
        (whereabouts, receiver)
    }

    /// Listens and tells until it is stopped.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told = self.around.net.take_told();
        let mut reach = self.around.net.watch_reach();
        loop {
            self.look_up_introduced().await;
            tokio::select! {
                () = stop.cancelled() => break,
                heard = next(&mut told) => match heard {
                    Some(heard) => self.hear(heard).await,
                    None => told = None,
                },
                changed = reach.changed() => if changed.is_err() { break },
                _ = rounds.tick() => {}
            }
            let now = Arc::clone(&reach.borrow_and_update());
            self.round(&now);
        }
        if let Err(error) = self.around.ways.remove() {
            tracing::warn!(%error, "commands on this machine will show ways that are gone");
        }
    }

    /// Reads whom somebody named here. While the book cannot be read (whoever dials says so), what it said last stands.
    async fn look_up_introduced(&mut self) {
        let book = self.around.peers.clone();
        if let Ok(Ok(peers)) = tokio::task::spawn_blocking(move || book.read()).await {
            let introduced = peers.into_iter().filter(|peer| peer.introduced);
            self.introduced = introduced.map(|peer| (peer.key, peer.neighbourhood)).collect();
        }
    }

    /// Whose box has this key, as far as it is one we have to do with: one of a neighbour by the registers, or one that was
    /// named here. Without the latter, a box that only a common neighbour can find would never be met for the first time.
    fn belongs_to(&self, key: &PublicKey, entitled: &BTreeMap<PublicKey, NeighbourhoodId>) -> Option<NeighbourhoodId> {
        entitled.get(key).or_else(|| self.introduced.get(key)).copied()
    }

    fn round(&mut self, reach: &Reach) {
        let (registers, now) = (self.around.driver.registers(), clock::now());
        let mut entitled = neighbours::entitled(&registers, now);
        entitled.retain(|key, _| peer_id(key) != Some(self.around.net.local_peer()));
        self.around.net.entitle(entitled.keys().filter_map(peer_id).collect());
        // Who is no neighbour any more is nobody whose address is kept here.
        let mut records = std::mem::take(&mut self.records);
        records.retain(|key, kept| self.belongs_to(key, &entitled).is_some() && is_fresh(&kept.record, now));
        self.records = records;
        self.sign(reach);
        self.tell(reach, &registers, &entitled, now);
        self.write_ways(reach, &entitled);
        let addresses = self.records.iter().map(|(key, kept)| (*key, kept.record.addresses().to_vec())).collect();
        self.places.send_if_modified(|published| {
            let places = Places { entitled, addresses };
            let changed = **published != places;
            if changed {
                *published = Arc::new(places);
            }
            changed
        });
    }

    /// Signs where this box is, if that changed or was said long ago.
    fn sign(&mut self, reach: &Reach) {
        let own = &mut self.own;
        if own.outside != reach.outside {
            own.outside.clone_from(&reach.outside);
            own.since = Instant::now();
        }
        let said: BTreeSet<_> = own.record.iter().flat_map(|record| record.addresses().iter().cloned()).collect();
        let sayable: BTreeSet<_> =
            own.outside.iter().filter(|address| crate::net::is_public(address)).cloned().collect();
        let changed = own.record.is_none() || said != sayable;
        let certain = !sayable.is_empty() || own.since.elapsed() >= UNREACHABLE;
        let paused = own.record.is_none() || own.signed.elapsed() >= SIGN_PAUSE;
        let old = own.record.is_some() && own.signed.elapsed() >= SIGN_AGAIN;
        if !(changed && certain && paused || old) {
            return;
        }
        match AddressRecord::sign(&self.around.keypair, sayable) {
            Ok(record) => (own.record, own.signed) = (Some(record), Instant::now()),
            Err(error) => tracing::error!(%error, "this box cannot sign where it is"),
        }
    }

    /// Tells everybody who is connected what they may know and were not told yet.
    fn tell(
        &mut self,
        reach: &Reach,
        registers: &Registers,
        entitled: &BTreeMap<PublicKey, NeighbourhoodId>,
        now: Timestamp,
    ) {
        self.told.retain(|peer, _| reach.routes.contains_key(peer));
        let home = registers.home().neighbourhood();
        for peer in reach.routes.keys() {
            let Some(key) = public_key(peer) else { continue };
            let Some(to) = entitled.get(&key) else { continue };
            let start = || Telling { sequences: BTreeMap::new(), not_before: Instant::now() };
            let telling = self.told.entry(*peer).or_insert_with(start);
            if Instant::now() < telling.not_before {
                continue;
            }
            let own = self.own.record.iter().map(|record| (public_key(&record.peer()), home, record));
            let others = self.records.iter().map(|(key, kept)| (Some(*key), kept.neighbourhood, &kept.record));
            let mut due: Vec<(PublicKey, &AddressRecord)> = own
                .chain(others)
                .filter_map(|(about, of, record)| Some((about?, of, record)))
                .filter(|(about, of, record)| {
                    let news = telling.sequences.get(about).is_none_or(|told| *told < record.sequence());
                    *about != key && news && neighbours::may_know(registers, of, to, now)
                })
                .map(|(about, _, record)| (about, record))
                .collect();
            due.truncate(MAX_MESSAGE_RECORDS);
            if due.is_empty() {
                continue;
            }
            let bytes = due.iter().map(|(_, record)| record.bytes().to_vec()).collect();
            if self.around.net.tell(*peer, bytes).is_ok() {
                telling.sequences.extend(due.iter().map(|(about, record)| (*about, record.sequence())));
            }
        }
    }

    async fn hear(&mut self, told: Told) {
        let (peer, records) = match told {
            Told::Records { peer, records } => (peer, records),
            Told::Failed { peer } => {
                if let Some(telling) = self.told.get_mut(&peer) {
                    *telling = Telling { sequences: BTreeMap::new(), not_before: Instant::now() + TELL_AGAIN };
                }
                return;
            }
        };
        if !self.listens_to(peer) {
            tracing::debug!(%peer, "a neighbour says too much about addresses");
            return;
        }
        let registers = self.around.driver.registers();
        let (now, entitled) = (clock::now(), neighbours::entitled(&registers, clock::now()));
        let mut news = false;
        for bytes in records {
            match AddressRecord::read(&bytes) {
                Ok(record) => news |= self.take(record, &entitled, now),
                Err(error) => tracing::debug!(%peer, %error, "not an address record"),
            }
        }
        if news {
            self.write_book().await;
        }
    }

    /// Whether what `peer` says is looked at, or was too much already.
    fn listens_to(&mut self, peer: PeerId) -> bool {
        let now = Instant::now();
        self.heard.retain(|_, (since, _)| now.duration_since(*since) < HEARD_WINDOW);
        let (_, messages) = self.heard.entry(peer).or_insert((now, 0));
        *messages += 1;
        *messages <= HEARD_MESSAGES
    }

    /// Keeps a record of a box that we have to do with, if it is newer than what is known. Says whether it did.
    fn take(&mut self, record: AddressRecord, entitled: &BTreeMap<PublicKey, NeighbourhoodId>, now: Timestamp) -> bool {
        let Some(key) = public_key(&record.peer()) else { return false };
        let Some(neighbourhood) = self.belongs_to(&key, entitled) else { return false };
        let is_ours = record.peer() == self.around.net.local_peer();
        let known = self.records.get(&key).map_or(0, |kept| kept.record.sequence());
        if is_ours || record.sequence() <= known || !is_fresh(&record, now) {
            return false;
        }
        tracing::info!(%key, addresses = ?record.addresses(), "a box of a neighbour tells where it is");
        self.records.insert(key, KeptRecord { neighbourhood, record });
        true
    }

    async fn write_book(&self) {
        let (book, records) = (self.around.book.clone(), self.records.values().cloned().collect::<Vec<_>>());
        let written = tokio::task::spawn_blocking(move || book.write(records.iter())).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "what neighbours tell of addresses is not kept");
        }
    }

    /// Says for commands on this machine how everybody is reached.
    fn write_ways(&mut self, reach: &Reach, entitled: &BTreeMap<PublicKey, NeighbourhoodId>) {
        let ways = ways(reach, entitled);
        if self.written.as_ref() == Some(&ways) {
            return;
        }
        match self.around.ways.write(&ways) {
            Ok(()) => self.written = Some(ways),
            Err(error) => tracing::warn!(%error, "commands on this machine cannot see how neighbours are reached"),
        }
    }
}

/// What is heard next; nothing, for ever, once the network has stopped.
async fn next(told: &mut Option<mpsc::Receiver<Told>>) -> Option<Told> {
    match told {
        Some(told) => told.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether a record was signed lately, by a clock not too far ahead of ours.
fn is_fresh(record: &AddressRecord, now: Timestamp) -> bool {
    let now_s = now.as_millis() / 1_000;
    record.sequence() <= now_s + MAX_AHEAD_S && now_s <= record.sequence() + MAX_AGE_S
}

fn ways(reach: &Reach, entitled: &BTreeMap<PublicKey, NeighbourhoodId>) -> Ways {
    let key = |peer: &PeerId| public_key(peer).map(|key| key.to_string());
    let way = |(peer, route): (&PeerId, &Route)| {
        let (way, address, through) = match route {
            Route::NextDoor { remote } => (WayKind::NextDoor, Some(remote.to_string()), None),
            Route::Direct { remote } => (WayKind::Direct, Some(remote.to_string()), None),
            Route::Through { relay } => (WayKind::Through, None, relay.as_ref().and_then(key)),
        };
        let public = public_key(peer)?;
        let neighbourhood = entitled.get(&public).map(ToString::to_string);
        Some(Way { key: public.to_string(), neighbourhood, way, address, through })
    };
    Ways {
        outside: reach.outside.iter().map(ToString::to_string).collect(),
        through: reach.reserved.iter().filter_map(key).collect(),
        relaying: reach.circuits,
        router: reach.router,
        peers: reach.routes.iter().filter_map(way).collect(),
        other_versions: reach.other_versions.iter().filter_map(key).collect(),
    }
}

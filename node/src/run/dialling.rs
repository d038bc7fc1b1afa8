//! Whom a box dials, and when.
//!
//! Every [`ROUND`], the boxes next door are read from `peers.json` again, joined by those that the local network tells
//! of and whose neighbourhood we have to do with, and by all boxes of neighbours that told where they are. Who is not
//! connected is dialled, everywhere they may be and through every neighbour we have in common; who cannot be reached is
//! dialled ever less often, until there is a new place to try. Hints are never trusted: the handshake proves the key, and
//! the registers say for whom it speaks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::neighbours;
use super::whereabouts::Places;
use crate::clock;
use crate::data_folder::FolderError;
use crate::data_folder::peers::{Peer, PeerBook};
use crate::driver::{DriverHandle, peer_id, public_key};
use crate::net::mdns::MdnsEvent;
use crate::net::{NetHandle, Reach, Route};

/// How often to look whom to dial.
const ROUND: Duration = Duration::from_secs(1);
/// How long to wait after the first dial that led to nothing; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait between two dials: a neighbour that comes back after weeks is found within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Waits differ by up to this share, so that boxes that lost power together do not dial in step.
const JITTER: f64 = 0.25;
/// Common neighbours through whom one box is dialled at a time.
const MAX_RELAYS: usize = 4;
/// A session that lasted this long was worth having: if it ends, the peer is dialled again at once.
const STEADY: Duration = Duration::from_secs(30);

/// What the local network tells.
pub(super) type HintReceiver = mpsc::Receiver<MdnsEvent>;

/// The task that dials.
pub(super) struct Dialler {
    book: PeerBook,
    home: NeighbourhoodId,
    net: NetHandle,
    driver: DriverHandle,
    hints: BTreeMap<PublicKey, (NeighbourhoodId, Vec<Multiaddr>)>,
    places: watch::Receiver<Arc<Places>>,
    reach: watch::Receiver<Arc<Reach>>,
    dial_now: Arc<Notify>,
    schedule: Schedule,
    /// When to try directly whom a session reaches through a neighbour.
    straightening: Schedule,
    /// What was last said about a book that cannot be read, to say it once.
    complaint: Option<String>,
}

/// When to dial whom.
#[derive(Default)]
struct Schedule {
    peers: BTreeMap<PublicKey, Attempts>,
}

/// How it went with one peer.
struct Attempts {
    /// Dials since the last session that was worth having.
    fruitless: u32,
    next: Instant,
    connected: Option<Instant>,
    /// Where it was dialled the last time.
    places: BTreeSet<Multiaddr>,
}

/// Where each box may be that is to be connected with.
type Candidates = BTreeMap<PublicKey, BTreeSet<Multiaddr>>;

impl Dialler {
    /// A dialler of those in `book` and of those in `places`. Whoever notifies `dial_now` has everybody dialled who is
    /// not connected, whatever the pauses.
    pub(super) fn new(
        book: PeerBook,
        home: NeighbourhoodId,
        net: NetHandle,
        driver: DriverHandle,
        places: watch::Receiver<Arc<Places>>,
        dial_now: Arc<Notify>,
    ) -> Self {
        let (schedule, straightening, reach) = (Schedule::default(), Schedule::default(), net.watch_reach());
        let hints = BTreeMap::new();
        Self { book, home, net, driver, hints, places, reach, dial_now, schedule, straightening, complaint: None }
    }

    /// Dials until it is stopped.
    pub(super) async fn run(mut self, mut hints: Option<HintReceiver>, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let hint = async {
                match &mut hints {
                    Some(receiver) => receiver.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                hint = hint => match hint {
                    Some(hint) => self.note(hint),
                    None => hints = None,
                },
                () = self.dial_now.notified() => {
                    self.schedule.forget_pauses(Instant::now());
                    self.straightening.forget_pauses(Instant::now());
                    self.round().await;
                }
                _ = rounds.tick() => self.round().await,
            }
        }
    }

    fn note(&mut self, hint: MdnsEvent) {
        match hint {
            MdnsEvent::Found(hint) => {
                let neighbourhood = NeighbourhoodId::from_hex(&hint.neighbourhood);
                if let (Some(key), Some(neighbourhood)) = (public_key(&hint.peer), neighbourhood) {
                    self.hints.insert(key, (neighbourhood, hint.addresses));
                }
            }
            MdnsEvent::Lost { peer } => {
                if let Some(key) = public_key(&peer) {
                    self.hints.remove(&key);
                }
            }
            MdnsEvent::SiteRenamed { host } => {
                tracing::warn!(host, "another machine has this site's name; on this network the site goes by this one");
            }
        }
    }

    async fn round(&mut self) {
        let peers = self.known().await;
        for peer in &peers {
            if peer.introduced {
                self.driver.introduce(peer.key, peer.neighbourhood).await;
            }
        }
        let (registers, now) = (self.driver.registers(), clock::now());
        let (places, reach) = (Arc::clone(&self.places.borrow()), Arc::clone(&self.reach.borrow()));
        let speaks = spokesmen(&peers, &places);
        let mut candidates = candidates(peers, &self.hints, &places, &registers, self.home);
        let common = |about: &PublicKey| match (speaks.get(about), public_key(&self.net.local_peer())) {
            // When both know each other, one of both dialling through a neighbour is enough: who is reached directly has no
            // place there.
            (Some(_), Some(own)) if places.entitled.contains_key(about) && own > *about && reach.outside.is_empty() => {
                Vec::new()
            }
            (Some(of), _) => relayed(&places, &reach, |by| neighbours::knows(&registers, by, of, now)),
            (None, _) => Vec::new(),
        };
        let bent = directly(&candidates, &reach);
        for key in speaks.keys() {
            let through = common(key);
            if !through.is_empty() {
                candidates.entry(*key).or_default().extend(through);
            }
        }
        let connected = self.driver.status().sessions.iter().map(|session| session.status.peer).collect();
        let mut random = || getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX));
        for key in self.schedule.due(Instant::now(), &candidates, &connected, &mut random) {
            let addresses = candidates.get(&key).into_iter().flatten().cloned().collect();
            let Some(peer) = peer_id(&key) else { continue };
            if let Err(error) = self.net.dial(Some(peer), addresses) {
                tracing::debug!(%error, %key, "not dialled");
            }
        }
        for key in self.straightening.due(Instant::now(), &bent, &BTreeSet::new(), &mut random) {
            let addresses = bent.get(&key).into_iter().flatten().cloned().collect();
            let Some(peer) = peer_id(&key) else { continue };
            if let Err(error) = self.net.straighten(peer, addresses) {
                tracing::debug!(%error, %key, "not dialled directly");
            }
        }
    }

    /// The boxes in the book; none, and one complaint, while it cannot be read.
    async fn known(&mut self) -> Vec<Peer> {
        let book = self.book.clone();
        let read = tokio::task::spawn_blocking(move || book.read()).await;
        let error: FolderError = match read {
            Ok(Ok(peers)) => {
                self.complaint = None;
                return peers;
            }
            Ok(Err(error)) => error,
            // The runtime is stopping.
            Err(_) => return Vec::new(),
        };
        let complaint = error.to_string();
        if self.complaint.as_ref() != Some(&complaint) {
            tracing::error!(%error, "the boxes next door are not dialled");
            self.complaint = Some(complaint);
        }
        Vec::new()
    }
}

/// Whom to be connected with, and where each may be: those in the book, all boxes of our own neighbourhood and of
/// neighbours that told where they are, and of those the local network tells of the ones of our own neighbourhood and of
/// neighbourhoods that our register names in a treaty.
fn candidates(
    known: Vec<Peer>,
    hints: &BTreeMap<PublicKey, (NeighbourhoodId, Vec<Multiaddr>)>,
    places: &Places,
    registers: &Registers,
    home: NeighbourhoodId,
) -> Candidates {
    let now = clock::now();
    let mut candidates = Candidates::new();
    for peer in known {
        candidates.entry(peer.key).or_default().extend(peer.addresses);
    }
    for (key, addresses) in &places.addresses {
        candidates.entry(*key).or_default().extend(addresses.iter().cloned());
    }
    for (key, (neighbourhood, addresses)) in hints {
        if *neighbourhood == home || registers.is_partner(neighbourhood, now) {
            candidates.entry(*key).or_default().extend(addresses.iter().cloned());
        }
    }
    candidates.retain(|_, addresses| !addresses.is_empty());
    candidates
}

/// The direct addresses of those whom a session reaches through a neighbour.
fn directly(candidates: &Candidates, reach: &Reach) -> Candidates {
    let through = |key: &PublicKey| {
        let route = peer_id(key).and_then(|peer| reach.routes.get(&peer));
        matches!(route, Some(Route::Through { .. }))
    };
    let direct = |address: &&Multiaddr| !address.iter().any(|part| part == Protocol::P2pCircuit);
    let bent = candidates.iter().filter(|(key, _)| through(key));
    let bent = bent.map(|(key, places)| (*key, places.iter().filter(direct).cloned().collect::<BTreeSet<_>>()));
    bent.filter(|(_, places)| !places.is_empty()).collect()
}

/// The boxes worth asking a common neighbour for, and for whom each speaks: as their registers say, or, until those are
/// here, as the book does.
fn spokesmen(known: &[Peer], places: &Places) -> BTreeMap<PublicKey, NeighbourhoodId> {
    let mut speaks: BTreeMap<_, _> = known.iter().map(|peer| (peer.key, peer.neighbourhood)).collect();
    speaks.extend(places.entitled.iter().map(|(key, neighbourhood)| (*key, *neighbourhood)));
    speaks
}

/// The way to a box through each neighbour that offers to relay and of which `common` says that it has to do with that
/// box's neighbourhood. Those who have not are not asked: they need not hear whom we look for.
fn relayed(places: &Places, reach: &Reach, common: impl Fn(&NeighbourhoodId) -> bool) -> Vec<Multiaddr> {
    let relays = reach.relays.iter().filter_map(|relay| {
        let by = places.entitled.get(&public_key(relay)?)?;
        let (Route::Direct { remote } | Route::NextDoor { remote }) = reach.routes.get(relay)? else { return None };
        common(by).then(|| remote.clone().with(Protocol::P2p(*relay)).with(Protocol::P2pCircuit))
    });
    relays.take(MAX_RELAYS).collect()
}

impl Schedule {
    /// Those of `candidates` to dial at `now`. `random` gives numbers from 0 to 1.
    fn due(
        &mut self,
        now: Instant,
        candidates: &Candidates,
        connected: &BTreeSet<PublicKey>,
        random: &mut impl FnMut() -> f64,
    ) -> Vec<PublicKey> {
        let mut due = Vec::new();
        self.peers.retain(|key, _| candidates.contains_key(key));
        for (key, places) in candidates {
            let first = || Attempts { fruitless: 0, next: now, connected: None, places: places.clone() };
            let attempts = self.peers.entry(*key).or_insert_with(first);
            if connected.contains(key) {
                let since = *attempts.connected.get_or_insert(now);
                if now.duration_since(since) >= STEADY {
                    (attempts.fruitless, attempts.next) = (0, now);
                }
            } else {
                attempts.connected = None;
                if !places.is_subset(&attempts.places) {
                    // There is somewhere new to look. Waits do not become shorter for it: anybody can name new places.
                    attempts.next = attempts.next.min(now + FIRST_PAUSE);
                    attempts.places.clone_from(places);
                }
                if attempts.next <= now {
                    attempts.next = now + pause(attempts.fruitless, random());
                    attempts.fruitless = attempts.fruitless.saturating_add(1);
                    attempts.places.clone_from(places);
                    due.push(*key);
                }
            }
        }
        due
    }

    /// Everybody may be dialled at `now`, as if for the first time.
    fn forget_pauses(&mut self, now: Instant) {
        for attempts in self.peers.values_mut() {
            (attempts.fruitless, attempts.next) = (0, now);
        }
    }
}

/// How long to wait after a dial that followed `fruitless` others; `random` is from 0 to 1.
fn pause(fruitless: u32, random: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << fruitless.min(16)).min(LONGEST_PAUSE);
    doubled.mul_f64(1.0 + JITTER * (2.0 * random.clamp(0.0, 1.0) - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PublicKey = PublicKey::from_bytes([1; 32]);

    /// How many dials there are in `seconds`, looking every round.
    fn dials(schedule: &mut Schedule, from: Instant, seconds: u32, connected: bool) -> usize {
        dials_at(schedule, from, seconds, connected, &["/ip4/192.0.2.1/tcp/4080"])
    }

    fn dials_at(schedule: &mut Schedule, from: Instant, seconds: u32, connected: bool, places: &[&str]) -> usize {
        let connected = if connected { BTreeSet::from([KEY]) } else { BTreeSet::new() };
        let places = places.iter().map(|place| place.parse().expect("a fixed address")).collect();
        let candidates = Candidates::from([(KEY, places)]);
        (0..seconds)
            .filter(|second| !schedule.due(from + ROUND * *second, &candidates, &connected, &mut || 0.5).is_empty())
            .count()
    }

    #[test]
    fn a_new_place_is_tried_soon_and_does_not_shorten_the_waits_after_it() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        dials(&mut schedule, start, 3_600, false);
        let moved = start + Duration::from_secs(3_600);
        let both = ["/ip4/192.0.2.1/tcp/4080", "/ip4/192.0.2.9/tcp/4080"];
        assert_eq!(dials_at(&mut schedule, moved, 2, false, &both), 1, "within two seconds");
        assert_eq!(dials_at(&mut schedule, moved + ROUND * 2, 290, false, &both), 0);
        assert_eq!(dials_at(&mut schedule, moved + ROUND * 292, 30, false, &both), 1);
        assert_eq!(dials(&mut schedule, moved + ROUND * 322, 60, false), 0, "one place less is nothing new");
    }

    #[test]
    fn whoever_asks_has_everybody_dialled_at_once() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        dials(&mut schedule, start, 3_600, false);
        let asked = start + Duration::from_secs(3_600);
        schedule.forget_pauses(asked);
        assert_eq!(dials(&mut schedule, asked, 1, false), 1);
    }

    #[test]
    fn only_a_neighbour_in_common_that_relays_is_asked() {
        let relay = crate::net::keypair_from_secret([5; 32]).public().to_peer_id();
        let by = NeighbourhoodId::from_bytes([5; 32]);
        let remote: Multiaddr = "/ip4/203.0.113.10/udp/4080/quic-v1".parse().expect("a fixed address");
        let key = public_key(&relay).expect("an ed25519 key");
        let places = Places { entitled: BTreeMap::from([(key, by)]), addresses: BTreeMap::new() };
        let reach = Reach {
            relays: BTreeSet::from([relay]),
            routes: BTreeMap::from([(relay, Route::Direct { remote: remote.clone() })]),
            ..Reach::default()
        };
        let way = remote.with(Protocol::P2p(relay)).with(Protocol::P2pCircuit);
        assert_eq!(relayed(&places, &reach, |common| *common == by), [way]);
        assert!(relayed(&places, &reach, |_| false).is_empty(), "not in common");
        assert!(relayed(&Places::default(), &reach, |_| true).is_empty(), "no neighbour of ours");
        let silent = Reach { relays: BTreeSet::new(), ..reach.clone() };
        assert!(relayed(&places, &silent, |_| true).is_empty(), "does not relay");
        let relayed_itself = Reach { routes: BTreeMap::from([(relay, Route::Through { relay: None })]), ..reach };
        assert!(relayed(&places, &relayed_itself, |_| true).is_empty(), "not through two");
    }

    #[test]
    fn who_cannot_be_reached_is_dialled_ever_less_often() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        assert_eq!(dials(&mut schedule, start, 1, false), 1, "at once");
        assert_eq!(dials(&mut schedule, start + ROUND, 62, false), 5, "after 1, 3, 7, 15 and 31 seconds");
        dials(&mut schedule, start + ROUND * 63, 3_600, false);
        assert_eq!(dials(&mut schedule, start + ROUND * 3_663, 3_600, false), 12, "in the end every five minutes");
    }

    #[test]
    fn a_session_that_lasted_is_worth_another_at_once_and_one_that_did_not_is_not() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        dials(&mut schedule, start, 600, false);
        let brief = start + Duration::from_secs(600);
        assert_eq!(dials(&mut schedule, brief, 2, true), 0);
        assert_eq!(dials(&mut schedule, brief + ROUND * 2, 60, false), 0, "still waiting");
        let long = start + Duration::from_secs(2_000);
        assert_eq!(dials(&mut schedule, long, 31, true), 0);
        assert_eq!(dials(&mut schedule, long + ROUND * 31, 1, false), 1, "at once");
    }

    #[test]
    fn waits_differ_but_not_by_much() {
        assert_eq!(pause(0, 0.5), FIRST_PAUSE);
        assert_eq!(pause(100, 0.5), LONGEST_PAUSE);
        assert_eq!(pause(0, 0.0), FIRST_PAUSE.mul_f64(0.75));
        assert_eq!(pause(0, 1.0), FIRST_PAUSE.mul_f64(1.25));
    }

    #[test]
    fn the_local_network_is_heard_only_about_those_we_have_to_do_with() {
        let (home, stranger) = (NeighbourhoodId::from_bytes([1; 32]), NeighbourhoodId::from_bytes([2; 32]));
        let address: Multiaddr = "/ip4/192.0.2.1/tcp/4080".parse().expect("a fixed address");
        let of = |neighbourhood| BTreeMap::from([(KEY, (neighbourhood, vec![address.clone()]))]);
        let (registers, nowhere) = (Registers::new(home), Places::default());
        assert_eq!(candidates(Vec::new(), &of(home), &nowhere, &registers, home).len(), 1, "another box of our own");
        assert!(candidates(Vec::new(), &of(stranger), &nowhere, &registers, home).is_empty());
        let in_the_book =
            Peer { key: KEY, neighbourhood: stranger, addresses: Vec::new(), site: None, introduced: true };
        let both = candidates(vec![in_the_book.clone()], &of(home), &nowhere, &registers, home);
        assert_eq!(both[&KEY], BTreeSet::from([address.clone()]));
        assert!(
            candidates(vec![in_the_book], &BTreeMap::new(), &nowhere, &registers, home).is_empty(),
            "nowhere to dial"
        );
    }
}

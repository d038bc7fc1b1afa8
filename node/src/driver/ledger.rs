//! What went over the sessions, in figures: for the connectors, for whoever looks after the box, and for measurements.
//!
//! Bytes are those of frames as they went over the stream, packed and with their length prefixes; what the transport adds is
//! not in them. What sessions that ended have carried stays counted, until the box
//! stops, under the neighbourhood they spoke for. Who speaks for nobody we know is counted together, as strangers: so
//! there is one account for each partner and one more, whatever names peers invent.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::replica::{PhotoCounts, SessionId};
use dorpsplein_protocol::sync::{SessionStatus, SpaceId};
use dorpsplein_protocol::time::Timestamp;
use libp2p::Multiaddr;

use crate::data_folder::contacts::Contacts;
use crate::net::Meter;

/// What was carried, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Bytes that were written to the streams.
    pub bytes_sent: u64,
    /// Bytes that were read from them.
    pub bytes_received: u64,
    /// Operations that were sent.
    pub operations_sent: u64,
    /// Operations that came in, known ones too.
    pub operations_received: u64,
}

/// An open session, in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionAccount {
    /// The other box's key.
    pub peer: PublicKey,
    /// For whom it speaks, as far as the registers know; none for a stranger.
    pub neighbourhood: Option<NeighbourhoodId>,
    /// Whether this side dialled.
    pub outbound: bool,
    /// The address of the other end as seen from here.
    pub remote: Multiaddr,
    /// When it was opened.
    pub opened: Timestamp,
    /// When the last frame came in.
    pub last_contact: Timestamp,
    /// What it carried.
    pub carried: Carried,
    /// Whether at the last comparison both sides held the same.
    pub in_step: bool,
    /// How many comparisons there were.
    pub comparisons: u64,
    /// How many operations are known to be there and not here yet.
    pub awaited: u64,
    /// How long catching up took the last time it was necessary: from the opening, or from the comparison that found a
    /// difference, until both sides held the same.
    pub caught_up_in: Option<Duration>,
}

/// All that went to and from the boxes of one neighbourhood since this box started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeighbourAccount {
    /// What was carried, in open and in ended sessions.
    pub carried: Carried,
    /// Sessions that are open now.
    pub sessions: usize,
    /// How many operations are known to be there and not here yet.
    pub awaited: u64,
    /// When something last came in from there.
    pub last_contact: Option<Timestamp>,
    /// When both sides last were known to hold the same; the present while a session says so.
    pub in_step_at: Option<Timestamp>,
    /// The latest [`SessionAccount::caught_up_in`].
    pub caught_up_in: Option<Duration>,
}

/// What the disk was waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// How many commits there were.
    pub count: u64,
    /// How long they took together.
    pub time: Duration,
}

/// All figures of a box as they stood at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The open sessions.
    pub sessions: Vec<SessionAccount>,
    /// By neighbourhood; strangers under none.
    pub neighbours: BTreeMap<Option<NeighbourhoodId>, NeighbourAccount>,
    /// The spaces of which something is held, and how many operations of each.
    pub spaces: Vec<(SpaceId, usize)>,
    /// Operations that were handed in and accepted, known ones too.
    pub accepted: u64,
    /// Operations that were handed in and refused.
    pub refused: u64,
    /// The commits.
    pub commits: Commits,
    /// The files of photos.
    pub photos: PhotoCounts,
}

/// The account of everything this box exchanged since it started.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: BTreeMap<SessionId, Line>,
    past: BTreeMap<Option<NeighbourhoodId>, NeighbourAccount>,
    spaces: Vec<(SpaceId, usize)>,
    accepted: u64,
    refused: u64,
    commits: Commits,
    photos: PhotoCounts,
}

#[derive(Debug)]
struct Line {
    account: SessionAccount,
    meter: Arc<Meter>,
    /// Since when the two are known to differ, or do not know yet.
    behind: Option<Instant>,
    in_step_at: Option<Timestamp>,
}

/// What is known of a session when it begins.
pub(super) struct Opening {
    /// The other box's key.
    pub(super) peer: PublicKey,
    /// Whether this side dialled.
    pub(super) outbound: bool,
    /// The address of the other end as seen from here.
    pub(super) remote: Multiaddr,
    /// Counts what goes over it.
    pub(super) meter: Arc<Meter>,
}

impl Ledger {
    /// A session begins.
    pub(super) fn opened(&mut self, id: SessionId, opening: Opening, now: Timestamp, instant: Instant) {
        let Opening { peer, outbound, remote, meter } = opening;
        let account = SessionAccount {
            peer,
            neighbourhood: None,
            outbound,
            remote,
            opened: now,
            last_contact: now,
            carried: Carried::default(),
            in_step: false,
            comparisons: 0,
            awaited: 0,
            caught_up_in: None,
        };
        self.open.insert(id, Line { account, meter, behind: Some(instant), in_step_at: None });
    }

    /// How a session stands after a commit; `certified` when it speaks for whom it says it does.
    pub(super) fn stands(
        &mut self,
        id: SessionId,
        status: &SessionStatus,
        certified: bool,
        now: Timestamp,
        instant: Instant,
    ) {
        let Some(line) = self.open.get_mut(&id) else { return };
        let account = &mut line.account;
        account.neighbourhood = status.neighbourhood.filter(|_| certified);
        account.last_contact = status.last_contact;
        account.carried.operations_sent = status.sent;
        account.carried.operations_received = status.received;
        account.in_step = status.in_step;
        account.comparisons = status.comparisons;
        account.awaited = status.awaited;
        if status.in_step {
            line.in_step_at = Some(now);
            account.caught_up_in = line.behind.take().map_or(account.caught_up_in, |since| Some(instant - since));
        } else {
            line.behind.get_or_insert(instant);
        }
    }

    /// A session ended.
    pub(super) fn closed(&mut self, id: SessionId) {
        if let Some(line) = self.open.remove(&id) {
            self.past.entry(line.account.neighbourhood).or_default().add(&line);
        }
    }

    /// What is held of each space.
    pub(super) fn holds<'s>(&mut self, spaces: impl Iterator<Item = (&'s SpaceId, usize)>) {
        self.spaces.clear();
        self.spaces.extend(spaces.map(|(space, count)| (*space, count)));
    }

    /// Something last came in from these neighbours before this box was started.
    pub(super) fn remember(&mut self, contacts: &Contacts) {
        for (neighbourhood, at) in contacts {
            let account = self.past.entry(Some(*neighbourhood)).or_default();
            account.last_contact = account.last_contact.max(Some(*at));
        }
    }

    /// How many photos are here and to come.
    pub(super) const fn shows(&mut self, photos: PhotoCounts) {
        self.photos = photos;
    }

    /// An operation that was handed in was answered.
    pub(super) fn answered(&mut self, accepted: bool) {
        let count = if accepted { &mut self.accepted } else { &mut self.refused };
        *count += 1;
    }

    /// A commit took so long.
    pub(super) fn committed(&mut self, time: Duration) {
        self.commits.count += 1;
        self.commits.time += time;
    }

    /// Everything, as it stands.
    pub(super) fn figures(&self) -> Figures {
        let mut neighbours = self.past.clone();
        for line in self.open.values() {
            let account = neighbours.entry(line.account.neighbourhood).or_default();
            account.add(line);
            account.sessions += 1;
            account.awaited += line.account.awaited;
        }
        Figures {
            sessions: self.open.values().map(Line::account).collect(),
            neighbours,
            spaces: self.spaces.clone(),
            accepted: self.accepted,
            refused: self.refused,
            commits: self.commits,
            photos: self.photos,
        }
    }
}

impl Line {
    /// The account, with what was carried until now.
    fn account(&self) -> SessionAccount {
        let (bytes_sent, bytes_received) = (self.meter.sent(), self.meter.received());
        let carried = Carried { bytes_sent, bytes_received, ..self.account.carried };
        SessionAccount { carried, ..self.account.clone() }
    }
}

impl NeighbourAccount {
    fn add(&mut self, line: &Line) {
        self.carried += line.account().carried;
        self.last_contact = self.last_contact.max(Some(line.account.last_contact));
        self.in_step_at = self.in_step_at.max(line.in_step_at);
        self.caught_up_in = line.account.caught_up_in.or(self.caught_up_in);
    }
}

impl AddAssign for Carried {
    fn add_assign(&mut self, other: Self) {
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.operations_sent += other.operations_sent;
        self.operations_received += other.operations_received;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PEER: PublicKey = PublicKey::from_bytes([1; 32]);
    const NEIGHBOUR: NeighbourhoodId = NeighbourhoodId::from_bytes([2; 32]);

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn open(ledger: &mut Ledger, id: u64, now: Timestamp, instant: Instant) -> Arc<Meter> {
        let (remote, meter) = ("/ip4/192.0.2.1/udp/4080/quic-v1".parse().unwrap(), Arc::new(Meter::default()));
        let opening = Opening { peer: PEER, outbound: true, remote, meter: Arc::clone(&meter) };
        ledger.opened(SessionId(id), opening, now, instant);
        meter
    }

    fn status(in_step: bool, last_contact: Timestamp) -> SessionStatus {
        let mut actions = dorpsplein_protocol::sync::Session::open(PEER, true, NEIGHBOUR, last_contact);
        actions.1.clear();
        SessionStatus { neighbourhood: Some(NEIGHBOUR), received: 3, sent: 1, in_step, ..actions.0.status().clone() }
    }

    #[test]
    fn what_ended_sessions_carried_stays_counted() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        for id in [1, 2] {
            let meter = open(&mut ledger, id, at(10), begun);
            meter.count_received(100);
            meter.count_sent(10);
            ledger.stands(SessionId(id), &status(true, at(20)), true, at(20), begun);
        }
        ledger.closed(SessionId(1));
        let account = ledger.figures().neighbours[&Some(NEIGHBOUR)];
        assert_eq!((account.sessions, account.last_contact, account.in_step_at), (1, Some(at(20)), Some(at(20))));
        let carried = Carried { bytes_sent: 20, bytes_received: 200, operations_sent: 2, operations_received: 6 };
        assert_eq!(account.carried, carried);
        assert_eq!(ledger.figures().sessions.len(), 1);
    }

    #[test]
    fn what_is_remembered_is_known_until_something_comes() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        ledger.remember(&Contacts::from([(NEIGHBOUR, at(5))]));
        let last = |ledger: &Ledger| ledger.figures().neighbours[&Some(NEIGHBOUR)].last_contact;
        assert_eq!(last(&ledger), Some(at(5)));
        open(&mut ledger, 1, at(10), begun);
        ledger.stands(SessionId(1), &status(true, at(20)), true, at(20), begun);
        assert_eq!(last(&ledger), Some(at(20)));
    }

    #[test]
    fn who_invents_names_gets_no_account_of_their_own() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        for id in 0..100 {
            open(&mut ledger, id, at(10), begun);
            ledger.stands(SessionId(id), &status(false, at(20)), false, at(20), begun);
            ledger.closed(SessionId(id));
        }
        assert_eq!(ledger.figures().neighbours.keys().collect::<Vec<_>>(), [&None]);
    }

    #[test]
    fn catching_up_is_timed_from_the_opening_and_from_each_difference() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        let after = |millis| begun + Duration::from_millis(millis);
        open(&mut ledger, 1, at(0), begun);
        let mut stands = |in_step, millis| {
            ledger.stands(SessionId(1), &status(in_step, at(millis)), true, at(millis), after(millis));
            ledger.figures().sessions[0].caught_up_in
        };
        assert_eq!(stands(false, 5), None);
        assert_eq!(stands(true, 30), Some(Duration::from_millis(30)));
        assert_eq!(stands(true, 90), Some(Duration::from_millis(30)), "nothing was to be caught up with");
        assert_eq!(stands(false, 100), Some(Duration::from_millis(30)));
        assert_eq!(stands(true, 107), Some(Duration::from_millis(7)));
    }
}

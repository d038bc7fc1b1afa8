//! Lines between boxes, and the streams on them.
//!
//! A stream is what QUIC gives: frames in order, each once; loss shows as delay, and as streams that break and lose what was
//! on its way. A plan can make a line worse than that: frames that arrive twice, or after the one behind them.

use std::collections::BTreeMap;

use dorpsplein_protocol::replica::SessionId;
use dorpsplein_protocol::time::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::clock::{MINUTE, SECOND};
use crate::plan::{BoxId, Dials, Line, LineId, Millis, Quality};

/// How long a sender waits before it sends a lost packet again.
const RETRANSMISSION: Millis = 200;
/// How often a packet is lost before its stream is given up.
const MOST_TRIES: u64 = 60;
/// How long after the first try a box dials again; twice as long each time, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Millis = SECOND;
/// The longest a box waits before it dials again.
const LONGEST_PAUSE: Millis = 5 * MINUTE;
/// A stream that lasted so long lets the next pause begin anew.
const STEADY: Millis = 30 * SECOND;

/// One end of a stream: a box and the name of its session there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The box.
    pub at: BoxId,
    /// Its session.
    pub session: SessionId,
}

/// The lines and the streams on them.
#[derive(Default)]
pub struct Network {
    lines: BTreeMap<LineId, State>,
    /// The lines that end at each box.
    of_box: BTreeMap<BoxId, Vec<LineId>>,
    ends: BTreeMap<End, Route>,
    sessions: u64,
}

/// A line, and how it is.
struct State {
    boxes: [BoxId; 2],
    quality: Quality,
    dials: Dials,
    down_until: Timestamp,
    stream: Option<Stream>,
    /// When somebody dials next.
    next_dial: Option<Timestamp>,
    /// How often it was dialled in vain since a stream lasted.
    attempts: u32,
    random: ChaCha8Rng,
}

struct Stream {
    ends: [End; 2],
    since: Timestamp,
}

#[derive(Clone, Copy)]
struct Route {
    line: LineId,
    to: End,
    /// Until when the frames before this one keep the line busy.
    busy_until: Timestamp,
    /// When the last frame in this direction arrives: the next one is not earlier.
    last_arrives: Timestamp,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It arrives at this end at this time, unless the stream breaks before; and perhaps once more.
    Arrives(End, Timestamp, Option<Timestamp>),
    /// It is lost, and the stream on this line breaks.
    Breaks(LineId),
    /// Its stream is gone already.
    Gone,
}

impl Network {
    /// Lays a line; it is up, without a stream. What it draws by chance follows from `seed`.
    pub fn lay(&mut self, line: &Line, seed: u64) {
        let state = State {
            boxes: line.boxes,
            quality: line.quality,
            dials: line.dials,
            down_until: Timestamp::default(),
            stream: None,
            next_dial: None,
            attempts: 0,
            random: ChaCha8Rng::seed_from_u64(seed),
        };
        if self.lines.insert(line.id, state).is_none() {
            for at in line.boxes {
                self.of_box.entry(at).or_default().push(line.id);
            }
        }
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = (LineId, [BoxId; 2])> {
        self.lines.iter().map(|(id, line)| (*id, line.boxes))
    }

    /// The lines that end at a box, in the order in which they were laid.
    pub fn lines_of(&self, at: BoxId) -> Vec<LineId> {
        self.of_box.get(&at).cloned().unwrap_or_default()
    }

    /// How many lines end at a box.
    pub fn count_at(&self, at: BoxId) -> usize {
        self.of_box.get(&at).map_or(0, Vec::len)
    }

    /// The boxes at the ends of a line; none when there is no such line.
    pub fn ends_of(&self, line: LineId) -> Option<[BoxId; 2]> {
        self.lines.get(&line).map(|line| line.boxes)
    }

    /// Whether a line is there and up.
    pub fn is_up(&self, line: LineId, now: Timestamp) -> bool {
        self.lines.get(&line).is_some_and(|line| line.down_until <= now)
    }

    /// Whether there is a stream on a line.
    pub fn is_open(&self, line: LineId) -> bool {
        self.lines.get(&line).is_some_and(|line| line.stream.is_some())
    }

    /// Opens a stream on a line that is up and has none. Returns its ends, the one that dialled first; none when it cannot
    /// be opened.
    pub fn open(&mut self, id: LineId, now: Timestamp) -> Option<[End; 2]> {
        let line = self.lines.get_mut(&id).filter(|line| line.down_until <= now && line.stream.is_none())?;
        let lead = match line.dials {
            Dials::Both => usize::from(line.random.random_bool(0.5)),
            Dials::First => 0,
            Dials::Second => 1,
        };
        let ends = [line.boxes[lead], line.boxes[1 - lead]].map(|at| {
            self.sessions += 1;
            End { at, session: SessionId(self.sessions) }
        });
        line.stream = Some(Stream { ends, since: now });
        for [from, to] in [[ends[0], ends[1]], [ends[1], ends[0]]] {
            self.ends.insert(from, Route { line: id, to, busy_until: now, last_arrives: now });
        }
        Some(ends)
    }

    /// The name of a session that no line carries.
    pub fn new_session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    /// Breaks the stream on a line, if there is one; what is on its way is lost. Returns the ends.
    pub fn break_stream(&mut self, id: LineId, now: Timestamp) -> Option<[End; 2]> {
        let line = self.lines.get_mut(&id)?;
        let Stream { ends, since } = line.stream.take()?;
        if since.plus_millis(STEADY) <= now {
            line.attempts = 0;
        }
        for end in ends {
            self.ends.remove(&end);
        }
        Some(ends)
    }

    /// Plans to dial at a time, unless that is planned for an earlier one. Says whether it is new.
    pub fn plan_dial(&mut self, id: LineId, when: Timestamp) -> bool {
        let Some(line) = self.lines.get_mut(&id) else { return false };
        let new = line.next_dial.is_none_or(|planned| when < planned);
        if new {
            line.next_dial = Some(when);
        }
        new
    }

    /// Whether dialling was planned for this very time and not for an earlier one; then it is planned no longer.
    pub fn take_dial(&mut self, id: LineId, when: Timestamp) -> bool {
        let line = self.lines.get_mut(&id).filter(|line| line.next_dial == Some(when));
        line.is_some_and(|line| line.next_dial.take().is_some())
    }

    /// How long to wait before a line is dialled again: longer after every try.
    pub fn next_pause(&mut self, id: LineId) -> Millis {
        let Some(line) = self.lines.get_mut(&id) else { return LONGEST_PAUSE };
        let pause = LONGEST_PAUSE.min(FIRST_PAUSE << line.attempts.min(16));
        line.attempts += 1;
        pause + line.random.random_range(0..=pause / 2)
    }

    /// A number below `limit` by the chance of a line; 0 when there is no such line.
    pub fn chance(&mut self, id: LineId, limit: Millis) -> Millis {
        self.lines.get_mut(&id).map_or(0, |line| line.random.random_range(0..limit.max(1)))
    }

    /// A line is down until then, or longer if it was to be down longer.
    pub fn take_down(&mut self, id: LineId, until: Timestamp) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.down_until = line.down_until.max(until);
        }
    }

    /// Makes every line one that is up, loses nothing, and never breaks.
    pub fn heal(&mut self) {
        for line in self.lines.values_mut() {
            line.down_until = Timestamp::default();
            line.attempts = 0;
            let Quality { latency, jitter, bandwidth, .. } = line.quality;
            line.quality =
                Quality { latency, jitter, bandwidth, loss: 0.0, breakage: 0.0, duplication: 0.0, reordering: 0.0 };
        }
    }

    /// Puts a frame of `bytes` onto the stream at this end.
    pub fn send(&mut self, from: End, bytes: usize, now: Timestamp) -> Delivery {
        let Some(route) = self.ends.get_mut(&from) else { return Delivery::Gone };
        let Some(line) = self.lines.get_mut(&route.line) else { return Delivery::Gone };
        let Quality { latency, jitter, bandwidth, loss, breakage, duplication, reordering } = line.quality;
        let random = &mut line.random;
        let tries = (0..MOST_TRIES).take_while(|_| happens(random, loss)).count() as u64;
        if happens(random, breakage) || tries == MOST_TRIES {
            return Delivery::Breaks(route.line);
        }
        let delay = latency + random.random_range(0..=jitter) + tries * RETRANSMISSION;
        let overtaken = happens(random, reordering);
        let again = happens(random, duplication).then(|| random.random_range(0..=latency.max(1)));
        let sent = route.busy_until.max(now).plus_millis(bytes as u64 / u64::from(bandwidth.max(1)));
        route.busy_until = sent;
        let mut arrives = sent.plus_millis(delay).max(route.last_arrives);
        if overtaken {
            // The one behind it need not wait.
            arrives = arrives.plus_millis(latency.max(1));
        } else {
            route.last_arrives = arrives;
        }
        Delivery::Arrives(route.to, arrives, again.map(|later| arrives.plus_millis(later)))
    }

    /// The line under a session that is open.
    pub fn line_of(&self, end: End) -> Option<LineId> {
        self.ends.get(&end).map(|route| route.line)
    }

    /// The box at the other end of a session that is open.
    pub fn peer_of(&self, end: End) -> Option<BoxId> {
        self.ends.get(&end).map(|route| route.to.at)
    }
}

/// Whether something happens that does so with this chance; a chance that is none never comes.
fn happens(random: &mut ChaCha8Rng, chance: f64) -> bool {
    chance > 0.0 && random.random_bool(chance.min(1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::world::clock::START;

    const GOOD: Quality = Quality {
        latency: 50,
        jitter: 10,
        bandwidth: 1_000,
        loss: 0.0,
        breakage: 0.0,
        duplication: 0.0,
        reordering: 0.0,
    };

    fn line(quality: Quality, dials: Dials) -> (Network, [End; 2]) {
        let mut network = Network::default();
        network.lay(&Line { id: 3, boxes: [7, 8], quality, dials }, 1);
        let ends = network.open(3, START).unwrap();
        (network, ends)
    }

    /// When frames of `bytes` that are sent at once arrive.
    fn arrivals(quality: Quality, frames: usize, bytes: usize) -> Vec<Timestamp> {
        let (mut network, [from, _]) = line(quality, Dials::Both);
        let mut times = Vec::new();
        for _ in 0..frames {
            let Delivery::Arrives(_, time, again) = network.send(from, bytes, START) else { continue };
            times.push(time);
            times.extend(again);
        }
        times
    }

    #[test]
    fn a_good_line_keeps_the_order_and_takes_its_time() {
        let times = arrivals(GOOD, 200, 2_000);
        assert!(times.is_sorted() && times.len() == 200);
        assert!(times[0] >= START.plus_millis(52), "2 ms for the bytes and 50 for the way");
        assert!(times[199] >= START.plus_millis(450), "the line carries a kilobyte in a millisecond");
    }

    #[test]
    fn a_bad_line_overtakes_repeats_and_delays() {
        let overtaken = arrivals(Quality { reordering: 0.2, ..GOOD }, 200, 10);
        assert!(!overtaken.is_sorted());
        let doubled = arrivals(Quality { duplication: 0.2, ..GOOD }, 200, 10);
        assert!(doubled.len() > 220, "{}", doubled.len());
        let lossy = arrivals(Quality { loss: 0.3, ..GOOD }, 200, 10);
        assert!(lossy.last() > arrivals(GOOD, 200, 10).last());
    }

    #[test]
    fn a_stream_that_breaks_takes_what_is_on_its_way() {
        let (mut network, [from, to]) = line(Quality { breakage: 1.0, ..GOOD }, Dials::Both);
        assert_eq!(network.send(from, 10, START), Delivery::Breaks(3));
        assert_eq!(network.break_stream(3, START), Some([from, to]));
        assert_eq!(network.send(to, 10, START), Delivery::Gone);
        assert_eq!(network.line_of(to), None);
        let first = network.next_pause(3);
        let later = (0..12).map(|_| network.next_pause(3)).last().unwrap();
        assert!(first < 2 * SECOND && later >= LONGEST_PAUSE, "{first} and {later}");
    }

    #[test]
    fn behind_some_routers_only_one_side_can_dial() {
        for (dials, dialler) in [(Dials::First, 7), (Dials::Second, 8)] {
            let (mut network, _) = line(GOOD, dials);
            for _ in 0..20 {
                network.break_stream(3, START);
                assert_eq!(network.open(3, START).unwrap()[0].at, dialler);
            }
        }
    }

    #[test]
    fn a_line_that_is_down_carries_nothing_until_it_is_up() {
        let (mut network, _) = line(GOOD, Dials::Both);
        network.break_stream(3, START);
        network.take_down(3, START.plus_millis(100));
        network.take_down(3, START.plus_millis(40));
        assert!(network.open(3, START.plus_millis(99)).is_none());
        assert!(network.open(3, START.plus_millis(100)).is_some());
    }
}

//! Links between boxes. A stream on a link is what QUIC gives: frames in order, each once. Loss shows as delay, and as
//! streams that break and lose what was on its way; frames on different links overtake each other freely.

use std::collections::BTreeMap;

use dorpsplein_protocol::replica::SessionId;
use dorpsplein_protocol::time::Timestamp;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How long a sender waits before it sends a lost packet again, in milliseconds.
const RETRANSMISSION_MS: u64 = 200;
/// What a line carries, in bytes per millisecond: 8 Mbit/s, an ordinary upload.
const BYTES_PER_MS: u64 = 1_000;

/// Names a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub usize);

/// One end of a stream: a box and the name of its session there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The box.
    pub at: usize,
    /// Its session.
    pub session: SessionId,
}

/// How good a line is.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// One way, in milliseconds; half as much again comes on top by chance.
    pub latency_ms: u64,
    /// The chance that a frame has to be sent again.
    pub loss: f64,
    /// The chance that a frame is the last one before the stream breaks.
    pub breakage: f64,
}

/// The links and the streams on them.
#[derive(Default)]
pub struct Network {
    links: Vec<Link>,
    ends: BTreeMap<End, Route>,
    sessions: u64,
}

struct Link {
    boxes: [usize; 2],
    quality: Quality,
    up: bool,
    stream: Option<[End; 2]>,
}

#[derive(Clone, Copy)]
struct Route {
    link: LinkId,
    to: End,
    /// When the last frame in this direction arrives: the next one is not earlier.
    busy_until: Timestamp,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It arrives at this end at this time, unless the stream breaks before.
    Arrives(End, Timestamp),
    /// It is lost, and its stream breaks.
    Breaks(LinkId),
    /// Its stream is gone already.
    Gone,
}

impl Network {
    /// Adds a line between two boxes; it is up, without a stream.
    pub fn connect(&mut self, boxes: [usize; 2], quality: Quality) -> LinkId {
        self.links.push(Link { boxes, quality, up: true, stream: None });
        LinkId(self.links.len() - 1)
    }

    /// All links.
    pub fn links(&self) -> impl Iterator<Item = LinkId> + use<> {
        (0..self.links.len()).map(LinkId)
    }

    /// The links of a box.
    pub fn links_of(&self, at: usize) -> Vec<LinkId> {
        self.links().filter(|link| self.links[link.0].boxes.contains(&at)).collect()
    }

    /// Opens a stream on a link that is up and has none; the box that dials is `boxes[lead]`. Returns its two ends, the
    /// dialling one first.
    pub fn open(&mut self, link: LinkId, lead: usize, now: Timestamp) -> Option<[End; 2]> {
        let Link { boxes, up: true, stream: None, .. } = self.links[link.0] else { return None };
        let [dialler, dialled] = [boxes[lead], boxes[1 - lead]].map(|at| {
            self.sessions += 1;
            End { at, session: SessionId(self.sessions) }
        });
        self.ends.insert(dialler, Route { link, to: dialled, busy_until: now });
        self.ends.insert(dialled, Route { link, to: dialler, busy_until: now });
        self.links[link.0].stream = Some([dialler, dialled]);
        Some([dialler, dialled])
    }

    /// Breaks the stream on a link, if there is one; what is on its way is lost. Returns the ends.
    pub fn break_stream(&mut self, link: LinkId) -> Option<[End; 2]> {
        let ends = self.links[link.0].stream.take()?;
        self.ends.retain(|end, _| !ends.contains(end));
        Some(ends)
    }

    /// Takes a line out of use, or back into it.
    pub fn set_up(&mut self, link: LinkId, up: bool) {
        self.links[link.0].up = up;
    }

    /// Makes every line one that is up, loses nothing and never breaks.
    pub fn heal(&mut self) {
        for link in &mut self.links {
            link.up = true;
            link.quality = Quality { loss: 0.0, breakage: 0.0, ..link.quality };
        }
    }

    /// Puts a frame of `bytes` onto the stream at this end.
    pub fn send(&mut self, from: End, bytes: usize, now: Timestamp, random: &mut ChaCha8Rng) -> Delivery {
        let Some(route) = self.ends.get_mut(&from) else { return Delivery::Gone };
        let quality = self.links[route.link.0].quality;
        if random.random_bool(quality.breakage) {
            return Delivery::Breaks(route.link);
        }
        let mut delay = quality.latency_ms + random.random_range(0..=quality.latency_ms / 2);
        while random.random_bool(quality.loss) {
            delay += RETRANSMISSION_MS;
        }
        let sent = now.plus_millis(delay + bytes as u64 / BYTES_PER_MS);
        route.busy_until = route.busy_until.max(sent);
        Delivery::Arrives(route.to, route.busy_until)
    }

    /// The link under a session that is open.
    pub fn link_of(&self, end: End) -> Option<LinkId> {
        self.ends.get(&end).map(|route| route.link)
    }

    /// The box at the other end of a session that is open.
    pub fn peer_of(&self, end: End) -> Option<usize> {
        self.ends.get(&end).map(|route| route.to.at)
    }
}

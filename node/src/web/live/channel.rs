//! One sequence of events for everybody entitled to it.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast::{self, Receiver, Sender};

use super::{NewsBody, REMEMBERED};

/// Events that a reader may leave unread before they are let go.
const UNREAD: usize = 64;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Something is new.
    News(Arc<NewsBody>),
    /// So much is new that it is not told one by one.
    Much,
}

/// An event with its place in the sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What the stream says as `id`.
    pub(super) position: String,
    pub(super) told: Told,
}

/// What somebody who begins to listen gets.
pub(super) struct Listening {
    /// What was told since they last listened; none when that is not known any more, or never was.
    pub(super) since: Option<Vec<Entry>>,
    /// Where the sequence is.
    pub(super) position: String,
    /// What is told from now on.
    pub(super) from_now_on: Receiver<Entry>,
}

/// A sequence of events.
pub(super) struct Channel(Mutex<Sequence>);

struct Sequence {
    /// Which run of the box: a place in another one's sequence means nothing here.
    run: u32,
    last: u64,
    remembered: VecDeque<(u64, Told)>,
    sender: Sender<Entry>,
}

impl Default for Channel {
    fn default() -> Self {
        let mut run = [0; 4];
        // Without randomness all runs look alike: then a reader may miss what was new while the box was away.
        if getrandom::fill(&mut run).is_err() {
            tracing::warn!("this machine gives no randomness");
        }
        let (sender, _) = broadcast::channel(UNREAD);
        Self(Mutex::new(Sequence { run: u32::from_be_bytes(run), last: 0, remembered: VecDeque::new(), sender }))
    }
}

impl Channel {
    /// Tells everybody who listens.
    pub(super) fn tell(&self, told: Told) {
        let mut sequence = self.0.lock();
        sequence.last += 1;
        let last = sequence.last;
        sequence.remembered.push_back((last, told.clone()));
        if sequence.remembered.len() > REMEMBERED {
            sequence.remembered.pop_front();
        }
        let entry = Entry { position: sequence.position(last), told };
        // Fails when nobody listens.
        let _ = sequence.sender.send(entry);
    }

    /// Where the sequence is.
    pub(super) fn position(&self) -> String {
        let sequence = self.0.lock();
        sequence.position(sequence.last)
    }

    /// Begins to listen, from after a place in the sequence on.
    pub(super) fn listen(&self, after: Option<&str>) -> Listening {
        let sequence = self.0.lock();
        Listening {
            since: after.and_then(|after| sequence.since(after)),
            position: sequence.position(sequence.last),
            from_now_on: sequence.sender.subscribe(),
        }
    }
}

impl Sequence {
    fn position(&self, number: u64) -> String {
        format!("{:08x}-{number}", self.run)
    }

    fn since(&self, after: &str) -> Option<Vec<Entry>> {
        let (run, number) = after.split_once('-')?;
        let number = number.parse::<u64>().ok().filter(|number| *number <= self.last)?;
        let first = self.remembered.front().map_or(self.last, |(first, _)| first - 1);
        if u32::from_str_radix(run, 16) != Ok(self.run) || number < first {
            return None;
        }
        let missed = self.remembered.iter().filter(|(at, _)| *at > number);
        Some(missed.map(|(at, told)| Entry { position: self.position(*at), told: told.clone() }).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn whoever_comes_back_gets_what_was_told_meanwhile() {
        let channel = Channel::default();
        let start = channel.position();
        channel.tell(Told::Much);
        let middle = channel.position();
        channel.tell(Told::Much);
        assert_eq!(channel.listen(Some(&start)).since.unwrap().len(), 2);
        assert_eq!(channel.listen(Some(&middle)).since.unwrap()[0].position, channel.position());
        assert_eq!(channel.listen(Some(&channel.position())).since, Some(Vec::new()));
    }

    #[test]
    fn a_place_that_means_nothing_here_is_told_apart_from_the_beginning() {
        let (channel, other) = (Channel::default(), Channel::default());
        channel.tell(Told::Much);
        for strange in ["", "x", "1-", "-1", "zz-1", &other.position(), &format!("{}9", channel.position())] {
            assert_eq!(channel.listen(Some(strange)).since, None, "{strange}");
        }
        assert_eq!(channel.listen(None).since, None);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_who_was_away_longer_is_told_so() {
        let channel = Channel::default();
        let start = channel.position();
        let mut slow = channel.listen(None).from_now_on;
        for _ in 0..=REMEMBERED {
            channel.tell(Told::Much);
        }
        assert_eq!(channel.listen(Some(&start)).since, None);
        assert!(matches!(slow.try_recv(), Err(TryRecvError::Lagged(_))), "nothing waits for a slow reader");
    }
}

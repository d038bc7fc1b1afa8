//! From items that look different to what is told of them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use dorpsplein_protocol::operation::ItemId;
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::channel::Told;
use super::{NewsBody, is_new};
use crate::web::SiteState;
use crate::web::read::Reader;

/// More items than this that change at once are not told one by one: a neighbour is catching up.
const ONE_BY_ONE: usize = 64;
/// Items that are remembered as told. What is older than a day is not told anyway, so these are those of a day.
const KNOWN: usize = 4096;

/// A task that tells open pages what is new.
#[derive(Debug)]
#[must_use = "it has to be waited for"]
pub struct Teller(JoinHandle<()>);

/// Tells everybody who listens at this site what is new, until it is asked to stop.
pub fn follow(state: SiteState, stop: CancellationToken) -> Teller {
    let changes = state.driver.subscribe();
    Teller(tokio::spawn(tell(state, changes, stop)))
}

impl Teller {
    /// Waits until it has stopped.
    pub async fn stopped(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "telling open pages what is new ended in a panic");
        }
    }
}

async fn tell(state: SiteState, mut changes: Receiver<Arc<[ItemId]>>, stop: CancellationToken) {
    let mut known = Known::default();
    let there_is = state.clone();
    match tokio::task::spawn_blocking(move || Known::at_the_beginning(&there_is)).await {
        Ok(Ok(at_the_beginning)) => known = at_the_beginning,
        // Then a comment on something of today may be told as news of it.
        Ok(Err(error)) => tracing::warn!(%error, "what is there already could not be read"),
        Err(error) => tracing::error!(%error, "what is there already could not be read"),
    }
    loop {
        let changed = tokio::select! {
            () = stop.cancelled() => return,
            changed = changes.recv() => changed,
        };
        let items = match changed {
            Ok(items) => items,
            Err(RecvError::Lagged(_)) => {
                state.live.square.tell(Told::Much);
                state.live.inside.tell(Told::Much);
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        let reading = state.clone();
        known = match tokio::task::spawn_blocking(move || reading.tell_of(&items, known)).await {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(%error, "open pages are not told what is new");
                Known::default()
            }
        };
    }
}

impl SiteState {
    fn tell_of(&self, items: &[ItemId], mut known: Known) -> Known {
        let reader = Reader::new(self);
        if items.len() > ONE_BY_ONE {
            self.tell_of_much(&reader, items);
            return known;
        }
        for id in items {
            match news(&reader, id) {
                Ok(Some((body, everybody))) if known.add(*id) => {
                    let told = Told::News(Arc::new(body));
                    if everybody {
                        self.live.square.tell(told.clone());
                    }
                    self.live.inside.tell(told);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "open pages are not told of an item"),
            }
        }
        known
    }

    /// Says that much is new, to visitors only if some of it is for them: else they would learn that members were busy.
    fn tell_of_much(&self, reader: &Reader, items: &[ItemId]) {
        let told = |id| match news(reader, id) {
            Ok(news) => news,
            Err(error) => {
                tracing::warn!(%error, "open pages are not told of an item");
                None
            }
        };
        let mut news = items.iter().filter_map(told).map(|(_, everybody)| everybody).peekable();
        if news.peek().is_some() {
            self.live.inside.tell(Told::Much);
        }
        if news.any(|everybody| everybody) {
            self.live.square.tell(Told::Much);
        }
    }
}

/// What is told of an item, and whether to everybody; none of what is not new, or for nobody who listens.
fn news(reader: &Reader, id: &ItemId) -> Result<Option<(NewsBody, bool)>, StoreError> {
    let Some(row) = projection::item(&reader.store, id)? else { return Ok(None) };
    if !reader.shows_to_members(&row) || row.edited.is_some() || !is_new(row.created, reader.now) {
        return Ok(None);
    }
    // What is said about something that is not there for a reader is not there either.
    let subject = match row.subject {
        Some(subject) => match projection::item(&reader.store, &subject)? {
            Some(subject) => Some(subject),
            None => return Ok(None),
        },
        None => None,
    };
    if subject.as_ref().is_some_and(|subject| !reader.shows_to_members(subject)) {
        return Ok(None);
    }
    let everybody =
        reader.shows_to_everybody(&row) && subject.as_ref().is_none_or(|subject| reader.shows_to_everybody(subject));
    Ok(NewsBody::of(&row).map(|body| (body, everybody)))
}

/// What was told, or was there before anybody listened.
#[derive(Default)]
struct Known {
    items: BTreeSet<ItemId>,
    oldest_first: VecDeque<ItemId>,
}

impl Known {
    /// What can be new by its date, and was there already, as far as it is news or an event. Comments are not among it:
    /// nothing is said about a comment, so one that is there does not change again without being edited.
    fn at_the_beginning(state: &SiteState) -> Result<Self, StoreError> {
        let mut known = Self::default();
        let reader = Reader::new(state);
        let (rows, _) = projection::feed(&reader.store, None, KNOWN / 4)?;
        for row in rows.iter().filter(|row| is_new(row.created, reader.now)) {
            known.add(row.id);
        }
        Ok(known)
    }

    /// Adds an item; whether it was not known.
    fn add(&mut self, item: ItemId) -> bool {
        if !self.items.insert(item) {
            return false;
        }
        self.oldest_first.push_back(item);
        if self.oldest_first.len() > KNOWN {
            let oldest = self.oldest_first.pop_front();
            oldest.map(|oldest| self.items.remove(&oldest));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_told_once_and_not_remembered_for_ever() {
        let mut known = Known::default();
        let item = |number: usize| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_be_bytes());
            ItemId::from_bytes(id)
        };
        assert!(known.add(item(0)) && !known.add(item(0)));
        for number in 1..=KNOWN {
            assert!(known.add(item(number)));
        }
        assert_eq!(known.items.len(), KNOWN);
        assert!(known.add(item(0)), "it made room");
    }
}

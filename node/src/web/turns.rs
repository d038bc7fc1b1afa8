//! Turns: what reads the disk, and makes pages of it, is done off the async threads, a few at a time and in the order in which
//! it was asked for.
//!
//! Without an order everybody's page would be made at the same time, a slice of each in turn: all would be late, memory would
//! be needed for all of them, and some would wait for very long.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use super::SiteState;

/// So many at a time for each core: while one waits for the disk another can go on.
const OF_CORE: usize = 2;

/// Who may go on.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self::of(OF_CORE * thread::available_parallelism().map_or(1, NonZero::get))
    }
}

impl Turns {
    fn of(at_a_time: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_a_time)))
    }

    /// Waits for a turn and does this. Who stops waiting gives up the place in the row; what was begun comes to its end.
    ///
    /// # Errors
    /// When it panicked.
    async fn take<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
        let turn = Arc::clone(&self.0).acquire_owned().await.expect("nobody closes the semaphore");
        spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
    }
}

impl SiteState {
    /// Waits for a turn and does what reads the disk.
    ///
    /// # Errors
    /// When it panicked.
    pub(super) async fn in_turn<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let turns = self.turns.clone();
        turns.take(move || work(&self)).await
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::mpsc;
    use std::task::Poll;

    use parking_lot::Mutex;

    use super::*;

    /// Lets somebody stand in the row.
    async fn stand<T>(waiting: &mut (impl Future<Output = T> + Unpin)) {
        std::future::poll_fn(|context| {
            assert!(std::pin::Pin::new(&mut *waiting).poll(context).is_pending(), "it is not this one's turn");
            Poll::Ready(())
        })
        .await;
    }

    #[tokio::test]
    async fn who_asks_first_is_first_and_who_leaves_holds_nobody_up() {
        let turns = Turns::of(1);
        let (let_go, held) = mpsc::channel::<()>();
        let busy = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(move || held.recv()).await }
        });
        while turns.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let order = Arc::clone(&order);
            move || order.lock().push(name)
        };
        let [mut first, mut leaves, mut last] =
            ["first", "leaves", "last"].map(|name| Box::pin(turns.take(note(name))));
        stand(&mut first).await;
        stand(&mut leaves).await;
        stand(&mut last).await;
        assert!(order.lock().is_empty(), "one at a time");
        drop(leaves);
        let_go.send(()).expect("it waits for this");
        let (last, first) = tokio::join!(last, first);
        first.and(last).expect("nothing panics");
        busy.await.expect("nothing panics").expect("nothing panics").expect("it was let go");
        assert_eq!(*order.lock(), ["first", "last"]);
    }

    #[tokio::test]
    async fn what_panics_gives_its_turn_back() {
        let turns = Turns::of(1);
        assert!(turns.take(|| panic!("a page that cannot be made")).await.is_err());
        assert_eq!(turns.take(|| 7).await.expect("it is free again"), 7);
    }
}

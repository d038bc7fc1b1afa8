//! Visiting the addresses that the settings name, each no more often than it is told to.

use std::time::Duration;

use dorpsplein_protocol::time::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Fetcher, Sources};
use crate::clock;
use crate::config::AgendaSource;

/// How often is looked whether a visit is due.
const ROUND: Duration = Duration::from_secs(60);

/// Visits when it is time, until it is told to stop. One at a time: nobody waits for it.
pub(crate) async fn visit_on_time(sources: Sources, fetcher: Fetcher, stop: CancellationToken) {
    if sources.configured().is_empty() {
        return;
    }
    loop {
        for source in sources.configured().to_vec() {
            if stop.is_cancelled() {
                return;
            }
            if is_due(&sources, &source, clock::now()) {
                let (sources, fetcher) = (sources.clone(), fetcher.clone());
                if let Err(error) = tokio::task::spawn_blocking(move || visit(&sources, &fetcher, &source)).await {
                    tracing::error!(%error, "a visit to a calendar ended in a panic");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// Whether a calendar was not looked at for as long as the settings say. A clock that was set back does not stop visits.
fn is_due(sources: &Sources, source: &AgendaSource, now: Timestamp) -> bool {
    let visited = sources.0.kept.read().sources.get(&source.url).and_then(|known| known.visited);
    visited.is_none_or(|at| at > now.as_millis() || now.as_millis() - at >= source.every_ms())
}

fn visit(sources: &Sources, fetcher: &Fetcher, source: &AgendaSource) {
    let known = sources.0.kept.read().sources.get(&source.url).cloned().unwrap_or_default();
    let fetched = fetcher.fetch(&source.url, known.etag.as_deref(), known.last_modified.as_deref());
    if let Err(error) = &fetched {
        tracing::warn!(url = source.url, %error, "a calendar could not be fetched");
    }
    if let Err(error) = sources.found(source, fetched, clock::now()) {
        tracing::error!(url = source.url, %error, "what a calendar says could not be kept");
    }
}

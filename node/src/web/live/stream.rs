//! One stream: what a reader is told, for as long as they may be told it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::authority::Registers;
use futures::stream;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::NewsBody;
use super::channel::{Entry, Told};
use crate::web::SiteState;
use crate::web::arrival::Arrival;
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::Parameters;
use crate::web::places::Place;
use crate::web::sessions::Visitor;
use crate::web::write::check_origin;

/// How often something is said when there is nothing to say: sooner than the box, or a proxy before it, takes the
/// connection for a dead one.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How soon a browser comes back when the line breaks.
const COME_BACK: Duration = Duration::from_secs(3);

/// Where a reader was when they last listened, for the first time: afterwards a browser says `Last-Event-ID`.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct After {
    after: Option<String>,
}

/// Tells what is new, as server-sent events, for as long as the reader stays.
///
/// `news` carries what is new; `missed` says that so much was, or for so long nobody listened, that it is not told one by
/// one; `over` that the reader is not logged in any more, and is the last.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "reading",
    params(("after" = Option<String>, Query, description = "The `id` of the event that was read last, as `Last-Event-ID`")),
    responses(
        (status = 200, description = "A stream of events `news`, `missed` and `over`", body = NewsBody, content_type = "text/event-stream"),
        (status = 429, description = "Too many listen, here or from this address", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::web) async fn events(
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    arrival: Arrival,
    headers: HeaderMap,
    Parameters(After { after }): Parameters<After>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let place = state.live.places.take(arrival.from).ok_or_else(full)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned).or(after);
    let sessions = state.sessions.watch();
    let registers = state.driver.watch_registers();
    let channel = state.live.channel(visitor.is_some());
    let listening = channel.listen(last.as_deref());
    let missed = last.is_some() && listening.since.is_none();
    let mut waiting: VecDeque<Event> = listening.since.unwrap_or_default().into_iter().map(event).collect();
    if missed {
        waiting.push_back(event(Entry { position: listening.position, told: Told::Much }));
    }
    // The first bytes tell the browser that the line stands.
    waiting.push_front(Event::default().retry(COME_BACK));
    let mut ticks = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let from_now_on = listening.from_now_on;
    let reader = Reader {
        state,
        visitor,
        headers,
        waiting,
        from_now_on,
        sessions,
        registers,
        ticks,
        over: false,
        _place: place,
    };
    let events = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    // For proxies that would otherwise collect what is said until it is worth sending.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([unbuffered], Sse::new(events)).into_response())
}

fn full() -> Problem {
    Problem::new("rate-limited", "too many pages listen for news, here or from this address")
}

fn event(entry: Entry) -> Event {
    let event = Event::default().id(entry.position);
    match entry.told {
        Told::News(news) => event.event("news").json_data(&*news).unwrap_or_else(|_| missed()),
        Told::Much => event.event("missed").data(""),
    }
}

fn missed() -> Event {
    Event::default().event("missed").data("")
}

/// Somebody who listens.
struct Reader {
    state: SiteState,
    /// Who they were when they came.
    visitor: Option<Visitor>,
    headers: HeaderMap,
    waiting: VecDeque<Event>,
    from_now_on: Receiver<Entry>,
    sessions: watch::Receiver<()>,
    registers: watch::Receiver<Arc<Registers>>,
    ticks: Interval,
    over: bool,
    _place: Place,
}

impl Reader {
    /// What they are told next; none when they are to come back, or to stay away.
    async fn next(&mut self) -> Option<Event> {
        let stop = self.state.live.stop.clone();
        loop {
            if self.over || stop.is_cancelled() {
                return None;
            }
            if self.visitor.is_some() && Visitor::of(&self.headers, &self.state) != self.visitor {
                self.over = true;
                return Some(Event::default().event("over").data(""));
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let logged_in = self.visitor.is_some();
            tokio::select! {
                () = stop.cancelled() => return None,
                // Whether they are still who they were is looked at before anything more is said.
                changed = self.sessions.changed(), if logged_in => changed.ok()?,
                changed = self.registers.changed(), if logged_in => changed.ok()?,
                // Who is too slow comes back, and is told what they missed.
                entry = self.from_now_on.recv() => self.waiting.push_back(event(entry.ok()?)),
                _ = self.ticks.tick() => self.waiting.push_back(Event::default().comment("")),
            }
        }
    }
}

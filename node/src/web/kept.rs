//! Pages and feeds that are the same for every visitor: made once, compressed once, and kept for as long as they are true.
//!
//! They are true until something on the square changes ([`Edition`]) and, because they name days and times, for at most a
//! minute. So a page costs what it costs to make a few times a minute, however many ask for it.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::{SiteState, conditional, layers};
use crate::clock;
use crate::driver::Edition;

/// The most bytes that are kept; who asked for longest ago makes room.
const MOST_BYTES: u64 = 6 * 1024 * 1024;
/// A larger answer is not kept: a calendar of a thousand events has about half of this uncompressed.
const LARGEST: u64 = 1024 * 1024;
/// What an answer is reckoned to take beside its body and its address.
const OVERHEAD: usize = 512;
/// Answers that are expected at one time.
const USUAL: usize = 512;
/// A longer address is nobody's.
const LONGEST_ADDRESS: usize = 512;
/// Pages say days and times of day, so they are made again after this many milliseconds.
const MINUTE_MS: u64 = 60_000;

/// The answers that are kept; nothing in the place of one that is made anew for each who asks.
pub(super) struct Kept(Cache<Key, Option<Arc<Answer>>, ByBytes>);

/// What is answered with the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    host: String,
    address: String,
    brotli: bool,
    edition: Edition,
    minute: u64,
}

/// An answer with status 200.
#[derive(Debug)]
struct Answer {
    tag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Option<Arc<Answer>>> for ByBytes {
    fn weight(&self, key: &Key, answer: &Option<Arc<Answer>>) -> u64 {
        let body = answer.as_ref().map_or(0, |answer| answer.body.len());
        (key.host.len() + key.address.len() + body + OVERHEAD) as u64
    }
}

impl Default for Kept {
    fn default() -> Self {
        // One shard, because a large answer has to fit into one.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(USUAL)
            .weight_capacity(MOST_BYTES)
            .build()
            .expect("the bounds are given");
        Self(Cache::with_options(options, ByBytes, DefaultHashBuilder::default(), DefaultLifecycle::default()))
    }
}

/// Answers from what is kept, and keeps what it had to have made. Who says who they are (a cookie, a token) is never answered
/// from here.
pub(super) async fn keep(State(state): State<SiteState>, request: Request, next: Next) -> Response {
    let Some(key) = key_of(&state, &request) else { return layers::compress(request, next).await };
    let asked = request.headers().clone();
    state.kept.answer(&key, &asked, layers::compress_to_keep(request, next)).await
}

impl Kept {
    /// Of many who ask for the same at once one has it made and the others wait for that; unless it cannot be kept: from the
    /// second time on everybody has it made at once, and nobody waits for what is not for them.
    async fn answer(&self, key: &Key, asked: &HeaderMap, made: impl Future<Output = Response>) -> Response {
        let room = match self.0.get_value_or_guard_async(key).await {
            Ok(Some(answer)) => return answer.to(asked),
            Ok(None) => return made.await,
            Err(room) => room,
        };
        let (kept, response) = match Answer::of(made.await).await {
            Ok(answer) => {
                let response = answer.to(asked);
                (Some(Arc::new(answer)), response)
            }
            Err(response) => (None, response),
        };
        // It is not kept if it was thrown out in the meantime; it is an answer all the same.
        let _ = room.insert(kept);
        response
    }
}

/// Which answer is wanted, unless it may be for this reader alone.
fn key_of(state: &SiteState, request: &Request) -> Option<Key> {
    let headers = request.headers();
    let anonymous = !headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION);
    let address = request.uri().path_and_query()?.as_str();
    let host = headers.get(header::HOST).map_or(Ok(""), HeaderValue::to_str).ok()?;
    let kept = request.method() == Method::GET && anonymous && address.len() + host.len() <= LONGEST_ADDRESS;
    kept.then(|| Key {
        host: host.to_owned(),
        address: address.to_owned(),
        brotli: layers::accepts_brotli(headers),
        // Read before the answer is made: it may be newer than it says, and is never older.
        edition: state.driver.edition(),
        minute: clock::now().as_millis() / MINUTE_MS,
    })
}

impl Answer {
    /// What can be kept of an answer, or the answer itself where it is to be made anew each time.
    async fn of(response: Response) -> Result<Self, Response> {
        let is_small = response.body().size_hint().upper().is_some_and(|length| length <= LARGEST);
        if response.status() != StatusCode::OK
            || layers::is_private(response.headers())
            || !is_small
            || response.headers().contains_key(header::SET_COOKIE)
        {
            return Err(response);
        }
        let (parts, body) = response.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Ok(Self { tag: conditional::tag_of(&body), headers: parts.headers, body }),
            Err(error) => {
                tracing::error!(%error, "an answer broke off while it was made");
                Err(Response::builder()
                    .status(StatusCode::INTERNAL_SERVER_ERROR)
                    .body(Body::empty())
                    .unwrap_or_default())
            }
        }
    }

    fn to(&self, asked: &HeaderMap) -> Response {
        conditional::answer(asked, &self.tag, self.headers.clone(), self.body.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::Barrier;
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn key() -> Key {
        let (host, address) = ("maasdorp.example".to_owned(), "/zoeken?q=molen".to_owned());
        Key { host, address, brotli: false, edition: Edition::default(), minute: 0 }
    }

    fn page(caching: &'static str) -> Response {
        Response::builder().header(header::CACHE_CONTROL, caching).body(Body::from("Molen")).expect("it is whole")
    }

    #[tokio::test]
    async fn what_is_the_same_for_everybody_is_made_once() {
        let kept = Kept::default();
        for _ in 0..2 {
            let made = kept.answer(&key(), &HeaderMap::new(), async { page("no-cache") }).await;
            assert_eq!(made.status(), StatusCode::OK);
        }
        let answered = kept.answer(&key(), &HeaderMap::new(), async { panic!("it is kept") }).await;
        assert_eq!(answered.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn nobody_waits_for_what_is_made_for_somebody_else() {
        let kept = Kept::default();
        let _first = kept.answer(&key(), &HeaderMap::new(), async { page("no-store") }).await;
        // Each of two is made only while the other is.
        let both = Barrier::new(2);
        let one = || async {
            let made = async {
                both.wait().await;
                page("no-store")
            };
            kept.answer(&key(), &HeaderMap::new(), made).await.status()
        };
        let answered = timeout(PATIENCE, async { tokio::join!(one(), one()) }).await;
        assert_eq!(answered.expect("one waits for the other"), (StatusCode::OK, StatusCode::OK));
    }
}

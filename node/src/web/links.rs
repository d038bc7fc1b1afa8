//! Mailboxes through which two devices that are being linked pass three messages (`dorpsplein_protocol::linking`), in their
//! order.
//!
//! The box keeps what it is given for ten minutes, in memory, and understands none of it. A mailbox is known to those who
//! know its name, and its name comes from a secret that the box never sees.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::linking::MAX_MESSAGE;
use dorpsplein_protocol::time::Timestamp;
use parking_lot::Mutex;

use super::SiteState;
use super::body::OperationBytes;
use super::bounded;
use super::error::{Problem, ProblemBody};
use super::sessions::Visitor;
use super::write::{MEDIA_TYPE, check_origin};
use crate::clock;

/// How long a mailbox lasts, in milliseconds.
const LIFE_MS: u64 = 10 * 60_000;
/// Mailboxes at one time.
const MAX_MAILBOXES: usize = 256;
/// How many of them may be made by somebody who is not logged in, so that a stranger cannot take all.
const MAX_OF_STRANGERS: usize = 128;

/// All mailboxes of this box.
#[derive(Default)]
pub(super) struct Links {
    mailboxes: Mutex<BTreeMap<[u8; 32], Mailbox>>,
}

struct Mailbox {
    until: Timestamp,
    by_stranger: bool,
    offer: Vec<u8>,
    answer: Option<Vec<u8>>,
    reveal: Option<Vec<u8>>,
}

/// One of the three places in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Offer,
    Answer,
    Reveal,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// There is no such mailbox, or no longer, or the message before this one is not there.
    Nowhere,
    /// There is another message in that place.
    Taken,
    /// All mailboxes are in use.
    Full,
}

/// Leaves a message. The offer makes the mailbox, the answer needs an offer and the last message an answer. The same
/// message may be left twice.
#[utoipa::path(
    put,
    path = "/api/v1/links/{id}/{slot}",
    tag = "linking",
    params(
        ("id" = String, Path, description = "The mailbox, 64 hexadecimal digits"),
        ("slot" = String, Path, description = "`offer`, `answer` or `reveal`"),
    ),
    request_body(content = OperationBytes, content_type = "application/cbor", description = "At most 512 bytes, for the other device only"),
    responses(
        (status = 204, description = "It lies there for at most ten minutes"),
        (status = "4XX", description = "Not taken; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn leave(
    State(state): State<SiteState>,
    Path(place): Path<(String, String)>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    check_origin(&headers)?;
    let (mailbox, slot) = found(&place).ok_or_else(Problem::not_found)?;
    let too_large = || Problem::new("too-large", format!("a message has at most {MAX_MESSAGE} bytes"));
    let message = bounded::read(&headers, body, MAX_MESSAGE, too_large).await?;
    state.links.leave(mailbox, slot, message.into(), visitor.is_none(), clock::now())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a look at a message.
#[utoipa::path(
    get,
    path = "/api/v1/links/{id}/{slot}",
    tag = "linking",
    params(
        ("id" = String, Path, description = "The mailbox, 64 hexadecimal digits"),
        ("slot" = String, Path, description = "`offer`, `answer` or `reveal`"),
    ),
    responses(
        (status = 200, description = "The message as it was left", body = OperationBytes, content_type = "application/cbor"),
        (status = 404, description = "Nothing there, not yet or no longer", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn look(
    State(state): State<SiteState>,
    Path(place): Path<(String, String)>,
) -> Result<Response, Problem> {
    let message = found(&place).and_then(|(mailbox, slot)| state.links.look(&mailbox, slot, clock::now()));
    let message = message.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, message).into_response())
}

fn found((mailbox, slot): &(String, String)) -> Option<([u8; 32], Slot)> {
    let slot = match slot.as_str() {
        "offer" => Slot::Offer,
        "answer" => Slot::Answer,
        "reveal" => Slot::Reveal,
        _ => return None,
    };
    Some((hex::decode(mailbox)?.try_into().ok()?, slot))
}

impl Links {
    fn leave(
        &self,
        id: [u8; 32],
        slot: Slot,
        message: Vec<u8>,
        by_stranger: bool,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let mut mailboxes = self.mailboxes.lock();
        mailboxes.retain(|_, mailbox| now < mailbox.until);
        match (mailboxes.get_mut(&id), slot) {
            (None, Slot::Answer | Slot::Reveal) => Err(Refused::Nowhere),
            (None, Slot::Offer) => {
                let of_strangers = mailboxes.values().filter(|mailbox| mailbox.by_stranger).count();
                if mailboxes.len() >= MAX_MAILBOXES || (by_stranger && of_strangers >= MAX_OF_STRANGERS) {
                    return Err(Refused::Full);
                }
                let until = now.plus_millis(LIFE_MS);
                mailboxes.insert(id, Mailbox { until, by_stranger, offer: message, answer: None, reveal: None });
                Ok(())
            }
            (Some(mailbox), Slot::Offer) => same(&mailbox.offer, &message),
            (Some(mailbox), Slot::Answer) => fill(&mut mailbox.answer, message),
            (Some(Mailbox { answer: None, .. }), Slot::Reveal) => Err(Refused::Nowhere),
            (Some(mailbox), Slot::Reveal) => fill(&mut mailbox.reveal, message),
        }
    }

    fn look(&self, id: &[u8; 32], slot: Slot, now: Timestamp) -> Option<Vec<u8>> {
        let mailboxes = self.mailboxes.lock();
        let mailbox = mailboxes.get(id).filter(|mailbox| now < mailbox.until)?;
        match slot {
            Slot::Offer => Some(mailbox.offer.clone()),
            Slot::Answer => mailbox.answer.clone(),
            Slot::Reveal => mailbox.reveal.clone(),
        }
    }
}

fn fill(slot: &mut Option<Vec<u8>>, message: Vec<u8>) -> Result<(), Refused> {
    match slot {
        Some(there) => same(there, &message),
        None => {
            *slot = Some(message);
            Ok(())
        }
    }
}

/// A message whose receipt got lost is left again; another one is not taken in its place.
fn same(there: &[u8], message: &[u8]) -> Result<(), Refused> {
    if there == message { Ok(()) } else { Err(Refused::Taken) }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Nowhere => Self::not_found(),
            Refused::Taken => Self::new("link-taken", "another message lies in that place"),
            Refused::Full => Self::new("rate-limited", "too many devices are being linked at this moment"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn three_messages_pass_in_their_order_and_none_is_replaced() {
        let links = Links::default();
        let leave = |slot, message: &[u8]| links.leave([1; 32], slot, message.to_vec(), true, NOW);
        assert_eq!(leave(Slot::Answer, b"answer"), Err(Refused::Nowhere), "no mailbox yet");
        assert_eq!(leave(Slot::Offer, b"offer"), Ok(()));
        assert_eq!(links.look(&[1; 32], Slot::Answer, NOW), None);
        assert_eq!(leave(Slot::Reveal, b"reveal"), Err(Refused::Nowhere), "nothing to answer yet");
        assert_eq!(leave(Slot::Answer, b"answer"), Ok(()));
        assert_eq!(links.look(&[1; 32], Slot::Reveal, NOW), None);
        assert_eq!((leave(Slot::Reveal, b"reveal"), leave(Slot::Reveal, b"reveal")), (Ok(()), Ok(())), "and once more");
        assert_eq!((leave(Slot::Offer, b"offer"), leave(Slot::Answer, b"answer")), (Ok(()), Ok(())), "once more");
        assert_eq!(leave(Slot::Offer, b"another"), Err(Refused::Taken));
        assert_eq!(leave(Slot::Answer, b"another"), Err(Refused::Taken));
        assert_eq!(leave(Slot::Reveal, b"another"), Err(Refused::Taken));
        assert_eq!(links.look(&[1; 32], Slot::Offer, NOW), Some(b"offer".to_vec()));
        assert_eq!(links.look(&[1; 32], Slot::Answer, NOW), Some(b"answer".to_vec()));
        assert_eq!(links.look(&[1; 32], Slot::Reveal, NOW), Some(b"reveal".to_vec()));
    }

    #[test]
    fn a_mailbox_is_gone_after_ten_minutes() {
        let links = Links::default();
        assert_eq!(links.leave([1; 32], Slot::Offer, vec![1], true, NOW), Ok(()));
        let later = NOW.plus_millis(LIFE_MS);
        assert_eq!(links.look(&[1; 32], Slot::Offer, later), None);
        assert_eq!(links.leave([1; 32], Slot::Answer, vec![2], true, later), Err(Refused::Nowhere));
        assert_eq!(links.leave([1; 32], Slot::Offer, vec![3], true, later), Ok(()), "the name is free again");
    }

    #[test]
    fn strangers_leave_room_for_members_and_members_are_bounded_too() {
        let links = Links::default();
        let id = |number: usize| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_be_bytes());
            id
        };
        for number in 0..MAX_MAILBOXES {
            let by_stranger = number < MAX_OF_STRANGERS;
            assert_eq!(links.leave(id(number), Slot::Offer, vec![1], by_stranger, NOW), Ok(()));
            if number == MAX_OF_STRANGERS {
                let one_more = links.leave(id(9999), Slot::Offer, vec![1], true, NOW);
                assert_eq!(one_more, Err(Refused::Full), "there is room, for members");
            }
        }
        assert_eq!(links.leave(id(9999), Slot::Offer, vec![1], false, NOW), Err(Refused::Full));
        assert_eq!(links.leave(id(0), Slot::Answer, vec![1], true, NOW), Ok(()), "who is being linked goes on");
        let later = NOW.plus_millis(LIFE_MS);
        assert_eq!(links.leave(id(9999), Slot::Offer, vec![1], true, later), Ok(()));
    }
}

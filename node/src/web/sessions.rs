//! Who is logged in: a device that proved to have its key, for half a day, as long as it may sign.
//!
//! Nothing of it is stored. A session says which device came; what that device may do is asked of the register at every
//! request, so whoever is removed or whose device is retired is logged out at that moment.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::Json;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{PublicKey, Signature};
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{NeighbourhoodId, ResidentId, Role};
use dorpsplein_protocol::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::SiteState;
use super::arrival::Arrival;
use super::body::{ChallengeBody, LoginBody, VisitorBody};
use super::error::{Problem, ProblemBody};
use super::extract::JsonBody;
use super::write::check_origin;
use crate::clock;

/// How long a session lasts, in milliseconds: a day out, not a telephone that was sold.
pub const SESSION_MS: u64 = 12 * 3_600_000;
/// How long a challenge can be answered, in milliseconds.
const CHALLENGE_MS: u64 = 2 * 60_000;
/// Sessions at one time; a box with more visitors than that logs out those whose time is nearly up.
const MAX_SESSIONS: usize = 4096;
/// Sessions of one device at one time, so that nobody logs the whole village out.
const MAX_OF_DEVICE: usize = 8;
/// The name of the cookie.
const COOKIE: &str = "session";

/// Somebody who is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The device they came with.
    pub device: PublicKey,
    /// Who they are.
    pub resident: ResidentId,
    /// What they are trusted with at this moment.
    pub role: Role,
}

/// Everybody who is logged in at this box.
#[derive(Default)]
pub(super) struct Sessions {
    room: Mutex<Room>,
    /// Told whenever a session may have ended before its time.
    ended: watch::Sender<()>,
}

#[derive(Default)]
struct Room {
    /// By the hash of the cookie: nothing here can be used to come in.
    sessions: BTreeMap<[u8; 32], Session>,
    /// Challenges that were answered well, until they would have expired: each lets in once.
    used: BTreeMap<[u8; 32], Timestamp>,
    /// Authenticates the challenges of this box, which therefore need no room.
    key: Option<[u8; 32]>,
}

struct Session {
    device: PublicKey,
    ends: Timestamp,
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// The challenge is not of this box, too old or used.
    Challenge,
    /// The signature is not this device's over this challenge for this site.
    Signature,
    /// The device may not sign for anybody.
    NotAMember,
    /// It is a key for the home network: what residents alone may read does not travel over a line that anybody can read.
    HomeKey,
    /// Too many came in the last minutes.
    Busy,
}

/// Asks for a challenge to log in with.
#[utoipa::path(get, path = "/api/v1/sessions/challenge", tag = "sessions", responses((status = 200, body = ChallengeBody)))]
pub(super) async fn challenge(State(state): State<SiteState>) -> Result<Response, Problem> {
    let now = clock::now();
    let challenge = state.sessions.challenge(now).map_err(|error| Problem::internal(&error))?;
    let body = ChallengeBody { challenge: hex::encode(&challenge), expires: now.plus_millis(CHALLENGE_MS).as_millis() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Logs a device in. The answer carries the cookie `session`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "sessions",
    request_body = LoginBody,
    responses(
        (status = 201, description = "Logged in for twelve hours", body = VisitorBody),
        (status = "4XX", description = "Not let in; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log_in(
    State(state): State<SiteState>,
    arrival: Arrival,
    headers: HeaderMap,
    JsonBody(login): JsonBody<LoginBody>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let malformed = || Problem::new("malformed", "a login names a device, a challenge and a signature, in hexadecimal");
    let device = PublicKey::from_hex(&login.device).ok_or_else(malformed)?;
    let challenge = hex::decode(&login.challenge).and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)?;
    let signature = hex::decode(&login.signature).and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or_else(malformed)?;
    let registers = state.driver.registers();
    let home = registers.home().neighbourhood();
    let knock = Knock { device, challenge, signature: Signature::from_bytes(signature), host };
    knock.check(&home)?;
    if registers.home().active(&device).is_some_and(|membership| membership.home_key.is_some()) {
        return Err(Refused::HomeKey.into());
    }
    let visitor = visitor(&registers, &device).ok_or(Refused::NotAMember)?;
    let token = random().map_err(|error| Problem::internal(&error))?;
    state.sessions.admit(&knock, &token, clock::now())?;
    let cookie = cookie(&hex::encode(&token), SESSION_MS / 1000, came_by_https(arrival, &headers));
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(VisitorBody::from(visitor))).into_response())
}

/// Says who is logged in.
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    tag = "sessions",
    responses(
        (status = 200, body = VisitorBody),
        (status = 401, description = "Nobody is", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn who(visitor: Visitor) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(VisitorBody::from(visitor))).into_response()
}

/// Logs out. Who was not logged in, is not afterwards either.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "sessions", responses((status = 204, description = "Logged out")))]
pub(super) async fn log_out(
    State(state): State<SiteState>,
    arrival: Arrival,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    if let Some(token) = token(&headers) {
        state.sessions.end(&token);
    }
    let cookie = cookie("", 0, came_by_https(arrival, &headers));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

impl FromRequestParts<SiteState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Problem> {
        let visitor = Visitor::of(&parts.headers, state);
        visitor.ok_or_else(|| Problem::new("not-logged-in", "this is for residents who are logged in"))
    }
}

impl OptionalFromRequestParts<SiteState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Option<Self>, Infallible> {
        Ok(Visitor::of(&parts.headers, state))
    }
}

impl Visitor {
    /// Who sends a request with these headers.
    pub(super) fn of(headers: &HeaderMap, state: &SiteState) -> Option<Self> {
        let device = state.sessions.device(&token(headers)?, clock::now())?;
        visitor(&state.driver.registers(), &device)
    }
}

/// Whose device this is, if it may sign at this moment.
pub(super) fn visitor(registers: &Registers, device: &PublicKey) -> Option<Visitor> {
    let membership = registers.home().active(device).filter(|membership| membership.home_key.is_none())?;
    Some(Visitor { device: *device, resident: membership.resident, role: membership.role })
}

/// Somebody at the door.
struct Knock<'a> {
    device: PublicKey,
    challenge: [u8; 32],
    signature: Signature,
    host: &'a str,
}

impl Knock<'_> {
    fn check(&self, home: &NeighbourhoodId) -> Result<(), Refused> {
        let proof = LoginProof::new(home, &self.challenge, self.host);
        proof.verify(&self.device, &self.signature).map_err(|_| Refused::Signature)
    }
}

impl Sessions {
    /// A challenge: when it expires, randomness, and an authentication code over both.
    fn challenge(&self, now: Timestamp) -> Result<[u8; 32], getrandom::Error> {
        let mut room = self.room.lock();
        let key = match room.key {
            Some(key) => key,
            None => *room.key.insert(random()?),
        };
        drop(room);
        let mut challenge = [0; 32];
        challenge[..8].copy_from_slice(&now.plus_millis(CHALLENGE_MS).as_millis().to_be_bytes());
        challenge[8..16].copy_from_slice(&random::<8>()?);
        let code = authentication(&key, &challenge[..16]).finalize().into_bytes();
        challenge[16..].copy_from_slice(&code[..16]);
        Ok(challenge)
    }

    /// Lets a device in whose signature and membership were checked.
    fn admit(&self, knock: &Knock<'_>, token: &[u8; 32], now: Timestamp) -> Result<(), Refused> {
        let mut room = self.room.lock();
        let key = room.key.ok_or(Refused::Challenge)?;
        let expires = expiry(&key, &knock.challenge).filter(|expires| now < *expires).ok_or(Refused::Challenge)?;
        room.forget_what_is_over(now);
        if room.used.len() >= MAX_SESSIONS {
            return Err(Refused::Busy);
        }
        if room.used.insert(knock.challenge, expires).is_some() {
            return Err(Refused::Challenge);
        }
        room.make_room(&knock.device);
        let session = Session { device: knock.device, ends: now.plus_millis(SESSION_MS) };
        room.sessions.insert(Sha256::digest(token).into(), session);
        drop(room);
        self.ended.send_replace(());
        Ok(())
    }

    /// The device behind a cookie.
    fn device(&self, token: &[u8; 32], now: Timestamp) -> Option<PublicKey> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.room.lock().sessions.get(&hash).filter(|session| now < session.ends).map(|session| session.device)
    }

    fn end(&self, token: &[u8; 32]) {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.room.lock().sessions.remove(&hash);
        self.ended.send_replace(());
    }

    /// Notices that somebody may be logged in no more, but for those whose time is up.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.ended.subscribe()
    }
}

impl Room {
    fn forget_what_is_over(&mut self, now: Timestamp) {
        self.sessions.retain(|_, session| now < session.ends);
        self.used.retain(|_, expires| now < *expires);
    }

    /// Ends the oldest session of a device that has many, and of a box that is full.
    fn make_room(&mut self, device: &PublicKey) {
        let oldest = |room: &Self, of: Option<&PublicKey>| {
            let those = room.sessions.iter().filter(|(_, session)| of.is_none_or(|device| session.device == *device));
            those.min_by_key(|(_, session)| session.ends).map(|(hash, _)| *hash)
        };
        let own = self.sessions.values().filter(|session| session.device == *device).count();
        let leaving = if own >= MAX_OF_DEVICE {
            oldest(self, Some(device))
        } else if self.sessions.len() >= MAX_SESSIONS {
            oldest(self, None)
        } else {
            None
        };
        leaving.map(|hash| self.sessions.remove(&hash));
    }
}

/// When a challenge of this box expires; none for one that this box did not make.
fn expiry(key: &[u8; 32], challenge: &[u8; 32]) -> Option<Timestamp> {
    let (made, code) = challenge.split_at(16);
    authentication(key, made).verify_truncated_left(code).ok()?;
    let (expires, _) = made.split_first_chunk::<8>()?;
    Some(Timestamp::from_millis(u64::from_be_bytes(*expires)))
}

fn authentication(key: &[u8; 32], made: &[u8]) -> Hmac<Sha256> {
    let mut code = Hmac::<Sha256>::new_from_slice(key).expect("an HMAC takes a key of any length (RFC 2104)");
    code.update(made);
    code
}

/// The token in the cookie of a request.
pub(super) fn token(headers: &HeaderMap) -> Option<[u8; 32]> {
    let lists = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = lists.flat_map(|list| list.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let (_, token) = cookies.into_iter().find(|(name, _)| *name == COOKIE)?;
    hex::decode(token)?.try_into().ok()
}

/// A cookie that no script reads and no other site sends.
pub(super) fn cookie(token: &str, seconds: u64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(cookie).expect("hexadecimal digits and these words are a header value")
}

/// Where a web server stands before the box that was not named in the settings, a browser still says by which way the page
/// came that asks.
fn came_by_https(arrival: Arrival, headers: &HeaderMap) -> bool {
    arrival.https || headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Challenge => Self::new("login-expired", "the challenge is not of this box, too old, or was used"),
            Refused::Signature => Self::new("bad-signature", "the device did not sign this challenge for this site"),
            Refused::NotAMember => {
                Self::new("not-a-member", "the device may not sign for a resident of this neighbourhood")
            }
            Refused::HomeKey => Self::new("home-key", "a key for the home network does not log in"),
            Refused::Busy => Self::new("rate-limited", "too many devices logged in during the last minutes"),
        }
    }
}

impl From<Visitor> for VisitorBody {
    fn from(visitor: Visitor) -> Self {
        let role = match visitor.role {
            Role::Resident => "resident",
            Role::Connector => "connector",
        };
        Self { device: visitor.device.to_string(), resident: visitor.resident.to_string(), role: role.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::identity::SecretKey;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn knock(seed: u8, challenge: [u8; 32]) -> Knock<'static> {
        let (device, host) = (SecretKey::from_seed(&[seed; 32]), "maasdorp.local");
        let signature = LoginProof::new(&NeighbourhoodId::from_bytes([1; 32]), &challenge, host).sign(&device);
        Knock { device: device.public(), challenge, signature, host }
    }

    #[test]
    fn a_challenge_lets_in_once_and_not_for_long() {
        let sessions = Sessions::default();
        let challenge = sessions.challenge(NOW).unwrap();
        let late = NOW.plus_millis(CHALLENGE_MS);
        assert_eq!(sessions.admit(&knock(1, challenge), &[1; 32], late), Err(Refused::Challenge), "too late");
        assert_eq!(sessions.admit(&knock(1, challenge), &[1; 32], NOW), Ok(()));
        assert_eq!(sessions.admit(&knock(1, challenge), &[2; 32], NOW), Err(Refused::Challenge), "twice");
        assert_eq!(sessions.device(&[1; 32], NOW), Some(knock(1, challenge).device));
        assert_eq!(sessions.device(&[2; 32], NOW), None);
        assert_eq!(sessions.device(&[1; 32], NOW.plus_millis(SESSION_MS)), None, "the day is over");
    }

    #[test]
    fn only_challenges_of_this_box_let_in() {
        let (sessions, other) = (Sessions::default(), Sessions::default());
        assert_eq!(sessions.admit(&knock(1, [7; 32]), &[1; 32], NOW), Err(Refused::Challenge), "before there were any");
        let (mut own, foreign) = (sessions.challenge(NOW).unwrap(), other.challenge(NOW).unwrap());
        assert_eq!(sessions.admit(&knock(1, foreign), &[1; 32], NOW), Err(Refused::Challenge));
        own[7] ^= 1;
        assert_eq!(sessions.admit(&knock(1, own), &[1; 32], NOW), Err(Refused::Challenge), "a longer life");
    }

    #[test]
    fn a_signature_is_for_one_site_one_challenge_and_one_device() {
        let home = NeighbourhoodId::from_bytes([1; 32]);
        assert_eq!(knock(1, [7; 32]).check(&home), Ok(()));
        assert_eq!(Knock { host: "evil.example", ..knock(1, [7; 32]) }.check(&home), Err(Refused::Signature));
        assert_eq!(Knock { challenge: [8; 32], ..knock(1, [7; 32]) }.check(&home), Err(Refused::Signature));
        assert_eq!(
            Knock { device: knock(2, [7; 32]).device, ..knock(1, [7; 32]) }.check(&home),
            Err(Refused::Signature)
        );
        assert_eq!(knock(1, [7; 32]).check(&NeighbourhoodId::from_bytes([2; 32])), Err(Refused::Signature));
    }

    #[test]
    fn one_device_does_not_crowd_out_the_others() {
        let sessions = Sessions::default();
        let token = |number: usize| -> [u8; 32] { Sha256::digest(number.to_be_bytes()).into() };
        let come = |seed, number: usize, at| {
            sessions.admit(&knock(seed, sessions.challenge(at).unwrap()), &token(number), at).unwrap();
        };
        come(2, 100, NOW);
        for number in 0..=MAX_OF_DEVICE {
            come(1, number, NOW.plus_millis(number as u64 + 1));
        }
        let later = NOW.plus_millis(1000);
        assert_eq!(sessions.device(&token(0), later), None, "the oldest of nine made room");
        assert!((1..=MAX_OF_DEVICE).all(|number| sessions.device(&token(number), later).is_some()));
        assert!(sessions.device(&token(100), later).is_some());
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let with = |value: &str| token(&[(header::COOKIE, value.parse().unwrap())].into_iter().collect());
        let hex = "ab".repeat(32);
        assert_eq!(with(&format!("taal=nl; session={hex}")), Some([0xab; 32]));
        assert_eq!(with(&format!("xsession={hex}")), None);
        assert_eq!(with("session="), None);
        assert_eq!(with(&format!("session={hex}ab")), None);
        assert!(!cookie(&hex, 1, false).to_str().unwrap().contains("Secure"));
        assert!(cookie(&hex, 1, true).to_str().unwrap().ends_with("HttpOnly; SameSite=Strict; Secure"));
    }
}

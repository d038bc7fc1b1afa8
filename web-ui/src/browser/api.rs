//! The box that served this page, through its public API.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId};
use dorpsplein_protocol::time::Timestamp;
use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response, Window};

use super::trouble::Trouble;

/// How long a request may take, in milliseconds: other tabs wait meanwhile.
const REQUEST_MS: u32 = 30_000;
/// How far this device's clock may be from the box's before it is set right, in milliseconds.
const CLOCK_TOLERANCE_MS: u64 = 5 * 60 * 1000;

/// The API under one address.
pub(super) struct Api {
    window: Window,
    base: String,
}

/// An invitation, as the register holds it.
pub(super) struct Invitation {
    /// The operation that holds it.
    pub(super) operation: OperationId,
    /// The neighbourhood that invites.
    pub(super) neighbourhood: NeighbourhoodId,
    /// From this time on it is no longer accepted.
    pub(super) expires: Timestamp,
    /// Whether somebody used it.
    pub(super) used: bool,
}

impl Api {
    /// The API under `base`, such as `/api/v1`.
    pub(super) const fn new(window: Window, base: String) -> Self {
        Self { window, base }
    }

    /// Hands in a signed operation. One that the box has already is accepted again.
    pub(super) async fn submit(&self, transfer: &[u8]) -> Result<(), Trouble> {
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&Uint8Array::from(transfer));
        let headers = Object::new();
        Reflect::set(&headers, &"content-type".into(), &"application/cbor".into())
            .map_err(|_| Trouble::Browser("a header cannot be set"))?;
        request.set_headers(&headers);
        self.request("operations", request).await.map(drop)
    }

    /// The raw bytes of an operation.
    pub(super) async fn operation(&self, id: &OperationId) -> Result<Vec<u8>, Trouble> {
        let answer = self.get(&format!("operations/{id}")).await?;
        let bytes = settled(answer.array_buffer()).await?;
        Ok(Uint8Array::new(&bytes).to_vec())
    }

    /// The invitation with this one-time key.
    pub(super) async fn invitation(&self, key: &PublicKey) -> Result<Invitation, Trouble> {
        let body = self.json(&format!("invitations/{key}")).await?;
        let text = |name| field(&body, name).as_string();
        let invitation = || {
            Some(Invitation {
                operation: OperationId::from_hex(&text("operation")?)?,
                neighbourhood: NeighbourhoodId::from_hex(&text("neighbourhood")?)?,
                expires: timestamp(&field(&body, "expires"))?,
                used: field(&body, "used").as_bool()?,
            })
        };
        invitation().ok_or(Trouble::Offline)
    }

    /// The number of the last operation of this device that the box knows; 0 when it knows none.
    pub(super) async fn last_number(&self, device: &PublicKey) -> Result<u64, Trouble> {
        let body = self.json(&format!("devices/{device}")).await?;
        field(&body, "sequence").as_f64().map(|number| number as u64).ok_or(Trouble::Offline)
    }

    /// The time to sign with.
    ///
    /// That is this device's own, unless it differs much from the box's. Then it is the box's: a clock that is a year
    /// ahead would make people wait a year for an answer, and one that is behind would bury it under old ones. People
    /// rarely know that their clock is wrong, and the box sees the time anyway.
    pub(super) async fn now(&self) -> Result<Timestamp, Trouble> {
        let body = self.json("status").await?;
        let there = timestamp(&field(&body, "time")).ok_or(Trouble::Offline)?;
        let here = Timestamp::from_millis(js_sys::Date::now() as u64);
        let apart = here.as_millis().abs_diff(there.as_millis());
        Ok(if apart > CLOCK_TOLERANCE_MS { there } else { here })
    }

    async fn get(&self, path: &str) -> Result<Response, Trouble> {
        self.request(path, RequestInit::new()).await
    }

    async fn json(&self, path: &str) -> Result<JsValue, Trouble> {
        settled(self.get(path).await?.json()).await
    }

    async fn request(&self, path: &str, request: RequestInit) -> Result<Response, Trouble> {
        request.set_signal(Some(&AbortSignal::timeout_with_u32(REQUEST_MS)));
        let address = format!("{}/{path}", self.base);
        let answer = JsFuture::from(self.window.fetch_with_str_and_init(&address, &request)).await;
        let answer: Response = answer.and_then(JsCast::dyn_into).map_err(|_| Trouble::Offline)?;
        if answer.ok() { Ok(answer) } else { Err(problem(&answer).await) }
    }
}

/// What a refusal says: the last part of its `type`. An answer without one does not come from a box.
async fn problem(answer: &Response) -> Trouble {
    let Ok(body) = settled(answer.json()).await else { return Trouble::Offline };
    let Some(kind) = field(&body, "type").as_string() else { return Trouble::Offline };
    let problem = kind.rsplit('/').next().unwrap_or_default().to_owned();
    let status = answer.status();
    Trouble::Refused { problem, lasting: status < 500 && status != 429 }
}

/// What a promise came to; one that cannot be made or kept is an answer that broke off.
async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, Trouble> {
    let promise = promise.map_err(|_| Trouble::Offline)?;
    JsFuture::from(promise).await.map_err(|_| Trouble::Offline)
}

fn field(body: &JsValue, name: &str) -> JsValue {
    Reflect::get(body, &name.into()).unwrap_or_default()
}

fn timestamp(value: &JsValue) -> Option<Timestamp> {
    value.as_f64().map(|ms| Timestamp::from_millis(ms as u64))
}

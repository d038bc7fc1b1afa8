//! The box that served this page, through its public API.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, Kind, NeighbourhoodId, OperationId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response, Storage, Window};

use super::trouble::Trouble;

/// How long a request may take, in milliseconds: other tabs wait meanwhile.
const REQUEST_MS: u32 = 30_000;
/// How far this device's clock may be from the box's before it is set right, in milliseconds.
const CLOCK_TOLERANCE_MS: u64 = 5 * 60 * 1000;

/// Where it is kept how far the box's clock is ahead of this device's, in milliseconds.
const CLOCK: &str = "dorpsplein-clock";

/// The API under one address.
pub(super) struct Api {
    window: Window,
    base: String,
}

/// What the box knows of a device, or of the key of a spare card.
pub(super) struct Known {
    /// Whether it may sign for a resident.
    pub(super) member: bool,
    /// Whether that resident is a connector.
    pub(super) connector: bool,
    /// Until when it holds, if it is a key for the home network.
    #[cfg_attr(not(feature = "inside"), expect(dead_code, reason = "only the page of a new device asks"))]
    pub(super) home_key: Option<Timestamp>,
    /// The resident, of a device that ever was one's.
    pub(super) resident: Option<ResidentId>,
    /// The number of the last operation of this key that the box knows; 0 when it knows none.
    pub(super) sequence: u64,
    /// That operation.
    pub(super) last: Option<OperationId>,
}

/// Something this resident made and did not erase.
pub(super) struct OwnItem {
    /// The item.
    pub(super) id: ItemId,
    /// What sort of item.
    pub(super) kind: Kind,
    /// The neighbourhood it lives in.
    pub(super) neighbourhood: NeighbourhoodId,
    /// The name of its audience there.
    pub(super) space: String,
    /// The parents of the next operation on it.
    pub(super) heads: Vec<OperationId>,
}

/// An offer of a treaty that its link tells of.
#[cfg(feature = "inside")]
pub(super) struct TreatyOffer {
    /// The neighbourhood that offers.
    pub(super) neighbourhood: NeighbourhoodId,
    /// The operation in which it does.
    pub(super) operation: OperationId,
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
    /// What a claim builds on: the invitation, and the second signature under it if it wanted one.
    pub(super) parents: Vec<OperationId>,
}

impl Api {
    /// The API under `base`, such as `/api/v1`.
    pub(super) const fn new(window: Window, base: String) -> Self {
        Self { window, base }
    }

    /// Hands in a signed operation. One that the box has already is accepted again.
    pub(super) async fn submit(&self, transfer: &[u8]) -> Result<(), Trouble> {
        self.send("POST", "operations", "application/cbor", &Uint8Array::from(transfer)).await
    }

    /// What an item with these edits, in transfer form, will look like: a part of a page, made by the box. Nothing is stored.
    pub(super) async fn preview(&self, question: &str, edits: &[u8]) -> Result<String, Trouble> {
        let edits = Uint8Array::from(edits);
        let answer = self.answer("POST", &format!("previews?{question}"), "application/cbor", &edits).await?;
        settled(answer.text()).await?.as_string().ok_or(Trouble::Offline)
    }

    /// Hands in the file of a photo; this device has to be logged in.
    pub(super) async fn hand_in_photo(&self, file: &[u8]) -> Result<(), Trouble> {
        self.send("POST", "photos", "image/jpeg", &Uint8Array::from(file)).await
    }

    /// Hands in a calendar file; a connector has to be logged in. `name` is encoded for an address.
    #[cfg(feature = "inside")]
    pub(super) async fn import_calendar(&self, name: &str, file: &Uint8Array) -> Result<(), Trouble> {
        self.send("POST", &format!("agenda/imports?name={name}"), "text/calendar", file).await
    }

    /// Has the box not propose something any more; a connector has to be logged in.
    #[cfg(feature = "inside")]
    pub(super) async fn pass_over(&self, what: &JsValue) -> Result<(), Trouble> {
        self.send("POST", "agenda/passed-over", "application/json", what).await
    }

    /// Tells the box of the one behind a treaty link, which it is to dial. A connector has to be logged in.
    #[cfg(feature = "inside")]
    pub(super) async fn introduce(&self, link: &str) -> Result<TreatyOffer, Trouble> {
        let request = Object::new();
        Reflect::set(&request, &"link".into(), &link.into())
            .map_err(|_| Trouble::Browser("a request cannot be written"))?;
        let json = js_sys::JSON::stringify(&request).map_err(|_| Trouble::Browser("a request cannot be written"))?;
        let answer = self.answer("POST", "introductions", "application/json", &json.into()).await?;
        let body = settled(answer.json()).await?;
        let text = |name| field(&body, name).as_string();
        let offer = || {
            Some(TreatyOffer {
                neighbourhood: NeighbourhoodId::from_hex(&text("neighbourhood")?)?,
                operation: OperationId::from_hex(&text("operation")?)?,
            })
        };
        offer().ok_or(Trouble::Offline)
    }

    /// Leaves a message in a mailbox of two devices that are being linked. The same message may be left twice.
    pub(super) async fn leave_message(&self, mailbox: &str, slot: &str, message: &[u8]) -> Result<(), Trouble> {
        let path = format!("links/{mailbox}/{slot}");
        self.send("PUT", &path, "application/cbor", &Uint8Array::from(message)).await
    }

    /// The message in a mailbox; none as long as there is none.
    pub(super) async fn message(&self, mailbox: &str, slot: &str) -> Result<Option<Vec<u8>>, Trouble> {
        match self.get(&format!("links/{mailbox}/{slot}")).await {
            Ok(answer) => bytes(&answer).await.map(Some),
            Err(Trouble::Refused { problem, .. }) if problem == "not-found" => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Asks for notices on this device, which has to be logged in.
    #[cfg(feature = "inside")]
    pub(super) async fn ask_for_notices(&self, wish: &JsValue) -> Result<(), Trouble> {
        self.send("POST", "push", "application/json", wish).await
    }

    /// A challenge to log in with, as 64 hexadecimal digits.
    pub(super) async fn challenge(&self) -> Result<String, Trouble> {
        let body = self.json("sessions/challenge").await?;
        field(&body, "challenge").as_string().ok_or(Trouble::Offline)
    }

    /// Logs in; the box answers with a cookie that this module cannot see.
    pub(super) async fn log_in(&self, device: &PublicKey, challenge: &str, signature: &str) -> Result<(), Trouble> {
        // Hexadecimal digits need no escaping.
        let login = format!(r#"{{"device":"{device}","challenge":"{challenge}","signature":"{signature}"}}"#);
        self.send("POST", "sessions", "application/json", &login.into()).await
    }

    /// Logs out.
    pub(super) async fn log_out(&self) -> Result<(), Trouble> {
        self.send("DELETE", "sessions", "application/json", &JsValue::UNDEFINED).await
    }

    /// Whether somebody is logged in.
    pub(super) async fn is_logged_in(&self) -> Result<bool, Trouble> {
        match self.get("sessions").await {
            Ok(_) => Ok(true),
            Err(Trouble::Refused { problem, .. }) if problem == "not-logged-in" => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// The latest statements of the register: the parents of the next one.
    pub(super) async fn register_heads(&self) -> Result<Vec<OperationId>, Trouble> {
        let body = self.json("status").await?;
        operations(&field(&body, "register_heads")).ok_or(Trouble::Offline)
    }

    /// All that the resident who is logged in made here.
    pub(super) async fn own_items(&self) -> Result<Vec<OwnItem>, Trouble> {
        let body = self.json("mine").await?;
        let items = Array::from(&field(&body, "items"));
        items.iter().map(|item| own_item(&item)).collect::<Option<_>>().ok_or(Trouble::Offline)
    }

    /// An answer as the box gives it, for whoever wants to keep it.
    pub(super) async fn as_it_is(&self, path: &str) -> Result<JsValue, Trouble> {
        self.json(path).await
    }

    /// The raw bytes of an operation.
    pub(super) async fn operation(&self, id: &OperationId) -> Result<Vec<u8>, Trouble> {
        let answer = self.get(&format!("operations/{id}")).await?;
        bytes(&answer).await
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
                parents: operations(&field(&body, "parents"))?,
            })
        };
        invitation().ok_or(Trouble::Offline)
    }

    /// What the box knows of a key.
    pub(super) async fn known(&self, key: &PublicKey) -> Result<Known, Trouble> {
        let body = self.json(&format!("devices/{key}")).await?;
        let text = |name| field(&body, name).as_string();
        let known = || {
            Some(Known {
                member: field(&body, "member").as_bool()?,
                connector: text("role").as_deref() == Some("connector"),
                home_key: timestamp(&field(&body, "home_key")),
                resident: text("resident").and_then(|id| ResidentId::from_hex(&id)),
                sequence: field(&body, "sequence").as_f64()? as u64,
                last: text("last_operation").and_then(|id| OperationId::from_hex(&id)),
            })
        };
        known().ok_or(Trouble::Offline)
    }

    /// The time to sign with.
    ///
    /// That is this device's own, unless it differs much from the box's. Then it is the box's: a clock that is a year
    /// ahead would make people wait a year for an answer, and one that is behind would bury it under old ones. People
    /// rarely know that their clock is wrong, and the box sees the time anyway.
    pub(super) async fn now(&self) -> Result<Timestamp, Trouble> {
        let body = self.json("status").await?;
        let there = timestamp(&field(&body, "time")).ok_or(Trouble::Offline)?;
        let here = here();
        let apart = here.as_millis().abs_diff(there.as_millis());
        // Without a store for it the clock is not set right while there is no line.
        let _ = self.clocks().map(|clocks| {
            let ahead = there.as_millis().cast_signed().wrapping_sub(here.as_millis().cast_signed());
            clocks.set_item(CLOCK, &ahead.to_string())
        });
        Ok(if apart > CLOCK_TOLERANCE_MS { there } else { here })
    }

    /// The same without a line: this device's own time, set right by how far it was from the box's when they last met.
    pub(super) fn now_by_heart(&self) -> Timestamp {
        let kept = self.clocks().and_then(|clocks| clocks.get_item(CLOCK).ok().flatten());
        let ahead = kept.and_then(|ahead| ahead.parse::<i64>().ok()).unwrap_or_default();
        let (here, off) = (here(), ahead.unsigned_abs() > CLOCK_TOLERANCE_MS);
        if off { Timestamp::from_millis(here.as_millis().saturating_add_signed(ahead)) } else { here }
    }

    fn clocks(&self) -> Option<Storage> {
        self.window.local_storage().ok().flatten()
    }

    async fn get(&self, path: &str) -> Result<Response, Trouble> {
        self.request(path, RequestInit::new()).await
    }

    async fn json(&self, path: &str) -> Result<JsValue, Trouble> {
        settled(self.get(path).await?.json()).await
    }

    async fn send(&self, method: &str, path: &str, media_type: &str, body: &JsValue) -> Result<(), Trouble> {
        self.answer(method, path, media_type, body).await.map(drop)
    }

    async fn answer(&self, method: &str, path: &str, media_type: &str, body: &JsValue) -> Result<Response, Trouble> {
        let request = RequestInit::new();
        request.set_method(method);
        request.set_body(body);
        let headers = Object::new();
        Reflect::set(&headers, &"content-type".into(), &media_type.into())
            .map_err(|_| Trouble::Browser("a header cannot be set"))?;
        request.set_headers(&headers);
        self.request(path, request).await
    }

    async fn request(&self, path: &str, request: RequestInit) -> Result<Response, Trouble> {
        request.set_signal(Some(&AbortSignal::timeout_with_u32(REQUEST_MS)));
        let address = format!("{}/{path}", self.base);
        let answer = JsFuture::from(self.window.fetch_with_str_and_init(&address, &request)).await;
        let answer: Response = answer.and_then(JsCast::dyn_into).map_err(|_| Trouble::Offline)?;
        if answer.ok() { Ok(answer) } else { Err(problem(&answer).await) }
    }
}

fn here() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as u64)
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

async fn bytes(answer: &Response) -> Result<Vec<u8>, Trouble> {
    let bytes = settled(answer.array_buffer()).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

fn own_item(item: &JsValue) -> Option<OwnItem> {
    let text = |name| field(item, name).as_string();
    Some(OwnItem {
        id: ItemId::from_hex(&text("id")?)?,
        kind: Kind(field(item, "kind").as_f64()? as u16),
        neighbourhood: NeighbourhoodId::from_hex(&text("neighbourhood")?)?,
        space: text("space")?,
        heads: operations(&field(item, "heads"))?,
    })
}

fn operations(ids: &JsValue) -> Option<Vec<OperationId>> {
    Array::from(ids).iter().map(|id| OperationId::from_hex(&id.as_string()?)).collect()
}

fn field(body: &JsValue, name: &str) -> JsValue {
    Reflect::get(body, &name.into()).unwrap_or_default()
}

fn timestamp(value: &JsValue) -> Option<Timestamp> {
    value.as_f64().map(|ms| Timestamp::from_millis(ms as u64))
}

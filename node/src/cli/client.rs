//! The public API of a box, asked over HTTP: all that a resident on the command line has.

mod along;

use std::time::Duration;

use dorpsplein_protocol::bundle::Page;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId};
use dorpsplein_protocol::sync::SpaceId;
use dorpsplein_web_ui::paths::THEME_FILE;
use serde::de::DeserializeOwned;
use thiserror::Error;
use ureq::http::{Response, StatusCode, header};
use ureq::typestate::WithoutBody;
use ureq::{Agent, RequestBuilder};

use crate::http_client::client_config;
use crate::links::Site;
use crate::search::IndexState;
use crate::web::api::bundles;
use crate::web::body::{
    AcceptedBody, ChallengeBody, DeviceBody, ForkBody, ImportedBody, ImportedCalendarBody, InvitationBody, ItemBody,
    LogBody, LoginBody, MineBody, NamedResidentBody, PassedOverBody, PhotoBody, ReceiptBody, RegisterBody, SearchBody,
    SettingBody, SourcesBody, StatusBody, SyncBody, TakingBody, ThemeFile,
};
use crate::web::error::{ProblemBody, kind_of};

/// The longest one request may take.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// The longest answer that is read, in bytes: a status with many neighbours.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// Why the box gave no answer to work with.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Nobody answers there.
    #[error("{site} does not answer: {source}")]
    Unreachable {
        /// The address asked.
        site: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// The box refused, and says why.
    #[error("{}: {}", kind_of(&.0.kind).unwrap_or(&.0.kind), .0.detail)]
    Refused(ProblemBody),
    /// Something else than a box answers there.
    #[error("{site} answers, but not as a Dorpsplein does")]
    NotABox {
        /// The address asked.
        site: String,
    },
}

impl ClientError {
    /// Whether the box looked at it and said no, for good: asking the same again is pointless.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status < 500 && problem.status != 429)
    }
}

/// One box, asked over HTTP.
#[derive(Clone, Debug)]
pub struct Client {
    site: Site,
    agent: Agent,
    session: Option<String>,
    folder_token: Option<String>,
}

impl Client {
    /// A client of the box behind a site.
    pub fn new(site: Site) -> Self {
        let mut config = client_config(REQUEST_TIME);
        if site.is_loopback() {
            // A proxy for the wide world has no business between two programs on one machine.
            config = config.proxy(None);
        }
        Self { site, agent: config.build().into(), session: None, folder_token: None }
    }

    /// The same client, for whoever read in the box's folder what shows that they have it.
    #[must_use]
    pub fn with_folder_token(self, token: String) -> Self {
        Self { folder_token: Some(token), ..self }
    }

    /// The site.
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// What the box says of itself.
    ///
    /// # Errors
    /// [`ClientError`], as for every question here.
    pub fn status(&self) -> Result<StatusBody, ClientError> {
        self.get("status")
    }

    /// Who may do what.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn register(&self) -> Result<RegisterBody, ClientError> {
        self.get("register")
    }

    /// The devices that signed two operations with one number.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn forks(&self) -> Result<Vec<ForkBody>, ClientError> {
        self.get("forks")
    }

    /// The neighbours whose boxes erased an item too.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn receipts(&self, item: &str) -> Result<Vec<ReceiptBody>, ClientError> {
        self.get(&format!("items/{item}/receipts"))
    }

    /// The moderation log, for a member who is signed in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn log(&self, after: Option<&str>) -> Result<LogBody, ClientError> {
        self.get(&after.map_or_else(|| "log".to_owned(), |after| format!("log?after={after}")))
    }

    /// The members and their names, for a member who is signed in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn names(&self) -> Result<Vec<NamedResidentBody>, ClientError> {
        self.get("residents")
    }

    /// All that the member who is signed in made.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn mine(&self) -> Result<MineBody, ClientError> {
        self.get("mine")
    }

    /// How the box keeps up with others, for whoever looks after it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn sync(&self) -> Result<SyncBody, ClientError> {
        self.get("sync")
    }

    /// Has the box dial whom it is not connected with, and compare notes with everybody.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn sync_now(&self) -> Result<SyncBody, ClientError> {
        let request = self.kept(self.agent.post(self.address("sync")));
        self.read(request.send_empty())
    }

    /// What can be found by words, of one kind or all, from after a place on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn search(&self, words: &str, kind: Option<&str>, after: Option<&str>) -> Result<SearchBody, ClientError> {
        let more = [("kind", kind), ("after", after)].into_iter().filter_map(|(name, value)| Some((name, value?)));
        let asked = self.request("search").query("q", words);
        self.read(more.fold(asked, |asked, (name, value)| asked.query(name, value)).call())
    }

    /// How the search index stands. For whoever has the box's folder, and connectors who are signed in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn index(&self) -> Result<IndexState, ClientError> {
        self.get("index")
    }

    /// Has the search index made anew. For the same.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn rebuild_index(&self) -> Result<IndexState, ClientError> {
        let request = self.kept(self.agent.post(self.address("index")));
        self.read(request.send_empty())
    }

    /// How the square looks and what is on it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn setting(&self) -> Result<SettingBody, ClientError> {
        self.get("setting")
    }

    /// Logo, colours and measures as a file.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn theme_file(&self) -> Result<ThemeFile, ClientError> {
        self.read(self.agent.get(format!("{}{THEME_FILE}", self.site.as_str())).call())
    }

    /// What connectors last said about what is taken of a neighbour, or about one post of one; none if they never did. For
    /// connectors who are [signed in](Client::signed_in), and whoever has the box's folder.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn taking(&self, about: &OperationId) -> Result<Option<TakingBody>, ClientError> {
        match self.get(&format!("takings/{about}")) {
            Ok(taking) => Ok(Some(taking)),
            Err(ClientError::Refused(problem)) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Hands in a frame of a bundle, for whoever looks after the box.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn import(&self, frame: &[u8]) -> Result<ImportedBody, ClientError> {
        let request = self.kept(self.agent.post(self.address("bundles"))).content_type("application/cbor");
        self.read(request.send(frame))
    }

    /// A frame of what the box holds of a space, from behind the place `after` on; none when there is no more. For whoever
    /// looks after the box.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn bundle_page(&self, space: &SpaceId, after: Option<&[u8]>) -> Result<Option<Page>, ClientError> {
        let after = after.map(|after| format!("?after={}", hex::encode(after))).unwrap_or_default();
        let path = format!("bundles/{}/{}{after}", space.neighbourhood, space.space.name());
        let mut answer = self.checked(self.request(&path).call())?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let told = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let strange = || ClientError::NotABox { site: self.site.as_str().to_owned() };
        let next = told(bundles::NEXT).and_then(|next| hex::decode(&next)).ok_or_else(strange)?;
        let operations = told(bundles::OPERATIONS).and_then(|count| count.parse().ok()).ok_or_else(strange)?;
        Ok(Some(Page { frame: self.bytes(&mut answer)?, operations, next }))
    }

    /// What other calendars say. For whoever has the box's folder, and connectors who are signed in; so are the next two.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn calendar_sources(&self) -> Result<SourcesBody, ClientError> {
        self.get("agenda/sources")
    }

    /// Hands in a calendar file.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn import_calendar(&self, name: &str, file: &[u8]) -> Result<ImportedCalendarBody, ClientError> {
        let request = self.kept(self.agent.post(self.address("agenda/imports")));
        self.read(request.query("name", name).content_type("text/calendar").send(file))
    }

    /// Has something not proposed any more.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn pass_over(&self, passed: &PassedOverBody) -> Result<(), ClientError> {
        let request = self.kept(self.agent.post(self.address("agenda/passed-over")));
        let body = serde_json::to_vec(passed).expect("a struct of strings is JSON");
        self.read_bytes(request.content_type("application/json").send(&body[..])).map(drop)
    }

    /// The raw bytes of an operation.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn operation(&self, id: &str) -> Result<Vec<u8>, ClientError> {
        self.read_bytes(self.request(&format!("operations/{id}")).call())
    }

    /// An item.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn item(&self, id: &str) -> Result<ItemBody, ClientError> {
        self.get(&format!("items/{id}"))
    }

    /// An invitation.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn invitation(&self, key: &PublicKey) -> Result<InvitationBody, ClientError> {
        self.get(&format!("invitations/{key}"))
    }

    /// A device.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn device(&self, key: &PublicKey) -> Result<DeviceBody, ClientError> {
        self.get(&format!("devices/{key}"))
    }

    /// The same client, signed in as a member with the key of one of their devices.
    ///
    /// # Errors
    /// [`ClientError`]; refused when the device belongs to no member.
    pub fn signed_in(&self, device: &SecretKey, home: &NeighbourhoodId) -> Result<Self, ClientError> {
        let strange = || ClientError::NotABox { site: self.site.as_str().to_owned() };
        let asked: ChallengeBody = self.get("sessions/challenge")?;
        let challenge: [u8; 32] =
            hex::decode(&asked.challenge).and_then(|bytes| bytes.try_into().ok()).ok_or_else(strange)?;
        let host = self.site.as_str().split_once("://").map_or("", |(_, host)| host);
        let proof = LoginProof::new(home, &challenge, host).sign(device);
        let login = LoginBody {
            device: device.public().to_string(),
            challenge: asked.challenge,
            signature: hex::encode(proof.as_bytes()),
        };
        let request = self.agent.post(self.address("sessions")).content_type("application/json");
        let body = serde_json::to_vec(&login).expect("a struct of strings is JSON");
        let mut answer = self.checked(request.send(&body[..]))?;
        self.bytes(&mut answer)?;
        let cookie = answer.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let session = cookie.and_then(|cookie| cookie.split(';').next()).ok_or_else(strange)?;
        Ok(Self { session: Some(session.to_owned()), ..self.clone() })
    }

    /// Leaves a message of a linking (see [`dorpsplein_protocol::linking`]) in a slot of its mailbox.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn leave_message(&self, mailbox: &str, slot: &str, message: &[u8]) -> Result<(), ClientError> {
        let address = self.address(&format!("links/{mailbox}/{slot}"));
        self.read_bytes(self.agent.put(address).content_type("application/cbor").send(message)).map(drop)
    }

    /// The message in a slot of a mailbox; none when there is none (yet, or any more).
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn take_message(&self, mailbox: &str, slot: &str) -> Result<Option<Vec<u8>>, ClientError> {
        match self.read_bytes(self.request(&format!("links/{mailbox}/{slot}")).call()) {
            Ok(message) => Ok(Some(message)),
            Err(ClientError::Refused(problem)) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Hands in a signed operation, in transfer form.
    ///
    /// # Errors
    /// [`ClientError`]; unless it [is final](ClientError::is_final) the box may or may not have it, and the same bytes
    /// are to be sent again.
    pub fn submit(&self, operation: &[u8]) -> Result<AcceptedBody, ClientError> {
        let request = self.agent.post(self.address("operations")).content_type("application/cbor");
        self.read(request.send(operation))
    }

    /// Hands in the file of a photo; this client has to be [signed in](Client::signed_in).
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn hand_in_photo(&self, file: &[u8]) -> Result<PhotoBody, ClientError> {
        let request = self.agent.post(self.address("photos")).content_type("image/jpeg");
        let request = match &self.session {
            Some(session) => request.header(header::COOKIE, session),
            None => request,
        };
        self.read(request.send(file))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.read(self.request(path).call())
    }

    fn request(&self, path: &str) -> RequestBuilder<WithoutBody> {
        self.kept(self.agent.get(self.address(path)))
    }

    /// A request that says who asks, as far as this client knows.
    fn kept<B>(&self, mut request: RequestBuilder<B>) -> RequestBuilder<B> {
        if let Some(session) = &self.session {
            request = request.header(header::COOKIE, session);
        }
        match &self.folder_token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.site.as_str())
    }

    fn read<T: DeserializeOwned>(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<T, ClientError> {
        let bytes = self.read_bytes(answer)?;
        serde_json::from_slice(&bytes).map_err(|_| ClientError::NotABox { site: self.site.as_str().to_owned() })
    }

    fn read_bytes(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, ClientError> {
        self.bytes(&mut self.checked(answer)?)
    }

    /// An answer that says yes.
    fn checked(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Response<ureq::Body>, ClientError> {
        let mut answer = answer.map_err(|error| self.unreachable(error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        match serde_json::from_slice(&self.bytes(&mut answer)?) {
            Ok(problem) => Err(ClientError::Refused(problem)),
            Err(_) => Err(ClientError::NotABox { site: self.site.as_str().to_owned() }),
        }
    }

    fn bytes(&self, answer: &mut Response<ureq::Body>) -> Result<Vec<u8>, ClientError> {
        let body = answer.body_mut().with_config().limit(MAX_ANSWER);
        body.read_to_vec().map_err(|error| self.unreachable(error))
    }

    fn unreachable(&self, source: ureq::Error) -> ClientError {
        ClientError::Unreachable { site: self.site.as_str().to_owned(), source: Box::new(source) }
    }
}

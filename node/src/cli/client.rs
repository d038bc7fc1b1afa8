//! The public API of a box, asked over HTTP: all that a resident on the command line has.

use std::time::Duration;

use dorpsplein_protocol::identity::PublicKey;
use serde::de::DeserializeOwned;
use thiserror::Error;
use ureq::Agent;
use ureq::http::Response;

use super::links::Site;
use crate::web::body::{AcceptedBody, DeviceBody, InvitationBody, ItemBody, StatusBody};
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
}

impl Client {
    /// A client of the box behind a site.
    pub fn new(site: Site) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(REQUEST_TIME))
            .max_redirects(0)
            .user_agent(concat!("dorpsplein/", env!("CARGO_PKG_VERSION")));
        if site.is_loopback() {
            // A proxy for the wide world has no business between two programs on one machine.
            config = config.proxy(None);
        }
        Self { site, agent: config.build().into() }
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

    /// Hands in a signed operation, in transfer form.
    ///
    /// # Errors
    /// [`ClientError`]; unless it [is final](ClientError::is_final) the box may or may not have it, and the same bytes
    /// are to be sent again.
    pub fn submit(&self, operation: &[u8]) -> Result<AcceptedBody, ClientError> {
        let request = self.agent.post(self.address("operations")).content_type("application/cbor");
        self.read(request.send(operation))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.read(self.agent.get(self.address(path)).call())
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.site.as_str())
    }

    fn read<T: DeserializeOwned>(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<T, ClientError> {
        let site = || self.site.as_str().to_owned();
        let unreachable = |source| ClientError::Unreachable { site: site(), source: Box::new(source) };
        let mut answer = answer.map_err(unreachable)?;
        let bytes = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(unreachable)?;
        if answer.status().is_success() {
            return serde_json::from_slice(&bytes).map_err(|_| ClientError::NotABox { site: site() });
        }
        match serde_json::from_slice(&bytes) {
            Ok(problem) => Err(ClientError::Refused(problem)),
            Err(_) => Err(ClientError::NotABox { site: site() }),
        }
    }
}

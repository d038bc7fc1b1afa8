//! Handing a notice to the push service of a browser's maker (RFC 8030): encrypted for the browser, so that the service
//! cannot read it (RFC 8291), and signed, so that nobody else sends in the name of this box (RFC 8292).

use std::path::Path;
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;
use thiserror::Error;
use ureq::Agent;
use ureq::http::{HeaderValue, Request, StatusCode, Uri, header};
use ureq::unversioned::transport::DefaultConnector;
use web_push_native::p256::PublicKey;
use web_push_native::p256::ecdsa::signature::Signer;
use web_push_native::p256::ecdsa::{Signature, SigningKey};
use web_push_native::{Auth, WebPushBuilder};

use crate::config::PushSettings;
use crate::data_folder::{FolderError, files};
use crate::http_client::{PublicHosts, client_config};

/// The file in the data folder with the key by which push services know this box, 64 hexadecimal digits.
pub const KEY_FILE: &str = "push.key";
/// How long one notice may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a signature is good for, in milliseconds: at most a day (RFC 8292, section 2).
const SIGNED_MS: u64 = 12 * 3_600_000;
/// The longest address of a browser at its push service; those in use have some 200 bytes.
const LONGEST_ENDPOINT: usize = 1024;
/// What is told has this many bytes at least, so that its length says nothing to who carries it.
const SAME_LENGTH: usize = 1024;
/// The longest time a push service may ask us to wait, in milliseconds.
const LONGEST_WAIT_MS: u64 = 6 * 3_600_000;

/// Why a box that should send notices cannot begin to.
#[derive(Debug, Error)]
pub enum PushError {
    /// What is kept cannot be read, or the key can be read by others.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// Why a browser cannot be reached as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadTarget {
    /// The address is none of a push service.
    #[error("a push service has an https address on the usual port, of at most {LONGEST_ENDPOINT} bytes")]
    Endpoint,
    /// The key or the secret is none.
    #[error("a browser's key is a point on P-256 and its secret has 16 bytes, both in base64url")]
    Keys,
}

/// Why a notice did not arrive. The address of the browser is its resident's business: it is in no error, so in no log.
#[derive(Debug, Error)]
pub(super) enum Undelivered {
    /// The browser takes no more notices.
    #[error("the push service answered {0}: the browser is gone")]
    Gone(u16),
    /// The service takes none now; later it may, and perhaps it says when, in milliseconds from now.
    #[error("the push service answered {0}: later")]
    Later(u16, Option<u64>),
    /// The service is away.
    #[error("the push service cannot be reached: {0}")]
    Away(Box<ureq::Error>),
    /// The service refuses it.
    #[error("the push service answered {0}: it refuses a notice")]
    Refused(u16),
    /// The notice could not be made.
    #[error("a notice cannot be made")]
    Unwritable,
}

/// A browser, where its service takes notices for it.
#[derive(Debug)]
pub(super) struct Target {
    endpoint: Uri,
    key: PublicKey,
    secret: Auth,
}

/// A notice as it is handed over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel<'a> {
    /// What it says.
    pub(super) words: &'a [u8],
    /// For how long the service keeps it for a browser that is away, in seconds.
    pub(super) seconds: u64,
    /// Whether a telephone is to be woken for it.
    pub(super) urgent: bool,
}

/// Who hands notices over.
pub(super) struct Service {
    agent: Agent,
    key: SigningKey,
    contact: String,
    private: bool,
}

impl Target {
    /// The service's address: scheme, host and port.
    pub(super) fn origin(&self) -> String {
        let authority = self.endpoint.authority().map(|authority| authority.as_str()).unwrap_or_default();
        format!("{}://{authority}", self.endpoint.scheme_str().unwrap_or_default())
    }
}

impl Service {
    /// Readies everything but the way to a service. The key is made the first time.
    pub(super) fn new(folder: &Path, settings: &PushSettings) -> Result<Self, PushError> {
        let config = client_config(PATIENCE).proxy(None).build();
        let hosts = PublicHosts::new(settings.private_addresses);
        Ok(Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), hosts),
            key: own_key(&folder.join(KEY_FILE))?,
            contact: settings.contact.clone(),
            private: settings.private_addresses,
        })
    }

    /// The public key by which push services know this box, as browsers ask for it: base64url.
    pub(super) fn public_key(&self) -> String {
        BASE64URL_NOPAD.encode(self.key.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// A browser as it says that it is reached.
    pub(super) fn target(&self, endpoint: &str, key: &str, secret: &str) -> Result<Target, BadTarget> {
        if endpoint.len() > LONGEST_ENDPOINT {
            return Err(BadTarget::Endpoint);
        }
        let uri: Uri = endpoint.parse().map_err(|_| BadTarget::Endpoint)?;
        let authority = uri.authority().ok_or(BadTarget::Endpoint)?;
        let is_usual = uri.scheme_str() == Some("https") && authority.port_u16().is_none_or(|port| port == 443);
        let is_local = self.private && matches!(uri.scheme_str(), Some("http" | "https"));
        if authority.as_str().contains('@') || !(is_usual || is_local) {
            return Err(BadTarget::Endpoint);
        }
        let bytes =
            |text: &str| BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| BadTarget::Keys);
        let (key, secret) = (PublicKey::from_sec1_bytes(&bytes(key)?), bytes(secret)?);
        let secret: [u8; 16] = secret.try_into().map_err(|_| BadTarget::Keys)?;
        Ok(Target { endpoint: uri, key: key.map_err(|_| BadTarget::Keys)?, secret: secret.into() })
    }

    /// Hands a notice to the service of a browser.
    pub(super) fn deliver(&self, to: &Target, parcel: Parcel<'_>, now: Timestamp) -> Result<(), Undelivered> {
        let request = self.request(to, parcel, now).ok_or(Undelivered::Unwritable)?;
        let answer = self.agent.run(request).map_err(|error| Undelivered::Away(Box::new(error)))?;
        let status = answer.status();
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Undelivered::Gone(status.as_u16())),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(later(status, answer.headers())),
            status if status.is_server_error() => Err(later(status, answer.headers())),
            status => Err(Undelivered::Refused(status.as_u16())),
        }
    }

    fn request(&self, to: &Target, parcel: Parcel<'_>, now: Timestamp) -> Option<Request<Vec<u8>>> {
        let mut words = parcel.words.to_vec();
        // White space behind JSON means nothing.
        words.resize(words.len().max(SAME_LENGTH), b' ');
        let builder = WebPushBuilder::new(to.endpoint.clone(), to.key, to.secret)
            .with_valid_duration(Duration::from_secs(parcel.seconds));
        let mut request = builder.build(words).ok()?;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&self.signature(&to.origin(), now)).ok()?);
        headers.insert("urgency", HeaderValue::from_static(if parcel.urgent { "high" } else { "normal" }));
        Some(request)
    }

    /// What shows a service who sends (RFC 8292, sections 2 and 3).
    fn signature(&self, service: &str, now: Timestamp) -> String {
        let claims = json!({
            "aud": service,
            "exp": now.plus_millis(SIGNED_MS).as_millis() / 1000,
            "sub": self.contact,
        });
        let part = |value: &serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", BASE64URL_NOPAD.encode(&signature.to_bytes()), self.public_key())
    }
}

fn later(status: StatusCode, headers: &ureq::http::HeaderMap) -> Undelivered {
    let seconds = headers.get(header::RETRY_AFTER).and_then(|after| after.to_str().ok()?.trim().parse::<u64>().ok());
    let wait = seconds.map(|seconds| seconds.saturating_mul(1000).min(LONGEST_WAIT_MS));
    Undelivered::Later(status.as_u16(), wait)
}

/// The key in a file that only its owner may read; made where there is none.
fn own_key(path: &Path) -> Result<SigningKey, PushError> {
    let failed = |source| FolderError::Io { path: path.to_owned(), source };
    let damaged = || FolderError::Damaged { path: path.to_owned() };
    match std::fs::read_to_string(path) {
        Ok(_) if files::others_may_read(path).map_err(failed)? => {
            Err(FolderError::Exposed { path: path.to_owned() }.into())
        }
        Ok(text) => {
            let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map_err(|_| damaged())?;
            Ok(SigningKey::from_slice(&bytes).map_err(|_| damaged())?)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => loop {
            let mut random = [0; 32];
            getrandom::fill(&mut random)?;
            // Of 2^256 numbers some 2^224 are no key.
            let Ok(key) = SigningKey::from_slice(&random) else { continue };
            let text = format!("{}\n", data_encoding::HEXLOWER.encode(&random));
            files::write(path, text.as_bytes(), true).map_err(failed)?;
            return Ok(key);
        },
        Err(source) => Err(failed(source).into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A browser's key and secret, from RFC 8291, appendix A.
    const KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn service(private_addresses: bool) -> Service {
        let folder = tempfile::tempdir().unwrap();
        let contact = "mailto:plein@plein.example".to_owned();
        let settings = PushSettings { contact, quiet_from: 21, quiet_until: 8, private_addresses };
        Service::new(folder.path(), &settings).unwrap()
    }

    #[test]
    fn a_push_service_is_in_the_wide_world_and_speaks_https() {
        let (service, local) = (service(false), service(true));
        let target = |service: &Service, endpoint: &str| service.target(endpoint, KEY, SECRET).map(|to| to.origin());
        assert_eq!(target(&service, "https://push.example/a/b?c"), Ok("https://push.example".to_owned()));
        for bad in [
            "",
            "push.example",
            "/a",
            "http://push.example/a",
            "https://push.example:8443/a",
            "https://user@push.example/a",
            "ftp://push.example/a",
            &format!("https://push.example/{}", "a".repeat(1024)),
        ] {
            assert_eq!(target(&service, bad), Err(BadTarget::Endpoint), "{bad}");
        }
        assert_eq!(target(&local, "http://127.0.0.1:9/a"), Ok("http://127.0.0.1:9".to_owned()));
        let near = service.target("https://127.0.0.1/a", KEY, SECRET).unwrap();
        let parcel = Parcel { words: b"{}", seconds: 60, urgent: false };
        let refused = service.deliver(&near, parcel, Timestamp::from_millis(0)).unwrap_err();
        assert!(matches!(refused, Undelivered::Away(error) if matches!(*error, ureq::Error::HostNotFound)));
    }

    #[test]
    fn a_browser_that_gives_no_key_is_refused() {
        let service = service(false);
        let with = |key: &str, secret: &str| service.target("https://push.example/a", key, secret).unwrap_err();
        assert_eq!(with("", SECRET), BadTarget::Keys);
        assert_eq!(with(&KEY[..86], SECRET), BadTarget::Keys);
        assert_eq!(with(&KEY.replace("BC", "BD"), SECRET), BadTarget::Keys, "a point that is not on the curve");
        assert_eq!(with(KEY, &SECRET[..20]), BadTarget::Keys);
        assert_eq!(with(KEY, "!"), BadTarget::Keys);
    }
}

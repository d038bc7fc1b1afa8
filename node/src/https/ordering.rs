//! Obtaining a certificate, and a new one in time.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::time::Timestamp;
use futures::StreamExt;
use rustls_acme::acme::Directory;
use rustls_acme::rustls::pki_types::CertificateDer;
use rustls_acme::rustls::pki_types::pem::{self, PemObject};
use rustls_acme::rustls::{self, ClientConfig, RootCertStore};
use rustls_acme::{AcmeConfig, AcmeState, EventError, EventOk, UseChallenge};
use thiserror::Error;
use tokio::time::{sleep, timeout};

use super::crypto_provider;
use super::kept::{Attempt, Kept, KeptError};
use super::shown::Shown;
use super::standing::{self, Told};
use crate::clock;
use crate::config::{Challenge, HttpsSettings};

/// How long one attempt may take; who gives certificates looks several times whether a name leads here.
const ATTEMPT: Duration = Duration::from_secs(180);
/// How long it may take to reach them.
const REACHED: Duration = Duration::from_secs(30);
/// How soon somebody who could not be reached is tried again; twice as long after each further time …
const AWAY: Duration = Duration::from_secs(5);
/// … and how soon after a refusal. Let's Encrypt allows five failures an hour for each name.
const REFUSED: Duration = Duration::from_secs(120);
/// The longest between two attempts.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// How long is slept at most before the clock is looked at again: it may have been set.
const LOOK: Duration = Duration::from_secs(600);

/// Why no certificate can be ordered with these settings.
#[derive(Debug, Error)]
pub enum OrderError {
    /// The file with the certificate that vouches for the directory.
    #[error("https.directory_root: {} cannot be read: {source:?}", .path.display())]
    Root {
        /// The file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// TLS cannot be set up.
    #[error("https cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Orders certificates, and keeps them.
pub(super) struct Orders {
    kept: Kept,
    client: Arc<ClientConfig>,
    directory: String,
    contact: Option<String>,
    challenge: Challenge,
}

/// How an attempt failed.
#[derive(Debug, Error)]
enum Failure {
    #[error("it was not done after {} seconds", ATTEMPT.as_secs())]
    Late,
    #[error("{0} cannot be reached: {1}")]
    Away(String, String),
    #[error("{0}")]
    Refused(String),
    #[error("what came cannot be kept: {0}")]
    NotKept(String),
}

impl Orders {
    pub(super) fn new(folder: &Path, settings: &HttpsSettings, public_url: &str) -> Result<Self, OrderError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = &settings.directory_root {
            let root = CertificateDer::from_pem_file(path);
            roots.add(root.map_err(|source| OrderError::Root { path: path.clone(), source })?)?;
        }
        let client = ClientConfig::builder_with_provider(crypto_provider()).with_safe_default_protocol_versions()?;
        Ok(Self {
            kept: Kept::of(folder, settings, public_url),
            client: Arc::new(client.with_root_certificates(roots).with_no_client_auth()),
            directory: settings.directory.clone(),
            contact: settings.contact.as_ref().map(|address| format!("mailto:{address}")),
            challenge: settings.challenge,
        })
    }

    /// Shows what is kept, and sees to it that there is always one that holds.
    pub(super) async fn keep(&self, shown: &Shown, told: &Told) {
        let mut failures = 0;
        let mut due = self.take_up(shown, told);
        self.remember(told);
        loop {
            while let Some(wait) = due.as_millis().checked_sub(clock::now().as_millis()).filter(|wait| *wait > 0) {
                sleep(Duration::from_millis(wait).min(LOOK)).await;
            }
            let outcome = self.attempt(shown).await;
            let (now, problem) = (clock::now(), outcome.as_ref().err().map(ToString::to_string));
            if let Some(what) = problem.clone() {
                standing::went_wrong(told, now, what);
            }
            if let Err(error) = self.kept.note(now, problem) {
                tracing::error!(%error, "how it went with the certificate cannot be noted");
            }
            match outcome {
                Ok(()) => {
                    failures = 0;
                    due = self.take_up(shown, told);
                    tracing::info!(names = ?self.kept.names(), "there is a new certificate");
                }
                Err(failure) => {
                    let wait = failure.wait(failures);
                    failures += 1;
                    due = clock::now().plus_millis(wait.as_millis() as u64);
                    let (names, directory, seconds) = (self.kept.names(), &self.directory, wait.as_secs());
                    tracing::error!(%failure, ?names, directory, again_in_seconds = seconds, "no certificate was given");
                }
            }
        }
    }

    /// Tells what went wrong before the box was started.
    fn remember(&self, told: &Told) {
        match self.kept.attempt() {
            Ok(Some(Attempt { at, problem: Some(what) })) => {
                standing::went_wrong(told, Timestamp::from_millis(at), what);
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "how it went with the certificate cannot be read"),
        }
    }

    /// Shows the certificate that is kept, and returns when a new one is due.
    fn take_up(&self, shown: &Shown, told: &Told) -> Timestamp {
        match self.kept.certificate() {
            Ok(Some(certificate)) => {
                shown.show(Arc::clone(&certificate.certified));
                standing::has_come(told, &certificate);
                certificate.renew_at()
            }
            Ok(None) => clock::now(),
            Err(error @ (KeptError::Io { .. } | KeptError::Certificate { .. })) => {
                tracing::error!(%error, "the certificate that is kept cannot be used; another one is ordered");
                clock::now()
            }
        }
    }

    /// Orders a certificate.
    async fn attempt(&self, shown: &Shown) -> Result<(), Failure> {
        // Whether anybody is there at all: who is away is tried again soon, and has nothing to count as a failure.
        match timeout(REACHED, Directory::discover(&self.client, &self.directory)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(Failure::Away(self.directory.clone(), error.to_string())),
            Err(late) => return Err(Failure::Away(self.directory.clone(), late.to_string())),
        }
        let config = AcmeConfig::new_with_client_config(self.kept.names(), Arc::clone(&self.client));
        let challenge = match self.challenge {
            Challenge::TlsAlpn => UseChallenge::TlsAlpn01,
            Challenge::Http => UseChallenge::Http01,
        };
        let config = config.directory(&self.directory).contact(&self.contact).challenge_type(challenge);
        let mut state = config.cache(self.kept.clone()).state();
        shown.answer_with(Some(state.resolver()));
        let outcome = timeout(ATTEMPT, ordered(&mut state)).await;
        shown.answer_with(None);
        outcome.unwrap_or(Err(Failure::Late))
    }
}

/// Waits until a certificate came and is kept.
async fn ordered<EC: Debug + 'static, EA: Debug + 'static>(state: &mut AcmeState<EC, EA>) -> Result<(), Failure> {
    while let Some(event) = state.next().await {
        match event {
            Ok(EventOk::CertCacheStore) => return Ok(()),
            Ok(EventOk::AccountCacheStore | EventOk::DeployedNewCert | EventOk::DeployedCachedCert) => {}
            Err(EventError::Order(error)) => return Err(Failure::Refused(error.to_string())),
            Err(EventError::NewCertParse(error)) => return Err(Failure::Refused(error.to_string())),
            Err(EventError::CachedCertParse(error)) => return Err(Failure::NotKept(error.to_string())),
            Err(EventError::CertCacheLoad(error) | EventError::CertCacheStore(error)) => {
                return Err(Failure::NotKept(format!("{error:?}")));
            }
            Err(EventError::AccountCacheLoad(error) | EventError::AccountCacheStore(error)) => {
                return Err(Failure::NotKept(format!("{error:?}")));
            }
        }
    }
    Err(Failure::Late)
}

impl Failure {
    /// How long to wait after it, when it failed so many times before.
    fn wait(&self, failures: u32) -> Duration {
        let first = match self {
            Self::Away(..) | Self::NotKept(_) => AWAY,
            Self::Late | Self::Refused(_) => REFUSED,
        };
        first.saturating_mul(1_u32 << failures.min(16)).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_refuses_is_asked_less_often_than_who_is_away() {
        let (away, refused) = (Failure::Away(String::new(), String::new()), Failure::Refused(String::new()));
        assert_eq!([0, 1, 4].map(|times| away.wait(times).as_secs()), [5, 10, 80]);
        let first_hour: u64 = (0..4).map(|times| refused.wait(times).as_secs()).sum();
        assert!(
            first_hour < 3600 && first_hour + refused.wait(4).as_secs() > 3600,
            "five failures in an hour, no more"
        );
        assert_eq!(refused.wait(40), LONGEST);
    }
}

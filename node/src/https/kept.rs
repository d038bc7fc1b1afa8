//! What is kept of certificates in the data folder: the key of the box's account with who gives them, the certificate with
//! its key, and how the last attempt to obtain one went. Only their owner may read them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::time::Timestamp;
use rustls_acme::{AccountCache, CertCache};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::task::spawn_blocking;

use super::certificate::{Certificate, CertificateError};
use crate::config::HttpsSettings;
use crate::data_folder::files;

/// The folder of all that, in the data folder.
pub const HTTPS_FOLDER: &str = "https";
const ATTEMPT_FILE: &str = "attempt.json";

/// Where a box keeps what it has of one giver for one set of names: other names, or another giver, are other files.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
    names: Vec<String>,
    directory: String,
}

/// How the last attempt to obtain a certificate went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was, in milliseconds since 1970.
    pub at: u64,
    /// What went wrong; none: nothing.
    pub problem: Option<String>,
}

/// Why what is kept cannot be used.
#[derive(Debug, Error)]
pub enum KeptError {
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The certificate is none.
    #[error("{}: {source}", .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CertificateError,
    },
}

impl Kept {
    /// What the box of the data folder `path` keeps with these settings, for the site at `public_url`.
    pub fn of(path: &Path, settings: &HttpsSettings, public_url: &str) -> Self {
        let names = settings.names(public_url);
        Self { folder: path.join(HTTPS_FOLDER), names, directory: settings.directory.clone() }
    }

    /// The names the certificate is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The certificate, if there is one.
    ///
    /// # Errors
    /// [`KeptError`].
    pub fn certificate(&self) -> Result<Option<Certificate>, KeptError> {
        let path = self.certificate_file();
        let Some(content) = read(&path).map_err(|source| KeptError::Io { path: path.clone(), source })? else {
            return Ok(None);
        };
        let certificate = Certificate::parse(&content, &content);
        let certificate = certificate.map_err(|source| KeptError::Certificate { path, source })?;
        Ok(Some(certificate).filter(|certificate| certificate.covers(&self.names)))
    }

    /// How the last attempt went; none if there was none.
    ///
    /// # Errors
    /// [`KeptError::Io`].
    pub fn attempt(&self) -> Result<Option<Attempt>, KeptError> {
        let path = self.folder.join(ATTEMPT_FILE);
        let content = read(&path).map_err(|source| KeptError::Io { path, source })?;
        // One that is not understood is of another version; the next one replaces it.
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
    }

    /// Notes how an attempt went.
    pub(super) fn note(&self, at: Timestamp, problem: Option<String>) -> io::Result<()> {
        let attempt = Attempt { at: at.as_millis(), problem };
        self.write(&self.folder.join(ATTEMPT_FILE), &serde_json::to_vec(&attempt)?)
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        if !self.folder.is_dir() {
            fs::create_dir_all(&self.folder)?;
            fs::set_permissions(&self.folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        }
        files::write(path, content, true)
    }

    fn certificate_file(&self) -> PathBuf {
        self.folder.join(format!("certificate-{}.pem", short(self.names.iter().chain([&self.directory]))))
    }

    /// The key of the account does not depend on names: an account is somebody, with all their sites.
    fn account_file(&self) -> PathBuf {
        self.folder.join(format!("account-{}.key", short([&self.directory])))
    }
}

/// What tells files of different givers and names apart.
fn short<'a>(parts: impl IntoIterator<Item = &'a String>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs what waits for the disk where nobody waits for it.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

#[async_trait]
impl CertCache for Kept {
    type EC = io::Error;

    /// None: when one is ordered, there is none that would do.
    async fn load_cert(&self, _: &[String], _: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    async fn store_cert(&self, _: &[String], _: &str, certificate: &[u8]) -> io::Result<()> {
        let (kept, content) = (self.clone(), certificate.to_vec());
        aside(move || kept.write(&kept.certificate_file(), &content)).await
    }
}

#[async_trait]
impl AccountCache for Kept {
    type EA = io::Error;

    async fn load_account(&self, _: &[String], _: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.account_file();
        aside(move || read(&path)).await
    }

    async fn store_account(&self, _: &[String], _: &str, account: &[u8]) -> io::Result<()> {
        let (kept, content) = (self.clone(), account.to_vec());
        aside(move || kept.write(&kept.account_file(), &content)).await
    }
}

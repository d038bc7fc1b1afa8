//! A certificate in files that somebody else keeps up to date.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::certificate::Certificate;
use super::kept::KeptError;
use super::shown::Shown;
use super::standing::{self, Told};
use crate::clock;

/// How often is looked whether they changed.
const LOOK: Duration = Duration::from_secs(5);

/// Where certificate and key are.
#[derive(Clone)]
pub(super) struct Files {
    chain: PathBuf,
    key: PathBuf,
}

/// What shows that a file changed.
type Mark = [Option<(SystemTime, u64)>; 2];

impl Files {
    pub(super) fn new(chain: &Path, key: &Path) -> Self {
        Self { chain: chain.to_owned(), key: key.to_owned() }
    }

    /// Shows what is in the files, and anew when they change. What cannot be used is told, and the one before goes on being
    /// shown: while files are replaced one of both may be the older one.
    pub(super) async fn keep(&self, shown: &Shown, told: &Told) {
        let mut seen = None;
        loop {
            let files = self.clone();
            let looked = spawn_blocking(move || {
                let mark = files.mark();
                let read = (seen != Some(mark)).then(|| files.read());
                (mark, read)
            });
            match looked.await {
                Ok((mark, Some(Ok(certificate)))) => {
                    tracing::info!(names = ?certificate.names, "there is a new certificate");
                    standing::has_come(told, &certificate);
                    shown.show(certificate.certified);
                    seen = Some(mark);
                }
                Ok((mark, Some(Err(error)))) => {
                    tracing::error!(%error, "the certificate cannot be used");
                    standing::went_wrong(told, clock::now(), error.to_string());
                    seen = Some(mark);
                }
                Ok((_, None)) => {}
                Err(error) => tracing::error!(%error, "the certificate could not be looked at"),
            }
            sleep(LOOK).await;
        }
    }

    fn mark(&self) -> Mark {
        [&self.chain, &self.key].map(|path| {
            let data = fs::metadata(path).ok()?;
            Some((data.modified().ok()?, data.len()))
        })
    }

    /// What is in the files.
    pub(super) fn read(&self) -> Result<Certificate, KeptError> {
        let at = |path: &Path| {
            let failed = |source: io::Error| KeptError::Io { path: path.to_owned(), source };
            fs::read(path).map_err(failed)
        };
        let (chain, key) = (at(&self.chain)?, at(&self.key)?);
        Certificate::parse(&chain, &key).map_err(|source| KeptError::Certificate { path: self.chain.clone(), source })
    }
}

/// What is in two such files.
///
/// # Errors
/// [`KeptError`].
pub fn certificate_in(chain: &Path, key: &Path) -> Result<Certificate, KeptError> {
    Files::new(chain, key).read()
}

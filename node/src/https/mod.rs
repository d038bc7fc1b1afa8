//! The site over https without a web server before it: a certificate that the box obtains and renews itself (ACME, RFC
//! 8555), or files that somebody else keeps up to date.
//!
//! A box without a certificate runs all the same: it says so in its log and to `dorpsplein doctor`, is read on the local
//! network, and goes on trying.

mod certificate;
mod files;
mod kept;
mod local;
mod ordering;
mod shown;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::time::Timestamp;
use rustls_acme::rustls::ServerConfig;
use rustls_acme::rustls::crypto::{CryptoProvider, ring};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::HttpsSettings;
use files::Files;
use ordering::Orders;

pub use certificate::{Certificate, CertificateError};
pub use files::certificate_in;
pub use kept::{Attempt, HTTPS_FOLDER, Kept, KeptError};
pub use local::{LocalAuthority, LocalError, LocalSetting};
pub use ordering::OrderError;
pub use shown::Shown;

/// The certificate of a running box, kept up to date until the box stops.
pub struct Https {
    /// What visitors are shown.
    shown: Arc<Shown>,
    work: Work,
    until: watch::Sender<Option<Timestamp>>,
}

/// Who sees to it that there is a certificate.
enum Work {
    Orders(Box<Orders>),
    Files(Files),
    Local(Box<LocalAuthority>),
}

impl Https {
    /// Takes up what is kept in the data folder `folder`, for the site at `public_url`. Nothing is asked of anybody yet.
    ///
    /// # Errors
    /// [`OrderError`] when the settings name a file that cannot be used.
    pub fn open(folder: &Path, settings: &HttpsSettings, public_url: &str) -> Result<Self, OrderError> {
        let shown = Arc::new(Shown::default());
        let work = match settings.files() {
            Some((chain, key)) => Work::Files(Files::new(chain, key)),
            None => Work::Orders(Box::new(Orders::new(folder, settings, public_url)?)),
        };
        Ok(Self { shown, work, until: watch::Sender::new(None) })
    }

    /// Takes up the box's own authority for the local network.
    pub fn local(authority: LocalAuthority) -> Self {
        Self { shown: Arc::default(), work: Work::Local(Box::new(authority)), until: watch::Sender::new(None) }
    }

    /// What visitors are shown.
    pub fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown)
    }

    /// How connections are received.
    ///
    /// # Errors
    /// [`OrderError::Tls`] when the library supports none of the versions it is built with.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, OrderError> {
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.shown());
        config.alpn_protocols =
            [b"h2".as_slice(), b"http/1.1", rustls_acme::acme::ACME_TLS_ALPN_NAME].map(<[u8]>::to_vec).into();
        Ok(Arc::new(config))
    }

    /// Until when the certificate that is shown is valid; none while there is none.
    pub fn watch(&self) -> watch::Receiver<Option<Timestamp>> {
        self.until.subscribe()
    }

    /// Keeps the certificate up to date until `stop`. The site has to be open: who gives certificates comes to look.
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        let Self { shown, work, until } = self;
        tokio::spawn(async move {
            let work = async {
                match work {
                    Work::Orders(orders) => orders.keep(&shown, &until).await,
                    Work::Files(files) => files.keep(&shown, &until).await,
                    Work::Local(authority) => vouch(&authority, &shown, &until).await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        })
    }
}

/// How often is looked whether a certificate of our own is to be made anew.
const LOOK: Duration = Duration::from_secs(600);

/// Shows a certificate of our own, and a new one in time.
async fn vouch(authority: &LocalAuthority, shown: &Shown, until: &watch::Sender<Option<Timestamp>>) {
    let mut renew_at = None;
    loop {
        if renew_at.is_none_or(|at| at <= clock::now()) {
            match authority.vouch() {
                Ok(certificate) => {
                    renew_at = Some(certificate.renew_at());
                    until.send_replace(Some(certificate.until));
                    shown.show(certificate.certified);
                }
                Err(error) => tracing::error!(%error, "the local network has no https"),
            }
        }
        sleep(LOOK).await;
    }
}

/// The one implementation of cryptography in this program that TLS is built on.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

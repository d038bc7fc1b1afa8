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
mod standing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_acme::rustls::ServerConfig;
use rustls_acme::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::HttpsSettings;
use files::Files;
use ordering::Orders;
use standing::Told;

pub use certificate::{Certificate, CertificateError};
pub use files::certificate_in;
pub use kept::{Attempt, HTTPS_FOLDER, Kept, KeptError};
pub use local::{LocalAuthority, LocalError, LocalSetting};
pub use ordering::OrderError;
pub use shown::Shown;
pub use standing::{Renewer, Standing};

/// The certificate of a running box, kept up to date until the box stops.
pub struct Https {
    /// What visitors are shown.
    shown: Arc<Shown>,
    work: Work,
    told: Told,
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
        let (work, renewer) = match settings.files() {
            Some((chain, key)) => (Work::Files(Files::new(chain, key)), Renewer::Files),
            None => (Work::Orders(Box::new(Orders::new(folder, settings, public_url)?)), Renewer::Box),
        };
        Ok(Self { shown, work, told: Told::new(Standing::new(renewer)) })
    }

    /// Takes up the box's own authority for the local network.
    pub fn local(authority: LocalAuthority) -> Self {
        let told = Told::new(Standing::new(Renewer::Own));
        Self { shown: Arc::default(), work: Work::Local(Box::new(authority)), told }
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
        let builder = ServerConfig::builder_with_provider(crypto_provider()).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.shown());
        config.alpn_protocols =
            [b"h2".as_slice(), b"http/1.1", rustls_acme::acme::ACME_TLS_ALPN_NAME].map(<[u8]>::to_vec).into();
        Ok(Arc::new(config))
    }

    /// How it goes with the certificate.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.told.subscribe()
    }

    /// Keeps the certificate up to date until `stop`. The site has to be open: who gives certificates comes to look.
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        let Self { shown, work, told } = self;
        tokio::spawn(async move {
            let work = async {
                match work {
                    Work::Orders(orders) => orders.keep(&shown, &told).await,
                    Work::Files(files) => files.keep(&shown, &told).await,
                    Work::Local(authority) => vouch(&authority, &shown, &told).await,
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
async fn vouch(authority: &LocalAuthority, shown: &Shown, told: &Told) {
    let mut renew_at = None;
    loop {
        if renew_at.is_none_or(|at| at <= clock::now()) {
            match authority.vouch() {
                Ok(certificate) => {
                    renew_at = Some(certificate.renew_at());
                    standing::has_come(told, &certificate);
                    shown.show(certificate.certified);
                }
                Err(error) => {
                    tracing::error!(%error, "the local network has no https");
                    standing::went_wrong(told, clock::now(), error.to_string());
                }
            }
        }
        sleep(LOOK).await;
    }
}

/// The one implementation of cryptography in this program that TLS is built on: libp2p's QUIC leaves no other choice.
pub(crate) fn crypto_provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

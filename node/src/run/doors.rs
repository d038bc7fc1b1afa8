//! The addresses at which a box answers: taken before anybody is let in, so that a port in use ends the start there.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::join_all;
use rustls_acme::rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::RunError;
use crate::config::Config;
use crate::https::{Https, LocalAuthority};
use crate::web::{self, Entrance, Proxies, SiteState, Visits};

/// Where the site listens, and where the figures are, if they have an address of their own.
pub(super) struct Doors {
    site: TcpListener,
    secure: Option<Secure>,
    local: Option<Secure>,
    authority: Option<String>,
    figures: Option<TcpListener>,
    proxies: Proxies,
    /// Where the site really listens.
    pub(super) bound: SocketAddr,
}

/// Where it listens for https, and where everybody is led there.
struct Secure {
    site: TcpListener,
    redirect: Option<TcpListener>,
    https: Https,
    tls: Arc<ServerConfig>,
    url: String,
}

/// All that answers, until the box stops.
pub(super) struct Open {
    /// The site, at all its addresses.
    pub(super) site: JoinHandle<()>,
    /// The figures.
    pub(super) figures: Option<JoinHandle<()>>,
    /// Who keeps the certificates up to date.
    pub(super) certificates: Vec<JoinHandle<()>>,
}

impl Doors {
    /// Takes the addresses of the settings of the data folder `path`.
    ///
    /// # Errors
    /// [`RunError::Site`], [`RunError::Secure`], [`RunError::Figures`], [`RunError::Https`] or [`RunError::Local`].
    pub(super) async fn take(settings: &Config, path: &Path) -> Result<Self, RunError> {
        let address = settings.site;
        let site = TcpListener::bind(address).await.map_err(|source| RunError::Site { address, source })?;
        let bound = site.local_addr().map_err(|source| RunError::Site { address, source })?;
        let figures = match settings.metrics {
            Some(address) => {
                Some(TcpListener::bind(address).await.map_err(|source| RunError::Figures { address, source })?)
            }
            None => None,
        };
        let secure = Secure::take(settings, path, bound).await?;
        let (local, authority) = Secure::local(path).await?.unzip();
        Ok(Self { site, secure, local, authority, figures, proxies: Proxies::new(&settings.proxies), bound })
    }

    /// Lets visitors in: to the site, and to the figures if they have an address of their own.
    pub(super) fn open(self, state: SiteState, stop: &CancellationToken) -> Open {
        let serve = |entrance: Entrance, site| entrance.serve(site, stop.clone());
        let certificate = self.secure.as_ref().or(self.local.as_ref()).map(|secure| secure.https.watch());
        let state = certificate.into_iter().fold(state, SiteState::with_certificate);
        let state = self.authority.into_iter().fold(state, SiteState::with_authority);
        let figures = self.figures.map(|listener| {
            let entrance = Entrance::plain(Visits::new(listener), Proxies::default());
            tokio::spawn(serve(entrance, web::metrics::router(state.clone())))
        });
        let site = web::router(state);
        let mut doors = vec![serve(Entrance::plain(Visits::new(self.site), self.proxies.clone()), site.clone())];
        let mut certificates = Vec::new();
        for Secure { site: socket, redirect, https, tls, url } in self.secure.into_iter().chain(self.local) {
            let entrance = Entrance::secure(Visits::new(socket), self.proxies.clone(), tls);
            doors.push(serve(entrance, site.clone()));
            doors.extend(redirect.map(|socket| {
                let entrance = Entrance::plain(Visits::new(socket), self.proxies.clone());
                serve(entrance, web::redirecting(&url, https.shown()))
            }));
            certificates.push(https.start(stop.clone()));
        }
        let site = tokio::spawn(join_all(doors).map(drop));
        Open { site, figures, certificates }
    }
}

impl Secure {
    async fn take(settings: &Config, path: &Path, bound: SocketAddr) -> Result<Option<Self>, RunError> {
        let Some(wanted) = &settings.https else { return Ok(None) };
        let url = settings.site_url(bound);
        let https = Https::open(path, wanted, &url)?;
        let tls = https.server_config()?;
        let site = listen(wanted.listen).await?;
        let redirect = match wanted.redirect {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        Ok(Some(Self { site, redirect, https, tls, url }))
    }

    /// The site on the local network, and the certificate of the authority that vouches for it.
    async fn local(path: &Path) -> Result<Option<(Self, String)>, RunError> {
        let Some(authority) = LocalAuthority::open(path)? else { return Ok(None) };
        let (setting, certificate) = (authority.setting.clone(), authority.certificate.clone());
        let https = Https::local(authority);
        let tls = https.server_config()?;
        let url = format!("https://{}:{}", setting.name, setting.listen.port());
        let secure = Self { site: listen(setting.listen).await?, redirect: None, https, tls, url };
        Ok(Some((secure, certificate)))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).await.map_err(|source| RunError::Secure { address, source })
}

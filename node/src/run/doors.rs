//! The addresses at which a box answers: taken before anybody is let in, so that a port in use ends the start there.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::RunError;
use crate::config::Config;
use crate::web::{self, SiteState};

/// Where the site listens, and where the figures are, if they have an address of their own.
pub(super) struct Doors {
    site: TcpListener,
    figures: Option<TcpListener>,
    /// Where the site really listens.
    pub(super) bound: SocketAddr,
}

/// What answers behind one of them; ends when the box stops.
pub(super) type Answering = JoinHandle<io::Result<()>>;

impl Doors {
    /// Takes the addresses of the settings.
    ///
    /// # Errors
    /// [`RunError::Site`] or [`RunError::Figures`].
    pub(super) async fn take(settings: &Config) -> Result<Self, RunError> {
        let address = settings.site;
        let site = TcpListener::bind(address).await.map_err(|source| RunError::Site { address, source })?;
        let bound = site.local_addr().map_err(|source| RunError::Site { address, source })?;
        let figures = match settings.metrics {
            Some(address) => {
                Some(TcpListener::bind(address).await.map_err(|source| RunError::Figures { address, source })?)
            }
            None => None,
        };
        Ok(Self { site, figures, bound })
    }

    /// Lets visitors in: to the site, and to the figures if they have an address of their own.
    pub(super) fn open(self, state: SiteState, stop: &CancellationToken) -> (Answering, Option<Answering>) {
        let figures = self.figures.map(|listener| {
            let serve = axum::serve(web::Visits::new(listener), web::metrics::router(state.clone()));
            tokio::spawn(serve.with_graceful_shutdown(stop.clone().cancelled_owned()).into_future())
        });
        let site = web::router(state).into_make_service_with_connect_info::<web::live::CameFrom>();
        let serve =
            axum::serve(web::Visits::new(self.site), site).with_graceful_shutdown(stop.clone().cancelled_owned());
        (tokio::spawn(serve.into_future()), figures)
    }
}

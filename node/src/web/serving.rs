//! Serving: connections in, plain or over TLS, requests of each to the site, within bounds.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use futures::TryFutureExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use rustls_acme::futures_rustls::TlsAcceptor;
use rustls_acme::rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_util::compat::{FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::arrival::{Proxies, received};
use super::visits::Visits;

/// How long the head of a request may take to come, and how long a connection may stay between two.
const HEAD: Duration = Duration::from_secs(30);
/// How long the two sides may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The longest head of a request, in bytes: addresses and headers.
const HEAD_BYTES: usize = 32 * 1024;
/// The most headers of a request.
const HEADERS: usize = 64;
/// Requests at one time over one connection of HTTP/2: a page with all that belongs to it.
const STREAMS: u32 = 64;

/// A door of the site.
pub struct Entrance {
    visits: Visits,
    tls: Option<TlsAcceptor>,
    proxies: Proxies,
    head: Duration,
}

impl Entrance {
    /// A door for plain http.
    pub fn plain(visits: Visits, proxies: Proxies) -> Self {
        Self { visits, tls: None, proxies, head: HEAD }
    }

    /// A door for https, for HTTP/1.1 and HTTP/2.
    pub fn secure(visits: Visits, proxies: Proxies, config: Arc<ServerConfig>) -> Self {
        Self { tls: Some(config.into()), ..Self::plain(visits, proxies) }
    }

    /// Lets visitors in until `stop`, and returns when those who were being answered have been.
    pub async fn serve(mut self, site: Router, stop: CancellationToken) {
        let graceful = GracefulShutdown::new();
        loop {
            let (visit, from) = tokio::select! {
                () = stop.cancelled() => break,
                visit = self.visits.next() => visit,
            };
            let receiving = Receiving {
                site: site.clone(),
                from: from.ip(),
                proxies: self.proxies.clone(),
                head: self.head,
                watcher: graceful.watcher(),
            };
            let (tls, stop) = (self.tls.clone(), stop.clone());
            tokio::spawn(async move {
                let outcome = match tls {
                    None => receiving.requests(visit, false, false).await,
                    Some(tls) => tokio::select! {
                        () = stop.cancelled() => return,
                        secure = timeout(HANDSHAKE, tls.accept(visit.compat())) => match secure {
                            Ok(Ok(secure)) => {
                                let protocol = secure.get_ref().1.alpn_protocol().unwrap_or_default();
                                if protocol == ACME_TLS_ALPN_NAME {
                                    // Who gives certificates has seen what they came for.
                                    return;
                                }
                                let second = protocol == b"h2";
                                receiving.requests(secure.compat(), true, second).await
                            }
                            Ok(Err(error)) => Err(error.into()),
                            Err(late) => Err(late.into()),
                        },
                    },
                };
                if let Err(error) = outcome {
                    tracing::debug!(%error, %from, "a connection broke off");
                }
            });
        }
        drop(self.visits);
        graceful.shutdown().await;
    }

    #[cfg(test)]
    fn with_head(self, head: Duration) -> Self {
        Self { head, ..self }
    }
}

/// What is needed to answer the requests of one connection.
struct Receiving {
    site: Router,
    from: IpAddr,
    proxies: Proxies,
    head: Duration,
    watcher: Watcher,
}

impl Receiving {
    async fn requests<S>(self, stream: S, https: bool, second: bool) -> Result<(), axum::BoxError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { site, from, proxies, head, watcher } = self;
        let ready = move |request: Request<Incoming>| received(request, from, https, &proxies);
        let service = TowerToHyperService::new(ServiceExt::<Request<Body>>::map_request(site, ready));
        let builder = Builder::new(TokioExecutor::new());
        let mut builder = if second { builder.http2_only() } else { builder.http1_only() };
        let mut first = builder.http1();
        first.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD_BYTES).max_headers(HEADERS);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(HEAD_BYTES as u32);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        watcher.watch(connection).map_err(Into::into).await
    }
}

#[cfg(test)]
mod tests;

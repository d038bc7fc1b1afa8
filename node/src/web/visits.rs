//! Letting visitors in: so many at a time, and nobody who says nothing for ever.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use super::places::{Place, Places};

/// Connections at one time; who comes later waits at the door. A browser takes up to six.
const VISITS: usize = 512;
/// Connections from one address at one time: the community house on a busy evening, or a street that shares an address.
const OF_ADDRESS: usize = 128;
/// How long to wait when the system has no more connections to give.
const BREATH: Duration = Duration::from_millis(100);
/// A connection on which nothing moves for this long is closed: longer than a request may take, so that only those are
/// meant who hold a place and do not use it.
const QUIET: Duration = Duration::from_secs(60);

/// The door of the site: a listening socket that bounds what its visitors can take.
pub struct Visits {
    socket: TcpListener,
    room: Arc<Semaphore>,
    places: Places,
    quiet: Duration,
}

impl Visits {
    /// Opens the door.
    pub fn new(socket: TcpListener) -> Self {
        Self::bounded(socket, VISITS, OF_ADDRESS, QUIET)
    }

    pub(super) fn bounded(socket: TcpListener, visits: usize, of_address: usize, quiet: Duration) -> Self {
        let room = Arc::new(Semaphore::new(visits));
        Self { socket, room, places: Places::new(visits, of_address), quiet }
    }

    /// The next visitor. Who has too many connections already is hung up on at once.
    pub(super) async fn next(&mut self) -> (Visit, SocketAddr) {
        loop {
            let room = Arc::clone(&self.room).acquire_owned().await.expect("nobody closes the semaphore");
            let (stream, from) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Who hung up is nobody's concern; else files have run out, which others may give back.
                    if !is_about_one(&error) {
                        tracing::error!(%error, "nobody can be let in at the moment");
                        sleep(BREATH).await;
                    }
                    continue;
                }
            };
            if let Some(place) = self.places.take(from.ip()) {
                let ends = Box::pin(sleep(self.quiet));
                return (Visit { stream, quiet: self.quiet, ends, _room: room, _place: place }, from);
            }
            tracing::debug!(%from, "too many connections from one address");
        }
    }
}

/// Whether a failure is about one connection, which broke before it was accepted.
fn is_about_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// One connection, which gives its place back when it is dropped.
pub(super) struct Visit {
    stream: TcpStream,
    quiet: Duration,
    ends: Pin<Box<Sleep>>,
    _room: OwnedSemaphorePermit,
    _place: Place,
}

impl Visit {
    /// Something moved: the visitor may stay. Nothing did: only until the time is up.
    fn note<T>(&mut self, moved: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match moved {
            Poll::Ready(outcome) => {
                let later = Instant::now() + self.quiet;
                self.ends.as_mut().reset(later);
                Poll::Ready(outcome)
            }
            Poll::Pending => self.ends.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl AsyncRead for Visit {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let moved = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.note(moved, context)
    }
}

impl AsyncWrite for Visit {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(moved, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.note(moved, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

//! Letting visitors in: so many at a time, and nobody who says nothing for ever.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// Connections at one time; who comes later waits at the door. A browser takes up to six.
const VISITS: usize = 512;
/// A connection on which nothing moves for this long is closed: longer than a request may take, so that only those are
/// meant who hold a place and do not use it.
const QUIET: Duration = Duration::from_secs(60);

/// The door of the site: a listening socket that bounds what its visitors can take.
pub struct Visits {
    socket: TcpListener,
    room: Arc<Semaphore>,
    quiet: Duration,
}

impl Visits {
    /// Opens the door.
    pub fn new(socket: TcpListener) -> Self {
        Self::bounded(socket, VISITS, QUIET)
    }

    fn bounded(socket: TcpListener, visits: usize, quiet: Duration) -> Self {
        Self { socket, room: Arc::new(Semaphore::new(visits)), quiet }
    }
}

impl Listener for Visits {
    type Io = Visit;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visit, SocketAddr) {
        let place = Arc::clone(&self.room).acquire_owned().await.expect("nobody closes the semaphore");
        let (stream, from) = Listener::accept(&mut self.socket).await;
        (Visit { stream, quiet: self.quiet, ends: Box::pin(sleep(self.quiet)), _place: place }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// One connection, which gives its place back when it is dropped.
pub struct Visit {
    stream: TcpStream,
    quiet: Duration,
    ends: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);

    /// A site with room for one visitor at a time.
    async fn one_at_a_time() -> SocketAddr {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let site = Router::new().route("/", get(|| async { "welkom" }));
        tokio::spawn(axum::serve(Visits::bounded(socket, 1, SHORT), site).into_future());
        address
    }

    async fn visit(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: dorp\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn who_says_nothing_gives_up_the_place() {
        let address = one_at_a_time().await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HT").await.unwrap();
        let begun = Instant::now();
        assert!(visit(address).await.ends_with("welkom"), "the third is let in when the first two have had their time");
        assert!(begun.elapsed() >= SHORT);
        let mut nothing = [0; 1];
        assert_eq!(silent.read(&mut nothing).await.unwrap_or(0), 0, "the silent one was shown out");
    }

    #[tokio::test]
    async fn who_asks_is_answered() {
        let address = one_at_a_time().await;
        for _ in 0..3 {
            assert!(visit(address).await.starts_with("HTTP/1.1 200 OK"));
        }
    }
}

//! Boxes and hostile peers on the loopback interface, shared by the network tests.

// Every test binary uses a part of this.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::time::Duration;

use dorpsplein_node::net::{
    self, CloseReason, Config, DialFailure, Keypair, Multiaddr, NetEvent, NetHandle, PeerId, SessionId,
};
use tokio::{sync::mpsc, time::timeout};

pub const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";
pub const TCP: &str = "/ip4/127.0.0.1/tcp/0";

/// How long anything that has to happen may take, on a slow machine with other tests running.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long nothing has to happen before we believe that nothing will.
const QUIET: Duration = Duration::from_millis(700);

/// A box: its handle, its events, where it listens.
pub struct Node {
    pub net: NetHandle,
    pub events: mpsc::Receiver<NetEvent>,
    pub address: Multiaddr,
}

/// What a box knows of a session it just got.
#[derive(Debug)]
pub struct Opened {
    pub session: SessionId,
    pub peer: PeerId,
    pub outbound: bool,
    pub remote: Multiaddr,
}

pub fn key(number: u8) -> Keypair {
    net::keypair_from_secret([number; 32])
}

impl Node {
    /// A box with the key of this number.
    pub async fn start(number: u8, listen: &str) -> Self {
        Self::with(Config::new(key(number), vec![listen.parse().unwrap()])).await
    }

    pub async fn with(config: Config) -> Self {
        let (net, mut events) = net::start(config).unwrap();
        let NetEvent::Listening { address } = events.recv().await.unwrap() else {
            panic!("the first event is the listening address");
        };
        Self { net, events, address }
    }

    pub fn peer(&self) -> PeerId {
        self.net.local_peer()
    }

    pub fn dial(&self, other: &Self) {
        self.net.dial(Some(other.peer()), vec![other.address.clone()]).unwrap();
    }

    pub async fn next(&mut self) -> NetEvent {
        let next = timeout(PATIENCE, self.events.recv()).await;
        next.expect("an event should have come by now").expect("the network should still run")
    }

    /// The events until nothing happens for a while.
    pub async fn until_quiet(&mut self) -> Vec<NetEvent> {
        let mut events = Vec::new();
        while let Ok(Some(event)) = timeout(QUIET, self.events.recv()).await {
            events.push(event);
        }
        events
    }

    pub async fn opened(&mut self) -> Opened {
        match self.next().await {
            NetEvent::Opened { session, peer, outbound, remote, meter: _ } => {
                Opened { session, peer, outbound, remote }
            }
            other => panic!("expected a session to open, got {other:?}"),
        }
    }

    pub async fn frame(&mut self) -> (SessionId, Vec<u8>) {
        match self.next().await {
            NetEvent::Frame { session, bytes, .. } => (session, bytes),
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    pub async fn closed(&mut self) -> (SessionId, CloseReason) {
        match self.next().await {
            NetEvent::Closed { session, reason } => (session, reason),
            other => panic!("expected a session to close, got {other:?}"),
        }
    }

    pub async fn dial_failed(&mut self) -> DialFailure {
        match self.next().await {
            NetEvent::DialFailed { reason, .. } => reason,
            other => panic!("expected a dial to fail, got {other:?}"),
        }
    }
}

/// Dials `two` from `one`; the session on either side.
pub async fn connect(one: &mut Node, two: &mut Node) -> (SessionId, SessionId) {
    one.dial(two);
    let (here, there) = (one.opened().await, two.opened().await);
    assert_eq!((here.peer, here.outbound), (two.peer(), true));
    assert_eq!((there.peer, there.outbound), (one.peer(), false));
    (here.session, there.session)
}

/// Sends a frame each way and expects both to arrive.
pub async fn assert_talking(one: &mut Node, two: &mut Node, sessions: (SessionId, SessionId)) {
    one.net.send(sessions.0, b"goedemorgen".to_vec()).unwrap();
    assert_eq!(two.frame().await, (sessions.1, b"goedemorgen".to_vec()));
    two.net.send(sessions.1, b"ook goedemorgen".to_vec()).unwrap();
    assert_eq!(one.frame().await, (sessions.0, b"ook goedemorgen".to_vec()));
}

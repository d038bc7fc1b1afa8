//! Peers that do not mean well: they hold a key and speak libp2p, and write what they like on the
//! session stream. The box closes them with a reason and goes on serving the others.

#![allow(clippy::unwrap_used, missing_docs)]

mod net_support;

use dorpsplein_node::net::{CloseReason, DialFailure, MAX_FRAME_BYTES, Multiaddr, PeerId, SESSION_PROTOCOL, SessionId};
use futures::{AsyncReadExt as _, AsyncWriteExt as _, FutureExt as _, StreamExt as _};
use libp2p::{
    Stream, StreamProtocol, Swarm, SwarmBuilder, noise, ping,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use net_support::{Node, QUIC, TCP, assert_talking, connect, key};
use tokio::task::JoinHandle;

const PROTOCOL: StreamProtocol = StreamProtocol::new(SESSION_PROTOCOL);

/// A peer made of libp2p's own parts, none of ours. Gone, connections and all, when dropped.
struct Stranger {
    control: libp2p_stream::Control,
    address: Multiaddr,
    peer: PeerId,
    task: JoinHandle<()>,
}

impl Stranger {
    async fn start(number: u8, listen: &str) -> Self {
        let mut swarm = swarm(number);
        swarm.listen_on(listen.parse().unwrap()).unwrap();
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
                break address;
            }
        };
        let (control, peer) = (swarm.behaviour().streams.new_control(), *swarm.local_peer_id());
        let task = tokio::spawn(async move { while swarm.next().await.is_some() {} });
        Self { control, address, peer, task }
    }

    /// A peer connected to the box, which has opened the session stream.
    async fn visiting(number: u8, node: &Node) -> (Self, Stream) {
        let mut swarm = swarm(number);
        swarm.dial(node.address.clone()).unwrap();
        while !swarm.is_connected(&node.peer()) {
            swarm.select_next_some().await;
        }
        let (control, peer) = (swarm.behaviour().streams.new_control(), *swarm.local_peer_id());
        let task = tokio::spawn(async move { while swarm.next().await.is_some() {} });
        let mut stranger = Self { control, address: node.address.clone(), peer, task };
        let stream = stranger.control.open_stream(node.peer(), PROTOCOL).await.unwrap();
        (stranger, stream)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What boxes of a later release may offer besides.
const LATER: StreamProtocol = StreamProtocol::new("/dorpsplein/session/3");

/// What a stranger must have to pass for a box: streams, and answers to pings.
#[derive(NetworkBehaviour)]
struct Disguise {
    streams: libp2p_stream::Behaviour,
    ping: ping::Behaviour,
}

fn swarm(number: u8) -> Swarm<Disguise> {
    SwarmBuilder::with_existing_identity(key(number))
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_quic()
        .with_behaviour(|_| Disguise { streams: libp2p_stream::Behaviour::new(), ping: ping::Behaviour::default() })
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(std::time::Duration::from_secs(60)))
        .build()
}

/// Sends bytes to a fresh session of a box that also has an honest one; the reason the box gives.
async fn reason_for(listen: &str, bytes: &[u8]) -> CloseReason {
    let (mut anna, mut bert) = (Node::start(1, listen).await, Node::start(2, listen).await);
    let honest = connect(&mut bert, &mut anna).await;
    let (stranger, mut stream) = Stranger::visiting(9, &anna).await;
    let opened = anna.opened().await;
    assert_eq!((opened.peer, opened.outbound), (stranger.peer, false));
    // The box may hang up before everything is written; that is its right.
    let _ = stream.write_all(bytes).await;
    let _ = stream.close().await;
    let (closed, reason) = anna.closed().await;
    assert_eq!(closed, opened.session);
    assert_talking(&mut bert, &mut anna, honest).await;
    reason
}

#[tokio::test]
async fn an_oversized_frame_closes_only_the_session_it_came_in() {
    for listen in [QUIC, TCP] {
        let length = u32::try_from(MAX_FRAME_BYTES).unwrap() + 1;
        let reason = reason_for(listen, &length.to_be_bytes()).await;
        assert_eq!(reason, CloseReason::BadLength { length });
    }
}

#[tokio::test]
async fn an_empty_frame_is_not_a_frame() {
    assert_eq!(reason_for(QUIC, &[0, 0, 0, 0]).await, CloseReason::BadLength { length: 0 });
}

#[tokio::test]
async fn text_is_not_a_length() {
    let reason = reason_for(TCP, b"GET / HTTP/1.1\r\n\r\n").await;
    assert_eq!(reason, CloseReason::BadLength { length: u32::from_be_bytes(*b"GET ") });
}

#[tokio::test]
async fn half_a_frame_and_the_end_is_told_as_such() {
    for listen in [QUIC, TCP] {
        assert_eq!(reason_for(listen, &[0, 0, 1]).await, CloseReason::Truncated);
        assert_eq!(reason_for(listen, &[0, 0, 0, 9, 1, 2]).await, CloseReason::Truncated);
    }
}

#[tokio::test]
async fn a_flood_of_tiny_frames_is_cut_off() {
    let mut anna = Node::start(1, QUIC).await;
    let (_stranger, mut stream) = Stranger::visiting(9, &anna).await;
    let session = anna.opened().await.session;
    let writer = tokio::spawn(async move {
        let many = [0, 0, 0, 1, 42].repeat(10_000);
        while stream.write_all(&many).await.is_ok() {}
    });
    let mut frames = 0_u32;
    let reason = loop {
        match anna.next().await {
            dorpsplein_node::net::NetEvent::Frame { bytes, .. } => {
                assert_eq!(bytes, [42]);
                frames += 1;
                assert!(frames < 500_000, "this goes on for ever");
            }
            dorpsplein_node::net::NetEvent::Closed { session: closed, reason } => {
                assert_eq!(closed, session);
                break reason;
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason, CloseReason::Flooding);
    assert!(frames >= 8192, "an honest burst is let through: {frames}");
    writer.await.unwrap();
}

#[tokio::test]
async fn a_second_stream_on_a_connection_is_dropped_and_the_first_goes_on() {
    for listen in [QUIC, TCP] {
        let mut anna = Node::start(1, listen).await;
        let (mut stranger, mut stream) = Stranger::visiting(9, &anna).await;
        let session = anna.opened().await.session;
        for _ in 0..20 {
            let mut extra = stranger.control.open_stream(anna.peer(), PROTOCOL).await.unwrap();
            let _ = extra.write_all(&[0, 0, 0, 1, 66]).await;
            let end = extra.read(&mut [0; 1]).await;
            assert!(!matches!(end, Ok(1..)), "nothing is ever said on it: {end:?}");
        }
        stream.write_all(&[0, 0, 0, 1, 65]).await.unwrap();
        stream.flush().await.unwrap();
        assert_eq!(anna.frame().await, (session, vec![65]));
    }
}

#[tokio::test]
async fn a_peer_that_restarted_replaces_the_session_it_lost() {
    let mut anna = Node::start(1, QUIC).await;
    let (_before, _lost) = Stranger::visiting(9, &anna).await;
    let lost = anna.opened().await.session;
    let (_after, mut stream) = Stranger::visiting(9, &anna).await;
    assert_eq!(anna.closed().await, (lost, CloseReason::Replaced));
    let session = anna.opened().await.session;
    stream.write_all(&[0, 0, 0, 1, 65]).await.unwrap();
    stream.flush().await.unwrap();
    assert_eq!(anna.frame().await, (session, vec![65]));
}

#[tokio::test]
async fn a_peer_that_vanishes_is_noticed() {
    let mut anna = Node::start(1, QUIC).await;
    let (stranger, stream) = Stranger::visiting(9, &anna).await;
    let opened = anna.opened().await;
    drop((stranger, stream));
    let (session, reason) = anna.closed().await;
    assert_eq!(session, opened.session);
    assert!(matches!(reason, CloseReason::Lost { .. } | CloseReason::Remote), "{reason:?}");
}

#[tokio::test]
async fn a_peer_without_the_protocol_is_told_from_one_that_is_away() {
    let mut anna = Node::start(1, TCP).await;
    let stranger = Stranger::start(9, TCP).await;
    anna.net.dial(Some(stranger.peer), vec![stranger.address.clone()]).unwrap();
    let reason = anna.dial_failed().await;
    assert!(matches!(reason, DialFailure::Unsupported), "{reason:?}");
}

#[tokio::test]
async fn a_box_of_a_later_version_is_spoken_to_in_ours_and_one_without_ours_is_told_of() {
    let mut anna = Node::start(1, TCP).await;
    let later = Stranger::start(8, TCP).await;
    let mut control = later.control.clone();
    let mut asked_later = control.accept(LATER).unwrap();
    let mut asked_ours = control.accept(PROTOCOL).unwrap();
    anna.net.dial(Some(later.peer), vec![later.address.clone()]).unwrap();
    let (peer, _stream) = asked_ours.next().await.unwrap();
    assert_eq!((peer, anna.opened().await.peer), (anna.peer(), later.peer));
    assert!(asked_later.next().now_or_never().is_none(), "nobody asked for what this box does not speak");
    assert!(anna.net.watch_reach().borrow().other_versions.is_empty());

    // It dials, and asks for its own version first.
    let (mut visitor, _stream) = Stranger::visiting(7, &anna).await;
    assert_eq!(anna.opened().await.peer, visitor.peer);
    let refused = visitor.control.open_stream(anna.peer(), LATER).await;
    assert!(matches!(refused, Err(libp2p_stream::OpenStreamError::UnsupportedProtocol(_))), "{refused:?}");

    let only_later = Stranger::start(9, TCP).await;
    let _asked = only_later.control.clone().accept(LATER).unwrap();
    anna.net.dial(Some(only_later.peer), vec![only_later.address.clone()]).unwrap();
    let reason = anna.dial_failed().await;
    assert!(matches!(reason, DialFailure::Unsupported), "{reason:?}");
    assert!(reason.to_string().ends_with("does not speak /dorpsplein/session/2"), "{reason}");
    let mut reach = anna.net.watch_reach();
    let told = reach.wait_for(|reach| reach.other_versions.contains(&only_later.peer)).await.unwrap();
    assert_eq!(told.other_versions.len(), 1, "those that speak ours as well are not in it");
}

#[tokio::test]
async fn forty_strangers_that_write_garbage_leave_the_box_serving() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let honest = connect(&mut bert, &mut anna).await;
    let mut random = 0x5EED_u64;
    for number in 100..140 {
        let (_stranger, mut stream) = Stranger::visiting(number, &anna).await;
        let session = anna.opened().await.session;
        let mut garbage = vec![0; 512];
        for byte in &mut garbage {
            // splitmix64, so that a failure can be repeated.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = random.to_be_bytes()[0];
        }
        // The first byte says whether it looks like a long frame or like far too long a one.
        garbage[0] = number % 2;
        let _ = stream.write_all(&garbage).await;
        let _ = stream.close().await;
        drop(stream);
        let reason = closed_without_frames(&mut anna, session).await;
        assert!(matches!(reason, CloseReason::BadLength { .. } | CloseReason::Truncated), "{reason:?}");
    }
    assert_talking(&mut bert, &mut anna, honest).await;
}

async fn closed_without_frames(node: &mut Node, session: SessionId) -> CloseReason {
    let (closed, reason) = node.closed().await;
    assert_eq!(closed, session);
    reason
}

//! A box that lets its neighbours be reached through it, and nobody else.

#![allow(clippy::unwrap_used, missing_docs)]

mod net_support;

use std::{collections::BTreeSet, time::Duration};

use dorpsplein_node::net::{CloseReason, Config, Multiaddr, NetEvent, PeerId, Reach, Route, SESSION_PROTOCOL, Told};
use futures::StreamExt as _;
use libp2p::{
    StreamProtocol, Swarm, SwarmBuilder,
    multiaddr::Protocol,
    noise, ping, relay,
    swarm::{NetworkBehaviour, SwarmEvent, dial_opts::DialOpts},
    yamux,
};
use net_support::{Node, QUIC, assert_talking, connect, key};
use tokio::{task::JoinHandle, time::timeout};

/// How long anything that has to happen may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long nothing has to happen before we believe that nothing will.
const QUIET: Duration = Duration::from_secs(4);

/// A box that its settings say is reached from outside, and that therefore relays.
async fn relaying(number: u8) -> Node {
    let announce = vec!["/dns/plein.example/udp/4080/quic-v1".parse().unwrap()];
    Node::with(Config { announce, ..Config::new(key(number), vec![QUIC.parse().unwrap()]) }).await
}

/// Makes every box a neighbour of every other.
fn acquaint(nodes: &[&Node]) {
    let everybody: BTreeSet<PeerId> = nodes.iter().map(|node| node.peer()).collect();
    for node in nodes {
        let others = everybody.iter().copied().filter(|peer| *peer != node.peer());
        node.net.entitle(others.collect());
    }
}

/// Waits until a box says that it is reached so.
async fn reach(node: &Node, what: &str, holds: impl Fn(&Reach) -> bool) {
    let mut reach = node.net.watch_reach();
    let waited = timeout(PATIENCE, reach.wait_for(|reach| holds(reach))).await;
    assert!(waited.is_ok_and(|waited| waited.is_ok()), "{what}: {:?}", node.net.watch_reach().borrow());
}

fn through(relay: &Node) -> Multiaddr {
    relay.address.clone().with(Protocol::P2p(relay.peer())).with(Protocol::P2pCircuit)
}

/// A relay, and a box that has a place there. Both are neighbours of a third one.
async fn relay_and_guest(third: &Node) -> (Node, Node) {
    let (mut relay, mut guest) = (relaying(1).await, Node::start(2, QUIC).await);
    acquaint(&[&relay, &guest, third]);
    connect(&mut guest, &mut relay).await;
    reach(&guest, "a place at the relay", |reach| reach.reserved == BTreeSet::from([relay.peer()])).await;
    (relay, guest)
}

#[tokio::test]
async fn a_session_through_a_relay_moves_when_a_direct_address_is_known() {
    let mut third = Node::start(3, QUIC).await;
    let (mut relay, mut guest) = relay_and_guest(&third).await;
    connect(&mut third, &mut relay).await;
    third.net.dial(Some(guest.peer()), vec![through(&relay)]).unwrap();
    let (here, there) = (third.opened().await, guest.opened().await);
    assert_talking(&mut third, &mut guest, (here.session, there.session)).await;
    // Nobody there, and through a relay again: nothing happens.
    let nobody = "/ip4/127.0.0.1/udp/9/quic-v1".parse().unwrap();
    third.net.straighten(guest.peer(), vec![nobody, through(&relay)]).unwrap();
    third.net.straighten(relay.peer(), vec![relay.address.clone()]).unwrap();
    assert_talking(&mut third, &mut guest, (here.session, there.session)).await;

    // As the addresses of a box come to be known one after the other, while the first is still tried.
    let moved = timeout(PATIENCE, async {
        loop {
            third.net.straighten(guest.peer(), vec![guest.address.clone()]).unwrap();
            if let Ok(event) = timeout(Duration::from_secs(1), third.events.recv()).await {
                break event.unwrap();
            }
        }
    });
    let NetEvent::Closed { session, reason } = moved.await.unwrap() else { panic!("the session did not move") };
    assert_eq!((session, reason), (here.session, CloseReason::Replaced));
    let here = third.opened().await;
    assert_eq!(guest.closed().await, (there.session, CloseReason::Replaced));
    let there = guest.opened().await;
    assert_eq!((here.outbound, here.remote.clone()), (true, guest.address.clone().with(Protocol::P2p(guest.peer()))));
    assert_talking(&mut third, &mut guest, (here.session, there.session)).await;
}

/// A stranger made of libp2p's own parts, with a relay's client and none of our manners.
struct Stranger {
    swarm: Swarm<Disguise>,
}

#[derive(NetworkBehaviour)]
struct Disguise {
    relay: relay::client::Behaviour,
    ping: ping::Behaviour,
    streams: libp2p_stream::Behaviour,
}

impl Stranger {
    /// Connected with the relay, and with a session there as any box has.
    async fn visiting(number: u8, relay: &mut Node) -> Self {
        let mut swarm = SwarmBuilder::with_existing_identity(key(number))
            .with_tokio()
            .with_quic()
            .with_relay_client(noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_behaviour(|_, relay| Disguise {
                relay,
                ping: ping::Behaviour::default(),
                streams: libp2p_stream::Behaviour::new(),
            })
            .unwrap()
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(60)))
            .build();
        swarm.dial(relay.address.clone()).unwrap();
        while !swarm.is_connected(&relay.peer()) {
            swarm.select_next_some().await;
        }
        let mut control = swarm.behaviour().streams.new_control();
        let (peer, protocol) = (relay.peer(), StreamProtocol::new(SESSION_PROTOCOL));
        let opening = tokio::spawn(async move { control.open_stream(peer, protocol).await });
        let opened = loop {
            tokio::select! {
                _ = swarm.select_next_some() => {}
                // One of an earlier visit may end first.
                event = relay.next() => if let NetEvent::Opened { peer, .. } = event { break peer },
            }
        };
        assert_eq!(opened, *swarm.local_peer_id());
        Self::keep(opening);
        Self { swarm }
    }

    /// The stream stays open for as long as the test runs.
    fn keep<T: Send + 'static>(opening: JoinHandle<T>) {
        tokio::spawn(async move {
            let _stream = opening.await;
            std::future::pending::<()>().await;
        });
    }

    /// Asks for a place; whether it was given.
    async fn gets_a_place(&mut self, relay: &Node) -> bool {
        let listener = self.swarm.listen_on(through(relay)).unwrap();
        loop {
            match timeout(PATIENCE, self.swarm.select_next_some()).await.unwrap() {
                SwarmEvent::NewListenAddr { listener_id, .. } if listener_id == listener => return true,
                SwarmEvent::ListenerClosed { listener_id, .. } if listener_id == listener => return false,
                _ => {}
            }
        }
    }

    /// Tries to reach a box through the relay; whether it does.
    async fn reaches(&mut self, guest: &Node, relay: &Node) -> bool {
        let options = DialOpts::peer_id(guest.peer()).addresses(vec![through(relay)]).build();
        self.swarm.dial(options).unwrap();
        loop {
            match timeout(PATIENCE, self.swarm.select_next_some()).await.unwrap() {
                SwarmEvent::ConnectionEstablished { peer_id, .. } if peer_id == guest.peer() => return true,
                SwarmEvent::OutgoingConnectionError { peer_id, .. } if peer_id == Some(guest.peer()) => return false,
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn neighbours_talk_through_a_neighbour() {
    let mut anna = Node::start(3, QUIC).await;
    let (mut relay, mut bert) = relay_and_guest(&anna).await;
    connect(&mut anna, &mut relay).await;
    // What belonged to the connection with the relay was looked at.
    relay.until_quiet().await;
    bert.until_quiet().await;
    anna.until_quiet().await;
    anna.net.dial(Some(bert.peer()), vec![through(&relay)]).unwrap();
    let (annas, berts) = (anna.opened().await, bert.opened().await);
    assert_eq!((annas.peer, berts.peer), (bert.peer(), anna.peer()));
    assert_talking(&mut anna, &mut bert, (annas.session, berts.session)).await;
    let way = Route::Through { relay: Some(relay.peer()) };
    reach(&anna, "through the relay", |reach| reach.routes.get(&bert.peer()) == Some(&way)).await;
    reach(&bert, "through the relay", |reach| reach.routes.get(&anna.peer()) == Some(&way)).await;
    reach(&relay, "it relays", |reach| reach.circuits == 1).await;
    assert!(relay.until_quiet().await.is_empty(), "it is no party to it");
}

#[tokio::test]
async fn a_stranger_gets_no_place_and_reaches_nobody_through_the_relay() {
    let anna = Node::start(3, QUIC).await;
    let (mut relay, bert) = relay_and_guest(&anna).await;
    relay.until_quiet().await;
    let mut stranger = Stranger::visiting(9, &mut relay).await;
    assert!(!stranger.gets_a_place(&relay).await);
    assert!(!stranger.reaches(&bert, &relay).await);
    assert_eq!(relay.net.watch_reach().borrow().circuits, 0);

    // The same stranger, once a neighbour, gets both: what kept it out was that, and nothing else.
    relay.net.entitle([bert.peer(), *stranger.swarm.local_peer_id()].into());
    drop(stranger);
    relay.until_quiet().await;
    let mut neighbour = Stranger::visiting(9, &mut relay).await;
    assert!(neighbour.gets_a_place(&relay).await);
    assert!(neighbour.reaches(&bert, &relay).await);
}

#[tokio::test]
async fn a_neighbour_that_was_removed_loses_its_place_and_its_ways() {
    let mut anna = Node::start(3, QUIC).await;
    let (mut relay, mut bert) = relay_and_guest(&anna).await;
    connect(&mut anna, &mut relay).await;
    bert.until_quiet().await;
    anna.until_quiet().await;
    anna.net.dial(Some(bert.peer()), vec![through(&relay)]).unwrap();
    let annas = anna.opened().await;
    bert.opened().await;
    relay.until_quiet().await;

    relay.net.entitle(BTreeSet::from([anna.peer()]));
    let (closed, _) = anna.closed().await;
    assert_eq!(closed, annas.session, "what was under way ends");
    reach(&bert, "no place", |reach| reach.reserved.is_empty()).await;
    bert.until_quiet().await;
    relay.until_quiet().await;

    // It may still come by, as anybody may: to hear that it was removed. It gets no place any more.
    connect(&mut bert, &mut relay).await;
    tokio::time::sleep(QUIET).await;
    assert!(bert.net.watch_reach().borrow().reserved.is_empty());
    anna.until_quiet().await;
    anna.net.dial(Some(bert.peer()), vec![through(&relay)]).unwrap();
    anna.dial_failed().await;
}

#[tokio::test]
async fn a_box_that_is_told_not_to_relay_does_not() {
    let anna = Node::start(3, QUIC).await;
    let announce = vec!["/dns/plein.example/udp/4080/quic-v1".parse().unwrap()];
    let config = Config { announce, relay: false, ..Config::new(key(1), vec![QUIC.parse().unwrap()]) };
    let (mut relay, mut bert) = (Node::with(config).await, Node::start(2, QUIC).await);
    acquaint(&[&relay, &bert, &anna]);
    connect(&mut bert, &mut relay).await;
    tokio::time::sleep(QUIET).await;
    assert_eq!(bert.net.watch_reach().borrow().relays, BTreeSet::new());
    assert_eq!(bert.net.watch_reach().borrow().reserved, BTreeSet::new());
}

#[tokio::test]
async fn address_records_go_between_neighbours_and_a_stranger_tells_nothing() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let mut heard = anna.net.take_told().unwrap();
    assert!(anna.net.take_told().is_none(), "there is one to hear it");
    let mut failed = bert.net.take_told().unwrap();
    connect(&mut bert, &mut anna).await;
    let words = || vec![b"eerste".to_vec(), Vec::new(), vec![7; 2048]];

    // Neither knows the other for a neighbour.
    bert.net.tell(anna.peer(), words()).unwrap();
    assert_eq!(failed.recv().await.unwrap(), Told::Failed { peer: anna.peer() });
    // Bert thinks they are neighbours; anna does not, and hears nothing.
    bert.net.entitle([anna.peer()].into());
    tokio::time::sleep(QUIET).await;
    bert.net.tell(anna.peer(), words()).unwrap();
    assert_eq!(timeout(PATIENCE, failed.recv()).await.unwrap().unwrap(), Told::Failed { peer: anna.peer() });
    assert!(heard.try_recv().is_err());

    // Anna learns it too. She cannot have her side of the connection anew, so she hangs up to be dialled again.
    anna.until_quiet().await;
    bert.until_quiet().await;
    acquaint(&[&anna, &bert]);
    assert_eq!(anna.closed().await.1, CloseReason::Renewed);
    bert.closed().await;
    connect(&mut bert, &mut anna).await;
    bert.net.tell(anna.peer(), words()).unwrap();
    let told = timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert_eq!(told, Told::Records { peer: bert.peer(), records: words() });
}

#[tokio::test]
async fn a_session_goes_on_while_its_peer_becomes_a_neighbour() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    connect(&mut bert, &mut anna).await;
    acquaint(&[&anna, &bert]);
    // Another connection is set up for all that neighbours get, and takes the session over.
    for node in [&mut anna, &mut bert] {
        node.closed().await;
    }
    let (annas, berts) = (anna.opened().await, bert.opened().await);
    assert_talking(&mut anna, &mut bert, (annas.session, berts.session)).await;
    let mut heard = anna.net.take_told().unwrap();
    bert.net.tell(anna.peer(), vec![vec![1]]).unwrap();
    assert_eq!(heard.recv().await, Some(Told::Records { peer: bert.peer(), records: vec![vec![1]] }));
}

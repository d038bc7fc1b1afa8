//! Boxes that mean well, over real sockets on the loopback interface.

#![allow(clippy::unwrap_used, missing_docs)]

mod net_support;

use dorpsplein_node::net::{
    self, CloseReason, Config, DialFailure, MAX_FRAME_BYTES, NetError, NetEvent, SEND_QUEUE_BYTES, SendError, SessionId,
};
use net_support::{Node, QUIC, TCP, assert_talking, connect, key};

#[tokio::test]
async fn frames_flow_both_ways_over_quic() {
    frames_flow_both_ways(QUIC).await;
}

#[tokio::test]
async fn frames_flow_both_ways_over_tcp() {
    frames_flow_both_ways(TCP).await;
}

async fn frames_flow_both_ways(listen: &str) {
    let (mut anna, mut bert) = (Node::start(1, listen).await, Node::start(2, listen).await);
    let (at_anna, at_bert) = connect(&mut anna, &mut bert).await;
    let long = vec![0xAB; MAX_FRAME_BYTES];
    for number in 0..200_u8 {
        anna.net.send(at_anna, vec![number]).unwrap();
        bert.net.send(at_bert, vec![number, number]).unwrap();
    }
    anna.net.send(at_anna, long.clone()).unwrap();
    for number in 0..200_u8 {
        assert_eq!(bert.frame().await, (at_bert, vec![number]));
        assert_eq!(anna.frame().await, (at_anna, vec![number, number]));
    }
    assert_eq!(bert.frame().await, (at_bert, long));
}

#[tokio::test]
async fn a_peer_is_found_by_address_alone_and_by_the_key_in_the_address() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let nobody = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
    anna.net.dial(None, vec![nobody, bert.address.clone()]).unwrap();
    let session = anna.opened().await;
    assert_eq!((session.peer, &session.remote), (bert.peer(), &bert.address));
    bert.opened().await;
    anna.net.close(session.session);
    anna.closed().await;
    bert.closed().await;
    let named = bert.address.clone().with_p2p(bert.peer()).unwrap();
    anna.net.dial(None, vec![named]).unwrap();
    assert_eq!(anna.opened().await.peer, bert.peer());
}

#[tokio::test]
async fn a_dial_that_cannot_work_says_why() {
    let (mut anna, bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let carla = key(3).public().to_peer_id();

    anna.net.dial(Some(anna.peer()), vec![bert.address.clone()]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::Ourselves));
    anna.net.dial(None, vec![anna.address.clone()]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::Ourselves));
    anna.net.dial(Some(carla), vec![]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::NoAddress));
    anna.net.dial(Some(carla), vec!["/ip4/127.0.0.1/tcp/1".parse().unwrap()]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::Unreachable(_)));
    anna.net.dial(Some(carla), vec!["/unix/socket".parse().unwrap()]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::Unreachable(_)));
    anna.net.dial(Some(carla), vec![bert.address.clone()]).unwrap();
    let obtained = anna.dial_failed().await;
    assert!(matches!(obtained, DialFailure::WrongPeer { obtained } if obtained == bert.peer()), "{obtained:?}");
}

#[tokio::test]
async fn another_box_at_an_old_address_does_not_hide_the_right_one() {
    let (mut anna, bert) = (Node::start(1, TCP).await, Node::start(2, TCP).await);
    let mut carla = Node::start(3, TCP).await;
    let addresses = vec![bert.address.clone(), carla.address.clone()];
    anna.net.dial(Some(carla.peer()), addresses).unwrap();
    assert_eq!(anna.opened().await.peer, carla.peer());
    assert_eq!(carla.opened().await.peer, anna.peer());
}

#[tokio::test]
async fn a_second_dial_to_the_same_peer_is_answered_and_changes_nothing() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let sessions = connect(&mut anna, &mut bert).await;
    anna.dial(&bert);
    assert!(matches!(anna.dial_failed().await, DialFailure::AlreadyConnected));
    anna.net.dial(None, vec![bert.address.clone()]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::AlreadyConnected));
    bert.dial(&anna);
    assert!(matches!(bert.dial_failed().await, DialFailure::AlreadyConnected));
    assert_talking(&mut anna, &mut bert, sessions).await;
}

#[tokio::test]
async fn boxes_that_dial_each_other_at_once_keep_one_session_over_quic() {
    boxes_that_dial_each_other_at_once_keep_one_session(QUIC).await;
}

#[tokio::test]
async fn boxes_that_dial_each_other_at_once_keep_one_session_over_tcp() {
    boxes_that_dial_each_other_at_once_keep_one_session(TCP).await;
}

async fn boxes_that_dial_each_other_at_once_keep_one_session(listen: &str) {
    for round in 0..8 {
        let (mut anna, mut bert) = (Node::start(1, listen).await, Node::start(2, listen).await);
        anna.dial(&bert);
        bert.dial(&anna);
        let (at_anna, at_bert) = tokio::join!(anna.until_quiet(), bert.until_quiet());
        let sessions = (only_session(round, &at_anna), only_session(round, &at_bert));
        assert_talking(&mut anna, &mut bert, sessions).await;
    }
}

/// The session left open after these events, which have to open and close one at a time and answer
/// one dial.
fn only_session(round: usize, events: &[NetEvent]) -> SessionId {
    let mut open = None;
    let mut answers = 0;
    for event in events {
        match event {
            NetEvent::Opened { session, outbound, .. } => {
                assert_eq!(open, None, "round {round}: two sessions at once: {events:?}");
                open = Some(*session);
                answers += usize::from(*outbound);
            }
            NetEvent::Closed { session, .. } => {
                assert_eq!(open, Some(*session), "round {round}: {events:?}");
                open = None;
            }
            NetEvent::DialFailed { .. } => answers += 1,
            other => panic!("round {round}: {other:?}"),
        }
    }
    assert_eq!(answers, 1, "round {round}: one dial, one answer: {events:?}");
    open.unwrap_or_else(|| panic!("round {round}: no session left: {events:?}"))
}

#[tokio::test]
async fn no_more_sessions_than_allowed() {
    let mut config = Config::new(key(1), vec![QUIC.parse().unwrap()]);
    config.max_sessions = 2;
    let mut anna = Node::with(config).await;
    let mut guests = [Node::start(2, QUIC).await, Node::start(3, QUIC).await];
    let first = connect(&mut guests[0], &mut anna).await;
    let second = connect(&mut guests[1], &mut anna).await;

    let mut late = Node::start(4, QUIC).await;
    late.dial(&anna);
    // The stream is agreed on before it is looked at, so the session may seem to open.
    let refused = late.until_quiet().await;
    assert!(matches!(refused.last(), Some(NetEvent::Closed { .. } | NetEvent::DialFailed { .. })), "{refused:?}");
    let out = late.address.clone();
    anna.net.dial(Some(late.peer()), vec![out]).unwrap();
    assert!(matches!(anna.dial_failed().await, DialFailure::Full));
    assert_talking(&mut guests[0], &mut anna, first).await;
    assert_talking(&mut guests[1], &mut anna, second).await;

    anna.net.close(first.1);
    anna.closed().await;
    connect(&mut late, &mut anna).await;
}

#[tokio::test]
async fn strangers_cannot_take_the_sessions_kept_for_own_dials() {
    let mut config = Config::new(key(1), vec![QUIC.parse().unwrap()]);
    config.max_sessions = 4;
    let mut anna = Node::with(config).await;
    let mut guests = Vec::new();
    for number in 2..5 {
        let mut guest = Node::start(number, QUIC).await;
        connect(&mut guest, &mut anna).await;
        guests.push(guest);
    }
    let mut fourth = Node::start(5, QUIC).await;
    fourth.dial(&anna);
    assert!(!fourth.until_quiet().await.is_empty());
    assert!(anna.until_quiet().await.is_empty(), "the fourth guest is refused");
    connect(&mut anna, &mut fourth).await;
}

#[tokio::test]
async fn no_more_connections_from_one_address_than_allowed() {
    let mut config = Config::new(key(1), vec![TCP.parse().unwrap()]);
    config.max_connections_per_address = 1;
    let mut anna = Node::with(config).await;
    let mut bert = Node::start(2, TCP).await;
    let sessions = connect(&mut bert, &mut anna).await;
    let mut carla = Node::start(3, TCP).await;
    carla.dial(&anna);
    carla.dial_failed().await;
    assert_talking(&mut bert, &mut anna, sessions).await;
    // The other way the box is the one that dials.
    connect(&mut anna, &mut carla).await;
}

#[tokio::test]
async fn what_was_sent_before_closing_arrives() {
    for listen in [QUIC, TCP] {
        let (mut anna, mut bert) = (Node::start(1, listen).await, Node::start(2, listen).await);
        let (at_anna, at_bert) = connect(&mut anna, &mut bert).await;
        for number in 0..100_u8 {
            anna.net.send(at_anna, vec![number; 10_000]).unwrap();
        }
        anna.net.close(at_anna);
        assert_eq!(anna.net.send(at_anna, vec![1]), Err(SendError::Closed));
        for number in 0..100_u8 {
            assert_eq!(bert.frame().await, (at_bert, vec![number; 10_000]));
        }
        assert_eq!(bert.closed().await, (at_bert, CloseReason::Remote));
        assert_eq!(anna.closed().await, (at_anna, CloseReason::Asked));
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_loses_its_session_and_nobody_else_notices() {
    let mut anna = Node::start(1, QUIC).await;
    let (mut slow, mut quick) = (Node::start(2, QUIC).await, Node::start(3, QUIC).await);
    let (to_slow, at_slow) = connect(&mut anna, &mut slow).await;
    let to_quick = connect(&mut anna, &mut quick).await;

    // What the way there can hold: this queue, what is on the wire, and the other driver's queue.
    let enough = 20 * SEND_QUEUE_BYTES / MAX_FRAME_BYTES;
    // Nothing that packing makes smaller.
    let mut state = 1u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let filler: Vec<u8> = std::iter::repeat_with(next).take(MAX_FRAME_BYTES).collect();
    let mut sent = 0;
    let refused = loop {
        match anna.net.send(to_slow, filler.clone()) {
            Ok(()) => sent += 1,
            Err(refused) => break refused,
        }
        assert!(sent < enough, "the queue never filled");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(refused, SendError::SlowReader);
    assert_eq!(anna.closed().await, (to_slow, CloseReason::SlowReader));
    assert_talking(&mut anna, &mut quick, to_quick).await;

    // The slow one reads what came through, then learns of the end.
    let mut read = 0;
    loop {
        match slow.next().await {
            NetEvent::Frame { session, bytes, .. } => {
                assert_eq!((session, bytes.len()), (at_slow, MAX_FRAME_BYTES));
                read += 1;
            }
            NetEvent::Closed { session, .. } => break assert_eq!(session, at_slow),
            other => panic!("{other:?}"),
        }
    }
    assert!(read < sent, "{read} of {sent} frames came through");
}

#[tokio::test]
async fn while_the_driver_pauses_nothing_is_read_and_nothing_is_lost() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let (at_anna, at_bert) = connect(&mut anna, &mut bert).await;
    let frames = SEND_QUEUE_BYTES / 100_000;
    for number in 0..frames {
        anna.net.send(at_anna, vec![u8::try_from(number).unwrap(); 100_000]).unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(
        bert.events.len(),
        net::FRAMES_UNDER_WAY,
        "one session takes its share of the queue, and no more than that"
    );
    for number in 0..frames {
        assert_eq!(bert.frame().await, (at_bert, vec![u8::try_from(number).unwrap(); 100_000]));
    }
    assert_talking(&mut anna, &mut bert, (at_anna, at_bert)).await;
}

#[tokio::test]
async fn a_driver_that_is_gone_takes_the_network_with_it() {
    let (mut anna, mut bert) = (Node::start(1, TCP).await, Node::start(2, TCP).await);
    let (_, at_bert) = connect(&mut anna, &mut bert).await;
    drop(anna.events);
    assert_eq!(bert.closed().await, (at_bert, CloseReason::Remote));
}

#[tokio::test]
async fn stopping_closes_every_session_and_frees_the_port() {
    for listen in [QUIC, TCP] {
        let (mut anna, mut bert) = (Node::start(1, listen).await, Node::start(2, listen).await);
        let (at_anna, at_bert) = connect(&mut anna, &mut bert).await;
        anna.net.shutdown().await;
        assert_eq!(anna.closed().await, (at_anna, CloseReason::Shutdown));
        assert!(anna.events.recv().await.is_none(), "nothing comes after the end");
        assert_eq!(bert.closed().await, (at_bert, CloseReason::Remote));
        assert_eq!(anna.net.dial(None, vec![]), Err(net::DialRejected));
        let again = Config::new(key(1), vec![anna.address.clone()]);
        Node::with(again).await;
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_driver_that_no_longer_reads() {
    let (mut anna, mut bert) = (Node::start(1, QUIC).await, Node::start(2, QUIC).await);
    let (_, at_bert) = connect(&mut anna, &mut bert).await;
    for _ in 0..2 * net::EVENT_QUEUE_EVENTS {
        bert.net.send(at_bert, vec![1]).unwrap();
    }
    tokio::time::timeout(std::time::Duration::from_secs(20), anna.net.shutdown()).await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_an_error_at_once() {
    for listen in [QUIC, TCP] {
        let anna = Node::start(1, listen).await;
        let Err(error) = net::start(Config::new(key(2), vec![anna.address.clone()])) else {
            panic!("two boxes on {}", anna.address);
        };
        let NetError::Listen { address, source } = &error else { panic!("{error:?}") };
        assert_eq!(*address, anna.address);
        assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);
        assert!(error.to_string().contains(&anna.address.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_configuration_that_makes_no_sense_is_refused() {
    let unsupported = net::start(Config::new(key(1), vec!["/ip4/127.0.0.1/udp/0".parse().unwrap()]));
    assert!(matches!(unsupported, Err(NetError::UnsupportedAddress { .. })));
    let mut nobody = Config::new(key(1), vec![]);
    nobody.max_sessions = 0;
    assert!(matches!(net::start(nobody), Err(NetError::NoSessions)));
}

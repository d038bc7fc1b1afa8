#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::*;

const SHORT: Duration = Duration::from_millis(300);

/// A site behind a door with short patience, which lets so many in at one time.
async fn site(visits: usize, of_address: usize, quiet: Duration, head: Duration) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let site = Router::new().route("/", get(|| async { "welkom" })).route("/", post(|body: String| async { body }));
    let visits = Visits::bounded(socket, visits, of_address, quiet);
    let entrance = Entrance::plain(visits, Proxies::default()).with_head(head);
    tokio::spawn(entrance.serve(site, CancellationToken::new()));
    address
}

async fn say(address: SocketAddr, words: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Who was refused in the middle of a long word is hung up on.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn visit(address: SocketAddr) -> String {
    say(address, "GET / HTTP/1.1\r\nhost: dorp\r\nconnection: close\r\n\r\n").await
}

#[tokio::test]
async fn who_says_nothing_gives_up_the_place() {
    let address = site(1, 9, SHORT, HEAD).await;
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
    let address = site(1, 9, SHORT, HEAD).await;
    for _ in 0..3 {
        assert!(visit(address).await.starts_with("HTTP/1.1 200 OK"));
    }
}

/// One letter of a header after another, each before it would be silence.
#[tokio::test]
async fn who_dawdles_over_the_head_of_a_request_is_shown_out() {
    let address = site(9, 9, HEAD, SHORT).await;
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let dawdling = tokio::spawn(async move {
        let begin = b"GET / HTTP/1.1\r\nhost: dorp\r\nx: ";
        let mut ended = writer.write_all(begin).await;
        while ended.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
            ended = writer.write_all(b"a").await;
        }
    });
    let mut rest = Vec::new();
    let _ = reader.read_to_end(&mut rest).await;
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    drop(reader);
    dawdling.await.unwrap();
    assert!(visit(address).await.ends_with("welkom"));
}

#[tokio::test]
async fn a_head_has_an_end() {
    let address = site(9, 9, HEAD, HEAD).await;
    let with = |headers: String| format!("GET / HTTP/1.1\r\nhost: dorp\r\nconnection: close\r\n{headers}\r\n");
    assert!(say(address, &with(format!("x: {}\r\n", "a".repeat(8000)))).await.starts_with("HTTP/1.1 200"));
    assert!(say(address, &with("x: a\r\n".repeat(HEADERS))).await.starts_with("HTTP/1.1 431"));
    let long = say(address, &with(format!("x: {}\r\n", "a".repeat(3 * HEAD_BYTES)))).await;
    assert!(long.is_empty() || long.starts_with("HTTP/1.1 431"), "{long}");
    let far = say(address, &format!("GET /{} HTTP/1.1\r\nhost: dorp\r\n\r\n", "a".repeat(3 * HEAD_BYTES))).await;
    assert!(far.is_empty() || far.starts_with("HTTP/1.1 414") || far.starts_with("HTTP/1.1 431"), "{far}");
    assert!(visit(address).await.ends_with("welkom"));
}

/// Who says `connection: close` is answered even while the box stops, and nobody else is let in.
#[tokio::test]
async fn a_door_closes_when_all_were_answered() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let stop = CancellationToken::new();
    let (began, mut begun) = tokio::sync::mpsc::channel(1);
    let (go_on, waits) = tokio::sync::watch::channel(false);
    let slow = get(move || {
        let (began, mut waits) = (began.clone(), waits.clone());
        async move {
            began.send(()).await.unwrap();
            waits.wait_for(|on| *on).await.unwrap();
            "klaar"
        }
    });
    let entrance = Entrance::plain(Visits::new(socket), Proxies::default());
    let serving = tokio::spawn(entrance.serve(Router::new().route("/", slow), stop.clone()));
    let asking = tokio::spawn(visit(address));
    begun.recv().await.unwrap();
    stop.cancel();
    go_on.send_replace(true);
    serving.await.unwrap();
    assert!(asking.await.unwrap().ends_with("klaar"));
    assert!(TcpStream::connect(address).await.is_err(), "the door is closed");
}

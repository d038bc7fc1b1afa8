//! A box at home whose router can be asked to let neighbours in: a real process in a network namespace, and a router that
//! speaks UPnP.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod lab_support;

use std::net::Ipv4Addr;

use lab_support::{Internet, LabBox, available, gateway};

/// The router's address outside. One of the real internet, because no router is believed that names an address for
/// documents; nothing of this test leaves its namespaces.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 112, 18);

#[test]
fn a_router_is_asked_to_let_neighbours_in_and_they_come_in() {
    if !available("a_router_is_asked_to_let_neighbours_in_and_they_come_in") {
        return;
    }
    let internet = Internet::new();
    let mut maasdorp = LabBox::found("Maasdorp", internet.machine("m", 8), "203.0.113.10");
    let (router, home) = internet.home("e", 16, 4080);
    internet.known_by("e", 16, &router, OUTSIDE);
    let opened = gateway::answer(&router, OUTSIDE);
    let mut elzenbroek = LabBox::found("Elzenbroek", home, "192.168.1.10");
    elzenbroek.ask_the_router();
    elzenbroek.agree_with(&maasdorp);
    for one in [&mut maasdorp, &mut elzenbroek] {
        one.serve();
    }
    elzenbroek.eventually("an open door", |one| one.ways()["router"] == "opened");
    let asked = opened.lock().unwrap().clone();
    assert!(asked.contains(&("udp".to_owned(), 4080, "192.168.1.10".to_owned(), 4080)), "{asked:?}");
    let door = format!("/ip4/{OUTSIDE}/udp/4080/quic-v1");
    elzenbroek.eventually("reached from outside", |one| one.ways()["outside"].to_string().contains(&door));

    // Who is on the internet comes in by that door: the home may not begin with them, and nobody stands in between.
    let mut noordwijk = LabBox::found("Noordwijk", internet.machine("n", 24), "203.0.113.26");
    router.run("nft insert rule ip home through iifname lan ip daddr 203.0.113.26 ct state new drop");
    for one in [&mut maasdorp, &mut elzenbroek] {
        one.pull_the_plug();
        noordwijk.agree_with(one);
    }
    for one in [&mut maasdorp, &mut elzenbroek, &mut noordwijk] {
        one.serve();
    }
    let key = elzenbroek.resident("Griet");
    let post = elzenbroek.post(&key, "Door de open deur");
    noordwijk.eventually("the post", |one| one.shows(&post));
    noordwijk.eventually("a way by the open door", |one| {
        let way = one.way_to(&elzenbroek);
        way["way"] == "direct" && way["address"].as_str().is_some_and(|address| address.starts_with(&door))
    });
}

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
fn a_router_is_asked_to_let_neighbours_in_and_the_box_says_where() {
    if !available("a_router_is_asked_to_let_neighbours_in_and_the_box_says_where") {
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
}

/// Elzenbroek's router opened a port; what lies between it and Noordwijk is out of order for a while, so that they begin
/// through Maasdorp.
#[test]
fn who_was_reached_through_a_neighbour_is_reached_through_the_opened_port_as_soon_as_that_works() {
    if !available("who_was_reached_through_a_neighbour_is_reached_through_the_opened_port_as_soon_as_that_works") {
        return;
    }
    let internet = Internet::new();
    let mut maasdorp = LabBox::found("Maasdorp", internet.machine("m", 8), "203.0.113.10");
    let (router, home) = internet.home("e", 16, 4080);
    internet.known_by("e", 16, &router, OUTSIDE);
    let _opened = gateway::answer(&router, OUTSIDE);
    let mut elzenbroek = LabBox::found("Elzenbroek", home, "192.168.1.10");
    elzenbroek.ask_the_router();
    let (_router, home) = internet.home("n", 24, 50_000);
    let mut noordwijk = LabBox::found("Noordwijk", home, "192.168.1.10");
    elzenbroek.agree_with(&maasdorp);
    noordwijk.agree_with(&maasdorp);
    noordwijk.agree_with(&elzenbroek);
    internet.cut("e", Some("n"));
    for one in [&mut maasdorp, &mut elzenbroek, &mut noordwijk] {
        one.serve();
    }
    let door = format!("/ip4/{OUTSIDE}/udp/4080/quic-v1");
    elzenbroek.eventually("reached from outside", |one| one.ways()["outside"].to_string().contains(&door));
    noordwijk.eventually("a way through the neighbour", |one| one.way_to(&elzenbroek)["way"] == "through");
    let key = elzenbroek.resident("Griet");
    let post = elzenbroek.post(&key, "Door een ander heen");
    noordwijk.eventually("the post, through the neighbour", |one| one.shows(&post));

    internet.mend();
    noordwijk.eventually("a direct way, without a restart", |one| one.way_to(&elzenbroek)["way"] == "direct");
    let address = noordwijk.way_to(&elzenbroek)["address"].as_str().unwrap().to_owned();
    assert!(address.starts_with(&door), "it came in by the opened port: {address}");
    elzenbroek.eventually("on both sides", |one| one.way_to(&noordwijk)["way"] == "direct");
    maasdorp.eventually("it carries nobody any more", |one| one.ways()["relaying"] == 0);
    internet.cut("m", None);
    let post = elzenbroek.post(&key, "Door de open poort");
    noordwijk.eventually("the post, through the open port", |one| one.shows(&post));
}

//! Boxes at home, behind routers that let nobody in, and a neighbour on the internet: real processes in network
//! namespaces, with real routers between them.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod lab_support;

use std::collections::BTreeSet;

use lab_support::{Internet, LabBox, QUIC, TCP, available, readdress};

/// The addresses that a box keeps of others, in words.
fn kept(one: &LabBox) -> BTreeSet<String> {
    let records = one.addresses();
    records.iter().flat_map(|kept| kept.record.addresses().iter().map(ToString::to_string)).collect()
}

/// The neighbourhoods whose boxes' addresses a box keeps.
fn known(one: &LabBox) -> BTreeSet<String> {
    one.addresses().iter().map(|kept| kept.neighbourhood.to_string()).collect()
}

/// Maasdorp is on the internet; Elzenbroek and Noordwijk are at home, with a router each that lets nobody in.
#[test]
fn two_homes_reach_each_other_through_a_neighbour_then_directly_and_find_each_other_again() {
    if !available("two_homes_reach_each_other_through_a_neighbour_then_directly_and_find_each_other_again") {
        return;
    }
    let internet = Internet::new();
    let mut maasdorp = LabBox::found("Maasdorp", internet.machine("m", 8), "203.0.113.10");
    let (elzenbroeks_router, home) = internet.home("e", 16, 4080);
    let mut elzenbroek = LabBox::found("Elzenbroek", home, "192.168.1.10");
    let (noordwijks_router, home) = internet.home("n", 24, 50_000);
    let mut noordwijk = LabBox::found("Noordwijk", home, "192.168.1.10");
    elzenbroek.agree_with(&maasdorp);
    noordwijk.agree_with(&maasdorp);
    noordwijk.agree_with(&elzenbroek);

    // As between two routers that cannot be got through: what they say to each other goes through Maasdorp.
    internet.cut("e", Some("n"));
    for one in [&mut maasdorp, &mut elzenbroek, &mut noordwijk] {
        one.serve();
    }
    elzenbroek.eventually("a place at the neighbour", |one| one.ways()["through"][0] == maasdorp.key);
    noordwijk.eventually("a way through the neighbour", |one| one.way_to(&elzenbroek)["way"] == "through");
    let key = elzenbroek.resident("Griet");
    let post = elzenbroek.post(&key, "Door een ander heen");
    noordwijk.eventually("the post, through the neighbour", |one| one.shows(&post));
    let way = noordwijk.way_to(&elzenbroek);
    assert_eq!((&way["way"], &way["through"]), (&"through".into(), &maasdorp.key.as_str().into()));
    maasdorp.eventually("it carries them", |one| one.ways()["relaying"] == 1);
    assert!(!maasdorp.ways()["outside"].as_array().unwrap().is_empty());
    assert!(elzenbroek.ways()["outside"].as_array().unwrap().is_empty(), "nobody gets in from outside");

    // Between ordinary routers a direct way is made.
    internet.mend();
    noordwijk.pull_the_plug();
    noordwijk.serve();
    noordwijk.eventually("a direct way", |one| one.way_to(&elzenbroek)["way"] == "direct");
    elzenbroek.eventually("on both sides", |one| one.way_to(&noordwijk)["way"] == "direct");
    let address = noordwijk.way_to(&elzenbroek)["address"].as_str().unwrap().to_owned();
    assert!(address.starts_with("/ip4/203.0.113.18/"), "{address}");
    let post = elzenbroek.post(&key, "Rechtstreeks");
    noordwijk.eventually("the post, directly", |one| one.shows(&post));
    maasdorp.eventually("it carries nobody any more", |one| one.ways()["relaying"] == 0);

    // The neighbour in between is no longer needed.
    internet.cut("m", None);
    let post = elzenbroek.post(&key, "Zonder een ander");
    noordwijk.eventually("the post, without the neighbour", |one| one.shows(&post));

    // Both providers hand out new addresses while it is away; when it is back they find each other through it.
    readdress(&elzenbroeks_router, 17, 18, 19);
    readdress(&noordwijks_router, 25, 26, 27);
    let post = elzenbroek.post(&key, "Verhuisd");
    internet.mend();
    noordwijk.eventually("the post, after both moved", |one| one.shows(&post));
    noordwijk.eventually("a direct way again", |one| one.way_to(&elzenbroek)["way"] == "direct");
    let address = noordwijk.way_to(&elzenbroek)["address"].as_str().unwrap().to_owned();
    assert!(address.starts_with("/ip4/203.0.113.19/"), "{address}");
}

#[test]
fn a_changed_address_is_told_through_a_common_neighbour_and_to_nobody_else() {
    if available("a_changed_address_is_told_through_a_common_neighbour_and_to_nobody_else") {
        tell_a_changed_address(QUIC);
    }
}

#[test]
fn a_changed_address_is_found_again_over_tcp_as_well() {
    if available("a_changed_address_is_found_again_over_tcp_as_well") {
        tell_a_changed_address(TCP);
    }
}

/// All are on the internet. Maasdorp has a treaty with everybody, Elzenbroek and Noordwijk have one with each other, and
/// Zuiderveen has none but that with Maasdorp.
fn tell_a_changed_address(transport: &str) {
    let internet = Internet::new();
    let found = |name, line, net: u8| {
        LabBox::found_on(name, internet.machine(line, net), &format!("203.0.113.{}", net + 2), transport)
    };
    let mut maasdorp = found("Maasdorp", "m", 8);
    let mut elzenbroek = found("Elzenbroek", "e", 16);
    let mut noordwijk = found("Noordwijk", "n", 24);
    let mut zuiderveen = found("Zuiderveen", "z", 32);
    for one in [&elzenbroek, &noordwijk, &zuiderveen] {
        one.agree_with(&maasdorp);
        // An address that means something in this house only.
        one.place.run("ip addr add 10.9.8.7/32 dev lo");
    }
    noordwijk.agree_with(&elzenbroek);
    for one in [&mut maasdorp, &mut elzenbroek, &mut noordwijk, &mut zuiderveen] {
        one.serve();
    }
    let both = BTreeSet::from([maasdorp.neighbourhood.clone(), elzenbroek.neighbourhood.clone()]);
    noordwijk.eventually("where both neighbours are", |one| known(one) == both);
    let everybody = [&elzenbroek, &noordwijk, &zuiderveen].map(|one| one.neighbourhood.clone());
    maasdorp.eventually("where everybody is", |one| known(one) == BTreeSet::from(everybody.clone()));
    let before = format!("/ip4/203.0.113.18/{transport}");
    noordwijk.eventually("the address", |one| kept(one).contains(&before));

    readdress(&elzenbroek.place, 17, 18, 19);
    readdress(&noordwijk.place, 25, 26, 27);
    let after = format!("/ip4/203.0.113.19/{transport}");
    noordwijk.eventually("the new address", |one| kept(one).contains(&after) && !kept(one).contains(&before));
    noordwijk.eventually("and a session", |one| {
        let way = one.way_to(&elzenbroek);
        way["way"] == "direct" && way["address"].as_str().is_some_and(|address| address.contains("203.0.113.19"))
    });

    // Zuiderveen has been told all along, and of nobody but its own neighbour.
    let theirs = BTreeSet::from([maasdorp.neighbourhood.clone()]);
    zuiderveen.eventually("where its own neighbour is", |one| known(one) == theirs);
    for one in [&maasdorp, &elzenbroek, &noordwijk, &zuiderveen] {
        let local = kept(one).into_iter().find(|address| !address.starts_with("/ip4/203.0.113."));
        assert_eq!(local, None, "{} was told what is nobody's business", one.name);
    }
}

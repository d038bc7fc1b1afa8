//! The demonstration: one command, two villages, everything through the front door.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, fails, get, says};

fn sites(demo: &Serving) -> Vec<Value> {
    demo.ready["sites"].as_array().unwrap().clone()
}

#[test]
fn two_villages_stand_there_and_share_what_is_for_the_neighbours() {
    let demo = Serving::start(&["demo"]);
    let sites = sites(&demo);
    assert_eq!(sites.len(), 2);
    for (here, there) in [(&sites[0], &sites[1]), (&sites[1], &sites[0])] {
        let url = here["url"].as_str().unwrap();
        let status = get(&format!("{url}/api/v1/status"), &[]).json();
        assert_eq!(status["neighbourhood_id"], here["neighbourhood_id"]);
        assert_eq!(status["neighbours"][0]["id"], there["neighbourhood_id"]);
        assert_eq!(status["neighbours"][0]["state"], "in-force");
        let register = get(&format!("{url}/api/v1/register"), &[]).json();
        assert_eq!((&register["connectors"], &register["signatures_needed"]), (&3.into(), &2.into()));
        for (kind, count) in [("organisations", 1), ("areas", 2)] {
            assert_eq!(register[kind].as_array().unwrap().len(), count, "{kind}");
        }
        let name = there["name"].as_str().unwrap();
        for page in ["/", "/agenda", "/en/", "/en/agenda"] {
            let html = get(&format!("{url}{page}"), &[]);
            assert!(html.text().contains(&format!("<bdi>{name}</bdi>")), "{page} shows what {name} shares");
        }
        assert!(here["invitation"].as_str().unwrap().starts_with(&format!("{url}/meedoen#")));
    }

    // The invitation that is printed lets somebody in.
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("anna.key");
    let invitation = sites[0]["invitation"].as_str().unwrap();
    says(&["resident", "join", "--invitation", invitation, "--key", key.to_str().unwrap(), "--name", "Anna"]);
    demo.stop(Signal::INT);
}

#[test]
fn kept_villages_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let demo = Serving::start(&["demo", "--dir", dir]);
    let first = sites(&demo);
    let items =
        |site: &Value| get(&format!("{}/api/v1/status", site["url"].as_str().unwrap()), &[]).json()["items"].clone();
    let counts: Vec<_> = first.iter().map(items).collect();
    demo.stop(Signal::TERM);

    let demo = Serving::start(&["demo", "--dir", dir]);
    for (index, (before, after)) in first.iter().zip(sites(&demo)).enumerate() {
        for same in ["name", "url", "neighbourhood_id"] {
            assert_eq!(before[same], after[same]);
        }
        assert_ne!(before["invitation"], after["invitation"], "a fresh letter each time");
        assert_eq!(items(&after), counts[index]);
    }
    demo.stop(Signal::TERM);
    assert!(Path::new(dir).join("maasdorp/box.toml").exists());
}

#[test]
fn strange_ports_are_refused_before_anything_is_made() {
    assert!(fails(&["demo", "--ports", "8101,8101"]).1.contains("--ports"));
}

//! Who may do what, on the command line: real boxes, real key files, each command on its way and refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use cli_support::{Village, text};
use site_support::{dorpsplein, eventually, fails, says};

/// With three connectors two of them sign a heavy act, and the program says so.
#[test]
fn three_connectors_sign_heavy_acts_together() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.connector(name));
    let cor = village.join("Cor");
    let list = village.ask(&["member", "list"]);
    assert_eq!((&list["connectors"], &list["signatures_needed"]), (&3.into(), &2.into()));

    let proposed = anna.does(&["member", "role", &cor.resident, "connector"]);
    assert_eq!(proposed["counts"], false);
    assert_eq!(village.member(&cor.resident)["role"], "resident", "one signature is not enough");
    let waiting = village.ask(&["proposals"])["proposals"][0].clone();
    assert_eq!((&waiting["operation"], &waiting["by"]), (&proposed["operation"], &anna.resident.clone().into()));
    assert_eq!((&waiting["statement"]["kind"], &waiting["vetoed"]), (&"role-change".into(), &false.into()));

    let operation = text(&proposed["operation"]);
    anna.is_refused(&["endorse", operation], "nothing-to-endorse");
    let line = cor.is_refused(&["endorse", operation], "not-a-connector");
    assert!(line.contains("ask a connector"), "{line}");
    let endorsed = bert.does(&["endorse", &operation[..12]]);
    assert_eq!((&endorsed["of"], &endorsed["counts"]), (&proposed["operation"], &true.into()));
    assert_eq!(village.member(&cor.resident)["role"], "connector");
    assert!(village.ask(&["proposals"])["proposals"].as_array().unwrap().is_empty());
    assert!(bert.fails(&["endorse", operation]).contains("no proposal here begins with"));

    // In words: who has to sign, and how.
    let words = dorpsplein(&["member", "role", &cor.resident, "resident", "--key", &anna.key]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("does not count yet") && words.contains("dorpsplein endorse"), "{words}");
    // To step back oneself takes nobody else.
    assert_eq!(cor.does(&["member", "role", &cor.resident, "resident"])["counts"], true);
    assert_eq!(village.member(&cor.resident)["role"], "resident");
    village.stop();
}

/// A connector's invitation is a heavy act too: it opens with the second signature.
#[test]
fn a_letter_for_a_connector_waits_and_one_that_is_taken_back_is_closed() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.connector(name));
    let letter = anna.does(&["invite", "--role", "connector"]);
    assert_eq!(letter["counts"], false);
    let dora = village.file("Dora.key");
    let invitation = text(&letter["invitation"]);
    let join = ["resident", "join", "--invitation", invitation, "--key", &dora, "--name", "Dora"];
    assert_eq!(fails(&join).0["type"], "/problems/needs-second-signature");
    bert.does(&["endorse", text(&letter["operation"])]);
    let joined = village.join_with("Dora", invitation);
    assert_eq!(village.member(&joined.resident)["role"], "connector");

    let letter = anna.does(&["invite"]);
    let open = village.ask(&["invite", "list"])["invitations"].clone();
    assert!(open.as_array().unwrap().iter().any(|one| one["key"] == letter["key"] && one["state"] == "open"));
    anna.does(&["invite", "withdraw", text(&letter["key"])]);
    let join =
        ["resident", "join", "--invitation", text(&letter["invitation"]), "--key", &village.file("e"), "--name", "E"];
    assert_eq!(fails(&join).0["type"], "/problems/invitation-withdrawn");
    assert!(anna.fails(&["invite", "withdraw", "ffff"]).contains("no invitation here"));
    let all = village.ask(&["invite", "list", "--all"])["invitations"].clone();
    let state = |key: &str| all.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["state"].clone();
    assert_eq!(state(text(&letter["key"])), "withdrawn");
    village.stop();
}

/// Who is shown out can do nothing any more; honest work of a retired device is let in again.
#[test]
fn members_go_and_honest_work_counts_after_all() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.join(name));
    let line = anna.is_refused(&["member", "remove", &bert.resident], "not-a-connector");
    assert!(line.contains("ask a connector"), "{line}");
    bert.does(&["resident", "post", "--title", "Tafel te geef"]);

    let retired = village.ask(&["device", "retire", &bert.device, "--last", "1"]);
    assert_eq!(retired["counts"], true);
    let device = &village.member(&bert.resident)["devices"][0];
    assert_eq!((&device["state"], &device["counts_to"]), (&"retired".into(), &1.into()));
    bert.is_refused(&["resident", "post", "--title", "Nog iets"], "after-removal");
    let rescue = |last: &str| ["rescue", &bert.device, "--last", last, "--dir", &village.dir].map(str::to_owned);
    let rescue = |last: &str, works: bool| {
        let command = rescue(last);
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        if works { says(&command) } else { fails(&command).0 }
    };
    assert!(text(&rescue("1", false)["title"]).contains("nothing to rescue"));
    rescue("3", true);
    assert_eq!(village.member(&bert.resident)["devices"][0]["counts_to"], 3);

    let removed = village.ask(&["member", "remove", &anna.resident]);
    assert_eq!(removed["counts"], true, "with one connector one signature is enough");
    let present = village.ask(&["member", "list"])["members"].clone();
    assert!(present.as_array().unwrap().iter().all(|member| member["id"] != anna.resident));
    let gone = village.member(&anna.resident);
    assert_eq!((&gone["present"], &gone["devices"][0]["state"]), (&false.into(), &"removed".into()));
    let (problem, _) = fails(&["resident", "post", "--key", &anna.key, "--title", "Ik ben er nog"]);
    assert_eq!(problem["type"], "/problems/after-removal");
    village.stop();
}

/// Nothing leaves a village without a connector.
#[test]
fn the_last_connector_stays_one() {
    let village = Village::new("Maasdorp");
    let founder = village.ask(&["member", "list"])["members"][0]["id"].clone();
    let (problem, line) = fails(&["member", "role", text(&founder), "resident", "--dir", &village.dir]);
    assert_eq!(problem["type"], "/problems/last-connector");
    assert!(line.contains("make somebody else a connector first"), "{line}");
    let (_, line) = fails(&["resident", "leave", "--yes", "--dir", &village.dir]);
    assert!(line.contains("only connector"), "{line}");
    village.stop();
}

/// Boxes, organisations and parts of the neighbourhood come and go.
#[test]
fn boxes_organisations_and_areas_come_and_go() {
    let mut village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.join(name));

    let second = "a1".repeat(32);
    let own = village.ask(&["box", "list"])["own_box"].clone();
    assert_eq!(village.ask(&["box", "add", &second, "--days", "30"])["counts"], true);
    let boxes = || village.ask(&["box", "list"])["boxes"].clone();
    assert_eq!(boxes().as_array().unwrap().len(), 2);
    assert!(fails(&["box", "add", "doos", "--dir", &village.dir]).1.contains("a box is named by its key"));
    anna.is_refused(&["box", "retire", &second], "not-a-connector");
    village.ask(&["box", "retire", &second[..8]]);
    assert_eq!(boxes().as_array().unwrap().len(), 1);
    assert_eq!(boxes()[0]["key"], own);

    let club = village.ask(&["organisation", "add", "--speaker", &anna.resident])["organisation"].clone();
    let club = text(&club);
    let speakers = |village: &Village| village.ask(&["organisation", "list"])["organisations"][0]["speakers"].clone();
    assert_eq!(speakers(&village), serde_json::json!([anna.resident]));
    bert.is_refused(&["resident", "post", "--for", club, "--title", "Wij zoeken een keeper"], "not-a-speaker");
    anna.does(&["resident", "post", "--for", club, "--title", "Wij zoeken een keeper"]);
    let named = anna.does(&["organisation", "name", club, "V.V. De Dijk", "--about", "Voetbal voor iedereen"]);
    let profile = says(&["resident", "show", "--url", &village.url, "--item", text(&named["profile"])]);
    assert_eq!((&profile["content"]["name"], &profile["speaks_for"]), (&"V.V. De Dijk".into(), &club.into()));
    assert_eq!(profile["author"]["name"], "Anna", "whoever speaks for a club keeps their own name");
    bert.is_refused(&["organisation", "name", club, "F.C. Bert"], "not-a-speaker");
    village.ask(&["organisation", "speaker", club, &bert.resident]);
    bert.does(&["resident", "post", "--for", &club[..8], "--title", "De kantine is open"]);
    village.ask(&["organisation", "speaker", club, &anna.resident, "--no-longer"]);
    assert_eq!(speakers(&village), serde_json::json!([bert.resident]));
    anna.is_refused(&["resident", "post", "--for", club, "--title", "Nog iets"], "not-a-speaker");

    // All of it also works on a box that is not running.
    village.while_stopped(|village| {
        let area = village.ask(&["area", "add", "Achter de dijk"]);
        assert_eq!(village.ask(&["area", "list"])["areas"][0]["name"], "Achter de dijk");
        village.ask(&["area", "end", text(&area["area"])]);
        assert!(village.ask(&["area", "list"])["areas"].as_array().unwrap().is_empty());
        assert!(fails(&["area", "end", "abcdef", "--dir", &village.dir]).1.contains("no area here"));
    });
    village.stop();
}

/// A circle of two villages, from its founding to its end; and the end of a treaty.
#[test]
fn villages_form_a_circle_and_end_a_treaty() {
    let [north, south] = Village::neighbours();
    let circle = north.ask(&["circle", "found", "Land van Maas"])["circle"].clone();
    let circle = text(&circle);
    let join = ["circle", "join", circle, "--founder", &north.url, "--dir", &south.dir];
    assert!(fails(&join).1.contains("did not admit this neighbourhood"));
    north.ask(&["circle", "admit", circle, "--neighbourhood", &south.url]);
    // The admission has to reach the south before it can be named there.
    eventually("the admission", || dorpsplein(&join).status.success());
    let joined = south.ask(&["circle", "list"])["circles"][0].clone();
    assert_eq!((&joined["id"], &joined["founder"]), (&circle.into(), &north.id.clone().into()));
    south.ask(&["circle", "leave", circle]);
    assert!(south.ask(&["circle", "list"])["circles"].as_array().unwrap().is_empty());
    north.ask(&["circle", "end", circle]);
    assert_eq!(north.ask(&["circle", "list"])["circles"][0]["ended"], true);

    assert!(fails(&["treaty", "end", "--with", "abcdef", "--dir", &north.dir]).1.contains("no neighbour here"));
    north.ask(&["treaty", "end", "--with", &south.id[..10]]);
    let neighbours = north.ask(&["treaty", "list"])["neighbours"].clone();
    assert!(neighbours.as_array().unwrap().iter().all(|neighbour| neighbour["state"] != "in-force"), "{neighbours}");
    for village in [north, south] {
        village.stop();
    }
}

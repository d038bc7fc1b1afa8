//! A space on a stick: from one box to its neighbour's without a line between them, through the same door as everything.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use cli_support::{Village, text};
use site_support::{dorpsplein, fails, says};

#[test]
fn what_is_shared_travels_on_a_stick_and_what_is_not_stays() {
    let [mut north, mut south] = Village::neighbours();
    let anna = north.join("Anna");
    let post = |village: &Village, title: &str, audience: &str| {
        let command = ["resident", "post", "--key", &anna.key, "--url", &village.url, "--title", title];
        text(&says(&[&command[..], &["--audience", audience]].concat())["item"]).to_owned()
    };
    let file = north.file("stick.dorpsplein");
    let running = fails(&["bundle", "export", "--dir", &north.dir, "--to", &file]).1;
    assert!(running.contains("stop it first"), "{running}");

    south.while_stopped(|south| {
        post(&north, "Voor de buren", "neighbours");
        post(&north, "Voor ons plein", "square");
        north.while_stopped(|north| {
            let export = ["bundle", "export", "--dir", &north.dir, "--to", &file, "--space", "neighbours"];
            let made = says(&export);
            assert_eq!(made["for_everybody"], false);
            let words = String::from_utf8(dorpsplein(&export).stdout).unwrap();
            assert!(words.contains("not encrypted"), "{words}");

            let took = says(&["bundle", "import", "--dir", &south.dir, &file]);
            assert!(took["taken"].as_u64().unwrap() >= 1, "{took}");
            assert_eq!((&took["refused"], &took["unreadable"]), (&0.into(), &0.into()), "{took}");
            let again = says(&["bundle", "import", "--dir", &south.dir, &file]);
            assert_eq!(again["taken"], 0, "the same file twice brings nothing more: {again}");

            let status = says(&["status", "--dir", &south.dir]);
            assert!(status["items"].as_u64().unwrap() >= 1, "it can be read there: {status}");

            // A file that was cut off is told as such, and brings what is whole.
            let bytes = std::fs::read(&file).unwrap();
            let short = north.file("kort.dorpsplein");
            std::fs::write(&short, &bytes[..bytes.len() - 10]).unwrap();
            let output = dorpsplein(&["bundle", "import", "--dir", &south.dir, &short]);
            assert!(!output.status.success());
            assert!(String::from_utf8(output.stderr).unwrap().contains("cut off"));
        });
    });
    north.stop();
    south.stop();
}

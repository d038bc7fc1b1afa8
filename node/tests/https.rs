//! The site over https: a certificate that the box obtains of a real giver of certificates, keeps and renews; one in files;
//! and a web server before the box, which is believed if it was named.
//!
//! The giver is Let's Encrypt's own test server, `pebble`, with a name server that leads every name to this machine: Debian
//! has both in its package `pebble`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod https_support;
mod site_support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dorpsplein_node::config::HttpsSettings;
use dorpsplein_node::https::{Https, Renewer};
use https_support::{Authority, Browser, Giver, HTTP_1, HTTP_2, Ports, pebble_is_here};
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, dorpsplein, eventually, free_port, get, init, post, says};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A village whose box is to be at `https://plein.example`.
struct Village {
    folder: TempDir,
    dir: String,
    ports: Ports,
    settings: Vec<String>,
}

impl Village {
    fn new(ports: Ports, more: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("plein").to_str().unwrap().to_owned();
        init(Path::new(&dir), "Maasdorp");
        let mut settings = vec![
            format!("public_url=https://plein.example:{}", ports.https),
            format!("https.listen=127.0.0.1:{}", ports.https),
            format!("https.redirect=127.0.0.1:{}", ports.http),
        ];
        settings.extend_from_slice(more);
        Self { folder, dir, ports, settings }
    }

    fn arguments<'a>(&'a self, command: &'a [&'a str]) -> Vec<&'a str> {
        let set = self.settings.iter().flat_map(|setting| ["--set", setting.as_str()]);
        command.iter().copied().chain(["--dir", &self.dir]).chain(set).collect()
    }

    fn start(&self) -> Serving {
        Serving::start(&self.arguments(&["serve"]))
    }

    /// What the doctor says of a part, and how it is.
    fn doctor(&self, part: &str) -> (String, String) {
        let output = dorpsplein(&self.arguments(&["doctor", "--lang", "en", "--json"]));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let findings = said["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["part"] == part).unwrap_or_else(|| panic!("{said}"));
        (found["state"].as_str().unwrap().to_owned(), found["says"].as_str().unwrap().to_owned())
    }

    /// Where the box is read on the local network.
    fn local(&self) -> String {
        local_url(&self.dir)
    }
}

/// Where the box that runs on a data folder is for this machine.
fn local_url(dir: &str) -> String {
    let running = fs::read(Path::new(dir).join("running.json")).unwrap();
    serde_json::from_slice::<Value>(&running).unwrap()["url"].as_str().unwrap().to_owned()
}

#[test]
fn a_box_obtains_a_certificate_and_keeps_it() {
    if !pebble_is_here() {
        return;
    }
    let ports = Ports::free();
    let mut giver = Giver::start(&ports, 90 * 24 * 3600);
    let village = Village::new(ports, &giver.settings());
    let serving = village.start();
    let browser = Browser::new(&giver.root(), village.ports.https);
    eventually("a certificate", || browser.get(HTTP_2, "/").is_ok());

    // The page, over HTTP/2 and for older programs over HTTP/1.1; a browser comes over https from now on.
    for protocol in [HTTP_2, HTTP_1] {
        let page = browser.get(protocol, "/").unwrap();
        assert_eq!((page.status, page.protocol.as_slice()), (200, protocol));
        assert!(page.body.contains("Maasdorp") && page.headers["strict-transport-security"] == "max-age=31536000");
    }
    let shown = browser.get(HTTP_2, "/").unwrap().certificate;

    // Plain http leads there, whatever the host that was asked for, and has no page of its own.
    let led = get(&format!("http://127.0.0.1:{}/agenda?week=3", village.ports.http), &[("host", "elders.example")]);
    assert_eq!(
        (led.status.as_u16(), led.header("location").to_owned()),
        (308, format!("{}/agenda?week=3", browser.url()))
    );
    let none = get(&format!("http://127.0.0.1:{}/.well-known/acme-challenge/x", village.ports.http), &[]);
    assert_eq!(none.status.as_u16(), 404);
    // The local network reads on, without being told to come over https.
    assert_eq!(get(&village.local(), &[]).header("strict-transport-security"), "");

    // Writing works over HTTP/2, where the host is named in another place, and not from a page that came in the open.
    let wrong = browser.post("/api/v1/operations", &browser.url(), b"no operation").unwrap();
    assert!(wrong.status == 400 && wrong.body.contains("/problems/malformed"), "{wrong:?}");
    let open = browser.post("/api/v1/operations", &browser.url().replace("https", "http"), b"no operation").unwrap();
    assert!(open.status == 403 && open.body.contains("plain http"), "{open:?}");
    assert_eq!(browser.post("/api/v1/operations", "https://elders.example", b"x").unwrap().status, 403);

    // What is kept only its owner may read.
    let kept = Path::new(&village.dir).join("https");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&kept), 0o700);
    let files: Vec<_> = fs::read_dir(&kept).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 3, "certificate, account, and how it went: {files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));
    let (state, says) = village.doctor("site-certificate");
    assert!(state == "well" && says.ends_with("Days left: 89."), "{says}");

    // Who gave it may be gone: a box that starts again shows what it has.
    serving.stop(Signal::TERM);
    giver.stop();
    let serving = village.start();
    eventually("the kept certificate", || browser.get(HTTP_1, "/").is_ok());
    assert_eq!(browser.get(HTTP_1, "/").unwrap().certificate, shown);
    serving.stop(Signal::TERM);
    drop(village.folder);
}

#[test]
fn a_box_waits_for_who_is_away_and_renews_in_time() {
    if !pebble_is_here() {
        return;
    }
    let ports = Ports::free();
    let authority = Authority::new();
    let directory = authority.directory(&ports);
    let village = Village::new(ports, &[&directory[..], &["https.challenge=http-01".to_owned()]].concat());
    let serving = village.start();

    // Nobody gives certificates. The box runs, is read, and says what is the matter.
    assert_eq!(get(&village.local(), &[]).status.as_u16(), 200);
    eventually("a first attempt", || village.doctor("site-certificate").0 == "wrong");
    let (_, says) = village.doctor("site-certificate");
    assert!(says.starts_with("The site has no certificate yet. The last attempt: "), "{says}");

    // They are back: it obtains one by itself, and another before that runs out.
    let giver = Giver::start_with(authority, &village.ports, 20);
    let browser = Browser::new(&giver.root(), village.ports.https);
    eventually("a certificate", || browser.get(HTTP_2, "/").is_ok());
    let first = browser.get(HTTP_2, "/").map(|page| page.certificate);
    eventually("another", || {
        let now = browser.get(HTTP_2, "/").map(|page| page.certificate);
        now.is_ok() && first.is_ok() && now.unwrap() != *first.as_ref().unwrap()
    });
    serving.stop(Signal::TERM);
}

#[test]
fn files_of_somebody_else_are_taken_up_when_they_change() {
    let authority = Authority::new();
    let ports = Ports::free();
    let files = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| files.path().join(name));
    let settings = [format!("https.certificate={}", chain.display()), format!("https.key={}", key.display())];
    let village = Village::new(ports, &settings);
    // Not there yet: the box starts, and waits.
    let serving = village.start();
    assert_eq!(village.doctor("site-certificate").0, "wrong");
    let browser = Browser::new(&authority.root(), village.ports.https);
    let write = |(certificate, secret): (String, String)| {
        fs::write(&key, secret).unwrap();
        fs::write(&chain, certificate).unwrap();
    };
    write(authority.certificate("plein.example"));
    eventually("the certificate", || browser.get(HTTP_2, "/").is_ok());
    assert_eq!(village.doctor("site-certificate").0, "well");
    let first = browser.get(HTTP_2, "/").unwrap().certificate;
    // Half of a new pair is no reason to show nothing.
    fs::write(&key, authority.certificate("plein.example").1).unwrap();
    write(authority.certificate("plein.example"));
    eventually("the new one", || browser.get(HTTP_2, "/").unwrap().certificate != first);
    write(authority.certificate("elders.example"));
    assert_eq!(village.doctor("site-certificate").0, "wrong");
    serving.stop(Signal::TERM);
}

#[tokio::test(start_paused = true)]
async fn connectors_are_told_who_renews_a_certificate_and_what_went_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
    let files = HttpsSettings { certificate: Some(chain.clone()), key: Some(key.clone()), ..HttpsSettings::usual() };
    let nobody = HttpsSettings { directory: format!("https://127.0.0.1:{}/", free_port()), ..HttpsSettings::usual() };
    let start = |settings: &HttpsSettings| {
        let https = Https::open(folder.path(), settings, "https://plein.example").unwrap();
        let told = https.watch();
        https.start(CancellationToken::new());
        told
    };
    let mut told = start(&files);
    let standing = told.wait_for(|standing| standing.trouble.is_some()).await.unwrap().clone();
    assert_eq!((standing.renewer, standing.until), (Renewer::Files, None));
    assert!(standing.trouble.unwrap().1.contains("chain.pem"), "which file it is");
    let (certificate, secret) = Authority::new().certificate("plein.example");
    fs::write(&key, secret).unwrap();
    fs::write(&chain, certificate).unwrap();
    let standing = told.wait_for(|standing| standing.until.is_some()).await.unwrap().clone();
    assert!(standing.trouble.is_none() && standing.renew_at < standing.until, "{standing:?}");

    // Nobody gives any.
    let mut told = start(&nobody);
    let standing = told.wait_for(|standing| standing.trouble.is_some()).await.unwrap().clone();
    assert_eq!((standing.renewer, standing.until), (Renewer::Box, None));
}

#[test]
fn a_web_server_before_the_box_is_believed_if_it_was_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("plein").to_str().unwrap().to_owned();
    init(Path::new(&dir), "Maasdorp");
    let public = "public_url=https://plein.example";
    let said =
        [("host", "plein.example"), ("x-forwarded-for", "10.0.0.1, 203.0.113.9"), ("x-forwarded-proto", "https")];
    let hand_in = |url: &str, from: &str| {
        let headers = [("content-type", "application/cbor"), ("x-forwarded-for", from), ("x-forwarded-proto", "https")];
        post(&format!("{url}/api/v1/operations"), &headers, b"no operation")
    };

    let serving = Serving::start(&["serve", "--dir", &dir, "--set", public]);
    let url = local_url(&dir);
    assert_eq!(get(&url, &said).header("strict-transport-security"), "", "nobody was named");
    assert!((0..320).all(|_| hand_in(&url, "203.0.113.9").status.as_u16() == 400), "this machine is not bounded");
    serving.stop(Signal::TERM);

    let serving = Serving::start(&["serve", "--dir", &dir, "--set", public, "--set", "proxies=127.0.0.1"]);
    let url = local_url(&dir);
    assert_eq!(get(&url, &said).header("strict-transport-security"), "max-age=31536000");
    assert_eq!(get(&url, &[said[0]]).header("strict-transport-security"), "");
    assert_eq!(get(&url, &said[1..]).header("strict-transport-security"), "", "another name may be in the open");
    let cookie = |headers: &[(&str, &str)]| get(&format!("{url}/kiosk"), headers).header("set-cookie").to_owned();
    assert!(cookie(&said).ends_with("; Secure") && !cookie(&[]).contains("Secure"));
    // Somebody hands in and hands in; others notice nothing.
    let refused =
        (0..20_000).map(|_| hand_in(&url, "203.0.113.9")).find(|answer| answer.status.as_u16() != 400).unwrap();
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "rate-limited"));
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(hand_in(&url, "203.0.113.10").status.as_u16(), 400);
    assert_eq!(hand_in(&url, "203.0.113.9, 203.0.113.10").status.as_u16(), 400, "what stands in front is not believed");
    assert_eq!(get(&url, &[("x-forwarded-for", "203.0.113.9")]).status.as_u16(), 200, "reading goes on");
    serving.stop(Signal::TERM);
}

#[test]
fn the_local_network_has_https_once_somebody_took_the_risk_and_for_one_name_only() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("plein").to_str().unwrap().to_owned();
    init(Path::new(&dir), "Sint Anna");
    let port = free_port();
    let at = format!("127.0.0.1:{port}");
    let on = ["local-https", "on", "--dir", &dir, "--at", &at];

    // Who asks is told what it means, in their language, and nothing is done.
    for (lang, words) in [("nl", "Weet eerst dit:"), ("en", "What to know first:")] {
        let told = dorpsplein(&[&on[..], &["--lang", lang]].concat());
        let said = String::from_utf8_lossy(&told.stdout);
        assert!(told.status.code() == Some(1) && said.contains("--accept-risk") && said.contains(words), "{told:?}");
    }
    assert_eq!(says(&["local-https", "show", "--dir", &dir])["on"], false);
    let serving = Serving::start(&["serve", "--dir", &dir]);
    assert_eq!(get(&format!("{}/local-authority.crt", serving.text("url")), &[]).status.as_u16(), 404);
    serving.stop(Signal::TERM);

    let made = says(&[&on[..], &["--accept-risk"]].concat());
    assert_eq!(made["url"], format!("https://sint-anna.local:{port}"));
    let root = made["certificate"].as_str().unwrap();
    let serving = Serving::start(&["serve", "--dir", &dir]);
    let browser = Browser::new(root, port).called("sint-anna.local");
    eventually("https", || browser.get(HTTP_2, "/").is_ok());
    let page = browser.get(HTTP_1, "/").unwrap();
    assert!(page.body.contains("Sint Anna") && !page.headers.contains_key("strict-transport-security"));
    assert!(Browser::new(root, port).get(HTTP_1, "/").is_err(), "it is for one name");
    let fetched = get(&format!("{}/local-authority.crt", serving.text("url")), &[]);
    assert_eq!((fetched.header("content-type"), fetched.text()), ("application/x-x509-ca-cert", root));
    serving.stop(Signal::TERM);

    // Somebody stole the key, and makes a certificate for another site with it: a browser does not take it.
    let stolen = fs::read_to_string(Path::new(&dir).join("https/local-authority.key")).unwrap();
    for (name, taken) in
        [("sint-anna.local", true), ("bank.example", false), ("anna.local", false), ("127.0.0.1", false)]
    {
        assert_eq!(https_support::is_trusted(root, &stolen, name), taken, "{name}");
    }

    assert_eq!(says(&["local-https", "off", "--dir", &dir])["on"], false);
    assert!(!Path::new(&dir).join("https/local-authority.key").exists());
}

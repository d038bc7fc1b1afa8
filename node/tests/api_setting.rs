//! How a square looks and what is on it: said by a connector, shown to everybody, and never more of it than makes sense.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest, Sha256};
use site_support::{Answer, Serving, get, init, says};
use tempfile::TempDir;

/// A village with a box that serves.
struct Village {
    serving: Serving,
    url: String,
    dir: String,
    folder: TempDir,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("dorp");
        init(Path::new(&dir), "Dorp");
        let dir = dir.to_str().unwrap().to_owned();
        let serving = Serving::start(&["serve", "--dir", &dir]);
        let url = serving.text("url");
        Self { serving, url, dir, folder }
    }

    fn get(&self, path: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[])
    }

    fn set(&self, arguments: &[&str]) -> Value {
        says(&[&["theme", "set", "--dir", &self.dir], arguments].concat())
    }

    /// What the program says on standard error, because it refuses.
    fn refuses(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_dorpsplein"))
            .args([&["theme", "set", "--dir", &self.dir], arguments].concat())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// The style sheet with what connectors changed, as it stands in a page after the usual one.
fn sheet(page: &Answer) -> Option<String> {
    page.text().split("<style>").nth(2).map(|rest| rest.split("</style>").next().unwrap().to_owned())
}

#[test]
fn what_connectors_say_about_the_square_stands_on_every_page() {
    let village = Village::new();
    assert_eq!(sheet(&village.get("/")), None, "nothing is other than usual");
    village.set(&[
        "--name",
        "Dorp aan zee",
        "--tagline",
        "Bij eb en vloed",
        "--words",
        "Welkom!\n\nKom <b>kijken</b>.",
    ]);
    village.set(&[
        "--phone",
        "0599 11 22 33",
        "--hours",
        "Wietske, na vijven",
        "--category",
        "Sport",
        "--category",
        "Zorg",
    ]);
    village.set(&["--token", "brand=#224488/#AACCFF", "--token", "band=#112233/#112233", "--token", "text=1.25rem"]);
    for path in ["/", "/agenda", "/en/about", "/nergens"] {
        let answer = village.get(path);
        let page = answer.text();
        for words in ["Dorp aan zee", "Bij eb en vloed", "0599 11 22 33", "Wietske, na vijven"] {
            assert!(page.contains(words), "{path}: {words}");
        }
    }
    let home = village.get("/");
    assert!(home.text().contains("Welkom!") && !home.text().contains("<b>kijken"));
    assert!(village.get("/schrijven").text().contains("Zorg"));
    let theme = sheet(&home).unwrap();
    assert!(theme.contains("--brand:#224488;") && theme.contains("--text:1.25rem;"), "{theme}");
    let hash = data_encoding::BASE64.encode(&Sha256::digest(&theme));
    let policy = home.header("content-security-policy");
    assert!(policy.contains(&format!("'sha256-{hash}'")), "the browser may use it: {policy}");
    let manifest = village.get("/plein.webmanifest").json();
    assert_eq!((&manifest["name"], &manifest["theme_color"]), (&"Dorp aan zee".into(), &"#112233".into()));
    village.serving.stop(Signal::TERM);
}

/// A PNG of one colour with a clear right half.
fn png(side: u32) -> Vec<u8> {
    let clear = |x, _| image::Rgba([120, 20, 60, if x < side / 2 { 255 } else { 0 }]);
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_fn(side, side, clear).write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn a_logo_of_the_command_line_is_small_and_goes_along_in_a_theme() {
    let village = Village::new();
    let at = |name: &str| village.folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("wapen.png"), png(1000)).unwrap();
    let theme = |arguments: &[&str]| says(&[&["theme"], arguments, &["--dir", &village.dir]].concat());
    theme(&["export", &at("zonder.json")]);
    assert!(
        std::fs::read_to_string(at("zonder.json")).unwrap().contains("\"dorpsplein-theme\": 1"),
        "earlier boxes read it"
    );
    village.set(&["--logo", &at("wapen.png"), "--token", "text=1.25rem"]);
    let logo = theme(&["show"])["logo"].clone();
    assert_eq!((&logo["width"], &logo["height"]), (&128.into(), &128.into()));
    let address = format!("/photos/{}/whole", logo["id"].as_str().unwrap());
    assert!(village.get("/").text().contains(&format!("<img class=\"logo\" src=\"{address}\"")));
    let shown = village.get(&address);
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("content-type"), "image/webp");
    theme(&["export", &at("met.json")]);
    let file: Value = serde_json::from_slice(&std::fs::read(at("met.json")).unwrap()).unwrap();
    assert_eq!((&file["dorpsplein-theme"], &file["tokens"]["text"]), (&2.into(), &"1.25rem".into()));
    village.set(&["--logo", "", "--token", "text=1.125rem"]);
    assert!(!village.get("/").text().contains("<img class=\"logo\""));
    theme(&["import", &at("met.json")]);
    assert!(village.get("/").text().contains("<img class=\"logo\""));
    assert_eq!(theme(&["show"])["tokens"], serde_json::json!(["text=1.25rem"]));
    std::fs::write(at("wapen.svg"), "<svg onload='alert(1)'/>").unwrap();
    assert!(village.refuses(&["--logo", &at("wapen.svg")]).contains("cannot be read"));
    assert_eq!(theme(&["show"])["tokens"], serde_json::json!(["text=1.25rem"]), "nothing was signed");
    village.serving.stop(Signal::TERM);
}

#[test]
fn what_is_switched_off_is_not_there() {
    let village = Village::new();
    let key = village.folder.path().join("anna.key");
    let invitation = says(&["invite", "--dir", &village.dir]);
    let (invitation, key) = (invitation["invitation"].as_str().unwrap(), key.to_str().unwrap());
    says(&["resident", "join", "--invitation", invitation, "--key", key, "--name", "Anna"]);
    let offer = [
        "resident",
        "post",
        "--key",
        key,
        "--kind",
        "offer",
        "--title",
        "Een ladder te leen",
        "--body",
        "Haal hem op.",
    ];
    let offer = says(&offer)["item"].as_str().unwrap().to_owned();
    let pages = ["/vraag-en-aanbod", "/en/market", "/zoeken", "/schrijven?soort=aanbod", &format!("/bericht/{offer}")];
    for path in pages {
        assert_eq!(village.get(path).status, 200, "{path}");
    }
    assert_eq!(village.get("/belangrijk.atom").status, 200);
    village.set(&["--off", "market", "--off", "search", "--off", "alerts"]);
    assert_eq!(village.get("/belangrijk.atom").status, 404);
    for path in pages {
        let answer = village.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("Een ladder te leen"));
    }
    assert_eq!(village.get("/api/v1/search?q=ladder").status, 404);
    assert!(!village.get("/").text().contains("/vraag-en-aanbod"));
    village.set(&["--on", "market", "--on", "search", "--on", "alerts"]);
    assert_eq!(village.get("/vraag-en-aanbod").status, 200);
    assert!(village.get("/").text().contains("/vraag-en-aanbod"));
}

#[test]
fn colours_that_cannot_be_read_are_refused_with_the_figure() {
    let village = Village::new();
    let said = village.refuses(&["--token", "ink=#999999/#f0efe6"]);
    assert!(said.contains("ink on paper (light) has a contrast of 2.6") && said.contains("4.5 : 1"), "{said}");
    let said = village.refuses(&["--token", "text=9rem"]);
    assert!(said.contains("from 1rem to 1.5rem"), "{said}");
    assert!(village.refuses(&["--token", "nonsense=1rem"]).contains("no token"));
    assert!(village.refuses(&["--off", "news"]).contains("market, people, clubs, groups, alerts or search"));
    assert_eq!(says(&["theme", "show", "--dir", &village.dir])["said"], Value::Null, "nothing was signed");
}

#[test]
fn a_theme_goes_to_another_square_as_a_file() {
    let (here, there) = (Village::new(), Village::new());
    here.set(&["--token", "brand=#224488/#aaccff", "--token", "round=0rem", "--tagline", "Van hier"]);
    let file = here.folder.path().join("theme.json");
    let file = file.to_str().unwrap();
    says(&["theme", "export", "--dir", &here.dir, file]);
    assert_eq!(
        std::fs::read_to_string(file).unwrap().parse::<Value>().unwrap(),
        here.get("/theme.json").text().parse::<Value>().unwrap()
    );
    says(&["theme", "import", "--dir", &there.dir, file]);
    let setting: Value = there.get("/api/v1/setting").text().parse().unwrap();
    assert_eq!(setting["tokens"], serde_json::json!(["brand=#224488/#aaccff", "round=0rem"]));
    assert_eq!(setting["tagline"], Value::Null, "only colours and measures go along");
    for wrong in
        ["", "{}", "{\"dorpsplein-theme\":3,\"tokens\":{}}", "{\"dorpsplein-theme\":1,\"tokens\":{\"ink\":\"red\"}}"]
    {
        std::fs::write(file, wrong).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_dorpsplein"))
            .args(["theme", "import", "--dir", &there.dir, file])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("is no theme"), "{wrong}: {said}");
    }
}

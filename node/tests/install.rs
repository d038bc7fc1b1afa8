//! What somebody meets who installs a box: its settings, help at the shell, the doctor, and the service manager.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use dorpsplein_web_ui::qr::for_console;
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Answer, PATIENCE, Serving, dorpsplein, eventually, fails, free_port, get, init, post, says};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// The program, with these variables in its environment.
fn program(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dorpsplein"));
    command.envs(variables.iter().copied());
    command
}

/// What a command said that found something wrong: exit code 1, its line of JSON, and nothing on standard error.
fn finds(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_mistake_in_the_settings_is_named_with_its_place_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "plein");
    init(Path::new(&dir), "Maasdorp");
    let file = path(Path::new(&dir), "box.toml");
    assert_eq!(says(&["config", "check", "--dir", &dir])["mistakes"], Value::Array(Vec::new()));

    let good = fs::read_to_string(&file).unwrap();
    let wrong = good.replace("relay = true", "relay = \"ja\"").replace("upnp = true", "unpn = true");
    let line = |start: &str| 1 + wrong.lines().position(|line| line.starts_with(start)).unwrap();
    fs::write(&file, &wrong).unwrap();
    let found = finds(&dorpsplein(&["config", "check", &file, "--json"]));
    let mistakes = found["mistakes"].as_array().unwrap();
    assert_eq!(mistakes.len(), 2, "{found}");
    assert_eq!((&mistakes[0]["line"], &mistakes[0]["column"]), (&line("unpn").into(), &1.into()));
    assert_eq!(mistakes[0]["todo"], "did you mean `upnp`?");
    assert_eq!((&mistakes[1]["line"], &mistakes[1]["column"]), (&line("relay").into(), &9.into()));
    let said = String::from_utf8(dorpsplein(&["config", "check", &file]).stdout).unwrap();
    assert!(
        said.starts_with(&format!("{file}:{}:1: there is no setting `unpn`; did you mean", line("unpn"))),
        "{said}"
    );
    assert!(said.ends_with("2 mistakes\n"), "{said}");

    // A box does not start with them, and says in one line which is the first.
    let refused = dorpsplein(&["serve", "--dir", &dir]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains(&format!("box.toml: line {}, column 1: ", line("unpn"))), "{error}");
    assert!(error.contains("`dorpsplein config check` shows 1 more"), "{error}");

    fs::write(&file, &good).unwrap();
    let variable = program(&[("DORPSPLEIN_METRICS", "0.0.0.0:4090")]);
    let found = finds(&{ variable }.args(["config", "check", &file, "--json"]).output().unwrap());
    assert_eq!(found["mistakes"][0]["variable"], "DORPSPLEIN_METRICS");
    assert_eq!(
        dorpsplein(&["config", "check", &file, "--set", "sit=1"]).status.code(),
        Some(2),
        "a wrong command line"
    );
}

#[test]
fn a_box_does_what_the_command_line_says_and_then_the_environment_and_then_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "plein");
    init(Path::new(&dir), "Maasdorp");
    let (in_environment, on_command_line) =
        (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
    let set = format!("site={on_command_line}");
    let variables =
        [("DORPSPLEIN_DIR", dir.as_str()), ("DORPSPLEIN_SITE", &in_environment), ("DORPSPLEIN_RELAY", "false")];
    let shown = |arguments: &[&str]| -> Value {
        let output = program(&variables).args(["config", "show", "--json"]).args(arguments).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let settings = &shown(&[])["settings"];
    assert_eq!(
        (text(&settings["site"]["value"]), text(&settings["site"]["given"]["variable"])),
        (&*in_environment, "DORPSPLEIN_SITE")
    );
    assert_eq!(settings["relay"]["value"], false);
    assert_eq!((&settings["name"]["value"], &settings["name"]["given"]["in"]), (&"Maasdorp".into(), &"file".into()));
    assert_eq!((&settings["public_url"]["value"], &settings["public_url"]["given"]), (&Value::Null, &Value::Null));
    let settings = &shown(&["--set", &set])["settings"];
    assert_eq!(
        (text(&settings["site"]["value"]), text(&settings["site"]["given"]["flag"])),
        (&*on_command_line, &*set)
    );

    let serving = Serving::start_as(program(&variables).args(["serve", "--set", &set]));
    assert_eq!(serving.text("url"), format!("http://{on_command_line}"));
    serving.stop(Signal::TERM);
    let serving = Serving::start_as(program(&variables).arg("serve"));
    assert_eq!(serving.text("url"), format!("http://{in_environment}"));
    serving.stop(Signal::TERM);
}

#[test]
fn the_example_file_is_printed_and_checks_out() {
    let folder = tempfile::tempdir().unwrap();
    let example = dorpsplein(&["config", "example"]);
    assert_eq!(String::from_utf8(example.stdout.clone()).unwrap(), include_str!("../../packaging/box.toml"));
    let file = path(folder.path(), "example.toml");
    fs::write(&file, example.stdout).unwrap();
    says(&["config", "check", &file]);
}

/// The shells that are here read their script; each script knows a command that was added last.
#[test]
fn shells_complete_commands_and_every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = dorpsplein(&["completions", shell]).stdout;
        assert!(String::from_utf8_lossy(&script).contains("completions"), "{shell}");
        let file = path(folder.path(), shell);
        fs::write(&file, &script).unwrap();
        if let Ok(checked) = Command::new(shell).args(["-n", &file]).output() {
            assert!(checked.status.success() && checked.stderr.is_empty(), "{shell}: {checked:?}");
        }
    }
    let pages = path(folder.path(), "man1");
    let written = says(&["man", "--to", &pages]);
    assert!(written["pages"].as_u64().unwrap() > 60, "{written}");
    let page = |name: &str| fs::read_to_string(Path::new(&pages).join(name)).unwrap();
    assert!(page("dorpsplein.1").contains("dorpsplein\\-config(1)"));
    assert!(page("dorpsplein-config-check.1").contains("KEY=VALUE"));
    assert!(page("dorpsplein-serve.1").contains("DORPSPLEIN_DIR"));
}

/// What the doctor finds, by the part of a box it is about: how it is, what it says, and what to do.
struct Found(Value);

impl Found {
    /// Has the doctor look at a folder, in English.
    fn at(dir: &str, more: &[&str]) -> Self {
        Self::of(&dorpsplein(&[&["doctor", "--dir", dir, "--lang", "en", "--json"], more].concat()))
    }

    fn of(output: &Output) -> Self {
        let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let wrong = found["findings"].as_array().unwrap().iter().filter(|one| one["state"] == "wrong").count();
        assert_eq!(found["wrong"], wrong);
        assert_eq!(output.status.code(), Some(i32::from(wrong > 0)), "{found}");
        Self(found)
    }

    /// The one finding about this part that contains these words.
    fn says(&self, part: &str, state: &str, words: &str) -> &Value {
        let all = self.0["findings"].as_array().unwrap().iter();
        let mut those = all.filter(|one| one["part"] == part && text(&one["says"]).contains(words));
        let found = those.next().unwrap_or_else(|| panic!("{words:?} is not said of {part}: {:#}", self.0));
        assert_eq!(found["state"], state, "{found}");
        assert_eq!(state == "well", found["todo"].is_null(), "what is not well says what to do: {found}");
        found
    }
}

#[test]
fn the_doctor_looks_at_a_box_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "plein");
    let founded = init(Path::new(&dir), "Maasdorp");
    let serving = Serving::start(&["serve", "--dir", &dir, "--set", "mdns=loopback"]);
    let url = serving.text("url");
    let own = format!("public_url={url}");
    let found = Found::at(&dir, &["--set", "mdns=loopback", "--set", &own]);
    found.says("settings", "well", "no mistakes");
    found.says("folder", "well", "fits this version");
    found.says("box", "well", &url);
    found.says("disk", "well", "free on the disk");
    found.says("disk", "well", "keeps what is written");
    let ports = text(&found.says("ports", "well", "listens at")["says"]).to_owned();
    for address in serving.ready["addresses"].as_array().unwrap() {
        let port = text(address).split('/').nth(4).unwrap();
        assert!(ports.contains(&format!(":{port} (UDP)")), "{address}: {ports}");
    }
    found.says("local-network", "well", "heard on this network, as dorpsplein-");
    found.says("reach", "note", "connected to no other box");
    found.says("https", "well", &url);
    found.says("certificate", "well", "until 20");

    // Something else than the square at its address: another one, or nobody who speaks https.
    let other = path(folder.path(), "elders");
    assert_ne!(init(Path::new(&other), "Zuidwijk")["neighbourhood_id"], founded["neighbourhood_id"]);
    let elsewhere = Serving::start(&["serve", "--dir", &other]);
    let other_url = format!("public_url={}", elsewhere.text("url"));
    Found::at(&dir, &["--set", &other_url]).says("https", "wrong", "something else answers");
    let no_https = format!("public_url={}", url.replace("http://", "https://"));
    Found::at(&dir, &["--set", &no_https]).says("https", "wrong", "do not trust the certificate");
    Found::at(&dir, &["--set", "public_url=http://plein.example"]).says("https", "wrong", "is no https");
    let nobody = format!("public_url=https://127.0.0.1:{}", free_port());
    Found::at(&dir, &["--set", &nobody]).says("https", "wrong", "does not answer");

    elsewhere.stop(Signal::TERM);
    serving.kill();
    // A box that was cut off is one that does not run, whatever it left.
    Found::at(&dir, &[]).says("box", "note", "not running");
}

#[test]
fn the_doctor_looks_at_what_keeps_a_box_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "plein");
    Found::at(&dir, &[]).says("folder", "wrong", "not the folder of a box");
    init(Path::new(&dir), "Maasdorp");
    let found = Found::at(&dir, &[]);
    found.says("box", "note", "not running");
    found.says("ports", "well", "free for the box");
    found.says("local-network", "well", "the settings say so");
    found.says("certificate", "well", "until 20");
    Found::at(&dir, &["--set", "mdns=loopback"]).says("local-network", "well", "can make itself known");

    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let (taken, nowhere) = (format!("site={}", squatter.local_addr().unwrap()), "site=192.0.2.1:8080");
    Found::at(&dir, &["--set", &taken]).says("ports", "wrong", "Another program uses 127.0.0.1:");
    Found::at(&dir, &["--set", nowhere]).says("ports", "wrong", "has no address 192.0.2.1:8080");

    let [key, format, settings] = ["box.key", "format", "box.toml"].map(|name| Path::new(&dir).join(name));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = Found::at(&dir, &[]);
    let todo = text(&exposed.says("folder", "wrong", "can read a secret")["todo"]);
    assert!(todo.contains(&format!("chmod 600 {}", key.display())), "{todo}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    let usual = fs::read(&format).unwrap();
    fs::write(&format, "4000\n").unwrap();
    Found::at(&dir, &[]).says("folder", "wrong", "format 4000: a newer version");
    fs::write(&format, usual).unwrap();

    let usual = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("nam = 1\n{usual}")).unwrap();
    Found::at(&dir, &[]).says("settings", "wrong", "box.toml:1:1");
    fs::write(&settings, usual).unwrap();

    // A clock that stands where it stood before the folder was used.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(86_400);
    File::options().write(true).open(&format).unwrap().set_modified(later).unwrap();
    Found::at(&dir, &[]).says("clock", "wrong", "too early");
}

/// A disk of 64 MB that is full, then one that can only be read: in a mount namespace of its own.
#[test]
fn the_doctor_tries_the_disk() {
    let may = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).status();
    if !may.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("DORPSPLEIN_REQUIRE_NAMESPACES").is_none(), "no mount namespace can be made here");
        eprintln!("left out: no mount namespace can be made here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (dir, disk) = (path(folder.path(), "plein"), path(folder.path(), "schijf"));
    init(Path::new(&dir), "Maasdorp");
    fs::create_dir(&disk).unwrap();
    let looked = |remount: &str| {
        let script = format!(
            "mount -t tmpfs -o size=64m none {disk} && cp -a {dir} {disk}/plein && {remount} && \
             exec {} doctor --dir {disk}/plein --lang en --json",
            env!("CARGO_BIN_EXE_dorpsplein")
        );
        let mut namespace = Command::new("unshare");
        Found::of(&namespace.args(["--map-root-user", "--mount", "sh", "-c", &script]).output().unwrap())
    };
    let full = looked("true");
    full.says("disk", "wrong", "The disk is full");
    full.says("disk", "well", "keeps what is written");
    looked(&format!("mount -o remount,ro {disk}")).says("disk", "wrong", "can only be read");
}

#[test]
fn the_doctor_speaks_the_language_of_the_shell() {
    let nowhere = ["doctor", "--dir", "/nergens"];
    let said = |variables: &[(&str, &str)], more: &[&str]| {
        let mut command = program(variables);
        let output = command.env_remove("LC_ALL").env_remove("LC_MESSAGES").args(nowhere).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let dutch = said(&[("LANG", "nl_NL.UTF-8")], &[]);
    assert!(dutch.contains("mis       /nergens is geen map van een kastje."), "{dutch}");
    assert!(dutch.contains("          → Noem de goede map met --dir"), "{dutch}");
    assert!(said(&[("LANG", "C.UTF-8")], &[]).contains("wrong     /nergens is not the folder of a box."));
    assert_eq!(said(&[("LANG", "C.UTF-8")], &["--lang", "nl"]), dutch);
}

#[test]
fn the_service_manager_hears_how_the_box_is() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, socket, log) = (path(folder.path(), "plein"), path(folder.path(), "notify"), path(folder.path(), "log"));
    init(Path::new(&dir), "Maasdorp");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut message = [0; 256];
        let length = manager.recv(&mut message).expect("a message of the box");
        String::from_utf8_lossy(&message[..length]).trim().to_owned()
    };
    let mut command = program(&[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", "300000"), ("RUST_LOG", "info")]);
    command.env_remove("WATCHDOG_PID").args(["serve", "--dir", &dir, "--log-format", "json"]);
    let serving = Serving::start_as(command.stderr(File::create(&log).unwrap()));
    assert_eq!(heard(), "READY=1");
    assert_eq!([heard(), heard(), heard()], ["WATCHDOG=1"; 3]);
    serving.stop(Signal::TERM);
    let last = std::iter::repeat_with(heard).find(|message| message != "WATCHDOG=1").unwrap();
    assert_eq!(last, "STOPPING=1");

    let log = fs::read_to_string(&log).unwrap();
    assert!(!log.is_empty());
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(event["level"].is_string() && event["fields"].is_object(), "{line}");
    }
}

/// A browser at the page of a box without a square.
struct Beginner {
    url: String,
    cookie: String,
}

impl Beginner {
    fn look(&self) -> Answer {
        get(&self.url, &[("cookie", &self.cookie)])
    }

    fn send(&self, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let form = fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+").replace('/', "%2F")));
        let form = form.collect::<Vec<_>>().join("&");
        let usual = [("content-type", "application/x-www-form-urlencoded"), ("cookie", self.cookie.as_str())];
        post(&self.url, &[&usual, headers].concat(), form.as_bytes())
    }

    /// Types a code; whether that lets them in.
    fn types(&mut self, code: &str) -> Answer {
        let answer = self.send(&[("code", code)], &[]);
        if answer.status == 303 {
            let cookie = answer.header("set-cookie");
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }
}

#[test]
fn a_square_begins_on_a_page_for_who_can_read_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, site) = (path(folder.path(), "plein"), format!("site=127.0.0.1:{}", free_port()));
    let serve = ["serve", "--dir", &dir, "--first-run", "--set", &site, "--set", "mdns=off"];
    let mut serving = Serving::start(&serve);
    let (url, code) = (serving.text("first_run"), serving.text("code"));
    let mut beginner = Beginner { url: url.clone(), cookie: String::new() };

    // Nothing else is served, and nobody from elsewhere is.
    assert!(beginner.look().text().contains("De code van het kastje"));
    assert!(get(&format!("{url}en/"), &[]).text().contains("The code of the box"));
    for nothing in ["api/v1/status", "meedoen", "metrics"] {
        assert_eq!(get(&format!("{url}{nothing}"), &[]).status, 404, "{nothing}");
    }
    assert_eq!(get(&url, &[("host", "plein.example")]).status, 403);
    assert_eq!(beginner.send(&[("code", &code)], &[("host", "plein.example")]).status, 403);
    assert_eq!(beginner.send(&[("code", &code)], &[("origin", "http://plein.example")]).status, 403);
    let answers = [("step", "questions"), ("name", "Maasdorp"), ("port", "1"), ("box_port", "1")];
    assert_eq!(beginner.send(&answers, &[]).status, 422, "without the code");
    assert!(!Path::new(&dir).exists());

    // That was one wrong code; after five there is another.
    for _ in 0..3 {
        assert_eq!(beginner.types("0000-0000-0000").status, 422);
    }
    assert!(beginner.types("nergens").text().contains("nieuwe code"));
    let second = text(&serving.next_line()["code"]).to_owned();
    assert_eq!(beginner.types(&code).status, 422, "the old one is over");
    assert_eq!(beginner.types(&second.to_lowercase()).status, 303);

    // What is wrong is said beside the field, and all that was typed is there again.
    let (site_port, box_port) = (url.rsplit(':').next().unwrap().trim_end_matches('/'), free_port().to_string());
    let wrong = [
        ("step", "questions"),
        ("name", " "),
        ("tagline", "Van ons <allemaal>"),
        ("help_name", "Truus"),
        ("port", site_port),
        ("box_port", site_port),
    ];
    let refused = beginner.send(&wrong, &[]);
    assert_eq!(refused.status, 422);
    for said in
        ["href=\"#name\"", "id=\"name-wrong\"", "id=\"help_phone-wrong\"", "id=\"box_port-wrong\"", "value=\"Truus\""]
    {
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
    assert!(!refused.text().contains("<allemaal>") && !Path::new(&dir).exists());

    let right = [("step", "questions"), ("name", "Maasdorp"), ("port", site_port), ("box_port", &box_port)];
    assert_eq!(beginner.send(&right, &[]).status, 303);
    assert_eq!(beginner.send(&right, &[]).status, 303, "sent twice, it begins once");
    let begun = beginner.look();
    let code = begun.text().split("<p class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(get(&url, &[]).text().matches("class=\"code\"").count(), 0, "others do not see the code");
    assert_eq!(beginner.send(&[("step", "start")], &[]).status, 200);

    // The box goes on, and the invitation makes a connector.
    let ready = serving.next_line();
    let url = text(&ready["url"]).to_owned();
    assert!(get(&url, &[]).text().contains("Maasdorp"));
    let invitation = format!("{url}/meedoen#{}", code.replace('-', ""));
    let key = path(folder.path(), "anna.key");
    says(&["resident", "join", "--invitation", &invitation, "--key", &key, "--name", "Anna"]);
    let register = get(&format!("{url}/api/v1/register"), &[]).json();
    let roles = register["residents"].as_array().unwrap().iter().map(|one| text(&one["role"]).to_owned());
    assert_eq!(roles.collect::<Vec<_>>(), ["connector", "connector"]);
    serving.stop(Signal::TERM);

    // The second time there is nothing to ask.
    let again = Serving::start(&serve);
    assert!(again.ready["first_run"].is_null());
    assert!(!get(&again.text("url"), &[]).text().contains("De code van het kastje"));
    again.stop(Signal::TERM);
}

#[test]
fn a_camera_reads_from_the_console_where_the_page_is_and_nothing_of_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, at) = (path(folder.path(), "plein"), format!("127.0.0.1:{}", free_port()));
    let serve = ["serve", "--dir", &dir, "--first-run", "--set", "mdns=off", "--set", &format!("site={at}")];
    let mut waiting = program(&[]).args(serve).stdout(Stdio::piped()).spawn().unwrap();
    let qr = for_console(&format!("http://{at}/")).unwrap();
    let mut shown = String::new();
    // Open until the end, as a console is.
    let mut lines = BufReader::new(waiting.stdout.take().unwrap()).lines();
    for line in lines.by_ref() {
        shown = shown + &line.unwrap() + "\n";
        if shown.ends_with(&qr) {
            break;
        }
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&waiting), Signal::TERM).unwrap();
    assert!(waiting.wait().unwrap().success());
    let said = shown.strip_suffix(&qr).unwrap_or_else(|| panic!("{shown}"));
    let codes = said.lines().filter(|line| line.trim().len() == 14 && line.matches('-').count() == 2);
    assert_eq!((codes.count(), said.contains('█')), (1, false), "the code is there to read, and one picture: {shown}");
}

#[test]
fn a_command_can_begin_the_square_while_the_page_waits() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, site) = (path(folder.path(), "plein"), format!("site=127.0.0.1:{}", free_port()));
    let mut serving = Serving::start(&["serve", "--dir", &dir, "--first-run", "--set", &site, "--set", "mdns=off"]);
    let (_, error) =
        fails(&["init", "--dir", &dir, "--name", "Maasdorp", "--help-name", "Truus", "--help-phone", "later"]);
    assert!(error.contains("telephone number"), "{error}");
    init(Path::new(&dir), "Maasdorp");
    let url = text(&serving.next_line()["url"]).to_owned();
    eventually("the square", || get(&url, &[]).text().contains("Maasdorp"));
    serving.stop(Signal::TERM);
}

#[test]
fn init_asks_at_a_terminal_what_the_command_line_does_not_say() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "plein");
    let (_, error) = fails(&["init", "--dir", &dir]);
    assert!(error.contains("give the neighbourhood's name with --name"), "{error}");

    let asks = format!("{} init --dir {dir} --tagline 'aan de rivier'", env!("CARGO_BIN_EXE_dorpsplein"));
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &asks, "/dev/null"])
        .env("LC_ALL", "nl_NL.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.stdin.take().unwrap().write_all(b"Maasdorp\nTruus\n024 000 00 00\n\n\n").unwrap();
    let output = terminal.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("Maasdorp has begun."), "{said}");
    assert!(said.contains("Hoe heet uw dorp of buurt?") && !said.contains("Een regel onder de naam"), "{said}");
    let settings = fs::read_to_string(path(Path::new(&dir), "box.toml")).unwrap();
    for setting in ["name = \"Maasdorp\"", "tagline = \"aan de rivier\"", "024 000 00 00"] {
        assert!(settings.contains(setting), "{setting}: {settings}");
    }
}

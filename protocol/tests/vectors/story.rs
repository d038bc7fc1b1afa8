//! The small story that the vectors tell: two villages, their people, and what somebody tried to smuggle in.
//!
//! It only builds inputs; what they come to is the interpreter's to say. The JSON files are this story written down, for
//! whoever reads the format in another language.

mod photo_story;
mod post_story;
mod register_story;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use crate::interpreter;

/// One file of vectors.
pub(crate) struct Chapter {
    pub(crate) file: &'static str,
    pub(crate) about: &'static str,
    pub(crate) vectors: Vec<Value>,
}

/// Saturday 21 November 2026, ten o'clock in the morning, UTC.
const MORNING: u64 = 1_795_255_200_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// What one device signs, in order.
#[derive(Clone)]
struct Hand {
    seed: String,
    home: String,
    sequence: u64,
    previous: Option<String>,
}

/// The whole story.
pub(crate) fn tell() -> Vec<Chapter> {
    let mut register = Chapter::new("register.json", "Statements of the register of Wilgendam, a village that begins.");
    let mut items =
        Chapter::new("items.json", "What people write: items of every kind, at home and at the neighbours'.");
    let mut edits = Chapter::new("edits.json", "Every edit, every type of value, and an edit of a later version.");
    let mut refused = Chapter::new("refused.json", "Bytes that are refused, each with the name of the problem.");

    let mut cast = found(&mut register);
    let written = write(&mut items, &mut cast);
    edit(&mut edits, &mut cast.resident, &written);
    refuse_bytes(&mut refused, &written);
    refuse_content(&mut refused, &cast.resident);

    let mut statements =
        Chapter::new("statements.json", "Every other statement of the register, with what it is read as.");
    let mut malformed =
        Chapter::new("refused-statements.json", "Statements that are well signed and have a form that none has.");
    register_story::speak(&mut statements, &mut cast);
    register_story::refuse(&mut malformed, &statements, &cast);
    let mut photos = Chapter::new(
        "photos.json",
        "Photos: what a file is called, which files are refused, and how an item refers to one.",
    );
    photo_story::show(&mut photos, &mut cast.resident);
    let mut posts = Chapter::new(
        "posts.json",
        "Posts of every kind, what answers them, what connectors say for the members; and what their fields do not take.",
    );
    post_story::write(&mut posts, &mut cast.resident);
    post_story::refuse(&mut posts, &cast.resident);
    vec![keys(), register, items, edits, refused, statements, malformed, photos, posts]
}

fn keys() -> Chapter {
    let mut keys = Chapter::new("keys.json", "Keys from seeds. The first is the first test of RFC 8032, section 7.1.");
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    keys.add("RFC 8032, test 1", json!({ "key": { "seed": seed } }));
    for (name, number) in [("the connector's telephone", 1), ("the resident's telephone", 3), ("the box", 5)] {
        keys.add(name, json!({ "key": { "seed": seed_of(number) } }));
    }
    keys
}

/// The people of the story.
struct Cast {
    connector: Hand,
    resident: Hand,
    /// Who the resident is in the register.
    joined: String,
    /// At home in the neighbourhood next door.
    visitor: Hand,
}

fn found(register: &mut Chapter) -> Cast {
    let genesis = |number: u8, name: &str, time: u64| json!({ "genesis": { "seed": seed_of(number), "name": name, "nonce": hex_of(number, 16), "time": time } });
    let home = register.add("genesis", genesis(1, "Wilgendam", MORNING));
    let mut connector = Hand::after_genesis(1, &home);

    let one_time = public_key(2);
    let invitation = json!({ "invitation": { "key": one_time, "role": "resident", "expires": MORNING + 30 * DAY } });
    let invited = register.add("invitation", connector.state(&[&home], invitation, 1));
    connector.signed(&invited);

    let mut resident = Hand::new(3, &connector.home);
    let claim = json!({ "claim": {
        "author": resident.json(),
        "invitation": invited,
        "one-time-seed": seed_of(2),
        "nonce": hex_of(7, 16),
        "time": MORNING + 5 * MINUTE,
    } });
    let joined = register.add("claim", claim);
    resident.signed(&joined);

    let tablet = json!({ "device-addition": { "new-seed": seed_of(4) } });
    let added = register.add("a second device", resident.state(&[&joined], tablet, 10));
    resident.signed(&added);

    let trusted = json!({ "role-change": { "resident": joined, "role": "connector" } });
    let trust = register.add("a role", connector.state(&[&added], trusted, 20));
    connector.signed(&trust);

    let certificate = json!({ "box-certificate": { "key": public_key(5), "expires": MORNING + 365 * DAY } });
    let certified = register.add("a box", connector.state(&[&trust], certificate, 21));
    connector.signed(&certified);

    let next_door = register.add("genesis of the neighbours", genesis(6, "Heikamp", MORNING));
    let treaty = |with: &str, accepts: Option<&str>, direction: &str, kinds: &[u16]| {
        let expires = MORNING + 365 * DAY;
        json!({ "treaty": { "with": with, "accepts": accepts, "direction": direction, "kinds": kinds, "expires": expires } })
    };
    let offer = treaty(&next_door, None, "both", &[1, 2, 3, 4]);
    let offered = register.add("a treaty is offered", connector.state(&[&certified], offer, 30));
    connector.signed(&offered);
    let mut neighbour = Hand::after_genesis(6, &next_door);
    let accept = treaty(&connector.home, Some(&offered), "receive", &[]);
    let accepted = register.add("and accepted, to receive every kind", neighbour.state(&[&next_door], accept, 40));
    neighbour.signed(&accepted);

    // [40, "later"]: a statement with a number that this version does not know.
    let later = json!({ "unknown": "821828656c61746572" });
    let said = register.add("a statement of a later version", connector.state(&[&offered, &added], later, 50));
    connector.signed(&said);
    Cast { connector, resident, joined, visitor: neighbour }
}

/// What was written, for those who alter it.
struct Written {
    news: Value,
    comment: Value,
}

fn write(items: &mut Chapter, cast: &mut Cast) -> Written {
    let Cast { resident, visitor, .. } = cast;
    let name = [set(7, text("Geesje Veldkamp"))];
    let profile = items.add("profile", resident.create(None, "neighbours", 4, None, &name, 60));
    resident.signed(&profile);

    let story = "De wilgen langs de vliet zijn geknot.\nWie tenen wil voor een mand: ze liggen bij de sluis.";
    let news = [set(1, text("Wilgentenen voor wie ze wil")), set(2, text(story))];
    let told = items.add("news", resident.create(None, "square", 1, None, &news, 61));
    let news = items.last();
    resident.signed(&told);

    let event = [
        set(1, text("Soep bij de sluis ☕")),
        set(3, text("2026-12-04T17:30")),
        set(4, text("2026-12-04T20:00")),
        set(5, text("De sluiswachterswoning")),
        set(2, text("Neem een kom mee.")),
    ];
    let invited = items.add("event", resident.create(None, "neighbours", 2, None, &event, 62));
    resident.signed(&invited);
    let fair = [set(1, text("Voorjaarsmarkt")), set(3, text("2027-04-24"))];
    let planned = items.add("an event of a whole day", resident.create(None, "square", 2, None, &fair, 63));
    resident.signed(&planned);

    let answer = [set(2, text("Wij komen met z’n vieren."))];
    let wilgendam = resident.home.clone();
    let input = visitor.create(Some(&wilgendam), "neighbours", 3, Some(&invited), &answer, 70);
    let answered = items.add("a comment by a neighbour, who names where they are at home", input);
    let comment = items.last();
    visitor.signed(&answered);
    Written { news, comment }
}

fn edit(edits: &mut Chapter, resident: &mut Hand, written: &Written) {
    let item = written.news["expected"]["id"].as_str().expect("news came to an operation").to_owned();
    let mut parents = vec![item.clone()];
    let wide = json!({ "splice": { "field": 2, "at": 5, "delete": 3, "insert": "—æ👋🏽" } });
    let cases: [(&str, Vec<Value>); 16] = [
        ("set to text", vec![set(1, text("Wilgentenen: alles is op"))]),
        ("set to yes", vec![set(6, json!({ "bool": true }))]),
        ("set to nothing", vec![set(5, json!("null"))]),
        ("a field of a later version, set to a number", vec![set(300, json!({ "int": -70_000 }))]),
        ("and to bytes", vec![set(301, json!({ "bytes": "00ff10" }))]),
        ("splice", vec![wide]),
        ("add to a set", vec![json!({ "add": { "field": 8, "member": "manden vlechten" } })]),
        ("remove from a set", vec![json!({ "remove": { "field": 8, "member": "manden vlechten" } })]),
        ("hide", vec![json!({ "hide": { "reason": "private-data", "note": "Er staat een telefoonnummer in." } })]),
        ("show", vec![json!({ "show": { "reason": "mistake", "note": "" } })]),
        ("pin", vec![json!({ "pin": true })]),
        ("no longer official", vec![json!({ "official": false })]),
        ("object", vec![json!({ "appeal": "Het nummer is van mijzelf." })]),
        ("erase one's own", vec![json!({ "erase": { "kind": 1, "reason": null, "note": "" } })]),
        ("erase with a reason", vec![json!({ "erase": { "kind": 1, "reason": "spam", "note": "Reclame" } })]),
        // [40, {1: h'00'}]: an edit with a number that this version does not know.
        ("an edit of a later version", vec![json!({ "unknown": "821828a1014100" })]),
    ];
    for (at, (name, made)) in cases.into_iter().enumerate() {
        let input = resident.edit(&item, &parents, &made, 80 + at as u64);
        let id = edits.add(name, input);
        resident.signed(&id);
        parents = vec![id];
    }
    // Two heads that the author had seen are given in whatever order; the header sorts them.
    let both = [parents[0].clone(), item.clone()];
    let several = [set(1, text("Er zijn weer tenen")), set(6, json!({ "bool": false }))];
    edits.add("several edits after two parents", resident.edit(&item, &both, &several, 95));
    let circle = format!("circle:{}", "c1".repeat(32));
    for (at, (name, to)) in
        [("show to neighbours", "neighbours"), ("show to members", "members"), ("show to a circle", circle.as_str())]
            .into_iter()
            .enumerate()
    {
        let moved = [json!({ "audience": to })];
        edits.add(name, resident.edit(&item, &both, &moved, 96 + at as u64));
    }
}

/// Bytes that were altered after they were signed.
fn refuse_bytes(refused: &mut Chapter, written: &Written) {
    let field = |of: &Value, name: &str| {
        HEXLOWER.decode(of["expected"][name].as_str().expect("an operation").as_bytes()).expect("hexadecimal")
    };
    let news = field(&written.news, "transfer");
    let (header, payload) = (field(&written.news, "header"), field(&written.news, "payload"));
    let comment = field(&written.comment, "transfer");
    let header_at = find(&news, &header);
    let signature_at = header_at + header.len() + 2; // after the two bytes that say: 64 bytes follow
    let device_at = find(&news, &public_key_bytes(3));
    let with = |at: usize, bytes: &[u8]| {
        let mut copy = news.clone();
        copy[at..at + bytes.len()].copy_from_slice(bytes);
        copy
    };
    let flip = |at: usize| with(at, &[news[at] ^ 1]);
    let comment_signature_at = comment.len() - 64 - 2 - field(&written.comment, "payload").len();

    let mut try_to = |name, bytes: &[u8]| refused.check(name, bytes);
    try_to("as it was signed", &news);
    try_to("a byte of the payload altered", &flip(news.len() - 1));
    try_to("a byte of the header altered: the neighbourhood", &flip(header_at + 10));
    try_to("a byte of the header altered: the hash of the payload", &flip(header_at + header.len() - 10));
    try_to("a byte of the signature altered", &flip(signature_at));
    let foreign = &comment[comment_signature_at..comment_signature_at + 64];
    try_to("the signature of another operation", &with(signature_at, foreign));
    try_to("another device in the header", &with(device_at, &public_key_bytes(1)));
    let mut neutral = [0; 32];
    neutral[0] = 1;
    try_to("a key of small order, with which anything can be signed", &with(device_at, &neutral));
    try_to(
        "the algorithm named as EdDSA (-8), which is not the one there is",
        &with(find(&news, &[0xa1, 0x01, 0x32]) + 2, &[0x27]),
    );
    try_to("a header of version 2", &with(header_at + 1, &[2]));
    try_to("a byte after the end", &[&news[..], &[0]].concat());
    try_to("the last byte missing", &news[..news.len() - 1]);
    try_to("the payload left out", &news[..news.len() - payload.len() - 2]);
    try_to(
        "null in the place of the payload: who signed is proven, and not what",
        &[&news[..news.len() - payload.len() - 2], &[0xf6]].concat(),
    );
    try_to("nothing at all", &[]);
    try_to("a length in more bytes than it needs", &[&[0x98, 0x02], &news[1..]].concat());
    try_to("an array of indefinite length", &[&[0x9f], &news[1..], &[0xff]].concat());
    try_to("a tag around it", &[&[0xd2], &news[..]].concat());
    try_to("a thousand arrays in each other", &[0x81; 1000]);
    try_to("an array that claims four billion elements", &[0x9a, 0xff, 0xff, 0xff, 0xff]);
}

/// What is well signed and makes no sense.
fn refuse_content(refused: &mut Chapter, resident: &Hand) {
    let mut create = |name, space: &str, edits: &[Value]| {
        let input = resident.create(None, space, 1, None, edits, 100);
        refused.check_made(name, &input);
    };
    create("a title that is a number", "square", &[set(1, json!({ "int": 7 }))]);
    create("a title of 201 characters", "square", &[set(1, text(&"é".repeat(201)))]);
    create("a title with a line feed", "square", &[set(1, text("twee\nregels"))]);
    create("a start on a day that does not exist", "square", &[set(3, text("2026-02-30"))]);
    create("an item in the register", "register", &[set(1, text("Nieuws"))]);
    create("129 edits", "square", &vec![set(1, text("Nieuws")); 128]);
    // 40 in three bytes: well signed, but not the one encoding.
    create("an unknown edit that is not canonical", "square", &[json!({ "unknown": "8219002800" })]);
    let deep = format!("821828{}00", "81".repeat(40));
    create("an unknown edit that is nested too deep", "square", &[json!({ "unknown": deep })]);
    create("an unknown edit with a float", "square", &[json!({ "unknown": "821828f93c00" })]);

    let two = [json!({ "pin": true }), set(1, text("Nieuws"))];
    create("a pin beside another edit", "square", &two);
    let item = resident.previous.clone().expect("the resident has signed");
    for (name, to) in [("a move into the register", "register"), ("a move to where it is", "square")] {
        let moved = resident.edit(&item, std::slice::from_ref(&item), &[json!({ "audience": to })], 100);
        refused.check_made(name, &moved);
    }
    let note = json!({ "erase": { "kind": 1, "reason": "other", "note": "x".repeat(501) } });
    let wordy = resident.edit(&item, std::slice::from_ref(&item), &[note], 100);
    refused.check_made("an erasure with a note of 501 characters", &wordy);
    let long = json!({ "invitation": { "key": public_key(2), "role": "resident", "expires": MORNING + 40 * DAY } });
    let parent = resident.previous.clone().expect("the resident has signed");
    refused.check_made("an invitation for 40 days", &resident.state(&[&parent], long, 100));
    let itself = json!({ "treaty": {
        "with": resident.home, "accepts": null, "direction": "both", "kinds": [], "expires": MORNING + DAY,
    } });
    refused.check_made("a treaty with oneself", &resident.state(&[&parent], itself, 100));
    let mut confused = resident.clone();
    confused.sequence = 0;
    let input = confused.create(None, "square", 1, None, &[set(1, text("Nieuws"))], 100);
    refused.check_made("a first operation that names one before it", &input);
}

impl Chapter {
    fn new(file: &'static str, about: &'static str) -> Self {
        Self { file, about, vectors: Vec::new() }
    }

    /// Adds a vector and returns the id of the operation it makes, or the key.
    fn add(&mut self, name: &str, input: Value) -> String {
        let expected = carry_out(&input);
        let known_by = expected.get("id").or(expected.get("public_key")).and_then(Value::as_str);
        let known_by = known_by.unwrap_or_default().to_owned();
        self.vectors.push(json!({ "name": name, "input": input, "expected": expected }));
        known_by
    }

    fn last(&self) -> Value {
        self.vectors.last().expect("a vector was added").clone()
    }

    fn check(&mut self, name: &str, transfer: &[u8]) {
        self.add(name, json!({ "check": { "transfer": HEXLOWER.encode(transfer) } }));
    }

    /// Adds a check of what an input makes, which is itself no vector.
    fn check_made(&mut self, name: &str, input: &Value) {
        let made = carry_out(input);
        self.add(name, json!({ "check": { "transfer": made["transfer"] } }));
    }
}

impl Hand {
    fn new(number: u8, home: &str) -> Self {
        Self { seed: seed_of(number), home: home.to_owned(), sequence: 0, previous: None }
    }

    fn after_genesis(number: u8, genesis: &str) -> Self {
        let mut hand = Self::new(number, genesis);
        hand.signed(genesis);
        hand
    }

    fn signed(&mut self, id: &str) {
        self.sequence += 1;
        self.previous = Some(id.to_owned());
    }

    fn json(&self) -> Value {
        json!({ "seed": self.seed, "home": self.home, "sequence": self.sequence, "previous": self.previous })
    }

    fn state(&self, parents: &[&str], statement: Value, minutes: u64) -> Value {
        let time = MORNING + minutes * MINUTE;
        json!({ "state": { "author": self.json(), "parents": parents, "statement": statement, "time": time } })
    }

    fn create(
        &self,
        neighbourhood: Option<&str>,
        space: &str,
        kind: u16,
        subject: Option<&str>,
        edits: &[Value],
        minutes: u64,
    ) -> Value {
        json!({ "create": {
            "author": self.json(),
            "neighbourhood": neighbourhood.unwrap_or(&self.home),
            "space": space,
            "kind": kind,
            "subject": subject,
            "edits": edits,
            "time": MORNING + minutes * MINUTE,
        } })
    }

    fn edit(&self, item: &str, parents: &[String], edits: &[Value], minutes: u64) -> Value {
        json!({ "edit": {
            "author": self.json(),
            "neighbourhood": self.home,
            "space": "square",
            "item": item,
            "parents": parents,
            "edits": edits,
            "time": MORNING + minutes * MINUTE,
        } })
    }
}

/// What an input comes to.
pub(crate) fn carry_out(input: &Value) -> Value {
    let output = interpreter::run(&input.to_string()).unwrap_or_else(|error| panic!("{input}: {error}"));
    serde_json::from_str(&output).expect("the interpreter writes JSON")
}

fn set(field: u16, value: Value) -> Value {
    json!({ "set": { "field": field, "value": value } })
}

fn text(text: &str) -> Value {
    json!({ "text": text })
}

fn public_key(number: u8) -> String {
    let output = carry_out(&json!({ "key": { "seed": seed_of(number) } }));
    output["public_key"].as_str().expect("a key").to_owned()
}

fn public_key_bytes(number: u8) -> Vec<u8> {
    HEXLOWER.decode(public_key(number).as_bytes()).expect("hexadecimal")
}

/// A seed anybody can type: one byte, 32 times.
fn seed_of(number: u8) -> String {
    hex_of(number, 32)
}

fn hex_of(byte: u8, count: usize) -> String {
    HEXLOWER.encode(&vec![byte; count])
}

fn find(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).position(|window| window == needle).expect("the bytes are in there")
}

//! The chapter of posts of every kind, of what answers them, and of what connectors say for the members.

use serde_json::{Value, json};

use super::{Chapter, Hand, hex_of, set, text};

/// Every kind from offer on, and with them every field that came with those.
pub(super) fn write(posts: &mut Chapter, author: &mut Hand) {
    let area = json!({ "bytes": hex_of(0xa4, 32) });
    let by = |day: &str| set(23, text(day));
    let offer = [
        set(1, text("Ladder te leen")),
        set(21, area.clone()),
        set(22, text("gereedschap")),
        by("2027-06-01"),
        set(37, text("de heer Polderman")),
    ];
    make(posts, author, "offer", "square", 6, None, &offer);
    let request = [set(1, text("Wie maait ons gras?")), by("2027-01-01"), set(24, json!({ "bool": true }))];
    make(posts, author, "request", "neighbours", 7, None, &request);
    let club = [
        set(1, text("Zangkoor De Lijster")),
        set(32, text("+31 (0)20-1234567")),
        set(33, text("koor@wilgendam.example")),
        set(34, text("https://wilgendam.example/koor")),
        set(35, text("ma 20.00–22.00\nniet in juli")),
    ];
    make(posts, author, "listing", "square", 8, None, &club);
    let group = make(posts, author, "group", "square", 9, None, &[set(1, text("Wandelen op woensdag"))]);
    let evening = [
        set(1, text("Repetitie")),
        set(3, text("2026-12-07T20:00")),
        set(4, text("2026-12-07T22:00")),
        set(25, json!({ "int": 40 })),
        set(26, text("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270628")),
        add(27, "2026-12-21"),
        add(27, "2026-12-28"),
    ];
    let evening = make(posts, author, "an event that recurs", "square", 2, None, &evening);
    let imported = [
        set(1, text("Kermis")),
        set(3, text("2027-05-06")),
        set(28, json!({ "bool": true })),
        set(29, text("kermis-2027@wilgendam.example")),
        set(30, text("https://wilgendam.example/agenda.ics")),
    ];
    make(posts, author, "an imported event", "square", 2, None, &imported);
    let alert =
        [set(1, text("De brug is dicht")), set(2, text("Tot vrijdag. Fietsers kunnen over de sluis.")), set(21, area)];
    let alert = make(posts, author, "alert", "neighbours", 10, None, &alert);
    let over = [set(2, text("De brug is weer open.")), set(24, json!({ "bool": true }))];
    make(posts, author, "update", "neighbours", 11, Some(&alert), &over);
    make(posts, author, "sign-up for an event", "square", 12, Some(&evening), &[set(36, json!({ "int": 2 }))]);
    make(posts, author, "sign-up for a group", "square", 12, Some(&group), &[]);
    let setting = [
        set(7, text("Plein Wilgendam")),
        set(42, text("Tussen vliet en sluis")),
        set(2, text("Welkom op het plein.")),
        set(32, text("020-1234567")),
        add(39, "accent=#0a7d4f"),
        add(40, "sport"),
        add(41, "groups"),
    ];
    make(posts, author, "setting", "members", 13, None, &setting);
    let about = |id: &str| set(17, json!({ "bytes": id }));
    let report = [about(&alert), set(2, text("Dit klopt niet meer."))];
    make(posts, author, "report", "members", 14, None, &report);
    make(posts, author, "review request", "members", 15, None, &[about(&group)]);
    make(posts, author, "consent", "members", 16, None, &[about(&evening), set(2, text("Mondeling, op het feest."))]);
    let taking = [
        about(&hex_of(0x77, 32)),
        set(18, json!({ "int": 0 })),
        set(19, json!({ "int": 127 })),
        add(43, &hex_of(0xa4, 32)),
    ];
    make(posts, author, "what is taken of a sub-area", "members", 5, None, &taking);
}

/// What these fields do not take.
pub(super) fn refuse(posts: &mut Chapter, author: &Hand) {
    let cases: [(&str, Value); 9] = [
        ("a category of 41 characters", set(22, text(&"é".repeat(41)))),
        ("a day to look again with a time", set(23, text("2026-12-04T20:00"))),
        ("room for nobody", set(25, json!({ "int": 0 }))),
        ("a recurrence that is not in its one form", set(26, text("BYDAY=MO;FREQ=WEEKLY"))),
        ("a recurrence nobody has words for", set(26, text("FREQ=MONTHLY;BYSETPOS=2;BYDAY=MO,TU"))),
        ("a site that is a script", set(34, text("javascript:alert(1)"))),
        ("a party of 21", set(36, json!({ "int": 21 }))),
        ("a token without a value", add(39, "accent")),
        ("a sub-area in capitals", add(43, &"AB".repeat(32))),
    ];
    for (name, edit) in cases {
        posts.check_made(name, &author.create(None, "square", 2, None, &[edit], 200));
    }
}

fn make(
    posts: &mut Chapter,
    author: &mut Hand,
    name: &str,
    space: &str,
    kind: u16,
    subject: Option<&str>,
    edits: &[Value],
) -> String {
    let minutes = 150 + posts.vectors.len() as u64;
    let id = posts.add(name, author.create(None, space, kind, subject, edits, minutes));
    author.signed(&id);
    id
}

fn add(field: u16, member: &str) -> Value {
    json!({ "add": { "field": field, "member": member } })
}

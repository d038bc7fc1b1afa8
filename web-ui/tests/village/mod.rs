//! A village made up for looking at the pages: Maasdorp, with its neighbours Boxwijk and Veerdam.
//!
//! Shared by the tests, the example that writes the pages to a folder, and the benchmark; each uses a part of it.
#![allow(dead_code, reason = "every target that includes this file uses another part of it")]

pub(crate) mod desk;
pub(crate) mod desk_health;
pub(crate) mod desk_queue;
pub(crate) mod devices;
pub(crate) mod posts;
mod search;

#[allow(unused_imports, reason = "as for all of this module")]
pub(crate) use search::{search, search_none};

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::modules::Modules;
use dorpsplein_web_ui::paths::{AgendaQuery, AgendaView, PostKind};
use dorpsplein_web_ui::view::{
    AboutPage, AgendaPage, Author, BoxView, Choices, CircleChoice, Claim, Comment, Date, DateTime, ErrorPage,
    EventPage, EventTeaser, Facts, Failure, Fate, Filled, Frame, Handle, Help, ItemPage, JsonLd, NeighbourLink,
    NeighbourView, Neighbourhood, NewsPage, NewsTeaser, OperationRole, Origin, Photo, Preview, ProofOperation,
    ProofPage, ProofSubject, Role, SignUps, Standing, Stated, Thread, ThreadEntry, TreatyDirection, TreatyState, When,
    Words, WritePage,
};

/// An id that looks like one: 64 hexadecimal digits, another for every `seed`.
pub(crate) fn id(seed: u64) -> String {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut words = String::with_capacity(64);
    for _ in 0..4 {
        state ^= state >> 30;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 27;
        words.push_str(&format!("{state:016x}"));
    }
    words
}

/// A time on a day of November 2026; days past 30 run on into December.
pub(crate) fn at(day: i8, hour: i8, minute: i8) -> DateTime {
    let date = on(day);
    DateTime::constant(date.year(), date.month(), date.day(), hour, minute, 0, 0)
}

/// A day of November 2026; days past 30 run on into December.
pub(crate) fn on(day: i8) -> Date {
    if day <= 30 { Date::constant(2026, 11, day) } else { Date::constant(2026, 12, day - 30) }
}

pub(crate) fn frame() -> Frame {
    Frame {
        neighbourhood: Neighbourhood {
            id: id(1),
            name: "Maasdorp".to_owned(),
            tagline: Some("Het dorpsplein van ons allemaal".to_owned()),
            logo: None,
            help: Some(Help {
                name: Some("Truus".to_owned()),
                phone: "024 000 00 00".to_owned(),
                hours: Some("op werkdagen van 9.00 tot 12.00 uur".to_owned()),
            }),
            language: Lang::Nl,
            neighbours: vec![
                NeighbourLink { name: "Boxwijk".to_owned(), site: Some("https://boxwijk.example/".to_owned()) },
                NeighbourLink { name: "Veerdam".to_owned(), site: None },
            ],
            circles: vec![CircleChoice {
                space: format!("circle:{}", id(71)),
                name: "Aan het water".to_owned(),
                members: vec!["Boxwijk".to_owned()],
            }],
            alerts: vec![],
        },
        now: at(21, 10, 30),
        time_zone: "Europe/Amsterdam",
        theme: ":root{--gap:1.1rem;}".to_owned(),
        modules: Modules::default(),
        icon_url: "/static/icon.svg".to_owned(),
        script_url: Some("/static/app.js".to_owned()),
        suggest_url: "/static/suggest.js".to_owned(),
        reading_url: "/static/reading.js".to_owned(),
        at_kiosk: false,
        told: "0000002a-7".to_owned(),
    }
}

/// The frame of a box built without the browser's module.
pub(crate) fn reading_only() -> Frame {
    Frame { script_url: None, ..frame() }
}

pub(crate) fn resident(name: &str) -> Author {
    Author { name: Some(name.to_owned()), role: Role::Resident, home: Origin::Here }
}

pub(crate) fn connector(name: &str) -> Author {
    Author { role: Role::Connector, ..resident(name) }
}

pub(crate) fn from_boxwijk(name: &str) -> Author {
    Author { home: boxwijk(), ..resident(name) }
}

pub(crate) fn boxwijk() -> Origin {
    Origin::Neighbour { name: "Boxwijk".to_owned() }
}

const GARDEN: &str = "Zaterdag spitten we het laatste bed om, achter de school. Koffie en appeltaart staan klaar, en \
    wie wil krijgt een pompoen mee naar huis.\n\nErvaring is niet nodig, laarzen wel. Kinderen zijn welkom; er is een \
    eigen hoekje om in te graven.\nWe beginnen om 10.00 uur. Zie ook https://maasdorp.example/moestuin (met foto's).";

const ROADWORKS: &str = "De aannemer vernieuwt het riool onder de Molenweg, van de bakker tot aan de kerk. Fietsers \
    kunnen erlangs. De bus stopt zolang bij het veerhuis. Het werk duurt tot en met 4 december, als het niet vriest.";

pub(crate) fn news() -> NewsPage {
    NewsPage {
        words: Some("Welkom op ons plein.".to_owned()),
        soon: vec![
            event(
                41,
                "Soep en spelletjes in de Schuur",
                timed(21, 14, 0, 16, 30),
                "De Schuur, Kerkpad 3",
                Origin::Here,
            ),
            event(42, "Wandeling langs de uiterwaarden", starting(22, 10, 0), "Veerstoep", boxwijk()),
            EventTeaser {
                cancelled: true,
                ..event(43, "Kaarten bij het veerhuis", timed(22, 19, 30, 22, 0), "Veerhuis", Origin::Here)
            },
        ],
        items: vec![
            teaser(11, "De moestuin zoekt drie paar handen", GARDEN, connector("Truus Verhoeven"), at(20, 19, 12), 4),
            teaser(12, "Werk aan de Molenweg tot 4 december", ROADWORKS, from_boxwijk("Ilse de Wit"), at(20, 8, 5), 0),
            teaser(
                13,
                "Poes Moppie is weer thuis",
                "Ze zat in het schuurtje van nummer 14. Dank aan iedereen die heeft meegezocht, ook 's nachts met de zaklamp!",
                resident("Fatma Yildirim"),
                at(18, 21, 40),
                1,
            ),
            teaser(
                14,
                "Wie heeft er nog oude foto's van de watersnood?",
                "Voor de tentoonstelling in de kerk zoeken we foto's en verhalen uit 1995. We scannen ze ter plekke, u \
                 krijgt ze meteen weer mee.",
                Author { name: None, ..resident("") },
                at(9, 15, 0),
                12,
            ),
        ],
        before: None,
        older: Some(id(14)),
    }
}

/// A home page of `count` news items, for the benchmark.
pub(crate) fn busy_news(count: u64) -> NewsPage {
    let items = news().items;
    let repeated = (0..count).zip(items.iter().cycle()).map(|(number, item)| {
        let title = format!("{} ({})", item.title, number + 1);
        NewsTeaser { id: id(1_000 + number), title, ..item.clone() }
    });
    NewsPage { items: repeated.collect(), ..news() }
}

pub(crate) fn item() -> ItemPage {
    ItemPage {
        id: id(11),
        kind: PostKind::News,
        facts: Facts::default(),
        updates: None,
        consents: vec![],
        sign_ups: None,
        title: "De moestuin zoekt drie paar handen".to_owned(),
        body: GARDEN.to_owned(),
        author: connector("Truus Verhoeven"),
        written: at(20, 19, 12),
        edited: Some(at(20, 20, 3)),
        disagreements: Vec::new(),
        fate: Fate::default(),
        handle: handle(11, "news"),
        photos: vec![photo(), Photo { id: id(92), is_here: false, smaller: vec![], ..photo() }],
        thread: thread(),
        preview: Some(preview()),
    }
}

pub(crate) fn thread() -> Thread {
    Thread {
        neighbourhood: id(1),
        space: "neighbours".to_owned(),
        entries: vec![
            said(
                31,
                resident("Jan Peelen"),
                at(20, 19, 50),
                "Ik kom, en ik neem mijn zoon mee. Die kan beter spitten dan ik.",
            ),
            said(
                32,
                from_boxwijk("Ilse de Wit"),
                at(20, 21, 15),
                "Mogen wij van Boxwijk ook komen?\nWij hebben nog een kruiwagen over.",
            ),
            ThreadEntry::Hidden(id(34)),
            said(33, connector("Truus Verhoeven"), at(21, 8, 2), "Heel graag! Kruiwagens hebben we nooit genoeg."),
        ],
    }
}

fn said(seed: u64, author: Author, written: DateTime, body: &str) -> ThreadEntry {
    ThreadEntry::Comment(Box::new(comment(seed, author, written, body)))
}

pub(crate) fn agenda() -> AgendaPage {
    let mut events = news().soon;
    events.extend([
        EventTeaser {
            contested: true,
            ..event(44, "Repaircafé", timed(25, 13, 30, 16, 0), "Bibliotheek", Origin::Here)
        },
        event(45, "Zangkoor De Merels: open repetitie", timed(25, 20, 0, 22, 0), "Kerk", boxwijk()),
        EventTeaser {
            place: None,
            ..event(46, "Pakjesmarkt", When::AllDay { first: on(34), last: on(35) }, "", Origin::Here)
        },
        event(47, "Midwinterfeest met vuur en erwtensoep", timed(51, 20, 0, 25, 0), "Het dorpsplein", Origin::Here),
    ]);
    AgendaPage {
        asked: AgendaQuery::default(),
        first: on(21),
        last: on(54),
        events,
        earlier: None,
        later: Some(on(55)),
        choices: Choices::default(),
        site_url: Some("https://maasdorp.example".to_owned()),
    }
}

/// The same as a week or a month.
pub(crate) fn agenda_as(view: AgendaView) -> AgendaPage {
    let (first, last) = if view == AgendaView::Week { (on(23), on(29)) } else { (on(1), on(30)) };
    let asked = AgendaQuery { view, on: Some(on(25).to_string()), ..AgendaQuery::default() };
    let mut page = AgendaPage { asked, first, last, earlier: first.yesterday().ok(), ..agenda() };
    page.events.retain(|event| (first..=last).contains(&event.when.first_day()));
    page
}

pub(crate) fn preview() -> Preview {
    Preview {
        url: Some("https://maasdorp.example/bericht/1".to_owned()),
        description: "Soep & spel".to_owned(),
        image: Some(("https://maasdorp.example/photos/1/whole".to_owned(), "Een pan".to_owned())),
        published: "2026-11-20T19:00:00Z".to_owned(),
        json_ld: JsonLd::new("{\"name\":\"</script>\"}"),
    }
}

pub(crate) fn event_page() -> EventPage {
    EventPage {
        id: id(41),
        title: "Soep en spelletjes in de Schuur".to_owned(),
        body: "Neem een kom en een spel mee. De soep is er al, met en zonder vlees.".to_owned(),
        author: resident("Jan Peelen"),
        written: at(14, 9, 30),
        edited: None,
        when: Stated::Agreed(timed(21, 14, 0, 16, 30)),
        place: Stated::Agreed(Some("De Schuur, Kerkpad 3".to_owned())),
        cancelled: Stated::Agreed(false),
        repeats: None,
        facts: Facts::default(),
        sign_ups: SignUps { capacity: Some(30), people: 12, ..SignUps::default() },
        disagreements: Vec::new(),
        fate: Fate::default(),
        handle: handle(41, "event"),
        photos: Vec::new(),
        thread: Thread { entries: vec![], ..thread() },
        source: Some("https://boxwijk.example/agenda.ics".to_owned()),
        preview: Some(preview()),
    }
}

/// An event that two residents changed at the same time.
pub(crate) fn contested_event() -> EventPage {
    EventPage {
        id: id(44),
        title: "Repaircafé".to_owned(),
        when: Stated::Contested(vec![
            claim(timed(25, 13, 30, 16, 0), Some("Jan Peelen")),
            claim(timed(26, 13, 30, 16, 0), Some("Truus Verhoeven")),
        ]),
        place: Stated::Contested(vec![
            claim(Some("Bibliotheek".to_owned()), None),
            claim(None, Some("Truus Verhoeven")),
        ]),
        cancelled: Stated::Contested(vec![claim(true, Some("Jan Peelen")), claim(false, Some("Truus Verhoeven"))]),
        ..event_page()
    }
}

pub(crate) fn write_news() -> WritePage {
    write(PostKind::News)
}

pub(crate) fn write_event() -> WritePage {
    write(PostKind::Event)
}

pub(crate) fn write(kind: PostKind) -> WritePage {
    WritePage { kind, choices: posts::choices(), filled: Filled::default(), editing: None }
}

pub(crate) fn about() -> AboutPage {
    AboutPage {
        residents: 148,
        boxes: vec![
            BoxView {
                name: "Het kastje in de Schuur".to_owned(),
                peer_id: "12D3KooWQzYh3kV8o6fJr5p1tM2c9xNsLwEaBuDgHiKjRvTqXeZy".to_owned(),
                certified_until: Date::constant(2027, 11, 1),
                this_one: true,
            },
            BoxView {
                name: "Het kastje bij de bakker".to_owned(),
                peer_id: "12D3KooWBm7nQfPd4sRuVwYx2aCeGiKoMpSt6zLhJkNrTvXbEdFg".to_owned(),
                certified_until: Date::constant(2026, 10, 31),
                this_one: false,
            },
        ],
        neighbours: vec![
            neighbour("Boxwijk", 2, TreatyState::Active, TreatyDirection::Both),
            neighbour("Veerdam", 3, TreatyState::Offered, TreatyDirection::Incoming),
            neighbour("Oude Haven", 4, TreatyState::Expired, TreatyDirection::Outgoing),
            neighbour("Kwelwijk", 5, TreatyState::Ended, TreatyDirection::Both),
        ],
    }
}

pub(crate) fn proof() -> ProofPage {
    let operation = |seed, role, device: u64, time_ms, time, words| ProofOperation {
        id: id(seed),
        role,
        neighbourhood: id(1),
        device: id(device),
        time_ms,
        time,
        words,
    };
    let title = "De moestuin zoekt drie paar handen".to_owned();
    ProofPage {
        id: id(11),
        subject: ProofSubject::News { title: title.clone() },
        author: connector("Truus Verhoeven"),
        home_name: "Maasdorp".to_owned(),
        home_id: id(1),
        device: id(99),
        written: at(20, 19, 12),
        operations: vec![
            operation(11, OperationRole::Item, 99, 1_795_198_320_000, at(20, 19, 12), Some(Words::Title(title))),
            operation(
                71,
                OperationRole::Profile,
                99,
                1_790_500_000_000,
                at(1, 11, 6),
                Some(Words::Name("Truus Verhoeven".to_owned())),
            ),
            operation(72, OperationRole::Membership, 99, 1_790_499_000_000, at(1, 10, 50), None),
        ],
    }
}

/// The proof of a comment by a neighbour.
pub(crate) fn comment_proof() -> ProofPage {
    let body = "Mogen wij van Boxwijk ook komen?\nWij hebben nog een kruiwagen over.".to_owned();
    let mut operations = proof().operations;
    operations[0].id = id(32);
    operations[0].words = Some(Words::Body(body.clone()));
    operations[1].words = Some(Words::Name("Ilse de Wit".to_owned()));
    ProofPage {
        id: id(32),
        subject: ProofSubject::Comment { body, under: id(11), under_event: false },
        author: from_boxwijk("Ilse de Wit"),
        home_name: "Boxwijk".to_owned(),
        home_id: id(2),
        written: at(20, 21, 15),
        operations,
        ..proof()
    }
}

pub(crate) fn error(failure: Failure, path: &str) -> ErrorPage {
    ErrorPage { failure, path: path.to_owned() }
}

pub(crate) fn timed(day: i8, from_hour: i8, from_minute: i8, to_hour: i8, to_minute: i8) -> When {
    let past_midnight = to_hour / 24;
    When::Timed {
        starts: at(day, from_hour, from_minute),
        ends: Some(at(day + past_midnight, to_hour % 24, to_minute)),
    }
}

pub(crate) fn starting(day: i8, hour: i8, minute: i8) -> When {
    When::Timed { starts: at(day, hour, minute), ends: None }
}

pub(crate) fn event(seed: u64, title: &str, when: When, place: &str, origin: Origin) -> EventTeaser {
    EventTeaser {
        id: id(seed),
        title: title.to_owned(),
        when,
        place: Some(place.to_owned()),
        cancelled: false,
        contested: false,
        origin,
        photo: None,
    }
}

pub(crate) fn comment(seed: u64, author: Author, written: DateTime, body: &str) -> Comment {
    Comment {
        id: id(seed),
        author,
        written,
        edited: None,
        body: body.to_owned(),
        photos: Vec::new(),
        fate: Fate::default(),
        handle: handle(seed, "comment"),
    }
}

/// What the module needs to act on something the resident 501 wrote.
pub(crate) fn handle(seed: u64, kind: &'static str) -> Handle {
    Handle {
        id: id(seed),
        kind,
        neighbourhood: id(1),
        space: "neighbours".to_owned(),
        resident: id(501),
        home: id(1),
        heads: vec![id(seed)],
        standing: Standing::default(),
    }
}

fn teaser(seed: u64, title: &str, body: &str, author: Author, written: DateTime, comments: usize) -> NewsTeaser {
    NewsTeaser {
        id: id(seed),
        title: title.to_owned(),
        body: body.to_owned(),
        author,
        written,
        pinned: seed == 11,
        comments,
        photo: (seed == 11).then(photo),
    }
}

pub(crate) fn photo() -> Photo {
    Photo {
        id: id(91),
        width: 1600,
        height: 1200,
        alt: "De moestuin: bedden met kool en prei, een kruiwagen".to_owned(),
        smaller: vec![320, 1280],
        is_here: true,
    }
}

fn claim<T>(value: T, by: Option<&str>) -> Claim<T> {
    Claim { value, by: by.map(str::to_owned) }
}

fn neighbour(name: &str, seed: u64, state: TreatyState, direction: TreatyDirection) -> NeighbourView {
    NeighbourView {
        name: name.to_owned(),
        id: id(seed),
        site: (state == TreatyState::Active).then(|| format!("https://{}.example/", name.to_lowercase())),
        state,
        direction,
        since: (state != TreatyState::Offered).then(|| Date::constant(2026, 5, 4)),
        until: (state == TreatyState::Active).then(|| Date::constant(2027, 5, 4)),
    }
}

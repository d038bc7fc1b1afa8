//! What people of Maasdorp offer, ask and found.

use dorpsplein_web_ui::paths::{ListQuery, Page, PostKind};
use dorpsplein_web_ui::view::{
    AreaChoice, Choices, Consent, EventPage, Every, Facts, InMonth, ItemPage, OpenAlert, PeoplePage, PostTeaser,
    PostsPage, Profile, Repeats, SignUp, SignUps,
};
use jiff::civil::Weekday;

use super::{at, comment, connector, event_page, from_boxwijk, handle, id, item, on, photo, resident};

pub(crate) fn choices() -> Choices {
    let area = |seed, name: &str| AreaChoice { id: id(seed), name: name.to_owned() };
    Choices {
        categories: vec!["Lenen".to_owned(), "Rijden".to_owned(), "Tuin".to_owned()],
        areas: vec![area(801, "Bovendorp"), area(802, "Waardzijde")],
    }
}

fn teaser(seed: u64, kind: PostKind, title: &str, body: &str) -> PostTeaser {
    PostTeaser {
        id: id(seed),
        kind,
        title: title.to_owned(),
        body: body.to_owned(),
        author: resident("Jan Peelen"),
        written: at(20, 10, 15),
        pinned: false,
        facts: Facts::default(),
        photo: None,
        comments: 2,
    }
}

pub(crate) fn market() -> PostsPage {
    let ladder = "Drie meter, schuift uit tot vijf. Haal hem op wanneer het u uitkomt.";
    let ride = "Ik moet om half tien bij de oogarts zijn en mag zelf niet rijden.";
    PostsPage {
        list: Page::Market,
        posts: vec![
            PostTeaser {
                facts: Facts {
                    category: Some("Lenen".to_owned()),
                    area: Some("Bovendorp".to_owned()),
                    ..Facts::default()
                },
                photo: Some(photo()),
                ..teaser(811, PostKind::Offer, "Ladder te leen", ladder)
            },
            PostTeaser {
                facts: Facts { on_behalf: Some("mevrouw Van Os".to_owned()), ..Facts::default() },
                author: connector("Truus Verhoeven"),
                ..teaser(812, PostKind::Request, "Wie rijdt er dinsdag naar het ziekenhuis?", ride)
            },
            PostTeaser {
                facts: Facts { stale: true, review_by: Some(on(1)), ..Facts::default() },
                author: from_boxwijk("Ilse de Wit"),
                ..teaser(813, PostKind::Offer, "Zaailingen van de pompoen", "Een stuk of twaalf, in potjes.")
            },
            PostTeaser {
                facts: Facts { settled: true, ..Facts::default() },
                ..teaser(814, PostKind::Request, "Fietspomp gezocht", "Voor een kinderfiets.")
            },
        ],
        asked: ListQuery { kind: None, category: Some("Lenen".to_owned()), ..ListQuery::default() },
        choices: choices(),
        next: Some("a1b2".to_owned()),
    }
}

pub(crate) fn clubs() -> PostsPage {
    let reading = "Wij lezen elke maand een boek en praten er dan over, met koffie.";
    PostsPage {
        list: Page::Clubs,
        posts: vec![teaser(821, PostKind::Listing, "Leeskring De Vouw", reading)],
        asked: ListQuery::default(),
        choices: Choices::default(),
        next: None,
    }
}

pub(crate) fn empty(list: Page) -> PostsPage {
    PostsPage { list, posts: vec![], asked: ListQuery::default(), choices: Choices::default(), next: None }
}

pub(crate) fn listing() -> ItemPage {
    ItemPage {
        id: id(821),
        kind: PostKind::Listing,
        title: "Leeskring De Vouw".to_owned(),
        facts: Facts {
            category: Some("Cultuur".to_owned()),
            area: Some("Bovendorp".to_owned()),
            place: Some("Bibliotheek, Kerkpad 1".to_owned()),
            phone: Some("024 000 00 11".to_owned()),
            email: Some("leeskring@maasdorp.example".to_owned()),
            website: Some("https://leeskring.maasdorp.example/".to_owned()),
            hours: Some("Elke eerste donderdag om 20.00 uur".to_owned()),
            stale: true,
            review_by: Some(on(1)),
            ..Facts::default()
        },
        photos: vec![],
        handle: handle(821, "listing"),
        ..item()
    }
}

pub(crate) fn alert() -> ItemPage {
    ItemPage {
        id: id(831),
        kind: PostKind::Alert,
        title: "Hoog water: de Veerweg gaat dicht".to_owned(),
        body: "Zet uw auto niet op de lage parkeerplaats. Het dorpshuis is de hele nacht open.".to_owned(),
        author: connector("Truus Verhoeven"),
        updates: Some(vec![
            comment(
                833,
                connector("Truus Verhoeven"),
                at(21, 13, 40),
                "Het water zakt. De Veerweg blijft dicht tot morgen negen uur.",
            ),
            comment(832, connector("Truus Verhoeven"), at(21, 9, 5), "Het water staat nu op 8,40 meter."),
        ]),
        photos: vec![],
        handle: handle(831, "alert"),
        ..item()
    }
}

pub(crate) fn open_alert() -> OpenAlert {
    OpenAlert { id: id(831), title: alert().title, told: at(21, 13, 40) }
}

pub(crate) fn group() -> ItemPage {
    ItemPage {
        id: id(841),
        kind: PostKind::Group,
        title: "Wandelgroep De Uiterwaard".to_owned(),
        body: "Elke zondag een uur, in een rustig tempo. Honden mogen mee.".to_owned(),
        consents: vec![consent()],
        sign_ups: Some(SignUps { people: 9, ..SignUps::default() }),
        photos: vec![],
        handle: handle(841, "group"),
        ..item()
    }
}

pub(crate) fn recurring_event() -> EventPage {
    let coming = |seed, author, party, waits| SignUp { author, party, waits, handle: handle(seed, "sign-up") };
    EventPage {
        id: id(851),
        title: "Samen koken in het dorpshuis".to_owned(),
        repeats: Some(Repeats {
            every: Every::Month(InMonth::Nth(1, Weekday::Thursday)),
            interval: 1,
            until: Some(on(60)),
        }),
        facts: Facts { category: Some("Eten".to_owned()), ..Facts::default() },
        sign_ups: SignUps {
            capacity: Some(5),
            people: 5,
            waiting: 2,
            names: Some(vec![
                coming(852, resident("Jan Peelen"), 2, false),
                coming(853, from_boxwijk("Ilse de Wit"), 3, false),
                coming(854, connector("Truus Verhoeven"), 2, true),
            ]),
        },
        handle: handle(851, "event"),
        ..event_page()
    }
}

pub(crate) fn people() -> PeoplePage {
    let profile = |seed, author, body: &str, talents: &[&str]| Profile {
        id: id(seed),
        author,
        body: body.to_owned(),
        talents: talents.iter().map(|talent| (*talent).to_owned()).collect(),
    };
    PeoplePage {
        people: vec![
            profile(871, resident("Jan Peelen"), "", &["spitten", "fietsen maken"]),
            profile(872, connector("Truus Verhoeven"), "Ik woon hier mijn hele leven.", &["soep voor dertig mensen"]),
        ],
        talents: vec![("soep voor dertig mensen".to_owned(), 1), ("spitten".to_owned(), 1)],
        asked: None,
        more: true,
    }
}

pub(crate) fn nobody() -> PeoplePage {
    PeoplePage { people: vec![], more: false, talents: vec![], asked: None }
}

fn consent() -> Consent {
    Consent {
        who: "Opa Dirk".to_owned(),
        how: "spoken".to_owned(),
        at: super::at(20, 9, 0),
        by: super::desk::person(505, "Sanne Tromp"),
    }
}

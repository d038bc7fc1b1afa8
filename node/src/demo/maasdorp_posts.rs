//! What the people of Maasdorp offer, ask for and found, and what once was the matter there.

use dorpsplein_protocol::operation::{Field, Kind};

use super::village::Audience::{Neighbours, Square};
use super::village::{Comment, Gathering, Post, at};

pub(super) const POSTS: &[Post] = &[
    Post {
        kind: Kind::OFFER,
        by: "Hassan Bakali",
        days_ago: 12,
        at: at(17, 20),
        audience: Neighbours,
        title: "Fietspomp, bandenplak en een helpende hand",
        body: "Mijn schuur aan de dijk is op dinsdag en donderdag open. Kom met uw fiets, ga met lucht naar huis.",
        facts: &[(Field::PLACE, "Dijk 12, de schuur achter het huis")],
        comments: &[Comment { by: "Riet Koolen", minutes_later: 130, body: "Mijn rem doet het weer. Dank je!" }],
    },
    Post {
        kind: Kind::REQUEST,
        by: "Riet Koolen",
        days_ago: 3,
        at: at(10, 10),
        audience: Square,
        title: "Wie rijdt er dinsdag mee naar het ziekenhuis?",
        body: "Ik moet om half elf bij de oogarts zijn en mag daarna zelf niet rijden. De koffie daar betaal ik.",
        facts: &[],
        comments: &[Comment {
            by: "Truus Verhoeven",
            minutes_later: 45,
            body: "Ik breng je, Riet. Ik moet toch die kant op.",
        }],
    },
    Post {
        kind: Kind::OFFER,
        by: "Gijs van der Waard",
        days_ago: 2,
        at: at(13, 35),
        audience: Square,
        title: "Pompoenen over, haal ze op",
        body: "Elf stuks, van vuist tot voetbal. Ze liggen in de kruiwagen bij het hek van de moestuin.",
        facts: &[(Field::PLACE, "Moestuin achter de school")],
        comments: &[],
    },
    Post {
        kind: Kind::LISTING,
        by: "Fatma Aydın",
        days_ago: 11,
        at: at(19, 5),
        audience: Neighbours,
        title: "De Schuur, ons dorpshuis",
        body: "Een zaal voor zestig mensen, een keuken waar alles in zit, en een ton speelgoed. Bewoners huren hem voor \
               niets; ruim wel zelf op.",
        facts: &[
            (Field::PLACE, "Kerkpad 3"),
            (Field::PHONE, "024 000 00 00"),
            (Field::HOURS, "Elke werkdag van 9.00 tot 17.00 uur"),
        ],
        comments: &[],
    },
    Post {
        kind: Kind::LISTING,
        by: "Sanne Tromp",
        days_ago: 8,
        at: at(16, 50),
        audience: Neighbours,
        title: "Basisschool De Kleine Beer",
        body: "School voor 64 kinderen, met een moestuin en een muur om op te tekenen.",
        facts: &[(Field::PLACE, "Schoolpad 1"), (Field::EMAIL, "juf@dekleinebeer.example")],
        comments: &[],
    },
    Post {
        kind: Kind::GROUP,
        by: "Hassan Bakali",
        days_ago: 6,
        at: at(20, 25),
        audience: Neighbours,
        title: "Ommetje op zondag",
        body: "Een uur lopen langs het water, in het tempo van de langzaamste. Honden zijn ook bewoners.",
        facts: &[],
        comments: &[Comment { by: "Bart Hendrikx", minutes_later: 100, body: "Wij komen u tegemoet vanaf het ven." }],
    },
    Post {
        kind: Kind::ALERT,
        by: "Truus Verhoeven",
        days_ago: 1,
        at: at(7, 45),
        audience: Neighbours,
        title: "Hoog water: zet uw auto niet bij de veerstoep",
        body: "Het water komt tot aan de onderste treden. De lage parkeerplaats is dicht. De Schuur blijft open; daar is \
               koffie en een stopcontact.",
        facts: &[],
        comments: &[
            Comment {
                by: "Sanne Tromp",
                minutes_later: 150,
                body: "Het stijgt nog langzaam. De school gaat gewoon door.",
            },
            Comment {
                by: "Truus Verhoeven",
                minutes_later: 320,
                body: "Het hoogste punt is geweest. De parkeerplaats blijft dicht tot morgenavond.",
            },
        ],
    },
];

pub(super) const GATHERINGS: &[Gathering] = &[
    Gathering { event: 3, repeats: Some("FREQ=WEEKLY"), capacity: None, coming: &[] },
    Gathering {
        event: 4,
        repeats: Some("FREQ=WEEKLY;INTERVAL=2"),
        capacity: None,
        coming: &[("Gijs van der Waard", 1)],
    },
    Gathering {
        event: 10,
        repeats: None,
        capacity: Some(12),
        coming: &[("Riet Koolen", 1), ("Hassan Bakali", 2), ("Amira Osman", 4), ("Gijs van der Waard", 2)],
    },
];

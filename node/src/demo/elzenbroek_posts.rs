//! What the people of Elzenbroek offer, ask for and found.

use dorpsplein_protocol::operation::{Field, Kind};

use super::village::Audience::{Neighbours, Square};
use super::village::{Comment, Gathering, Post, at};

pub(super) const POSTS: &[Post] = &[
    Post {
        kind: Kind::OFFER,
        by: "Willem Derkx",
        days_ago: 10,
        at: at(9, 30),
        audience: Neighbours,
        title: "Takken voor een heg, zoveel u wilt",
        body: "Hazelaar en wilg, pas gesnoeid. Ze liggen langs de Venweg. Neem handschoenen mee.",
        facts: &[(Field::PLACE, "Langs de Venweg")],
        comments: &[Comment {
            by: "Gijs van der Waard",
            minutes_later: 200,
            body: "Voor de bonen! Ik kom zaterdag met de aanhanger.",
        }],
    },
    Post {
        kind: Kind::REQUEST,
        by: "Kees Lemmers",
        days_ago: 4,
        at: at(18, 40),
        audience: Square,
        title: "Gezocht: iemand die mij leert breien",
        body: "Voor mijn kleinkind dat in maart komt. Ik heb geduld en grote handen.",
        facts: &[],
        comments: &[],
    },
    Post {
        kind: Kind::LISTING,
        by: "Bart Hendrikx",
        days_ago: 9,
        at: at(14, 15),
        audience: Neighbours,
        title: "Het Brinkhuis",
        body: "Zaal, podium en een biljart dat bijna recht staat.",
        facts: &[
            (Field::PLACE, "Brink 2"),
            (Field::PHONE, "024 000 00 11"),
            (Field::HOURS, "Elke avond vanaf 18.00 uur"),
        ],
        comments: &[],
    },
];

pub(super) const GATHERINGS: &[Gathering] =
    &[Gathering { event: 3, repeats: Some("FREQ=WEEKLY"), capacity: None, coming: &[("Kees Lemmers", 1)] }];

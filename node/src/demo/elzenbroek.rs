//! Elzenbroek: the village next door, as invented as its neighbour.

use dorpsplein_protocol::operation::ModerationReason;
use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::drawing;
use super::elzenbroek_posts;
use super::village::Audience::{Neighbours, Square};
use super::village::{Comment, Day, Event, Hidden, News, Organisation, Picture, Resident, Village, at};

/// The village.
pub(super) static ELZENBROEK: Village = Village {
    name: "Elzenbroek",
    tagline: "Klein dorp, grote tafel",
    help_name: "Bart",
    help_phone: "024 000 00 11",
    help_hours: "elke avond tussen 18.00 en 20.00 uur",
    residents: RESIDENTS,
    news: NEWS,
    events: EVENTS,
    posts: elzenbroek_posts::POSTS,
    gatherings: elzenbroek_posts::GATHERINGS,
    connectors: &["Amira Osman", "Kees Lemmers"],
    organisations: &[Organisation {
        name: "Schaakclub Het Paard",
        about: "Elke maandagavond in het Brinkhuis. Wie de regels niet kent, leert ze van ons.",
        speaker: "Willem Derkx",
    }],
    areas: &["Het dorp", "Buitengebied"],
    pictures: &[Picture {
        under: 4,
        alt: "Het bankje aan het ven, met een nieuwe plank en een klein plaatje op de leuning",
        draw: drawing::fen,
    }],
    hidden: &[Hidden {
        under: 0,
        comment: Comment {
            by: "Kees Lemmers",
            minutes_later: 900,
            body: "Test. Doet dit het? Ik zie niets. Test. Test.",
        },
        by: "Amira Osman",
        reason: ModerationReason::Mistake,
        note: "Kees was aan het proberen en vroeg of dit weg mocht.",
    }],
};

const RESIDENTS: &[Resident] = &[
    Resident {
        name: "Bart Hendrikx",
        about: "Ik houd het kastje in het Brinkhuis aan de praat en de mensen bij elkaar.",
        talents: &["computers", "vergaderen zonder notulen", "busje met lift"],
    },
    Resident {
        name: "Marijke Smulders",
        about: "Oma van vijf, baas van één hond. We lopen elke ochtend om het ven.",
        talents: &["wandelen", "wol spinnen", "taart"],
    },
    Resident {
        name: "Kees Lemmers",
        about: "Bakker, dus vroeg op en vroeg naar bed. Oud brood gaat naar de kippen van de school.",
        talents: &["brood bakken", "carnavalswagens", "duiven"],
    },
    Resident {
        name: "Amira Osman",
        about: "Wijkverpleegkundige. Ik geef ook fietsles aan vrouwen die het nooit geleerd hebben.",
        talents: &["fietsles", "eerste hulp", "Somalisch"],
    },
    Resident {
        name: "Willem Derkx",
        about: "Boer met vrije dagen sinds mijn dochter het bedrijf doet. Schaakt liever dan hij slaapt.",
        talents: &["schaken", "trekker", "heggen vlechten"],
    },
];

const NEWS: &[News] = &[
    News {
        by: "Bart Hendrikx",
        days_ago: 12,
        at: at(19, 45),
        audience: Neighbours,
        title: "Elzenbroek en Maasdorp zijn nu burenpleinen",
        body: "We hebben met Maasdorp afgesproken dat we elkaars berichten voor de buren laten zien. Wat u alleen voor \
               Elzenbroek schrijft, blijft in Elzenbroek.\n\nBij elk bericht staat een link 'Wie zegt dit?'. Daar ziet u \
               wie het schreef en waar die woont.",
        comments: &[
            Comment {
                by: "Truus Verhoeven",
                minutes_later: 30,
                body: "Fijn, buren. De dijk is breed genoeg voor twee dorpen.",
            },
            Comment {
                by: "Willem Derkx",
                minutes_later: 610,
                body: "Dan kan ik eindelijk lezen wanneer er geschaakt wordt.",
            },
        ],
    },
    News {
        by: "Kees Lemmers",
        days_ago: 10,
        at: at(6, 30),
        audience: Square,
        title: "De bakkerswinkel is volgende week later open",
        body: "De oven krijgt een nieuwe vloer. Van maandag tot en met woensdag gaat de deur om 10.00 uur open. Uw \
               bestelling ligt dan gewoon klaar.",
        comments: &[Comment { by: "Marijke Smulders", minutes_later: 70, body: "Dan slaap ik drie dagen uit." }],
    },
    News {
        by: "Amira Osman",
        days_ago: 8,
        at: at(12, 0),
        audience: Neighbours,
        title: "Fietsles begint weer, ook als u 70 bent",
        body: "Nooit leren fietsen? Dat kan alsnog. We oefenen met zes vrouwen op het plein achter het Brinkhuis. Er zijn \
               leenfietsen en helmen. De eerste les is alleen maar sturen en remmen.",
        comments: &[
            Comment { by: "Fatma Aydın", minutes_later: 110, body: "Mijn zus wil graag. Mag ze uit Maasdorp komen?" },
            Comment {
                by: "Amira Osman",
                minutes_later: 25,
                body: "Natuurlijk. Hassan heeft een lage fiets voor haar nagekeken.",
            },
            Comment { by: "Hassan Bakali", minutes_later: 15, body: "De bel doet het ook weer." },
        ],
    },
    News {
        by: "Willem Derkx",
        days_ago: 6,
        at: at(21, 5),
        audience: Square,
        title: "Heg gevlochten aan de Venweg",
        body: "Met acht man hebben we honderd meter heg gelegd zoals mijn opa het deed. Loop er eens langs. De vogels zaten \
               er al in voor we klaar waren.",
        comments: &[],
    },
    News {
        by: "Marijke Smulders",
        days_ago: 3,
        at: at(8, 55),
        audience: Square,
        title: "Het bankje bij het ven is terug",
        body: "De plank is vervangen en hij staat weer recht. Met dank aan de jongens van de werkplaats. Er zit een plaatje op \
               met de naam van Toos, die er elke dag zat.",
        comments: &[Comment {
            by: "Kees Lemmers",
            minutes_later: 200,
            body: "Mooi gedaan. Ik zet er morgen koffie naast.",
        }],
    },
    News {
        by: "Bart Hendrikx",
        days_ago: 1,
        at: at(17, 20),
        audience: Neighbours,
        title: "Busje met lift zoekt chauffeurs",
        body: "Ons dorpsbusje rijdt mensen naar de dokter, de markt en de familie. We zoeken drie chauffeurs voor een dagdeel \
               per week. Een gewoon rijbewijs is genoeg. U rijdt de eerste keren met mij mee.\n\n\
               Ook uit Maasdorp bent u welkom, want we rijden daar vaak langs.",
        comments: &[
            Comment {
                by: "Gijs van der Waard",
                minutes_later: 80,
                body: "Dinsdagochtend kan ik wel missen in de tuin.",
            },
            Comment {
                by: "Bart Hendrikx",
                minutes_later: 20,
                body: "Afgesproken Gijs. Dinsdag om negen uur bij het Brinkhuis.",
            },
        ],
    },
];

const EVENTS: &[Event] = &[
    Event {
        by: "Marijke Smulders",
        day: Day::In(0),
        hours: Some((at(19, 30), at(22, 0))),
        place: "Het Brinkhuis",
        audience: Neighbours,
        title: "Filmavond: een oude film over onze streek",
        body: "Beelden van de oogst, de veerpont en de kermis. Wie herkent iemand? Koffie en koek zijn er.",
        cancelled: false,
        comments: &[Comment { by: "Truus Verhoeven", minutes_later: 240, body: "Mijn vader staat op die veerpont!" }],
    },
    Event {
        by: "Kees Lemmers",
        day: Day::In(1),
        hours: Some((at(13, 30), at(15, 30))),
        place: "Bakkerij Lemmers",
        audience: Square,
        title: "Kinderen bakken hun eigen broodje",
        body: "Voor kinderen van 6 tot 12 jaar. Schort mee, handen gewassen. Er kunnen er tien in de bakkerij.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Amira Osman",
        day: Day::On(Monday, 0),
        hours: Some((at(9, 30), at(11, 0))),
        place: "Plein achter het Brinkhuis",
        audience: Neighbours,
        title: "Fietsles voor vrouwen",
        body: "Sturen, remmen en om u heen kijken. Leenfietsen staan klaar.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Bart Hendrikx",
        day: Day::On(Tuesday, 0),
        hours: Some((at(10, 0), at(12, 0))),
        place: "Het Brinkhuis",
        audience: Square,
        title: "Inloopspreekuur over geld en formulieren",
        body: "Een brief die u niet begrijpt? Neem hem mee. Wat u vertelt, blijft aan die tafel.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Willem Derkx",
        day: Day::On(Thursday, 0),
        hours: Some((at(20, 0), at(22, 30))),
        place: "Het Brinkhuis",
        audience: Neighbours,
        title: "Schaakavond",
        body: "Beginners spelen tegen beginners. De koning wordt bij de koffie uitgelegd.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Marijke Smulders",
        day: Day::On(Friday, 0),
        hours: Some((at(9, 0), at(10, 30))),
        place: "Bankje bij het ven",
        audience: Neighbours,
        title: "Ommetje om het ven",
        body: "Drie kilometer over een vlak pad, goed te doen met een rollator. Honden aan de lijn.",
        cancelled: false,
        comments: &[Comment {
            by: "Riet Koolen",
            minutes_later: 350,
            body: "Wie kan mij meenemen vanaf de Dijkstraat?",
        }],
    },
    Event {
        by: "Kees Lemmers",
        day: Day::On(Saturday, 0),
        hours: Some((at(14, 0), at(17, 0))),
        place: "Loods aan de Venweg",
        audience: Square,
        title: "Bouwen aan de wagen van de optocht",
        body: "We hebben gaas, papier en veel te veel verf. Iedereen vanaf 14 jaar kan helpen.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Amira Osman",
        day: Day::On(Wednesday, 1),
        hours: Some((at(19, 0), at(21, 0))),
        place: "Het Brinkhuis",
        audience: Neighbours,
        title: "Reanimeren: oefenen op de pop",
        body: "In twee uur leert u wat u moet doen als iemands hart stilstaat. Gratis, wel even opgeven.",
        cancelled: false,
        comments: &[Comment { by: "Sanne Tromp", minutes_later: 190, body: "Ik kom met drie collega's van school." }],
    },
    Event {
        by: "Bart Hendrikx",
        day: Day::On(Friday, 1),
        hours: Some((at(20, 0), at(23, 0))),
        place: "Het Brinkhuis",
        audience: Square,
        title: "Dorpsquiz",
        body: "Teams van vier. Vragen over het dorp, over vroeger en over dingen die niemand weet.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Kees Lemmers",
        day: Day::On(Sunday, 1),
        hours: Some((at(8, 0), at(11, 0))),
        place: "Het Brinkhuis",
        audience: Neighbours,
        title: "Lang ontbijt aan één tafel",
        body: "Brood uit de houtoven, eieren van Willem. De tafel is dertig meter lang en nooit vol genoeg.",
        cancelled: false,
        comments: &[Comment { by: "Hassan Bakali", minutes_later: 400, body: "Ik neem de olijven mee." }],
    },
    Event {
        by: "Willem Derkx",
        day: Day::On(Saturday, 2),
        hours: Some((at(10, 0), at(15, 0))),
        place: "Venweg, bij de oude eik",
        audience: Neighbours,
        title: "Heg vlechten: leer het van Willem",
        body: "Werkhandschoenen mee. Er is erwtensoep uit de trekker.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Marijke Smulders",
        day: Day::On(Thursday, 2),
        hours: Some((at(14, 0), at(16, 0))),
        place: "Het Brinkhuis",
        audience: Square,
        title: "Wol spinnen, gewoon om het te proberen",
        body: "Vier spinnewielen en een grote mand schapenwol. U gaat naar huis met een eigen draadje.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Bart Hendrikx",
        day: Day::On(Monday, 3),
        hours: Some((at(19, 30), at(21, 0))),
        place: "Het Brinkhuis",
        audience: Neighbours,
        title: "Burenavond: wat doen we volgend jaar samen?",
        body: "Maasdorp en Elzenbroek om één tafel. Over de bus, de dijk en de kermis. Neem een idee mee, of alleen uw oren.",
        cancelled: false,
        comments: &[Comment { by: "Truus Verhoeven", minutes_later: 90, body: "Maasdorp brengt de vlaai." }],
    },
    Event {
        by: "Amira Osman",
        day: Day::On(Tuesday, 2),
        hours: None,
        place: "Plein achter het Brinkhuis",
        audience: Square,
        title: "De bus van de gezondheidsdienst komt langs",
        body: "Bloeddruk meten, oren testen of gewoon iets vragen. U hoeft geen afspraak te maken.",
        cancelled: false,
        comments: &[],
    },
];

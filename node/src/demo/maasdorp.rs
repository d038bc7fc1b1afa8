//! Maasdorp: a village on a river dike that nobody will find on a map.

use dorpsplein_protocol::operation::ModerationReason;
use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::drawing;
use super::maasdorp_posts;
use super::village::Audience::{Neighbours, Square};
use super::village::{Comment, Day, Event, Hidden, News, Organisation, Picture, Resident, Village, at};

/// The village.
pub(super) static MAASDORP: Village = Village {
    name: "Maasdorp",
    tagline: "Het dorpsplein van ons allemaal",
    help_name: "Truus",
    help_phone: "024 000 00 00",
    help_hours: "op werkdagen van 9.00 tot 12.00 uur",
    residents: RESIDENTS,
    news: NEWS,
    events: EVENTS,
    posts: maasdorp_posts::POSTS,
    gatherings: maasdorp_posts::GATHERINGS,
    connectors: &["Hassan Bakali", "Sanne Tromp"],
    organisations: &[Organisation {
        name: "Moestuin De Dijk",
        about: "Wij tuinieren samen op het veldje achter de school. Elke zaterdagochtend is er iemand.",
        speaker: "Gijs van der Waard",
    }],
    areas: &["Aan de dijk", "Rond de school"],
    pictures: &[
        Picture {
            under: 0,
            alt: "Het plein van Maasdorp: de grote linde, de kerk erachter en een lege bank",
            draw: drawing::green,
        },
        Picture {
            under: 3,
            alt: "Drie sleutels aan een ring, met een blauw houten zeilbootje aan een touwtje",
            draw: drawing::keys,
        },
    ],
    hidden: &[Hidden {
        under: 1,
        comment: Comment {
            by: "Riet Koolen",
            minutes_later: 300,
            body: "Dat is vast weer die jongen van nummer 14 geweest. Die heb ik daar gezien.",
        },
        by: "Sanne Tromp",
        reason: ModerationReason::PrivateData,
        note: "Dit noemt iemand die zich hier niet kan verdedigen. Ik heb er met Riet over gebeld.",
    }],
};

const RESIDENTS: &[Resident] = &[
    Resident {
        name: "Truus Verhoeven",
        about: "Ik woon al zestig jaar aan de dijk. Loop gerust even binnen bij de koffie op woensdag.",
        talents: &["mensen bij elkaar brengen", "appeltaart", "verhalen van vroeger"],
    },
    Resident {
        name: "Hassan Bakali",
        about: "Fietsenmaker met pensioen. Mijn gereedschap staat nog in de schuur en dat mag u weten.",
        talents: &["fietsen repareren", "Arabisch", "schaken"],
    },
    Resident {
        name: "Fatma Aydın",
        about: "Ik kook graag voor een volle tafel en ik leer nog steeds nieuwe recepten.",
        talents: &["koken voor groepen", "naaien", "Turks"],
    },
    Resident {
        name: "Gijs van der Waard",
        about: "Voorzitter van de moestuin. Te vinden tussen de pompoenen.",
        talents: &["moestuin", "snoeien", "aanhanger te leen"],
    },
    Resident {
        name: "Riet Koolen",
        about: "Sinds kort alleen. Ik maak graag een ommetje en speel rummikub met wie wil.",
        talents: &["rummikub", "breien", "oppassen"],
    },
    Resident {
        name: "Sanne Tromp",
        about: "Juf van groep 5 en moeder van twee. Vraag me gerust naar de speeltuin.",
        talents: &["voorlezen", "gitaar", "hulp bij formulieren"],
    },
];

const NEWS: &[News] = &[
    News {
        by: "Truus Verhoeven",
        days_ago: 13,
        at: at(10, 5),
        audience: Neighbours,
        title: "Welkom op ons eigen dorpsplein",
        body: "Dit plein is van Maasdorp zelf. Het draait op een kastje in de Schuur en niet bij een groot bedrijf.\n\n\
               U kunt hier lezen wat er te doen is, zelf iets schrijven en elkaar antwoorden. Wilt u meedoen? Kom op \
               woensdag naar de koffie, dan krijgt u van mij een uitnodiging.",
        comments: &[
            Comment { by: "Riet Koolen", minutes_later: 95, body: "Wat fijn. Het lukte me in één keer!" },
            Comment {
                by: "Bart Hendrikx",
                minutes_later: 240,
                body: "Gefeliciteerd, buren. Vanuit Elzenbroek lezen we met u mee.",
            },
        ],
    },
    News {
        by: "Gijs van der Waard",
        days_ago: 9,
        at: at(8, 40),
        audience: Square,
        title: "De waterton bij de moestuin lekt",
        body: "De grote ton bij het hek verliest water. Neem voorlopig een gieter mee en tap bij de kraan van de school. \
               De conciërge weet ervan.",
        comments: &[Comment {
            by: "Hassan Bakali",
            minutes_later: 130,
            body: "Ik heb nog een rubber ring liggen die kan passen. Ik kom vanmiddag kijken.",
        }],
    },
    News {
        by: "Sanne Tromp",
        days_ago: 7,
        at: at(20, 15),
        audience: Square,
        title: "Verkeersbrigade zoekt versterking",
        body: "Elke schooldag helpen we de kinderen over de Dijkstraat, van 8.10 tot 8.35 uur. We zoeken twee mensen voor \
               de maandag en de donderdag. U krijgt een korte training en een mooie gele jas.",
        comments: &[
            Comment {
                by: "Riet Koolen",
                minutes_later: 45,
                body: "Donderdag kan ik. Moet ik daarvoor hard kunnen lopen?",
            },
            Comment { by: "Sanne Tromp", minutes_later: 12, body: "Nee hoor Riet, stilstaan is juist de bedoeling." },
        ],
    },
    News {
        by: "Hassan Bakali",
        days_ago: 5,
        at: at(16, 30),
        audience: Neighbours,
        title: "Gevonden: sleutelbos met een blauw bootje",
        body: "Gisteren vond ik bij de Veerstoep een sleutelbos: drie sleutels en een blauw houten bootje. U kunt hem bij \
               mij ophalen, Kerkpad 11. Bel even aan, ik ben meestal thuis.",
        comments: &[
            Comment {
                by: "Marijke Smulders",
                minutes_later: 75,
                body: "Dat bootje is van mijn kleinzoon! We komen hem vanavond halen. Dank u wel.",
            },
            Comment { by: "Hassan Bakali", minutes_later: 20, body: "De thee staat klaar." },
        ],
    },
    News {
        by: "Truus Verhoeven",
        days_ago: 4,
        at: at(9, 0),
        audience: Neighbours,
        title: "Werk aan de Molenweg: zo komt u er langs",
        body: "Vanaf maandag ligt de Molenweg twee weken open voor een nieuw riool. Fietsers kunnen erlangs. De buurtbus \
               stopt zolang bij de kerk.\n\nKunt u niet ver lopen? Bel mij, dan regelen we iemand die u brengt.",
        comments: &[Comment {
            by: "Kees Lemmers",
            minutes_later: 180,
            body: "Goed om te weten, ik breng op dinsdag altijd het brood die kant op. Ik rijd om langs de dijk.",
        }],
    },
    News {
        by: "Fatma Aydın",
        days_ago: 3,
        at: at(13, 20),
        audience: Neighbours,
        title: "Samen eten: 42 borden en geen kruimel over",
        body: "Wat een avond. Er zaten 42 mensen aan tafel in de Schuur, van 3 tot 91 jaar. Dank aan iedereen die sneed, \
               roerde en afwaste.\n\nHet recept van de linzensoep vroeg u mij zo vaak dat het nu op het prikbord hangt.",
        comments: &[
            Comment {
                by: "Gijs van der Waard",
                minutes_later: 60,
                body: "De pompoenen waren uit eigen tuin, ik ben trots.",
            },
            Comment {
                by: "Amira Osman",
                minutes_later: 200,
                body: "Volgende keer komen wij met een hele tafel uit Elzenbroek.",
            },
            Comment { by: "Fatma Aydın", minutes_later: 35, body: "Graag! Dan maak ik twee pannen meer." },
        ],
    },
    News {
        by: "Riet Koolen",
        days_ago: 2,
        at: at(11, 10),
        audience: Square,
        title: "Wie speelt er mee op donderdagmiddag?",
        body: "Mijn rummikubgroepje is van vier naar twee gegaan. Zoekt u ook gezelschap? We spelen om twee uur, bij mij \
               aan de keukentafel. Ik woon gelijkvloers, een rollator past naar binnen.",
        comments: &[Comment { by: "Truus Verhoeven", minutes_later: 50, body: "Zet mij er maar bij, Riet." }],
    },
    News {
        by: "Gijs van der Waard",
        days_ago: 1,
        at: at(19, 12),
        audience: Neighbours,
        title: "De moestuin zoekt drie paar handen",
        body: "Zaterdag spitten we het laatste bed om. Koffie en appeltaart staan klaar. Ervaring is niet nodig, laarzen \
               wel.\n\nU mag ook alleen komen kijken. Er staat een bank in de zon.",
        comments: &[
            Comment {
                by: "Willem Derkx",
                minutes_later: 25,
                body: "Mag ik ook met mijn zoon komen? Hij is 12 en sterk.",
            },
            Comment {
                by: "Gijs van der Waard",
                minutes_later: 15,
                body: "Graag zelfs. Ik heb een kleine schop voor hem.",
            },
            Comment { by: "Truus Verhoeven", minutes_later: 40, body: "De taart komt van mij." },
        ],
    },
];

const EVENTS: &[Event] = &[
    Event {
        by: "Fatma Aydın",
        day: Day::In(0),
        hours: Some((at(14, 0), at(16, 30))),
        place: "De Schuur, Kerkpad 3",
        audience: Neighbours,
        title: "Soep en spelletjes in de Schuur",
        body: "Een kom soep, een praatje en de spelletjes op tafel. Binnenlopen mag de hele middag.",
        cancelled: false,
        comments: &[Comment { by: "Riet Koolen", minutes_later: 300, body: "Ik neem het sjoelbord mee." }],
    },
    Event {
        by: "Hassan Bakali",
        day: Day::In(1),
        hours: Some((at(10, 0), at(12, 0))),
        place: "Veerstoep",
        audience: Neighbours,
        title: "Wandeling langs de uiterwaarden",
        body: "Rustig tempo, ongeveer vijf kilometer. Halverwege drinken we koffie op de bank bij de sluis.",
        cancelled: false,
        comments: &[Comment { by: "Marijke Smulders", minutes_later: 420, body: "Kan mijn hond mee, aan de lijn?" }],
    },
    Event {
        by: "Sanne Tromp",
        day: Day::In(2),
        hours: Some((at(15, 30), at(17, 0))),
        place: "Bibliotheekhoek in de school",
        audience: Square,
        title: "Voorleesmiddag voor kleuters",
        body: "We lezen drie verhalen en maken daarna een muis van een sok. Opa's en oma's zijn ook welkom.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Truus Verhoeven",
        day: Day::On(Wednesday, 0),
        hours: Some((at(10, 0), at(11, 30))),
        place: "De Schuur, Kerkpad 3",
        audience: Square,
        title: "Koffieochtend",
        body: "Elke woensdag. De eerste kop is van het dorp.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Hassan Bakali",
        day: Day::On(Tuesday, 0),
        hours: Some((at(19, 0), at(21, 0))),
        place: "De Schuur, Kerkpad 3",
        audience: Neighbours,
        title: "Repareercafé",
        body: "Breng uw kapotte lamp, broek of fiets mee. We maken hem samen, gooien kan altijd nog.",
        cancelled: false,
        comments: &[
            Comment { by: "Kees Lemmers", minutes_later: 90, body: "Ook broodroosters?" },
            Comment { by: "Hassan Bakali", minutes_later: 30, body: "Juist broodroosters." },
        ],
    },
    Event {
        by: "Riet Koolen",
        day: Day::On(Thursday, 0),
        hours: Some((at(14, 0), at(16, 0))),
        place: "Bij Riet, Dijkstraat 40",
        audience: Square,
        title: "Rummikub aan de keukentafel",
        body: "Vier stoelen, één spel. Bel even als u komt.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Gijs van der Waard",
        day: Day::On(Saturday, 0),
        hours: Some((at(9, 30), at(12, 30))),
        place: "Moestuin achter de school",
        audience: Neighbours,
        title: "Samen spitten in de moestuin",
        body: "Het laatste bed gaat om. Laarzen aan, de rest ligt klaar.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Sanne Tromp",
        day: Day::On(Sunday, 0),
        hours: Some((at(15, 0), at(16, 30))),
        place: "Kerk van Maasdorp",
        audience: Neighbours,
        title: "Zingen voor wie niet kan zingen",
        body: "Een uur lang liedjes die iedereen kent. Sanne speelt gitaar. Vals is ook een toon.",
        cancelled: false,
        comments: &[Comment { by: "Amira Osman", minutes_later: 500, body: "Daar ben ik voor gemaakt. Tot zondag!" }],
    },
    Event {
        by: "Truus Verhoeven",
        day: Day::On(Monday, 1),
        hours: Some((at(19, 30), at(21, 0))),
        place: "De Schuur, Kerkpad 3",
        audience: Square,
        title: "Dorpsoverleg: de speeltuin en de dijkverlichting",
        body: "Iedereen mag meepraten. U kunt uw vraag ook vooraf bij mij in de bus doen.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Truus Verhoeven",
        day: Day::On(Wednesday, 1),
        hours: Some((at(10, 0), at(11, 30))),
        place: "De Schuur, Kerkpad 3",
        audience: Square,
        title: "Koffieochtend met hulp bij uw telefoon",
        body: "Twee leerlingen van de vakschool helpen met uw telefoon of tablet. Neem ook de lader mee.",
        cancelled: false,
        comments: &[Comment { by: "Riet Koolen", minutes_later: 660, body: "Kunnen ze ook de letters groter maken?" }],
    },
    Event {
        by: "Fatma Aydın",
        day: Day::On(Friday, 1),
        hours: Some((at(17, 30), at(20, 0))),
        place: "De Schuur, Kerkpad 3",
        audience: Neighbours,
        title: "Samen eten",
        body: "Drie gangen voor vijf euro. Geef u op tot woensdag, dan weten we hoeveel er in de pan moet. Eet u iets \
               niet? Zeg het erbij.",
        cancelled: false,
        comments: &[Comment {
            by: "Amira Osman",
            minutes_later: 130,
            body: "Wij komen met zes mensen, twee eten geen vlees.",
        }],
    },
    Event {
        by: "Hassan Bakali",
        day: Day::On(Saturday, 1),
        hours: Some((at(13, 0), at(16, 0))),
        place: "De Schuur, Kerkpad 3",
        audience: Neighbours,
        title: "Schaken tegen Elzenbroek",
        body: "Zes borden. Wie verliest, wast af. Vorige keer wasten wij af.",
        cancelled: false,
        comments: &[Comment {
            by: "Willem Derkx",
            minutes_later: 45,
            body: "Wij oefenen elke avond. Poets de kopjes maar vast.",
        }],
    },
    Event {
        by: "Gijs van der Waard",
        day: Day::On(Sunday, 1),
        hours: Some((at(11, 0), at(12, 30))),
        place: "Moestuin achter de school",
        audience: Square,
        title: "Snoeien: hoe doet u dat?",
        body: "Een uur uitleg bij de oude appelbomen. Neem een snoeischaar mee als u er een heeft.",
        cancelled: true,
        comments: &[Comment {
            by: "Gijs van der Waard",
            minutes_later: 720,
            body: "Het gaat niet door, ik heb mijn rug verrekt. Volgende maand een nieuwe datum.",
        }],
    },
    Event {
        by: "Truus Verhoeven",
        day: Day::On(Saturday, 2),
        hours: None,
        place: "Overal in het dorp",
        audience: Neighbours,
        title: "Opruimdag langs de dijk",
        body: "De hele dag rapen we wat er niet hoort te liggen. Zakken en grijpers staan bij de Schuur. Om vier uur is er \
               soep.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Sanne Tromp",
        day: Day::On(Thursday, 2),
        hours: Some((at(19, 0), at(20, 30))),
        place: "School De Kleine Beer",
        audience: Square,
        title: "Open avond in de school",
        body: "Kom kijken in de klas van nu. De kinderen leiden u rond.",
        cancelled: false,
        comments: &[],
    },
    Event {
        by: "Riet Koolen",
        day: Day::On(Tuesday, 3),
        hours: Some((at(14, 0), at(16, 0))),
        place: "De Schuur, Kerkpad 3",
        audience: Neighbours,
        title: "Breimiddag: vierkantjes voor één grote deken",
        body: "Naalden en wol zijn er. Wie niet kan breien, leert het hier of schenkt de thee.",
        cancelled: false,
        comments: &[Comment {
            by: "Marijke Smulders",
            minutes_later: 55,
            body: "Ik heb nog een zak wol, ik neem alles mee.",
        }],
    },
];

//! What residents write, made up: events of a village in Dutch, none like another, with as much in them as people put in.
//!
//! Text that repeats itself would make compression look better than it is. So each event draws its words anew from a few
//! hundred, with names, times, prices and numbers between them; how far such text can be packed is measured and printed
//! beside the figures.

use dorpsplein_protocol::operation::{Edit, Field, Value};
use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// Characters of text in one item, over all its fields.
pub(crate) const CHARACTERS: usize = 300;
/// Fields of one item.
#[cfg(test)]
pub(crate) const FIELDS: usize = 10;

const PEOPLE: [&str; 48] = [
    "Aaltje", "Abel", "Anneke", "Arend", "Bregje", "Berend", "Corrie", "Cees", "Dirkje", "Douwe", "Elske", "Evert",
    "Femke", "Freek", "Gerda", "Gijs", "Hilletje", "Hans", "Ietje", "Ids", "Janna", "Joost", "Klaasje", "Koen",
    "Liesbeth", "Lammert", "Marieke", "Maarten", "Nelleke", "Niels", "Oda", "Onno", "Petra", "Pieter", "Riet",
    "Rutger", "Saskia", "Sytze", "Tjitske", "Teun", "Ursula", "Vera", "Wiesje", "Wouter", "Yolanthe", "Ype",
    "Zwaantje", "Zeger",
];
const PLACES: [&str; 40] = [
    "de Schuur",
    "het dorpshuis",
    "de brug",
    "de molen",
    "het sluisje",
    "de kade",
    "de oude school",
    "het veld",
    "de kerkzaal",
    "de smederij",
    "de kantine",
    "het voorplein",
    "de dijk",
    "de moestuin",
    "de ijsbaan",
    "het pontje",
    "de bakkerij",
    "de muziektent",
    "het bosje",
    "de haven",
    "de kinderboerderij",
    "het gemaal",
    "de visvijver",
    "de pastorie",
    "de boomgaard",
    "het stationnetje",
    "de speeltuin",
    "de melkfabriek",
    "de bibliotheek",
    "de werf",
    "het hofje",
    "de tuinkamer",
    "de brandweerpost",
    "de zolder",
    "het wachtlokaal",
    "de kas",
    "de steiger",
    "de hooiberg",
    "het pakhuis",
    "de theetuin",
];
const THINGS: [&str; 80] = [
    "soep",
    "koffie",
    "appeltaart",
    "handschoenen",
    "een kruiwagen",
    "stoelen",
    "een ladder",
    "zaklampen",
    "verf",
    "kwasten",
    "planken",
    "een trekkar",
    "bollen",
    "stekjes",
    "compost",
    "een schep",
    "laarzen",
    "een regenjas",
    "liedboeken",
    "de harmonica",
    "een trommel",
    "kaarten",
    "schaakborden",
    "puzzels",
    "oude foto's",
    "naalden",
    "wol",
    "een naaimachine",
    "fietsbanden",
    "plakspul",
    "een pomp",
    "gereedschap",
    "lampionnen",
    "vuurkorven",
    "hout",
    "dekens",
    "thermosflessen",
    "pannenkoeken",
    "beslag",
    "stroop",
    "poffertjes",
    "haring",
    "kaas",
    "roggebrood",
    "mosterd",
    "jam",
    "honing",
    "eieren",
    "walnoten",
    "peren",
    "pompoenen",
    "zuurkool",
    "worst",
    "limonade",
    "ranja",
    "bekers",
    "borden",
    "bestek",
    "afwasteilen",
    "vuilniszakken",
    "prikstokken",
    "hesjes",
    "fluitjes",
    "ballen",
    "netten",
    "vlaggen",
    "touw",
    "tenten",
    "banken",
    "een beamer",
    "het scherm",
    "kabels",
    "de boxen",
    "lijsten",
    "pennen",
    "enveloppen",
    "zegels",
    "verrekijkers",
    "schepnetjes",
    "loepen",
];
const DEEDS: [&str; 60] = [
    "ruimen op",
    "schilderen",
    "zingen",
    "koken",
    "wandelen",
    "planten",
    "snoeien",
    "repareren",
    "vertellen",
    "lezen voor",
    "spelen",
    "oefenen",
    "bouwen",
    "timmeren",
    "haken",
    "breien",
    "kaarten",
    "dansen",
    "vissen",
    "zeilen",
    "roeien",
    "schaatsen",
    "fietsen",
    "ruilen",
    "verkopen",
    "delen uit",
    "halen op",
    "brengen rond",
    "tellen",
    "meten",
    "zaaien",
    "oogsten",
    "bakken",
    "proeven",
    "kijken",
    "luisteren",
    "overleggen",
    "stemmen",
    "begroten",
    "vergaderen",
    "versieren",
    "ontvangen",
    "verhuizen",
    "slepen",
    "hijsen",
    "zagen",
    "schuren",
    "lijmen",
    "naaien",
    "wassen",
    "poetsen",
    "harken",
    "vegen",
    "graven",
    "maaien",
    "hooien",
    "stapelen",
    "sorteren",
    "pakken in",
    "zwaaien uit",
];
const TURNS: [&str; 32] = [
    "Wie kan, neemt",
    "Vergeet niet:",
    "Er is genoeg",
    "We zoeken nog",
    "Bij regen",
    "Kinderen mogen mee en",
    "Vooraf graag bellen over",
    "De kosten zijn voor",
    "Wat overblijft, gaat naar",
    "Denk aan",
    "Neem mee:",
    "Er staat klaar:",
    "Wij zorgen voor",
    "Na afloop",
    "Om kwart voor",
    "Nieuwe buren krijgen",
    "Met dank aan",
    "Zonder auto?",
    "Te leen:",
    "Liever geen",
    "Op tafel komen",
    "Vorig jaar kwamen",
    "Dit keer zonder",
    "Honden aan de lijn,",
    "Parkeren kan bij",
    "Wie helpt met",
    "Nog nodig:",
    "In de pauze",
    "Halverwege is er",
    "Opgeven bij",
    "Wie slecht ter been is:",
    "Voor de liefhebber",
];
const KINDS: [&str; 16] = [
    "klus", "feest", "muziek", "sport", "eten", "natuur", "overleg", "markt", "lezing", "spel", "film", "kerk",
    "school", "zorg", "water", "kunst",
];

/// The edits of one made-up event in the year that begins `today`: ten fields, with 300 characters of text between them.
pub(crate) fn event(random: &mut ChaCha8Rng, number: u64, today: Date) -> Vec<Edit> {
    let deed = pick(random, &DEEDS);
    let title = format!("Samen {deed} bij {} ({number})", pick(random, &PLACES));
    let day = today.saturating_add(random.random_range(0..365).days());
    let (from, to) = (random.random_range(7..15), random.random_range(15..23));
    let quarter = |random: &mut ChaCha8Rng| random.random_range(0..4) * 15;
    let starts = format!("{day}T{from:02}:{:02}", quarter(random));
    let ends = format!("{day}T{to:02}:{:02}", quarter(random));
    let place = format!("{}, ingang {}", pick(random, &PLACES), random.random_range(1..90));
    let by = format!("{} en {}", pick(random, &PEOPLE), pick(random, &PEOPLE));
    let phone = format!("06 {:04} {:04}", random.random_range(0..10_000), random.random_range(0..10_000));
    let kind = pick(random, &KINDS).to_owned();
    let short = [&title, &starts, &ends, &place, &by, &phone, &kind].iter().map(|text| text.chars().count()).sum();
    let body = body(random, CHARACTERS.saturating_sub(short));
    let text = |field: u16, text: String| Edit::Set { field: Field(field), value: Value::Text(text) };
    vec![
        text(Field::TITLE.0, title),
        text(Field::BODY.0, body),
        text(Field::STARTS.0, starts),
        text(Field::ENDS.0, ends),
        text(Field::PLACE.0, place),
        Edit::Set { field: Field::CANCELLED, value: Value::Bool(false) },
        text(OTHERS, by),
        text(OTHERS + 1, phone),
        text(OTHERS + 2, kind),
        Edit::Set { field: Field(OTHERS + 3), value: Value::Int(random.random_range(0..4_000)) },
    ]
}

/// The edits of one made-up piece of news, offer or request: a title, and 300 characters.
pub(crate) fn post(random: &mut ChaCha8Rng, number: u64) -> Vec<Edit> {
    let title = format!("{} bij {} ({number})", pick(random, &THINGS), pick(random, &PLACES));
    let body = body(random, CHARACTERS);
    let text = |field: Field, text: String| Edit::Set { field, value: Value::Text(text) };
    vec![text(Field::TITLE, title), text(Field::BODY, body)]
}

/// The first of the fields that this version keeps and passes on without knowing what they are for.
const OTHERS: u16 = 200;

/// Exactly so many characters of sentences.
fn body(random: &mut ChaCha8Rng, characters: usize) -> String {
    let mut text = String::new();
    while text.chars().count() < characters {
        let sentence = match random.random_range(0..4) {
            0 => format!("{} {} en {}. ", pick(random, &TURNS), pick(random, &THINGS), pick(random, &THINGS)),
            1 => format!("{} {} met {}. ", pick(random, &PEOPLE), pick(random, &DEEDS), pick(random, &THINGS)),
            2 => format!("{} {} bij {}. ", pick(random, &TURNS), pick(random, &PEOPLE), pick(random, &PLACES)),
            _ => format!("{} {} {}. ", pick(random, &TURNS), random.random_range(2..140), pick(random, &THINGS)),
        };
        text.push_str(&sentence);
    }
    text.chars().take(characters).collect()
}

fn pick<'w>(random: &mut ChaCha8Rng, words: &[&'w str]) -> &'w str {
    words.choose(random).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn an_event_has_ten_fields_and_three_hundred_characters() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for number in 0..1_000 {
            let edits = event(&mut random, number, date(2026, 11, 23));
            assert_eq!(edits.len(), FIELDS);
            let characters = edits.iter().map(|edit| match edit {
                Edit::Set { value: Value::Text(text), .. } => text.chars().count(),
                _ => 0,
            });
            assert_eq!(characters.sum::<usize>(), CHARACTERS);
        }
    }
}

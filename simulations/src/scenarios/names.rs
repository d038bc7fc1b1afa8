//! Names for villages and the quarters of towns, of the sort one reads on signs in the Netherlands.

use std::collections::BTreeSet;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const FIRST: [&str; 36] = [
    "Wilgen",
    "Elzen",
    "Kibbel",
    "Ooster",
    "Wester",
    "Zand",
    "Riet",
    "Berken",
    "Kraaien",
    "Moer",
    "Roggen",
    "Klaver",
    "Hazen",
    "Leeuwerik",
    "Meer",
    "Molen",
    "Nieuw",
    "Oud",
    "Reiger",
    "Schapen",
    "Stro",
    "Turf",
    "Ganzen",
    "Vlier",
    "Water",
    "Weide",
    "Winter",
    "Zomer",
    "Zwanen",
    "Linde",
    "Beuken",
    "Kievits",
    "Otter",
    "Steen",
    "Klei",
    "Hooi",
];
const SECOND: [&str; 26] = [
    "dam", "veen", "dorp", "wolde", "horst", "beek", "dijk", "huizen", "kerke", "laar", "land", "loo", "made", "oord",
    "polder", "rade", "sluis", "stede", "terp", "veld", "wijk", "zijl", "broek", "hoek", "wier", "brug",
];
const QUARTERS: [&str; 12] = [
    "Binnenstad",
    "Stationsbuurt",
    "De Werf",
    "Molenwijk",
    "Oude Haven",
    "Zuiderpark",
    "Vogelbuurt",
    "Kanaalzone",
    "Het Zand",
    "Noorderhof",
    "Componistenwijk",
    "De Hoven",
];

/// Names, each given once.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: BTreeSet<String>,
}

impl Names {
    /// The name of a village.
    pub(super) fn village(&mut self, random: &mut ChaCha8Rng) -> String {
        let mut word = |words: &[&'static str]| words[random.random_range(0..words.len())];
        let name = format!("{}{}", word(&FIRST), word(&SECOND));
        self.give(name)
    }

    /// The name of the quarter with this number, counted from 0, of a town.
    pub(super) fn quarter(&mut self, town: &str, number: usize) -> String {
        let name = QUARTERS[number % QUARTERS.len()];
        self.give(format!("{town} {name}"))
    }

    /// This name, or where it is given already the name of the part behind it.
    fn give(&mut self, name: String) -> String {
        let parts = ["", "-Buiten", "-Haven", "-Oost", "-West", "-Noord", "-Zuid"];
        let parts = parts.into_iter().map(str::to_owned).chain((2..).map(|number| format!(" {number}")));
        let mut all = parts.map(|part| format!("{name}{part}"));
        let name = all.find(|name| !self.given.contains(name)).expect("there are as many names as numbers");
        self.given.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn no_name_is_given_twice_and_each_fits_a_register() {
        let (mut names, mut random) = (Names::default(), ChaCha8Rng::seed_from_u64(4));
        let town = names.village(&mut random);
        let villages = (0..2_000).map(|_| names.village(&mut random)).collect::<Vec<_>>();
        let quarters = (0..30).map(|number| names.quarter(&town, number)).collect::<Vec<_>>();
        let all: BTreeSet<&String> = villages.iter().chain(&quarters).collect();
        assert_eq!(all.len(), 2_030);
        assert!(all.iter().all(|name| (3..=80).contains(&name.chars().count())));
    }
}

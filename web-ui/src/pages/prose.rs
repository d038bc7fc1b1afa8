//! Residents' words in short: excerpts, initials, numbers to dial. Their texts in full are in [`markdown`](crate::markdown).

/// The beginning of a text on one line, at most `max` characters, cut between words.
pub(super) fn excerpt(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut left = max;
    for word in text.split_whitespace() {
        let length = word.chars().count() + usize::from(!line.is_empty());
        if length > left {
            return cut_off(line, word, left);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        left -= length;
    }
    line
}

/// Ends an excerpt before `next`; a first word that is too long by itself is cut within.
fn cut_off(mut line: String, next: &str, left: usize) -> String {
    if line.is_empty() {
        line.extend(next.chars().take(left));
    }
    line.truncate(line.trim_end_matches([',', '.', ';', ':', '-', ' ']).len());
    line.push('…');
    line
}

/// How many characters of what did not change stand around what did.
const AROUND_CHARS: usize = 60;

/// What became different between two texts, and a little of what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference<'t> {
    /// The end of what both begin with.
    pub(super) start: &'t str,
    /// What is gone.
    pub(super) removed: &'t str,
    /// What came in its place.
    pub(super) added: &'t str,
    /// The beginning of what both end with.
    pub(super) end: &'t str,
}

/// What became different between two texts, in whole words.
pub(super) fn difference<'t>(before: &'t str, after: &'t str) -> Difference<'t> {
    let words = |text: &'t str| text.split_inclusive(char::is_whitespace).collect::<Vec<_>>();
    let (old, new) = (words(before), words(after));
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[same..], &new[same..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let length = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    let (from, until) = (length(&old[..same]), length(&old_rest[old_rest.len() - tail..]));
    Difference {
        start: last_chars(&before[..from]),
        removed: &before[from..before.len() - until],
        added: &after[from..after.len() - until],
        end: first_chars(&before[before.len() - until..]),
    }
}

fn last_chars(text: &str) -> &str {
    text.char_indices().rev().nth(AROUND_CHARS).map_or(text, |(at, _)| &text[at..])
}

fn first_chars(text: &str) -> &str {
    text.char_indices().nth(AROUND_CHARS).map_or(text, |(at, _)| &text[..at])
}

/// The first letters of the first and the last word of a name: "Truus van Verhoeven" gives "TV".
pub(super) fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => vec![],
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    let letters = ends.into_iter().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    letters.flat_map(char::to_uppercase).collect()
}

/// A hexadecimal key or id in groups of four, so that people can read it to each other.
pub(super) fn grouped(hex: &str) -> String {
    let letters: Vec<char> = hex.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The digits of a telephone number with a leading `+`, for a `tel:` link; the `(0)` of "+31 (0)24" is not dialled.
pub(super) fn dialled(phone: &str) -> String {
    phone.replace("(0)", "").chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_between_words() {
        assert_eq!(excerpt("Zaterdag spitten\nwe het  bed om.", 100), "Zaterdag spitten we het bed om.");
        assert_eq!(excerpt("Zaterdag, spitten we", 12), "Zaterdag…");
        assert_eq!(excerpt("Ééééén woord", 3), "Ééé…");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn what_changed_is_shown_in_whole_words() {
        let found = difference("Kom om acht uur naar de zaal", "Kom om half negen naar de zaal");
        let expected = Difference { start: "Kom om ", removed: "acht uur ", added: "half negen ", end: "naar de zaal" };
        assert_eq!(found, expected);
        assert_eq!(difference("ja ja", "ja ja ja").added, "ja ");
        let long = "é".repeat(200);
        assert_eq!(difference(&format!("{long} a"), &format!("{long} b")).start.chars().count(), AROUND_CHARS + 1);
        assert_eq!(difference("", "nieuw"), Difference { start: "", removed: "", added: "nieuw", end: "" });
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Truus van Verhoeven"), "TV");
        assert_eq!(initials("élodie"), "É");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("(Jan) de \"Wit\""), "JW");
    }

    #[test]
    fn keys_are_grouped_and_numbers_dialled() {
        assert_eq!(grouped("9f2c41aa03"), "9f2c 41aa 03");
        assert_eq!(dialled("+31 (0)24 000-00 00"), "+31240000000");
    }
}

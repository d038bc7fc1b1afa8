//! Names that fit in an address: `Sint Anna ter Muiden` → `sint-anna-ter-muiden`.

/// The longest label in a DNS name, in bytes (RFC 1035).
pub(super) const MAX_LABEL_BYTES: usize = 63;

/// The name of a neighbourhood as one label of a host name: lower-case letters, digits and single
/// hyphens inside, at most 63 bytes. Accents are dropped, not the letters under them; an
/// apostrophe disappears and everything else separates. A name without a single Latin letter or
/// digit becomes `dorpsplein`.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        let before = slug.len();
        match folded(letter) {
            Fold::Letters(letters) => slug.push_str(letters),
            Fold::Itself => slug.push(letter),
            Fold::Nothing => {}
            Fold::Separator if slug.is_empty() || slug.ends_with('-') => {}
            Fold::Separator => slug.push('-'),
        }
        if slug.len() > MAX_LABEL_BYTES {
            slug.truncate(before);
            break;
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() { "dorpsplein".to_owned() } else { slug }
}

/// What becomes of one lower-case character.
enum Fold {
    Itself,
    Letters(&'static str),
    Nothing,
    Separator,
}

fn folded(letter: char) -> Fold {
    match letter {
        'a'..='z' | '0'..='9' => Fold::Itself,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' => Fold::Letters("a"),
        'ç' | 'č' | 'ć' => Fold::Letters("c"),
        'è' | 'é' | 'ê' | 'ë' | 'ē' => Fold::Letters("e"),
        'ì' | 'í' | 'î' | 'ï' | 'ī' => Fold::Letters("i"),
        'ñ' | 'ń' => Fold::Letters("n"),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => Fold::Letters("o"),
        'š' | 'ś' => Fold::Letters("s"),
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => Fold::Letters("u"),
        'ý' | 'ÿ' => Fold::Letters("y"),
        'ž' => Fold::Letters("z"),
        'ĳ' => Fold::Letters("ij"),
        'æ' => Fold::Letters("ae"),
        'œ' => Fold::Letters("oe"),
        'ß' => Fold::Letters("ss"),
        // Apostrophes, straight and curly, and accents that stand on their own.
        '\'' | '’' | '‘' | 'ʼ' | '\u{300}'..='\u{36f}' => Fold::Nothing,
        _ => Fold::Separator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_villages_become_labels() {
        for (name, expected) in [
            ("Sint Anna ter Muiden", "sint-anna-ter-muiden"),
            ("'s-Gravenmoer", "s-gravenmoer"),
            ("’t Veld", "t-veld"),
            ("IJzendijke", "ijzendijke"),
            ("Ĳlst", "ijlst"),
            ("Hollandscheveld / Noord", "hollandscheveld-noord"),
            ("Skûzum", "skuzum"),
            ("Reünieplein", "reunieplein"),
            ("Re\u{308}unieplein", "reunieplein"),
            ("Cuijk & Sint Agatha!", "cuijk-sint-agatha"),
            ("  Wijk 7 (de Hoef)  ", "wijk-7-de-hoef"),
            ("中村", "dorpsplein"),
            ("", "dorpsplein"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut_to_one_label() {
        let long = "Buurtschap ".repeat(20);
        let slug = slug(&long);
        assert!(slug.len() <= MAX_LABEL_BYTES && slug.starts_with("buurtschap-buurtschap"));
        assert!(!slug.ends_with('-'), "{slug}");
    }

    proptest::proptest! {
        #[test]
        fn any_name_becomes_a_label(name in ".{0,100}") {
            let slug = slug(&name);
            proptest::prop_assert!((1..=MAX_LABEL_BYTES).contains(&slug.len()));
            proptest::prop_assert!(slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')));
            proptest::prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
        }
    }
}

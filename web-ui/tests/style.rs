//! The style sheet keeps its promises: contrasts that can be read, in light and dark, and a small file.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use dorpsplein_web_ui::assets;

/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;

/// WCAG 2.2, 1.4.11: what one must see to use a control.
const CONTROL: f64 = 3.0;

/// What stands on what.
const PAIRS: [(&str, &str, f64); 24] = [
    ("ink", "paper", TEXT),
    ("ink", "card", TEXT),
    ("ink", "sun-tint", TEXT),
    ("ink", "brand-tint", TEXT),
    ("ink", "stop-tint", TEXT),
    ("soft", "paper", TEXT),
    ("soft", "card", TEXT),
    ("soft", "brand-tint", TEXT),
    ("brand", "paper", TEXT),
    ("brand", "card", TEXT),
    ("brand", "brand-tint", TEXT),
    ("brand", "sun-tint", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-accent", "accent", TEXT),
    ("accent", "accent-tint", TEXT),
    ("accent", "paper", TEXT),
    ("on-sun", "sun", TEXT),
    ("stop", "stop-tint", TEXT),
    ("on-band", "band", TEXT),
    ("focus", "paper", CONTROL),
    ("focus", "card", CONTROL),
    ("focus", "brand-tint", CONTROL),
    ("stop", "card", CONTROL),
    ("paper", "band", CONTROL),
];

/// The colours of one `:root{…}` block, by token.
fn colours(block: &str) -> HashMap<String, [f64; 3]> {
    let tokens = block.split("--").skip(1).filter_map(|token| token.split_once(':'));
    tokens.filter_map(|(name, rest)| Some((name.to_owned(), colour(rest.split([';', '}']).next()?)?))).collect()
}

/// `#rgb` or `#rrggbb`, each part from 0 to 1.
fn colour(text: &str) -> Option<[f64; 3]> {
    let digits: Vec<u32> = text.trim().strip_prefix('#')?.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    let part = |index: usize| match digits.len() {
        3 => digits[index] * 17,
        _ => digits[index * 2] * 16 + digits[index * 2 + 1],
    };
    Some([part(0), part(1), part(2)].map(|part| f64::from(part) / 255.0))
}

/// The contrast ratio of WCAG 2.2.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] =
            colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The light and the dark block of tokens.
fn themes() -> [(&'static str, HashMap<String, [f64; 3]>); 2] {
    let mut blocks = assets::STYLE.split(":root{").skip(1).map(|rest| rest.split('}').next().unwrap());
    [("light", colours(blocks.next().unwrap())), ("dark", colours(blocks.next().unwrap()))]
}

#[test]
fn every_pair_of_colours_can_be_read() {
    for (theme, colours) in themes() {
        for (text, ground, least) in PAIRS {
            if (text, ground, theme) == ("paper", "band", "dark") {
                continue; // The village on the band is decoration; at night it may fade.
            }
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= least, "{theme}: {text} on {ground} has {ratio:.2}, wants {least}");
        }
    }
}

#[test]
fn dark_gives_every_colour_a_value_of_its_own() {
    let [(_, light), (_, dark)] = themes();
    let (mut light, mut dark): (Vec<_>, Vec<_>) = (light.into_keys().collect(), dark.into_keys().collect());
    light.sort();
    dark.sort();
    assert_eq!(light, dark);
}

#[test]
fn every_token_that_is_used_is_defined_and_the_other_way_round() {
    let used: Vec<&str> =
        assets::STYLE.split("var(--").skip(1).map(|rest| rest.split([')', ',']).next().unwrap()).collect();
    let defined: Vec<&str> = assets::STYLE
        .split("--")
        .skip(1)
        .filter_map(|rest| rest.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
        .collect();
    for token in &used {
        assert!(defined.contains(token), "--{token} is used and not defined");
    }
    for token in &defined {
        assert!(used.contains(token), "--{token} is defined and not used");
    }
}

#[test]
fn the_style_sheet_is_small() {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut assets::STYLE.as_bytes(), &mut compressed, &params).unwrap();
    assert!(compressed.len() < 5_000, "{} bytes", compressed.len());
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    assert!(!assets::STYLE.contains("@import"));
    for url in assets::STYLE.split("url(").skip(1) {
        assert!(url.starts_with("\"data:"), "{}", &url[..40]);
    }
    assert!(assets::ICON.starts_with("<svg") && !assets::ICON.contains("<script"));
}

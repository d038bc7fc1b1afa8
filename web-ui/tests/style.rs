//! The style sheet keeps its promises: contrasts that can be read, in light and dark, and a small file.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use dorpsplein_web_ui::assets;
use dorpsplein_web_ui::theme::{TOKENS, Theme, Value};

/// The tokens of one `:root{…}` block with their values. Only the picture of the village is no token of a theme.
fn tokens(block: &str) -> BTreeMap<String, String> {
    let lines = block.lines().flat_map(|line| line.trim().split(';')).filter_map(|token| token.strip_prefix("--"));
    let tokens = lines.filter_map(|token| token.split_once(':')).filter(|(name, _)| *name != "village");
    tokens.map(|(name, value)| (name.to_owned(), long_form(value))).collect()
}

/// `#fff` as `#ffffff` and `.8rem` as `0.8rem`: a style sheet is short, a theme has one form for everything.
fn long_form(value: &str) -> String {
    match value.strip_prefix('#').map(|digits| digits.chars().collect::<Vec<_>>()) {
        Some(digits) if digits.len() == 3 => {
            digits.iter().fold("#".to_owned(), |all, digit| format!("{all}{digit}{digit}"))
        }
        _ if value.starts_with('.') => format!("0{value}"),
        _ => value.to_owned(),
    }
}

/// The light and the dark block of tokens.
fn schemes() -> [BTreeMap<String, String>; 2] {
    let mut blocks = assets::STYLE.split(":root{").skip(1).map(|rest| rest.split('}').next().unwrap());
    [tokens(blocks.next().unwrap()), tokens(blocks.next().unwrap())]
}

#[test]
fn the_usual_theme_is_what_the_style_sheet_says() {
    let [light, dark] = schemes();
    let (mut usual, mut by_night) = (BTreeMap::new(), BTreeMap::new());
    for token in TOKENS {
        let value = match token.usual() {
            Value::Colour { light, dark } => {
                by_night.insert(token.name.to_owned(), dark.to_string());
                light.to_string()
            }
            Value::Length(length) => length.to_string(),
            Value::Font(font) => font.stack().to_owned(),
        };
        usual.insert(token.name.to_owned(), value);
    }
    assert_eq!((light, dark), (usual, by_night));
}

#[test]
fn every_pair_of_colours_can_be_read() {
    assert_eq!(Theme::default().too_close(), []);
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
        .filter(|name| {
            name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        })
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
    assert!(compressed.len() < 5_500, "{} bytes", compressed.len());
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    assert!(!assets::STYLE.contains("@import"));
    for url in assets::STYLE.split("url(").skip(1) {
        assert!(url.starts_with("\"data:"), "{}", &url[..40]);
    }
    assert!(assets::ICON.starts_with("<svg") && !assets::ICON.contains("<script"));
}

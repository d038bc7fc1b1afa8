//! How a square looks, as its connectors set it: some thirty design tokens, each with a name, a usual value and bounds.
//!
//! What connectors sign is text, and what came over a network may be anything; so nothing of it reaches a style sheet. A value
//! is read into a colour, a length or one of a few fonts, and what [`Theme::css`] writes is made from that alone.

mod colour;
mod tokens;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use colour::Colour;
pub use tokens::{Font, Form, Group, Length, PAIRS, Pair, TOKENS, Token};

/// WCAG 2.2, 1.4.3: the least contrast of text.
pub const TEXT_CONTRAST: f64 = 4.5;

/// WCAG 2.2, 1.4.11: the least contrast of what one must see to use a control.
pub const CONTROL_CONTRAST: f64 = 3.0;

/// The most pixels that a logo is wide as it is published: three on a sharp screen for each that it takes. Of a picture this
/// narrow a box makes no smaller one, so a logo one can see through stays so.
pub const LOGO_WIDTH: u16 = 320;

/// The most pixels that a logo is high as it is published.
pub const LOGO_HEIGHT: u16 = 128;

/// The most bytes of a logo: every page shows it, on a slow line too.
pub const MAX_LOGO_BYTES: usize = 32 * 1024;

/// The most bytes of a theme's file: the logo in base64, and ten times of what colours and measures take.
pub const MAX_THEME_FILE_BYTES: u64 = 64 * 1024;

/// By day or by night: a browser chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Dark words on a light ground.
    Light,
    /// Light words on a dark ground.
    Dark,
}

impl Scheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Its name in forms and in a theme's file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The value of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A colour by day and one by night.
    Colour {
        /// By day.
        light: Colour,
        /// By night.
        dark: Colour,
    },
    /// A length.
    Length(Length),
    /// A font.
    Font(Font),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Colour { light, dark } => write!(f, "{light}/{dark}"),
            Self::Length(length) => write!(f, "{length}"),
            Self::Font(font) => f.write_str(font.name()),
        }
    }
}

/// Why a value is none of a token's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is no such token.
    #[error("{0:?} is no token of a theme")]
    Unknown(String),
    /// A colour is written otherwise.
    #[error("{0} takes two colours, by day and by night, such as #1d5a4b/#93ccb4")]
    Colour(&'static str),
    /// A length is written otherwise, or out of bounds.
    #[error("{0} takes a length from {1} to {2}")]
    Length(&'static str, Length, Length),
    /// There is no such font.
    #[error("{0} takes one of the fonts serif, sans, round, slab and old")]
    Font(&'static str),
}

/// Two colours of which one stands on the other, and too little apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TooClose {
    /// Which two.
    pub pair: &'static Pair,
    /// By day or by night.
    pub scheme: Scheme,
    /// Their contrast, from 1 to 21.
    pub ratio: f64,
}

/// The tokens of a square that are not the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme(BTreeMap<&'static str, Value>);

impl Theme {
    /// What of these `name=value` makes sense; the rest is passed over. Of several of one name the last counts.
    pub fn read<'t>(members: impl IntoIterator<Item = &'t str>) -> Self {
        let mut theme = Self::default();
        for (name, value) in members.into_iter().filter_map(|member| member.split_once('=')) {
            // Another version may know more; what this one does not know changes nothing here.
            let _ = theme.set(name, value);
        }
        theme
    }

    /// Gives a token a value; the usual one takes it out.
    ///
    /// # Errors
    /// [`TokenError`], and the theme is as it was.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), TokenError> {
        let token = Token::named(name).ok_or_else(|| TokenError::Unknown(name.to_owned()))?;
        let value = token.read(value)?;
        if value == token.usual() {
            self.0.remove(token.name);
        } else {
            self.0.insert(token.name, value);
        }
        Ok(())
    }

    /// The value of a token.
    #[must_use]
    pub fn value(&self, token: &Token) -> Value {
        self.0.get(token.name).copied().unwrap_or_else(|| token.usual())
    }

    /// Whether nothing is other than usual.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }

    /// What is other than usual, by name.
    pub fn changed(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }

    /// The same as `name=value`, as a setting has it.
    #[must_use]
    pub fn members(&self) -> Vec<String> {
        self.changed().map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// The colour of a token in a scheme; none for what is no colour.
    #[must_use]
    pub fn colour(&self, name: &str, scheme: Scheme) -> Option<Colour> {
        match (self.value(Token::named(name)?), scheme) {
            (Value::Colour { light, .. }, Scheme::Light) => Some(light),
            (Value::Colour { dark, .. }, Scheme::Dark) => Some(dark),
            _ => None,
        }
    }

    /// What cannot be read: every pair with less contrast than it needs.
    #[must_use]
    pub fn too_close(&self) -> Vec<TooClose> {
        let pairs = PAIRS.iter().flat_map(|pair| Scheme::ALL.map(|scheme| (pair, scheme)));
        let measured = pairs.filter_map(|(pair, scheme)| {
            let ratio = self.colour(pair.upper, scheme)?.contrast(self.colour(pair.ground, scheme)?);
            Some(TooClose { pair, scheme, ratio })
        });
        measured.filter(|close| close.ratio < close.pair.least).collect()
    }

    /// The same theme as everybody can read it: with the usual colours when some of its own are too close.
    #[must_use]
    pub fn readable(mut self) -> Self {
        if !self.too_close().is_empty() {
            self.0.retain(|_, value| !matches!(value, Value::Colour { .. }));
        }
        self
    }

    /// The style sheet that makes a square look like this, after the usual one; empty when it looks as usual.
    #[must_use]
    pub fn css(&self) -> String {
        let (mut day, mut night) = (String::new(), String::new());
        for (name, value) in self.changed() {
            let put = |sheet: &mut String, value: &dyn std::fmt::Display| {
                write!(sheet, "--{name}:{value};").expect("writing to a String cannot fail");
            };
            match value {
                Value::Colour { light, dark } => {
                    put(&mut day, &light);
                    put(&mut night, &dark);
                }
                Value::Length(length) => put(&mut day, &length),
                Value::Font(font) => put(&mut day, &font.stack()),
            }
        }
        let mut sheet = if day.is_empty() { String::new() } else { format!(":root{{{day}}}\n") };
        if !night.is_empty() {
            sheet += &format!("@media screen and (prefers-color-scheme:dark){{:root{{{night}}}}}\n");
        }
        sheet
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_usual_is_not_said() {
        let mut theme = Theme::default();
        assert_eq!(theme.css(), "");
        theme.set("brand", "#224488/#AACCFF").unwrap();
        theme.set("text", "1.25rem").unwrap();
        theme.set("heading", "sans").unwrap();
        assert_eq!(theme.members(), ["brand=#224488/#aaccff", "heading=sans", "text=1.25rem"]);
        let sheet = ":root{--brand:#224488;--heading:system-ui,sans-serif;--text:1.25rem;}\n\
                     @media screen and (prefers-color-scheme:dark){:root{--brand:#aaccff;}}\n";
        assert_eq!(theme.css(), sheet);
        assert_eq!(Theme::read(theme.members().iter().map(String::as_str)), theme);
        for token in TOKENS {
            theme.set(token.name, &token.usual().to_string()).unwrap();
        }
        assert!(theme.is_usual());
    }

    #[test]
    fn nothing_that_connectors_write_reaches_a_style_sheet_but_as_a_value() {
        let hostile = [
            "brand=red;}body{display:none}/#fff",
            "brand=#fff",
            "brand=#12345g/#ffffff",
            "brand=url(https://elsewhere.example/)/#ffffff",
            "text=1rem;background:url(//elsewhere.example)",
            "text=99rem",
            "text=-1rem",
            "text=1e0rem",
            "text=1.00000rem",
            "heading=Comic Sans;}",
            "nonsense=#ffffff/#ffffff",
            "--brand=#ffffff/#ffffff",
            "brand",
            "=",
        ];
        let theme = Theme::read(hostile);
        assert!(theme.is_usual(), "{theme:?}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let mut theme = Theme::default();
        assert_eq!(theme.set("colour", "#000"), Err(TokenError::Unknown("colour".to_owned())));
        assert_eq!(theme.set("ink", "#000000"), Err(TokenError::Colour("ink")));
        assert_eq!(theme.set("heading", "papyrus"), Err(TokenError::Font("heading")));
        let error = theme.set("target", "1rem").unwrap_err().to_string();
        assert_eq!(error, "target takes a length from 2.75rem to 4rem");
    }

    #[test]
    fn the_usual_colours_can_be_read_and_others_are_measured() {
        assert_eq!(Theme::default().too_close(), []);
        let mut theme = Theme::default();
        theme.set("ink", "#999999/#f0efe6").unwrap();
        theme.set("text", "1.25rem").unwrap();
        let close = theme.too_close();
        assert!(close.iter().all(|close| close.pair.upper == "ink" && close.scheme == Scheme::Light), "{close:?}");
        let on_paper = close.iter().find(|close| close.pair.ground == "paper").unwrap();
        assert!((2.5..2.7).contains(&on_paper.ratio), "{}", on_paper.ratio);
        assert_eq!(theme.readable().members(), ["text=1.25rem"], "colours go back to usual together");
    }
}

//! The design tokens there are: names, usual values and bounds. The usual values are those of `assets/square.css`, and a test
//! holds the two together.

use std::fmt;

use super::{CONTROL_CONTRAST, Colour, TEXT_CONTRAST, TokenError, Value};

/// Something about how a square looks that connectors may set.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name in a setting, a theme's file and the style sheet.
    pub name: &'static str,
    /// The id of the text that says what it is.
    pub text: &'static str,
    /// What values it takes.
    pub form: Form,
}

/// What values a token takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A colour by day and one by night, with the usual ones.
    Colour(Colour, Colour),
    /// A length: the usual one, the least and the most.
    Length(Length, Length, Length),
    /// A font, with the usual one.
    Font(Font),
}

/// Which tokens stand together in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Colours.
    Colours,
    /// Fonts and sizes of type.
    Type,
    /// Corners and room.
    Room,
}

/// A length in thousandths of a rem: 16 pixels, unless a reader's browser says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(u32);

/// Fonts that every device has, so none is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    /// Warm letters with serifs.
    Serif,
    /// The device's own letters.
    Sans,
    /// Round letters.
    Round,
    /// Letters with square serifs.
    Slab,
    /// Old letters of books.
    Old,
}

/// Two colours of which one stands on the other.
#[derive(Debug, PartialEq)]
pub struct Pair {
    /// The token above: words, or a control.
    pub upper: &'static str,
    /// The token of the ground.
    pub ground: &'static str,
    /// The least contrast.
    pub least: f64,
}

const fn colour(name: &'static str, text: &'static str, light: u32, dark: u32) -> Token {
    Token { name, text, form: Form::Colour(Colour::new(light), Colour::new(dark)) }
}

const fn length(name: &'static str, text: &'static str, usual: u32, least: u32, most: u32) -> Token {
    Token { name, text, form: Form::Length(Length(usual), Length(least), Length(most)) }
}

const fn font(name: &'static str, text: &'static str, usual: Font) -> Token {
    Token { name, text, form: Form::Font(usual) }
}

/// Every token, in the order in which a form asks for them.
pub const TOKENS: &[Token] = &[
    colour("paper", "token-paper", 0xfa_f5ea, 0x15_1a17),
    colour("card", "token-card", 0xff_fdf8, 0x1e_2521),
    colour("ink", "token-ink", 0x22_261f, 0xf0_efe6),
    colour("soft", "token-soft", 0x55_5a4e, 0xb7_bdb0),
    colour("line", "token-line", 0xdd_d3be, 0x3b_453e),
    colour("band", "token-band", 0x1f_4a40, 0x1b_3a32),
    colour("on-band", "token-on-band", 0xff_f8e8, 0xf4_ecd8),
    colour("brand", "token-brand", 0x1d_5a4b, 0x93_ccb4),
    colour("on-brand", "token-on-brand", 0xff_ffff, 0x0d_1a14),
    colour("brand-tint", "token-brand-tint", 0xe1_ece3, 0x24_382f),
    colour("accent", "token-accent", 0x99_391f, 0xf2_a98c),
    colour("on-accent", "token-on-accent", 0xff_ffff, 0x2c_0f05),
    colour("accent-tint", "token-accent-tint", 0xfa_e6da, 0x3d_2720),
    colour("sun", "token-sun", 0xf3_c567, 0xe5_bd65),
    colour("on-sun", "token-on-sun", 0x3b_2a00, 0x24_1a00),
    colour("sun-tint", "token-sun-tint", 0xfd_f0d0, 0x37_301b),
    colour("stop", "token-stop", 0x8d_1c1c, 0xf5_aca3),
    colour("stop-tint", "token-stop-tint", 0xfb_e3df, 0x3f_2220),
    colour("focus", "token-focus", 0x1b_4fd0, 0xa3_bcff),
    font("heading", "token-heading", Font::Serif),
    font("body", "token-body", Font::Sans),
    length("text", "token-text", 1125, 1000, 1500),
    length("small", "token-small", 1000, 875, 1250),
    length("tiny", "token-tiny", 875, 800, 1125),
    length("h1", "token-h1", 2000, 1500, 3000),
    length("h2", "token-h2", 1500, 1250, 2500),
    length("h3", "token-h3", 1250, 1000, 2000),
    length("round", "token-round", 800, 0, 2000),
    length("corner", "token-corner", 600, 0, 1500),
    length("gap", "token-gap", 1000, 500, 2000),
    // WCAG 2.2, 2.5.5: 44 pixels.
    length("target", "token-target", 2750, 2750, 4000),
    length("measure", "token-measure", 42_000, 32_000, 52_000),
];

const fn words(upper: &'static str, ground: &'static str) -> Pair {
    Pair { upper, ground, least: TEXT_CONTRAST }
}

const fn control(upper: &'static str, ground: &'static str) -> Pair {
    Pair { upper, ground, least: CONTROL_CONTRAST }
}

/// What stands on what.
pub const PAIRS: &[Pair] = &[
    words("ink", "paper"),
    words("ink", "card"),
    words("ink", "sun-tint"),
    words("ink", "brand-tint"),
    words("ink", "stop-tint"),
    words("soft", "paper"),
    words("soft", "card"),
    words("soft", "brand-tint"),
    words("soft", "sun-tint"),
    words("brand", "paper"),
    words("brand", "card"),
    words("brand", "brand-tint"),
    words("brand", "sun-tint"),
    words("on-brand", "brand"),
    words("on-accent", "accent"),
    words("accent", "accent-tint"),
    words("accent", "paper"),
    words("on-sun", "sun"),
    words("stop", "stop-tint"),
    words("paper", "stop"),
    words("on-band", "band"),
    control("focus", "paper"),
    control("focus", "card"),
    control("focus", "brand-tint"),
    control("stop", "card"),
];

impl Token {
    /// The token with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TOKENS.iter().find(|token| token.name == name)
    }

    /// Its usual value.
    #[must_use]
    pub const fn usual(&self) -> Value {
        match self.form {
            Form::Colour(light, dark) => Value::Colour { light, dark },
            Form::Length(usual, ..) => Value::Length(usual),
            Form::Font(usual) => Value::Font(usual),
        }
    }

    /// Where it stands in a form.
    #[must_use]
    pub fn group(&self) -> Group {
        match self.form {
            Form::Colour(..) => Group::Colours,
            Form::Font(_) => Group::Type,
            Form::Length(..) if ["text", "small", "tiny", "h1", "h2", "h3"].contains(&self.name) => Group::Type,
            Form::Length(..) => Group::Room,
        }
    }

    /// Reads a value of it.
    ///
    /// # Errors
    /// [`TokenError`] that says what it takes.
    pub fn read(&self, text: &str) -> Result<Value, TokenError> {
        match self.form {
            Form::Colour(..) => {
                let both =
                    text.split_once('/').and_then(|(light, dark)| Some((Colour::parse(light)?, Colour::parse(dark)?)));
                both.map(|(light, dark)| Value::Colour { light, dark }).ok_or(TokenError::Colour(self.name))
            }
            Form::Length(_, least, most) => {
                let within = Length::parse(text).filter(|length| (least..=most).contains(length));
                within.map(Value::Length).ok_or(TokenError::Length(self.name, least, most))
            }
            Form::Font(_) => Font::named(text).map(Value::Font).ok_or(TokenError::Font(self.name)),
        }
    }
}

impl Length {
    /// Reads a number of rem with at most three decimals, such as `1.125rem`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix("rem")?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let plain = |digits: &str, most: usize| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
        };
        if !plain(whole, 2) || !plain(decimals, 3) {
            return None;
        }
        Some(Self(whole.parse::<u32>().ok()? * 1000 + format!("{decimals:0<3}").parse::<u32>().ok()?))
    }

    /// The number of rem, without the unit.
    #[must_use]
    pub fn number(self) -> String {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}rem", self.number())
    }
}

impl Font {
    /// Every font.
    pub const ALL: [Self; 5] = [Self::Serif, Self::Sans, Self::Round, Self::Slab, Self::Old];

    /// Its name in a setting and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serif => "serif",
            Self::Sans => "sans",
            Self::Round => "round",
            Self::Slab => "slab",
            Self::Old => "old",
        }
    }

    /// The font with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|font| font.name() == name)
    }

    /// The id of the text that says what it looks like.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Serif => "font-serif",
            Self::Sans => "font-sans",
            Self::Round => "font-round",
            Self::Slab => "font-slab",
            Self::Old => "font-old",
        }
    }

    /// The fonts that a browser tries in turn, as a style sheet names them.
    #[must_use]
    pub const fn stack(self) -> &'static str {
        match self {
            Self::Serif => "Charter,Cambria,Georgia,serif",
            Self::Sans => "system-ui,sans-serif",
            Self::Round => "ui-rounded,Nunito,Quicksand,Verdana,sans-serif",
            Self::Slab => "Rockwell,\"Roboto Slab\",\"DejaVu Serif\",serif",
            Self::Old => "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,serif",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_one_form() {
        for (text, form) in
            [("1rem", "1rem"), ("1.1250rem", ""), ("1.5rem", "1.5rem"), ("01.50rem", "1.5rem"), ("42rem", "42rem")]
        {
            assert_eq!(Length::parse(text).map(|length| length.to_string()).unwrap_or_default(), form, "{text}");
        }
        for odd in ["", "rem", "1", "1px", ".5rem", "1.rem", "-1rem", "+1rem", "1 rem", "100rem"] {
            assert_eq!(Length::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn pairs_are_of_tokens_that_are_colours() {
        for pair in PAIRS {
            for name in [pair.upper, pair.ground] {
                assert!(matches!(Token::named(name).map(|token| token.form), Some(Form::Colour(..))), "{name}");
            }
        }
    }
}

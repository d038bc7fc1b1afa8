//! Colours, and how well one can be read on another.

use std::fmt;

/// A colour of a screen (sRGB), without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// The colour `0xrrggbb`.
    #[must_use]
    pub const fn new(hex: u32) -> Self {
        let [_, red, green, blue] = hex.to_be_bytes();
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        // `from_str_radix` takes a sign as well.
        let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        plain.then(|| u32::from_str_radix(digits, 16).ok()).flatten().map(Self::new)
    }

    /// The contrast with another colour, from 1 (none) to 21 (black and white): WCAG 2.2, "contrast ratio".
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// How much light it gives, from 0 to 1: WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_colour_has_one_form() {
        assert_eq!(Colour::parse("#1D5a4B").unwrap().to_string(), "#1d5a4b");
        for odd in ["", "#", "#fff", "1d5a4b", "#1d5a4", "#1d5a4bf", "#+d5a4b", "#é5a4b", "red"] {
            assert_eq!(Colour::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let contrast = |one: u32, other: u32| (Colour::new(one).contrast(Colour::new(other)) * 100.0).round() / 100.0;
        // The ends of the scale, and pairs that others have measured.
        for (one, other, ratio) in [
            (0x00_0000, 0xff_ffff, 21.0),
            (0xff_ffff, 0xff_ffff, 1.0),
            (0x76_7676, 0xff_ffff, 4.54),
            (0x77_7777, 0xff_ffff, 4.48),
            (0x00_00ff, 0xff_ffff, 8.59),
            (0xff_0000, 0xff_ffff, 4.0),
        ] {
            assert!((contrast(one, other) - ratio).abs() < 0.006, "{one:06x} on {other:06x}: {}", contrast(one, other));
            assert!((contrast(other, one) - contrast(one, other)).abs() < f64::EPSILON);
        }
    }
}

//! How a square looks and what is on it, on the wire and in a theme's file.

use std::collections::BTreeMap;

use dorpsplein_protocol::compose::Setting;
use dorpsplein_protocol::photo::{Photo, PhotoId};
use dorpsplein_web_ui::theme::{MAX_LOGO_BYTES, Theme, TokenError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the square looks and what is on it, as connectors last said. What they did not say is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingBody {
    /// When that was said; none if it never was.
    pub said: Option<u64>,
    /// The name on the site, where that is not the one in the register.
    pub name: Option<String>,
    /// What stands under the name.
    pub tagline: Option<String>,
    /// The words on the home page.
    pub words: Option<String>,
    /// The number to call for help.
    pub phone: Option<String>,
    /// Who answers there, and when.
    pub hours: Option<String>,
    /// The picture beside the name.
    pub logo: Option<SettingLogoBody>,
    /// What posts can be filed under.
    pub categories: Vec<String>,
    /// What the square does without: market, people, clubs, groups, alerts, search.
    pub modules_off: Vec<String>,
    /// The colours and measures that are not the usual ones, each `name=value`.
    pub tokens: Vec<String>,
}

/// The picture beside the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingLogoBody {
    /// The photo, at `/photos/<id>/whole`.
    pub id: String,
    /// How many bytes it has.
    pub length: u32,
    /// How many pixels it is wide.
    pub width: u16,
    /// How many pixels it is high.
    pub height: u16,
    /// What is on it.
    pub alt: String,
}

impl SettingBody {
    /// The same as a connector's device says it anew.
    pub fn setting(self) -> Setting {
        let logo = self.logo.and_then(|logo| {
            let id = PhotoId::from_hex(&logo.id)?;
            Some(Photo { id, length: logo.length, width: logo.width, height: logo.height, alt: logo.alt })
        });
        Setting {
            name: self.name,
            tagline: self.tagline,
            words: self.words,
            phone: self.phone,
            hours: self.hours,
            logo,
            categories: self.categories,
            modules_off: self.modules_off,
            tokens: self.tokens,
        }
    }
}

/// The colours and measures of a square in a file, to be taken to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeFile {
    /// The version of this form: 1 without a logo, 2 with one.
    #[serde(rename = "dorpsplein-theme")]
    pub version: u32,
    /// What is not as usual.
    pub tokens: BTreeMap<String, String>,
    /// The logo, a JPEG or WebP file in base64 (RFC 4648, section 4), of at most [`MAX_LOGO_BYTES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// Why a file is no theme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeFileError {
    /// A later version wrote it.
    #[error("the file is of version {0} of themes, and this program knows version {version}", version = ThemeFile::VERSION)]
    Version(u32),
    /// One of its values is none.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Its logo is none.
    #[error("the logo in the file is no base64 of at most {MAX_LOGO_BYTES} bytes")]
    Logo,
}

impl ThemeFile {
    /// The latest version.
    pub const VERSION: u32 = 2;

    /// The file of a theme, and of a logo that goes with it.
    pub fn of(theme: &Theme, logo: Option<&[u8]>) -> Self {
        let tokens = theme.changed().map(|(name, value)| (name.to_owned(), value.to_string()));
        let logo = logo.map(|logo| data_encoding::BASE64.encode(logo));
        // Without a logo an earlier program can read it too.
        Self { version: if logo.is_some() { 2 } else { 1 }, tokens: tokens.collect(), logo }
    }

    /// The file of the logo in it, which may be no picture.
    ///
    /// # Errors
    /// [`ThemeFileError::Logo`].
    pub fn logo(&self) -> Result<Option<Vec<u8>>, ThemeFileError> {
        let Some(logo) = &self.logo else { return Ok(None) };
        let file = data_encoding::BASE64.decode(logo.as_bytes()).map_err(|_| ThemeFileError::Logo)?;
        if file.len() <= MAX_LOGO_BYTES { Ok(Some(file)) } else { Err(ThemeFileError::Logo) }
    }

    /// The theme in it.
    ///
    /// # Errors
    /// [`ThemeFileError`].
    pub fn theme(&self) -> Result<Theme, ThemeFileError> {
        if !(1..=Self::VERSION).contains(&self.version) {
            return Err(ThemeFileError::Version(self.version));
        }
        let mut theme = Theme::default();
        for (name, value) in &self.tokens {
            theme.set(name, value)?;
        }
        Ok(theme)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_theme_comes_back_from_its_file_and_nothing_else_is_one() {
        let theme = Theme::read(["brand=#224488/#aaccff", "text=1.25rem"]);
        let file = serde_json::to_string(&ThemeFile::of(&theme, None)).unwrap();
        assert_eq!(file, r##"{"dorpsplein-theme":1,"tokens":{"brand":"#224488/#aaccff","text":"1.25rem"}}"##);
        assert_eq!(serde_json::from_str::<ThemeFile>(&file).unwrap().theme(), Ok(theme));
        let later = ThemeFile { version: 3, tokens: BTreeMap::new(), logo: None };
        assert_eq!(later.theme(), Err(ThemeFileError::Version(3)));
        let hostile = ThemeFile { tokens: [("text".to_owned(), "1rem;}".to_owned())].into(), version: 1, logo: None };
        assert!(matches!(hostile.theme(), Err(ThemeFileError::Token(_))));
        let with_logo = ThemeFile::of(&Theme::default(), Some(b"plaatje"));
        assert_eq!((with_logo.version, with_logo.logo()), (2, Ok(Some(b"plaatje".to_vec()))));
        for logo in ["%%".to_owned(), data_encoding::BASE64.encode(&vec![0; MAX_LOGO_BYTES + 1])] {
            assert_eq!(ThemeFile { logo: Some(logo), ..later.clone() }.logo(), Err(ThemeFileError::Logo));
        }
    }
}

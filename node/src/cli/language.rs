//! The language of the commands that speak more than one.

use std::env;

use clap::{Args, ValueEnum};
use dorpsplein_web_ui::Lang;

/// In which language a command answers.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Spoken {
    /// In which language; that of this shell (LC_ALL, LC_MESSAGES, LANG) when left out
    #[arg(long, value_enum)]
    lang: Option<SpokenLang>,
}

/// The languages there are.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SpokenLang {
    /// Dutch
    Nl,
    /// English
    En,
}

impl Spoken {
    /// The language.
    pub(super) fn lang(self) -> Lang {
        self.lang.map_or_else(language_of_the_shell, |lang| match lang {
            SpokenLang::Nl => Lang::Nl,
            SpokenLang::En => Lang::En,
        })
    }
}

/// Dutch in a shell that speaks Dutch, otherwise English, as the other commands.
pub(super) fn language_of_the_shell() -> Lang {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
    let first = said.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    if first.starts_with("nl") { Lang::Nl } else { Lang::En }
}

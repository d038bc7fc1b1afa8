//! What is given instead of what the file says: by the environment, and before that by the command line.

use std::env;
use std::str::FromStr;

use thiserror::Error;

use super::mistakes::Place;
use super::settings::{SETTINGS, Setting, meant};

/// What is given instead of what the file says; the later entry goes before the earlier.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub(super) entries: Vec<Given>,
}

#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) setting: &'static Setting,
    pub(super) value: String,
    pub(super) place: Place,
}

/// A setting on the command line: its name, `=`, and its value without quotes; of a list with commas in between.
#[derive(Clone, Debug)]
pub struct Flag {
    setting: &'static Setting,
    value: String,
}

/// Why that is no setting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FlagError {
    /// There is no `=`.
    #[error("a setting is given as KEY=VALUE, such as site=127.0.0.1:8080")]
    NoValue,
    /// There is no such setting.
    #[error("there is no setting `{0}`; did you mean `{1}`?")]
    Nearly(String, &'static str),
    /// There is nothing like it.
    #[error("there is no setting `{0}`; `dorpsplein config example` shows every setting")]
    Unknown(String),
    /// It is not for one start only.
    #[error("`{0}` stands in box.toml only")]
    FileOnly(&'static str),
}

impl Overrides {
    /// What the environment of this process says. A variable that is empty says nothing.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// The same, of variables that somebody else looks up.
    pub fn from_variables(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let entries = SETTINGS.iter().filter(|setting| setting.can_be_overridden()).filter_map(|setting| {
            let variable = setting.variable();
            let value = look_up(&variable).filter(|value| !value.is_empty())?;
            Some(Given { setting, value, place: Place::Environment { variable } })
        });
        Self { entries: entries.collect() }
    }

    /// The same, and what the command line says.
    #[must_use]
    pub fn with_flags(mut self, flags: &[Flag]) -> Self {
        self.entries.extend(flags.iter().map(|flag| {
            let Flag { setting, value } = flag.clone();
            let place = Place::CommandLine { flag: format!("{}={value}", setting.key) };
            Given { setting, value, place }
        }));
        self
    }
}

impl FromStr for Flag {
    type Err = FlagError;

    fn from_str(text: &str) -> Result<Self, FlagError> {
        let (key, value) = text.split_once('=').ok_or(FlagError::NoValue)?;
        let (key, value) = (key.trim(), value.trim().to_owned());
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        match Setting::named(key) {
            Some(setting) if setting.can_be_overridden() => Ok(Self { setting, value }),
            Some(setting) => Err(FlagError::FileOnly(setting.key)),
            None => Err(match meant(table, name) {
                Some(meant) => FlagError::Nearly(key.to_owned(), meant),
                None => FlagError::Unknown(key.to_owned()),
            }),
        }
    }
}

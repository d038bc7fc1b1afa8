//! What is wrong with the settings: each mistake with its place, and what to do about it.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// The setting it is about, where it is about one.
    pub setting: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub todo: String,
}

/// Where a setting was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "in")]
pub enum Place {
    /// In the file.
    File {
        /// Counted from one.
        line: usize,
        /// In characters, counted from one.
        column: usize,
    },
    /// In the environment.
    Environment {
        /// The variable.
        variable: String,
    },
    /// On the command line.
    CommandLine {
        /// What was given.
        flag: String,
    },
}

/// Why settings are not understood: every mistake in them, in the order in which they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub(super) Vec<Mistake>);

impl ConfigError {
    /// All mistakes; at least one.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    /// The first mistake on one line, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.0.first() {
            write!(f, "{first}")?;
        }
        match self.0.len() {
            0 | 1 => Ok(()),
            count => write!(f, " (`dorpsplein config check` shows {} more)", count - 1),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.todo)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { line, column } => write!(f, "line {line}, column {column}"),
            Self::Environment { variable } => f.write_str(variable),
            Self::CommandLine { flag } => write!(f, "--set {flag}"),
        }
    }
}

impl Place {
    /// The place of a stretch of bytes in a text.
    pub(super) fn within(text: &str, span: &Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self::File { line: 1 + before.matches('\n').count(), column: 1 + before[line_start..].chars().count() }
    }
}

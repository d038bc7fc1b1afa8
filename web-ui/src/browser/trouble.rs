//! Why something did not work, as far as a page has words for it.

use thiserror::Error;
use wasm_bindgen::JsValue;

/// What kept the module from doing what was asked. Never carries anything secret: it may end up in the console.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    /// The box answered, and said no.
    #[error("the box refused: {problem}")]
    Refused {
        /// The problem's name, as in `data-problem`.
        problem: String,
        /// Whether asking the same again is pointless.
        lasting: bool,
    },
    /// The box did not answer, or not as a box does. It may or may not have taken what was sent.
    #[error("the box does not answer")]
    Offline,
    /// The browser lacks something, or refuses it.
    #[error("this browser cannot do it: {0}")]
    Browser(
        /// What it is about.
        &'static str,
    ),
}

impl Trouble {
    /// A refusal that this device itself foresees, so that nothing is signed or sent in vain.
    pub(super) fn foreseen(problem: &str) -> Self {
        Self::Refused { problem: problem.to_owned(), lasting: true }
    }

    /// Whether asking the same again is pointless.
    pub(super) const fn is_lasting(&self) -> bool {
        matches!(self, Self::Refused { lasting: true, .. })
    }
}

impl From<Trouble> for JsValue {
    fn from(trouble: Trouble) -> Self {
        js_sys::Error::new(&trouble.to_string()).into()
    }
}

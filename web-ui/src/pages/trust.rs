//! The pages about whom one deals with: "Wie zegt dit?", "Over dit plein", and what went wrong.

use askama::Template;

use super::problems;
use super::shell::Shell;
use crate::paths::Page;
use crate::view::{AboutPage, Failure, OperationRole, ProofPage, ProofSubject, Role, TreatyDirection, TreatyState};

#[derive(Template)]
#[template(path = "about.html")]
pub(super) struct About<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a AboutPage,
}

#[derive(Template)]
#[template(path = "who-says-this.html")]
pub(super) struct Proof<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a ProofPage,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct Error<'a> {
    pub(super) s: Shell<'a>,
    /// The text that says what went wrong.
    pub(super) heading: &'static str,
    /// The text that says what to do next.
    pub(super) advice: String,
}

impl<'a> Error<'a> {
    pub(super) fn new(s: Shell<'a>, failure: &Failure) -> Self {
        let (heading, advice) = match failure {
            Failure::NotFound => ("error-not-found", "error-not-found-more".to_owned()),
            Failure::Off => ("module-off", "module-off-more".to_owned()),
            Failure::Refused { problem } => ("error-refused", problems::text_id(problem)),
            Failure::Internal => ("error-internal", "error-internal-more".to_owned()),
        };
        Self { s, heading, advice }
    }
}

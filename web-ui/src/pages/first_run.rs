//! The pages of a box without a square. They stand by themselves: there is no menu, because there is nowhere to go.

use askama::Template;
use jiff::civil::DateTime;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::modules::Modules;
use crate::paths;
use crate::view::{FirstRunForm, FirstRunPage, Frame, Neighbourhood};

#[derive(Template)]
#[template(path = "first-run.html")]
struct FirstRun<'a> {
    s: Shell<'a>,
    page: &'a FirstRunPage,
}

/// A page of a box without a square. Its address is that of the news in each language.
///
/// # Errors
/// [`RenderError`].
pub fn first_run(icon_url: &str, page: &FirstRunPage, lang: Lang) -> Result<String, RenderError> {
    let frame = nowhere(icon_url);
    let s = Shell::new(&frame, lang, None, |lang| paths::news(lang).to_owned());
    rendered(&FirstRun { s, page }, lang)
}

/// What surrounds the pages of a place that has no name yet.
fn nowhere(icon_url: &str) -> Frame {
    Frame {
        neighbourhood: Neighbourhood {
            id: String::new(),
            name: "Dorpsplein".to_owned(),
            tagline: None,
            logo: None,
            help: None,
            language: Lang::Nl,
            neighbours: Vec::new(),
            circles: Vec::new(),
            alerts: Vec::new(),
        },
        now: DateTime::default(),
        time_zone: "",
        theme: String::new(),
        modules: Modules::default(),
        icon_url: icon_url.to_owned(),
        script_url: None,
        suggest_url: String::new(),
        reading_url: String::new(),
        at_kiosk: false,
        told: String::new(),
    }
}

impl FirstRun<'_> {
    /// The text that names this page.
    const fn title(&self) -> &'static str {
        match self.page {
            FirstRunPage::Code { .. } => "first-run-title",
            FirstRunPage::Questions(_) => "first-run-questions-title",
            FirstRunPage::Begun(_) => "first-run-begun-title",
            FirstRunPage::Starting { .. } => "first-run-starting-title",
        }
    }

    /// Whether something has to be mended first, which the title says: it is what is read out.
    fn is_refused(&self) -> bool {
        match self.page {
            FirstRunPage::Code { trouble, .. } => trouble.is_some(),
            FirstRunPage::Questions(form) => !form.faults.is_empty(),
            FirstRunPage::Begun(_) | FirstRunPage::Starting { .. } => false,
        }
    }

    /// What describes a field to who hears the page: its hint if it has one, and what is wrong with it.
    fn described(form: &FirstRunForm, field: &str, hint: &str) -> String {
        let hint = (!hint.is_empty()).then(|| format!("{field}-hint"));
        let wrong = form.fault(field).map(|_| format!("{field}-wrong"));
        hint.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
    }
}

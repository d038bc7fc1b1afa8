//! The connectors' desk: how it goes with the box.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::lang::Whole;
use crate::paths::Page;
use crate::view::{Frame, HealthPage, Renewer, SiteCertificate, SiteHttps, Vital};

#[derive(Template)]
#[template(path = "desk/health.html")]
struct Health<'a> {
    s: Shell<'a>,
    page: &'a HealthPage,
    lang: Lang,
}

/// From so many years on it is not said how many: by then the box is another one.
const MANY_YEARS: usize = 20;

/// How it goes with the box.
///
/// # Errors
/// [`RenderError`].
pub fn health(frame: &Frame, page: &HealthPage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::DeskHealth), |lang| Page::DeskHealth.pattern(lang).to_owned());
    rendered(&Health { s, page, lang }, lang)
}

impl Health<'_> {
    fn size(&self, bytes: &u64) -> String {
        size(*bytes, self.lang)
    }

    fn disk(&self) -> Option<Mark> {
        mark(self.page.disk?.0)
    }

    fn memory(&self) -> Option<Mark> {
        mark(self.page.memory?.0)
    }

    /// Who never made one is reminded as well.
    fn backup(&self) -> Option<Mark> {
        mark(self.page.backup.map_or(Vital::Wrong, |backup| backup.0))
    }

    fn certificate(&self) -> Option<Mark> {
        mark(self.page.certificate.map_or(Vital::Wrong, |certificate| certificate.0))
    }

    /// The site's own, and what is said of it besides until when it holds.
    fn site_certificate(&self) -> Option<(&SiteCertificate, Option<Mark>, [&'static str; 2])> {
        let SiteHttps::Here(one) = &self.page.https else { return None };
        let words = match one.renewer {
            Renewer::Box => ["health-https-box", "health-https-box-todo"],
            Renewer::Files => ["health-https-files", "health-https-files-todo"],
            Renewer::Own => ["health-https-own", "health-https-own-todo"],
        };
        Some((one, mark(one.vital), words))
    }

    /// What is said of a site whose certificate is not the box's.
    fn no_certificate(&self) -> &'static str {
        if self.page.https == SiteHttps::Before { "health-https-before" } else { "health-https-plain" }
    }

    fn many_years(&self, years: &usize) -> bool {
        *years >= MANY_YEARS
    }
}

/// The mark of how something is, and the text in it.
type Mark = (&'static str, &'static str);

/// What is well has none.
const fn mark(vital: Vital) -> Option<Mark> {
    match vital {
        Vital::Well => None,
        Vital::Note => Some(("ask", "health-note")),
        Vital::Wrong => Some(("stop", "health-wrong")),
    }
}

/// A size as people say it: whole megabytes, or gigabytes with one decimal.
fn size(bytes: u64, lang: Lang) -> String {
    const MB: u64 = 1_000_000;
    const TENTH_GB: u64 = 100 * MB;
    if bytes < 1_000 * MB {
        return format!("{} MB", bytes.div_ceil(MB));
    }
    let point = match lang.whole() {
        Whole::Nl => ',',
        Whole::En => '.',
    };
    let tenths = bytes / TENTH_GB;
    format!("{}{point}{} GB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(size(0, Lang::Nl), "0 MB");
        assert_eq!(size(1, Lang::Nl), "1 MB");
        assert_eq!(size(41_300_000, Lang::En), "42 MB");
        assert_eq!(size(12_345_000_000, Lang::Nl), "12,3 GB");
        assert_eq!(size(12_345_000_000, Lang::En), "12.3 GB");
    }
}

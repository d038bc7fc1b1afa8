//! Post by e-mail: its pages on the site, and the mails.
//!
//! A mail fetches nothing: no pictures, no style sheets, no addresses that tell whether it was read. Its links are the plain
//! addresses of the pages. It is in a whole language, because a mail has one.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::Page;
use crate::view::{
    Digest, DigestEntry, Frame, Frequency, Mail, MailLink, MailLinkPage, MailPage, MailStanding, MailTrouble, Notice,
};

#[derive(Template)]
#[template(path = "mail.html")]
struct Asking<'a> {
    s: Shell<'a>,
    page: &'a MailPage,
}

#[derive(Template)]
#[template(path = "mail-link.html")]
struct Link<'a> {
    s: Shell<'a>,
    page: &'a MailLinkPage,
    words: LinkWords,
}

/// What the page of a link says, by text ids.
struct LinkWords {
    title: &'static str,
    intro: &'static str,
    button: &'static str,
    done: &'static str,
}

const CONFIRM: LinkWords = LinkWords {
    title: "mail-confirm-title",
    intro: "mail-confirm-intro",
    button: "mail-confirm-do",
    done: "mail-confirm-done",
};
const STOP: LinkWords =
    LinkWords { title: "mail-stop-title", intro: "mail-stop-intro", button: "mail-stop-do", done: "mail-stop-done" };

#[derive(Template)]
#[template(path = "mail/digest.html")]
struct DigestHtml<'a> {
    s: &'a Shell<'a>,
    subject: &'a str,
    digest: &'a Digest,
}

#[derive(Template)]
#[template(path = "mail/confirmation.html")]
struct ConfirmationHtml<'a> {
    s: &'a Shell<'a>,
    subject: &'a str,
    url: &'a str,
}

impl MailLink {
    /// The page it leads to.
    #[must_use]
    pub const fn page(self) -> Page {
        match self {
            Self::Confirm => Page::MailConfirm,
            Self::Stop => Page::MailStop,
        }
    }
}

/// Where a resident asks for post.
///
/// # Errors
/// [`RenderError`].
pub fn mail(frame: &Frame, page: &MailPage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::Mail), |lang| Page::Mail.pattern(lang).to_owned());
    rendered(&Asking { s, page }, lang)
}

/// Where a link in a mail leads.
///
/// # Errors
/// [`RenderError`].
pub fn mail_link(frame: &Frame, page: &MailLinkPage, lang: Lang) -> Result<String, RenderError> {
    let place = page.link.page();
    let s = Shell::new(frame, lang, Some(place), |lang| place.path(lang, &page.token));
    let words = if page.link == MailLink::Confirm { CONFIRM } else { STOP };
    rendered(&Link { s, page, words }, lang)
}

/// The mail that asks whether somebody wants post; `url` is the page, whole, on which they say so.
///
/// # Errors
/// [`RenderError`].
pub fn confirmation(frame: &Frame, url: &str, lang: Lang) -> Result<Mail, RenderError> {
    let s = shell(frame, lang);
    let name = &frame.neighbourhood.name;
    let subject = s.fill("mail-ask-subject", "name", name)?;
    let text = [s.fill("mail-ask-1", "name", name)?, url.to_owned(), s.say("mail-ask-2")?.into_owned()].join("\n\n");
    let html = ConfirmationHtml { s: &s, subject: &subject, url }.render()?;
    Ok(Mail { text: text + "\n", html, subject })
}

/// The mail that tells what is new.
///
/// # Errors
/// [`RenderError`].
pub fn digest(frame: &Frame, digest: &Digest, lang: Lang) -> Result<Mail, RenderError> {
    let s = shell(frame, lang);
    let subject = match digest.frequency {
        Frequency::Daily => "mail-digest-daily",
        Frequency::Weekly => "mail-digest-weekly",
    };
    let subject = s.fill(subject, "name", &frame.neighbourhood.name)?;
    let mut text = format!("{subject}\n");
    for section in &digest.sections {
        text += &format!("\n{}\n", s.say(section.kind.plural_text())?.to_uppercase());
        for entry in &section.entries {
            let about = s.about_entry(entry)?;
            let about = if about.is_empty() { about } else { format!("  {about}\n") };
            text += &format!("\n- {}\n{about}  {}\n", one_line(&entry.title), entry.url);
        }
    }
    text += &format!(
        "\n--\n{}\n{}: {}\n{}: {}\n",
        s.say("mail-digest-why")?,
        s.say("mail-digest-stop")?,
        digest.stop_url,
        s.say("mail-digest-choose")?,
        digest.choose_url
    );
    let html = DigestHtml { s: &s, subject: &subject, digest }.render()?;
    Ok(Mail { subject, text, html })
}

/// What a notice on a telephone says: one line.
///
/// # Errors
/// [`RenderError`].
pub fn notice(frame: &Frame, notice: &Notice, lang: Lang) -> Result<String, RenderError> {
    let s = shell(frame, lang);
    Ok(match notice {
        Notice::Post(title) => one_line(title),
        Notice::Alert(title) => s.fill("push-alert", "title", &one_line(title))?,
        Notice::Update(title) => s.fill("push-update", "title", &one_line(title))?,
        Notice::Hidden => s.fill("push-hidden", "name", &frame.neighbourhood.name)?,
        Notice::Many(count) => s.count("push-many", count)?,
    })
}

fn shell(frame: &Frame, lang: Lang) -> Shell<'_> {
    Shell::new(frame, lang.whole().into(), None, |_| String::new())
}

/// A title keeps to its line, whatever its writer put into it.
fn one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What these templates ask of the shell.
impl Shell<'_> {
    /// When and where something is, and for whom, on one line.
    pub(super) fn about_entry(&self, entry: &DigestEntry) -> Result<String, MissingText> {
        let when = entry.when.as_ref().map(|when| self.when(when));
        let place = entry.place.as_deref().map(one_line);
        let members = entry.members.then(|| self.say("mail-members-only").map(|words| words.into_owned()));
        let parts: Vec<String> = when.into_iter().chain(place).chain(members.transpose()?).collect();
        Ok(parts.join(", "))
    }

    /// How often post comes.
    pub(super) const fn often(&self, frequency: &Frequency) -> &'static str {
        match frequency {
            Frequency::Daily => "mail-daily",
            Frequency::Weekly => "mail-weekly",
        }
    }

    /// The sentence about what is wrong, and the field it is about.
    pub(super) const fn mail_trouble(&self, trouble: &MailTrouble) -> (&'static str, &'static str) {
        match trouble {
            MailTrouble::Address => ("mail-wrong-address", "address"),
            MailTrouble::Kinds => ("mail-wrong-kinds", "kinds"),
            MailTrouble::TooSoon => ("mail-wrong-too-soon", "address"),
        }
    }
}

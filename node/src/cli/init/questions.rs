//! What `init` asks at a terminal: the questions of the page of a box without a square, one by one, in the same words.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::path::Path;

use dorpsplein_protocol::operation::Role;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;

use crate::clock;
use crate::first_run::{Answers, Founding};

/// The questions, by the field they are about: what is asked, and what helps to answer it.
const QUESTIONS: [(&str, &str, Option<&str>); 7] = [
    ("name", "first-run-name", Some("first-run-name-hint")),
    ("tagline", "first-run-tagline", Some("first-run-tagline-hint")),
    ("help_name", "first-run-help", Some("first-run-help-about")),
    ("help_phone", "first-run-help-phone", None),
    ("help_hours", "first-run-help-hours", Some("first-run-help-hours-hint")),
    ("address", "first-run-address", Some("first-run-address-hint")),
    ("certificate", "first-run-certificate", Some("first-run-certificate-hint")),
];

/// Asks what `answers` do not say yet, until a square can begin with them in `dir`.
///
/// # Errors
/// When the terminal cannot be read or written, or ends.
pub(super) fn ask(
    (lang, dir, first): (Lang, &Path, Role),
    mut answers: Answers,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Founding> {
    let texts = Texts::of(lang);
    writeln!(output, "{}\n", say(texts, "first-run-questions-intro")?)?;
    let mut open: BTreeSet<&str> = QUESTIONS.iter().map(|(field, _, _)| *field).collect();
    open.retain(|field| is_unanswered(&mut answers, field));
    loop {
        for (field, question, hint) in QUESTIONS {
            if !open.contains(field) || !is_asked(&answers, field) {
                continue;
            }
            writeln!(output, "{}", say(texts, question)?)?;
            if let Some(hint) = hint {
                writeln!(output, "  {}", say(texts, hint)?)?;
            }
            let given = read_line(input, output)?;
            take(&mut answers, field, given);
        }
        let faults = match answers.founding(dir, first, clock::now()) {
            Ok(founding) => return Ok(founding),
            Err(faults) => faults,
        };
        for fault in &faults {
            writeln!(output, "{}", say(texts, fault.text())?)?;
        }
        writeln!(output)?;
        open = faults.iter().map(|fault| fault.field()).collect();
    }
}

/// Whether a question has to do with what was answered so far.
fn is_asked(answers: &Answers, field: &str) -> bool {
    match field {
        "help_phone" | "help_hours" => !answers.help_name.is_empty(),
        "certificate" => answers.address.starts_with("https://"),
        _ => true,
    }
}

fn is_unanswered(answers: &mut Answers, field: &str) -> bool {
    match text_of(answers, field) {
        Some(text) => text.is_empty(),
        None => !answers.certificate,
    }
}

fn take(answers: &mut Answers, field: &str, given: String) {
    match text_of(answers, field) {
        Some(text) => *text = given,
        // "ja" and "yes"; whatever the language of the terminal is, people type the one they are used to.
        None => answers.certificate = given.to_lowercase().starts_with(['j', 'y']),
    }
}

/// The answer to a question in words; none for one that is answered with yes or no.
fn text_of<'a>(answers: &'a mut Answers, field: &str) -> Option<&'a mut String> {
    match field {
        "name" => Some(&mut answers.name),
        "tagline" => Some(&mut answers.tagline),
        "help_name" => Some(&mut answers.help_name),
        "help_phone" => Some(&mut answers.help_phone),
        "help_hours" => Some(&mut answers.help_hours),
        "address" => Some(&mut answers.address),
        _ => None,
    }
}

fn read_line(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<String> {
    write!(output, "> ")?;
    output.flush()?;
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    writeln!(output)?;
    Ok(line.trim().to_owned())
}

fn say(texts: &Texts, id: &str) -> io::Result<String> {
    texts.say(id).map(Into::into).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// What comes of it when somebody types these lines, and what they saw.
    fn typed(lines: &[&str]) -> (io::Result<Founding>, String) {
        let typed = lines.join("\n") + "\n";
        let mut shown = Vec::new();
        let whose = (Lang::Nl, Path::new("nowhere"), Role::Resident);
        let founding = ask(whose, Answers::default(), &mut typed.as_bytes(), &mut shown);
        (founding, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn only_what_has_to_do_with_the_answers_is_asked() {
        let (founding, shown) = typed(&["Maasdorp", "", "", ""]);
        let founding = founding.unwrap();
        assert_eq!((founding.name.as_str(), founding.public_url, founding.help.is_none()), ("Maasdorp", None, true));
        assert!(shown.contains("Hoe heet uw dorp of buurt?") && !shown.contains("Telefoonnummer"), "{shown}");

        let lines = ["Maasdorp", "aan de rivier", "Truus", "024 000", "", "https://plein.example", "ja"];
        let founding = typed(&lines).0.unwrap();
        let help = founding.help.unwrap();
        assert_eq!((help.name.as_str(), help.phone.as_str()), ("Truus", "024 000"));
        assert!(founding.https.is_some());
        assert_eq!(founding.public_url.as_deref(), Some("https://plein.example"));
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again_and_the_others_are_kept() {
        let lines = ["", "aan de rivier", "Truus", "geen", "", "plein", "Maasdorp", "024 000", ""];
        let (founding, shown) = typed(&lines);
        let founding = founding.unwrap();
        assert_eq!((founding.name.as_str(), founding.tagline.as_deref()), ("Maasdorp", Some("aan de rivier")));
        assert_eq!(founding.help.unwrap().phone, "024 000");
        assert!(shown.contains("Vul de naam van uw dorp of buurt in") && shown.contains("Dit is geen internetadres"));
        assert_eq!(shown.matches("Een regel onder de naam").count(), 1, "what was right is not asked again");
    }

    #[test]
    fn a_terminal_that_ends_begins_nothing() {
        assert_eq!(typed(&["Maasdorp"]).0.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}

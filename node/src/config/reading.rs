//! Reading settings: a file, what is given instead of it, and every mistake in either.
//!
//! The file is parsed on past what is wrong with it, so that one look shows all there is to mend. What it says is held to
//! the table of [settings](super::settings) first, then made into a [`Config`]; what that refuses is noted, taken out,
//! and the rest tried again.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::Config;
use super::layers::Overrides;
use super::mistakes::{ConfigError, Mistake, Place};
use super::settings::{Form, REPEATED, SETTINGS, Setting, is_table, meant};

/// Settings that were read, and where each of them was given.
#[derive(Debug)]
pub struct Read {
    /// The settings.
    pub config: Config,
    /// The settings that were given, each with its place; the others are as usual.
    pub given: Vec<(&'static Setting, Place)>,
}

/// Reads settings from the text of a file, and from what is given instead.
///
/// # Errors
/// [`ConfigError`] with every mistake.
pub fn read(text: &str, overrides: &Overrides) -> Result<Read, ConfigError> {
    let (mut table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, overrides, broken: !errors.is_empty(), mistakes: Vec::new() };
    for error in errors {
        reader.not_toml(&error);
    }
    reader.override_in(&mut table);
    let given = reader.given(table.get_ref());
    reader.look_through("", &mut table);
    match reader.values(table) {
        Some(config) if reader.mistakes.is_empty() => reader.together(config, given),
        _ => Err(reader.error()),
    }
}

/// Where an example stands that was put in the place of a value: no mistake points there, so it is not taken out again.
const NOWHERE: usize = usize::MAX - 1;

/// Somebody who reads settings, with pencil.
struct Reader<'a> {
    text: &'a str,
    overrides: &'a Overrides,
    /// Whether there are lines that are no TOML.
    broken: bool,
    /// With where they begin: in the file, or behind its end by the place among what was given instead.
    mistakes: Vec<(usize, Mistake)>,
}

impl<'a> Reader<'a> {
    /// The file is no TOML at some place.
    fn not_toml(&mut self, error: &Error) {
        let todo = "mend that line: a text stands between quotes, a list between [ and ], an explanation after #";
        let span = error.span().unwrap_or(0..0);
        self.note(&span, None, error.message().replace('\n', " "), todo.to_owned());
    }

    /// Puts what was given instead in the place of what the file says. Its bytes are those behind the end of the file.
    fn override_in(&self, table: &mut Spanned<DeTable<'a>>) {
        let overrides = self.overrides;
        for (index, given) in overrides.entries.iter().enumerate() {
            let at = self.text.len() + 1 + index;
            let (path, name) = given.setting.place();
            let root = table.get_mut();
            if !path.is_empty() && !root.contains_key(path) {
                root.insert(key(path, at), Spanned::new(at..at + 1, DeValue::Table(DeTable::new())));
            }
            let inside = match path {
                "" => root,
                path => match root.get_mut(path).map(Spanned::get_mut) {
                    Some(DeValue::Table(inside)) => inside,
                    // What stands there is no table; that mistake is found below.
                    _ => continue,
                },
            };
            inside.remove(name);
            inside.insert(key(name, at), value(given.setting.form, &given.value, at));
        }
    }

    /// Where each setting is given that is.
    fn given(&self, table: &DeTable<'a>) -> Vec<(&'static Setting, Place)> {
        let found = SETTINGS.iter().filter_map(|setting| {
            let mut parts = setting.key.split('.').peekable();
            let mut inside = table;
            while let Some(part) = parts.next() {
                let (written, value) = inside.get_key_value(part)?;
                if parts.peek().is_none() {
                    return Some((setting, self.place(&written.span())));
                }
                inside = match value.get_ref() {
                    DeValue::Table(next) => next,
                    DeValue::Array(all) => all.iter().next()?.get_ref().as_table()?,
                    _ => return None,
                };
            }
            None
        });
        found.collect()
    }

    /// Takes everything out of a table that is no setting or has another form, and notes it, and what is missing.
    fn look_through(&mut self, path: &str, table: &mut Spanned<DeTable<'a>>) {
        let whole = table.span();
        let inside = table.get_mut();
        let names: Vec<String> = inside.keys().map(|name| name.get_ref().to_string()).collect();
        for name in names {
            let Some((written, held)) = inside.remove_entry(name.as_str()) else { continue };
            if let Some(held) = self.look_at(path, &written, held) {
                inside.insert(written, held);
            }
        }
        for setting in SETTINGS.iter().filter(|setting| setting.required && setting.place().0 == path) {
            let name = setting.place().1;
            if inside.contains_key(name) {
                continue;
            }
            // In a file with lines that are not understood it may be on one of those.
            if !self.broken {
                let table = if path.is_empty() { String::new() } else { format!(" in [{path}]") };
                let todo = format!("add the line `{}`{table}", setting.line());
                self.note(&whole, Some(setting.key), format!("`{}` is missing", setting.key), todo);
            }
            inside.insert(key(name, NOWHERE), example(setting));
        }
    }

    /// Looks at one entry of a table, and gives it back if it may stay.
    fn look_at(
        &mut self,
        path: &str,
        written: &Spanned<Cow<'a, str>>,
        held: Spanned<DeValue<'a>>,
    ) -> Option<Spanned<DeValue<'a>>> {
        let name =
            if path.is_empty() { written.get_ref().to_string() } else { format!("{path}.{}", written.get_ref()) };
        let span = held.span();
        if let Some(setting) = Setting::named(&name) {
            if has_form(held.get_ref(), setting.form) {
                return Some(held);
            }
            let what = format!("`{name}` is {}", setting.form.words());
            self.note(&span, Some(&name), what, format!("write it like `{}`", setting.line()));
            return setting.required.then(|| example(setting));
        }
        if !is_table(&name) {
            let what = format!("there is no setting `{name}`");
            let todo = match meant(path, written.get_ref()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "take the line out; `dorpsplein config example` shows every setting".to_owned(),
            };
            self.note(&written.span(), Some(&name), what, todo);
            return None;
        }
        match (held.into_inner(), name == REPEATED) {
            (DeValue::Table(inside), false) => {
                let mut table = Spanned::new(span.clone(), inside);
                self.look_through(&name, &mut table);
                Some(Spanned::new(span, DeValue::Table(table.into_inner())))
            }
            (DeValue::Array(mut all), true) if all.iter().all(|one| one.get_ref().is_table()) => {
                for one in all.iter_mut() {
                    let span = one.span();
                    if let DeValue::Table(inside) = one.get_mut() {
                        let mut table = Spanned::new(span, std::mem::take(inside));
                        self.look_through(&name, &mut table);
                        *inside = table.into_inner();
                    }
                }
                Some(Spanned::new(span, DeValue::Array(all)))
            }
            _ => {
                let line = if name == REPEATED { format!("[[{name}]]") } else { format!("[{name}]") };
                let what = format!("`{name}` is the name of a table");
                self.note(
                    &span,
                    Some(&name),
                    what,
                    format!("write `{line}` on a line of its own, and below it what is in it"),
                );
                None
            }
        }
    }

    /// Makes the settings of what is left. What is refused is noted and taken out until all the rest is well.
    fn values(&mut self, mut table: Spanned<DeTable<'a>>) -> Option<Config> {
        loop {
            let error = match Config::deserialize(Deserializer::from(table.clone())) {
                Ok(config) => return Some(config),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(0..0);
            let taken = take_out("", table.get_mut(), &span);
            let setting = taken.as_deref().and_then(Setting::named);
            let what = error.message().replace('\n', " ");
            let what = taken.as_ref().map_or(what.clone(), |name| format!("`{name}`: {what}"));
            let todo = match setting {
                Some(setting) => format!("write it like `{}`", setting.line()),
                None => "`dorpsplein config example` shows how".to_owned(),
            };
            self.note(&span, taken.as_deref(), what, todo);
            taken?;
        }
    }

    /// What cannot be seen in one setting alone.
    fn together(mut self, config: Config, given: Vec<(&'static Setting, Place)>) -> Result<Read, ConfigError> {
        let clash = config.metrics.is_some_and(|metrics| {
            let same_machine = config.site.ip().is_unspecified() || config.site.ip() == metrics.ip();
            metrics.port() != 0 && metrics.port() == config.site.port() && same_machine
        });
        let metrics = clash.then_some([
            "metrics",
            "`metrics` is where the site listens",
            "give it another port, such as `metrics = \"127.0.0.1:4090\"`",
        ]);
        let mail = config.mail.as_ref().and_then(|mail| mail.fault(config.public_url.as_deref()));
        let https = config.https.as_ref().and_then(|https| https.fault(config.public_url.as_deref(), config.site));
        let push = config.push.as_ref().and_then(|push| push.fault(config.public_url.as_deref()));
        let faults: Vec<[&str; 3]> = [metrics, mail, https, push].into_iter().flatten().collect();
        for [key, what, todo] in &faults {
            let place = given.iter().find(|(setting, _)| setting.key == *key).map(|(_, place)| place.clone());
            let place = place.unwrap_or(Place::File { line: 1, column: 1 });
            let setting = Some((*key).to_owned());
            self.mistakes.push((0, Mistake { place, setting, what: (*what).to_owned(), todo: (*todo).to_owned() }));
        }
        if !faults.is_empty() {
            return Err(self.error());
        }
        Ok(Read { config, given })
    }

    fn note(&mut self, span: &Range<usize>, setting: Option<&str>, what: String, todo: String) {
        let mistake = Mistake { place: self.place(span), setting: setting.map(str::to_owned), what, todo };
        // A line that is no TOML says nothing about a setting.
        if !self.mistakes.iter().any(|(_, known)| known.setting.is_none() && same_line(&known.place, &mistake.place)) {
            self.mistakes.push((span.start, mistake));
        }
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let behind = span.start.checked_sub(self.text.len() + 1);
        match behind.and_then(|index| self.overrides.entries.get(index)) {
            Some(given) => given.place.clone(),
            None => Place::within(self.text, span),
        }
    }

    fn error(mut self) -> ConfigError {
        self.mistakes.sort_by_key(|(start, _)| *start);
        ConfigError(self.mistakes.into_iter().map(|(_, mistake)| mistake).collect())
    }
}

fn same_line(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::File { line, .. }, Place::File { line: other, .. }) => line == other,
        _ => false,
    }
}

/// Takes the innermost entry out in which a stretch of bytes lies, and returns its name. What cannot be missed gets its
/// example instead.
fn take_out(path: &str, table: &mut DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let holds = |whole: &Range<usize>| whole.start <= span.start && span.start < whole.end.max(whole.start + 1);
    let names: Vec<String> = table.keys().map(|name| name.get_ref().to_string()).collect();
    for name in &names {
        let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (written, held) = table.get_key_value(name.as_str())?;
        let put_there = held.span().start == NOWHERE;
        let within = !put_there && (holds(&written.span()) || holds(&held.span()));
        let deeper = match table.get_mut(name.as_str()).map(Spanned::get_mut) {
            Some(DeValue::Table(inside)) => take_out(&full, inside, span),
            Some(DeValue::Array(all)) => all.iter_mut().find_map(|one| match one.get_mut() {
                DeValue::Table(inside) => take_out(&full, inside, span),
                _ => None,
            }),
            _ => None,
        };
        if deeper.is_some() {
            return deeper;
        }
        if within {
            table.remove(name.as_str());
            if let Some(setting) = Setting::named(&full).filter(|one| one.required) {
                table.insert(key(setting.place().1, NOWHERE), example(setting));
            }
            return Some(full);
        }
    }
    None
}

fn key(name: &str, at: usize) -> Spanned<Cow<'_, str>> {
    Spanned::new(at..at + 1, Cow::Borrowed(name))
}

/// A value that was not given in TOML, in the form that its setting has. What does not have it stays a text, and is found
/// to have another form as in the file.
fn value(form: Form, text: &str, at: usize) -> Spanned<DeValue<'_>> {
    let as_text = |text| DeValue::String(Cow::Borrowed(text));
    let value = match form {
        Form::Text => as_text(text),
        Form::Texts => {
            let texts = text.split(',').map(str::trim).filter(|one| !one.is_empty());
            let mut all = DeArray::new();
            texts.for_each(|one| all.push(Spanned::new(at..at + 1, as_text(one))));
            DeValue::Array(all)
        }
        Form::YesNo => text.parse().map_or_else(|_| as_text(text), DeValue::Boolean),
        Form::Number => match DeValue::parse(text) {
            Ok(number) if number.get_ref().is_integer() => number.into_inner(),
            _ => as_text(text),
        },
    };
    Spanned::new(at..at + 1, value)
}

/// The example of a setting, in the place of a value that is missing or refused, so that the rest can be read on.
fn example(setting: &'static Setting) -> Spanned<DeValue<'static>> {
    value(setting.form, setting.example.trim_matches('"'), NOWHERE)
}

fn has_form(value: &DeValue<'_>, form: Form) -> bool {
    match form {
        Form::Text => value.is_str(),
        Form::Number => value.is_integer(),
        Form::YesNo => value.is_bool(),
        Form::Texts => value.as_array().is_some_and(|all| all.iter().all(|one| one.get_ref().is_str())),
    }
}

impl Form {
    const fn words(self) -> &'static str {
        match self {
            Self::Text => "a text between quotes",
            Self::Number => "a whole number, without quotes",
            Self::YesNo => "true or false, without quotes",
            Self::Texts => "a list of texts between [ and ]",
        }
    }
}

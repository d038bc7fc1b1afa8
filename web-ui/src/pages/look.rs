//! How the square looks and what is on it: the form for connectors, and the sample in it.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::modules::Module;
use crate::paths::{self, Page};
use crate::theme::{Font, Form, Group, Length, PAIRS, Pair, Scheme, TOKENS, Token, Value};
use crate::view::{Frame, LookPage};
use crate::{Lang, Whole};

#[derive(Template)]
#[template(path = "desk/look.html")]
struct Look<'a> {
    s: Shell<'a>,
    page: &'a LookPage,
}

/// How the square looks and what is on it.
///
/// # Errors
/// [`RenderError`].
pub fn look(frame: &Frame, page: &LookPage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::DeskLook), |lang| Page::DeskLook.pattern(lang).to_owned());
    rendered(&Look { s, page }, lang)
}

impl Look<'_> {
    fn modules(&self) -> [(Module, bool); Module::ALL.len()] {
        Module::ALL.map(|module| (module, self.page.modules.has(module)))
    }

    /// The tokens of a group.
    fn tokens(&self, group: &Group) -> impl Iterator<Item = &'static Token> {
        let group = *group;
        TOKENS.iter().filter(move |token| token.group() == group)
    }

    /// Its colour in a scheme; the page asks only for what is a colour.
    fn colour(&self, token: &Token, scheme: &Scheme) -> String {
        self.page.theme.colour(token.name, *scheme).map(|colour| colour.to_string()).unwrap_or_default()
    }

    fn usual_colour(&self, token: &Token, scheme: &Scheme) -> String {
        match (token.form, scheme) {
            (Form::Colour(light, _), Scheme::Light) => light.to_string(),
            (Form::Colour(_, dark), Scheme::Dark) => dark.to_string(),
            _ => String::new(),
        }
    }

    /// Its length and between which bounds; none for what is no length.
    fn length(&self, token: &Token) -> Option<(String, Length, Length, Length)> {
        match (token.form, self.page.theme.value(token)) {
            (Form::Length(usual, least, most), Value::Length(length)) => Some((length.number(), usual, least, most)),
            _ => None,
        }
    }

    /// Its fonts, each with whether it is this one.
    fn fonts(&self, token: &Token) -> [(Font, bool); Font::ALL.len()] {
        let value = self.page.theme.value(token);
        Font::ALL.map(|font| (font, value == Value::Font(font)))
    }

    /// What it stands on, and how much contrast that takes.
    fn grounds(&self, token: &Token) -> impl Iterator<Item = (&'static Pair, &'static str)> {
        let name = token.name;
        let pairs = PAIRS.iter().filter(move |pair| pair.upper == name);
        pairs.filter_map(|pair| Some((pair, Token::named(pair.ground)?.text)))
    }

    /// A number with the comma or the point of the language: "4,5".
    fn least(&self, pair: &Pair) -> String {
        let number = format!("{:.1}", pair.least);
        if self.s.lang.whole() == Whole::Nl { number.replace('.', ",") } else { number }
    }

    fn theme_file(&self) -> &'static str {
        paths::THEME_FILE
    }
}

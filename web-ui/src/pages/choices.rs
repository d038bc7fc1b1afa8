//! Links that narrow a list, or widen it again.

use super::shell::Shell;
use crate::view::Choices;

/// One of them.
pub(super) struct Choice {
    pub(super) text: String,
    pub(super) path: String,
    pub(super) chosen: bool,
}

/// The choices among values, each with the words for it, after the one for all of them; none where there is nothing to
/// choose. `path` leads to the list narrowed to a value, or to all of it.
pub(super) fn among<T: Copy + PartialEq>(
    all: String,
    chosen: Option<T>,
    values: impl Iterator<Item = (T, String)>,
    path: impl Fn(Option<T>) -> String,
) -> Vec<Choice> {
    let choice = |value: Option<T>, text| Choice { text, path: path(value), chosen: value == chosen };
    let narrowing: Vec<Choice> = values.map(|(value, text)| choice(Some(value), text)).collect();
    if narrowing.is_empty() { narrowing } else { [choice(None, all)].into_iter().chain(narrowing).collect() }
}

/// The choices among the square's categories.
pub(super) fn among_categories(
    s: &Shell<'_>,
    choices: &Choices,
    chosen: Option<&str>,
    path: impl Fn(Option<String>) -> String,
) -> Result<Vec<Choice>, askama::Error> {
    let all = s.say("list-every-category")?.into_owned();
    let values = choices.categories.iter().map(|category| (category.as_str(), category.clone()));
    Ok(among(all, chosen, values, |category| path(category.map(str::to_owned))))
}

/// The choices among the parts of the neighbourhood.
pub(super) fn among_areas(
    s: &Shell<'_>,
    choices: &Choices,
    chosen: Option<&str>,
    path: impl Fn(Option<String>) -> String,
) -> Result<Vec<Choice>, askama::Error> {
    let all = s.say("list-every-area")?.into_owned();
    let values = choices.areas.iter().map(|area| (area.id.as_str(), area.name.clone()));
    Ok(among(all, chosen, values, |area| path(area.map(str::to_owned))))
}

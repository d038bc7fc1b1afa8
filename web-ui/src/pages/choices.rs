//! Links that narrow a list, or widen it again.

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

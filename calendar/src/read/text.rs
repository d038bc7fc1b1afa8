//! Texts of other calendars, cut to what fits here.

/// The most characters of a line.
const LINE: usize = 200;
/// The most characters of a text.
const BODY: usize = 20_000;
/// The most characters of a category.
const CATEGORY: usize = 40;

/// One line without control characters.
pub(super) fn line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut(&plain.split_whitespace().collect::<Vec<_>>().join(" "), LINE)
}

/// Lines, without control characters but line feeds.
pub(super) fn body(text: &str) -> String {
    let plain: String = text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    cut(plain.trim(), BODY)
}

/// A category; none when it is longer than one can be.
pub(super) fn category(text: &str) -> Option<String> {
    Some(line(text)).filter(|text| !text.is_empty() && text.chars().count() <= CATEGORY)
}

/// An address that leads to a site; any other could be a script.
pub(super) fn website(text: &str) -> Option<String> {
    let text = text.trim();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"".contains(c);
    (!host.is_empty() && text.chars().all(plain) && text.chars().count() <= LINE).then(|| text.to_owned())
}

/// At most so many characters, with a sign that something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

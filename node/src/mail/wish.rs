//! What a resident asks for on the page of the post.

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::Frequency;

/// What a resident asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Where the post is to go.
    pub address: String,
    /// In which language.
    pub lang: Lang,
    /// How often.
    pub frequency: Frequency,
    /// About what.
    pub kinds: Vec<PostKind>,
    /// Whether titles of what is for residents alone may be named.
    pub members: bool,
}

impl Wish {
    /// What the fields of a form say, by their names.
    pub fn of_form(fields: &[(String, String)], lang: Lang) -> Self {
        let first = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let mut kinds = Vec::new();
        for (_, value) in fields.iter().filter(|(name, _)| name == "kind") {
            kinds.extend(PostKind::from_name(value).filter(|kind| !kinds.contains(kind)));
        }
        Self {
            address: first("address").unwrap_or_default().trim().to_owned(),
            lang,
            frequency: first("frequency").and_then(Frequency::from_name).unwrap_or_default(),
            kinds,
            members: first("members").is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ticked_twice_is_wished_once() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sent =
            [field("kind", "news"), field("kind", "event"), field("kind", "news"), field("address", " a@b.example ")];
        let wish = Wish::of_form(&sent, Lang::Nl);
        assert_eq!((wish.kinds.len(), wish.address.as_str(), wish.members), (2, "a@b.example", false));
    }
}

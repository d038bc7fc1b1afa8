//! What other programs are told of a page: for a link somebody shares, and for what searches the web.

use std::fmt;

use askama::filters::HtmlSafe;

/// What is said of the page of a post that everybody may read.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The whole address of the page; none where the site does not know its own.
    pub url: Option<String>,
    /// What it is about, in a few words.
    pub description: String,
    /// The whole address of a picture, and what is on it.
    pub image: Option<(String, String)>,
    /// When it was written, as RFC 3339 has it.
    pub published: String,
    /// The same in the words of schema.org.
    pub json_ld: JsonLd,
}

/// JSON that may stand in a page: nothing in it ends the element around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonLd(String);

impl JsonLd {
    /// From JSON, in which `<` can only be part of a string.
    #[must_use]
    pub fn new(json: &str) -> Self {
        Self(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// [`JsonLd::new`] takes out what HTML could take for its own.
impl HtmlSafe for JsonLd {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_ends_the_element_around_it() {
        let json = JsonLd::new("{\"name\":\"</script><!--&\"}").to_string();
        assert_eq!(json, "{\"name\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}");
    }
}

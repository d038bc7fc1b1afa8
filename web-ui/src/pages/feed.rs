//! Feeds, for programs that gather what is new.

use askama::Template;

use super::RenderError;
use crate::Lang;
use crate::view::FeedView;

#[derive(Template)]
#[template(path = "feed.xml", escape = "html")]
struct Feed<'a> {
    feed: &'a FeedView,
    language: &'static str,
}

/// A feed; `residents` is the language that residents mostly write in.
///
/// # Errors
/// [`RenderError`].
pub fn feed(feed: &FeedView, residents: Lang) -> Result<String, RenderError> {
    Ok(Feed { feed, language: residents.tag() }.render()?)
}

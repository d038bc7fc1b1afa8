//! A feed of posts.

/// A feed (Atom, RFC 4287). Its moments are as RFC 3339 has them, its addresses whole where the site knows its own.
#[derive(Clone, Debug, Default)]
pub struct FeedView {
    /// Its id: an address that never changes.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// When something in it last changed.
    pub updated: String,
    /// Where it is.
    pub own_url: String,
    /// Where people read the same.
    pub page_url: String,
    /// What is in it, latest first.
    pub entries: Vec<FeedEntry>,
}

/// A post in a feed.
#[derive(Clone, Debug, Default)]
pub struct FeedEntry {
    /// Its id: a URN that never changes.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// When it was written.
    pub published: String,
    /// When it was last changed.
    pub updated: String,
    /// Who wrote it; the neighbourhood where they have no name.
    pub author: String,
    /// Its page.
    pub url: String,
    /// What it belongs to.
    pub category: Option<String>,
    /// When and where an event is.
    pub when: Option<String>,
    /// Its text as HTML.
    pub html: String,
}

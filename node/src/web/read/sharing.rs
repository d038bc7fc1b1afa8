//! The page from which a post is handed on to people elsewhere.

use dorpsplein_protocol::operation::{ItemId, Kind};
use dorpsplein_web_ui::{Lang, markdown, pages, view};

use super::super::local_time;
use super::item::title;
use super::{ReadError, Reader, posts};

/// The most characters of the name of a server: as a host in the DNS has (RFC 1035, section 2.3.4).
const MAX_SERVER_CHARS: usize = 255;

impl Reader {
    /// What everybody may read can be handed on; of anything else there is no such page.
    pub(in super::super) fn share_page(&self, id: &ItemId, server: &str, lang: Lang) -> Result<String, ReadError> {
        let row = self.visible(id)?;
        let kind = posts::post_kind(row.kind).filter(|_| self.shows_to_everybody(&row)).ok_or(ReadError::NotFound)?;
        let updates = if row.kind == Kind::ALERT { self.updates_of(&row)? } else { Vec::new() };
        let latest = updates.iter().max_by_key(|update| (update.created, update.id));
        let words = |body: &Option<String>| markdown::plain(body.as_deref().unwrap_or_default());
        let path = kind.page().path(lang, &row.id.to_string());
        let site = self.site_url.as_deref().unwrap_or_default().trim_end_matches('/');
        let page = view::SharePage {
            id: row.id.to_string(),
            kind,
            title: title(&row),
            words: words(&row.content.body),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            latest: latest.map(|update| (local_time::local(update.created), words(&update.content.body))),
            address: format!("{site}{path}"),
            asked_server: server.chars().take(MAX_SERVER_CHARS).collect(),
        };
        Ok(pages::share(&self.frame(), &page, lang)?)
    }
}

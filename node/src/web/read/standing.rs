//! How an item stands: pinned, official, hidden, erased. And the page of one that cannot be read any more.

use dorpsplein_protocol::operation::{ItemId, Kind};
use dorpsplein_protocol::projection::{self, Erasure, ItemRow, Moderation};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::local_time;
use super::{ReadError, Reader};

impl Reader {
    /// The page that stands in the place of an item that this visitor cannot read any more; none for one that they can, or
    /// that is not theirs to know of.
    ///
    /// A hidden comment stands under nothing, so this is also where its author and the connectors find it.
    pub(super) fn gone_page(&self, id: &ItemId, lang: Lang) -> Result<Option<String>, ReadError> {
        let row = projection::item(&self.store, id)?.filter(|row| self.reaches(row));
        let Some(row) = row.filter(|row| row.kind.is_post() || row.kind == Kind::COMMENT) else {
            return Ok(None);
        };
        let reads = self.sees_hidden(&row);
        let (moderated, words) = match (&row.erased, &row.hidden) {
            (Some(erased), _) => (self.erased(erased)?, None),
            (None, Some(hidden)) if !reads => (self.hidden(hidden)?, None),
            (None, Some(hidden)) if row.kind == Kind::COMMENT => (self.hidden(hidden)?, row.content.body.clone()),
            _ => return Ok(None),
        };
        let page = view::GonePage {
            id: row.id.to_string(),
            event: row.kind == Kind::EVENT,
            erased: row.erased.is_some(),
            moderated,
            words,
            appeal: row.appeal.as_ref().map(|appeal| appeal.note.clone()),
            handle: handle(&row),
            receipts: self.gone_next_door(&row)?,
            thread: self.thread(&row)?,
        };
        Ok(Some(pages::gone(&self.frame(), &page, lang)?))
    }

    /// What happened to an item that can be read.
    pub(super) fn fate(&self, row: &ItemRow) -> Result<view::Fate, StoreError> {
        Ok(view::Fate {
            hidden: row.hidden.as_ref().map(|hidden| self.hidden(hidden)).transpose()?,
            pinned: row.pinned.is_some(),
            official: row.official.is_some(),
            appeal: row.appeal.as_ref().map(|appeal| appeal.note.clone()),
            receipts: self.gone_next_door(row)?,
        })
    }

    fn hidden(&self, hidden: &Moderation) -> Result<view::Moderated, StoreError> {
        Ok(view::Moderated {
            by: self.author(&hidden.by)?,
            at: local_time::local(hidden.at),
            reason: Some(view::Reason::named(hidden.reason.name())),
            note: hidden.note.clone(),
        })
    }

    fn erased(&self, erased: &Erasure) -> Result<view::Moderated, StoreError> {
        Ok(view::Moderated {
            by: self.author(&erased.by)?,
            at: local_time::local(erased.at),
            reason: erased.reason.map(|reason| view::Reason::named(reason.name())),
            note: erased.note.clone(),
        })
    }

    /// The same of a post on its own page, which may ask its maker whether it still holds.
    pub(super) fn handle_of_post(&self, row: &ItemRow) -> Result<view::Handle, StoreError> {
        let mut handle = handle(row);
        handle.standing.due = self.is_due(row)?;
        Ok(handle)
    }

    /// The neighbours whose boxes let go of an item too: because it was erased, or is no longer for them.
    pub(super) fn gone_next_door(&self, row: &ItemRow) -> Result<Vec<view::Receipt>, StoreError> {
        let receipts = projection::receipts(&self.store, &row.id)?;
        let elsewhere = receipts.into_iter().filter(|receipt| receipt.neighbourhood != self.home());
        let receipts = elsewhere.map(|receipt| view::Receipt {
            name: self.name_of(&receipt.neighbourhood),
            since: local_time::local(receipt.since),
        });
        Ok(receipts.collect())
    }
}

/// What the browser's module needs to act on an item.
pub(super) fn handle(row: &ItemRow) -> view::Handle {
    let by_a_connector = row.erased.as_ref().is_some_and(|erased| erased.reason.is_some());
    view::Handle {
        id: row.id.to_string(),
        kind: row.kind.name().unwrap_or_default(),
        neighbourhood: row.neighbourhood.to_string(),
        space: row.space.name(),
        resident: row.author.resident.to_string(),
        home: row.author.home.to_string(),
        heads: row.heads.iter().map(ToString::to_string).collect(),
        standing: view::Standing {
            erased: row.erased.is_some(),
            hidden: row.hidden.is_some(),
            moderated: row.hidden.is_some() || by_a_connector,
            pinned: row.pinned.is_some(),
            official: row.official.is_some(),
            due: false,
        },
    }
}

//! The moderation log as members read it, and the objections in it that nobody answered.

use dorpsplein_protocol::operation::{ItemId, Kind, ResidentId};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::view;

use super::super::body::LogEntryBody;
use super::super::local_time;
use super::item::title;
use super::{ReadError, Reader};

/// How long an objection to an erasure stands on the desk, in milliseconds: thirty days. Nothing can be done to what is
/// erased, so no act answers it; connectors have had the time to talk, and the log keeps it.
const ERASED_FOR_MS: u64 = 30 * 24 * 3_600_000;

impl Reader {
    /// The log from a place on, the latest first.
    pub(super) fn log_page(&self, before: Option<&str>) -> Result<view::LogPage, ReadError> {
        let log = self.log(before)?;
        Ok(view::LogPage {
            entries: log
                .entries
                .iter()
                .filter_map(|entry| self.log_entry(entry).transpose())
                .collect::<Result<_, _>>()?,
            before: before.map(str::to_owned),
            older: log.next,
        })
    }

    /// The objections that no connector has answered, the oldest first.
    pub(super) fn appeals(&self) -> Result<Vec<view::Care>, ReadError> {
        let mut cares = Vec::new();
        for entry in projection::open_objections(&self.store)? {
            if entry.neighbourhood != self.home() {
                continue;
            }
            let erased = projection::item(&self.store, &entry.item)?.is_some_and(|row| row.erased.is_some());
            if erased && entry.at.plus_millis(ERASED_FOR_MS) < self.now {
                continue;
            }
            let Place { item, event, .. } = self.page_of(&entry.item)?;
            cares.push(view::Care::Appeal { item, event, note: entry.note });
        }
        Ok(cares)
    }

    fn log_entry(&self, entry: &LogEntryBody) -> Result<Option<view::LogEntry>, StoreError> {
        let Some(act) = act(&entry.act) else { return Ok(None) };
        let by = match ResidentId::from_hex(&entry.by) {
            Some(resident) => self.person(&resident)?,
            None => return Ok(None),
        };
        let Some(id) = ItemId::from_hex(&entry.item) else { return Ok(None) };
        let Place { item, event, title } = self.page_of(&id)?;
        Ok(Some(view::LogEntry {
            item,
            event,
            title,
            act,
            moderated: view::Moderated {
                by: view::Author { name: entry.by_name.clone(), role: by.role, home: view::Origin::Here },
                at: local_time::local(Timestamp::from_millis(entry.at)),
                reason: entry.reason.as_deref().map(view::Reason::named),
                note: entry.note.clone(),
            },
        }))
    }

    /// On which page an item stands: that of what a comment is about, as long as the comment is there.
    fn page_of(&self, id: &ItemId) -> Result<Place, StoreError> {
        let found = projection::item(&self.store, id)?;
        let listed = found.as_ref().is_some_and(|row| self.shows(row));
        let subject = found.as_ref().and_then(|row| row.subject).filter(|_| listed);
        let row = match subject {
            Some(subject) => projection::item(&self.store, &subject)?.or(found),
            None => found,
        };
        let named = row.as_ref().filter(|row| self.shows(row) && row.kind != Kind::COMMENT);
        Ok(Place {
            item: row.as_ref().map_or(*id, |row| row.id).to_string(),
            event: row.as_ref().is_some_and(|row| row.kind == Kind::EVENT),
            title: named.map(title),
        })
    }
}

/// Where what the log tells of can be looked at.
struct Place {
    item: String,
    event: bool,
    /// Of what everybody may read.
    title: Option<String>,
}

/// An act as the API names it.
fn act(name: &str) -> Option<view::LogAct> {
    Some(match name {
        "hide" => view::LogAct::Hid,
        "show" => view::LogAct::Showed,
        "pin" => view::LogAct::Pinned,
        "unpin" => view::LogAct::Unpinned,
        "mark-official" => view::LogAct::Official,
        "unmark-official" => view::LogAct::Unofficial,
        "erase" => view::LogAct::Erased,
        "appeal" => view::LogAct::Appealed,
        _ => return None,
    })
}

//! What somebody is writing, as its page would show it.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::item::project_single;
use dorpsplein_protocol::operation::{Edit, ItemId, Kind, ResidentId, Space};
use dorpsplein_protocol::projection::{Author, ItemRow};
use dorpsplein_web_ui::pages::{self, Shown};
use dorpsplein_web_ui::{Lang, view};

use super::item::{contested, title};
use super::{ReadError, Reader, posts};

impl Reader {
    /// A part of a page that shows what these edits would make, with its heading at `level`. It has no id, so it has no way to
    /// anything that is about an item.
    pub(in super::super) fn preview_of_draft(
        &self,
        kind: Kind,
        edits: &[Edit],
        space: Space,
        device: &PublicKey,
        level: u8,
        lang: Lang,
    ) -> Result<String, ReadError> {
        let row = self.unwritten(kind, edits, space, device);
        let thread = view::Thread { neighbourhood: String::new(), space: String::new(), entries: Vec::new() };
        let handle = view::Handle { id: String::new(), ..super::standing::handle(&row) };
        let body = row.content.body.clone().unwrap_or_default();
        let author = self.author(&row.author)?;
        let written = self.local_now;
        let shown = match posts::post_kind(kind) {
            Some(dorpsplein_web_ui::paths::PostKind::Event) => Shown::Event(Box::new(view::EventPage {
                id: String::new(),
                title: title(&row),
                body,
                author,
                written,
                edited: None,
                when: contested::when(&row).ok_or(ReadError::NotFound)?,
                place: contested::place(&row),
                cancelled: contested::cancellation(&row),
                repeats: posts::repeats(&row),
                source: None,
                facts: self.facts(&row, &[]),
                sign_ups: view::SignUps::default(),
                disagreements: Vec::new(),
                fate: view::Fate::default(),
                handle,
                photos: Vec::new(),
                thread,
                preview: None,
            })),
            Some(kind) => Shown::Item(Box::new(view::ItemPage {
                id: String::new(),
                kind,
                facts: self.facts(&row, &[]),
                updates: None,
                consents: Vec::new(),
                sign_ups: None,
                title: title(&row),
                body,
                author,
                written,
                edited: None,
                disagreements: Vec::new(),
                fate: view::Fate::default(),
                handle,
                photos: Vec::new(),
                thread,
                preview: None,
            })),
            None if matches!(kind, Kind::COMMENT | Kind::UPDATE) => Shown::Words(Box::new(view::Comment {
                id: String::new(),
                author,
                written,
                edited: None,
                body,
                photos: Vec::new(),
                fate: view::Fate::default(),
                handle,
            })),
            None => return Err(ReadError::NotFound),
        };
        Ok(pages::preview(&self.frame(), &shown, level, lang)?)
    }

    /// The row of an item that nobody signed.
    fn unwritten(&self, kind: Kind, edits: &[Edit], space: Space, device: &PublicKey) -> ItemRow {
        let resident = self.registers.home().membership(device).map(|membership| membership.resident);
        let resident = resident.unwrap_or_else(|| ResidentId::from_bytes([0; 32]));
        let author = Author { device: *device, resident, home: self.home() };
        let row = ItemRow::bare(ItemId::from_bytes([0; 32]), kind, space, author, self.now);
        ItemRow { content: project_single(edits).content, ..row }
    }
}

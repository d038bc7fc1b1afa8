//! Writing a post, a comment or how things stand, changing one, and signing up.

use std::cell::Cell;
use std::rc::Rc;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Edit, ItemId, Kind, NeighbourhoodId, OperationId, Payload, Space};
use wasm_bindgen_futures::spawn_local;

use super::author::Author;
use super::draft::Draft;
use super::form::{Filled, Form};
use super::item_acts::described;
use super::kept::Kept;
use super::outbox;
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// Wires the form in `area` for somebody with a key, or shows the way to one.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    let form = area.form()?;
    area.show(State::Checking);
    let Some(mut author) = Author::open(page).await? else {
        area.show(State::NeedsKey);
        return Ok(());
    };
    match author.deliver_first().await {
        Ok(()) => area.show_nothing(),
        Err(trouble) => area.report(&trouble),
    }
    let is_resident = author.is_resident();
    let for_connectors = area.parts("[data-connectors]");
    // Without an answer the fields stay away; what one writes for oneself needs none of them.
    if !for_connectors.is_empty() && page.api()?.known(&author.key()).await.is_ok_and(|known| known.connector) {
        for_connectors.iter().for_each(Area::unhide);
    }
    drop(author);
    super::photo::watch(page, &area);
    let (before, revealed) = (form.filled()?, form.clone());
    let kept = Kept::start(page, &area, &form);
    let writing = Writing { page: Rc::clone(page), area, form: form.clone(), before, kept, waiting: Cell::new(None) };
    let writing = Rc::new(writing);
    let asked = Rc::clone(&writing);
    writing.area.on("[data-preview-ask]", "click", move || {
        let writing = Rc::clone(&asked);
        spawn_local(async move {
            if let Err(trouble) = writing.preview().await {
                writing.area.report(&trouble);
            }
        });
    });
    form.on_submit(move || {
        let writing = Rc::clone(&writing);
        async move { writing.submit().await }
    })?;
    // Not before its draft is back and its buttons do what they say.
    if is_resident {
        revealed.reveal();
    }
    Ok(())
}

/// A form that writes.
struct Writing {
    page: Rc<Page>,
    area: Area,
    form: Form,
    /// What stood in it when the page came: of an item that is changed, how it stands.
    before: Filled,
    /// What this browser keeps of it.
    kept: Option<Kept>,
    /// What was signed and could not be delivered: the next attempt sends the same, not another.
    waiting: Cell<Option<Written>>,
}

/// What was signed.
#[derive(Clone, Copy)]
struct Written {
    item: ItemId,
    operation: OperationId,
}

/// What is to be signed, and where it lives.
struct Wanted {
    at: Place,
    draft: Draft,
    /// The item that it changes, and its heads; none for a new one.
    changes: Option<(ItemId, Vec<OperationId>)>,
}

impl Writing {
    async fn submit(&self) {
        self.form.set_busy(true);
        self.area.show(State::Sending);
        let sent = self.send().await;
        self.form.set_busy(false);
        match sent {
            Ok(Some(item)) => {
                if let Some(kept) = &self.kept {
                    kept.forget();
                }
                self.form.put_away();
                self.area.toggle("[data-preview]", false);
                // The link leads to the list where this fails.
                let _ = self.area.link_to_sent(&item.to_string());
                self.area.show_instead_of_form(State::Sent);
            }
            // It is signed and kept: it goes by itself when the line is back.
            Err(Trouble::Offline) if self.waiting.take().is_some() => {
                if let Some(kept) = &self.kept {
                    kept.forget();
                }
                self.form.set_signed(false);
                self.form.put_away();
                self.area.show_instead_of_form(State::KeptToSend);
                outbox::follow(&self.page);
            }
            Ok(None) => self.area.show(State::Unchanged),
            Err(trouble) => self.area.report(&trouble),
        }
    }

    /// The item that was written or changed; none when there was nothing to change.
    async fn send(&self) -> Result<Option<ItemId>, Trouble> {
        let mut author = Author::own(&self.page).await?;
        if let Some(written) = self.waiting.get() {
            self.deliver(&mut author).await?;
            author.confirm(written.operation).await?;
            return Ok(Some(written.item));
        }
        author.deliver_first().await?;
        let Wanted { at, mut draft, changes } = self.read(author.home())?;
        draft.edits.extend(super::photo::hand_in(&mut author, &self.area).await?);
        if draft.edits.is_empty() {
            return Ok(None);
        }
        if at.space == Space::Members {
            // Whoever writes for members wants to read it next.
            match author.log_in(&self.page.host()?).await {
                Ok(()) | Err(Trouble::Offline) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        let written = match changes {
            Some((item, heads)) => {
                Written { item, operation: author.revise(at, item, heads, std::mem::take(&mut draft.edits)).await? }
            }
            None => {
                let item = author.sign(at, draft).await?;
                let filled = self.form.filled()?;
                if let Some(consent) = Draft::consent(&|name| filled.text(name), item) {
                    author.sign(Place { neighbourhood: author.home(), space: Space::Members }, consent).await?;
                }
                Written { item, operation: item.into() }
            }
        };
        self.set_waiting(Some(written));
        self.deliver(&mut author).await?;
        Ok(Some(written.item))
    }

    /// Delivers what waits; afterwards it waits no more, unless the box did not answer.
    async fn deliver(&self, author: &mut Author) -> Result<(), Trouble> {
        let delivered = author.deliver().await;
        if delivered.as_ref().err().is_none_or(Trouble::is_lasting) {
            self.set_waiting(None);
        }
        delivered
    }

    fn set_waiting(&self, written: Option<Written>) {
        self.waiting.set(written);
        self.form.set_signed(written.is_some());
    }

    /// Shows what is being written as it will stand.
    async fn preview(&self) -> Result<(), Trouble> {
        let Some(place) = self.area.parts("[data-preview]").pop().filter(|_| self.form.is_complete()) else {
            return Ok(());
        };
        let author = Author::own(&self.page).await?;
        let (device, home) = (author.key(), author.home());
        drop(author);
        let filled = self.form.filled()?;
        let wanted = self.read(home)?;
        let (kind, subject) = (wanted.draft.kind, wanted.draft.subject);
        let Draft { edits, .. } = Draft::of(kind, &|name: &str| filled.text(name), subject)?;
        let create = Edit::Create { kind, subject, speaks_for: None };
        let payload = Payload::encode_edits([create].into_iter().chain(edits).collect());
        let says = |name| place.attribute(name).unwrap_or_default();
        let question = format!(
            "lang={}&level={}&space={}&device={device}",
            says("data-lang"),
            says("data-level"),
            wanted.at.space.name()
        );
        let html = self.page.api()?.preview(&question, &payload).await?;
        self.area.show_nothing();
        // The box's own page in part, which has nothing in it that a page of the box has not.
        place.put_html("[data-preview-shown]", &html);
        super::photo::show_in(&self.page, &self.area, &place);
        place.come_forward();
        Ok(())
    }

    /// What is to be signed, and where it is to live; of its photos nothing yet.
    fn read(&self, home: NeighbourhoodId) -> Result<Wanted, Trouble> {
        let filled = self.form.filled()?;
        let fields = |name: &str| filled.text(name);
        let attribute = |name| self.form.attribute(name).unwrap_or_default();
        let unclear = || Trouble::Browser("the form does not say what it is about");
        let kind = Kind::from_name(&attribute("data-kind"));
        match attribute("data-dorpsplein").as_str() {
            "edit" => {
                let kind = kind.ok_or_else(unclear)?;
                let item = described(&Area(self.form.element().clone().into()))?;
                let before = |name: &str| self.before.text(name);
                let edits = Draft::changes(kind, &before, &self.before.raw("body"), &fields)?;
                let draft = Draft { kind, subject: None, edits };
                Ok(Wanted { at: item.at, draft, changes: Some((item.id, item.heads)) })
            }
            "write" => {
                let kind = kind.filter(|kind| kind.is_post()).ok_or_else(unclear)?;
                let at = Place { neighbourhood: home, space: audience(&filled)? };
                Ok(Wanted { at, draft: Draft::of(kind, &fields, None)?, changes: None })
            }
            form => {
                let subject = ItemId::from_hex(&attribute("data-subject")).ok_or_else(unclear)?;
                let neighbourhood = NeighbourhoodId::from_hex(&attribute("data-neighbourhood-of-subject"));
                let neighbourhood = neighbourhood.ok_or_else(unclear)?;
                let at = Place { neighbourhood, space: space(&attribute("data-space"))? };
                let draft = match form {
                    "comment" => Draft::of(Kind::COMMENT, &fields, Some(subject))?,
                    "update" => Draft::of(Kind::UPDATE, &fields, Some(subject))?,
                    "sign-up" => Draft::sign_up(&fields, subject)?,
                    _ => return Err(unclear()),
                };
                Ok(Wanted { at, draft, changes: None })
            }
        }
    }
}

/// The space that the field `audience` names.
pub(super) fn audience(filled: &Filled) -> Result<Space, Trouble> {
    space(&filled.text("audience").unwrap_or_default())
}

/// The space with this name.
pub(super) fn space(name: &str) -> Result<Space, Trouble> {
    Space::audience_named(name).ok_or_else(|| Trouble::foreseen("space-not-allowed"))
}

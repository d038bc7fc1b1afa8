//! Writing a post or a comment, and signing up.

use std::cell::Cell;
use std::rc::Rc;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{ItemId, Kind, NeighbourhoodId, Space};

use super::author::Author;
use super::draft::Draft;
use super::form::{Filled, Form};
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
    match author.deliver().await {
        Ok(()) => area.show_nothing(),
        Err(trouble) => area.report(&trouble),
    }
    if author.is_resident() {
        form.reveal();
    }
    #[cfg(feature = "inside")]
    super::photo::watch(page, &area);
    let writing = Rc::new(Writing { page: Rc::clone(page), area, form: form.clone(), waiting: Cell::new(None) });
    form.on_submit(move || {
        let writing = Rc::clone(&writing);
        async move { writing.submit().await }
    })
}

/// A form that writes.
struct Writing {
    page: Rc<Page>,
    area: Area,
    form: Form,
    /// What was signed and could not be delivered: the next attempt sends the same, not another.
    waiting: Cell<Option<ItemId>>,
}

impl Writing {
    async fn submit(&self) {
        self.form.set_busy(true);
        self.area.show(State::Sending);
        let sent = self.send().await;
        self.form.set_busy(false);
        let shown = sent.and_then(|item| self.area.link_to_sent(&item.to_string()));
        match shown {
            Ok(()) => {
                self.form.put_away();
                self.area.show_instead_of_form(State::Sent);
            }
            Err(trouble) => self.area.report(&trouble),
        }
    }

    async fn send(&self) -> Result<ItemId, Trouble> {
        let author = Author::open(&self.page).await?;
        let mut author = author.ok_or_else(|| Trouble::foreseen("not-a-member"))?;
        if let Some(item) = self.waiting.get() {
            self.deliver(&mut author).await?;
            author.confirm(item).await?;
            return Ok(item);
        }
        author.deliver().await?;
        let (at, draft) = self.read(author.home())?;
        #[cfg(feature = "inside")]
        let draft = {
            let photo = super::photo::hand_in(&self.page, &author, &self.area, &self.form).await?;
            Draft { edits: draft.edits.into_iter().chain(photo).collect(), ..draft }
        };
        if at.space == Space::Members {
            // Whoever writes for members wants to read it next.
            author.log_in(&self.page.host()?).await?;
        }
        let item = author.sign(at, draft).await?;
        self.set_waiting(Some(item));
        self.deliver(&mut author).await?;
        Ok(item)
    }

    /// Delivers what waits; afterwards it waits no more, unless the box did not answer.
    async fn deliver(&self, author: &mut Author) -> Result<(), Trouble> {
        let delivered = author.deliver().await;
        if delivered.as_ref().err().is_none_or(Trouble::is_lasting) {
            self.set_waiting(None);
        }
        delivered
    }

    fn set_waiting(&self, item: Option<ItemId>) {
        self.waiting.set(item);
        self.form.set_signed(item.is_some());
    }

    /// What is to be signed, and where it is to live.
    fn read(&self, home: NeighbourhoodId) -> Result<(Place, Draft), Trouble> {
        let filled = self.form.filled()?;
        let fields = |name: &str| filled.text(name);
        let attribute = |name| self.form.attribute(name).unwrap_or_default();
        let unclear = Trouble::Browser("the form does not say what it is about");
        match (attribute("data-dorpsplein").as_str(), attribute("data-kind").as_str()) {
            (form @ ("comment" | "sign-up"), _) => {
                let subject = ItemId::from_hex(&attribute("data-subject"));
                let neighbourhood = NeighbourhoodId::from_hex(&attribute("data-neighbourhood-of-subject"));
                let (Some(subject), Some(neighbourhood)) = (subject, neighbourhood) else { return Err(unclear) };
                let at = Place { neighbourhood, space: space(&attribute("data-space"))? };
                let draft = if form == "comment" {
                    Draft::comment(&fields, subject)?
                } else {
                    Draft::sign_up(&fields, subject)?
                };
                Ok((at, draft))
            }
            ("write", kind) => {
                let at = Place { neighbourhood: home, space: audience(&filled)? };
                let kind = Kind::from_name(kind).filter(|kind| kind.is_post()).ok_or(unclear)?;
                Ok((at, Draft::post(kind, &fields)?))
            }
            _ => Err(unclear),
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

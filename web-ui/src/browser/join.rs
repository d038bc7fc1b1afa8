//! Joining with the invitation in the address.

use std::rc::Rc;

use dorpsplein_protocol::identity::letter_code::{LetterCode, Purpose};

use super::author::{Author, Letter};
use super::draft::Draft;
use super::form::Form;
use super::lock::Lock;
use super::page::{Area, Page, State};
use super::stretch;
use super::trouble::Trouble;
use super::write::audience;

/// Where a code is typed.
const TYPED: &str = "form[data-dorpsplein=letter]";

/// Wires the form in `area` for somebody with a good invitation.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    area.show(State::Checking);
    page.reload_when_fragment_changes()?;
    page.carry_fragment_to_other_languages()?;
    if let Some(mut author) = Author::open(page).await? {
        let was_resident = author.is_resident();
        // An earlier visit may have broken off between signing and sending.
        author.deliver().await?;
        area.show(if was_resident { State::AlreadyJoined } else { State::Sent });
        return page.forget_fragment();
    }
    if page.is_forgetful() {
        area.reveal("[data-forgetful]");
    }
    typed_code(page, &area)?;
    let Some(fragment) = page.fragment() else {
        area.show(State::NeedsInvitation);
        return area.form_that(TYPED).map(|form| form.reveal());
    };
    area.show(State::Stretching);
    let letter = match open_letter(page, &fragment).await {
        Ok(letter) => letter,
        Err(trouble) => {
            // A code that was misread can be typed here.
            area.form_that(TYPED)?.reveal();
            return Err(trouble);
        }
    };
    // Better to hear it now than after filling in a name.
    Lock::is_available(page.window())?;
    let form = area.form_that("form[data-dorpsplein=join]")?;
    area.show_nothing();
    form.reveal();
    let joining = Rc::new(Joining { page: Rc::clone(page), area, form: form.clone(), letter });
    form.on_submit(move || {
        let joining = Rc::clone(&joining);
        async move { joining.submit().await }
    })
}

/// A form that joins.
struct Joining {
    page: Rc<Page>,
    area: Area,
    form: Form,
    letter: Letter,
}

impl Joining {
    async fn submit(&self) {
        self.form.set_busy(true);
        self.area.show(State::Sending);
        let joined = self.join().await;
        self.form.set_busy(false);
        match joined {
            Ok(()) => {
                self.form.put_away();
                self.area.show_instead_of_form(State::Sent);
            }
            Err(trouble) => self.area.report(&trouble),
        }
    }

    async fn join(&self) -> Result<(), Trouble> {
        let mut author = match Author::open(&self.page).await? {
            Some(author) => author,
            None => {
                let filled = self.form.filled()?;
                let name = Draft::profile(&|field| filled.text(field))?;
                Author::newcomer(&self.page, &self.letter, name, audience(&filled)?).await?
            }
        };
        // From here on the name is signed: the next attempt sends the same.
        self.form.set_signed(true);
        let delivered = author.deliver().await;
        if delivered.as_ref().err().is_none_or(Trouble::is_lasting) {
            self.form.set_signed(false);
        }
        delivered?;
        self.page.forget_fragment()?;
        keep_for_good(&self.page);
        Ok(())
    }
}

/// Somebody with a letter and no camera types its code: the same as following its link.
fn typed_code(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let form = area.form_that(TYPED)?;
    let (page, area, typed) = (Rc::clone(page), area.clone(), form.clone());
    form.on_submit(move || {
        let code = typed.filled().ok().and_then(|filled| LetterCode::parse(&filled.text("code")?).ok());
        let gone = code.map(|code| page.go_to_fragment(&code.compact()));
        let area = area.clone();
        async move {
            match gone {
                Some(gone) => gone.unwrap_or_else(|trouble| area.report(&trouble)),
                None => area.show(State::BadCode),
            }
        }
    })
}

/// The invitation behind the code in the address, if it can still be used.
async fn open_letter(page: &Page, fragment: &str) -> Result<Letter, Trouble> {
    let code = LetterCode::parse(fragment).map_err(|_| Trouble::foreseen("unknown-invitation"))?;
    let one_time = stretch::key_of(page.window(), &code, Purpose::Letter, &page.neighbourhood()?).await?;
    let api = page.api()?;
    let invitation = api.invitation(&one_time.public()).await?;
    if invitation.neighbourhood != page.neighbourhood()? {
        return Err(Trouble::foreseen("wrong-neighbourhood"));
    }
    if invitation.used {
        return Err(Trouble::foreseen("invitation-used"));
    }
    if api.now().await? >= invitation.expires {
        return Err(Trouble::foreseen("invitation-expired"));
    }
    Ok(Letter { invitation, one_time })
}

/// Asks the browser not to clear this site's storage when the disk runs full: the key is there, and nowhere else.
pub(super) fn keep_for_good(page: &Page) {
    // A browser may say no, and mostly decides without asking; the resident has joined all the same.
    let _ = page.window().navigator().storage().persist();
}

//! The connectors' desk, and the door before every page that wants to know who is there.

use std::borrow::Cow;

use askama::Template;
use jiff::ToSpan as _;

use super::RenderError;
use super::neighbour_map::{self, Drawing};
use super::partial::rendered;
use super::prose;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::{Page, PostKind};
use crate::view::{
    AreasPage, BoxesPage, Care, CirclePlace, CirclesPage, Contact, Date, Deed, DeskPage, DeviceStanding, DoorPage,
    Frame, InvitationFate, InvitationsPage, Letter, LettersPage, MemberPage, MembersPage, NeighboursPage,
    OrganisationsPage, Person, Role, Said, SourceWhat, SourcesPage, Taken, TreatyDirection, TreatyStep, Way,
};

/// A template that is nothing but the shell and a view, and the function that renders it.
macro_rules! desk_pages {
    ($($(#[$doc:meta])* $name:ident: $template:ident($view:ident) = $path:literal at $page:expr),+ $(,)?) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        struct $template<'a> {
            s: Shell<'a>,
            page: &'a $view,
        }

        $(#[$doc])*
        ///
        /// # Errors
        /// [`RenderError`].
        pub fn $name(frame: &Frame, page: &$view, lang: Lang) -> Result<String, RenderError> {
            let s = Shell::new(frame, lang, Some($page), |lang| $page.pattern(lang).to_owned());
            rendered(&$template { s, page }, lang)
        }
    )+};
}

desk_pages! {
    /// The desk: what waits, and the way to the rest.
    desk: Desk(DeskPage) = "desk/desk.html" at Page::Desk,
    /// Who is there.
    members: Members(MembersPage) = "desk/members.html" at Page::DeskMembers,
    /// Invitations and what became of them.
    invitations: Invitations(InvitationsPage) = "desk/invitations.html" at Page::DeskInvitations,
    /// Letters to print. What is secret in them is made in the connector's browser and never comes here.
    letters: Letters(LettersPage) = "desk/letters.html" at Page::DeskLetters,
    /// Treaties.
    neighbours: Neighbours(NeighboursPage) = "desk/neighbours.html" at Page::DeskNeighbours,
    /// Circles of neighbourhoods.
    circles: Circles(CirclesPage) = "desk/circles.html" at Page::DeskCircles,
    /// Organisations and who speaks for them.
    organisations: Organisations(OrganisationsPage) = "desk/organisations.html" at Page::DeskOrganisations,
    /// The parts of the neighbourhood.
    areas: Areas(AreasPage) = "desk/areas.html" at Page::DeskAreas,
    /// The boxes' certificates.
    boxes: Boxes(BoxesPage) = "desk/boxes.html" at Page::DeskBoxes,
    /// Other calendars, and what of them could be published.
    sources: Sources(SourcesPage) = "desk/sources.html" at Page::DeskSources,
}

#[derive(Template)]
#[template(path = "desk/member.html")]
struct Member<'a> {
    s: Shell<'a>,
    page: &'a MemberPage,
}

#[derive(Template)]
#[template(path = "letters.html")]
struct LetterSheets<'a> {
    s: Shell<'a>,
    letters: &'a [Letter],
}

#[derive(Template)]
#[template(path = "door.html")]
struct Door<'a> {
    s: Shell<'a>,
    page: &'a DoorPage,
}

/// One member.
///
/// # Errors
/// [`RenderError`].
pub fn member(frame: &Frame, page: &MemberPage, lang: Lang) -> Result<String, RenderError> {
    let path = |lang| Page::DeskMember.path(lang, &page.person.id);
    rendered(&Member { s: Shell::new(frame, lang, Some(Page::DeskMember), path), page }, lang)
}

/// Letters alone, to print one on a sheet: a document for a file of one's own. Its only address is that of the style sheet,
/// which may be a `data:` one.
///
/// # Errors
/// [`RenderError`].
pub fn letter_sheets(frame: &Frame, letters: &[Letter], lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, None, |_| String::new());
    rendered(&LetterSheets { s, letters }, lang)
}

/// The door before a page that wants to know who is there.
///
/// # Errors
/// [`RenderError`].
pub fn door(frame: &Frame, page: &DoorPage, lang: Lang) -> Result<String, RenderError> {
    rendered(&Door { s: Shell::new(frame, lang, None, Shell::located(&page.path)), page }, lang)
}

/// What the desk's templates ask of the shell.
impl Shell<'_> {
    /// The name of a person; of one who shows none, the beginning of their number.
    pub(super) fn person<'p>(&self, person: &'p Person) -> Result<Cow<'p, str>, MissingText> {
        match &person.name {
            Some(name) => Ok(Cow::Borrowed(name)),
            None => self.fill("person-unnamed", "number", &self.short(&person.id)).map(Cow::Owned),
        }
    }

    /// The letters that stand for a person; a dot for one without a name.
    pub(super) fn person_initials(&self, person: &Person) -> String {
        person.name.as_deref().map_or_else(|| "·".to_owned(), prose::initials)
    }

    /// The first eight digits of a number in groups of four: enough to tell it from the others on a page.
    pub(super) fn short(&self, hex: &str) -> String {
        prose::grouped(hex.get(..8).unwrap_or(hex))
    }

    /// The map of the neighbours.
    pub(super) fn map<'n>(&self, page: &'n NeighboursPage) -> Drawing<'n> {
        neighbour_map::draw(&page.map)
    }

    /// Whether the boxes of a neighbour answer, in words.
    pub(super) fn contact(&self, contact: &Contact) -> Result<String, MissingText> {
        match contact {
            Contact::InStep => self.say("contact-in-step").map(Cow::into_owned),
            Contact::CatchingUp => self.say("contact-catching-up").map(Cow::into_owned),
            Contact::Away(Some(last)) => self.fill("contact-away-since", "when", &self.moment(last)),
            Contact::Away(None) => self.say("contact-away").map(Cow::into_owned),
        }
    }

    /// How the box of a neighbour is reached, in words.
    pub(super) fn way(&self, way: &Way) -> Result<String, MissingText> {
        match way {
            Way::NextDoor => self.say("way-next-door").map(Cow::into_owned),
            Way::Direct => self.say("way-direct").map(Cow::into_owned),
            Way::Through(name) => self.fill("way-through", "name", name),
        }
    }

    /// The day so many days from today.
    pub(super) fn in_days(&self, days: i32) -> Date {
        self.today().saturating_add(days.days())
    }

    /// Whether an act against this member waits for a second connector: when they are one, and it is not their own.
    pub(super) fn heavy_for(&self, page: &MemberPage) -> bool {
        page.top.second_signature && page.person.role == Role::Connector && !page.person.is_you
    }

    /// What a heavy act does, as a sentence.
    pub(super) fn deed(&self, deed: &Deed) -> Result<String, MissingText> {
        let about = |id, person: &Person| self.fill(id, "name", &self.person(person)?);
        match deed {
            Deed::Removal(person) => about("deed-removal", person),
            Deed::Grant(person) => about("deed-grant", person),
            Deed::Withdrawal(person) => about("deed-withdrawal", person),
            Deed::Retirement(person) => about("deed-retirement", person),
            Deed::Recovery(person) => about("deed-recovery", person),
            Deed::ConnectorInvitation => self.say("deed-connector-invitation").map(Cow::into_owned),
            Deed::Box(key) => self.fill("deed-box", "number", &self.short(key)),
            Deed::Treaty(name) => self.fill("deed-treaty", "name", name),
            Deed::CircleFounding(name) => self.fill("deed-circle-founding", "name", name),
            Deed::CircleAdmission(name) => self.fill("deed-circle-admission", "name", name),
            Deed::CircleJoining(name) => self.fill("deed-circle-joining", "name", name),
            Deed::Invitation => self.say("deed-invitation").map(Cow::into_owned),
            Deed::SubArea(name) => self.fill("deed-area", "name", name),
            Deed::Organisation(speaker) => about("deed-organisation", speaker),
            Deed::TreatyEnd(name) => self.fill("deed-treaty-end", "name", name),
            Deed::Minor => self.say("deed-minor").map(Cow::into_owned),
            Deed::Other => self.say("deed-other").map(Cow::into_owned),
        }
    }
}

//! The addresses of the site, per page and language: one table for the templates, the node's router and the tests.
//!
//! An address is made with a function here ([`item`], [`event`], …) and taken apart with [`locate`]; [`Page::pattern`]
//! is the same address as the router spells it. A test holds the three together.

mod agenda;
mod feeds;
mod posts;
pub mod query;
mod search;
mod spelling;

use crate::Lang;

pub use agenda::{AgendaQuery, AgendaView, CALENDAR_ENDING, agenda_of, calendar, calendar_pattern, event_calendar};
pub use feeds::{Feed, is_file};
pub use posts::{ListQuery, PostKind, list, write_kind};
pub use search::{SearchKind, search_for};
use spelling::spelled;

/// What makes a browser the screen of the community house: for reading only.
pub const KIOSK: &str = "/kiosk";

/// Where the JSON API stands.
pub const API: &str = "/api/v1";

/// The address of a photo as the router spells it: its name, and its width in pixels or [`WHOLE_PHOTO`].
pub const PHOTO_PATTERN: &str = "/photos/{photo}/{size}";
/// Stands in the place of the width for a photo as it was published.
pub const WHOLE_PHOTO: &str = "whole";

/// What connectors changed about the look, as a file, for whoever takes it to another square.
pub const THEME_FILE: &str = "/theme.json";

/// A page that has an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// The home page: today and tomorrow, then the news.
    News,
    /// The coming events.
    Agenda,
    /// What people offer and ask for.
    Market,
    /// Who lives here, and what they like, know and can.
    People,
    /// Clubs, shops and organisations.
    Clubs,
    /// Groups.
    Groups,
    /// What everybody has to know at once.
    Alerts,
    /// What is found.
    Search,
    /// One news item with its comments.
    Item,
    /// One event with its comments.
    Event,
    /// "Wie zegt dit?": the proof under one item or comment.
    WhoSaysThis,
    /// Changing an item of one's own.
    Edit,
    /// What an item said before.
    History,
    /// Saying how things stand with an alert.
    Update,
    /// Handing an item on to people elsewhere.
    Share,
    /// Writing news or an event.
    Write,
    /// Becoming a resident by an invitation link.
    Join,
    /// How to read, join and write.
    Help,
    /// What was done so that everybody can use the site.
    Accessibility,
    /// What is kept, and who gets to see it.
    Privacy,
    /// The square's boxes, neighbours and ways.
    About,
    /// The connectors' desk: what waits, and the way to the rest.
    Desk,
    /// What waits for connectors: reports, newcomers, neighbours, what may be out of date.
    DeskQueue,
    /// How it goes with the square: what is silent, and counts.
    DeskPulse,
    /// How it goes with the box.
    DeskHealth,
    /// Who is there.
    DeskMembers,
    /// One member: devices, role, recovery, removal.
    DeskMember,
    /// Invitations and what became of them.
    DeskInvitations,
    /// Invitation letters to print.
    DeskLetters,
    /// How the square looks and what is on it.
    DeskLook,
    /// Treaties.
    DeskNeighbours,
    /// Circles of neighbourhoods.
    DeskCircles,
    /// Organisations and who speaks for them.
    DeskOrganisations,
    /// The parts of the neighbourhood.
    DeskAreas,
    /// Other calendars, and what of them could be published.
    DeskSources,
    /// The boxes' certificates.
    DeskBoxes,
    /// Who did what to whose item, and why.
    Log,
    /// One's own devices, spare card, export, and the way out.
    MyData,
    /// Asking for post by e-mail.
    Mail,
    /// From a mail: saying that one wants post. What stands in the place of an item's id is a secret.
    MailConfirm,
    /// From a mail: having no more, likewise.
    MailStop,
    /// On a new device: becoming a resident's.
    Device,
    /// What stands in the place of a page when there is no line.
    Offline,
}

/// A place on the site: which page, in which language, about which item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The page.
    pub page: Page,
    /// Its language.
    pub lang: Lang,
    /// The item's id as it stands in the path, for the pages that are about one item. Not checked to be an id.
    pub id: Option<String>,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 43] = [
        Self::News,
        Self::Agenda,
        Self::Market,
        Self::People,
        Self::Clubs,
        Self::Groups,
        Self::Alerts,
        Self::Search,
        Self::Item,
        Self::Event,
        Self::WhoSaysThis,
        Self::Edit,
        Self::History,
        Self::Update,
        Self::Share,
        Self::Write,
        Self::Join,
        Self::Help,
        Self::Accessibility,
        Self::Privacy,
        Self::About,
        Self::Desk,
        Self::DeskQueue,
        Self::DeskPulse,
        Self::DeskHealth,
        Self::DeskMembers,
        Self::DeskMember,
        Self::DeskInvitations,
        Self::DeskLetters,
        Self::DeskLook,
        Self::DeskNeighbours,
        Self::DeskCircles,
        Self::DeskOrganisations,
        Self::DeskAreas,
        Self::DeskSources,
        Self::DeskBoxes,
        Self::Log,
        Self::MyData,
        Self::Mail,
        Self::MailConfirm,
        Self::MailStop,
        Self::Device,
        Self::Offline,
    ];

    /// The path with `{id}` where an item's id goes: the form in which axum takes a route.
    #[must_use]
    pub fn pattern(self, lang: Lang) -> &'static str {
        let (dutch, english) = self.patterns();
        spelled(lang, dutch, english)
    }

    /// The patterns in Dutch and in English.
    const fn patterns(self) -> (&'static str, &'static str) {
        match self {
            Self::News => ("/", "/en/"),
            Self::Agenda => ("/agenda", "/en/agenda"),
            Self::Market => ("/vraag-en-aanbod", "/en/market"),
            Self::People => ("/mensen", "/en/people"),
            Self::Clubs => ("/clubs", "/en/clubs"),
            Self::Groups => ("/groepen", "/en/groups"),
            Self::Alerts => ("/belangrijk", "/en/alerts"),
            Self::Search => ("/zoeken", "/en/search"),
            Self::Item => ("/bericht/{id}", "/en/item/{id}"),
            Self::Event => ("/activiteit/{id}", "/en/event/{id}"),
            Self::WhoSaysThis => ("/bericht/{id}/wie-zegt-dit", "/en/item/{id}/who-says-this"),
            Self::Edit => ("/bericht/{id}/wijzigen", "/en/item/{id}/edit"),
            Self::History => ("/bericht/{id}/geschiedenis", "/en/item/{id}/history"),
            Self::Update => ("/bericht/{id}/stand-van-zaken", "/en/item/{id}/update"),
            Self::Share => ("/bericht/{id}/doorsturen", "/en/item/{id}/share"),
            Self::Write => ("/schrijven", "/en/write"),
            Self::Join => ("/meedoen", "/en/join"),
            Self::Help => ("/hulp", "/en/help"),
            Self::Accessibility => ("/toegankelijkheid", "/en/accessibility"),
            Self::Privacy => ("/privacy", "/en/privacy"),
            Self::About => ("/over-dit-plein", "/en/about"),
            Self::Desk => ("/beheer", "/en/desk"),
            Self::DeskQueue => ("/beheer/wat-er-wacht", "/en/desk/to-do"),
            Self::DeskPulse => ("/beheer/hoe-het-gaat", "/en/desk/how-it-goes"),
            Self::DeskHealth => ("/beheer/kastje", "/en/desk/box"),
            Self::DeskMembers => ("/beheer/leden", "/en/desk/members"),
            Self::DeskMember => ("/beheer/lid/{id}", "/en/desk/member/{id}"),
            Self::DeskInvitations => ("/beheer/uitnodigingen", "/en/desk/invitations"),
            Self::DeskLetters => ("/beheer/brieven", "/en/desk/letters"),
            Self::DeskLook => ("/beheer/inrichting", "/en/desk/appearance"),
            Self::DeskNeighbours => ("/beheer/buren", "/en/desk/neighbours"),
            Self::DeskCircles => ("/beheer/kringen", "/en/desk/circles"),
            Self::DeskOrganisations => ("/beheer/organisaties", "/en/desk/organisations"),
            Self::DeskAreas => ("/beheer/gebieden", "/en/desk/areas"),
            Self::DeskSources => ("/beheer/agendas", "/en/desk/calendars"),
            Self::DeskBoxes => ("/beheer/kastjes", "/en/desk/boxes"),
            Self::Log => ("/logboek", "/en/log"),
            Self::MyData => ("/mijn-gegevens", "/en/my-data"),
            Self::Mail => ("/mijn-gegevens/post", "/en/my-data/post"),
            Self::MailConfirm => ("/post/aanzetten/{id}", "/en/post/confirm/{id}"),
            Self::MailStop => ("/post/stoppen/{id}", "/en/post/stop/{id}"),
            Self::Device => ("/toestel", "/en/device"),
            Self::Offline => ("/niet-verbonden", "/en/offline"),
        }
    }

    /// Whether a browser may keep this page, to show it when there is no line. What only some may see is among it as it was
    /// shown to them; the people's page, one's own data and the desk are not.
    #[must_use]
    pub const fn is_kept_offline(self) -> bool {
        matches!(
            self,
            Self::News
                | Self::Agenda
                | Self::Market
                | Self::Clubs
                | Self::Groups
                | Self::Alerts
                | Self::Item
                | Self::Event
                | Self::Write
                | Self::Help
                | Self::Accessibility
                | Self::Privacy
                | Self::About
        )
    }

    /// The path of this page about the item `id`; pages that are about no item ignore it.
    #[must_use]
    pub fn path(self, lang: Lang, id: &str) -> String {
        self.pattern(lang).replace(ID, &encode(id))
    }
}

/// The home page.
#[must_use]
pub fn news(lang: Lang) -> &'static str {
    Page::News.pattern(lang)
}

/// The home page from the news before `cursor` on.
#[must_use]
pub fn news_before(lang: Lang, cursor: &str) -> String {
    format!("{}?{}={}", news(lang), query::before(lang), encode(cursor))
}

/// The coming events.
#[must_use]
pub fn agenda(lang: Lang) -> &'static str {
    Page::Agenda.pattern(lang)
}

/// One news item.
#[must_use]
pub fn item(lang: Lang, id: &str) -> String {
    Page::Item.path(lang, id)
}

/// One event.
#[must_use]
pub fn event(lang: Lang, id: &str) -> String {
    Page::Event.path(lang, id)
}

/// "Wie zegt dit?" about one item or comment.
#[must_use]
pub fn who_says_this(lang: Lang, id: &str) -> String {
    Page::WhoSaysThis.path(lang, id)
}

/// The write page, at its default: news.
#[must_use]
pub fn write(lang: Lang) -> &'static str {
    Page::Write.pattern(lang)
}

/// Joining by invitation. An invitation's secret stands behind the `#`, which a browser never sends.
#[must_use]
pub fn join(lang: Lang) -> &'static str {
    Page::Join.pattern(lang)
}

/// Where a new device becomes a resident's. The secret of its linking, or the code of a card, stands behind the `#`.
#[must_use]
pub fn device(lang: Lang) -> &'static str {
    Page::Device.pattern(lang)
}

/// What a telephone asks about the square when it is put among its programs.
#[must_use]
pub fn manifest(lang: Lang) -> &'static str {
    spelled(lang, "/plein.webmanifest", "/en/square.webmanifest")
}

/// The page that explains a problem type, as the router spells it. In Dutch it is the `type` of the problem itself.
#[must_use]
pub fn problem_pattern(lang: Lang) -> &'static str {
    spelled(lang, "/problems/{kind}", "/en/problems/{kind}")
}

/// The people with a talent; all of them without one.
#[must_use]
pub fn people(lang: Lang, talent: Option<&str>) -> String {
    let path = Page::People.pattern(lang);
    talent.map_or_else(|| path.to_owned(), |talent| format!("{path}?{}={}", query::TALENT, encode(talent)))
}

/// About this square.
#[must_use]
pub fn about(lang: Lang) -> &'static str {
    Page::About.pattern(lang)
}

/// The moderation log from what was done before `cursor` on.
#[must_use]
pub fn log_before(lang: Lang, cursor: &str) -> String {
    format!("{}?{}={}", Page::Log.pattern(lang), query::before(lang), encode(cursor))
}

/// A photo: as small a picture as `width` pixels, or the whole.
#[must_use]
pub fn photo(id: &str, width: Option<u16>) -> String {
    let size = width.map_or_else(|| WHOLE_PHOTO.to_owned(), |width| width.to_string());
    PHOTO_PATTERN.replace("{photo}", &encode(id)).replace("{size}", &size)
}

/// Finds the page that a path (without `?` and what follows) belongs to; `None` for a path this site does not have.
#[must_use]
pub fn locate(path: &str) -> Option<Location> {
    let pages = Page::ALL.into_iter().flat_map(|page| Lang::ALL.map(|lang| (page, lang)));
    pages.into_iter().find_map(|(page, lang)| {
        let id = matches(page.pattern(lang), path)?;
        Some(Location { page, lang, id })
    })
}

/// The language of any path, also of one that leads nowhere: English under `/en`, Dutch where no other has its place.
#[must_use]
pub fn lang_of(path: &str) -> Lang {
    let first = path.strip_prefix('/').and_then(|path| path.split('/').next());
    first.and_then(Lang::from_tag).filter(|lang| *lang != Lang::default()).unwrap_or_default()
}

const ID: &str = "{id}";

/// `Some(None)` when a path equals a pattern without an id, `Some(Some(id))` when it has one in that place.
fn matches(pattern: &str, path: &str) -> Option<Option<String>> {
    let Some((before, after)) = pattern.split_once(ID) else {
        return (pattern == path).then_some(None);
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then(|| Some(id.to_owned()))
}

/// Percent-encodes everything but RFC 3986's unreserved characters. Ids are hexadecimal and pass unchanged; anything
/// else cannot break out of its segment.
pub(crate) fn encode(segment: &str) -> String {
    use std::fmt::Write as _;
    segment.bytes().fold(String::with_capacity(segment.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: &str = "9f2c";

    #[test]
    fn every_path_is_located_as_the_page_it_was_made_for() {
        for page in Page::ALL {
            for lang in Lang::ALL {
                let location = locate(&page.path(lang, ID)).unwrap();
                let id = page.pattern(lang).contains("{id}").then(|| ID.to_owned());
                assert_eq!(location, Location { page, lang, id });
                assert_eq!(lang_of(page.pattern(lang)), lang);
            }
        }
    }

    #[test]
    fn no_two_pages_share_a_pattern() {
        let patterns: std::collections::HashSet<_> =
            Page::ALL.into_iter().flat_map(|page| Lang::ALL.map(|lang| page.pattern(lang))).collect();
        assert_eq!(patterns.len(), Page::ALL.len() * Lang::ALL.len());
    }

    #[test]
    fn a_strange_path_is_located_nowhere() {
        for path in ["", "/en", "/bericht/", "/bericht/a/b", "/agenda/", "/vraag"] {
            assert_eq!(locate(path), None, "{path}");
        }
        assert_eq!(lang_of("/en"), Lang::En);
        assert_eq!(lang_of("/energie"), Lang::Nl);
    }

    #[test]
    fn a_hostile_id_stays_one_segment() {
        assert_eq!(item(Lang::Nl, "../x?y#\"<é"), "/bericht/..%2Fx%3Fy%23%22%3C%C3%A9");
        assert_eq!(news_before(Lang::En, "a&b"), "/en/?before=a%26b");
    }
}

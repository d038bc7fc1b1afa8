//! How the square looks and what is on it, as connectors last said; and who may read what is between residents and connectors.

use dorpsplein_protocol::operation::{ItemId, Kind, Role, Value};
use dorpsplein_protocol::projection::{self, Content, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::modules::Modules;
use dorpsplein_web_ui::paths::Page;
use dorpsplein_web_ui::theme::{MAX_LOGO_BYTES, Theme};
use dorpsplein_web_ui::view;

use super::super::body::{SettingBody, SettingLogoBody, ThemeFile};
use super::{ReadError, Reader};

impl Reader {
    /// What connectors last said; nothing said when they never did. A page as usual is better than no page, so a store that
    /// cannot be read is told by what the page itself reads.
    pub(super) fn content_of_setting(&self) -> &Content {
        &self.setting().1
    }

    fn setting(&self) -> &(Option<u64>, Content) {
        self.setting.get_or_init(|| {
            let row = projection::setting(&self.store).unwrap_or_else(|error| {
                tracing::error!(%error, "the pages look as usual");
                None
            });
            row.map(|row| (Some(row.created.as_millis()), row.content)).unwrap_or_default()
        })
    }

    /// What the square has.
    pub(in super::super) fn modules(&self) -> Modules {
        Modules::without(self.content_of_setting().modules_off.iter().map(String::as_str))
    }

    /// Whether the square has what a page belongs to.
    ///
    /// # Errors
    /// [`ReadError::Off`].
    pub(in super::super) fn check_is_on(&self, page: Page) -> Result<(), ReadError> {
        if self.modules().has_page(page) { Ok(()) } else { Err(ReadError::Off) }
    }

    /// Its colours and measures, as everybody can read them.
    pub(in super::super) fn theme(&self) -> Theme {
        Theme::read(self.content_of_setting().tokens.iter().map(String::as_str)).readable()
    }

    /// The style sheet that makes it look like that: empty when it looks as usual. A page and its policy both want it.
    pub(in super::super) fn theme_css(&self) -> &str {
        self.theme_css.get_or_init(|| self.theme().css())
    }

    /// The name that stands on the site.
    pub(in super::super) fn shown_name(&self) -> String {
        said(&self.content_of_setting().name).unwrap_or_else(|| self.name_of(&self.home()))
    }

    /// One line under it: what connectors said, or else the keeper of the box.
    pub(super) fn shown_tagline(&self) -> Option<String> {
        said(&self.content_of_setting().tagline).or_else(|| self.identity.tagline.clone())
    }

    /// Whom to call. Where connectors gave a number, they also say who answers there.
    pub(super) fn shown_help(&self) -> Option<view::Help> {
        let content = self.content_of_setting();
        match said(&content.phone) {
            Some(phone) => Some(view::Help { name: None, phone, hours: said(&content.hours) }),
            None => self.identity.help.clone(),
        }
    }

    /// The picture beside the name, as soon as it is here.
    pub(super) fn shown_logo(&self) -> Option<view::Photo> {
        self.photos_of(self.content_of_setting()).into_iter().next().filter(|logo| logo.is_here)
    }

    /// Logo, colours and measures as a file to take along. A logo that is not here, or that was kept larger than one is now, is
    /// left out of it.
    pub(in super::super) fn theme_file(&self) -> ThemeFile {
        let logo = self.content_of_setting().photos.first().map(|at| &at.photo);
        let small = logo.filter(|logo| usize::try_from(logo.length).is_ok_and(|length| length <= MAX_LOGO_BYTES));
        let file = small.zip(self.photos.as_ref()).and_then(|(logo, photos)| {
            photos.folder.read(&logo.id).unwrap_or_else(|error| {
                tracing::error!(%error, "the theme goes without its logo");
                None
            })
        });
        ThemeFile::of(&self.theme(), file.as_deref())
    }

    /// What connectors say on the home page.
    pub(super) fn welcome_words(&self) -> Option<String> {
        said(&self.content_of_setting().body)
    }

    /// The page where connectors set all that up.
    pub(super) fn look_page(&self) -> Result<view::LookPage, StoreError> {
        let (at, content) = self.setting();
        let logo = content.photos.first().map(|at| &at.photo);
        Ok(view::LookPage {
            top: self.desk_top(),
            said: *at,
            name: content.name.clone(),
            registered: self.name_of(&self.home()),
            tagline: content.tagline.clone(),
            words: content.body.clone(),
            phone: content.phone.clone(),
            hours: content.hours.clone(),
            logo: self.shown_logo(),
            logo_reference: logo.and_then(|logo| match logo.value() {
                Value::Bytes(bytes) => Some(data_encoding::HEXLOWER.encode(&bytes)),
                _ => None,
            }),
            categories: content.categories.clone(),
            modules: self.modules(),
            areas: self.choices()?.areas,
            theme: Theme::read(content.tokens.iter().map(String::as_str)),
        })
    }

    /// The same as the API tells it: all of it stands on public pages.
    pub(in super::super) fn setting_body(&self) -> SettingBody {
        let (at, content) = self.setting();
        let logo = content.photos.first().map(|at| &at.photo);
        SettingBody {
            said: *at,
            name: content.name.clone(),
            tagline: content.tagline.clone(),
            words: content.body.clone(),
            phone: content.phone.clone(),
            hours: content.hours.clone(),
            logo: logo.map(|logo| SettingLogoBody {
                id: logo.id.to_string(),
                length: logo.length,
                width: logo.width,
                height: logo.height,
                alt: logo.alt.clone(),
            }),
            categories: content.categories.clone(),
            modules_off: content.modules_off.clone(),
            tokens: content.tokens.clone(),
        }
    }

    /// Whether an item that members made for each other is for this visitor: a report is between its maker and the connectors,
    /// a request to look between connectors and the maker of what it is about, a consent is for connectors.
    pub(super) fn is_let_in(&self, row: &ItemRow) -> Result<bool, StoreError> {
        let Some(visitor) = self.visitor else { return Ok(!row.kind.is_internal()) };
        let is_by = |row: &ItemRow| row.author.home == self.home() && row.author.resident == visitor.resident;
        Ok(match row.kind {
            _ if visitor.role == Role::Connector => true,
            Kind::REPORT => is_by(row),
            Kind::REVIEW_REQUEST => {
                let about = row.content.about.map(ItemId::from);
                let about = about.map(|about| projection::item(&self.store, &about)).transpose()?.flatten();
                about.is_some_and(|about| is_by(&about))
            }
            Kind::CONSENT => false,
            _ => true,
        })
    }
}

/// What somebody said, unless it is nothing.
fn said(words: &Option<String>) -> Option<String> {
    words.as_deref().map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned)
}

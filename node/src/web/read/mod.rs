//! Rows into what a page or the API shows of them: the one place that says what a visitor may see.

mod about;
mod agenda;
mod desk;
mod desk_community;
mod desk_health;
mod desk_people;
mod desk_pulse;
mod desk_queue;
mod devices;
mod digest;
mod editing;
mod everything;
mod feeds;
mod forks;
mod item;
mod lists;
mod log;
mod mine;
mod moderation;
mod neighbouring;
mod people;
mod photos;
mod posts;
mod preview;
mod proof;
mod register;
mod search;
mod setting;
mod sharing;
mod sources;
mod standing;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use dorpsplein_protocol::authority::{CircleState, Registers, TreatyStage};
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, Role, Space};
use dorpsplein_protocol::projection::{self, Author, Content, ItemRow};
use dorpsplein_protocol::store::{Read, StoreError};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::locale::MissingText;
use dorpsplein_web_ui::modules::Module;
use dorpsplein_web_ui::{Lang, view};
use jiff::civil::DateTime;

use super::item_count::ItemCount;
use super::sessions::Visitor;
use super::{SiteIdentity, SiteState, assets, local_time};
use crate::clock;
use crate::driver::DriverHandle;
use crate::https::Standing;
use crate::machine::Machine;
use crate::mail::Mail;
use crate::net::Reach;
use crate::photos::Photos;
use crate::push::Push;
use crate::search::Search;
use crate::sources::Sources;

pub(super) use digest::{Told, Wanted};
pub(super) use feeds::Made;
pub(super) use search::{Asked, search_kind};

/// The store as the site reads it.
pub(super) type SharedStore = Arc<dyn Read + Send + Sync>;

/// Everything one answer is made from, as it stood when the request came.
pub(super) struct Reader {
    pub(super) store: SharedStore,
    pub(super) registers: Arc<Registers>,
    /// Who asks, if they are logged in.
    pub(super) visitor: Option<Visitor>,
    driver: DriverHandle,
    reach: Option<Arc<Reach>>,
    site_url: Option<Arc<str>>,
    identity: Arc<SiteIdentity>,
    item_count: Arc<ItemCount>,
    photos: Option<Photos>,
    search: Option<Search>,
    sources: Option<Sources>,
    pub(super) mail: Option<Mail>,
    machine: Option<Machine>,
    /// How it goes with the certificate of the site; none where its https is another's business.
    certificate: Option<Standing>,
    pub(super) push: Option<Push>,
    neighbour_sites: OnceCell<BTreeMap<NeighbourhoodId, String>>,
    /// How far the news of either sort of reader was before anything was read: what a page misses comes after that.
    told: [String; 2],
    /// What connectors last said about the square, and when.
    setting: OnceCell<(Option<u64>, Content)>,
    theme_css: OnceCell<String>,
    at_kiosk: bool,
    pub(super) now: Timestamp,
    pub(super) local_now: DateTime,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Nothing there, or nothing this visitor may see.
    #[error("there is nothing at this address")]
    NotFound,
    /// The square does without it.
    #[error("this square does without that")]
    Off,
    /// Something is there, for others than this visitor: the door says for whom.
    #[error("this is for residents who are logged in, or for connectors")]
    Closed(view::DoorPage),
    /// There is no index, or it cannot be read; the log says why.
    #[error("nothing can be looked for")]
    NoSearch,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The page failed.
    #[error(transparent)]
    Render(#[from] dorpsplein_web_ui::pages::RenderError),
}

impl ReadError {
    /// A text is missing, which the tests of the texts rule out.
    fn text(missing: MissingText) -> Self {
        Self::Render(missing.into())
    }
}

impl Reader {
    pub(super) fn new(state: &SiteState) -> Self {
        let now = clock::now();
        Self {
            store: Arc::clone(&state.store),
            registers: state.driver.registers(),
            visitor: None,
            driver: state.driver.clone(),
            reach: state.reach.as_ref().map(|reach| Arc::clone(&reach.borrow())),
            site_url: state.site_url.clone(),
            identity: Arc::clone(&state.identity),
            item_count: Arc::clone(&state.item_count),
            photos: state.photos.clone(),
            search: state.search.clone(),
            sources: state.sources.clone(),
            mail: state.mail.clone(),
            machine: state.machine.clone(),
            certificate: state.certificate.as_ref().map(|standing| standing.borrow().clone()),
            push: state.push.clone(),
            neighbour_sites: OnceCell::new(),
            at_kiosk: false,
            told: [false, true].map(|logged_in| state.live.position(logged_in)),
            setting: OnceCell::new(),
            theme_css: OnceCell::new(),
            now,
            local_now: local_time::local(now),
        }
    }

    /// The same, for somebody who may be logged in.
    pub(super) fn for_visitor(self, visitor: Option<Visitor>) -> Self {
        Self { visitor, ..self }
    }

    /// The same, for the screen of the community house.
    pub(super) fn at_kiosk(self, at_kiosk: bool) -> Self {
        Self { at_kiosk, ..self }
    }

    /// The neighbourhood this site belongs to.
    pub(super) fn home(&self) -> NeighbourhoodId {
        self.registers.home().neighbourhood()
    }

    /// What surrounds every page.
    pub(super) fn frame(&self) -> view::Frame {
        view::Frame {
            neighbourhood: view::Neighbourhood {
                id: self.home().to_string(),
                name: self.shown_name(),
                tagline: self.shown_tagline(),
                logo: self.shown_logo(),
                help: self.shown_help(),
                language: Lang::Nl,
                neighbours: self.neighbour_links(),
                circles: self.circle_choices(),
                alerts: if self.modules().has(Module::Alerts) { self.alerts_or_none() } else { Vec::new() },
            },
            now: self.local_now,
            time_zone: local_time::ZONE,
            theme: self.theme_css().to_owned(),
            modules: self.modules(),
            icon_url: assets::icon_url().to_owned(),
            // A kiosk makes no key, and keeps none.
            script_url: assets::script_url().filter(|_| !self.at_kiosk).map(str::to_owned),
            at_kiosk: self.at_kiosk,
            suggest_url: assets::suggest_url().to_owned(),
            reading_url: assets::reading_url().to_owned(),
            told: self.told[usize::from(self.visitor.is_some())].clone(),
        }
    }

    /// A page without the alerts is better than no page, so a store that cannot be read is told by what the page itself reads.
    fn alerts_or_none(&self) -> Vec<view::OpenAlert> {
        self.open_alerts().unwrap_or_else(|error| {
            tracing::error!(%error, "the pages do not show the alerts");
            Vec::new()
        })
    }

    fn neighbour_links(&self) -> Vec<view::NeighbourLink> {
        let treaties = self.registers.treaties(self.now).into_iter();
        let in_force = treaties.filter(|treaty| treaty.stage == TreatyStage::InForce);
        let mut links: Vec<_> = in_force
            .map(|treaty| view::NeighbourLink { name: self.name_of(&treaty.with), site: self.site_of(&treaty.with) })
            .collect();
        links.sort_by(|a, b| a.name.cmp(&b.name));
        links
    }

    /// The circles this neighbourhood belongs to, for whoever chooses who may read something.
    fn circle_choices(&self) -> Vec<view::CircleChoice> {
        let own = self.registers.circles_with(&self.home());
        let circles = self.registers.circles().into_iter().filter(|circle| own.contains(&circle.id));
        let choice = |circle: CircleState| {
            let members = circle.members.iter().chain([&circle.founder]).filter(|member| **member != self.home());
            let mut members: Vec<String> = members.map(|member| self.name_of(member)).collect();
            members.sort();
            view::CircleChoice { space: Space::Circle(circle.id).name(), name: circle.name, members }
        };
        let mut choices: Vec<_> = circles.map(choice).collect();
        choices.sort_by(|a, b| a.name.cmp(&b.name));
        choices
    }

    /// A neighbourhood's name, or the beginning of its id as long as its register has not come here.
    pub(super) fn name_of(&self, neighbourhood: &NeighbourhoodId) -> String {
        let name = self.registers.get(neighbourhood).and_then(|register| register.name());
        name.map_or_else(|| format!("{}…", &neighbourhood.to_string()[..8]), str::to_owned)
    }

    /// The site of a neighbour, if this box was told.
    pub(super) fn site_of(&self, neighbourhood: &NeighbourhoodId) -> Option<String> {
        self.neighbour_sites.get_or_init(|| self.read_neighbour_sites()).get(neighbourhood).cloned()
    }

    /// A page without links to the neighbours is better than no page, so a damaged list is only told in the log.
    fn read_neighbour_sites(&self) -> BTreeMap<NeighbourhoodId, String> {
        let peers = self.identity.peers.read().unwrap_or_else(|error| {
            tracing::warn!(%error, "the pages do not link to the neighbours");
            Vec::new()
        });
        peers.into_iter().filter_map(|peer| Some((peer.neighbourhood, peer.site?))).collect()
    }

    /// Whether an item stands in the lists of this site: what may come to a visitor and is neither hidden nor erased.
    pub(super) fn shows(&self, row: &ItemRow) -> bool {
        row.is_listed() && self.reaches(row)
    }

    /// Whether items of such an audience may come to a visitor of this site: everyone may read the own square, and what
    /// neighbours and circles share; residents who are logged in what is for members.
    fn reaches(&self, row: &ItemRow) -> bool {
        match row.space {
            Space::Members => row.neighbourhood == self.home() && self.visitor.is_some(),
            _ => self.reaches_everybody(row),
        }
    }

    /// Whether items of such an audience may come to whoever reads this site.
    fn reaches_everybody(&self, row: &ItemRow) -> bool {
        match row.space {
            Space::Square => row.neighbourhood == self.home(),
            Space::Neighbours | Space::Circle(_) => true,
            Space::Register | Space::Members => false,
        }
    }

    /// Whether an item stands in the lists that whoever reads this site sees.
    pub(super) fn shows_to_everybody(&self, row: &ItemRow) -> bool {
        row.is_listed() && self.reaches_everybody(row)
    }

    /// Whether an item stands in the lists that residents who are logged in see.
    pub(super) fn shows_to_members(&self, row: &ItemRow) -> bool {
        let own = row.space == Space::Members && row.neighbourhood == self.home();
        row.is_listed() && (own || self.reaches_everybody(row))
    }

    /// An item that this visitor may see as it stands, which may be all that an erasure left of it. One they may not see
    /// is answered exactly like one that is not there.
    pub(super) fn visible(&self, id: &ItemId) -> Result<ItemRow, ReadError> {
        let row = projection::item(&self.store, id)?.filter(|row| self.reaches(row));
        // What this neighbourhood did not ask for is for connectors to decide about, and for nobody else.
        let decides = self.visitor.is_some_and(|visitor| visitor.role == Role::Connector);
        let row = row.filter(|row| decides || row.is_welcome());
        let row = row.map(|row| Ok::<_, StoreError>(self.is_let_in(&row)?.then_some(row))).transpose()?.flatten();
        row.filter(|row| row.hidden.is_none() || self.sees_hidden(row)).ok_or(ReadError::NotFound)
    }

    /// What is hidden is still there for its author, and for the connectors of the neighbourhood where it lives.
    fn sees_hidden(&self, row: &ItemRow) -> bool {
        self.visitor.is_some_and(|visitor| {
            let author = row.author.home == self.home() && row.author.resident == visitor.resident;
            author || (visitor.role == Role::Connector && row.neighbourhood == self.home())
        })
    }

    /// The comments on an item that a visitor may see, oldest first; hidden ones for their place only.
    pub(super) fn comments(&self, subject: &ItemId) -> Result<Vec<ItemRow>, StoreError> {
        let mut rows = projection::thread(&self.store, subject)?;
        rows.retain(|row| row.erased.is_none() && self.reaches(row));
        Ok(rows)
    }

    /// How many of them there are, without those that are hidden. Not everybody may see all: what was said while an item
    /// was for fewer people stays with those.
    pub(super) fn comment_count(&self, subject: &ItemId) -> Result<usize, StoreError> {
        Ok(self.comments(subject)?.iter().filter(|row| row.hidden.is_none()).count())
    }

    /// The profile of an item's author, if a visitor may see it.
    pub(super) fn profile_of(&self, author: &Author) -> Result<Option<ItemRow>, StoreError> {
        projection::profile_of(&self.store, &author.home, &author.resident, |row| self.shows(row))
    }

    /// The name in the author's profile.
    pub(super) fn author_name(&self, author: &Author) -> Result<Option<String>, StoreError> {
        let name = self.profile_of(author)?.and_then(|profile| profile.content.name);
        Ok(name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()))
    }

    /// The author as a page shows them.
    pub(super) fn author(&self, author: &Author) -> Result<view::Author, StoreError> {
        let membership = self.registers.get(&author.home).and_then(|register| register.membership(&author.device));
        let role = match membership.map(|membership| membership.role) {
            Some(Role::Connector) => view::Role::Connector,
            Some(Role::Resident) | None => view::Role::Resident,
        };
        Ok(view::Author { name: self.author_name(author)?, role, home: self.origin(&author.home) })
    }

    /// Where something comes from, seen from here.
    pub(super) fn origin(&self, neighbourhood: &NeighbourhoodId) -> view::Origin {
        if *neighbourhood == self.home() {
            view::Origin::Here
        } else {
            view::Origin::Neighbour { name: self.name_of(neighbourhood) }
        }
    }
}

//! What every template is given besides its own view: the frame, the language and the words.

use std::borrow::Cow;

use crate::Lang;
use crate::assets;
use crate::locale::{self, DayLabel, MissingText, Texts};
use crate::markdown::{self, Html};
use crate::paths::{self, Feed, Page, PostKind};
use crate::view::{Author, Date, DateTime, Frame, Help, Neighbourhood, Origin, Repeats, When};

use super::problems;
use super::prose;

/// The characters of an excerpt in a list: some three lines on a telephone.
const EXCERPT_CHARS: usize = 180;

const SITE_MAP: [(&str, Page); 17] = [
    ("nav-news", Page::News),
    ("nav-agenda", Page::Agenda),
    ("nav-market", Page::Market),
    ("nav-people", Page::People),
    ("nav-clubs", Page::Clubs),
    ("nav-groups", Page::Groups),
    ("nav-alerts", Page::Alerts),
    ("nav-search", Page::Search),
    ("nav-write", Page::Write),
    ("nav-join", Page::Join),
    ("nav-my-data", Page::MyData),
    ("nav-log", Page::Log),
    ("nav-desk", Page::Desk),
    ("nav-help", Page::Help),
    ("nav-accessibility", Page::Accessibility),
    ("nav-privacy", Page::Privacy),
    ("nav-about-long", Page::About),
];

/// The `s` of every template.
pub(super) struct Shell<'a> {
    pub(super) frame: &'a Frame,
    pub(super) lang: Lang,
    /// The same page in the other languages.
    pub(super) others: Vec<(Lang, String)>,
    page: Option<Page>,
    /// The list that the post of this page stands in.
    list: Page,
    pub(super) texts: &'static Texts,
}

/// A sentence a form carries for one problem type.
pub(super) struct ProblemSentence {
    pub(super) problem: &'static str,
    pub(super) sentence: Cow<'static, str>,
}

impl<'a> Shell<'a> {
    /// The style sheet, which stands in every page: on a slow line a second request is what people wait for.
    pub(super) const fn style(&self) -> &'static str {
        assets::STYLE
    }

    /// The shell of a page, which has an address in every language; `page` is `None` for an error, which belongs to no entry
    /// of the menu.
    pub(super) fn new(frame: &'a Frame, lang: Lang, page: Option<Page>, path: impl Fn(Lang) -> String) -> Self {
        let others = lang.others().map(|other| (other, path(other))).collect();
        Self { frame, lang, others, page, list: Page::News, texts: Texts::of(lang) }
    }

    /// The addresses of what stands at a path, and of the news where nothing does.
    pub(super) fn located(path: &str) -> impl Fn(Lang) -> String {
        let location = paths::locate(path);
        move |lang| match &location {
            Some(location) => location.page.path(lang, location.id.as_deref().unwrap_or_default()),
            None => paths::news(lang).to_owned(),
        }
    }

    /// The shell of the page of a post that stands in a list.
    pub(super) fn in_list(self, list: Page) -> Self {
        Self { list, ..self }
    }

    pub(super) fn neighbourhood(&self) -> &'a Neighbourhood {
        &self.frame.neighbourhood
    }

    pub(super) const fn time_zone(&self) -> &'static str {
        self.frame.time_zone
    }

    /// Whether this box was built without the browser's module.
    pub(super) fn reading_only(&self) -> bool {
        self.frame.script_url.is_none()
    }

    /// The value of `aria-current` for an entry of the menu: "page" on that very page, "true" on what belongs to it.
    pub(super) fn current(&self, entry: &Page) -> Option<&'static str> {
        let section = match self.page? {
            Page::Item => self.list,
            Page::Event => Page::Agenda,
            page => page,
        };
        (section == *entry).then_some(if section == self.page? { "page" } else { "true" })
    }

    pub(super) fn say(&self, id: &str) -> Result<Cow<'static, str>, MissingText> {
        Ok(self.marked(id, self.texts.say(id)?))
    }

    pub(super) fn fill(&self, id: &str, name: &str, value: &str) -> Result<String, MissingText> {
        let text = self.texts.fill(id, name, value)?;
        Ok(self.marked(id, text.into()).into_owned())
    }

    pub(super) fn count(&self, id: &str, count: &usize) -> Result<String, MissingText> {
        let text = self.texts.count(id, *count)?;
        Ok(self.marked(id, text.into()).into_owned())
    }

    /// Every problem with its sentence, the one for unknown problems last.
    pub(super) fn problems(&self) -> Result<Vec<ProblemSentence>, MissingText> {
        let all = problems::ALL.into_iter().chain([problems::OTHER]);
        all.map(|problem| Ok(ProblemSentence { problem, sentence: self.say(&problems::text_id(problem))? })).collect()
    }

    /// The name of who wrote something; "Een bewoner" when no profile has come here.
    pub(super) fn author<'n>(&self, author: &'n Author) -> Result<Cow<'n, str>, MissingText> {
        author.name.as_deref().map_or_else(|| self.say("author-unnamed"), |name| Ok(Cow::Borrowed(name)))
    }

    pub(super) fn initials(&self, author: &Author) -> Result<String, MissingText> {
        let name =
            author.name.as_deref().map_or_else(|| self.texts.say("author-unnamed"), |name| Ok(Cow::Borrowed(name)));
        Ok(prose::initials(&name?))
    }

    /// The neighbour's name, for what comes from a neighbour.
    pub(super) fn neighbour<'o>(&self, origin: &'o Origin) -> Option<&'o str> {
        match origin {
            Origin::Here => None,
            Origin::Neighbour { name } => Some(name),
        }
    }

    /// Whether something comes from a neighbour.
    pub(super) fn is_far(&self, origin: &Origin) -> bool {
        self.neighbour(origin).is_some()
    }

    /// The names of the neighbours that a neighbours' item reaches: "Boxwijk en Veerdam".
    pub(super) fn neighbour_names(&self) -> Result<String, MissingText> {
        let names: Vec<String> =
            self.neighbourhood().neighbours.iter().map(|neighbour| neighbour.name.clone()).collect();
        self.names(&names)
    }

    /// Names in a sentence.
    pub(super) fn names(&self, names: &[String]) -> Result<String, MissingText> {
        match names {
            [] => Ok(String::new()),
            [only] => Ok(only.clone()),
            [init @ .., last] => Ok(format!("{} {} {last}", init.join(", "), self.say("and")?)),
        }
    }

    /// Sorts of posts in a sentence: "nieuws, activiteiten en aanbod".
    pub(super) fn kinds(&self, kinds: &[PostKind]) -> Result<String, MissingText> {
        let names = kinds.iter().map(|kind| Ok(self.say(kind.plural_text())?.to_lowercase()));
        self.names(&names.collect::<Result<Vec<_>, MissingText>>()?)
    }

    /// The name of the circle that is an audience with this name in forms.
    pub(super) fn circle_named(&self, space: &str) -> Option<&str> {
        let circle = self.neighbourhood().circles.iter().find(|circle| circle.space == space);
        circle.map(|circle| circle.name.as_str())
    }

    /// A resident's text.
    pub(super) fn prose(&self, text: &str) -> Html {
        markdown::html(text)
    }

    /// The beginning of a resident's text, in words.
    pub(super) fn excerpt(&self, text: &str) -> String {
        // Enough of it, unless it consists of marks.
        let enough = text.char_indices().nth(4 * EXCERPT_CHARS).map_or(text.len(), |(at, _)| at);
        prose::excerpt(&markdown::words(&text[..enough]), EXCERPT_CHARS)
    }

    /// The first sixteen digits of a key in groups of four: enough to compare by eye; the whole key stands beside it.
    pub(super) fn fingerprint(&self, hex: &str) -> String {
        prose::grouped(hex.get(..16).unwrap_or(hex))
    }

    pub(super) fn dialled(&self, phone: &str) -> String {
        prose::dialled(phone)
    }

    /// A site's address, if a page may link to it.
    pub(super) fn web_address<'t>(&self, address: &'t Option<String>) -> Option<&'t str> {
        // Nothing leads out of the community house's screen.
        address.as_deref().and_then(markdown::web_address).filter(|_| !self.frame.at_kiosk)
    }

    /// The words before the number to call.
    pub(super) fn help_call(&self, help: &Help) -> Result<Cow<'static, str>, MissingText> {
        match &help.name {
            Some(name) => self.fill("help-call", "name", name).map(Cow::Owned),
            None => self.say("help-call-number"),
        }
    }

    pub(super) fn moment(&self, at: &DateTime) -> String {
        locale::moment(*at, self.frame.now, self.lang)
    }

    pub(super) fn when(&self, when: &When) -> String {
        locale::when(when, self.today(), self.lang)
    }

    pub(super) fn hours(&self, when: &When) -> String {
        locale::hours(when, self.today(), self.lang)
    }

    pub(super) fn tile(&self, date: Date) -> DayLabel {
        locale::day_label(date, self.lang)
    }

    pub(super) fn day_heading(&self, date: &Date) -> String {
        locale::day_heading(*date, self.today(), self.lang)
    }

    pub(super) fn month_heading(&self, date: &Date) -> String {
        locale::month_heading(*date, self.lang)
    }

    pub(super) fn week_heading(&self, first: Date, last: Date) -> String {
        locale::week_heading(first, last, self.lang)
    }

    /// The days of a week, Monday first: short, and whole.
    pub(super) fn weekdays(&self) -> Vec<(&'static str, &'static str)> {
        locale::weekdays(self.lang)
    }

    /// The weekday and the month of a date, whole, to stand around its number.
    pub(super) fn around(&self, date: &Date) -> (&'static str, &'static str) {
        locale::weekday_and_month(*date, self.lang)
    }

    /// At what time something begins on a day; none when it lasts all day or began before.
    pub(super) fn begins(&self, when: &When, date: &Date) -> Option<String> {
        locale::begins(when, *date, self.lang)
    }

    pub(super) fn repeats(&self, repeats: &Repeats) -> String {
        locale::repeats(repeats, self.lang)
    }

    pub(super) fn full_date(&self, date: &Date) -> String {
        locale::full_date(*date, self.lang)
    }

    pub(super) fn today(&self) -> Date {
        self.frame.now.date()
    }
}

/// The addresses in this page's language.
impl Shell<'_> {
    pub(super) fn api_path(&self) -> &'static str {
        paths::API
    }

    /// Where the suggestions for a search field are asked for.
    pub(super) fn suggestions_path(&self) -> String {
        format!("{}/suggestions?lang={}", paths::API, self.lang.tag())
    }

    /// The feed of this page, if it has one.
    pub(super) fn feed_path(&self) -> Option<&'static str> {
        self.page.and_then(Feed::of).map(|feed| feed.pattern(self.lang))
    }

    /// Whether the search field stands on top: the page of what is found has it in its midst, and some squares have none.
    pub(super) fn has_search_field(&self) -> bool {
        self.page != Some(Page::Search) && self.frame.modules.has_page(Page::Search)
    }

    /// Every page that is about nothing in particular: the text that names it, its address, its `aria-current`.
    pub(super) fn site_map(&self) -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
        let here = SITE_MAP.iter().filter(|(_, page)| self.frame.modules.has_page(*page));
        let shown = here.filter(move |(_, page)| self.may_lead_to(*page));
        shown.map(|(text, page)| (*text, self.page_path(*page), self.current(page)))
    }

    /// Whether this screen has a way to a page: the community house's leads to what there is to read, and nowhere else.
    pub(super) fn may_lead_to(&self, page: Page) -> bool {
        let is_for_reading = page.is_kept_offline() && page != Page::Write || page == Page::Search;
        !self.at_kiosk() || is_for_reading
    }

    pub(super) fn manifest_path(&self) -> &'static str {
        paths::manifest(self.lang)
    }

    pub(super) fn news_path(&self) -> &'static str {
        paths::news(self.lang)
    }

    pub(super) fn news_before_path(&self, cursor: &str) -> String {
        paths::news_before(self.lang, cursor)
    }

    pub(super) fn agenda_path(&self) -> &'static str {
        paths::agenda(self.lang)
    }

    pub(super) fn item_path(&self, id: &str) -> String {
        paths::item(self.lang, id)
    }

    pub(super) fn event_path(&self, id: &str) -> String {
        paths::event(self.lang, id)
    }

    pub(super) fn who_says_this_path(&self, id: &str) -> String {
        paths::who_says_this(self.lang, id)
    }

    /// What an item said before.
    pub(super) fn history_path(&self, id: &str) -> String {
        Page::History.path(self.lang, id)
    }

    pub(super) fn write_path(&self) -> &'static str {
        paths::write(self.lang)
    }

    /// The list that a post of this sort stands in.
    pub(super) fn list_path(&self, kind: &PostKind) -> &'static str {
        self.page_path(kind.list())
    }

    /// The text of the link to that list.
    pub(super) const fn to_list(&self, kind: &PostKind) -> &'static str {
        match kind {
            PostKind::News => "item-to-news",
            PostKind::Event => "event-to-agenda",
            PostKind::Offer | PostKind::Request => "item-to-market",
            PostKind::Listing => "item-to-clubs",
            PostKind::Group => "item-to-groups",
            PostKind::Alert => "item-to-alerts",
        }
    }

    /// Where one writes a post of this sort.
    pub(super) fn write_kind_path(&self, kind: &PostKind) -> String {
        paths::write_kind(self.lang, *kind)
    }

    pub(super) fn join_path(&self) -> &'static str {
        paths::join(self.lang)
    }

    /// Where open pages hear what is new.
    pub(super) fn events_path(&self) -> String {
        format!("{}/events", paths::API)
    }

    /// Whether this is the screen of the community house.
    pub(super) const fn at_kiosk(&self) -> bool {
        self.frame.at_kiosk
    }

    /// What a page says that was kept for when there is no line, with `#` for when it was true.
    pub(super) fn kept_line(&self) -> Result<String, MissingText> {
        self.fill("kept-line", "when", "#")
    }

    /// The sorts of items whose coming changes this list, as the API names them.
    pub(super) const fn live_kinds(&self) -> &'static str {
        match self.page {
            Some(Page::News) => "news",
            Some(Page::Agenda) => "event",
            Some(Page::Market) => "offer request",
            Some(Page::Clubs) => "listing",
            Some(Page::Groups) => "group",
            Some(Page::Alerts) => "alert",
            _ => "",
        }
    }

    /// What is said when one thing is new on this page.
    pub(super) fn live_one(&self) -> Result<String, MissingText> {
        self.count(self.live_text(), &1)
    }

    /// What is said when several are, with `#` for how many.
    pub(super) fn live_many(&self) -> Result<String, MissingText> {
        self.fill(self.live_text(), "count", "#")
    }

    const fn live_text(&self) -> &'static str {
        match self.page {
            Some(Page::Agenda) => "live-events",
            Some(Page::Item | Page::Event) => "live-comments",
            _ => "live-posts",
        }
    }

    /// A page that is about nothing in particular.
    pub(super) fn page_path(&self, page: Page) -> &'static str {
        page.pattern(self.lang)
    }

    /// A page about one thing.
    pub(super) fn page_path_of(&self, page: Page, id: &str) -> String {
        page.path(self.lang, id)
    }

    /// A path with `{id}` in it, for the browser's module to fill in.
    pub(super) fn pattern(&self, page: Page) -> &'static str {
        page.pattern(self.lang)
    }
}

impl From<MissingText> for askama::Error {
    fn from(missing: MissingText) -> Self {
        Self::custom(missing)
    }
}

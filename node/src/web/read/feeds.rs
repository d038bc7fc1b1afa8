//! What programs read: calendars, feeds, and what a post's page tells them. All of it is what everybody may read.

use dorpsplein_calendar::{Calendar, Event, Published, Zone};
use dorpsplein_protocol::operation::{ItemId, Kind};
use dorpsplein_protocol::projection::{self, Filter, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{Day, Timestamp};
use dorpsplein_web_ui::locale::{self, Texts};
use dorpsplein_web_ui::paths::{self, AgendaQuery, Feed, Page};
use dorpsplein_web_ui::{Lang, markdown, pages, view};
use jiff::ToSpan;

use super::super::local_time;
use super::item::{self, contested};
use super::{ReadError, Reader};
use crate::sources::proposals::as_event;

/// The most events in a calendar.
const EVENTS: usize = 5_000;
/// How many days back a calendar goes.
const DAYS_BACK: i32 = 365;
/// Posts in a feed.
const ENTRIES: usize = 30;

/// A file for other programs, and when something in it last changed.
pub(in super::super) struct Made {
    pub(in super::super) text: String,
    pub(in super::super) changed: Timestamp,
}

impl Reader {
    /// The agenda, or a part of it, for other calendars.
    pub(in super::super) fn calendar(&self, asked: &AgendaQuery, lang: Lang) -> Result<Made, ReadError> {
        self.check_is_on(Page::Agenda)?;
        let filter = Filter { members: false, ..self.agenda_filter(asked)? };
        let from = self.local_now.date().saturating_sub(DAYS_BACK.days());
        let from = Day::parse(&from.to_string()).unwrap_or(Day::FIRST);
        let rows = projection::events_since(&self.store, from, &filter, EVENTS)?;
        let public: Vec<&ItemRow> = rows.iter().filter(|row| self.shows_to_everybody(row)).collect();
        let mut name = say(lang, "agenda-title", &self.shown_name())?;
        if let Some(category) = &asked.category {
            name = format!("{name}: {category}");
        }
        Ok(self.written(&public, name, &paths::calendar(lang, asked), &paths::agenda_of(lang, asked)))
    }

    /// One event for other calendars.
    pub(in super::super) fn event_calendar(&self, id: &ItemId, lang: Lang) -> Result<Made, ReadError> {
        self.check_is_on(Page::Agenda)?;
        let row = projection::item(&self.store, id)?;
        let row =
            row.filter(|row| row.kind == Kind::EVENT && self.shows_to_everybody(row)).ok_or(ReadError::NotFound)?;
        let id = row.id.to_string();
        Ok(self.written(&[&row], item::title(&row), &paths::event_calendar(lang, &id), &paths::event(lang, &id)))
    }

    fn written(&self, rows: &[&ItemRow], name: String, path: &str, page: &str) -> Made {
        let calendar = Calendar {
            name,
            source: self.whole(path),
            url: self.whole(page),
            events: rows.iter().filter_map(|row| self.published(row)).collect(),
        };
        Made { text: dorpsplein_calendar::write(&calendar, zone()), changed: latest(rows) }
    }

    /// An event as other calendars know it; none without a start.
    fn published(&self, row: &ItemRow) -> Option<Published> {
        let content = &row.content;
        let key = content.uid.clone().unwrap_or_else(|| format!("{}@dorpsplein", row.id));
        let event = Event {
            sequence: u32::try_from(row.operations.len().saturating_sub(1)).unwrap_or(u32::MAX),
            title: item::title(row),
            body: content.body.as_deref().map(markdown::plain).unwrap_or_default(),
            website: None,
            ..as_event(&key, content)?
        };
        let url = self.whole(&paths::event(Lang::Nl, &row.id.to_string()));
        Some(Published { event, created: row.created, changed: row.edited.unwrap_or(row.created), url })
    }

    /// A feed of what is new.
    pub(in super::super) fn feed(&self, feed: Feed, lang: Lang) -> Result<Made, ReadError> {
        self.check_is_on(feed.page())?;
        let rows = match feed {
            Feed::News => self.listed_for_everybody(Kind::NEWS)?,
            Feed::Agenda => self.coming_events()?,
            Feed::Alerts => self.listed_for_everybody(Kind::ALERT)?,
        };
        let rows: Vec<&ItemRow> = rows.iter().filter(|row| self.shows_to_everybody(row)).collect();
        let title = match feed {
            Feed::News => say(lang, "news-title", &self.shown_name())?,
            Feed::Agenda => say(lang, "agenda-title", &self.shown_name())?,
            Feed::Alerts => format!("{}: {}", self.shown_name(), text(lang, "alerts-title")?),
        };
        let changed = latest(&rows);
        let view = view::FeedView {
            id: self.whole_or_path(feed.pattern(Lang::Nl)),
            title,
            updated: rfc3339(changed),
            own_url: self.whole_or_path(feed.pattern(lang)),
            page_url: self.whole_or_path(feed.page().pattern(lang)),
            entries: rows.iter().map(|row| self.entry(row, lang)).collect::<Result<_, StoreError>>()?,
        };
        Ok(Made { text: pages::feed(&view, Lang::Nl)?, changed })
    }

    /// The first of a list, as far as it is not for members alone.
    fn listed_for_everybody(&self, kind: Kind) -> Result<Vec<ItemRow>, StoreError> {
        Ok(projection::list_of(&self.store, kind, &Filter::default(), None, ENTRIES)?.0)
    }

    /// The events that come next, each once, by start.
    fn coming_events(&self) -> Result<Vec<ItemRow>, StoreError> {
        let Ok(from) = Day::parse(&self.local_now.date().to_string()) else { return Ok(Vec::new()) };
        let filter = Filter::default();
        let times = projection::agenda_between(&self.store, &from.into(), Day::LAST, &filter, ENTRIES * 4)?;
        let mut rows: Vec<ItemRow> = Vec::new();
        for time in times {
            if rows.len() < ENTRIES && rows.iter().all(|row| row.id != time.row.id) {
                rows.push(time.row);
            }
        }
        Ok(rows)
    }

    fn entry(&self, row: &ItemRow, lang: Lang) -> Result<view::FeedEntry, StoreError> {
        let page = if row.kind == Kind::EVENT { Page::Event } else { Page::Item };
        Ok(view::FeedEntry {
            id: urn(&row.id),
            title: item::title(row),
            published: rfc3339(row.created),
            updated: rfc3339(row.edited.unwrap_or(row.created)),
            author: self.public_name(row)?.unwrap_or_else(|| self.name_of(&row.author.home)),
            url: self.whole_or_path(&page.path(lang, &row.id.to_string())),
            category: row.content.category.clone(),
            when: self.when_and_where(row, lang),
            html: row.content.body.as_deref().map(|body| markdown::html(body).to_string()).unwrap_or_default(),
        })
    }

    /// "Donderdag 3 december, 20.00 uur, De Schuur".
    fn when_and_where(&self, row: &ItemRow, lang: Lang) -> Option<String> {
        let starts = row.content.starts.as_ref().and_then(local_time::civil)?;
        let when = super::lists::when(starts, row.content.ends.as_ref().and_then(local_time::civil));
        // Without a today nothing is "today": a feed is read later.
        let when = locale::when(&when, jiff::civil::Date::ZERO, lang);
        Some(row.content.place.as_ref().map_or_else(|| when.clone(), |place| format!("{when}, {place}")))
    }

    /// The name its author shows to everybody.
    fn public_name(&self, row: &ItemRow) -> Result<Option<String>, StoreError> {
        let shown = |profile: &ItemRow| self.shows_to_everybody(profile);
        let profile = projection::profile_of(&self.store, &row.author.home, &row.author.resident, shown)?;
        let name = profile.and_then(|profile| profile.content.name).map(|name| name.trim().to_owned());
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// What a post's page tells other programs; none of what not everybody may read.
    pub(super) fn preview(&self, row: &ItemRow, lang: Lang) -> Result<Option<view::Preview>, StoreError> {
        if !self.shows_to_everybody(row) {
            return Ok(None);
        }
        let page = if row.kind == Kind::EVENT { Page::Event } else { Page::Item };
        let words = row.content.body.as_deref().map(markdown::plain).unwrap_or_default();
        let description = match self.when_and_where(row, lang) {
            Some(when) if words.is_empty() => when,
            Some(when) => format!("{when}. {words}"),
            None => words,
        };
        let photo = self.photos(row).into_iter().find(|photo| photo.is_here);
        let image = photo.and_then(|photo| Some((self.whole(&photo.src())?, photo.alt)));
        let url = self.whole(&page.path(lang, &row.id.to_string()));
        let description = shortened(&description);
        let facts = self.in_words_of_schema(row, url.as_deref(), &description, image.as_ref())?;
        Ok(Some(view::Preview {
            url,
            description,
            image,
            published: rfc3339(row.created),
            json_ld: view::JsonLd::new(&facts.to_string()),
        }))
    }

    /// The facts of a post in the words of schema.org.
    fn in_words_of_schema(
        &self,
        row: &ItemRow,
        url: Option<&str>,
        description: &str,
        image: Option<&(String, String)>,
    ) -> Result<serde_json::Value, StoreError> {
        let square = serde_json::json!({ "@type": "Organization", "name": self.name_of(&row.neighbourhood) });
        let content = &row.content;
        let mut facts = match row.kind {
            Kind::EVENT => serde_json::json!({
                "@type": "Event",
                "name": item::title(row),
                "startDate": content.starts.as_ref().and_then(local_time::with_offset),
                "endDate": content.ends.as_ref().and_then(local_time::with_offset),
                "eventStatus": if contested::cancelled(row) { "https://schema.org/EventCancelled" } else { "https://schema.org/EventScheduled" },
                "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
                "location": content.place.as_ref().map(|place| serde_json::json!({ "@type": "Place", "name": place })),
                "organizer": square,
            }),
            Kind::LISTING => serde_json::json!({
                "@type": "Organization",
                "name": item::title(row),
                "telephone": content.phone,
                "email": content.email,
                "sameAs": content.website,
            }),
            kind => serde_json::json!({
                "@type": match kind {
                    Kind::NEWS => "NewsArticle",
                    Kind::ALERT => "SpecialAnnouncement",
                    _ => "SocialMediaPosting",
                },
                "headline": item::title(row),
                "name": item::title(row),
                "datePublished": rfc3339(row.created),
                "dateModified": rfc3339(row.edited.unwrap_or(row.created)),
                "author": self.public_name(row)?.map(|name| serde_json::json!({ "@type": "Person", "name": name })),
                "publisher": square,
            }),
        };
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("@context".to_owned(), "https://schema.org".into());
            facts.insert("description".to_owned(), description.into());
            facts.insert("url".to_owned(), url.into());
            facts.insert("image".to_owned(), image.map(|(image, _)| image.as_str()).into());
            facts.retain(|_, fact| !fact.is_null());
        }
        Ok(facts)
    }

    /// The whole address of a page; none where the site does not know its own.
    fn whole(&self, path: &str) -> Option<String> {
        self.site_url.as_ref().map(|site| format!("{site}{path}"))
    }

    fn whole_or_path(&self, path: &str) -> String {
        self.whole(path).unwrap_or_else(|| path.to_owned())
    }
}

/// When the latest of these was last changed; the beginning of time where there is none.
fn latest(rows: &[&ItemRow]) -> Timestamp {
    rows.iter().map(|row| row.edited.unwrap_or(row.created)).max().unwrap_or_default()
}

/// The zone of the neighbourhood's clocks.
fn zone() -> &'static Zone {
    static ZONE: std::sync::LazyLock<Zone> = std::sync::LazyLock::new(|| {
        Zone::named(local_time::ZONE).expect("the bundled database has it; a test here checks it")
    });
    &ZONE
}

/// A name that never changes (RFC 9562, section 5.8: a UUID whose bits are the maker's own): the first half of an item's id.
fn urn(id: &ItemId) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&id.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = dorpsplein_protocol::hex::encode(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn rfc3339(at: Timestamp) -> String {
    let at = i64::try_from(at.as_millis() / 1000).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    at.unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// A description as cards show it: one line, at most 200 characters.
fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST - 1).chain(['…']).collect() }
}

fn say(lang: Lang, id: &str, name: &str) -> Result<String, ReadError> {
    Texts::of(lang).fill(id, "name", name).map_err(ReadError::text)
}

fn text(lang: Lang, id: &str) -> Result<String, ReadError> {
    Texts::of(lang).say(id).map(std::borrow::Cow::into_owned).map_err(ReadError::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_the_clocks_is_known_to_calendars() {
        assert_eq!(zone().name(), local_time::ZONE);
    }

    #[test]
    fn an_item_has_a_name_that_programs_take() {
        assert_eq!(urn(&ItemId::from_bytes([0xff; 32])), "urn:uuid:ffffffff-ffff-8fff-bfff-ffffffffffff");
        assert_eq!(rfc3339(Timestamp::from_millis(1_795_000_000_123)), "2026-11-18T11:06:40Z");
    }
}

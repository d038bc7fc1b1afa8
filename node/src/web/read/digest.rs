//! What is new for somebody who wants post: out of the rows that they may read, and of nothing that is over.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{ItemId, Kind, Space};
use dorpsplein_protocol::projection::{self, FeedCursor, ItemRow, Occurrence};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{CivilTime, Day, Timestamp};
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::{self, Frequency};

use super::super::local_time::{self, Civil};
use super::super::push::Fresh;
use super::item::{contested, title};
use super::posts::{ends, is_over, post_kind};
use super::{ReadError, Reader};

/// How far back is looked for what came late: written on a telephone without a line, or at a neighbour that was away.
const LATE_MS: u64 = 14 * 24 * 3_600_000;
/// How many days ahead an event may be that was announced since.
const AHEAD_DAYS: u32 = 366;
/// The most posts of one sort in one mail; the rest is on the square.
const MOST_OF_A_KIND: usize = 20;
/// Rows that are read at a time.
const AT_A_TIME: usize = 64;
/// The most rows of one list that are looked at. Clubs and groups stand by their names, so the new ones may be anywhere.
const MOST_LISTED: usize = 1000;

/// What somebody wants to hear.
pub(in super::super) struct Wanted<'a> {
    pub(in super::super) frequency: Frequency,
    pub(in super::super) kinds: &'a [PostKind],
    /// What was written before this was never news to them.
    pub(in super::super) since: Timestamp,
    /// What they were told of the last days.
    pub(in super::super) told: &'a BTreeSet<ItemId>,
}

/// What there is to tell, and what of the last days has been told with it.
pub(in super::super) struct Told {
    pub(in super::super) sections: Vec<view::DigestSection>,
    pub(in super::super) told: BTreeSet<ItemId>,
}

impl Reader {
    /// The same as it stands at another instant.
    pub(in super::super) fn at(self, now: Timestamp) -> Self {
        Self { now, local_now: local_time::local(now), ..self }
    }

    /// What is new for this visitor; addresses begin with `site`.
    pub(in super::super) fn digest(&self, wanted: &Wanted<'_>, site: &str) -> Result<Told, ReadError> {
        let late = Timestamp::from_millis(self.now.as_millis().saturating_sub(LATE_MS));
        let since = wanted.since.max(late);
        let mut told = BTreeSet::new();
        let mut sections = Vec::new();
        let modules = self.modules();
        for kind in PostKind::ALL.into_iter().filter(|kind| wanted.kinds.contains(kind) && modules.has_kind(*kind)) {
            let mut fresh = self.written_since(kind, since)?;
            told.extend(fresh.iter().map(|row| row.id));
            fresh.retain(|row| !wanted.told.contains(&row.id));
            let mut entries = if kind == PostKind::Event {
                self.events_to_come(fresh, wanted.frequency, site)?
            } else {
                fresh.iter().map(|row| entry(row, None, site)).collect()
            };
            entries.truncate(MOST_OF_A_KIND);
            if !entries.is_empty() {
                sections.push(view::DigestSection { kind, entries });
            }
        }
        Ok(Told { sections, told })
    }

    /// What was written after `since` and could be told this visitor at once: of every sort that there is here.
    pub(in super::super) fn fresh(&self, since: Timestamp) -> Result<Vec<Fresh>, ReadError> {
        let modules = self.modules();
        let mut fresh = Vec::new();
        for kind in PostKind::ALL.into_iter().filter(|kind| modules.has_kind(*kind)) {
            let rows = self.written_since(kind, since)?;
            fresh.extend(rows.iter().map(|row| Fresh {
                id: row.id,
                of: None,
                kind,
                title: title(row),
                members: row.space == Space::Members,
                created: row.created,
                by: (row.author.home == self.home()).then_some(row.author.resident),
            }));
            if kind == PostKind::Alert {
                fresh.extend(self.told_of_alerts(since)?);
            }
        }
        Ok(fresh)
    }

    /// The updates of alerts that this visitor may see, told after `since`: of an alert that is over only the last, which says
    /// so.
    fn told_of_alerts(&self, since: Timestamp) -> Result<Vec<Fresh>, StoreError> {
        let mut fresh = Vec::new();
        for alert in self.listed_since(Kind::ALERT)?.iter().filter(|alert| self.shows(alert)) {
            let updates = self.updates_of(alert)?;
            let kept = if is_over(alert, &updates) { updates.len().saturating_sub(1) } else { 0 };
            let told = updates.iter().skip(kept).filter(|update| update.created > since && self.shows(update));
            fresh.extend(told.map(|update| Fresh {
                id: update.id,
                of: Some(alert.id),
                kind: PostKind::Alert,
                title: title(alert),
                members: alert.space == Space::Members || update.space == Space::Members,
                created: update.created,
                by: (update.author.home == self.home()).then_some(update.author.resident),
            }));
        }
        Ok(fresh)
    }

    /// The posts of a sort that this visitor may see, that are not over, and were written after `since`.
    fn written_since(&self, kind: PostKind, since: Timestamp) -> Result<Vec<ItemRow>, StoreError> {
        let mut rows = match kind {
            PostKind::News | PostKind::Event => self.feed_since(since)?,
            PostKind::Offer => self.listed_since(Kind::OFFER)?,
            PostKind::Request => self.listed_since(Kind::REQUEST)?,
            PostKind::Listing => self.listed_since(Kind::LISTING)?,
            PostKind::Group => self.listed_since(Kind::GROUP)?,
            PostKind::Alert => self.listed_since(Kind::ALERT)?,
        };
        rows.retain(|row| post_kind(row.kind) == Some(kind) && row.created > since && self.shows(row));
        let mut open = Vec::new();
        for row in rows {
            if !is_over(&row, &self.updates_of(&row)?) && !contested::cancelled(&row) {
                open.push(row);
            }
        }
        Ok(open)
    }

    /// News and events from the latest on, as far back as `since`. What is pinned stands before all others.
    fn feed_since(&self, since: Timestamp) -> Result<Vec<ItemRow>, StoreError> {
        let mut found = Vec::new();
        let mut cursor: Option<FeedCursor> = None;
        loop {
            let (rows, next) = projection::feed(&self.store, cursor.as_ref(), AT_A_TIME)?;
            let is_far_enough = rows.iter().any(|row| row.pinned.is_none() && row.created <= since);
            found.extend(rows);
            match next {
                Some(next) if !is_far_enough => cursor = Some(next),
                _ => return Ok(found),
            }
        }
    }

    fn listed_since(&self, kind: Kind) -> Result<Vec<ItemRow>, StoreError> {
        Ok(projection::list_of(&self.store, kind, &self.filter(), None, MOST_LISTED)?.0)
    }

    /// The events of the next days, and those that were announced since and come later: each once, none that has begun.
    fn events_to_come(
        &self,
        announced: Vec<ItemRow>,
        frequency: Frequency,
        site: &str,
    ) -> Result<Vec<view::DigestEntry>, StoreError> {
        let Ok(today) = Day::parse(&self.local_now.date().to_string()) else { return Ok(Vec::new()) };
        let ahead = match frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
        };
        let last = today.plus_days(ahead).unwrap_or(Day::LAST);
        let filter = self.filter();
        let mut times =
            projection::agenda_between(&self.store, &CivilTime::from(today), last, &filter, MOST_OF_A_KIND * 4)?;
        times.retain(|time| self.shows(&time.row) && !contested::cancelled(&time.row));
        let horizon = today.plus_days(AHEAD_DAYS).unwrap_or(Day::LAST);
        for row in announced {
            let next = row.content.occurrences(today..=horizon).find(|starts| self.is_to_come(starts));
            times.extend(next.map(|starts| Occurrence { row, starts }));
        }
        let mut first: BTreeMap<ItemId, Occurrence> = BTreeMap::new();
        for time in times.into_iter().filter(|time| self.is_to_come(&time.starts)) {
            let earlier = first.get(&time.row.id).is_none_or(|known| time.starts < known.starts);
            if earlier {
                first.insert(time.row.id, time);
            }
        }
        let mut times: Vec<Occurrence> = first.into_values().collect();
        times.sort_by(|a, b| (&a.starts, a.row.id).cmp(&(&b.starts, b.row.id)));
        Ok(times.iter().map(|time| entry(&time.row, Some(time), site)).collect())
    }

    /// Whether this has not begun: a whole day counts until it is over.
    fn is_to_come(&self, starts: &CivilTime) -> bool {
        match local_time::civil(starts) {
            Some(Civil::Day(day)) => day >= self.local_now.date(),
            Some(Civil::Time(time)) => time > self.local_now,
            None => false,
        }
    }
}

fn entry(row: &ItemRow, time: Option<&Occurrence>, site: &str) -> view::DigestEntry {
    let page = post_kind(row.kind).unwrap_or_default().page();
    let when = time.and_then(|time| {
        let starts = local_time::civil(&time.starts)?;
        Some(super::lists::when(starts, ends(time).as_ref().and_then(local_time::civil)))
    });
    view::DigestEntry {
        title: title(row),
        when,
        place: row.content.place.clone().filter(|_| time.is_some()),
        members: row.space == Space::Members,
        // The square speaks Dutch, so do the addresses in its post; every page leads to the others.
        url: format!("{site}{}", page.path(dorpsplein_web_ui::Lang::default(), &row.id.to_string())),
    }
}

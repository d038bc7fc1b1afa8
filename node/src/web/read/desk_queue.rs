//! The connectors' desk: what waits for them, and what makers are asked to look at.

use std::collections::BTreeSet;

use dorpsplein_protocol::compose::LOOKED_AT;
use dorpsplein_protocol::operation::{ItemId, Kind, OperationId, ResidentId, Role};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Day;
use dorpsplein_web_ui::view;

use super::super::local_time;
use super::super::sessions::Visitor;
use super::desk_pulse::Census;
use super::item::title;
use super::standing::handle;
use super::{Reader, posts};

/// The reports that are looked through, those that only say "looked at" among them.
const REPORTS: usize = 2_000;
/// The most posts that may be out of date on one page.
const STALE: usize = 50;
/// How long somebody is new, in milliseconds: thirty days.
const NEW_MS: u64 = 30 * 24 * 3_600_000;

impl Reader {
    /// What waits for connectors.
    pub(super) fn queue_page(&self) -> Result<view::QueuePage, StoreError> {
        let reports = projection::reports(&self.store, REPORTS)?;
        let (looked_at, told): (Vec<_>, Vec<_>) = reports.iter().partition(|report| self.says_looked_at(report));
        let looked_at = looked_at.iter().filter_map(|report| report.content.about).collect();
        Ok(view::QueuePage {
            top: self.desk_top(),
            reports: self.reported(&told)?,
            newcomers: self.newcomers(&looked_at)?,
            awaiting: self.awaiting()?,
            stale: self.stale()?,
        })
    }

    /// How many things wait.
    pub(super) fn queue_length(&self) -> Result<usize, StoreError> {
        let view::QueuePage { top: _, reports, newcomers, awaiting, stale } = self.queue_page()?;
        let unasked = stale.iter().filter(|stale| stale.asked.is_none()).count();
        Ok(reports.len() + newcomers.len() + awaiting.len() + unasked)
    }

    /// Whether a report says no more than that a connector looked.
    fn says_looked_at(&self, report: &ItemRow) -> bool {
        let maker = self.registers.home().resident(&report.author.resident);
        report.content.category.as_deref() == Some(LOOKED_AT)
            && maker.is_some_and(|maker| maker.role == Role::Connector)
    }

    /// Reports by what they are about, the one that waits longest first.
    fn reported(&self, reports: &[&ItemRow]) -> Result<Vec<view::ReportedItem>, StoreError> {
        let mut items: Vec<(u64, view::ReportedItem)> = Vec::new();
        for row in reports {
            let Some(about) = row.content.about else { continue };
            let report = self.report(row)?;
            let id = about.to_string();
            match items.iter_mut().find(|(_, item)| item.about == id) {
                Some((_, item)) => item.reports.push(report),
                None => {
                    let item = projection::item(&self.store, &ItemId::from(about))?;
                    let item = item.map(|row| self.queue_item(&row)).transpose()?.flatten();
                    items
                        .push((row.created.as_millis(), view::ReportedItem { item, about: id, reports: vec![report] }));
                }
            }
        }
        items.sort_by_key(|(at, _)| *at);
        Ok(items.into_iter().map(|(_, item)| item).collect())
    }

    fn report(&self, row: &ItemRow) -> Result<view::Report, StoreError> {
        Ok(view::Report {
            id: row.id.to_string(),
            heads: row.heads.iter().map(ToString::to_string).collect(),
            by: self.person(&row.author.resident)?,
            at: local_time::local(row.created),
            reason: view::Reason::named(row.content.category.as_deref().unwrap_or_default()),
            note: row.content.body.clone().unwrap_or_default(),
        })
    }

    /// The first thing that each newcomer wrote, unless a connector looked at it.
    fn newcomers(&self, looked_at: &BTreeSet<OperationId>) -> Result<Vec<view::QueueItem>, StoreError> {
        let register = self.registers.home();
        let since = self.now.as_millis().saturating_sub(NEW_MS);
        let is_new = |id: &ResidentId| {
            let resident = register.resident(id);
            resident.is_some_and(|one| one.admitted.as_millis() > since && one.role == Role::Resident)
        };
        let mut firsts: Vec<ItemRow> = Census::take(self)?.firsts.into_values().collect();
        firsts.retain(|row| is_new(&row.author.resident) && !looked_at.contains(&row.id.into()) && self.shows(row));
        firsts.sort_by_key(|row| std::cmp::Reverse((row.created, row.id)));
        let items = firsts.iter().map(|row| self.queue_item(row)).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(items.into_iter().flatten().collect())
    }

    /// What of this neighbourhood was to be looked at and was not.
    fn stale(&self) -> Result<Vec<view::StaleItem>, StoreError> {
        let mut stale = Vec::new();
        let Some(today) = self.today() else { return Ok(stale) };
        for row in projection::to_review(&self.store, today, STALE)? {
            let Some(item) = self.queue_item(&row)?.filter(|item| item.ours && self.shows(&row)) else { continue };
            stale.push(view::StaleItem {
                item,
                review_by: row.content.review_by.and_then(posts::date),
                asked: self.asked(&row)?.map(|request| local_time::local(request.created)),
            });
        }
        Ok(stale)
    }

    /// The last request to look whether an item still holds, as long as its maker did not answer.
    fn asked(&self, row: &ItemRow) -> Result<Option<ItemRow>, StoreError> {
        let request = projection::review_request(&self.store, &row.id)?;
        Ok(request.filter(|request| !projection::is_answered(request, row)))
    }

    /// Whether the maker of an item is to look at it now.
    pub(super) fn is_due(&self, row: &ItemRow) -> Result<bool, StoreError> {
        let past = row.content.review_by.zip(self.today()).is_some_and(|(day, today)| day < today);
        Ok(!row.content.settled && row.erased.is_none() && (past || self.asked(row)?.is_some()))
    }

    /// What of their own somebody is to look at.
    pub(super) fn due_of(&self, visitor: Visitor) -> Result<Vec<view::DueItem>, StoreError> {
        let is_theirs = |row: &ItemRow| {
            row.author.home == self.home() && row.author.resident == visitor.resident && row.is_listed()
        };
        let requests = projection::review_requests(&self.store, REPORTS)?;
        let asked = requests.iter().filter_map(|request| request.content.about).map(ItemId::from);
        let mut ids: BTreeSet<ItemId> = asked.collect();
        if let Some(today) = self.today() {
            ids.extend(projection::to_review(&self.store, today, REPORTS)?.iter().map(|row| row.id));
        }
        let mut due = Vec::new();
        for id in ids {
            let Some(row) = projection::item(&self.store, &id)?.filter(&is_theirs) else { continue };
            if self.is_due(&row)? {
                due.push(view::DueItem {
                    handle: handle(&row),
                    title: title(&row),
                    review_by: row.content.review_by.and_then(posts::date),
                    asked: self.asked(&row)?.map(|request| local_time::local(request.created)),
                });
            }
        }
        Ok(due)
    }

    /// That people agreed to what stands in an item, for connectors.
    pub(super) fn consents(&self, row: &ItemRow) -> Result<Vec<view::Consent>, StoreError> {
        if self.visitor.is_none_or(|visitor| visitor.role != Role::Connector) {
            return Ok(Vec::new());
        }
        let consent = |row: &ItemRow| {
            Ok(view::Consent {
                who: row.content.name.clone().unwrap_or_default(),
                how: row.content.category.clone().unwrap_or_default(),
                at: local_time::local(row.created),
                by: self.person(&row.author.resident)?,
            })
        };
        projection::consents(&self.store, &row.id)?.iter().map(consent).collect()
    }

    /// An item for connectors to decide about; none of what is erased, or stands on no page.
    fn queue_item(&self, row: &ItemRow) -> Result<Option<view::QueueItem>, StoreError> {
        if row.erased.is_some() {
            return Ok(None);
        }
        let subject = row.subject.filter(|_| row.kind.answers());
        let subject = subject.map(|subject| projection::item(&self.store, &subject)).transpose()?.flatten();
        let on = subject.as_ref().unwrap_or(row);
        if posts::post_kind(on.kind).is_none() {
            return Ok(None);
        }
        Ok(Some(view::QueueItem {
            handle: handle(row),
            page: on.id.to_string(),
            event: on.kind == Kind::EVENT,
            title: title(on),
            body: row.content.body.clone().unwrap_or_default(),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            ours: row.neighbourhood == self.home(),
        }))
    }

    /// Today in the village.
    pub(super) fn today(&self) -> Option<Day> {
        Day::parse(&self.local_now.date().to_string()).ok()
    }
}

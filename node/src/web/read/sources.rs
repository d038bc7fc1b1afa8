//! What other calendars say, at the desk and in the API.

use dorpsplein_protocol::operation::{Edit, Kind};
use dorpsplein_protocol::projection::{self, Filter, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{Day, Timestamp};
use dorpsplein_web_ui::view;

use super::super::body::{CalendarProposalBody, SourceBody, SourcesBody};
use super::super::local_time;
use super::lists::when;
use super::{Reader, posts};
use crate::sources::proposals::{Proposal, What, changes, proposals};
use crate::sources::{Kept, MAX_KEPT_EVENTS};

/// Proposals on the page of the desk; the others come when these are dealt with.
const MOST_SHOWN: usize = 100;

impl Reader {
    /// The page of the desk.
    pub(super) fn sources_page(&self) -> Result<view::SourcesPage, StoreError> {
        let kept = self.kept_sources();
        let mut waiting = self.waiting(&kept)?;
        let more = waiting.len().saturating_sub(MOST_SHOWN);
        waiting.truncate(MOST_SHOWN);
        let categories = self.choices()?.categories;
        let mut sources = Vec::new();
        for (id, source) in &kept.sources {
            let own = waiting.iter().filter(|proposal| proposal.source == *id);
            let proposals = own.map(|one| self.source_proposal(one, &categories)).collect::<Result<Vec<_>, _>>()?;
            sources.push(view::SourceView {
                id: id.clone(),
                name: source.name.clone(),
                address: source.address.clone(),
                visited: source.visited.map(|at| local_time::local(Timestamp::from_millis(at))),
                trouble: source.trouble.clone(),
                events: source.events.len(),
                skipped: source.skipped,
                proposals: proposals.into_iter().flatten().collect(),
            });
        }
        Ok(view::SourcesPage { top: self.desk_top(), sources, more })
    }

    /// What the API says.
    pub(in super::super) fn sources_body(&self) -> Result<SourcesBody, StoreError> {
        let kept = self.kept_sources();
        let source = |(id, source): (&String, &crate::sources::Source)| SourceBody {
            id: id.clone(),
            name: source.name.clone(),
            visited: source.visited,
            trouble: source.trouble.clone(),
            events: source.events.len(),
        };
        let proposal = |proposal: Proposal| CalendarProposalBody {
            what: name(&proposal.what).to_owned(),
            item: proposal.what.row().map(|row| row.id.to_string()),
            resident: proposal.what.row().map(|row| row.author.resident.to_string()),
            source: proposal.source,
            print: proposal.print,
            event: proposal.event,
        };
        let waiting = self.waiting(&kept)?;
        Ok(SourcesBody {
            sources: kept.sources.iter().map(source).collect(),
            proposals: waiting.into_iter().map(proposal).collect(),
        })
    }

    fn kept_sources(&self) -> Kept {
        self.sources.as_ref().map(crate::sources::Sources::kept).unwrap_or_default()
    }

    /// What is proposed, held against the events of this neighbourhood that came from another calendar.
    fn waiting(&self, kept: &Kept) -> Result<Vec<Proposal>, StoreError> {
        let today = Day::parse(&self.local_now.date().to_string()).unwrap_or(Day::FIRST);
        let filter = Filter { members: true, ..Filter::default() };
        let since = Day::parse(&self.local_now.date().saturating_sub(jiff::ToSpan::days(400_i64)).to_string());
        let rows = projection::events_since(&self.store, since.unwrap_or(Day::FIRST), &filter, MAX_KEPT_EVENTS * 2)?;
        let imported =
            |row: &ItemRow| row.kind == Kind::EVENT && row.neighbourhood == self.home() && row.content.uid.is_some();
        let rows: Vec<ItemRow> = rows.into_iter().filter(imported).collect();
        Ok(proposals(kept, &rows, today))
    }

    /// A proposal as the page shows it; none of an event without a start, which is not read.
    fn source_proposal(
        &self,
        proposal: &Proposal,
        categories: &[String],
    ) -> Result<Option<view::SourceProposal>, StoreError> {
        let event = &proposal.event;
        let Some(starts) = local_time::civil(&event.starts) else { return Ok(None) };
        let row = proposal.what.row();
        let yours = row.is_none_or(|row| self.visitor.is_some_and(|visitor| visitor.resident == row.author.resident));
        let repeats = posts::repeats_of(event.repeats.as_ref(), &event.starts);
        let category =
            event.category.as_ref().and_then(|name| categories.iter().find(|one| one.eq_ignore_ascii_case(name)));
        Ok(Some(view::SourceProposal {
            what: match proposal.what {
                What::New => view::SourceWhat::New,
                What::Changed(_) => view::SourceWhat::Changed,
                What::Cancelled(_) => view::SourceWhat::Cancelled,
                What::Gone(_) => view::SourceWhat::Gone,
            },
            key: event.key.clone(),
            print: proposal.print.clone(),
            title: event.title.clone(),
            body: event.body.clone(),
            place: event.place.clone(),
            website: event.website.clone(),
            category: category.cloned(),
            when: when(starts, event.ends.as_ref().and_then(local_time::civil)),
            repeats,
            starts: event.starts.as_str().to_owned(),
            ends: event.ends.as_ref().map(|ends| ends.as_str().to_owned()),
            rule: event.repeats.as_ref().map(ToString::to_string),
            except: event.except.iter().map(ToString::to_string).collect(),
            cancelled: event.cancelled || matches!(proposal.what, What::Cancelled(_) | What::Gone(_)),
            added: row.map(|row| added(event, row)).unwrap_or_default(),
            removed: row.map(|row| removed(event, row)).unwrap_or_default(),
            published: row.map(super::standing::handle),
            publisher: row.filter(|_| !yours).map(|row| self.author(&row.author)).transpose()?,
        }))
    }
}

/// The days on which the event does not happen any more.
fn added(event: &dorpsplein_calendar::Event, row: &ItemRow) -> Vec<String> {
    let member = |edit: Edit| if let Edit::Add { member, .. } = edit { Some(member) } else { None };
    changes(event, &row.content).into_iter().filter_map(member).collect()
}

/// The days on which it does after all.
fn removed(event: &dorpsplein_calendar::Event, row: &ItemRow) -> Vec<String> {
    let member = |edit: Edit| if let Edit::Remove { member, .. } = edit { Some(member) } else { None };
    changes(event, &row.content).into_iter().filter_map(member).collect()
}

const fn name(what: &What) -> &'static str {
    match what {
        What::New => "new",
        What::Changed(_) => "changed",
        What::Cancelled(_) => "cancelled",
        What::Gone(_) => "gone",
    }
}

//! What somebody saw on a box does not vanish there, and an edit is not undone.
//!
//! Every time the front page of a box is read, all that it showed is remembered; it has to stay, with every operation that
//! made it so, unless it was erased or hidden, its author was removed or forked, spoke for an organisation or another village
//! and no longer does, or what it answers went for such a reason. And when a box accepts an edit whose author saw all that
//! the box shows, the box shows from then on what the edit says, whatever anybody's clock says. At rest all that was shown
//! and edited is what its operations come to when they are applied anew, in another order than the one they came in.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::authority::TreatyStage;
use dorpsplein_protocol::item::{Document, Outcome};
use dorpsplein_protocol::operation::{Edit, Field, Header, ItemId, OperationId, Payload, Role, Signed, Value};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::validate::Valid;

use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::{BoxId, PersonId};
use crate::world::{Running, World, WorldError};

/// The name of this checker.
const NAME: &str = "monotone";
/// How much of a front page is read.
const PAGE: usize = 20;
/// Of how many items a box is held to what it showed: those it showed last.
const REMEMBERED: usize = 200;

/// What boxes showed.
#[derive(Default)]
pub struct Monotone {
    seen: BTreeMap<BoxId, Seen>,
    looked: u64,
    found: Vec<Failure>,
}

/// What one box showed, the latest last.
#[derive(Default)]
struct Seen {
    rows: BTreeMap<ItemId, ItemRow>,
    order: Vec<ItemId>,
}

impl Seen {
    fn remember(&mut self, row: ItemRow) {
        if self.rows.insert(row.id, row.clone()).is_none() {
            self.order.push(row.id);
        }
        if self.order.len() > REMEMBERED {
            self.rows.remove(&self.order.remove(0));
        }
    }
}

impl Monotone {
    fn note(&mut self, found: String) {
        if self.found.len() < MAX_FINDINGS {
            self.found.push(Failure { checker: NAME, found });
        }
    }

    /// Compares what a box showed with what it shows.
    fn check(&mut self, world: &World, at: BoxId, before: &ItemRow) -> Result<Option<String>, StoreError> {
        self.looked += 1;
        let (Some(disk), Some(running)) = (world.disk(at), world.at(at)) else { return Ok(None) };
        let now = projection::item(disk, &before.id)?;
        let lost: Vec<OperationId> = match &now {
            Some(row) if row.erased.is_some() => Vec::new(),
            Some(row) => before.operations.iter().filter(|id| !row.operations.contains(id)).copied().collect(),
            None => before.operations.clone(),
        };
        for id in &lost {
            let Some(operation) = look::operation(disk, id)? else {
                return Ok(Some(format!("box {at} no longer holds {id}, which it showed in {}", before.id)));
            };
            // The words are gone when an erasure dropped them whose signer turns out to have been removed before: nobody has
            // them. Words that are gone without one are another checker's business.
            if operation.payload().is_none() || may_cease(world, at, running, &operation)? {
                return Ok(None);
            }
        }
        let subject_went = match before.subject {
            Some(subject) => projection::item(disk, &subject)?.is_none_or(|row| row.erased.is_some()),
            None => false,
        };
        disk.take_cost();
        if lost.is_empty() || subject_went || before.speaks_for.is_some() {
            return Ok(None);
        }
        let what = if now.is_some() { "undid an edit of" } else { "no longer shows" };
        Ok(Some(format!("box {at} {what} {}, by {}", before.id, before.author.resident)))
    }

    /// Compares what a box shows of an item that was edited with what its operations come to.
    fn check_anew(&mut self, world: &World, at: BoxId, item: &ItemId) -> Result<Option<String>, StoreError> {
        let Some(disk) = world.disk(at) else { return Ok(None) };
        let row = projection::item(disk, item)?.filter(|row| row.erased.is_none() && row.operations.len() > 1);
        disk.take_cost();
        let Some(row) = row else { return Ok(None) };
        let mut operations = Vec::new();
        for id in &row.operations {
            let stored = look::operation(disk, id)?.and_then(|stored| stored.verify().ok());
            operations.extend(stored.and_then(|verified| Valid::check(&verified).ok()));
        }
        self.looked += 1;
        let shown = (row.content, row.conflicts);
        let anew = applied(*item, operations).map(|outcome| (outcome.content, outcome.conflicts));
        let found = format!("box {at} shows of {item} what its operations do not come to");
        Ok((anew != Some(shown)).then_some(found))
    }

    /// Whether the box shows what an edit says that was made on top of everything it shows.
    fn check_edit(&mut self, world: &World, at: BoxId, operation: &Signed) -> Result<(), StoreError> {
        let Some(Ok(Payload::Edits(edits))) = operation.payload().map(Payload::decode) else { return Ok(()) };
        let (Some(disk), header) = (world.disk(at), operation.header()) else { return Ok(()) };
        let row = projection::item(disk, &header.item())?;
        disk.take_cost();
        let Some(row) = row.filter(|row| row.heads == [operation.id()]) else { return Ok(()) };
        let mut said: BTreeMap<Field, &Value> = BTreeMap::new();
        for edit in &edits {
            if let Edit::Set { field, value } = edit {
                said.insert(*field, value);
            }
        }
        for (field, value) in said {
            self.looked += 1;
            if !shows(&row, field, value) {
                self.note(format!("box {at} accepted {} and does not show what it sets {field:?} to", operation.id()));
            }
        }
        Ok(())
    }
}

impl Checker for Monotone {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "What somebody saw on a box does not vanish there, and an edit is not undone."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn accepted(&mut self, world: &World, at: BoxId, operation: &Signed, _: bool) {
        if let Err(error) = self.check_edit(world, at, operation) {
            self.note(format!("box {at} cannot be read: {error}"));
        }
    }

    fn read(&mut self, world: &World, _: PersonId, at: BoxId) {
        let Some(disk) = world.disk(at) else { return };
        let page = projection::feed(disk, None, PAGE);
        disk.take_cost();
        let rows = match page {
            Ok((rows, _)) => rows,
            Err(error) => return self.note(format!("the front page of box {at} cannot be read: {error}")),
        };
        for row in rows {
            let before = self.seen.entry(at).or_default().rows.get(&row.id).cloned();
            let found = before.map(|before| self.check(world, at, &before)).transpose();
            match found {
                Ok(found) => found.flatten().into_iter().for_each(|found| self.note(found)),
                Err(error) => self.note(format!("box {at} cannot be read: {error}")),
            }
            self.seen.entry(at).or_default().remember(row);
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let all: Vec<(BoxId, ItemRow)> =
            self.seen.iter().flat_map(|(at, seen)| seen.rows.values().map(|row| (*at, row.clone()))).collect();
        let mut failures = Vec::new();
        for (at, before) in &all {
            let found = self.check(world, *at, before)?.or(self.check_anew(world, *at, &before.id)?);
            failures.extend(found.map(|found| Failure { checker: NAME, found }));
        }
        failures.truncate(MAX_FINDINGS);
        Ok(failures)
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}

/// What operations come to, each applied after its parents, and of those that could come next the one with the highest id
/// first; none when one of them is missing.
fn applied(item: ItemId, mut operations: Vec<Valid>) -> Option<Outcome> {
    operations.sort_by_key(|valid| std::cmp::Reverse(valid.id()));
    let mut document = Document::new(item);
    let mut done = BTreeSet::new();
    while !operations.is_empty() {
        let ready = |valid: &Valid| valid.header().parents.iter().all(|parent| done.contains(parent));
        let next = operations.remove(operations.iter().position(ready)?);
        document.apply(&next).ok()?;
        done.insert(next.id());
    }
    document.outcome().ok()
}

/// Whether a row shows a field with this value, and no other value beside it.
fn shows(row: &ItemRow, field: Field, value: &Value) -> bool {
    let content = &row.content;
    let shown = match field {
        Field::TITLE => content.title.as_deref(),
        Field::PLACE => content.place.as_deref(),
        Field::NAME => content.name.as_deref(),
        Field::STARTS => content.starts.as_ref().map(|starts| starts.as_str()),
        Field::ENDS => content.ends.as_ref().map(|ends| ends.as_str()),
        Field::CANCELLED => return content.cancelled == (*value == Value::Bool(true)) && is_agreed(row, field),
        // A body may have been spliced after it was set; others are for a newer version to show.
        _ => return true,
    };
    let said = match value {
        Value::Text(text) if !text.is_empty() => Some(text.as_str()),
        _ => None,
    };
    shown == said && is_agreed(row, field)
}

fn is_agreed(row: &ItemRow, field: Field) -> bool {
    row.conflicts.iter().all(|conflict| conflict.field != field)
}

/// Whether something that counted may count no longer: its author was removed, forked or lost the role it took, or the
/// agreement with the other village ended.
fn may_cease(world: &World, at: BoxId, running: &Running, operation: &Signed) -> Result<bool, StoreError> {
    let Some(disk) = world.disk(at) else { return Ok(true) };
    let header = operation.header();
    if look::has_forked(disk, &header.device)? {
        return Ok(true);
    }
    let registers = running.replica().registers();
    let home = registers.home().neighbourhood();
    let others: BTreeSet<_> = [header.neighbourhood(), header.home()].into_iter().filter(|id| *id != home).collect();
    if others.iter().any(|other| registers.home().parted(other).is_some()) {
        return Ok(true);
    }
    let theirs = |other: &_| registers.get(other).is_none_or(|register| register.parted(&home).is_some());
    // Whoever offers something else from here on takes back what was agreed.
    let now = world.clock(at);
    let agreed = |other: &_| registers.treaty(other, now).is_some_and(|treaty| treaty.stage == TreatyStage::InForce);
    if others.iter().any(|other| theirs(other) || !agreed(other)) {
        return Ok(true);
    }
    let Some(register) = registers.get(&header.home()) else { return Ok(true) };
    let counts = register.counts(&header.device, header.sequence);
    Ok(!counts || (acts_as_connector(operation) && !was_connector(register, header)))
}

fn was_connector(register: &dorpsplein_protocol::authority::Register, header: &Header) -> bool {
    register.role_at(&header.device, header.sequence) == Some(Role::Connector)
}

/// Whether an operation does what only connectors do.
pub(super) fn acts_as_connector(operation: &Signed) -> bool {
    let Some(Ok(Payload::Edits(edits))) = operation.payload().map(Payload::decode) else { return false };
    edits.iter().any(|edit| {
        let with_reason = matches!(edit, Edit::Erase { reason: Some(_), .. });
        with_reason || matches!(edit, Edit::Moderate { .. } | Edit::Pin(_) | Edit::Official(_))
    })
}

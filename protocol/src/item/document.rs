//! The Automerge document of an item: a cache of its operations, built here and never received.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, AutomergeError, ChangeHash, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Outcome, SCALARS, set_members, set_photos, set_scalar};
use crate::identity::PublicKey;
use crate::operation::{Edit, Field, ItemId, OperationId, Value};
use crate::planted::{Bug, planted};
use crate::projection::{Conflict, Content};
use crate::validate::Valid;

/// A document and which operation became which of its changes.
#[derive(Clone, Debug)]
pub struct Document {
    item: ItemId,
    automerge: Automerge,
    changes: BTreeMap<OperationId, ChangeHash>,
    heads: BTreeSet<OperationId>,
}

/// Why an operation could not be applied. Neither happens to operations in the order of their history.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// A parent was not applied before.
    #[error("operation {0} has to be applied first")]
    MissingParent(OperationId),
    /// The document itself objects.
    #[error(transparent)]
    Automerge(#[from] AutomergeError),
}

impl Document {
    /// An empty document for `item`.
    pub fn new(item: ItemId) -> Self {
        let automerge = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
        Self { item, automerge, changes: BTreeMap::new(), heads: BTreeSet::new() }
    }

    /// Whether nothing but these operations has been applied.
    pub fn holds_only(&self, operations: &BTreeSet<OperationId>) -> bool {
        self.changes.keys().all(|id| operations.contains(id))
    }

    /// Applies an operation whose parents were applied before; one that was applied already changes nothing.
    ///
    /// An operation that saw everything is a plain transaction. One that did not is applied to the document as its
    /// author saw it and merged, so that its internal numbering does not depend on what happens to be here.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn apply(&mut self, operation: &Valid) -> Result<(), DocumentError> {
        if self.changes.contains_key(&operation.id()) {
            return Ok(());
        }
        let parents = &operation.header().parents;
        let parents = if planted(Bug::DropsParents) { &parents[..parents.len().min(1)] } else { parents };
        let seen = parents
            .iter()
            .map(|parent| self.changes.get(parent).copied().ok_or(DocumentError::MissingParent(*parent)))
            .collect::<Result<Vec<_>, _>>()?;
        let actor = actor(&operation.header().device, &self.item);
        let saw_everything =
            parents.len() == self.heads.len() && parents.iter().all(|parent| self.heads.contains(parent));
        let change = if saw_everything || planted(Bug::AppliesToWhatIsThere) {
            commit(&mut self.automerge, actor, operation.edits())?
        } else {
            let mut as_seen = self.automerge.fork_at(&seen)?;
            let change = commit(&mut as_seen, actor, operation.edits())?;
            self.automerge.merge(&mut as_seen)?;
            change
        };
        for parent in parents {
            self.heads.remove(parent);
        }
        self.heads.insert(operation.id());
        self.changes.insert(operation.id(), change);
        Ok(())
    }

    /// The fields as they stand.
    ///
    /// # Errors
    /// [`DocumentError::Automerge`].
    pub fn outcome(&self) -> Result<Outcome, DocumentError> {
        let mut content = Content::default();
        let mut conflicts = Vec::new();
        for field in SCALARS {
            let winner = self.automerge.get(ROOT, key(field))?.map(|(value, _)| from_automerge(&value));
            let Some(winner) = winner else { continue };
            set_scalar(&mut content, field, &winner);
            let all = self.automerge.get_all(ROOT, key(field))?;
            let others: BTreeSet<Value> =
                all.iter().map(|(value, _)| from_automerge(value)).filter(|v| *v != winner).collect();
            if !others.is_empty() {
                let values = std::iter::once(winner).chain(others).collect();
                conflicts.push(Conflict { field, values });
            }
        }
        for field in Field::PHOTOS {
            let Some((winner, _)) = self.automerge.get(ROOT, key(field))? else { continue };
            let winner = from_automerge(&winner);
            let all = self.automerge.get_all(ROOT, key(field))?;
            let others: BTreeSet<Value> = all.iter().map(|(value, _)| from_automerge(value)).collect();
            let others = others.into_iter().filter(|value| *value != winner);
            let values: Vec<Value> = std::iter::once(winner.clone()).chain(others).collect();
            set_photos(&mut content, field, &values);
        }
        if let Some((_, body)) = self.automerge.get(ROOT, key(Field::BODY))? {
            content.body = Some(self.automerge.text(&body)?).filter(|body| !body.is_empty());
        }
        for field in Field::SETS {
            let prefix = member_key(field, "");
            let members = members(&self.automerge, field);
            set_members(&mut content, field, members.map(|key| key[prefix.len()..].to_owned()));
        }
        Ok(Outcome { content, conflicts })
    }
}

/// SHA-256(device ‖ item), its first 16 bytes: a device's edits on one item are a chain of their own.
fn actor(device: &PublicKey, item: &ItemId) -> ActorId {
    let hash = Sha256::new().chain_update(device.as_bytes()).chain_update(item.as_bytes()).finalize();
    ActorId::from(&hash[..16])
}

/// One transaction; one that changes nothing is committed empty, so that every operation has its change.
fn commit(document: &mut Automerge, actor: ActorId, edits: &[Edit]) -> Result<ChangeHash, AutomergeError> {
    document.set_actor(actor);
    let mut transaction = document.transaction();
    for edit in edits {
        if let Err(error) = apply_edit(&mut transaction, edit) {
            transaction.rollback();
            return Err(error);
        }
    }
    let (change, _) = transaction.commit_with(options());
    Ok(change.unwrap_or_else(|| document.empty_commit(options())))
}

/// No clock: the operation's header says when.
fn options() -> CommitOptions {
    CommitOptions::default().with_time(0)
}

fn apply_edit(document: &mut impl Transactable, edit: &Edit) -> Result<(), AutomergeError> {
    match edit {
        Edit::Create { .. } => drop(document.put_object(ROOT, key(Field::BODY), ObjType::Text)?),
        Edit::Set { field: Field::BODY, value } => {
            if let Some((_, body)) = document.get(ROOT, key(Field::BODY))? {
                let length = document.length(&body);
                document.splice_text(&body, 0, length as isize, &super::text_of(value))?;
            }
        }
        Edit::Set { field, .. } if field.is_set() => {
            let seen: Vec<String> = members(document, *field).collect();
            seen.into_iter().try_for_each(|key| document.delete(ROOT, key))?;
        }
        Edit::Set { field, value } => document.put(ROOT, key(*field), to_automerge(value))?,
        Edit::Splice { field: Field::BODY, at, delete, insert } => {
            if let Some((_, body)) = document.get(ROOT, key(Field::BODY))? {
                let length = document.length(&body);
                let at = (*at as usize).min(length);
                let delete = (*delete as usize).min(length - at);
                document.splice_text(&body, at, delete as isize, insert)?;
            }
        }
        Edit::Add { field, member } if field.is_set() => document.put(ROOT, member_key(*field, member), true)?,
        Edit::Remove { field, member } if field.is_set() => {
            let key = member_key(*field, member);
            if document.get(ROOT, key.as_str())?.is_some() {
                document.delete(ROOT, key)?;
            }
        }
        // Kept in the operation and passed on; a version that knows the field builds it from there.
        Edit::Splice { .. } | Edit::Add { .. } | Edit::Remove { .. } | Edit::Unknown(_) => {}
        // Done to the item as a whole, and not to its fields.
        Edit::Moderate { .. } | Edit::Pin(_) | Edit::Official(_) => {}
        Edit::Erase { .. } | Edit::Appeal(_) | Edit::Audience(_) => {}
    }
    Ok(())
}

fn key(field: Field) -> String {
    field.0.to_string()
}

/// Each member of a set is a key of the document itself, which says nothing but that it is there: so a set that nothing was
/// added to costs nothing, and nobody has to make it first.
fn member_key(field: Field, member: &str) -> String {
    format!("{}:{member}", field.0)
}

/// The keys of the members of a set, sorted.
fn members(document: &impl ReadDoc, field: Field) -> impl Iterator<Item = String> {
    let prefix = member_key(field, "");
    document.keys(ROOT).filter(move |key| key.starts_with(&prefix))
}

fn to_automerge(value: &Value) -> ScalarValue {
    match value {
        Value::Null => ScalarValue::Null,
        Value::Bool(yes) => ScalarValue::Boolean(*yes),
        Value::Int(number) => ScalarValue::Int(*number),
        Value::Text(text) => ScalarValue::Str(text.as_str().into()),
        Value::Bytes(bytes) => ScalarValue::Bytes(bytes.clone()),
    }
}

fn from_automerge(value: &automerge::Value<'_>) -> Value {
    match value.as_scalar() {
        Some(ScalarValue::Boolean(yes)) => Value::Bool(*yes),
        Some(ScalarValue::Int(number)) => Value::Int(*number),
        Some(ScalarValue::Str(text)) => Value::Text(text.to_string()),
        Some(ScalarValue::Bytes(bytes)) => Value::Bytes(bytes.clone()),
        _ => Value::Null,
    }
}

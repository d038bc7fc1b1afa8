//! "Wie zegt dit?": which signed operations together prove who says something.

use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, OperationId, Payload, Signed, Space, Value};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::body::ProofBody;
use super::super::local_time;
use super::item::title;
use super::lists::when;
use super::{ReadError, Reader};

impl Reader {
    /// The page that lists the operations for the browser's module to check.
    pub(in super::super) fn proof_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        let row = self.visible(id)?;
        let page = view::ProofPage {
            id: row.id.to_string(),
            subject: self.proof_subject(&row)?,
            author: self.author(&row.author)?,
            home_name: self.name_of(&row.author.home),
            home_id: row.author.home.to_string(),
            device: row.author.device.to_string(),
            written: local_time::local(row.created),
            operations: self.proof_operations(&row)?,
        };
        Ok(pages::who_says_this(&self.frame(), &page, lang)?)
    }

    /// The ids of the operations that prove who says an item.
    pub(in super::super) fn proof(&self, row: &ItemRow) -> Result<ProofBody, StoreError> {
        let hex = |ids: &[OperationId]| ids.iter().map(ToString::to_string).collect();
        let profile = self.profile_of(&row.author)?;
        Ok(ProofBody {
            operations: hex(&row.operations),
            profile: profile.map(|profile| hex(&profile.operations)).unwrap_or_default(),
            membership: hex(&self.membership_of(row)),
        })
    }

    /// The transfer bytes of an operation that a visitor may have: of a register, or of an item they may see.
    pub(in super::super) fn raw_operation(&self, id: &OperationId) -> Result<Vec<u8>, ReadError> {
        let bytes = projection::operation(&self.store, id)?.ok_or(ReadError::NotFound)?;
        let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
        if signed.header().space != Space::Register {
            let row = self.visible(&signed.header().item())?;
            if !row.operations.contains(id) {
                return Err(ReadError::NotFound);
            }
        }
        Ok(bytes)
    }

    fn proof_subject(&self, row: &ItemRow) -> Result<view::ProofSubject, ReadError> {
        match (row.kind, row.subject) {
            (Kind::NEWS, _) => Ok(view::ProofSubject::News { title: title(row) }),
            (Kind::EVENT, _) => {
                let starts = row.content.starts.as_ref().and_then(local_time::civil).ok_or(ReadError::NotFound)?;
                let ends = row.content.ends.as_ref().and_then(local_time::civil);
                Ok(view::ProofSubject::Event { title: title(row), when: when(starts, ends) })
            }
            (Kind::COMMENT, Some(under)) => {
                let under_event = self.visible(&under)?.kind == Kind::EVENT;
                let body = row.content.body.clone().unwrap_or_default();
                Ok(view::ProofSubject::Comment { body, under: under.to_string(), under_event })
            }
            _ => Err(ReadError::NotFound),
        }
    }

    fn proof_operations(&self, row: &ItemRow) -> Result<Vec<view::ProofOperation>, StoreError> {
        let profile = self.profile_of(&row.author)?;
        let own = row.operations.iter().map(|id| (*id, view::OperationRole::Item));
        let profile = profile.iter().flat_map(|profile| &profile.operations);
        let profile = profile.map(|id| (*id, view::OperationRole::Profile));
        let membership = self.membership_of(row).into_iter().map(|id| (id, view::OperationRole::Membership));
        let all = own.chain(profile).chain(membership);
        all.filter_map(|(id, role)| self.proof_operation(&id, role).transpose()).collect()
    }

    fn proof_operation(
        &self,
        id: &OperationId,
        role: view::OperationRole,
    ) -> Result<Option<view::ProofOperation>, StoreError> {
        let Some(bytes) = projection::operation(&self.store, id)? else { return Ok(None) };
        let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
        let header = signed.header();
        Ok(Some(view::ProofOperation {
            id: id.to_string(),
            role,
            neighbourhood: header.neighbourhood().to_string(),
            device: header.device.to_string(),
            time_ms: i64::try_from(header.time.as_millis()).unwrap_or(i64::MAX),
            time: local_time::local(header.time),
            words: words(&signed),
        }))
    }

    fn membership_of(&self, row: &ItemRow) -> Vec<OperationId> {
        let register = self.registers.get(&row.author.home);
        register.map(|register| register.membership_chain(&row.author.device)).unwrap_or_default()
    }
}

/// The words one operation set whole: a title, a name, or a comment's text.
fn words(signed: &Signed) -> Option<view::Words> {
    let Ok(Payload::Edits(edits)) = Payload::decode(signed.payload()?) else { return None };
    let comments = edits.iter().any(|edit| matches!(edit, Edit::Create { kind: Kind::COMMENT, .. }));
    edits.into_iter().find_map(|edit| match edit {
        Edit::Set { field: Field::TITLE, value: Value::Text(text) } => Some(view::Words::Title(text)),
        Edit::Set { field: Field::NAME, value: Value::Text(text) } => Some(view::Words::Name(text)),
        Edit::Set { field: Field::BODY, value: Value::Text(text) } if comments => Some(view::Words::Body(text)),
        _ => None,
    })
}

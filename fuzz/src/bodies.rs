//! Every body of JSON that the API takes or gives.

use std::fmt::Debug;

use crate::web::body::{
    AcceptedBody, AdmittedBody, AreaBody, AuthorBody, BoxBody, CalendarProposalBody, CarriedBody, ChallengeBody,
    CircleBody, ConflictBody, ContentBody, DeviceBody, DeviceEntryBody, DeviceStateBody, FitBody, ForkBody,
    ImportedBody, ImportedCalendarBody, IntroducedBody, IntroductionBody, InvitationBody, InvitationStateBody,
    IssuedInvitationBody, ItemBody, ItemPhotoBody, ItemsBody, LogBody, LogEntryBody, LoginBody, MineBody, MineItemBody,
    MineMailBody, MinePushBody, ModeratedBody, NamedResidentBody, NeighbourBody, NeighbourSyncBody, OrganisationBody,
    PassedOverBody, PhotoBody, PhotosSyncBody, ProofBody, ProposalBody, PushBody, ReachedBody, ReceiptBody,
    RegisterBody, ResidentBody, SearchBody, SearchHitBody, SessionSyncBody, SettingBody, SettingLogoBody, SkippedBody,
    SourceBody, SourcesBody, StatementBody, StatusBody, SuggestionBody, SuggestionsBody, SyncBody, TakingBody,
    TreatyStateBody, ValueBody, VisitorBody,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A body: how it is read, and one that says something in every field.
pub struct Body {
    pub read: fn(&[u8]),
    pub example: fn() -> Value,
}

macro_rules! bodies {
    ($($body:ty),* $(,)?) => { &[$(Body { read: as_the_same::<$body>, example: example::<$body> }),*] };
}

/// All of them, those that requests bring first.
#[rustfmt::skip]
pub const BODIES: &[Body] = bodies![
    // What requests bring.
    IntroductionBody, LoginBody, PassedOverBody, PushBody, ReachedBody,
    // What answers bring.
    AcceptedBody, AdmittedBody, AreaBody, AuthorBody, BoxBody, CalendarProposalBody, CarriedBody, ChallengeBody,
    CircleBody, ConflictBody, ContentBody, DeviceBody, DeviceEntryBody, DeviceStateBody, FitBody, ForkBody, ImportedBody,
    ImportedCalendarBody, IntroducedBody, InvitationBody, InvitationStateBody, IssuedInvitationBody, ItemBody,
    ItemPhotoBody, ItemsBody, LogBody, LogEntryBody, MineBody, MineItemBody, MineMailBody, MinePushBody, ModeratedBody,
    NamedResidentBody, NeighbourBody, NeighbourSyncBody, OrganisationBody, PhotoBody, PhotosSyncBody, ProofBody,
    ProposalBody, ReceiptBody, RegisterBody, ResidentBody, SearchBody, SearchHitBody, SessionSyncBody, SettingBody,
    SettingLogoBody, SkippedBody, SourceBody, SourcesBody, StatementBody, StatusBody, SuggestionBody, SuggestionsBody,
    SyncBody, TakingBody, TreatyStateBody, ValueBody, VisitorBody,
];

/// What is read is written and read again as the same.
fn as_the_same<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(json) else { return };
    let written = serde_json::to_vec(&read).expect("what was JSON can be JSON");
    assert_eq!(serde_json::from_slice::<T>(&written).expect("it was written here"), read);
}

/// What the description of the API says of a body, as a body. What it leaves open, a fuzzer finds out.
fn example<T: ToSchema>() -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let parts: Map<String, Value> = parts.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    of_schema(&json!(T::schema()), &parts)
}

fn of_schema(schema: &Value, parts: &Map<String, Value>) -> Value {
    if let Some(part) = schema["$ref"].as_str().and_then(|part| parts.get(part.rsplit('/').next()?)) {
        return of_schema(part, parts);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(all) = schema["allOf"].as_array() {
        let together = all.iter().filter_map(|one| of_schema(one, parts).as_object().cloned()).flatten();
        return Value::Object(together.collect());
    }
    if let Some(either) = schema["oneOf"].as_array() {
        let said = either.iter().find(|one| one["type"] != "null");
        return said.map_or(Value::Null, |one| of_schema(one, parts));
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, field)| (name.clone(), of_schema(field, parts))).collect())
        }
        Some("array") => json!([of_schema(&schema["items"], parts)]),
        Some("integer" | "number") => json!(7),
        Some("boolean") => json!(true),
        Some("string") => json!("a"),
        _ => Value::Null,
    }
}

//! Carries out what a test vector says, and says what came of it.
//!
//! The native test and the browser's module compile this one file, so that "native and WebAssembly give the same bytes"
//! compares the protocol and not two interpreters. Ids, keys and bytes are hexadecimal in the JSON; times are
//! milliseconds since the Unix epoch.

mod statement;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    CircleId, Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, OperationId, Payload,
    Signed, Space, Value,
};
use dorpsplein_protocol::photo::{ChunkHashes, inspect};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use statement::StatementInput;

/// What a vector asks for.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
enum Input {
    /// The public key that grows from a seed.
    Key { seed: String },
    /// The genesis of a neighbourhood.
    Genesis { seed: String, name: String, nonce: String, time: u64 },
    /// A claim of an invitation.
    Claim { author: Author, invitation: String, one_time_seed: String, nonce: String, time: u64 },
    /// Another statement of the register.
    State { author: Author, parents: Vec<String>, statement: StatementInput, time: u64 },
    /// A new item.
    Create {
        author: Author,
        neighbourhood: String,
        space: String,
        kind: u16,
        subject: Option<String>,
        edits: Vec<EditInput>,
        time: u64,
    },
    /// An edit of an item.
    Edit {
        author: Author,
        neighbourhood: String,
        space: String,
        item: String,
        parents: Vec<String>,
        edits: Vec<EditInput>,
        time: u64,
    },
    /// Bytes that somebody hands in.
    Check { transfer: String },
    /// A file that is to be a photo's: parts, one after the other.
    Photo { file: Vec<Part> },
}

/// Bytes, so many times over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    bytes: String,
    times: usize,
}

/// A device and what it signed before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Author {
    seed: String,
    home: String,
    sequence: u64,
    previous: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
enum EditInput {
    Set { field: u16, value: ValueInput },
    Splice { field: u16, at: u32, delete: u32, insert: String },
    Add { field: u16, member: String },
    Remove { field: u16, member: String },
    Hide { reason: String, note: String },
    Show { reason: String, note: String },
    Pin(bool),
    Official(bool),
    Erase { kind: u16, reason: Option<String>, note: String },
    Appeal(String),
    Audience(String),
    Unknown(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ValueInput {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Bytes(String),
}

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Output {
    Key {
        public_key: String,
    },
    Operation {
        id: String,
        header: String,
        payload: String,
        transfer: String,
        /// What a statement of the register is read as.
        #[serde(skip_serializing_if = "Option::is_none")]
        statement: Option<Json>,
    },
    Accepted {
        accepted: String,
    },
    Refused {
        problem: &'static str,
    },
    Photo {
        photo: String,
        /// The hashes of its chunks.
        chunks: Vec<String>,
        length: usize,
        media_type: &'static str,
        width: u16,
        height: u16,
    },
}

/// Carries out the JSON of one vector's `input` and returns the JSON of its `expected`.
///
/// # Errors
/// A sentence for whoever writes vectors: the input is not one.
pub(crate) fn run(input: &str) -> Result<String, String> {
    let input: Input = serde_json::from_str(input).map_err(|error| error.to_string())?;
    let output = carry_out(input)?;
    serde_json::to_string(&output).map_err(|error| error.to_string())
}

fn carry_out(input: Input) -> Result<Output, String> {
    let signed = match input {
        Input::Key { seed } => {
            return Ok(Output::Key { public_key: SecretKey::from_seed(&fixed(&seed)?).public().to_string() });
        }
        Input::Check { transfer } => return Ok(check(&bytes(&transfer)?)),
        Input::Photo { file } => return photo(&file),
        Input::Genesis { seed, name, nonce, time } => {
            Device::found(SecretKey::from_seed(&fixed(&seed)?), &name, fixed(&nonce)?, at(time)).1
        }
        Input::Claim { author, invitation, one_time_seed, nonce, time } => {
            let one_time = SecretKey::from_seed(&fixed(&one_time_seed)?);
            author.device()?.claim(operation(&invitation)?, &one_time, fixed(&nonce)?, at(time))
        }
        Input::State { author, parents, statement, time } => {
            let mut device = author.device()?;
            let statement = statement.build(&device)?;
            device.state(operations(&parents)?, statement, at(time))
        }
        Input::Create { author, neighbourhood, space, kind, subject, edits, time } => {
            let subject = subject.map(|id| fixed(&id)).transpose()?.map(ItemId::from_bytes);
            author.device()?.create(place(&neighbourhood, &space)?, Kind(kind), subject, build(edits)?, at(time))
        }
        Input::Edit { author, neighbourhood, space, item, parents, edits, time } => {
            let (place, item) = (place(&neighbourhood, &space)?, ItemId::from_bytes(fixed(&item)?));
            author.device()?.edit(place, item, operations(&parents)?, build(edits)?, at(time))
        }
    };
    let statement = match signed.payload().map(Payload::decode) {
        Some(Ok(Payload::Statement(statement))) => Some(statement::read(&statement)),
        _ => None,
    };
    Ok(Output::Operation {
        statement,
        id: signed.id().to_string(),
        header: hex::encode(&signed.header().encode()),
        payload: hex::encode(signed.payload().unwrap_or_default()),
        transfer: hex::encode(&signed.encode()),
    })
}

/// The three steps of trust that need nothing but the bytes.
fn check(transfer: &[u8]) -> Output {
    let verified = match Signed::decode(transfer).and_then(Signed::verify) {
        Ok(verified) => verified,
        Err(error) => return Output::Refused { problem: error.problem() },
    };
    match Valid::check(&verified) {
        Ok(valid) => Output::Accepted { accepted: valid.id().to_string() },
        Err(error) => Output::Refused { problem: error.problem() },
    }
}

/// What a photo's file is, and what it is called.
fn photo(parts: &[Part]) -> Result<Output, String> {
    let mut file = Vec::new();
    for part in parts {
        file.extend(bytes(&part.bytes)?.repeat(part.times));
    }
    let facts = match inspect(&file) {
        Ok(facts) => facts,
        Err(error) => return Ok(Output::Refused { problem: error.problem() }),
    };
    let hashes = ChunkHashes::of(&file).ok_or("a file that is a photo has a name")?;
    Ok(Output::Photo {
        photo: hashes.photo().to_string(),
        chunks: hashes.bytes().chunks(32).map(hex::encode).collect(),
        length: file.len(),
        media_type: facts.format.media_type(),
        width: facts.width,
        height: facts.height,
    })
}

impl Author {
    fn device(&self) -> Result<Device, String> {
        let previous = self.previous.as_deref().map(operation).transpose()?;
        let home = NeighbourhoodId::from_bytes(fixed(&self.home)?);
        Ok(Device::resume(SecretKey::from_seed(&fixed(&self.seed)?), home, self.sequence, previous))
    }
}

impl ValueInput {
    fn build(self) -> Result<Value, String> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(yes),
            Self::Int(number) => Value::Int(number),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(raw) => Value::Bytes(bytes(&raw)?),
        })
    }
}

fn build(edits: Vec<EditInput>) -> Result<Vec<Edit>, String> {
    let one = |edit| {
        Ok(match edit {
            EditInput::Set { field, value } => Edit::Set { field: Field(field), value: value.build()? },
            EditInput::Splice { field, at, delete, insert } => Edit::Splice { field: Field(field), at, delete, insert },
            EditInput::Add { field, member } => Edit::Add { field: Field(field), member },
            EditInput::Remove { field, member } => Edit::Remove { field: Field(field), member },
            EditInput::Hide { reason, note } => moderate(ModerationAct::Hide, &reason, note)?,
            EditInput::Show { reason, note } => moderate(ModerationAct::Show, &reason, note)?,
            EditInput::Pin(pinned) => Edit::Pin(pinned),
            EditInput::Official(official) => Edit::Official(official),
            EditInput::Erase { kind, reason, note } => {
                let reason = reason.map(|name| reason_named(&name)).transpose()?;
                Edit::Erase { kind: Kind(kind), reason, note }
            }
            EditInput::Appeal(note) => Edit::Appeal(note),
            EditInput::Audience(name) if name == "register" => Edit::Audience(Space::Register),
            EditInput::Audience(name) => {
                Edit::Audience(Space::audience_named(&name).ok_or_else(|| format!("{name} is no audience"))?)
            }
            EditInput::Unknown(raw) => Edit::Unknown(bytes(&raw)?),
        })
    };
    edits.into_iter().map(one).collect()
}

fn moderate(act: ModerationAct, reason: &str, note: String) -> Result<Edit, String> {
    Ok(Edit::Moderate { act, reason: reason_named(reason)?, note })
}

fn reason_named(name: &str) -> Result<ModerationReason, String> {
    ModerationReason::from_name(name).ok_or_else(|| format!("{name} is no reason"))
}

fn place(neighbourhood: &str, space: &str) -> Result<Place, String> {
    let space = match space {
        "register" => Space::Register,
        "members" => Space::Members,
        "square" => Space::Square,
        "neighbours" => Space::Neighbours,
        circle => Space::Circle(CircleId::from_bytes(fixed(circle)?)),
    };
    Ok(Place { neighbourhood: NeighbourhoodId::from_bytes(fixed(neighbourhood)?), space })
}

const fn at(time: u64) -> Timestamp {
    Timestamp::from_millis(time)
}

fn operation(digits: &str) -> Result<OperationId, String> {
    fixed(digits).map(OperationId::from_bytes)
}

fn operations(ids: &[String]) -> Result<Vec<OperationId>, String> {
    ids.iter().map(|id| operation(id)).collect()
}

fn fixed<const BYTES: usize>(digits: &str) -> Result<[u8; BYTES], String> {
    bytes(digits)?.try_into().map_err(|_| format!("{digits} is not {BYTES} bytes"))
}

fn bytes(digits: &str) -> Result<Vec<u8>, String> {
    hex::decode(digits).ok_or_else(|| format!("{digits} is not hexadecimal"))
}

//! What the API says, for commands that have the box's folder to themselves: the same answers without the way over HTTP.
//!
//! Whoever has the folder has all that is in it, so nobody signs in here; who asks only says whose things are meant.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, Kind, OperationId};
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::AgendaQuery;

use super::SiteState;
use super::body::{
    DeviceBody, ForkBody, ItemBody, ItemsBody, LogBody, MineBody, NamedResidentBody, ReceiptBody, RegisterBody,
    SearchBody, SettingBody, SourcesBody, StatusBody, TakingBody, ThemeFile,
};
use super::error::Problem;
use super::read::{Asked, ReadError, Reader, search_kind};
use super::sessions;

/// What [`StatusBody`] says.
///
/// # Errors
/// The [`Problem`] that the API would answer with, as for every function here.
pub fn status(state: &SiteState) -> Result<StatusBody, Problem> {
    Ok(Reader::new(state).status()?)
}

/// What [`SourcesBody`] says.
///
/// # Errors
/// As [`status`].
pub fn calendar_sources(state: &SiteState) -> Result<SourcesBody, Problem> {
    Ok(Reader::new(state).sources_body()?)
}

/// What [`RegisterBody`] says.
///
/// # Errors
/// None at present; as [`status`].
pub fn register(state: &SiteState) -> Result<RegisterBody, Problem> {
    Ok(Reader::new(state).register())
}

/// What [`SettingBody`] says.
///
/// # Errors
/// None at present; as [`status`].
pub fn setting(state: &SiteState) -> Result<SettingBody, Problem> {
    Ok(Reader::new(state).setting_body())
}

/// Logo, colours and measures as a file.
///
/// # Errors
/// None at present; as [`status`].
pub fn theme_file(state: &SiteState) -> Result<ThemeFile, Problem> {
    Ok(Reader::new(state).theme_file())
}

/// What [`DeviceBody`] says.
///
/// # Errors
/// As [`status`].
pub fn device(state: &SiteState, key: &PublicKey) -> Result<DeviceBody, Problem> {
    Ok(Reader::new(state).device(key)?)
}

/// What [`ItemBody`] says, to anybody.
///
/// # Errors
/// As [`status`].
pub fn item(state: &SiteState, id: &ItemId) -> Result<ItemBody, Problem> {
    Ok(Reader::new(state).item_body(id)?)
}

/// What [`ItemBody`] says to the resident whose device this is.
///
/// # Errors
/// As [`status`].
pub fn item_for(state: &SiteState, id: &ItemId, device: &PublicKey) -> Result<ItemBody, Problem> {
    Ok(reader_of(state, device).item_body(id)?)
}

/// What [`ItemsBody`] says: to the resident whose device this is, or to anybody.
///
/// # Errors
/// As [`status`].
pub fn everything(state: &SiteState, device: Option<&PublicKey>, after: Option<&ItemId>) -> Result<ItemsBody, Problem> {
    let reader = device.map_or_else(|| Reader::new(state), |device| reader_of(state, device));
    Ok(reader.everything(after)?)
}

/// The agenda as a file for calendars; none when there is no agenda on this square.
///
/// # Errors
/// As [`status`].
pub fn agenda(state: &SiteState) -> Result<Option<String>, Problem> {
    match Reader::new(state).calendar(&AgendaQuery::default(), Lang::Nl) {
        Ok(made) => Ok(Some(made.text)),
        Err(ReadError::Off) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The raw bytes of an operation that the resident whose device this is may have.
///
/// # Errors
/// As [`status`].
pub fn operation_for(state: &SiteState, id: &OperationId, device: &PublicKey) -> Result<Vec<u8>, Problem> {
    Ok(reader_of(state, device).raw_operation(id)?)
}

/// The devices that signed two operations with one number.
///
/// # Errors
/// As [`status`].
pub fn forks(state: &SiteState) -> Result<Vec<ForkBody>, Problem> {
    Ok(Reader::new(state).forks()?)
}

/// The neighbours whose boxes erased an item too.
///
/// # Errors
/// As [`status`].
pub fn receipts(state: &SiteState, item: &ItemId) -> Result<Vec<ReceiptBody>, Problem> {
    Ok(Reader::new(state).receipts(item)?)
}

/// What connectors last said about what is taken of a neighbour, or about one post of one; none if they never did.
///
/// # Errors
/// As [`status`].
pub fn taking(state: &SiteState, about: &OperationId) -> Result<Option<TakingBody>, Problem> {
    Ok(Reader::new(state).taking(about)?)
}

/// The members and their names.
///
/// # Errors
/// As [`status`].
pub fn names(state: &SiteState) -> Result<Vec<NamedResidentBody>, Problem> {
    Ok(Reader::new(state).names()?)
}

/// What can be found by words, by a visitor or by the resident whose device this is.
///
/// # Errors
/// As [`status`]; `not-found` for a place that is none, `storage` when the index cannot be read.
pub fn search(
    state: &SiteState,
    words: &str,
    kind: Option<Kind>,
    after: Option<&str>,
    device: Option<&PublicKey>,
) -> Result<SearchBody, Problem> {
    let reader = device.map_or_else(|| Reader::new(state), |device| reader_of(state, device));
    let (question, after) = (words.to_owned(), after.map(str::to_owned));
    Ok(reader.search_body(&Asked { question, kind: kind.and_then(search_kind), after })?)
}

/// The moderation log, from after the place `after` on.
///
/// # Errors
/// As [`status`].
pub fn log(state: &SiteState, after: Option<&str>) -> Result<LogBody, Problem> {
    Ok(Reader::new(state).log(after)?)
}

/// All that the resident whose device this is made here.
///
/// # Errors
/// As [`status`]; `not-a-member` when it is nobody's.
pub fn mine(state: &SiteState, device: &PublicKey) -> Result<MineBody, Problem> {
    let reader = reader_of(state, device);
    let nobody = || Problem::new("not-a-member", "the device may not sign for a resident of this neighbourhood");
    let visitor = reader.visitor.ok_or_else(nobody)?;
    Ok(reader.mine(&visitor.resident)?)
}

fn reader_of(state: &SiteState, device: &PublicKey) -> Reader {
    Reader::new(state).for_visitor(sessions::visitor(&state.driver.registers(), device))
}

//! What a box is asked about its register and its items: over its API, or from the folder of one that is not running.
//!
//! Some of it is for members only. Over the API the device signs in for that; whoever has the folder has everything.

use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{ItemId, OperationId};

use super::client::{Client, ClientError};
use super::door::{Door, StoppedDoor, refused};
use super::error::{CliError, InputError};
use crate::web::body::{
    ForkBody, ItemBody, LogBody, MineBody, NamedResidentBody, ReceiptBody, RegisterBody, SettingBody, TakingBody,
    ThemeFile,
};
use crate::web::error::Problem;
use crate::web::local;

impl Door {
    /// Who may do what.
    ///
    /// # Errors
    /// [`CliError::Client`], as for every question here.
    pub fn register(&self) -> Result<RegisterBody, CliError> {
        self.ask(Client::register, |door| local::register(&door.state))
    }

    /// How the square looks and what is on it.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn setting(&self) -> Result<SettingBody, CliError> {
        self.ask(Client::setting, |door| local::setting(&door.state))
    }

    /// Logo, colours and measures as a file; without the logo where the box does not run.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn theme_file(&self) -> Result<ThemeFile, CliError> {
        self.ask(Client::theme_file, |door| local::theme_file(&door.state))
    }

    /// The devices that signed two operations with one number.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn forks(&self) -> Result<Vec<ForkBody>, CliError> {
        self.ask(Client::forks, |door| local::forks(&door.state))
    }

    /// The neighbours whose boxes erased an item too.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn receipts(&self, item: &ItemId) -> Result<Vec<ReceiptBody>, CliError> {
        self.ask(|client| client.receipts(&item.to_string()), |door| local::receipts(&door.state, item))
    }

    /// What connectors last said about what is taken of a neighbour, or about one post of one.
    ///
    /// # Errors
    /// [`CliError::Client`]; refused when the device belongs to no connector.
    pub fn taking(&self, device: &SecretKey, about: &OperationId) -> Result<Option<TakingBody>, CliError> {
        self.ask_as(device, |client| client.taking(about), |door| local::taking(&door.state, about))
    }

    /// The members and the names they told.
    ///
    /// # Errors
    /// [`CliError::Client`]; refused when the device belongs to no member.
    pub fn names(&self, device: &SecretKey) -> Result<Vec<NamedResidentBody>, CliError> {
        self.ask_as(device, Client::names, |door| local::names(&door.state))
    }

    /// The moderation log.
    ///
    /// # Errors
    /// [`CliError::Client`], and [`InputError::KeyNeeded`] without a key to sign in with at a box elsewhere.
    pub fn log(&self, device: Option<&SecretKey>, after: Option<&str>) -> Result<LogBody, CliError> {
        let local = |door: &StoppedDoor| local::log(&door.state, after);
        match device {
            Some(device) => self.ask_as(device, |client| client.log(after), local),
            None => {
                self.client().map_or_else(|door| local(door).map_err(refused), |_| Err(InputError::KeyNeeded.into()))
            }
        }
    }

    /// All that the device's resident made here.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn mine(&self, device: &SecretKey) -> Result<MineBody, CliError> {
        self.ask_as(device, Client::mine, |door| local::mine(&door.state, &device.public()))
    }

    /// An item as the device's resident sees it.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn item_for(&self, device: &SecretKey, id: &ItemId) -> Result<ItemBody, CliError> {
        let text = id.to_string();
        self.ask_as(device, |client| client.item(&text), |door| local::item_for(&door.state, id, &device.public()))
    }

    /// The raw bytes of an operation, as the device's resident may have them.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn operation_for(&self, device: &SecretKey, id: &OperationId) -> Result<Vec<u8>, CliError> {
        let text = id.to_string();
        let local = |door: &StoppedDoor| local::operation_for(&door.state, id, &device.public());
        self.ask_as(device, |client| client.operation(&text), local)
    }

    fn ask<T>(
        &self,
        client: impl FnOnce(&Client) -> Result<T, ClientError>,
        local: impl FnOnce(&StoppedDoor) -> Result<T, Problem>,
    ) -> Result<T, CliError> {
        match self.client() {
            Ok(asked) => Ok(client(asked)?),
            Err(door) => local(door).map_err(refused),
        }
    }

    fn ask_as<T>(
        &self,
        device: &SecretKey,
        client: impl FnOnce(&Client) -> Result<T, ClientError>,
        local: impl FnOnce(&StoppedDoor) -> Result<T, Problem>,
    ) -> Result<T, CliError> {
        match self.client() {
            Ok(asked) => Ok(client(&asked.signed_in(device, &self.home()?)?)?),
            Err(door) => local(door).map_err(refused),
        }
    }
}

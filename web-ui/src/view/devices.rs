//! A resident's own devices.

use super::desk::DeviceView;
use super::post::Role;

/// "Mijn gegevens", for somebody who is logged in.
#[derive(Clone, Debug)]
pub struct MyDataPage {
    /// The name in their profile, where they told one that may be read here.
    pub name: Option<String>,
    /// What they are trusted with.
    pub role: Role,
    /// Whether they were made a connector with a key that was used twice since, and may decide about that.
    pub waits: bool,
    /// Whether they are the only connector, who cannot leave.
    pub last_connector: bool,
    /// Their devices, those that sign first.
    pub devices: Vec<OwnDevice>,
    /// How many spare keys they have, on cards and in passkeys.
    pub cards: usize,
}

/// One of one's own devices.
#[derive(Clone, Debug)]
pub struct OwnDevice {
    /// What the register says of it.
    pub device: DeviceView,
    /// Whether it is the one that is logged in.
    pub is_this: bool,
}

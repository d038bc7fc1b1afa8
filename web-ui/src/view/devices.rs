//! A resident's own devices.

use super::desk::DeviceView;
use super::desk_queue::DueItem;
use super::moderation::Handle;
use super::post::Role;

/// "Mijn gegevens", for somebody who is logged in.
#[derive(Clone, Debug)]
pub struct MyDataPage {
    /// The name in their profile, where they told one that may be read here.
    pub name: Option<String>,
    /// What they tell about themselves.
    pub profile: OwnProfile,
    /// What they are trusted with.
    pub role: Role,
    /// Whether they were made a connector with a key that was used twice since, and may decide about that.
    pub waits: bool,
    /// Whether they are the only connector, who cannot leave.
    pub last_connector: bool,
    /// Their devices, those that sign first.
    pub devices: Vec<OwnDevice>,
    /// What of their own they are asked to look at: is it still right?
    pub due: Vec<DueItem>,
    /// How many spare keys they have, on cards and in passkeys.
    pub cards: usize,
    /// The address of the square on the home network, where residents may get keys for it.
    pub home_network: Option<String>,
}

/// What somebody tells about themselves, to be changed.
#[derive(Clone, Debug, Default)]
pub struct OwnProfile {
    /// The profile with the name that stands under what they write, if there is one.
    pub named: Option<Handle>,
    /// The profile with the words and talents, for other residents; the same one where they told all at once.
    pub about: Option<Handle>,
    /// A few words.
    pub body: String,
    /// What they like, know and can.
    pub talents: Vec<String>,
}

impl OwnProfile {
    /// What an act needs to know of a profile: its id, its audience and its latest operations.
    #[must_use]
    pub fn reference(handle: &Handle) -> String {
        format!("{} {} {}", handle.id, handle.space, handle.heads.join(" "))
    }

    /// Whether the words are for others than residents: they were told before that was asked.
    #[must_use]
    pub fn is_for_others(&self) -> bool {
        self.about.as_ref().is_some_and(|about| about.space != "members")
    }
}

/// One of one's own devices.
#[derive(Clone, Debug)]
pub struct OwnDevice {
    /// What the register says of it.
    pub device: DeviceView,
    /// Whether it is the one that is logged in.
    pub is_this: bool,
}

//! How it goes with the neighbours: what goes there, what comes from there, and whether their boxes answer.

use jiff::civil::{Date, DateTime};

use super::posts::AreaChoice;
use crate::paths::PostKind;
use crate::qr::QrImage;

/// How it goes with one neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Since when the treaty is in force; none while it is not.
    pub since: Option<Date>,
    /// How many posts we share with neighbours; none where nothing goes there.
    pub shared: Option<usize>,
    /// How many posts of theirs are here; none where nothing comes from there.
    pub taken: Option<usize>,
    /// Whether their boxes answer.
    pub contact: Contact,
    /// How their boxes are reached; none while they are not, or as long as it is not known.
    pub way: Option<Way>,
}

/// Whether the boxes of a neighbour answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// A session is open, and both sides hold the same.
    InStep,
    /// A session is open, and there is something to catch up with.
    CatchingUp,
    /// No session is open; when something last came from there, if this box remembers.
    Away(Option<DateTime>),
}

/// How the box of a neighbour is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// On the same local network.
    NextDoor,
    /// Straight across the internet.
    Direct,
    /// Through the box of another neighbour.
    Through(String),
}

/// What of a neighbour's posts comes on the square, as connectors last said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How.
    pub how: Taken,
    /// Which sorts of posts are taken at all.
    pub kinds: Vec<PostKind>,
    /// The parts of the neighbour's village, and whether posts about each are taken. Where none is named, those about all are.
    pub areas: Vec<(AreaChoice, bool)>,
    /// How many posts of one day are taken at once; 0 for all.
    pub per_day: usize,
    /// When connectors last said so, in milliseconds since the Unix epoch; none if they never did.
    pub said: Option<u64>,
}

impl Policy {
    /// Whether some sorts of posts are not taken.
    #[must_use]
    pub fn chooses_kinds(&self) -> bool {
        self.kinds.len() < PostKind::ALL.len()
    }

    /// The names of the only parts about which posts are taken; none for all.
    #[must_use]
    pub fn only_areas(&self) -> Vec<String> {
        self.areas.iter().filter(|(_, taken)| *taken).map(|(area, _)| area.name.clone()).collect()
    }
}

/// How what a neighbour shares comes on the square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taken {
    /// As soon as it comes.
    #[default]
    AtOnce,
    /// When a connector has approved it.
    AfterApproval,
    /// Not.
    No,
}

/// An offer that the other neighbourhood cannot hear of yet, because neither box knows where the other is: to be handed on by
/// people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOn {
    /// The link for the connectors there.
    pub link: String,
    /// The same for a camera; none when it is too long for that.
    pub qr: Option<QrImage>,
}

/// A post of a neighbour that waits for a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitingPost {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Whether it is an event.
    pub is_event: bool,
    /// Its heading.
    pub title: String,
    /// The neighbourhood it comes from.
    pub from: String,
    /// When it was written.
    pub written: DateTime,
}

/// A neighbour on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedNeighbour {
    /// Its name.
    pub name: String,
    /// Whether what we share goes there.
    pub sends: bool,
    /// Whether what they share comes here.
    pub receives: bool,
    /// Whether its boxes answer.
    pub contact: Contact,
}

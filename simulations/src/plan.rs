//! A run, written down before it begins: who lives where, what they will do and when, and what will go wrong.
//!
//! A scenario makes a plan from a seed; the world carries a plan out. Every person, act and fault has chance of its own, so
//! that a plan from which something was taken out still does the same with the rest. That is what makes it possible to
//! look for the smallest plan that still fails ([`minimise`](crate::minimise)), to write it to a file and to run it again.

use serde::{Deserialize, Serialize};

/// Milliseconds since the start of a run.
pub type Millis = u64;
/// Names a village, for as long as a plan lives: its number stays when others are taken out.
pub type VillageId = u32;
/// Names a box.
pub type BoxId = u32;
/// Names a line.
pub type LineId = u32;
/// Names a person.
pub type PersonId = u32;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The scenario that made it.
    pub scenario: String,
    /// The seed it was made from.
    pub seed: u64,
    /// When the last act and the last fault are over.
    pub ends: Millis,
    /// How long everybody gets to agree after that.
    pub patience: Millis,
    /// The villages.
    pub villages: Vec<Village>,
    /// Their boxes.
    pub boxes: Vec<Machine>,
    /// The lines between boxes.
    pub lines: Vec<Line>,
    /// The pairs of villages that have an agreement from the start.
    pub treaties: Vec<[VillageId; 2]>,
    /// The people, founders among them.
    pub people: Vec<Person>,
    /// What people do, in the order of time.
    pub acts: Vec<Act>,
    /// What goes wrong, in the order of time.
    pub faults: Vec<Fault>,
    /// A mistake in the program itself, to see that the checkers find it.
    pub planted: Option<String>,
}

/// A village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Village {
    /// Its name here.
    pub id: VillageId,
    /// What it is called.
    pub name: String,
    /// How many people live there, most of whom only read.
    pub inhabitants: u32,
    /// Where it lies on the map of the report, each from 0 to 1.
    pub place: [f32; 2],
}

/// A box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Its name here.
    pub id: BoxId,
    /// Whose it is.
    pub village: VillageId,
    /// How far its clock is ahead of the world's; negative when it is behind. Up to a year.
    pub clock_error: i64,
}

/// A line between two boxes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name here.
    pub id: LineId,
    /// The boxes at its ends.
    pub boxes: [BoxId; 2],
    /// How good it is.
    pub quality: Quality,
    /// Who can dial: behind a router that lets nobody in, only the box itself can.
    pub dials: Dials,
}

/// How good a line is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// One way, in milliseconds.
    pub latency: Millis,
    /// What comes on top by chance, at most, in milliseconds.
    pub jitter: Millis,
    /// Bytes per millisecond.
    pub bandwidth: u32,
    /// The chance that a frame has to be sent again.
    pub loss: f64,
    /// The chance that a frame is the last one before the stream breaks.
    pub breakage: f64,
    /// The chance that a frame arrives twice.
    pub duplication: f64,
    /// The chance that a frame is overtaken by the one after it.
    pub reordering: f64,
}

/// Who can open a stream over a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dials {
    /// Either.
    Both,
    /// Only the first of its boxes.
    First,
    /// Only the second.
    Second,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their name here.
    pub id: PersonId,
    /// Where they live.
    pub village: VillageId,
    /// The box each of their devices talks to; the first device is the one they join with.
    pub devices: Vec<BoxId>,
    /// What they are from the start; everybody else has to be let in.
    pub part: Part,
    /// What all they draw by chance follows from.
    pub seed: u64,
}

/// What somebody is when a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Founded the village.
    Founder,
    /// A connector from the start.
    Connector,
    /// A member from the start.
    Resident,
    /// Not yet a member.
    Newcomer,
    /// Out for harm; a member from the start.
    Hostile,
}

/// Something somebody does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// When.
    pub at: Millis,
    /// Who.
    pub who: PersonId,
    /// What.
    pub what: Deed,
    /// What all that is drawn by chance in it follows from.
    pub seed: u64,
}

/// What people do. Where something has to be chosen (which post, which text) chance does it when the time has come, among
/// what the person's box shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Asks a connector for a letter and joins with it.
    Join,
    /// As `Join`, with a photograph of somebody else's letter.
    JoinWithLetterOf(PersonId),
    /// Adds the device with this number.
    AddDevice(u8),
    /// Writes something new.
    Write {
        /// For the neighbours as well.
        shared: bool,
        /// In the name of an organisation.
        official: bool,
    },
    /// Changes something of their own, on the device with this number.
    Edit(u8),
    /// Changes something of their own on two devices at once, neither knowing of the other.
    EditTwice,
    /// Shows something of their own to other people than before.
    Show {
        /// To more of them, or to fewer.
        wider: bool,
    },
    /// Answers something their box shows, at home or from next door.
    Answer,
    /// Reads the front page of their box.
    Read,
    /// Erases something of their own.
    Erase,
    /// Objects to what was done to something of their own.
    Appeal,
    /// Hides, shows, pins, marks or erases something, as connectors do.
    Moderate,
    /// Signs what another connector proposed.
    Endorse,
    /// Objects to a recovery.
    Veto,
    /// Loses all devices; a connector gives them a new one, face to face.
    LosePhone,
    /// Retires a device of their own.
    RetireDevice,
    /// Removes somebody.
    Remove(PersonId),
    /// Brings back the honest work of somebody.
    Rescue(PersonId),
    /// Comes back after having been removed, with a new letter.
    Return,
    /// Leaves, having everything erased.
    Leave,
    /// Says, as a connector, that residents may have keys for the home network.
    AllowHomeKeys,
    /// Makes somebody a connector.
    Promote(PersonId),
    /// Takes the role of connector from somebody.
    Demote(PersonId),
    /// Ends the agreement with a neighbour.
    EndTreaty(VillageId),
    /// Offers a neighbour an agreement, or accepts theirs.
    Agree(VillageId),
    /// Founds a circle, and lets everybody in with whom there is an agreement.
    Gather,
    /// Joins a circle that the village was let into.
    JoinCircle,
    /// Leaves a circle, shows somebody out of the own one, or ends it.
    LeaveCircle,
    /// Writes something with a photo, or gives something of their own another one, on the device with this number.
    Picture(u8),
    /// The next update of an alert that everybody has to have.
    Alert(u32),
    /// Restores a backup of a device and writes on from it: a fork.
    RestoreBackup,
    /// Does harm, by the name of the attack or of the conduct.
    Harm(String),
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// When.
    pub at: Millis,
    /// What.
    pub what: Trouble,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trouble {
    /// A line is down for so long.
    LineDown(LineId, Millis),
    /// A box is shut down in order and started again after so long.
    BoxOff(BoxId, Millis),
    /// The power fails at the next write of a box, and comes back after so long.
    PowerCut(BoxId, Moment, Millis),
    /// A box's clock jumps by so much.
    ClockJump(BoxId, i64),
    /// A box's disk takes no more writes for so long.
    DiskFull(BoxId, Millis),
}

/// When, in the course of one write, the power fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moment {
    /// Before any of it reached the disk.
    Before,
    /// When part of it had: the last write is torn.
    Torn,
    /// When it stood on the disk and nobody had been told.
    Synced,
}

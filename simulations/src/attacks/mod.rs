//! A library of attacks: what a hostile resident, connector, device, box or neighbour may try, each by name, with the answer
//! it has to get. [`ALL`] holds them; [`run`] lets one loose on a real replica, through the form and through a peer.
//!
//! An attack holds nothing up and changes nothing: no row, nobody's membership, role or device, no letter, box or
//! agreement. It may leave a refused operation behind, within the bounds for those.
//!
//! [`cast`] lets those who are out for harm in a scenario carry them out in the middle of everything else; then it is the
//! checkers who say whether they held.

pub mod cast;
mod crew;
mod forged;
mod home_key;
mod items;
mod lock_out;
mod report;
mod resurrecting;
mod self_promoting;
mod stage;
mod timing;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::operation::Signed;
use serde::Serialize;

pub use report::{Report, run, run_all};
pub use stage::{Home, Letter, Person, Stage, StageError};

/// All attacks, by what they try.
pub const ALL: [&[Attack]; 7] = [
    &forged::ATTACKS,
    &timing::ATTACKS,
    &items::ATTACKS,
    &self_promoting::ATTACKS,
    &resurrecting::ATTACKS,
    &lock_out::ATTACKS,
    &home_key::ATTACKS,
];

/// The attack with this name.
pub fn named(name: &str) -> Option<&'static Attack> {
    ALL.iter().flat_map(|attacks| attacks.iter()).find(|attack| attack.name == name)
}

/// One attack.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Its name: that of the function that makes it.
    pub name: &'static str,
    /// What sort of attack it is.
    pub class: Class,
    /// Who does it.
    pub actor: &'static str,
    /// What has to become of it.
    pub expects: Expected,
    /// Makes it, having set up what it needs.
    pub make: fn(&mut Stage) -> Result<Blow, StageError>,
}

/// What sort of attack it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Signed by somebody else, or changed after it was signed.
    Forged,
    /// Good bytes in a wrong place.
    Replayed,
    /// Pretends to be older than it is.
    Backdated,
    /// Two operations with one number.
    Forked,
    /// What it builds on is kept back.
    Withheld,
    /// From or about another neighbourhood.
    CrossNeighbourhood,
    /// In or about another audience.
    CrossSpace,
    /// Leans on what has run out.
    Expired,
    /// Takes rights that nobody gave.
    SelfPromoting,
    /// Brings back what was taken away.
    Resurrecting,
    /// Uses something twice that is good for once.
    DoubleRedemption,
    /// Would leave nobody to look after the village.
    LockOut,
}

/// What has to become of an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It is turned away before anybody asks who may do what, with the problem of this name.
    TurnedAway(&'static str),
    /// It is refused for this reason.
    Refused(Reason),
    /// It waits for something that never comes; a form answers with the problem of this name.
    Waits(&'static str),
    /// It is a proposal without effect until a second connector signs.
    Proposed,
    /// It is known already, and so does nothing.
    Known,
}

/// What an attacker hands in, and where.
#[derive(Clone, Debug)]
pub struct Blow {
    /// Whose box.
    pub at: Home,
    /// The bytes, an operation's transfer form or what looks like one.
    pub transfer: Vec<u8>,
}

impl Blow {
    /// An operation handed in at the village under attack.
    pub fn at_home(stage: &Stage, operation: &Signed) -> Self {
        Self { at: stage.home.clone(), transfer: operation.encode() }
    }
}

/// The attacks in a module, each named by its function.
macro_rules! attacks {
    ($($name:ident: $class:ident, $actor:literal, $expects:expr;)+) => {
        /// The attacks of this module.
        pub(super) const ATTACKS: [super::Attack; [$(stringify!($name)),+].len()] = [$(
            super::Attack {
                name: stringify!($name),
                class: super::Class::$class,
                actor: $actor,
                expects: $expects,
                make: $name,
            },
        )+];
    };
}
use attacks;

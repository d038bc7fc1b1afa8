//! Deliberate mistakes in this crate, so that whoever checks it can be checked: a checker that never failed proves nothing.
//!
//! Without the feature `planted` there are none: [`planted`] is `false` at compile time, and what is shipped is the same as
//! if this file did not exist. The feature is for the simulator alone.

#[cfg(feature = "planted")]
use std::cell::Cell;

/// The mistakes, with their names and their documentation.
macro_rules! bugs {
    ($($(#[doc = $about:literal])+ $variant:ident $name:literal,)+) => {
        /// A deliberate mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Bug {
            $($(#[doc = $about])+ $variant,)+
        }

        impl Bug {
            /// Every mistake there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, as a plan and the command line write it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What is wrong, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($about),+).trim(),)+
                }
            }

            /// The mistake with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|bug| bug.name() == name)
            }
        }
    };
}

bugs! {
    /// No signature is looked at.
    SkipsSignatures "skips-signatures",
    /// Of the parents of an edit only the first is seen.
    DropsParents "drops-parents",
    /// An edit is applied to what happens to be there, and not to what its author saw.
    AppliesToWhatIsThere "applies-to-what-is-there",
    /// Of edits the one with the latest clock wins.
    LatestClockWins "latest-clock-wins",
    /// A set is compared without what the other side is believed to have already.
    FiltersPerPeer "filters-per-peer",
    /// The last operation of the last answer to a request is forgotten.
    DropsTheLastBatch "drops-the-last-batch",
    /// What is shared with neighbours is neither pushed nor compared.
    ForgetsASpace "forgets-a-space",
    /// Whoever names an operation gets it.
    ServesAnybody "serves-anybody",
    /// A neighbour is shown the square as well.
    ShowsTheSquare "shows-the-square",
    /// What waited for something is not looked at when that arrives.
    ForgetsToWake "forgets-to-wake",
    /// When somebody's place in the register changes, what they wrote is not decided again.
    NeverDecidesAgain "never-decides-again",
    /// A letter can be redeemed by as many as like.
    RedeemsTwice "redeems-twice",
    /// A removal does not say up to where a device counts.
    IgnoresCounts "ignores-counts",
    /// A connector signs their own proposal a second time.
    EndorsesOneself "endorses-oneself",
    /// A device that forked goes on.
    NeverFreezes "never-freezes",
    /// A key for the home network does what any other device of its resident does.
    TrustsHomeKeys "trusts-home-keys",
    /// Any resident pins.
    ResidentsPin "residents-pin",
    /// What was erased keeps its payload.
    KeepsTheErased "keeps-the-erased",
    /// There is room for any number of operations that nothing permits.
    KeepsAnyNumber "keeps-any-number",
    /// Sessions that were closed stay.
    KeepsClosedSessions "keeps-closed-sessions",
    /// In the shell: a box answers before what it answers about is on its disk.
    AcknowledgesBeforeSync "acknowledges-before-sync",
    /// In the shell: a disk takes a record for whole that was torn when the power failed.
    ReadsTornRecords "reads-torn-records",
}

#[cfg(feature = "planted")]
thread_local! {
    /// By thread, so that tests that run side by side do not see each other's.
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a mistake on this thread, or takes it away again.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether this mistake is planted.
#[cfg(feature = "planted")]
pub fn planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether this mistake is planted: it is not.
#[cfg(not(feature = "planted"))]
pub const fn planted(_: Bug) -> bool {
    false
}

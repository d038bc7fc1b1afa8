//! The JSON of what connectors do about neighbours.

use dorpsplein_protocol::projection::{Acceptance, Welcome};
use dorpsplein_protocol::replica::Imported;
use dorpsplein_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A treaty link that a connector was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntroductionBody {
    /// The link, as the connectors of the other neighbourhood handed it on.
    pub link: String,
}

/// What a treaty link offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntroducedBody {
    /// The neighbourhood that offers a treaty.
    pub neighbourhood: String,
    /// The operation in which it does: what the acceptance names.
    pub operation: String,
}

/// What connectors said about what is taken of a neighbour, or about one post of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakingBody {
    /// 0 it is taken at once, 1 after a connector has approved it, 2 not.
    pub accepts: u8,
    /// Which kinds are taken at all, the sum of 1 for news and 2 for events; 0 for all.
    pub kinds: u8,
    /// How many posts that were written on one day are taken at once; 0 for all.
    pub per_day: u16,
    /// When they said so, by the clock of whoever did. What is said next about the same has to be later to count.
    pub said: u64,
}

impl TakingBody {
    /// An acceptance, and when it was made.
    pub const fn of(acceptance: &Acceptance, said: Timestamp) -> Self {
        let accepts = match acceptance.welcome {
            Welcome::AtOnce => 0,
            Welcome::AfterApproval => 1,
            Welcome::No => 2,
        };
        Self { accepts, kinds: acceptance.kinds, per_day: acceptance.per_day, said: said.as_millis() }
    }
}

/// A frame of a bundle.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct BundleFrame(pub Vec<u8>);

/// All that a box holds, piece by piece.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct BackupPieces(pub Vec<u8>);

/// What became of the operations in a frame of a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedBody {
    /// They were not here, and count.
    pub taken: u64,
    /// They were here already.
    pub known: u64,
    /// They are kept until something comes that they build on.
    pub waiting: u64,
    /// They are of a neighbourhood or a space that this box has nothing to do with.
    pub elsewhere: u64,
    /// They are worth nothing here, or there is no room for what nobody permits.
    pub refused: u64,
    /// Nobody signed them, or they are of a version this box cannot read.
    pub unreadable: u64,
}

impl From<Imported> for ImportedBody {
    fn from(imported: Imported) -> Self {
        let Imported { taken, known, waiting, elsewhere, refused, unreadable } = imported;
        Self { taken, known, waiting, elsewhere, refused, unreadable }
    }
}

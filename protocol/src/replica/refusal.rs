//! Why a submission is refused: one enum for every step of the one door.

use thiserror::Error;

use crate::authority::{Missing, Reason};
use crate::operation::SignedError;
use crate::validate::ValidateError;

/// Why an operation was refused; nothing of it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is not a signed operation.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// What it says makes no sense.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// Its author may not do this.
    #[error(transparent)]
    NotPermitted(#[from] Reason),
    /// Something it builds on is not here.
    #[error("something it builds on is not here")]
    Missing(Missing),
    /// It belongs to a neighbourhood this box does not serve.
    #[error("this box does not serve that neighbourhood")]
    WrongNeighbourhood,
    /// It refers to a photo that was not handed in here, or to one of another length.
    #[error("it refers to a photo that was not handed in here")]
    PhotoMissing,
    /// The box cannot store anything now; trying again later is worth it.
    #[error("the box cannot store anything now")]
    Storage,
}

impl Refusal {
    /// Every name that [`Refusal::problem`] gives, sorted: each has a sentence on the pages and a document in the API.
    pub const PROBLEMS: [&'static str; 45] = [
        "after-removal",
        "already-a-member",
        "bad-signature",
        "claim-proof",
        "erased",
        "forked",
        "frozen",
        "future-time",
        "home-key",
        "home-key-expired",
        "home-key-period",
        "home-keys-off",
        "invalid-content",
        "invitation-expired",
        "invitation-period",
        "invitation-used",
        "invitation-withdrawn",
        "last-connector",
        "malformed",
        "missing-parents",
        "needs-second-signature",
        "no-treaty",
        "not-a-connector",
        "not-a-member",
        "not-a-speaker",
        "not-canonical",
        "not-permitted",
        "not-the-author",
        "nothing-to-endorse",
        "own-history-skipped",
        "payload-mismatch",
        "photo-missing",
        "space-not-allowed",
        "storage",
        "text-too-long",
        "too-deep",
        "too-early",
        "too-large",
        "unknown-author",
        "unknown-invitation",
        "unsupported-version",
        "vetoed",
        "voided",
        "weak-key",
        "wrong-neighbourhood",
    ];

    /// The problem's stable name: the last part of its `type` in the API, the key of its sentence on a page.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Signed(error) => error.problem(),
            Self::Validate(error) => error.problem(),
            Self::NotPermitted(reason) => reason_problem(reason),
            Self::Missing(Missing::Parent(_) | Missing::Payload(_) | Missing::Subject(_)) => "missing-parents",
            Self::Missing(Missing::Invitation(_)) => "unknown-invitation",
            Self::Missing(Missing::Author(_)) => "not-a-member",
            Self::Missing(Missing::Neighbourhood(_)) => "unknown-author",
            Self::Missing(Missing::Time(_)) => "future-time",
            Self::WrongNeighbourhood => "wrong-neighbourhood",
            Self::PhotoMissing => "photo-missing",
            Self::Storage => "storage",
        }
    }
}

const fn reason_problem(reason: &Reason) -> &'static str {
    match reason {
        Reason::NotAMember => "not-a-member",
        Reason::NotAConnector => "not-a-connector",
        Reason::SpaceNotAllowed | Reason::Elsewhere | Reason::Withdrawn => "space-not-allowed",
        Reason::NoTreaty => "no-treaty",
        Reason::NotTheAuthor => "not-the-author",
        Reason::NoSuchAct
        | Reason::NoSuchResident
        | Reason::NoSuchOffer
        | Reason::SecondGenesis
        | Reason::DevicesNotNamed
        | Reason::NothingSuch => "not-permitted",
        Reason::Voided => "voided",
        Reason::DeviceRetired | Reason::AfterRemoval => "after-removal",
        Reason::InvitationWithdrawn => "invitation-withdrawn",
        Reason::NeedsSecondSignature => "needs-second-signature",
        Reason::NothingToEndorse => "nothing-to-endorse",
        Reason::TooEarly => "too-early",
        Reason::Vetoed => "vetoed",
        Reason::LastConnector => "last-connector",
        Reason::NotASpeaker => "not-a-speaker",
        Reason::Frozen => "frozen",
        Reason::HomeKey => "home-key",
        Reason::HomeKeyExpired => "home-key-expired",
        Reason::HomeKeysOff => "home-keys-off",
        Reason::Erased => "erased",
        Reason::OwnHistorySkipped => "own-history-skipped",
        Reason::Forked => "forked",
        Reason::InvitationUsed => "invitation-used",
        Reason::InvitationExpired => "invitation-expired",
        Reason::NotAnInvitation => "unknown-invitation",
        Reason::ClaimProof => "claim-proof",
        Reason::AlreadyAMember => "already-a-member",
    }
}

//! Statements of the register: who may do what. Keys and roles, never names of people or addresses, because the register
//! cannot be erased.

mod admission;
mod agreement;
mod community;
mod home_key;
mod standing;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::codec;

pub use admission::{Claim, ClaimProof, DeviceAddition, Genesis, Invitation, Recovery, RecoveryKey};
pub use agreement::{
    BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleJoining, CircleLeaving, Treaty,
    TreatyDirection, TreatyEnd,
};
pub use community::{Organisation, SpeakerChange, SubArea, SubAreaEnd};
pub use home_key::{HomeKey, HomeKeyPolicy, MAX_HOME_KEY_MS};
pub use standing::{
    DeviceCount, DeviceRetirement, Endorsement, ForkDecision, InvitationWithdrawal, MemberRemoval, Rescue, Role,
    RoleChange, Veto,
};

/// The most devices one statement may name.
pub const MAX_DEVICE_COUNTS: usize = 64;

/// Writes the enumeration of statements with its encoding, `[number, body]`.
macro_rules! statements {
    ($($(#[$doc:meta])* $number:literal $name:ident),+ $(,)?) => {
        /// One statement. Encoded as `[number, body]`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Statement {
            $($(#[$doc])* $name($name),)+
            /// A statement of a later version: kept, passed on, without effect here.
            Unknown(
                /// The whole canonical encoding of the statement.
                Vec<u8>,
            ),
        }

        impl<C> Encode<C> for Statement {
            fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
                match self {
                    $(Self::$name(body) => encoder.array(2)?.u8($number)?.encode_with(body, context).map(drop),)+
                    Self::Unknown(raw) => encoder.writer_mut().write_all(raw).map_err(EncodeError::write),
                }
            }
        }

        impl<'b, C> Decode<'b, C> for Statement {
            fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
                let start = decoder.position();
                let length = decoder.array()?;
                let number = decoder.u16()?;
                if [$($number),+].contains(&number) && length != Some(2) {
                    return Err(DecodeError::message("a statement has a number and a body"));
                }
                Ok(match number {
                    $($number => Self::$name(decoder.decode_with(context)?),)+
                    _ => Self::Unknown(codec::take_value(decoder, start)?.to_vec()),
                })
            }
        }
    };
}

statements! {
    /// 0: a neighbourhood begins; its author is the first connector.
    0 Genesis,
    /// 1: somebody may join.
    1 Invitation,
    /// 2: somebody joins with an invitation.
    2 Claim,
    /// 3: a resident adds a device of their own.
    3 DeviceAddition,
    /// 4: a role is granted or withdrawn.
    4 RoleChange,
    /// 5: a machine speaks for the neighbourhood.
    5 BoxCertificate,
    /// 6: two neighbourhoods agree to share.
    6 Treaty,
    /// 7: an open invitation is taken back.
    7 InvitationWithdrawal,
    /// 8: a device no longer signs.
    8 DeviceRetirement,
    /// 9: somebody is no longer a member.
    9 MemberRemoval,
    /// 10: honest work of a device counts after all.
    10 Rescue,
    /// 11: which of two operations with one number counts.
    11 ForkDecision,
    /// 12: a key on paper may add a device.
    12 RecoveryKey,
    /// 13: a connector gives a resident a new device for a lost one.
    13 Recovery,
    /// 14: a second connector signs a heavy act.
    14 Endorsement,
    /// 15: an old device objects to a recovery.
    15 Veto,
    /// 16: a machine no longer speaks for the neighbourhood.
    16 BoxRetirement,
    /// 17: a treaty ends.
    17 TreatyEnd,
    /// 18: a circle of neighbourhoods begins.
    18 CircleFounding,
    /// 19: a neighbourhood may join a circle.
    19 CircleAdmission,
    /// 20: a neighbourhood joins a circle.
    20 CircleJoining,
    /// 21: a neighbourhood leaves a circle, or is shown out.
    21 CircleLeaving,
    /// 22: a circle ends.
    22 CircleEnd,
    /// 23: an organisation becomes a member.
    23 Organisation,
    /// 24: somebody speaks for an organisation, or no longer.
    24 SpeakerChange,
    /// 25: a part of the neighbourhood is distinguished.
    25 SubArea,
    /// 26: it no longer is.
    26 SubAreaEnd,
    /// 27: whether residents may have keys for the home network.
    27 HomeKeyPolicy,
    /// 28: a resident gets a key for the home network.
    28 HomeKey,
}

//! Logging in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a device signs to log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeBody {
    /// 32 bytes, 64 hexadecimal digits.
    pub challenge: String,
    /// From this time on it can no longer be answered.
    pub expires: u64,
}

/// A device that logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoginBody {
    /// Its public key.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub device: String,
    /// The challenge it answers.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub challenge: String,
    /// Its signature, 128 hexadecimal digits, over SHA-256(`dorpsplein/session/1` ‖ neighbourhood ‖ challenge ‖ host of the
    /// site as in its address).
    #[schema(pattern = "^[0-9a-f]{128}$")]
    pub signature: String,
}

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VisitorBody {
    /// The device.
    pub device: String,
    /// The resident.
    pub resident: String,
    /// What they are trusted with: `resident` or `connector`.
    pub role: String,
}

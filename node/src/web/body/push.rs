//! The JSON of a browser that asks for notices.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A device that asks for notices (Web Push), as its browser gives what it takes to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushBody {
    /// Where its push service takes notices for it: an https address.
    pub endpoint: String,
    /// The browser's public key: an uncompressed point on P-256, base64url.
    pub p256dh: String,
    /// The secret it shares with this box: 16 bytes, base64url.
    pub auth: String,
    /// The language of the notices, by its tag.
    pub lang: String,
    /// About what, by names of kinds.
    pub kinds: Vec<String>,
    /// Whether alerts may come in the quiet hours as well.
    #[serde(default)]
    pub alerts_at_night: bool,
}

/// Where a browser is reached from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReachedBody {
    /// Where its push service takes notices for it: an https address.
    pub endpoint: String,
    /// The browser's public key: an uncompressed point on P-256, base64url.
    pub p256dh: String,
    /// The secret it shares with this box: 16 bytes, base64url.
    pub auth: String,
}

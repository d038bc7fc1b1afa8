//! Which devices want notices, and what they were told: what is in the file of each of them ([`Records`]).
//!
//! Where a device is reached is in its file, in this process, and nowhere else: not in the store, the register, the log, or
//! on another box.

use std::collections::BTreeMap;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::PostKind;
use serde::{Deserialize, Serialize};

use crate::data_folder::records::Records;

/// The folder of the files in the data folder.
pub(super) const FOLDER: &str = "push";

/// All of them, by the device.
pub(super) type Book = Records<PublicKey, Subscription>;

/// What a device asked for, and what it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Whose device it is.
    pub resident: String,
    /// Where its browser's push service takes notices for it.
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    /// The secret it shares with this box, base64url.
    pub auth: String,
    lang: String,
    kinds: Vec<String>,
    /// Whether alerts come in the quiet hours as well.
    pub alerts_at_night: bool,
    /// When it was asked for, in milliseconds since the epoch: what was written before is no news.
    pub since: u64,
    /// What it was told, with when that was written, as long as it could be told once more.
    told: BTreeMap<String, u64>,
    /// How many notices in a row its push service refused.
    pub refused: u8,
}

/// What a device asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Where its browser's push service takes notices for it.
    pub endpoint: String,
    /// The browser's public key: an uncompressed point on P-256, base64url without padding.
    pub p256dh: String,
    /// The secret it shares with this box: 16 bytes, base64url without padding.
    pub auth: String,
    /// In which language.
    pub lang: Lang,
    /// About what.
    pub kinds: Vec<PostKind>,
    /// Whether alerts may come in the quiet hours as well.
    pub alerts_at_night: bool,
}

impl Subscription {
    pub(super) fn new(resident: &ResidentId, wish: &Wish, now: Timestamp) -> Self {
        Self {
            resident: resident.to_string(),
            endpoint: wish.endpoint.clone(),
            p256dh: wish.p256dh.clone(),
            auth: wish.auth.clone(),
            lang: wish.lang.tag().to_owned(),
            kinds: wish.kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            alerts_at_night: wish.alerts_at_night,
            since: now.as_millis(),
            told: BTreeMap::new(),
            refused: 0,
        }
    }

    /// The language of the notices.
    pub fn lang(&self) -> Lang {
        Lang::from_tag(&self.lang).unwrap_or_default()
    }

    /// What they are about.
    pub fn kinds(&self) -> Vec<PostKind> {
        self.kinds.iter().filter_map(|name| PostKind::from_name(name)).collect()
    }

    /// Its browser is reached elsewhere from now on; what it wants and was told stays.
    pub(super) fn is_reached_at(&mut self, endpoint: &str, key: &str, secret: &str) {
        endpoint.clone_into(&mut self.endpoint);
        key.clone_into(&mut self.p256dh);
        secret.clone_into(&mut self.auth);
        self.refused = 0;
    }

    pub(super) fn knows(&self, item: &ItemId) -> bool {
        self.told.contains_key(&item.to_string())
    }

    /// Notes what it was told, and forgets what was written before `oldest`, which is not told any more.
    pub(super) fn has_heard(&mut self, told: &[(ItemId, Timestamp)], oldest: u64) {
        self.told.extend(told.iter().map(|(item, created)| (item.to_string(), created.as_millis())));
        self.told.retain(|_, created| *created >= oldest);
    }
}

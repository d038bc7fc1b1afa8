//! Who wants post, and what of it they were told: what is in the file of each of them ([`Records`]).
//!
//! An address is in its file, in this process, and nowhere else: not in the store, the register, the log, or on another box.

use std::collections::BTreeSet;

use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::Frequency;
use serde::{Deserialize, Serialize};

use super::wish::Wish;
use crate::data_folder::records::Records;

/// The folder of the files in the data folder.
pub(super) const FOLDER: &str = "mail";

/// All of them.
pub(super) type Book = Records<ResidentId, Subscription>;

/// What somebody asked for, and what they were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where the post goes.
    pub address: String,
    /// The language of the page on which it was asked for, by its tag.
    pub lang: String,
    frequency: String,
    kinds: Vec<String>,
    /// Whether titles of what is for residents alone may be named.
    pub members: bool,
    /// When it was asked for, in milliseconds since the epoch.
    pub asked: u64,
    /// The secret in the link with which it is confirmed; none when it was.
    pub ask: Option<String>,
    /// Whether the mail with that link went out.
    pub ask_sent: bool,
    /// The secret in the link that stops it.
    pub stop: String,
    /// When it was confirmed: what was written before is no news.
    pub since: u64,
    /// Until when everything was told: when it was confirmed, or the last digest was made.
    pub told_until: u64,
    /// What was told of the last days, so that nothing is told twice and nothing that comes late is left out.
    told: BTreeSet<String>,
    /// How many mails in a row were refused for this address.
    pub refused: u8,
}

impl Subscription {
    pub(super) fn new(wish: &Wish, ask: String, stop: String, now: Timestamp) -> Self {
        let mut subscription = Self {
            address: wish.address.clone(),
            lang: String::new(),
            frequency: String::new(),
            kinds: Vec::new(),
            members: false,
            asked: now.as_millis(),
            ask: Some(ask),
            ask_sent: false,
            stop,
            since: now.as_millis(),
            told_until: now.as_millis(),
            told: BTreeSet::new(),
            refused: 0,
        };
        subscription.choose(wish);
        subscription
    }

    /// Takes over what is wished but the address.
    pub(super) fn choose(&mut self, wish: &Wish) {
        wish.lang.tag().clone_into(&mut self.lang);
        wish.frequency.name().clone_into(&mut self.frequency);
        self.kinds = wish.kinds.iter().map(|kind| kind.name().to_owned()).collect();
        self.members = wish.members;
    }

    /// The language of the post.
    pub fn lang(&self) -> Lang {
        Lang::from_tag(&self.lang).unwrap_or_default()
    }

    /// How often it is sent.
    pub fn frequency(&self) -> Frequency {
        Frequency::from_name(&self.frequency).unwrap_or_default()
    }

    /// What it is about.
    pub fn kinds(&self) -> Vec<PostKind> {
        self.kinds.iter().filter_map(|name| PostKind::from_name(name)).collect()
    }

    /// What was told of the last days.
    pub fn told(&self) -> BTreeSet<ItemId> {
        self.told.iter().filter_map(|id| ItemId::from_hex(id)).collect()
    }

    pub(super) fn has_told(&mut self, told: &BTreeSet<ItemId>) {
        self.told = told.iter().map(ToString::to_string).collect();
    }
}

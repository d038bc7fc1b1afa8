//! The fields of an item as they stand.

use std::ops::RangeInclusive;

use minicbor::{Decode, Encode};

use super::Acceptance;
use crate::operation::{AreaId, Field, OperationId, Value};
use crate::photo::Photo;
use crate::recurrence::Recurrence;
use crate::time::{CivilTime, Day};

/// The fields of an item that this version knows; those that do not belong to its kind are empty, and take no room in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Content {
    /// Heading; the name of a club or a group.
    #[n(0)]
    pub title: Option<String>,
    /// The text.
    #[n(1)]
    pub body: Option<String>,
    /// When an event starts; a recurring one for the first time.
    #[n(2)]
    pub starts: Option<CivilTime>,
    /// When an event ends; a recurring one for the first time.
    #[n(3)]
    pub ends: Option<CivilTime>,
    /// Where an event is.
    #[n(4)]
    pub place: Option<String>,
    /// Whether an event is called off.
    #[cbor(n(5), skip_if = "is_no")]
    pub cancelled: bool,
    /// A resident's name; that of a square in a setting.
    #[n(6)]
    pub name: Option<String>,
    /// What a resident likes, knows and can; sorted.
    #[cbor(n(7), skip_if = "Vec::is_empty")]
    pub talents: Vec<String>,
    /// Its photos, in the order of their fields; at most [`MAX_PHOTOS`](crate::photo::MAX_PHOTOS).
    #[cbor(n(8), skip_if = "Vec::is_empty")]
    pub photos: Vec<ItemPhoto>,
    /// What this neighbourhood takes of what others share.
    #[n(9)]
    pub acceptance: Option<Acceptance>,
    /// The neighbourhood or the item that an acceptance is about; the item that a report, a review request or a consent is
    /// about.
    #[n(10)]
    pub about: Option<OperationId>,
    /// The sub-area it is about.
    #[n(11)]
    pub area: Option<AreaId>,
    /// What it belongs to, one of the categories of its square when it was written.
    #[n(12)]
    pub category: Option<String>,
    /// By when its maker looks whether it is still true.
    #[n(13)]
    pub review_by: Option<Day>,
    /// An offer or a request is arranged, an alert is over; in an update: it says so about its alert.
    #[cbor(n(14), skip_if = "is_no")]
    pub settled: bool,
    /// How many people can come to an event; none: as many as like to.
    #[n(15)]
    pub capacity: Option<u32>,
    /// How an event recurs.
    #[n(16)]
    pub repeats: Option<Recurrence>,
    /// The days on which a recurring event does not happen; sorted, at most [`MAX_EXCEPT`](crate::validate::MAX_EXCEPT).
    #[cbor(n(17), skip_if = "Vec::is_empty")]
    pub except: Vec<Day>,
    /// Whether an event lasts all day.
    #[cbor(n(18), skip_if = "is_no")]
    pub all_day: bool,
    /// The name an imported event has in the calendar it came from.
    #[n(19)]
    pub uid: Option<String>,
    /// Where something that was imported came from.
    #[n(20)]
    pub source: Option<String>,
    /// A number to call.
    #[n(21)]
    pub phone: Option<String>,
    /// An address for mail.
    #[n(22)]
    pub email: Option<String>,
    /// The address of a site: begins with `https://` or `http://`.
    #[n(23)]
    pub website: Option<String>,
    /// When it is open.
    #[n(24)]
    pub hours: Option<String>,
    /// How many people a sign-up is for; none: one.
    #[n(25)]
    pub party: Option<u8>,
    /// For whom its author wrote it down.
    #[n(26)]
    pub on_behalf: Option<String>,
    /// The colours and measures of a square, each `name=value`; sorted.
    #[cbor(n(27), skip_if = "Vec::is_empty")]
    pub tokens: Vec<String>,
    /// The categories of a square; sorted.
    #[cbor(n(28), skip_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What a square does without; sorted.
    #[cbor(n(29), skip_if = "Vec::is_empty")]
    pub modules_off: Vec<String>,
    /// What stands under the name of a square.
    #[n(30)]
    pub tagline: Option<String>,
}

/// A photo of an item, and the field that refers to it. Where two devices filled one field at once, both photos are here.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ItemPhoto {
    /// The field.
    #[n(0)]
    pub field: Field,
    /// The photo.
    #[n(1)]
    pub photo: Photo,
}

/// A field on which concurrent edits disagree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Conflict {
    /// Which field.
    #[n(0)]
    pub field: Field,
    /// Every version, the one that counts first.
    #[n(1)]
    pub values: Vec<Value>,
}

impl Content {
    /// When an event happens on these days, in order: once, or each time it recurs, without the days on which it does not.
    /// Nothing for what has no start. Costs as [`Recurrence::occurrences`].
    pub fn occurrences(&self, days: RangeInclusive<Day>) -> impl Iterator<Item = CivilTime> {
        let within = days.clone();
        let once = self.starts.iter().filter(|_| self.repeats.is_none()).cloned();
        let once = once.filter(move |starts| within.contains(&starts.day()));
        let rule = self.starts.as_ref().zip(self.repeats.as_ref());
        let recurring = rule.into_iter().flat_map(move |(first, rule)| rule.occurrences(first, days.clone()));
        once.chain(recurring.filter(|at| self.except.binary_search(&at.day()).is_err()))
    }
}

fn is_no(yes: &bool) -> bool {
    !yes
}

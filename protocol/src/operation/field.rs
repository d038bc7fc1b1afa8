//! What items are made of. Which values a field takes is in [`validate`](crate::validate).

use minicbor::{Decode, Encode};

use crate::photo::MAX_PHOTOS;

/// A field of an item. Fields this version does not know are kept and passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Field(#[n(0)] pub u16);

impl Field {
    /// Text: the heading of news or an event, the name of a club.
    pub const TITLE: Self = Self(1);
    /// Spliceable text: the story, the comment, the words about oneself.
    pub const BODY: Self = Self(2);
    /// Civil time: when an event starts.
    pub const STARTS: Self = Self(3);
    /// Civil time: when an event ends.
    pub const ENDS: Self = Self(4);
    /// Text: where an event is.
    pub const PLACE: Self = Self(5);
    /// Boolean: the event does not take place.
    pub const CANCELLED: Self = Self(6);
    /// Text: the name a resident goes by; in a setting that of the square.
    pub const NAME: Self = Self(7);
    /// Set of text: what a resident likes, knows and can.
    pub const TALENTS: Self = Self(8);
    /// References to [photos](crate::photo::Photo), one a field, in the order in which they are shown. Two devices that fill
    /// one of them at once both keep their photo.
    pub const PHOTOS: [Self; MAX_PHOTOS] =
        [Self(9), Self(10), Self(11), Self(12), Self(13), Self(14), Self(15), Self(16)];
    /// Bytes: the neighbourhood, or the item of another neighbourhood, that an acceptance is about; the item that a report, a
    /// review request or a consent is about.
    pub const ABOUT: Self = Self(17);
    /// Whole number: 0 it is taken at once, 1 after a connector has approved it, 2 not.
    pub const ACCEPTS: Self = Self(18);
    /// Whole number: which kinds are taken at all, the sum of their [bits](super::Kind::post_bit); 0 for all.
    pub const KINDS: Self = Self(19);
    /// Whole number: how many posts that were written on one day are taken at once; the others wait for approval. 0 for all.
    pub const PER_DAY: Self = Self(20);
    /// Bytes: the sub-area that a post is about, as the register of its neighbourhood names it.
    pub const AREA: Self = Self(21);
    /// Text: what a post belongs to, one of the categories of its square.
    pub const CATEGORY: Self = Self(22);
    /// A day: by when its maker looks whether it is still true.
    pub const REVIEW_BY: Self = Self(23);
    /// Boolean: an offer or a request is arranged, an alert is over. An update with it says so about its alert.
    pub const SETTLED: Self = Self(24);
    /// Whole number: how many people can come to an event.
    pub const CAPACITY: Self = Self(25);
    /// Text: how an event recurs; see [`Recurrence`](crate::recurrence::Recurrence).
    pub const REPEATS: Self = Self(26);
    /// Set of days: on which a recurring event does not happen.
    pub const EXCEPT: Self = Self(27);
    /// Boolean: an event lasts all day.
    pub const ALL_DAY: Self = Self(28);
    /// Text: the name an imported event has in the calendar it came from.
    pub const UID: Self = Self(29);
    /// Text: where something that was imported came from.
    pub const SOURCE: Self = Self(30);
    /// Text: a number to call; in a setting the one for help.
    pub const PHONE: Self = Self(32);
    /// Text: an address for mail.
    pub const EMAIL: Self = Self(33);
    /// Text: the address of a site.
    pub const WEBSITE: Self = Self(34);
    /// Text: when it is open.
    pub const HOURS: Self = Self(35);
    /// Whole number: how many people a sign-up is for.
    pub const PARTY: Self = Self(36);
    /// Text: for whom its author wrote it down.
    pub const ON_BEHALF: Self = Self(37);
    /// Set of `name=value`: the colours and measures of a square that are not the usual ones.
    pub const TOKENS: Self = Self(39);
    /// Set of text: the categories of a square.
    pub const CATEGORIES: Self = Self(40);
    /// Set of text: what a square does without.
    pub const MODULES_OFF: Self = Self(41);
    /// Text: what stands under the name of a square.
    pub const TAGLINE: Self = Self(42);
    /// Set of ids in hexadecimal digits: of which sub-areas posts are taken; none for all.
    pub const AREAS: Self = Self(43);

    /// The fields that are sets of text.
    pub const SETS: [Self; 6] =
        [Self::TALENTS, Self::EXCEPT, Self::TOKENS, Self::CATEGORIES, Self::MODULES_OFF, Self::AREAS];

    /// Whether it holds a photo.
    pub const fn is_photo(self) -> bool {
        Self::PHOTOS[0].0 <= self.0 && self.0 <= Self::PHOTOS[MAX_PHOTOS - 1].0
    }

    /// Whether it is one of [`Field::SETS`].
    pub fn is_set(self) -> bool {
        Self::SETS.contains(&self)
    }
}

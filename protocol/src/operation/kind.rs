//! What sorts of items there are.

use minicbor::{Decode, Encode};

/// What sort of thing an item is. Kinds this version does not know are kept and passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Kind(#[n(0)] pub u16);

impl Kind {
    /// News: a title and a text.
    pub const NEWS: Self = Self(1);
    /// An event: a title, a time, a place and a text.
    pub const EVENT: Self = Self(2);
    /// A comment on another item.
    pub const COMMENT: Self = Self(3);
    /// A resident's profile: name, a few words, talents.
    pub const PROFILE: Self = Self(4);
    /// What a neighbourhood takes of what others share: of a neighbour, or one post of one. Connectors make it, in the space
    /// of the members; of several about the same the one made last counts.
    pub const ACCEPTANCE: Self = Self(5);
    /// Something to give, to lend or to do for somebody.
    pub const OFFER: Self = Self(6);
    /// Something that somebody needs.
    pub const REQUEST: Self = Self(7);
    /// A club or an organisation, and how to reach it.
    pub const LISTING: Self = Self(8);
    /// Something people do together, of which one can become a member.
    pub const GROUP: Self = Self(9);
    /// Something everybody has to know now. Connectors make it.
    pub const ALERT: Self = Self(10);
    /// How things stand with an alert, which is its subject. Connectors make it.
    pub const UPDATE: Self = Self(11);
    /// Somebody comes to an event, or becomes a member of a group: that is its subject.
    pub const SIGN_UP: Self = Self(12);
    /// How a square looks and what is on it. Connectors make it, in the space of the members, with everything in it; of
    /// several the one made last counts.
    pub const SETTING: Self = Self(13);
    /// A resident tells the connectors that something is wrong with an item.
    pub const REPORT: Self = Self(14);
    /// Connectors ask whoever made an item whether it is still true.
    pub const REVIEW_REQUEST: Self = Self(15);
    /// That somebody agreed to what connectors put on the square about them or for them.
    pub const CONSENT: Self = Self(16);

    /// Every kind this version knows, in the order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::NEWS,
        Self::EVENT,
        Self::COMMENT,
        Self::PROFILE,
        Self::ACCEPTANCE,
        Self::OFFER,
        Self::REQUEST,
        Self::LISTING,
        Self::GROUP,
        Self::ALERT,
        Self::UPDATE,
        Self::SIGN_UP,
        Self::SETTING,
        Self::REPORT,
        Self::REVIEW_REQUEST,
        Self::CONSENT,
    ];

    /// The kinds of posts: what stands by itself on a square and can be shared with neighbours. A treaty and an acceptance can
    /// name them; their place here is their bit in [`Field::KINDS`](super::Field::KINDS).
    pub const POSTS: [Self; 7] =
        [Self::NEWS, Self::EVENT, Self::OFFER, Self::REQUEST, Self::LISTING, Self::GROUP, Self::ALERT];

    /// The kind's name in the API, or `None` for one this version does not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NEWS => "news",
            Self::EVENT => "event",
            Self::COMMENT => "comment",
            Self::PROFILE => "profile",
            Self::ACCEPTANCE => "acceptance",
            Self::OFFER => "offer",
            Self::REQUEST => "request",
            Self::LISTING => "listing",
            Self::GROUP => "group",
            Self::ALERT => "alert",
            Self::UPDATE => "update",
            Self::SIGN_UP => "sign-up",
            Self::SETTING => "setting",
            Self::REPORT => "report",
            Self::REVIEW_REQUEST => "review-request",
            Self::CONSENT => "consent",
            _ => return None,
        })
    }

    /// The kind with this name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == Some(name))
    }

    /// Whether it is one of [`Kind::POSTS`].
    pub const fn is_post(self) -> bool {
        self.post_bit() != 0
    }

    /// Whether such an item can be about an item that is its subject: what stands in the thread of another one.
    pub const fn answers(self) -> bool {
        matches!(self, Self::COMMENT | Self::UPDATE | Self::SIGN_UP)
    }

    /// Whether such items are made for the members of the neighbourhood alone.
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::ACCEPTANCE | Self::SETTING | Self::REPORT | Self::REVIEW_REQUEST | Self::CONSENT)
    }

    /// Its bit in [`Field::KINDS`](super::Field::KINDS): 1 news, 2 event, 4 offer, 8 request, 16 listing, 32 group, 64 alert;
    /// 0 for what is no post.
    pub const fn post_bit(self) -> u8 {
        match self {
            Self::NEWS => 1,
            Self::EVENT => 2,
            Self::OFFER => 4,
            Self::REQUEST => 8,
            Self::LISTING => 16,
            Self::GROUP => 32,
            Self::ALERT => 64,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_their_names_belong_together() {
        for (number, kind) in (1..).zip(Kind::ALL) {
            assert_eq!(kind.0, number);
            assert_eq!(kind.name().and_then(Kind::from_name), Some(kind));
        }
        assert_eq!((Kind(0).name(), Kind(17).name(), Kind::from_name("")), (None, None, None));
        let bits: Vec<u8> = Kind::ALL.into_iter().map(Kind::post_bit).filter(|bit| *bit > 0).collect();
        assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64]);
        assert!(Kind::POSTS.into_iter().all(Kind::is_post) && !Kind::COMMENT.is_post());
    }
}

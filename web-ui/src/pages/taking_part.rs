//! The pages where one does something: write and join.

use askama::Template;

use super::shell::Shell;
use crate::paths::{Page, PostKind};
use crate::view::{Consent, WritePage};

#[derive(Template)]
#[template(path = "write.html")]
pub(super) struct Write<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a WritePage,
}

impl Write<'_> {
    /// What one can write here, with its text.
    fn kinds(&self) -> impl Iterator<Item = (PostKind, &'static str)> {
        let all = [
            (PostKind::News, "write-news"),
            (PostKind::Event, "write-event"),
            (PostKind::Request, "write-request"),
            (PostKind::Offer, "write-offer"),
            (PostKind::Listing, "write-listing"),
            (PostKind::Group, "write-group"),
            (PostKind::Alert, "write-alert"),
        ];
        all.into_iter().filter(|(kind, _)| self.s.frame.modules.has_kind(*kind))
    }

    const fn intro(&self) -> &'static str {
        match self.page.kind {
            PostKind::News => "write-news-intro",
            PostKind::Event => "write-event-intro",
            PostKind::Request => "write-request-intro",
            PostKind::Offer => "write-offer-intro",
            PostKind::Listing => "write-listing-intro",
            PostKind::Group => "write-group-intro",
            PostKind::Alert => "write-alert-intro",
        }
    }

    /// How an event can recur, as the module knows it, with its text.
    const fn recurrences(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("", "repeats-never"),
            ("weekly", "repeats-weekly"),
            ("fortnightly", "repeats-fortnightly"),
            ("monthly-weekday", "repeats-monthly-weekday"),
            ("monthly-last-weekday", "repeats-monthly-last-weekday"),
            ("monthly-day", "repeats-monthly-day"),
            ("yearly", "repeats-yearly"),
        ]
    }

    const fn has_place(&self) -> bool {
        matches!(self.page.kind, PostKind::Event | PostKind::Listing)
    }

    /// Whether a connector may write it down for somebody else.
    const fn is_for_others(&self) -> bool {
        !matches!(self.page.kind, PostKind::Group | PostKind::Alert)
    }

    /// How somebody can agree to that, with the texts.
    fn consent_ways(&self) -> [(&'static str, &'static str); Consent::WAYS.len()] {
        Consent::WAYS.map(|way| (way, Consent::way_text(way)))
    }

    const fn needs_body(&self) -> bool {
        !matches!(self.page.kind, PostKind::Event)
    }

    const fn has_contact(&self) -> bool {
        matches!(self.page.kind, PostKind::Listing | PostKind::Group)
    }

    /// Whether there comes a time when it is arranged, or over.
    const fn can_settle(&self) -> bool {
        matches!(self.page.kind, PostKind::Offer | PostKind::Request | PostKind::Alert)
    }

    const fn is_reviewed(&self) -> bool {
        matches!(self.page.kind, PostKind::Offer | PostKind::Request | PostKind::Listing | PostKind::Group)
    }
}

#[derive(Template)]
#[template(path = "join.html")]
pub(super) struct Join<'a> {
    pub(super) s: Shell<'a>,
}

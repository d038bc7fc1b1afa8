//! The connectors' desk: how it goes with this box.

use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::view::{self, SiteCertificate, SiteHttps, Vital};

use super::super::local_time;
use super::Reader;
use crate::disk_store::RESERVE_BYTES;
use crate::https::{Renewer, Standing};

/// With less room on the disk than this somebody should think about it, in bytes.
const LOW_DISK_BYTES: u64 = 1_000_000_000;
/// With less memory to be had on the machine than this things become slow, in bytes.
const LOW_MEMORY_BYTES: u64 = 64_000_000;
/// After so many milliseconds without a backup somebody is reminded: thirty days.
const BACKUP_MS: u64 = 30 * 24 * 3_600_000;
/// So long before it runs out a certificate is brought up: thirty days.
const CERTIFICATE_MS: u64 = 30 * 24 * 3_600_000;
/// How often a memory card can be written full, at least: cautious, for the cheapest ones and for what they write beyond what they are
/// given.
const CARD_FILLS: u64 = 100;
const DAYS_A_YEAR: u64 = 365;

impl Reader {
    /// How it goes with this box.
    pub(super) fn health_page(&self, lang: Lang) -> view::HealthPage {
        let figures = self.driver.figures();
        let vitals = self.machine.as_ref().map(crate::machine::Machine::vitals).unwrap_or_default();
        let own = self.registers.home().boxes().map(|(_, certificate)| certificate);
        let expires = own.filter(|certificate| certificate.key == self.identity.own_box).map(|one| one.expires).max();
        let neighbours = self.mapped(&self.registers.treaties(self.now), &figures);
        view::HealthPage {
            top: self.desk_top(),
            version: env!("CARGO_PKG_VERSION"),
            since: local_time::local(vitals.since),
            writable: self.driver.status().writable,
            disk: vitals.disk.map(|[free, all]| (disk(free), free, all)),
            photo_bytes: figures.photos.held_bytes,
            memory: vitals.resident.zip(vitals.memory).map(|(own, [free, all])| {
                (if free < LOW_MEMORY_BYTES { Vital::Note } else { Vital::Well }, own, free, all)
            }),
            written: vitals.written_a_day().zip(vitals.disk).map(|(a_day, [_, all])| (a_day, years(a_day, all))),
            backup: vitals.backup.map(|at| (self.due(at.plus_millis(BACKUP_MS), 0), local_time::local(at))),
            now: self.local_now,
            clock_follows: vitals.clock_follows,
            certificate: expires.map(|at| (self.due(at, CERTIFICATE_MS), local_time::local(at).date())),
            https: self.https(),
            neighbours: neighbours.into_iter().map(|one| (one.name, one.contact)).collect(),
            boxes: self.boxes(lang).len(),
        }
    }

    /// How the site is reached over https.
    fn https(&self) -> SiteHttps {
        let Some(standing) = &self.certificate else {
            let elsewhere = self.site_url.as_deref().is_some_and(|url| url.starts_with("https://"));
            return if elsewhere { SiteHttps::Before } else { SiteHttps::Plain };
        };
        let local = |at: Timestamp| local_time::local(at);
        SiteHttps::Here(SiteCertificate {
            vital: certificate(standing, self.now),
            until: standing.until.map(|at| (at > self.now, local(at).date())),
            renewer: match standing.renewer {
                Renewer::Box => view::Renewer::Box,
                Renewer::Files => view::Renewer::Files,
                Renewer::Own => view::Renewer::Own,
            },
            trouble: standing.trouble.as_ref().map(|(at, what)| (local(*at), what.clone())),
        })
    }

    /// Whether a moment has come, or comes within so many milliseconds.
    fn due(&self, at: Timestamp, ahead_ms: u64) -> Vital {
        match at {
            at if at <= self.now => Vital::Wrong,
            at if at <= self.now.plus_millis(ahead_ms) => Vital::Note,
            _ => Vital::Well,
        }
    }
}

/// How it is with the certificate of the site. One that did not come is nothing to worry about as long as the one there is holds,
/// unless its time for a new one is past.
fn certificate(standing: &Standing, now: Timestamp) -> Vital {
    let late = standing.renew_at.is_some_and(|at| at <= now);
    match standing.until {
        Some(until) if until <= now => Vital::Wrong,
        None if standing.trouble.is_some() => Vital::Wrong,
        None => Vital::Note,
        Some(_) if standing.trouble.is_some() || (late && standing.renewer == Renewer::Files) => Vital::Note,
        Some(_) => Vital::Well,
    }
}

const fn disk(free: u64) -> Vital {
    match free {
        ..RESERVE_BYTES => Vital::Wrong,
        RESERVE_BYTES..LOW_DISK_BYTES => Vital::Note,
        _ => Vital::Well,
    }
}

/// For how many years a card of so many bytes takes so many a day.
fn years(a_day: u64, card: u64) -> usize {
    let days = card.saturating_mul(CARD_FILLS) / a_day.max(1);
    usize::try_from(days / DAYS_A_YEAR).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_written_full_a_hundred_times() {
        const GB: u64 = 1_000_000_000;
        assert_eq!(years(GB, 32 * GB), 8, "3,200 days");
        assert_eq!(years(0, 32 * GB), 8_767_123_287, "who writes nothing wears nothing");
        assert_eq!(years(GB, 0), 0);
    }

    #[test]
    fn a_certificate_is_spoken_of_when_somebody_has_to_do_something() {
        let at = Timestamp::from_millis;
        let of = |renewer, until: Option<u64>, trouble: bool| {
            let trouble = trouble.then(|| (at(50), "refused".to_owned()));
            let standing = Standing { renewer, until: until.map(at), renew_at: until.map(|end| at(end - 30)), trouble };
            certificate(&standing, at(100))
        };
        assert_eq!(of(Renewer::Box, Some(190), false), Vital::Well);
        assert_eq!(of(Renewer::Box, Some(120), false), Vital::Well, "the box is about to renew it");
        assert_eq!(of(Renewer::Files, Some(120), false), Vital::Note, "who does has not done it");
        assert_eq!(of(Renewer::Box, Some(190), true), Vital::Note);
        assert_eq!(of(Renewer::Box, None, false), Vital::Note, "the first one is on its way");
        assert_eq!(of(Renewer::Own, None, true), Vital::Wrong);
        assert_eq!(of(Renewer::Files, Some(100), false), Vital::Wrong);
    }

    #[test]
    fn the_box_stops_writing_before_the_disk_is_full_and_says_so_long_before() {
        assert_eq!([0, RESERVE_BYTES, LOW_DISK_BYTES].map(disk), [Vital::Wrong, Vital::Note, Vital::Well]);
    }
}

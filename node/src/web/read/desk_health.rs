//! The connectors' desk: how it goes with this box.

use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::view::{self, Vital};

use super::super::local_time;
use super::Reader;
use crate::disk_store::RESERVE_BYTES;

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
            neighbours: neighbours.into_iter().map(|one| (one.name, one.contact)).collect(),
            boxes: self.boxes(lang).len(),
        }
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
    fn the_box_stops_writing_before_the_disk_is_full_and_says_so_long_before() {
        assert_eq!([0, RESERVE_BYTES, LOW_DISK_BYTES].map(disk), [Vital::Wrong, Vital::Note, Vital::Well]);
    }
}

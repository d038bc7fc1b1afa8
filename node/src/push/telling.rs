//! One round: what each device is told, and what becomes of it.

use std::collections::BTreeMap;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::paths::PostKind;

use super::service::{Parcel, Target, Undelivered};
use super::{NEWS_MS, Push, Round, Subscription};
use crate::data_folder::FolderError;
use crate::web::SiteState;
use crate::web::local_time::local;
use crate::web::push::{Fresh, compose};

/// So many things are told one by one; of more, that there are so many. Alerts are always told.
const ONE_BY_ONE: usize = 3;
/// After so many refused notices in a row a device is erased.
const MOST_REFUSED: u8 = 5;
/// How long a service is left alone that is away, in milliseconds: at first, and at most.
const AWAY_MS: (u64, u64) = (60_000, 3_600_000);
/// The shortest time a service is asked to keep something, in seconds.
const SHORTEST_KEEPING: u64 = 60;

/// How it stands with one push service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    until: Timestamp,
    failed: u32,
}

/// Somebody who tells, in one round.
pub(super) struct Telling<'a> {
    pub(super) push: &'a Push,
    pub(super) state: &'a SiteState,
    pub(super) now: Timestamp,
    pub(super) round: &'a mut Round,
    pub(super) services: &'a mut BTreeMap<String, Patience>,
}

impl Telling<'_> {
    /// Tells a device what it wants to hear and was not told.
    pub(super) fn serve(
        &mut self,
        device: &PublicKey,
        resident: &ResidentId,
        subscription: &Subscription,
        fresh: &[Fresh],
    ) -> Result<(), FolderError> {
        let is_quiet = self.push.0.quiet.contains(local(self.now));
        let kinds = subscription.kinds();
        let is_due = |one: &&Fresh| {
            let may_wake = !is_quiet || (one.kind == PostKind::Alert && subscription.alerts_at_night);
            let is_new = one.created.as_millis() > subscription.since && !subscription.knows(&one.id);
            // Nobody is told what they wrote themselves.
            is_new && may_wake && kinds.contains(&one.kind) && one.by != Some(*resident)
        };
        let due: Vec<&Fresh> = fresh.iter().filter(is_due).collect();
        if due.is_empty() {
            return Ok(());
        }
        let (endpoint, key, secret) = (&subscription.endpoint, &subscription.p256dh, &subscription.auth);
        // The settings may have become narrower.
        let Ok(target) = self.push.0.service.target(endpoint, key, secret) else {
            self.push.forget(device, self.round);
            return Ok(());
        };
        let service = target.origin();
        if self.services.get(&service).is_some_and(|patience| self.now < patience.until) {
            self.round.waiting += 1;
            return Ok(());
        }
        let (alerts, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(|one| one.kind == PostKind::Alert);
        let rest: Vec<Vec<&Fresh>> =
            if rest.len() > ONE_BY_ONE { vec![rest] } else { rest.into_iter().map(|one| vec![one]).collect() };
        for told in alerts.into_iter().map(|one| vec![one]).chain(rest) {
            if !self.tell(device, subscription, &target, &told)? {
                break;
            }
        }
        Ok(())
    }

    /// Tells these things in one notice; no when the next would fare no better.
    fn tell(
        &mut self,
        device: &PublicKey,
        subscription: &Subscription,
        target: &Target,
        told: &[&Fresh],
    ) -> Result<bool, FolderError> {
        let words = match compose(self.state, told, subscription.lang()) {
            Ok(words) => words,
            Err(error) => {
                tracing::error!(%error, "a notice could not be made");
                return Ok(false);
            }
        };
        let urgent = told.iter().any(|one| one.kind == PostKind::Alert);
        let seconds = self.keeping(told, urgent && subscription.alerts_at_night);
        let outcome = self.push.0.service.deliver(target, Parcel { words: &words, seconds, urgent }, self.now);
        let told: Vec<(ItemId, Timestamp)> = told.iter().map(|one| (one.id, one.created)).collect();
        match outcome {
            Ok(()) => {
                self.services.remove(&target.origin());
                self.round.sent += 1;
                self.note(device, subscription, &told, |known| known.refused = 0)?;
                Ok(true)
            }
            Err(error @ Undelivered::Gone(_)) => {
                tracing::info!(%error, "a device is told nothing any more");
                self.push.forget(device, self.round);
                Ok(false)
            }
            Err(error @ (Undelivered::Later(..) | Undelivered::Away(_))) => {
                tracing::warn!(%error, service = target.origin(), "notices wait");
                self.is_away(target.origin(), &error);
                self.round.waiting += 1;
                Ok(false)
            }
            Err(error @ (Undelivered::Refused(_) | Undelivered::Unwritable)) => {
                tracing::warn!(%error, service = target.origin(), "a notice does not arrive");
                self.round.refused += 1;
                if subscription.refused + 1 >= MOST_REFUSED {
                    self.push.forget(device, self.round);
                } else {
                    self.note(device, subscription, &told, |known| known.refused += 1)?;
                }
                Ok(false)
            }
        }
    }

    /// How long a service may keep a notice for a telephone that is off, in seconds: until it is no news, and not into the
    /// quiet hours.
    fn keeping(&self, told: &[&Fresh], at_night: bool) -> u64 {
        let oldest = told.iter().map(|one| one.created.as_millis()).min().unwrap_or_default();
        let news = (oldest + NEWS_MS).saturating_sub(self.now.as_millis()) / 1000;
        let awake = self.push.0.quiet.seconds_left(local(self.now)).filter(|_| !at_night);
        awake.map_or(news, |awake| news.min(awake)).max(SHORTEST_KEEPING)
    }

    fn is_away(&mut self, service: String, why: &Undelivered) {
        let failed = self.services.get(&service).map_or(0, |patience| patience.failed);
        let (least, most) = AWAY_MS;
        let usual = least.saturating_mul(1 << failed.min(10)).min(most);
        let wait = if let Undelivered::Later(_, Some(asked)) = why { usual.max(*asked) } else { usual };
        self.services.insert(service, Patience { until: self.now.plus_millis(wait), failed: failed + 1 });
    }

    /// Notes what a device was told, unless it asked for something else or stopped in the meantime.
    fn note(
        &self,
        device: &PublicKey,
        served: &Subscription,
        told: &[(ItemId, Timestamp)],
        change: impl FnOnce(&mut Subscription),
    ) -> Result<(), FolderError> {
        let oldest = self.now.as_millis().saturating_sub(NEWS_MS);
        let noted = self.push.0.book.change(device, |known| {
            let is_the_same = known.endpoint == served.endpoint && known.since == served.since;
            if is_the_same {
                known.has_heard(told, oldest);
                change(known);
            }
            is_the_same
        });
        noted.map(drop)
    }
}

//! The certificate of the site, where the box itself speaks https: for how many days it still holds, and how the last attempt
//! to obtain one went.

use std::path::Path;

use dorpsplein_protocol::time::Timestamp;

use super::Finding;
use crate::cli::invite::DAY_MS;
use crate::config::{Config, HttpsSettings};
use crate::https::{Certificate, Kept, KeptError, certificate_in};

const PART: &str = "site-certificate";

/// Looks at it; nothing where the box does not speak https.
pub(super) fn certificate(dir: &Path, settings: &Config, now: Timestamp) -> Option<Finding> {
    let (https, url) = (settings.https.as_ref()?, settings.public_url.as_deref()?);
    Some(match https.files() {
        Some((chain, key)) => in_files(&certificate_in(chain, key), &https.names(url), now),
        None => obtained(&Kept::of(dir, https, url), https, now),
    })
}

/// A certificate that somebody else renews.
fn in_files(found: &Result<Certificate, KeptError>, names: &[String], now: Timestamp) -> Finding {
    const WHAT_TO_DO: &str = "doctor-own-certificate-todo";
    match found {
        Err(error) => Finding::wrong(PART, "doctor-own-certificate-unusable", WHAT_TO_DO, error.to_string()),
        Ok(one) if !one.covers(&names[..1]) => {
            Finding::wrong(PART, "doctor-own-certificate-other", WHAT_TO_DO, names[0].clone())
        }
        Ok(one) if one.until <= now => Finding::wrong(PART, "doctor-site-certificate-over", WHAT_TO_DO, days(one, now)),
        Ok(one) if one.renew_at() < now => {
            Finding::note(PART, "doctor-site-certificate-late", WHAT_TO_DO, days(one, now))
        }
        Ok(one) => Finding::well(PART, "doctor-site-certificate", days(one, now)),
    }
}

/// A certificate that the box obtains and renews.
fn obtained(kept: &Kept, settings: &HttpsSettings, now: Timestamp) -> Finding {
    let unreadable = |error: KeptError| {
        Finding::wrong(PART, "doctor-own-certificate-unusable", "doctor-site-certificate-todo", error.to_string())
    };
    let (one, attempt) = match (kept.certificate(), kept.attempt()) {
        (Ok(one), Ok(attempt)) => (one, attempt),
        (Err(error), _) | (_, Err(error)) => return unreadable(error),
    };
    let problem = attempt.and_then(|attempt| attempt.problem);
    match (one, problem) {
        (Some(one), _) if one.until <= now => {
            Finding::wrong(PART, "doctor-site-certificate-over", "doctor-site-certificate-todo", days(&one, now))
        }
        (Some(one), Some(_)) if one.renew_at() < now => {
            Finding::note(PART, "doctor-site-certificate-late", "doctor-site-certificate-todo", days(&one, now))
        }
        (Some(one), _) => Finding::well(PART, "doctor-site-certificate", days(&one, now)),
        (None, Some(problem)) => {
            Finding::wrong(PART, "doctor-site-certificate-refused", "doctor-site-certificate-todo", problem)
        }
        (None, None) => {
            let value = settings.directory.clone();
            Finding::note(PART, "doctor-site-certificate-none", "doctor-site-certificate-none-todo", value)
        }
    }
}

/// How many whole days it still holds.
fn days(one: &Certificate, now: Timestamp) -> String {
    (one.until.as_millis().saturating_sub(now.as_millis()) / DAY_MS).to_string()
}

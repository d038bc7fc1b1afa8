//! How the village's box is.

use dorpsplein_web_ui::view::{Contact, DeskTop, HealthPage, Renewer, SiteCertificate, SiteHttps, Vital};

use super::{at, on};

const MB: u64 = 1_000_000;

/// A box that wants nothing of anybody.
pub(crate) fn well() -> HealthPage {
    HealthPage {
        top: DeskTop::default(),
        version: "0.1.0",
        since: at(1, 9, 30),
        writable: true,
        disk: Some((Vital::Well, 21_450 * MB, 32_000 * MB)),
        photo_bytes: 260 * MB,
        memory: Some((Vital::Well, 41 * MB, 520 * MB, 1_000 * MB)),
        written: Some((1_000 * MB, 8)),
        backup: Some((Vital::Well, at(18, 3, 0))),
        now: at(20, 14, 3),
        clock_follows: true,
        certificate: Some((Vital::Well, on(28))),
        https: SiteHttps::Here(SiteCertificate {
            vital: Vital::Well,
            until: Some((true, on(28))),
            renewer: Renewer::Box,
            trouble: None,
        }),
        neighbours: vec![
            ("Elzenbroek".to_owned(), Contact::InStep),
            ("Waterkant".to_owned(), Contact::Away(Some(at(2, 8, 0)))),
        ],
        boxes: 2,
    }
}

/// One that wants much, on a system that tells little.
pub(crate) fn in_need() -> HealthPage {
    HealthPage {
        writable: false,
        disk: Some((Vital::Wrong, 90 * MB, 8_000 * MB)),
        memory: Some((Vital::Note, 70 * MB, 30 * MB, 512 * MB)),
        written: None,
        backup: None,
        clock_follows: false,
        certificate: None,
        https: SiteHttps::Here(SiteCertificate {
            vital: Vital::Wrong,
            until: Some((false, on(2))),
            renewer: Renewer::Files,
            trouble: Some((at(2, 8, 0), "/etc/dorpsplein/privkey.pem: Permission denied".to_owned())),
        }),
        neighbours: Vec::new(),
        boxes: 1,
        ..well()
    }
}

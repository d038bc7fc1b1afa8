//! Somebody's own devices.

use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::{
    DeviceStanding, DeviceView, Digest, DigestEntry, DigestSection, Frequency, MailLink, MailLinkPage, MailPage,
    MailStanding, MailTrouble, MyDataPage, OwnDevice, OwnProfile, PushPart, Role, When,
};

use super::{id, on};

/// Somebody with three devices, one of them retired, and a card.
pub(crate) fn my_data() -> MyDataPage {
    let device = |number, standing, is_this| OwnDevice {
        device: DeviceView { key: id(number), added: on(12), standing, home_key: None, counts_to: None, last: 14 },
        is_this,
    };
    let for_home = |number| {
        let mut own = device(number, DeviceStanding::Active, false);
        own.device.home_key = Some(on(26));
        own
    };
    MyDataPage {
        name: Some("Truus Verhoeven".to_owned()),
        role: Role::Connector,
        waits: false,
        last_connector: false,
        devices: vec![
            device(91, DeviceStanding::Active, true),
            device(92, DeviceStanding::Active, false),
            device(93, DeviceStanding::Retired, false),
            for_home(94),
        ],
        profile: OwnProfile {
            named: Some(super::handle(1951, "profile")),
            about: Some(super::handle(1952, "profile")),
            body: "Ik kook graag.".to_owned(),
            talents: vec!["koken".to_owned(), "naaien".to_owned()],
        },
        due: vec![super::desk_queue::due()],
        cards: 1,
        home_network: Some("http://dorpsplein.local:8080".to_owned()),
    }
}

/// Somebody whose role waits until connectors decided about the key that gave it.
pub(crate) fn waiting() -> MyDataPage {
    MyDataPage { role: Role::Resident, waits: true, ..my_data() }
}

/// The only connector, on an only device, who told no name.
pub(crate) fn lonely() -> MyDataPage {
    let mut page = my_data();
    page.devices.truncate(1);
    MyDataPage { name: None, last_connector: true, cards: 0, ..page }
}

/// Somebody who asked for post and has to say so in their mail.
pub(crate) fn post() -> MailPage {
    MailPage {
        offered: true,
        standing: MailStanding::Waiting,
        address: "anneke@voorbeeld.example".to_owned(),
        frequency: Frequency::Weekly,
        kinds: vec![(PostKind::News, true), (PostKind::Event, true), (PostKind::Offer, false)],
        members: false,
        quiet: Some((21, 8)),
        trouble: Some(MailTrouble::Address),
        push: Some(PushPart {
            key: "BCVxsr7N".to_owned(),
            on: true,
            others: 2,
            kinds: vec![(PostKind::News, true), (PostKind::Alert, true), (PostKind::Offer, false)],
            alerts_at_night: true,
            quiet: Some((21, 8)),
        }),
    }
}

/// The same at a box that sends none.
pub(crate) fn no_post() -> MailPage {
    MailPage { offered: false, standing: MailStanding::None, trouble: None, push: None, ..post() }
}

/// Where a link in a mail leads.
pub(crate) fn mail_link(link: MailLink, outcome: Option<bool>) -> MailLinkPage {
    MailLinkPage { link, token: "ab".to_owned(), outcome }
}

/// The week's post, with one event of this title.
pub(crate) fn digest(title: &str) -> Digest {
    let starts = jiff::civil::datetime(2026, 11, 21, 20, 0, 0, 0);
    let entry = DigestEntry {
        title: title.to_owned(),
        when: Some(When::Timed { starts, ends: None }),
        place: Some("De Schuur".to_owned()),
        members: true,
        url: "https://plein.example/activiteit/ab".to_owned(),
    };
    Digest {
        frequency: Frequency::Weekly,
        sections: vec![DigestSection { kind: PostKind::Event, entries: vec![entry] }],
        stop_url: "https://plein.example/post/stoppen/ab".to_owned(),
        choose_url: "https://plein.example/mijn-gegevens/post".to_owned(),
    }
}

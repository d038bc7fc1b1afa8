//! What waits for the village's connectors, and how it goes.

use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::{
    AwaitingPost, Count, DeskTop, DueItem, KindPulse, PulsePage, QueueItem, QueuePage, Reason, Report, ReportedItem,
    Silence, StaleItem, Unanswered,
};

use super::desk::person;
use super::{at, handle, id, on, resident};

fn item(seed: u64, title: &str) -> QueueItem {
    QueueItem {
        handle: handle(seed, "offer"),
        page: id(seed),
        event: false,
        title: title.to_owned(),
        body: "Te koop: een winterjas, bijna nieuw. Bel maar.".to_owned(),
        author: resident("Bram Postma"),
        written: at(20, 9, 5),
        ours: true,
    }
}

fn report(seed: u64, note: &str) -> Report {
    Report {
        id: id(seed),
        heads: vec![id(seed + 1)],
        by: person(seed + 2, "Riet Koolen"),
        at: at(20, 10, 0),
        reason: Reason("spam"),
        note: note.to_owned(),
    }
}

pub(crate) fn queue() -> QueuePage {
    let far = QueueItem { ours: false, ..item(1201, "Kom kijken naar onze aanbieding") };
    QueuePage {
        top: DeskTop::default(),
        reports: vec![
            ReportedItem {
                item: Some(item(1101, "Winterjas")),
                about: id(1101),
                reports: vec![report(1110, "Dit staat er elke dag."), report(1120, "")],
            },
            ReportedItem { item: Some(far), about: id(1201), reports: vec![report(1210, "Dit is reclame.")] },
            ReportedItem { item: None, about: id(1301), reports: vec![report(1310, "")] },
        ],
        newcomers: vec![item(1401, "Hallo, wij zijn nieuw")],
        awaiting: vec![AwaitingPost {
            id: id(1501),
            is_event: true,
            title: "Kerstmarkt".to_owned(),
            from: "Boxwijk".to_owned(),
            written: at(21, 8, 0),
        }],
        stale: vec![
            StaleItem { item: item(1601, "Ladder te leen"), review_by: Some(on(2)), asked: None },
            StaleItem { item: item(1701, "Oppas"), review_by: Some(on(3)), asked: Some(at(20, 12, 0)) },
        ],
    }
}

pub(crate) fn pulse() -> PulsePage {
    let weeks = [2, 9, 16].map(on).to_vec();
    let kind =
        |kind, silence, counts: [Count; 3]| KindPulse { kind, last: Some(on(3)), silence, counts: counts.to_vec() };
    PulsePage {
        top: DeskTop::default(),
        kinds: vec![
            kind(PostKind::News, Silence::None, [Count::Exactly(7), Count::Few, Count::Exactly(14)]),
            kind(PostKind::Offer, Silence::Fortnight, [Count::Few, Count::Nothing, Count::Nothing]),
            KindPulse { last: None, ..kind(PostKind::Group, Silence::Ever, [Count::Nothing; 3]) },
        ],
        events_ahead: 1,
        unanswered: vec![Unanswered {
            id: id(1801),
            title: "Wie heeft een aanhanger?".to_owned(),
            written: at(17, 9, 0),
        }],
        weeks,
    }
}

pub(crate) fn due() -> DueItem {
    DueItem { handle: handle(1901, "offer"), title: "Ladder te leen".to_owned(), review_by: Some(on(2)), asked: None }
}

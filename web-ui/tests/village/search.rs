//! What is found in the village.

use dorpsplein_web_ui::paths::{Page, PostKind, SearchKind};
use dorpsplein_web_ui::view::{Excerpt, Fit, Hit, SearchPage, Target};

use super::{at, boxwijk, connector, from_boxwijk, id, resident, timed};
use dorpsplein_web_ui::view::Origin;

/// A page in the middle of a list, with one of every sort.
pub(crate) fn search() -> SearchPage {
    let news = Hit {
        kind: SearchKind::Post(PostKind::News),
        title: "De moestuin zoekt drie paar handen".to_owned(),
        target: Some(Target { page: Page::Item, id: id(11), comment: None }),
        excerpt: excerpt("achter de school. Koffie en ", "appeltaart", " staan klaar, en wie wil krijgt een pompoen"),
        author: Some(connector("Truus Verhoeven")),
        written: at(20, 19, 12),
        when: None,
        over: false,
        cancelled: false,
        origin: Origin::Here,
    };
    let event = Hit {
        kind: SearchKind::Post(PostKind::Event),
        title: "Appeltaart bakken".to_owned(),
        target: Some(Target { page: Page::Event, id: id(42), comment: None }),
        author: Some(from_boxwijk("Ilse de Wit")),
        when: Some(timed(22, 14, 0, 16, 30)),
        origin: boxwijk(),
        excerpt: Excerpt::default(),
        ..news.clone()
    };
    let over = Hit { over: true, when: Some(timed(2, 14, 0, 16, 30)), ..event.clone() };
    let off = Hit { cancelled: true, ..event.clone() };
    let comment = Hit {
        kind: SearchKind::Comment,
        title: "Soep en spelletjes in de Schuur".to_owned(),
        target: Some(Target { page: Page::Event, id: id(41), comment: Some(id(31)) }),
        author: Some(resident("Fatma Yildirim")),
        ..news.clone()
    };
    let person = Hit {
        kind: SearchKind::Person,
        title: "Fatma Yildirim".to_owned(),
        target: None,
        author: None,
        ..news.clone()
    };
    SearchPage {
        question: "appeltaart & koffie".to_owned(),
        kind: Some(SearchKind::Post(PostKind::Event)),
        kinds: SearchKind::ALL.to_vec(),
        hits: vec![news, event, over, off, comment, person],
        fit: Fit::Alike,
        after: Some("w00".to_owned()),
        next: Some("w01".to_owned()),
        complete: true,
    }
}

/// A question without an answer, at a box that is still busy.
pub(crate) fn search_none() -> SearchPage {
    SearchPage { hits: Vec::new(), after: None, next: None, complete: false, ..search() }
}

fn excerpt(before: &str, found: &str, after: &str) -> Excerpt {
    let piece = |text: &str, found| (text.to_owned(), found);
    Excerpt {
        begins_later: true,
        pieces: vec![piece(before, false), piece(found, true), piece(after, false)],
        ends_earlier: true,
    }
}

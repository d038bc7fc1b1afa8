//! Every page, in every language: it reads, it is well formed, and it keeps what `templates/README.md` promises.
#![allow(clippy::unwrap_used)]

mod village;

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::modules::{Module, Modules};
use dorpsplein_web_ui::pages::{self, problems};
use dorpsplein_web_ui::paths::{self, AgendaQuery, AgendaView, Page, PostKind};
use dorpsplein_web_ui::theme::{Form, PAIRS, TOKENS};
use dorpsplein_web_ui::view::{
    AgendaPage, Author, Change, Choice, Disagreement, EventPage, FactValue, Failure, Frame, HealthPage, HistoryPage,
    ItemPage, MailLink, MemberPage, NeighbourLink, NewsPage, NewsTeaser, Origin, QueuePage, Role, SearchPage,
    SiteHttps, Stated, Subject, Thread, ThreadEntry, Version, When,
};
use village::{desk, desk_health, desk_queue, devices, posts};

/// A page as it was rendered, with what is known about it.
struct Rendered {
    name: &'static str,
    lang: Lang,
    /// The path of the same page in the next language.
    other: String,
    html: String,
}

/// The language behind this one: every one is another's next.
fn next(lang: Lang) -> Lang {
    let at = Lang::ALL.into_iter().position(|one| one == lang).unwrap();
    Lang::ALL[(at + 1) % Lang::ALL.len()]
}

/// A page's name, its path in the next language, and what came of rendering it.
type Made = (&'static str, String, Result<String, pages::RenderError>);

fn render_all(frame: &Frame) -> Vec<Rendered> {
    Lang::ALL.into_iter().flat_map(|lang| render_in(frame, lang)).collect()
}

fn rendered(lang: Lang, pages: impl IntoIterator<Item = Made>) -> Vec<Rendered> {
    pages.into_iter().map(|(name, other, html)| Rendered { name, lang, other, html: html.unwrap() }).collect()
}

/// Offers, clubs, groups, alerts and people.
fn posts_in(frame: &Frame, lang: Lang) -> Vec<Made> {
    let other = next(lang);
    let at = |page: Page| page.pattern(other).to_owned();
    vec![
        (
            "write offer",
            paths::write_kind(other, PostKind::Offer),
            pages::write(frame, &village::write(PostKind::Offer), lang),
        ),
        (
            "write listing",
            paths::write_kind(other, PostKind::Listing),
            pages::write(frame, &village::write(PostKind::Listing), lang),
        ),
        (
            "write alert",
            paths::write_kind(other, PostKind::Alert),
            pages::write(frame, &village::write(PostKind::Alert), lang),
        ),
        (
            "market",
            paths::list(other, Page::Market, &posts::market().asked),
            pages::posts(frame, &posts::market(), lang),
        ),
        ("clubs", at(Page::Clubs), pages::posts(frame, &posts::clubs(), lang)),
        ("groups", at(Page::Groups), pages::posts(frame, &posts::empty(Page::Groups), lang)),
        ("alerts", at(Page::Alerts), pages::posts(frame, &posts::empty(Page::Alerts), lang)),
        ("listing", paths::item(other, &village::id(821)), pages::item(frame, &posts::listing(), lang)),
        ("alert", paths::item(other, &village::id(831)), pages::item(frame, &posts::alert(), lang)),
        ("group", paths::item(other, &village::id(841)), pages::item(frame, &posts::group(), lang)),
        (
            "recurring event",
            paths::event(other, &village::id(851)),
            pages::event(frame, &posts::recurring_event(), lang),
        ),
        ("people", at(Page::People), pages::people(frame, &posts::people(), lang)),
        ("nobody", at(Page::People), pages::people(frame, &posts::nobody(), lang)),
        ("join", paths::join(other).to_owned(), pages::join(frame, lang)),
    ]
}

/// The door, and the pages behind it.
fn desk_in(frame: &Frame, lang: Lang) -> Vec<Made> {
    let other = next(lang);
    let resident = Some(Role::Resident);
    let at = |page: Page| page.pattern(other).to_owned();
    let member = |page: &MemberPage| Page::DeskMember.path(other, &page.person.id);
    vec![
        ("door", at(Page::DeskMembers), pages::door(frame, &desk::door(Role::Connector, None), lang)),
        (
            "door for a resident",
            at(Page::DeskMembers),
            pages::door(frame, &desk::door(Role::Connector, resident), lang),
        ),
        ("desk", at(Page::Desk), pages::desk(frame, &desk::desk(), lang)),
        ("quiet desk", at(Page::Desk), pages::desk(frame, &desk::quiet_desk(), lang)),
        ("members", at(Page::DeskMembers), pages::members(frame, &desk::members(), lang)),
        ("member", member(&desk::member()), pages::member(frame, &desk::member(), lang)),
        ("former member", member(&desk::gone_member()), pages::member(frame, &desk::gone_member(), lang)),
        ("invitations", at(Page::DeskInvitations), pages::invitations(frame, &desk::invitations(), lang)),
        ("letters", at(Page::DeskLetters), pages::letters(frame, &desk::letters(), lang)),
        ("queue", at(Page::DeskQueue), pages::queue(frame, &desk_queue::queue(), lang)),
        ("empty queue", at(Page::DeskQueue), pages::queue(frame, &QueuePage::default(), lang)),
        ("pulse", at(Page::DeskPulse), pages::pulse(frame, &desk_queue::pulse(), lang)),
        ("health", at(Page::DeskHealth), pages::health(frame, &desk_health::well(), lang)),
        ("health in need", at(Page::DeskHealth), pages::health(frame, &desk_health::in_need(), lang)),
        ("look", at(Page::DeskLook), pages::look(frame, &desk::look(), lang)),
        ("neighbours", at(Page::DeskNeighbours), pages::neighbours(frame, &desk::neighbours(), lang)),
        ("circles", at(Page::DeskCircles), pages::circles(frame, &desk::circles(), lang)),
        ("organisations", at(Page::DeskOrganisations), pages::organisations(frame, &desk::organisations(), lang)),
        ("areas", at(Page::DeskAreas), pages::areas(frame, &desk::areas(), lang)),
        ("other calendars", at(Page::DeskSources), pages::sources(frame, &desk::sources(), lang)),
        ("boxes", at(Page::DeskBoxes), pages::boxes(frame, &desk::boxes(), lang)),
    ]
}

fn render_in(frame: &Frame, lang: Lang) -> Vec<Rendered> {
    let other = next(lang);
    let lost = village::error(Failure::NotFound, &paths::item(lang, "weg"));
    let refused = village::error(Failure::Refused { problem: "rate-limited".to_owned() }, "/nergens");
    let older = NewsPage { before: Some("c1".to_owned()), older: None, ..village::news() };
    let later = AgendaPage {
        asked: AgendaQuery { on: Some("2026-12-25".to_owned()), ..AgendaQuery::default() },
        events: vec![],
        later: None,
        ..village::agenda()
    };
    let (week, month) = (village::agenda_as(AgendaView::Week), village::agenda_as(AgendaView::Month));
    let at = |page: Page| page.pattern(other).to_owned();
    let pages = [
        ("news", paths::news(other).to_owned(), pages::news(frame, &village::news(), lang)),
        ("older news", paths::news_before(other, "c1"), pages::news(frame, &older, lang)),
        ("item", paths::item(other, &village::id(11)), pages::item(frame, &village::item(), lang)),
        ("agenda", paths::agenda(other).to_owned(), pages::agenda(frame, &village::agenda(), lang)),
        ("later agenda", paths::agenda_of(other, &later.asked), pages::agenda(frame, &later, lang)),
        ("agenda of a week", paths::agenda_of(other, &week.asked), pages::agenda(frame, &week, lang)),
        ("agenda of a month", paths::agenda_of(other, &month.asked), pages::agenda(frame, &month, lang)),
        ("event", paths::event(other, &village::id(41)), pages::event(frame, &village::event_page(), lang)),
        ("contested", paths::event(other, &village::id(44)), pages::event(frame, &village::contested_event(), lang)),
        ("write news", paths::write_kind(other, PostKind::News), pages::write(frame, &village::write_news(), lang)),
        ("write event", paths::write_kind(other, PostKind::Event), pages::write(frame, &village::write_event(), lang)),
        ("help", at(Page::Help), pages::help(frame, lang)),
        ("accessibility", at(Page::Accessibility), pages::accessibility(frame, lang)),
        ("offline", at(Page::Offline), pages::offline(frame, lang)),
        ("privacy", at(Page::Privacy), pages::privacy(frame, lang)),
        ("about", paths::about(other).to_owned(), pages::about(frame, &village::about(), lang)),
        ("proof", paths::who_says_this(other, &village::id(11)), pages::who_says_this(frame, &village::proof(), lang)),
        (
            "proof of comment",
            paths::who_says_this(other, &village::id(32)),
            pages::who_says_this(frame, &village::comment_proof(), lang),
        ),
        ("not found", paths::item(other, "weg"), pages::error(frame, &lost, lang)),
        ("gone", paths::item(other, &village::id(11)), pages::gone(frame, &desk::gone(true), lang)),
        ("hidden", paths::item(other, &village::id(11)), pages::gone(frame, &desk::gone(false), lang)),
        ("log", at(Page::Log), pages::log(frame, &desk::log(), lang)),
        ("my data", at(Page::MyData), pages::my_data(frame, &devices::my_data(), lang)),
        ("lonely", at(Page::MyData), pages::my_data(frame, &devices::lonely(), lang)),
        ("waiting", at(Page::MyData), pages::my_data(frame, &devices::waiting(), lang)),
        ("new device", at(Page::Device), pages::device(frame, lang)),
        ("post", at(Page::Mail), pages::mail(frame, &devices::post(), lang)),
        ("post that is not offered", at(Page::Mail), pages::mail(frame, &devices::no_post(), lang)),
        (
            "wanting post",
            Page::MailConfirm.path(next(lang), "ab"),
            pages::mail_link(frame, &devices::mail_link(MailLink::Confirm, None), lang),
        ),
        (
            "stopped post",
            Page::MailStop.path(next(lang), "ab"),
            pages::mail_link(frame, &devices::mail_link(MailLink::Stop, Some(true)), lang),
        ),
        ("search", search_path(&village::search(), other), pages::search(frame, &village::search(), lang)),
        (
            "nothing found",
            search_path(&village::search_none(), other),
            pages::search(frame, &village::search_none(), lang),
        ),
        ("refused", paths::news(other).to_owned(), pages::error(frame, &refused, lang)),
    ];
    rendered(lang, pages.into_iter().chain(posts_in(frame, lang)).chain(desk_in(frame, lang)))
}

fn search_path(page: &SearchPage, lang: Lang) -> String {
    paths::search_for(lang, &page.question, page.kind, page.after.as_deref())
}

/// Every tag in a document: the text between `<` and `>`, without closing tags.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter(|tag| !tag.starts_with('/')).map(|tag| tag.split('>').next().unwrap()).collect()
}

/// The values of an attribute, wherever it stands.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let opening = format!(" {attribute}=\"");
    html.split(opening.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_page_names_its_language_and_has_one_heading_of_the_first_level() {
    for page in render_all(&village::frame()) {
        let context = format!("{} in {}", page.name, page.lang.tag());
        assert!(page.html.contains(&format!("<html lang=\"{}\">", page.lang.tag())), "{context}");
        assert_eq!(page.html.matches("<h1").count(), 1, "{context}");
        assert_eq!(page.html.matches("<main ").count(), 1, "{context}");
        assert_eq!(page.html.matches("</html>").count(), 1, "{context}");
        assert!(page.html.contains("href=\"#main\"") && page.html.contains("id=\"main\""), "{context}: skip link");
    }
}

#[test]
fn every_page_links_to_itself_in_the_other_languages() {
    for page in render_all(&village::frame()) {
        let tag = next(page.lang).tag();
        let link = format!("href=\"{}\" lang=\"{tag}\" hreflang=\"{tag}\"", page.other.replace('&', "&#38;"));
        assert!(page.html.contains(&link), "{} in {}: {link}", page.name, page.lang.tag());
        assert_eq!(page.html.matches(" data-language").count(), Lang::ALL.len() - 1, "{}", page.name);
    }
}

#[test]
fn headings_skip_no_level() {
    for page in render_all(&village::frame()) {
        let levels: Vec<u32> = tags(&page.html)
            .into_iter()
            .filter(|tag| tag.starts_with('h') && tag[1..].starts_with(|digit: char| digit.is_ascii_digit()))
            .map(|tag| tag[1..2].parse().unwrap())
            .collect();
        assert_eq!(levels.first(), Some(&1), "{}", page.name);
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "{}: {levels:?}", page.name);
        }
    }
}

#[test]
fn no_id_stands_twice_on_a_page_and_every_label_leads_somewhere() {
    for page in render_all(&village::frame()) {
        let mut ids = values(&page.html, "id");
        let count = ids.len();
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            let targets = values(&page.html, attribute);
            for target in targets.iter().flat_map(|targets| targets.split(' ')) {
                assert!(ids.contains(&target), "{}: {attribute} {target}", page.name);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}", page.name);
    }
}

#[test]
fn the_menu_marks_where_one_is() {
    let frame = village::frame();
    for lang in Lang::ALL {
        for (page, html) in [
            (Page::News, pages::news(&frame, &village::news(), lang)),
            (Page::Agenda, pages::agenda(&frame, &village::agenda(), lang)),
            (Page::Join, pages::join(&frame, lang)),
            (Page::About, pages::about(&frame, &village::about(), lang)),
        ] {
            let entry = format!("href=\"{}\" aria-current=\"page\"", page.pattern(lang));
            let places = if page == Page::About { 1 } else { 2 };
            assert_eq!(
                html.unwrap().matches(&entry).count(),
                places,
                "in the menu, and where everything stands: {entry}"
            );
        }
        let item = pages::item(&frame, &village::item(), lang).unwrap();
        assert!(item.contains(&format!("href=\"{}\" aria-current=\"true\"", paths::news(lang))));
    }
}

#[test]
fn every_link_within_the_site_leads_to_a_page() {
    for page in render_all(&village::frame()) {
        for link in values(&page.html, "href").into_iter().filter(|link| link.starts_with('/')) {
            let path = link.split(['?', '#']).next().unwrap();
            let elsewhere = ["/static/", "/theme", "/api/v1/operations/", "/photos/"];
            let known = elsewhere.iter().any(|start| path.starts_with(start));
            let known = known || Lang::ALL.map(paths::manifest).contains(&path);
            assert!(known || paths::is_file(path) || paths::locate(path).is_some(), "{}: {link}", page.name);
        }
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> javascript:alert(3) {{ s }} &amp;";

fn hostile_author() -> Author {
    Author {
        name: Some(HOSTILE.to_owned()),
        home: Origin::Neighbour { name: HOSTILE.to_owned() },
        ..village::resident("")
    }
}

#[test]
fn hostile_words_stay_words() {
    let mut frame = village::frame();
    frame.neighbourhood.name = HOSTILE.to_owned();
    frame.neighbourhood.tagline = Some(HOSTILE.to_owned());
    frame.neighbourhood.neighbours = vec![NeighbourLink {
        name: HOSTILE.to_owned(),
        site: Some("javascript:alert(4)//https://a.example".to_owned()),
    }];
    let mut news = village::news();
    news.items[0] = NewsTeaser {
        id: HOSTILE.to_owned(),
        title: HOSTILE.to_owned(),
        body: HOSTILE.to_owned(),
        author: hostile_author(),
        ..news.items[0].clone()
    };
    news.older = Some(HOSTILE.to_owned());
    let words = format!("https://a.example/{HOSTILE}");
    let comment = village::comment(31, hostile_author(), village::item().written, &words);
    let thread = Thread { entries: vec![ThreadEntry::Comment(Box::new(comment))], ..village::thread() };
    let item = ItemPage {
        title: HOSTILE.to_owned(),
        body: HOSTILE.to_owned(),
        author: hostile_author(),
        thread: thread.clone(),
        ..village::item()
    };
    let event = EventPage {
        title: HOSTILE.to_owned(),
        place: Stated::Agreed(Some(HOSTILE.to_owned())),
        thread,
        ..village::event_page()
    };
    let lost = village::error(Failure::Refused { problem: HOSTILE.to_owned() }, HOSTILE);
    let mut found = SearchPage { question: HOSTILE.to_owned(), next: Some(HOSTILE.to_owned()), ..village::search() };
    found.hits[0].title = HOSTILE.to_owned();
    found.hits[0].author = Some(hostile_author());
    found.hits[0].excerpt.pieces = vec![(HOSTILE.to_owned(), false), (HOSTILE.to_owned(), true)];
    for lang in Lang::ALL {
        for html in [
            pages::news(&frame, &news, lang),
            pages::item(&frame, &item, lang),
            pages::event(&frame, &event, lang),
            pages::write(&frame, &village::write_event(), lang),
            pages::join(&frame, lang),
            pages::search(&frame, &found, lang),
            pages::error(&frame, &lost, lang),
        ] {
            let html = html.unwrap();
            let found = tags(&html);
            let scripts = found.iter().filter(|tag| tag.starts_with("script") && !tag.contains("application/ld+json"));
            assert_eq!(scripts.count(), 3, "only the page's own scripts");
            let pictures = found.iter().filter(|tag| tag.starts_with("img"));
            assert!(pictures.into_iter().all(|tag| tag.contains("src=\"/photos/")), "no element out of words");
            let outside_quotes = found.iter().flat_map(|tag| tag.split('"').step_by(2));
            assert!(!outside_quotes.into_iter().any(|part| part.contains("onerror")), "no attribute out of words");
            for link in values(&html, "href") {
                assert!(!link.to_lowercase().starts_with("javascript"), "{link}");
            }
        }
    }
}

#[test]
fn only_web_addresses_in_a_text_become_links() {
    let body = "Zie https://maasdorp.example/a?b=1&c=2, javascript:alert(1) en data:text/html,x".to_owned();
    let html = pages::item(&village::frame(), &ItemPage { body, ..village::item() }, Lang::Nl).unwrap();
    let link = "<a href=\"https://maasdorp.example/a?b=1&amp;c=2\" rel=\"nofollow ugc noopener\">";
    assert!(html.contains(link), "{html}");
    assert_eq!(values(&html, "rel").iter().filter(|rel| rel.contains("ugc")).count(), 1);
}

#[test]
fn concurrent_versions_are_all_shown() {
    let nl = pages::event(&village::frame(), &village::contested_event(), Lang::Nl).unwrap();
    for words in [
        "Woensdag 25 november, 13.30 tot 16.00 uur",
        "Donderdag 26 november, 13.30 tot 16.00 uur",
        "Bibliotheek",
        "Nog niet bekend",
        "Gaat niet door",
        "Gaat door",
        "Jan Peelen",
    ] {
        assert!(nl.contains(words), "{words}");
    }
    let cancelled = EventPage { cancelled: Stated::Agreed(true), ..village::event_page() };
    let en = pages::event(&village::frame(), &cancelled, Lang::En).unwrap();
    assert!(en.contains("This event has been cancelled."));
}

#[test]
fn the_agenda_groups_by_day_and_month() {
    let nl = pages::agenda(&village::frame(), &village::agenda(), Lang::Nl).unwrap();
    let order = [
        "November 2026",
        "Vandaag, zaterdag 21 november",
        "Morgen, zondag 22 november",
        "Wandeling langs de uiterwaarden",
        "Kaarten bij het veerhuis",
        "Woensdag 25 november",
        "December 2026",
        "Vrijdag 4 december",
        "tot en met zaterdag 5 december",
        "Midwinterfeest",
    ];
    let positions: Vec<usize> = order.iter().map(|words| nl.find(words).unwrap_or_else(|| panic!("{words}"))).collect();
    assert!(positions.is_sorted(), "{positions:?}");
    assert_eq!(nl.matches("Morgen, zondag 22 november</time>").count(), 1, "one heading for two events of a day");
}

#[test]
fn what_began_before_today_stands_under_today() {
    let mut agenda = village::agenda();
    agenda.events = vec![village::event(
        61,
        "Kerststal kijken",
        When::AllDay { first: village::on(12), last: village::on(28) },
        "Kerk",
        Origin::Here,
    )];
    let nl = pages::agenda(&village::frame(), &agenda, Lang::Nl).unwrap();
    assert!(nl.contains("Vandaag, zaterdag 21 november</time>"));
    assert!(nl.contains("tot en met zaterdag 28 november"));
}

#[test]
fn a_month_is_a_table_of_weeks_and_a_week_has_seven_days() {
    let frame = village::frame();
    let month = pages::agenda(&frame, &village::agenda_as(AgendaView::Month), Lang::Nl).unwrap();
    assert!(month.contains("<abbr title=\"maandag\">ma</abbr>"));
    assert!(month.contains("<td class=\"none\" colspan=\"6\"></td>"), "November 2026 begins on a Sunday");
    assert_eq!(month.matches("<time datetime=\"2026-11-").count(), 30, "a day of the month stands there once");
    assert!(month.contains("<span>13.30</span>") && month.contains("aria-current=\"date\""));
    assert!(month.contains("href=\"/agenda?weergave=maand&#38;op=2026-10-31\"") && month.contains("Vorige maand"));
    let week = pages::agenda(&frame, &village::agenda_as(AgendaView::Week), Lang::Nl).unwrap();
    assert!(week.contains("Week 48: 23 tot en met 29 november 2026"));
    assert_eq!(week.matches("class=\"dayname\"").count(), 7);
    assert!(week.contains("Niets."));
}

#[test]
fn the_agenda_says_how_to_subscribe_to_just_this_part_of_it() {
    let mut agenda = village::agenda();
    agenda.asked.category = Some("Muziek".to_owned());
    let nl = pages::agenda(&village::frame(), &agenda, Lang::Nl).unwrap();
    assert!(nl.contains("href=\"webcal://maasdorp.example/agenda.ics?categorie=Muziek\""));
    assert!(nl.contains("<code>https://maasdorp.example/agenda.ics?categorie=Muziek</code>"));
}

#[test]
fn forms_wait_hidden_for_the_module_and_carry_what_it_needs() {
    let frame = village::frame();
    let comment = pages::item(&frame, &village::item(), Lang::Nl).unwrap();
    let write = pages::write(&frame, &village::write_event(), Lang::Nl).unwrap();
    let join = pages::join(&frame, Lang::Nl).unwrap();
    for (html, form) in [(&comment, "comment"), (&write, "write"), (&join, "join")] {
        let tag = tags(html).into_iter().find(|tag| tag.contains(&format!("data-dorpsplein=\"{form}\""))).unwrap();
        assert!(tag.starts_with("form method=\"post\"") && tag.ends_with(" hidden"), "{tag}");
        assert!(html.contains("<noscript>"), "{form} explains itself without JavaScript");
        let problems = values(html, "data-problem");
        assert_eq!(problems.len(), problems::ALL.len() + 1, "{form} carries every sentence");
        for state in tags(html).into_iter().filter(|tag| tag.contains("data-state=")) {
            assert!(state.ends_with(" hidden"), "{state}");
        }
    }
    let names = values(&write, "name");
    for field in
        ["title", "body", "audience", "starts_date", "starts_time", "ends_date", "ends_time", "place", "all_day"]
    {
        assert!(names.contains(&field), "{field}");
    }
    assert_eq!(values(&comment, "data-subject"), [village::id(11)]);
    assert_eq!(values(&comment, "data-neighbourhood-of-subject"), [village::id(1)]);
    assert_eq!(values(&comment, "data-space"), ["neighbours"]);
    assert_eq!(values(&write, "data-sent-link"), [Page::Event.pattern(Lang::Nl)]);
    assert_eq!(values(&join, "data-api"), ["/api/v1"]);
}

#[test]
fn a_proof_carries_the_claims_to_compare() {
    let html = pages::who_says_this(&village::frame(), &village::proof(), Lang::En).unwrap();
    assert_eq!(values(&html, "data-operation"), [village::id(11), village::id(71), village::id(72)]);
    assert_eq!(values(&html, "data-role"), ["item", "profile", "membership"]);
    let operations = &html[html.find("class=\"operations\"").unwrap()..];
    for claim in ["device", "neighbourhood", "time"] {
        assert_eq!(values(operations, "data-claim").iter().filter(|value| **value == claim).count(), 3, "{claim}");
    }
    let whole = &html[..html.find("class=\"operations\"").unwrap()];
    assert_eq!(values(whole, "data-claim"), ["author", "home", "home-name", "time", "device"]);
    assert!(html.contains("data-claim=\"name\" data-value=\"Truus Verhoeven\""));
    assert!(html.contains("data-claim=\"time\" data-value=\"1795198320000\""));
    for state in ["checking", "verified", "not-verified", "failed"] {
        let count = values(&html, "data-state").iter().filter(|value| **value == state).count();
        assert_eq!(count, 4, "{state}: the whole and three operations");
    }
}

#[test]
fn a_box_for_reading_only_says_so_and_offers_no_form() {
    for page in render_all(&village::reading_only()) {
        // What works by itself says where it goes.
        let forms = tags(&page.html).into_iter().filter(|tag| tag.starts_with("form") && !tag.contains(" action="));
        let forms = forms.count();
        let scripts = page.html.matches("<script type=\"module\"").count();
        assert_eq!((forms, scripts), (0, 2), "{}: only reading, and looking for something", page.name);
        assert!(!page.html.contains("<noscript"), "{}", page.name);
    }
    let frame = village::reading_only();
    let write = pages::write(&frame, &village::write_news(), Lang::Nl).unwrap();
    assert!(write.contains("Dit kastje is gebouwd om alleen te lezen. Schrijven kan hier niet."));
    let join = pages::join(&frame, Lang::En).unwrap();
    assert!(join.contains("This box was built for reading only. You cannot join here."));
}

#[test]
fn an_empty_square_still_says_something() {
    let news = NewsPage { words: None, soon: vec![], items: vec![], before: None, older: None };
    let html = pages::news(&village::frame(), &news, Lang::Nl).unwrap();
    assert!(html.contains("Er is nog geen nieuws."));
    assert!(html.contains("Vandaag en morgen staat er niets in de agenda."));
    let agenda = AgendaPage { events: vec![], later: None, ..village::agenda() };
    assert!(pages::agenda(&village::frame(), &agenda, Lang::En).unwrap().contains("nothing in the agenda yet"));
}

#[test]
fn an_error_says_what_to_do_next() {
    let page = village::error(Failure::Refused { problem: "invitation-used".to_owned() }, "/meedoen");
    let html = pages::error(&village::frame(), &page, Lang::Nl).unwrap();
    assert!(html.contains("Deze uitnodiging is al gebruikt."));
    let unknown = village::error(Failure::Refused { problem: "from-the-future".to_owned() }, "/meedoen");
    assert!(pages::error(&village::frame(), &unknown, Lang::Nl).unwrap().contains("Het kastje heeft dit geweigerd."));
}

#[test]
fn an_alert_stands_on_top_of_every_page() {
    let mut frame = village::frame();
    frame.neighbourhood.alerts = vec![posts::open_alert()];
    for page in render_all(&frame) {
        let link = format!("href=\"{}\"", paths::item(page.lang, &posts::open_alert().id));
        let before = page.html.split("<main").next().unwrap();
        assert!(before.contains(&link), "{} in {:?}", page.name, page.lang);
    }
}

#[test]
fn a_list_links_to_its_parts_and_keeps_what_was_asked() {
    let html = pages::posts(&village::frame(), &posts::market(), Lang::Nl).unwrap();
    for link in [
        "/vraag-en-aanbod?soort=aanbod&#38;categorie=Lenen",
        "/vraag-en-aanbod?categorie=Tuin",
        "/vraag-en-aanbod?categorie=Lenen&#38;na=a1b2",
        "/schrijven?soort=vraag",
    ] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert!(html.contains(&format!("categorie=Lenen&#38;gebied={}", village::id(801))));
}

#[test]
fn names_of_those_who_come_are_for_residents() {
    let named = pages::event(&village::frame(), &posts::recurring_event(), Lang::Nl).unwrap();
    assert!(named.contains("Ilse de Wit") && named.contains("elke eerste donderdag van de maand"));
    let mut event = posts::recurring_event();
    event.sign_ups.names = None;
    let unnamed = pages::event(&village::frame(), &event, Lang::Nl).unwrap();
    let before_comments = unnamed.split("id=\"comments\"").next().unwrap();
    assert!(!before_comments.contains("Ilse de Wit") && before_comments.contains("5 mensen."));
}

#[test]
fn connectors_see_every_token_with_its_value_and_what_it_has_to_contrast_with() {
    let html = pages::look(&village::frame(), &desk::look(), Lang::Nl).unwrap();
    for token in TOKENS {
        let named = match token.form {
            Form::Colour(..) => vec![format!("name=\"light-{}\"", token.name), format!("name=\"dark-{}\"", token.name)],
            Form::Length(..) | Form::Font(_) => vec![format!("name=\"{}\"", token.name)],
        };
        assert!(named.iter().all(|name| html.contains(name)), "{}", token.name);
    }
    for pair in PAIRS {
        assert!(html.contains(&format!("data-contrast=\"{} {} dark\" hidden", pair.upper, pair.ground)));
    }
    assert!(html.contains("name=\"dark-brand\" value=\"#aaccff\"") && html.contains("max=\"1.5\" value=\"1.25\""));
    assert!(html.contains("<option value=\"slab\" selected>"));
    assert!(html.contains("value=\"people\">") && html.contains("value=\"market\" checked>"));
}

#[test]
fn what_is_switched_off_has_no_link_left() {
    let mut frame = village::frame();
    frame.modules = Modules::without(Module::ALL.map(Module::name));
    let off = |html: &str, lang: Lang| {
        Page::ALL.into_iter().filter(|page| !frame.modules.has_page(*page)).all(|page| {
            let path = page.pattern(lang);
            values(html, "href")
                .iter()
                .chain(&values(html, "action"))
                .all(|link| link.split(['?', '#']).next() != Some(path))
        })
    };
    for lang in Lang::ALL {
        for html in [
            pages::news(&frame, &village::news(), lang),
            pages::item(&frame, &village::item(), lang),
            pages::write(&frame, &village::write_news(), lang),
            pages::help(&frame, lang),
            pages::desk(&frame, &desk::desk(), lang),
            pages::error(&frame, &village::error(Failure::Off, Page::Market.pattern(lang)), lang),
        ] {
            let html = html.unwrap();
            // The link to the same page in the other language leads to what is off there.
            assert!(off(&html, lang), "{lang:?}: {html}");
            assert!(!html.contains("role=\"search\""));
        }
    }
    let write = pages::write(&frame, &village::write_news(), Lang::Nl).unwrap();
    assert!(!write.contains("soort=aanbod") && write.contains("soort=activiteit"));
}

#[test]
fn connectors_act_on_what_waits_for_them() {
    let html = pages::queue(&village::frame(), &desk_queue::queue(), Lang::Nl).unwrap();
    let acts = values(&html, "data-act");
    for act in ["hide-reported", "refuse-reported", "looked-at", "ask-review"] {
        assert_eq!(acts.iter().filter(|one| **one == act).count(), 1, "{act}");
    }
    assert_eq!(acts.iter().filter(|one| **one == "dismiss").count(), 3, "what is gone can be dismissed as well");
    let reference = format!("name=\"reports\" value=\"{}:{}\"", village::id(1110), village::id(1111));
    assert_eq!(html.matches(&reference).count(), 2, "hiding it deals with every report, and so does dismissing");
    let empty = pages::queue(&village::frame(), &QueuePage::default(), Lang::En).unwrap();
    assert!(empty.contains("Nothing waits."));
}

#[test]
fn a_chart_tells_few_and_not_how_few() {
    let html = pages::pulse(&village::frame(), &desk_queue::pulse(), Lang::Nl).unwrap();
    assert_eq!(html.matches("class=\"few\"").count(), 2);
    assert!(html.contains("height=\"24\"") && html.contains("height=\"48\""), "half as many are half as high");
    assert!(html.contains("<td>weinig</td>") && html.contains("<td>14</td>") && html.contains("<td>–</td>"));
    assert!(
        html.contains("nog nooit iets.") && html.contains("al twee weken niets nieuws. Het laatste was van 3 november")
    );
}

#[test]
fn how_the_box_is_marks_only_what_needs_somebody() {
    let well = pages::health(&village::frame(), &desk_health::well(), Lang::Nl).unwrap();
    assert!(!well.contains("class=\"tag ask\"") && !well.contains("class=\"tag stop\""), "{well}");
    assert!(well.contains("Er is nog 21,4 GB vrij.") && well.contains("ongeveer 8 jaar vol"), "{well}");
    let need = pages::health(&village::frame(), &desk_health::in_need(), Lang::En).unwrap();
    assert_eq!((need.matches("class=\"tag ask\"").count(), need.matches("class=\"tag stop\"").count()), (1, 4));
    assert!(need.contains("cannot keep anything") && need.contains("No backup was ever made"), "{need}");
}

#[test]
fn how_the_box_is_says_until_when_the_site_is_trusted_and_whose_business_that_is() {
    let well = pages::health(&village::frame(), &desk_health::well(), Lang::Nl).unwrap();
    assert!(well.contains("geldig tot 28 november") && well.contains("Het kastje vernieuwt het zelf."), "{well}");
    let need = pages::health(&village::frame(), &desk_health::in_need(), Lang::En).unwrap();
    assert!(
        need.contains("has not been valid since 2 November") && need.contains("Another program renews it"),
        "{need}"
    );
    assert!(
        need.contains("Permission denied") && need.contains("may read both files"),
        "what happened, and what to do"
    );
    for (https, words) in [(SiteHttps::Before, "Een webserver vóór dit kastje"), (SiteHttps::Plain, "geen https")] {
        let page = HealthPage { https, ..desk_health::well() };
        let html = pages::health(&village::frame(), &page, Lang::Nl).unwrap();
        assert!(html.contains(words) && !html.contains("geldig tot"), "{html}");
    }
}

#[test]
fn versions_that_disagree_have_a_button_each_and_the_history_says_what_changed() {
    let choice = |words: &str| Choice { said: FactValue::Words(words.to_owned()), value: format!("t{words}") };
    let versions = vec![choice("Schuur <b>"), choice("Deel")];
    let disagreements = vec![Disagreement { fact: "event-where", field: 4, versions }];
    let page = ItemPage { disagreements, ..village::item() };
    let html = pages::item(&village::frame(), &page, Lang::Nl).unwrap();
    assert_eq!(html.matches("data-dorpsplein=\"settle\"").count(), 2);
    assert!(html.contains("data-value=\"tSchuur &#60;b&#62;\"") && html.contains("Er staan twee versies"), "{html}");
    assert!(!pages::item(&village::frame(), &village::item(), Lang::Nl).unwrap().contains("settle"));

    let change = Change {
        fact: "event-where",
        before: FactValue::Words("In de Schuur <i>".to_owned()),
        after: FactValue::Words("In de Deel".to_owned()),
    };
    let version = |first, changes| Version { at: village::item().written, by: village::item().author, first, changes };
    let subject = Subject {
        id: village::item().id,
        kind: PostKind::News,
        title: "Soep".to_owned(),
        neighbourhood: village::item().id,
        space: "square".to_owned(),
    };
    let versions = vec![version(false, Some(vec![change])), version(true, None)];
    let page = HistoryPage { id: village::item().id, subject, of_subject: true, versions };
    for lang in Lang::ALL {
        let html = pages::history(&village::frame(), &page, lang).unwrap();
        assert!(html.contains("<del>Schuur &#60;i&#62;</del><ins>Deel</ins>"), "{html}");
    }
    assert!(pages::history(&village::frame(), &page, Lang::Nl).unwrap().contains("alleen voor bewoners"));
}

#[test]
fn a_page_in_a_language_with_a_part_of_the_texts_says_the_rest_in_another() {
    let frisian = Lang::from_tag("fy").unwrap();
    let frame = village::frame();
    let html = pages::agenda(&frame, &village::agenda(), frisian).unwrap();
    assert!(html.contains("<html lang=\"fy\">") && html.contains("<body lang=\"nl\" "));
    assert!(html.contains("<title lang=\"fy\">Aginda · "), "a title has no elements in it");
    let menu = html.split("<nav class=\"menu\"").nth(1).unwrap().split("</nav>").next().unwrap();
    assert!(menu.contains("href=\"/fy/agenda\" aria-current=\"page\""), "the words of the address are Dutch: {menu}");
    for word in ["Nijs", "Aginda", "Skriuwe", "Meidwaan", "Mear"] {
        assert!(menu.contains(&format!("<span lang=\"fy\">{word}</span>")), "{word}");
    }
    assert!(menu.starts_with(" aria-label=\"Haadmenu\""), "an attribute has no elements in it: {menu}");
    // What is not translated: texts, dates, and the words of the help in a language of their own.
    assert!(html.contains("Vandaag, zaterdag 21 november") && html.contains("placeholder=\"Waar zoekt u naar?\""));
    let dutch = pages::agenda(&frame, &village::agenda(), Lang::Nl).unwrap();
    let in_dutch = [("Aginda", "Agenda"), ("Wichtich", "Belangrijk"), ("example/fy/", "example/")];
    let in_dutch = in_dutch.into_iter().fold(words(&html, "main"), |words, (from, to)| words.replace(from, to));
    assert_eq!(in_dutch, words(&dutch, "main"), "all else is the Dutch page");
    assert!(dutch.contains("<a href=\"/fy/agenda\" lang=\"fy\" hreflang=\"fy\" data-language>Frysk</a>"));
    assert!(!dutch.contains("<body lang="), "a whole language says it once");
    for page in render_all(&frame) {
        assert!(!page.html.contains(['\u{FDD0}', '\u{FDD1}']), "{}: no mark is left", page.name);
    }
}

#[test]
fn a_mail_fetches_nothing_and_says_the_same_twice() {
    let mut frame = village::frame();
    frame.neighbourhood.name = "Dorp & Dal".to_owned();
    for lang in Lang::ALL {
        let digest = pages::digest(&frame, &devices::digest(HOSTILE), lang).unwrap();
        let asks = pages::confirmation(&frame, "https://plein.example/post/aanzetten/ab", lang).unwrap();
        for mail in [&digest, &asks] {
            let tag = Lang::from(lang.whole()).tag();
            assert!(mail.html.contains(&format!("<html lang=\"{tag}\">")), "a mail is in a whole language");
            assert!(mail.subject.contains("Dorp & Dal") && mail.html.contains("Dorp &#38; Dal"));
            let remote = ["img", "link", "script", "style", "iframe", "object", "form"];
            assert!(
                !tags(&mail.html).iter().any(|tag| remote.iter().any(|name| tag.starts_with(name))),
                "{}",
                mail.html
            );
            assert!(!mail.html.contains(['\u{FDD0}', '\u{FDD1}']) && !mail.text.contains(['\u{FDD0}', '\u{FDD1}']));
            for link in values(&mail.html, "href") {
                assert!(link.starts_with("https://plein.example/") && mail.text.contains(link), "{link}");
            }
        }
        assert!(digest.text.contains(HOSTILE) && digest.text.lines().all(|line| !line.starts_with("<script")));
    }
    let nl = pages::digest(&frame, &devices::digest("Soep\nBcc: x@y.example"), Lang::Nl).unwrap();
    assert!(
        nl.text.contains(
            "- Soep Bcc: x@y.example\n  Vandaag, zaterdag 21 november, 20.00 uur, De Schuur, alleen voor bewoners\n"
        ),
        "{}",
        nl.text
    );
    assert!(pages::digest(&frame, &devices::digest("Soep"), Lang::En).unwrap().subject.starts_with("This week on"));
}

/// What an element says, without its tags.
fn words(html: &str, element: &str) -> String {
    let content = html.split(&format!("<{element} ")).nth(1).unwrap().split(&format!("</{element}>")).next().unwrap();
    let text = content.split('>').skip(1).map(|part| part.split('<').next().unwrap());
    text.collect()
}

//! Writes every page in both languages to a folder, to look at: `cargo run -p dorpsplein-web-ui --example render -- DIR`.

#[path = "../tests/village/mod.rs"]
mod village;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use dorpsplein_web_ui::pages::{self, RenderError};
use dorpsplein_web_ui::paths::{Page, PostKind};
use dorpsplein_web_ui::view::{Failure, Frame, Role};
use dorpsplein_web_ui::{Lang, assets};
use village::{desk, posts};

fn main() -> Result<(), io::Error> {
    let folder = env::args_os().nth(1).map_or_else(|| env::temp_dir().join("dorpsplein-pages"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("icon.svg"), assets::ICON)?;
    let frame = Frame {
        icon_url: "icon.svg".to_owned(),
        script_url: Some("app.js".to_owned()),
        suggest_url: "suggest.js".to_owned(),
        reading_url: "reading.js".to_owned(),
        ..village::frame()
    };
    for lang in Lang::ALL {
        write_all(&folder, &frame, lang)?;
    }
    println!("{}", folder.display());
    Ok(())
}

fn write_all(folder: &Path, frame: &Frame, lang: Lang) -> Result<(), io::Error> {
    let reading_only = Frame { script_url: None, ..frame.clone() };
    let lost = village::error(Failure::NotFound, "/bericht/weg");
    let resident = Some(Role::Resident);
    let pages: Vec<(&str, Result<String, RenderError>)> = vec![
        ("news", pages::news(frame, &village::news(), lang)),
        ("search", pages::search(frame, &village::search(), lang)),
        ("search-none", pages::search(frame, &village::search_none(), lang)),
        ("item", pages::item(frame, &village::item(), lang)),
        ("agenda", pages::agenda(frame, &village::agenda(), lang)),
        ("event", pages::event(frame, &village::event_page(), lang)),
        ("event-contested", pages::event(frame, &village::contested_event(), lang)),
        ("write-news", pages::write(frame, &village::write_news(), lang)),
        ("write-event", pages::write(frame, &village::write_event(), lang)),
        ("write-reading-only", pages::write(&reading_only, &village::write_news(), lang)),
        ("join", pages::join(frame, lang)),
        ("market", pages::posts(frame, &posts::market(), lang)),
        ("clubs", pages::posts(frame, &posts::clubs(), lang)),
        ("groups-empty", pages::posts(frame, &posts::empty(Page::Groups), lang)),
        ("listing", pages::item(frame, &posts::listing(), lang)),
        ("alert", pages::item(frame, &posts::alert(), lang)),
        ("group", pages::item(frame, &posts::group(), lang)),
        ("event-recurring", pages::event(frame, &posts::recurring_event(), lang)),
        ("write-listing", pages::write(frame, &village::write(PostKind::Listing), lang)),
        ("people", pages::people(frame, &posts::people(), lang)),
        ("help", pages::help(frame, lang)),
        ("accessibility", pages::accessibility(frame, lang)),
        ("privacy", pages::privacy(frame, lang)),
        ("about", pages::about(frame, &village::about(), lang)),
        ("who-says-this", pages::who_says_this(frame, &village::proof(), lang)),
        ("who-says-this-comment", pages::who_says_this(frame, &village::comment_proof(), lang)),
        ("error", pages::error(frame, &lost, lang)),
        ("gone", pages::gone(frame, &desk::gone(true), lang)),
        ("hidden", pages::gone(frame, &desk::gone(false), lang)),
        ("log", pages::log(frame, &desk::log(), lang)),
        ("door", pages::door(frame, &desk::door(Role::Connector, None), lang)),
        ("door-resident", pages::door(frame, &desk::door(Role::Connector, resident), lang)),
        ("desk", pages::desk(frame, &desk::desk(), lang)),
        ("desk-quiet", pages::desk(frame, &desk::quiet_desk(), lang)),
        ("desk-members", pages::members(frame, &desk::members(), lang)),
        ("desk-member", pages::member(frame, &desk::member(), lang)),
        ("desk-member-gone", pages::member(frame, &desk::gone_member(), lang)),
        ("desk-invitations", pages::invitations(frame, &desk::invitations(), lang)),
        ("desk-letters", pages::letters(frame, &desk::letters(), lang)),
        ("desk-neighbours", pages::neighbours(frame, &desk::neighbours(), lang)),
        ("desk-circles", pages::circles(frame, &desk::circles(), lang)),
        ("desk-organisations", pages::organisations(frame, &desk::organisations(), lang)),
        ("desk-areas", pages::areas(frame, &desk::areas(), lang)),
        ("desk-boxes", pages::boxes(frame, &desk::boxes(), lang)),
    ];
    for (name, page) in pages {
        fs::write(folder.join(format!("{name}.{}.html", lang.tag())), page.map_err(io::Error::other)?)?;
    }
    Ok(())
}

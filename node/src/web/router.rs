//! Which address leads where, and what every answer carries.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{MethodRouter, Router, get, post};
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::{self, Feed, Page};
use dorpsplein_web_ui::view::MailLink;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::{
    SiteState, api, feeds, kept, kiosk, layers, links, live, mail, metrics, offline, openapi, pages, photos, preview,
    push, rates, sessions, statics, theme, write,
};

/// The longest one request may take. A submission waits for the disk, nothing waits for the network.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// Requests that are worked on at one time; more wait their turn, and give up after [`REQUEST_TIME`]. Each may hold an
/// operation and a page in memory, and a small box has little.
const REQUESTS: usize = 64;

/// All addresses of the site and the API.
pub fn router(state: SiteState) -> Router {
    let made_each_time = Router::new()
        .nest("/api/v1", api_routes())
        .route("/static/{name}", get(statics::file))
        .merge(theme::routes())
        .route("/metrics", get(metrics::for_keepers))
        .route("/local-authority.crt", get(statics::authority))
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(middleware::from_fn(layers::compress));
    site()
        .layer(middleware::from_fn_with_state(state.clone(), kept::keep))
        .merge(made_each_time)
        .layer(GlobalConcurrencyLimitLayer::new(REQUESTS))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIME))
        .merge(photos::routes())
        .layer(middleware::from_fn_with_state(state.clone(), rates::bound))
        .layer(middleware::from_fn_with_state(state.clone(), layers::secure))
        .with_state(state)
}

/// The pages, in every language, straight from the one table of addresses.
fn site() -> Router<SiteState> {
    let addresses = Page::ALL.into_iter().flat_map(|page| Lang::ALL.map(|lang| (page, lang)));
    let site = addresses.fold(Router::new(), |site, (page, lang)| site.route(page.pattern(lang), show(page, lang)));
    let site = Lang::ALL.into_iter().fold(site, |site, lang| {
        let calendar = get(move |state, query| feeds::calendar(lang, state, query));
        let feed = |feed: Feed| get(move |state| feeds::feed(feed, lang, state));
        let site = site.route(paths::calendar_pattern(lang), calendar);
        Feed::ALL.into_iter().fold(site, |site, one| site.route(one.pattern(lang), feed(one)))
    });
    let site = Lang::ALL.into_iter().fold(site, |site, lang| {
        site.route(paths::problem_pattern(lang), get(move |state, kind| pages::problem(lang, state, kind)))
            .route(paths::manifest(lang), get(move |State(state)| offline::manifest(lang, state)))
    });
    // Every language but the one at `/` has its home page under its tag; without the last stroke as well.
    let below = Lang::ALL.into_iter().map(paths::news).filter(|home| *home != "/");
    let site = below.fold(site, |site, home| {
        site.route(home.trim_end_matches('/'), get(move || async move { Redirect::permanent(home) }))
    });
    site.route("/favicon.ico", get(statics::icon))
        .route("/worker.js", get(statics::worker))
        .route(paths::KIOSK, get(kiosk::enter))
}

fn show(page: Page, lang: Lang) -> MethodRouter<SiteState> {
    let shown =
        get(move |state, visitor, headers, id, query| pages::page(page, lang, state, visitor, headers, id, query));
    let follow = |link| post(move |state, token| mail::follow(link, lang, state, token));
    let taken = match page {
        Page::Mail => post(move |state, visitor, headers, form| mail::choose(lang, state, visitor, headers, form)),
        Page::MailConfirm => follow(MailLink::Confirm),
        Page::MailStop => follow(MailLink::Stop),
        _ => return shown,
    };
    shown.merge(taken.layer(DefaultBodyLimit::max(mail::LONGEST_FORM)))
}

fn api_routes() -> Router<SiteState> {
    Router::new()
        .route("/operations", post(write::submit))
        .route("/previews", post(preview::preview))
        .route("/operations/{id}", get(api::operation))
        .route("/items", get(api::items))
        .route("/items/{id}", get(api::item))
        .route("/search", get(api::search::search))
        .route("/suggestions", get(api::search::suggestions))
        .route("/index", get(api::search::index).post(api::search::rebuild))
        .route("/items/{id}/receipts", get(api::moderation::receipts))
        .route("/log", get(api::moderation::log))
        .route("/setting", get(theme::setting))
        .route("/register", get(api::register::register))
        .route("/residents", get(api::register::residents))
        .route("/mine", get(api::register::mine))
        .route("/forks", get(api::register::forks))
        .route("/events", get(live::stream::events))
        .route("/status", get(api::status))
        .route("/invitations/{key}", get(api::invitation))
        .route("/devices/{key}", get(api::device))
        .route("/sessions/challenge", get(sessions::challenge))
        .route("/sessions", get(sessions::who).post(sessions::log_in).delete(sessions::log_out))
        .route("/push", post(push::subscribe).put(push::renew).delete(push::unsubscribe))
        .route("/links/{id}/{slot}", get(links::look).put(links::leave))
        .route("/sync", get(api::sync::status).post(api::sync::now))
        .route("/agenda/sources", get(api::agenda::sources))
        .route("/agenda/imports", post(api::agenda::import))
        .route("/agenda/passed-over", post(api::agenda::pass_over))
        .route("/introductions", post(api::neighbours::introduce))
        .route("/takings/{about}", get(api::neighbours::taking))
        .route("/backup", get(api::backup::backup))
        .route("/bundles", post(api::bundles::take))
        .route("/bundles/{neighbourhood}/{space}", get(api::bundles::page))
        .route("/openapi.json", get(openapi::document))
        .fallback(api::nowhere)
        .method_not_allowed_fallback(api::wrong_method)
}

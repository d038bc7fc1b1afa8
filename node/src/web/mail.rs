//! Post by e-mail, as far as it has to do with pages: where it is asked for, confirmed and stopped, and what it says.
//!
//! Forms here are plain ones, which work without the browser's module. The links in a mail carry a secret, which is all that
//! whoever opens them has to show: mail programs stop post with a request of their own (RFC 8058), from no page of ours.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::paths::{Page, PostKind};
use dorpsplein_web_ui::view::{self, MailLink, MailTrouble};
use dorpsplein_web_ui::{Lang, pages};

use super::error::Problem;
use super::read::{ReadError, Reader, Told, Wanted};
use super::sessions::{self, Visitor};
use super::write::check_origin;
use super::{SiteState, pages as site_pages, push};
use crate::clock;
use crate::mail::{AskError, Mail, Subscription, Wish, link};

/// The most bytes of a form here.
pub(super) const LONGEST_FORM: usize = 4096;

/// What a form brings, by names; of several with one name all count.
type Fields = Form<Vec<(String, String)>>;

/// A mail, with what has to be known besides.
pub(crate) struct Composed {
    /// What it says.
    pub(crate) mail: view::Mail,
    /// Who it is from.
    pub(crate) square: String,
    /// The page that stops the post; none for the mail that asks.
    pub(crate) stop_url: Option<String>,
    /// What of the last days has been told with it.
    pub(crate) told: BTreeSet<ItemId>,
}

/// The mail that asks whether somebody wants post.
pub(crate) fn compose_confirmation(
    state: &SiteState,
    subscription: &Subscription,
    secret: &str,
) -> Result<Composed, ReadError> {
    let reader = Reader::new(state);
    let (frame, lang) = (reader.frame(), subscription.lang());
    let url = link(site(state)?, Page::MailConfirm, lang, secret);
    let mail = pages::confirmation(&frame, &url, lang)?;
    Ok(Composed { mail, square: frame.neighbourhood.name, stop_url: None, told: BTreeSet::new() })
}

/// The mail that tells somebody what is new; none where nothing is, or where they are no resident.
pub(crate) fn compose_digest(
    state: &SiteState,
    resident: &ResidentId,
    subscription: &Subscription,
    now: Timestamp,
) -> Result<Option<Composed>, ReadError> {
    let Some(visitor) = visitor_for(&state.driver.registers(), resident) else { return Ok(None) };
    // Without their leave nothing is named that not everybody may read.
    let reader = Reader::new(state).for_visitor(Some(visitor).filter(|_| subscription.members)).at(now);
    let (site, lang) = (site(state)?, subscription.lang());
    let wanted = Wanted {
        frequency: subscription.frequency(),
        kinds: &subscription.kinds(),
        since: Timestamp::from_millis(subscription.since),
        told: &subscription.told(),
    };
    let Told { sections, told } = reader.digest(&wanted, site)?;
    if sections.is_empty() {
        return Ok(None);
    }
    let stop_url = link(site, Page::MailStop, lang, &subscription.stop);
    let digest = view::Digest {
        frequency: subscription.frequency(),
        sections,
        stop_url: stop_url.clone(),
        choose_url: format!("{site}{}", Page::Mail.pattern(lang)),
    };
    let frame = reader.frame();
    let mail = pages::digest(&frame, &digest, lang)?;
    Ok(Some(Composed { mail, square: frame.neighbourhood.name, stop_url: Some(stop_url), told }))
}

/// Whether somebody is a resident with a device that may sign.
pub(crate) fn is_resident(state: &SiteState, resident: &ResidentId) -> bool {
    visitor_for(&state.driver.registers(), resident).is_some()
}

/// Somebody as they would be if they logged in now.
fn visitor_for(registers: &Registers, resident: &ResidentId) -> Option<Visitor> {
    let devices = registers.home().resident(resident)?.devices;
    devices.iter().find_map(|device| sessions::visitor(registers, &device.key))
}

/// The address of the site, which the settings of the post ask for.
fn site(state: &SiteState) -> Result<&str, ReadError> {
    state.site_url.as_deref().ok_or(ReadError::NotFound)
}

/// Takes what a resident chose on the page of the post.
pub(super) async fn choose(
    lang: Lang,
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Response {
    if let Err(problem) = check_origin(&headers) {
        return problem.into_response();
    }
    let page = Page::Mail.pattern(lang);
    // Whoever is logged out comes to the door.
    let Some(visitor) = visitor else { return Redirect::to(page).into_response() };
    if let Some(stopped) = fields.iter().find(|(name, _)| name == "stop_push").map(|(_, which)| which == "all") {
        return stop_push(&state, visitor, stopped)
            .await
            .map_or_else(Problem::into_response, |()| Redirect::to(page).into_response());
    }
    let Some(mail) = state.mail.clone() else { return Redirect::to(page).into_response() };
    let wish = Wish::of_form(&fields, lang);
    let stops = fields.iter().any(|(name, _)| name == "stop");
    let chosen = wish.clone();
    let done = tokio::task::spawn_blocking(move || {
        if stops {
            return mail.erase(&visitor.resident).map_err(AskError::from);
        }
        mail.ask(visitor.resident, &chosen, clock::now())
    });
    let trouble = match done.await {
        Ok(Ok(())) => return Redirect::to(page).into_response(),
        Ok(Err(AskError::Address)) => MailTrouble::Address,
        Ok(Err(AskError::Nothing)) => MailTrouble::Kinds,
        Ok(Err(AskError::TooSoon)) => MailTrouble::TooSoon,
        Ok(Err(error)) => return Problem::internal(&error).into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let make = move |reader: &Reader| reader.mail_page_after(&wish, trouble, lang);
    let mut response = site_pages::html_for(visitor.into(), state, lang, page.to_owned(), make).await;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    not_kept(response)
}

/// Stops the notices on the device that is logged in, or on all of its owner.
async fn stop_push(state: &SiteState, visitor: Visitor, everywhere: bool) -> Result<(), Problem> {
    let Some(push) = state.push.clone() else { return Ok(()) };
    let stopped = tokio::task::spawn_blocking(move || push::stop(&push, &visitor, everywhere)).await;
    stopped.map_err(|error| Problem::internal(&error))?
}

/// Begins or stops the post of whoever has the secret.
pub(super) async fn follow(
    link: MailLink,
    lang: Lang,
    State(state): State<SiteState>,
    Path(token): Path<String>,
) -> Response {
    let (mail, secret) = (state.mail.clone(), token.clone());
    let done = tokio::task::spawn_blocking(move || match (mail, link) {
        (None, _) => Ok(false),
        (Some(mail), MailLink::Confirm) => mail.confirm(&secret, clock::now()),
        // Whether there was any is nobody's business: there is none any more.
        (Some(mail), MailLink::Stop) => mail.stop(&secret).map(|()| true),
    });
    let done = match done.await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => return Problem::internal(&error).into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let path = link.page().path(lang, &token);
    let page = view::MailLinkPage { link, token, outcome: Some(done) };
    let make = move |reader: &Reader| Ok(pages::mail_link(&reader.frame(), &page, lang)?);
    not_kept(site_pages::html_for(site_pages::Audience::default(), state, lang, path, make).await)
}

fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Reader {
    /// Where a resident asks for post.
    ///
    /// # Errors
    /// [`ReadError::Closed`] for who is not logged in.
    pub(super) fn mail_page(&self, lang: Lang) -> Result<String, ReadError> {
        Ok(pages::mail(&self.frame(), &self.mail_view(lang)?, lang)?)
    }

    /// The same for somebody whose wish was not taken, as they typed it.
    fn mail_page_after(&self, wish: &Wish, trouble: MailTrouble, lang: Lang) -> Result<String, ReadError> {
        let mut page = self.mail_view(lang)?;
        page.address.clone_from(&wish.address);
        (page.frequency, page.members, page.trouble) = (wish.frequency, wish.members, Some(trouble));
        for (kind, wanted) in &mut page.kinds {
            *wanted = wish.kinds.contains(kind);
        }
        Ok(pages::mail(&self.frame(), &page, lang)?)
    }

    fn mail_view(&self, lang: Lang) -> Result<view::MailPage, ReadError> {
        let Some(visitor) = self.visitor else {
            let path = Page::Mail.pattern(lang).to_owned();
            return Err(ReadError::Closed(view::DoorPage { needs: view::Role::Resident, visitor: None, path }));
        };
        let known = self.mail.as_ref().and_then(|mail| mail.of(&visitor.resident));
        let standing = match &known {
            None => view::MailStanding::None,
            Some(known) if known.refused > 0 => view::MailStanding::Refused,
            Some(known) if known.ask.is_some() => view::MailStanding::Waiting,
            Some(_) => view::MailStanding::On,
        };
        let (modules, wanted) = (self.modules(), known.as_ref().map(Subscription::kinds));
        let kinds = PostKind::ALL.into_iter().filter(|kind| modules.has_kind(*kind));
        Ok(view::MailPage {
            offered: self.mail.is_some(),
            standing,
            address: known.as_ref().map(|known| known.address.clone()).unwrap_or_default(),
            frequency: known.as_ref().map(Subscription::frequency).unwrap_or_default(),
            kinds: kinds.map(|kind| (kind, wanted.as_ref().is_some_and(|wanted| wanted.contains(&kind)))).collect(),
            members: known.is_some_and(|known| known.members),
            quiet: self.mail.as_ref().and_then(Mail::quiet),
            trouble: None,
            push: self.push_view(&visitor),
        })
    }
}

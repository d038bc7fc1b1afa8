//! The handlers of the pages: address in, HTML out.

use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use dorpsplein_protocol::operation::ItemId;
use dorpsplein_web_ui::pages::RenderError;
use dorpsplein_web_ui::paths::{
    self, AgendaQuery, AgendaView, CALENDAR_ENDING, ListQuery, Page, PostKind, SearchKind, query,
};
use dorpsplein_web_ui::view::{ErrorPage, Failure, Filled, MailLink, MailLinkPage, WritePage};
use dorpsplein_web_ui::{Lang, pages};

use super::error::Problem;
use super::feeds;
use super::read::{Asked, ReadError, Reader};
use super::sessions::Visitor;
use super::{SiteState, kiosk, layers, offline};

/// What may stand behind the `?` of a page; the first of a name counts.
pub(super) type Questions = Query<Vec<(String, String)>>;

/// Any page of the table of addresses.
pub(super) async fn page(
    page: Page,
    lang: Lang,
    State(state): State<SiteState>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    id: Option<Path<String>>,
    Query(questions): Questions,
) -> Response {
    let at_kiosk = kiosk::is_one(&headers);
    if let Some(elsewhere) = at_kiosk.then(|| kiosk::instead_of(page, lang)).flatten() {
        return elsewhere;
    }
    // Nobody is logged in where the next reader is somebody else.
    let visitor = visitor.filter(|_| !at_kiosk);
    let id = id.map(|Path(id)| id).unwrap_or_default();
    if let (Page::Event, Some(id)) = (page, id.strip_suffix(CALENDAR_ENDING)) {
        return feeds::event(lang, state, id).await;
    }
    let path = page.path(lang, &id);
    let render = move |reader: &Reader| render(reader, page, lang, &id, &questions);
    let mut response = html_for(Audience { visitor, at_kiosk }, state, lang, path, render).await;
    offline::tell(response.headers_mut(), page, visitor.as_ref());
    // What somebody sees who is logged in stays in no cache, also not in that of the button "back"; nor does what people
    // look for, a secret in an address, or what changes by itself: which boxes are connected.
    if visitor.is_some() || matches!(page, Page::Search | Page::About | Page::MailConfirm | Page::MailStop) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The page that explains a problem type.
pub(super) async fn problem(lang: Lang, State(state): State<SiteState>, Path(kind): Path<String>) -> Response {
    let path = format!("/problems/{kind}");
    html(state, lang, path.clone(), move |reader| {
        if !pages::problems::ALL.contains(&kind.as_str()) {
            return Err(ReadError::NotFound);
        }
        let failure = Failure::Refused { problem: kind };
        Ok(pages::error(&reader.frame(), &ErrorPage { failure, path }, lang)?)
    })
    .await
}

/// An address this site does not have.
pub(super) async fn nowhere(State(state): State<SiteState>, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().to_owned();
    html(state, paths::lang_of(&path), path, |_| Err(ReadError::NotFound)).await
}

/// A page asked for with a method that is not for reading.
pub(super) async fn wrong_method(State(state): State<SiteState>, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().to_owned();
    let mut response = html(state, paths::lang_of(&path), path, |_| Err(ReadError::NotFound)).await;
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

fn render(
    reader: &Reader,
    page: Page,
    lang: Lang,
    id: &str,
    questions: &[(String, String)],
) -> Result<String, ReadError> {
    let asked = |name: &str| questions.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let item = || ItemId::from_hex(id).ok_or(ReadError::NotFound);
    reader.check_is_on(page)?;
    match page {
        Page::News => reader.news_page(asked(query::before(lang)), lang),
        Page::Agenda => reader.agenda_page(asked_agenda(&asked, lang), lang),
        Page::Search => {
            let kind = asked(query::kind(lang)).and_then(|kind| SearchKind::from_value(kind, lang));
            let question = asked(query::QUESTION).unwrap_or_default().to_owned();
            reader.search_page(&Asked { question, kind, after: asked(query::after(lang)).map(str::to_owned) }, lang)
        }
        Page::Item => reader.item_page(&item()?, lang),
        Page::Event => reader.event_page(&item()?, lang),
        Page::Edit => reader.edit_page(&item()?, lang),
        Page::History => reader.history_page(&item()?, lang),
        Page::Update => reader.update_page(&item()?, lang),
        Page::Share => reader.share_page(&item()?, asked(query::SERVER).unwrap_or_default(), lang),
        Page::WhoSaysThis => reader.proof_page(&item()?, lang),
        Page::Write => {
            let kind = asked_kind(&asked, lang).unwrap_or_default();
            reader.check_is_on(kind.list())?;
            let page = WritePage { kind, choices: reader.choices()?, filled: Filled::default(), editing: None };
            Ok(pages::write(&reader.frame(), &page, lang)?)
        }
        Page::Join => Ok(pages::join(&reader.frame(), lang)?),
        Page::Market | Page::Clubs | Page::Groups | Page::Alerts => {
            let word = |name: &str| word(&asked, name);
            let asked = ListQuery {
                kind: asked_kind(&asked, lang),
                category: word(query::category(lang)),
                area: word(query::area(lang)),
                after: word(query::after(lang)),
            };
            reader.posts_page(page, asked, lang)
        }
        Page::Help => Ok(pages::help(&reader.frame(), lang)?),
        Page::Accessibility => Ok(pages::accessibility(&reader.frame(), lang)?),
        Page::Offline => Ok(pages::offline(&reader.frame(), lang)?),
        Page::Privacy => Ok(pages::privacy(&reader.frame(), lang)?),
        Page::About => reader.about_page(lang),
        Page::MyData => reader.my_data_page(lang),
        Page::Mail => reader.mail_page(lang),
        Page::MailConfirm => mail_link(reader, MailLink::Confirm, id, lang),
        Page::MailStop => mail_link(reader, MailLink::Stop, id, lang),
        Page::Device => Ok(pages::device(&reader.frame(), lang)?),
        Page::Desk
        | Page::DeskQueue
        | Page::DeskPulse
        | Page::DeskHealth
        | Page::DeskMembers
        | Page::DeskMember
        | Page::DeskInvitations
        | Page::DeskLetters
        | Page::DeskLook
        | Page::DeskNeighbours
        | Page::DeskCircles
        | Page::DeskOrganisations
        | Page::DeskAreas
        | Page::DeskSources
        | Page::DeskBoxes
        | Page::People
        | Page::Log => {
            let talent = asked(query::TALENT).filter(|talent| !talent.is_empty());
            reader.page_for_members(page, id, asked(query::before(lang)), talent, lang)
        }
    }
}

/// Where a link in a mail leads: to a button, because programs that look after mail open links by themselves.
fn mail_link(reader: &Reader, link: MailLink, token: &str, lang: Lang) -> Result<String, ReadError> {
    let page = MailLinkPage { link, token: token.to_owned(), outcome: None };
    Ok(pages::mail_link(&reader.frame(), &page, lang)?)
}

/// What an address asks of the agenda.
pub(super) fn asked_agenda<'a>(asked: &impl Fn(&str) -> Option<&'a str>, lang: Lang) -> AgendaQuery {
    AgendaQuery {
        view: asked(query::view(lang)).and_then(|view| AgendaView::from_value(view, lang)).unwrap_or_default(),
        on: word(asked, query::on(lang)),
        category: word(asked, query::category(lang)),
        area: word(asked, query::area(lang)),
    }
}

/// A word behind the `?`; none when it is empty.
fn word<'a>(asked: &impl Fn(&str) -> Option<&'a str>, name: &str) -> Option<String> {
    asked(name).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// The sort of post that an address asks for.
fn asked_kind<'a>(asked: &impl Fn(&str) -> Option<&'a str>, lang: Lang) -> Option<PostKind> {
    asked(query::kind(lang)).and_then(|value| PostKind::from_value(value, lang))
}

/// A page that is the same for everybody.
async fn html(
    state: SiteState,
    lang: Lang,
    path: String,
    make: impl FnOnce(&Reader) -> Result<String, ReadError> + Send + 'static,
) -> Response {
    html_for(Audience::default(), state, lang, path, make).await
}

/// For whom a page is made.
#[derive(Clone, Copy, Default)]
pub(super) struct Audience {
    visitor: Option<Visitor>,
    at_kiosk: bool,
}

impl From<Visitor> for Audience {
    fn from(visitor: Visitor) -> Self {
        Self { visitor: Some(visitor), at_kiosk: false }
    }
}

/// Makes a page off the async threads, because it reads the disk, and turns what goes wrong into a page as well.
pub(super) async fn html_for(
    Audience { visitor, at_kiosk }: Audience,
    state: SiteState,
    lang: Lang,
    path: String,
    make: impl FnOnce(&Reader) -> Result<String, ReadError> + Send + 'static,
) -> Response {
    let made = state.in_turn(move |state| {
        let reader = Reader::new(state).for_visitor(visitor).at_kiosk(at_kiosk);
        let made = make(&reader).map(|html| (StatusCode::OK, html));
        let (status, html) = made.or_else(|error| instead(&reader, error, path, lang))?;
        Ok::<_, RenderError>((status, html, layers::page_policy(reader.theme_css())))
    });
    match made.await {
        Ok(Ok((status, html, policy))) => {
            let caching = HeaderValue::from_static("no-cache");
            let headers = [(header::CACHE_CONTROL, caching), (header::CONTENT_SECURITY_POLICY, policy)];
            (status, headers, Html(html)).into_response()
        }
        Ok(Err(error)) => broken(&error),
        Err(error) => broken(&error),
    }
}

/// The page that stands in the place of one that cannot be shown, with the status that says so.
fn instead(reader: &Reader, error: ReadError, path: String, lang: Lang) -> Result<(StatusCode, String), RenderError> {
    let (status, failure) = match error {
        ReadError::Closed(door) => {
            let page = pages::door(&reader.frame(), &door, lang)?;
            return Ok((Problem::closed(&door).status(), page));
        }
        ReadError::NotFound => (StatusCode::NOT_FOUND, Failure::NotFound),
        ReadError::Off => (StatusCode::NOT_FOUND, Failure::Off),
        ReadError::NoSearch => (StatusCode::SERVICE_UNAVAILABLE, Failure::Internal),
        ReadError::Store(error) => {
            tracing::error!(%error, "a page could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, Failure::Internal)
        }
        ReadError::Render(error) => {
            tracing::error!(%error, "a page could not be made");
            (StatusCode::INTERNAL_SERVER_ERROR, Failure::Internal)
        }
    };
    Ok((status, pages::error(&reader.frame(), &ErrorPage { failure, path }, lang)?))
}

/// Not even the page that says so could be made.
fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "no page could be made");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

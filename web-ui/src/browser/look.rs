//! How the square looks and what is on it: connectors see what they choose while they choose it, are told what cannot be read,
//! and sign the whole.

use std::rc::Rc;

use dorpsplein_protocol::compose::Setting;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::photo::Photo;
use dorpsplein_protocol::time::Timestamp;
use js_sys::{JSON, Object};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::author::Author;
use super::form::{self, Filled, Form};
use super::js;
use super::logo::{self, Logo};
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use crate::modules::Module;
use crate::theme::{Form as TokenForm, MAX_THEME_FILE_BYTES, Scheme, TOKENS, Theme, TooClose, Value};

/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;

/// Wires the form, if this browser has a key. The box decides who may set up the square.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    if Author::open(page).await?.is_none() {
        return Ok(());
    }
    let form = area.form()?;
    area.unhide();
    let (shown, watched) = (area.clone(), form.clone());
    let look = Rc::new(move || {
        if let Ok(theme) = watched.filled().and_then(|filled| theme(&filled)) {
            show(&shown, &theme);
        }
    });
    look();
    let redraw = Rc::clone(&look);
    on(&area, "form", "input", move || redraw())?;
    let (everything, redraw) = (area.clone(), Rc::clone(&look));
    on(&area, "[data-usual-theme]", "click", move || {
        put(&everything, &Theme::default());
        redraw();
    })?;
    let logo = Logo::watch(page, &area);
    take_files(page, &area, &logo, look)?;
    let (page, told) = (Rc::clone(page), area.clone());
    let filled_in = form.clone();
    form::act(&form, &area, move || {
        let (page, area, form, logo) = (Rc::clone(&page), told.clone(), filled_in.clone(), logo.clone());
        async move { save(&page, &area, &form, &logo).await }
    })
}

/// Signs what is filled in, unless some of it cannot be read.
async fn save(page: &Page, area: &Area, form: &Form, logo: &Logo) -> Result<State, Trouble> {
    let filled = form.filled()?;
    let theme = theme(&filled)?;
    if !theme.too_close().is_empty() {
        show(area, &theme);
        return Ok(State::Rejected);
    }
    let mut setting = setting(&filled, &theme)?;
    let said = filled.text("said").and_then(|said| said.parse().ok()).map(Timestamp::from_millis);
    let mut author = Author::own(page).await?;
    setting.logo = logo.hand_in(&mut author, &filled, setting.logo)?;
    author.set_up(&setting, said).await?;
    page.reload_soon(GOOD_NEWS_MS)?;
    Ok(State::Sent)
}

/// What is filled in, with everything in it: only what was said last counts.
fn setting(filled: &Filled, theme: &Theme) -> Result<Setting, Trouble> {
    let on = filled.texts("modules");
    let off = Module::ALL.into_iter().filter(|module| !on.iter().any(|name| name == module.name()));
    let mut categories: Vec<String> =
        filled.text("categories").unwrap_or_default().lines().map(str::trim).map(str::to_owned).collect();
    categories.retain(|category| !category.is_empty());
    categories.sort();
    categories.dedup();
    let logo = filled
        .text("logo")
        .map(|reference| hex::decode(&reference).and_then(|bytes| Photo::read(&bytes).ok()).ok_or_else(unclear));
    Ok(Setting {
        name: filled.text("name"),
        tagline: filled.text("tagline"),
        words: filled.text("words"),
        phone: filled.text("phone"),
        hours: filled.text("hours"),
        logo: logo.transpose()?,
        categories,
        modules_off: off.map(|module| module.name().to_owned()).collect(),
        tokens: theme.members(),
    })
}

/// The colours and measures that are filled in.
fn theme(filled: &Filled) -> Result<Theme, Trouble> {
    let mut theme = Theme::default();
    for token in TOKENS {
        let text = |name: &str| filled.text(name).unwrap_or_default();
        let value = match token.form {
            TokenForm::Colour(..) => {
                let [light, dark] = Scheme::ALL.map(|scheme| text(&format!("{}-{}", scheme.name(), token.name)));
                format!("{light}/{dark}")
            }
            TokenForm::Length(..) => format!("{}rem", text(token.name)),
            TokenForm::Font(_) => text(token.name),
        };
        theme.set(token.name, &value).map_err(|_| unclear())?;
    }
    Ok(theme)
}

/// Shows a theme in the samples, and which of its colours are too close.
fn show(area: &Area, theme: &Theme) {
    for sample in area.parts("[data-sample]") {
        let night = sample.attribute("data-sample").as_deref() == Some(Scheme::Dark.name());
        let style = js::at(&sample.0, &["style"]);
        for token in TOKENS {
            let value = match theme.value(token) {
                Value::Colour { dark, .. } if night => dark.to_string(),
                Value::Colour { light, .. } => light.to_string(),
                Value::Length(length) => length.to_string(),
                Value::Font(font) => font.stack().to_owned(),
            };
            // A sample that does not change is no reason to stop.
            let _ = js::call(&style, "setProperty", &[&format!("--{}", token.name).into(), &value.into()]);
        }
    }
    let wrong = theme.too_close();
    let locale = area.attribute("lang").unwrap_or_default();
    for sentence in area.parts("[data-contrast]") {
        let about = sentence.attribute("data-contrast").unwrap_or_default();
        let close = wrong.iter().find(|close| name(close) == about);
        match close {
            Some(close) => {
                // Rounded down: 4.496 is not the 4.5 that it takes.
                let ratio = (close.ratio * 100.0).floor() / 100.0;
                let figure = js_sys::Number::from(ratio).to_locale_string(&locale);
                sentence.fill("[data-ratio]", &String::from(figure));
                sentence.unhide();
            }
            None => sentence.hide(),
        }
    }
}

fn name(close: &TooClose) -> String {
    format!("{} {} {}", close.pair.upper, close.pair.ground, close.scheme.name())
}

/// Fills a theme in.
fn put(area: &Area, theme: &Theme) {
    let fill = |field: &str, value: &str| {
        for input in area.parts(&format!("[name=\"{field}\"]")) {
            // Fails for no field of a form.
            let _ = js_sys::Reflect::set(&input.0, &"value".into(), &value.into());
        }
    };
    for token in TOKENS {
        match theme.value(token) {
            Value::Colour { light, dark } => {
                fill(&format!("light-{}", token.name), &light.to_string());
                fill(&format!("dark-{}", token.name), &dark.to_string());
            }
            Value::Length(length) => fill(token.name, &length.number()),
            Value::Font(font) => fill(token.name, font.name()),
        }
    }
}

/// Fills in what stands in a theme's file as soon as one is chosen. Nothing is signed by that.
fn take_files(page: &Rc<Page>, area: &Area, logo: &Logo, look: Rc<dyn Fn()>) -> Result<(), Trouble> {
    let (page, place, logo) = (Rc::clone(page), area.clone(), logo.clone());
    on(area, "[data-theme-file]", "change", move || {
        let (page, area, logo, look) = (Rc::clone(&page), place.clone(), logo.clone(), Rc::clone(&look));
        spawn_local(async move {
            let read = from_file(&page, &area, &logo).await;
            let problem = area.parts("[data-theme-problem]").into_iter().next();
            let sentence = problem.as_ref().and_then(|place| place.attribute("data-theme-problem"));
            area.fill(
                "[data-theme-problem]",
                if read.is_none() { sentence.as_deref().unwrap_or_default() } else { "" },
            );
            if let Some(theme) = read {
                put(&area, &theme);
                look();
            }
        });
    })
}

/// The theme in the file that was chosen; none when it is something else. A logo that is in it as well is taken with it.
async fn from_file(page: &Page, area: &Area, logo: &Logo) -> Option<Theme> {
    let field = area.parts("[data-theme-file]").into_iter().next()?;
    let file = js::at(&field.0, &["files", "0"]);
    if js::at(&file, &["size"]).as_f64()? > MAX_THEME_FILE_BYTES as f64 {
        return None;
    }
    let text = JsFuture::from(js::call(&file, "text", &[]).ok()?.dyn_into::<js_sys::Promise>().ok()?).await.ok()?;
    let json = JSON::parse(&text.as_string()?).ok()?;
    if !js::at(&json, &["dorpsplein-theme"]).as_f64().is_some_and(|version| [1.0, 2.0].contains(&version)) {
        return None;
    }
    let tokens: Object = js::at(&json, &["tokens"]).dyn_into().ok()?;
    let mut theme = Theme::default();
    for entry in Object::entries(&tokens).iter() {
        let entry: js_sys::Array = entry.dyn_into().ok()?;
        theme.set(&entry.get(0).as_string()?, &entry.get(1).as_string()?).ok()?;
    }
    let picture = js::at(&json, &["logo"]);
    if !picture.is_undefined() {
        logo.take(page, &logo::file_of(page, &picture.as_string()?)?).await.ok()?;
    }
    Some(theme)
}

/// Calls `handler` whenever this happens to what the selector finds.
fn on(area: &Area, selector: &str, event: &str, handler: impl Fn() + 'static) -> Result<(), Trouble> {
    let listener = Closure::<dyn Fn()>::new(handler);
    for part in area.parts(selector) {
        let added = part.0.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        added.map_err(|_| Trouble::Browser("the form cannot be watched"))?;
    }
    // The form lives as long as the page, and so does its listener.
    listener.forget();
    Ok(())
}

/// The box would refuse it with this problem; there is no need to ask.
fn unclear() -> Trouble {
    Trouble::foreseen("invalid-content")
}

//! The picture beside the square's name: drawn anew and small as soon as a connector chooses one, shown in the samples, and
//! handed in when the whole is saved.
//!
//! JPEG, PNG and WebP are taken, because a browser unpacks them into pixels and nothing else of the file is left. SVG is not:
//! it is a document that may hold scripts and refer to other sites, and no drawing of it is worth a cleaner of documents.

use std::cell::RefCell;
use std::rc::Rc;

use dorpsplein_protocol::photo::{Photo, inspect};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::author::Author;
use super::form::Filled;
use super::js;
use super::page::{Area, Page};
use super::photo::{self, Drawing};
use super::trouble::Trouble;
use crate::theme::{LOGO_HEIGHT, LOGO_WIDTH, MAX_LOGO_BYTES};

/// A file that is looked at has at most 8 MiB.
const CLEAR: Drawing =
    Drawing { most_bytes: 8.0 * 1024.0 * 1024.0, width: LOGO_WIDTH as f64, height: LOGO_HEIGHT as f64, ground: None };
/// For a browser that cannot write a picture one can see through.
const ON_WHITE: Drawing = Drawing { ground: Some("#fff"), ..CLEAR };
/// How well it is kept: the first of these with which it is small enough.
const QUALITIES: [f64; 3] = [0.92, 0.75, 0.5];
/// What stands in the setting where posts have words for who cannot see a photo. On pages the name stands beside the logo, and
/// says it all.
const ALT: &str = "logo";

/// The place for the logo in the form of the look.
#[derive(Clone)]
pub(super) struct Logo {
    area: Area,
    chosen: Rc<RefCell<Option<Vec<u8>>>>,
}

impl Logo {
    /// Wires the place: what is chosen is shown as it will be, or it is said why it cannot be.
    pub(super) fn watch(page: &Rc<Page>, area: &Area) -> Self {
        let logo = Self { area: area.clone(), chosen: Rc::default() };
        let (chosen, page) = (logo.clone(), Rc::clone(page));
        area.on("[data-logo-file]", "change", move || {
            let (logo, page) = (chosen.clone(), Rc::clone(&page));
            spawn_local(async move {
                let file = js::at(&logo.part("[data-logo-file]"), &["files", "0"]);
                // Nothing was chosen after all.
                if file.is_object() {
                    let taken = logo.take(&page, &file).await;
                    logo.say(taken.err().as_ref());
                }
            });
        });
        let none = logo.clone();
        area.on("[name=no_logo]", "change", move || none.show_unless_none());
        logo
    }

    /// Draws the logo in a file and shows it; nothing changes when there is none in it.
    pub(super) async fn take(&self, page: &Page, file: &JsValue) -> Result<(), Trouble> {
        let canvas = photo::draw(page, file, &CLEAR).await?;
        let drawn = match small(&canvas, "image/webp").await {
            Some(drawn) => drawn,
            None => {
                let canvas = photo::draw(page, file, &ON_WHITE).await?;
                small(&canvas, "image/jpeg").await.ok_or_else(|| Trouble::foreseen("photo-too-large"))?
            }
        };
        let address = js::call(&canvas, "toDataURL", &[]).ok().and_then(|address| address.as_string());
        for place in self.area.parts("[data-logo-shown]") {
            let Ok(image) = page.element("img") else { continue };
            // None of these names is impossible for an attribute.
            for (name, value) in [("class", "logo"), ("src", address.as_deref().unwrap_or_default())] {
                let _ = image.set_attribute(name, value);
            }
            let _ = image.set_attribute("alt", &place.attribute("data-logo-shown").unwrap_or_default());
            // Without the picture in a sample, the one of the square that comes of it is as good.
            let _ = js::call(&place.0, "replaceChildren", &[&image]);
        }
        *self.chosen.borrow_mut() = Some(drawn);
        // Fails for no field.
        let _ = Reflect::set(&self.part("[name=no_logo]"), &"checked".into(), &false.into());
        self.area.toggle("[data-logo-none]", true);
        self.show_unless_none();
        Ok(())
    }

    /// What the setting is to say of the logo; one that was chosen is handed in with what is signed next.
    pub(super) fn hand_in(
        &self,
        author: &mut Author,
        filled: &Filled,
        kept: Option<Photo>,
    ) -> Result<Option<Photo>, Trouble> {
        if filled.text("no_logo").is_some() {
            return Ok(None);
        }
        let Some(file) = self.chosen.borrow().clone() else { return Ok(kept) };
        let photo = photo::reference(&file, ALT.to_owned())?;
        author.attach(file)?;
        Ok(Some(photo))
    }

    /// Says by the field what is wrong; nothing when nothing is.
    pub(super) fn say(&self, trouble: Option<&Trouble>) {
        let about = match trouble {
            None => None,
            Some(Trouble::Refused { problem, .. }) if problem == "photo-too-large" => Some("data-logo-large"),
            Some(_) => Some("data-logo-format"),
        };
        let place = self.area.parts("[data-logo]").pop();
        let sentence = about.and_then(|about| place?.attribute(about)).unwrap_or_default();
        self.area.fill("[data-logo-problem]", &sentence);
        for input in self.area.parts("[data-logo-file]") {
            // Neither fails for a field.
            let _ = input.0.set_attribute("aria-invalid", if sentence.is_empty() { "false" } else { "true" });
            if !sentence.is_empty() {
                let _ = Reflect::set(&input.0, &"value".into(), &"".into());
            }
        }
    }

    fn show_unless_none(&self) {
        let none = js::at(&self.part("[name=no_logo]"), &["checked"]).is_truthy();
        self.area.toggle("[data-logo-shown]", !none);
    }

    fn part(&self, selector: &str) -> JsValue {
        self.area.parts(selector).pop().map(|part| part.0.into()).unwrap_or_default()
    }
}

/// What is on a canvas as a file that is small enough and that boxes take; none when this browser makes no such file.
async fn small(canvas: &JsValue, media_type: &str) -> Option<Vec<u8>> {
    for quality in QUALITIES {
        let drawn = photo::packed(canvas, media_type, quality).await.ok()?;
        if inspect(&drawn).is_ok() && drawn.len() <= MAX_LOGO_BYTES {
            return Some(drawn);
        }
    }
    None
}

/// A file of what stands in a theme's file in base64; none when it is something else.
pub(super) fn file_of(page: &Page, base64: &str) -> Option<JsValue> {
    let binary = js::call(page.window(), "atob", &[&base64.into()]).ok()?.as_string()?;
    let bytes: Vec<u8> = binary.chars().map(|byte| u8::try_from(u32::from(byte)).ok()).collect::<Option<_>>()?;
    let blob: Function = js::at(page.window(), &["Blob"]).dyn_into().ok()?;
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    Reflect::construct(&blob, &Array::of1(&parts)).ok()
}

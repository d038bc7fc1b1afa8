//! A photo that goes with what somebody writes: looked at and drawn anew by the browser as soon as it is chosen, which turns
//! it upright and leaves out where and with what it was taken; and handed in before the item is signed.

use std::rc::Rc;

use dorpsplein_protocol::operation::{Edit, Field};
use dorpsplein_protocol::photo::{MAX_SOURCE_PIXELS, Photo, PhotoId, inspect, size_of};
use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::author::Author;
use super::form::Form;
use super::js;
use super::page::{Area, Page};
use super::trouble::Trouble;

/// The longest side in pixels of a photo that is published, as on the command line.
const LONGEST_SIDE: f64 = 2048.0;
/// The quality of the JPEG file: nobody sees the difference at this size.
const QUALITY: f64 = 0.82;
/// The most bytes of a file that is looked at.
const MAX_SOURCE_BYTES: f64 = 64.0 * 1024.0 * 1024.0;
/// How much of its beginning is read to learn how large the picture is.
const HEAD_BYTES: f64 = 1024.0 * 1024.0;

/// Wires the place for a photo in a form, if there is one: what is chosen is shown as it will be published, or it is said why
/// it cannot be.
pub(super) fn watch(page: &Rc<Page>, area: &Area) {
    let Some(place) = Place::within(area) else { return };
    let (chosen, page) = (place.clone(), Rc::clone(page));
    place.on("[type=file]", "change", move || {
        let (place, page) = (chosen.clone(), Rc::clone(&page));
        spawn_local(async move { place.look(&page).await });
    });
    let cleared = place.clone();
    place.on("[data-photo-clear]", "click", move || cleared.clear(None));
}

/// Hands in the photo that was chosen, if there is one. What is left is to say in the item that it belongs to it.
pub(super) async fn hand_in(page: &Page, author: &Author, area: &Area, form: &Form) -> Result<Option<Edit>, Trouble> {
    let Some((place, file)) = Place::within(area).and_then(|place| Some((place.clone(), place.file()?))) else {
        return Ok(None);
    };
    let alt = form.filled()?.text("photo_alt").ok_or_else(|| Trouble::foreseen("photo-words"))?;
    let canvas = match place.canvas() {
        Some(canvas) => canvas,
        None => draw(page, &file).await?,
    };
    let drawn = packed(&canvas).await.map_err(|_| Trouble::foreseen("photo-format"))?;
    let facts = inspect(&drawn).map_err(|error| Trouble::foreseen(error.problem()))?;
    let id = PhotoId::of(&drawn).ok_or_else(|| Trouble::foreseen("photo-too-large"))?;
    let length = u32::try_from(drawn.len()).map_err(|_| Trouble::foreseen("photo-too-large"))?;
    author.log_in(&page.host()?).await?;
    page.api()?.hand_in_photo(&drawn).await?;
    let photo = Photo { id, length, width: facts.width, height: facts.height, alt };
    Ok(Some(Edit::Set { field: Field::PHOTOS[0], value: photo.value() }))
}

/// The place for a photo in a form: the field for the file, and what comes to light when one is chosen.
#[derive(Clone)]
struct Place(Area);

impl Place {
    fn within(area: &Area) -> Option<Self> {
        area.parts("[data-photo]").into_iter().next().map(Self)
    }

    /// Calls `handler` whenever this happens to what the selector finds in it.
    fn on(&self, selector: &str, event: &str, handler: impl Fn() + 'static) {
        let listener = Closure::<dyn Fn()>::new(handler);
        for part in self.0.parts(selector) {
            // Fails for no element; a photo that nobody watches is still drawn when it is sent.
            let _ = part.0.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        }
        // The form lives as long as the page, and so does its listener.
        listener.forget();
    }

    fn input(&self) -> JsValue {
        self.0.parts("[type=file]").pop().map(|input| input.0.into()).unwrap_or_default()
    }

    /// The file that is chosen.
    fn file(&self) -> Option<JsValue> {
        Some(js::at(&self.input(), &["files", "0"])).filter(|file| !file.is_undefined())
    }

    /// The chosen photo as it was drawn.
    fn canvas(&self) -> Option<JsValue> {
        self.0.parts("canvas").pop().map(|canvas| canvas.0.into())
    }

    /// Something was chosen: shows it drawn anew, or says why it cannot be.
    async fn look(&self, page: &Page) {
        self.show(None);
        self.say("");
        let Some(file) = self.file() else { return };
        let drawn = draw(page, &file).await;
        // Something else may have been chosen meanwhile.
        if !self.file().is_some_and(|now| Object::is(&now, &file)) {
            return;
        }
        match drawn {
            Ok(canvas) => self.show(Some(&canvas)),
            Err(trouble) => self.clear(Some(&trouble)),
        }
    }

    /// Nothing is chosen any more, for this reason if there is one.
    fn clear(&self, trouble: Option<&Trouble>) {
        // Fails for no field for files.
        let _ = Reflect::set(&self.input(), &"value".into(), &"".into());
        self.show(None);
        let problem = match trouble {
            Some(Trouble::Refused { problem, .. }) => problem.as_str(),
            Some(Trouble::Browser(_) | Trouble::Offline) => "photo-format",
            None => "",
        };
        self.say(&self.0.sentence(problem).unwrap_or_default());
    }

    /// Says by the field what is wrong; nothing when nothing is.
    fn say(&self, sentence: &str) {
        self.0.fill("[data-photo-problem]", sentence);
        for input in self.0.parts("[type=file]") {
            // Fails only for a name that is no attribute's.
            let _ = input.0.set_attribute("aria-invalid", if sentence.is_empty() { "false" } else { "true" });
        }
    }

    /// Shows what was drawn and asks what is on it, or hides both.
    fn show(&self, canvas: Option<&JsValue>) {
        for preview in self.0.parts("[data-photo-preview]") {
            preview.0.replace_children_with_node_0();
            // Fails for no canvas; then nothing is shown of what goes along all the same.
            let _ = canvas.map(|canvas| js::call(&preview.0, "append", &[canvas]));
        }
        for words in self.0.parts("[name=photo_alt]") {
            // Fails only for a name that is no attribute's.
            let _ = words.0.toggle_attribute_with_force("required", canvas.is_some());
        }
        for chosen in self.0.parts("[data-photo-chosen]") {
            super::page::set_hidden(&chosen.0, canvas.is_none());
        }
    }
}

/// The picture in a file on a canvas: upright, and no larger than it is published.
async fn draw(page: &Page, file: &JsValue) -> Result<JsValue, Trouble> {
    let size = js::at(file, &["size"]).as_f64().unwrap_or_default();
    if size > MAX_SOURCE_BYTES {
        return Err(Trouble::foreseen("photo-too-large"));
    }
    // A browser believes what a file says of its size, and takes that much memory.
    let head = bytes_of(file, HEAD_BYTES).await.map_err(|_| Trouble::foreseen("photo-format"))?;
    let (width, height) = size_of(&head).map_err(|error| Trouble::foreseen(error.problem()))?;
    if u64::from(width) * u64::from(height) > MAX_SOURCE_PIXELS {
        return Err(Trouble::foreseen("photo-too-large"));
    }
    drawn(page, file).await.map_err(|_| Trouble::foreseen("photo-format"))
}

/// The first bytes of a file, at most so many.
async fn bytes_of(file: &JsValue, most: f64) -> Result<Vec<u8>, JsValue> {
    let head = js::call(file, "slice", &[&0.into(), &most.into()])?;
    let bytes = JsFuture::from(js::call(&head, "arrayBuffer", &[])?.dyn_into::<Promise>()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

async fn drawn(page: &Page, file: &JsValue) -> Result<JsValue, JsValue> {
    // As the camera was held: not every browser turns it by itself.
    let upright = js::object(&[("imageOrientation", "from-image".into())])?;
    let picture = js::call(page.window(), "createImageBitmap", &[file, &upright])?;
    let picture = JsFuture::from(picture.dyn_into::<Promise>()?).await?;
    let side = |name: &str| js::at(&picture, &[name]).as_f64().unwrap_or_default();
    let (width, height) = (side("width"), side("height"));
    let scale = (LONGEST_SIDE / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let canvas: JsValue = page.element("canvas")?.into();
    Reflect::set(&canvas, &"width".into(), &width.into())?;
    Reflect::set(&canvas, &"height".into(), &height.into())?;
    let context = js::call(&canvas, "getContext", &[&"2d".into()])?;
    let (zero, width, height) = (JsValue::from(0), JsValue::from(width), JsValue::from(height));
    // What one can see through becomes white, as paper is.
    Reflect::set(&context, &"fillStyle".into(), &"#fff".into())?;
    js::call(&context, "fillRect", &[&zero, &zero, &width, &height])?;
    // Without this some browsers leave out pixels instead of mixing them.
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
    js::call(&context, "drawImage", &[&picture, &zero, &zero, &width, &height])?;
    // Frees the memory of the large one now; a browser without this does it later.
    let _ = js::call(&picture, "close", &[]);
    Ok(canvas)
}

/// What is on a canvas as a JPEG file that holds nothing else.
async fn packed(canvas: &JsValue) -> Result<Vec<u8>, JsValue> {
    let blob = Promise::new(&mut |resolve, reject| {
        let asked = js::call(canvas, "toBlob", &[&resolve.into(), &"image/jpeg".into(), &QUALITY.into()]);
        if let Err(error) = asked {
            // Whoever waits is told; there is nobody else to tell.
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    let blob = JsFuture::from(blob).await?;
    bytes_of(&blob, f64::INFINITY).await
}

//! Photos that go with what somebody writes: looked at and drawn anew by the browser as soon as they are chosen, which turns
//! them upright and leaves out where and with what they were taken; and handed in before the item is signed.

use std::rc::Rc;

use dorpsplein_protocol::operation::{Edit, Field, Value};
use dorpsplein_protocol::photo::{MAX_PHOTOS, MAX_SOURCE_PIXELS, Photo, PhotoId, inspect, size_of};
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::author::Author;
use super::js;
use super::page::{Area, Page};
use super::trouble::Trouble;

/// How a photo is published, as on the command line. What one can see through becomes white, as paper is.
const PHOTO: Drawing = Drawing { most_bytes: MAX_SOURCE_BYTES, width: 2048.0, height: 2048.0, ground: Some("#fff") };
/// The quality of the JPEG file: nobody sees the difference at this size.
const QUALITY: f64 = 0.82;
/// The most bytes of a file that is looked at.
const MAX_SOURCE_BYTES: f64 = 64.0 * 1024.0 * 1024.0;
/// What is made of a file that somebody chose.
pub(super) struct Drawing {
    /// The most bytes of the file.
    pub(super) most_bytes: f64,
    /// The most pixels that the drawing is wide.
    pub(super) width: f64,
    /// The most pixels that it is high.
    pub(super) height: f64,
    /// What stands behind it; without this one can see through it as through the file.
    pub(super) ground: Option<&'static str>,
}

/// How much of its beginning is read to learn how large the picture is.
const HEAD_BYTES: f64 = 1024.0 * 1024.0;

/// Wires the place for photos in a form, if there is one: what is chosen is shown as it will be published, or it is said why
/// it cannot be.
pub(super) fn watch(page: &Rc<Page>, area: &Area) {
    let Some(place) = Place::within(area) else { return };
    for entry in place.entries() {
        place.wire(&entry);
    }
    place.number();
    let (chosen, page) = (place.clone(), Rc::clone(page));
    place.0.on("[type=file]", "change", move || {
        let (place, page) = (chosen.clone(), Rc::clone(&page));
        spawn_local(async move { place.look(&page).await });
    });
}

/// Puts the photos that were chosen with what is signed next. What is left is to say in the item that they belong to it: the edits that make its
/// fields of photos those of the form, and none for those that are so already.
pub(super) async fn hand_in(author: &mut Author, area: &Area) -> Result<Vec<Edit>, Trouble> {
    let Some(place) = Place::within(area) else { return Ok(Vec::new()) };
    let mut photos = Vec::new();
    for entry in place.entries() {
        let alt = entry.words().ok_or_else(|| Trouble::foreseen("photo-words"))?;
        photos.push(match entry.kept() {
            Some(kept) => Photo { alt, ..kept },
            None => attached(author, &entry, alt).await?,
        });
    }
    let before = place.before();
    let edits = Field::PHOTOS.into_iter().enumerate().filter_map(|(at, field)| {
        let is = photos.get(at).map(Photo::value);
        let was = before.iter().find(|(of, _)| *of == field).map(|(_, photo)| photo.value());
        (was != is).then(|| Edit::Set { field, value: is.unwrap_or(Value::Null) })
    });
    Ok(edits.collect())
}

async fn attached(author: &mut Author, entry: &Entry, alt: String) -> Result<Photo, Trouble> {
    let canvas = entry.canvas().ok_or_else(|| Trouble::foreseen("photo-format"))?;
    let drawn = packed(&canvas, "image/jpeg", QUALITY).await.map_err(|_| Trouble::foreseen("photo-format"))?;
    let photo = reference(&drawn, alt)?;
    author.attach(drawn)?;
    Ok(photo)
}

/// How an item refers to a file that was drawn here.
pub(super) fn reference(file: &[u8], alt: String) -> Result<Photo, Trouble> {
    let facts = inspect(file).map_err(|error| Trouble::foreseen(error.problem()))?;
    let id = PhotoId::of(file).ok_or_else(|| Trouble::foreseen("photo-too-large"))?;
    let length = u32::try_from(file.len()).map_err(|_| Trouble::foreseen("photo-too-large"))?;
    Ok(Photo { id, length, width: facts.width, height: facts.height, alt })
}

/// Shows the photos of the form of `area` in a preview, in the place for them.
pub(super) fn show_in(page: &Page, area: &Area, preview: &Area) {
    let (Some(place), Some(shown)) = (Place::within(area), preview.parts("[data-preview-photos]").pop()) else {
        return;
    };
    for entry in place.entries() {
        let address = match entry.canvas() {
            Some(canvas) => js::call(&canvas, "toDataURL", &[&"image/jpeg".into(), &QUALITY.into()]).ok(),
            None => entry.0.parts("img").pop().map(|image| js::at(&image.0, &["src"])),
        };
        let Some((address, image)) = address.and_then(|address| address.as_string()).zip(page.element("img").ok())
        else {
            continue;
        };
        // None of these names is impossible for an attribute.
        let _ = image.set_attribute("src", &address);
        let _ = image.set_attribute("alt", &entry.words().unwrap_or_default());
        let _ = shown.0.append_with_node_1(&image);
    }
}

/// The place for photos in a form: the field for files, and what was chosen.
#[derive(Clone)]
struct Place(Area);

impl Place {
    fn within(area: &Area) -> Option<Self> {
        area.parts("[data-photos]").into_iter().next().map(Self)
    }

    /// The photos, in their order.
    fn entries(&self) -> Vec<Entry> {
        self.0.parts("[data-photo-list] [data-photo-entry]").into_iter().map(Entry).collect()
    }

    /// The photos that the item had when the page came, by their fields; those that were taken away are among them.
    fn before(&self) -> Vec<(Field, Photo)> {
        self.0.parts("[data-photo-entry]").into_iter().filter_map(|area| Entry(area).had()).collect()
    }

    /// Files were chosen: each is drawn and added, or it is said why it cannot be.
    async fn look(&self, page: &Page) {
        self.say("");
        let files = js::at(&self.input(), &["files"]);
        let files: Vec<JsValue> = js_sys::Array::from(&files).iter().collect();
        for file in files {
            if self.entries().len() == MAX_PHOTOS {
                self.say(&self.0.attribute("data-full").unwrap_or_default());
                break;
            }
            match draw(page, &file, &PHOTO).await {
                Ok(canvas) => self.add(page, &canvas),
                Err(trouble) => self.say(&self.sentence(&trouble)),
            }
        }
        // More can be chosen now. Fails for no field for files.
        let _ = Reflect::set(&self.input(), &"value".into(), &"".into());
    }

    fn input(&self) -> JsValue {
        self.0.parts("[type=file]").pop().map(|input| input.0.into()).unwrap_or_default()
    }

    fn add(&self, page: &Page, canvas: &JsValue) {
        let Some(list) = self.0.parts("[data-photo-list]").pop() else { return };
        if page.copy_into("template[data-photo-template]", &list).is_err() {
            return;
        }
        let Some(entry) = self.entries().pop() else { return };
        for preview in entry.0.parts("[data-photo-preview]") {
            // Fails for no canvas; then nothing is shown of what goes along all the same.
            let _ = js::call(&preview.0, "append", &[canvas]);
        }
        self.wire(&entry);
        self.number();
    }

    /// The buttons of one photo: to the front, to the back, away.
    fn wire(&self, entry: &Entry) {
        for (button, step) in
            [("[data-photo-up]", Step::Up), ("[data-photo-down]", Step::Down), ("[data-photo-clear]", Step::Away)]
        {
            let (place, moved) = (self.clone(), entry.0.clone());
            entry.0.on(button, "click", move || {
                match step {
                    Step::Up => moved.move_before_previous(),
                    Step::Down => moved.move_after_next(),
                    Step::Away => place.put_away(&moved),
                }
                if let (Step::Up | Step::Down, Some(button)) = (step, moved.parts(button).pop()) {
                    // Moving an element takes the focus from it.
                    button.come_forward();
                }
                place.number();
            });
        }
    }

    /// A photo goes; what the item had is remembered, so that its field can be emptied.
    fn put_away(&self, entry: &Area) {
        if Entry(entry.clone()).had().is_some() {
            entry.clear();
            // Out of the list, and not out of the form. Fails for no element.
            let _ = self.0.0.append_with_node_1(&entry.0);
            entry.hide();
        } else {
            entry.remove();
        }
        for input in self.0.parts("[type=file]") {
            input.come_forward();
        }
    }

    fn number(&self) {
        for (at, entry) in self.entries().iter().enumerate() {
            entry.0.fill("[data-photo-number]", &(at + 1).to_string());
        }
    }

    fn sentence(&self, trouble: &Trouble) -> String {
        let problem = match trouble {
            Trouble::Refused { problem, .. } => problem.as_str(),
            Trouble::Browser(_) | Trouble::Offline => "photo-format",
        };
        self.0.sentence(problem).unwrap_or_default()
    }

    /// Says by the field what is wrong; nothing when nothing is.
    fn say(&self, sentence: &str) {
        self.0.fill("[data-photo-problem]", sentence);
        for input in self.0.parts("[type=file]") {
            // Fails only for a name that is no attribute's.
            let _ = input.0.set_attribute("aria-invalid", if sentence.is_empty() { "false" } else { "true" });
        }
    }
}

/// What a button does with a photo.
#[derive(Clone, Copy)]
enum Step {
    Up,
    Down,
    Away,
}

/// One photo of a form: drawn here, or of the item as it stands.
struct Entry(Area);

impl Entry {
    /// The photo as it was drawn.
    fn canvas(&self) -> Option<JsValue> {
        self.0.parts("canvas").pop().map(|canvas| canvas.0.into())
    }

    /// What is on it, in words.
    fn words(&self) -> Option<String> {
        let field = self.0.parts("[name=photo_alt]").pop()?;
        let words = js::at(&field.0, &["value"]).as_string()?.trim().to_owned();
        (!words.is_empty()).then_some(words)
    }

    /// The photo that the item has, without the words for it.
    fn kept(&self) -> Option<Photo> {
        let number = |name| self.0.attribute(name)?.parse::<u32>().ok();
        Some(Photo {
            id: PhotoId::from_hex(&self.0.attribute("data-photo")?)?,
            length: number("data-length")?,
            width: number("data-width")?.try_into().ok()?,
            height: number("data-height")?.try_into().ok()?,
            alt: String::new(),
        })
    }

    /// The photo as the item had it when the page came, and in which field.
    fn had(&self) -> Option<(Field, Photo)> {
        let field = Field(self.0.attribute("data-field")?.parse().ok()?);
        Some((field, Photo { alt: self.0.attribute("data-alt")?, ..self.kept()? }))
    }
}

/// The picture in a file on a canvas: upright, and no larger than it is published.
pub(super) async fn draw(page: &Page, file: &JsValue, drawing: &Drawing) -> Result<JsValue, Trouble> {
    let size = js::at(file, &["size"]).as_f64().unwrap_or_default();
    if size > drawing.most_bytes {
        return Err(Trouble::foreseen("photo-too-large"));
    }
    // A browser believes what a file says of its size, and takes that much memory.
    let head = bytes_of(file, HEAD_BYTES).await.map_err(|_| Trouble::foreseen("photo-format"))?;
    let (width, height) = size_of(&head).map_err(|error| Trouble::foreseen(error.problem()))?;
    if u64::from(width) * u64::from(height) > MAX_SOURCE_PIXELS {
        return Err(Trouble::foreseen("photo-too-large"));
    }
    drawn(page, file, drawing).await.map_err(|_| Trouble::foreseen("photo-format"))
}

/// The first bytes of a file, at most so many.
async fn bytes_of(file: &JsValue, most: f64) -> Result<Vec<u8>, JsValue> {
    let head = js::call(file, "slice", &[&0.into(), &most.into()])?;
    let bytes = JsFuture::from(js::call(&head, "arrayBuffer", &[])?.dyn_into::<Promise>()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

async fn drawn(page: &Page, file: &JsValue, drawing: &Drawing) -> Result<JsValue, JsValue> {
    // As the camera was held: not every browser turns it by itself.
    let upright = js::object(&[("imageOrientation", "from-image".into())])?;
    let picture = js::call(page.window(), "createImageBitmap", &[file, &upright])?;
    let picture = JsFuture::from(picture.dyn_into::<Promise>()?).await?;
    let side = |name: &str| js::at(&picture, &[name]).as_f64().unwrap_or_default();
    let (width, height) = (side("width"), side("height"));
    let scale = (drawing.width / width).min(drawing.height / height).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let canvas: JsValue = page.element("canvas")?.into();
    Reflect::set(&canvas, &"width".into(), &width.into())?;
    Reflect::set(&canvas, &"height".into(), &height.into())?;
    let context = js::call(&canvas, "getContext", &[&"2d".into()])?;
    let (zero, width, height) = (JsValue::from(0), JsValue::from(width), JsValue::from(height));
    if let Some(ground) = drawing.ground {
        Reflect::set(&context, &"fillStyle".into(), &ground.into())?;
        js::call(&context, "fillRect", &[&zero, &zero, &width, &height])?;
    }
    // Without this some browsers leave out pixels instead of mixing them.
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
    js::call(&context, "drawImage", &[&picture, &zero, &zero, &width, &height])?;
    // Frees the memory of the large one now; a browser without this does it later.
    let _ = js::call(&picture, "close", &[]);
    Ok(canvas)
}

/// What is on a canvas as a file of this type that holds nothing else; a browser that cannot write it takes PNG instead.
pub(super) async fn packed(canvas: &JsValue, media_type: &str, quality: f64) -> Result<Vec<u8>, JsValue> {
    let blob = Promise::new(&mut |resolve, reject| {
        let asked = js::call(canvas, "toBlob", &[&resolve.into(), &media_type.into(), &quality.into()]);
        if let Err(error) = asked {
            // Whoever waits is told; there is nobody else to tell.
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    let blob = JsFuture::from(blob).await?;
    bytes_of(&blob, f64::INFINITY).await
}

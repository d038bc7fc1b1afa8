//! A photo that goes with what somebody writes: drawn anew by the browser, which turns it upright and leaves out where and
//! with what it was taken, and handed in before the item is signed.

use dorpsplein_protocol::operation::{Edit, Field};
use dorpsplein_protocol::photo::{Photo, PhotoId, inspect};
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::author::Author;
use super::form::Form;
use super::js;
use super::page::Page;
use super::trouble::Trouble;

/// The longest side in pixels of a photo that is published, as on the command line.
const LONGEST_SIDE: f64 = 2048.0;
/// The quality of the JPEG file: nobody sees the difference at this size.
const QUALITY: f64 = 0.82;

/// Hands in the photo that is filled in, if there is one. What is left is to say in the item that it belongs to it.
pub(super) async fn hand_in(page: &Page, author: &Author, form: &Form) -> Result<Option<Edit>, Trouble> {
    let filled = form.filled()?;
    let Some(file) = filled.file("photo") else { return Ok(None) };
    let alt = filled.text("photo_alt").ok_or_else(|| Trouble::foreseen("photo-words"))?;
    let drawn = draw(page, &file).await.map_err(|_| Trouble::foreseen("photo-format"))?;
    let facts = inspect(&drawn).map_err(|error| Trouble::foreseen(error.problem()))?;
    let id = PhotoId::of(&drawn).ok_or_else(|| Trouble::foreseen("photo-too-large"))?;
    let length = u32::try_from(drawn.len()).map_err(|_| Trouble::foreseen("photo-too-large"))?;
    author.log_in(&page.host()?).await?;
    page.api()?.hand_in_photo(&drawn).await?;
    let photo = Photo { id, length, width: facts.width, height: facts.height, alt };
    Ok(Some(Edit::Set { field: Field::PHOTOS[0], value: photo.value() }))
}

/// The picture in a file as a JPEG file that holds nothing else.
async fn draw(page: &Page, file: &JsValue) -> Result<Vec<u8>, JsValue> {
    let picture = js::call(page.window(), "createImageBitmap", &[file])?;
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
    js::call(&context, "drawImage", &[&picture, &zero, &zero, &width, &height])?;
    let packed = Promise::new(&mut |resolve, reject| {
        let asked = js::call(&canvas, "toBlob", &[&resolve.into(), &"image/jpeg".into(), &QUALITY.into()]);
        if let Err(error) = asked {
            // Whoever waits is told; there is nobody else to tell.
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    let packed = JsFuture::from(packed).await?;
    let bytes = JsFuture::from(js::call(&packed, "arrayBuffer", &[])?.dyn_into::<Promise>()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

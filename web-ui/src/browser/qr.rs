//! QR codes, drawn here because what stands in them is secret and must not reach the box.

use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

use super::trouble::Trouble;
use crate::qr::QrImage;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An SVG image of `text` as a QR code, with `label` for who cannot see it.
pub(super) fn draw(document: &Document, text: &str, label: &str) -> Result<Element, Trouble> {
    let QrImage { side, path } = QrImage::of(text).ok_or_else(|| Trouble::foreseen("text-too-long"))?;
    let failed = |_: JsValue| Trouble::Browser("it cannot draw");
    let make = |name: &str, attributes: &[(&str, &str)]| -> Result<Element, JsValue> {
        let element = document.create_element_ns(Some(SVG), name)?;
        for (name, value) in attributes {
            element.set_attribute(name, value)?;
        }
        Ok(element)
    };
    let drawn = || {
        let view = format!("0 0 {side} {side}");
        let image = make("svg", &[("viewBox", &view), ("role", "img"), ("aria-label", label), ("class", "qr")])?;
        image.append_child(&make("path", &[("fill", "#fff"), ("d", &format!("M0 0h{side}v{side}H0z"))])?.into())?;
        image.append_child(&make("path", &[("d", &path)])?.into())?;
        Ok(image)
    };
    drawn().map_err(failed)
}

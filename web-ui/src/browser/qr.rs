//! QR codes, drawn here because what stands in them is secret and must not reach the box.

use qrcodegen::{QrCode, QrCodeEcc};
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

use super::trouble::Trouble;

/// The quiet zone around the code, in modules (ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;
const SVG: &str = "http://www.w3.org/2000/svg";

/// An SVG image of `text` as a QR code, with `label` for who cannot see it.
///
/// Black on white whatever the colours of the page, because cameras want it so. About a seventh may be damaged: letters
/// get folded.
pub(super) fn draw(document: &Document, text: &str, label: &str) -> Result<Element, Trouble> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Trouble::foreseen("text-too-long"))?;
    let side = code.size() + 2 * QUIET;
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
        image.append_child(&make("path", &[("d", &dark_modules(&code))])?.into())?;
        Ok(image)
    };
    drawn().map_err(failed)
}

/// The dark modules as a path: one rectangle for each run in a row.
fn dark_modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|at| code.get_module(*at, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_path_covers_exactly_the_dark_modules() {
        let code = QrCode::encode_text("https://maasdorp.example/meedoen#7K3M92XQA4TD", QrCodeEcc::Medium).unwrap();
        let mut covered = std::collections::BTreeSet::new();
        for part in dark_modules(&code).split('M').skip(1) {
            let (from, rest) = part.split_once('h').unwrap();
            let (x, y) = from.split_once(' ').unwrap();
            let run: i32 = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            covered.extend((0..run).map(|at| (x + at - QUIET, y - QUIET)));
        }
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        assert_eq!(covered, dark.filter(|(x, y)| code.get_module(*x, *y)).collect());
    }
}

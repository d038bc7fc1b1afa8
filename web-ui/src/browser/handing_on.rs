//! The buttons beside a text that is handed on: copy it, print the sheet.

use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::js;
use super::page::{Area, Page};

/// Shows the buttons, and has them do what they say.
pub(super) fn start(page: &Page) {
    let Some(area) = page.parts("[data-copy]").pop() else { return };
    area.reveal("[data-copy-do], [data-print]");
    area.on_press("[data-print]", &page.printer());
    let (copied, window) = (area.clone(), page.window().clone());
    area.on("[data-copy-do]", "click", move || {
        let Some(text) = text_of(&copied) else { return };
        text.select();
        let clipboard = js::at(&window, &["navigator", "clipboard"]);
        // Without a secure address there is no clipboard: what is selected can be copied by hand.
        if js::call(&clipboard, "writeText", &[&text.value().into()]).is_ok() {
            copied.reveal("[data-copied]");
        }
    });
}

fn text_of(area: &Area) -> Option<HtmlTextAreaElement> {
    area.parts("[data-copy-text]").pop()?.0.dyn_into().ok()
}

//! What the site takes.

#[path = "../../node/src/web/body/mod.rs"]
pub mod body;
#[path = "../../node/src/web/first_run/fields.rs"]
mod fields;

use dorpsplein_web_ui::view::FirstRunForm;

/// The form of the first start, as a browser sends it; none for what is no form.
pub fn first_run_form(sent: &[u8]) -> Option<FirstRunForm> {
    let fields: fields::Fields = serde_urlencoded::from_bytes(sent).ok()?;
    Some(FirstRunForm::from(&fields))
}

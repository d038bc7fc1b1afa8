//! One's own devices, and a new one.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::paths::Page;
use crate::view::{DeviceStanding, Frame, MyDataPage, OwnProfile, Role};

#[derive(Template)]
#[template(path = "my-data.html")]
struct MyData<'a> {
    s: Shell<'a>,
    page: &'a MyDataPage,
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device<'a> {
    s: Shell<'a>,
}

/// One's own devices, spare card, export, and the way out, for somebody who is logged in.
///
/// # Errors
/// [`RenderError`].
pub fn my_data(frame: &Frame, page: &MyDataPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::MyData), |lang| Page::MyData.pattern(lang).to_owned());
    rendered(&MyData { s: shell, page }, lang)
}

/// A new device becomes a resident's. What it needs for that stands behind the `#` of the address or is typed, and the
/// server knows nothing of it.
///
/// # Errors
/// [`RenderError`].
pub fn device(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::Device), |lang| Page::Device.pattern(lang).to_owned());
    rendered(&Device { s: shell }, lang)
}

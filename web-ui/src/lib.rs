//! What a person sees of the square.
//!
//! * [`view`] and [`pages`] (feature `pages`): plain structs in, HTML out. They decide nothing and fetch nothing: no
//!   clock, no store, no network. The node fills a view and hands it to one function per page.
//! * [`paths`]: the one table of addresses, used by the templates, the node's router and the tests.
//! * [`locale`] (feature `pages`): the texts in `locales/*/*.ftl` and how dates are said.
//! * [`markdown`] (feature `pages`): what residents write, as HTML that needs no cleaning, and as plain words.
//! * [`assets`]: the style sheet and the icon, as bytes to serve.
//! * [`modules`]: the parts of a square that connectors can switch off.
//! * [`theme`] (features `pages` and `inside`): how a square looks, and whether that can be read.
//! * [`qr`] (features `pages` and `inside`): QR codes, for a page to print and for the module to draw.
//! * `browser` (feature `browser`): what runs in the visitor's browser: the key, signing, checking.
//!
//! What the pages promise to the browser's module is written down in `templates/README.md`.

pub mod assets;
#[cfg(feature = "browser")]
pub mod browser;
mod lang;
#[cfg(feature = "pages")]
pub mod locale;
#[cfg(feature = "pages")]
pub mod markdown;
pub mod modules;
#[cfg(feature = "pages")]
pub mod pages;
pub mod paths;
#[cfg(any(feature = "pages", feature = "inside"))]
pub mod qr;
#[cfg(any(feature = "pages", feature = "inside"))]
pub mod theme;
#[cfg(feature = "pages")]
pub mod view;

pub use lang::{Lang, Partial, Whole};

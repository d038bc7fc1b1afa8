//! The files every page asks for. The node serves them under names that carry a hash of their content, and passes the
//! resulting addresses to the pages in a `view::Frame`.

/// The style sheet. Its custom properties at the top are what a neighbourhood may change.
pub const STYLE: &str = include_str!("../assets/square.css");

/// The icon of the site, an SVG that fits light and dark browsers.
pub const ICON: &str = include_str!("../assets/icon.svg");

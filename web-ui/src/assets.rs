//! What every page is made with: the style sheet stands in the page itself, the icon the node serves under a name that carries
//! a hash of its content, whose address it passes to the pages in a `view::Frame`.

/// The style sheet. Its custom properties at the top are what a neighbourhood may change.
pub const STYLE: &str = include_str!("../assets/square.css");

/// The icon of the site, an SVG that fits light and dark browsers.
pub const ICON: &str = include_str!("../assets/icon.svg");

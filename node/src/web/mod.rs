//! The site and the API of a box.

pub mod assets;

//! The pages where one does something: write and join.

use askama::Template;

use super::shell::Shell;
use crate::paths::Page;
use crate::view::{WriteKind, WritePage};

#[derive(Template)]
#[template(path = "write.html")]
pub(super) struct Write<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a WritePage,
}

#[derive(Template)]
#[template(path = "join.html")]
pub(super) struct Join<'a> {
    pub(super) s: Shell<'a>,
}

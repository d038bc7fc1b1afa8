//! What the pages show, as plain structs: strings, counts, enums and civil times, no types of the protocol.
//!
//! Ids are lower-case hexadecimal. Text is as the residents wrote it, never escaped beforehand: the templates escape.
//! Times are local to the neighbourhood, so a page needs no time zone; the pages say them in the reader's language.

mod frame;
mod page;
mod post;
mod trust;

pub use frame::{Frame, Help, NeighbourLink, Neighbourhood};
pub use jiff::civil::{Date, DateTime};
pub use page::{AgendaPage, ErrorPage, EventPage, Failure, ItemPage, NewsPage, WriteKind, WritePage};
pub use post::{Author, Claim, Comment, EventTeaser, NewsTeaser, Origin, Role, Space, Stated, Thread, When};
pub use trust::{
    AboutPage, BoxView, NeighbourView, OperationRole, ProofOperation, ProofPage, ProofSubject, TreatyDirection,
    TreatyState, Words,
};

//! The form of the post.

#[path = "../../node/src/mail/wish.rs"]
mod wish;

pub use wish::Wish;

//! The answers of who begins a square.

#[path = "../../node/src/first_run/answers.rs"]
mod answers;
#[path = "../../node/src/first_run/founding.rs"]
mod founding;

pub use answers::Answers;
pub use founding::Founding;

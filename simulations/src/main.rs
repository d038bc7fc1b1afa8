//! The box.
fn main() {}

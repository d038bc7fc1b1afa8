//! `cargo xtask torture`: what the tests do a few times, hundreds of times over: boxes that lose their life in the middle of
//! their work, and have to have kept every word they gave.

pub(crate) mod kill;
mod village;
mod writers;

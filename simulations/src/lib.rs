//! Many neighbourhoods on a virtual clock and network, from one seed.
//!
//! The replica, its sessions and its register are the real ones; only time, chance and the network are made here. The
//! same seed gives the same run to the last byte, which [`trace`] proves with a hash.
//!
//! - [`world`]: discrete events, virtual time, the boxes and what they are told;
//! - [`network`]: links that are slow, lossy, broken or down for hours, carrying ordered streams as QUIC does;
//! - [`hand`]: a device in somebody's hand;
//! - [`people`]: residents who join, write, edit from two devices at once and answer next door;
//! - [`faults`]: deliberate mistakes, to show that the checkers find them;
//! - [`attacks`]: what hostile hands may try, each with the answer it has to get;
//! - [`hostile`]: residents, connectors, boxes and neighbours out for harm, in the middle of a scenario;
//! - [`checkers`]: what has to be true, on every frame and at rest;
//! - [`scenarios`]: what is run from the command line.

pub mod attacks;
pub mod checkers;
pub mod faults;
pub mod hand;
pub mod hostile;
pub mod network;
pub mod people;
pub mod scenarios;
pub mod trace;
pub mod world;

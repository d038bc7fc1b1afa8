//! Many neighbourhoods on a virtual clock and network, from one seed.
//!
//! The replica, its sessions and its register are the real ones; only time, chance, disks and the network are made here.
//! The same seed gives the same run to the last byte, which [`trace`] proves with a hash.
//!
//! - [`plan`]: a run, written down before it begins;
//! - [`scenarios`]: plans, each from a seed;
//! - [`run`]: a plan carried out;
//! - [`world`]: discrete events, virtual time, the boxes with their disks and clocks, the lines between them;
//! - [`people`]: residents, connectors and organisations;
//! - [`hand`]: a device in somebody's hand;
//! - [`attacks`]: what hostile hands may try, each with the answer it has to get;
//! - [`hostile`]: residents, connectors, boxes and neighbours out for harm, in the middle of a scenario;
//! - [`checkers`]: what has to be true, all the time and at rest;
//! - [`samples`]: what a run is measured by;
//! - [`report`]: what came of a run, as a page, a table and JSON;
//! - [`trial`]: a plan tried out, and cut down if it fails;
//! - [`minimise`]: the smallest plan that still fails;
//! - [`recording`]: a failure in a file, to be run again;
//! - [`soak`]: seed after seed;
//! - [`progress`]: how far a long run is;
//! - [`planted`]: deliberate mistakes, to show that the checkers find them;
//! - [`trace`]: a hash over everything that happened.

pub mod attacks;
pub mod checkers;
pub mod hand;
pub mod hostile;
pub mod minimise;
pub mod people;
pub mod plan;
pub mod planted;
pub mod progress;
pub mod recording;
pub mod report;
pub mod run;
pub mod samples;
pub mod scenarios;
pub mod soak;
pub mod trace;
pub mod trial;
pub mod world;

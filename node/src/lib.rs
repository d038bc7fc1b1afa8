//! The box: store, network, site and commands around the protocol.

pub mod backup;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod data_folder;
pub mod demo;
pub mod disk_store;
pub mod driver;
pub mod first_run;
mod folder_lock;
mod http_client;
pub mod https;
pub mod letters;
pub mod links;
pub mod machine;
pub mod mail;
pub mod migrate;
pub mod net;
pub mod photos;
pub mod push;
pub mod run;
pub mod search;
pub mod sources;
pub mod web;

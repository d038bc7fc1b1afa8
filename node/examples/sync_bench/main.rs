//! What `cargo xtask bench sync` needs beside the program itself: villages to measure with, what their residents write, a
//! neighbour that means harm, and what the machine allows. Each command prints one line of JSON.
//!
//! Everything a box does in the benchmark it does as the released program; this only plays the people and the villain.

#![allow(missing_docs, reason = "a program, no library")]

mod harm;
mod limits;
mod live;
mod pictures;
mod residents;
mod village;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use harm::Conduct;
use village::{Fill, What, When};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Found the villages below a folder
    Begin {
        root: PathBuf,
        /// The loopback address their boxes listen on
        #[arg(long, default_value = "::1")]
        host: String,
        /// Also one that means harm
        #[arg(long)]
        harm: bool,
    },
    /// Write operations into the box that writes, which is not running
    Fill {
        root: PathBuf,
        #[arg(long)]
        count: u64,
        #[arg(long, value_enum)]
        when: When,
        /// What is written
        #[arg(long, value_enum, default_value_t = What::Events)]
        what: What,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Make photos, no two alike
    Pictures {
        folder: PathBuf,
        #[arg(long)]
        count: u32,
    },
    /// Have residents of the village that writes, whose box is not running, show photos of so many megabytes
    Hang {
        root: PathBuf,
        #[arg(long)]
        megabytes: u64,
    },
    /// Have many residents hand in posts at once, at a site
    Residents {
        root: PathBuf,
        #[arg(long)]
        site: String,
        #[arg(long)]
        at_once: usize,
        #[arg(long)]
        count: u64,
        #[arg(long, default_value_t = 3)]
        seed: u64,
    },
    /// Hand in changes one by one and look for them next door
    Live {
        root: PathBuf,
        #[arg(long)]
        writes: String,
        #[arg(long)]
        reads: String,
        #[arg(long)]
        count: u64,
        #[arg(long, default_value_t = 20)]
        pause_ms: u64,
        #[arg(long, default_value_t = 2)]
        seed: u64,
    },
    /// Do harm to a neighbour until standard input ends
    Harm {
        root: PathBuf,
        /// The village whose box is visited
        #[arg(long)]
        victim: String,
        #[arg(long, value_enum)]
        conduct: Conduct,
    },
    /// Measure what the machine allows
    Limits { folder: PathBuf },
}

fn main() -> Result<()> {
    let said = match Arguments::parse().command {
        Command::Begin { root, host, harm } => village::begin(&root, &host, harm)?,
        Command::Fill { root, count, when, what, seed } => village::fill(&root, &Fill { count, when, what, seed })?,
        Command::Pictures { folder, count } => pictures::make(&folder, count)?,
        Command::Hang { root, megabytes } => pictures::hang(&root, megabytes)?,
        Command::Residents { root, site, at_once, count, seed } => {
            residents::hand_in(&root, &site, at_once, count, seed)?
        }
        Command::Live { root, writes, reads, count, pause_ms, seed } => {
            live::measure(&root, &writes, &reads, count, Duration::from_millis(pause_ms), seed)?
        }
        Command::Harm { root, victim, conduct } => harm::harm(&root, &victim, conduct)?,
        Command::Limits { folder } => limits::measure(&folder)?,
    };
    println!("{said}");
    Ok(())
}

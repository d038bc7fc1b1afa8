//! The project's own chores, run as `cargo xtask <name>`: everything a contributor or a build machine needs, with
//! nothing set up by hand.

mod api;
mod bench;
mod browser_module;
mod e2e;
mod fixture;
mod fuzz;
mod house;
mod http;
mod package;
mod picture;
mod process;
mod programs;
mod properties;
mod setup;
mod soak;
mod steps;
mod test;
mod tidy;
mod torture;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use process::Workspace;

/// The chores of Dorpsplein.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Sets up what the tests need, then runs every check and every test.
    Test {
        /// Leave out the tests in a real browser.
        #[arg(long)]
        quick: bool,
    },
    /// Checks the rules of the house that no compiler knows.
    Tidy,
    /// Runs only the tests in a real browser.
    E2e {
        /// Run only the tests whose name matches this pattern.
        pattern: Option<String>,
    },
    /// Checks only that the browser's module makes the same bytes as native code.
    Vectors,
    /// Has a real box asked, fittingly and oddly, what its own OpenAPI document says it can be asked.
    Api(api::Options),
    /// Measures sizes, speed and memory, as a table and as JSON.
    Bench {
        #[command(subcommand)]
        what: Option<BenchChore>,
        /// Take the criterion figures of an earlier run instead of measuring again.
        #[arg(long)]
        reuse: bool,
    },
    /// Runs the simulator with seed after seed, on every core.
    Soak {
        /// For how many minutes; what has begun is finished.
        #[arg(long, default_value_t = 10)]
        minutes: u32,
        /// The first seed on the first core; fresh, and printed, when left out.
        #[arg(long)]
        seed: Option<u64>,
        /// The scenarios; chaos and siege when left out.
        #[arg(long = "scenario", value_name = "NAME")]
        scenarios: Vec<String>,
    },
    /// Gives everything that reads what strangers bring hostile bytes and odd orders.
    Fuzz(fuzz::Options),
    /// Kills boxes in the middle of their work, and looks whether they kept their word
    Torture {
        #[command(subcommand)]
        what: TortureChore,
    },
    /// Makes what people install: a Debian package and a tarball; says how large they are.
    Package(package::Options),
    /// Packs a data folder as this release writes it, for the tests of later releases.
    Fixture(fixture::Options),
    /// Takes the pictures of the README: of pages from the last run of the browser tests, and of a simulated run.
    Picture,
}

#[derive(Subcommand)]
enum TortureChore {
    /// With `kill -9`, at random moments
    Kill(torture::kill::Options),
    /// With power cuts at chosen moments of a recorded run
    Power(torture::power::Options),
    /// With a mixed load for an hour: memory, open files and threads have to stay as they are
    Soak(torture::soak::Options),
}

#[derive(Subcommand)]
enum BenchChore {
    /// Measures only how two boxes keep up with each other, each in a process of its own.
    Sync(bench::sync::Options),
    /// Measures only what pages cost, at a box in a process of its own, and what writing one costs.
    Site(bench::site::Options),
    /// Measures what a box takes of its machine: memory, disk, what it writes, time to start, many writers, backups.
    #[command(name = "box")]
    OneBox(bench::one_box::Options),
    /// Measures only how things are found, at a box in a process of its own.
    Search(bench::search::Options),
}

fn main() -> ExitCode {
    match run(&Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> Result<()> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Test { quick } => test::run_everything(&workspace, *quick),
        Chore::Tidy => tidy::run(&workspace),
        Chore::E2e { pattern } => e2e::run_alone(&workspace, pattern.as_deref()),
        Chore::Vectors => browser_module::run_alone(&workspace),
        Chore::Api(options) => api::ask(&workspace, options),
        Chore::Bench { what: None, reuse } => bench::run(&workspace, *reuse),
        Chore::Bench { what: Some(BenchChore::Sync(options)), .. } => bench::sync::run(&workspace, options),
        Chore::Bench { what: Some(BenchChore::OneBox(options)), .. } => bench::one_box::run(&workspace, options),
        Chore::Bench { what: Some(BenchChore::Search(options)), .. } => bench::search::run(&workspace, options),
        Chore::Bench { what: Some(BenchChore::Site(options)), .. } => bench::site::run(&workspace, options),
        Chore::Soak { minutes, seed, scenarios } => soak::run_alone(&workspace, *minutes, *seed, scenarios),
        Chore::Torture { what: TortureChore::Kill(options) } => torture::kill::run(&workspace, options),
        Chore::Torture { what: TortureChore::Power(options) } => torture::power::run(&workspace, options),
        Chore::Fuzz(options) => fuzz::run(&workspace, options),
        Chore::Torture { what: TortureChore::Soak(options) } => torture::soak::run(&workspace, options),
        Chore::Package(options) => package::run(&workspace, options),
        Chore::Fixture(options) => fixture::run(&workspace, options),
        Chore::Picture => picture::run(&workspace),
    }
}

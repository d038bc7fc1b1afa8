//! `cargo xtask api`: Schemathesis makes up requests from the box's own OpenAPI document, fitting and odd ones, and looks
//! whether what a real box answers is what the document says.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::house::House;
use crate::process::{Workspace, run};
use crate::programs::{Profile, build_box};
use crate::setup;
use crate::torture::village::{FIRST, Village};

/// How long to try.
#[derive(Args)]
pub(crate) struct Options {
    /// How many requests are made up for each operation of the API
    #[arg(long, default_value_t = 20)]
    examples: u32,
    /// The program, where it is not to be built
    #[arg(long)]
    program: Option<PathBuf>,
}

/// What bodies other than JSON need.
const HOOKS: &str = include_str!("hooks.py");

/// Not asked for is that whatever fits the document is taken: that a body is signed, or is a whole calendar, no document of
/// this kind can say.
const LEFT_OUT: &str = "positive_data_acceptance";

/// Founds a village, starts its box, and has it asked.
///
/// # Errors
/// When something cannot be set up, or an answer is none that the document promises.
pub(crate) fn ask(workspace: &Workspace, options: &Options) -> Result<()> {
    let schemathesis = setup::schemathesis(workspace)?;
    let built = match &options.program {
        Some(program) => program.clone(),
        None => build_box(workspace, Profile::Tests)?,
    };
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let village = Village::found(&built, folder.path())?;
    fs::write(folder.path().join("hooks.py"), HOOKS).context("cannot write what Schemathesis is told")?;
    let house = House::start(&built, &village.dir(FIRST))?;
    let mut asking = Command::new(schemathesis);
    asking.args(["run", "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--checks", "all"]);
    asking.args(["--exclude-checks", LEFT_OUT, "--max-examples", &options.examples.to_string()]);
    asking.args(["--header", &format!("Authorization: Bearer {}", house.token())]);
    asking.arg(format!("{}/api/v1/openapi.json", house.site()));
    run(asking.current_dir(folder.path()).env("SCHEMATHESIS_HOOKS", "hooks"))?;
    house.stop()
}

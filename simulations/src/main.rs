//! Runs a scenario from a seed and says what came of it; the exit code is not zero when a checker found something.

mod cli;

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    cli::main()
}

//! `attacks`: every attack of the library, and what became of it.

use std::process::ExitCode;

use clap::Args;
use dorpsplein_simulations::attacks::run_all;

pub(super) const ABOUT: &str = "Lets every attack of the library loose on a real box, and says what became of it";

#[derive(Args)]
pub(super) struct Arguments {
    /// Print the reports as one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let reports = run_all()?;
    if arguments.json {
        println!("{}", serde_json::to_string(&reports)?);
    } else {
        println!("{:<44} {:<34} {:<34} {:<26} held", "attack", "expected", "by form", "by peer");
        for report in &reports {
            let held = if report.held { "yes" } else { "NO" };
            println!(
                "{:<44} {:<34} {:<34} {:<26} {held}",
                report.name, report.expected, report.by_form, report.by_peer
            );
        }
    }
    Ok(if reports.iter().all(|report| report.held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

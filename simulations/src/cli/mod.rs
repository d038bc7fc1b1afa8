//! The commands: a scenario by its name, a recorded failure, the attacks, the planted mistakes, and seed after seed.

mod attacks;
mod planted;
mod run;
mod soak;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, CommandFactory as _, FromArgMatches as _, Parser};
use dorpsplein_simulations::recording::Recording;
use dorpsplein_simulations::scenarios::{self, Scenario, Settings};

/// Many neighbourhoods on a virtual clock, network and disk, from one seed.
#[derive(Parser)]
#[command(name = "dorpsplein-simulations", subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
struct Top {
    /// Run a recorded failure again.
    #[arg(long, value_name = "FILE", required = true)]
    replay: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// What a scenario is made from; what is left out is as usual for that scenario.
#[derive(Args)]
struct Options {
    /// The seed: the same one gives the same run, to the last byte.
    #[arg(long)]
    seed: u64,
    /// How many neighbourhoods.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2000))]
    neighbourhoods: Option<u32>,
    /// How many inhabitants, all together; most of them only read.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    residents: Option<u32>,
    /// For how many days.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    #[command(flatten)]
    output: Output,
}

/// What is wanted of a run.
#[derive(Args)]
struct Output {
    /// Print one JSON object, as the last line, instead of the table.
    #[arg(long)]
    json: bool,
    /// Write a report to this file: one HTML page that needs nothing beside it.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    failing: Failing,
}

/// What is done with a plan that fails.
#[derive(Args, Clone)]
struct Failing {
    /// For how many minutes a plan that fails is cut down to what it needs to fail; 0 leaves it as it is.
    #[arg(long, value_name = "MINUTES", default_value_t = 5)]
    minimise: u32,
    /// The folder for plans that fail.
    #[arg(long, value_name = "FOLDER", default_value = "target/failures")]
    failures: PathBuf,
}

/// Reads the command line and does what it asks.
///
/// # Errors
/// Whatever kept it from being done; that a checker found something is no error but an exit code.
pub(crate) fn main() -> anyhow::Result<ExitCode> {
    let matches = command().get_matches();
    match matches.subcommand() {
        Some(("attacks", arguments)) => attacks::main(&attacks::Arguments::from_arg_matches(arguments)?),
        Some(("planted", arguments)) => planted::main(&planted::Arguments::from_arg_matches(arguments)?),
        Some(("soak", arguments)) => soak::main(&soak::Arguments::from_arg_matches(arguments)?),
        Some((name, arguments)) => match scenarios::named(name) {
            Some(scenario) => play(scenario, arguments),
            None => anyhow::bail!("there is no scenario {name}"),
        },
        None => {
            let Top { replay, output } = Top::from_arg_matches(&matches)?;
            let Some(path) = replay else { anyhow::bail!("name a scenario, or a file to replay") };
            run::replay(&path, &Recording::load(&path)?, &output)
        }
    }
}

/// The commands, one for each scenario there is.
fn command() -> Command {
    let scenarios = scenarios::ALL.iter().map(|scenario| {
        let usual = format!("As usual: {}.", scenario.usual);
        Options::augment_args(Command::new(scenario.name).about(scenario.about).after_help(usual))
    });
    let others = [
        attacks::Arguments::augment_args(Command::new("attacks").about(attacks::ABOUT)),
        planted::Arguments::augment_args(Command::new("planted").about(planted::ABOUT)),
        soak::Arguments::augment_args(Command::new("soak").about(soak::ABOUT)),
    ];
    Top::command().subcommands(scenarios).subcommands(others)
}

fn play(scenario: &Scenario, arguments: &ArgMatches) -> anyhow::Result<ExitCode> {
    let Options { seed, neighbourhoods, residents, days, output } = Options::from_arg_matches(arguments)?;
    let plan = (scenario.plan)(&Settings { seed, neighbourhoods, residents, days });
    let mut again = format!("cargo run --release -p dorpsplein-simulations -- {} --seed {seed}", scenario.name);
    for (name, value) in [("neighbourhoods", neighbourhoods), ("residents", residents), ("days", days)] {
        if let Some(value) = value {
            again.push_str(&format!(" --{name} {value}"));
        }
    }
    run::play(&plan, again, &output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        command().debug_assert();
    }

    #[test]
    fn every_scenario_is_a_command_with_the_same_options() {
        for scenario in &scenarios::ALL {
            let line =
                ["simulations", scenario.name, "--seed", "4", "--neighbourhoods", "9", "--json", "--report", "a.html"];
            let matches = command().try_get_matches_from(line).unwrap();
            let (name, arguments) = matches.subcommand().unwrap();
            let options = Options::from_arg_matches(arguments).unwrap();
            assert_eq!((name, options.seed, options.neighbourhoods), (scenario.name, 4, Some(9)));
            assert!(options.output.json && options.output.report.is_some());
        }
    }

    #[test]
    fn a_seed_is_not_left_to_luck() {
        assert!(command().try_get_matches_from(["simulations", "ring"]).is_err());
        assert!(command().try_get_matches_from(["simulations"]).is_err());
        assert!(command().try_get_matches_from(["simulations", "--replay", "a.json", "--json"]).is_ok());
    }
}

//! `planted`: every mistake that can be planted in the program, and how many runs it took until a checker found it.

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use dorpsplein_protocol::planted::Bug;
use dorpsplein_simulations::scenarios;
use dorpsplein_simulations::soak::{Order, hunt};

pub(super) const ABOUT: &str = "Plants one mistake after another in the program, and says what found it and how soon";

#[derive(Args)]
pub(super) struct Arguments {
    /// Only this mistake.
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs a mistake may stay hidden.
    #[arg(long, default_value_t = 200)]
    runs: usize,
    /// The scenarios, in turn.
    #[arg(long = "scenario", value_name = "NAME", default_values_t = [String::from("chaos")])]
    scenarios: Vec<String>,
    /// Print what came of it as one line of JSON, the last one.
    #[arg(long)]
    json: bool,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    ensure!(
        cfg!(feature = "planted"),
        "this program has no mistakes in it; build it with `cargo run --release -p dorpsplein-simulations --features planted -- planted`"
    );
    let scenario = |name: &String| scenarios::named(name).with_context(|| format!("there is no scenario {name}"));
    let scenarios = arguments.scenarios.iter().map(scenario).collect::<anyhow::Result<Vec<_>>>()?;
    let order = Order { scenarios, fixed: 0, fresh_from: arguments.seed };
    let named = |bug: &Bug| arguments.bug.as_deref().is_none_or(|name| name == bug.name());
    let bugs: Vec<Bug> = Bug::ALL.iter().copied().filter(named).collect();
    ensure!(!bugs.is_empty(), "there is no mistake of this name");
    let mut hunts = Vec::new();
    for bug in bugs {
        let hunt = hunt(bug.name(), &order, arguments.runs)?;
        match &hunt.found {
            Some((scenario, seed, failure)) => println!(
                "{:<34} {:>4} runs  {:<18} {scenario}, seed {seed}: {}",
                hunt.bug, hunt.runs, failure.checker, failure.found
            ),
            None => println!("{:<34} {:>4} runs  NOT FOUND", hunt.bug, hunt.runs),
        }
        hunts.push(hunt);
    }
    let found = hunts.iter().filter(|hunt| hunt.found.is_some()).count();
    println!("found {found} of {}", hunts.len());
    if arguments.json {
        println!("{}", serde_json::to_string(&hunts)?);
    }
    Ok(if found == hunts.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

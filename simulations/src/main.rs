//! Runs a scenario from a seed and says what came of it; the exit code is not zero when a checker found something.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use dorpsplein_simulations::attacks;
use dorpsplein_simulations::scenarios::{Report, quarrel, ring};

/// Many neighbourhoods on a virtual clock and network, from one seed.
#[derive(Parser)]
#[command(name = "dorpsplein-simulations")]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// Villages in a ring, each with an agreement with the next, over lines that lose, break and are down for hours.
    Ring(Options),
    /// One village whose connectors remove, demote and recover each other while the lines between its boxes are down.
    Quarrel(QuarrelOptions),
    /// Lets every attack of the library loose on a real box, and says what became of it.
    Attacks(AttackOptions),
}

#[derive(Args)]
struct QuarrelOptions {
    /// The seed: the same one gives the same run, to the last byte.
    #[arg(long)]
    seed: u64,
    /// For how many days they quarrel.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=30))]
    days: u16,
    /// Print the report as one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct AttackOptions {
    /// Print the reports as one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Options {
    /// The seed: the same one gives the same run, to the last byte.
    #[arg(long)]
    seed: u64,
    /// How many neighbourhoods.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=1000))]
    neighbourhoods: u16,
    /// How many people move into each.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    residents: u16,
    /// For how many days they write.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// Print the report as one line of JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().scenario {
        Scenario::Ring(options) => {
            let settings = ring::Settings {
                seed: options.seed,
                neighbourhoods: options.neighbourhoods.into(),
                residents: options.residents.into(),
                days: options.days.into(),
                fault: None,
            };
            let report = ring::run(&settings).with_context(|| format!("seed {} could not be run", options.seed))?;
            tell(&report, options.json)
        }
        Scenario::Quarrel(options) => {
            let settings = quarrel::Settings { seed: options.seed, days: options.days.into() };
            let report = quarrel::run(&settings).with_context(|| format!("seed {} could not be run", options.seed))?;
            tell(&report, options.json)
        }
        Scenario::Attacks(options) => attack(options.json),
    }
}

fn tell(report: &Report, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string(report)?);
    } else {
        print_table(report);
    }
    for failure in &report.failures {
        eprintln!("seed {}: {}: {}", report.seed, failure.checker, failure.found);
    }
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn attack(json: bool) -> anyhow::Result<ExitCode> {
    let reports = attacks::run_all()?;
    if json {
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

fn print_table(report: &Report) {
    let quiet = report.minutes_until_quiet.map_or_else(|| "never".to_owned(), |minutes| format!("{minutes} min"));
    let refused: Vec<String> = report.refused.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let rows = [
        ("scenario", format!("{}, seed {}", report.scenario, report.seed)),
        ("neighbourhoods", format!("{} with {} boxes", report.neighbourhoods, report.boxes)),
        ("people", format!("{} in each, for {} days", report.residents, report.days)),
        ("operations", report.operations.to_string()),
        ("refused", if refused.is_empty() { "none".to_owned() } else { refused.join(", ") }),
        ("items shown", format!("{}, all boxes together", report.visible)),
        ("frames", report.frames.to_string()),
        ("bytes", report.bytes.to_string()),
        ("streams", format!("{} opened, {} broken, {} partitions", report.streams, report.broken, report.partitions)),
        ("all agree after", quiet),
        ("trace", report.trace.clone()),
    ];
    for (name, value) in rows {
        println!("{name:<16} {value}");
    }
}

//! `soak`: seed after seed until time is up.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use dorpsplein_simulations::report::words;
use dorpsplein_simulations::scenarios::{self, Scenario};
use dorpsplein_simulations::soak::{Order, Tally, soak};

use super::Failing;
use super::run::{keep, told};

pub(super) const ABOUT: &str = "Runs scenarios with seed after seed until time is up, and keeps every plan that fails";

#[derive(Args)]
pub(super) struct Arguments {
    /// For how many minutes; what has begun is finished, and so is the fixed set. 0 for the fixed set alone.
    #[arg(long, default_value_t = 5)]
    minutes: u32,
    /// The first of the fresh seeds; drawn by chance, and printed, when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// How many seeds of the fixed set, 1 and up, come first.
    #[arg(long, default_value_t = 0)]
    fixed: u64,
    /// The scenarios.
    #[arg(long = "scenario", value_name = "NAME", default_values_t = [String::from("chaos"), String::from("siege")])]
    scenarios: Vec<String>,
    /// Print the tally as one JSON object, as the last line, instead of the table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    failing: Failing,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let scenario = |name: &String| scenarios::named(name).with_context(|| format!("there is no scenario {name}"));
    let scenarios: Vec<&'static Scenario> = arguments.scenarios.iter().map(scenario).collect::<Result<_, _>>()?;
    // Short enough to be typed over from a screen.
    let fresh_from = arguments.seed.unwrap_or_else(|| rand::random::<u32>().into());
    println!("seeds: the fixed set up to {}, then from {fresh_from}", arguments.fixed);
    let deadline = Instant::now() + Duration::from_secs(60 * u64::from(arguments.minutes));
    let order = Order { scenarios, fixed: arguments.fixed, fresh_from };
    // The fixed set is run whole, however long it takes.
    let mut fixed_left = order.fixed * order.scenarios.len() as u64;
    let mut now = Progress::default();
    let tally = soak::<anyhow::Error>(
        &order,
        &mut |scenario, seed| {
            now.show(scenario, seed);
            let fixed = fixed_left > 0;
            fixed_left = fixed_left.saturating_sub(1);
            fixed || Instant::now() < deadline
        },
        &mut |plan, failures| {
            told(plan, failures);
            failures.first().map_or(Ok(()), |failure| keep(plan, failure, &arguments.failing))
        },
    )?;
    if arguments.json {
        println!("{}", serde_json::to_string(&tally)?);
    } else {
        print(&tally);
    }
    Ok(if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(tally: &Tally) {
    let runs: Vec<String> = tally.runs.iter().map(|(name, count)| format!("{name} {}", words::count(*count))).collect();
    let fresh = tally.fresh.map_or_else(|| "none".to_owned(), |[first, last]| format!("{first} to {last}"));
    let rows = [
        ("runs", runs.join(", ")),
        ("fresh seeds", fresh),
        ("simulated", format!("{:.1} years", tally.simulated_years())),
        ("operations", words::count(tally.operations)),
        ("acts", words::count(tally.acts)),
        (
            "faults",
            format!("{}, and {} broken streams", words::count(tally.faults), words::count(tally.broken_streams)),
        ),
        ("failures", words::count(tally.failures.len() as u64)),
    ];
    for (name, value) in rows {
        println!("{name:<18} {value}");
    }
}

/// Says now and then, on the standard error, which seed is being run: should one never end, this is the one.
#[derive(Default)]
struct Progress {
    last: Option<Instant>,
    runs: u64,
}

impl Progress {
    fn show(&mut self, scenario: &Scenario, seed: u64) {
        const EVERY: Duration = Duration::from_secs(30);
        self.runs += 1;
        if self.last.is_some_and(|last| last.elapsed() < EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        let end = if std::io::stderr().is_terminal() { '\r' } else { '\n' };
        eprint!("run {}: {} with seed {seed}{end}", self.runs, scenario.name);
    }
}

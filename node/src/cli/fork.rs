//! `dorpsplein fork` and `rescue`: what still counts of a device that signed too much.

use clap::{Args, Subcommand};
use dorpsplein_protocol::operation::{ForkDecision, Rescue, Statement};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::error::{CliError, InputError};
use super::signer::{self, Asked, Signer};
use crate::web::body::ForkBody;

/// What can be done about devices that signed two operations with one number.
#[derive(Debug, Subcommand)]
pub(super) enum ForkCommand {
    /// List them
    List(ListArgs),
    /// Decide, as a connector, which of the two counts: the device can go on from there
    Decide(DecideArgs),
}

/// `fork list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `fork decide`.
#[derive(Debug, Args)]
pub(super) struct DecideArgs {
    #[command(flatten)]
    signer: Signer,
    /// The operation that counts, as `fork list` shows it, or the beginning of it
    #[arg(long, value_name = "OPERATION")]
    keep: String,
}

/// `rescue`.
#[derive(Debug, Args)]
pub(super) struct RescueArgs {
    #[command(flatten)]
    signer: Signer,
    /// The device whose honest work counts after all: its key, or the beginning of it
    #[arg(value_name = "DEVICE")]
    device: String,
    /// The number of the last operation that counts
    #[arg(long, value_name = "NUMBER")]
    last: u64,
}

/// Carries out a command about forks.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &ForkCommand) -> Result<Outcome, CliError> {
    match command {
        ForkCommand::List(args) => list(args),
        ForkCommand::Decide(args) => decide(args),
    }
}

/// Lets honest work of a device count that was removed or retired.
///
/// # Errors
/// [`CliError`].
pub(super) fn rescue(args: &RescueArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let (owner, device) = choose::device(&register, &args.device)?;
    if device.counts_to.is_none_or(|to| to >= args.last) {
        return Err(InputError::NothingToRescue(args.last).into());
    }
    let key = choose::public_key(&door, &device.key)?;
    let mut author = args.signer.author(&door)?;
    let statement = Statement::Rescue(Rescue { device: key, last: args.last });
    let done = format!("What {} signed up to operation {} counts again.", device.key, args.last);
    let more = json!({ "device": device.key, "resident": owner.id, "last": args.last });
    signer::state(&mut author, statement, &done, more)
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let forks = args.asked.door()?.forks()?;
    let words = if forks.is_empty() {
        "No device signed two operations with one number.".to_owned()
    } else {
        forks.iter().map(paragraph).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "forks": forks })))
}

fn paragraph(fork: &ForkBody) -> String {
    let owner = fork.resident.as_deref().map_or("nobody here", choose::short);
    let state = match (fork.undecided, &fork.kept) {
        (true, _) => "waits for a connector; the device can write nothing",
        (false, Some(_)) => "decided",
        (false, None) => "follows from what is decided about an earlier number",
    };
    let one = |operation: &String| {
        let kept = fork.kept.as_ref().is_some_and(|kept| kept == operation);
        format!("\n    {operation}{}", if kept { "  (counts)" } else { "" })
    };
    let both: String = fork.operations.iter().map(one).collect();
    format!("  device {} of {owner}, number {}: {state}{both}", fork.device, fork.sequence)
}

fn decide(args: &DecideArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let forks = door.forks()?;
    let sides = forks.iter().flat_map(|fork| fork.operations.iter().map(move |operation| (fork, operation)));
    let (fork, keep) = choose::one("operation of a fork", &args.keep, sides, |(_, operation)| operation)?;
    let statement = Statement::ForkDecision(ForkDecision {
        device: choose::public_key(&door, &fork.device)?,
        sequence: fork.sequence,
        keep: choose::operation_id(&door, keep)?,
    });
    let mut author = args.signer.author(&door)?;
    let done = format!("{keep} counts, the other does not. The device can write again.");
    signer::state(&mut author, statement, &done, json!({ "device": fork.device, "keep": keep }))
}

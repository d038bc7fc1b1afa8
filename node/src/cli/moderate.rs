//! `dorpsplein moderate`: what connectors do to what somebody else made, each time with a reason, and the log of it.

use clap::{Args, Subcommand, ValueEnum};
use dorpsplein_protocol::operation::{Edit, ModerationAct, ModerationReason};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::error::CliError;
use super::on_item;
use super::report;
use super::signer::{Asked, Signer, moment};
use crate::web::body::LogEntryBody;

/// What a connector can do to an item, and what members can read about it.
#[derive(Debug, Subcommand)]
pub(super) enum ModerateCommand {
    /// Hide an item from everybody but its author and the connectors
    Hide(ReasonedArgs),
    /// Show a hidden item again
    Show(ReasonedArgs),
    /// Keep an item on top of the news
    Pin(ItemArgs),
    /// No longer keep it there
    Unpin(ItemArgs),
    /// Mark a comment as the official answer
    Official(OfficialArgs),
    /// Ask whoever made an item whether it still holds
    AskReview(ItemArgs),
    /// Erase an item, here and wherever it went
    Erase(ReasonedArgs),
    /// Read the moderation log: who did what and why (for members)
    Log(LogArgs),
}

/// An item and who acts on it.
#[derive(Debug, Args)]
pub(super) struct ItemArgs {
    #[command(flatten)]
    pub(super) signer: Signer,
    /// The item: its id
    #[arg(value_name = "ITEM")]
    pub(super) item: String,
}

/// An item, who acts on it, and why.
#[derive(Debug, Args)]
pub(super) struct ReasonedArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// Why
    #[arg(long, value_enum)]
    reason: Reason,
    /// In your own words, for the author and for the log that members read
    #[arg(long, default_value = "")]
    note: String,
}

/// `moderate official`.
#[derive(Debug, Args)]
pub(super) struct OfficialArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// It is not the official answer after all
    #[arg(long)]
    no_longer: bool,
}

/// `moderate log`.
#[derive(Debug, Args)]
pub(super) struct LogArgs {
    #[command(flatten)]
    asked: Asked,
    /// Go on after this place, which an earlier answer named as `next`
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
}

/// Why, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// Something else; the note says what
    Other,
    /// Advertising, or the same thing over and over
    Spam,
    /// It hurts somebody
    Insult,
    /// It tells what is somebody else's to tell
    PrivateData,
    /// The law forbids it
    Unlawful,
    /// It is a mistake, or there twice
    Mistake,
    /// Somebody it is about asked for it
    AtRequest,
}

impl Reason {
    const fn of_protocol(self) -> ModerationReason {
        match self {
            Self::Other => ModerationReason::Other,
            Self::Spam => ModerationReason::Spam,
            Self::Insult => ModerationReason::Insult,
            Self::PrivateData => ModerationReason::PrivateData,
            Self::Unlawful => ModerationReason::Unlawful,
            Self::Mistake => ModerationReason::Mistake,
            Self::AtRequest => ModerationReason::AtRequest,
        }
    }
}

/// Carries out an act of moderation.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &ModerateCommand) -> Result<Outcome, CliError> {
    match command {
        ModerateCommand::Hide(args) => moderate(args, ModerationAct::Hide, "It is hidden. The log says so."),
        ModerateCommand::Show(args) => moderate(args, ModerationAct::Show, "Everybody sees it again."),
        ModerateCommand::Pin(args) => on_item::act(&args.signer, &args.item, "It is on top now.", |_| Edit::Pin(true)),
        ModerateCommand::Unpin(args) => {
            on_item::act(&args.signer, &args.item, "It is no longer on top.", |_| Edit::Pin(false))
        }
        ModerateCommand::Official(args) => {
            let done = if args.no_longer { "It is no longer official." } else { "It is the official answer now." };
            on_item::act(&args.item.signer, &args.item.item, done, |_| Edit::Official(!args.no_longer))
        }
        ModerateCommand::AskReview(args) => report::ask_review(args),
        ModerateCommand::Erase(args) => {
            let (reason, note) = (Some(args.reason.of_protocol()), args.note.clone());
            on_item::erase(&args.item, reason, note)
        }
        ModerateCommand::Log(args) => log(args),
    }
}

fn moderate(args: &ReasonedArgs, act: ModerationAct, done: &str) -> Result<Outcome, CliError> {
    let edit = Edit::Moderate { act, reason: args.reason.of_protocol(), note: args.note.clone() };
    on_item::act(&args.item.signer, &args.item.item, done, |_| edit)
}

fn log(args: &LogArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let log = door.log(args.asked.secret()?.as_ref(), args.after.as_deref())?;
    let mut lines: Vec<_> = log.entries.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("Nothing was moderated.".to_owned());
    }
    lines.extend(log.next.as_ref().map(|next| format!("There is more: --after {next}")));
    Ok(Outcome::new(lines.join("\n"), json!(log)))
}

fn line(entry: &LogEntryBody) -> String {
    let by = entry.by_name.as_deref().unwrap_or_else(|| choose::short(&entry.by));
    let reason = entry.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let note = if entry.note.is_empty() { String::new() } else { format!(": {}", entry.note.replace('\n', " ")) };
    format!("  {}  {by}  {} {}{reason}{note}", moment(entry.at), entry.act, entry.item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_the_name_of_the_protocol() {
        let here = Reason::value_variants().iter().map(|reason| {
            let name = reason.to_possible_value().map(|value| value.get_name().to_owned());
            (name, reason.of_protocol())
        });
        let all: Vec<_> =
            ModerationReason::ALL.into_iter().map(|reason| (Some(reason.name().to_owned()), reason)).collect();
        assert_eq!(here.collect::<Vec<_>>(), all);
    }
}

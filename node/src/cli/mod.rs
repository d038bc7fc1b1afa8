//! The commands of `dorpsplein`. Each does what it is asked and says so in a line or two, or with `--json` in one
//! machine-readable line; what goes wrong is one clear line and exit code 1 (2 for a wrong command line).

mod agenda;
mod area;
mod asking;
mod author;
mod backup;
mod box_link;
mod boxes;
mod bundle;
mod card;
mod check;
mod choose;
mod circle;
mod client;
mod config;
mod device;
mod doctor;
mod door;
mod edit;
mod error;
mod fork;
mod founding;
mod helps;
mod home_key;
mod index;
mod init;
mod invite;
mod key_file;
mod language;
mod leaving;
mod letter_sheets;
mod linking;
mod local_https;
mod manager;
mod member;
mod moderate;
mod on_item;
mod organisation;
mod photo;
mod place;
mod post;
mod recover;
mod report;
mod resident;
mod search;
mod second;
mod serve;
mod signer;
mod square;
mod status;
mod sync;
mod taking;
mod theme;
mod treaty;
mod waiting;

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use serde_json::Value;
use tokio::runtime::Runtime;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::demo;

pub use crate::links::{InvitationLink, LinkError, Site, TreatyLink, TreatyOffer};
pub use author::Author;
pub use client::{Client, ClientError};
pub use door::Door;
pub use error::{CliError, InputError};
pub use founding::{Founded, found};
pub use invite::{DAY_MS, invite, open_invitation};
pub use key_file::{KeyFile, KeyFileError};
pub use serve::say_if_reading_only;
pub use treaty::{Terms, accept_from, offer_to, treaty_link};
pub use waiting::wait_until;

/// A village square on a small box: news, events and neighbours, without anybody in between.
#[derive(Debug, Parser)]
#[command(name = "dorpsplein", version)]
struct Cli {
    /// Print one machine-readable line of JSON
    #[arg(long, global = true)]
    json: bool,
    /// How the log is written, to standard error
    #[arg(long, global = true, env = "DORPSPLEIN_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// The forms of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// A line of words for each event
    Text,
    /// A line of JSON for each event
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin a neighbourhood: its data folder, its keys and its first invitation
    Init(init::InitArgs),
    /// Run the box of a data folder, until Ctrl-C
    Serve(serve::ServeArgs),
    /// The settings of a box: look for mistakes in them, show them, explain them
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Show two invented villages on this machine, until Ctrl-C
    Demo(demo::DemoArgs),
    /// Show a box and its neighbours
    Status(status::StatusArgs),
    /// Look at a box and its machine: what is well, and what to do about the rest
    Doctor(doctor::DoctorArgs),
    /// Https on the local network without a name on the internet, for devices that somebody looks after
    #[command(subcommand)]
    LocalHttps(local_https::LocalHttpsCommand),
    /// Keys for the home network: allow them, give one
    #[command(subcommand)]
    HomeKey(home_key::HomeKeyCommand),
    /// Find things by words: what visitors can read, or with your key what members can
    Search(search::SearchArgs),
    /// The search index of a box: how it stands, and making it anew
    #[command(subcommand)]
    Index(index::IndexCommand),
    /// How a box keeps up with others, and having it do so at once
    #[command(subcommand)]
    Sync(sync::SyncCommand),
    /// Keep all that a box has, encrypted, in a file or a folder; whether or not it is running
    Backup(backup::BackupArgs),
    /// Make a box of a backup, on this machine
    Restore(backup::RestoreArgs),
    /// Whether the disk still holds what was written to it; and making good what can be made good
    Check(check::CheckArgs),
    /// What stands on a square, or what is yours, in files that everybody can open
    Export(square::ExportArgs),
    /// What a neighbourhood shares, as a file on a stick
    #[command(subcommand)]
    Bundle(bundle::BundleCommand),
    /// Be a resident, with a key file: join, write, answer, take along, leave
    #[command(subcommand)]
    Resident(resident::ResidentCommand),
    /// The devices a resident signs with
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// A recovery card: a code on paper for when a device is lost
    #[command(subcommand)]
    Card(card::CardCommand),
    /// Object, with an old device, to a recovery that its owner did not ask for
    Veto(second::AboutArgs),
    /// Connectors: make an invitation for a new resident, list them, take one back
    Invite(invite::InviteArgs),
    /// Connectors: the members and what they are trusted with
    #[command(subcommand)]
    Member(member::MemberCommand),
    /// Connectors: link a new device for somebody who lost theirs, face to face
    Recover(recover::RecoverArgs),
    /// Connectors: what waits for a second signature
    Proposals(second::ProposalsArgs),
    /// Connectors: sign what another connector proposed
    Endorse(second::AboutArgs),
    /// Connectors: hide, pin, mark or erase what somebody made; and the log of it, for members
    #[command(subcommand)]
    Moderate(moderate::ModerateCommand),
    /// Connectors: devices that signed two operations with one number
    #[command(subcommand)]
    Fork(fork::ForkCommand),
    /// Connectors: let honest work count of a device that was retired or removed
    Rescue(fork::RescueArgs),
    /// Connectors: agree with a neighbourhood to share news and events
    #[command(subcommand)]
    Treaty(treaty::TreatyCommand),
    /// Connectors: circles of neighbourhoods
    #[command(subcommand)]
    Circle(circle::CircleCommand),
    /// Connectors: clubs, shops and others that speak through residents
    #[command(subcommand)]
    Organisation(organisation::OrganisationCommand),
    /// Connectors: the parts of the neighbourhood
    #[command(subcommand)]
    Area(area::AreaCommand),
    /// How the square looks and what is on it, and its colours as a file
    #[command(subcommand)]
    Theme(theme::ThemeCommand),
    /// Connectors: take over events of other calendars
    #[command(subcommand)]
    Agenda(agenda::AgendaCommand),
    /// Connectors: the machines that speak for the neighbourhood
    #[command(subcommand)]
    Box(boxes::BoxCommand),
    /// Print what a shell reads to complete these commands
    Completions(helps::CompletionsArgs),
    /// Write the manual pages of all commands
    Man(helps::ManArgs),
}

/// What a command has to say when it is done.
#[derive(Debug)]
pub struct Outcome {
    text: String,
    json: Value,
    failed: bool,
}

impl Outcome {
    /// The same in words and for scripts.
    pub fn new(text: String, json: Value) -> Self {
        Self { text, json, failed: false }
    }

    /// The same with other words for people.
    #[must_use]
    pub fn with_words(self, words: impl FnOnce(String) -> String) -> Self {
        Self { text: words(self.text), ..self }
    }

    /// Nothing more to say: all of it was said on the way.
    pub const fn silent() -> Self {
        Self { text: String::new(), json: Value::Null, failed: false }
    }

    /// The same, of a command that looked for something wrong and found it: exit code 1.
    #[must_use]
    pub fn failed(self) -> Self {
        Self { failed: true, ..self }
    }

    /// Says it.
    pub fn print(&self, json: bool) {
        if json {
            if !self.json.is_null() {
                println!("{}", self.json);
            }
        } else if !self.text.is_empty() {
            println!("{}", self.text);
        }
    }
}

/// Reads the command line, carries the command out and says how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log(matches!(cli.command, Command::Serve(_)), cli.log_format);
    match carried_out(&cli.command, cli.json) {
        Ok(outcome) => {
            outcome.print(cli.json);
            if outcome.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            if cli.json {
                println!("{}", error.to_json());
            }
            match error.next_step() {
                Some(next) => eprintln!("dorpsplein: {error}; {next}"),
                None => eprintln!("dorpsplein: {error}"),
            }
            ExitCode::FAILURE
        }
    }
}

/// Carries out a command.
fn carried_out(command: &Command, json: bool) -> Result<Outcome, CliError> {
    match command {
        Command::Init(args) => init::run(args),
        Command::Serve(args) => serve::run(args, json),
        Command::Config(command) => config::run(command),
        Command::Demo(args) => demo::run(args, json),
        Command::Status(args) => status::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::LocalHttps(command) => local_https::run(command),
        Command::HomeKey(command) => home_key::run(command, json),
        Command::Search(args) => search::run(args),
        Command::Index(command) => index::run(command, json),
        Command::Sync(command) => sync::run(command, json),
        Command::Backup(args) => backup::run(args, json),
        Command::Restore(args) => backup::restore(args, json),
        Command::Check(args) => check::run(args, json),
        Command::Export(args) => square::run(args),
        Command::Bundle(command) => bundle::run(command),
        Command::Resident(command) => resident::run(command),
        Command::Device(command) => device::run(command, json),
        Command::Card(command) => card::run(command),
        Command::Veto(args) => second::veto(args),
        Command::Invite(args) => invite::run(args),
        Command::Member(command) => member::run(command),
        Command::Recover(args) => recover::run(args, json),
        Command::Proposals(args) => second::proposals(args),
        Command::Endorse(args) => second::endorse(args),
        Command::Moderate(command) => moderate::run(command),
        Command::Fork(command) => fork::run(command),
        Command::Rescue(args) => fork::rescue(args),
        Command::Treaty(command) => treaty::run(command),
        Command::Circle(command) => circle::run(command),
        Command::Organisation(command) => organisation::run(command),
        Command::Agenda(command) => agenda::run(command),
        Command::Area(command) => area::run(command),
        Command::Theme(command) => theme::run(command),
        Command::Box(command) => boxes::run(command),
        Command::Completions(args) => helps::completions(Cli::command(), args),
        Command::Man(args) => helps::man(Cli::command(), args),
    }
}

/// Logs to standard error. A box that serves tells whoever looks after it how it fares; other commands speak for
/// themselves and log only what is wrong. `RUST_LOG` says otherwise.
fn log(serving: bool, format: LogFormat) {
    let usual = Targets::new().with_default(LevelFilter::WARN);
    let usual = if serving { usual.with_target("dorpsplein_node", LevelFilter::INFO) } else { usual };
    let asked = env::var("RUST_LOG").ok().map(|asked| asked.parse::<Targets>());
    let (filter, mistake) = match asked {
        None => (usual, None),
        Some(Ok(asked)) => (asked, None),
        Some(Err(mistake)) => (usual, Some(mistake)),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => {
            let lines = lines.with_ansi(io::stderr().is_terminal());
            tracing_subscriber::registry().with(lines.with_filter(filter)).init();
        }
        LogFormat::Json => tracing_subscriber::registry().with(lines.json().with_filter(filter)).init(),
    }
    if let Some(mistake) = mistake {
        tracing::warn!(%mistake, "RUST_LOG is left aside");
    }
}

/// Fresh randomness from the operating system.
///
/// # Errors
/// [`CliError::Randomness`].
pub fn random<const N: usize>() -> Result<[u8; N], CliError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// The threads that network and disk are waited for on.
///
/// # Errors
/// [`CliError::Threads`].
pub fn runtime() -> Result<Runtime, CliError> {
    Runtime::new().map_err(CliError::Threads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}

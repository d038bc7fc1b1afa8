//! `dorpsplein init`: a neighbourhood begins, with what is said on the command line or answered at the terminal.

mod questions;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::error::{CliError, Faults, InputError};
use super::founding::found;
use super::invite::RoleName;
use super::language::language_of_the_shell;
use super::place::Place;
use crate::clock;
use crate::data_folder::connector_key;
use crate::first_run::{Answers, Founding};

/// `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The data folder to make
    #[arg(long)]
    dir: PathBuf,
    /// The neighbourhood's name; without it, a terminal asks for that and for all that was not given
    #[arg(long)]
    name: Option<String>,
    /// One line under the name
    #[arg(long)]
    tagline: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Whom visitors can call for help: the name
    #[arg(long, requires = "help_phone")]
    help_name: Option<String>,
    /// Whom visitors can call for help: the telephone number
    #[arg(long, requires = "help_name")]
    help_phone: Option<String>,
    /// Whom visitors can call for help: when
    #[arg(long, requires = "help_name")]
    help_hours: Option<String>,
    /// Have the box obtain a certificate for its public URL, agreeing to the terms of letsencrypt.org (ports 80 and 443)
    #[arg(long, requires = "public_url")]
    certificate: bool,
    /// What the first invitation makes of who comes with it
    #[arg(long, value_enum, default_value_t = RoleName::Resident)]
    first: RoleName,
}

/// Begins a neighbourhood.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &InitArgs) -> Result<Outcome, CliError> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let answers = Answers {
        name: text(&args.name),
        tagline: text(&args.tagline),
        help_name: text(&args.help_name),
        help_phone: text(&args.help_phone),
        help_hours: text(&args.help_hours),
        address: args.place.public_url()?.unwrap_or_default(),
        certificate: args.certificate,
        site: args.place.site,
        listen: args.place.listen(),
        mdns: args.place.mdns.into(),
    };
    let founding = match args.name {
        Some(_) => {
            let founding = answers.founding(&args.dir, args.first.role(), clock::now());
            founding.map_err(|faults| InputError::Answers(Faults(faults)))?
        }
        None => asked(args, answers)?,
    };
    let founded = found(&founding)?;
    let (dir, invitation) = (args.dir.display(), founded.invitation.url());
    Ok(Outcome::new(
        format!(
            "{} has begun.\n\n  start the box:         dorpsplein serve --dir {dir}\n  your connector's key:  {}\n  \
             first invitation:      {invitation}",
            founding.name,
            connector_key(&args.dir).display(),
        ),
        json!({
            "neighbourhood_id": founded.neighbourhood.to_string(),
            "dir": args.dir,
            "invitation": invitation,
        }),
    ))
}

/// Asks at the terminal what the command line does not say. Standard output stays for the answer.
fn asked(args: &InitArgs, answers: Answers) -> Result<Founding, CliError> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Err(InputError::NoName.into());
    }
    let whose = (language_of_the_shell(), args.dir.as_path(), args.first.role());
    questions::ask(whose, answers, &mut input.lock(), &mut io::stderr().lock())
        .map_err(|source| CliError::Io { path: "the terminal".into(), source })
}

//! `dorpsplein init`: a neighbourhood begins.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::error::CliError;
use super::founding::{Founding, found};
use super::place::Place;
use crate::clock;
use crate::config::HelpLine;
use crate::data_folder::connector_key;

/// `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The data folder to make
    #[arg(long)]
    dir: PathBuf,
    /// The neighbourhood's name
    #[arg(long)]
    name: String,
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
}

/// Begins a neighbourhood.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &InitArgs) -> Result<Outcome, CliError> {
    let help = match (&args.help_name, &args.help_phone) {
        (Some(name), Some(phone)) => {
            Some(HelpLine { name: name.clone(), phone: phone.clone(), hours: args.help_hours.clone() })
        }
        _ => None,
    };
    let founded = found(&Founding {
        dir: args.dir.clone(),
        name: args.name.trim().to_owned(),
        tagline: args.tagline.clone(),
        help,
        site: args.place.site,
        listen: args.place.listen(),
        public_url: args.place.public_url()?,
        mdns: args.place.mdns.into(),
        now: clock::now(),
    })?;
    let (dir, invitation) = (args.dir.display(), founded.invitation.url());
    Ok(Outcome::new(
        format!(
            "{} has begun.\n\n  start the box:         dorpsplein serve --dir {dir}\n  your connector's key:  {}\n  \
             first invitation:      {invitation}",
            args.name.trim(),
            connector_key(&args.dir).display(),
        ),
        json!({
            "neighbourhood_id": founded.neighbourhood.to_string(),
            "dir": args.dir,
            "invitation": invitation,
        }),
    ))
}

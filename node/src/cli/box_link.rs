//! A second box for a neighbourhood: its link printed at the first one, and the folder that the second one makes of it.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use serde_json::json;

use super::Outcome;
use super::door::Door;
use super::error::CliError;
use super::founding::in_place;
use super::place::Place;
use super::random;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::data_folder::peers::Peer;
use crate::links::BoxLink;

/// `box link`.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// The data folder of the box there is
    #[arg(long)]
    dir: PathBuf,
}

/// `box join`.
#[derive(Debug, Args)]
pub(super) struct JoinArgs {
    /// What `dorpsplein box link` printed at the box there is
    link: String,
    /// The data folder to make
    #[arg(long)]
    dir: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Prints the link for a second box.
///
/// # Errors
/// [`CliError`].
pub(super) fn link(args: &LinkArgs) -> Result<Outcome, CliError> {
    let door = Door::open(&args.dir)?;
    let status = door.status()?;
    let link = BoxLink {
        site: door.site(),
        neighbourhood: door.home()?,
        name: status.name,
        box_key: PublicKey::from_hex(&status.own_box).ok_or_else(|| door.strange())?,
        addresses: door.box_addresses().iter().filter_map(|address| address.parse().ok()).collect(),
    };
    let url = link.url();
    let words = format!(
        "On the new machine:\n  dorpsplein box join '{url}' --dir FOLDER\nIt says which key you certify here with `dorpsplein box add`."
    );
    Ok(Outcome::new(words, json!({ "link": url, "neighbourhood_id": link.neighbourhood.to_string() })))
}

/// Makes the data folder of a second box.
///
/// # Errors
/// [`CliError`]; then there is no folder at that place.
pub(super) fn join(args: &JoinArgs) -> Result<Outcome, CliError> {
    let link = BoxLink::parse(&args.link)?;
    let key = SecretKey::from_seed(&random()?);
    let public = key.public();
    let config = settings(args, &link)?;
    let first = Peer {
        key: link.box_key,
        neighbourhood: link.neighbourhood,
        addresses: link.addresses.clone(),
        site: None,
        introduced: true,
    };
    in_place(&args.dir, |beside| {
        let folder = DataFolder::create(beside, config, key)?;
        Ok(folder.peers().add(first)?)
    })?;
    let dir = fs::canonicalize(&args.dir).unwrap_or_else(|_| args.dir.clone());
    let words = format!(
        "The folder of a second box of {} is ready.\n\n  a connector certifies it, at the box there is:\n    \
         dorpsplein box add {public} --dir …\n  then start it, and it copies everything:\n    dorpsplein serve --dir {}",
        link.name,
        dir.display(),
    );
    let json = json!({
        "box": public.to_string(),
        "dir": args.dir,
        "neighbourhood_id": link.neighbourhood.to_string(),
    });
    Ok(Outcome::new(words, json))
}

fn settings(args: &JoinArgs, link: &BoxLink) -> Result<Config, CliError> {
    let usual = Config::new(link.name.clone(), link.neighbourhood);
    Ok(Config {
        site: args.place.site.unwrap_or(usual.site),
        listen: args.place.listen().unwrap_or_else(|| usual.listen.clone()),
        public_url: args.place.public_url()?,
        mdns: args.place.mdns.into(),
        ..usual
    })
}

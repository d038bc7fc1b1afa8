//! `dorpsplein status`: a box and its neighbours at a glance.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::client::Client;
use super::door::Door;
use super::error::CliError;
use super::links::Site;
use crate::web::body::{NeighbourBody, StatusBody, TreatyStateBody};

/// `status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The data folder of a box on this machine
    #[arg(long, required_unless_present = "url", conflicts_with = "url")]
    dir: Option<PathBuf>,
    /// The site of any box
    #[arg(long)]
    url: Option<String>,
}

/// Shows a box, whether or not it is running.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &StatusArgs) -> Result<Outcome, CliError> {
    let door = match (&args.dir, &args.url) {
        (Some(dir), _) => Door::open(dir)?,
        (None, url) => Door::Site(Client::new(Site::parse(url.as_deref().unwrap_or_default())?)),
    };
    let status = door.status()?;
    let running = !matches!(door, Door::Stopped(_));
    let mut json = json!(status);
    json["running"] = running.into();
    Ok(Outcome::new(in_words(&status, running), json))
}

fn in_words(status: &StatusBody, running: bool) -> String {
    let mut lines = vec![
        format!("{} ({})", status.name, if running { "running" } else { "not running" }),
        format!("  neighbourhood  {}", status.neighbourhood_id),
        format!("  residents      {}", status.residents),
        format!("  items          {}", status.items),
        format!("  boxes          {}", status.boxes.len()),
    ];
    lines.extend(status.neighbours.iter().map(|neighbour| format!("  neighbour      {}", neighbour_line(neighbour))));
    lines.join("\n")
}

/// A neighbour in one line.
pub(super) fn neighbour_line(neighbour: &NeighbourBody) -> String {
    let name = neighbour.name.as_deref().unwrap_or("(name not known yet)");
    let state = match neighbour.state {
        TreatyStateBody::Offered => "offered, waiting for them",
        TreatyStateBody::Received => "they offered, waiting for us",
        TreatyStateBody::InForce => "in force",
        TreatyStateBody::Expired => "expired",
    };
    let way = match (neighbour.sends, neighbour.receives) {
        (true, true) => "both ways",
        (true, false) => "we send",
        (false, true) => "they send",
        (false, false) => "nothing flows",
    };
    format!("{name}: {state}, {way} ({})", neighbour.id)
}

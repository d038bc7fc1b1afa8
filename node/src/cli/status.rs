//! `dorpsplein status`: a box and its neighbours at a glance.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::client::Client;
use super::door::Door;
use super::error::CliError;
use crate::data_folder::ways::{Way, WayKind, Ways, WaysFile};
use crate::links::Site;
use crate::net::Router;
use crate::web::body::{NeighbourBody, StatusBody, TreatyStateBody};

/// The digits of a box's key that tell it from others.
const KEY_DIGITS: usize = 8;

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
    let ways = match &args.dir {
        Some(dir) if running => WaysFile::of(dir).read()?,
        _ => None,
    };
    let mut json = json!(status);
    json["running"] = running.into();
    json["ways"] = json!(ways);
    Ok(Outcome::new(in_words(&status, running, ways.as_ref()), json))
}

fn in_words(status: &StatusBody, running: bool, ways: Option<&Ways>) -> String {
    let mut lines = vec![
        format!("{} ({})", status.name, if running { "running" } else { "not running" }),
        format!("  neighbourhood  {}", status.neighbourhood_id),
        format!("  residents      {}", status.residents),
        format!("  items          {}", status.items),
        format!("  boxes          {}", status.boxes.len()),
    ];
    lines.extend(status.neighbours.iter().map(|neighbour| format!("  neighbour      {}", neighbour_line(neighbour))));
    if let Some(ways) = ways {
        lines.push(format!("  reached        {}", reached_line(status, ways)));
        lines.extend(ways.peers.iter().map(|way| format!("  connected      {}", way_line(status, way))));
        lines.extend(ways.other_versions.iter().map(|key| {
            let who = box_name(status, ways, key);
            format!("  other version  {who} speaks another version of the protocol: update the older of both")
        }));
    }
    lines.join("\n")
}

/// How this box can be reached, in one line.
fn reached_line(status: &StatusBody, ways: &Ways) -> String {
    let router = match ways.router {
        Router::Opened => "; the router lets neighbours in",
        Router::Silent => "; the router cannot be asked to let neighbours in",
        Router::BehindAnother => "; the router has another one behind it",
        Router::NotAsked | Router::Asked => "",
    };
    if !ways.outside.is_empty() {
        return format!("from outside, at {}{router}", ways.outside.join(" and "));
    }
    if ways.through.is_empty() {
        return format!("not from outside, as far as any neighbour tried{router}");
    }
    let through: Vec<_> = ways.through.iter().map(|key| box_name(status, ways, key)).collect();
    format!("through {}{router}", through.join(" and "))
}

/// How one box is reached, in one line.
fn way_line(status: &StatusBody, way: &Way) -> String {
    let who = name_of(status, way);
    match (way.way, &way.address, &way.through) {
        (WayKind::NextDoor, Some(address), _) => format!("{who}: next door, at {address}"),
        (WayKind::Direct, Some(address), _) => format!("{who}: direct, at {address}"),
        (WayKind::Through, _, Some(through)) => format!("{who}: through the box {}", digits(through)),
        (WayKind::NextDoor, None, _) => format!("{who}: next door"),
        (WayKind::Direct, None, _) => format!("{who}: direct"),
        (WayKind::Through, _, None) => format!("{who}: through another box"),
    }
}

fn name_of(status: &StatusBody, way: &Way) -> String {
    let neighbours = status.neighbours.iter().filter(|neighbour| Some(&neighbour.id) == way.neighbourhood.as_ref());
    let name = match &way.neighbourhood {
        Some(id) if *id == status.neighbourhood_id => Some(status.name.as_str()),
        _ => neighbours.filter_map(|neighbour| neighbour.name.as_deref()).next(),
    };
    format!("{}, box {}", name.unwrap_or("not a neighbour (yet)"), digits(&way.key))
}

fn box_name(status: &StatusBody, ways: &Ways, key: &str) -> String {
    let known = ways.peers.iter().find(|way| way.key == key);
    known.map_or_else(|| format!("the box {}", digits(key)), |way| name_of(status, way))
}

fn digits(key: &str) -> &str {
    key.get(..KEY_DIGITS).unwrap_or(key)
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

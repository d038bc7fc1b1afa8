//! `dorpsplein bundle`: what a neighbourhood shares, as a file on a stick, for where no line is.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dorpsplein_protocol::bundle::{BundleError, Head, Parser, Part, Writer};
use dorpsplein_protocol::operation::{CircleId, NeighbourhoodId, Space};
use dorpsplein_protocol::sync::SpaceId;
use serde_json::json;

use super::Outcome;
use super::choose;
use super::door::Door;
use super::error::{CliError, InputError};
use super::waiting::progress;
use crate::clock;
use crate::web::body::ImportedBody;

/// What can be done with bundles.
#[derive(Debug, Subcommand)]
pub(super) enum BundleCommand {
    /// Write what this box holds of a space into a file. Whoever has the file can read it
    Export(ExportArgs),
    /// Take in what is in a file, as if another box of this neighbourhood had sent it
    Import(ImportArgs),
}

/// `bundle export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The data folder of the box
    #[arg(long)]
    dir: PathBuf,
    /// The file to write
    #[arg(long)]
    to: PathBuf,
    /// Which space: square, neighbours, members, or the number of a circle; may be given more than once
    #[arg(long = "space", default_value = "square")]
    spaces: Vec<String>,
    /// Of which neighbour, whose number this is or begins with, rather than of this neighbourhood: what it shares and is here
    #[arg(long, value_name = "NEIGHBOUR")]
    of: Option<String>,
}

/// `bundle import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The data folder of the box
    #[arg(long)]
    dir: PathBuf,
    /// The file to read
    file: PathBuf,
}

/// Carries out a command about bundles.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &BundleCommand) -> Result<Outcome, CliError> {
    match command {
        BundleCommand::Export(args) => export(args),
        BundleCommand::Import(args) => import(args),
    }
}

fn export(args: &ExportArgs) -> Result<Outcome, CliError> {
    let door = Door::open(&args.dir)?;
    let whose = whose(&door, args.of.as_deref())?;
    // The register comes first: without it nobody could tell who said what.
    let mut spaces = vec![Space::Register];
    for named in &args.spaces {
        let space = space_named(named)?;
        if !spaces.contains(&space) {
            spaces.push(space);
        }
    }
    let mut ids: Vec<SpaceId> = spaces.iter().map(|space| SpaceId { neighbourhood: whose, space: *space }).collect();
    // In what a neighbour shares stand answers of people of here, and only our register says there who they are. A session
    // between two boxes carries both as well.
    let home = door.home()?;
    if whose != home {
        ids.insert(1, SpaceId { neighbourhood: home, space: Space::Register });
    }
    let operations = count(&door, &ids)?;
    let beside = args.to.with_extension("unfinished");
    let failed = |source| CliError::Io { path: beside.clone(), source };
    let mut file = BufWriter::new(File::create(&beside).map_err(failed)?);
    let head = Head { neighbourhood: whose, spaces: spaces.clone(), made: clock::now(), operations };
    let (mut writer, begin) = Writer::new(&head);
    file.write_all(&begin).map_err(failed)?;
    let bar = progress(usize::try_from(operations).unwrap_or(usize::MAX));
    for id in &ids {
        let mut after = None;
        while let Some(page) = door.bundle_page(id, after.as_deref())? {
            file.write_all(&writer.frame(&page.frame)).map_err(failed)?;
            bar.inc(page.operations);
            after = Some(page.next);
        }
    }
    file.write_all(&writer.end()).map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    fs::rename(&beside, &args.to).map_err(failed)?;
    bar.finish_and_clear();
    let open = spaces.iter().all(|space| matches!(space, Space::Register | Space::Square));
    let mut words = format!("{operations} operations are in {}.", args.to.display());
    if !open {
        words.push_str(
            "\nMore is in it than everybody may read, and it is not encrypted: keep it as you would a letter.",
        );
    }
    Ok(Outcome::new(words, json!({ "file": args.to, "operations": operations, "for_everybody": open })))
}

/// The neighbourhood whose spaces are meant.
fn whose(door: &Door, named: Option<&str>) -> Result<NeighbourhoodId, CliError> {
    let Some(named) = named else { return door.home() };
    let neighbours = door.status()?.neighbours;
    let one = choose::one("neighbour", named, neighbours.iter(), |neighbour| &neighbour.id)?;
    NeighbourhoodId::from_hex(&one.id).ok_or_else(|| door.strange())
}

/// How many operations there are now. A box that is running may get more while they are written; then the head says fewer
/// than there are, and it is not believed anyway.
fn count(door: &Door, spaces: &[SpaceId]) -> Result<u64, CliError> {
    let mut operations = 0;
    for id in spaces {
        let mut after = None;
        while let Some(page) = door.bundle_page(id, after.as_deref())? {
            operations += page.operations;
            after = Some(page.next);
        }
    }
    Ok(operations)
}

fn space_named(name: &str) -> Result<Space, CliError> {
    Ok(match name {
        "square" => Space::Square,
        "neighbours" => Space::Neighbours,
        "members" => Space::Members,
        circle => Space::Circle(CircleId::from_hex(circle).ok_or(InputError::Space)?),
    })
}

fn import(args: &ImportArgs) -> Result<Outcome, CliError> {
    let door = Door::open(&args.dir)?;
    let failed = |source| CliError::Io { path: args.file.clone(), source };
    let mut file = BufReader::new(File::open(&args.file).map_err(failed)?);
    let (mut parser, mut sum, mut bar) = (Parser::default(), ImportedBody::default(), progress(0));
    let mut whole = Err(BundleError::CutOff);
    while parser.wants() > 0 {
        let bytes = exactly(&mut file, parser.wants()).map_err(failed)?;
        match parser.take(&bytes) {
            Ok(None) => {}
            Ok(Some(Part::Head(head))) => bar = progress(usize::try_from(head.operations).unwrap_or(usize::MAX)),
            Ok(Some(Part::Frame(frame))) => {
                let imported = door.import(frame)?;
                add(&mut sum, &imported);
                bar.set_position(sum.taken + sum.known + sum.waiting + sum.elsewhere + sum.refused + sum.unreadable);
            }
            Ok(Some(Part::End)) => whole = Ok(()),
            Err(error) => {
                whole = Err(error);
                break;
            }
        }
    }
    bar.finish_and_clear();
    let told = told(&sum, &args.file);
    // What came before the damage was taken in; a whole copy of the file brings the rest.
    whole.inspect_err(|_| eprintln!("{told}"))?;
    Ok(Outcome::new(told, json!(sum)))
}

/// So many bytes, or as many as there are.
fn exactly(file: &mut impl io::Read, wanted: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(wanted as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn add(sum: &mut ImportedBody, more: &ImportedBody) {
    sum.taken += more.taken;
    sum.known += more.known;
    sum.waiting += more.waiting;
    sum.elsewhere += more.elsewhere;
    sum.refused += more.refused;
    sum.unreadable += more.unreadable;
}

/// What became of a file, in words.
fn told(sum: &ImportedBody, file: &Path) -> String {
    let mut lines =
        vec![format!("Of {}: {} operations taken in, {} were here already.", file.display(), sum.taken, sum.known)];
    let more = [
        (sum.waiting, "wait for something they build on"),
        (sum.elsewhere, "were left out: this box has nothing to do with their neighbourhood or space"),
        (sum.refused, "were refused: nobody who may do so signed them"),
        (sum.unreadable, "could not be read: not signed, or of a newer version"),
    ];
    lines.extend(more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("  {count} {what}.")));
    lines.join("\n")
}

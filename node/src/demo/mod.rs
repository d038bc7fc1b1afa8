//! `dorpsplein demo`: two invented villages on one machine, with a treaty, residents and two weeks of village life.
//!
//! Nothing here is a short cut: the boxes are real boxes, the residents sign with keys of their own, and everything they
//! wrote went through the front door of their own site and over the network to the neighbours.

mod community;
mod drawing;
mod elzenbroek;
mod elzenbroek_posts;
mod maasdorp;
mod maasdorp_posts;
mod prepare;
mod story;
mod village;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use dorpsplein_protocol::operation::Role;
use dorpsplein_protocol::time::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::cli::{self, CliError, Door, InputError, Outcome, found};
use crate::clock;
use crate::config::{HelpLine, LocalNetwork};
use crate::data_folder::DataFolder;
use crate::first_run::Founding;
use crate::run::{self, RunningBox};
use prepare::{FOUNDED_DAYS, House, days_before};
use village::Village;

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the villages in this folder, and go on with them the next time
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The ports of the two sites, for new villages; free ones by default
    #[arg(long, value_delimiter = ',', value_name = "PORT,PORT")]
    ports: Vec<u16>,
}

/// The villages, in the order they are shown.
fn villages() -> Vec<&'static Village> {
    vec![&maasdorp::MAASDORP, &elzenbroek::ELZENBROEK]
}

/// Runs the demonstration until Ctrl-C.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &DemoArgs, json: bool) -> Result<Outcome, CliError> {
    check_ports(&args.ports)?;
    cli::say_if_reading_only();
    let runtime = cli::runtime()?;
    match &args.dir {
        Some(dir) => demonstrate(&runtime, dir, args, json)?,
        None => {
            let dir = temporary_folder()?;
            let shown = demonstrate(&runtime, &dir, args, json);
            let removed = std::fs::remove_dir_all(&dir).map_err(|source| CliError::Io { path: dir, source });
            shown.and(removed)?;
        }
    }
    Ok(Outcome::silent())
}

/// Starts both boxes, brings new villages to life, shows the addresses, and stops when asked to.
fn demonstrate(runtime: &Runtime, dir: &Path, args: &DemoArgs, json: bool) -> Result<(), CliError> {
    let begun = Instant::now();
    let now = clock::now();
    let mut boxes = Vec::new();
    let shown = start(runtime, dir, &args.ports, now, &mut boxes).and_then(|(houses, new)| {
        if new {
            eprintln!("Two villages come to life: keys, a treaty, residents, two weeks of news …");
            prepare::prepare(&houses, now)?;
            eprintln!("Ready after {:.1} s.", begun.elapsed().as_secs_f32());
        }
        let stop = {
            let _within = runtime.enter();
            run::stop_requested()?
        };
        show(&houses, args.dir.as_deref(), now)?.print(json);
        runtime.block_on(stop);
        Ok(())
    });
    for running in boxes {
        runtime.block_on(running.shutdown());
    }
    shown
}

/// Opens or makes the villages' folders and starts their boxes. Says whether they are new.
fn start(
    runtime: &Runtime,
    dir: &Path,
    ports: &[u16],
    now: Timestamp,
    boxes: &mut Vec<RunningBox>,
) -> Result<(Vec<House>, bool), CliError> {
    std::fs::create_dir_all(dir).map_err(|source| CliError::Io { path: dir.to_owned(), source })?;
    let all = villages();
    let folders: Vec<PathBuf> = all.iter().map(|village| dir.join(village.name.to_lowercase())).collect();
    let new = !folders.iter().all(|folder| folder.exists());
    if new {
        for (index, (village, folder)) in all.iter().zip(&folders).enumerate() {
            found(&founding(village, folder, ports.get(index).copied(), days_before(now, FOUNDED_DAYS))?)?;
        }
    }
    let mut houses = Vec::new();
    for (village, dir) in all.into_iter().zip(folders) {
        let folder = DataFolder::open(&dir)?;
        let neighbourhood = folder.config().neighbourhood;
        boxes.push(runtime.block_on(run::start(folder))?);
        houses.push(House { village, neighbourhood, door: Door::open(&dir)?, dir });
    }
    Ok((houses, new))
}

/// A village of the demonstration keeps to this machine.
fn founding(village: &Village, dir: &Path, port: Option<u16>, now: Timestamp) -> Result<Founding, CliError> {
    let free = |source| CliError::Io { path: PathBuf::from("127.0.0.1"), source };
    let site = SocketAddr::from((Ipv4Addr::LOCALHOST, port.map_or_else(free_tcp_port, Ok).map_err(free)?));
    let listen = format!("/ip4/127.0.0.1/udp/{}/quic-v1", free_udp_port().map_err(free)?);
    Ok(Founding {
        dir: dir.to_owned(),
        name: village.name.to_owned(),
        tagline: Some(village.tagline.to_owned()),
        help: Some(HelpLine {
            name: village.help_name.to_owned(),
            phone: village.help_phone.to_owned(),
            hours: Some(village.help_hours.to_owned()),
        }),
        site: Some(site),
        listen: Some(vec![listen.parse().expect("this is how a multiaddress of QUIC is written")]),
        public_url: None,
        mdns: LocalNetwork::Off,
        https: None,
        first: Role::Resident,
        now,
    })
}

/// The addresses and an invitation for each, in words and for scripts.
fn show(houses: &[House], kept: Option<&Path>, now: Timestamp) -> Result<Outcome, CliError> {
    let mut words = vec!["Two villages live on this machine now, each with its own box and its own site.".to_owned()];
    let mut sites: Vec<Value> = Vec::new();
    for house in houses {
        let (name, url) = (house.village.name, house.door.address());
        let invitation = prepare::invitation(house, now)?;
        words.push(format!("\n  {name}\n    look around   {url}\n    join          {invitation}"));
        sites.push(json!({
            "name": name,
            "url": url,
            "invitation": invitation,
            "neighbourhood_id": house.neighbourhood.to_string(),
        }));
    }
    words.push(match kept {
        Some(dir) => format!("\nCtrl-C stops them. They are kept in {}.", dir.display()),
        None => "\nCtrl-C stops them, and nothing is kept (--dir keeps them).".to_owned(),
    });
    Ok(Outcome::new(words.join("\n"), json!({ "sites": sites })))
}

fn check_ports(ports: &[u16]) -> Result<(), InputError> {
    match ports {
        [] => Ok(()),
        [first, second] if first != second => Ok(()),
        _ => Err(InputError::Ports),
    }
}

/// A new folder that only this user may look into.
fn temporary_folder() -> Result<PathBuf, CliError> {
    let unique: [u8; 8] = cli::random()?;
    let dir = std::env::temp_dir().join(format!("dorpsplein-demo-{}", data_encoding::HEXLOWER.encode(&unique)));
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&dir).map_err(|source| CliError::Io { path: dir.clone(), source })?;
    Ok(dir)
}

fn free_tcp_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn free_udp_port() -> io::Result<u16> {
    Ok(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_different_ports_or_none() {
        assert_eq!(check_ports(&[]), Ok(()));
        assert_eq!(check_ports(&[8101, 8102]), Ok(()));
        for bad in [&[8101][..], &[8101, 8101], &[1, 2, 3]] {
            assert_eq!(check_ports(bad), Err(InputError::Ports));
        }
    }
}

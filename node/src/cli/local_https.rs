//! `dorpsplein local-https`: https on the local network, for devices that somebody looks after.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use data_encoding::HEXUPPER;
use rustls_acme::rustls::pki_types::CertificateDer;
use rustls_acme::rustls::pki_types::pem::PemObject;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Outcome;
use super::error::CliError;
use crate::clock;
use crate::data_folder::read_config;
use crate::https::{LocalAuthority, LocalSetting};
use crate::net::slug;

/// What somebody should know before it is switched on.
const RISK: &str = "This makes the box an authority for certificates, for one name on this network and for nothing else.\n\
    Devices that are told to trust it can open the square over https without a name on the internet, and write on it.\n\n\
    What to know first:\n\
    - A device that trusts an authority believes what its key signs. This one may only vouch for that one name, which\n  \
    browsers hold it to; so whoever steals the box can pass for the square towards those devices, and for no other site.\n\
    - Only tell devices that the village itself looks after, such as the community house's tablet. Never ask residents to\n  \
    do this with their own telephones: that habit is what swindlers live on.\n\
    - Carry the certificate over on a stick, or compare its fingerprint: on the way over the network it could be swapped.\n\
    - Keys that browsers make there belong to that address, and not to the square's address on the internet.\n\n\
    To switch it on: the same command with --accept-risk. To switch it off: `dorpsplein local-https off`, and take the\n\
    authority off the devices.";

/// What can be done with it.
#[derive(Debug, Subcommand)]
pub(super) enum LocalHttpsCommand {
    /// Explain the risk, and with --accept-risk switch it on; restart the box afterwards
    On(OnArgs),
    /// Show whether it is on, and print the certificate for devices
    Show(FolderArgs),
    /// Switch it off, and forget its key; restart the box afterwards
    Off(FolderArgs),
}

/// `local-https on`.
#[derive(Debug, Args)]
pub(super) struct OnArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Where the site listens with it
    #[arg(long, default_value = "0.0.0.0:8443")]
    at: SocketAddr,
    /// The name on the local network; the neighbourhood's with .local behind it when left out
    #[arg(long)]
    name: Option<String>,
    /// Whether the risk was read and is taken
    #[arg(long)]
    accept_risk: bool,
}

/// Which box.
#[derive(Debug, Args)]
pub(super) struct FolderArgs {
    /// The data folder of the box
    #[arg(long, env = "DORPSPLEIN_DIR")]
    dir: PathBuf,
}

/// Carries out a command about https on the local network.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &LocalHttpsCommand) -> Result<Outcome, CliError> {
    match command {
        LocalHttpsCommand::On(args) => on(args),
        LocalHttpsCommand::Show(args) => {
            let authority = LocalAuthority::open(&args.dir)?;
            Ok(authority.map_or_else(nothing, |authority| shown(&authority, "")))
        }
        LocalHttpsCommand::Off(args) => {
            let text = if LocalAuthority::remove(&args.dir)? {
                "It is off from the box's next start on. Take the authority off the devices as well."
            } else {
                "It was not on."
            };
            Ok(Outcome::new(text.to_owned(), json!({ "on": false })))
        }
    }
}

fn on(args: &OnArgs) -> Result<Outcome, CliError> {
    let settings = read_config(&args.folder.dir)?;
    if !args.accept_risk {
        return Ok(Outcome::new(RISK.to_owned(), json!({ "on": false, "risk": RISK })).failed());
    }
    let name = args.name.clone().unwrap_or_else(|| format!("{}.local", slug(&settings.name)));
    let setting = LocalSetting { name, listen: args.at, since: clock::now().as_millis() };
    let authority = LocalAuthority::make(&args.folder.dir, setting)?;
    Ok(shown(&authority, "It is on from the box's next start on.\n\n"))
}

fn nothing() -> Outcome {
    Outcome::new("It is off.".to_owned(), json!({ "on": false }))
}

fn shown(authority: &LocalAuthority, before: &str) -> Outcome {
    let LocalSetting { name, listen, .. } = &authority.setting;
    let url = format!("https://{name}:{}", listen.port());
    let der = CertificateDer::from_pem_slice(authority.certificate.as_bytes());
    let fingerprint = der.map(|der| HEXUPPER.encode(&Sha256::digest(&der))).unwrap_or_default();
    let text = format!(
        "{before}  the square:   {url}\n  fingerprint:  {fingerprint} (SHA-256)\n  certificate:  at /local-authority.crt of the site, \
         and here:\n\n{}",
        authority.certificate.trim_end(),
    );
    let json = json!({ "on": true, "url": url, "fingerprint": fingerprint, "certificate": authority.certificate });
    Outcome::new(text, json)
}

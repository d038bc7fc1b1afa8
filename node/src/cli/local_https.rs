//! `dorpsplein local-https`: https on the local network, for devices that somebody looks after.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use data_encoding::HEXUPPER;
use dorpsplein_web_ui::locale::{MissingText, Texts};
use rustls_acme::rustls::pki_types::CertificateDer;
use rustls_acme::rustls::pki_types::pem::PemObject;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Outcome;
use super::error::CliError;
use super::language::Spoken;
use crate::clock;
use crate::data_folder::read_config;
use crate::https::{LocalAuthority, LocalSetting};
use crate::net::slug;

/// What somebody should know before it is switched on, a text for each paragraph.
const RISK: [&str; 8] = [
    "local-https-what",
    "local-https-devices",
    "local-https-first",
    "local-https-risk-key",
    "local-https-risk-own",
    "local-https-risk-way",
    "local-https-risk-address",
    "local-https-how",
];
/// How many characters of it stand on a line, at most.
const LINE: usize = 100;

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
    #[command(flatten)]
    spoken: Spoken,
}

/// Carries out a command about https on the local network.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &LocalHttpsCommand) -> Result<Outcome, CliError> {
    match command {
        LocalHttpsCommand::On(args) => on(args),
        LocalHttpsCommand::Show(args) => {
            let texts = Texts::of(args.spoken.lang());
            LocalAuthority::open(&args.dir)?.map_or_else(|| nothing(texts), |authority| shown(&authority, None, texts))
        }
        LocalHttpsCommand::Off(args) => {
            let texts = Texts::of(args.spoken.lang());
            let was_on = LocalAuthority::remove(&args.dir)?;
            let text = texts.say(if was_on { "local-https-removed" } else { "local-https-was-off" })?;
            Ok(Outcome::new(text.into_owned(), json!({ "on": false })))
        }
    }
}

fn on(args: &OnArgs) -> Result<Outcome, CliError> {
    let settings = read_config(&args.folder.dir)?;
    let texts = Texts::of(args.folder.spoken.lang());
    if !args.accept_risk {
        let risk = risk(texts)?;
        return Ok(Outcome::new(risk.clone(), json!({ "on": false, "risk": risk })).failed());
    }
    let name = args.name.clone().unwrap_or_else(|| format!("{}.local", slug(&settings.name)));
    let setting = LocalSetting { name, listen: args.at, since: clock::now().as_millis() };
    let authority = LocalAuthority::make(&args.folder.dir, setting)?;
    shown(&authority, Some("local-https-made"), texts)
}

/// What it means, in lines for a terminal.
fn risk(texts: &Texts) -> Result<String, MissingText> {
    let mut paragraphs = Vec::new();
    for id in RISK {
        let (first, next) = if id.starts_with("local-https-risk") { ("- ", "  ") } else { ("", "") };
        paragraphs.push(in_lines(&texts.say(id)?, first, next));
    }
    Ok(paragraphs.join("\n"))
}

/// A paragraph in lines, each with something before it; words are never broken.
fn in_lines(paragraph: &str, first: &str, next: &str) -> String {
    let (mut text, mut length) = (first.to_owned(), first.len());
    for (number, word) in paragraph.split_whitespace().enumerate() {
        let more = word.chars().count() + 1;
        if number > 0 && length + more > LINE {
            text.push('\n');
            text.push_str(next);
            length = next.len();
        } else if number > 0 {
            text.push(' ');
        }
        text.push_str(word);
        length += more;
    }
    text
}

fn nothing(texts: &Texts) -> Result<Outcome, CliError> {
    Ok(Outcome::new(texts.say("local-https-off")?.into_owned(), json!({ "on": false })))
}

fn shown(authority: &LocalAuthority, before: Option<&str>, texts: &Texts) -> Result<Outcome, CliError> {
    let LocalSetting { name, listen, .. } = &authority.setting;
    let url = format!("https://{name}:{}", listen.port());
    let der = CertificateDer::from_pem_slice(authority.certificate.as_bytes());
    let fingerprint = der.map(|der| HEXUPPER.encode(&Sha256::digest(&der))).unwrap_or_default();
    let mut lines = match before {
        Some(before) => vec![texts.say(before)?.into_owned(), String::new()],
        None => Vec::new(),
    };
    lines.push(texts.fill("local-https-at", "url", &url)?);
    lines.push(texts.fill("local-https-fingerprint", "fingerprint", &fingerprint)?);
    lines.push(texts.fill("local-https-certificate", "path", "/local-authority.crt")?);
    lines.extend([String::new(), authority.certificate.trim_end().to_owned()]);
    let json = json!({ "on": true, "url": url, "fingerprint": fingerprint, "certificate": authority.certificate });
    Ok(Outcome::new(lines.join("\n"), json))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_web_ui::Lang;

    use super::*;

    #[test]
    fn the_risk_is_told_in_both_languages_and_fits_a_terminal() {
        for (lang, words) in [(Lang::Nl, "gestolen"), (Lang::En, "steals")] {
            let risk = risk(Texts::of(lang)).unwrap();
            assert!(risk.contains(words) && risk.contains("--accept-risk"), "{risk}");
            assert!(risk.lines().all(|line| line.chars().count() <= LINE), "{risk}");
            assert_eq!(risk.lines().filter(|line| line.starts_with("- ")).count(), 4);
        }
    }
}

//! Files named by their content: `icon.svg` becomes `/static/icon.4f1c….svg`, so a browser may keep it for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The script a page names: it loads the glue and starts the module.
pub(crate) const STARTER: &str = "app.js";

/// The hash in a name is cut to this many hex digits: 64 bits tell versions of one file apart.
const HASH_DIGITS: usize = 16;

/// The files the box will serve, by the name they have in the source tree.
pub(crate) struct StaticFiles {
    files: BTreeMap<String, StaticFile>,
    left_out: BTreeSet<String>,
}

struct StaticFile {
    /// The name with the content's hash in it.
    hashed_name: String,
    hash: String,
    media_type: &'static str,
    content: Vec<u8>,
}

impl StaticFiles {
    pub(crate) fn new() -> Self {
        Self { files: BTreeMap::new(), left_out: BTreeSet::new() }
    }

    /// Does not serve this file of the assets folder.
    pub(crate) fn leave_out(&mut self, name: &str) {
        self.left_out.insert(name.to_owned());
    }

    /// Adds a file under its source name.
    pub(crate) fn add(&mut self, name: &str, content: Vec<u8>) -> Result<()> {
        let (stem, extension) = name.split_once('.').with_context(|| format!("{name} needs an extension"))?;
        let mut hash = hex(&Sha256::digest(&content));
        hash.truncate(HASH_DIGITS);
        let file = StaticFile {
            hashed_name: format!("{stem}.{hash}.{extension}"),
            hash,
            media_type: media_type(extension).with_context(|| format!("{name} has no known media type"))?,
            content,
        };
        self.files.insert(name.to_owned(), file);
        Ok(())
    }

    /// Adds a text in which files added before are named by their source names, and names them by their hashed names.
    pub(crate) fn add_referring(&mut self, name: &str, text: &str, referred: &[&str]) -> Result<()> {
        let mut text = text.to_owned();
        for other in referred {
            let file = self.files.get(*other).with_context(|| format!("{name} names {other}, which is not served"))?;
            ensure!(text.contains(other), "{name} must name {other}");
            text = text.replace(other, &file.hashed_name);
        }
        self.add(name, text.into_bytes())
    }

    /// Adds every file of a folder that was not added or left out before.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let listing = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in listing {
            let path = entry?.path();
            let name =
                path.file_name().and_then(|name| name.to_str()).context("an asset has a name that is not UTF-8")?;
            if !path.is_file() || self.files.contains_key(name) || self.left_out.contains(name) {
                continue;
            }
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            self.add(name, content)?;
        }
        Ok(())
    }

    /// Writes the files, packed with brotli, into `out_dir/static`, and `out_dir/static_assets.rs`, the table that names them.
    pub(crate) fn write(&self, out_dir: &Path) -> Result<()> {
        let folder = out_dir.join("static");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("cannot remove the files of the previous build")?;
        }
        fs::create_dir_all(&folder)?;
        let mut table = String::from("&[\n");
        for (name, file) in &self.files {
            fs::write(folder.join(format!("{}.br", file.hashed_name)), brotli(&file.content)?)?;
            writeln!(
                table,
                "    Asset {{ name: {name:?}, url: \"/static/{hashed}\", media_type: {media:?}, hash: {hash:?}, \
                 brotli: include_bytes!(\"static/{hashed}.br\") }},",
                hashed = file.hashed_name,
                media = file.media_type,
                hash = file.hash,
            )?;
        }
        table.push_str("]\n");
        fs::write(out_dir.join("static_assets.rs"), table).context("cannot write the table of served files")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

fn media_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// Compresses as well as brotli can for a release; a development build prefers to be done sooner.
fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 64 * 1024;
    const WINDOW_BITS: u32 = 22;
    let quality = if env::var_os("PROFILE").is_some_and(|profile| profile == "release") { 11 } else { 5 };
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, BUFFER, quality, WINDOW_BITS);
    writer.write_all(content).context("cannot compress")?;
    writer.flush().context("cannot compress")?;
    drop(writer);
    Ok(compressed)
}

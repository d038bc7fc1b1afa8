//! `cargo xtask torture`: what the tests do a few times, hundreds of times over: boxes that lose their life in the middle of
//! their work, and have to have kept every word they gave.

mod checked;
pub(crate) mod kill;
pub(crate) mod power;
pub(crate) mod soak;
pub(crate) mod village;
mod writers;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::process::Workspace;
use crate::programs::{Profile, build_box};

/// What every run of a torture is told.
#[derive(Args)]
struct Run {
    /// How many residents write at once
    #[arg(long, default_value_t = 6)]
    writers: usize,
    /// Torture the program as a village runs it, not as the tests build it
    #[arg(long)]
    release: bool,
    /// Torture this program instead of building one
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
}

impl Run {
    /// The program that is tortured.
    fn program(&self, workspace: &Workspace) -> Result<PathBuf> {
        let profile = if self.release { Profile::Release } else { Profile::Tests };
        self.program.clone().map_or_else(|| build_box(workspace, profile), Ok)
    }
}

/// A photo that is small enough to be posted often.
const PHOTO: (u32, u32) = (320, 240);

/// A dark street.
pub(crate) fn write_photo(path: &Path) -> Result<()> {
    let shade = |x: u32, y: u32| u8::try_from((x * 7 + y * 13) % 61).unwrap_or_default();
    let picture = image::RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| image::Rgb([shade(x, y), shade(y, x), 70]));
    picture.save_with_format(path, image::ImageFormat::Jpeg).with_context(|| format!("cannot write {}", path.display()))
}

/// Shows how far it is.
pub(crate) fn bar(all: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}, {msg} {eta}");
    let bar = ProgressBar::new(all);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

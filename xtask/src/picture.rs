//! `cargo xtask picture`: the pictures that the README shows, from the last run of the browser tests.

use std::fs;

use anyhow::{Context, Result};

use crate::process::Workspace;

/// What is shown, by the name the browser tests give it and the name it has in `docs/pictures`.
const PICTURES: [(&str, &str); 3] = [
    ("home-desk-light.png", "home.png"),
    ("home-telephone-dark.png", "home-telephone.png"),
    ("proof-phone.png", "who-says-this.png"),
];

/// Copies the pictures from `web-ui/e2e/results` to `docs/pictures`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let (from, to) = (workspace.e2e().join("results"), workspace.root().join("docs/pictures"));
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    for (taken, shown) in PICTURES {
        fs::copy(from.join(taken), to.join(shown))
            .with_context(|| format!("there is no picture {taken}; run `cargo xtask e2e` first"))?;
        println!("docs/pictures/{shown}");
    }
    Ok(())
}

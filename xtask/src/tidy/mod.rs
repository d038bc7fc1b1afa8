//! `cargo xtask tidy`: the rules of the house that no compiler knows. Each is listed in `CONTRIBUTING.md`.

mod documents;
mod packages;
mod sources;
mod texts;
mod threats;
mod tree;

use std::fmt;

use anyhow::{Result, bail};

use crate::process::Workspace;
use tree::Tree;

/// One broken rule and where.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// Counted from one; zero when the whole file is meant.
    line: usize,
    message: String,
}

impl Finding {
    fn of_file(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 0, message: message.into() }
    }

    fn of_line(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the workspace, prints what is wrong and fails when anything is.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let tree = Tree::read(workspace.root())?;
    let findings = findings(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {} files, nothing to say", tree.len()),
        1 => bail!("tidy has one remark"),
        count => bail!("tidy has {count} remarks"),
    }
    Ok(())
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let rules = [
        sources::length,
        sources::unfinished,
        sources::store_engine,
        sources::pure_protocol,
        packages::direction,
        packages::explained,
        packages::lockfiles,
        packages::clippy_thresholds,
        documents::paths_exist,
        documents::module_map,
        texts::in_step,
        texts::problems,
        threats::named_tests,
    ];
    let mut findings: Vec<Finding> = rules.iter().flat_map(|rule| rule(tree)).collect();
    findings.sort();
    findings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn this_workspace_is_tidy() {
        let tree = Tree::read(Workspace::find().unwrap().root()).unwrap();
        let findings: Vec<String> = findings(&tree).iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}

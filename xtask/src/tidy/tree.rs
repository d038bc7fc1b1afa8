//! The text files of the workspace, read once.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 4] = [".git", "node_modules", "results", "target"];

/// Every text file, by its path from the workspace's folder, with `/` between the parts.
pub(super) struct Tree {
    texts: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the workspace. Files that are not UTF-8 (pictures, recorded bytes) are known by their path only.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut texts = BTreeMap::new();
        for entry in WalkDir::new(root).into_iter().filter_entry(is_ours) {
            let entry = entry.context("cannot list the workspace")?;
            if !entry.file_type().is_file() {
                continue;
            }
            let bytes =
                std::fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
            let path = entry.path().strip_prefix(root).context("a listed file lies below the listed folder")?;
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            texts.insert(parts.join("/"), String::from_utf8(bytes).unwrap_or_default());
        }
        Ok(Self { texts })
    }

    /// A tree made of these files, for trying the rules.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self { texts: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether there is a file or a folder of this path.
    pub(super) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let below = format!("{path}/");
        self.texts.contains_key(path)
            || self.texts.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below))
    }

    /// The files of which the path ends so.
    pub(super) fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// The files below a folder.
    pub(super) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Every file: its path and its text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn is_ours(entry: &DirEntry) -> bool {
    !(entry.file_type().is_dir() && entry.file_name().to_str().is_some_and(|name| NOT_OURS.contains(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_what_they_hold() {
        let tree = Tree::of(&[("protocol/src/codec.rs", ""), ("protocol-notes.md", "")]);
        assert!(tree.has("protocol/src"));
        assert!(tree.has("protocol/src/"));
        assert!(tree.has("protocol/src/codec.rs"));
        assert!(!tree.has("protocol/sr"));
        assert!(!tree.has("notes"));
    }
}

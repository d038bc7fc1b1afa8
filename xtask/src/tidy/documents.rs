//! Rules about documents: a path that a document names exists, and the map of modules is the tree.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

/// The document that holds the map of modules, in a fenced block marked `modules`.
const MAP: &str = "ARCHITECTURE.md";

/// The packages whose modules the map lists.
const MAPPED: [&str; 6] = ["protocol", "calendar", "web-ui", "node", "simulations", "xtask"];

/// Folders at the top of the workspace: inline code that begins with one of these is a path.
const TOP_FOLDERS: [&str; 11] =
    [".cargo", ".ci", ".config", "calendar", "docs", "node", "packaging", "protocol", "simulations", "web-ui", "xtask"];

/// Every path that a document names, as inline code or as a link, exists.
pub(super) fn paths_exist(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in prose(text) {
            let named = inline_code(line).filter_map(as_path).map(str::to_owned);
            let linked = links(line).filter_map(|link| from_folder(folder, link));
            for missing in named.chain(linked).filter(|named| !tree.has(named)) {
                findings.push(Finding::of_line(path, number, format!("names `{missing}`, which does not exist")));
            }
        }
    }
    findings
}

/// The map of modules has a row for each module at the top of each package, and no row for one that is gone.
pub(super) fn module_map(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(MAP) else {
        return vec![Finding::of_file(MAP, "missing: it is the map of the whole")];
    };
    let rows = map_rows(text);
    if rows.is_empty() {
        return vec![Finding::of_file(MAP, "has no fenced block marked `modules`")];
    }
    let mut findings = Vec::new();
    for (number, row) in &rows {
        let (module, description) = row.split_once(char::is_whitespace).unwrap_or((row, ""));
        if !tree.has(&format!("{module}.rs")) && !tree.has(&format!("{module}/mod.rs")) {
            findings.push(Finding::of_line(MAP, *number, format!("the map lists `{module}`, which does not exist")));
        }
        if description.trim().is_empty() {
            findings.push(Finding::of_line(MAP, *number, format!("the map does not say what `{module}` is for")));
        }
    }
    let listed: BTreeSet<&str> = rows.iter().filter_map(|(_, row)| row.split_whitespace().next()).collect();
    let missing = top_modules(tree).into_iter().filter(|module| !listed.contains(module.as_str()));
    findings.extend(missing.map(|module| Finding::of_file(MAP, format!("the map lacks `{module}`"))));
    findings
}

/// The rows of the map with their line numbers.
fn map_rows(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().zip(1..).skip_while(|(line, _)| line.trim() != "```modules").skip(1);
    let rows = lines.take_while(|(line, _)| line.trim() != "```").filter(|(line, _)| !line.trim().is_empty());
    rows.map(|(line, number)| (number, line.trim())).collect()
}

/// The modules directly below `src` of each package: files and folders, without the package's own root files.
fn top_modules(tree: &Tree) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for package in MAPPED {
        let source = format!("{package}/src");
        for (path, _) in tree.below(&source).filter(|(path, _)| path.ends_with(".rs")) {
            let inside = &path[source.len() + 1..];
            let name = inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs");
            if name != "lib" && name != "main" {
                modules.insert(format!("{source}/{name}"));
            }
        }
    }
    modules
}

/// The lines outside fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        (!fenced && !is_fence).then_some((number, line))
    })
}

fn inline_code(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The targets of Markdown links.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// Inline code that names a path of this workspace, without a line number or an item behind it.
fn as_path(code: &str) -> Option<&str> {
    let path = code.split(':').next().unwrap_or(code);
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    let first = path.split('/').next().unwrap_or(path);
    (is_plain && path.contains('/') && TOP_FOLDERS.contains(&first)).then_some(path)
}

/// A link to a file, as a path from the workspace's folder; `None` when it leads elsewhere or within the page.
fn from_folder(folder: &str, link: &str) -> Option<String> {
    let path = link.split(['#', ' ']).next().unwrap_or(link);
    if path.is_empty() || path.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_gone_is_found_in_code_and_in_links() {
        let text = "See `protocol/src/codec.rs:12`, `node/src/gone.rs`, `a/b` and `web-ui/{a,b}`.\n\
                    [here](../README.md#top) [there](gone.md) [site](https://example.org)\n\
                    ```\n`node/src/in_a_block.rs`\n```\n";
        let tree = Tree::of(&[("docs/a.md", text), ("README.md", ""), ("protocol/src/codec.rs", "")]);
        let found: Vec<_> = paths_exist(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/a.md:1: names `node/src/gone.rs`, which does not exist",
                "docs/a.md:2: names `docs/gone.md`, which does not exist"
            ]
        );
    }

    #[test]
    fn the_map_equals_the_tree() {
        let map =
            "# Map\n```modules\nprotocol/src/codec  one encoding\nprotocol/src/gone   nothing\nnode/src/web\n```\n";
        let tree = Tree::of(&[
            (MAP, map),
            ("protocol/src/lib.rs", ""),
            ("protocol/src/codec.rs", ""),
            ("protocol/src/item/mod.rs", ""),
            ("node/src/web/mod.rs", ""),
        ]);
        let found: Vec<_> = module_map(&tree).into_iter().map(|finding| finding.message).collect();
        assert_eq!(
            found,
            [
                "the map lists `protocol/src/gone`, which does not exist",
                "the map does not say what `node/src/web` is for",
                "the map lacks `protocol/src/item`"
            ]
        );
    }
}

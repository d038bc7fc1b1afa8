//! Rules about packages: who may depend on whom, that every dependency is explained, and where they come from.

use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// Our packages by folder, with those of ours that each may use. Never back: node → web-ui → protocol, node → calendar →
/// protocol.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("calendar", &["dorpsplein-protocol"]),
    ("fuzz", &["dorpsplein-calendar", "dorpsplein-protocol", "dorpsplein-web-ui"]),
    ("node", &["dorpsplein-calendar", "dorpsplein-protocol", "dorpsplein-web-ui"]),
    ("protocol", &[]),
    ("simulations", &["dorpsplein-protocol"]),
    ("web-ui", &["dorpsplein-protocol"]),
    ("xtask", &[]),
];

/// The document that says of every dependency why it is there.
const EXPLANATIONS: &str = "docs/dependencies.md";

/// Dependencies between our packages run one way.
pub(super) fn direction(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending("Cargo.toml").filter(|(path, _)| *path != "Cargo.toml") {
        let folder = path.trim_end_matches("/Cargo.toml");
        let Some((_, allowed)) = MAY_USE.iter().find(|(package, _)| *package == folder) else {
            findings.push(Finding::of_file(path, "a package that xtask/src/tidy/packages.rs does not know"));
            continue;
        };
        let Ok(manifest) = text.parse::<Table>() else {
            findings.push(Finding::of_file(path, "not valid TOML"));
            continue;
        };
        for name in dependency_names(&manifest) {
            if name.starts_with("dorpsplein-") && !allowed.contains(&name.as_str()) {
                findings.push(Finding::of_file(path, format!("{folder} must not depend on {name}")));
            }
        }
    }
    findings
}

/// Every dependency of the workspace is named in [`EXPLANATIONS`].
pub(super) fn explained(tree: &Tree) -> Vec<Finding> {
    let Some(manifest) = tree.text("Cargo.toml").and_then(|text| text.parse::<Table>().ok()) else {
        return vec![Finding::of_file("Cargo.toml", "missing, or not valid TOML")];
    };
    let Some(explanations) = tree.text(EXPLANATIONS) else {
        return vec![Finding::of_file(EXPLANATIONS, "missing: it says why each dependency is there")];
    };
    let workspace = manifest.get("workspace").and_then(Value::as_table);
    let named = workspace.map(dependency_names).unwrap_or_default();
    named
        .iter()
        .filter(|name| !name.starts_with("dorpsplein-") && !explanations.contains(&format!("`{name}`")))
        .map(|name| Finding::of_file(EXPLANATIONS, format!("does not name `{name}`")))
        .collect()
}

/// Lockfiles name versions and hashes, never the place where somebody's copy came from.
pub(super) fn lockfiles(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending("package-lock.json") {
        if text.contains("\"resolved\"") {
            findings.push(Finding::of_file(path, "names where packages were fetched; the .npmrc beside it omits that"));
        }
    }
    for (path, text) in tree.ending("Cargo.lock") {
        let mut origins: Vec<&str> = text.lines().filter(|line| line.starts_with("source = ")).collect();
        origins.sort_unstable();
        origins.dedup();
        if origins.len() > 1 {
            findings.push(Finding::of_file(path, format!("names {} origins, and one is the rule", origins.len())));
        }
    }
    findings
}

/// Clippy reads only the file nearest to a package, so a package's own file repeats the thresholds of the house.
pub(super) fn clippy_thresholds(tree: &Tree) -> Vec<Finding> {
    let house = tree.text("clippy.toml").and_then(|text| text.parse::<Table>().ok()).unwrap_or_default();
    let mut findings = Vec::new();
    for (path, text) in tree.ending("/clippy.toml") {
        let own = text.parse::<Table>().unwrap_or_default();
        let missing = house.iter().filter(|(name, value)| own.get(*name) != Some(value));
        findings
            .extend(missing.map(|(name, value)| Finding::of_file(path, format!("must say `{name} = {value}` too"))));
    }
    findings
}

/// The names in every table of dependencies, those of single targets too, sorted and once each.
fn dependency_names(manifest: &Table) -> Vec<String> {
    const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let own = TABLES.iter().filter_map(|table| manifest.get(*table)?.as_table()).flat_map(Table::keys).cloned();
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let of_targets = targets.filter_map(Value::as_table).flat_map(dependency_names);
    let mut names: Vec<String> = own.chain(of_targets).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_dependency_that_runs_back_is_found() {
        let tree = Tree::of(&[
            ("protocol/Cargo.toml", "[target.'cfg(unix)'.dev-dependencies]\ndorpsplein-node = { path = '../node' }\n"),
            ("node/Cargo.toml", "[dependencies]\ndorpsplein-protocol.workspace = true\n"),
            ("extra/Cargo.toml", "[package]\n"),
        ]);
        assert_eq!(
            messages(direction(&tree)),
            ["a package that xtask/src/tidy/packages.rs does not know", "protocol must not depend on dorpsplein-node"]
        );
    }

    #[test]
    fn a_package_with_its_own_bans_keeps_the_thresholds() {
        let tree = Tree::of(&[
            ("clippy.toml", "too-many-lines-threshold = 70\n"),
            ("a/clippy.toml", "too-many-lines-threshold = 70\n"),
            ("b/clippy.toml", "too-many-lines-threshold = 90\n"),
        ]);
        let found: Vec<_> = clippy_thresholds(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["b/clippy.toml: must say `too-many-lines-threshold = 70` too"]);
    }

    #[test]
    fn every_dependency_is_explained() {
        let manifest =
            "[workspace.dependencies]\nserde = '1'\ntoml = '1'\ndorpsplein-protocol = { path = 'protocol' }\n";
        let tree =
            Tree::of(&[("Cargo.toml", manifest), (EXPLANATIONS, "`serde`: forms of data. toml is not in code.")]);
        assert_eq!(messages(explained(&tree)), ["does not name `toml`"]);
    }

    #[test]
    fn lockfiles_name_no_other_origin() {
        let tree = Tree::of(&[
            ("Cargo.lock", "source = \"registry+one\"\nsource = \"registry+one\"\nsource = \"git+two\"\n"),
            ("web-ui/e2e/package-lock.json", "{\"resolved\": \"somewhere\"}"),
        ]);
        assert_eq!(lockfiles(&tree).len(), 2);
    }
}

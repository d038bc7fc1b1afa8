//! The threat model names tests, and only tests that exist.

use super::Finding;
use super::tree::Tree;

/// The document in which every line of a table that says what is shown names a test.
const THREAT_MODEL: &str = "docs/threat-model.md";
/// How the last column of such a table is headed.
const COLUMN: &str = "shown by |";

/// Every test that the threat model names as `path::name` is in that file, and every line of its tables names one.
pub(super) fn named_tests(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(THREAT_MODEL) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut needs_test = false;
    for (line, number) in text.lines().zip(1..) {
        needs_test = line.starts_with('|') && (needs_test || line.ends_with(COLUMN));
        let named: Vec<(&str, &str)> = line.split('`').skip(1).step_by(2).filter_map(as_test).collect();
        let is_row = needs_test && !line.ends_with(COLUMN) && !line.starts_with("|---");
        if is_row && named.is_empty() {
            findings.push(Finding::of_line(THREAT_MODEL, number, "names no test that shows it"));
        }
        for (path, name) in named.iter().filter(|(path, name)| !holds(tree, path, name)) {
            findings.push(Finding::of_line(THREAT_MODEL, number, format!("there is no `{name}` in `{path}`")));
        }
    }
    findings
}

/// Splits `path::name`; nothing for other code.
fn as_test(code: &str) -> Option<(&str, &str)> {
    let (path, name) = code.split_once("::")?;
    (path.ends_with(".rs") && !name.is_empty()).then_some((path, name))
}

/// Whether a file has a function of this name, written out or made by a macro that is given the name.
fn holds(tree: &Tree, path: &str, name: &str) -> bool {
    let Some(text) = tree.text(path) else { return false };
    let lines = text.lines().map(str::trim_start);
    let function = format!("fn {name}(");
    let entry = format!("{name}:");
    lines.into_iter().any(|line| line.contains(&function) || line.starts_with(&entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_gone_and_a_line_without_one_are_found() {
        let text = "# Threats\n| attempt | becomes | shown by |\n|---|---|---|\n| a | b | `x/tests/a.rs::held` |\n\
                    | c | d | `x/tests/a.rs::gone` |\n| e | f | nothing |\n\n| cost | years |\n|---|---|\n| one | 3 |\n";
        let tree = Tree::of(&[(THREAT_MODEL, text), ("x/tests/a.rs", "#[test]\nfn held() {}\n")]);
        let found: Vec<_> = named_tests(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/threat-model.md:5: there is no `gone` in `x/tests/a.rs`",
                "docs/threat-model.md:6: names no test that shows it"
            ]
        );
    }
}

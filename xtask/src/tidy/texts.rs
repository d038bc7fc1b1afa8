//! Rules about the texts of the site: Dutch and English say the same things, other languages nothing that these do not, and
//! every refusal has its sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::tree::Tree;

const LOCALES: &str = "web-ui/locales";
const LANGUAGES: [&str; 2] = ["nl", "en"];

/// What the texts of a language that has a part of them say of the language itself begins with this.
const HEAD: &str = "language-";

/// The list of problem types that a box can answer with.
const PROBLEMS: &str = "web-ui/src/pages/problems.rs";

/// Every text exists in Dutch and in English, and no text of another language is unknown to them.
pub(super) fn in_step(tree: &Tree) -> Vec<Finding> {
    let texts = LANGUAGES.map(|language| keys(tree, language));
    let mut findings = Vec::new();
    for (mine, theirs) in [(0, 1), (1, 0)] {
        for (key, path) in &texts[mine] {
            if !texts[theirs].contains_key(key) {
                findings.push(Finding::of_file(path, format!("`{key}` is missing in `{}`", LANGUAGES[theirs])));
            }
        }
    }
    let folders = tree.below(LOCALES).filter_map(|(path, _)| path[LOCALES.len() + 1..].split('/').next());
    let partial: BTreeSet<&str> = folders.filter(|folder| !LANGUAGES.contains(folder)).collect();
    for language in partial {
        for (key, path) in keys(tree, language) {
            if !key.starts_with(HEAD) && !texts[0].contains_key(&key) {
                findings.push(Finding::of_file(&path, format!("`{key}` is no text of the site")));
            }
        }
    }
    findings
}

/// Every problem type has a sentence for people.
pub(super) fn problems(tree: &Tree) -> Vec<Finding> {
    let Some(source) = tree.text(PROBLEMS) else {
        return vec![Finding::of_file(PROBLEMS, "missing: it lists the problem types")];
    };
    let types = problem_types(source);
    if types.is_empty() {
        return vec![Finding::of_file(PROBLEMS, "holds no list `ALL` of problem types")];
    }
    let texts = keys(tree, LANGUAGES[0]);
    types
        .iter()
        .filter(|name| !texts.contains_key(&format!("problem-{name}")))
        .map(|name| Finding::of_file(PROBLEMS, format!("`{name}` has no text `problem-{name}`")))
        .collect()
}

/// The texts of one language, each with the file it stands in. A text begins at the start of a line: `name = …`.
fn keys(tree: &Tree, language: &str) -> BTreeMap<String, String> {
    let folder = format!("{LOCALES}/{language}");
    let mut keys = BTreeMap::new();
    for (path, text) in tree.below(&folder) {
        for line in text.lines() {
            let Some((name, _)) = line.split_once('=') else { continue };
            let name = name.trim_end();
            let is_name = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '-')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            if is_name {
                keys.insert(name.to_owned(), path.to_owned());
            }
        }
    }
    keys
}

/// The string literals between `const ALL` and the end of that statement.
fn problem_types(source: &str) -> BTreeSet<String> {
    let Some((_, list)) = source.split_once("const ALL") else { return BTreeSet::new() };
    let list = list.split("];").next().unwrap_or(list);
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_one_language_only_is_found() {
        let tree = Tree::of(&[
            (
                "web-ui/locales/nl/site.ftl",
                "# uitleg = geen tekst\nnav-news = Nieuws\nnav-agenda =\n    .title = Agenda\n",
            ),
            ("web-ui/locales/en/site.ftl", "nav-news = News\nnav-extra = Extra\n"),
            ("web-ui/locales/fy/frysk.ftl", "language-name = Frysk\nnav-news = Nijs\nnav-nothing = Neat\n"),
        ]);
        let found: Vec<_> = in_step(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "web-ui/locales/nl/site.ftl: `nav-agenda` is missing in `en`",
                "web-ui/locales/en/site.ftl: `nav-extra` is missing in `nl`",
                "web-ui/locales/fy/frysk.ftl: `nav-nothing` is no text of the site"
            ]
        );
    }

    #[test]
    fn a_problem_without_a_sentence_is_found() {
        let tree = Tree::of(&[
            (
                PROBLEMS,
                "pub const ALL: [&str; 2] = [\n    \"malformed\",\n    \"too-large\",\n];\nconst O: &str = \"other\";",
            ),
            ("web-ui/locales/nl/problems.ftl", "problem-malformed = Dit bericht is beschadigd.\n"),
        ]);
        let found: Vec<_> = problems(&tree).into_iter().map(|finding| finding.message).collect();
        assert_eq!(found, ["`too-large` has no text `problem-too-large`"]);
    }
}

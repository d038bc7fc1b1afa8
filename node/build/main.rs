//! Builds what the box serves besides pages: the browser's modules (Rust compiled to WebAssembly) and the files of `web-ui/assets`, each under a name that carries the hash of its content, packed with brotli.
//!
//! The story, top to bottom: compile the modules, name everything by its content, write the table that
//! `src/web/assets.rs` includes. A machine without the wasm target gets a box for reading only, unless
//! `DORPSPLEIN_REQUIRE_BROWSER_MODULE=1` says that this is a failure, as the test command does.

mod browser_module;
mod static_files;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use browser_module::{Built, Unavailable};
use static_files::StaticFiles;

/// Set to `1`, it turns a box for reading only into a failed build.
const REQUIRE: &str = "DORPSPLEIN_REQUIRE_BROWSER_MODULE";

/// The script that keeps pages for when there is no line, and the files that it names.
const WORKER: &str = "worker.js";
const KEPT_BY_WORKER: [&str; 4] = ["icon.svg", "icon-192.png", "reading.js", "suggest.js"];

fn main() -> Result<()> {
    let workspace = workspace_root()?;
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR for build scripts")?);
    watch_sources(&workspace);
    link_small();

    let modules = match browser_module::build(&workspace, &out_dir)? {
        Ok(modules) => Some(modules),
        Err(reason) => {
            refuse_if_required(&reason)?;
            None
        }
    };

    let mut files = StaticFiles::new();
    match &modules {
        Some(modules) => add_modules(&mut files, modules, &workspace)?,
        None => files.leave_out(static_files::STARTER),
    }
    files.leave_out(WORKER);
    // Stands in the pages.
    files.leave_out("square.css");
    files.add_folder(&workspace.join("web-ui/assets"))?;
    let worker = workspace.join("web-ui/assets").join(WORKER);
    let text = std::fs::read_to_string(&worker).with_context(|| format!("cannot read {}", worker.display()))?;
    let text = with_languages(&text, &workspace)?;
    files.add_referring(WORKER, &text, &KEPT_BY_WORKER)?;
    let description = workspace.join("docs/openapi.json");
    let text = std::fs::read(&description).with_context(|| format!("cannot read {}", description.display()))?;
    files.add("openapi.json", text)?;
    files.write(&out_dir)
}

/// The worker with the pages for when there is no line of every language: to those of Dutch and English it names, those of
/// the languages with a part of the texts are added, which lie below their tag.
fn with_languages(worker: &str, workspace: &Path) -> Result<String> {
    const WHOLE: &str = r#"{ nl: "/niet-verbonden", en: "/en/offline" }"#;
    ensure!(worker.contains(WHOLE), "{WORKER} must hold {WHOLE}");
    let folder = workspace.join("web-ui/locales");
    let mut pages = String::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        folders.push(entry?.path());
    }
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let tag =
            folder.file_name().and_then(|name| name.to_str()).context("a language has a name that is not UTF-8")?;
        let page = match tag {
            "nl" | "en" => continue,
            _ if falls_back_to_english(folder)? => format!("/{tag}/offline"),
            _ => format!("/{tag}/niet-verbonden"),
        };
        pages += &format!(r#", {tag}: "{page}""#);
    }
    Ok(worker.replace(WHOLE, &WHOLE.replace(" }", &format!("{pages} }}"))))
}

/// Whether a language says in one of its files that English stands where it has nothing.
fn falls_back_to_english(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let said = text.lines().find_map(|line| line.strip_prefix("language-fallback")?.trim_start().strip_prefix('='));
        if let Some(fallback) = said {
            return Ok(fallback.trim() == "en");
        }
    }
    Ok(false)
}

/// The folder that holds every package of this workspace.
fn workspace_root() -> Result<PathBuf> {
    let node = env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR for build scripts")?;
    let root = Path::new(&node).parent().context("the node package lies in the workspace's folder")?;
    Ok(root.to_path_buf())
}

/// Has the linker save room where a program is built to be small (profile `dist`): functions that came to the same code are
/// there once, and the places to adjust at a start take a bit each instead of 24 bytes. Together a tenth of the program. The linker
/// that comes with Rust for this kind of machine knows both; the second needs a C library of 2022 or later (glibc 2.36).
fn link_small() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    if is("TARGET", "x86_64-unknown-linux-gnu") && is("OPT_LEVEL", "s") {
        for option in ["-Wl,--icf=safe", "-Wl,-z,pack-relative-relocs"] {
            println!("cargo::rustc-link-arg-bin=dorpsplein={option}");
        }
    }
}

/// Runs this script again only when something that ends up in the served files may have changed.
fn watch_sources(workspace: &Path) {
    const WATCHED: [&str; 11] = [
        "Cargo.lock",
        "Cargo.toml",
        "docs/openapi.json",
        "node/build",
        "protocol/Cargo.toml",
        "protocol/src",
        "rust-toolchain.toml",
        "web-ui/Cargo.toml",
        "web-ui/assets",
        "web-ui/locales",
        "web-ui/src",
    ];
    for path in WATCHED {
        println!("cargo::rerun-if-changed={}", workspace.join(path).display());
    }
}

/// Adds the modules in the order of their references: each file names the next one by its hashed name.
fn add_modules(files: &mut StaticFiles, modules: &[Built], workspace: &Path) -> Result<()> {
    for module in modules {
        files.add(&module.wasm_name, module.wasm.clone())?;
        files.add_referring(&module.glue_name, &module.glue, &[&module.wasm_name])?;
    }
    let starter_path = workspace.join("web-ui/assets").join(static_files::STARTER);
    let starter =
        std::fs::read_to_string(&starter_path).with_context(|| format!("cannot read {}", starter_path.display()))?;
    let glues: Vec<&str> = modules.iter().map(|module| module.glue_name.as_str()).collect();
    files.add_referring(static_files::STARTER, &starter, &glues)
}

/// Says why this box will be for reading only, or fails where that is not allowed.
fn refuse_if_required(reason: &Unavailable) -> Result<()> {
    // Only this outcome depends on the variable and on the toolchain's targets, so only this outcome watches them: a
    // build that has its module is not repeated because somebody sets the variable.
    println!("cargo::rerun-if-env-changed={REQUIRE}");
    println!("cargo::rerun-if-changed={}", reason.targets.display());
    if env::var_os(REQUIRE).is_some_and(|value| value == "1") {
        anyhow::bail!("{REQUIRE}=1, but the browser's module cannot be built: {reason}");
    }
    println!("cargo::warning=This box is built for reading only: {reason}");
    println!("cargo::warning=Add the target with `rustup target add {}` and build again.", browser_module::TARGET);
    Ok(())
}

//! The browser's modules: `web-ui` and `protocol` compiled to WebAssembly by a cargo of its own, then given their glue by
//! `wasm-bindgen`, as a library, so that nothing needs to be installed beside Rust.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// The compilation target of the browser's module.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The cargo profile of the module, in the workspace's `Cargo.toml`: size before speed.
const PROFILE: &str = "browser";

/// What the outer cargo sets for its own compilation and must not reach the module's: its flags, its wrapper (clippy
/// or a coverage tool would otherwise check the module instead of compiling it), its target and its folders.
const NOT_INHERITED: [&str; 9] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// The modules, by the feature of `web-ui` each is built with, which also names its files: the small one to write with, the
/// one to join and to check with, and the large one for the pages behind the door.
pub(crate) const MODULES: [&str; 3] = ["browser", "meeting", "inside"];

/// A module as a browser loads it.
pub(crate) struct Built {
    /// The name of its JavaScript.
    pub(crate) glue_name: String,
    /// The JavaScript that loads the WebAssembly, an ES module that names it.
    pub(crate) glue: String,
    /// The name of its WebAssembly, as `wasm-bindgen` gives it.
    pub(crate) wasm_name: String,
    /// The WebAssembly bytes.
    pub(crate) wasm: Vec<u8>,
}

/// Why this machine cannot compile for the browser.
pub(crate) struct Unavailable {
    what: String,
    /// The folder where the target appears once it is installed.
    pub(crate) targets: PathBuf,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rust's target {TARGET} is missing and {}", self.what)
    }
}

/// Compiles the modules. `Ok(Err(..))` is a machine that cannot; `Err` is a module that does not compile.
pub(crate) fn build(workspace: &Path, out_dir: &Path) -> Result<Result<Vec<Built>, Unavailable>> {
    if let Err(unavailable) = ensure_target()? {
        return Ok(Err(unavailable));
    }
    let folder = target_folder(out_dir);
    let built = MODULES.iter().map(|name| bind(&compile(workspace, &folder, name)?, name, &out_dir.join("glue")));
    built.collect::<Result<_>>().map(Ok)
}

/// Makes sure the compiler has the target's standard library, asking rustup for it when it is missing.
fn ensure_target() -> Result<Result<(), Unavailable>> {
    let targets = rustc_sysroot()?.join("lib/rustlib");
    let library = targets.join(TARGET).join("lib");
    if library.is_dir() {
        return Ok(Ok(()));
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]);
    if let Some(toolchain) = env::var_os("RUSTUP_TOOLCHAIN") {
        rustup.arg("--toolchain").arg(toolchain);
    }
    let what = match rustup.output() {
        Ok(output) if output.status.success() && library.is_dir() => return Ok(Ok(())),
        Ok(output) if output.status.success() => "rustup added it to another toolchain than this compiler's".to_owned(),
        Ok(output) => format!("rustup could not add it: {}", reason(&output.stderr)),
        Err(error) => format!("there is no rustup to add it ({error})"),
    };
    Ok(Err(Unavailable { what, targets }))
}

/// The one line of a program's complaint that says what is wrong.
fn reason(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let said = text.lines().find(|line| line.starts_with("error")).or(text.lines().last());
    said.unwrap_or("it gave no reason").trim().to_owned()
}

fn rustc_sysroot() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(&rustc).args(["--print", "sysroot"]).output().context("cannot run the Rust compiler")?;
    ensure!(output.status.success(), "the Rust compiler does not say where its libraries are");
    let sysroot = String::from_utf8(output.stdout).context("the compiler's folder has a name that is not UTF-8")?;
    Ok(PathBuf::from(sysroot.trim_end()))
}

/// A folder inside the outer target folder, so that the module's cargo takes its own lock and its result outlives the
/// build script's folder. Cargo marks the outermost target folder with `CACHEDIR.TAG`.
fn target_folder(out_dir: &Path) -> PathBuf {
    let outermost = out_dir.ancestors().filter(|folder| folder.join("CACHEDIR.TAG").is_file()).last();
    outermost.unwrap_or(out_dir).join("browser-module")
}

/// Compiles `web-ui` with a feature and returns the path of the WebAssembly file, which the next one replaces.
fn compile(workspace: &Path, target_folder: &Path, feature: &str) -> Result<PathBuf> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(workspace);
    for name in NOT_INHERITED {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", compiler_flags(workspace));
    cargo.args(["rustc", "--locked", "--package", "dorpsplein-web-ui", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--no-default-features", "--features", feature]);
    cargo.args(["--target", TARGET, "--profile", PROFILE, "--target-dir"]).arg(target_folder);
    let output = cargo.output().context("cannot run cargo for the browser's module")?;
    ensure!(
        output.status.success(),
        "the browser's module does not compile:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(target_folder.join(TARGET).join(PROFILE).join("dorpsplein_web_ui.wasm"))
}

/// Compiler flags, in cargo's encoding.
///
/// One takes the short form of SHA-2: the module hashes a few kilobytes, and every visitor downloads it. The others keep
/// this machine's folders out of the panic messages, because the same source must give the same bytes on every machine.
fn compiler_flags(workspace: &Path) -> OsString {
    let mut flags = OsString::from("--cfg\u{1f}sha2_backend_soft=\"compact\"");
    flags.push("\u{1f}--remap-path-prefix=");
    flags.push(workspace);
    flags.push("=.");
    for sources in dependency_sources() {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(sources);
        flags.push("=dependencies");
    }
    flags
}

/// The folders in which cargo keeps the sources of dependencies.
fn dependency_sources() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let Some(listing) = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok()) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = listing.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Writes the glue for the compiled module into `folder` and reads both back.
fn bind(compiled: &Path, name: &str, folder: &Path) -> Result<Built> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .context("cannot make the glue of the browser's module")?;
    let mut renamed = Vec::new();
    for (number, import) in output.wasm_mut().imports.iter_mut().enumerate() {
        let short = format!("i{number}");
        renamed.push((std::mem::replace(&mut import.name, short.clone()), short));
    }
    output.emit(folder).context("cannot write the browser's module")?;
    // Its content is not hashed into names, so a browser would be told to keep a stale copy for ever.
    ensure!(!folder.join("snippets").exists(), "the browser's module must not use inline JavaScript snippets");
    let (glue_name, wasm_name) = (format!("{name}.js"), format!("{name}_bg.wasm"));
    let glue = fs::read_to_string(folder.join(&glue_name)).context("the glue step wrote no JavaScript")?;
    Ok(Built {
        glue: with_short_names(glue, &renamed)?,
        glue_name,
        wasm: fs::read(folder.join(&wasm_name)).context("the glue step wrote no WebAssembly")?,
        wasm_name,
    })
}

/// The glue with what it hands to the module under the names the module asks for it by now: short ones, since a name such as
/// `__wbg_addEventListener_3acb0aad4483804c` stands in both files, and its hash does not pack.
fn with_short_names(mut glue: String, renamed: &[(String, String)]) -> Result<String> {
    for (name, short) in renamed {
        let before = format!(" {name}: ");
        ensure!(glue.matches(&before).count() == 1, "the glue does not hand over {name} once");
        glue = glue.replace(&before, &format!(" {short}: "));
    }
    Ok(glue)
}

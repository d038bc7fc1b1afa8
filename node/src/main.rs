//! `dorpsplein`: the command.

use std::io;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

/// What is logged unless `RUST_LOG` says otherwise: what whoever looks after the box should know.
const USUAL_LOG: &str = "warn,dorpsplein_node=info";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL_LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    dorpsplein_node::cli::main()
}

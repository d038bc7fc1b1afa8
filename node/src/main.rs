//! `dorpsplein`: the command.

use std::process::ExitCode;

fn main() -> ExitCode {
    dorpsplein_node::cli::main()
}

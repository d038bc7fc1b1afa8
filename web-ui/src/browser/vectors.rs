//! For one test only (feature `vectors`, never in a served module): the protocol's test vectors, carried out by this
//! module as it is compiled for the browser.

// The native test compiles the same file, so what is compared is the protocol and not two ways of asking.
#[path = "../../../protocol/tests/vectors/interpreter.rs"]
mod interpreter;

use wasm_bindgen::prelude::*;

/// Carries out the JSON of one vector's `input` and returns the JSON of its `expected`.
///
/// # Errors
/// A sentence for whoever writes vectors: the input is not one.
#[wasm_bindgen]
pub fn run_vector(input: &str) -> Result<String, JsError> {
    interpreter::run(input).map_err(|error| JsError::new(&error))
}

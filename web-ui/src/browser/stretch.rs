//! From a code on paper to the key behind it, with the browser's own PBKDF2.

use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::identity::letter_code::{ITERATIONS, LetterCode, Purpose};
use dorpsplein_protocol::operation::NeighbourhoodId;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::js;
use super::trouble::Trouble;

/// The key behind a code. Takes a second on a telephone, on purpose: see [`ITERATIONS`].
///
/// # Errors
/// [`Trouble::Browser`] where there is no WebCrypto: on an address that is not secure.
pub(super) async fn key_of(
    window: &Window,
    code: &LetterCode,
    purpose: Purpose,
    neighbourhood: &NeighbourhoodId,
) -> Result<SecretKey, Trouble> {
    let subtle = js::at(window, &["crypto", "subtle"]);
    let derived = derive(&subtle, code.compact().as_bytes(), &purpose.salt(neighbourhood)).await;
    let seed = Uint8Array::new(&derived.map_err(|_: JsValue| missing())?).to_vec();
    seed.try_into().map(|seed| SecretKey::from_seed(&seed)).map_err(|_| missing())
}

async fn derive(subtle: &JsValue, code: &[u8], salt: &[u8]) -> Result<JsValue, JsValue> {
    let (name, code) = ("PBKDF2".into(), Uint8Array::from(code));
    let usages = Array::of1(&"deriveBits".into());
    let imported = js::call(subtle, "importKey", &[&"raw".into(), &code, &name, &JsValue::FALSE, &usages]);
    let key = JsFuture::from(imported?.dyn_into::<Promise>()?).await?;
    let how = js::object(&[
        ("name", name),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("iterations", ITERATIONS.into()),
    ])?;
    JsFuture::from(js::call(subtle, "deriveBits", &[&how, &key, &256.into()])?.dyn_into::<Promise>()?).await
}

fn missing() -> Trouble {
    Trouble::Browser("it has no WebCrypto on this address")
}

//! A spare key in a passkey (WebAuthn with the extension `prf`): the authenticator makes 32 secret bytes from what this
//! site asks, the same each time, and those become the key. Nothing is kept anywhere else, so a passkey that travels
//! with its owner's account brings the key along.

use dorpsplein_protocol::identity::SecretKey;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::author::random;
use super::js::{at, call, object};
use super::page::Page;
use super::trouble::Trouble;

/// What the authenticator is asked, before the neighbourhood's id.
const PURPOSE: &[u8] = b"dorpsplein/passkey/1";
/// EdDSA, ES256 and RS256 as COSE names them (RFC 9053): the signature of the passkey itself is not used.
const ALGORITHMS: [i32; 3] = [-8, -7, -257];

/// Whether the browser knows passkeys. Whether it can give a key shows when it is asked to.
pub(super) fn is_known(window: &Window) -> bool {
    !at(window, &["PublicKeyCredential"]).is_undefined()
}

/// Makes a passkey that shows itself as `name`, and the key in it. None when its owner changes their mind, or when the
/// authenticator cannot do this.
pub(super) async fn create(page: &Page, name: &str) -> Result<Option<SecretKey>, Trouble> {
    let made = async {
        let algorithms = ALGORITHMS.map(|number| object(&[("type", "public-key".into()), ("alg", number.into())]));
        let algorithms = algorithms.into_iter().collect::<Result<Array, JsValue>>()?;
        let user = object(&[("id", random_bytes()?), ("name", name.into()), ("displayName", name.into())])?;
        let selection = object(&[("residentKey", "required".into()), ("userVerification", "required".into())])?;
        let options = object(&[
            ("challenge", random_bytes()?),
            ("rp", object(&[("name", name.into())])?.into()),
            ("user", user.into()),
            ("pubKeyCredParams", algorithms.into()),
            ("authenticatorSelection", selection.into()),
            ("extensions", extensions(page)?),
        ])?;
        let credential = asked(page, "create", &options.into()).await?;
        Ok::<_, JsValue>(secret(&credential))
    };
    match made.await {
        Ok(Some(key)) => Ok(Some(key)),
        // Some authenticators make the passkey first and give its secret only when it is used.
        Ok(None) => get(page).await,
        Err(_) => Ok(None),
    }
}

/// The key in a passkey of this site that its owner picks. None when they pick none, or it has no key.
pub(super) async fn get(page: &Page) -> Result<Option<SecretKey>, Trouble> {
    let got = async {
        let options = object(&[
            ("challenge", random_bytes()?),
            ("userVerification", "required".into()),
            ("extensions", extensions(page)?),
        ])?;
        let credential = asked(page, "get", &options.into()).await?;
        Ok::<_, JsValue>(secret(&credential))
    };
    Ok(got.await.unwrap_or_default())
}

async fn asked(page: &Page, method: &str, options: &JsValue) -> Result<JsValue, JsValue> {
    let credentials = at(page.window(), &["navigator", "credentials"]);
    let request = object(&[("publicKey", options.clone())])?;
    JsFuture::from(call(&credentials, method, &[&request])?.dyn_into::<Promise>()?).await
}

fn extensions(page: &Page) -> Result<JsValue, JsValue> {
    let question = [PURPOSE, page.neighbourhood()?.as_bytes()].concat();
    let question = Uint8Array::from(question.as_slice());
    let eval = object(&[("first", question.into())])?;
    Ok(object(&[("prf", object(&[("eval", eval.into())])?.into())])?.into())
}

/// What the authenticator answered: it depends on the question, so it is the seed of this site's key as it is.
fn secret(credential: &JsValue) -> Option<SecretKey> {
    let results = call(credential, "getClientExtensionResults", &[]).ok()?;
    let first = at(&results, &["prf", "results", "first"]);
    let seed = (!first.is_undefined()).then(|| Uint8Array::new(&first).to_vec())?;
    Some(SecretKey::from_seed(&seed.try_into().ok()?))
}

fn random_bytes() -> Result<JsValue, JsValue> {
    Ok(Uint8Array::from(random::<32>()?.as_slice()).into())
}

//! One tab at a time: two tabs that sign with one number would prove this device forked.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::trouble::Trouble;

/// The name of the lock, for all tabs of this origin.
const NAME: &str = "dorpsplein-device";

#[wasm_bindgen]
extern "C" {
    // web-sys has the Web Locks only behind a compiler flag for the whole build.
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, callback: &JsValue) -> Result<Promise, JsValue>;
}

/// The right to use this device's key, held until it is dropped, also when the tab is closed or crashes.
pub(super) struct Lock {
    /// None where there is nothing to release.
    release: Option<Function>,
}

impl Lock {
    /// Says beforehand what [`Lock::acquire`] would say.
    pub(super) fn is_available(window: &Window) -> Result<(), Trouble> {
        manager(window).map(drop)
    }

    /// Waits until no other tab has it.
    ///
    /// On an address that is not secure browsers have no Web Locks, and only keys for the home network sign there: two tabs
    /// may then both go on, and the one that comes later to store a number is [told so](super::key_store::KeyStore::save).
    ///
    /// # Errors
    /// [`Trouble::Browser`] where there are no Web Locks on a secure address: in an old browser.
    pub(super) async fn acquire(window: &Window) -> Result<Self, Trouble> {
        if !window.is_secure_context() {
            return Ok(Self { release: None });
        }
        let manager = manager(window)?;
        let (held, release) = promise();
        let (granted, grant) = promise();
        let callback = Closure::once_into_js(move |_lock: JsValue| {
            // A resolver takes any value and throws nothing.
            let _ = grant.call0(&JsValue::NULL);
            held
        });
        let requested = manager.request(NAME, &callback).map_err(|_| missing())?;
        // The request itself settles when the lock is released, or at once when the browser refuses it.
        let first = Promise::race(&Array::of2(&granted, &requested));
        JsFuture::from(first).await.map_err(|_| missing())?;
        Ok(Self { release: Some(release) })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A resolver takes any value and throws nothing.
        let _ = self.release.as_ref().map(|release| release.call0(&JsValue::NULL));
    }
}

fn manager(window: &Window) -> Result<LockManager, Trouble> {
    let locks = Reflect::get(&window.navigator(), &"locks".into()).unwrap_or_default();
    if locks.is_undefined() { Err(missing()) } else { Ok(locks.unchecked_into()) }
}

fn missing() -> Trouble {
    Trouble::Browser("it has no Web Locks on this address")
}

/// A promise and the function that keeps it.
fn promise() -> (Promise, Function) {
    let mut keep = None;
    let promise = Promise::new(&mut |resolve, _reject| keep = Some(resolve));
    (promise, keep.expect("a promise calls what makes it at once (ECMA-262, 27.2.3.1)"))
}

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
    release: Function,
}

impl Lock {
    /// Says beforehand what [`Lock::acquire`] would say.
    pub(super) fn is_available(window: &Window) -> Result<(), Trouble> {
        manager(window).map(drop)
    }

    /// Waits until no other tab has it.
    ///
    /// # Errors
    /// [`Trouble::Browser`] where there are no Web Locks: in an old browser, or on an address that is not secure.
    pub(super) async fn acquire(window: &Window) -> Result<Self, Trouble> {
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
        Ok(Self { release })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A resolver takes any value and throws nothing.
        let _ = self.release.call0(&JsValue::NULL);
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

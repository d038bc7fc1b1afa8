//! JavaScript's own objects, for the few calls that have no small binding.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// An object with these fields.
pub(super) fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

/// What stands at the end of a path of names; `undefined` where one of them is missing.
pub(super) fn at(from: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(from.clone(), |value, name| Reflect::get(&value, &(*name).into()).unwrap_or_default())
}

/// Calls a method.
pub(super) fn call(of: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = at(of, &[method]).dyn_into()?;
    method.apply(of, &arguments.iter().copied().cloned().collect::<Array>())
}

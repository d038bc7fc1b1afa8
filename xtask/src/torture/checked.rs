//! Whether a box still shows what a resident was told stands on the square.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::writers::Told;
use crate::house::House;
use crate::http;

/// What a box tells of an item.
pub(super) fn item_at(house: &House, item: &str) -> Result<Value> {
    let body = http::get(house.site(), &format!("/api/v1/items/{item}"))?;
    Ok(serde_json::from_str(&body.text()?)?)
}

/// That the post is there, and its photo with it.
///
/// # Errors
/// Begins with `LOST` when it is not.
pub(super) fn stands(house: &House, told: &Told) -> Result<()> {
    let Told { item, photo, .. } = told;
    let shown = item_at(house, item).with_context(|| format!("LOST: {item} was told to stand on the square"))?;
    if *photo {
        let here = &shown["content"]["photos"][0]["here"];
        ensure!(here == &json!(true), "LOST: the photo of {item} is not there: {}", shown["content"]);
    }
    Ok(())
}

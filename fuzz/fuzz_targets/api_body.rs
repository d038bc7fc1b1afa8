//! The JSON of the API, whoever sends it: a browser to a box, a box to a command. What is read is written and read again as
//! the same. Posts travel as signed bytes, which other targets look at.
#![no_main]

use dorpsplein_fuzz::bodies::BODIES;
use dorpsplein_fuzz::web::body::SettingBody;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, json)) = bytes.split_first() else { return };
    (BODIES[usize::from(*which) % BODIES.len()].read)(json);
    if let Ok(setting) = serde_json::from_slice::<SettingBody>(json) {
        let logo = setting.logo.as_ref().map(|logo| logo.id.clone());
        let said = setting.setting();
        assert!(said.logo.is_none_or(|photo| Some(photo.id.to_string()) == logo), "the logo is the one that is named");
    }
});

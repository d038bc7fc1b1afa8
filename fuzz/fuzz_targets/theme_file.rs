//! How another square looks, as a file that somebody sent: only tokens with bounds come out of it, and a logo within its bound.
#![no_main]

use dorpsplein_fuzz::web::body::ThemeFile;
use dorpsplein_web_ui::theme::{MAX_LOGO_BYTES, Theme};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = serde_json::from_slice::<ThemeFile>(bytes) else { return };
    let logo = file.logo();
    if let Ok(Some(logo)) = &logo {
        assert!(logo.len() <= MAX_LOGO_BYTES);
    }
    let Ok(theme) = file.theme() else { return };
    let (theme, logo) = (theme.readable(), logo.ok().flatten());
    assert_eq!(Theme::read(theme.members().iter().map(String::as_str)), theme, "what is said of it is read the same");
    let sheet = theme.css();
    assert!(!sheet.contains(['<', '\\', '/']) && !sheet.contains("url") && !sheet.contains("import"), "{sheet}");
    let again = ThemeFile::of(&theme, logo.as_deref());
    let written = serde_json::to_vec(&again).expect("a struct of texts is JSON");
    let read: ThemeFile = serde_json::from_slice(&written).expect("it was written here");
    assert_eq!((read.theme(), read.logo()), (Ok(theme), Ok(logo)));
});

//! How a square is to look, as a setting or a file of somebody else says it: only tokens with bounds come through, the style
//! sheet has nothing in it that they do not say, and what cannot be read is not taken.
#![no_main]

use dorpsplein_web_ui::theme::Theme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let theme = Theme::read(text.lines());
    let members = theme.members();
    assert_eq!(Theme::read(members.iter().map(String::as_str)), theme, "what is written is read the same");
    let readable = theme.clone().readable();
    assert!(readable.too_close().is_empty(), "everybody can read it");
    let sheet = theme.css();
    assert!(!sheet.contains(['<', '\\', '/']) && !sheet.contains("url") && !sheet.contains("import"), "{sheet}");
    let (open, closed) = (sheet.matches('{').count(), sheet.matches('}').count());
    assert!(open == closed && open <= 3, "no rule but those of the sheet: {sheet}");
    assert_eq!(sheet.is_empty(), theme.is_usual());
});

//! What a resident may write: whatever it is, only what the pages promise comes out, read by another parser of HTML.
#![no_main]

use dorpsplein_web_ui::markdown::{ELEMENTS, MAX_DEPTH, html, plain, words};
use html5gum::{Token, Tokenizer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let out = html(text).to_string();
    assert!(out.len() <= 64 * text.len() + 64, "{} bytes come to {}", text.len(), out.len());
    let mut open: Vec<Vec<u8>> = Vec::new();
    for token in Tokenizer::new(out.as_str()) {
        match token.expect("a string is read without fail") {
            Token::StartTag(tag) => {
                let name = tag.name.to_vec();
                assert!(ELEMENTS.iter().any(|element| element.as_bytes() == name));
                for (attribute, value) in &tag.attributes {
                    let web = || value.starts_with(b"https://") || value.starts_with(b"http://");
                    assert!(match (&name[..], &attribute[..]) {
                        (b"a", b"href") => web(),
                        (b"a", b"rel") => value[..] == b"nofollow ugc noopener"[..],
                        (b"ol", b"start") => value.iter().all(u8::is_ascii_digit),
                        _ => false,
                    });
                }
                if !matches!(&name[..], b"br" | b"hr") {
                    open.push(name);
                }
                assert!(open.len() <= MAX_DEPTH);
            }
            Token::EndTag(tag) => assert_eq!(open.pop().as_deref(), Some(&tag.name[..])),
            Token::String(_) => {}
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => panic!("{out}"),
        }
    }
    assert!(open.is_empty());
    assert!(words(text).len() <= plain(text).len());
});

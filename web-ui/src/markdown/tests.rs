#![allow(clippy::unwrap_used)]

use html5gum::{Token, Tokenizer};
use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    html(text).to_string()
}

#[test]
fn what_people_type_is_shown_as_they_mean_it() {
    for (text, expected) in [
        ("Een\ntwee\r\n\r\n \n\ndrie\n", "<p>Een<br>twee</p><p>drie</p>"),
        (" \n ", ""),
        ("Breng *zelf* een **schep** mee", "<p>Breng <em>zelf</em> een <strong>schep</strong> mee</p>"),
        ("Mee:\n\n- schep\n- laarzen", "<p>Mee:</p><ul><li>schep</li><li>laarzen</li></ul>"),
        ("3. eerst\n4. dan", "<ol start=\"3\"><li>eerst</li><li>dan</li></ol>"),
        ("> Kom ook\n> allemaal", "<blockquote><p>Kom ook<br>allemaal</p></blockquote>"),
        ("`s Avonds eten we bij `t Anker", "<p>`s Avonds eten we bij `t Anker</p>"),
        ("    ingesprongen\n    woorden", "<p>ingesprongen<br>woorden</p>"),
        ("Groeten\n--\nJan", "<p>Groeten</p><hr><p>Jan</p>"),
        ("[Update]: afgelast", "<p>[Update]: afgelast</p>"),
        ("2 * 3 * 4 en een_twee_drie", "<p>2 * 3 * 4 en een_twee_drie</p>"),
        ("#buurtfeest", "<p>#buurtfeest</p>"),
        ("Soep & <b>brood</b>", "<p>Soep &amp; &lt;b&gt;brood&lt;/b&gt;</p>"),
        ("<script>\nalert(1)\n</script>", "<p>&lt;script&gt;<br>alert(1)<br>&lt;/script&gt;</p>"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn headings_fit_below_what_the_text_stands_in_and_skip_no_level() {
    let text = "# Wat\n\n### Waar\n\n###### Wanneer\n\n## Wie\n\n# Hoe";
    assert_eq!(shown(text), "<h3>Wat</h3><h4>Waar</h4><h5>Wanneer</h5><h4>Wie</h4><h3>Hoe</h3>");
    assert!(html(text).has_headings());
    assert!(!html("geen <h3>").has_headings());
}

#[test]
fn links_say_where_they_lead() {
    let link = |to: &str, words: &str| format!("<a href=\"{to}\" rel=\"nofollow ugc noopener\">{words}</a>");
    let site = "https://maasdorp.example/soep";
    for (text, expected) in [
        (format!("Zie {site}."), format!("Zie {}.", link(site, site))),
        (format!("<{site}>"), link(site, site)),
        (format!("[de soep]({site})"), link(site, "de soep <small>(maasdorp.example)</small>")),
        (
            "[https://bank.example](https://elders.example/)".to_owned(),
            link("https://elders.example/", "https://bank.example <small>(elders.example)</small>"),
        ),
        (
            "https://b\u{430}nk.example".to_owned(),
            link("https://xn--bnk-6cd.example/", "https://b\u{430}nk.example <small>(xn--bnk-6cd.example)</small>"),
        ),
        ("![een kaart](https://kaart.example/k.png)".to_owned(), {
            link("https://kaart.example/k.png", "een kaart <small>(kaart.example)</small>")
        }),
        ("[](https://leeg.example/)".to_owned(), link("https://leeg.example/", " <small>(leeg.example)</small>")),
        ("[https://a.example b](https://b.example/)".to_owned(), {
            link("https://b.example/", "https://a.example b <small>(b.example)</small>")
        }),
        ("[klik](javascript:alert(1)) [en](data:text/html,x) [hier](/beheer)".to_owned(), "klik en hier".to_owned()),
        ("[bank](https://bank.example@elders.example/)".to_owned(), "bank".to_owned()),
        ("<jan@dorp.example>".to_owned(), "jan@dorp.example".to_owned()),
        ("https://[::1]:80/ en ![a [b](https://b.example/)](https://c.example/)".to_owned(), {
            format!("https://[::1]:80/ en {}", link("https://c.example/", "a b <small>(c.example)</small>"))
        }),
    ] {
        assert_eq!(shown(&text), format!("<p>{expected}</p>"), "{text:?}");
    }
}

#[test]
fn words_are_what_is_left_without_the_marks() {
    let text =
        "# Soep\n\nMet *brood*, zie [het menu](https://maasdorp.example/m).\n\n- tomaat\n- kip\n\n1. eerst\n2. dan";
    assert_eq!(words(text), "Soep\nMet brood, zie het menu.\n- tomaat\n- kip\n1. eerst\n2. dan");
    assert!(plain(text).contains("zie het menu (https://maasdorp.example/m)."));
    assert_eq!(plain("https://maasdorp.example"), "https://maasdorp.example");
}

#[test]
fn what_is_deep_stays_shallow_and_says_all_it_said() {
    for mark in ["> ", "- ", "1. ", "*a **b ", "[", "![", "<b>", "# "] {
        let text = format!("{}eind", mark.repeat(2_000));
        let out = shown(&text);
        assert!(out.contains("eind"), "{mark:?}");
        check(&text, &out);
    }
}

#[test]
fn a_text_too_long_to_be_read_is_shown_as_it_was_written() {
    let text = format!("*a* <b>\nc\n\n\n{}", "d".repeat(MAX_PARSED));
    assert!(shown(&text).starts_with("<p>*a* &lt;b&gt;<br>c</p><p>ddd"));
    assert_eq!(plain(&text), text);
}

/// Holds HTML to what this module promises of it, read by another parser of HTML.
fn check(text: &str, out: &str) {
    let mut open: Vec<String> = Vec::new();
    for token in Tokenizer::new(out) {
        match token.unwrap() {
            Token::StartTag(tag) => {
                let name = String::from_utf8(tag.name.to_vec()).unwrap();
                assert!(ELEMENTS.contains(&name.as_str()), "{name} in {out} of {text:?}");
                assert!(name != "a" || !open.contains(&name), "a link in a link: {out}");
                for (attribute, value) in &tag.attributes {
                    let value = String::from_utf8(value.to_vec()).unwrap();
                    let fits = match (name.as_str(), &attribute[..]) {
                        ("a", b"href") => value.starts_with("https://") || value.starts_with("http://"),
                        ("a", b"rel") => value == "nofollow ugc noopener",
                        ("ol", b"start") => value.parse::<u64>().is_ok(),
                        _ => false,
                    };
                    assert!(fits, "{name} has {attribute:?} = {value:?} of {text:?}");
                }
                if !matches!(name.as_str(), "br" | "hr") {
                    open.push(name);
                }
                assert!(open.len() <= MAX_DEPTH, "{} deep: {out}", open.len());
            }
            Token::EndTag(tag) => assert_eq!(open.pop().unwrap().as_bytes(), &tag.name[..], "{out} of {text:?}"),
            Token::String(_) => {}
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => panic!("{out} of {text:?}"),
        }
    }
    assert!(open.is_empty(), "{out} of {text:?}");
    assert!(out.len() <= 64 * text.len() + 64, "{} bytes come to {}", text.len(), out.len());
}

/// Texts that a parser of Markdown, or of HTML, may take for something.
fn marked() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        " ",
        "\n",
        "\n\n",
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        "# ",
        "> ",
        "- ",
        "1. ",
        "    ",
        "\t",
        "[",
        "]",
        "(",
        ")",
        "]:",
        "](",
        "!",
        "<",
        ">",
        "&",
        "&lt;",
        "&#0;",
        "\"",
        "'",
        "\\",
        "<b>",
        "</p>",
        "<!--",
        "-->",
        "<script>",
        "<![CDATA[",
        "javascript:x",
        "https://a.example",
        "http://b.example/?x=1&y=\"",
        "https://x@y.example",
        "<https://c.example>",
        "](https://d.example)",
        "|",
        "---",
        "===",
        "\u{0}",
        "\u{202e}",
        "\u{1b}",
        "\u{fdd0}",
        "\u{1fffe}",
        "é",
        "🚒",
        "\r\n",
    ]);
    prop::collection::vec(pieces, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn only_what_is_promised_comes_out(text in marked()) {
        check(&text, &shown(&text));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,400}") {
        check(&text, &shown(&text));
        prop_assert!(plain(&text).len() <= 64 * text.len() + 64);
    }

    #[test]
    fn every_word_is_still_there(list in prop::collection::vec("[a-z]{1,8}", 1..40), marks in prop::collection::vec(0_usize..6, 40)) {
        let pieces: Vec<String> = list.iter().zip(&marks).map(|(word, mark)| match mark {
            0 => format!("*{word}*"),
            1 => format!("**{word}**"),
            2 => format!("\n\n- {word}\n\n"),
            3 => format!("\n\n> {word}\n\n"),
            4 => format!("\n\n# {word}\n\n"),
            _ => word.clone(),
        }).collect();
        let said = words(&pieces.join(" "));
        let said: Vec<&str> = said.split_whitespace().filter(|word| *word != "-").collect();
        prop_assert_eq!(said, list);
    }
}

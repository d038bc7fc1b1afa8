//! The files every page may name: style sheet, icon and the browser's module, made by `build/` and kept in the binary.
//!
//! Their names carry the hash of their content, so they are served as immutable. The program holds them packed and nothing else:
//! unpacked they are three times as much, and asked for by few.

use std::io::Read as _;

/// One served file.
#[derive(Debug)]
pub struct Asset {
    /// Its name in the source tree, for example `icon.svg`.
    pub name: &'static str,
    /// Its path on the site, for example `/static/square.0123456789abcdef.css`.
    pub url: &'static str,
    /// The value of its `Content-Type` header.
    pub media_type: &'static str,
    /// The first 16 hex digits of the SHA-256 of [`Asset::plain`]; an entity tag once it is quoted.
    pub hash: &'static str,
    /// The bytes for readers whose `Accept-Encoding` has `br`: every browser over https.
    pub brotli: &'static [u8],
}

impl Asset {
    /// The bytes as they are, unpacked for whoever reads over http on the local network: half a megabyte at most, in some
    /// milliseconds.
    #[must_use]
    pub fn plain(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        let mut packed = brotli::Decompressor::new(self.brotli, BUFFER);
        packed.read_to_end(&mut plain).expect("the build packed it; a test here unpacks every one");
        plain
    }
}

/// Unpacking goes by so many bytes at a time.
const BUFFER: usize = 4096;

/// Every served file, in order of [`Asset::name`].
pub static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/static_assets.rs"));

/// The file served at a path such as `/static/square.0123456789abcdef.css`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.url == path)
}

/// The path of a file by its name in the source tree.
#[must_use]
pub fn url(name: &str) -> Option<&'static str> {
    ALL.iter().find(|asset| asset.name == name).map(|asset| asset.url)
}

/// The path of the site's icon.
#[must_use]
pub fn icon_url() -> &'static str {
    url("icon.svg").expect("web-ui/assets holds icon.svg; a test here checks it")
}

/// The path of the script that starts the browser's module, or `None` when this box was built for reading only.
#[must_use]
pub fn script_url() -> Option<&'static str> {
    url("app.js")
}

/// The path of the script that adds suggestions to the search field.
#[must_use]
pub fn suggest_url() -> &'static str {
    url("suggest.js").expect("web-ui/assets holds suggest.js; a test here checks it")
}

/// The path of the script that pages for reading have besides.
#[must_use]
pub fn reading_url() -> &'static str {
    url("reading.js").expect("web-ui/assets holds reading.js; a test here checks it")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn every_asset_is_found_by_its_url_and_carries_its_hash() {
        for asset in ALL {
            assert_eq!(find(asset.url).unwrap().name, asset.name);
            assert!(asset.url.contains(asset.hash), "{} lacks its hash", asset.url);
        }
        assert!(find("/static/square.css").is_none());
    }

    #[test]
    fn what_is_unpacked_has_the_hash_in_its_name() {
        for asset in ALL {
            let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(asset.plain()));
            assert!(hash.starts_with(asset.hash), "{}", asset.name);
        }
    }

    #[test]
    fn the_style_sheet_and_the_icon_are_served() {
        assert_eq!(find(icon_url()).unwrap().media_type, "image/svg+xml");
        for script in [suggest_url(), reading_url()] {
            assert!(find(script).unwrap().media_type.starts_with("text/javascript"));
        }
    }

    #[test]
    fn the_script_names_the_glue_and_the_glue_names_the_module() {
        let Some(script) = script_url() else {
            panic!("this box was built for reading only; the tests need the browser's module");
        };
        let text = |url: &str| String::from_utf8(find(url).unwrap().plain()).unwrap();
        let last_part = |name: &str| url(name).unwrap().rsplit('/').next().unwrap().to_owned();
        for module in ["browser", "meeting", "inside"] {
            let glue = format!("{module}.js");
            assert!(text(script).contains(&last_part(&glue)));
            assert!(text(url(&glue).unwrap()).contains(&last_part(&format!("{module}_bg.wasm"))));
        }
    }

    #[test]
    fn the_module_names_no_folder_of_the_machine_that_built_it() {
        let workspace = env!("CARGO_MANIFEST_DIR").strip_suffix("/node").unwrap();
        for name in ["browser_bg.wasm", "meeting_bg.wasm", "inside_bg.wasm"] {
            let module = find(url(name).unwrap()).unwrap().plain();
            for local in [workspace, "registry/src"] {
                assert!(!module.windows(local.len()).any(|part| part == local.as_bytes()), "{name} names {local}");
            }
        }
    }
}

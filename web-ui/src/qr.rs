//! QR codes as paths: what a camera reads of a letter, a card or a device that is being linked.

use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone around the code, in modules (ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;

/// A QR code to draw as an SVG image, one unit for each module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrImage {
    /// Its width and height, the quiet zone around it included.
    pub side: i32,
    /// The dark modules as a path. Everything else is white, whatever the colours of the page: cameras want it so.
    pub path: String,
}

impl QrImage {
    /// The code of `text`, of which about a seventh may be damaged: letters get folded. None when the text is longer than
    /// such a code holds.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        Some(Self { side: code.size() + 2 * QUIET, path: dark_modules(&code) })
    }
}

/// The code of `text` for a console: two rows of it in a line of letters, the quiet zone around it included. What is light is
/// drawn and what is dark is left out, because consoles are dark. None when the text is longer than such a code holds.
#[cfg(feature = "pages")]
#[must_use]
pub fn for_console(text: &str) -> Option<String> {
    // On a screen nothing is folded.
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let all = -QUIET..code.size() + QUIET;
    let mut lines = String::new();
    for y in all.clone().step_by(2) {
        // Below the last row there is nothing to draw.
        let light = |x, y| all.contains(&y) && !code.get_module(x, y);
        lines.extend(all.clone().map(|x| match (light(x, y), light(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        lines.push('\n');
    }
    Some(lines)
}

/// The dark modules as a path: one rectangle for each run in a row.
fn dark_modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|at| code.get_module(*at, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[cfg(feature = "pages")]
    #[test]
    fn a_console_shows_every_module() {
        let text = "http://192.168.178.20:8080/";
        let code = QrCode::encode_text(text, QrCodeEcc::Low).unwrap();
        let shown = for_console(text).unwrap();
        let wide = usize::try_from(code.size() + 2 * QUIET).unwrap();
        assert!(wide < 80 && shown.lines().all(|line| line.chars().count() == wide), "{shown}");
        assert_eq!(shown.lines().count(), wide.div_ceil(2));
        for (line, y) in shown.lines().zip((-QUIET..).step_by(2)) {
            for (letter, x) in line.chars().zip(-QUIET..) {
                assert_eq!("█▀".contains(letter), !code.get_module(x, y), "{x} {y}");
                let below = y + 1 < code.size() + QUIET && !code.get_module(x, y + 1);
                assert_eq!("█▄".contains(letter), below, "{x} {y}");
            }
        }
        assert_eq!(for_console(&"x".repeat(3000)), None);
    }

    #[test]
    fn the_path_covers_exactly_the_dark_modules() {
        let code = QrCode::encode_text("https://maasdorp.example/meedoen#7K3M92XQA4TD", QrCodeEcc::Medium).unwrap();
        let mut covered = std::collections::BTreeSet::new();
        for part in dark_modules(&code).split('M').skip(1) {
            let (from, rest) = part.split_once('h').unwrap();
            let (x, y) = from.split_once(' ').unwrap();
            let run: i32 = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            covered.extend((0..run).map(|at| (x + at - QUIET, y - QUIET)));
        }
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        assert_eq!(covered, dark.filter(|(x, y)| code.get_module(*x, *y)).collect());
    }
}

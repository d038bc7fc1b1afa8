//! Failures of before: every plan in `tests/plans` failed once, and must not fail again.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use dorpsplein_simulations::recording::Recording;
use dorpsplein_simulations::trial::try_out;

#[test]
fn what_was_mended_stays_mended() {
    let folder = Path::new("tests/plans");
    let mut ran = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let recording = Recording::load(&path).unwrap();
        if recording.plan.planted.is_some() {
            continue;
        }
        let ending = try_out(&recording.plan, &mut ()).unwrap();
        assert_eq!(ending.failures(), [], "{}: {}", path.display(), recording.found);
        ran += 1;
    }
    assert!(ran > 0, "there is no plan in {}", folder.display());
}

/// Plans in which a mistake is planted fail with it, by the checker that found it first, and are well without it.
#[cfg(feature = "planted")]
#[test]
fn what_was_planted_is_found_again() {
    let folder = Path::new("tests/plans");
    for entry in folder.read_dir().unwrap() {
        let recording = Recording::load(&entry.unwrap().path()).unwrap();
        if recording.plan.planted.is_none() {
            continue;
        }
        let ending = try_out(&recording.plan, &mut ()).unwrap();
        assert!(ending.is_found_by(&recording.checker), "{}: {:?}", recording.found, ending.failures());
        let well = dorpsplein_simulations::plan::Plan { planted: None, ..recording.plan };
        assert_eq!(try_out(&well, &mut ()).unwrap().failures(), [], "{} without the mistake", recording.found);
    }
}

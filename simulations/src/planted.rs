//! Mistakes planted in the program itself, one for each run, to see that the checkers find them.

use dorpsplein_protocol::planted::Bug;
use thiserror::Error;

/// The plan names a mistake that cannot be planted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnknownBug {
    /// There is none of this name.
    #[error("there is no mistake called {0}")]
    NoSuchName(String),
    /// The program was built without mistakes, as it has to be but for this.
    #[error("this program has no mistakes planted in it: build it with the feature `planted`")]
    NotBuilt,
}

/// The mistake is made on this thread until this is dropped.
#[derive(Debug)]
#[must_use = "the mistake is taken away as soon as this is dropped"]
pub struct Planted(());

/// Plants a mistake by its name, or none.
///
/// # Errors
/// [`UnknownBug`].
pub fn plant(name: Option<&str>) -> Result<Planted, UnknownBug> {
    let find = |name: &str| Bug::named(name).ok_or_else(|| UnknownBug::NoSuchName(name.to_owned()));
    set(name.map(find).transpose()?)?;
    Ok(Planted(()))
}

impl Drop for Planted {
    fn drop(&mut self) {
        // Nothing was planted where that cannot be done.
        set(None).ok();
    }
}

#[cfg(feature = "planted")]
fn set(bug: Option<Bug>) -> Result<(), UnknownBug> {
    dorpsplein_protocol::planted::plant(bug);
    Ok(())
}

#[cfg(not(feature = "planted"))]
const fn set(bug: Option<Bug>) -> Result<(), UnknownBug> {
    if bug.is_some() { Err(UnknownBug::NotBuilt) } else { Ok(()) }
}

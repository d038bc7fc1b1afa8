//! Mistakes planted in the program, to see that the checkers find them.

#[cfg(feature = "planted")]
use dorpsplein_protocol::planted;
use dorpsplein_protocol::planted::Bug;
use thiserror::Error;

/// The plan names a mistake that there is none of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no mistake called {0}")]
pub struct UnknownBug(pub String);

/// The mistake is made until this is dropped.
#[derive(Debug)]
pub struct Planted(());

/// Plants a mistake by its name, or none.
///
/// # Errors
/// [`UnknownBug`].
pub fn plant(name: Option<&str>) -> Result<Planted, UnknownBug> {
    let find = |name: &str| Bug::named(name).ok_or_else(|| UnknownBug(name.to_owned()));
    let bug = name.map(find).transpose()?;
    #[cfg(feature = "planted")]
    planted::plant(bug);
    #[cfg(not(feature = "planted"))]
    if let Some(bug) = bug {
        return Err(UnknownBug(bug.name().to_owned()));
    }
    Ok(Planted(()))
}

impl Drop for Planted {
    fn drop(&mut self) {
        #[cfg(feature = "planted")]
        planted::plant(None);
    }
}

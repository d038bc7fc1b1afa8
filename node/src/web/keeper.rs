//! Who may see how a box fares, and tell it to get on with it: a connector who is logged in, or whoever has its folder.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::operation::Role;
use sha2::{Digest, Sha256};

use super::SiteState;
use super::error::Problem;
use super::sessions::Visitor;

/// What a box writes into its folder when it starts: who can read it there has the folder, and so everything in it.
///
/// Being on the same machine proves nothing: behind a reverse proxy every visitor seems to be.
#[derive(Clone, Debug)]
pub struct FolderToken([u8; 32]);

impl FolderToken {
    /// From 32 random bytes.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// As it is written, and sent as `Authorization: Bearer …`: 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// Whether these headers bring it. Compared by hash, so that the time it takes tells nothing.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        given.and_then(hex::decode).is_some_and(|given| Sha256::digest(given) == Sha256::digest(self.0))
    }
}

/// Somebody who looks after the box.
pub(super) struct Keeper;

impl FromRequestParts<SiteState> for Keeper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Problem> {
        if state.folder_token.as_ref().is_some_and(|token| token.is_in(&parts.headers)) {
            return Ok(Self);
        }
        let visitor = <Visitor as FromRequestParts<SiteState>>::from_request_parts(parts, state).await?;
        match visitor.role {
            Role::Connector => Ok(Self),
            Role::Resident => Err(Problem::new("not-a-connector", "this is for connectors")),
        }
    }
}

/// A command that can read the box's folder, and so has everything that is in it anyway.
pub(super) struct FolderHolder;

impl FromRequestParts<SiteState> for FolderHolder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Problem> {
        let has_it = state.folder_token.as_ref().is_some_and(|token| token.is_in(&parts.headers));
        has_it.then_some(Self).ok_or_else(|| Problem::new("not-logged-in", "this is for who has the box's folder"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = FolderToken::new([7; 32]);
        let brings =
            |value: &str| token.is_in(&[(header::AUTHORIZATION, value.parse().unwrap())].into_iter().collect());
        assert!(brings(&format!("Bearer {}", token.to_hex())));
        for other in ["", "Bearer ", "Bearer 07", &token.to_hex(), &format!("Basic {}", token.to_hex())] {
            assert!(!brings(other), "{other}");
        }
        assert!(!brings(&format!("Bearer {}", FolderToken::new([8; 32]).to_hex())));
        assert!(!token.is_in(&HeaderMap::new()));
    }
}

//! How this box asks others over http: another box, somebody's calendar, a push service. One way for all of them, on the
//! cryptography that the box's own TLS is built on.

mod public_hosts;

use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::tls::TlsConfig;
use ureq::typestate::AgentScope;

use crate::https::crypto_provider;

pub(crate) use public_hosts::PublicHosts;

/// What this program says that it is.
const USER_AGENT: &str = concat!("dorpsplein/", env!("CARGO_PKG_VERSION"));

/// Settings of a client that waits at most `patience` for a whole answer, takes any status for an answer, and goes nowhere
/// else when it is sent there.
pub(crate) fn client_config(patience: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .max_redirects(0)
        .user_agent(USER_AGENT)
        .tls_config(TlsConfig::builder().unversioned_rustls_crypto_provider(crypto_provider()).build())
}

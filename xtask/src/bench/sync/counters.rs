//! What the kernel counted.

use std::fs;
use std::net::UdpSocket;

use anyhow::{Context, Result};

/// Where the two boxes talk, and whose counter says how much.
///
/// Over `::1` the kernel's count of IPv6 octets is theirs alone: the questions this program asks them go over IPv4. On a
/// machine without IPv6 the loopback interface counts both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Ip6,
    Loopback,
}

impl Wire {
    /// The better of the two that this machine has.
    pub(super) fn find() -> Self {
        let counted = octets_of(&fs::read_to_string(SNMP6).unwrap_or_default(), IP6_COUNTER).is_some();
        if counted && UdpSocket::bind(("::1", 0)).is_ok() { Self::Ip6 } else { Self::Loopback }
    }

    /// The address the boxes listen on.
    pub(super) const fn host(self) -> &'static str {
        match self {
            Self::Ip6 => "::1",
            Self::Loopback => "127.0.0.1",
        }
    }

    /// What this counts, for whoever reads the figures.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Ip6 => "IPv6 octets of the kernel, headers included; nothing else used IPv6",
            Self::Loopback => "bytes of the loopback interface, the questions of this program included",
        }
    }

    /// Octets sent so far.
    pub(super) fn octets(self) -> Result<u64> {
        let (path, counter) = match self {
            Self::Ip6 => (SNMP6, IP6_COUNTER),
            Self::Loopback => (DEVICES, LOOPBACK),
        };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
        octets_of(&text, counter).with_context(|| format!("{path} has no {counter}"))
    }
}

const SNMP6: &str = "/proc/net/snmp6";
const IP6_COUNTER: &str = "Ip6OutOctets";
const DEVICES: &str = "/proc/net/dev";
const LOOPBACK: &str = "lo:";

/// The first number behind a counter's name.
fn octets_of(text: &str, counter: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(counter))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_by_its_name() {
        let snmp = "Ip6InOctets      \t7\nIp6OutOctets                   \t123456\n";
        assert_eq!(octets_of(snmp, IP6_COUNTER), Some(123_456));
        let devices = " face |bytes    packets\n    lo: 2718063822  943998    0    0\n  eth0: 1 2\n";
        assert_eq!(octets_of(devices, LOOPBACK), Some(2_718_063_822));
        assert_eq!(octets_of(devices, IP6_COUNTER), None);
    }
}

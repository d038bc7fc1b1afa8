//! `wrk`, which asks for one address over and over on several connections at once.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process::output;

/// Connections at one time.
pub(super) const CONNECTIONS: u32 = 8;
/// Threads that serve them; the box needs the processor more.
const THREADS: u32 = 1;
/// Seconds before it counts: caches fill, and the processor comes up to speed.
const WARMING_UP: u32 = 1;

/// What a box answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    /// Answers a second.
    pub(super) each_second: f64,
    /// Half of the answers came within so many milliseconds.
    pub(super) half_ms: f64,
    /// Of a hundred answers 99 came within so many milliseconds.
    pub(super) slow_ms: f64,
}

/// Asks for an address for so many seconds, with more headers than one that brotli is welcome.
///
/// # Errors
/// When `wrk` cannot be started, or an answer was none that was asked for: an error, or a connection that broke off.
pub(super) fn ask(url: &str, seconds: u32, headers: &[&str]) -> Result<Load> {
    let ask = |seconds: u32| {
        let mut wrk = Command::new("wrk");
        wrk.args([format!("-t{THREADS}"), format!("-c{CONNECTIONS}"), format!("-d{seconds}s")]);
        wrk.args(["--latency", "-H", "Accept-Encoding: br"]);
        for header in headers {
            wrk.args(["-H", header]);
        }
        output(wrk.arg(url))
    };
    ask(WARMING_UP)?;
    read(&ask(seconds)?).with_context(|| format!("asking for {url}"))
}

fn read(said: &str) -> Result<Load> {
    let after = |name: &str| said.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
    for trouble in ["Non-2xx or 3xx responses:", "Socket errors:"] {
        let seen = after(trouble);
        ensure!(seen.is_none(), "{trouble} {}", seen.unwrap_or_default());
    }
    let each_second = after("Requests/sec:").context("wrk counts no answers")?.parse().context("a rate is a number")?;
    let within = |share: &str| {
        let time = after(share).with_context(|| format!("wrk tells no {share}"))?;
        milliseconds(time).context("a time with its unit")
    };
    Ok(Load { each_second, half_ms: within("50%")?, slow_ms: within("99%")? })
}

/// A time as `wrk` writes it, such as `812.00us`, `3.20ms` or `1.10s`.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("m", 60_000.0), ("s", 1_000.0)];
    units.iter().find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SAID: &str = "Running 5s test @ http://127.0.0.1:8080/\n  Latency Distribution\n     50%  243.00us\n     99%    \
                        1.21ms\n  78901 requests in 5.00s, 201.22MB read\nRequests/sec:  15780.20\n";

    #[test]
    fn rates_and_times_are_read() {
        assert_eq!(read(SAID).unwrap(), Load { each_second: 15_780.2, half_ms: 0.243, slow_ms: 1.21 });
        assert_eq!(milliseconds("812.00us"), Some(0.812));
        assert_eq!(milliseconds("1.10s"), Some(1_100.0));
        assert_eq!(milliseconds("fast"), None);
    }

    #[test]
    fn errors_are_not_counted_as_answers() {
        let refused = format!("{SAID}  Non-2xx or 3xx responses: 12\n");
        assert!(read(&refused).unwrap_err().to_string().contains("12"));
    }
}

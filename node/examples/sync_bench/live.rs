//! One live change at a time: handed in at one box, looked for on the other's page.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dorpsplein_node::clock;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::Page;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use ureq::Agent;

use crate::village;

/// How long a change may take to be readable before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands in `count` changes at the site `writes`, one each `pause`, and asks the site `reads` for the page of each until it
/// is there. Times are milliseconds from the answer that says it is durable, and from the moment of handing in.
pub(crate) fn measure(root: &Path, writes: &str, reads: &str, count: u64, pause: Duration, seed: u64) -> Result<Value> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut devices = village::load(root)?;
    let agent: Agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let (mut durable, mut handed_in) = (Vec::new(), Vec::new());
    let bar = village::bar(count, "live changes");
    for number in 0..count {
        let index = number as usize % devices.len();
        let device = &mut devices[index];
        let signed = village::write(device, device.home(), &mut random, number, clock::now());
        let page = format!("{reads}{}", Page::Event.path(Lang::Nl, &signed.id().to_string()));
        let begun = Instant::now();
        let answer = agent
            .post(format!("{writes}/api/v1/operations"))
            .content_type("application/cbor")
            .send(&signed.encode()[..])?;
        ensure!(answer.status() == 201, "the change was answered with {}", answer.status());
        let stored = Instant::now();
        loop {
            let mut answer = agent.get(&page).call()?;
            let readable = answer.status() == 200;
            answer.body_mut().read_to_vec()?;
            if readable {
                break;
            }
            ensure!(stored.elapsed() < PATIENCE, "a change was not readable next door in {PATIENCE:?}");
        }
        durable.push(stored.elapsed());
        handed_in.push(begun.elapsed());
        bar.inc(1);
        thread::sleep(pause);
    }
    bar.finish_and_clear();
    village::save(root, &devices)?;
    Ok(json!({ "changes": count, "from_durable_ms": spread(durable), "from_handing_in_ms": spread(handed_in) }))
}

/// Where half and 99 of 100 are below, and the longest, in milliseconds.
pub(crate) fn spread(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |share: f64| {
        let index = (times.len() as f64 * share).ceil() as usize;
        times.get(index.saturating_sub(1)).map(|time| time.as_secs_f64() * 1000.0)
    };
    json!({ "p50": at(0.5), "p99": at(0.99), "max": at(1.0) })
}

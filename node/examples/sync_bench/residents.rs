//! Many residents at once, each with a device and a line of their own, hand in one post after another and wait for the
//! answer, which a box gives when the post is on its disk.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use dorpsplein_node::clock;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use ureq::Agent;

use crate::live::spread;
use crate::village;

/// Hands in `count` posts at the site, divided over so many residents. Everything is signed before the clock begins: that
/// is what phones do, not the box.
pub(crate) fn hand_in(root: &Path, site: &str, at_once: usize, count: u64, seed: u64) -> Result<Value> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut devices = village::load(root)?;
    ensure!((1..=devices.len()).contains(&at_once), "there are {} residents", devices.len());
    let mut signed = vec![Vec::new(); at_once];
    let mut bytes = 0;
    for number in 0..count {
        let index = number as usize % at_once;
        let device = &mut devices[index];
        let operation = village::write(device, device.home(), &mut random, number, clock::now()).encode();
        bytes += operation.len();
        signed[index].push(operation);
    }
    // Before they are sent: a count that was sent and forgotten would be used twice.
    village::save(root, &devices)?;
    let url = format!("{site}/api/v1/operations");
    let begun = Instant::now();
    let times = thread::scope(|scope| {
        let at_work: Vec<_> = signed.iter().map(|operations| scope.spawn(|| hand_in_all(&url, operations))).collect();
        let mut times = Vec::new();
        for resident in at_work {
            times.extend(resident.join().map_err(|_| anyhow!("a resident broke off"))??);
        }
        anyhow::Ok(times)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(json!({ "posts": count, "bytes": bytes, "seconds": seconds, "answered_ms": spread(times) }))
}

/// How long the answer to each took.
fn hand_in_all(url: &str, operations: &[Vec<u8>]) -> Result<Vec<Duration>> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let hand_in = |operation: &Vec<u8>| {
        let begun = Instant::now();
        let mut answer = agent.post(url).content_type("application/cbor").send(&operation[..])?;
        ensure!(answer.status() == 201, "a post was answered with {}", answer.status());
        answer.body_mut().read_to_vec()?;
        Ok(begun.elapsed())
    };
    operations.iter().map(hand_in).collect()
}

//! The villages of the benchmark: folders as `dorpsplein init` makes them, treaties, residents with devices of their own,
//! and what those wrote, all through the one door.

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use dorpsplein_node::cli::{Author, Door, Terms, accept_from, found, offer_to, open_invitation};
use dorpsplein_node::clock;
use dorpsplein_node::config::{Config, LocalNetwork};
use dorpsplein_node::data_folder::{DataFolder, connector_key};
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::driver;
use dorpsplein_node::first_run::Founding;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Kind, NeighbourhoodId, OperationId, Role, Signed, Space};
use dorpsplein_protocol::time::Timestamp;
use futures::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::words;

/// The village that writes.
pub(crate) const WRITES: &str = "maasdorp";
/// The village that reads.
pub(crate) const READS: &str = "elzenbroek";
/// The village whose box means harm.
pub(crate) const HARMS: &str = "waterkant";
/// Residents of the village that writes.
const RESIDENTS: u16 = 100;
/// Operations under way at one moment while a box is filled.
const AT_ONCE: usize = 256;
const YEAR_MS: u64 = 365 * 24 * 3_600_000;
const DEVICES_FILE: &str = "devices.json";

/// When what is written was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// Evenly over the last year, oldest first.
    Year,
    /// At any moment of the last year.
    Scattered,
    /// In the last minutes.
    Now,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum What {
    /// Events for the neighbours.
    Events,
    /// What stands on a square: of every ten posts one event, four news items, three offers and two requests.
    Square,
}

/// How a box is filled.
pub(crate) struct Fill {
    pub(crate) count: u64,
    pub(crate) when: When,
    pub(crate) what: What,
    pub(crate) seed: u64,
}

/// A device of a resident, between two runs.
#[derive(Serialize, Deserialize)]
struct Kept {
    seed: String,
    sequence: u64,
    previous: Option<String>,
}

/// Founds the villages and has them agree; their boxes are not running.
///
/// `host` is the loopback address they listen on for each other; `harm` says whether one of them means harm, which has a
/// treaty with both others. Without it nobody dials a box that is not there.
pub(crate) fn begin(root: &Path, host: &str, harm: bool) -> Result<Value> {
    let villages = if harm { vec![WRITES, READS, HARMS] } else { vec![WRITES, READS] };
    for name in &villages {
        begin_one(root, name, host)?;
    }
    let now = clock::now();
    let doors = villages.iter().map(|name| Ok((*name, Door::open(&root.join(name))?))).collect::<Result<Vec<_>>>()?;
    for (index, (one, door)) in doors.iter().enumerate() {
        for (other, there) in &doors[index + 1..] {
            agree(root, (one, door), (other, there), now)?;
        }
    }
    move_in(root, &doors[0].1, now)?;
    let described = villages.iter().map(|name| {
        let config = dorpsplein_node::data_folder::read_config(&root.join(name))?;
        Ok(json!({ "name": name, "dir": root.join(name), "site": format!("http://{}", config.site) }))
    });
    Ok(json!({ "villages": described.collect::<Result<Vec<_>>>()?, "residents": RESIDENTS }))
}

/// A treaty of one village with another.
fn agree(root: &Path, one: (&str, &Door), other: (&str, &Door), now: Timestamp) -> Result<()> {
    let mut offering = Author::open(&connector_key(&root.join(one.0)), one.1)?;
    let (link, _) = offer_to(&mut offering, one.1, other.1.home()?, Terms::USUAL, now)?;
    let mut accepting = Author::open(&connector_key(&root.join(other.0)), other.1)?;
    accept_from(&mut accepting, other.1, &link, Terms::USUAL, now)?;
    Ok(())
}

fn begin_one(root: &Path, name: &str, host: &str) -> Result<()> {
    let dir = root.join(name);
    let udp = UdpSocket::bind((host, 0)).with_context(|| format!("cannot listen on {host}"))?.local_addr()?;
    let family = if udp.is_ipv6() { "ip6" } else { "ip4" };
    let mut title = name.to_owned();
    title[..1].make_ascii_uppercase();
    found(&Founding {
        dir: dir.clone(),
        name: title,
        tagline: None,
        help: None,
        site: Some(free_tcp()?),
        listen: Some(vec![format!("/{family}/{host}/udp/{}/quic-v1", udp.port()).parse()?]),
        public_url: None,
        mdns: LocalNetwork::Off,
        https: None,
        first: Role::Resident,
        now: clock::now(),
    })?;
    let config = dorpsplein_node::data_folder::read_config(&dir)?;
    let config = Config { metrics: Some(free_tcp()?), ..config };
    fs::write(dir.join("box.toml"), config.render()).context("cannot write box.toml")
}

fn free_tcp() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Residents join, each with a device.
fn move_in(root: &Path, door: &Door, now: Timestamp) -> Result<()> {
    let mut connector = Author::open(&connector_key(&root.join(WRITES)), door)?;
    let mut devices = Vec::new();
    let bar = bar(u64::from(RESIDENTS), "residents join");
    for number in 0..RESIDENTS {
        let one_time = secret(2, number);
        open_invitation(&mut connector, one_time.public(), Role::Resident, 30, now)?;
        let invitation = door.invitation(&one_time.public())?;
        let mut device = Device::new(secret(3, number), door.home()?);
        door.submit(&device.claim(invitation, &one_time, [7; 16], now).encode())?;
        devices.push(device);
        bar.inc(1);
    }
    bar.finish_and_clear();
    save(root, &devices)
}

/// Fills the box that writes, which is not running, with so many operations.
pub(crate) fn fill(root: &Path, fill: &Fill) -> Result<Value> {
    let &Fill { count, when, what, seed } = fill;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut devices = load(root)?;
    let folder = DataFolder::open(&root.join(WRITES))?;
    let (home, own) = (folder.config().neighbourhood, folder.box_key().public());
    let runtime = tokio::runtime::Runtime::new()?;
    let begun = std::time::Instant::now();
    let (bytes, sample) = runtime.block_on(async {
        let store = Arc::new(DiskStore::open(&folder.store_path())?);
        let driver = driver::start(store, home, own, None).await?;
        let handle = driver.handle();
        let bar = bar(count, "operations are written");
        let (mut bytes, mut sample) = (0, Vec::new());
        let written = (0..count).map(|number| {
            let device = &mut devices[number as usize % usize::from(RESIDENTS)];
            let at = moment(&mut random, number, count, when);
            let signed = match what {
                What::Events => write(device, home, &mut random, number, at).encode(),
                What::Square => post(device, home, &mut random, number, at).encode(),
            };
            bytes += signed.len();
            if sample.len() < SAMPLE_BYTES {
                sample.extend_from_slice(&signed);
            }
            signed
        });
        let mut answers = stream::iter(written).map(|operation| handle.submit(operation)).buffered(AT_ONCE);
        while let Some(answer) = answers.next().await {
            answer.map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))?;
            bar.inc(1);
        }
        drop(answers);
        bar.finish_and_clear();
        driver.stop().await;
        anyhow::Ok((bytes, sample))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    save(root, &devices)?;
    Ok(json!({
        "operations": count,
        "bytes_each": bytes as f64 / count.max(1) as f64,
        "packed_bytes_each": packed(&sample) * bytes as f64 / count.max(1) as f64,
        "seconds": seconds,
    }))
}

/// How much of the operations is put through a packer to see how far they can be packed at all.
const SAMPLE_BYTES: usize = 4 << 20;

/// To which share of their size operations can be packed by brotli at its best, many at once: the limit for any batch.
fn packed(sample: &[u8]) -> f64 {
    use std::io::Write;
    const QUALITY: u32 = 9;
    const WINDOW_BITS: u32 = 24;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW_BITS);
    match writer.write_all(sample) {
        Ok(()) => writer.into_inner().len() as f64 / sample.len().max(1) as f64,
        Err(_) => 1.0,
    }
}

fn moment(random: &mut ChaCha8Rng, number: u64, count: u64, when: When) -> Timestamp {
    let now = clock::now().as_millis();
    let ago = match when {
        When::Year => YEAR_MS - YEAR_MS / count.max(1) * number,
        When::Scattered => random.random_range(0..YEAR_MS),
        When::Now => 0,
    };
    Timestamp::from_millis(now - ago)
}

/// One event for the neighbours.
pub(crate) fn write(
    device: &mut Device,
    home: NeighbourhoodId,
    random: &mut ChaCha8Rng,
    number: u64,
    at: Timestamp,
) -> Signed {
    let place = Place { neighbourhood: home, space: Space::Neighbours };
    let now = jiff::Timestamp::from_millisecond(clock::now().as_millis().cast_signed());
    let now = now.expect("the clock of this machine stands in a year there is");
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    device.create(place, Kind::EVENT, None, words::event(random, number, today), at)
}

/// The next of what stands on a square.
fn post(device: &mut Device, home: NeighbourhoodId, random: &mut ChaCha8Rng, number: u64, at: Timestamp) -> Signed {
    let kind = match number % 10 {
        0 => return write(device, home, random, number, at),
        1..5 => Kind::NEWS,
        5..8 => Kind::OFFER,
        _ => Kind::REQUEST,
    };
    let place = Place { neighbourhood: home, space: Space::Square };
    device.create(place, kind, None, words::post(random, number), at)
}

/// The devices of the residents, as they stand.
pub(crate) fn load(root: &Path) -> Result<Vec<Device>> {
    let home = dorpsplein_node::data_folder::read_config(&root.join(WRITES))?.neighbourhood;
    let text = fs::read_to_string(devices_file(root)).context("the villages are not founded yet")?;
    let kept: Vec<Kept> = serde_json::from_str(&text)?;
    let device = |kept: Kept| {
        let seed = hex::decode(&kept.seed).and_then(|seed| seed.try_into().ok()).context("a damaged key")?;
        let previous = kept.previous.as_deref().and_then(OperationId::from_hex);
        Ok(Device::resume(SecretKey::from_seed(&seed), home, kept.sequence, previous))
    };
    kept.into_iter().map(device).collect()
}

/// Keeps what the devices have signed up to.
pub(crate) fn save(root: &Path, devices: &[Device]) -> Result<()> {
    let kept = |device: &Device| Kept {
        seed: hex::encode(&device.secret().to_seed()),
        sequence: device.sequence(),
        previous: device.previous().map(|id| id.to_string()),
    };
    let kept: Vec<_> = devices.iter().map(kept).collect();
    fs::write(devices_file(root), serde_json::to_vec(&kept)?).context("cannot keep the devices")
}

fn devices_file(root: &Path) -> PathBuf {
    root.join(DEVICES_FILE)
}

/// A key for a purpose, the same in every run.
fn secret(purpose: u8, number: u16) -> SecretKey {
    let mut seed = [purpose; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed)
}

/// A bar for long work, on standard error.
pub(crate) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {per_sec} {eta}");
    let bar = ProgressBar::new(length).with_message(what);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

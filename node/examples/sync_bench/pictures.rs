//! Photos to measure with: no two alike, and as hard to pack as a real one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use dorpsplein_node::clock;
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::{driver, photos};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{Edit, Field, Kind, ResidentId, Space, Value as FieldValue};
use dorpsplein_protocol::photo::{MAX_PHOTOS, Photo, PhotoId, inspect};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::village::{self, WRITES, bar};

/// Pixels, as a phone of some years ago takes them.
const SIZE: (u32, u32) = (1600, 1200);
/// Grain of so many shades makes a photo about as large as one of a garden.
const GRAIN: u8 = 24;
/// The same, for a photo of a hedge in full leaf: of such there need not be thousands to fill a disk.
const COARSE_GRAIN: u8 = 120;

/// Writes so many JPEG files, named `0.jpg` and on.
pub(crate) fn make(folder: &Path, count: u32) -> Result<Value> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let bar = bar(u64::from(count), "photos are made");
    let mut bytes = 0;
    for number in 0..count {
        let path = folder.join(format!("{number}.jpg"));
        let file = picture(number, GRAIN)?;
        fs::write(&path, &file).with_context(|| format!("cannot write {}", path.display()))?;
        bytes += file.len();
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(json!({ "photos": count, "bytes": bytes }))
}

/// Residents of the village that writes, whose box is not running, show photos of so many megabytes together, eight to a
/// post. They go the way a form's go: asked for room, kept, and then referred to.
pub(crate) fn hang(root: &Path, megabytes: u64) -> Result<Value> {
    let mut devices = village::load(root)?;
    let folder = DataFolder::open(&root.join(WRITES))?;
    let (settings, own) = (folder.config(), folder.box_key().public());
    let bar = bar(megabytes, "megabytes of photos are shown");
    let runtime = tokio::runtime::Runtime::new()?;
    let (bytes, count) = runtime.block_on(async {
        let store = Arc::new(DiskStore::open(&folder.store_path())?);
        let driver = driver::start(store, settings.neighbourhood, own, None).await?;
        let keeper = photos::start(&folder.photo_path(), settings.photos.into(), driver.handle()).await?;
        let handle = driver.handle();
        let (mut bytes, mut count) = (0, 0);
        let residents = devices.len();
        for post in 0.. {
            if bytes >= megabytes * 1_000_000 {
                break;
            }
            let device = &mut devices[post % residents];
            let registers = handle.registers();
            let resident = registers.home().active(&device.key()).context("a resident is a member")?.resident;
            let mut edits = vec![Edit::Set { field: Field::TITLE, value: FieldValue::Text(format!("De heg, {post}")) }];
            for field in &Field::PHOTOS[..MAX_PHOTOS] {
                let file = picture(count, COARSE_GRAIN)?;
                bytes += file.len() as u64;
                count += 1;
                edits.push(Edit::Set { field: *field, value: show(&file, resident, &keeper, &handle).await?.value() });
                bar.set_position(bytes / 1_000_000);
            }
            let signed = news(device, settings.neighbourhood, edits);
            handle.submit(signed).await.map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))?;
        }
        driver.stop().await;
        keeper.stop().await;
        anyhow::Ok((bytes, count))
    })?;
    bar.finish_and_clear();
    village::save(root, &devices)?;
    Ok(json!({ "photos": count, "bytes": bytes }))
}

async fn show(
    file: &[u8],
    resident: ResidentId,
    keeper: &photos::Keeper,
    driver: &driver::DriverHandle,
) -> Result<Photo> {
    let facts = inspect(file)?;
    let (id, length) = (PhotoId::of(file).context("a photo has a size")?, u32::try_from(file.len())?);
    ensure!(driver.offer_photo(id, length, resident).await, "a resident has no more room for photos");
    keeper.photos().keeper.store(id, file.to_vec()).await?;
    Ok(Photo { id, length, width: facts.width, height: facts.height, alt: "Een heg vol blad".to_owned() })
}

fn news(
    device: &mut Device,
    neighbourhood: dorpsplein_protocol::operation::NeighbourhoodId,
    edits: Vec<Edit>,
) -> Vec<u8> {
    let place = Place { neighbourhood, space: Space::Square };
    device.create(place, Kind::NEWS, None, edits, clock::now()).encode()
}

/// A sky that runs into a field, with grain.
fn picture(number: u32, grain: u8) -> Result<Vec<u8>> {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(number));
    let hue: [u8; 3] = random.random();
    let mut shades = vec![0; (SIZE.0 * SIZE.1) as usize];
    random.fill(&mut shades[..]);
    let drawn = photos::picture::drawn(SIZE.0, SIZE.1, |x, y| {
        let slope = u8::try_from((x / 16 + y / 8) % 200).unwrap_or_default();
        let shade = shades[(y * SIZE.0 + x) as usize] % grain;
        hue.map(|colour| colour.wrapping_add(slope).saturating_add(shade))
    });
    Ok(drawn?)
}

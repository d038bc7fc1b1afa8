//! What a box opens when it starts: its store, the replica on it, the photos, what finds things, the post and the notices.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::RunError;
use crate::data_folder::DataFolder;
use crate::disk_store::DiskStore;
use crate::driver::{self, Driver, DriverHandle, Network};
use crate::mail::Mail;
use crate::migrate::{self, Owner};
use crate::photos::{self, Keeper};
use crate::push::Push;
use crate::search::{self, Follower, Search};

/// Starts the replica on what the box holds, and the keeper of its photos.
///
/// # Errors
/// [`RunError`]; then neither runs.
pub(super) async fn open_replica(
    folder: &DataFolder,
    store: Arc<DiskStore>,
    network: Network,
) -> Result<(Driver, Keeper), RunError> {
    let (settings, own) = (folder.config(), folder.box_key().public());
    let driver = driver::start(store, settings.neighbourhood, own, Some(network)).await?;
    match photos::start(&folder.photo_path(), settings.photos.into(), driver.handle()).await {
        Ok(photos) => Ok((driver, photos)),
        Err(source) => {
            driver.stop().await;
            Err(RunError::Photos { folder: folder.photo_path(), source })
        }
    }
}

pub(super) async fn open_store(folder: &DataFolder) -> Result<Arc<DiskStore>, RunError> {
    let path = folder.store_path();
    let (dir, owner) = (folder.path().to_owned(), Owner::of(folder));
    let opened = tokio::task::spawn_blocking(move || migrate::open_store_and_tell(&dir, owner));
    opened.await?.map(Arc::new).map_err(|source| RunError::Store { folder: path, source })
}

/// Opens what finds things, and has it follow what is there. It is a help: a box without it does all else, and says so in
/// the log.
pub(super) async fn open_search(
    folder: &DataFolder,
    store: &Arc<DiskStore>,
    driver: &DriverHandle,
    stop: &CancellationToken,
) -> Result<(Option<Search>, Option<Follower>), RunError> {
    let path = folder.search_path();
    match tokio::task::spawn_blocking(move || Search::open(&path)).await? {
        Ok(search) => {
            let (rows, home) = (Arc::clone(store), folder.config().neighbourhood);
            let follower = search::follow(search.clone(), rows, home, driver.subscribe(), stop.clone());
            Ok((Some(search), Some(follower)))
        }
        Err(error) => {
            tracing::error!(%error, "nothing can be looked for on this site");
            Ok((None, None))
        }
    }
}

/// Opens the notices, where the settings say who sends them. Nothing is sent yet.
pub(super) fn open_push(folder: &DataFolder, stop: &CancellationToken) -> Result<Option<Push>, RunError> {
    let settings = folder.config().push.as_ref();
    Ok(settings.map(|settings| Push::open(folder.path(), settings, stop)).transpose()?)
}

/// Opens the post, where the settings say how it goes out. Nothing is sent yet.
pub(super) fn open_mail(folder: &DataFolder, stop: &CancellationToken) -> Result<Option<Mail>, RunError> {
    let settings = folder.config().mail.as_ref();
    Ok(settings.map(|settings| Mail::open(folder.path(), settings, stop)).transpose()?)
}

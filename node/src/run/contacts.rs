//! Keeps when something last came in from each neighbour, from one start of the box to the next.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::data_folder::contacts::{Contacts, ContactsFile};
use crate::driver::DriverHandle;

/// How often it is written, if it changed. A box that loses its power knows it this much less well.
const ROUND: Duration = Duration::from_secs(60);

/// Tells the driver what was written last, and writes what it knows now and then, and once more when it is stopped.
pub(super) async fn keep(file: ContactsFile, driver: DriverHandle, stop: CancellationToken) {
    let mut written = read(&file).await;
    driver.remember_contacts(&written);
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(ROUND) => false,
        };
        let neighbours = driver.figures().neighbours;
        let contacts: Contacts = neighbours.iter().filter_map(|(id, one)| Some(((*id)?, one.last_contact?))).collect();
        if contacts != written {
            write(&file, contacts.clone()).await;
            written = contacts;
        }
        if stopped {
            return;
        }
    }
}

/// A box that cannot read it starts without.
async fn read(file: &ContactsFile) -> Contacts {
    let file = file.clone();
    let read = tokio::task::spawn_blocking(move || file.read()).await;
    read.map(|read| {
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "when neighbours were last heard of is not known any more");
            Contacts::new()
        })
    })
    .unwrap_or_default()
}

async fn write(file: &ContactsFile, contacts: Contacts) {
    let file = file.clone();
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || file.write(&contacts)).await {
        tracing::warn!(%error, "when neighbours were last heard of is not kept");
    }
}

//! What the service manager is told, where one listens (systemd, `sd_notify(3)`): that the box is ready, that it is alive,
//! and that it stops.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::driver::DriverHandle;

/// So many signs of life are given in the time in which one is expected.
const SIGNS: u32 = 3;

/// Says that the box is ready.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// Says that the box stops.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Gives signs of life where they are expected, each after the driver showed one: a box whose driver hangs falls silent,
/// and is started again.
pub(super) async fn live(driver: DriverHandle) {
    let Some(expected) = sd_notify::watchdog_enabled() else { return };
    let pause = (expected / SIGNS).max(Duration::from_millis(1));
    while driver.answers().await {
        tell(NotifyState::Watchdog);
        tokio::time::sleep(pause).await;
    }
}

/// Gives signs of life where they are expected, of a box that waits for its first start and has no driver yet.
pub(super) async fn wait() {
    let Some(expected) = sd_notify::watchdog_enabled() else { return };
    let pause = (expected / SIGNS).max(Duration::from_millis(1));
    loop {
        tell(NotifyState::Watchdog);
        tokio::time::sleep(pause).await;
    }
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager could not be told how the box is");
    }
}

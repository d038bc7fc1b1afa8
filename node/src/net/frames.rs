//! Frames on a stream: four bytes of length, big-endian, then that many bytes.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use super::{CloseReason, MAX_FRAME_BYTES};

/// How long the other end may be silent in the middle of a frame.
pub(super) const FRAME_SILENCE: Duration = Duration::from_secs(10);

/// How long one frame may take, sent or received: the longest one over 140 kbit/s.
pub(super) const FRAME_TIME: Duration = Duration::from_secs(60);

/// Frames that may come at once, over the steady rate below: catching up after weeks away.
pub(super) const FRAMES_AT_ONCE: u32 = 8192;

/// Frames that may come per second for as long as one likes. A village that posts all day stays a
/// thousand times below it.
pub(super) const FRAMES_PER_SECOND: u32 = 1024;

/// Memory for a frame is taken in steps of this many bytes, as they arrive: a length prefix alone
/// costs nothing.
const READ_STEP_BYTES: usize = 64 * 1024;

/// Reads one frame; `None` when the stream ended before one began.
///
/// Waits for as long as it takes until a frame begins: whether the other end is still there is the
/// concern of the pings.
pub(super) async fn read_frame<R>(reader: &mut R) -> Result<Option<Vec<u8>>, CloseReason>
where
    R: AsyncRead + Unpin,
{
    let mut prefix = [0; 4];
    let begun = reader.read(&mut prefix).await.map_err(lost)?;
    if begun == 0 {
        return Ok(None);
    }
    let rest = async {
        read_exactly(reader, &mut prefix[begun..]).await?;
        let length = u32::from_be_bytes(prefix);
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        if wanted == 0 || wanted > MAX_FRAME_BYTES {
            return Err(CloseReason::BadLength { length });
        }
        let mut bytes = Vec::new();
        while bytes.len() < wanted {
            let filled = bytes.len();
            bytes.resize(wanted.min(filled + READ_STEP_BYTES), 0);
            read_exactly(reader, &mut bytes[filled..]).await?;
        }
        Ok(Some(bytes))
    };
    timeout(FRAME_TIME, rest).await.unwrap_or(Err(CloseReason::Stalled))
}

/// Sends frames until the queue ends, then closes this half of the stream. `queued` counts down as
/// they leave.
pub(super) async fn write_frames<W>(
    writer: &mut W,
    frames: &mut mpsc::Receiver<Vec<u8>>,
    queued: &AtomicUsize,
) -> Result<(), CloseReason>
where
    W: AsyncWrite + Unpin,
{
    while let Some(bytes) = frames.recv().await {
        let write = async {
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            writer.write_all(&length.to_be_bytes()).await?;
            writer.write_all(&bytes).await?;
            if frames.is_empty() { writer.flush().await } else { Ok(()) }
        };
        timeout(FRAME_TIME, write).await.map_err(|_elapsed| CloseReason::SlowReader)?.map_err(lost)?;
        queued.fetch_sub(bytes.len(), Ordering::Relaxed);
    }
    writer.close().await.map_err(lost)
}

/// Reads and forgets until the stream ends, one way or the other.
pub(super) async fn drain<R: AsyncRead + Unpin>(reader: &mut R) {
    let mut unwanted = [0; 4096];
    while matches!(reader.read(&mut unwanted).await, Ok(1..)) {}
}

/// How many more frames the other end may send now: a bucket of [`FRAMES_AT_ONCE`] that fills with
/// [`FRAMES_PER_SECOND`].
pub(super) struct Allowance {
    frames: f64,
    since: Instant,
}

impl Allowance {
    /// A full bucket.
    pub(super) fn new(now: Instant) -> Self {
        Self { frames: f64::from(FRAMES_AT_ONCE), since: now }
    }

    /// Takes one frame out; false if there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let earned = (now - self.since).as_secs_f64() * f64::from(FRAMES_PER_SECOND);
        self.since = now;
        self.frames = (self.frames + earned).min(f64::from(FRAMES_AT_ONCE));
        let allowed = self.frames >= 1.0;
        if allowed {
            self.frames -= 1.0;
        }
        allowed
    }
}

/// Fills `wanted`, allowing [`FRAME_SILENCE`] between any two bytes.
async fn read_exactly<R>(reader: &mut R, mut wanted: &mut [u8]) -> Result<(), CloseReason>
where
    R: AsyncRead + Unpin,
{
    while !wanted.is_empty() {
        let read = timeout(FRAME_SILENCE, reader.read(wanted))
            .await
            .map_err(|_elapsed| CloseReason::Stalled)?
            .map_err(lost)?;
        if read == 0 {
            return Err(CloseReason::Truncated);
        }
        wanted = &mut std::mem::take(&mut wanted)[read..];
    }
    Ok(())
}

fn lost(error: io::Error) -> CloseReason {
    CloseReason::Lost { kind: error.kind() }
}

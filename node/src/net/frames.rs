//! Frames on a stream: four bytes of length, big-endian, then that many bytes. The first bit of the length says whether
//! they are packed; a frame that packing does not make smaller goes as it is.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use dorpsplein_protocol::sync::{pack, unpack};
use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use super::{CloseReason, MAX_FRAME_BYTES, Meter};

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

/// How many bytes say how long a frame is.
const PREFIX_BYTES: usize = 4;

/// In a length: what follows is packed.
const PACKED: u32 = 1 << 31;

/// Reads one frame, and counts what it took on the stream; `None` when the stream ended before one began.
///
/// Waits for as long as it takes until a frame begins: whether the other end is still there is the
/// concern of the pings.
pub(super) async fn read_frame<R>(reader: &mut R, meter: &Meter) -> Result<Option<Vec<u8>>, CloseReason>
where
    R: AsyncRead + Unpin,
{
    let mut prefix = [0; PREFIX_BYTES];
    let begun = reader.read(&mut prefix).await.map_err(lost)?;
    if begun == 0 {
        return Ok(None);
    }
    let rest = async {
        read_exactly(reader, &mut prefix[begun..]).await?;
        let prefix = u32::from_be_bytes(prefix);
        let (length, is_packed) = (prefix & !PACKED, prefix & PACKED != 0);
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
        meter.count_received(PREFIX_BYTES + wanted);
        if is_packed {
            // The bound on what comes out is the one on a frame.
            bytes = unpack(&bytes).map_err(CloseReason::BadPacking)?;
        }
        Ok(Some(bytes))
    };
    timeout(FRAME_TIME, rest).await.unwrap_or(Err(CloseReason::Stalled))
}

/// Sends frames until the queue ends, then closes this half of the stream. `queued` counts down as
/// they leave, `meter` counts what they take on the stream.
pub(super) async fn write_frames<W>(
    writer: &mut W,
    frames: &mut mpsc::Receiver<Vec<u8>>,
    queued: &AtomicUsize,
    meter: &Meter,
) -> Result<(), CloseReason>
where
    W: AsyncWrite + Unpin,
{
    while let Some(bytes) = frames.recv().await {
        let packed = pack(&bytes);
        let (mark, sent) = packed.as_ref().map_or((0, &bytes), |packed| (PACKED, packed));
        let write = async {
            let length = u32::try_from(sent.len()).map_err(io::Error::other)?;
            writer.write_all(&(length | mark).to_be_bytes()).await?;
            writer.write_all(sent).await?;
            if frames.is_empty() { writer.flush().await } else { Ok(()) }
        };
        timeout(FRAME_TIME, write).await.map_err(|_elapsed| CloseReason::SlowReader)?.map_err(lost)?;
        meter.count_sent(PREFIX_BYTES + sent.len());
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

#[cfg(test)]
mod tests {
    use dorpsplein_protocol::sync::PackingError;
    use proptest::prelude::*;
    use tokio::io::{AsyncWriteExt as _, DuplexStream};
    use tokio_util::compat::TokioAsyncReadCompatExt as _;

    use super::*;

    fn framed(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap();
        [&length.to_be_bytes(), bytes].concat()
    }

    /// What no packing makes smaller.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u64;
        let next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    async fn read_from(sent: &[u8]) -> Result<Option<Vec<u8>>, CloseReason> {
        read_frame(&mut futures::io::Cursor::new(sent), &Meter::default()).await
    }

    fn pipe() -> (DuplexStream, tokio_util::compat::Compat<DuplexStream>) {
        let (theirs, ours) = tokio::io::duplex(64);
        (theirs, ours.compat())
    }

    #[tokio::test]
    async fn frames_come_out_one_by_one_and_then_the_end() {
        let longest = vec![7; MAX_FRAME_BYTES];
        let sent = [framed(b"eerste"), framed(&longest), framed(b"x")].concat();
        let mut stream = futures::io::Cursor::new(sent);
        assert_eq!(read_frame(&mut stream, &Meter::default()).await, Ok(Some(b"eerste".to_vec())));
        assert_eq!(read_frame(&mut stream, &Meter::default()).await, Ok(Some(longest)));
        assert_eq!(read_frame(&mut stream, &Meter::default()).await, Ok(Some(b"x".to_vec())));
        assert_eq!(read_frame(&mut stream, &Meter::default()).await, Ok(None));
    }

    #[tokio::test]
    async fn a_frame_that_shrinks_goes_packed_and_one_that_does_not_goes_plain() {
        let repeating = b"Zaterdag ruimen we samen het pad langs de molen op. ".repeat(40);
        let noise = noise(2_000);
        let (queue, mut frames) = mpsc::channel(8);
        let queued = AtomicUsize::new(repeating.len() + noise.len());
        for bytes in [repeating.clone(), noise.clone()] {
            queue.try_send(bytes).unwrap();
        }
        drop(queue);
        let mut written = futures::io::Cursor::new(Vec::new());
        let meter = Meter::default();
        write_frames(&mut written, &mut frames, &queued, &meter).await.unwrap();
        assert_eq!(queued.into_inner(), 0, "what counts is what was queued");
        let written = written.into_inner();
        let length = written.len() as u64;
        assert!(written.len() < 200 + noise.len(), "{} bytes", written.len());
        assert!(written.ends_with(&framed(&noise)));
        let mut stream = futures::io::Cursor::new(written);
        assert_eq!(read_frame(&mut stream, &meter).await, Ok(Some(repeating)));
        assert_eq!(read_frame(&mut stream, &meter).await, Ok(Some(noise)));
        assert_eq!((meter.sent(), meter.received()), (length, length), "what is counted is what went over the stream");
    }

    #[tokio::test]
    async fn a_packed_frame_that_is_none_or_too_large_ends_the_session() {
        let sent = |bytes: &[u8]| [&(bytes.len() as u32 | PACKED).to_be_bytes(), bytes].concat();
        assert_eq!(read_from(&sent(b"geen Brotli")).await, Err(CloseReason::BadPacking(PackingError::Malformed)));
        let whole = pack(&vec![0; MAX_FRAME_BYTES]).unwrap();
        assert_eq!(read_from(&sent(&whole)).await, Ok(Some(vec![0; MAX_FRAME_BYTES])));
        let bomb = pack(&vec![0; 40 * MAX_FRAME_BYTES]).unwrap();
        assert!(bomb.len() < 2_000);
        assert_eq!(read_from(&sent(&bomb)).await, Err(CloseReason::BadPacking(PackingError::TooLarge)));
    }

    #[tokio::test]
    async fn what_is_written_is_what_is_read() {
        let (queue, mut frames) = mpsc::channel(8);
        let queued = AtomicUsize::new(4);
        for bytes in [vec![1], vec![2, 3, 4]] {
            queue.try_send(bytes).unwrap();
        }
        drop(queue);
        let mut written = futures::io::Cursor::new(Vec::new());
        write_frames(&mut written, &mut frames, &queued, &Meter::default()).await.unwrap();
        assert_eq!(written.into_inner(), [0, 0, 0, 1, 1, 0, 0, 0, 3, 2, 3, 4]);
        assert_eq!(queued.into_inner(), 0, "what was sent no longer counts");
    }

    #[tokio::test]
    async fn a_length_out_of_bounds_is_refused_on_the_prefix_alone() {
        for length in [0, u32::try_from(MAX_FRAME_BYTES).unwrap() + 1, !PACKED] {
            // Nothing follows the prefix: waiting for more would give another error.
            let refused = read_from(&length.to_be_bytes()).await;
            assert_eq!(refused, Err(CloseReason::BadLength { length }));
            let packed = read_from(&(length | PACKED).to_be_bytes()).await;
            assert_eq!(packed, Err(CloseReason::BadLength { length }), "packed or not");
        }
    }

    #[tokio::test]
    async fn an_end_inside_a_frame_is_not_an_end_between_two() {
        let whole = framed(b"half een");
        for cut in 1..whole.len() {
            assert_eq!(read_from(&whole[..cut]).await, Err(CloseReason::Truncated), "cut at {cut}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_between_frames_is_fine_and_inside_one_is_not() {
        let (mut theirs, mut ours) = pipe();
        let began = Instant::now();
        let peer = async {
            tokio::time::sleep(100 * FRAME_SILENCE).await;
            theirs.write_all(&framed(b"goedemorgen")).await.unwrap();
            theirs.write_all(&[0, 0]).await.unwrap();
            theirs
        };
        let (_theirs, read) = tokio::join!(peer, async {
            let first = read_frame(&mut ours, &Meter::default()).await;
            (first, read_frame(&mut ours, &Meter::default()).await)
        });
        assert_eq!(read, (Ok(Some(b"goedemorgen".to_vec())), Err(CloseReason::Stalled)));
        assert_eq!(began.elapsed().as_secs(), (101 * FRAME_SILENCE).as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_that_trickles_in_is_given_up() {
        let (mut theirs, mut ours) = pipe();
        let began = Instant::now();
        let trickle = async {
            theirs.write_all(&1000_u32.to_be_bytes()).await.unwrap();
            loop {
                tokio::time::sleep(FRAME_SILENCE / 2).await;
                theirs.write_all(&[0]).await.unwrap();
            }
        };
        let meter = Meter::default();
        let read = tokio::select! {
            () = trickle => unreachable!("it goes on for ever"),
            read = read_frame(&mut ours, &meter) => read,
        };
        assert_eq!(read, Err(CloseReason::Stalled));
        assert_eq!(began.elapsed().as_secs(), FRAME_TIME.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_taking_a_frame_is_too_slow() {
        let (_theirs, mut ours) = pipe();
        let (queue, mut frames) = mpsc::channel(1);
        queue.try_send(noise(1000)).unwrap();
        let written = write_frames(&mut ours, &mut frames, &AtomicUsize::new(1000), &Meter::default()).await;
        assert_eq!(written, Err(CloseReason::SlowReader));
    }

    #[test]
    fn the_allowance_is_spent_and_fills_again() {
        let began = Instant::now();
        let mut allowance = Allowance::new(began);
        assert!((0..FRAMES_AT_ONCE).all(|_| allowance.take(began)));
        assert!(!allowance.take(began), "spent");
        let later = began + Duration::from_secs(1);
        assert!((0..FRAMES_PER_SECOND).all(|_| allowance.take(later)));
        assert!(!allowance.take(later), "one second earns one second's worth");
        let much_later = later + Duration::from_hours(1);
        let taken = (0..2 * FRAMES_AT_ONCE).filter(|_| allowance.take(much_later)).count();
        assert_eq!(taken, FRAMES_AT_ONCE as usize, "it never holds more than at first");
    }

    proptest! {
        /// Whatever bytes come, what comes out are the frames that are really in them. No length has its first bit set
        /// here: what packed frames come to, the packing's own tests look at.
        #[test]
        fn any_bytes_are_frames_or_a_reason(sent in prop::collection::vec(0..128_u8, 0..200), prefix in 0..40_u32) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let sent = [&prefix.to_be_bytes(), sent.as_slice()].concat();
            let mut stream = futures::io::Cursor::new(sent.as_slice());
            let mut consumed = Vec::new();
            let end = runtime.block_on(async {
                loop {
                    match read_frame(&mut stream, &Meter::default()).await {
                        Ok(Some(bytes)) => consumed.extend(framed(&bytes)),
                        end => break end,
                    }
                }
            });
            prop_assert!(sent.starts_with(&consumed));
            match end {
                Ok(_) => prop_assert_eq!(consumed, sent),
                Err(reason) => {
                    let rest = &sent[consumed.len()..];
                    prop_assert!(!rest.is_empty());
                    if let CloseReason::BadLength { length } = reason {
                        prop_assert_eq!(&rest[..4], &length.to_be_bytes()[..]);
                    } else {
                        prop_assert_eq!(reason, CloseReason::Truncated);
                    }
                }
            }
        }
    }
}

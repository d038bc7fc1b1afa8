//! A neighbour that means harm: it holds the key of a box with a treaty in force, speaks libp2p, and writes what it likes.
//!
//! It takes all it can get, and comes again at once whenever it is thrown out. It runs until its standard input ends, with
//! the lowest priority: a real one burns the time of a machine of its own.

mod lines;

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::data_folder::peers::PeerBook;
use dorpsplein_node::driver::peer_id;
use dorpsplein_node::net::{self, Keypair, Multiaddr, PeerId, SESSION_PROTOCOL};
use dorpsplein_protocol::operation::NeighbourhoodId;
use futures::stream::FuturesUnordered;
use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, StreamExt as _};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Stream, StreamProtocol, Swarm, SwarmBuilder, ping};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::village;
use lines::Lines;

const PROTOCOL: StreamProtocol = StreamProtocol::new(SESSION_PROTOCOL);
/// How many streams the conduct of that name asks for before it begins anew.
const STREAMS: u64 = 10_000;
/// How many of them it asks for at the same time.
const STREAMS_AT_ONCE: usize = 256;
/// How long to wait for a connection, and before coming again.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(20);
/// How much of what comes in is read at a time.
const READ_BYTES: usize = 64 * 1024;
/// Says that what follows a length is packed.
const PACKED: u32 = 1 << 31;

/// What the neighbour does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Conduct {
    /// Sends operations, well signed, as fast as they are taken, and frames that unpack to a thousand times their size.
    Floods,
    /// Shows roots it made up, goes on comparing for ever, and names operations that do not exist.
    Lies,
    /// Asks for all there is and reads nothing, and begins a frame without an end.
    Stalls,
    /// Opens streams, ten thousand and again, and says nothing on them.
    Streams,
}

/// What it got done.
#[derive(Default)]
struct Tally {
    visits: AtomicU64,
    frames: AtomicU64,
    bytes: AtomicU64,
    streams: AtomicU64,
}

/// Whom it visits, and as whom.
struct Villain {
    keypair: Keypair,
    home: NeighbourhoodId,
    victim: PeerId,
    addresses: Vec<Multiaddr>,
    conduct: Conduct,
    lines: Lines,
    tally: Arc<Tally>,
}

#[derive(NetworkBehaviour)]
struct Disguise {
    streams: libp2p_stream::Behaviour,
    ping: ping::Behaviour,
}

/// Does harm to the box of the village `victim` until standard input ends. Says when it is at the door.
pub(crate) fn harm(root: &Path, victim: &str, conduct: Conduct) -> Result<Value> {
    // Refused where nobody may, and then it competes as an equal, which is worse for the figures and not wrong.
    let _ = rustix::process::nice(19);
    let villain = Villain::of(root, victim, conduct)?;
    let tally = Arc::clone(&villain.tally);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (ended, end) = oneshot::channel();
        thread::spawn(move || {
            // Its end is all there is to hear.
            let _ = io::stdin().read_to_end(&mut Vec::new());
            let _ = ended.send(());
        });
        tokio::select! {
            result = villain.visit_again_and_again() => result,
            _ = end => Ok(()),
        }
    })?;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Ok(json!({
        "visits": count(&tally.visits),
        "frames": count(&tally.frames),
        "bytes": count(&tally.bytes),
        "streams": count(&tally.streams),
    }))
}

impl Villain {
    fn of(root: &Path, victim: &str, conduct: Conduct) -> Result<Self> {
        let own = root.join(village::HARMS);
        let neighbourhood = dorpsplein_node::data_folder::read_config(&root.join(victim))?.neighbourhood;
        let peers = PeerBook::of(&own).read()?;
        let peer =
            peers.into_iter().find(|peer| peer.neighbourhood == neighbourhood).context("it has no such neighbour")?;
        let (keypair, home) = {
            let folder = DataFolder::open(&own)?;
            (net::keypair_from_secret(folder.box_key().to_seed()), folder.config().neighbourhood)
        };
        let victim = peer_id(&peer.key).context("a box has a peer id")?;
        let lines = Lines::prepare(root, conduct)?;
        Ok(Self { keypair, home, victim, addresses: peer.addresses, conduct, lines, tally: Arc::default() })
    }

    async fn visit_again_and_again(&self) -> Result<()> {
        let mut announced = false;
        loop {
            let visited = tokio::time::timeout(PATIENCE, self.arrive()).await;
            if let Ok(Ok((mut control, task))) = visited {
                self.tally.visits.fetch_add(1, Ordering::Relaxed);
                if !std::mem::replace(&mut announced, true) {
                    println!("{}", json!({ "at_the_door": true }));
                    io::stdout().flush()?;
                }
                // It ends by being thrown out, which is no fault of this program.
                let _ = self.behave(&mut control).await;
                task.abort();
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// A connection, and the task that keeps it.
    async fn arrive(&self) -> Result<(libp2p_stream::Control, tokio::task::JoinHandle<()>)> {
        let mut swarm = swarm(self.keypair.clone())?;
        for address in &self.addresses {
            swarm.dial(address.clone())?;
        }
        loop {
            if let SwarmEvent::ConnectionEstablished { peer_id, .. } = swarm.select_next_some().await
                && peer_id == self.victim
            {
                break;
            }
        }
        let control = swarm.behaviour().streams.new_control();
        Ok((control, tokio::spawn(async move { while swarm.next().await.is_some() {} })))
    }

    async fn behave(&self, control: &mut libp2p_stream::Control) -> Result<()> {
        let stream = control.open_stream(self.victim, PROTOCOL).await?;
        match self.conduct {
            Conduct::Floods => self.flood(stream).await,
            Conduct::Lies => self.lie(stream).await,
            Conduct::Stalls => self.stall(stream).await,
            Conduct::Streams => self.open_streams(control, stream).await,
        }
    }

    async fn flood(&self, stream: Stream) -> Result<()> {
        let (reader, mut writer) = stream.split();
        futures::future::try_join(forget(reader), self.pour(&mut writer)).await.map(drop)
    }

    async fn pour(&self, writer: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
        self.send(writer, &lines::hello(self.home)).await?;
        loop {
            for frame in self.lines.flood() {
                self.send(writer, frame).await?;
            }
        }
    }

    async fn lie(&self, stream: Stream) -> Result<()> {
        let (mut reader, mut writer) = stream.split();
        self.send(&mut writer, &lines::hello(self.home)).await?;
        let spaces = self.lines.spaces(&read_frame(&mut reader).await?, &read_frame(&mut reader).await?);
        let write = async {
            for number in 0.. {
                for frame in lines::lies(&spaces, number) {
                    self.send(&mut writer, &frame).await?;
                }
            }
            Ok(())
        };
        futures::future::try_join(forget(reader), write).await.map(drop)
    }

    async fn stall(&self, mut stream: Stream) -> Result<()> {
        self.send(&mut stream, &lines::hello(self.home)).await?;
        for frame in self.lines.questions() {
            self.send(&mut stream, &frame).await?;
        }
        // A long frame, of which only the beginning comes.
        stream.write_all(&(1u32 << 19).to_be_bytes()).await?;
        stream.flush().await?;
        // Nothing is read, and the line is kept for as long as the other end lets it be.
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stream.write_all(&[0]).await?;
            stream.flush().await?;
        }
    }

    async fn open_streams(&self, control: &libp2p_stream::Control, mut session: Stream) -> Result<()> {
        self.send(&mut session, &lines::hello(self.home)).await?;
        let open = || {
            let mut control = control.clone();
            async move {
                let stream = control.open_stream(self.victim, PROTOCOL).await;
                self.tally.streams.fetch_add(1, Ordering::Relaxed);
                let mut stream = stream?;
                // Kept for as long as the other end leaves it open.
                let mut any = Vec::new();
                stream.read_to_end(&mut any).await?;
                anyhow::Ok(())
            }
        };
        for _ in 0..STREAMS / STREAMS_AT_ONCE as u64 {
            let mut opening: FuturesUnordered<_> = (0..STREAMS_AT_ONCE).map(|_| open()).collect();
            while opening.next().await.is_some() {}
        }
        Ok(())
    }

    /// Writes a frame, packed when that is much shorter.
    async fn send(&self, writer: &mut (impl AsyncWrite + Unpin), frame: &Frame) -> Result<()> {
        let (length, mark) = (u32::try_from(frame.bytes.len())?, if frame.packed { PACKED } else { 0 });
        writer.write_all(&(length | mark).to_be_bytes()).await?;
        writer.write_all(&frame.bytes).await?;
        writer.flush().await?;
        self.tally.frames.fetch_add(1, Ordering::Relaxed);
        self.tally.bytes.fetch_add(u64::from(length) + 4, Ordering::Relaxed);
        Ok(())
    }
}

/// A frame as it goes over the wire, without its length.
struct Frame {
    bytes: Vec<u8>,
    packed: bool,
}

/// Reads and forgets for as long as the stream is open.
async fn forget(mut reader: impl AsyncRead + Unpin) -> Result<()> {
    let mut buffer = vec![0; READ_BYTES];
    while reader.read(&mut buffer).await? > 0 {}
    anyhow::bail!("the other end closed the stream")
}

/// One frame, unpacked.
async fn read_frame(reader: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let mut prefix = [0; 4];
    reader.read_exact(&mut prefix).await?;
    let prefix = u32::from_be_bytes(prefix);
    let mut bytes = vec![0; (prefix & !PACKED) as usize];
    reader.read_exact(&mut bytes).await?;
    Ok(if prefix & PACKED == 0 { bytes } else { dorpsplein_protocol::sync::unpack(&bytes)? })
}

fn swarm(keypair: Keypair) -> Result<Swarm<Disguise>> {
    Ok(SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_quic()
        .with_behaviour(|_| Disguise { streams: libp2p_stream::Behaviour::new(), ping: ping::Behaviour::default() })?
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(60)))
        .build())
}

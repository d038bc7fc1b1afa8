//! A box that has no square yet: it asks what one needs on a page for the local network, and shows on its console the code
//! with which that page lets somebody in.

mod answers;
mod founding;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data_folder::is_finished;
use crate::web::first_run::{Beginning, router};
use crate::web::{Entrance, Proxies, Visits};

pub use answers::Answers;
pub use founding::Founding;

/// How often is looked whether a command made the folder in the meantime.
const LOOK: Duration = Duration::from_secs(1);
/// An address for documentation (RFC 5737), to which nothing is sent: asked for the way there, the system tells its own.
const SOMEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// What the console says.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where the page is.
    pub url: String,
    /// The code that lets somebody in.
    pub code: String,
}

/// Why nothing could be asked.
#[derive(Debug, Error)]
pub enum FirstRunError {
    /// The address is taken, or not this machine's.
    #[error("the page for the first start cannot be at {address}: {source}")]
    Site {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// Asks until there is a square in `dir`: begun on the page, or by a command. `usual` says where the page is. Whoever drops
/// this has it end.
///
/// # Errors
/// [`FirstRunError`].
pub async fn ask(
    dir: &Path,
    usual: &Config,
    show: impl Fn(&Shown) + Send + Sync + 'static,
) -> Result<(), FirstRunError> {
    let wanted = usual.site;
    let failed = |source| FirstRunError::Site { address: wanted, source };
    let socket = TcpListener::bind(wanted).await.map_err(failed)?;
    let at = socket.local_addr().map_err(failed)?;
    let url = format!("http://{}/", SocketAddr::new(seen(at.ip()), at.port()));
    let done = CancellationToken::new();
    let show = Box::new(move |code: &str| show(&Shown { url: url.clone(), code: code.to_owned() }));
    let beginning = Beginning::new(dir, at, usual.mdns, show, done.clone())?;
    let entrance = Entrance::plain(Visits::new(socket), Proxies::default());
    let site = entrance.serve(router(beginning.clone()), done.clone());
    let elsewhere = async {
        // The folder that the page itself made is not opened before somebody has seen what came of it.
        while !is_finished(dir) || beginning.has_begun().await {
            tokio::time::sleep(LOOK).await;
        }
        done.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = site => {}
        () = elsewhere => {}
    }
    Ok(())
}

/// What the console says before the code, in this language.
pub fn in_words(lang: Lang, url: &str) -> String {
    // The texts are tested to be whole; without them the address is what is needed most.
    Texts::of(lang).fill("first-run-console", "url", url).unwrap_or_else(|_| url.to_owned())
}

/// The address by which others see an address at which somebody listens.
fn seen(at: IpAddr) -> IpAddr {
    if !at.is_unspecified() {
        return at;
    }
    let own = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect(SOMEWHERE)?;
        socket.local_addr()
    });
    // A machine without a network shows the page to itself.
    own.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |own| own.ip())
}

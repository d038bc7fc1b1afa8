//! Somebody who gives certificates, and a browser that looks at them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::http::{HeaderMap, Method, Request, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair};
use rustls_acme::futures_rustls::TlsConnector;
use rustls_acme::rustls::client::WebPkiServerVerifier;
use rustls_acme::rustls::client::danger::ServerCertVerifier;
use rustls_acme::rustls::crypto::aws_lc_rs;
use rustls_acme::rustls::pki_types::pem::PemObject;
use rustls_acme::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls_acme::rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::compat::{FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};

use crate::site_support::{eventually, free_port};

/// Set where these tests may not leave themselves out.
const REQUIRED: &str = "DORPSPLEIN_REQUIRE_PEBBLE";

/// The protocols of the web as TLS names them.
pub(crate) const HTTP_1: &[u8] = b"http/1.1";
pub(crate) const HTTP_2: &[u8] = b"h2";

/// Whether there is a giver of certificates on this machine. If not, says so on standard error and, where it is required,
/// fails.
pub(crate) fn pebble_is_here() -> bool {
    let here = ["pebble", "pebble-challtestsrv"].iter().all(|program| {
        let asked = Command::new(program).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok()
    });
    if !here {
        let required = std::env::var_os(REQUIRED).is_some_and(|value| !value.is_empty());
        assert!(!required, "pebble is not here: `apt-get install pebble`");
        eprintln!("left out: pebble is not here (`apt-get install pebble`)");
    }
    here
}

/// The ports of this machine that a box and a giver of certificates meet at.
pub(crate) struct Ports {
    pub(crate) https: u16,
    pub(crate) http: u16,
    pub(crate) giver: u16,
}

impl Ports {
    pub(crate) fn free() -> Self {
        Self { https: free_port(), http: free_port(), giver: free_port() }
    }
}

/// Somebody who vouches for names.
pub(crate) struct Authority {
    issuer: Certificate,
    key: KeyPair,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("root.pem"), issuer.pem()).unwrap();
        Self { issuer, key, folder }
    }

    pub(crate) fn root(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for a name, and its key.
    pub(crate) fn certificate(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer, &self.key).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// The settings of a box that goes to a giver at that port, for whom this authority vouches.
    pub(crate) fn directory(&self, ports: &Ports) -> Vec<String> {
        let root = self.folder.path().join("root.pem");
        vec![
            "https.agree_to_terms=true".to_owned(),
            "https.contact=beheer@plein.example".to_owned(),
            format!("https.directory=https://localhost:{}/dir", ports.giver),
            format!("https.directory_root={}", root.display()),
        ]
    }
}

/// Somebody who gives certificates to who shows that a name leads to them.
pub(crate) struct Giver {
    authority: Authority,
    settings: Vec<String>,
    management: u16,
    running: Vec<Child>,
}

impl Giver {
    /// One whose certificates hold for so many seconds.
    pub(crate) fn start(ports: &Ports, validity: u32) -> Self {
        Self::start_with(Authority::new(), ports, validity)
    }

    pub(crate) fn start_with(authority: Authority, ports: &Ports, validity: u32) -> Self {
        let path = |name: &str| -> PathBuf { authority.folder.path().join(name) };
        let (certificate, key) = authority.certificate("localhost");
        fs::write(path("certificate.pem"), certificate).unwrap();
        fs::write(path("key.pem"), key).unwrap();
        let (management, names) = (free_port(), free_port());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", ports.giver),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": path("certificate.pem"),
            "privateKey": path("key.pem"),
            "httpPort": ports.http,
            "tlsPort": ports.https,
            "certificateValidityPeriod": validity,
        }});
        fs::write(path("pebble.json"), config.to_string()).unwrap();
        let nobody = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""];
        let names_at = format!("127.0.0.1:{names}");
        let mut name_server = Command::new("pebble-challtestsrv");
        name_server.args(nobody).args(["-defaultIPv4", "127.0.0.1", "-dns01", &names_at]);
        name_server.args(["-management", &format!("127.0.0.1:{}", free_port())]);
        let mut pebble = Command::new("pebble");
        // It waits, and refuses every twentieth request, to see whether others can bear it. Not here: it would take longer.
        pebble.envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_WFE_NONCEREJECT", "0")]);
        pebble.arg("-config").arg(path("pebble.json")).args(["-dnsserver", &names_at]);
        let running = [name_server, pebble].map(|mut command| {
            let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            quiet.spawn().unwrap()
        });
        let settings = authority.directory(ports);
        let giver = Self { authority, settings, management, running: running.into() };
        eventually("pebble", || {
            [ports.giver, management].iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
        giver
    }

    /// The settings of a box that goes to it.
    pub(crate) fn settings(&self) -> Vec<String> {
        self.settings.clone()
    }

    /// Who vouches for what it gives, as PEM.
    pub(crate) fn root(&self) -> String {
        let asking = Browser::new(&self.authority.root(), self.management).called("localhost");
        asking.get(HTTP_1, "/roots/0").unwrap().body
    }
}

impl Giver {
    /// Is there no more.
    pub(crate) fn stop(&mut self) {
        for mut child in self.running.drain(..) {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Giver {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// What was agreed on to speak.
    pub(crate) protocol: Vec<u8>,
    /// The certificate that was shown.
    pub(crate) certificate: Vec<u8>,
}

/// A browser that trusts one authority, and finds `plein.example` at a port of this machine.
pub(crate) struct Browser {
    runtime: Runtime,
    roots: Arc<RootCertStore>,
    name: String,
    port: u16,
}

impl Browser {
    pub(crate) fn new(root: &str, port: u16) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
        Self { runtime: Runtime::new().unwrap(), roots: Arc::new(roots), name: "plein.example".to_owned(), port }
    }

    /// One that finds another name there.
    pub(crate) fn called(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// The address of the site.
    pub(crate) fn url(&self) -> String {
        format!("https://{}:{}", self.name, self.port)
    }

    pub(crate) fn get(&self, protocol: &[u8], path: &str) -> io::Result<Page> {
        self.ask(protocol, Request::builder().uri(format!("{}{path}", self.url())), b"")
    }

    /// Hands bytes in over HTTP/2, as a page of that origin does.
    pub(crate) fn post(&self, path: &str, origin: &str, body: &[u8]) -> io::Result<Page> {
        let request = Request::builder().method(Method::POST).uri(format!("{}{path}", self.url()));
        let request = request.header("origin", origin).header("content-type", "application/cbor");
        self.ask(HTTP_2, request, body)
    }

    fn ask(&self, protocol: &[u8], request: axum::http::request::Builder, body: &[u8]) -> io::Result<Page> {
        let body = Full::new(Bytes::copy_from_slice(body));
        self.runtime.block_on(async {
            let builder = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into());
            let builder = builder.with_safe_default_protocol_versions().unwrap();
            let mut config = builder.with_root_certificates(Arc::clone(&self.roots)).with_no_client_auth();
            config.alpn_protocols = vec![protocol.to_vec()];
            let socket = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await?;
            let name = ServerName::try_from(self.name.clone()).unwrap();
            let stream = TlsConnector::from(Arc::new(config)).connect(name, socket.compat()).await?;
            let session = stream.get_ref().1;
            let agreed = session.alpn_protocol().unwrap_or_default().to_vec();
            let certificate = session.peer_certificates().unwrap()[0].to_vec();
            let io = TokioIo::new(stream.compat());
            let answer = if protocol == HTTP_2 {
                let (mut sender, connection) =
                    http2::handshake(TokioExecutor::new(), io).await.map_err(io::Error::other)?;
                tokio::spawn(connection);
                sender.send_request(request.version(Version::HTTP_2).body(body).unwrap()).await
            } else {
                let (mut sender, connection) = http1::handshake(io).await.map_err(io::Error::other)?;
                tokio::spawn(connection);
                let request = request.header("host", format!("{}:{}", self.name, self.port));
                sender.send_request(request.body(body).unwrap()).await
            };
            let (parts, body) = answer.map_err(io::Error::other)?.into_parts();
            let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
            Ok(Page {
                status: parts.status.as_u16(),
                headers: parts.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
                protocol: agreed,
                certificate,
            })
        })
    }
}

/// Whether a browser that trusts `root` takes a certificate for `name` that was made with the key of that root.
pub(crate) fn is_trusted(root: &str, key: &str, name: &str) -> bool {
    let trusted = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
    let issuer_key = KeyPair::from_pem(key).unwrap();
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name = DistinguishedName::new();
    issuer.distinguished_name.push(DnType::CommonName, "Dorpsplein, for sint-anna.local only");
    let issuer = issuer.self_signed(&issuer_key).unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let made = params.signed_by(&KeyPair::generate().unwrap(), &issuer, &issuer_key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), aws_lc_rs::default_provider().into());
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.build().unwrap().verify_server_cert(made.der(), &[], &name, &[], UnixTime::now()).is_ok()
}

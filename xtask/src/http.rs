//! Just enough of HTTP to ask a box on this machine the way a browser does, and to count the bytes it sends.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result, ensure};

/// The body of an answer, as it came over the wire.
pub(crate) struct Body {
    bytes: Vec<u8>,
    is_brotli: bool,
    tag: Option<String>,
}

impl Body {
    #[expect(clippy::cast_precision_loss, reason = "answers are far smaller than 2^52 bytes")]
    pub(crate) fn len_on_the_wire(&self) -> f64 {
        self.bytes.len() as f64
    }

    /// Its entity tag, with the quotes.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The text it holds, unpacked.
    pub(crate) fn text(&self) -> Result<String> {
        const BUFFER: usize = 4096;
        let mut text = String::new();
        if self.is_brotli {
            brotli::Decompressor::new(self.bytes.as_slice(), BUFFER).read_to_string(&mut text)?;
        } else {
            self.bytes.as_slice().read_to_string(&mut text)?;
        }
        Ok(text)
    }
}

/// Asks a site, such as `http://127.0.0.1:8080`, for a path, preferring brotli.
pub(crate) fn get(site: &str, path: &str) -> Result<Body> {
    get_as(site, path, None)
}

/// The same, as whoever has the box's folder and knows its token.
pub(crate) fn get_as(site: &str, path: &str, token: Option<&str>) -> Result<Body> {
    ask("GET", site, path, token)
}

/// Has something done, as whoever has the box's folder.
pub(crate) fn post_as(site: &str, path: &str, token: &str) -> Result<Body> {
    ask("POST", site, path, Some(token))
}

fn ask(method: &str, site: &str, path: &str, token: Option<&str>) -> Result<Body> {
    let host = site.strip_prefix("http://").context("the demo's sites are plain http")?.trim_end_matches('/');
    let mut stream = TcpStream::connect(host).with_context(|| format!("cannot reach {site}"))?;
    // HTTP/1.0 has no chunks, so everything after the head is the body.
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nAccept-Encoding: br\r\nContent-Length: 0\r\n{token}\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).with_context(|| format!("{site}{path} broke off"))?;
    parse(&answer).with_context(|| format!("{site}{path}"))
}

fn parse(answer: &[u8]) -> Result<Body> {
    const END_OF_HEAD: &[u8] = b"\r\n\r\n";
    let end = answer.windows(END_OF_HEAD.len()).position(|part| part == END_OF_HEAD).context("no end of the head")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    ensure!(matches!(status, "200" | "202"), "answered with {status}");
    let is_brotli = head.lines().any(|line| line.replace(' ', "") == "content-encoding:br");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag:")).map(|tag| tag.trim().to_owned());
    Ok(Body { tag, bytes: answer[end + END_OF_HEAD.len()..].to_vec(), is_brotli })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_plain_answer_is_read() {
        let body = parse(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>hallo</p>").unwrap();
        assert_eq!(body.text().unwrap(), "<p>hallo</p>");
    }

    #[test]
    fn a_packed_answer_is_counted_packed_and_read_unpacked() {
        let text = "dorpsplein ".repeat(100);
        let mut packed = Vec::new();
        brotli::CompressorWriter::new(&mut packed, 4096, 11, 22).write_all(text.as_bytes()).unwrap();
        let mut answer = b"HTTP/1.0 200 OK\r\nContent-Encoding: br\r\n\r\n".to_vec();
        answer.extend(&packed);
        let body = parse(&answer).unwrap();
        assert!(body.len_on_the_wire() < 100.0);
        assert_eq!(body.text().unwrap(), text);
    }

    #[test]
    fn an_error_page_is_not_measured() {
        assert!(parse(b"HTTP/1.0 404 Not Found\r\n\r\n<p>weg</p>").is_err());
    }
}

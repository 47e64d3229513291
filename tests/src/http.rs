//! One HTTP request at a time, as `curl` would make it: HTTP/1.1, the connection closed after it.
//! Knows status and body; keeps nothing open.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came back.
pub struct Page {
    /// 200, 503 …
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Fetches a page.
pub fn get(server: SocketAddr, path: &str) -> io::Result<Page> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n")?;
    let mut told = Vec::new();
    stream.read_to_end(&mut told)?;
    let told = String::from_utf8_lossy(&told).into_owned();
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP answer");
    let (head, body) = told.split_once("\r\n\r\n").ok_or_else(bad)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(bad)?;
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { joined(body) } else { body.to_owned() };
    Ok(Page { status, body })
}

fn joined(chunks: &str) -> String {
    let (mut rest, mut body) = (chunks, String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = after.get(..size).filter(|_| size > 0) else { break };
        body.push_str(chunk);
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}

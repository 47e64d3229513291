//! Bodies: finds the session description, alone or as a part of a multipart body (RFC 2046 §5.1, RFC 5621).
//!
//! Reads no SDP: it only says which bytes are it. Nesting and number of parts are bounded.

use bytes::Bytes;

use super::limits::{MULTIPART_DEPTH_MAX, MULTIPART_PARTS_MAX};
use super::params::{Params, unquote};
use super::{HeaderName, Headers};

/// Longest boundary (RFC 2046 §5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

/// The `application/sdp` body, or the first part of that type; `None` if there is none or it is empty.
pub fn session_of(headers: &Headers, body: &Bytes) -> Option<Bytes> {
    find_session(headers.get(HeaderName::ContentType)?, body, 0).filter(|session| !session.is_empty())
}

fn find_session(content_type: &str, body: &Bytes, depth: usize) -> Option<Bytes> {
    let (kind, params) = content_type.split_at(content_type.find(';').unwrap_or(content_type.len()));
    let kind = kind.trim();
    if kind.eq_ignore_ascii_case("application/sdp") {
        return Some(body.clone());
    }
    if depth == MULTIPART_DEPTH_MAX || !kind.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/")) {
        return None;
    }
    let boundary = Params::new(params).get("boundary").map(unquote)?;
    if boundary.is_empty() || boundary.len() > BOUNDARY_BYTES_MAX {
        return None;
    }
    parts(body, boundary.as_bytes()).find_map(|part| {
        let (content_type, content) = split_part(&part)?;
        find_session(&content_type, &content, depth + 1)
    })
}

/// The parts between `--boundary` lines; a part that is not closed ends with the body.
fn parts<'a>(body: &'a Bytes, boundary: &'a [u8]) -> impl Iterator<Item = Bytes> + 'a {
    let delimiter = [b"--", boundary].concat();
    let mut at = find(body, &delimiter, 0).map(|found| found + delimiter.len());
    std::iter::from_fn(move || {
        let start = at?;
        if body[start..].starts_with(b"--") {
            return None;
        }
        let start = start + body[start..].iter().position(|byte| *byte == b'\n')? + 1;
        let next = find(body, &delimiter, start);
        at = next.map(|found| found + delimiter.len());
        let end = next.unwrap_or(body.len());
        let part = body.slice(start..end);
        Some(part.strip_suffix(b"\r\n").map_or(part.len(), <[u8]>::len)).map(|length| part.slice(..length))
    })
    .take(MULTIPART_PARTS_MAX)
}

/// A delimiter stands at the start of a line.
fn find(body: &[u8], delimiter: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find_iter(&body[from..], delimiter).map(|at| from + at).find(|at| *at == 0 || body[at - 1] == b'\n')
}

/// A part's Content-Type (`text/plain` where it is missing) and its content.
fn split_part(part: &Bytes) -> Option<(String, Bytes)> {
    let (head_end, content) = if part.starts_with(b"\r\n") {
        (0, 2)
    } else {
        let end = memchr::memmem::find(part, b"\r\n\r\n")?;
        (end, end + 4)
    };
    let head = String::from_utf8_lossy(&part[..head_end]);
    let content_type = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (HeaderName::read(name.trim()) == HeaderName::ContentType).then(|| value.trim().to_owned())
    });
    Some((content_type.unwrap_or_else(|| "text/plain".into()), part.slice(content..)))
}

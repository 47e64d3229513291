//! Cuts the head of a message into lines, joins folded ones, and finds control characters.
//!
//! Knows bytes only; what a line says is read elsewhere.

use std::sync::Arc;

use smallvec::SmallVec;

use super::Fault;
use super::limits::{HEADER_LINE_BYTES_MAX, HEADERS_MAX};

/// Lines whose places lie on the stack; more go to the heap.
const SPANS_INLINE: usize = 24;

/// The lines of a head: spans in the datagram, folds joined.
pub(super) struct Lines {
    /// The first line.
    pub(super) first: (usize, usize),
    /// Start and end of each other line, without its CRLF.
    pub(super) spans: SmallVec<[(u16, u16); SPANS_INLINE]>,
    /// Physical line breaks up to the blank line, each two control characters.
    breaks: usize,
    folded: bool,
    /// Where the body begins.
    pub(super) end: usize,
    /// The first thing that is wrong.
    pub(super) fault: Option<Fault>,
}

impl Lines {
    pub(super) fn split(datagram: &[u8]) -> Self {
        let mut lines =
            Self { first: (0, 0), spans: SmallVec::new(), breaks: 0, folded: false, end: datagram.len(), fault: None };
        let mut at = 0;
        loop {
            let Some(length) = memchr::memchr(b'\n', &datagram[at..]) else {
                lines.fault = lines.fault.or(Some(Fault::NoEnd));
                if at < datagram.len() {
                    lines.take(datagram, at, datagram.len());
                }
                return lines;
            };
            let end = at + length;
            lines.breaks += 1;
            if end == at || datagram[end - 1] != b'\r' {
                lines.fault = lines.fault.or(Some(Fault::Control));
            }
            let text_end = if end > at && datagram[end - 1] == b'\r' { end - 1 } else { end };
            if text_end == at {
                lines.end = end + 1;
                return lines;
            }
            lines.take(datagram, at, text_end);
            if lines.spans.len() > HEADERS_MAX {
                lines.fault = lines.fault.or(Some(Fault::Limit));
                return lines;
            }
            at = end + 1;
        }
    }

    fn take(&mut self, datagram: &[u8], start: usize, end: usize) {
        if self.first.1 == 0 {
            self.first = (start, end);
            return;
        }
        if matches!(datagram[start], b' ' | b'\t') {
            self.folded = true;
            match self.spans.last_mut() {
                Some(last) => last.1 = end as u16,
                None => self.fault = self.fault.or(Some(Fault::StartLine)),
            }
        } else {
            self.spans.push((start as u16, end as u16));
        }
        if self.spans.last().is_some_and(|last| (last.1 - last.0) as usize > HEADER_LINE_BYTES_MAX) {
            self.fault = self.fault.or(Some(Fault::Limit));
        }
    }

    /// The head as text of the same length: folds become blanks. Latin-1 from old exchanges becomes `?` rather than a
    /// refusal of the citizen; a control character is noted as a fault and becomes a blank, so that the answer is clean.
    pub(super) fn head(&mut self, datagram: &[u8]) -> Arc<str> {
        let raw = &datagram[..self.end];
        // In chunks whose count fits a byte, so that the compiler counts many at a time.
        let count = |chunk: &[u8]| usize::from(chunk.iter().map(|byte| u8::from(is_control(*byte))).sum::<u8>());
        let controls = raw.chunks(255).map(count).sum::<usize>();
        if controls != self.breaks * 2 {
            self.fault = self.fault.or(Some(Fault::Control));
        } else if !self.folded
            && let Ok(text) = std::str::from_utf8(raw)
        {
            return Arc::from(text);
        }
        Arc::from(mended(raw))
    }
}

fn mended(raw: &[u8]) -> String {
    let mut bytes = raw.to_vec();
    for byte in &mut bytes {
        if is_control(*byte) {
            *byte = b' ';
        }
    }
    loop {
        match String::from_utf8(bytes) {
            Ok(text) => return text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let length = error.utf8_error().error_len().unwrap_or(1);
                bytes = error.into_bytes();
                bytes[at..at + length].fill(b'?');
            }
        }
    }
}

/// C0 without tab, and DEL.
const fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
}

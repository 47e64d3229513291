//! Bodies: session descriptions line by line, keys that were pressed never, what is not known not at all.
//! Knows which type is read by whom.

use super::address::MASKED;
use super::plain::scrub_numbers;
use super::{Depth, Masker};

impl Masker<'_> {
    /// The body as it may be shown.
    pub(super) fn body(&mut self, content_type: &str, body: &[u8]) -> Vec<u8> {
        if body.is_empty() {
            return Vec::new();
        }
        let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let Ok(text) = std::str::from_utf8(body) else { return withheld(body.len()) };
        match kind.as_str() {
            "application/sdp" => self.session(text).into_bytes(),
            // Keys are a citizen's answers to a menu, and may be their CPR number: not even unmasked.
            "application/dtmf-relay" => b"Signal=masked\r\n".to_vec(),
            "application/dtmf" => MASKED.as_bytes().to_vec(),
            "message/sipfrag" => self.status_alone(text),
            _ if self.depth == Depth::SecretsOnly && !may_hold_sessions(&kind) => body.to_vec(),
            _ => withheld(body.len()),
        }
    }

    /// The state of a transfer (RFC 3515 §2.4.5); what else stands there is not needed.
    fn status_alone(&mut self, text: &str) -> Vec<u8> {
        let first = text.lines().next().unwrap_or("");
        if !first.starts_with("SIP/2.0 ") {
            return withheld(text.len());
        }
        format!("{}\r\n", scrub_numbers(first, self.aliases)).into_bytes()
    }
}

/// A part of it may be a session description with keys in it.
fn may_hold_sessions(kind: &str) -> bool {
    kind.starts_with("multipart/") || kind.contains("dtmf") || kind.is_empty()
}

fn withheld(bytes: usize) -> Vec<u8> {
    format!("(masked: {bytes} bytes)\r\n").into_bytes()
}

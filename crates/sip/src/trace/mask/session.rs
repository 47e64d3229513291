//! Session descriptions (RFC 8866): names and contacts go, foreign addresses become aliases, keys of the sound never stay.
//! Knows which attributes are harmless; settles nothing.

use super::address::MASKED;
use super::plain::scrub;
use super::{Depth, Masker};
use crate::message::is_token;

/// Attributes that are shown with their values.
const SHOWN: [&str; 31] = [
    "rtpmap",
    "fmtp",
    "ptime",
    "maxptime",
    "sendrecv",
    "sendonly",
    "recvonly",
    "inactive",
    "rtcp-mux",
    "rtcp-mux-only",
    "rtcp-rsize",
    "rtcp-fb",
    "mid",
    "group",
    "bundle-only",
    "setup",
    "connection",
    "fingerprint",
    "ice-ufrag",
    "ice-options",
    "ice-lite",
    "end-of-candidates",
    "extmap",
    "extmap-allow-mixed",
    "label",
    "silencesupp",
    "sqn",
    "cdsc",
    "direction",
    "framerate",
    "tls-id",
];

impl Masker<'_> {
    /// A description as it may be shown. A line that is none is left out.
    pub(super) fn session(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for line in text.lines() {
            if let Some(line) = self.session_line(line) {
                shown.push_str(&line);
                shown.push_str("\r\n");
            }
        }
        shown
    }

    fn session_line(&mut self, line: &str) -> Option<String> {
        let (kind, value) = line.split_once('=').filter(|(kind, _)| kind.len() == 1)?;
        if kind == "a" {
            return Some(self.attribute(value));
        }
        if self.depth == Depth::SecretsOnly {
            return Some(if kind == "k" { "k=prompt".to_owned() } else { line.to_owned() });
        }
        Some(match kind {
            "v" | "t" | "r" | "z" | "b" | "m" => format!("{kind}={}", scrub(value, self.aliases)),
            "o" => format!("o={}", self.origin(value)),
            "s" => "s=-".to_owned(),
            "c" => format!("c={}", self.connection(value)),
            "k" => "k=prompt".to_owned(),
            "i" | "u" | "e" | "p" => format!("{kind}={MASKED}"),
            _ => return None,
        })
    }

    /// `username id version IN IP4 address`.
    fn origin(&mut self, value: &str) -> String {
        let words: Vec<&str> = value.split_whitespace().collect();
        let [_, id, version, net, family, address] = words.as_slice() else { return "- 0 0 IN IP4 0.0.0.0".to_owned() };
        let (id, version) = (scrub(id, self.aliases), scrub(version, self.aliases));
        format!("- {id} {version} {net} {family} {}", self.host(address))
    }

    /// `IN IP4 address[/ttl]`.
    fn connection(&mut self, value: &str) -> String {
        let words: Vec<&str> = value.split_whitespace().collect();
        let [net, family, address] = words.as_slice() else { return "IN IP4 0.0.0.0".to_owned() };
        let (address, more) = address.split_at(address.find('/').unwrap_or(address.len()));
        format!("{net} {family} {}{more}", self.host(address))
    }

    fn attribute(&mut self, value: &str) -> String {
        let (name, rest) = value.split_once(':').unwrap_or((value, ""));
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            // Whoever has these hears the talk (RFC 4568 §6.1, RFC 8839 §5.4).
            "crypto" => {
                let shown: Vec<&str> = rest.split_whitespace().take(2).collect();
                return format!("a=crypto:{} inline:{MASKED}", shown.join(" "));
            }
            "ice-pwd" | "key-mgmt" | "zrtp-hash" => return format!("a={name}:{MASKED}"),
            _ => {}
        }
        if self.depth == Depth::SecretsOnly {
            return format!("a={value}");
        }
        match lower.as_str() {
            "candidate" => format!("a=candidate:{}", self.candidate(rest)),
            "rtcp" => format!("a=rtcp:{}", self.rtcp(rest)),
            "ssrc" => format!("a=ssrc:{}", rest.split(' ').next().unwrap_or("").chars().take(10).collect::<String>()),
            known if SHOWN.contains(&known) && rest.is_empty() => format!("a={name}"),
            known if SHOWN.contains(&known) => format!("a={name}:{}", scrub(rest, self.aliases)),
            _ if is_token(name) => format!("a=x-masked:{MASKED}"),
            _ => "a=x-masked".to_owned(),
        }
    }

    /// `port [IN IP4 address]` (RFC 3605).
    fn rtcp(&mut self, value: &str) -> String {
        let words: Vec<&str> = value.split_whitespace().collect();
        match words.as_slice() {
            [port, net, family, address] => format!("{port} {net} {family} {}", self.host(address)),
            [port] => (*port).to_owned(),
            _ => MASKED.to_owned(),
        }
    }

    /// `foundation component transport priority address port typ host …` (RFC 8839 §5.1).
    fn candidate(&mut self, value: &str) -> String {
        let words: Vec<&str> = value.split_whitespace().collect();
        let mut shown = Vec::new();
        for (at, word) in words.iter().take(12).enumerate() {
            let is_address = at == 4 || words.get(at.wrapping_sub(1)) == Some(&"raddr");
            shown.push(if is_address { self.host(word) } else { scrub(word, self.aliases) });
        }
        shown.join(" ")
    }
}

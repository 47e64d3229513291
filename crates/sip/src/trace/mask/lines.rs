//! One line of a head: shown, masked, or masked in part, by the name of its header.
//!
//! Three tables say what is shown; whatever stands in none of them loses its value.

use super::Depth;
use super::Masker;
use super::address::MASKED;
use super::plain::{product, scrub, scrub_numbers};
use crate::message::{HeaderName, Params, is_token, split_outside_quotes};

/// Numbers and tokens that say nothing of anybody.
const SHOWN: [&str; 38] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "allow",
    "allow-events",
    "answer-mode",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "cseq",
    "date",
    "event",
    "expires",
    "flow-timer",
    "max-forwards",
    "mime-version",
    "min-expires",
    "min-se",
    "p-early-media",
    "priority",
    "privacy",
    "proxy-require",
    "rack",
    "reason",
    "recv-info",
    "refer-sub",
    "require",
    "retry-after",
    "rseq",
    "session-expires",
    "session-id",
    "subscription-state",
    "supported",
    "timestamp",
    "unsupported",
    "www-authenticate",
    "proxy-authenticate",
];
/// Lists of addresses.
const ADDRESSES: [&str; 17] = [
    "contact",
    "diversion",
    "from",
    "history-info",
    "p-asserted-identity",
    "p-associated-uri",
    "p-called-party-id",
    "p-preferred-identity",
    "path",
    "record-route",
    "refer-to",
    "referred-by",
    "remote-party-id",
    "reply-to",
    "route",
    "service-route",
    "to",
];
/// What of a proof (RFC 7616 §3.4) may be shown: not the response, nor what one needs to guess a password by it.
const PROOF_SHOWN: [&str; 7] = ["realm", "nonce", "algorithm", "qop", "nc", "opaque", "stale"];

impl Masker<'_> {
    /// Takes in who is hidden, so that they are hidden wherever else they stand.
    pub(super) fn learn(&mut self, head: &str) {
        if self.depth == Depth::Personal
            && let Some(uri) = head.split("\r\n").next().and_then(|first| first.split(' ').nth(1))
        {
            self.uri(uri);
        }
        for line in head.split("\r\n").skip(1) {
            let Some((name, value)) = name_and_value(line) else { continue };
            if ADDRESSES.contains(&name.long.as_str()) && self.hides(name.known) {
                self.addresses(value);
            }
        }
    }

    pub(super) fn first_line(&mut self, line: &str) -> String {
        if self.depth == Depth::SecretsOnly {
            return line.to_owned();
        }
        if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
            return scrub_numbers(line, self.aliases);
        }
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            [method, uri, version] if is_token(method) => format!("{method} {} {version}", self.uri(uri)),
            _ => MASKED.to_owned(),
        }
    }

    /// A header line; `body_len` is the length of the body as it is shown.
    pub(super) fn line(&mut self, line: &str, body_len: usize) -> String {
        let Some((name, value)) = name_and_value(line) else { return format!("X-Masked: {MASKED}") };
        let proves = [HeaderName::Authorization, HeaderName::ProxyAuthorization].contains(&name.known);
        let shown = if name.known == HeaderName::ContentLength {
            body_len.to_string()
        } else if proves {
            self.proof(value)
        } else if name.long == "authentication-info" || self.hides(name.known) {
            self.value(&name.long, value)
        } else {
            value.to_owned()
        };
        format!("{}: {shown}", name.text)
    }

    fn value(&mut self, name: &str, value: &str) -> String {
        if ADDRESSES.contains(&name) {
            return self.addresses(value);
        }
        match name {
            "via" => self.vias(value),
            "call-id" => self.call_id(value),
            "replaces" | "target-dialog" | "join" => {
                let (call_id, params) = value.split_at(value.find(';').unwrap_or(value.len()));
                format!("{}{}", self.call_id(call_id), self.params(Params::new(params)))
            }
            "user-agent" | "server" => product(value, self.aliases),
            "warning" => self.warning(value),
            "cseq" => value.to_owned(),
            _ if SHOWN.contains(&name) => scrub(value, self.aliases),
            _ => MASKED.to_owned(),
        }
    }

    fn vias(&mut self, value: &str) -> String {
        let masked: Vec<String> = split_outside_quotes(value, b',').map(|via| self.via(via.trim())).collect();
        masked.join(", ")
    }

    fn via(&mut self, via: &str) -> String {
        let (sent, params) = via.split_at(via.find(';').unwrap_or(via.len()));
        let Some((protocol, place)) = sent.trim().rsplit_once(' ') else { return MASKED.to_owned() };
        format!("{} {}{}", protocol.trim(), self.place(place), self.params(Params::new(params)))
    }

    /// What stands before `@` tells calls apart and is kept, but for what looks like a number in it.
    fn call_id(&mut self, value: &str) -> String {
        match value.rsplit_once('@') {
            Some((local, host)) => format!("{}@{}", scrub_numbers(local, self.aliases), self.place(host)),
            None => scrub_numbers(value, self.aliases),
        }
    }

    fn warning(&mut self, value: &str) -> String {
        let mut words = value.splitn(3, ' ');
        let code: String = words.next().unwrap_or("").chars().take(3).filter(char::is_ascii_digit).collect();
        let place = self.place(words.next().unwrap_or(""));
        let text = scrub_numbers(words.next().unwrap_or("").trim_matches('"'), self.aliases);
        format!("{code} {place} \"{}\"", text.replace(['"', '\\'], ""))
    }

    /// A proof of a password, whoever asks to see it: without what proves.
    fn proof(&mut self, value: &str) -> String {
        let Some((scheme, rest)) = value.split_once(' ') else { return MASKED.to_owned() };
        if !scheme.eq_ignore_ascii_case("digest") {
            return format!("{} {MASKED}", if is_token(scheme) { scheme } else { MASKED });
        }
        let shown: Vec<String> = split_outside_quotes(rest, b',').filter_map(|param| self.proof_param(param)).collect();
        format!("{scheme} {}", shown.join(", "))
    }

    fn proof_param(&mut self, param: &str) -> Option<String> {
        let (name, value) = param.trim().split_once('=')?;
        let (name, bare) = (name.trim(), value.trim().trim_matches('"'));
        let lower = name.to_ascii_lowercase();
        let open = self.depth == Depth::SecretsOnly;
        Some(match lower.as_str() {
            "username" | "uri" if open => format!("{name}=\"{bare}\""),
            "username" if self.ours.user(bare) => format!("{name}=\"{bare}\""),
            "username" => format!("{name}=\"{}\"", self.aliases.user(bare)),
            "uri" => format!("{name}=\"{}\"", self.uri(bare)),
            known if PROOF_SHOWN.contains(&known) => format!("{name}={}", scrub(value.trim(), self.aliases)),
            _ if is_token(name) => format!("{name}=\"{MASKED}\""),
            _ => return None,
        })
    }
}

/// The body's type; empty without one.
pub(super) fn content_type(head: &str) -> &str {
    let mut lines = head.split("\r\n").skip(1).filter_map(name_and_value);
    lines.find(|(name, _)| name.known == HeaderName::ContentType).map_or("", |(_, value)| value)
}

/// A header's name as it stands, and as it is known.
struct Name<'a> {
    text: &'a str,
    known: HeaderName,
    /// Long and in small letters.
    long: String,
}

fn name_and_value(line: &str) -> Option<(Name<'_>, &str)> {
    let (text, value) = line.split_once(':')?;
    let text = text.trim_end();
    if !is_token(text) {
        return None;
    }
    let known = HeaderName::read(text);
    let long = if known == HeaderName::Other { text } else { known.as_str() };
    Some((Name { text, known, long: long_of(long) }, value.trim()))
}

/// Compact forms that the parser does not know (RFC 3515 §2, RFC 3892 §3).
fn long_of(name: &str) -> String {
    match name {
        "b" | "B" => "referred-by".to_owned(),
        "u" | "U" => "allow-events".to_owned(),
        name => name.to_ascii_lowercase(),
    }
}

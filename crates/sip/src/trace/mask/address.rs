//! Addresses: user parts become aliases, foreign hosts too, display names go, and parameters that are not known.
//! Reads URIs and `name-addr` by hand, so that a malformed one hides as much as a good one.

use std::net::IpAddr;

use super::Masker;
use super::plain::{says_nothing, scrub, scrub_numbers};
use crate::message::{NameAddr, Params, escape_user, split_outside_quotes, unescape};

/// Stands for a value that is not shown.
pub(super) const MASKED: &str = "masked";
/// Stands for an address that can't be read.
const NOWHERE: &str = "<sip:masked@masked.invalid>";

/// Parameters of URIs that are shown with their values.
const URI_PARAMS: [&str; 6] = ["transport", "lr", "ob", "user", "method", "ttl"];
/// Parameters of addresses that are shown with their values.
const PARAMS: [&str; 17] = [
    "expires",
    "q",
    "reg-id",
    "index",
    "reason",
    "counter",
    "privacy",
    "screen",
    "party",
    "cause",
    "purpose",
    "rport",
    "ttl",
    "limit",
    "refresher",
    "methods",
    "keep",
];

/// Parameters that tell dialogs and transactions apart.
const TAGS: [&str; 4] = ["tag", "branch", "to-tag", "from-tag"];

impl Masker<'_> {
    /// A comma-separated list of addresses.
    pub(super) fn addresses(&mut self, value: &str) -> String {
        let masked: Vec<String> = split_outside_quotes(value, b',').map(|one| self.name_addr(one.trim())).collect();
        masked.join(", ")
    }

    fn name_addr(&mut self, text: &str) -> String {
        if text == "*" {
            return text.to_owned();
        }
        let Some(address) = NameAddr::read(text) else { return NOWHERE.to_owned() };
        let uri = self.uri(address.uri_text());
        let params = self.params(address.params());
        let display = address.display();
        if display.trim().is_empty() {
            return format!("<{uri}>{params}");
        }
        format!("\"{}\" <{uri}>{params}", self.aliases.name(display.trim()))
    }

    /// A URI without brackets.
    pub(super) fn uri(&mut self, text: &str) -> String {
        let Some((scheme, rest)) = text.split_once(':') else { return "sip:masked.invalid".to_owned() };
        match scheme.to_ascii_lowercase().as_str() {
            "sip" | "sips" => self.sip_uri(scheme, rest),
            "tel" => {
                let number = rest.split(';').next().unwrap_or("");
                if self.ours.user(number) { text.to_owned() } else { format!("{scheme}:{}", self.aliases.user(number)) }
            }
            "urn" if rest.starts_with("service:") => text.to_owned(),
            _ => "sip:masked.invalid".to_owned(),
        }
    }

    fn sip_uri(&mut self, scheme: &str, rest: &str) -> String {
        let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
        let (place, headers) = place.split_once('?').unwrap_or((place, ""));
        let (place, params) = place.split_at(place.find(';').unwrap_or(place.len()));
        let place = self.place(place);
        let params = self.uri_params(Params::new(params));
        // What stands behind the question mark may be anything; that there was something is worth knowing.
        let asked = if headers.is_empty() { "" } else { "?masked=masked" };
        match user {
            Some(user) => format!("{scheme}:{}@{place}{params}{asked}", self.user(user)),
            None => format!("{scheme}:{place}{params}{asked}"),
        }
    }

    /// A user part as a URI has it, with its password and parameters.
    fn user(&mut self, user: &str) -> String {
        let plain = unescape(user.split(':').next().unwrap_or(""));
        if self.ours.user(&plain) { escape_user(&plain).to_string() } else { self.aliases.user(&plain) }
    }

    /// `host[:port]`, a host of ours or a trunk as it is.
    pub(super) fn place(&mut self, place: &str) -> String {
        let place = place.trim();
        let port_at = match place.rfind(']') {
            Some(close) => place[close..].find(':').map(|colon| close + colon),
            None => place.find(':'),
        };
        let (host, port) = place.split_at(port_at.unwrap_or(place.len()));
        let port = if port.len() <= 6 && port.bytes().skip(1).all(|byte| byte.is_ascii_digit()) { port } else { "" };
        format!("{}{port}", self.host(host))
    }

    /// A host: a name, an address, or an address in brackets.
    pub(super) fn host(&mut self, host: &str) -> String {
        let (bare, bracketed) = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => (inner, true),
            None => (host, false),
        };
        let Ok(address) = bare.parse::<IpAddr>() else {
            let known = self.ours.host(bare) || is_nobodys(bare);
            return if known { bare.to_owned() } else { self.aliases.host(bare) };
        };
        let shown = if says_nothing(address) || self.ours.host(bare) { address } else { self.aliases.address(address) };
        if bracketed || shown.is_ipv6() && host.starts_with('[') { format!("[{shown}]") } else { shown.to_string() }
    }

    fn uri_params(&mut self, params: Params<'_>) -> String {
        let one = |(name, value): (&str, Option<&str>)| {
            let known = URI_PARAMS.iter().any(|known| known.eq_ignore_ascii_case(name));
            match value {
                Some(value) if known => format!(";{name}={}", scrub_numbers(value, self.aliases)),
                None if known => format!(";{name}"),
                Some(value) if name.eq_ignore_ascii_case("maddr") => format!(";maddr={}", self.host(value)),
                Some(_) | None => ";x-masked".to_owned(),
            }
        };
        params.iter().map(one).collect()
    }

    /// Parameters behind an address or a Via.
    pub(super) fn params(&mut self, params: Params<'_>) -> String {
        params.iter().map(|(name, value)| self.param(name, value)).collect()
    }

    fn param(&mut self, name: &str, value: Option<&str>) -> String {
        let is = |one: &str| name.eq_ignore_ascii_case(one);
        let known = PARAMS.iter().any(|known| is(known));
        match value {
            Some(value) if known => format!(";{name}={}", scrub_numbers(value, self.aliases)),
            None if known || is("alias") => format!(";{name}"),
            // What tells dialogs and transactions apart must stay as it is, or the trace can't be read.
            Some(value) if TAGS.iter().any(|tag| is(tag)) => format!(";{name}={}", scrub(value, self.aliases)),
            Some(value) if is("received") || is("maddr") => format!(";{name}={}", self.host(value)),
            Some(_) | None => ";x-masked".to_owned(),
        }
    }
}

/// Names that lead nowhere: browsers' phones have them, and withheld callers (RFC 2606 §2, RFC 7118 §5).
fn is_nobodys(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    matches!(lower.as_str(), "localhost" | "anonymous.invalid" | "invalid" | "unknown.invalid")
}

//! How phones register: realm, hashes, spans.
//!
//! Knows what may stand in a challenge; makes none.

use sip::digest::Algorithm;

use super::Desk;
use crate::settings::RegisterSpans;
use crate::settings::file::SipSection;

impl Desk {
    /// The realm stands in quotation marks in every challenge.
    pub(super) fn realm(&mut self, realm: &str) -> String {
        if realm.contains(['"', '\\']) {
            self.fault(
                "sip.realm",
                "må ikke indeholde anførselstegn eller omvendt skråstreg",
                "must not contain a quotation mark or a backslash",
            );
        }
        self.text("sip.realm", realm)
    }

    pub(super) fn register_spans(&mut self, sip: &SipSection) -> RegisterSpans {
        let spans = RegisterSpans {
            min: self.secs("sip.register_min_s", sip.register_min_s, 10, 86_400),
            default: self.secs("sip.register_default_s", sip.register_default_s, 10, 86_400),
            max: self.secs("sip.register_max_s", sip.register_max_s, 10, 86_400),
        };
        if !(spans.min <= spans.default && spans.default <= spans.max) {
            self.fault(
                "sip.register_default_s",
                "skal ligge mellem register_min_s og register_max_s",
                "must lie between register_min_s and register_max_s",
            );
        }
        spans
    }

    /// The hashes for passwords, in the order in which they are offered.
    pub(super) fn digest(&mut self, names: &[String]) -> Vec<Algorithm> {
        let mut all = Vec::new();
        for (i, name) in names.iter().enumerate() {
            match name.as_str() {
                "md5" if !all.contains(&Algorithm::Md5) => all.push(Algorithm::Md5),
                "sha-256" if !all.contains(&Algorithm::Sha256) => all.push(Algorithm::Sha256),
                other => self.fault(
                    format!("sip.digest[{i}]"),
                    format!("\"{other}\" går ikke; skriv \"md5\" eller \"sha-256\", hver højst én gang"),
                    format!("\"{other}\" won't do; write \"md5\" or \"sha-256\", each once at most"),
                ),
            }
        }
        if names.is_empty() {
            self.fault("sip.digest", "skriv mindst én, fx [\"md5\"]", "write at least one, say [\"md5\"]");
        }
        if all.is_empty() {
            all.push(Algorithm::Md5);
        }
        all
    }
}

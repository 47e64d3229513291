//! `[admission]`: who may ask how much, what is refused when the node is behind, and who is banned for how long.
//! From the file's numbers to what the gate is told, each within its bounds. Knows no message.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sip::net::{AdmissionSettings, BanSettings, LoadSettings, Rate};

use super::check::Desk;

/// Most rates, each second.
const RATE_MAX: u64 = 100_000;
/// Most urgent numbers.
const URGENT_MAX: usize = 256;

/// What the gate is told.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    /// The buckets.
    pub(crate) buckets: AdmissionSettings,
    /// What a shard may owe.
    pub(crate) load: LoadSettings,
    /// Bans.
    pub(crate) bans: BanSettings,
    /// Numbers whose calls are refused last, beside those of emergencies.
    pub(crate) urgent_numbers: Vec<String>,
}

/// `[admission]` as it is written.
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AdmissionSection {
    source_per_s: u64,
    source_burst: u64,
    phones_per_s: u64,
    phones_burst: u64,
    strangers_per_s: u64,
    trunk_calls_per_s: u64,
    sources_max: u64,
    new_call_wait_max_ms: u64,
    stale_after_ms: u64,
    urgent_numbers: Vec<String>,
    ban_after_failures: u64,
    ban_after_unreadable: u64,
    ban_s: u64,
    ban_max_s: u64,
}

impl Default for AdmissionSection {
    fn default() -> Self {
        Self {
            source_per_s: 50,
            source_burst: 200,
            phones_per_s: 1_000,
            phones_burst: 4_000,
            strangers_per_s: 8_000,
            trunk_calls_per_s: 5_000,
            sources_max: 16_384,
            new_call_wait_max_ms: 100,
            stale_after_ms: 500,
            urgent_numbers: Vec::new(),
            ban_after_failures: 10,
            ban_after_unreadable: 200,
            ban_s: 300,
            ban_max_s: 86_400,
        }
    }
}

impl Desk {
    pub(super) fn admission(&mut self, file: &AdmissionSection) -> Admission {
        let sources_max = self.within("admission.sources_max", file.sources_max, 64, 1_048_576) as usize;
        Admission {
            buckets: AdmissionSettings {
                source: self.rate("source_per_s", file.source_per_s, "source_burst", file.source_burst),
                phones: self.rate("phones_per_s", file.phones_per_s, "phones_burst", file.phones_burst),
                strangers: self.rate("strangers_per_s", file.strangers_per_s, "strangers_per_s", file.strangers_per_s),
                trunk_calls: self.rate(
                    "trunk_calls_per_s",
                    file.trunk_calls_per_s,
                    "trunk_calls_per_s",
                    file.trunk_calls_per_s,
                ),
                sources_max,
            },
            load: LoadSettings {
                new_call_wait_max: self.ms("admission.new_call_wait_max_ms", file.new_call_wait_max_ms, 10, 10_000),
                stale_after: self.ms("admission.stale_after_ms", file.stale_after_ms, 100, 32_000),
                ..LoadSettings::default()
            },
            bans: self.bans(file, sources_max),
            urgent_numbers: self.urgent_numbers(&file.urgent_numbers),
        }
    }

    fn rate(&mut self, per_second: &str, n: u64, burst: &str, at_once: u64) -> Rate {
        Rate {
            per_second: self.within(&format!("admission.{per_second}"), n, 1, RATE_MAX) as u32,
            burst: self.within(&format!("admission.{burst}"), at_once, 1, RATE_MAX) as u32,
        }
    }

    fn bans(&mut self, file: &AdmissionSection, sources_max: usize) -> BanSettings {
        let (first, longest) = (file.ban_s, file.ban_max_s);
        if first > longest {
            self.fault("admission.ban_s", "er længere end ban_max_s", "is longer than ban_max_s");
        }
        BanSettings {
            failures_max: self.within("admission.ban_after_failures", file.ban_after_failures, 0, 10_000) as u32,
            unreadable_max: self.within("admission.ban_after_unreadable", file.ban_after_unreadable, 0, 100_000) as u32,
            first: Duration::from_secs(self.within("admission.ban_s", first, 1, 604_800)),
            longest: Duration::from_secs(self.within("admission.ban_max_s", longest, 1, 604_800)),
            sources_max,
            ..BanSettings::default()
        }
    }

    fn urgent_numbers(&mut self, numbers: &[String]) -> Vec<String> {
        if numbers.len() > URGENT_MAX {
            self.fault(
                "admission.urgent_numbers",
                format!("højst {URGENT_MAX} numre"),
                format!("at most {URGENT_MAX} numbers"),
            );
        }
        for (i, number) in numbers.iter().enumerate() {
            let digits = number.strip_prefix('+').unwrap_or(number);
            if !(2..=32).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                self.fault(
                    format!("admission.urgent_numbers[{i}]"),
                    format!("\"{number}\" er intet nummer; skriv det, som det ringes op, fx \"70201000\" eller \"+4570201000\""),
                    format!("\"{number}\" is no number; write it as it is dialled, such as \"70201000\" or \"+4570201000\""),
                );
            }
        }
        numbers.to_vec()
    }
}

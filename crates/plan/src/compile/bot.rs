//! A line's bot: an address that may be called, a time, a key.
//!
//! Sees to it that sound leaves the machine encrypted only, and that a person can be reached by a key at any moment.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Work;
use super::checks::seconds;
use super::names::shown;
use crate::Bot;
use crate::file::{BotEntry, LineEntry, WaitingEntry};

/// The longest talk, unless the line says otherwise; and what it may say, in seconds.
const TIME_MAX_S: u64 = 120;
const TIME_RANGE_S: RangeInclusive<u64> = 10..=1_800;
/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 512;

impl Work<'_> {
    pub(super) fn bot(&mut self, at: &str, entry: &LineEntry) -> Option<Bot> {
        let bot = entry.bot.as_ref()?;
        let at = format!("{at}.bot");
        if entry.waiting == Some(WaitingEntry::Unanswered) {
            self.fault(
                &at,
                "linjen svarer ikke, før en medarbejder gør, så ingen kan tale med en bot; skriv waiting = \"music\"",
                "the line isn't answered before an agent does, so nobody can talk with a bot; write waiting = \"music\"",
            );
        }
        if bot.before.as_deref().is_some_and(|before| before != "person") {
            self.fault(
                format!("{at}.before"),
                "en bot kan kun stå foran en medarbejder; skriv before = \"person\", eller slet linjen",
                "a bot can only stand before a person; write before = \"person\", or delete the setting",
            );
        }
        let time = bot.time_max_s.unwrap_or(TIME_MAX_S);
        let time = seconds(&mut self.faults, &format!("{at}.time_max_s"), time, TIME_RANGE_S);
        Some(Bot {
            url: self.bot_url(&format!("{at}.url"), bot).into(),
            time_max: Duration::from_secs(time),
            key: self.bot_key(&format!("{at}.key"), bot),
        })
    }

    fn bot_url<'e>(&mut self, at: &str, bot: &'e BotEntry) -> &'e str {
        let url = bot.url.as_deref().unwrap_or("");
        let plain = url.len() <= URL_BYTES_MAX && url.bytes().all(|byte| byte.is_ascii_graphic());
        let host =
            |rest: &str| rest.split(['/', '?']).next().is_some_and(|host| !host.is_empty() && !host.contains('@'));
        let is_safe = url.strip_prefix("wss://").is_some_and(host) || is_here(url);
        if !plain || !is_safe {
            self.fault(
                at,
                format!("\"{}\" går ikke; skriv wss://… (ws:// kun til 127.0.0.1 eller [::1])", shown(url)),
                format!("\"{}\" won't do; write wss://… (ws:// only to 127.0.0.1 or [::1])", shown(url)),
            );
        }
        url
    }

    fn bot_key(&mut self, at: &str, bot: &BotEntry) -> char {
        let written = bot.key.as_deref().unwrap_or("0");
        let mut keys = written.chars();
        if let (Some(key @ ('0'..='9' | '*' | '#')), None) = (keys.next(), keys.next()) {
            return key;
        }
        self.fault(
            at,
            format!("\"{}\" er ingen tast; skriv en af 0-9, * og #", shown(written)),
            format!("\"{}\" is no key; write one of 0-9, * and #", shown(written)),
        );
        '0'
    }
}

/// Sound that is not encrypted may stay on this machine.
fn is_here(url: &str) -> bool {
    let host = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).unwrap_or("");
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    host.trim_matches(['[', ']']).parse().is_ok_and(is_loopback)
}

//! What the packet workers cost, beside a bare relay and a bare sender in the same run on the same machine.
//!
//! CPU for a million relayed packets at several numbers of calls, with what was lost and how much later it came; what keys
//! and other codecs add; CPU for callers on hold music, and how evenly their frames come; what a leg's coming and going
//! costs. Relays run on one core, phones on another.
//! `cargo bench -p media-net [-- SECONDS CALLS…]`; without `--bench` (as a test) a short run that only shows that it works.

mod bare;
mod browsers;
mod cpu;
mod ours;
mod phones;
mod recorded;
mod voices;

use std::time::Duration;

use ours::Run;
use voices::Meeting;

/// Calls of each kind of meeting: encoding Opus for many more would fill the core.
const MEETINGS_CALLS: u16 = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measured = arguments.iter().any(|argument| argument == "--bench");
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse::<u16>().ok());
    let seconds = numbers.next().unwrap_or(u16::from(measured) * 5);
    let time = Duration::from_secs(seconds.into()).max(Duration::from_millis(200));
    let chosen: Vec<u16> = numbers.collect();
    let or = |ordinary: &[u16]| if chosen.is_empty() { ordinary.to_vec() } else { chosen.clone() };
    cpu::put_own(cpu::PHONES);

    println!("relaying for {time:?}: CPU-s for a million packets; lost; added delay p50 / p99 in ms");
    for calls in or(if measured { &[100, 400, 1000] } else { &[4] }) {
        let (ours, bare) = (ours::relayed_by_workers(calls, Meeting::Plain, time), ours::relayed_barely(calls, time));
        println!("  {calls:5} calls  packet workers  {}", relayed(&ours));
        println!("               bare mmsg relay {}", relayed(&bare));
        println!("               ratio           {:6.2}", ours.per_million() / bare.per_million());
    }
    let calls = if measured { MEETINGS_CALLS } else { 4 };
    println!("other meetings, {calls} calls: CPU-s for a million packets; lost; added delay; times the plain one");
    let plain = ours::relayed_by_workers(calls, Meeting::Plain, time);
    println!("  {:16} {}", "plain", relayed(&plain));
    for (meeting, name) in Meeting::OTHERS {
        let other = ours::relayed_by_workers(calls, meeting, time);
        println!("  {name:16} {}  {:5.2}", relayed(&other), other.per_million() / plain.per_million());
    }
    let other = ours::relayed_to_browsers(calls, time);
    println!("  {:16} {}  {:5.2}", "RTP and WebRTC", relayed(&other), other.per_million() / plain.per_million());
    let (other, scribe) = ours::relayed_and_recorded(calls, time);
    let share = 100.0 * scribe.as_secs_f64() / other.time.as_secs_f64() / f64::from(calls);
    println!("  {:16} {}  {:5.2}", "recorded", relayed(&other), other.per_million() / plain.per_million());
    println!("  the scribe: {share:.2} % of a core for each recorded talk");
    println!("hold music: share of a core; frames of those due; jitter p50 / p99 / most in ms");
    for listeners in or(if measured { &[500, 1000] } else { &[20] }) {
        let (ours, bare) = (ours::music_by_workers(listeners, time), ours::music_barely(listeners, time));
        println!("  {listeners:5} callers packet workers {}", played(&ours, listeners));
        println!("               bare sender    {}", played(&bare, listeners));
        println!("               ratio          {:6.2}", ours.per_million() / bare.per_million());
    }
    let legs = if measured { 2000 } else { 80 };
    let each = ours::legs_come_and_go(legs) / u32::from(legs);
    println!("a leg opened, settled and closed: {each:?} of CPU (both its sockets; mean of {legs})");
}

fn relayed(run: &Run) -> String {
    let (p50, p99) = (ms(run.count.delays.value_at_quantile(0.5)), ms(run.count.delays.value_at_quantile(0.99)));
    let lost = run.count.sent.saturating_sub(run.count.heard);
    let delay = match run.count.delays.len() {
        0 => format!("{:>6} / {:>6}", "-", "-"),
        _ => format!("{p50:6.3} / {p99:6.3}"),
    };
    format!("{:6.2}  {lost:4} of {:7}  {delay}", run.per_million(), run.count.sent)
}

fn played(run: &Run, listeners: u16) -> String {
    let due = u64::from(listeners) * run.time.as_millis() as u64 / phones::FRAME.as_millis() as u64;
    let jitter = &run.count.jitter;
    let (p50, p99) = (ms(jitter.value_at_quantile(0.5)), ms(jitter.value_at_quantile(0.99)));
    let (share, most) = (100.0 * run.cpu.as_secs_f64() / run.time.as_secs_f64(), ms(jitter.max()));
    format!("{share:5.1} %  {:7} of {due:7}  {p50:6.3} / {p99:6.3} / {most:7.3}", run.count.heard)
}

fn ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

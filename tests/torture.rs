//! The hard messages of RFC 4475 and RFC 5118, and those by which others fell, sent to the whole program from a trunk over
//! every transport: each gets the answer that its file names, the next question is answered, and nothing is left behind.

#[path = "../crates/sip/tests/hard/mod.rs"]
mod hard;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use samkald_tests::{Authority, Net, Pipe, RunningCentre, top};

/// After the answer to the next question, this long is left for a late answer to the message before it.
const GRACE: Duration = Duration::from_millis(200);
/// Where the centre of other people's phones takes TLS.
const TLS_PORT: u16 = 25_061;
/// The next question is answered within this, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// One message, and what must come of it.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// In a datagram: a status, or `none`.
    answer: String,
    /// On a connection, where that differs: without a length that can be trusted it is closed, and what follows is read.
    on_a_stream: String,
    /// In a frame of a WebSocket, where that differs from a datagram: what is no message closes it.
    in_a_frame: String,
}

#[test]
fn every_hard_message_gets_its_answer_over_udp() {
    let centre = RunningCentre::with_plan("calls");
    let from = |case: &Case| SocketAddr::new(centre.net.trunk(), via_port(&case.bytes));
    over(&centre, |case| (Pipe::udp_from(from(case), centre.sip()), case.answer.clone()));
}

#[test]
fn every_hard_message_gets_its_answer_over_tcp() {
    let centre = RunningCentre::with_plan("calls");
    over_streams(&centre, |trunk| Pipe::tcp(trunk, centre.sip()));
}

#[test]
fn every_hard_message_gets_its_answer_over_tls() {
    let (centre, authority) = edge();
    let tls = SocketAddr::new(centre.net.centre(), TLS_PORT);
    over_streams(&centre, |trunk| Pipe::tls(trunk, tls, &authority));
}

#[test]
fn every_hard_message_gets_its_answer_over_websocket() {
    let (centre, _authority) = edge();
    // A frame is a message, as a datagram is: its end is known without a length.
    over(&centre, |case| (Pipe::web(centre.net.trunk(), centre.http()), case.in_a_frame.clone()));
}

/// A centre that listens in every way.
fn edge() -> (RunningCentre, Authority) {
    let net = Net::claim();
    let authority = Authority::for_centre(net.centre());
    let folder = authority.folder().display().to_string();
    (RunningCentre::with_plan_in(net, "phones", &[("certificates", &folder), ("ice_servers", "")]), authority)
}

fn over_streams(centre: &RunningCentre, connect: impl Fn(IpAddr) -> Pipe) {
    over(centre, |case| (connect(centre.net.trunk()), case.on_a_stream.clone()));
}

fn over(centre: &RunningCentre, line: impl Fn(&Case) -> (Pipe, String)) {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let (mut pipe, wanted) = line(case);
            complaint(case, &wanted, &ask(centre, &mut pipe, &case.bytes, &wanted))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    centre.nothing_is_left();
}

fn complaint(case: &Case, wanted: &str, found: &str) -> Option<String> {
    (wanted != found).then(|| format!("{}: {wanted} expected, {found} found", case.name))
}

/// Says it, asks the next question elsewhere, and tells each final status that came, the lowest first, or `none`. On a busy
/// machine the wanted one may come late; that nothing more comes is seen within the grace.
fn ask(centre: &RunningCentre, pipe: &mut Pipe, bytes: &[u8], wanted: &str) -> String {
    pipe.say(bytes);
    let mut next = Pipe::udp(centre.net.stranger(), centre.sip());
    next.say(options(centre).as_bytes());
    assert!(next.hear(PATIENCE).is_some(), "nobody answers any more:\n{}", centre.log());
    let (call_ids, begun) = (call_ids(bytes), Instant::now());
    let mut statuses = BTreeSet::new();
    while told(&statuses) != wanted
        && let Some(heard) = pipe.hear(PATIENCE.saturating_sub(begun.elapsed()))
    {
        statuses.extend(finals(&heard, &call_ids));
    }
    pipe.hear_all(GRACE).iter().for_each(|heard| statuses.extend(finals(heard, &call_ids)));
    told(&statuses)
}

/// The final statuses in what was heard, if it answers what was said: refusals of earlier messages are repeated until they are
/// acknowledged, which here they never are.
fn finals(heard: &str, call_ids: &[String]) -> Vec<String> {
    if !call_ids.is_empty() && !call_ids.iter().any(|call_id| heard.contains(call_id)) {
        return Vec::new();
    }
    let statuses = heard.lines().filter_map(|line| line.strip_prefix("SIP/2.0 ")?.get(..3));
    statuses.filter(|status| !status.starts_with('1')).map(str::to_owned).collect()
}

/// Two messages on one stream may be answered in either order (RFC 3261 §18.2.2 promises none).
fn told(statuses: &BTreeSet<String>) -> String {
    if statuses.is_empty() {
        return "none".to_owned();
    }
    let statuses: Vec<&str> = statuses.iter().map(String::as_str).collect();
    statuses.join(" ")
}

/// Of every message that lies in the bytes; none in what is no SIP at all.
fn call_ids(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        matches!(name.trim().to_lowercase().as_str(), "call-id" | "i").then(|| value.trim().to_owned())
    };
    text.lines().filter_map(value).filter(|call_id| !call_id.is_empty()).collect()
}

fn options(centre: &RunningCentre) -> String {
    let from = centre.net.stranger();
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKnext;rport\r\nMax-Forwards: 70\r\n\
         From: <sip:next@{from}>;tag=n\r\nTo: <sip:{to}>\r\nCall-ID: next\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        to = centre.sip()
    )
}

/// Where a trunk that does not ask for `rport` hears its answers (RFC 3261 §18.2.2); anywhere for what is no SIP at all.
fn via_port(bytes: &[u8]) -> u16 {
    if call_ids(bytes).is_empty() {
        return 0;
    }
    let text = String::from_utf8_lossy(bytes);
    let via = text.lines().find(|line| line.to_lowercase().starts_with("via") || line.starts_with("v:"));
    let sent_by = via.and_then(|via| via.split([';', ',']).next()?.rsplit_once(':'));
    sent_by.and_then(|(_, port)| port.trim().parse().ok()).filter(|port| *port >= 1_024).unwrap_or(5_060)
}

fn cases() -> Vec<Case> {
    let folder = top().join("crates/sip/tests/torture");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder of messages").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let cases: Vec<Case> = paths.iter().map(|path| case(path)).collect();
    assert!(cases.len() > 80, "messages are missing: {}", cases.len());
    cases
}

fn case(path: &std::path::Path) -> Case {
    let text = std::fs::read_to_string(path).expect("a message");
    let (expected, message) = hard::split(&text);
    let said = |name: &str| {
        let line = expected.iter().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix("= "));
        line.map(str::to_owned)
    };
    let answer = said("answer").unwrap_or_else(|| panic!("{}: no `## answer = `", path.display()));
    let on_a_stream = said("answer-on-a-stream").unwrap_or_else(|| answer.clone());
    let in_a_frame = said("answer-in-a-frame").unwrap_or_else(|| answer.clone());
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Case { name, bytes: hard::bytes_of(message), answer, on_a_stream, in_a_frame }
}

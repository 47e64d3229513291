//! Every phone talks with every other: each says a tone and hears the other's, no packet is lost, and keys arrive once each.
//! The second table of `docs/phones.md`, a column for each phone that answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{scope, sleep};
use std::time::Duration;

use samkald_tests::{RunningCentre, phones_are_there, tone, until};

use crate::peers::{End, PEERS, Peer};
use crate::table::Sheet;

/// So long each must hear the other, and nothing of itself.
const HEARD_S: f64 = 1.5;
const ECHO_S_MAX: f64 = 0.25;
/// Longest wait for it, and for a key.
const PATIENCE: Duration = Duration::from_secs(8);
/// Between two presses.
const BETWEEN_KEYS: Duration = Duration::from_millis(350);
/// Figures are told each second.
const TOLD_AFTER: Duration = Duration::from_millis(1_500);

/// All 81 pairs, not only two of each column: some eleven minutes. So does `PHONES=write`.
const ALL: &str = "SAMKALD_PAIRS";
/// How far behind the one who is called, in the table's order, stand those who call in an ordinary run: everybody calls and is
/// called twice, in two codecs and by two kinds of signalling.
const ORDINARY: [usize; 2] = [3, 6];

/// One column at a time: two phones that encode Opus keep a machine busy.
static TURN: Mutex<()> = Mutex::new(());

pub(crate) fn sheet() -> Sheet {
    let names: Vec<&str> = PEERS.iter().map(|peer| peer.name).collect();
    Sheet { mark: "<!-- written by tests/interop/pairs.rs -->", columns: names.clone(), rows: names }
}

/// Everybody calls this one.
fn all_call(name: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let answerer = PEERS.iter().find(|peer| peer.name == name).expect("the table has it");
    if !PEERS.iter().all(|peer| phones_are_there(peer.needs())) {
        return;
    }
    let required = [("phones_srtp = \"offered\"", "phones_srtp = \"required\"")];
    let centre = RunningCentre::with_plan_changed("pairs", if answerer.encrypts() { &required } else { &[] });
    let only = std::env::var("PHONES_ONLY").ok();
    let whole =
        std::env::var(ALL).is_ok_and(|all| all == "all") || std::env::var("PHONES").is_ok_and(|how| how == "write");
    let switched_on = || Some(answerer.answers_for_carla(&centre).unwrap_or_else(|why| panic!("{name}: {why}")));
    let mut phone = switched_on();
    let mut results = Vec::new();
    let is_tried = |peer: &&Peer| match &only {
        Some(only) => peer.name.contains(only),
        None => whole || ORDINARY.contains(&behind(peer, answerer)),
    };
    for caller in PEERS.iter().filter(is_tried) {
        let result = catch_unwind(AssertUnwindSafe(|| talk(&centre, caller, phone.as_mut().expect("it is on"))));
        let result = result.unwrap_or_else(|_| Err("it panicked".into()));
        if let Err(why) = &result {
            eprintln!("--- {} calls {name}: {why}", caller.name);
            // What is left of a call that went wrong is another phone's.
            drop(phone.take());
            phone = switched_on();
        }
        results.push((caller.name, result));
        centre.nothing_is_left();
    }
    drop(phone);
    match (whole, only) {
        (_, Some(_)) => {}
        (true, None) => sheet().compare(name, &results),
        (false, None) => sheet().compare_some(name, &results),
    }
}

/// How far behind another one stands in the table, around its end.
fn behind(peer: &Peer, other: &Peer) -> usize {
    let place = |peer: &Peer| PEERS.iter().position(|one| one.name == peer.name).expect("the table has it");
    (place(peer) + PEERS.len() - place(other)) % PEERS.len()
}

/// One pair. However it went, the call is ended as calls are.
fn talk(centre: &RunningCentre, caller: &Peer, carla: &mut End) -> Result<(), String> {
    let count = |name| centre.metric(name, &[]);
    let (lost_before, refused_before) = (count("samkald_rtp_lost_total"), count("samkald_rtp_refused_total"));
    carla.waits(centre);
    let mut caller = caller.calls(centre)?;
    let heard = both_are_heard(centre, &mut caller, carla);
    let over = caller.hangs_up().and_then(|()| carla.is_let_go());
    centre.nothing_is_left();
    sleep(TOLD_AFTER);
    let refused = count("samkald_rtp_refused_total") - refused_before;
    heard.and(over).map_err(|why| format!("{why} ({refused} packets were refused)"))?;
    let lost = count("samkald_rtp_lost_total") - lost_before;
    if lost > 0.0 { Err(format!("{lost} packets were lost")) } else { Ok(()) }
}

fn both_are_heard(centre: &RunningCentre, caller: &mut End, carla: &mut End) -> Result<(), String> {
    let mark = carla.heard().len();
    scope(|both| {
        let answer = both.spawn(|| carla.takes_the_call());
        let call = caller.rings(centre);
        answer.join().unwrap_or_else(|_| Err("the phone that is called panicked".into())).and(call)
    })?;
    hears("the caller", caller, 0, (tone::AGENT_HZ, tone::CITIZEN_HZ))?;
    hears("the one who is called", carla, mark, (tone::CITIZEN_HZ, tone::AGENT_HZ))?;
    keys("the caller", caller, carla, "12#")?;
    keys("the one who is called", carla, caller, "55*")
}

fn hears(who: &str, end: &End, mark: usize, (right, own): (f64, f64)) -> Result<(), String> {
    let seconds = |hz| tone::seconds_of(end.heard().get(mark..).unwrap_or_default(), hz);
    until(PATIENCE, || (seconds(right) >= HEARD_S).then_some(()))
        .ok_or_else(|| format!("{who} hears {right} Hz for {} s only", seconds(right)))?;
    if seconds(own) > ECHO_S_MAX { Err(format!("{who} hears an echo")) } else { Ok(()) }
}

/// Keys that one presses reach the other once each; a page is told nothing of them.
fn keys(who: &str, one: &mut End, other: &mut End, keys: &str) -> Result<(), String> {
    let before = other.keys().unwrap_or_default().len();
    for key in keys.chars() {
        one.presses(key)?;
        sleep(BETWEEN_KEYS);
    }
    let told = || other.keys().map(|told| told.get(before..).unwrap_or_default().to_owned());
    until(PATIENCE, || told().is_none_or(|told| told.len() >= keys.len()).then_some(()));
    match told() {
        Some(told) if told != keys => Err(format!("{who} pressed {keys}, the other was told `{told}`")),
        Some(_) | None => Ok(()),
    }
}

#[test]
fn everybody_talks_with_baresip_in_pcma() {
    all_call("baresip PCMA");
}

#[test]
fn everybody_talks_with_baresip_in_g722() {
    all_call("baresip G.722");
}

#[test]
fn everybody_talks_with_baresip_in_opus() {
    all_call("baresip Opus");
}

#[test]
fn everybody_talks_with_baresip_that_encrypts() {
    all_call("baresip SRTP");
}

#[test]
fn everybody_talks_with_sipp() {
    all_call("sipp");
}

#[test]
fn everybody_talks_with_jssip_in_a_browser() {
    all_call("JsSIP");
}

#[test]
fn everybody_talks_with_sip_js_in_a_browser() {
    all_call("SIP.js");
}

#[test]
fn everybody_talks_with_an_agent_at_the_desks_page() {
    all_call("desk page");
}

#[test]
fn everybody_talks_with_aiortc_in_the_desk_pages_place() {
    all_call("aiortc");
}

#[test]
fn every_pair_has_its_place_in_the_table() {
    let sheet = sheet();
    let table = sheet.read();
    assert_eq!((table.columns.iter().map(String::as_str).collect(), table.titles()), (sheet.columns, sheet.rows));
}

//! Many calls on the measuring set-up (`config/bench.toml`): every one reaches an agent, nothing is left afterwards,
//! and memory does not grow with the number of calls that have been.

use std::net::UdpSocket;
use std::time::Duration;

use samkald_tests::{RunningCentre, Sipp, phones_are_there};

/// 200 agents, ringing until one answers.
const LINE: &str = "7000";
/// Where the bench's agents are.
const AGENTS_PORT: u16 = 26_000;
/// Calls begun each second.
const RATE: u32 = 100;
/// Memory may differ so much between two measurements without having grown, in KiB.
const MEMORY_NOISE_KIB: u64 = 6 * 1024;

#[test]
fn two_thousand_calls_reach_an_agent_and_nothing_is_left() {
    let Some(centre) = bench() else { return };
    calls(&centre, LINE, 2_000);
    assert_eq!(talked(&centre, 2_000), 2_000);
    centre.nothing_is_left();
}

#[test]
fn three_shards_share_the_agents_without_losing_a_call() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::of_the_bench_with("[node]\nshards = 3\n\n");
    calls(&centre, LINE, 600);
    assert_eq!(talked(&centre, 600), 600);
    centre.nothing_is_left();
}

#[test]
fn calls_wait_for_one_of_twenty_agents_and_none_is_forgotten() {
    let Some(centre) = bench() else { return };
    calls(&centre, "7020", 400);
    assert_eq!(talked(&centre, 400), 400);
    centre.nothing_is_left();
}

#[test]
fn ports_that_another_program_has_cost_no_call() {
    let Some(centre) = bench() else { return };
    let taken: Vec<UdpSocket> =
        (12_000..12_200).filter_map(|port| UdpSocket::bind((centre.net.centre(), port)).ok()).collect();
    let (mut agents, citizens) = sides(&centre, LINE, 300);
    // A call whose port is taken is offered once more, so there may be more offers than calls.
    agents.calls = 10_000;
    let agents = agents.wait_for_calls();
    citizens.ring(centre.sip()).succeed();
    assert_eq!(talked(&centre, 300), 300);
    agents.vanish();
    drop(taken);
    centre.nothing_is_left();
}

#[test]
fn memory_is_flat_over_many_calls() {
    let Some(centre) = bench() else { return };
    // The first calls fill tables and pools to the size that this load needs; `.ci/run` asks for 20,000 calls in all.
    let thousands = std::env::var("SAMKALD_CROWD").ok().and_then(|asked| asked.parse().ok()).unwrap_or(4_u32);
    let per_round = thousands * 1_000 / 4;
    calls(&centre, LINE, per_round * 2);
    centre.nothing_is_left();
    let before = centre.memory_kib();
    calls(&centre, LINE, per_round * 2);
    centre.nothing_is_left();
    let after = centre.memory_kib();
    assert!(after < before + MEMORY_NOISE_KIB, "{before} KiB before, {after} KiB after {} more calls", per_round * 2);
}

fn bench() -> Option<RunningCentre> {
    phones_are_there(&["sipp"]).then(RunningCentre::of_the_bench)
}

fn calls(centre: &RunningCentre, line: &str, calls: u32) {
    let (agents, citizens) = sides(centre, line, calls);
    let agents = agents.wait_for_calls();
    citizens.ring(centre.sip()).succeed();
    agents.succeed();
}

fn sides(centre: &RunningCentre, line: &str, calls: u32) -> (Sipp, Sipp) {
    let ip = centre.net.centre();
    let mut agents = Sipp::new("agent", ip).with("ring_ms", "50");
    agents.local.set_port(AGENTS_PORT);
    let mut citizens = Sipp::citizen("citizen", ip, line);
    for side in [&mut agents, &mut citizens] {
        side.calls = calls;
        side.rate = RATE;
        side.patience = Duration::from_secs(60 + u64::from(calls / RATE));
    }
    citizens.pause = Duration::from_millis(300);
    (agents, citizens)
}

fn talked(centre: &RunningCentre, calls: usize) -> usize {
    let ladders = centre.ladders(calls);
    ladders.iter().filter(|ladder| ladder.last().is_some_and(|last| last == "ended: Talked")).count()
}

//! The machine's clock is set while people talk: by an hour, by two years, forth and back. Nothing ends, nothing spins,
//! and the times of the call are those that really passed (robustness, fault 42).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::{About, What};
use phones::{AgentPhones, Answering, Citizens, Ring};
use samkald_tests::{RunningCentre, net, phones_are_there, until};
use tempfile::TempDir;
use tokio::runtime::Builder;

/// What is done to the clock, one after the other, in the words of libfaketime.
const STEPS: [&str; 5] = ["+1h", "-1h", "+2y", "-2y", "+0"];
/// Each holds so long.
const EACH: Duration = Duration::from_millis(1_500);
/// Longest wait for the call to be over.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn a_talk_goes_on_whatever_is_done_to_the_clock() {
    if !phones_are_there(&["faketime"]) {
        return;
    }
    let folder = TempDir::new().expect("a folder can be made");
    let clock = folder.path().join("clock");
    std::fs::write(&clock, "+0").expect("it can be written");
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let set_by_a_file =
        [("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()), ("FAKETIME_NO_CACHE", "1".to_owned())];
    let environment = samkald_tests::clock_of_its_own(set_by_a_file);
    let centre = RunningCentre::of_the_bench_in(environment);
    let centres = centre.net.centre();
    let _agents = AgentPhones::start(SocketAddr::new(centres, 26_000), Answering::default()).expect("the port is free");
    let from = net::at(centres, net::free_port(centres));
    let mut citizens = Citizens::start(from, centre.sip()).expect("the port is free");
    let talk = EACH * (STEPS.len() as u32 + 1);
    citizens.ring(Ring { talk: Some(talk), ..ring() });
    let talking =
        |told: &[samkald_tests::told::Told]| told.iter().any(|one| matches!(one.fact.what, What::Talking { .. }));
    centre.facts_until(talking);
    let (begun, cpu) = (Instant::now(), centre.cpu_centiseconds());
    for step in STEPS {
        std::fs::write(&clock, step).expect("it can be written");
        std::thread::sleep(EACH);
        assert_eq!(centre.leaks().calls, 1, "the talk goes on after {step}");
    }
    let (passed, used) = (begun.elapsed().as_millis() as u64 / 10, centre.cpu_centiseconds() - cpu);
    assert!(used * 2 < passed, "it spins: {used} of {passed} hundredths of a second");
    let over = until(PATIENCE, || Some(citizens.counts()).filter(|counts| counts.good == 1));
    assert!(over.is_some(), "the citizen hangs up in the end: {:?}", citizens.counts());
    centre.nothing_is_left();
    times_are_true(&centre, talk);
}

/// The facts' moments never go back, and the talk is as long as it was.
fn times_are_true(centre: &RunningCentre, talk: Duration) {
    let ended = |told: &[samkald_tests::told::Told]| told.iter().any(|one| matches!(one.fact.what, What::Ended { .. }));
    let told = centre.facts_until(ended);
    let of_the_call = told.iter().filter(|one| matches!(one.fact.about, About::Call { .. }));
    let moments: Vec<_> = of_the_call.map(|one| one.fact.at).collect();
    assert!(moments.is_sorted(), "{moments:?}");
    let (first, last) = (moments[0], moments[moments.len() - 1]);
    let lasted = last.since(first);
    assert!(lasted >= talk && lasted < talk + PATIENCE, "the call lasted {lasted:?}");
}

fn ring() -> Ring {
    Ring {
        number: "7000".to_owned(),
        caller: "20123456".to_owned(),
        forwarded_from: None,
        patience: PATIENCE,
        talk: None,
        sound: None,
        record: None,
    }
}

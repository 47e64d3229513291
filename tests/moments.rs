//! Hang-ups at every moment, agents who leave, and sound, with phones of our own: what a machine with Rust alone can test
//! of whole calls over real sockets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use model::{About, AgentState, What};
use phones::{Account, AgentPhones, Answering, CitizenCounts, Citizens, Ring, Tone};
use samkald_tests::told::Told;
use samkald_tests::{RunningCentre, net, until};
use tokio::runtime::{Builder, Runtime};

/// Longest wait for a set of calls to be over.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn whenever_the_citizen_hangs_up_the_agent_is_free_again() {
    const CALLS: u64 = 240;
    let (runtime, centre) = (runtime(), RunningCentre::of_the_bench());
    let _inside = runtime.enter();
    let answering = Answering { after: Duration::from_millis(200), ..Answering::default() };
    let _agents =
        AgentPhones::start(SocketAddr::new(centre.net.centre(), 26_000), answering).expect("the port is free");
    let mut citizens = citizens(&centre, centre.net.centre());
    for call in 0..CALLS {
        // From before the first ringing to after the answer, in steps of 2 ms.
        let patience = Duration::from_millis(2 * call);
        citizens.ring(Ring { patience, talk: Some(Duration::from_millis(100)), ..ring("7000") });
        std::thread::sleep(Duration::from_millis(10));
    }
    let counts = all_over(&mut citizens, CALLS);
    assert_eq!((counts.refused, counts.unanswered), (0, 0), "{counts:?}");
    assert!(counts.good > 20 && counts.gave_up > 20, "both sides of the answer were tried: {counts:?}");
    centre.nothing_is_left();
    let ended = |told: &[Told]| told.iter().filter(|one| matches!(one.fact.what, What::Ended { .. })).count() as u64;
    let told = centre.facts_until(|told| {
        ended(told) >= CALLS && last_states(told).values().all(|state| *state == AgentState::Ready)
    });
    assert_eq!(ended(&told), CALLS, "each call has exactly one end");
}

#[test]
fn a_citizen_whose_agents_have_all_left_waits_on_and_may_hang_up() {
    let (runtime, centre) = (runtime(), RunningCentre::with_plan("calls"));
    let _inside = runtime.enter();
    let carla = carlas_phone(&centre, None);
    centre.facts_until(|told| last_states(told).get("carla") == Some(&AgentState::Ready));
    drop(carla);
    let mut citizens = citizens(&centre, centre.net.trunk());
    citizens.ring(Ring { talk: Some(Duration::from_secs(7)), ..ring("70201001") });
    let counts = all_over(&mut citizens, 1);
    assert_eq!(counts.answered, 1, "the citizen hears music: {counts:?}");
    let ladder = centre.ladders(1).remove(0);
    assert!(ladder.contains(&"not taken by carla: Unreachable".to_owned()), "{ladder:#?}");
    assert_eq!(ladder.last().map(String::as_str), Some("ended: Abandoned"));
    centre.nothing_is_left();
}

#[test]
fn a_registered_agent_and_a_citizen_hear_each_other() {
    let (runtime, centre) = (runtime(), RunningCentre::with_plan("calls"));
    let _inside = runtime.enter();
    let (citizen_says, agent_says) = (Tone(600.0), Tone(900.0));
    let mut carla = carlas_phone(&centre, Some((agent_says, citizen_says)));
    centre.facts_until(|told| last_states(told).get("carla") == Some(&AgentState::Ready));
    let mut citizens = citizens(&centre, centre.net.trunk());
    let sound = Some((citizen_says, agent_says));
    citizens.ring(Ring { talk: Some(Duration::from_secs(4)), sound, ..ring("70201001") });
    let heard = all_over(&mut citizens, 1).heard;
    assert!(heard.with_tone > 100, "the citizen hears the agent: {heard:?}");
    assert_eq!(heard.lost, 0);
    let ended = until(PATIENCE, || (carla.counts().ended == 1).then(|| carla.counts().heard));
    let heard = ended.expect("the agent's call ends, too");
    assert!(heard.with_tone > 100, "the agent hears the citizen: {heard:?}");
    assert_eq!(centre.ladders(1)[0].last().map(String::as_str), Some("ended: Talked"));
    centre.nothing_is_left();
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime can be made")
}

fn citizens(centre: &RunningCentre, ip: std::net::IpAddr) -> Citizens {
    Citizens::start(net::at(ip, net::free_port(ip)), centre.sip()).expect("a free port can be bound")
}

fn carlas_phone(centre: &RunningCentre, sound: Option<(Tone, Tone)>) -> AgentPhones {
    let at = net::at(centre.net.phones(), net::free_port(centre.net.phones()));
    let answering = Answering { after: Duration::from_millis(100), sound, ..Answering::default() };
    let phone = AgentPhones::start(at, answering).expect("a free port can be bound");
    phone.register(centre.sip(), Account { user: "carla".into(), password: "carla-secret".into() });
    phone
}

fn ring(number: &str) -> Ring {
    Ring {
        number: number.into(),
        caller: "30112233".into(),
        forwarded_from: None,
        patience: Duration::from_secs(30),
        talk: None,
        sound: None,
        record: None,
    }
}

/// Waits until so many calls are over, however they ended.
fn all_over(citizens: &mut Citizens, calls: u64) -> CitizenCounts {
    let over = |counts: &CitizenCounts| counts.good + counts.gave_up + counts.refused + counts.unanswered;
    let counts = until(PATIENCE, || Some(citizens.counts()).filter(|counts| over(counts) >= calls));
    counts.unwrap_or_else(|| panic!("not all of {calls} calls came to an end: {:?}", citizens.counts()))
}

/// What each agent became last.
fn last_states(told: &[Told]) -> BTreeMap<&str, AgentState> {
    let became = told.iter().filter_map(|one| match (&one.fact.about, &one.fact.what) {
        (About::Agent { agent, .. }, What::AgentBecame { state, .. }) => Some((agent.as_str(), state.clone())),
        _ => None,
    });
    became.collect()
}

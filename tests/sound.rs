//! Sound through the real program: a citizen says 600 Hz, the agent 900 Hz, and each hears the other, with nothing lost.
//! sipp brings the call and the test's own voice speaks on the trunk; baresip is the agent's registered softphone.

use std::time::Duration;

use samkald_tests::{Baresip, Heard, Law, RunningCentre, RunningSipp, Sipp, Voice, phones_are_there, tone};

/// The line that is answered with music until Carla takes it.
const MOVING: &str = "70201001";

#[test]
fn each_hears_the_others_tone_in_a_law() {
    talk(Law::A, Law::A);
}

#[test]
fn each_hears_the_others_tone_from_a_law_to_mu_law() {
    talk(Law::A, Law::Mu);
}

#[test]
fn each_hears_the_others_tone_in_mu_law() {
    talk(Law::Mu, Law::Mu);
}

fn talk(citizens: Law, agents: Law) {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let centre = RunningCentre::with_plan("calls");
    let carla = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", agents).start();
    assert!(carla.says("200 OK", Duration::from_secs(10)), "the phone registers:\n{}", carla.screen());
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, citizens);
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), MOVING)
        .with("codecs", &citizens.payload_type().to_string())
        .with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(6);
    let call = citizen.ring(centre.sip());
    voice.talk_to(call.other_sides_media(Duration::from_secs(10)).expect("the centre answers with music"));
    call.succeed();
    let heard_by_citizen = voice.finish();
    let heard_by_agent = carla.finish();
    each_heard_the_other(&heard_by_citizen, &heard_by_agent);
    assert_eq!(heard_by_citizen.by_payload_type.keys().copied().collect::<Vec<_>>(), [citizens.payload_type()]);
    centre.nothing_is_left();
}

fn each_heard_the_other(citizen: &Heard, agent: &[i16]) {
    let seconds = tone::seconds_of(&citizen.samples, tone::AGENT_HZ);
    assert!(seconds > 3.0, "the citizen heard the agent for {seconds} s only");
    let seconds = tone::seconds_of(agent, tone::CITIZEN_HZ);
    assert!(seconds > 3.0, "the agent heard the citizen for {seconds} s only");
    assert!(tone::seconds_of(&citizen.samples, tone::CITIZEN_HZ) < 0.1, "the citizen heard an echo");
    assert!(tone::seconds_of(agent, tone::AGENT_HZ) < 0.1, "the agent heard an echo");
    assert_eq!(citizen.lost, 0, "packets were lost on the way to the citizen");
    assert_eq!(citizen.streams, 1, "music and voice are one stream to the citizen's phone");
}

#[test]
fn a_stranger_who_sprays_the_ports_is_neither_heard_nor_answered() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("calls");
    let (agent, agents_voice) = agent_with_a_voice(&centre);
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen =
        Sipp::citizen("citizen", centre.net.trunk(), "70201000").with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(3);
    let call = citizen.ring(centre.sip());
    let ours = call.other_sides_media(Duration::from_secs(10)).expect("the agent answers");
    voice.talk_to(ours);
    agents_voice.talk_to(agent.other_sides_media(Duration::from_secs(10)).expect("the agent was offered a session"));
    std::thread::sleep(Duration::from_millis(500));
    let stranger = Voice::open(centre.net.stranger(), 1_500.0, Law::A);
    stranger.talk_to(ours);
    call.succeed();
    let (citizen, agents, stranger) = (voice.finish(), agents_voice.finish(), stranger.finish());
    assert_eq!(stranger.packets, 0, "the stranger was sent sound");
    assert!(tone::seconds_of(&agents.samples, 1_500.0) < 0.1, "the agent heard the stranger");
    assert!(tone::seconds_of(&agents.samples, tone::CITIZEN_HZ) > 1.5, "the agent hears the citizen all the same");
    assert!(tone::seconds_of(&citizen.samples, tone::AGENT_HZ) > 1.5, "the citizen hears the agent all the same");
    agent.succeed();
    centre.nothing_is_left();
}

#[test]
fn a_call_ends_when_the_agents_phone_falls_silent_for_ever() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("calls");
    let (agent, agents_voice) = agent_with_a_voice(&centre);
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let citizen = Sipp::citizen("citizen_is_let_go", centre.net.trunk(), "70201000")
        .with("rtp_port", &voice.address.port().to_string());
    let call = citizen.ring(centre.sip());
    let ours = call.other_sides_media(Duration::from_secs(10)).expect("the agent answers");
    voice.talk_to(ours);
    agents_voice.talk_to(agent.other_sides_media(Duration::from_secs(10)).expect("the agent was offered a session"));
    std::thread::sleep(Duration::from_secs(1));
    agent.vanish();
    drop(agents_voice.finish());
    call.succeed();
    voice.finish();
    centre.nothing_is_left();
}

#[test]
fn a_call_ends_when_the_citizens_trunk_falls_silent_for_ever() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("calls");
    let (agent, agents_voice) = agent_with_a_voice(&centre);
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen =
        Sipp::citizen("citizen", centre.net.trunk(), "70201000").with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(30);
    let call = citizen.ring(centre.sip());
    let ours = call.other_sides_media(Duration::from_secs(10)).expect("the agent answers");
    voice.talk_to(ours);
    agents_voice.talk_to(agent.other_sides_media(Duration::from_secs(10)).expect("the agent was offered a session"));
    std::thread::sleep(Duration::from_secs(1));
    call.vanish();
    drop(voice.finish());
    agent.succeed();
    agents_voice.finish();
    centre.nothing_is_left();
}

/// Anna's phone with a voice of the test's own.
fn agent_with_a_voice(centre: &RunningCentre) -> (RunningSipp, Voice) {
    let voice = Voice::open(centre.net.phones(), tone::AGENT_HZ, Law::A);
    let mut agent = Sipp::new("agent", centre.net.phones()).with("rtp_port", &voice.address.port().to_string());
    agent.local.set_port(26_000);
    (agent.wait_for_calls(), voice)
}

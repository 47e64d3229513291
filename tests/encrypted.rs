//! Encrypted sound (SRTP with keys in the descriptions) through the real program, with baresip's own SRTP at the other end.
//!
//! Each says a tone and hears the other's; what the operator requires is never left out. Knows no key.

use std::time::Duration;

use samkald_tests::{Baresip, Law, RunningCentre, Sipp, Voice, phones_are_there, tone};

/// The line that is answered with music until Carla takes it.
const MOVING: &str = "70201001";

/// What the operator has decided, and what both phones do.
struct Case {
    trunk: &'static str,
    phones: &'static str,
    citizen: Option<&'static str>,
    agent: Option<&'static str>,
}

fn centre(case: &Case) -> RunningCentre {
    let trunk = format!("name = \"trunk\"\nsrtp = \"{}\"", case.trunk);
    let phones = format!("[media]\nphones_srtp = \"{}\"", case.phones);
    RunningCentre::with_plan_changed("calls", &[("name = \"trunk\"", &trunk), ("[media]", &phones)])
}

fn phone(phone: Baresip, encrypts: Option<&'static str>) -> Baresip {
    match encrypts {
        Some(how) => phone.encrypted(how),
        None => phone,
    }
}

/// Both talk for some seconds; each hears the other and nobody else.
fn talk(case: &Case) {
    if !phones_are_there(&["baresip"]) {
        return;
    }
    let centre = centre(case);
    let carla = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", Law::A);
    let carla = phone(carla, case.agent).start();
    assert!(carla.says("200 OK", Duration::from_secs(10)), "the phone registers:\n{}", carla.screen());
    let citizen = Baresip::citizen(centre.net.trunk(), "4520123456", centre.sip(), MOVING, Law::A);
    let citizen = phone(citizen, case.citizen).start();
    assert!(carla.says("Call established", Duration::from_secs(15)), "{}\n{}", citizen.screen(), centre.log());
    std::thread::sleep(Duration::from_secs(6));
    let heard_by_citizen = citizen.finish();
    let heard_by_agent = carla.finish();
    for (who, heard, right, wrong) in [
        ("citizen", &heard_by_citizen, tone::AGENT_HZ, tone::CITIZEN_HZ),
        ("agent", &heard_by_agent, tone::CITIZEN_HZ, tone::AGENT_HZ),
    ] {
        let seconds = tone::seconds_of(heard, right);
        assert!(seconds > 3.0, "the {who} heard the other for {seconds} s only\n{}", centre.log());
        assert!(tone::seconds_of(heard, wrong) < 0.1, "the {who} heard an echo");
    }
    centre.nothing_is_left();
}

#[test]
fn both_phones_encrypt_and_hear_each_other() {
    talk(&Case { trunk: "required", phones: "required", citizen: Some("srtp-mand"), agent: Some("srtp-mand") });
}

#[test]
fn an_agent_who_encrypts_talks_with_a_citizen_who_does_not() {
    talk(&Case { trunk: "off", phones: "required", citizen: None, agent: Some("srtp-mand") });
}

#[test]
fn a_citizen_who_encrypts_talks_with_an_agent_who_does_not() {
    talk(&Case { trunk: "offered", phones: "off", citizen: Some("srtp-mand"), agent: None });
}

#[test]
fn what_is_offered_is_taken_by_a_phone_that_can_and_left_by_one_that_cannot() {
    talk(&Case { trunk: "offered", phones: "offered", citizen: None, agent: Some("srtp") });
    talk(&Case { trunk: "offered", phones: "offered", citizen: Some("srtp"), agent: None });
}

#[test]
fn a_call_without_encryption_is_refused_where_it_is_required_and_the_log_names_the_setting() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = centre(&Case { trunk: "required", phones: "off", citizen: None, agent: None });
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let citizen = Sipp::citizen("citizen_is_refused", centre.net.trunk(), MOVING)
        .with("rtp_port", &voice.address.port().to_string())
        .with("status", "488");
    citizen.ring(centre.sip()).succeed();
    voice.finish();
    assert!(centre.log().contains("srtp of its trunk"), "{}", centre.log());
    centre.nothing_is_left();
}

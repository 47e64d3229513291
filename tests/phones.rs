//! The phones of these tests, without a centre between them: what they say about sound can be trusted.
//! A failure here is the test's own, not the program's.

use std::time::Duration;

use samkald_tests::{Baresip, Law, Net, Sipp, Voice, phones_are_there, tone};

#[test]
fn sipp_and_baresip_hear_each_other_directly() {
    if !phones_are_there(&["sipp", "baresip"]) {
        return;
    }
    let net = Net::claim();
    let phone = Baresip::agent(net.phones(), samkald_tests::net::at(net.centre(), 5060), "anna", "none", Law::A);
    let baresip = phone.start();
    std::thread::sleep(Duration::from_millis(800));
    let voice = Voice::open(net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen = Sipp::citizen("citizen", net.trunk(), "anna").with("rtp_port", &voice.address.port().to_string());
    citizen.pause = Duration::from_secs(2);
    let call = citizen.ring(phone.address);
    voice.talk_to(call.other_sides_media(Duration::from_secs(10)).expect("the agent answers"));
    call.succeed();
    let (citizen, agent) = (voice.finish(), baresip.finish());
    assert!(tone::seconds_of(&citizen.samples, tone::AGENT_HZ) > 1.0, "the citizen hears the agent");
    assert!(tone::seconds_of(&agent, tone::CITIZEN_HZ) > 1.0, "the agent hears the citizen");
    assert_eq!(citizen.lost, 0);
}

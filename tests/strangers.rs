//! Those who are in no trunk get exactly one answer, and leave nothing behind: written in raw datagrams, without any
//! SIP stack, so that nothing is polite by accident.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use samkald_tests::{Net, RunningCentre};

/// Longer than the first retransmissions of an answer would take (T1 = 500 ms, doubling).
const LISTENING: Duration = Duration::from_secs(4);

#[test]
fn a_strangers_invite_gets_one_answer_that_is_never_repeated() {
    let centre = RunningCentre::with_plan("calls");
    let answers = said_to(&centre, &request(&centre.net, "INVITE", "70201000"));
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].starts_with("SIP/2.0 401"), "{}", answers[0]);
    centre.nothing_is_left();
    assert_eq!(told_calls(&centre), 0, "a stranger's call is no call");
}

#[test]
fn a_strangers_options_is_answered() {
    let centre = RunningCentre::with_plan("calls");
    let answers = said_to(&centre, &request(&centre.net, "OPTIONS", "70201000"));
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].starts_with("SIP/2.0 200"), "{}", answers[0]);
}

#[test]
fn a_strangers_ack_is_not_answered() {
    let centre = RunningCentre::with_plan("calls");
    assert_eq!(said_to(&centre, &request(&centre.net, "ACK", "70201000")), Vec::<String>::new());
}

#[test]
fn a_stranger_with_an_invented_tag_is_not_in_any_dialog() {
    let centre = RunningCentre::with_plan("calls");
    let bye = request(&centre.net, "BYE", "70201000").replace("\r\nCall-ID", ";tag=00abcdef\r\nCall-ID");
    let answers = said_to(&centre, &bye);
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].starts_with("SIP/2.0 481") || answers[0].starts_with("SIP/2.0 403"), "{}", answers[0]);
}

#[test]
fn noise_is_survived() {
    let centre = RunningCentre::with_plan("calls");
    // From elsewhere than the question after it: who makes noise is soon not heard any more.
    let socket = UdpSocket::bind((centre.net.phones(), 0)).expect("a port is free");
    let invite = request(&centre.net, "INVITE", "70201000");
    for cut in 0..invite.len() {
        let mut noise = invite.as_bytes()[..cut].to_vec();
        noise.push((cut % 256) as u8);
        socket.send_to(&noise, centre.sip()).expect("it can be sent");
    }
    let answers = said_to(&centre, &request(&centre.net, "OPTIONS", "70201000"));
    assert_eq!(answers.len(), 1, "it still answers: {answers:#?}");
    centre.nothing_is_left();
}

fn said_to(centre: &RunningCentre, said: &str) -> Vec<String> {
    let socket = UdpSocket::bind(SocketAddr::new(centre.net.stranger(), 5_060)).expect("the test's own port is free");
    socket.send_to(said.as_bytes(), centre.sip()).expect("it can be sent");
    let (begun, mut answers, mut buffer) = (Instant::now(), Vec::new(), vec![0; 65_536]);
    while let Some(left) = LISTENING.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
        socket.set_read_timeout(Some(left)).expect("a time-out above zero can be set");
        if let Ok((length, _)) = socket.recv_from(&mut buffer) {
            answers.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
    }
    answers
}

fn request(net: &Net, method: &str, number: &str) -> String {
    let (from, to) = (net.stranger(), net.centre());
    [
        &format!("{method} sip:{number}@{to}:25060 SIP/2.0"),
        &format!("Via: SIP/2.0/UDP {from}:5060;branch=z9hG4bKstranger"),
        "Max-Forwards: 70",
        &format!("From: <sip:mallory@{from}>;tag=m1"),
        &format!("To: <sip:{number}@{to}>"),
        "Call-ID: stranger-1",
        &format!("CSeq: 1 {method}"),
        &format!("Contact: <sip:mallory@{from}:5060>"),
        "Content-Length: 0",
        "",
        "",
    ]
    .join("\r\n")
}

fn told_calls(centre: &RunningCentre) -> usize {
    samkald_tests::told::ladders(&centre.facts_so_far()).len()
}

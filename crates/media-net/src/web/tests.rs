//! What one browser's session may do to others, and how much is taken from one: on moments that the tests choose.
//! Knows peers without sockets.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::{DtlsRole, IceLocal, WebPeer};
use str0m::RtcError;
use str0m::net::Protocol;

use super::WebCertificate;
use super::allowance::Allowance;
use super::peer::{Fate, Peer};

fn peer(certificate: &WebCertificate, at: Instant) -> Peer {
    let local = IceLocal { ufrag: "00abcdef".into(), pwd: "0123456789abcdef01234567".into() };
    let said = WebPeer {
        ufrag: "them".into(),
        pwd: "0123456789abcdef01234568".into(),
        fingerprint: [7; 32],
        role: DtlsRole::Server,
        local,
        payload_types: Box::new([(8, 8000)]),
        mid: "0".into(),
        ssrc: None,
    };
    Peer::new(said, certificate, &["192.0.2.9:11998".parse().expect("an address")], at).expect("begins")
}

#[test]
fn a_panic_in_one_browsers_session_ends_that_one_alone() {
    let (certificate, at) = (WebCertificate::generate().expect("made"), Instant::now());
    let (mut one, mut other) = (peer(&certificate, at), peer(&certificate, at));
    let failed: Option<()> = one.guarded(|_, _| -> Result<(), RtcError> { panic!("a session that went wrong") });
    assert_eq!(failed, None);
    let from: SocketAddr = "198.51.100.1:5000".parse().expect("an address");
    let taken = one.take_in(&[22; 40], (Protocol::Udp, from), &mut [], at, &mut |_, _, _| {});
    assert_eq!(taken, Fate::Refused, "it hears nothing any more");
    assert!(other.guarded(|_, _| Ok(())).is_some(), "another goes on");
    let said = WebPeer { fingerprint: [7; 32], ..one.said().clone() };
    assert!(!one.goes_on_as(&said), "when it describes itself again, a new session begins");
    assert!(other.goes_on_as(&said));
}

#[test]
fn who_shows_another_certificate_is_another_browser() {
    let (certificate, at) = (WebCertificate::generate().expect("made"), Instant::now());
    let mut before = peer(&certificate, at);
    let said = WebPeer { ufrag: "anew".into(), ..before.said().clone() };
    assert!(before.goes_on_as(&said), "new names alone restart ICE");
    assert!(!before.goes_on_as(&WebPeer { fingerprint: [8; 32], ..said }));
}

#[test]
fn more_than_so_many_in_a_second_are_refused_until_the_next() {
    let at = Instant::now();
    let mut allowance = Allowance::new(3, at);
    let in_a_second = |allowance: &mut Allowance, at| (0..100_000).filter(|_| allowance.allows(at)).count();
    assert_eq!(in_a_second(&mut allowance, at), 3);
    assert_eq!(in_a_second(&mut allowance, at + Duration::from_millis(999)), 0);
    assert_eq!(in_a_second(&mut allowance, at + Duration::from_millis(1000)), 3);
}

//! Phones of agents at the whole program: registered over a kill -9, and thousands that come all at once.
//! Phones are raw datagrams, or the load tool's; nothing is known of the program's inside.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use phones::{Load, Storm};
use samkald_tests::RunningCentre;
use sip::digest;
use sip::message::{AuthParams, Method};

const AGENT: &str = "carla";
const PASSWORD: &str = "carla-secret";
/// Nobody waits longer for one datagram.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_phone_is_rung_after_a_kill_9_without_having_registered_again() {
    let mut centre = RunningCentre::with_plan("registrations");
    let phone = Phone::new(&centre);
    let ok = phone.register(&centre, 1, &format!("Contact: <sip:{AGENT}@{}>\r\nExpires: 600\r\n", phone.address()));
    assert!(ok.starts_with("SIP/2.0 200"), "{ok}");
    let kept = samkald_tests::until(PATIENCE, || centre.files_with(&phone.address().to_string()).pop());
    assert!(kept.is_some(), "what is registered is on disk soon after");
    centre.kill_hard();
    centre.start_again();
    let told = phone.register(&centre, 11, "");
    assert!(told.contains(&format!("<sip:{AGENT}@{}>", phone.address())), "the registration is known: {told}");
    let citizen = UdpSocket::bind((centre.net.trunk(), 0)).expect("a port is free");
    citizen.send_to(invite(&centre, &citizen).as_bytes(), centre.sip()).expect("it can be sent");
    let rung = phone.hears(|text| text.starts_with("INVITE "));
    assert!(rung.starts_with(&format!("INVITE sip:{AGENT}@{} SIP/2.0", phone.address())), "{rung}");
}

#[test]
fn all_phones_register_at_once_and_no_call_is_lost_meanwhile() {
    let centre = RunningCentre::of_the_storm();
    let ip = centre.net.centre();
    let load = Load {
        server: centre.sip(),
        trunk_at: SocketAddr::new(ip, 0),
        agents_at: SocketAddr::new(ip, 26_000),
        number: "7000".into(),
        rate: 20.0,
        calls: 200,
        talk: Duration::from_millis(100),
        ring: Duration::ZERO,
        sound: false,
    };
    let storm = Storm {
        // Phones have a listener of their own.
        server: SocketAddr::new(ip, 25_061),
        phones: 1_000,
        offices: 10,
        prefix: "phone".into(),
        password: "{id}-secret".into(),
        patience: Duration::from_secs(240),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (calls, first, again) = runtime.block_on(async {
        let calls = tokio::spawn(async move { phones::queue_calls(&load, |_| ()).await });
        let first = phones::storm(&storm).await.expect("a storm");
        let again = phones::storm(&storm).await.expect("another");
        (calls.await.expect("no panic").expect("calls"), first, again)
    });
    assert_eq!((first.registered, again.registered), (1_000, 1_000), "{first:?} {again:?}");
    assert_eq!((calls.good, calls.failed()), (200, 0), "{calls:?}");
    centre.nothing_is_left();
}

struct Phone(UdpSocket);

impl Phone {
    fn new(centre: &RunningCentre) -> Self {
        let socket = UdpSocket::bind((centre.net.stranger(), 0)).expect("a port is free");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time-out above zero can be set");
        Self(socket)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("it is bound")
    }

    /// Asks, is challenged, answers; the last answer.
    fn register(&self, centre: &RunningCentre, cseq: u32, more: &str) -> String {
        let uri = format!("sip:{}", centre.sip());
        self.say(centre, &self.request(&uri, cseq, more));
        let challenge = self.hears(|text| text.starts_with("SIP/2.0 401"));
        let line = challenge.lines().find_map(|line| line.strip_prefix("WWW-Authenticate: ")).expect("a challenge");
        let params = AuthParams::read(line).expect("it can be read");
        let proof = digest::answer(&params, AGENT, PASSWORD, &Method::Register, &uri, "c0ffee", 1).expect("an answer");
        self.say(centre, &self.request(&uri, cseq + 1, &format!("{more}Authorization: {proof}\r\n")));
        self.hears(|text| text.starts_with("SIP/2.0 200"))
    }

    fn request(&self, uri: &str, cseq: u32, more: &str) -> String {
        let from = self.address();
        format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKp{cseq};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{AGENT}@{from}>;tag=p\r\nTo: <sip:{AGENT}@{from}>\r\nCall-ID: phone\r\nCSeq: {cseq} REGISTER\r\n\
             {more}Content-Length: 0\r\n\r\n"
        )
    }

    fn say(&self, centre: &RunningCentre, text: &str) {
        self.0.send_to(text.as_bytes(), centre.sip()).expect("it can be sent");
    }

    /// The first that it hears of that kind.
    fn hears(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut buffer = vec![0; 65_536];
        loop {
            let (length, _) = self.0.recv_from(&mut buffer).expect("somebody says something in time");
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if wanted(&text) {
                return text;
            }
        }
    }
}

fn invite(centre: &RunningCentre, citizen: &UdpSocket) -> String {
    let (from, to) = (citizen.local_addr().expect("it is bound"), centre.sip());
    let ip = from.ip();
    let sdp = format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n");
    format!(
        "INVITE sip:70201001@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKcitizen\r\nMax-Forwards: 70\r\n\
         From: <sip:+4520123456@{from}>;tag=c\r\nTo: <sip:70201001@{to}>\r\nCall-ID: citizen\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:citizen@{from}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    )
}

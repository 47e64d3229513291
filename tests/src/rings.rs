//! A citizen who rings a number, hears whether it rings or is answered, and hangs up.
//! Knows five SIP messages; nothing of the program's inside.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::RunningCentre;

/// Nobody waits longer for one datagram.
const PATIENCE: Duration = Duration::from_secs(20);
/// So long somebody listens who is answered.
const LISTENS: Duration = Duration::from_millis(400);

static RUNG: AtomicU32 = AtomicU32::new(0);

impl RunningCentre {
    /// Rings a number and hangs up: whether the line let the call wait or answered it, and didn't refuse it.
    pub fn rings(&self, number: &str) -> bool {
        let citizen = UdpSocket::bind((self.net.centre(), 0)).expect("a port is free");
        citizen.set_read_timeout(Some(PATIENCE)).expect("a time-out above zero can be set");
        let (from, to) = (citizen.local_addr().expect("it is bound"), self.sip());
        let (ip, tag) = (from.ip(), RUNG.fetch_add(1, Ordering::Relaxed));
        let sdp = format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n");
        let head = |method: &str, to_tag: &str| {
            let (end, cseq) = if method == "BYE" { ("-bye", 2) } else { ("", 1) };
            format!(
                "{method} sip:{number}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number}-{tag}{end}\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:+4520123456@{from}>;tag=c{tag}\r\nTo: <sip:{number}@{to}>{to_tag}\r\n\
                 Call-ID: {number}-{tag}-{from}\r\nCSeq: {cseq} {method}\r\n"
            )
        };
        let say = |text: String| {
            citizen.send_to(text.as_bytes(), to).expect("it can be sent");
        };
        let length = sdp.len();
        say(format!(
            "{}Contact: <sip:citizen@{from}>\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}",
            head("INVITE", "")
        ));
        let (mut buffer, mut open) = (vec![0; 65_536], false);
        loop {
            let (length, _) = citizen.recv_from(&mut buffer).expect("somebody says something in time");
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if !text.contains("CSeq: 1 INVITE") {
                continue;
            }
            if text.starts_with("SIP/2.0 18") && !open {
                open = true;
                say(format!("{}Content-Length: 0\r\n\r\n", head("CANCEL", "")));
            }
            if !text.starts_with("SIP/2.0 1") {
                let to_tag =
                    text.lines().find_map(|line| line.strip_prefix("To: ")?.split_once('>')).map(|(_, tag)| tag);
                let to_tag = to_tag.unwrap_or_default();
                say(format!("{}Content-Length: 0\r\n\r\n", head("ACK", to_tag)));
                // An agent, or a line that answers, may have been faster than the hang-up.
                let answered = text.starts_with("SIP/2.0 200");
                if answered {
                    std::thread::sleep(LISTENS);
                    say(format!("{}Content-Length: 0\r\n\r\n", head("BYE", to_tag)));
                }
                return open || answered;
            }
        }
    }
}

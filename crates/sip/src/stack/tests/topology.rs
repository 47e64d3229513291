//! Nothing that one side writes reaches the other side's wire as anything but a value (faults 8, 9 and 10).
//! The agent's INVITE is read again strictly by two readers, and has only the lines that we write.

use std::time::Duration;

use bytes::Bytes;
use model::{Arrival, Caller, LegCommand, LegEvent, LegId, LegSide, ShardNo, TrunkId};

use super::{Bench, SDP, Sent, from_citizen, shown, udp};
use crate::message::parse;
use crate::stack::seam::Incoming;

/// All lines that an INVITE to an agent's phone may have.
const OURS: [&str; 15] = [
    "Via",
    "Max-Forwards",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Allow",
    "Supported",
    "Session-Expires",
    "Min-SE",
    "P-Asserted-Identity",
    "Privacy",
    "Content-Type",
    "Content-Length",
];

/// What the trunk sends, where it can be read at all.
fn arrives(bench: &mut Bench, text: &str) -> Option<Arrival> {
    let message = parse(Bytes::copy_from_slice(text.as_bytes())).ok()?;
    let mut out = Vec::new();
    let trunk = Some(TrunkId::new("trunk"));
    bench.stack.receive(Incoming { message, path: udp([127, 0, 0, 2], 5060), trunk }, bench.now, &mut out);
    bench.take(out);
    bench
        .events()
        .into_iter()
        .find_map(|event| if let LegEvent::Arrived(arrival) = event { Some(arrival) } else { None })
}

/// The INVITE to the agent's phone for that citizen; every message that leaves is read again when it is taken.
fn agents_leg(bench: &mut Bench, caller: Caller) -> Sent {
    bench.sent();
    bench.command(LegCommand::CallAgent {
        leg: LegId::new(ShardNo(0), LegSide::Outbound, 1),
        agent: "agent0001".into(),
        shown: shown(caller),
        offer: Bytes::from_static(SDP.as_bytes()),
        ring_time_max: Duration::from_secs(20),
    });
    bench.one()
}

fn assert_only_ours(invite: &Sent) {
    let head = invite.text.split("\r\n\r\n").next().unwrap_or("");
    for line in head.split("\r\n").skip(1) {
        let name = line.split(':').next().unwrap_or("");
        assert!(OURS.contains(&name), "{line}");
    }
    let once = |name: &str| head.split("\r\n").filter(|line| line.starts_with(&format!("{name}: "))).count() <= 1;
    assert!(OURS.iter().all(|name| once(name)), "{head}");
    assert!(!head.replace("\r\n", "").contains(['\r', '\n', '\0']));
    assert_eq!(invite.request().body, SDP.as_bytes());
}

#[test]
fn a_line_break_anywhere_in_a_citizens_call_makes_no_line_of_its_own_on_either_side() {
    let call = from_citizen("INVITE", 1, "a", "", "Diversion: <sip:87654321@x>;reason=no-answer\n", SDP);
    let head = call.find("\r\n\r\n").unwrap_or(0);
    let mut read = 0;
    for at in 1..head {
        for broken in ["\n", "\r", "\n\r", "\0", "\u{b}"] {
            let mut text = call.clone();
            if !text.is_char_boundary(at) {
                continue;
            }
            text.insert_str(at, &format!("{broken}X-Evil: 1"));
            let mut bench = Bench::new();
            let Some(arrival) = arrives(&mut bench, &text) else { continue };
            read += 1;
            for answer in bench.sent() {
                assert!(!answer.text.contains("\nX-Evil") && !answer.text.contains("\rX-Evil"), "{at} {broken:?}");
            }
            let invite = agents_leg(&mut bench, arrival.caller);
            assert_only_ours(&invite);
        }
    }
    assert_eq!(read, 0, "a bare line break or control character is refused wherever it stands");
}

#[test]
fn headers_that_are_trusted_inside_the_house_come_from_nobody_outside_in_whatever_disguise() {
    let plain = from_citizen("INVITE", 1, "a", "", "", SDP);
    let mut bench = Bench::new();
    let expected = arrives(&mut bench, &plain).expect("a call");
    let disguises = [
        "X-Samkald-Agent: agent0009",
        "x-samkald-agent: agent0009",
        "X-SAMKALD-AGENT:agent0009",
        "X-Samkald-Agent : agent0009",
        "X-Samkald-Agent\t:\tagent0009",
        "X-Samkald-Agent:\r\n agent0009",
        "X-Samkald-Agent\u{1}: agent0009",
        " X-Samkald-Agent: agent0009",
        "Subject: x\r\n X-Samkald-Agent: agent0009",
        "s: x\r\n\tX-Samkald-Agent: agent0009",
        "X_Samkald_Agent: agent0009",
        "P-Samkald-Trust: agent0009",
    ];
    let mut read = 0;
    for disguise in disguises {
        let text = plain.replace("Max-Forwards: 70\r\n", &format!("Max-Forwards: 70\r\n{disguise}\r\n"));
        let mut bench = Bench::new();
        let Some(arrival) = arrives(&mut bench, &text) else { continue };
        read += 1;
        let same = (&arrival.dialled, &arrival.caller, &arrival.reached_by);
        assert_eq!(
            same,
            (&expected.dialled, &expected.caller, &expected.reached_by),
            "{disguise:?} changed the routing"
        );
        assert!(bench.sent().iter().all(|sent| !sent.text.contains("agent0009")), "{disguise:?}");
        let invite = agents_leg(&mut bench, arrival.caller);
        assert_only_ours(&invite);
        assert!(!invite.text.contains("agent0009"), "{disguise:?}");
    }
    assert!(read >= 8, "only {read} could be read at all");
}

#[test]
fn whatever_name_a_citizen_gives_the_agents_leg_stays_valid() {
    let long = "Å".repeat(1_900);
    let names = [
        "\"Sami\\\\ \"",
        "\"Sami\\\" \"",
        "\"<img src=x onerror=alert(1)>\"",
        "\"\u{202e}imaS\"",
        "\"a%0d%0aX-Evil: 1\"",
        "\"a;tag=x>\"",
        "\"sip:evil@198.51.100.1\"",
        "Sami Test",
        "\"\"",
        &format!("\"{long}\""),
    ];
    for name in names {
        let call = from_citizen("INVITE", 1, "a", "", "", SDP)
            .replace("From: \"Sami\" <sip:+4520123456@127.0.0.2>", &format!("From: {name} <sip:sami@127.0.0.2>"));
        let mut bench = Bench::new();
        let Some(arrival) = arrives(&mut bench, &call) else { panic!("can't be read: {name}") };
        let invite = agents_leg(&mut bench, arrival.caller);
        assert_only_ours(&invite);
        let from = invite.request().headers.from().expect("From");
        assert!(from.display().starts_with("Aarhus: Pas"), "{name}");
        assert_eq!(from.uri().expect("a URI").host_text(), "127.0.0.1", "{name}");
    }
}

//! How an agent hands a citizen over: what the phone asks, what the centre is told, and what the phone hears.
//! On virtual time; what becomes of the citizen is told in the centre's stories.

use std::time::Duration;

use model::{AgentId, CalledParty, Cause, Dialled, LegCommand, LegEnd, LegEvent, LegId, TransferTo};

use super::placing::{Placed, bench};
use super::{Bench, SDP, Sent, from_citizen, with_body};

/// The agent's leg of a citizen's call, as the phone sees it.
struct Talk {
    leg: LegId,
    invite: Sent,
    number: u64,
    cseq: u32,
}

impl Talk {
    /// The centre calls agent0001, who answers.
    fn begin(bench: &mut Bench, number: u64) -> Self {
        let leg = bench.call("agent0001", number);
        let invite = bench.one();
        bench.phone(&invite.answer("200 OK", "desk", "Contact: <sip:agent0001@127.0.0.3:26000>\n", SDP));
        assert_eq!(bench.lines(), ["ACK"]);
        assert_eq!(bench.events(), [LegEvent::Answered { leg, session: SDP.into() }]);
        Self { leg, invite, number, cseq: 10 }
    }

    /// A request of the phone inside the dialog.
    fn ask(&mut self, bench: &mut Bench, method: &str, more: &str) {
        self.cseq += 1;
        let (cseq, number, invite) = (self.cseq, self.number, &self.invite);
        let text = with_body(
            &format!(
                "{method} sip:127.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.3:26000;branch=z9hG4bKt{cseq}.{number};rport\n\
                 From: {};tag=desk\nTo: {}\nCall-ID: {}\nCSeq: {cseq} {method}\nMax-Forwards: 70\n{more}",
                invite.header("To"),
                invite.header("From"),
                invite.header("Call-ID"),
            ),
            "",
        );
        bench.phone(&text);
    }

    fn refer(&mut self, bench: &mut Bench, to: &str, more: &str) {
        self.ask(bench, "REFER", &format!("Refer-To: {to}\nContact: <sip:agent0001@127.0.0.3:26000>\n{more}"));
    }

    fn answer(&self, bench: &mut Bench, answer: Result<(), Cause>) {
        bench.command(LegCommand::AnswerTransfer { leg: self.leg, answer });
    }

    fn tell(&self, bench: &mut Bench, end: Result<(), Cause>) {
        bench.command(LegCommand::TellTransfer { leg: self.leg, end });
    }

    fn end(&mut self, bench: &mut Bench) {
        self.ask(bench, "BYE", "");
        assert_eq!(bench.lines(), ["200 OK"]);
        assert_eq!(bench.events(), [LegEvent::Ended { leg: self.leg, why: LegEnd::HungUp }]);
    }
}

/// What the phone reads of a NOTIFY, which it then answers.
fn notified(bench: &mut Bench) -> (String, String, String) {
    let notify = bench.one();
    assert_eq!(notify.first_line(), "NOTIFY");
    assert_eq!(notify.header("Content-Type"), "message/sipfrag;version=2.0");
    bench.phone(&notify.answer("200 OK", "", "", ""));
    let body = String::from_utf8(notify.request().body.to_vec()).expect("text");
    (notify.header("Event").to_owned(), notify.header("Subscription-State").to_owned(), body)
}

fn asked(talk: &Talk, number: &str) -> [LegEvent; 1] {
    let to = TransferTo::Party(CalledParty::Number(Dialled::parse(number).expect("a number")));
    [LegEvent::TransferAsked { leg: talk.leg, to }]
}

#[test]
fn an_agent_hands_a_citizen_over_blind_and_the_phone_hears_how_it_went() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "Referred-By: <sip:somebody@else.example>\n");
    assert_eq!((bench.lines(), bench.events()), (Vec::<String>::new(), asked(&talk, "7001").to_vec()));
    talk.answer(&mut bench, Ok(()));
    let mut sent = bench.sent();
    assert_eq!(sent.remove(0).first_line(), "202 Accepted");
    bench.sent = sent;
    let event = "refer".to_owned();
    assert_eq!(notified(&mut bench), (event.clone(), "active;expires=300".into(), "SIP/2.0 100 Trying\r\n".into()));
    talk.tell(&mut bench, Ok(()));
    let last = "terminated;reason=noresource".to_owned();
    assert_eq!(notified(&mut bench), (event, last, "SIP/2.0 200 OK\r\n".into()));
    talk.end(&mut bench);
    bench.rest();
}

#[test]
fn a_transfer_that_fails_is_told_and_the_next_one_in_the_same_talk_has_a_name_of_its_own() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "");
    talk.answer(&mut bench, Err(Cause::Closed));
    assert_eq!(bench.lines(), ["480 Temporarily Unavailable"]);
    bench.events();
    talk.refer(&mut bench, "tel:+4520123456", "");
    assert_eq!(bench.events(), asked(&talk, "20123456"));
    talk.answer(&mut bench, Ok(()));
    assert_eq!(bench.lines(), ["202 Accepted", "NOTIFY"]);
    talk.tell(&mut bench, Err(Cause::Busy));
    let (event, state, body) = notified(&mut bench);
    assert_eq!((&*event, &*body), ("refer;id=12", "SIP/2.0 486 Busy Here\r\n"));
    assert!(state.starts_with("terminated"));
    talk.end(&mut bench);
}

#[test]
fn an_agent_hands_a_citizen_over_to_the_colleague_asked_first() {
    for turned in [false, true] {
        let mut bench = bench();
        let mut talk = Talk::begin(&mut bench, 1);
        let mut placed = Placed::new("agent0001", 1, "sip:agent0002@samkald");
        let other = placed.talking(&mut bench);
        let (ours, theirs) = if turned { ("from", "to") } else { ("to", "from") };
        let replaces = format!("own-1%3B{ours}-tag%3D{}%3B{theirs}-tag%3Dphone1", placed.to_tag);
        talk.refer(&mut bench, &format!("<sip:127.0.0.1:5060?Require=replaces&Replaces={replaces}>"), "");
        let to = TransferTo::Leg(other);
        assert_eq!(bench.events(), [LegEvent::TransferAsked { leg: talk.leg, to }]);
        talk.answer(&mut bench, Ok(()));
        assert_eq!(bench.lines(), ["202 Accepted", "NOTIFY"]);
        talk.refer(&mut bench, &format!("<sip:127.0.0.1?Replaces={replaces}%3Bearly-only>"), "");
        assert_eq!(bench.lines(), ["486 Busy Here"], "it is early no longer");
    }
}

#[test]
fn only_an_own_dialog_can_be_named_as_the_other_half_of_a_transfer() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    let mut foreign = Placed::new("agent0002", 1, "sip:20123456@samkald");
    foreign.talking(&mut bench);
    let own = talk.invite.request().headers.from_tag().to_owned();
    let call_id = talk.invite.header("Call-ID").to_owned();
    for (call_id, to, from) in [
        ("own-1", &*foreign.to_tag, "phone1"),
        ("own-2", &*foreign.to_tag, "phone1"),
        ("own-1", "00ffffffffffffffff", "phone1"),
        (&*call_id, &*own, "desk"),
    ] {
        let replaces = format!("{call_id}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}");
        talk.refer(&mut bench, &format!("<sip:agent0002@samkald?Replaces={replaces}>"), "");
        assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    }
    assert_eq!(bench.events(), []);
}

#[test]
fn a_transfer_to_a_foreign_host_or_of_another_kind_is_refused_and_nothing_leaves() {
    // Fault 12: a REFER is no way to make us call anybody.
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    for (to, status) in [
        ("<sip:20123456@192.0.2.99>", "403 Forbidden"),
        ("<sips:20123456@example.org>", "403 Forbidden"),
        ("<sip:7001@samkald;method=BYE>", "403 Forbidden"),
        ("<mailto:a@samkald>", "403 Forbidden"),
        ("<sip:7001&7002@samkald>", "404 Not Found"),
        ("<sip:samkald>", "484 Address Incomplete"),
        ("<sip:7001@samkald>, <sip:7002@samkald>", "400 Bad Request"),
        ("<sip:7001@samkald?Replaces=x>", "400 Bad Request"),
        ("nonsense", "400 Bad Request"),
    ] {
        talk.refer(&mut bench, to, "");
        assert_eq!(bench.lines(), [status], "{to}");
    }
    talk.ask(&mut bench, "REFER", "");
    assert_eq!(bench.lines(), ["400 Bad Request"]);
    talk.ask(&mut bench, "SUBSCRIBE", "Event: refer\nExpires: 60\n");
    assert!(bench.one().first_line().starts_with('4'), "only a REFER subscribes");
    assert_eq!(bench.events(), []);
    talk.end(&mut bench);
    bench.rest();
}

#[test]
fn a_second_transfer_waits_for_the_first() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "");
    talk.refer(&mut bench, "<sip:7002@samkald>", "");
    assert_eq!(bench.lines(), ["491 Request Pending"]);
    assert_eq!(bench.events(), asked(&talk, "7001"));
}

#[test]
fn a_phone_that_wants_no_news_gets_none() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "Refer-Sub: false\nRequire: norefersub\n");
    talk.answer(&mut bench, Ok(()));
    let accepted = bench.one();
    assert_eq!((&*accepted.first_line(), accepted.header("Refer-Sub")), ("202 Accepted", "false"));
    talk.tell(&mut bench, Ok(()));
    assert_eq!(bench.lines(), Vec::<String>::new());
}

#[test]
fn a_transfer_that_nobody_decides_about_is_refused_and_the_talk_goes_on() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "");
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.lines(), ["500 Server Internal Error"]);
    talk.answer(&mut bench, Ok(()));
    talk.tell(&mut bench, Ok(()));
    assert_eq!(bench.lines(), Vec::<String>::new(), "what is said too late is dropped");
    bench.events();
    talk.end(&mut bench);
}

#[test]
fn news_of_a_transfer_whose_agent_has_hung_up_go_nowhere() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "<sip:7001@samkald>", "");
    talk.answer(&mut bench, Ok(()));
    bench.sent();
    bench.events();
    talk.end(&mut bench);
    talk.tell(&mut bench, Ok(()));
    assert_eq!(bench.lines(), Vec::<String>::new());
    let mut other = Talk::begin(&mut bench, 2);
    other.refer(&mut bench, "<sip:7001@samkald>", "");
    bench.command(LegCommand::HangUp { leg: other.leg, cause: Cause::Normal });
    assert_eq!(bench.lines(), ["487 Request Terminated", "BYE"]);
    other.tell(&mut bench, Ok(()));
    assert_eq!(bench.lines(), Vec::<String>::new());
}

#[test]
fn a_citizens_side_cannot_hand_over_anything() {
    let mut bench = bench();
    bench.trunk(&from_citizen("INVITE", 1, "i", "", "", SDP));
    let events = bench.events();
    let [LegEvent::Arrived(arrival)] = &events[..] else { panic!("{events:?}") };
    bench.command(LegCommand::Answer { leg: arrival.leg, session: SDP.into() });
    let tag = bench.sent().last().expect("200").response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("ACK", 1, "a", &tag, "", ""));
    bench.events();
    bench.trunk(&from_citizen("REFER", 2, "r", &tag, "Refer-To: <sip:agent0001@samkald>\n", ""));
    let status = bench.one().first_line();
    assert!(status.starts_with('4') || status.starts_with('6'), "{status}");
    assert_eq!(bench.events(), []);
}

#[test]
fn an_agent_is_named_as_the_one_to_take_over() {
    let mut bench = bench();
    let mut talk = Talk::begin(&mut bench, 1);
    talk.refer(&mut bench, "\"Anna\" <sip:agent0002@127.0.0.1:5060;transport=udp>", "");
    let to = TransferTo::Party(CalledParty::Agent(AgentId::new("agent0002")));
    assert_eq!(bench.events(), [LegEvent::TransferAsked { leg: talk.leg, to }]);
}

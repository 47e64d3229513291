//! What happens when an agent's phone calls somebody, and when somebody only says that it is one.
//! On virtual time, with the phone written by hand.

use std::sync::Arc;
use std::time::Duration;

use model::{AgentCall, AgentId, CalledParty, Cause, Dialled, LegCommand, LegEnd, LegEvent, LegId, TrunkId};

use super::{Bench, SDP, Sent, udp, with_body};
use crate::digest::answer;
use crate::message::{AuthParams, Method};
use crate::stack::settings::RegistrarSettings;
use crate::stack::{TrunkLogin, TrunkSettings, Trunks};

/// A bench whose phones can be asked for passwords.
pub(super) fn bench() -> Bench {
    Bench::with(|settings| settings.registrar = Some(RegistrarSettings::new("samkald", [7; 32])))
}

/// One call of an agent's phone, request by request.
pub(super) struct Placed {
    pub(super) agent: &'static str,
    pub(super) number: u32,
    pub(super) to: String,
    pub(super) to_tag: String,
}

impl Placed {
    pub(super) fn new(agent: &'static str, number: u32, to: &str) -> Self {
        Self { agent, number, to: to.to_owned(), to_tag: String::new() }
    }

    pub(super) fn request(&self, method: &str, cseq: u32, branch: &str, more: &str, body: &str) -> String {
        let Self { agent, number, to, to_tag } = self;
        let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        with_body(
            &format!(
                "{method} {to} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.3:26000;branch=z9hG4bK{branch}.{number};rport\n\
                 From: <sip:{agent}@samkald>;tag=phone{number}\nTo: <{to}>{tag}\nCall-ID: own-{number}\n\
                 CSeq: {cseq} {method}\nMax-Forwards: 70\nContact: <sip:{agent}@127.0.0.3:26000>\n{more}"
            ),
            body,
        )
    }

    /// Calls without a password, and gets the challenge.
    pub(super) fn challenged(&self, bench: &mut Bench) -> Sent {
        bench.phone(&self.request("INVITE", 1, "one", "", SDP));
        let challenge = bench.one();
        assert_eq!(challenge.first_line(), "401 Unauthorized");
        bench.phone(&self.request("ACK", 1, "one", "", ""));
        challenge
    }

    /// Calls with the password of `user`; what came of it.
    pub(super) fn with_password(&self, bench: &mut Bench, user: &str, more: &str) -> Vec<Sent> {
        let challenge = self.challenged(bench);
        let authorization = authorization(&challenge, user, &self.to, 1);
        bench.phone(&self.request("INVITE", 2, "two", &(authorization + more), SDP));
        bench.sent()
    }

    /// Calls, is let in, and hears ringing.
    pub(super) fn ringing(&mut self, bench: &mut Bench) -> LegId {
        let sent = self.with_password(bench, self.agent, "");
        assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["100 Trying"]);
        let events = bench.events();
        let [LegEvent::AgentCalls(AgentCall { leg, .. })] = &events[..] else { panic!("{events:?}") };
        bench.command(LegCommand::Ring { leg: *leg });
        self.to_tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
        *leg
    }

    /// Calls, and talks.
    pub(super) fn talking(&mut self, bench: &mut Bench) -> LegId {
        let leg = self.ringing(bench);
        bench.command(LegCommand::Answer { leg, session: SDP.into() });
        assert_eq!(bench.one().first_line(), "200 OK");
        bench.phone(&self.request("ACK", 2, "ack", "", ""));
        assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
        leg
    }
}

fn authorization(challenge: &Sent, user: &str, uri: &str, count: u32) -> String {
    authorization_for(challenge, user, &Method::Invite, uri, count)
}

fn authorization_for(challenge: &Sent, user: &str, method: &Method, uri: &str, count: u32) -> String {
    let params = AuthParams::read(challenge.header("WWW-Authenticate")).expect("a challenge");
    let value = answer(&params, user, "hemmelig", method, uri, "c0ffee", count).expect("an answer");
    format!("Authorization: {value}\n")
}

/// What a call to that address by agent0002 came to: whom the centre is asked for, or the refusal's status.
fn called(uri: &str) -> Result<CalledParty, String> {
    let mut bench = bench();
    let placed = Placed::new("agent0002", 1, uri);
    let sent = placed.with_password(&mut bench, "agent0002", "");
    let events = bench.events();
    match &events[..] {
        [LegEvent::AgentCalls(call)] => {
            bench.command(LegCommand::Refuse { leg: call.leg, cause: Cause::Busy });
            assert!(bench.stack.ground.settings.whereabouts.is_empty(), "nothing is left of it");
            Ok(call.to.clone())
        }
        [] => Err(sent.iter().map(Sent::first_line).collect::<Vec<_>>().join(", ")),
        _ => panic!("{events:?}"),
    }
}

fn number(text: &str) -> CalledParty {
    CalledParty::Number(Dialled::parse(text).expect("a number"))
}

#[test]
fn an_agents_phone_calls_a_number_and_talks_and_hangs_up() {
    let mut bench = bench();
    let mut placed = Placed::new("agent0002", 1, "sip:20123456@samkald");
    let leg = placed.talking(&mut bench);
    assert_eq!(bench.stack.ground.settings.whereabouts.of_agent("agent0002"), Some(leg.shard()));
    bench.phone(&placed.request("BYE", 3, "bye", "", ""));
    assert_eq!(bench.one().first_line(), "200 OK");
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    assert!(bench.stack.ground.settings.whereabouts.is_empty());
    bench.rest();
}

#[test]
fn an_agent_who_gives_up_before_the_answer_leaves_nothing_behind() {
    let mut bench = bench();
    let mut placed = Placed::new("agent0002", 1, "sip:agent0003@samkald");
    let leg = placed.ringing(&mut bench);
    placed.to_tag.clear();
    bench.phone(&placed.request("CANCEL", 2, "two", "", ""));
    assert_eq!(bench.lines(), ["200 OK", "487 Request Terminated"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.phone(&placed.request("ACK", 2, "two", "", ""));
    bench.rest();
}

#[test]
fn who_does_not_prove_to_be_an_agent_is_asked_for_a_password_and_nobody_hears_of_the_call() {
    let mut bench = bench();
    let placed = Placed::new("agent0002", 1, "sip:20123456@samkald");
    placed.challenged(&mut bench);
    let unknown = Placed::new("nobody", 2, "sip:20123456@samkald");
    let sent = unknown.with_password(&mut bench, "nobody", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["401 Unauthorized"]);
    assert_eq!(bench.events(), []);
    bench.rest();
}

#[test]
fn an_agent_cannot_call_in_a_colleagues_name() {
    let mut bench = bench();
    let sent = Placed::new("agent0001", 1, "sip:20123456@samkald").with_password(&mut bench, "agent0002", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["403 Forbidden"]);
    assert_eq!(bench.events(), []);
}

#[test]
fn a_dialled_text_leads_to_exactly_what_it_says_or_nowhere() {
    // Fault 11: what other systems read as commands of their dial plan.
    assert_eq!(called("sip:+4520123456@samkald"), Ok(number("20123456")));
    assert_eq!(called("sip:112@127.0.0.1"), Ok(number("112")));
    assert_eq!(called("tel:+4520123456"), Ok(number("20123456")));
    assert_eq!(called("sip:agent0003@127.0.0.1:5060"), Ok(CalledParty::Agent(AgentId::new("agent0003"))));
    let nowhere = [
        "sip:7000&7001@samkald",
        "sip:7000;ext=1@samkald",
        "sip:7000%0d%0aBcc@samkald",
        "sip:7000%00@samkald",
        "sip:7000%23@samkald",
        "sip:*70@samkald",
        "sip:agent0003&agent0001@samkald",
        "sip:agent0003%3b@samkald",
        "sip:agent0003%ff@samkald",
        "sip:agent%200003@samkald",
    ];
    for uri in nowhere {
        assert_eq!(called(uri), Err("404 Not Found".into()), "{uri}");
    }
    let long = format!("sip:{}@samkald", "a".repeat(65));
    assert_eq!(called(&long), Err("404 Not Found".into()));
    assert_eq!(called("sip:samkald"), Err("484 Address Incomplete".into()));
    assert_eq!(called("sip:+@samkald"), Err("484 Address Incomplete".into()));
}

#[test]
fn a_call_to_a_foreign_host_stays_here() {
    // Fault 12: only one answer, to the phone itself.
    for uri in ["sip:20123456@192.0.2.99", "sip:20123456@example.org;transport=tcp"] {
        assert_eq!(called(uri), Err("404 Not Found".into()), "{uri}");
    }
}

#[test]
fn an_agent_who_calls_oneself_or_gets_the_own_call_back_is_told_of_the_loop() {
    // Fault 22: by its own id, and by a phone that sends back what we sent to it.
    assert_eq!(called("sip:agent0002@samkald"), Err("482 Loop Detected".into()));
    let mut bench = bench();
    bench.call("agent0001", 1);
    let invite = bench.one();
    let ours = invite.request().headers.from_tag().to_owned();
    let placed = Placed::new("agent0001", 1, "sip:20123456@samkald");
    let challenge = placed.challenged(&mut bench);
    let back = placed.request("INVITE", 2, "two", &authorization(&challenge, "agent0001", &placed.to, 1), SDP);
    bench.phone(&back.replace("tag=phone1", &format!("tag={ours}")));
    assert_eq!(bench.lines(), ["482 Loop Detected"]);
    assert_eq!(bench.events(), []);
}

#[test]
fn a_phone_run_wild_has_a_few_calls_and_then_is_busy_except_for_an_emergency() {
    let mut bench = bench();
    for number in 1..=4 {
        Placed::new("agent0002", number, "sip:20123456@samkald").ringing(&mut bench);
    }
    let sent = Placed::new("agent0002", 5, "sip:20123456@samkald").with_password(&mut bench, "agent0002", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["486 Busy Here"]);
    Placed::new("agent0002", 6, "sip:112@samkald").ringing(&mut bench);
}

#[test]
fn an_emergency_call_passes_when_we_are_full_and_when_we_are_closing() {
    let mut bench = Bench::with(|settings| {
        settings.registrar = Some(RegistrarSettings::new("samkald", [7; 32]));
        settings.legs_max = 0;
    });
    bench.stack.drain();
    let sent = Placed::new("agent0002", 1, "sip:20123456@samkald").with_password(&mut bench, "agent0002", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["503 Service Unavailable"]);
    Placed::new("agent0002", 2, "sip:112@samkald").ringing(&mut bench);
}

#[test]
fn a_call_that_would_take_over_another_dialog_finds_none() {
    let mut bench = bench();
    let placed = Placed::new("agent0002", 1, "sip:7000@samkald");
    let more = "Replaces: own-9;to-tag=1;from-tag=2\n";
    let sent = placed.with_password(&mut bench, "agent0002", more);
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["481 Call/Transaction Does Not Exist"]);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.events(), []);
}

#[test]
fn a_password_said_twice_opens_only_once() {
    // Fault 16: the same Authorization in a second INVITE.
    let mut bench = bench();
    let placed = Placed::new("agent0002", 1, "sip:20123456@samkald");
    let challenge = placed.challenged(&mut bench);
    let said = authorization(&challenge, "agent0002", &placed.to, 1);
    bench.phone(&placed.request("INVITE", 2, "two", &said, SDP));
    assert_eq!(bench.lines(), ["100 Trying"]);
    let again = Placed::new("agent0002", 2, "sip:20123456@samkald");
    bench.receive(&again.request("INVITE", 2, "two", &said, SDP), udp([127, 0, 0, 9], 5060), None);
    assert_eq!(bench.lines(), ["401 Unauthorized"]);
}

#[test]
fn a_trunk_whose_address_changes_proves_itself_by_its_password_and_brings_citizens() {
    let trunk = TrunkSettings {
        login: Some(TrunkLogin { user: "agent0003".into(), password: "hemmelig".into() }),
        channels_in_max: Some(1),
        ..TrunkSettings::new(TrunkId::new("operator"))
    };
    let mut bench = Bench::with(|settings| {
        settings.registrar = Some(RegistrarSettings::new("samkald", [7; 32]));
        settings.trunks = Arc::new(Trunks::new([trunk]));
    });
    let placed = Placed::new("+4520123456", 1, "sip:7000@samkald");
    let sent = placed.with_password(&mut bench, "agent0003", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["100 Trying"]);
    let events = bench.events();
    let [LegEvent::Arrived(arrival)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((arrival.trunk.as_str(), arrival.dialled.as_str()), ("operator", "7000"));
    // It is no phone: nobody calls it as one.
    let register = Placed::new("agent0003", 9, "sip:agent0003@samkald");
    bench.phone(&register.request("REGISTER", 1, "r1", "", ""));
    let said = authorization_for(&bench.one(), "agent0003", &Method::Register, &register.to, 1);
    bench.phone(&register.request("REGISTER", 2, "r2", &said, ""));
    assert_eq!(bench.lines(), ["403 Forbidden"]);
    let sent = Placed::new("+4520123456", 2, "sip:7000@samkald").with_password(&mut bench, "agent0003", "");
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["503 Service Unavailable"]);
}

//! Session timers (RFC 4028) in both roles, by both methods: a healthy call lives, a dead one ends (fault 31).
//! On virtual time; the peer answers by itself as long as it is alive.

use std::time::Duration;

use bytes::Bytes;
use model::{LegCommand, LegEnd, LegEvent, LegId, Moment};

use super::citizen::talk;
use super::phone::{CONTACT, from_phone};
use super::{Bench, SDP, Sent, from_citizen};

/// The interval of all these calls.
const EXPIRES_S: u64 = 90;
/// How long a healthy call must live.
const HEALTHY: Duration = Duration::from_secs(600);
const STEP: Duration = Duration::from_millis(250);

/// One combination of roles.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// The peer is an agent's phone that we called; else a citizen.
    agent: bool,
    /// We refresh.
    ours: bool,
    /// By UPDATE; else by re-INVITE.
    update: bool,
}

fn cases() -> impl Iterator<Item = Case> {
    (0..8).map(|bits| Case { agent: bits & 1 > 0, ours: bits & 2 > 0, update: bits & 4 > 0 })
}

/// What the peer does with a refresh of ours; the second number counts them from 1.
type Twist = fn(&Sent, u32) -> Option<(&'static str, &'static str)>;

struct Peer {
    case: Case,
    bench: Bench,
    leg: LegId,
    tag: String,
    invite: Option<Sent>,
    seq: u32,
    refreshes: u32,
    twist: Twist,
    next: Moment,
    /// Intervals that we asked for.
    asked: Vec<String>,
    ended: Vec<LegEnd>,
}

const AGREES: (&str, &str) = ("200 OK", "Session-Expires: 90;refresher=uac\n");

impl Peer {
    fn talking(case: Case, twist: Twist) -> Self {
        let mut bench = Bench::with(|settings| settings.session_expires = Duration::from_secs(EXPIRES_S));
        let allow = if case.update { "Allow: INVITE, ACK, BYE, UPDATE\n" } else { "Allow: INVITE, ACK, BYE\n" };
        let who = if case.agent == case.ours { "uac" } else { "uas" };
        let lines = format!("{allow}Supported: timer\nSession-Expires: 90;refresher={who}\n");
        let (leg, tag, invite) = if case.agent {
            let leg = bench.call("agent0001", 1);
            let invite = bench.one();
            bench.phone(&invite.answer("200 OK", "phone", &format!("{CONTACT}{lines}"), SDP));
            assert_eq!(bench.lines(), ["ACK"]);
            bench.events();
            (leg, String::new(), Some(invite))
        } else {
            let (leg, tag) = talk(&mut bench, &lines);
            (leg, tag, None)
        };
        let next = bench.now + Duration::from_secs(EXPIRES_S / 2);
        let (asked, ended) = (Vec::new(), Vec::new());
        Self { case, bench, leg, tag, invite, seq: 10, refreshes: 0, twist, next, asked, ended }
    }

    fn says(&mut self, text: &str) {
        if self.case.agent { self.bench.phone(text) } else { self.bench.trunk(text) }
    }
    fn asks(&mut self, method: &str, cseq: u32, more: &str, body: &str) {
        let branch = format!("{method}{cseq}");
        let text = match &self.invite {
            Some(invite) => from_phone(invite, method, cseq, &branch, more, body),
            None => from_citizen(method, cseq, &branch, &self.tag, more, body),
        };
        self.says(&text);
    }

    /// Time passes; the peer does what it must.
    fn pass(&mut self, span: Duration) {
        let end = self.bench.now + span;
        while self.bench.now < end && self.ended.is_empty() {
            self.bench.pass(STEP);
            if !self.case.ours && self.bench.now >= self.next {
                self.next = self.bench.now + Duration::from_secs(EXPIRES_S / 2);
                self.seq += 1;
                let timer = "Supported: timer\nSession-Expires: 90;refresher=uac\n";
                let (method, body) = if self.case.update { ("UPDATE", "") } else { ("INVITE", SDP) };
                self.asks(method, self.seq, timer, body);
            }
            self.answer_what_came();
        }
    }

    fn answer_what_came(&mut self) {
        for sent in self.bench.sent() {
            let line = sent.first_line();
            match line.as_str() {
                "UPDATE" | "INVITE" => self.refreshed(&sent),
                "200 OK" if sent.header("CSeq").ends_with("INVITE") => {
                    let cseq = sent.header("CSeq").split(' ').next().and_then(|cseq| cseq.parse().ok()).expect("CSeq");
                    self.asks("ACK", cseq, "", "");
                }
                "200 OK" | "100 Trying" | "ACK" | "BYE" => {}
                other => panic!("{:?}: {other}", self.case),
            }
        }
        for event in self.bench.events() {
            match event.clone() {
                LegEvent::SessionOffered { leg, .. } => {
                    let session = Bytes::from_static(SDP.as_bytes());
                    self.bench.command(LegCommand::AcceptSession { leg, session });
                }
                LegEvent::Ended { why, .. } => self.ended.push(why),
                LegEvent::SessionAnswered { .. } => {}
                LegEvent::Arrived(_)
                | LegEvent::AgentCalls(_)
                | LegEvent::Ringing { .. }
                | LegEvent::Answered { .. }
                | LegEvent::Refused { .. }
                | LegEvent::Confirmed { .. }
                | LegEvent::Digit { .. }
                | LegEvent::TransferAsked { .. } => {
                    panic!("{:?}: {event:?}", self.case)
                }
            }
        }
    }

    fn refreshed(&mut self, sent: &Sent) {
        assert!(self.case.ours, "{:?}: the peer refreshes", self.case);
        assert_eq!(sent.first_line() == "UPDATE", self.case.update, "{:?}", self.case);
        self.refreshes += 1;
        self.asked.push(sent.header("Session-Expires").to_owned());
        if let Some((status, more)) = (self.twist)(sent, self.refreshes) {
            let body = if status.starts_with('2') && sent.first_line() == "INVITE" { SDP } else { "" };
            let text = sent.answer(status, "", &format!("{CONTACT_ALLOWS}{more}"), body);
            let text = if self.case.update { text } else { text.replace("UPDATE, ", "") };
            self.says(&text);
        }
    }

    fn lives(&mut self) {
        self.pass(HEALTHY);
        assert_eq!(self.ended, [], "{:?}", self.case);
    }
    fn ends_within(&mut self, span: Duration) {
        self.pass(span);
        assert_eq!(self.ended, [LegEnd::Lost], "{:?} {}", self.case, self.leg);
        self.bench.rest();
    }
}

const CONTACT_ALLOWS: &str = "Allow: UPDATE, INVITE, ACK, BYE\n";

/// The peer dies: it neither answers nor asks any more.
fn dies(peer: &mut Peer) {
    peer.twist = |_, _| None;
    peer.next = peer.bench.now + Duration::from_secs(86_400);
    peer.ends_within(Duration::from_secs(EXPIRES_S + 32));
}

#[test]
fn a_healthy_call_lives_ten_minutes_and_a_dead_one_ends_whoever_refreshes_and_how() {
    for case in cases() {
        let mut peer = Peer::talking(case, |_, _| Some(AGREES));
        peer.lives();
        assert_eq!(peer.refreshes > 10, case.ours, "{case:?}");
        dies(&mut peer);
    }
}

#[test]
fn a_refresh_that_is_lost_once_is_repeated_and_the_call_lives() {
    for case in cases().filter(|case| case.ours) {
        let mut peer = Peer::talking(case, |_, number| Some(AGREES).filter(|_| number % 2 == 0));
        peer.lives();
        dies(&mut peer);
    }
}

#[test]
fn a_peer_that_agrees_without_a_timer_is_asked_all_the_same_and_noticed_when_it_dies() {
    for case in cases().filter(|case| case.ours) {
        let mut peer = Peer::talking(case, |_, _| Some(("200 OK", "")));
        peer.lives();
        assert!(peer.refreshes > 10);
        dies(&mut peer);
    }
}

#[test]
fn a_refresh_that_is_too_short_is_tried_once_with_the_interval_that_the_peer_asks_for() {
    for case in cases().filter(|case| case.ours) {
        let mut peer = Peer::talking(case, |sent, _| match sent.header("Session-Expires") {
            "120;refresher=uac" => Some(("200 OK", "Session-Expires: 120;refresher=uac\n")),
            _ => Some(("422 Session Interval Too Small", "Min-SE: 120\n")),
        });
        peer.lives();
        assert_eq!(peer.asked[..3], ["90;refresher=uac", "120;refresher=uac", "120;refresher=uac"]);
        peer.twist = |_, _| None;
        peer.ends_within(Duration::from_secs(120 + 32));
    }
}

#[test]
fn a_peer_that_never_finds_it_long_enough_is_not_asked_for_ever_but_lives() {
    for case in cases().filter(|case| case.ours) {
        let mut peer = Peer::talking(case, |_, number| {
            Some(("422 Session Interval Too Small", if number % 2 == 1 { "Min-SE: 200\n" } else { "Min-SE: 400\n" }))
        });
        peer.lives();
        assert!((4..=14).contains(&peer.refreshes), "{case:?}: {}", peer.refreshes);
    }
}

#[test]
fn a_peer_that_does_not_know_the_call_any_more_ends_it_at_once() {
    for case in cases().filter(|case| case.ours) {
        for status in ["408 Request Timeout", "481 No Such Call"] {
            let mut peer = Peer::talking(case, |_, _| Some(AGREES));
            peer.pass(Duration::from_secs(100));
            peer.twist = if status.starts_with("408") {
                |_, _| Some(("408 Request Timeout", ""))
            } else {
                |_, _| Some(("481 No Such Call", ""))
            };
            peer.ends_within(Duration::from_secs(46));
        }
    }
}

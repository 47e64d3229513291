//! Offers that cross each other settle, whatever the delays (fault 30): two windows of waiting, RFC 3261 §14.1.
//! A peer that re-INVITEs or UPDATEs in the moment of our own refresh, over a wire that delays by a seed.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use model::{LegCommand, LegEvent, LegId, Moment};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::citizen::talk;
use super::phone::{CONTACT, from_phone};
use super::{Bench, SDP, Sent, from_citizen};

const SEEDS: u64 = 1_000;
const HOLD: &str =
    "v=0\r\no=- 1 2 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n";
/// Our refresh falls due then.
const DUE: Duration = Duration::from_secs(45);

struct Crossing {
    bench: Bench,
    rng: StdRng,
    leg: LegId,
    tag: String,
    /// The INVITE to an agent's phone; a citizen has none.
    invite: Option<Sent>,
    method: &'static str,
    /// Under way: towards us, or towards the peer.
    flying: BTreeMap<(Moment, u64), Flying>,
    count: u64,
    seq: u32,
    /// The peer's offer has been sent and not been answered.
    open: bool,
    offer_settled: bool,
    /// The CSeq of our refresh that the peer accepted.
    accepted: u32,
    refresh_settled: bool,
    /// How often either met a 491.
    collisions: u32,
}

enum Flying {
    ToUs(String),
    ToPeer(Box<Sent>),
    /// The peer makes its offer.
    Offer,
}

impl Crossing {
    fn new(seed: u64, agent: bool, method: &'static str) -> Self {
        let mut bench = Bench::with(|settings| settings.session_expires = DUE * 2);
        let timer = if agent { "uac" } else { "uas" };
        let timer = format!("Supported: timer\nSession-Expires: 90;refresher={timer}\n");
        let (leg, tag, invite) = if agent {
            let leg = bench.call("agent0001", 1);
            let invite = bench.one();
            bench.phone(&invite.answer("200 OK", "phone", &format!("{CONTACT}{timer}"), SDP));
            bench.sent();
            bench.events();
            (leg, String::new(), Some(invite))
        } else {
            let (leg, tag) = talk(&mut bench, &timer);
            (leg, tag, None)
        };
        let rng = StdRng::seed_from_u64(seed);
        let flying = BTreeMap::new();
        let (offer_settled, refresh_settled) = (false, false);
        let mut this = Self {
            bench,
            rng,
            leg,
            tag,
            invite,
            method,
            flying,
            count: 0,
            accepted: 0,
            seq: 10,
            open: false,
            offer_settled,
            refresh_settled,
            collisions: 0,
        };
        let early = this.rng.next_u64() % 100;
        this.fly(Duration::from_millis(44_950 + early), Flying::Offer);
        this
    }

    fn fly(&mut self, within: Duration, what: Flying) {
        self.count += 1;
        self.flying.insert((self.bench.now + within, self.count), what);
    }
    fn delay(&mut self) -> Duration {
        Duration::from_millis(1 + self.rng.next_u64() % 80)
    }
    fn says(&mut self, text: String) {
        let delay = self.delay();
        self.fly(delay, Flying::ToUs(text));
    }
    fn asks(&mut self, method: &str, cseq: u32, body: &str) {
        let branch = format!("{method}{cseq}");
        let text = match &self.invite {
            Some(invite) => from_phone(invite, method, cseq, &branch, "", body),
            None => from_citizen(method, cseq, &branch, &self.tag, "", body),
        };
        self.says(text);
    }

    fn run(&mut self) {
        // Where the offer came first, it counts as a sign of life, and the refresh follows one half of the interval later.
        let end = self.bench.now + DUE * 2 + Duration::from_secs(15);
        while self.bench.now < end {
            let next = self.flying.first_key_value().map_or(end, |((at, _), _)| *at).min(end);
            let wake = self.bench.stack.next_wakeup().unwrap_or(end);
            self.bench.pass(next.min(wake).since(self.bench.now));
            if let Some(first) = self.flying.first_entry().filter(|first| first.key().0 <= self.bench.now) {
                match first.remove() {
                    Flying::ToUs(text) if self.invite.is_some() => self.bench.phone(&text),
                    Flying::ToUs(text) => self.bench.trunk(&text),
                    Flying::ToPeer(sent) => self.heard(&sent),
                    Flying::Offer => self.offers(),
                }
            }
            self.collect();
        }
    }

    fn collect(&mut self) {
        for sent in self.bench.sent() {
            let delay = self.delay();
            self.fly(delay, Flying::ToPeer(Box::new(sent)));
        }
        for event in self.bench.events() {
            match event.clone() {
                LegEvent::SessionOffered { leg, .. } => {
                    let session = Bytes::from_static(SDP.as_bytes());
                    self.bench.command(LegCommand::AcceptSession { leg, session });
                    self.collect();
                }
                LegEvent::SessionAnswered { .. } => {}
                LegEvent::Arrived(_)
                | LegEvent::AgentCalls(_)
                | LegEvent::Ringing { .. }
                | LegEvent::Answered { .. }
                | LegEvent::Refused { .. }
                | LegEvent::Confirmed { .. }
                | LegEvent::Digit { .. }
                | LegEvent::TransferAsked { .. }
                | LegEvent::Ended { .. } => panic!("{event:?} {}", self.leg),
            }
        }
    }

    fn offers(&mut self) {
        self.seq += 1;
        self.open = true;
        self.asks(self.method, self.seq, HOLD);
    }

    /// What the peer does with a message of ours.
    fn heard(&mut self, sent: &Sent) {
        let line = sent.first_line();
        let ours_answered = sent.header("CSeq").starts_with(&format!("{} ", self.seq));
        match line.get(..3) {
            Some("INV") if self.open => {
                self.collisions += 1;
                self.says(sent.answer("491 Request Pending", "", "", ""));
            }
            Some("INV") => {
                self.accepted = cseq_of(sent);
                self.says(sent.answer("200 OK", "", "Session-Expires: 90;refresher=uac\n", SDP));
            }
            Some("ACK") => self.refresh_settled |= self.accepted == cseq_of(sent),
            Some("491") => {
                if self.method == "INVITE" {
                    self.acknowledge(sent);
                }
                self.open = false;
                self.collisions += 1;
                // The other of the two windows than ours.
                let (least, most) = if self.invite.is_some() { (0, 2_000) } else { (2_100, 4_000) };
                let wait = least + self.rng.next_u64() % (most - least);
                self.fly(Duration::from_millis(wait), Flying::Offer);
            }
            Some("500") => {
                if self.method == "INVITE" {
                    self.acknowledge(sent);
                }
                self.open = false;
                self.fly(Duration::from_secs(2), Flying::Offer);
            }
            Some("200") if ours_answered => {
                if self.method == "INVITE" {
                    self.acknowledge(sent);
                }
                self.open = false;
                self.offer_settled = true;
            }
            _ => {}
        }
    }

    fn acknowledge(&mut self, sent: &Sent) {
        let cseq = cseq_of(sent);
        let branch = sent.header("Via").split("branch=z9hG4bK").nth(1).and_then(|rest| rest.split(';').next());
        let branch = branch.unwrap_or("x").to_owned();
        let text = match &self.invite {
            Some(invite) => from_phone(invite, "ACK", cseq, &branch, "", ""),
            None => from_citizen("ACK", cseq, &branch, &self.tag, "", ""),
        };
        self.says(text);
    }
}

fn cseq_of(sent: &Sent) -> u32 {
    sent.header("CSeq").split(' ').next().and_then(|cseq| cseq.parse().ok()).expect("CSeq")
}

#[test]
fn offers_that_cross_settle_for_each_of_a_thousand_seeds() {
    let mut collided = [0_u32; 4];
    for seed in 0..SEEDS {
        let (agent, method) = (seed % 2 == 0, if seed % 4 < 2 { "INVITE" } else { "UPDATE" });
        let mut crossing = Crossing::new(seed, agent, method);
        crossing.run();
        let state = (crossing.offer_settled, crossing.refresh_settled);
        assert_eq!(state, (true, true), "seed {seed}, agent {agent}, {method}");
        assert!(crossing.collisions <= 8, "seed {seed}: {} collisions", crossing.collisions);
        collided[(seed % 4) as usize] += u32::from(crossing.collisions > 0);
    }
    assert!(collided.iter().all(|some| *some > 60), "too few of {SEEDS} crossed: {collided:?}");
}

#[test]
fn a_citizen_in_the_queue_holds_and_comes_back_while_we_refresh() {
    let mut bench = Bench::with(|settings| settings.session_expires = DUE * 2);
    let (leg, tag) = talk(&mut bench, "Supported: timer\nSession-Expires: 90;refresher=uas\n");
    bench.pass(DUE);
    let refresh = bench.one();
    bench.trunk(&refresh.answer("200 OK", "", "Session-Expires: 90;refresher=uac\n", SDP));
    bench.sent();
    bench.events();
    for (cseq, body) in [(2, HOLD), (3, SDP), (4, "")] {
        bench.trunk(&from_citizen("INVITE", cseq, &format!("r{cseq}"), &tag, "", body));
        let offer = Some(Bytes::from(body)).filter(|body| !body.is_empty());
        assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer }]);
        bench.command(LegCommand::AcceptSession { leg, session: Bytes::from_static(SDP.as_bytes()) });
        assert_eq!(bench.lines(), ["100 Trying", "200 OK"]);
        let answer = if body.is_empty() { HOLD } else { "" };
        bench.trunk(&from_citizen("ACK", cseq, &format!("k{cseq}"), &tag, "", answer));
    }
    assert_eq!(bench.events(), [LegEvent::SessionAnswered { leg, session: Bytes::from_static(HOLD.as_bytes()) }]);
}

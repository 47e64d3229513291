//! Load runs: queue calls at a rate, calls that only wait, and agents that are free while citizens wait.
//!
//! All are bounded in count and time, and go to loopback addresses only.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::agents::{AgentPhones, Answering, Seen};
use crate::citizens::{Citizens, End, Happened, Ring};
use crate::report::{Latency, Report};
use crate::sound::Tone;

/// After the last call was begun, this long is waited for the slowest.
const TAIL_MAX: Duration = Duration::from_secs(40);
/// How long the last agents are waited for.
const GOODBYE_MAX: Duration = Duration::from_secs(2);
/// How finely calls are spread over a second.
const PACE: Duration = Duration::from_millis(1);
/// More calls than this in one run are refused.
const CALLS_MAX: u64 = 10_000_000;

/// A run of queue calls.
#[derive(Clone, Debug)]
pub struct Load {
    /// The server's SIP address.
    pub server: SocketAddr,
    /// Where the trunk rings from (port 0: a free one).
    pub trunk_at: SocketAddr,
    /// Where the agents' fixed contacts are.
    pub agents_at: SocketAddr,
    /// The number dialled.
    pub number: String,
    /// Calls a second.
    pub rate: f64,
    /// Calls in all.
    pub calls: u64,
    /// How long citizen and agent talk.
    pub talk: Duration,
    /// How long an agent's phone rings.
    pub ring: Duration,
    /// Whether both sides send 20 ms packets of sound.
    pub sound: bool,
}

/// A number of calls that wait.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The server's SIP address.
    pub server: SocketAddr,
    /// Where the trunk rings from (port 0: a free one).
    pub trunk_at: SocketAddr,
    /// The number dialled: a queue without agents.
    pub number: String,
    /// Calls a second while they come.
    pub rate: f64,
    /// How many shall wait.
    pub calls: u64,
    /// How long they wait once all are there.
    pub wait: Duration,
}

/// Agents that become free while citizens wait.
#[derive(Clone, Debug)]
pub struct FreeToOffer {
    /// From an agent's end of a call to the same agent's next offer.
    pub delay: Latency,
    /// Calls that an agent took.
    pub taken: u64,
}

/// Rings at a rate, lets agents answer, and counts.
pub async fn queue_calls(load: &Load, mut progress: impl FnMut(&Report)) -> anyhow::Result<Report> {
    check(load.server, load.calls, load.rate)?;
    let tones = load.sound.then_some((Tone(600.0), Tone(900.0)));
    let answering =
        Answering { after: load.ring, sound: tones.map(|(citizen, agent)| (agent, citizen)), ..Answering::default() };
    let mut agents = AgentPhones::start(load.agents_at, answering)?;
    let mut citizens = Citizens::start(load.trunk_at, load.server)?;
    let mut run = Run { report: Report::default(), rung: HashMap::new(), last: Instant::now(), over: 0 };
    let (start, mut pace) = (Instant::now(), interval(PACE));
    pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut told = start;
    while run.over < load.calls {
        tokio::select! {
            biased;
            Some(seen) = agents.next() => run.seen(seen),
            Some(happened) = citizens.next() => run.happened(happened),
            now = pace.tick() => {
                let due = ((now - start).as_secs_f64() * load.rate) as u64 + 1;
                while run.report.begun < due.min(load.calls) {
                    run.report.begun += 1;
                    let caller = (20_000_000 + run.report.begun).to_string();
                    run.rung.insert(caller.clone(), Instant::now());
                    citizens.ring(ring(&load.number, caller, Some(load.talk), tones));
                }
                if now - told > Duration::from_secs(5) {
                    told = now;
                    progress(&run.report);
                }
                if run.report.begun == load.calls && now - run.last > TAIL_MAX {
                    break;
                }
            }
        }
    }
    // The last agents still answer the server's goodbye; a phone that vanished would be looked for half a minute.
    let until = Instant::now() + GOODBYE_MAX;
    while agents.counts().ended < run.report.good && Instant::now() < until {
        sleep(PACE).await;
    }
    run.report.took = run.last - start;
    run.report.unanswered = load.calls - run.report.good - run.report.refused.values().sum::<u64>();
    Ok(run.report)
}

struct Run {
    report: Report,
    rung: HashMap<String, Instant>,
    last: Instant,
    over: u64,
}

impl Run {
    fn seen(&mut self, seen: Seen) {
        if let Seen::Offer { caller, at, .. } = seen
            && let Some(rung) = self.rung.get(&caller)
        {
            self.report.invite_to_offer.record(at - *rung);
        }
    }

    fn happened(&mut self, happened: Happened) {
        self.last = Instant::now();
        match happened {
            Happened::Repeated => self.report.repeated += 1,
            Happened::Answered { caller, at } => {
                if let Some(rung) = self.rung.remove(&caller) {
                    self.report.invite_to_answer.record(at - rung);
                }
            }
            Happened::Over { caller, end, .. } => {
                self.over += 1;
                let rung = self.rung.remove(&caller);
                match end {
                    End::Good => self.report.good += 1,
                    End::Refused(status) => {
                        *self.report.refused.entry(status).or_default() += 1;
                        if let Some(rung) = rung {
                            self.report.invite_to_refusal.record(self.last - rung);
                        }
                    }
                    End::GaveUp | End::NoAnswer => {}
                }
            }
        }
    }
}

/// Fills a queue that nobody serves, tells when it is full, and keeps it so for a while. `full` is asked to measure.
pub async fn waiting_calls(waiting: &Waiting, full: impl AsyncFnOnce(u64)) -> anyhow::Result<u64> {
    check(waiting.server, waiting.calls, waiting.rate)?;
    let mut citizens = Citizens::start(waiting.trunk_at, waiting.server)?;
    let (start, mut pace, mut begun) = (Instant::now(), interval(PACE), 0);
    let coming = Duration::from_secs_f64(waiting.calls as f64 / waiting.rate);
    while begun < waiting.calls {
        let now = pace.tick().await;
        let due = ((now - start).as_secs_f64() * waiting.rate) as u64 + 1;
        while begun < due.min(waiting.calls) {
            begun += 1;
            let left = coming.saturating_sub(now - start) + waiting.wait;
            let mut ring = ring(&waiting.number, (30_000_000 + begun).to_string(), Some(left), None);
            ring.patience = left;
            citizens.ring(ring);
        }
    }
    sleep(Duration::from_secs(1)).await;
    full(begun).await;
    let until = Instant::now() + waiting.wait + TAIL_MAX;
    let over = |counts: crate::CitizenCounts| counts.good + counts.gave_up + counts.refused + counts.unanswered;
    while over(citizens.counts()) < begun && Instant::now() < until {
        sleep(Duration::from_millis(100)).await;
    }
    let counts = citizens.counts();
    Ok(counts.good + counts.gave_up)
}

/// Keeps more citizens waiting than there are agents, and measures how soon a freed agent is offered the next.
pub async fn free_to_offer(load: &Load) -> anyhow::Result<FreeToOffer> {
    check(load.server, load.calls, load.rate)?;
    let answering = Answering { after: load.ring, hangs_up_after: Some(load.talk), ..Answering::default() };
    let mut agents = AgentPhones::start(load.agents_at, answering)?;
    let mut citizens = Citizens::start(load.trunk_at, load.server)?;
    for begun in 1..=load.calls {
        citizens.ring(ring(&load.number, (40_000_000 + begun).to_string(), None, None));
        sleep(Duration::from_secs_f64(1.0 / load.rate)).await;
    }
    let mut found = FreeToOffer { delay: Latency::default(), taken: 0 };
    let mut freed: HashMap<String, Instant> = HashMap::new();
    while found.taken < load.calls {
        let seen = tokio::time::timeout(TAIL_MAX, agents.next()).await;
        match seen {
            Ok(Some(Seen::Offer { agent, at, .. })) => {
                if let Some(freed) = freed.remove(&agent) {
                    found.delay.record(at - freed);
                }
            }
            Ok(Some(Seen::Ended { agent, at, .. })) => {
                found.taken += 1;
                freed.insert(agent, at);
            }
            Ok(None) | Err(_) => break,
        }
        citizens.counts();
    }
    Ok(found)
}

fn ring(number: &str, caller: String, talk: Option<Duration>, sound: Option<(Tone, Tone)>) -> Ring {
    let patience = Duration::from_secs(600);
    Ring { number: number.to_owned(), caller, forwarded_from: None, patience, talk, sound, record: None }
}

fn check(server: SocketAddr, calls: u64, rate: f64) -> anyhow::Result<()> {
    ensure!(server.ip().is_loopback(), "{server} is no loopback address: load goes to this machine only");
    ensure!(calls <= CALLS_MAX, "{calls} calls are more than {CALLS_MAX}");
    ensure!(rate > 0.0 && rate <= 100_000.0, "a rate of {rate} calls/s is not between 0 and 100,000");
    Ok(())
}

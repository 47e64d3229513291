//! The figures of now: every saved fact is folded here, on the spool's thread, and read by boards and the metrics page.
//!
//! Holds a lock that only readers of figures share with the spool's thread; no call ever waits for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use api::Board;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::{About, AgentId, AgentState, Because, CallId, Moment, OfferedWhy, What};
use plan::Plan;
use tally::{BoardSnapshot, Change, EndedCall, NumberedFact, Tally, Target, Targets};

use super::Reception;

/// Calls by their outcome.
const CALLS: &str = "samkald_calls_total";
/// Promises of a wait, by whether they were kept.
const PROMISES: &str = "samkald_promises_total";
/// Decisions that became offers, by side and level.
const DECISIONS: &str = "samkald_decisions_total";
/// From joining the queue to the conversation, in seconds.
const ANSWER_DELAY: &str = "samkald_answer_delay_seconds";
/// From the moment at which a citizen waited and an agent was free to the offer, in seconds.
const ROUTING_DELAY: &str = "samkald_routing_delay_seconds";
/// How legs sounded (`media-net`): mean opinion score by the E-model, interarrival jitter, and the way to the phone and back.
const RTP_QUALITY: &str = "samkald_rtp_quality_mos";
const RTP_JITTER: &str = "samkald_rtp_jitter_seconds";
const RTP_ROUND_TRIP: &str = "samkald_rtp_round_trip_seconds";

/// Bounds of the opinion scores: G.107's steps of content (4.3, 4.0, 3.6, 3.1, 2.6), and what lies between.
const QUALITY_BOUNDS_MOS: [f64; 9] = [1.5, 2.0, 2.6, 3.1, 3.6, 3.8, 4.0, 4.2, 4.3];

/// Bounds of the delay histograms, in seconds: from routing (a millisecond) to waiting (an hour).
const DELAY_BOUNDS_S: [f64; 18] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0, 60.0, 120.0, 300.0, 900.0, 3600.0,
];

/// The recorder of the whole process, whose page `/metrics` shows.
pub(crate) fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    let delays = [ANSWER_DELAY, ROUTING_DELAY, RTP_JITTER, RTP_ROUND_TRIP].map(|name| (name, &DELAY_BOUNDS_S[..]));
    for (name, bounds) in delays.into_iter().chain([(RTP_QUALITY, &QUALITY_BOUNDS_MOS[..])]) {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds).context("metrics")?;
    }
    builder.install_recorder().context("metrics")
}

/// The live fold.
pub(crate) struct FiguresNow {
    inner: Mutex<Inner>,
}

struct Inner {
    tally: Tally,
    /// When calls that wait joined their queue, and when agents who are free became so: what an offer is measured from.
    queued: BTreeMap<CallId, Moment>,
    ready: BTreeMap<AgentId, Moment>,
}

/// What each queue has promised.
pub(crate) fn targets(plan: &Plan) -> Targets {
    let of = |queue: &plan::Queue| Target { answer_within: queue.target, short_abandon: queue.short_abandon };
    Targets {
        otherwise: Target::default(),
        by_queue: plan.queues.iter().map(|queue| (queue.id.clone(), of(queue))).collect(),
    }
}

impl FiguresNow {
    pub(crate) fn new(plan: &Plan) -> Self {
        let tally = Tally::new(targets(plan));
        Self { inner: Mutex::new(Inner { tally, queued: BTreeMap::new(), ready: BTreeMap::new() }) }
    }

    /// What each queue promises from now on.
    pub(crate) fn promise(&self, plan: &Plan) {
        self.lock().tally.set_targets(targets(plan));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A fold that panicked has lost one fact; figures are folded anew at the next start.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found in the spool at the start: counted, but not for the metrics of this process.
    pub(crate) fn take_in_old(&self, numbered: &NumberedFact) {
        self.lock().tally.apply(numbered);
    }

    fn snapshot(&self, now: Moment) -> BoardSnapshot {
        self.lock().tally.snapshot(now)
    }

    /// Brings the gauges of the metrics page up to date.
    pub(crate) fn publish(&self, now: Moment) {
        let board = self.snapshot(now);
        for queue in &board.queues {
            let label = queue.queue.to_string();
            let longest = queue.longest_waiting_since.map_or(0.0, |since| now.since(since).as_secs_f64());
            metrics::gauge!("samkald_waiting_calls", "queue" => label.clone()).set(f64::from(queue.waiting));
            metrics::gauge!("samkald_longest_wait_seconds", "queue" => label.clone()).set(longest);
            metrics::gauge!("samkald_talking_calls", "queue" => label).set(f64::from(queue.talking));
        }
        let mut by_state: BTreeMap<&'static str, u32> = STATES.iter().map(|name| (*name, 0)).collect();
        for agent in &board.agents {
            *by_state.entry(state_name(&agent.state)).or_default() += 1;
        }
        for (state, agents) in by_state {
            metrics::gauge!("samkald_agents", "state" => state).set(f64::from(agents));
        }
    }
}

impl Inner {
    fn take_in(&mut self, numbered: &NumberedFact) {
        self.measure(numbered);
        self.tally.apply_and(numbered, |change| {
            if let Change::Ended(call) = change {
                count(call);
            }
        });
    }

    fn measure(&mut self, numbered: &NumberedFact) {
        let fact = &numbered.fact;
        match (&fact.about, &fact.what) {
            (About::Call { call, .. }, What::Queued { .. }) => {
                self.queued.insert(*call, fact.at);
            }
            (About::Call { call, .. }, What::Offered { agent, why, because, .. }) => {
                metrics::counter!("samkald_offers_total").increment(1);
                count_decision(*why, because.as_deref());
                if let (Some(queued), Some(ready)) = (self.queued.get(call), self.ready.get(agent)) {
                    let delay = fact.at.since((*queued).max(*ready));
                    metrics::histogram!(ROUTING_DELAY).record(delay.as_secs_f64());
                }
            }
            // Back in front of the queue: from now on it waits for an agent again.
            (About::Call { call, .. }, What::OfferEnded { .. }) => {
                self.queued.insert(*call, fact.at);
            }
            (_, What::Bounced { .. }) => metrics::counter!("samkald_handed_on_in_a_circle_total").increment(1),
            (About::Call { call, .. }, What::Ended { .. }) => {
                self.queued.remove(call);
            }
            (About::Agent { agent, .. }, What::AgentBecame { state: AgentState::Ready, .. }) => {
                self.ready.insert(agent.clone(), fact.at);
            }
            (About::Agent { agent, .. }, What::AgentBecame { state: AgentState::Off, .. }) => {
                self.ready.remove(agent);
            }
            (About::Call { .. } | About::Agent { .. } | About::Node, _) => {}
        }
    }
}

fn count(call: &EndedCall) {
    if call.own.is_some() {
        return metrics::counter!("samkald_own_calls_total").increment(1);
    }
    metrics::counter!("samkald_transfers_total").increment(u64::from(call.transfers));
    metrics::counter!(CALLS, "outcome" => call.outcome.name()).increment(1);
    if call.is_answered()
        && let Some(waited) = call.waited()
    {
        metrics::histogram!(ANSWER_DELAY).record(waited.as_secs_f64());
    }
    if call.promise.is_some() {
        let kept = match call.promise_kept() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "left_before",
        };
        metrics::counter!(PROMISES, "kept" => kept).increment(1);
    }
}

/// Decisions by the side that chose, and by the level that was used.
fn count_decision(why: OfferedWhy, because: Option<&Because>) {
    let side = match why {
        OfferedWhy::BestFreeAgent => "call",
        OfferedWhy::BestWaitingCall => "agent",
    };
    let level = match because.map_or(0, |because| because.level) {
        ..0 => "front",
        0 => "normal",
        1 => "surge",
        2.. => "later",
    };
    metrics::counter!(DECISIONS, "side" => side, "level" => level).increment(1);
}

const STATES: [&str; 6] = ["off", "ready", "offered", "talking", "wrap_up", "paused"];

fn state_name(state: &AgentState) -> &'static str {
    match state {
        AgentState::Off => STATES[0],
        AgentState::Ready => STATES[1],
        AgentState::Offered => STATES[2],
        AgentState::Talking => STATES[3],
        AgentState::WrapUp => STATES[4],
        AgentState::Paused(_) => STATES[5],
    }
}

impl Reception {
    /// Takes in what was saved. On the spool's thread.
    pub(crate) fn take_in(&self, facts: &Arc<[NumberedFact]>) {
        let mut inner = self.figures.lock();
        facts.iter().for_each(|numbered| inner.take_in(numbered));
    }
}

impl Board for Reception {
    fn now(&self) -> BoardSnapshot {
        self.figures.snapshot(self.clock.now())
    }
}

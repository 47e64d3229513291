//! What the centre tells afterwards: its facts, read as any integrator reads them (`Statistics.Events`), and each call
//! as a ladder of short lines that a test can compare.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use http::uri::PathAndQuery;
use model::{About, Fact, HandedTo, What};
use tonic::client::Grpc;
use tonic::transport::Endpoint;
use tonic_prost::ProstCodec;

use crate::RunningCentre;

/// A fact with its number in the spool.
pub struct Told {
    /// Gapless from 1.
    pub no: u64,
    /// What happened.
    pub fact: Fact,
}

/// The method that tells facts.
const EVENTS: &str = "/samkald.statistics.v1.Statistics/Events";

/// As much of `proto/samkald/statistics/v1` as is needed here, written down by its numbers as a foreign client would.
#[derive(Clone, PartialEq, prost::Message)]
struct EventsRequest {
    #[prost(string, tag = "1")]
    resume_token: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct EventsResponse {
    #[prost(message, repeated, tag = "2")]
    facts: Vec<wire::v1::NumberedFact>,
}

/// How long facts may take from the event to the reader.
const PATIENCE: Duration = Duration::from_secs(20);

impl RunningCentre {
    /// All facts from the first on, as soon as `enough`; panics when it never is.
    pub fn facts_until(&self, enough: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let told = runtime.block_on(self.read_facts(PATIENCE, &enough));
        assert!(enough(&told), "the facts that were awaited never came; there are {}:\n{}", told.len(), listed(&told));
        told
    }

    /// All facts that are told within a moment.
    pub fn facts_so_far(&self) -> Vec<Told> {
        self.facts_for(Duration::from_secs(2))
    }

    /// All facts that are told while one listens so long: what has happened before is told at once.
    pub fn facts_for(&self, moment: Duration) -> Vec<Told> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.block_on(self.read_facts(moment, &|_: &[Told]| false))
    }

    /// The ladders of all calls, in the order of their arrival, as soon as so many have ended.
    pub fn ladders(&self, calls: usize) -> Vec<Vec<String>> {
        let ended = |told: &[Told]| told.iter().filter(|one| matches!(one.fact.what, What::Ended { .. })).count();
        ladders(&self.facts_until(|told| ended(told) >= calls))
    }

    async fn read_facts(&self, patience: Duration, enough: &impl Fn(&[Told]) -> bool) -> Vec<Told> {
        let begun = Instant::now();
        let mut told = Vec::new();
        let endpoint = Endpoint::from_shared(format!("http://{}", self.http())).expect("an address is a URI");
        let mut client = Grpc::new(endpoint.connect().await.expect("gRPC answers"));
        client.ready().await.expect("the connection holds");
        let (path, codec) = (PathAndQuery::from_static(EVENTS), ProstCodec::<EventsRequest, EventsResponse>::default());
        let asked = tonic::Request::new(EventsRequest::default());
        let mut stream = client.server_streaming(asked, path, codec).await.expect("facts are told").into_inner();
        while !enough(&told) {
            let left = patience.saturating_sub(begun.elapsed());
            let message = match tokio::time::timeout(left, stream.message()).await {
                Ok(message) => message.expect("the stream of facts goes on").expect("it has no end"),
                Err(_too_late) => break,
            };
            told.extend(message.facts.into_iter().map(|numbered| Told {
                no: numbered.fact_no,
                fact: wire::from_proto(numbered.fact.expect("a numbered fact has a fact")).expect("it can be read"),
            }));
        }
        told
    }
}

/// Each call's facts as short lines, calls in the order of their arrival.
pub fn ladders(told: &[Told]) -> Vec<Vec<String>> {
    let mut calls: BTreeMap<_, (usize, Vec<String>)> = BTreeMap::new();
    for (at, one) in told.iter().enumerate() {
        if let About::Call { call, .. } = &one.fact.about {
            calls.entry(*call).or_insert((at, Vec::new())).1.push(rung(&one.fact.what));
        }
    }
    let mut ladders: Vec<_> = calls.into_values().collect();
    ladders.sort_by_key(|(first, _)| *first);
    ladders.into_iter().map(|(_, ladder)| ladder).collect()
}

/// What each agent became, in order.
pub fn states(told: &[Told], agent: &str) -> Vec<String> {
    let of_agent = |fact: &Fact| matches!(&fact.about, About::Agent { agent: whose, .. } if whose.as_str() == agent);
    told.iter().filter(|one| of_agent(&one.fact)).map(|one| rung(&one.fact.what)).collect()
}

/// One fact in a few words.
fn rung(what: &What) -> String {
    match what {
        What::CallArrived { person, dialled, .. } => {
            let caller = if person.is_some() { "" } else { ", withheld" };
            format!("arrived at {}{caller}", dialled.as_str())
        }
        What::LineFound { line, municipality, .. } => {
            let from = municipality.map_or("nowhere known".to_owned(), |municipality| municipality.to_string());
            format!("line {line} from {from}")
        }
        What::RangBefore { ago, .. } => format!("rang {} min ago", ago.as_secs() / 60),
        What::LedOn { entry } => format!("led on to {entry}"),
        What::FoundClosed { .. } => "closed".into(),
        What::GreetingBegan => "greeting".into(),
        What::Queued { queue, .. } => format!("queued in {queue}"),
        What::Promised { within, .. } => format!("promised within {} min", within.as_secs() / 60),
        What::Offered { agent, .. } => format!("offered to {agent}"),
        What::OfferEnded { agent, why } => format!("not taken by {agent}: {why:?}"),
        What::Answered { agent } => format!("answered by {agent}"),
        What::Talking { agent } => format!("talking with {agent}"),
        What::HungUp { by } => format!("hung up by {by:?}"),
        What::Ended { outcome } => format!("ended: {outcome:?}"),
        What::AgentBecame { state, .. } => format!("became {state:?}"),
        What::WrapUpExtended { .. } => "wrap-up extended".to_owned(),
        What::WrappedUp { wrap_up, .. } => format!("wrapped up: {}", wrap_up.code.as_deref().unwrap_or("no code")),
        What::NodeStarted { .. } => "node started".into(),
        What::NodeDraining => "node draining".into(),
        What::NodeStopped => "node stopped".into(),
        What::TransferBegan { by, to } => format!("{by} tries to hand on to {}", handed(to)),
        What::Transferred { by, to } => format!("handed on by {by} to {}", handed(to)),
        What::TransferFailed { why } => format!("not handed on: {why:?}"),
        What::AgentLost { agent } => format!("lost {agent}, who did not come back"),
        What::OwnCall { agent, to } => format!("own call of {agent} to {}", handed(to)),
        What::Connected => "connected".into(),
        What::Bounced { by, line } => format!("bounced by {by} to {line}"),
        What::InCall(what) => format!("in the call: {what:?}"),
        What::Recording(what) => format!("recording: {what:?}"),
        What::PlanChanged(changed) => format!("plan {} by {}", changed.version, changed.who),
        What::Bot(what) => format!("bot: {what:?}"),
        What::Voicemail(told) => format!("voicemail {}: {:?}", told.mailbox, told.what),
        What::MenuChosen { menu, answer } => format!("menu {menu}: {answer:?}"),
        What::Callback(what) => format!("callback: {what:?}"),
    }
}

fn handed(to: &HandedTo) -> String {
    match to {
        HandedTo::Line(line) => format!("line {line}"),
        HandedTo::Agent(agent) => agent.to_string(),
        HandedTo::Outside(_) => "somebody outside".to_owned(),
    }
}

/// The last of them, for a failing test's words.
fn listed(told: &[Told]) -> String {
    const LINES: usize = 40;
    let lines =
        told[told.len().saturating_sub(LINES)..].iter().map(|one| format!("{:>6} {}", one.no, rung(&one.fact.what)));
    lines.collect::<Vec<_>>().join("\n")
}

//! The gRPC service of supervision. No figure is made here.
//! Knows streams and their bounds; what stands on the board comes from outside.

use std::pin::Pin;
use std::sync::Arc;

use centre::{DeskCommand, Supervision as Wanted};
use model::{CallId, DecisionNo, Listening};
use plan::Plan;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::desk::{Desks, announcement_named, check_request_id};
use crate::doors::Doors;
use crate::proto::supervision as pb;
use crate::proto::supervision::supervision_server::Supervision;
use crate::refusal::Refusal;
use crate::supervision::decisions::{Decision, of_facts};
use crate::supervision::{Decisions, Watching, reasons};

/// The service.
pub(crate) struct SupervisionRpc {
    doors: Doors,
    watching: Watching,
    decisions: Arc<Decisions>,
    desks: Desks,
}

impl SupervisionRpc {
    pub(crate) fn new(doors: Doors, watching: Watching, decisions: Arc<Decisions>, desks: Desks) -> Self {
        Self { doors, watching, decisions, desks }
    }

    /// From the routing core while it remembers, with the call from the offer's fact; else from the fact alone.
    fn decision(&self, number: DecisionNo) -> Option<Decision> {
        let noted = self.decisions.find(number);
        let Some(decided) = self.doors.centre.explain(number) else {
            count_told("fact");
            return noted;
        };
        count_told("core");
        Some(Decision {
            number,
            at: decided.at,
            call: noted.and_then(|noted| noted.call),
            agent: decided.agent,
            why: decided.why,
            because: Some(Box::new(decided.because)),
            became: None,
        })
    }

    /// From the archive, and what is too young to be there yet.
    async fn decisions_of(&self, call: CallId) -> Result<Vec<Decision>, Refusal> {
        let young = self.decisions.of_call(call);
        let facts = match self.doors.archive.facts_of_call(call).await {
            Ok(facts) => facts,
            Err(_) if young.is_empty() => return Err(Refusal::NoDatabase),
            Err(_) => Vec::new(),
        };
        if facts.is_empty() && young.is_empty() {
            return Err(Refusal::UnknownCall);
        }
        let mut decisions = of_facts(facts.iter().map(|numbered| &numbered.fact));
        let known: Vec<_> = decisions.iter().map(|decision| decision.number).collect();
        decisions.extend(young.into_iter().filter(|decision| !known.contains(&decision.number)));
        Ok(decisions)
    }
}

#[tonic::async_trait]
impl Supervision for SupervisionRpc {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<pb::WatchResponse, Status>> + Send>>;

    async fn watch(&self, _request: Request<pb::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let stream = self.watching.watch().await?;
        Ok(Response::new(Box::pin(stream)))
    }

    async fn explain(&self, request: Request<pb::ExplainRequest>) -> Result<Response<pb::ExplainResponse>, Status> {
        let asked = DecisionNo(request.into_inner().decision);
        let number = if asked == DecisionNo(0) { self.decisions.last() } else { Some(asked) };
        let found = number.and_then(|number| self.decision(number)).ok_or(Refusal::UnknownDecision)?;
        Ok(Response::new(reasons::response(&found, &self.doors.centre.plan())))
    }

    async fn explain_call(
        &self,
        request: Request<pb::ExplainCallRequest>,
    ) -> Result<Response<pb::ExplainCallResponse>, Status> {
        let call = read_call(&request.into_inner().call_id).ok_or(Refusal::UnknownCall)?;
        let decisions = self.decisions_of(call).await?;
        count_told("call");
        let plan = self.doors.centre.plan();
        let decisions = decisions.iter().map(|decision| reasons::response(decision, &plan)).collect();
        Ok(Response::new(pb::ExplainCallResponse { decisions }))
    }

    async fn supervise(
        &self,
        request: Request<pb::SuperviseRequest>,
    ) -> Result<Response<pb::SuperviseResponse>, Status> {
        let request = request.into_inner();
        let what = supervision(&self.doors.centre.plan(), &request)?;
        let call = read_call(&request.call_id).ok_or(Refusal::UnknownCall)?;
        let by = self.doors.centre.plan().agents_by_id.get(request.agent_id.as_str()).copied();
        let by = by.ok_or(Refusal::UnknownAgent)?;
        check_request_id(&request.request_id)?;
        self.desks.ask(by, request.request_id, DeskCommand::Supervise { call, what }).await?;
        Ok(Response::new(pb::SuperviseResponse {}))
    }
}

fn supervision(plan: &Plan, request: &pb::SuperviseRequest) -> Result<Wanted, Status> {
    Ok(match request.how() {
        pb::Supervising::Unspecified => return Err(Refusal::NoChoice.status()),
        pb::Supervising::Announce => {
            let (what, to) = announcement_named(plan, &request.announcement, request.hearer())?;
            Wanted::Announce(what, to)
        }
        pb::Supervising::StopAnnouncement => Wanted::StopAnnouncement,
        pb::Supervising::Listen => Wanted::TakePart(Listening::Listen),
        pb::Supervising::Whisper => Wanted::TakePart(Listening::Whisper),
        pb::Supervising::Join => Wanted::TakePart(Listening::Join),
        pb::Supervising::TakeOver => Wanted::TakeOver,
        pb::Supervising::Stop => Wanted::Stop,
    })
}

/// Explanations that were asked for, by where they came from.
fn count_told(from: &'static str) {
    metrics::counter!("samkald_explanations_told_total", "from" => from).increment(1);
}

/// 32 hexadecimal digits, as calls are shown.
fn read_call(text: &str) -> Option<CallId> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u128::from_str_radix(text, 16).ok())?.map(CallId::from_bits)
}

//! The gRPC service of operation: reads what is asked, and shows what the edge says.
//! Knows bounds of texts and which refusal fits; knows no SIP.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use model::{AgentId, CallId, Dialled};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::door::{
    BeginFault, Edge, TraceAbout, TraceAsked, TraceMessage, TraceShown, TraceTold, TrunkShown, Unmasked,
};
use crate::administration::Deciding;
use crate::proto::operation as pb;
use crate::proto::operation::operation_server::Operation;
use crate::refusal::Refusal;

/// Characters of a reason.
const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=200;
/// Longest name of an operator, in characters.
pub(super) const OPERATOR_CHARS_MAX: usize = 64;

/// The service.
pub(crate) struct OperationRpc {
    edge: Arc<dyn Edge>,
    deciding: Arc<dyn Deciding>,
}

impl OperationRpc {
    pub(crate) fn new(edge: Arc<dyn Edge>, deciding: Arc<dyn Deciding>) -> Self {
        Self { edge, deciding }
    }
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Operation for OperationRpc {
    type WatchTraceStream = Pin<Box<dyn Stream<Item = Result<pb::WatchTraceResponse, Status>> + Send>>;

    async fn reload_plan(&self, request: Request<pb::ReloadPlanRequest>) -> Answer<pb::ReloadPlanResponse> {
        super::plans::reload(&self.deciding, request.into_inner()).await
    }

    async fn take_back_plan(&self, request: Request<pb::TakeBackPlanRequest>) -> Answer<pb::TakeBackPlanResponse> {
        super::plans::take_back(&self.deciding, request.into_inner()).await
    }

    async fn start_trace(&self, request: Request<pb::StartTraceRequest>) -> Answer<pb::StartTraceResponse> {
        let asked = asked(request.into_inner())?;
        let begun = self.edge.start_trace(&asked).map_err(Refusal::from)?;
        let edge = self.edge.clone();
        tokio::spawn(async move {
            tokio::time::sleep(asked.span).await;
            // Looking at the list ends what is over, also when no message comes any more.
            edge.traces();
        });
        Ok(Response::new(pb::StartTraceResponse { trace_id: begun.trace, until_unix_ms: begun.until.as_millis() }))
    }

    async fn watch_trace(&self, request: Request<pb::WatchTraceRequest>) -> Answer<Self::WatchTraceStream> {
        let watch = self.edge.watch_trace(request.into_inner().trace_id).ok_or(Refusal::UnknownTrace)?;
        let before = futures::stream::iter(watch.before.into_iter().map(TraceTold::Message));
        Ok(Response::new(Box::pin(until_the_end(before.chain(watch.later)))))
    }

    async fn stop_trace(&self, request: Request<pb::StopTraceRequest>) -> Answer<pb::StopTraceResponse> {
        if !self.edge.stop_trace(request.into_inner().trace_id) {
            return Err(Refusal::UnknownTrace.status());
        }
        Ok(Response::new(pb::StopTraceResponse {}))
    }

    async fn list_traces(&self, _request: Request<pb::ListTracesRequest>) -> Answer<pb::ListTracesResponse> {
        let traces = self.edge.traces().iter().map(trace).collect();
        Ok(Response::new(pb::ListTracesResponse { traces }))
    }

    async fn list_bans(&self, _request: Request<pb::ListBansRequest>) -> Answer<pb::ListBansResponse> {
        let bans = self.edge.bans().into_iter().map(|ban| pb::Ban {
            source: ban.source,
            reason: ban.reason.to_owned(),
            since_unix_ms: ban.since.as_millis(),
            until_unix_ms: ban.until.as_millis(),
            times: ban.times,
        });
        Ok(Response::new(pb::ListBansResponse { bans: bans.collect() }))
    }

    async fn release_ban(&self, request: Request<pb::ReleaseBanRequest>) -> Answer<pb::ReleaseBanResponse> {
        match self.edge.release_ban(request.into_inner().source.trim()) {
            None => Err(Refusal::BadSource.status()),
            Some(false) => Err(Refusal::UnknownBan.status()),
            Some(true) => Ok(Response::new(pb::ReleaseBanResponse {})),
        }
    }

    async fn list_registrations(
        &self,
        _request: Request<pb::ListRegistrationsRequest>,
    ) -> Answer<pb::ListRegistrationsResponse> {
        let registrations = self.edge.phones().into_iter().map(|phone| pb::Registration {
            agent_id: phone.agent.to_string(),
            transport: phone.transport.to_owned(),
            address: phone.address,
            behind_nat: phone.behind_nat,
            expires_unix_ms: phone.expires_at.as_millis(),
            reachable: phone.reachable,
        });
        Ok(Response::new(pb::ListRegistrationsResponse { registrations: registrations.collect() }))
    }

    async fn list_trunks(&self, _request: Request<pb::ListTrunksRequest>) -> Answer<pb::ListTrunksResponse> {
        let trunks = self.edge.trunks().into_iter().map(trunk).collect();
        Ok(Response::new(pb::ListTrunksResponse { trunks }))
    }

    async fn list_connections(
        &self,
        _request: Request<pb::ListConnectionsRequest>,
    ) -> Answer<pb::ListConnectionsResponse> {
        let connections = self.edge.connections().into_iter();
        let connections = connections
            .map(|(transport, open)| pb::Connections { transport: transport.to_owned(), open: open as u32 })
            .collect();
        Ok(Response::new(pb::ListConnectionsResponse { connections }))
    }
}

fn asked(request: pb::StartTraceRequest) -> Result<TraceAsked, Refusal> {
    use pb::start_trace_request::About;
    let about = match request.about.ok_or(Refusal::BadTrace)? {
        About::CallId(text) => TraceAbout::Call(call_of(&text).ok_or(Refusal::UnknownCall)?),
        About::Number(text) => TraceAbout::Number(Dialled::parse(text.trim()).map_err(|_| Refusal::BadTrace)?),
        About::AgentId(text) => TraceAbout::Agent(AgentId::new(text.trim())),
    };
    let reason = request.unmasked_reason.trim();
    let unmasked = if reason.is_empty() {
        None
    } else if REASON_CHARS.contains(&reason.chars().count()) && !reason.chars().any(char::is_control) {
        let operator = request.operator.chars().filter(|c| !c.is_control()).take(OPERATOR_CHARS_MAX).collect();
        Some(Unmasked { reason: reason.to_owned(), operator })
    } else {
        return Err(Refusal::BadReason);
    };
    Ok(TraceAsked { about, span: Duration::from_secs(u64::from(request.for_s)), unmasked })
}

/// A call as calls are shown: 32 hexadecimal digits.
fn call_of(text: &str) -> Option<CallId> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u128::from_str_radix(text, 16).ok())?.map(CallId::from_bits)
}

/// A stream that stops without having been told an end belongs to a reader that was too slow.
fn until_the_end(
    told: impl Stream<Item = TraceTold> + Send + 'static,
) -> impl Stream<Item = Result<pb::WatchTraceResponse, Status>> + Send {
    let told = Box::pin(told);
    futures::stream::unfold(Some(told), |told| async move {
        let mut told = told?;
        match told.next().await {
            Some(one @ TraceTold::End { .. }) => Some((Ok(response(one)), None)),
            Some(one @ TraceTold::Message(_)) => Some((Ok(response(one)), Some(told))),
            None => Some((Err(Refusal::TooSlow.status()), None)),
        }
    })
}

fn response(told: TraceTold) -> pb::WatchTraceResponse {
    use pb::watch_trace_response::Told;
    let told = match told {
        TraceTold::Message(message) => Told::Message(shown(message)),
        TraceTold::End { time_over, beyond } => {
            let why = if time_over { "time_over" } else { "stopped" };
            Told::End(pb::TraceEnd { why: why.to_owned(), beyond })
        }
    };
    pb::WatchTraceResponse { told: Some(told) }
}

fn shown(message: TraceMessage) -> pb::TraceMessage {
    pb::TraceMessage {
        at_unix_us: message.at.as_micros(),
        inward: message.inward,
        trunk: message.trunk.map(|trunk| trunk.to_string()).unwrap_or_default(),
        leg: u32::from(message.leg),
        transport: message.transport.to_owned(),
        from: message.from.to_string(),
        to: message.to.to_string(),
        text: message.text,
    }
}

fn trace(trace: &TraceShown) -> pb::Trace {
    pb::Trace {
        trace_id: trace.trace,
        about: match &trace.about {
            TraceAbout::Call(call) => format!("call {call}"),
            TraceAbout::Number(_) => "number".to_owned(),
            TraceAbout::Agent(agent) => format!("agent {agent}"),
        },
        unmasked: trace.unmasked,
        until_unix_ms: trace.until.as_millis(),
        legs: trace.legs as u32,
        messages: trace.messages as u32,
        beyond: trace.beyond,
    }
}

fn trunk(trunk: TrunkShown) -> pb::Trunk {
    let state = match trunk.up {
        Some(true) => "up",
        Some(false) => "down",
        None => "not_probed",
    };
    pb::Trunk {
        id: trunk.id.to_string(),
        outbound: trunk.outbound,
        state: state.to_owned(),
        since_unix_ms: trunk.since.map_or(0, model::Moment::as_millis),
        channels_in: trunk.channels_in.0,
        channels_in_max: trunk.channels_in.1.unwrap_or(0),
        channels_out: trunk.channels_out.0,
        channels_out_max: trunk.channels_out.1.unwrap_or(0),
    }
}

impl From<BeginFault> for Refusal {
    fn from(fault: BeginFault) -> Self {
        match fault {
            BeginFault::TooMany => Self::TooManyTraces,
            BeginFault::BadSpan => Self::BadSpan,
            BeginFault::NoAudit => Self::NoAudit,
            BeginFault::UnknownAgent => Self::UnknownAgent,
        }
    }
}

//! The gRPC service of supervision. No figure is made here.
//! Knows streams and their bounds; what stands on the board comes from outside.

use std::pin::Pin;
use std::sync::Arc;

use model::{DecisionNo, OfferedWhy};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::proto::supervision as pb;
use crate::proto::supervision::supervision_server::Supervision;
use crate::refusal::Refusal;
use crate::supervision::{Decisions, Watching};

/// The service.
pub(crate) struct SupervisionRpc {
    watching: Watching,
    decisions: Arc<Decisions>,
}

impl SupervisionRpc {
    pub(crate) fn new(watching: Watching, decisions: Arc<Decisions>) -> Self {
        Self { watching, decisions }
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
        let decision = request.into_inner().decision;
        let found = self.decisions.find(DecisionNo(decision)).ok_or(Refusal::UnknownDecision)?;
        let (why_da, why_en) = sentences(found.why);
        Ok(Response::new(pb::ExplainResponse {
            decision,
            at_unix_ms: found.at.as_millis(),
            call_id: found.call.to_string(),
            agent_id: found.agent.to_string(),
            why_da: why_da.to_owned(),
            why_en: why_en.to_owned(),
        }))
    }
}

fn sentences(why: OfferedWhy) -> (&'static str, &'static str) {
    match why {
        OfferedWhy::BestFreeAgent => (
            "Opkaldet kom (eller kom tilbage), og dette var den bedste ledige agent.",
            "The call came (or came back), and this was the best free agent.",
        ),
        OfferedWhy::BestWaitingCall => (
            "Agenten blev ledig, og dette var det bedste ventende opkald.",
            "The agent became free, and this was the best waiting call.",
        ),
    }
}

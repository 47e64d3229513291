//! The gRPC service of an agent's page as a phone: who asks, is it well-formed, then on to the table of pages.
//! Knows tokens and statuses; doesn't know what rings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use model::AgentId;
use page::{Calls, Said, Says};
use tonic::{Request, Response, Status};

use crate::badges::{BadgeHash, Badges};
use crate::desk::{bearer, party_named};
use crate::doors::CentreDoor;
use crate::proto::desk as pb;
use crate::proto::desk::agent_sound_server::AgentSound;
use crate::refusal::Refusal;

use super::ear::EarStream;
use super::ears::Ears;
use super::show;
use super::table::Word;

/// The service.
pub(crate) struct SoundRpc {
    door: Arc<dyn CentreDoor>,
    ears: Ears,
    badges: Arc<Mutex<Badges>>,
}

impl SoundRpc {
    pub(crate) const fn new(door: Arc<dyn CentreDoor>, ears: Ears, badges: Arc<Mutex<Badges>>) -> Self {
        Self { door, ears, badges }
    }

    fn asker<T>(&self, request: &Request<T>) -> Result<(AgentId, BadgeHash), Refusal> {
        let badge = bearer(request.metadata())?;
        let badges = self.badges.lock().unwrap_or_else(PoisonError::into_inner);
        let agent = badges.whose(badge, Instant::now()).cloned();
        agent.map(|agent| (agent, badge)).ok_or(Refusal::TokenVoid)
    }

    async fn say(&self, agent: AgentId, page: u64, leg: &str, said: Said) -> Result<(), Refusal> {
        let says = Says { agent: agent.clone(), leg: show::leg(leg)?, said };
        self.ears.says(agent, page, Word::Says(says)).await
    }
}

#[tonic::async_trait]
impl AgentSound for SoundRpc {
    type OpenStream = EarStream;

    async fn open(&self, request: Request<pb::OpenRequest>) -> Result<Response<EarStream>, Status> {
        let (agent, badge) = self.asker(&request)?;
        Ok(Response::new(self.ears.open(agent, badge).await?))
    }

    async fn answer(&self, request: Request<pb::AnswerRequest>) -> Result<Response<pb::AnswerResponse>, Status> {
        let (agent, _) = self.asker(&request)?;
        let pb::AnswerRequest { page, leg, sdp } = request.into_inner();
        self.say(agent, page, &leg, Said::Answer(show::session(sdp)?)).await?;
        Ok(Response::new(pb::AnswerResponse {}))
    }

    async fn offer(&self, request: Request<pb::OfferRequest>) -> Result<Response<pb::OfferResponse>, Status> {
        let (agent, _) = self.asker(&request)?;
        let pb::OfferRequest { page, leg, number, sdp } = request.into_inner();
        self.say(agent, page, &leg, Said::Offer { number, session: show::session(sdp)? }).await?;
        Ok(Response::new(pb::OfferResponse {}))
    }

    async fn call(&self, request: Request<pb::CallRequest>) -> Result<Response<pb::CallResponse>, Status> {
        let (agent, _) = self.asker(&request)?;
        let pb::CallRequest { page, number, to, sdp } = request.into_inner();
        let to = party_named(&self.door.plan(), &to)?;
        let calls = Calls { agent: agent.clone(), number, to, session: show::session(sdp)? };
        self.ears.says(agent, page, Word::Calls(calls)).await?;
        Ok(Response::new(pb::CallResponse {}))
    }

    async fn candidate(
        &self,
        request: Request<pb::CandidateRequest>,
    ) -> Result<Response<pb::CandidateResponse>, Status> {
        let (agent, _) = self.asker(&request)?;
        let pb::CandidateRequest { page, leg, candidate } = request.into_inner();
        show::leg(&leg)?;
        show::check_candidate(&candidate)?;
        self.ears.says(agent, page, Word::Nothing).await?;
        Ok(Response::new(pb::CandidateResponse {}))
    }

    async fn end(&self, request: Request<pb::EndRequest>) -> Result<Response<pb::EndResponse>, Status> {
        let (agent, _) = self.asker(&request)?;
        let pb::EndRequest { page, leg } = request.into_inner();
        self.say(agent, page, &leg, Said::End).await?;
        Ok(Response::new(pb::EndResponse {}))
    }
}

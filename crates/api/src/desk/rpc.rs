//! The gRPC service of one agent's desk: who asks, is it well-formed, then on to the desk. No rule of the desk is here.
//! Knows tokens, request ids and statuses; doesn't know what an agent may do when.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use centre::{DeskCommand, DeskRefusal, InCallWish, Wanted};
use model::{AgentId, AnnouncementId, CalledParty, Dialled, Hearer};
use plan::{AgentNo, Plan};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use crate::badges::{BADGE_AGE_MAX, BadgeHash, Badges};
use crate::desk::written::{codes, refused, written};
use crate::desk::{Desks, WatchStream, directory};
use crate::doors::CentreDoor;
use crate::notes::NoteBook;
use crate::password::Doorkeeper;
use crate::proto::desk as pb;
use crate::proto::desk::agent_desktop_server::AgentDesktop;
use crate::refusal::Refusal;

/// Longest `request_id`, in bytes.
const REQUEST_ID_MAX: usize = 64;
/// Longest code of a pause or an outcome, in characters.
const CODE_CHARS_MAX: usize = 32;

/// Before an entry of the directory's id.
const DIRECTORY: &str = "directory:";

/// The service.
pub(crate) struct DeskRpc {
    pub(super) door: Arc<dyn CentreDoor>,
    pub(super) desks: Desks,
    badges: Arc<Mutex<Badges>>,
    doorkeeper: Mutex<Doorkeeper>,
    pub(super) notes: Arc<dyn NoteBook>,
}

/// Who asks.
pub(super) struct Asker {
    pub(super) agent: AgentNo,
    badge: BadgeHash,
}

impl DeskRpc {
    pub(crate) fn new(
        door: Arc<dyn CentreDoor>,
        desks: Desks,
        badges: Arc<Mutex<Badges>>,
        notes: Arc<dyn NoteBook>,
    ) -> Self {
        Self { door, desks, badges, doorkeeper: Mutex::new(Doorkeeper::new()), notes }
    }

    async fn command(&self, asker: &Asker, request_id: String, command: DeskCommand) -> Result<(), Refusal> {
        check_request_id(&request_id)?;
        self.desks.ask(asker.agent, request_id, command).await
    }

    fn asker<T>(&self, request: &Request<T>) -> Result<Asker, Refusal> {
        let badge = bearer(request.metadata())?;
        let agent = self.badges().whose(badge, Instant::now()).cloned();
        self.in_plan(agent, badge)
    }

    /// An agent who is no longer in the plan has no desk.
    fn in_plan(&self, agent: Option<AgentId>, badge: BadgeHash) -> Result<Asker, Refusal> {
        let agent = agent.and_then(|id| self.door.plan().agents_by_id.get(&id).copied());
        agent.map(|agent| Asker { agent, badge }).ok_or(Refusal::TokenVoid)
    }

    fn badges(&self) -> MutexGuard<'_, Badges> {
        self.badges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tonic::async_trait]
impl AgentDesktop for DeskRpc {
    type WatchStream = WatchStream;

    async fn log_in(&self, request: Request<pb::LogInRequest>) -> Result<Response<pb::LogInResponse>, Status> {
        let request = request.into_inner();
        check_request_id(&request.request_id)?;
        let plan = self.door.plan();
        let now = Instant::now();
        let agent = {
            let mut doorkeeper = self.doorkeeper.lock().unwrap_or_else(PoisonError::into_inner);
            doorkeeper.admit(&plan, &request.agent_id, &request.password, now)?
        };
        let agent_plan = plan.agents.get(agent.at()).ok_or(Refusal::WrongPassword)?;
        self.desks.ask(agent, request.request_id.clone(), DeskCommand::LogIn).await?;
        let token = self.badges().issue(&agent_plan.id, &request.request_id, now)?;
        let token_until_unix_ms = (self.door.now() + BADGE_AGE_MAX).as_millis();
        let (agent_id, agent_name) = (agent_plan.id.to_string(), agent_plan.name.to_string());
        Ok(Response::new(pb::LogInResponse { token, token_until_unix_ms, agent_id, agent_name }))
    }

    async fn log_out(&self, request: Request<pb::LogOutRequest>) -> Result<Response<pb::LogOutResponse>, Status> {
        let badge = bearer(request.metadata())?;
        let agent = self.badges().whose_for_log_out(badge, Instant::now()).cloned();
        let asker = self.in_plan(agent, badge)?;
        self.command(&asker, request.into_inner().request_id, DeskCommand::LogOut).await?;
        self.badges().spend(badge, Instant::now());
        Ok(Response::new(pb::LogOutResponse {}))
    }

    async fn set_state(&self, request: Request<pb::SetStateRequest>) -> Result<Response<pb::SetStateResponse>, Status> {
        let asker = self.asker(&request)?;
        let request = request.into_inner();
        let wanted = wanted(request.choice(), &request.pause_code)?;
        self.command(&asker, request.request_id, DeskCommand::SetState(wanted)).await?;
        Ok(Response::new(pb::SetStateResponse {}))
    }

    async fn set_next_state(
        &self,
        request: Request<pb::SetNextStateRequest>,
    ) -> Result<Response<pb::SetNextStateResponse>, Status> {
        let asker = self.asker(&request)?;
        let request = request.into_inner();
        let wanted = wanted(request.choice(), &request.pause_code)?;
        self.command(&asker, request.request_id, DeskCommand::SetNextState(wanted)).await?;
        Ok(Response::new(pb::SetNextStateResponse {}))
    }

    async fn decline(&self, request: Request<pb::DeclineRequest>) -> Result<Response<pb::DeclineResponse>, Status> {
        let asker = self.asker(&request)?;
        self.command(&asker, request.into_inner().request_id, DeskCommand::Decline).await?;
        Ok(Response::new(pb::DeclineResponse {}))
    }

    async fn hang_up(&self, request: Request<pb::HangUpRequest>) -> Result<Response<pb::HangUpResponse>, Status> {
        let asker = self.asker(&request)?;
        self.command(&asker, request.into_inner().request_id, DeskCommand::HangUp).await?;
        Ok(Response::new(pb::HangUpResponse {}))
    }

    async fn wrap_up(&self, request: Request<pb::WrapUpRequest>) -> Result<Response<pb::WrapUpResponse>, Status> {
        let asker = self.asker(&request)?;
        let request = request.into_inner();
        let plan = self.door.plan();
        let wrap_up = written(&plan, &request)?;
        check_request_id(&request.request_id)?;
        self.keep_note(&asker, &request.call_id, &request.note).await?;
        let done = self.command(&asker, request.request_id, DeskCommand::WrapUp(wrap_up)).await;
        done.map_err(|refusal| refused(&plan, refusal))?;
        Ok(Response::new(pb::WrapUpResponse {}))
    }

    async fn extend_wrap_up(
        &self,
        request: Request<pb::ExtendWrapUpRequest>,
    ) -> Result<Response<pb::ExtendWrapUpResponse>, Status> {
        let asker = self.asker(&request)?;
        self.command(&asker, request.into_inner().request_id, DeskCommand::ExtendWrapUp).await?;
        Ok(Response::new(pb::ExtendWrapUpResponse {}))
    }

    async fn wrap_up_codes(
        &self,
        request: Request<pb::WrapUpCodesRequest>,
    ) -> Result<Response<pb::WrapUpCodesResponse>, Status> {
        self.asker(&request)?;
        Ok(Response::new(codes(&self.door.plan())))
    }

    async fn notes(&self, request: Request<pb::NotesRequest>) -> Result<Response<pb::NotesResponse>, Status> {
        let asker = self.asker(&request)?;
        Ok(Response::new(self.notes_here(&asker, &request.into_inner().call_id).await?))
    }

    async fn in_call(&self, request: Request<pb::InCallRequest>) -> Result<Response<pb::InCallResponse>, Status> {
        let asker = self.asker(&request)?;
        let request = request.into_inner();
        let wish = self.wish(&request)?;
        self.command(&asker, request.request_id, DeskCommand::InCall(wish)).await?;
        Ok(Response::new(pb::InCallResponse {}))
    }

    async fn directory(
        &self,
        request: Request<pb::DirectoryRequest>,
    ) -> Result<Response<pb::DirectoryResponse>, Status> {
        self.asker(&request)?;
        Ok(Response::new(directory(&self.door.plan(), self.door.now())))
    }

    async fn test_sound(
        &self,
        request: Request<pb::TestSoundRequest>,
    ) -> Result<Response<pb::TestSoundResponse>, Status> {
        let asker = self.asker(&request)?;
        self.command(&asker, request.into_inner().request_id, DeskCommand::TestSound).await?;
        Ok(Response::new(pb::TestSoundResponse {}))
    }

    async fn watch(&self, request: Request<pb::WatchRequest>) -> Result<Response<WatchStream>, Status> {
        let asker = self.asker(&request)?;
        let stream = self.desks.watch(asker.agent, asker.badge, request.into_inner().resume_token).await?;
        Ok(Response::new(stream))
    }
}

impl DeskRpc {
    fn wish(&self, request: &pb::InCallRequest) -> Result<InCallWish, Status> {
        Ok(match request.wish() {
            pb::Wish::Unspecified => return Err(Refusal::NoChoice.status()),
            pb::Wish::Announce => {
                let (what, to) = announcement_named(&self.door.plan(), &request.announcement, request.hearer())?;
                InCallWish::Announce(what, to)
            }
            pb::Wish::StopAnnouncement => InCallWish::StopAnnouncement,
            pb::Wish::Hold => InCallWish::Hold,
            pb::Wish::Resume => InCallWish::Resume,
            pb::Wish::Mute => InCallWish::Mute(true),
            pb::Wish::Unmute => InCallWish::Mute(false),
            pb::Wish::Ask => InCallWish::Ask(party_named(&self.door.plan(), &request.party)?),
            pb::Wish::HandOn => InCallWish::HandOn(party_named(&self.door.plan(), &request.party)?),
            pb::Wish::Toggle => InCallWish::Toggle,
            pb::Wish::Conference => InCallWish::Conference,
            pb::Wish::Back => InCallWish::Back,
            pb::Wish::HandOver => InCallWish::HandOver,
            pb::Wish::PauseRecording => InCallWish::PauseRecording(true),
            pb::Wish::ResumeRecording => InCallWish::PauseRecording(false),
        })
    }
}

/// An announcement of the plan, and who is to hear it; another is refused with those that there are.
pub(crate) fn announcement_named(
    plan: &Plan,
    id: &str,
    hearer: pb::Hearer,
) -> Result<(AnnouncementId, Hearer), Status> {
    let to = match hearer {
        pb::Hearer::Unspecified => return Err(Refusal::NoHearer.status()),
        pb::Hearer::Citizen => Hearer::Citizen,
        pb::Hearer::Agent => Hearer::Agent,
    };
    if let Some(known) = plan.announcements.iter().find(|one| &*one.id == id) {
        return Ok((known.id.clone(), to));
    }
    let choice = plan.announcements.iter().map(|one| format!("{} ({})", one.id, one.title));
    let choice = choice.collect::<Vec<_>>().join(", ");
    Err(Refusal::Desk(DeskRefusal::UnknownAnnouncement).with_choice(if choice.is_empty() { "-" } else { &choice }))
}

/// A colleague, an entry of the directory, or whatever may be a number.
pub(crate) fn party_named(plan: &Plan, text: &str) -> Result<CalledParty, Refusal> {
    let named = text.strip_prefix(DIRECTORY);
    if let Some(entry) = plan.in_directory(named.unwrap_or(text)) {
        return Ok(CalledParty::Agent(AgentId::new(&entry.id)));
    }
    if let Some((agent, _)) = plan.agents_by_id.get_key_value(text) {
        return Ok(CalledParty::Agent(agent.clone()));
    }
    Dialled::parse(text).map(CalledParty::Number).map_err(|_| Refusal::Desk(DeskRefusal::UnknownParty))
}

fn wanted(choice: pb::Choice, pause_code: &str) -> Result<Wanted, Refusal> {
    match choice {
        pb::Choice::Unspecified => Err(Refusal::NoChoice),
        pb::Choice::Ready => Ok(Wanted::Ready),
        pb::Choice::Paused => Ok(Wanted::Paused(code(pause_code)?)),
    }
}

pub(crate) fn code(text: &str) -> Result<Arc<str>, Refusal> {
    let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let fits = !text.is_empty() && text.chars().count() <= CODE_CHARS_MAX;
    if plain && fits { Ok(Arc::from(text)) } else { Err(Refusal::BadCode) }
}

pub(crate) fn check_request_id(id: &str) -> Result<(), Refusal> {
    let fits = id.len() <= REQUEST_ID_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(Refusal::BadRequestId) }
}

pub(crate) fn bearer(metadata: &MetadataMap) -> Result<BadgeHash, Refusal> {
    let text = metadata.get("authorization").and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
    let (scheme, token) = text.split_once(' ').ok_or(Refusal::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    Ok(BadgeHash::of(token.trim()))
}

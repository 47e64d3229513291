//! The gRPC service of administration: whose token it is, what is asked, and what came of it.
//! Knows bounds of messages and which refusal is which status; the plan's versions stand behind a door.

use std::pin::Pin;
use std::sync::Arc;

use change::Coordinator;
use model::Moment;
use plan::without_secrets;
use tokio_stream::Stream;
use tonic::{Code, Request, Response, Status, Streaming};

use super::door::{Coordinators, Deciding, Denied, TryWhat};
use super::uploading::{about, may_upload, sound};
use super::{asked, show};
use crate::doors::CentreDoor;
use crate::notes::NoteBook;
use crate::proto::administration as pb;
use crate::proto::administration::administration_server::Administration;
use crate::refusal::{Refusal, told};
use crate::voicemail::Mailroom;

/// Pieces in which a sound is sent.
const PIECE_BYTES: usize = 32 << 10;
/// Versions in one answer, at most and usually.
const VERSIONS_MAX: u32 = 1_000;
const VERSIONS_USUAL: u32 = 50;

/// The service.
pub(crate) struct AdministrationRpc {
    deciding: Arc<dyn Deciding>,
    pub(super) centre: Arc<dyn CentreDoor>,
    coordinators: Coordinators,
    pub(super) notes: Arc<dyn NoteBook>,
    pub(super) mailroom: Arc<dyn Mailroom>,
}

impl AdministrationRpc {
    pub(crate) fn new(
        deciding: Arc<dyn Deciding>,
        centre: Arc<dyn CentreDoor>,
        coordinators: Coordinators,
        (notes, mailroom): (Arc<dyn NoteBook>, Arc<dyn Mailroom>),
    ) -> Self {
        Self { deciding, centre, coordinators, notes, mailroom }
    }

    fn whose<T>(&self, request: &Request<T>) -> Result<Coordinator, Status> {
        let header = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or_else(|| stranger("NO_TOKEN"))?;
        self.coordinators.whose(token.trim()).cloned().ok_or_else(|| stranger("TOKEN_VOID"))
    }

    /// Asks the door where waiting holds nobody up.
    async fn at_the_door<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Deciding) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let deciding = self.deciding.clone();
        tokio::task::spawn_blocking(move || ask(&*deciding)).await.map_err(|_| Refusal::Stopping)
    }
}

type Answer<T> = Result<Response<T>, Status>;

fn changed(result: Result<change::Version, Denied>) -> Answer<pb::ChangeResponse> {
    let version = result.map_err(|denied| status(&denied))?;
    Ok(Response::new(pb::ChangeResponse { version: Some(show::version(&version)) }))
}

#[tonic::async_trait]
impl Administration for AdministrationRpc {
    type ListenPromptStream = Pin<Box<dyn Stream<Item = Result<pb::ListenPromptResponse, Status>> + Send>>;

    type ListenVoicemailStream = Pin<Box<dyn Stream<Item = Result<pb::ListenVoicemailResponse, Status>> + Send>>;

    async fn show(&self, request: Request<pb::ShowRequest>) -> Answer<pb::ShowResponse> {
        self.whose(&request)?;
        let wanted = request.into_inner();
        let list = asked::list(&wanted.list)?;
        let (version, table) = self.at_the_door(Deciding::in_force).await?;
        let entries = show::entries(&table, list.name(), &wanted.id);
        Ok(Response::new(pb::ShowResponse { in_force: Some(show::version(&version)), entries }))
    }

    async fn show_plan(&self, request: Request<pb::ShowPlanRequest>) -> Answer<pb::ShowPlanResponse> {
        self.whose(&request)?;
        let (version, table) = self.at_the_door(Deciding::in_force).await?;
        let plan = without_secrets(table).to_string();
        Ok(Response::new(pb::ShowPlanResponse { in_force: Some(show::version(&version)), plan }))
    }

    async fn change(&self, request: Request<pb::ChangeRequest>) -> Answer<pb::ChangeResponse> {
        let who = self.whose(&request)?;
        let wanted = request.into_inner();
        let reason = wanted.reason.clone().unwrap_or_default();
        let trial = asked::trial(&reason.try_on_line, reason.try_for_s)?;
        let ((asked, dry_run), wishes) = (asked::reason(wanted.reason, &who), asked::wishes(wanted.edits)?);
        let done = self.at_the_door(move |deciding| match trial.filter(|_| !dry_run) {
            Some((line, span)) => deciding.try_on(&asked, TryWhat::Edits(wishes), &line, span),
            None => deciding.change(&asked, &wishes, dry_run),
        });
        changed(done.await?)
    }

    async fn take_back(&self, request: Request<pb::TakeBackRequest>) -> Answer<pb::TakeBackResponse> {
        let who = self.whose(&request)?;
        let (asked, _) = asked::reason(request.into_inner().reason, &who);
        let done = self.at_the_door(move |deciding| deciding.take_back(&asked)).await?;
        done.map_err(|denied| status(&denied))?;
        Ok(Response::new(pb::TakeBackResponse {}))
    }

    async fn list_versions(&self, request: Request<pb::ListVersionsRequest>) -> Answer<pb::ListVersionsResponse> {
        self.whose(&request)?;
        let pb::ListVersionsRequest { limit, before } = request.into_inner();
        let limit = if limit == 0 { VERSIONS_USUAL } else { limit.min(VERSIONS_MAX) } as usize;
        let versions = self.at_the_door(move |deciding| deciding.versions(before, limit)).await?;
        Ok(Response::new(pb::ListVersionsResponse { versions: versions.iter().map(show::version).collect() }))
    }

    async fn diff(&self, request: Request<pb::DiffRequest>) -> Answer<pb::DiffResponse> {
        self.whose(&request)?;
        let pb::DiffRequest { from, to } = request.into_inner();
        let found = self.at_the_door(move |deciding| deciding.differences(from, to)).await?;
        let settings = found.map_err(|denied| status(&denied))?.into_iter().map(show::difference).collect();
        Ok(Response::new(pb::DiffResponse { settings }))
    }

    async fn roll_back(&self, request: Request<pb::RollBackRequest>) -> Answer<pb::ChangeResponse> {
        let who = self.whose(&request)?;
        let pb::RollBackRequest { reason, to } = request.into_inner();
        let (asked, dry_run) = asked::reason(reason, &who);
        changed(self.at_the_door(move |deciding| deciding.roll_back(&asked, to, dry_run)).await?)
    }

    async fn opening_hours(&self, request: Request<pb::OpeningHoursRequest>) -> Answer<pb::OpeningHoursResponse> {
        self.whose(&request)?;
        let pb::OpeningHoursRequest { line, at_unix_ms } = request.into_inner();
        let plan = self.centre.plan();
        let at = if at_unix_ms == 0 { self.centre.now() } else { Moment::from_millis(at_unix_ms) };
        let wanted = plan.lines.iter().filter(|one| line.is_empty() || *one.id == *line);
        let lines: Vec<_> = wanted.map(|one| show::hours(&plan, one, at)).collect();
        if lines.is_empty() && !line.is_empty() {
            return Err(Refusal::UnknownLine.status());
        }
        Ok(Response::new(pb::OpeningHoursResponse { lines }))
    }

    async fn voicemails(&self, request: Request<pb::VoicemailsRequest>) -> Answer<pb::VoicemailsResponse> {
        let who = self.whose(&request)?;
        Ok(Response::new(self.messages_of(&who, request.into_inner()).await?))
    }

    async fn listen_voicemail(
        &self,
        request: Request<pb::ListenVoicemailRequest>,
    ) -> Answer<Self::ListenVoicemailStream> {
        let who = self.whose(&request)?;
        let sound = self.message_is_heard(&who, &request.into_inner().id).await?;
        let piece = |piece: &[u8]| Ok(pb::ListenVoicemailResponse { piece: piece.to_vec() });
        let pieces: Vec<_> = sound.chunks(PIECE_BYTES).map(piece).collect();
        Ok(Response::new(Box::pin(futures::stream::iter(pieces))))
    }

    async fn close_voicemail(&self, request: Request<pb::CloseVoicemailRequest>) -> Answer<pb::Voicemail> {
        let who = self.whose(&request)?;
        Ok(Response::new(self.message_is_set(&who, (&request.into_inner().id, false)).await?))
    }

    async fn reopen_voicemail(&self, request: Request<pb::ReopenVoicemailRequest>) -> Answer<pb::Voicemail> {
        let who = self.whose(&request)?;
        Ok(Response::new(self.message_is_set(&who, (&request.into_inner().id, true)).await?))
    }

    async fn list_notes(&self, request: Request<pb::ListNotesRequest>) -> Answer<pb::ListNotesResponse> {
        let who = self.whose(&request)?;
        Ok(Response::new(self.notes_of(&who, request.into_inner()).await?))
    }

    async fn delete_notes(&self, request: Request<pb::DeleteNotesRequest>) -> Answer<pb::DeleteNotesResponse> {
        let who = self.whose(&request)?;
        Ok(Response::new(self.notes_are_deleted(&who, &request.into_inner().call_id).await?))
    }

    async fn upload_prompt(&self, request: Request<Streaming<pb::UploadPromptRequest>>) -> Answer<pb::ChangeResponse> {
        let who = self.whose(&request)?;
        let mut stream = request.into_inner();
        let pb::PromptFor { reason, name } = about(&mut stream).await?;
        let (asked, dry_run) = asked::reason(reason, &who);
        let (may, prompt) = (asked.clone(), name.clone());
        self.at_the_door(move |deciding| may_upload(deciding, &may, prompt))
            .await?
            .map_err(|denied| status(&denied))?;
        let bytes = sound(&mut stream).await?;
        changed(self.at_the_door(move |deciding| deciding.upload(&asked, &name, &bytes, dry_run)).await?)
    }

    async fn listen_prompt(&self, request: Request<pb::ListenPromptRequest>) -> Answer<Self::ListenPromptStream> {
        self.whose(&request)?;
        let name = request.into_inner().name;
        let found = self.at_the_door(move |deciding| deciding.sound(&name)).await?;
        let bytes = found.map_err(|denied| status(&denied))?.ok_or(Refusal::UnknownSound)?;
        let pieces: Vec<_> =
            bytes.chunks(PIECE_BYTES).map(|piece| pb::ListenPromptResponse { piece: piece.to_vec() }).collect();
        Ok(Response::new(Box::pin(futures::stream::iter(pieces.into_iter().map(Ok)))))
    }
}

/// Who asks is no coordinator: what to do about it.
fn stranger(reason: &'static str) -> Status {
    let (da, en) = match reason {
        "NO_TOKEN" => ("det kræver en koordinators token", "this takes a coordinator's token"),
        _ => ("centralen kender ikke dette token", "the centre doesn't know this token"),
    };
    told(
        Code::Unauthenticated,
        reason,
        &format!(
            "{da}; sæt det i SAMKALD_TOKEN (eller --token). Driften giver tokens i opsætningen, [administration] coordinators"
        ),
        &format!(
            "{en}; put it into SAMKALD_TOKEN (or --token). Operators give tokens in the settings, [administration] coordinators"
        ),
    )
}

/// What a denial is to a client.
pub(crate) fn status(denied: &Denied) -> Status {
    use change::Refused;
    match denied {
        Denied::Refused(refused) => {
            let code = match refused {
                Refused::NotYours { .. } => Code::PermissionDenied,
                Refused::Overtaken(_) => Code::Aborted,
                Refused::NoSuchVersion(_) => Code::NotFound,
                Refused::TooMany(_) => Code::ResourceExhausted,
                Refused::BadWhy => Code::InvalidArgument,
                Refused::NothingChanges | Refused::Misfits(_) => Code::FailedPrecondition,
                Refused::Faults(_) | Refused::EndsBadly { .. } => Code::FailedPrecondition,
            };
            told(code, refused.reason(), &refused.to_string(), &refused.english())
        }
        Denied::NotTaken(da, en) => told(Code::FailedPrecondition, "NOT_TAKEN", da, en),
        Denied::NoDisk => Refusal::NoPlanFolder.status(),
        Denied::NoRoom => told(
            Code::ResourceExhausted,
            "NO_ROOM_FOR_SOUNDS",
            "der er ikke plads til flere lyde, der er lagt op; tag nogle tilbage, eller lad driften lægge dem i [prompts] dirs",
            "there is no room for more uploaded sounds; take some back, or have them put into [prompts] dirs",
        ),
    }
}

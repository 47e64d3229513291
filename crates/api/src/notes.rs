//! The door to agents' free notes about calls.
//! Knows who may read which; where they are kept is the node's matter.

use centre::DeskSnapshot;
use futures::future::BoxFuture;
use model::{CallId, Caller, Moment, MunicipalityId, Note, PhoneNumber};
use plan::Plan;

use crate::mirror;
use crate::proto::{administration, desk};
use crate::refusal::Refusal;

/// Notes that an agent is shown of one number.
const SHOWN_MAX: usize = 20;

/// Where notes are kept.
pub trait NoteBook: Send + Sync + 'static {
    /// Keeps a note; one of the same agent about the same call takes its place.
    fn keep(&self, note: Note) -> BoxFuture<'_, Result<(), NotesFault>>;
    /// What was written about a number's calls, the newest first.
    fn of_number(&self, number: PhoneNumber) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>>;
    /// A list, the newest first.
    fn list(&self, asked: NotesAsked) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>>;
    /// Deletes what was written about a call, of that municipality's alone where one is named; how many notes.
    fn delete(&self, call: CallId, municipality: Option<MunicipalityId>) -> BoxFuture<'_, Result<u64, NotesFault>>;
}

/// Notes can't be kept or read just now; nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the notes cannot be reached")]
pub struct NotesFault;

impl From<NotesFault> for Refusal {
    fn from(_: NotesFault) -> Self {
        Self::NoNotes
    }
}

/// Which notes are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotesAsked {
    /// Written at this moment or later.
    pub from: Moment,
    /// Written before this moment.
    pub to: Moment,
    /// Only of this municipality's citizens.
    pub municipality: Option<MunicipalityId>,
    /// Only about this call.
    pub call: Option<CallId>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// What an agent may read at this desk: of the number that is here, and of the municipality for which it rings. A number that rings
/// for two municipalities has two histories.
pub(crate) async fn for_desk(book: &dyn NoteBook, desk: &DeskSnapshot, call_id: &str) -> Result<Vec<Note>, Refusal> {
    let here = desk.desk.call.as_deref().ok_or(Refusal::NoCallHere)?;
    if !call_id.is_empty() && call_id != here.call.to_string() {
        return Err(Refusal::NoCallHere);
    }
    let Caller::Number(number) = &here.caller else { return Ok(Vec::new()) };
    let mut notes = book.of_number(number.clone()).await?;
    notes.retain(|note| note.municipality == here.municipality);
    notes.truncate(SHOWN_MAX);
    Ok(notes)
}

pub(crate) fn to_agent(plan: &Plan, note: &Note) -> desk::Note {
    let line = plan.lines.iter().find(|line| line.id == note.line);
    let agent = plan.agents_by_id.get(&note.agent).and_then(|no| plan.agents.get(no.at()));
    desk::Note {
        call_id: note.call.to_string(),
        written_unix_ms: note.written.as_millis(),
        agent_id: note.agent.to_string(),
        agent_name: agent.map(|agent| agent.name.to_string()).unwrap_or_default(),
        line_id: note.line.to_string(),
        line_title: line.map(|line| line.title.to_string()).unwrap_or_default(),
        text: note.text.reveal().to_owned(),
    }
}

pub(crate) fn to_coordinator(note: &Note) -> administration::Note {
    administration::Note {
        call_id: note.call.to_string(),
        written_unix_ms: note.written.as_millis(),
        agent_id: note.agent.to_string(),
        municipality_code: mirror::municipality(note.municipality),
        line_id: note.line.to_string(),
        text: note.text.reveal().to_owned(),
    }
}

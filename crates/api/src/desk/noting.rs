//! The free note of a wrap-up, and those of earlier calls of the number that is at the desk.
//! Knows the order in which a note and its wrap-up are saved; doesn't know where notes lie.

use centre::DeskRefusal;
use model::{Note, NoteText};

use crate::desk::rpc::{Asker, DeskRpc};
use crate::notes;
use crate::proto::desk as pb;
use crate::refusal::Refusal;

impl DeskRpc {
    /// Keeps what was written about the call whose wrap-up is open, before the wrap-up ends: if the note can't be kept the agent still
    /// has it. Where none is open nothing is kept: either the desk refuses, or this is the repetition of a request that it has carried out.
    pub(super) async fn keep_note(&self, asker: &Asker, call_id: &str, text: &str) -> Result<(), Refusal> {
        let text = NoteText::new(text).map_err(|_| Refusal::NoteTooLong)?;
        if text.is_none() && call_id.is_empty() {
            return Ok(());
        }
        let desk = self.desks.look(asker.agent).await?.desk;
        let (Some(call), Some(_)) = (desk.call, desk.wrap_up_until) else { return Ok(()) };
        // Written about a call whose wrap-up is over by now: nothing of it lands on the next citizen's.
        if !call_id.is_empty() && call_id != call.call.to_string() {
            return Err(Refusal::Desk(DeskRefusal::NothingToWrapUp));
        }
        let Some(text) = text else { return Ok(()) };
        let plan = self.door.plan();
        let Some(agent) = plan.agents.get(asker.agent.at()) else { return Err(Refusal::TokenVoid) };
        let note = Note {
            call: call.call,
            agent: agent.id.clone(),
            municipality: call.municipality,
            line: call.line,
            written: self.door.now(),
            text,
        };
        Ok(self.notes.keep(note).await?)
    }

    /// What was written after earlier calls of the number that is here.
    pub(super) async fn notes_here(&self, asker: &Asker, call_id: &str) -> Result<pb::NotesResponse, Refusal> {
        let desk = self.desks.look(asker.agent).await?;
        let notes = notes::for_desk(&*self.notes, &desk, call_id).await?;
        let plan = self.door.plan();
        let agent = plan.agents.get(asker.agent.at()).map(|agent| agent.id.as_str());
        let call = desk.desk.call.as_deref().map(|call| call.call.to_string());
        tracing::info!(agent, call, notes = notes.len(), "colleagues' notes were read");
        Ok(pb::NotesResponse { notes: notes.iter().map(|note| notes::to_agent(&plan, note)).collect() })
    }
}

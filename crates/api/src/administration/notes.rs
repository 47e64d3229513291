//! Agents' free notes, for coordinators: each sees and deletes its own municipality's.
//! Knows whose is whose; doesn't know where notes lie. Who has looked and how much is logged, never what was read.

use change::Coordinator;
use model::{CallId, Moment, MunicipalityId};
use tracing::info;

use super::rpc::AdministrationRpc;
use crate::notes::{NotesAsked, to_coordinator};
use crate::proto::administration as pb;
use crate::refusal::Refusal;

/// Notes in one answer, usually and at most.
const NOTES_USUAL: u32 = 100;
const NOTES_MAX: u32 = 1_000;

impl AdministrationRpc {
    pub(super) async fn notes_of(
        &self,
        who: &Coordinator,
        wanted: pb::ListNotesRequest,
    ) -> Result<pb::ListNotesResponse, Refusal> {
        let to = if wanted.to_unix_ms == 0 { self.centre.now() } else { Moment::from_millis(wanted.to_unix_ms) };
        let asked = NotesAsked {
            from: Moment::from_millis(wanted.from_unix_ms),
            to,
            municipality: own(who)?,
            call: (!wanted.call_id.is_empty()).then(|| call(&wanted.call_id)).transpose()?,
            limit: if wanted.limit == 0 { NOTES_USUAL } else { wanted.limit.min(NOTES_MAX) },
        };
        if asked.from > asked.to {
            return Err(Refusal::BadRange);
        }
        let notes = self.notes.list(asked).await?;
        info!(coordinator = who.name, notes = notes.len(), "agents' notes were read");
        Ok(pb::ListNotesResponse { notes: notes.iter().map(to_coordinator).collect() })
    }

    pub(super) async fn notes_are_deleted(
        &self,
        who: &Coordinator,
        call_id: &str,
    ) -> Result<pb::DeleteNotesResponse, Refusal> {
        let deleted = self.notes.delete(call(call_id)?, own(who)?).await?;
        if deleted == 0 {
            return Err(Refusal::UnknownCall);
        }
        info!(coordinator = who.name, call = call_id, deleted, "agents' notes about a call were deleted");
        Ok(pb::DeleteNotesResponse { deleted })
    }
}

/// Whose notes alone; none: everybody's, for the joint centre. A coordinator of nobody that has a code sees nothing.
pub(super) fn own(who: &Coordinator) -> Result<Option<MunicipalityId>, Refusal> {
    let code = who.municipality.as_deref().map(|code| code.parse().map(MunicipalityId));
    code.transpose().map_err(|_| Refusal::BadKey)
}

pub(super) fn call(text: &str) -> Result<CallId, Refusal> {
    if text.len() != 32 {
        return Err(Refusal::UnknownCall);
    }
    u128::from_str_radix(text, 16).map(CallId::from_bits).map_err(|_| Refusal::UnknownCall)
}

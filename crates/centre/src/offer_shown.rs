//! What an agent is shown of a call that rings: who, from where, about what, how long they have waited.
//! Knows the call as it is now; not on which desk it is shown.

use std::time::Duration;

use model::{CallId, Caller, DecisionNo, Language, LineId, Moment, MunicipalityId, OfferedWhy, QueueId, TopicId};
use routing::Claim;

use crate::centre::Centre;
use crate::earlier::EarlierCall;

/// What an agent is shown of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferShown {
    /// Which call.
    pub call: CallId,
    /// Who rings.
    pub caller: Caller,
    /// The citizen's municipality; none when unknown.
    pub municipality: Option<MunicipalityId>,
    /// The line that was rung.
    pub line: LineId,
    /// What about.
    pub topic: TopicId,
    /// In which language.
    pub language: Language,
    /// The queue.
    pub queue: QueueId,
    /// How long the citizen has waited.
    pub waited: Duration,
    /// The decision, which can be explained.
    pub decision: DecisionNo,
    /// What decided.
    pub why: OfferedWhy,
    /// The citizen is to be called back: rings when the agent has answered.
    pub callback: bool,
    /// The last call of the same number, if it rang not long ago: a hint, no proof of who rings.
    pub earlier: Option<Box<EarlierCall>>,
}

/// What the agent is shown of a call that rings.
pub(crate) fn shown(centre: &Centre, id: CallId, claim: &Claim, at: Moment) -> Option<OfferShown> {
    let call = centre.calls.get(&id)?;
    let line = &call.plan.lines[call.journey.line().at()];
    Some(OfferShown {
        call: id,
        caller: call.caller.clone(),
        municipality: call.journey.municipality(),
        line: line.id.clone(),
        topic: line.topic.clone(),
        language: call.journey.language(&call.plan).clone(),
        queue: call.plan.queues[call.journey.queue().at()].id.clone(),
        waited: call.queued_at.map_or(call.waited, |since| at.since(since)),
        decision: claim.decision,
        why: claim.why,
        callback: call.journey.is_called_back(),
        earlier: call.earlier.clone(),
    })
}

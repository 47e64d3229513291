//! Station 8, with something played to one side: the other hears nothing of it, and both talk on after it.
//!
//! Plays on over hold, a conference or a supervisor who comes; ends with the conversation. Knows one at a time; how sound
//! is laid over a talk is the packet workers' matter.

use model::{AnnouncementId, Hearer, InCallFact};
use plan::{AgentNo, Plan};

use crate::company::{changed, note};
use crate::stage::agent_id;
use crate::{Denied, Effects, Journey};

/// Something is to be played to one side. What is played already is stopped; the same again to the same side changes nothing.
pub(crate) fn begin(
    journey: &mut Journey,
    (by, what, to): (AgentNo, &AnnouncementId, Hearer),
    plan: &Plan,
    out: &mut Effects,
) -> Result<(), Denied> {
    plan.announcement(what).ok_or(Denied::UnknownAnnouncement)?;
    let wished = Some((what.clone(), to));
    if journey.company().is_some_and(|company| company.announcing == wished) {
        return Ok(());
    }
    cut(journey, out);
    journey.company_mut().announcing = wished;
    out.push(note(InCallFact::Announced { by: agent_id(plan, by), announcement: what.clone(), to }));
    Ok(())
}

/// It is stopped before its end, if it is played at all.
pub(crate) fn cut(journey: &mut Journey, out: &mut Effects) {
    if journey.company.as_mut().and_then(|company| company.announcing.take()).is_some() {
        out.push(note(InCallFact::AnnouncementOver { whole: false }));
    }
}

/// It was played to its end.
pub(crate) fn over(journey: &mut Journey, out: &mut Effects) {
    if journey.company.as_mut().and_then(|company| company.announcing.take()).is_none() {
        return;
    }
    out.push(note(InCallFact::AnnouncementOver { whole: true }));
    changed(journey, out);
}

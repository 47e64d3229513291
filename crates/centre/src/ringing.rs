//! The claimed agent's phone is called: its leg, its port, and what its display says.
//! Knows who is claimed; not what comes of it.

use std::sync::Arc;

use journey::{Event, Journey};
use model::{CallId, LegCommand, LegId, LegSide, Moment, Presentation};

use crate::call::AgentLeg;
use crate::centre::Centre;
use crate::floor::notify;
use crate::input::CallNoticeWhat;
use crate::output::Output;
use crate::{offer_shown, room};

pub(crate) fn ring_agent(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    let claim = centre.calls.get(&id)?.claim?;
    let shown = offer_shown::shown(centre, id, &claim, at)?;
    notify(centre, &claim, CallNoticeWhat::Offered(Box::new(shown)), out);
    centre.counters.legs += 1;
    let leg = LegId::new(centre.settings.shard, LegSide::Outbound, centre.counters.legs);
    let far = room::far_of_agent(centre, claim.agent);
    let Some((place, session)) = room::make_room(centre, leg, far, at) else { return Some(Event::AgentNotReachable) };
    room::open(centre, leg, place, &session, out);
    centre.legs.insert(leg, id);
    let (sound, offer) = room::offer_called(centre, &centre.calls.get(&id)?.citizen, (place, session));
    let call = centre.calls.get_mut(&id)?;
    let plan = call.plan.clone();
    call.agent = Some(AgentLeg { sound, called: true, ..AgentLeg::new(leg, None) });
    let line = &plan.lines[call.journey.line().at()];
    let title = title(&plan, &call.journey, line);
    let shown = Presentation { caller: call.caller.clone(), title, goes_on: false };
    let ring_time_max = plan.queues[call.journey.queue().at()].ring_time_max;
    let agent = plan.agents[claim.agent.at()].id.clone();
    out.push(Output::Leg(LegCommand::CallAgent { leg, agent, shown, offer, ring_time_max }));
    None
}

/// What the phone's display says: municipality and line, and whether the citizen is called when it is answered.
pub(crate) fn title(plan: &plan::Plan, journey: &Journey, line: &plan::Line) -> Arc<str> {
    let title = match journey.municipality().and_then(|code| plan.municipalities.get(&code)) {
        Some(known) => format!("{}: {}", known.name, line.title).into(),
        None => line.title.clone(),
    };
    if journey.is_called_back() { format!("Ring tilbage: {title}").into() } else { title }
}

//! Calls that agents begin at their pages: told to the centre as an agent's call, and answered by it.
//! Knows the page's offer until it is answered; doesn't know who may call whom.

use bytes::Bytes;
use model::{AgentCall, AgentId, LegEnd, LegEvent, LegId, LegSide};

use crate::leg::{PageLeg, Stage};
use crate::pages::{Pages, tell};
use crate::words::{Calls, PageOut, Told};

/// Legs that came in by signalling count from 1; those of pages from here, so that the two never meet.
const FIRST: u64 = 1 << 54;

impl Pages {
    /// An agent's page calls somebody. How many calls an agent may make is the centre's to say.
    pub fn calls(&mut self, calls: Calls, out: &mut Vec<PageOut>) {
        let Calls { agent, number, to, session } = calls;
        self.called += 1;
        let leg = LegId::new(self.shard, LegSide::Inbound, FIRST | self.called);
        out.push(tell(leg, &agent, Told::Called { number }));
        let stage = Stage::Calls { number, accepted: false };
        self.legs.insert(leg, PageLeg { agent: agent.clone(), stage });
        out.push(PageOut::Leg(LegEvent::AgentCalls(AgentCall { leg, agent, to, offer: Some(session) })));
    }

    /// The agent hears the other side before it has answered.
    pub(crate) fn sounds_early(&mut self, leg: LegId, session: Bytes, out: &mut Vec<PageOut>) {
        let Some(PageLeg { agent, stage: Stage::Calls { number, accepted } }) = self.legs.get_mut(&leg) else { return };
        if !std::mem::replace(accepted, true) {
            out.push(tell(leg, agent, Told::Accepted { number: *number, session }));
        }
    }

    /// The other side has answered. A page hears it by the same connection, so there is nothing more to be confirmed.
    pub(crate) fn taken(&mut self, leg: LegId, session: Bytes, out: &mut Vec<PageOut>) {
        self.sounds_early(leg, session, out);
        let Some(kept) = self.legs.get_mut(&leg).filter(|kept| matches!(kept.stage, Stage::Calls { .. })) else {
            return;
        };
        kept.stage = Stage::Talks { offered: None };
        out.push(tell(leg, &kept.agent, Told::Taken));
        out.push(PageOut::Leg(LegEvent::Confirmed { leg, session: None }));
    }

    /// The centre has turned the call down; it expects no event of that leg any more.
    pub(crate) fn turned_down(&mut self, leg: LegId, out: &mut Vec<PageOut>) {
        let calls = self.legs.get(&leg).is_some_and(|kept| matches!(kept.stage, Stage::Calls { .. }));
        if let Some(kept) = calls.then(|| self.legs.remove(&leg)).flatten() {
            out.push(tell(leg, &kept.agent, Told::Over));
        }
    }

    /// The page that called is not there any more, and with it what it offered.
    pub(crate) fn give_up_calls(&mut self, agent: &AgentId, out: &mut Vec<PageOut>) {
        let calls = |leg: &PageLeg| leg.agent == *agent && matches!(leg.stage, Stage::Calls { .. });
        let calling: Vec<LegId> = self.legs.iter().filter(|(_, leg)| calls(leg)).map(|(leg, _)| *leg).collect();
        for leg in calling {
            self.ended(leg, LegEnd::HungUp, out);
        }
    }
}

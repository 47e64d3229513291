//! Levels, and lanes that are kept back while few agents are idle.
//! Knows what level a ticket has now; what makes it so is `guard`'s.

use plan::{AgentNo, Policy};

use super::{Break, Lane, Reference, Ticket};
use crate::LaneKind;

impl Reference {
    /// −1 front, 0 normal, 1 beyond the surge guard, 2 later.
    pub(super) fn level(&self, ticket: &Ticket) -> i8 {
        let topic = || self.guard.topic_level(&self.plan, ticket.new.class, self.at);
        match ticket.lane {
            Lane::Of(_, LaneKind::Front) => -1,
            Lane::Of(_, LaneKind::Granted) => 0,
            Lane::Of(_, LaneKind::Later) => 2,
            Lane::Of(_, LaneKind::Normal | LaneKind::Diverted | LaneKind::Own) | Lane::Own(_) => topic(),
            Lane::Diverted(class, bucket) => {
                topic().max(self.guard.municipality_level(class, bucket, self.at))
            }
        }
    }

    /// Whether the last idle agents are not for this ticket.
    pub(super) fn is_kept_back(&self, ticket: &Ticket) -> bool {
        self.plan.routing.policy == Policy::Ours
            && self.level(ticket) >= 1
            && self.idle() <= self.kept_idle()
            && !self.breaks(Break::NobodyKeptIdle)
    }

    /// More agents are idle, or fewer are kept: lanes that were kept back look.
    pub(super) fn kept_back_look(&mut self, _because_of: AgentNo) {
        let lanes = self.lanes();
        for lane in lanes {
            let first = self.in_lane(lane).first().copied();
            if first.is_some_and(|index| self.level(&self.waiting[index]) >= 1) && self.idle() > self.kept_idle() {
                self.lane_looks(lane, None);
            }
        }
    }
}

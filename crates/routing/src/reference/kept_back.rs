//! Levels, and lanes that are kept back while few agents are idle.
//! Knows what level a ticket has now; what makes it so is `guard`'s.

use plan::{ClassNo, Policy};

use super::{Break, Lane, Reference, Ticket};
use crate::LaneKind;

impl Reference {
    /// −1 front, 0 normal, 1 beyond the surge guard, 2 later.
    pub(super) fn level(&self, ticket: &Ticket) -> i8 {
        let topic = || self.guard.topic_level(&self.plan, ticket.new.class, self.at);
        match ticket.lane {
            Lane::Of(_, LaneKind::Front) => -1,
            Lane::Of(_, LaneKind::Granted) | Lane::Own(_) => 0,
            Lane::Of(_, LaneKind::Later) => 2,
            Lane::Of(_, LaneKind::Normal | LaneKind::Diverted | LaneKind::Own) => topic(),
            Lane::Diverted(class, bucket) => topic().max(self.guard.municipality_level(class, bucket, self.at)),
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
    pub(super) fn kept_back_look(&mut self) {
        if self.idle() <= self.kept_idle() && !self.breaks(Break::NobodyKeptIdle) {
            return;
        }
        self.classes().for_each(|class| self.class_looks(class, |level| level >= 1));
    }

    /// The lanes of a class look, for nobody in particular, if their level is wanted.
    pub(super) fn class_looks(&mut self, class: ClassNo, wanted: impl Fn(i8) -> bool) {
        for lane in self.lanes_of(class) {
            let first = self.in_lane(lane).first().copied();
            if first.is_some_and(|first| wanted(self.level(&self.waiting[first]))) {
                self.lane_looks(lane, None);
            }
        }
    }

    /// All lanes of all classes look.
    pub(super) fn all_look(&mut self) {
        self.classes().for_each(|class| self.class_looks(class, |_| true));
    }

    fn classes(&self) -> impl Iterator<Item = ClassNo> + use<> {
        (0..self.plan.classes.len() as u32).map(ClassNo)
    }

    /// A class's lanes with somebody in them; agents' own are of no class.
    fn lanes_of(&self, class: ClassNo) -> Vec<Lane> {
        let mut lanes = self.lanes();
        lanes.retain(|lane| matches!(lane, Lane::Of(own, _) | Lane::Diverted(own, _) if *own == class));
        lanes.sort_by_key(|lane| (lane.kind(), self.place_of(*lane)));
        lanes
    }
}

//! What is so while nobody is at work in the core: hints tell the truth, and every count is what can be counted.
//! Only for tests that know when all threads are through: compiled for shuttle alone.

use model::Moment;
use plan::ClassNo;

use crate::core::Core;
use crate::lane_no::{LaneNo, LaneOf};
use crate::seat::SeatState;
use crate::sync::Relaxed;
use crate::ticket::TicketState;
use crate::walk::Standing;

/// Compares what is kept with what is counted, and keeps the differences.
struct Audit(Vec<String>);

impl Audit {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, kept: &T, counted: &T) {
        if kept != counted {
            self.0.push(format!("{what}: kept {kept:?}, counted {counted:?}"));
        }
    }
}

impl Core {
    /// What is not as it must be while no thread is in the middle of a request.
    pub fn faults_at_rest(&self) -> Vec<String> {
        let mut audit = Audit(Vec::new());
        self.audit_lanes(&mut audit);
        self.audit_seats(&mut audit);
        self.audit_census(&mut audit);
        self.audit_diversions(&mut audit);
        audit.0
    }

    /// Agents who are idle, or sought for a call that they have not got; also while threads stand still.
    pub fn without_a_call(&self) -> usize {
        let has_none = |agent: &usize| {
            let seat = self.seats.word(*agent);
            seat.is_open() && !(seat.state() == SeatState::Sought && self.tickets.word(seat.slot()).is_taken_by(*agent))
        };
        (0..self.limits.seats).filter(has_none).count()
    }

    /// Who stands in a lane, in its order.
    fn standing(&self, lane: LaneNo) -> Vec<Standing> {
        let mut walk = self.lanes.walk(lane.at(), |stint| self.tickets.waiting(stint).is_some());
        std::iter::from_fn(|| walk.next()).collect()
    }

    fn audit_lanes(&self, audit: &mut Audit) {
        let mut by_queue = vec![0_u32; self.limits.queues];
        for lane in (0..self.map.count() as u32).map(LaneNo) {
            let (standing, what) = (self.standing(lane), self.map.what(lane));
            audit.compare(&format!("{what:?} waiting"), &(self.fronts.waiting(lane) as usize), &standing.len());
            if standing.windows(2).any(|pair| pair[0].since > pair[1].since) {
                audit.0.push(format!("{what:?} is out of order"));
            }
            let said = self.fronts.first(lane);
            let first = standing.first().map(|first| (first, self.tickets.asked(first.stint.slot())));
            let since_ms = first.as_ref().map(|(first, _)| Moment::from_micros(first.since).as_millis());
            audit.compare(&format!("{what:?} first since"), &said.since_ms(), &since_ms);
            let municipality = first.and_then(|(_, (_, _, municipality))| municipality);
            audit.compare(&format!("{what:?} first from"), &said.municipality(), &municipality);
            for one in &standing {
                let slot = one.stint.slot();
                by_queue[self.tickets.asked(slot).1.at()] += 1;
                audit.compare("the lane that a ticket knows", &self.tickets.lane(slot), &lane);
            }
        }
        let kept: Vec<u32> = self.queues.iter().map(|queue| queue.load(Relaxed)).collect();
        audit.compare("waiting by queue", &kept, &by_queue);
    }

    fn audit_seats(&self, audit: &mut Audit) {
        for agent in 0..self.limits.seats {
            let state = self.seats.word(agent).state();
            audit.compare(
                &format!("agent {agent} idle ({state:?})"),
                &self.idle.has(agent),
                &(state == SeatState::Idle),
            );
            if state == SeatState::Sought {
                audit.0.push(format!("agent {agent} is sought by nobody"));
            }
        }
        let idle = self.seats.count(|state| state == SeatState::Idle);
        audit.compare("idle", &(self.idle.count() as usize), &idle);
    }

    fn audit_census(&self, audit: &mut Audit) {
        let tables = self.tables.load();
        let mut classes = vec![(0, 0); tables.sizes().1];
        let mut on_duty = 0;
        for agent in 0..tables.sizes().0 {
            let word = self.seats.word(agent);
            let (is_on_duty, is_idle) = (u32::from(word.is_on_duty()), u32::from(word.state() == SeatState::Idle));
            on_duty += is_on_duty;
            for class in tables.counted(agent).1 {
                let (all, idle) = &mut classes[class.at()];
                (*all, *idle) = (*all + is_on_duty, *idle + is_idle);
            }
        }
        audit.compare("on duty", &self.census.on_duty(), &on_duty);
        for (class, counted) in (0..).map(ClassNo).zip(classes) {
            audit.compare(&format!("census of {class:?}"), &self.census.of(class), &counted);
        }
    }

    fn audit_diversions(&self, audit: &mut Audit) {
        let mut standing = self.guard.standing();
        standing.fill(0);
        for slot in 0..self.limits.tickets {
            let lane = self.tickets.lane(slot);
            if let (TicketState::Waiting | TicketState::Taken, LaneOf::Special(_, special)) =
                (self.tickets.word(slot).state(), self.map.what(lane))
                && let Some(diversion) = special.diversion()
            {
                standing[diversion] += 1;
            }
        }
        audit.compare("standing in diversions", &self.guard.standing(), &standing);
    }
}

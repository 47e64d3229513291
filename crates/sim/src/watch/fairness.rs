//! What is fair in a match: nobody is passed over in the line, no overdue call by one that is not, the agent is the best
//! one, the last cover of a scarce class and the last idle agents are kept. Each rule of `routing.md` in code of its own.

use std::time::Duration;

use model::{Moment, OfferedWhy};
use plan::ClassNo;
use routing::{Claim, Explanation, LaneKind, Precedence};

use crate::watch::Check;
use crate::watch::duty::{has_bar, is_overdue, seconds};
use crate::watch::line::{Line, Seat, Ticket};

/// Seconds by which costs may differ and be the same.
const SAME_COST_S: f64 = 1e-3;
/// Two shards' moments may differ by a step's length: who is older by so little may stand behind (`routing/src/lane.rs`).
const SAME_MOMENT: Duration = Duration::from_millis(100);

impl Line {
    pub(super) fn is_fair(&self, claim: &Claim, because: &Explanation, ticket: &Ticket, at: Moment) -> Check {
        let agent = claim.agent.at();
        if !self.fits(agent, ticket, at) {
            return Err(format!(
                "{} was offered {:?} without the skill for it, or too soon",
                self.name(agent),
                claim.call
            ));
        }
        if self.is_barred(ticket, agent, at) {
            return Err(format!("{} was offered {:?} again while barred from it", self.name(agent), claim.call));
        }
        self.nobody_is_passed_over(agent, because, ticket, at)?;
        self.the_last_idle_are_kept(agent, because, ticket)?;
        self.surge.level_is_right(&self.plan, ticket, because, at)?;
        match claim.why {
            OfferedWhy::BestFreeAgent => self.the_agent_is_best(agent, ticket, at),
            OfferedWhy::BestWaitingCall => self.nobody_matters_more(agent, because, ticket, at),
        }
    }

    /// First come, first served among calls that are alike.
    fn nobody_is_passed_over(&self, agent: usize, because: &Explanation, ticket: &Ticket, at: Moment) -> Check {
        // Calls beyond a municipality's guard stand in a lane of their own, and who comes back from a transfer in front.
        if matches!(because.lane, LaneKind::Diverted | LaneKind::Front | LaneKind::Later) {
            return Ok(());
        }
        let older =
            self.lanes[ticket.new.class.at()].iter().take_while(|(since, _)| *since + SAME_MOMENT < ticket.new.since);
        for other in older.filter_map(|(_, id)| self.tickets.get(id)) {
            // It may stand beyond its municipality's guard, where later calls no longer had to go.
            let may_be_elsewhere = self.surge.could_be_beyond(&self.plan, &other.new) || is_later(other);
            let is_alike =
                other.new.municipality == ticket.new.municipality && other.queue == ticket.queue && !may_be_elsewhere;
            if is_alike && !has_bar(other, agent, at) {
                let (name, served, passed) = (self.name(agent), ticket.new.call, other.new.call);
                return Err(format!(
                    "{name} was given {served:?}, and {passed:?}, who has waited longer, was passed over"
                ));
            }
        }
        Ok(())
    }

    /// Calls beyond the surge guard leave the last idle agents alone.
    fn the_last_idle_are_kept(&self, agent: usize, because: &Explanation, ticket: &Ticket) -> Check {
        if because.level >= 1 && !self.knows_standby() && self.idle_count() <= self.kept_idle() {
            let (call, name) = (ticket.new.call, self.name(agent));
            return Err(format!("{call:?} is beyond the surge guard, and was given {name}, one of the last idle"));
        }
        Ok(())
    }

    /// A call takes the eligible agent who costs least, and for some seconds nobody who is a scarce class's last cover.
    fn the_agent_is_best(&self, agent: usize, ticket: &Ticket, at: Moment) -> Check {
        if self.knows_standby() {
            return Ok(());
        }
        let may_be_kept = at < ticket.new.since + self.plan.routing.reserve_max;
        if may_be_kept && self.is_last_cover(agent, ticket) {
            return Err(format!("{:?} was given {}, a scarce class's last", ticket.new.call, self.name(agent)));
        }
        let cost = self.cost(agent, ticket, at);
        for other in &self.fitting[ticket.new.class.at()] {
            let is_eligible = self.is_idle(*other)
                && self.fits(*other, ticket, at)
                && !self.is_barred(ticket, *other, at)
                && !(may_be_kept && self.is_last_cover(*other, ticket));
            if is_eligible && self.cost(*other, ticket, at) < cost - SAME_COST_S {
                let (taken, better) = (self.name(agent), self.name(*other));
                return Err(format!("{:?} was given to {taken}, though {better} would cost less", ticket.new.call));
            }
        }
        Ok(())
    }

    /// K: talk, lost cover, membership, idleness.
    fn cost(&self, agent: usize, ticket: &Ticket, at: Moment) -> f64 {
        let (routing, class) = (&self.plan.routing, ticket.new.class);
        let row = &self.plan.agents[agent];
        let level = row.skills.iter().find(|(own, _)| *own == class).map_or(9, |(_, level)| *level);
        let talk_s = self.mean_talk_s(class) * self.outlook.levels[usize::from(level) - 1];
        let (away, home_s) =
            if self.is_home(agent, ticket) { (1.0, routing.home_s) } else { (routing.away_factor, 0.0) };
        let cover = |class: &usize| {
            let others = self.there_are(*class).1.max(1) as i32 - 1;
            self.share(*class) * routing.coverage_decay.powi(others)
        };
        let covers: f64 = self.counted[agent].iter().map(cover).sum();
        let Seat::Idle(idle_since) = self.seats[agent] else { return f64::INFINITY };
        talk_s * away + routing.coverage_s * covers - home_s - routing.idle_worth * seconds(at, idle_since)
    }

    fn mean_talk_s(&self, class: ClassNo) -> f64 {
        self.expected(class.at()).map_or(self.outlook.talk_s, |expected| expected.talk_s)
    }

    fn share(&self, class: usize) -> f64 {
        let an_hour = |class: usize| self.expected(class).map_or(0.0, |expected| expected.calls_an_hour);
        let all: f64 = (0..self.plan.classes.len()).map(an_hour).sum();
        if all > 0.0 { an_hour(class) / all } else { 1.0 / self.plan.classes.len() as f64 }
    }

    fn expected(&self, class: usize) -> Option<&forecast::ClassOutlook> {
        let class = &self.plan.classes[class];
        self.outlook.classes.get(&(class.topic.clone(), class.language.clone()))
    }

    /// An agent takes no call beyond the guard before an ordinary one, and none that is in time before an overdue one.
    fn nobody_matters_more(&self, agent: usize, because: &Explanation, ticket: &Ticket, at: Moment) -> Check {
        // Who comes back from a transfer that failed is in front of everybody.
        if because.lane == LaneKind::Front {
            return Ok(());
        }
        let in_time = !self.is_overdue(ticket, at);
        for (class, _) in &self.plan.agents[agent].skills {
            for other in self.lanes[class.at()].iter().filter_map(|(_, id)| self.tickets.get(id)) {
                // A second attempt to call somebody back comes after all others.
                if has_bar(other, agent, at) || !self.fits(agent, other, at) || is_later(other) {
                    continue;
                }
                let is_ordinary = !self.surge.could_be_beyond(&self.plan, &other.new);
                let (name, taken, passed) = (self.name(agent), ticket.new.call, other.new.call);
                if because.level >= 1 && is_ordinary {
                    return Err(format!("{name} was given {taken:?}, beyond the surge guard, before {passed:?}"));
                }
                let same_level = is_ordinary || because.level >= 1;
                if in_time && same_level && self.is_overdue(other, at) {
                    return Err(format!("{name} was given {taken:?}, which is in time, before {passed:?}, overdue"));
                }
            }
        }
        Ok(())
    }

    fn is_overdue(&self, ticket: &Ticket, at: Moment) -> bool {
        let class = ticket.new.class;
        let lines = self.plan.lines.iter().filter(|line| line.class == class);
        let queues = lines
            .flat_map(|line| std::iter::successors(Some(line.queue), |queue| self.plan.queues[queue.at()].overflow));
        let target = queues.map(|queue| self.plan.queues[queue.at()].target).min().unwrap_or(Duration::from_secs(60));
        is_overdue(at.since(ticket.new.since), target, self.plan.routing.overdue_factor)
    }
}

fn is_later(ticket: &Ticket) -> bool {
    ticket.new.precedence == Precedence::Later
}

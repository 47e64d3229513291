//! Who may take what, and who is there: skill, membership, step, bars; how many are on duty and idle for a class.
//! Knows the rules of `routing.md` as sentences, in code of its own; the picture that they are held against is `line`'s.

use std::time::Duration;

use model::Moment;
use plan::{Plan, StepWho};
use routing::{Closed, Precedence};

use crate::watch::line::{Line, Seat, Ticket};

/// As in the core: bars that a ticket remembers.
const BARS_MAX: usize = 8;

/// Classes that each agent counts for: those whose last step allows the level.
pub(super) fn counted(plan: &Plan) -> Vec<Vec<usize>> {
    let last_level = |class: usize| {
        let lines = plan.lines.iter().filter(|line| line.class.at() == class);
        let queues =
            lines.flat_map(|line| std::iter::successors(Some(line.queue), |queue| plan.queues[queue.at()].overflow));
        queues.filter_map(|queue| plan.queues[queue.at()].steps.last()).map(|step| step.level_max).max().unwrap_or(9)
    };
    let of_agent = |agent: &plan::Agent| {
        let counts = agent.skills.iter().filter(|(class, level)| *level <= last_level(class.at()));
        counts.map(|(class, _)| class.at()).collect()
    };
    plan.agents.iter().map(of_agent).collect()
}

impl Line {
    /// Skill, membership and step.
    pub(super) fn fits(&self, agent: usize, ticket: &Ticket, at: Moment) -> bool {
        let row = &self.plan.agents[agent];
        let Some((_, level)) = row.skills.iter().find(|(class, _)| *class == ticket.new.class) else { return false };
        let from = ticket.new.municipality;
        let serves = row.serves.as_ref().is_none_or(|members| from.is_some_and(|code| members.contains(&code)));
        let waited = at.since(ticket.new.since);
        let steps = &self.plan.queues[ticket.queue.at()].steps;
        let allows = steps.iter().rfind(|step| step.after <= waited).is_none_or(|step| {
            *level <= step.level_max && (step.who == StepWho::Everyone || self.is_home(agent, ticket))
        });
        serves && allows
    }

    pub(super) fn is_home(&self, agent: usize, ticket: &Ticket) -> bool {
        let home = self.plan.agents[agent].home;
        home.is_some() && home == ticket.new.municipality
    }

    /// A bar counts in its first second, and as long as somebody else could take the call.
    pub(super) fn is_barred(&self, ticket: &Ticket, agent: usize, at: Moment) -> bool {
        self.is_barred_if(ticket, agent, at, |other| self.is_on_duty(other) && !self.plan.agents[other].standby)
    }

    /// Whether it may be so, though it is not known here who of those on standby is called in.
    fn may_be_barred(&self, ticket: &Ticket, agent: usize, at: Moment) -> bool {
        self.is_barred_if(ticket, agent, at, |other| self.is_on_duty(other))
    }

    fn is_barred_if(&self, ticket: &Ticket, agent: usize, at: Moment, counts: impl Fn(usize) -> bool) -> bool {
        let could = |other: usize| counts(other) && self.fits(other, ticket, at) && !has_bar(ticket, other, at);
        let others = || self.fitting[ticket.new.class.at()].iter().any(|other| could(*other));
        has_bar(ticket, agent, at) && (at < ticket.firm_until || others())
    }

    pub(super) fn is_on_duty(&self, agent: usize) -> bool {
        match self.seats[agent] {
            Seat::Closed(Closed::Off | Closed::Paused) => false,
            Seat::Closed(Closed::Wrap) | Seat::Idle(_) | Seat::Claimed(..) | Seat::Busy(_) => true,
        }
    }

    pub(super) fn is_idle(&self, agent: usize) -> bool {
        matches!(self.seats[agent], Seat::Idle(_))
    }

    /// Of a class: on duty, and idle.
    pub(super) fn there_are(&self, class: usize) -> (usize, usize) {
        let counts = |agent: &&usize| self.counted[**agent].contains(&class);
        let of = |is: fn(&Self, usize) -> bool| {
            self.fitting[class].iter().filter(counts).filter(|agent| is(self, **agent)).count()
        };
        (of(Self::is_on_duty), of(Self::is_idle))
    }

    pub(super) fn idle_count(&self) -> usize {
        (0..self.seats.len()).filter(|agent| self.is_idle(*agent)).count()
    }

    /// K₀, with everybody counted who is on duty.
    pub(super) fn kept_idle(&self) -> usize {
        let on_duty = (0..self.seats.len()).filter(|agent| self.is_on_duty(*agent)).count();
        let per = self.plan.routing.kept_idle_per as usize;
        if on_duty < per { 0 } else { on_duty.div_ceil(per).min(self.plan.routing.kept_idle_max as usize) }
    }

    /// Whether a scarcer class has no other idle agent.
    pub(super) fn is_last_cover(&self, agent: usize, ticket: &Ticket) -> bool {
        let own = self.there_are(ticket.new.class.at()).0;
        self.counted[agent].iter().filter(|class| **class != ticket.new.class.at()).any(|class| {
            let (on_duty, idle) = self.there_are(*class);
            on_duty <= self.plan.routing.scarce_max as usize && on_duty < own && idle == 1
        })
    }

    /// Ready agents of whom it is not known here whether they are called in.
    pub(super) fn ready_on_standby(&self) -> usize {
        (0..self.seats.len()).filter(|agent| self.is_idle(*agent) && self.plan.agents[*agent].standby).count()
    }

    /// Whether anybody is on standby at all: then who counts is not known here.
    pub(super) fn knows_standby(&self) -> bool {
        self.plan.agents.iter().any(|agent| agent.standby)
    }

    /// Whether a call may go on waiting while that agent is idle.
    pub(super) fn may_wait_beside(&self, agent: usize, ticket: &Ticket, at: Moment) -> bool {
        // It was the last cover of another class when the call looked; when it no longer is, nobody tells the call so
        // before the reserve's time is over.
        let is_young = at < ticket.new.since + self.plan.routing.reserve_max;
        let may_be_kept = is_young && self.counted[agent].iter().any(|class| *class != ticket.new.class.at());
        let is_later = ticket.new.precedence == Precedence::Later;
        let is_kept_back =
            (self.surge.is_on() || is_later) && (self.knows_standby() || self.idle_count() <= self.kept_idle());
        !self.fits(agent, ticket, at)
            || self.may_be_barred(ticket, agent, at)
            || self.plan.agents[agent].standby
            || may_be_kept
            || is_kept_back
    }
}

/// The same agent's place, else a free one, else that of the bar that ends first.
pub(super) fn add_bar(bars: &mut Vec<(usize, Moment)>, agent: usize, until: Moment) {
    let same = bars.iter().position(|(barred, _)| *barred == agent);
    let first = || (0..bars.len()).min_by_key(|bar| bars[*bar].1).filter(|_| bars.len() == BARS_MAX);
    match same.or_else(first) {
        Some(place) => bars[place] = (agent, until),
        None => bars.push((agent, until)),
    }
}

pub(super) fn has_bar(ticket: &Ticket, agent: usize, at: Moment) -> bool {
    ticket.bars.iter().any(|(barred, until)| *barred == agent && *until > at)
}

/// The core keeps whole milliseconds of a bar's end, rounded up.
pub(super) fn whole_millis(until: Moment) -> Moment {
    Moment::from_millis(until.as_micros().div_euclid(1_000) + i64::from(until.as_micros() % 1_000 != 0))
}

/// Seconds from then till now.
pub(super) fn seconds(at: Moment, since: Moment) -> f64 {
    at.since(since).as_secs_f64()
}

/// A wait longer than that many times the target is overdue.
pub(super) fn is_overdue(waited: Duration, target: Duration, factor: f64) -> bool {
    waited.as_secs_f64() > factor * target.as_secs_f64() + 0.001
}

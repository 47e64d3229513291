//! What is fair in the line: first come, first served; the longest idle first; and who declined is not asked at once.
//! Knows the rules of `routing.md` as sentences; the picture that they are held against is `line`'s.

use model::{Moment, OfferedWhy};
use plan::ClassNo;
use routing::{Claim, Closed};

use crate::watch::Check;
use crate::watch::line::{Line, Seat, Ticket};

/// As in the core: bars that a ticket remembers.
const BARS_MAX: usize = 8;

impl Line {
    /// First come, first served: in the class always, over an agent's classes when the agent chose.
    pub(super) fn nobody_is_passed_over(&self, claim: &Claim, class: ClassNo, since: Moment, at: Moment) -> Check {
        let agent = claim.agent.at();
        let all = &self.plan.agents[agent].skills;
        let classes = all.iter().filter(|(own, _)| *own == class || claim.why == OfferedWhy::BestWaitingCall);
        for (own, _) in classes {
            let older = self.lanes[own.at()].iter().take_while(|(standing, _)| *standing < since);
            for (_, id) in older {
                if !self.tickets.get(id).is_some_and(|ticket| has_bar(ticket, agent, at)) {
                    return Err(format!(
                        "{} was given {:?}, and {id:?}, who has waited longer, was passed over",
                        self.name(agent),
                        claim.call
                    ));
                }
            }
        }
        Ok(())
    }

    /// A call takes who has been idle longest.
    pub(super) fn nobody_idles_longer(&self, claim: &Claim, class: ClassNo, idle_since: Moment, at: Moment) -> Check {
        if claim.why != OfferedWhy::BestFreeAgent {
            return Ok(());
        }
        let Some(ticket) = self.tickets.get(&claim.ticket) else { return Ok(()) };
        for other in &self.fitting[class.at()] {
            if let Seat::Idle(since) = self.seats[*other]
                && since < idle_since
                && !has_bar(ticket, *other, at)
            {
                let (taken, longer) = (self.name(claim.agent.at()), self.name(*other));
                return Err(format!("{:?} was given to {taken}, though {longer} is idle longer", claim.call));
            }
        }
        Ok(())
    }

    pub(super) fn is_barred(&self, ticket: &Ticket, agent: usize, at: Moment) -> bool {
        let on_duty = |agent: usize| !matches!(self.seats[agent], Seat::Closed(Closed::Off | Closed::Paused));
        let others = || self.fitting[ticket.new.class.at()].iter().any(|a| on_duty(*a) && !has_bar(ticket, *a, at));
        has_bar(ticket, agent, at) && (at < ticket.firm_until || others())
    }
}

/// The same agent's place, else a free one, else that of the bar that ends first.
pub(crate) fn add_bar(bars: &mut Vec<(usize, Moment)>, agent: usize, until: Moment) {
    let same = bars.iter().position(|(barred, _)| *barred == agent);
    let first = || (0..bars.len()).min_by_key(|bar| bars[*bar].1).filter(|_| bars.len() == BARS_MAX);
    match same.or_else(first) {
        Some(place) => bars[place] = (agent, until),
        None => bars.push((agent, until)),
    }
}

fn has_bar(ticket: &Ticket, agent: usize, at: Moment) -> bool {
    ticket.bars.iter().any(|(barred, until)| *barred == agent && *until > at)
}

/// The core keeps whole milliseconds of a bar's end, rounded up.
pub(crate) fn whole_millis(until: Moment) -> Moment {
    Moment::from_millis(until.as_micros().div_euclid(1_000) + i64::from(until.as_micros() % 1_000 != 0))
}

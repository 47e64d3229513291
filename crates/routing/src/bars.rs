//! Who is barred from a ticket after a failed offer, and when it is worth looking again.
//! Reads tickets and seats; changes nothing.

use model::Moment;

use crate::choice::Found;
use crate::lane_no::LaneOf;
use crate::matching::Look;
use crate::ticket::Stint;
use plan::Policy;

impl Look<'_> {
    /// Whether an offer of this ticket to this agent failed lately, and somebody else could take it.
    pub(crate) fn is_barred(&self, found: &Found, agent: usize) -> bool {
        let (tickets, slot) = (&self.core.tickets, found.stint.slot());
        tickets.bars(slot, self.at).any(|(barred, _)| barred == agent)
            && (self.at < tickets.firm_until(slot) || self.somebody_else_fits(found))
    }

    /// Whether someone on duty fits the class and isn't barred from the ticket.
    fn somebody_else_fits(&self, found: &Found) -> bool {
        if let LaneOf::Agent(_) = self.core.map.what(found.lane) {
            return false;
        }
        let slot = found.stint.slot();
        let is_barred = |agent: usize| self.core.tickets.bars(slot, self.at).any(|(barred, _)| barred == agent);
        let asked = self.asked(found);
        let fits = |agent: usize| {
            self.tables.class(found.class).plain
                || self
                    .tables
                    .skill(agent, found.class)
                    .is_some_and(|skill| self.tables.allows(agent, skill.level, &asked))
        };
        let could = |agent: usize| self.core.seats.word(agent).is_on_duty() && !is_barred(agent) && fits(agent);
        self.tables.fitting(found.class).is_some_and(|fitting| fitting.fits.iter().any(|fit| could(fit.agent as usize)))
    }

    /// Whether any bar of the ticket still counts.
    pub(crate) fn has_bars(&self, stint: Stint) -> bool {
        self.core.tickets.bars(stint.slot(), self.at).next().is_some()
    }

    /// The next moment at which time alone may find an agent for the ticket: a bar or a reserve ends, a step widens, an
    /// agent's own lane is left. Whether or not anyone is idle now: someone may be by then.
    pub(crate) fn look_again_at(&self, found: &Found) -> Option<Moment> {
        let since = Moment::from_micros(found.since);
        let step = self.tables.next_step(found.queue, self.at.since(since)).map(|after| since + after);
        let reserve = Some(since + self.tables.routing.reserve_max).filter(|until| {
            *until > self.at
                && self.tables.routing.policy == Policy::Ours
                && !self.tables.routing.reserve_max.is_zero()
                && self.somebody_idles(found.class)
        });
        let preferred = Some(self.core.tickets.preferred_until(found.stint.slot()))
            .filter(|until| *until > self.at && matches!(self.core.map.what(found.lane), LaneOf::Agent(_)));
        self.bar_ends_at(found.stint.slot()).into_iter().chain(step).chain(reserve).chain(preferred).min()
    }

    /// When the first bar ends. While bars are firm, when that ends: whoever else fits may go off duty until then, and
    /// nobody would look for the barred.
    fn bar_ends_at(&self, slot: usize) -> Option<Moment> {
        let firm_until = self.core.tickets.firm_until(slot);
        let first_end = self.core.tickets.bars(slot, self.at).map(|(_, until)| until).min()?;
        Some(if self.at < firm_until { first_end.min(firm_until) } else { first_end })
    }
}

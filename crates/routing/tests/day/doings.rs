//! What citizens, agents and coordinators do on a drawn day: each event as the requests that follow from it.
//! Says everything to both matchers through `Day::asks`.

use std::time::Duration;

use model::{CallId, Moment};
use routing::{Claim, NewTicket, Precedence, Request, Tables, TicketId};

use super::events::How;
use super::scene::{Scene, origin};
use super::{Agreed, Day, FOLLOWED_MAX, ORDER_SLACK, Reminder};
use crate::floor::call;

impl Day {
    pub(super) fn joins(&mut self, line: usize, from: usize, credit_s: u64, how: How) -> Agreed {
        self.calls += 1;
        let lines = self.scene.lines();
        let (class, queue) = lines[line % lines.len()];
        let precedence = match how {
            How::InLine => Precedence::Normal,
            How::Granted => Precedence::Granted,
            How::Front => Precedence::Front,
            How::Later => Precedence::Later,
            How::For { agent, seconds } => Precedence::Preferred {
                agent: self.scene.agent_no(agent),
                until: self.at + Duration::from_secs(seconds),
            },
            How::Same { agent, seconds } => Precedence::SameAgent {
                agent: self.scene.agent_no(agent),
                until: self.at + Duration::from_secs(seconds),
            },
        };
        let since = self.clear_of_others(self.at - Duration::from_secs(credit_s));
        let (call, municipality) = (call(self.calls), origin(from));
        self.asks_the_same(Request::Join(NewTicket { call, class, queue, municipality, since, precedence }))
    }

    /// A moment that no other call is a little younger than.
    pub(super) fn clear_of_others(&mut self, mut since: Moment) -> Moment {
        while self.sinces.range(since + Duration::from_micros(1)..=since + ORDER_SLACK).next().is_some() {
            since = since - ORDER_SLACK - Duration::from_millis(1);
        }
        self.sinces.insert(since);
        since
    }

    pub(super) fn leaves(&mut self, call: CallId) -> Agreed {
        let Some([ticket, slow]) = self.tickets.remove(&call) else { return Ok(()) };
        self.asks([Request::Leave { ticket }, Request::Leave { ticket: slow }])
    }

    pub(super) fn offer_fails(&mut self, which: usize, released_first: bool, barred_s: u64) -> Agreed {
        let Some(claim) = taken_from(&mut self.offers, which) else { return Ok(()) };
        let barred_until = self.at + Duration::from_secs(barred_s);
        if released_first {
            self.release(claim)?;
        }
        let slow = self.as_slow(claim);
        self.asks([Request::Return { claim, barred_until }, Request::Return { claim: slow, barred_until }])?;
        if released_first { Ok(()) } else { self.release(claim) }
    }

    pub(super) fn commits(&mut self, claim: Claim) -> Agreed {
        self.asks([Request::Commit { claim }, Request::Commit { claim: self.as_slow(claim) }])?;
        self.tickets.remove(&claim.call);
        Ok(())
    }

    pub(super) fn release(&mut self, claim: Claim) -> Agreed {
        let release = Request::SeatRelease { agent: claim.agent, generation: claim.generation };
        // The release before this one comes once more, far too late: it must change nothing.
        let late = self.late_release.replace(release);
        late.map_or(Ok(()), |late| self.asks_the_same(late))?;
        self.asks_the_same(release)
    }

    /// The same claim, with the slow matcher's ticket.
    pub(super) fn as_slow(&self, claim: Claim) -> Claim {
        // One who left while offered is known to neither.
        let ticket = self.tickets.get(&claim.call).map_or(TicketId(u64::MAX), |[_, slow]| *slow);
        Claim { ticket, ..claim }
    }

    pub(super) fn looks(&mut self, call: CallId) -> Agreed {
        let Some(&[ticket, slow]) = self.tickets.get(&call) else { return Ok(()) };
        self.asks([Request::LookForAgent { ticket }, Request::LookForAgent { ticket: slow }])
    }

    pub(super) fn swaps(&mut self, change: impl FnOnce(&mut Scene)) -> Agreed {
        change(&mut self.scene);
        let (plan, outlook) = (self.scene.plan(), self.scene.outlook());
        self.core.swap(Tables::new(&plan, &outlook)).expect("as big as before");
        self.slow.swap(&plan, &outlook);
        self.watch.swaps(plan);
        self.tell("another plan");
        let (mut ours, mut slows) = (Vec::new(), Vec::new());
        self.core.settle(self.at, &mut |reply| ours.push(reply));
        self.slow.settle(self.at, &mut |reply| slows.push(reply));
        self.agree(&ours, &slows)
    }

    /// Time passes, and what the core asked to be reminded of is done in time.
    pub(super) fn passes(&mut self, span: Duration) -> Agreed {
        let until = self.at + span;
        for _ in 0..FOLLOWED_MAX[usize::from(self.scene.is_known)] {
            let Some(&(at, what)) = self.reminders.first().filter(|(at, _)| *at <= until) else { break };
            self.reminders.pop_first();
            self.at = self.at.max(at);
            match what {
                Reminder::Look(call) => self.looks(call)?,
                Reminder::Tick => self.asks_the_same(Request::Tick)?,
            }
        }
        self.at = until;
        Ok(())
    }
}

pub(super) fn taken_from(claims: &mut Vec<Claim>, which: usize) -> Option<Claim> {
    let index = which.checked_rem(claims.len())?;
    Some(claims.remove(index))
}

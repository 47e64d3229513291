//! A citizen's place: joining, coming back from a failed offer, leaving.
//! Knows lanes and queues; who gets the call is `call_side`'s.

use model::Moment;

use super::guard::Guard;
use super::{Break, Lane, Reference, Ticket};
use crate::{Charge, Claim, LaneKind, NewTicket, Precedence, Reply, TicketId};

impl Reference {
    pub(super) fn join(&mut self, mut new: NewTicket) {
        // One who comes back, or is for one agent alone, is not turned away by a full queue.
        let anyway = matches!(new.precedence, Precedence::Front | Precedence::Preferred { .. });
        let Some((queue, overflow)) = self.where_to(&new, anyway) else {
            return self.said.push(Reply::Full { call: new.call });
        };
        // Whoever is to have the same agent waits for that one alone, unless they aren't there.
        if let Precedence::SameAgent { agent, until } = new.precedence {
            let is_there = until > self.at && agent.at() < self.seats.len() && self.is_on_duty(agent);
            new.precedence = if is_there { Precedence::Preferred { agent, until } } else { Precedence::Normal };
        }
        self.numbers += 1;
        let (id, lane) = (TicketId(self.numbers), self.lane_of(&new));
        let ticket = Ticket { id, new: NewTicket { queue, ..new }, lane, bars: Vec::new(), firm_until: Moment::EPOCH };
        self.stand(ticket, |standing, since| standing > since);
        self.said.push(Reply::Queued { call: new.call, ticket: id, queue, overflow });
        if !self.breaks(Break::CallDoesNotLook) {
            self.lane_looks(lane, Some(id));
        }
        self.want_ticks(lane, queue);
    }

    /// Where a call that comes stands, and what the surge guard counts.
    fn lane_of(&mut self, new: &NewTicket) -> Lane {
        let (class, bucket) = (new.class, Guard::bucket_of(&self.plan, new.municipality));
        self.guard.arrives(&self.plan, class, bucket, self.at);
        let is_in_line = new.precedence == Precedence::Normal;
        if is_in_line && self.guard.is_the_topics_flood(&self.plan, class, bucket, self.at) {
            return Lane::Of(class, LaneKind::Normal);
        }
        let diverted = Lane::Diverted(class, bucket);
        let may_be_diverted = is_in_line && self.guard.may_divert(class, bucket);
        if may_be_diverted && self.waiting.iter().any(|ticket| ticket.lane == diverted) {
            return diverted;
        }
        let is_admitted = self.guard.admits(bucket, self.at);
        match new.precedence {
            Precedence::Normal if may_be_diverted && !is_admitted => diverted,
            Precedence::Normal => Lane::Of(class, LaneKind::Normal),
            Precedence::Granted if self.breaks(Break::GrantIgnored) => Lane::Of(class, LaneKind::Later),
            Precedence::Granted => Lane::Of(class, LaneKind::Granted),
            Precedence::Front => Lane::Of(class, LaneKind::Front),
            Precedence::Later => Lane::Of(class, LaneKind::Later),
            Precedence::Preferred { agent, until } if until > self.at && agent.at() < self.seats.len() => {
                Lane::Own(agent)
            }
            Precedence::Preferred { .. } | Precedence::SameAgent { .. } => Lane::Of(class, LaneKind::Normal),
        }
    }

    /// Puts a ticket into its lane, in front of the first that stands behind it.
    pub(super) fn stand(&mut self, ticket: Ticket, is_behind: impl Fn(Moment, Moment) -> bool) {
        let (lane, since) = (ticket.lane, ticket.new.since);
        let mut place = self.waiting.iter().position(|other| other.lane == lane && is_behind(other.new.since, since));
        if self.breaks(Break::LastComeFirstServed) {
            place = Some(0);
        }
        self.waiting.insert(place.unwrap_or(self.waiting.len()), ticket);
    }

    pub(super) fn look_again(&mut self, id: TicketId) {
        let Some(index) = self.waiting.iter().position(|ticket| ticket.id == id) else { return };
        if self.has_preference_ended(&self.waiting[index]) {
            return self.end_preference(index);
        }
        self.lane_looks(self.waiting[index].lane, Some(id));
    }

    /// The preferred agent's time is over: the ticket stands among the others of its class, from when it came.
    fn end_preference(&mut self, index: usize) {
        let mut ticket = self.waiting.remove(index);
        let (id, lane, queue) = (ticket.id, Lane::Of(ticket.new.class, LaneKind::Normal), ticket.new.queue);
        ticket.lane = lane;
        self.stand(ticket, |standing, since| standing >= since);
        self.lane_looks(lane, Some(id));
        self.want_ticks(lane, queue);
    }

    fn has_preference_ended(&self, ticket: &Ticket) -> bool {
        let is_own = matches!(ticket.lane, Lane::Own(_));
        is_own && self.preferred_until(ticket).is_none() && !self.breaks(Break::PreferredForEver)
    }

    /// Until when a ticket stands in its agent's own lane, if it does.
    pub(super) fn preferred_until(&self, ticket: &Ticket) -> Option<Moment> {
        match (ticket.lane, ticket.new.precedence) {
            (Lane::Own(_), Precedence::Preferred { until, .. }) => Some(until).filter(|until| *until > self.at),
            (Lane::Own(_) | Lane::Of(..) | Lane::Diverted(..), _) => None,
        }
    }

    /// A claim came to nothing.
    pub(super) fn come_back(&mut self, claim: &Claim, barred_until: Moment) {
        let Some(index) = self.taken.iter().position(|ticket| ticket.id == claim.ticket) else { return };
        let mut ticket = self.taken.remove(index);
        let bucket = Guard::bucket_of(&self.plan, ticket.new.municipality);
        let charge = if self.breaks(Break::TokenNotGivenBack) { Charge::Nothing } else { claim.charge };
        self.guard.give_back(&self.plan, charge, ticket.new.class, bucket, self.at);
        self.bar(&mut ticket, claim.agent, barred_until);
        if self.has_preference_ended(&ticket) {
            ticket.lane = Lane::Of(ticket.new.class, LaneKind::Normal);
        }
        let (id, lane, at_the_end) = (ticket.id, ticket.lane, self.breaks(Break::BackOfTheLine));
        let queue = ticket.new.queue;
        self.stand(ticket, |standing, since| !at_the_end && standing >= since);
        self.lane_looks(lane, Some(id));
        self.want_ticks(lane, queue);
    }

    pub(super) fn leave(&mut self, id: TicketId) {
        let Some(ticket) = self.waiting.iter().chain(&self.taken).find(|ticket| ticket.id == id) else { return };
        let call = ticket.new.call;
        let was_waiting = self.waiting.iter().any(|ticket| ticket.id == id);
        self.waiting.retain(|ticket| ticket.id != id);
        self.taken.retain(|ticket| ticket.id != id);
        self.said.push(Reply::Left { call, was_waiting });
    }
}

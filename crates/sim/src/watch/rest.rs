//! What must be true of the line when nothing is on its way: nobody has fallen out of it, nobody waits beside an idle agent
//! who fits, every claim has an end, and the core's own figures are ours. Knows `line`'s picture; changes nothing in it.

use std::time::Duration;

use model::Moment;
use routing::Figures;

use crate::watch::Check;
use crate::watch::duty::has_bar;
use crate::watch::line::{Line, Seat};

/// A call that no phone could take rests so long at most before it stands in line again.
const REST_MAX: Duration = Duration::from_secs(17);

impl Line {
    /// At rest nobody falls out of the line, and nobody waits while somebody who fits is idle.
    pub(crate) fn at_rest(&mut self, at: Moment) -> Check {
        for (id, (agent, generation)) in &self.taken {
            if matches!(self.seats[*agent], Seat::Claimed(held, _) if held == *generation) {
                self.resting.remove(id);
            } else if at.since(*self.resting.entry(*id).or_insert(at)) > REST_MAX {
                return Err(format!("{id:?} neither waits nor is offered to anybody, and has not left"));
            }
        }
        self.resting.retain(|id, _| self.taken.contains_key(id));
        self.nobody_waits_for_one_too_long(at)?;
        if self.idle == 0 {
            return Ok(());
        }
        for (class, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| !lane.is_empty()) {
            for agent in self.fitting[class].iter().filter(|agent| matches!(self.seats[**agent], Seat::Idle(_))) {
                for ticket in lane.iter().filter_map(|(_, id)| self.tickets.get(id)) {
                    if !self.may_wait_beside(*agent, ticket, at) {
                        return Err(format!("{:?} waits while {} is idle", ticket.new.call, self.name(*agent)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Who is for one agent alone is theirs as soon as they are idle, and no longer than was said.
    fn nobody_waits_for_one_too_long(&self, at: Moment) -> Check {
        for ticket in self.tickets.values().filter(|ticket| ticket.waits) {
            let Some((agent, until)) = ticket.only_for else { continue };
            let is_idle = matches!(self.seats[agent.at()], Seat::Idle(_)) && !has_bar(ticket, agent.at(), at);
            if at > until || is_idle && !self.plan.agents[agent.at()].standby {
                return Err(format!("{:?} waits for {} alone", ticket.new.call, self.name(agent.at())));
            }
        }
        Ok(())
    }

    /// Every claim has an end.
    pub(crate) fn time(&self, at: Moment) -> Check {
        match self.deadlines.first() {
            Some((deadline, agent)) if *deadline < at => {
                Err(format!("{} is claimed since longer than a phone may ring", self.name(*agent)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The core's own figures are ours.
    pub(crate) fn agrees_with(&self, figures: &Figures) -> Check {
        let count = |wanted: fn(&Seat) -> bool| self.seats.iter().filter(|seat| wanted(seat)).count();
        let ours = [
            self.tickets.values().filter(|ticket| ticket.waits).count(),
            self.tickets.len(),
            count(|seat| matches!(seat, Seat::Claimed(..))),
            count(|seat| matches!(seat, Seat::Busy(_))),
        ];
        let theirs = [figures.waiting, figures.tickets, figures.claimed, figures.busy];
        // Who is on standby may be ready without being idle.
        let ready = count(|seat| matches!(seat, Seat::Idle(_)));
        let is_idle = figures.idle <= ready && ready - figures.idle <= self.ready_on_standby();
        if ours == theirs && is_idle {
            return Ok(());
        }
        let idle = figures.idle;
        Err(format!(
            "waiting, tickets, claimed, busy should be {ours:?}, {ready} are ready; the core: {theirs:?}, {idle}"
        ))
    }
}

//! A call's look: which tickets of its lane are tried, in which order, and when it ends.
//!
//! Serves the lane from the front, whoever asked: a claim takes the first that its agent may be offered, never "my" call.
//! `cost` knows which agent is best, `matching` brings the two together.

use model::MunicipalityId;
use plan::QueueNo;
use smallvec::SmallVec;

use crate::api::Reply;
use crate::choice::{Choice, Found};
use crate::lane_no::LaneNo;
use crate::matching::Look;
use crate::seat::{SeatWord, Who};
use crate::sync::{SeqCst, fence};
use crate::ticket::Stint;

/// Tickets in front of a lane that one call's look tries to serve; at the bound only the asking one is tried besides.
const TICKETS_TRIED_MAX: usize = 64;
/// Races that one call's look may lose; at the bound it ends, and the agents' own looks remain.
const RACES_LOST_MAX: usize = 64;
/// Matches of others that one look calls off because no agent is left but those who are being sought: if a thread has
/// stopped in the middle of a match, its agent and its ticket go on without it.
const CALLED_OFF_MAX: usize = 2;

/// What one round of a call's look came to.
enum Round {
    /// A ticket and an agent who would be best for it.
    Pair(Found, Choice, SeatWord),
    /// No agent is left but one who is being sought.
    OnlySought(usize, SeatWord),
    /// Nobody.
    Nobody,
}

/// What a round has tried so far.
#[derive(Default)]
struct Tried {
    /// The asking ticket, until it was tried.
    wanted: Option<Stint>,
    /// Municipalities and queues of which one found nobody.
    without: SmallVec<[(Option<MunicipalityId>, QueueNo); 8]>,
    /// An agent who is being sought for another call.
    sought: Option<(usize, SeatWord)>,
}

impl Tried {
    fn ended(self) -> Round {
        self.sought.map_or(Round::Nobody, |(agent, seat)| Round::OnlySought(agent, seat))
    }
}

impl Look<'_> {
    /// The call's side: serves the lane's first tickets with idle agents until `wanted` is served (or, without one,
    /// until nobody waits), or nobody fits. Tells `NoMatch` for `wanted` if it still waits.
    pub(crate) fn for_agent(&mut self, lane: LaneNo, wanted: Option<Stint>) {
        // Pairs with the fence in `for_call`: the ticket was linked before, and seats are read after.
        fence(SeqCst);
        let (mut lost, mut called_off) = (0, 0);
        while self.somebody_waits(lane, wanted) && lost < RACES_LOST_MAX {
            match self.round(lane, wanted) {
                Round::Pair(found, choice, seat) => lost += usize::from(!self.pair(&found, &choice, seat)),
                Round::OnlySought(agent, seat) if called_off < CALLED_OFF_MAX => {
                    called_off += 1;
                    self.reopen(agent, seat, Who::Matcher);
                    self.for_call(agent, false);
                }
                Round::OnlySought(..) | Round::Nobody => break,
            }
        }
        if let Some(stint) = wanted {
            self.tell_no_match(lane, stint);
        }
    }

    /// The first ticket of the lane that an idle agent may be offered, with the best such agent.
    fn round(&self, lane: LaneNo, wanted: Option<Stint>) -> Round {
        let tickets = &self.core.tickets;
        let mut tried = Tried { wanted, ..Tried::default() };
        let mut walk = self.core.lanes.walk(lane.at(), |stint| tickets.waiting(stint).is_some());
        let (mut count, mut restarts) = (0, 0);
        while let Some(standing) = walk.next() {
            if walk.restarts() != restarts {
                restarts = walk.restarts();
                tried = Tried { wanted, ..Tried::default() };
            }
            count += 1;
            if count > TICKETS_TRIED_MAX {
                break;
            }
            let Some(found) = self.found(lane, standing.stint, standing.since) else { continue };
            match self.attempt(&found, &mut tried) {
                Some(Round::Nobody) => return tried.ended(),
                Some(round) => return round,
                None => {}
            }
        }
        let since = |stint: Stint| tickets.since(stint.slot()).as_micros();
        let last = tried.wanted.and_then(|stint| self.found(lane, stint, since(stint)));
        match last.and_then(|found| self.attempt(&found, &mut tried)) {
            Some(Round::Nobody) | None => tried.ended(),
            Some(round) => round,
        }
    }

    /// Tries one ticket. Nobody: none behind it would do better. None: one behind it might.
    fn attempt(&self, found: &Found, tried: &mut Tried) -> Option<Round> {
        if tried.wanted == Some(found.stint) {
            tried.wanted = None;
        }
        if self.level_of(found.lane) >= 1 && self.idle_is_at_most_kept(0, 0) {
            return Some(Round::Nobody);
        }
        // Nobody stands behind another of the same municipality and queue and gets an agent whom that one may not have.
        if tried.without.contains(&(found.municipality, found.queue)) {
            return None;
        }
        let search = self.best_agent(found);
        if let Some((choice, seat)) = search.best {
            return Some(Round::Pair(*found, choice, seat));
        }
        tried.sought = tried.sought.or(search.sought);
        let has_bars = found.word.has_come_back() && self.has_bars(found.stint);
        if self.tables.class(found.class).plain && !has_bars {
            return Some(Round::Nobody);
        }
        if !search.somebody_barred {
            tried.without.push((found.municipality, found.queue));
        }
        None
    }

    fn somebody_waits(&self, lane: LaneNo, wanted: Option<Stint>) -> bool {
        match wanted {
            Some(stint) => self.core.tickets.waiting(stint).is_some(),
            None => self.core.fronts.waiting(lane) > 0,
        }
    }

    fn tell_no_match(&mut self, lane: LaneNo, stint: Stint) {
        let tickets = &self.core.tickets;
        let (call, since) = (tickets.call(stint.slot()), tickets.since(stint.slot()));
        let Some(found) = self.found(lane, stint, since.as_micros()) else { return };
        let look_again_at = self.look_again_at(&found);
        // Still waiting: then what was just read is right.
        if tickets.waiting(stint).is_some() {
            (self.tell)(Reply::NoMatch { ticket: stint.id(), call, look_again_at });
        }
    }
}

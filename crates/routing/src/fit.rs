//! Which tickets an agent may be offered now: skill, membership, the queue's step, and bars after failed offers.
//! Walks lanes and reads tickets; ranks nothing and changes nothing.

use crate::choice::Found;
use crate::explain::Excluded;
use crate::lane_no::{LaneNo, LaneOf};
use crate::matching::Look;
use crate::ticket::Stint;

/// Tickets that an agent looks past in one lane because they are not for this agent (bars, steps, membership); at the
/// bound the lane is left to the next look, which comes at the latest when one of those ends.
const LOOK_PAST_MAX: usize = 4_096;

impl Look<'_> {
    /// The first ticket in the lane that the agent may be offered.
    pub(crate) fn first_for(
        &self,
        lane: LaneNo,
        agent: usize,
        level: Option<u8>,
        excluded: &mut Excluded,
    ) -> Option<Found> {
        let tickets = &self.core.tickets;
        let mut walk = self.core.lanes.walk(lane.at(), |stint| tickets.waiting(stint).is_some());
        let (mut looked, mut restarts) = (0, 0);
        while let Some(standing) = walk.next() {
            if walk.restarts() != restarts {
                (looked, restarts) = (0, walk.restarts());
            }
            looked += 1;
            if looked > LOOK_PAST_MAX {
                return None;
            }
            let Some(found) = self.found(lane, standing.stint, standing.since) else { continue };
            if self.may_be_offered(agent, level, &found, excluded) {
                return Some(found);
            }
        }
        None
    }

    /// What stands there, if it still waits.
    pub(crate) fn found(&self, lane: LaneNo, stint: Stint, since: i64) -> Option<Found> {
        let tickets = &self.core.tickets;
        // The word first, all else after: a match made with this word proves the rest right.
        let word = tickets.waiting(stint)?;
        let (class, queue, municipality) = tickets.asked(stint.slot());
        Some(Found { stint, word, class, queue, municipality, since, lane })
    }

    /// Whether the agent, with this level of skill in the class, may be offered the ticket now. None: without the skill.
    pub(crate) fn may_be_offered(&self, agent: usize, level: Option<u8>, found: &Found, out: &mut Excluded) -> bool {
        let plain = self.tables.class(found.class).plain;
        let fits = level.is_some_and(|level| plain || self.tables.allows(agent, level, &self.asked(found)));
        if !fits && !matches!(self.core.map.what(found.lane), LaneOf::Agent(_)) {
            out.step = out.step.saturating_add(1);
            return false;
        }
        // Most tickets have never come back, and so have no bars to be read.
        if found.word.has_come_back() && self.is_barred(found, agent) {
            out.barred = out.barred.saturating_add(1);
            return false;
        }
        true
    }
}

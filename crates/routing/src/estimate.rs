//! How long a waiting call will wait, and how many stand before it.
//!
//! Counts the calls that compete with it (all of its class before it, and those of other classes by the agents that both
//! share), and the agents on duty; the rule itself stands in `forecast::expected_wait`.

use std::time::Duration;

use plan::ClassNo;

use crate::api::{Reply, TicketId};
use crate::choice::Found;
use crate::lane_no::{LaneMap, LaneNo};
use crate::matching::Look;
use crate::ticket::{Stint, TicketState};

/// Tickets that are counted before one.
const AHEAD_MAX: u32 = 1_000;
/// Agents of a class whose other classes are read; of more, the first so many stand for all.
const CAPABLE_READ_MAX: usize = 1_024;

impl Look<'_> {
    /// Tells what a waiting ticket's call may be told.
    pub(crate) fn estimate(&mut self, ticket: TicketId) {
        let tickets = &self.core.tickets;
        let Some((slot, word)) = tickets.find(ticket) else { return };
        if word.state() != TicketState::Waiting {
            return;
        }
        let (stint, lane) = (Stint::new(slot, word), tickets.lane(slot));
        let (call, since) = (tickets.call(slot), tickets.since(slot));
        let Some(found) = self.found(lane, stint, since.as_micros()) else { return };
        let ahead = self.ahead(&found);
        let wait = self.expected_wait(&found, ahead);
        if tickets.waiting(stint).is_some() {
            (self.tell)(Reply::Estimated { call, wait, ahead });
        }
    }

    /// How many stand before it in its lane.
    fn ahead(&self, found: &Found) -> u32 {
        let tickets = &self.core.tickets;
        let last = self.core.fronts.waiting(found.lane).saturating_sub(1);
        if last >= AHEAD_MAX {
            // A long line: the newcomer is its last. Later estimates count no further than this.
            return AHEAD_MAX;
        }
        let mut walk = self.core.lanes.walk(found.lane.at(), |stint| tickets.waiting(stint).is_some());
        let mut ahead = 0;
        while let Some(standing) = walk.next() {
            if standing.stint == found.stint || ahead >= AHEAD_MAX {
                break;
            }
            ahead += 1;
        }
        ahead
    }

    fn expected_wait(&self, found: &Found, ahead: u32) -> Option<Duration> {
        let tables = self.tables;
        let (capable, competing) = self.competing(found);
        let in_lane = if ahead < AHEAD_MAX { ahead } else { self.core.fronts.waiting(found.lane).saturating_sub(1) };
        let service_s = tables.class(found.class).talk_s + tables.wrap_up_s;
        let all = f64::from(in_lane) + competing;
        let normal = forecast::expected_wait(all, f64::from(capable), service_s, tables.patience_s);
        let level = self.level_of(found.lane);
        let gap_s = self.core.pace.gap_s(found.lane).filter(|_| level >= 1);
        let surge = gap_s.and_then(|gap_s| forecast::lane_wait(f64::from(in_lane), gap_s, tables.patience_s));
        forecast::blended_wait(normal, surge, f64::from(in_lane))
    }

    /// N of the class, and how many calls of other classes and lanes compete for those agents: Σ q_d·|A_c∩A_d| ÷ |A_d|.
    fn competing(&self, found: &Found) -> (u32, f64) {
        let (tables, core) = (self.tables, self.core);
        let level = self.level_of(found.lane);
        let Some(fitting) = tables.fitting(found.class) else { return (0, 0.0) };
        let mut shared = vec![0_u32; tables.sizes().1];
        let (mut read, mut capable) = (0, 0);
        for agent in fitting.fits.iter().map(|fit| fit.agent as usize) {
            let (_, classes) = tables.counted(agent);
            let may_ever = tables.serves(agent, found.municipality) && classes.binary_search(&found.class).is_ok();
            if !may_ever || !core.seats.word(agent).is_on_duty() {
                continue;
            }
            capable += 1;
            if read < CAPABLE_READ_MAX {
                read += 1;
                for class in classes {
                    shared[class.at()] += 1;
                }
            }
        }
        let scale = if read == 0 { 0.0 } else { f64::from(capable) / read as f64 };
        let weight = |class: ClassNo| {
            let on_duty = f64::from(core.census.of(class).0.max(1));
            (f64::from(shared[class.at()]) * scale / on_duty).min(1.0)
        };
        let mut competing = 0.0;
        for class in (0..shared.len() as u32).map(ClassNo).filter(|class| shared[class.at()] > 0) {
            for lane in core.lanes_of(class).filter(|lane| *lane != found.lane) {
                let waiting = core.fronts.waiting(lane);
                if waiting > 0 && self.level_of(lane) <= level {
                    competing += f64::from(waiting) * weight(class);
                }
            }
        }
        (capable, competing)
    }
}

impl crate::Core {
    /// All lanes of a class that anyone has ever stood in.
    pub(crate) fn lanes_of(&self, class: ClassNo) -> impl Iterator<Item = LaneNo> {
        let special = move |special| self.map.special(class, special);
        std::iter::once(LaneMap::normal(class)).chain(self.specials_of(class).map(special))
    }
}

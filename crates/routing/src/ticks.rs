//! What time alone changes for many: surges and standby agents. Nobody polls: `TickWanted` asks for a tick when there is
//! something to look after, and each tick asks for the next one while there still is.

use std::time::Duration;

use model::Moment;
use plan::{ClassNo, QueueNo};

use crate::api::Reply;
use crate::lane_no::LaneNo;
use crate::matching::Look;
use crate::sync::{AcqRel, Acquire, Relaxed, Release};

/// Between two ticks while something surges.
const SURGE_TICK: Duration = Duration::from_millis(100);
/// Between two ticks while only standby agents, or new tables, are looked after.
const STANDBY_TICK: Duration = Duration::from_secs(1);

impl Look<'_> {
    /// After a ticket began to wait: what it makes necessary.
    pub(crate) fn want_ticks(&mut self, lane: LaneNo, queue: QueueNo) {
        if self.tables.guard.is_some() && self.core.guard.is_on() {
            self.want_tick(SURGE_TICK);
        } else if self.tables.standby_rule(queue).is_some() && self.core.fronts.waiting(lane) > 0 {
            self.want_tick(STANDBY_TICK);
        }
    }

    /// Asks for a tick, unless one is on its way that comes no later. One that never comes (its shard died) is asked for
    /// again once it is late.
    fn want_tick(&mut self, after: Duration) {
        let at = self.at + after;
        // Pairs with the store in `tick` and with itself in other threads: one of them asks.
        let asked = self.core.tick_due.fetch_update(AcqRel, Acquire, |due| {
            let due = Moment::from_micros(due as i64);
            let is_on_its_way = due <= at && due + SURGE_TICK + STANDBY_TICK >= self.at && due != Moment::EPOCH;
            (!is_on_its_way).then_some(at.as_micros().max(1) as u64)
        });
        if asked.is_ok() {
            (self.tell)(Reply::TickWanted { at });
        }
    }

    /// New tables: whoever can be matched is. A ticket that waits on was told by the old ones when to look again, so for
    /// as long as a reserve or a step may last, ticks look on its behalf.
    pub(crate) fn settle(&mut self) {
        self.switch_standby();
        self.look_everywhere();
        let until = self.at + self.tables.longest_hold();
        self.core.settling_until.store(until.as_micros() as u64, Relaxed); // read by ticks alone
        self.want_tick(STANDBY_TICK);
    }

    /// Looks after all that time has changed.
    pub(crate) fn tick(&mut self) {
        // Pairs with `want_tick`.
        self.core.tick_due.store(0, Release);
        let rates = self.tables.guard.as_ref().filter(|_| self.core.guard.is_on());
        if let Some(rates) = rates {
            self.core.guard.tick(rates, self.at);
        }
        let until = Moment::from_micros(self.core.settling_until.load(Relaxed) as i64);
        let settles = until != Moment::EPOCH;
        // Over after a look at or behind its end, however late the tick; unless newer tables settle by now.
        if settles && self.at >= until {
            let word = until.as_micros() as u64;
            let _ = self.core.settling_until.compare_exchange(word, 0, Relaxed, Relaxed); // read by ticks alone
        }
        if rates.is_some() || settles {
            // Tokens have come, or the surge is over: whoever was kept back may have an agent now.
            self.look_everywhere();
        }
        if rates.is_some() && self.core.guard.is_on() {
            self.want_tick(SURGE_TICK);
        }
        if self.look_after_standby() || (settles && self.at < until) {
            self.want_tick(STANDBY_TICK);
        }
    }

    fn look_everywhere(&mut self) {
        for class in (0..self.tables.sizes().1 as u32).map(ClassNo) {
            self.look_in_class(class, |_| true);
        }
    }
}

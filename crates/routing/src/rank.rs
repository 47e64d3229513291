//! How a waiting call ranks for an agent: by level, by urgency, and by the index `I = (w + 30)·(s/t)·(1.1 if home)·D(w)`.
//!
//! Levels come from the surge guard, or from the kind of lane. Only reckons; `contend` compares the lanes.

use std::cmp::Ordering;

use model::MunicipalityId;
use plan::{ClassNo, Policy};

use crate::explain::LaneKind;
use crate::lane_no::{LaneNo, LaneOf, Special};
use crate::matching::Look;

/// Where a ticket stands among those that one agent could take.
#[derive(Clone, Copy)]
pub(crate) struct Rank {
    /// I, or what another policy puts in its place.
    pub(crate) index: f64,
    pub(crate) since_ms: i64,
    pub(crate) level: i8,
    pub(crate) overdue: bool,
}

/// A lane with someone for the agent. Kept small: a look moves many of them.
#[derive(Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) rank: Rank,
    pub(crate) lane: LaneNo,
    pub(crate) class: ClassNo,
    pub(crate) kind: LaneKind,
    /// Which of the look's known tickets it is; `UNCHECKED`: what is known comes from the lane's front.
    pub(crate) found: u8,
}

/// A contender whose ticket nobody has gone to yet.
pub(crate) const UNCHECKED: u8 = u8::MAX;

impl Contender {
    pub(crate) fn comes_before(&self, other: &Self) -> bool {
        let (one, two) = (&self.rank, &other.rank);
        if (one.level, !one.overdue) != (two.level, !two.overdue) {
            return (one.level, !one.overdue) < (two.level, !two.overdue);
        }
        match two.index.total_cmp(&one.index) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => {
                let ties =
                    |contender: &Self| (contender.rank.since_ms, contender.class, contender.kind, contender.lane.0);
                ties(self) < ties(other)
            }
        }
    }
}

/// What an agent is good for in a class.
#[derive(Clone, Copy)]
pub(crate) struct Able {
    /// The employer's code; 0 is none.
    pub(crate) home: u16,
    /// Level of the skill; none: asked for by name, whatever the skill.
    pub(crate) level: Option<u8>,
    /// 1 ÷ the multiple of the class's mean talk.
    pub(crate) speed: f64,
}

impl Look<'_> {
    /// A ticket's rank for an agent.
    #[inline]
    pub(crate) fn rank(
        &self,
        able: &Able,
        level: i8,
        class: ClassNo,
        since_ms: i64,
        municipality: Option<MunicipalityId>,
    ) -> Rank {
        let routing = &self.tables.routing;
        match routing.policy {
            Policy::Ours => {}
            Policy::Fcfs => return Rank { level, overdue: false, index: 0.0, since_ms },
            Policy::LongestIdle => {
                let worse = f64::from(able.level.unwrap_or(9));
                return Rank { level, overdue: false, index: -worse, since_ms };
            }
        }
        let (waited_s, row) = (self.seconds_since(since_ms), self.tables.class(class));
        let (target_s, third_s) = (row.target_s, row.third_s);
        let is_home = municipality.is_some_and(|code| code.0 == able.home);
        let home = if is_home { routing.home_factor } else { self.tables.away_speed };
        let can_still_be_met = waited_s > third_s && waited_s <= target_s;
        let urgent = if can_still_be_met { routing.urgent_factor } else { 1.0 };
        Rank {
            level,
            overdue: waited_s > routing.overdue_factor * target_s,
            index: (waited_s + routing.wait_offset_s) * able.speed * home * urgent,
            since_ms,
        }
    }

    /// Seconds from then till now.
    pub(crate) fn seconds_since(&self, ms: i64) -> f64 {
        (self.at.as_millis() - ms).max(0) as f64 / 1_000.0
    }

    /// 1 ÷ the multiple of the class's mean talk.
    pub(crate) fn speed(&self, agent: usize, class: ClassNo) -> f64 {
        self.tables.skill(agent, class).map_or(1.0 / self.tables.unskilled, |skill| skill.speed)
    }

    /// Whether no more than K₀ are idle, `opened` added; with `come_on_duty` more on duty than are counted yet.
    pub(crate) fn idle_is_at_most_kept(&self, opened: u32, come_on_duty: u32) -> bool {
        let routing = &self.tables.routing;
        if routing.policy != Policy::Ours {
            return false;
        }
        let on_duty = self.core.census.on_duty() + come_on_duty;
        let kept = if on_duty < routing.kept_idle_per {
            0
        } else {
            on_duty.div_ceil(routing.kept_idle_per.max(1)).min(routing.kept_idle_max)
        };
        self.core.idle.count() + opened <= kept
    }

    /// The level of a lane now.
    pub(crate) fn level(&self, class: ClassNo, special: Option<Special>) -> i8 {
        match special {
            Some(Special::FRONT) => -1,
            Some(Special::GRANTED) => 0,
            Some(Special::LATER) => 2,
            Some(special) => self.guard_level(class, special.diversion()),
            None => self.guard_level(class, None),
        }
    }

    fn guard_level(&self, class: ClassNo, slot: Option<usize>) -> i8 {
        let guard = &self.core.guard;
        match (&self.tables.guard, slot) {
            (Some(rates), Some(slot)) => guard.diverted_level(rates, class, slot, self.at),
            (Some(rates), None) if guard.surging() > 0 => guard.topic_level(rates, class, self.at),
            (Some(_) | None, _) => 0,
        }
    }

    /// The level of any lane.
    pub(crate) fn level_of(&self, lane: LaneNo) -> i8 {
        match self.core.map.what(lane) {
            LaneOf::Special(class, special) => self.level(class, Some(special)),
            LaneOf::Class(class) => self.level(class, None),
            LaneOf::Agent(_) => 0,
        }
    }
}

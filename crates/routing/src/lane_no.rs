//! Which lane is which: the normal ones first, then each class's special ones, then the agents' own.
//!
//! Only numbers: a lane is made once, and empty until someone needs it.

use plan::{AgentNo, ClassNo};

use crate::explain::LaneKind;

/// Municipalities that can have diverted lanes at once. Should more of them surge, then their calls stay in the normal
/// lanes, where the topics' guard still holds: a flood from everywhere is no municipality's flood.
pub(crate) const DIVERSIONS_MAX: usize = if cfg!(loom) { 1 } else { 16 };
/// Granted, front, later, and one per diversion.
pub(crate) const SPECIALS: usize = 3 + DIVERSIONS_MAX;

/// A lane's number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LaneNo(pub(crate) u32);

/// A special lane of a class: 0 granted, 1 front, 2 later, 3 and more the diversions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Special(pub(crate) u32);

impl Special {
    pub(crate) const GRANTED: Self = Self(0);
    pub(crate) const FRONT: Self = Self(1);
    pub(crate) const LATER: Self = Self(2);

    pub(crate) const fn diverted(slot: usize) -> Self {
        Self(3 + slot as u32)
    }

    /// Which diversion, if it is one.
    pub(crate) const fn diversion(self) -> Option<usize> {
        (self.0 as usize).checked_sub(3)
    }

    pub(crate) const fn kind(self) -> LaneKind {
        match self.0 {
            0 => LaneKind::Granted,
            1 => LaneKind::Front,
            2 => LaneKind::Later,
            _ => LaneKind::Diverted,
        }
    }
}

/// What a lane is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LaneOf {
    /// The line of a class.
    Class(ClassNo),
    /// A class's special lane.
    Special(ClassNo, Special),
    /// One agent's own.
    Agent(AgentNo),
}

/// How many lanes of each sort there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneMap {
    classes: u32,
    seats: u32,
}

impl LaneMap {
    pub(crate) const fn new(classes: usize, seats: usize) -> Self {
        Self { classes: classes as u32, seats: seats as u32 }
    }

    /// All lanes.
    pub(crate) const fn count(self) -> usize {
        self.classes as usize * (1 + SPECIALS) + self.seats as usize
    }

    /// The line of a class.
    pub(crate) const fn normal(class: ClassNo) -> LaneNo {
        LaneNo(class.0)
    }

    pub(crate) const fn special(self, class: ClassNo, special: Special) -> LaneNo {
        LaneNo(self.classes + class.0 * SPECIALS as u32 + special.0)
    }

    pub(crate) const fn own(self, agent: usize) -> LaneNo {
        LaneNo(self.classes * (1 + SPECIALS as u32) + agent as u32)
    }

    pub(crate) const fn what(self, lane: LaneNo) -> LaneOf {
        let specials = self.classes * SPECIALS as u32;
        if lane.0 < self.classes {
            LaneOf::Class(ClassNo(lane.0))
        } else if lane.0 < self.classes + specials {
            let number = lane.0 - self.classes;
            LaneOf::Special(ClassNo(number / SPECIALS as u32), Special(number % SPECIALS as u32))
        } else {
            LaneOf::Agent(AgentNo(lane.0 - self.classes - specials))
        }
    }

    pub(crate) const fn kind(self, lane: LaneNo) -> LaneKind {
        match self.what(lane) {
            LaneOf::Class(_) => LaneKind::Normal,
            LaneOf::Special(_, special) => special.kind(),
            LaneOf::Agent(_) => LaneKind::Own,
        }
    }
}

impl LaneNo {
    pub(crate) const fn at(self) -> usize {
        self.0 as usize
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_one_number() {
        let map = LaneMap::new(3, 2);
        let mut seen = Vec::new();
        for class in (0..3).map(ClassNo) {
            seen.push((LaneMap::normal(class), LaneOf::Class(class)));
            for special in (0..SPECIALS as u32).map(Special) {
                seen.push((map.special(class, special), LaneOf::Special(class, special)));
            }
        }
        seen.extend((0..2).map(|agent| (map.own(agent), LaneOf::Agent(AgentNo(agent as u32)))));
        assert_eq!(seen.len(), map.count());
        for (lane, what) in &seen {
            assert!(lane.at() < map.count() && map.what(*lane) == *what, "{lane:?} is {what:?}");
        }
    }
}

//! Where a call goes that a line can't serve: closed, full, or waited long enough.
//!
//! Knows ways by index; what is said before a way is the line's, and what a way leads to is checked in `compile`.

use crate::{Choice, LineNo, MenuKind, Plan};

/// What comes for a citizen whom a line can't serve, after what it says then.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum WayOut {
    /// The call ends; where nothing was said, it is refused.
    #[default]
    GoodBye,
    /// On to another line, with its hours and queue. The municipality stays known, and the language that is spoken.
    Line(LineNo),
}

/// A line's ways out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ways {
    /// Outside its hours.
    pub closed: WayOut,
    /// Its queue is full, and those that it overflows to.
    pub full: WayOut,
    /// The longest wait is over.
    pub gave_up: WayOut,
}

impl WayOut {
    /// The line that it leads to.
    pub fn line(&self) -> Option<LineNo> {
        match self {
            Self::GoodBye => None,
            Self::Line(line) => Some(*line),
        }
    }

    fn renumber(&mut self, place: &impl Fn(LineNo) -> LineNo) {
        match self {
            Self::GoodBye => {}
            Self::Line(line) => *line = place(*line),
        }
    }
}

impl Choice {
    /// The line that it leads to.
    pub fn line(&self) -> Option<LineNo> {
        match self {
            Self::Way(way) => way.line(),
            Self::Municipality(_) | Self::Message(_) => None,
        }
    }

    fn way_mut(&mut self) -> Option<&mut WayOut> {
        match self {
            Self::Way(way) => Some(way),
            Self::Municipality(_) | Self::Message(_) => None,
        }
    }
}

impl Plan {
    /// Gives every reference to a line its new place, when the lines themselves have been put in another order.
    pub fn renumber_lines(&mut self, place: impl Fn(LineNo) -> LineNo) {
        for line in &mut self.lines {
            for way in [&mut line.ways.closed, &mut line.ways.full, &mut line.ways.gave_up] {
                way.renumber(&place);
            }
            for menu in MenuKind::ALL {
                let choices = line.menus.of_mut(menu).iter_mut().flat_map(|menu| menu.choices.values_mut());
                choices.filter_map(Choice::way_mut).for_each(|way| way.renumber(&place));
            }
        }
    }
}

//! Where a call goes that a line can't serve: closed, full, or waited long enough.
//!
//! Knows ways by index; what is said before a way is the line's, and what a way leads to is checked in `compile`.

use std::sync::Arc;

use crate::{Choice, Line, LineNo, MailboxNo, MenuKind, Menus, Plan};

/// What comes for a citizen whom a line can't serve, after what it says then.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum WayOut {
    /// The call ends; where nothing was said, it is refused.
    #[default]
    GoodBye,
    /// On to another line, with its hours and queue. The municipality stays known, and the language that is spoken.
    Line(LineNo),
    /// A message can be left for the municipality.
    Voicemail(MailboxNo),
    /// A time to be called in can be chosen, as the line's booking says.
    Callback,
    /// Somebody outside, by their entry of the directory. Where that is closed, or nobody answers, the call ends with words.
    Directory(Arc<str>),
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
            Self::GoodBye | Self::Voicemail(_) | Self::Directory(_) | Self::Callback => None,
            Self::Line(line) => Some(*line),
        }
    }

    /// The mailbox that it leads to.
    pub fn mailbox(&self) -> Option<MailboxNo> {
        match self {
            Self::GoodBye | Self::Line(_) | Self::Directory(_) | Self::Callback => None,
            Self::Voicemail(mailbox) => Some(*mailbox),
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

impl Line {
    /// Whether one of its ways leads outside.
    pub(crate) fn leads_outside(&self) -> bool {
        let is_outside = |way: &WayOut| matches!(way, WayOut::Directory(_));
        let menus = MenuKind::ALL.into_iter().filter_map(|kind| self.menus.of(kind));
        let by_key = |choice: &Choice| matches!(choice, Choice::Way(way) if is_outside(way));
        [&self.ways.closed, &self.ways.full, &self.ways.gave_up].into_iter().any(is_outside)
            || menus.flat_map(|menu| menu.choices.values()).any(by_key)
    }
}

impl Plan {
    /// Every way out of every line, those by keys included.
    pub fn ways_mut(&mut self) -> impl Iterator<Item = &mut WayOut> {
        self.lines.iter_mut().flat_map(|line| {
            let Line { ways, menus, .. } = line;
            let Menus { language, municipality, topic } = menus;
            let menus = [language, municipality, topic].into_iter().flatten();
            let keys = menus.flat_map(|menu| menu.choices.values_mut()).filter_map(Choice::way_mut);
            [&mut ways.closed, &mut ways.full, &mut ways.gave_up].into_iter().chain(keys)
        })
    }

    /// Gives every reference to a line its new place, when the lines themselves have been put in another order.
    pub fn renumber_lines(&mut self, place: impl Fn(LineNo) -> LineNo) {
        for way in self.ways_mut() {
            match way {
                WayOut::GoodBye | WayOut::Voicemail(_) | WayOut::Directory(_) | WayOut::Callback => {}
                WayOut::Line(line) => *line = place(*line),
            }
        }
    }

    /// The same for mailboxes.
    pub(crate) fn renumber_mailboxes(&mut self, place: impl Fn(MailboxNo) -> MailboxNo) {
        for way in self.ways_mut() {
            match way {
                WayOut::GoodBye | WayOut::Line(_) | WayOut::Directory(_) | WayOut::Callback => {}
                WayOut::Voicemail(mailbox) => *mailbox = place(*mailbox),
            }
        }
    }
}

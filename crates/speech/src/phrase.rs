//! What can be said: a closed list, in values. How it is worded is the Fluent file's matter.
//! Knows values and which of them a message may name; no language.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};

use crate::rounding::{Rounded, passed, promised};
use crate::spoken::Spoken;
use crate::tongue::Tongue;

/// Something to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phrase {
    /// A bare number, 0 to 999,999.
    Number(u32),
    /// A time of day: `klokken ti`.
    Time(Time),
    /// A date with its weekday.
    Date(Date),
    /// The citizen's place in the queue, from 1.
    Place(u32),
    /// How many stand before the citizen.
    Ahead(u32),
    /// The citizen will be through within so many minutes.
    Wait {
        /// Whole minutes from now, rounded up by whoever promises; 1 or more.
        minutes: u32,
        /// How it stands to what was said before.
        tone: WaitTone,
    },
    /// About how long a time was or is.
    About(Duration),
    /// When it opens again, in local time.
    Opens {
        /// When it opens.
        at: DateTime,
        /// When this is said.
        now: DateTime,
    },
    /// When a citizen may be called, in local time; both on one day.
    Slot {
        /// At the earliest.
        from: DateTime,
        /// At the latest.
        until: DateTime,
        /// When this is said.
        now: DateTime,
    },
}

/// How a wait stands to the one that was told before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitTone {
    /// The first word, or one that keeps to it.
    AsSaid,
    /// It is longer than was said.
    Longer,
    /// The time that was named is over; the citizen has waited this long.
    Late(Duration),
}

/// The messages of a wording file, by their names in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Message {
    Place,
    Ahead,
    WaitUnderAMinute,
    WaitMinutes,
    WaitOverHalfAnHour,
    WaitOverAnHour,
    WaitLonger,
    WaitLate,
    AboutUnderAMinute,
    AboutMinutes,
    AboutOverHalfAnHour,
    AboutOverAnHour,
    Opens,
    Slot,
}

/// What a message may put in: the name in the file is [`Slot::name`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Slot {
    Number,
    Amount,
    Duration,
    Day,
    Time,
    Until,
}

/// What stands in the slots of one message.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Which form the message takes (one, many).
    pub(crate) count: u32,
    pub(crate) slots: [Option<Spoken>; 6],
}

impl Message {
    pub(crate) const ALL: [Self; 14] = [
        Self::Place,
        Self::Ahead,
        Self::WaitUnderAMinute,
        Self::WaitMinutes,
        Self::WaitOverHalfAnHour,
        Self::WaitOverAnHour,
        Self::WaitLonger,
        Self::WaitLate,
        Self::AboutUnderAMinute,
        Self::AboutMinutes,
        Self::AboutOverHalfAnHour,
        Self::AboutOverAnHour,
        Self::Opens,
        Self::Slot,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Ahead => "ahead",
            Self::WaitUnderAMinute => "wait-under-a-minute",
            Self::WaitMinutes => "wait-minutes",
            Self::WaitOverHalfAnHour => "wait-over-half-an-hour",
            Self::WaitOverAnHour => "wait-over-an-hour",
            Self::WaitLonger => "wait-longer",
            Self::WaitLate => "wait-late",
            Self::AboutUnderAMinute => "about-under-a-minute",
            Self::AboutMinutes => "about-minutes",
            Self::AboutOverHalfAnHour => "about-over-half-an-hour",
            Self::AboutOverAnHour => "about-over-an-hour",
            Self::Opens => "opens",
            Self::Slot => "slot",
        }
    }

    /// What it may put in. A message with a number also knows `$count`, by which its form is chosen.
    pub(crate) const fn slots(self) -> &'static [Slot] {
        match self {
            Self::Place | Self::Ahead | Self::WaitMinutes | Self::AboutMinutes => &[Slot::Number, Slot::Amount],
            Self::WaitLate => &[Slot::Duration],
            Self::Opens => &[Slot::Day, Slot::Time],
            Self::Slot => &[Slot::Day, Slot::Time, Slot::Until],
            Self::WaitUnderAMinute
            | Self::WaitOverHalfAnHour
            | Self::WaitOverAnHour
            | Self::WaitLonger
            | Self::AboutUnderAMinute
            | Self::AboutOverHalfAnHour
            | Self::AboutOverAnHour => &[],
        }
    }

    pub(crate) const fn has_count(self) -> bool {
        matches!(self, Self::Place | Self::Ahead | Self::WaitMinutes | Self::AboutMinutes)
    }

    /// For a wait that will be over within that time.
    pub(crate) fn of_wait(minutes: u32) -> (Self, u32) {
        match promised(minutes) {
            Rounded::UnderAMinute => (Self::WaitUnderAMinute, 0),
            Rounded::Minutes(minutes) => (Self::WaitMinutes, minutes),
            Rounded::OverHalfAnHour => (Self::WaitOverHalfAnHour, 0),
            Rounded::OverAnHour => (Self::WaitOverAnHour, 0),
        }
    }

    /// For a time that has passed.
    pub(crate) fn about(time: Duration) -> (Self, u32) {
        match passed(time) {
            Rounded::UnderAMinute => (Self::AboutUnderAMinute, 0),
            Rounded::Minutes(minutes) => (Self::AboutMinutes, minutes),
            Rounded::OverHalfAnHour => (Self::AboutOverHalfAnHour, 0),
            Rounded::OverAnHour => (Self::AboutOverAnHour, 0),
        }
    }
}

impl Slot {
    pub(crate) const ALL: [Self; 6] = [Self::Number, Self::Amount, Self::Duration, Self::Day, Self::Time, Self::Until];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Amount => "amount",
            Self::Duration => "duration",
            Self::Day => "day",
            Self::Time => "time",
            Self::Until => "until",
        }
    }
}

impl Values {
    pub(crate) fn counted(tongue: Tongue, count: u32) -> Self {
        let slots = [Some(tongue.number(count)), Some(tongue.number_common(count)), None, None, None, None];
        Self { count, slots }
    }

    pub(crate) fn lasting(duration: Spoken) -> Self {
        Self { count: 0, slots: [None, None, Some(duration), None, None, None] }
    }

    pub(crate) fn at(day: Spoken, time: Spoken) -> Self {
        Self { count: 0, slots: [None, None, None, Some(day), Some(time), None] }
    }

    pub(crate) fn between(day: Spoken, time: Spoken, until: Spoken) -> Self {
        Self { count: 0, slots: [None, None, None, Some(day), Some(time), Some(until)] }
    }
}

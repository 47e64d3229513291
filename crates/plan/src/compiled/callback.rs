//! Calling back: when a line offers it, whom it may be promised, and what the citizen hears.
//! Knows hours and dialling rules; not who waits, or how long that takes.

use std::time::Duration;

use model::{Caller, Dialled, LineId, Moment, MunicipalityId, PhoneNumber, Promise, PromptName};

use crate::dialling::is_open_subscriber;
use crate::local::{copenhagen, local_time, wall_moment};
use crate::{HoursState, Line, LineNo, Plan};

/// When a line offers to call back, and how it is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Callback {
    /// Offered when the wait is expected to be longer than this.
    pub offer_over: Duration,
    /// Offered only if the turn is expected to come so long before the line closes.
    pub before_closing: Duration,
    /// How often the citizen is called, 1 to 3.
    pub attempts: u8,
    /// The second attempt comes so long after the first, the third three times that after the second.
    pub again_after: Duration,
    /// A promise is kept this long; then it has failed.
    pub keep: Duration,
}

/// What is said around a callback. Sounds of fixed names, which each municipality may replace as any other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallbackSaid {
    /// Press 1 and be called, without losing the place.
    Offer,
    /// Before the digits that would be called.
    Number,
    /// After them: 1 is right, 2 another.
    Confirm,
    /// Type a number.
    Type,
    /// That number can't be called.
    Wrong,
    /// It is promised; the citizen may hang up.
    Promised,
    /// That number is to be called already.
    Already,
    /// After a time: 1 takes it, 2 asks for a later one.
    Slot,
    /// A time is agreed; the citizen may hang up.
    Booked,
    /// No time is free.
    NoSlot,
    /// Nothing was agreed.
    NotBooked,
}

impl CallbackSaid {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Offer,
        Self::Number,
        Self::Confirm,
        Self::Type,
        Self::Wrong,
        Self::Promised,
        Self::Already,
        Self::Slot,
        Self::Booked,
        Self::NoSlot,
        Self::NotBooked,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Offer => "callback_offer",
            Self::Number => "callback_number",
            Self::Confirm => "callback_confirm",
            Self::Type => "callback_type",
            Self::Wrong => "callback_wrong",
            Self::Promised => "callback_promised",
            Self::Already => "callback_already",
            Self::Slot => "callback_slot",
            Self::Booked => "callback_booked",
            Self::NoSlot => "callback_no_slot",
            Self::NotBooked => "callback_not_booked",
        }
    }
}

/// Citizens' phones ring from this hour of the local day …
pub(super) const RING_FROM_HOUR: u16 = 8;
/// … to this one.
pub(super) const RING_UNTIL_HOUR: u16 = 21;

/// From when on a citizen may be called who is to be called at `at`: then, or at eight in the morning after it.
pub fn may_ring_from(at: Moment) -> Moment {
    let local = local_time(at);
    let hour = local.hour() as u16;
    if (RING_FROM_HOUR..RING_UNTIL_HOUR).contains(&hour) {
        return at;
    }
    let day = if hour < RING_FROM_HOUR { local.date() } else { local.date().tomorrow().unwrap_or(local.date()) };
    wall_moment(&copenhagen(), day, RING_FROM_HOUR * 60, |first, _| first)
}

impl Line {
    /// A sound around a callback, in the line's language.
    pub fn callback_said(&self, said: CallbackSaid) -> PromptName {
        PromptName::new(&format!("{}.{}", said.name(), self.language))
    }
}

impl Plan {
    /// The line of that id.
    pub fn line_called(&self, id: &LineId) -> Option<LineNo> {
        let place = self.lines.iter().position(|line| line.id == *id)?;
        u32::try_from(place).ok().map(LineNo)
    }

    /// The line on which a promise of before is kept: its own; if that is gone, one in its language whose calls wait in the same
    /// queue, the citizen's own municipality's first. None: the plan has nobody for it any more.
    pub fn line_for_promise(&self, promise: &Promise) -> Option<LineNo> {
        let waits_there = |line: &Line| self.queues[line.queue.at()].id == promise.queue;
        let fits = |line: &Line| {
            line.language == promise.language
                && line.municipality.is_none_or(|whose| promise.municipality == Some(whose))
        };
        self.line_called(&promise.line).or_else(|| {
            let all = (0..).map(LineNo).zip(&self.lines).filter(|(_, line)| fits(line) && waits_there(line));
            all.max_by_key(|(no, line)| (line.municipality.is_some(), std::cmp::Reverse(*no))).map(|(no, _)| no)
        })
    }

    /// Whether a citizen who is expected to wait so long from now is offered to be called back: it must be worth it, and the
    /// rest of the day must have room for it, before the evening is too late to ring. Whoever waits past closing is served, but nobody is promised that beforehand.
    pub fn offers_callback(&self, line: LineNo, wait: Duration, at: Moment) -> bool {
        let line = &self.lines[line.at()];
        let Some(rule) = line.callback.filter(|rule| wait > rule.offer_over) else { return false };
        if may_ring_from(at + wait) > at + wait {
            return false;
        }
        match self.calendars[line.calendar.at()].state(at) {
            HoursState::Open { until } => until.is_none_or(|until| at + wait + rule.before_closing <= until),
            HoursState::Closed { .. } => false,
        }
    }

    /// Whether that number may be called back: a Danish subscriber's. Anybody may type one, so what is opened for agents (abroad,
    /// premium and short numbers) isn't for strangers; and a number of ours would lead an agent into our own queue.
    pub fn may_call_back(&self, number: &PhoneNumber) -> bool {
        let dialled = Dialled::from_kept(number.reveal());
        dialled.is_ok_and(|dialled| is_open_subscriber(&dialled) && !self.numbers.contains_key(&dialled))
    }

    /// Which number is shown to a citizen of that municipality who rang `line` and is called back.
    pub fn shown_calling_back(&self, municipality: Option<MunicipalityId>, line: LineNo) -> Caller {
        self.shown_for(municipality.or(self.lines[line.at()].municipality), Some(line))
    }
}

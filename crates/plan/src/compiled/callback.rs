//! Calling back: when a line offers it, whom it may be promised, and what the citizen hears.
//! Knows hours and dialling rules; not who waits, or how long that takes.

use std::time::Duration;

use model::{Caller, Dialled, Moment, MunicipalityId, PhoneNumber, PromptName};

use crate::dialling::is_open_subscriber;
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
}

impl CallbackSaid {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Offer, Self::Number, Self::Confirm, Self::Type, Self::Wrong, Self::Promised];

    const fn name(self) -> &'static str {
        match self {
            Self::Offer => "callback_offer",
            Self::Number => "callback_number",
            Self::Confirm => "callback_confirm",
            Self::Type => "callback_type",
            Self::Wrong => "callback_wrong",
            Self::Promised => "callback_promised",
        }
    }
}

impl Line {
    /// A sound around a callback, in the line's language.
    pub fn callback_said(&self, said: CallbackSaid) -> PromptName {
        PromptName::new(&format!("{}.{}", said.name(), self.language))
    }
}

impl Plan {
    /// Whether a citizen who is expected to wait so long from now is offered to be called back: it must be worth it, and the
    /// rest of the day must have room for it. Whoever waits past closing is served, but nobody is promised that beforehand.
    pub fn offers_callback(&self, line: LineNo, wait: Duration, at: Moment) -> bool {
        let line = &self.lines[line.at()];
        let Some(rule) = line.callback.filter(|rule| wait > rule.offer_over) else { return false };
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

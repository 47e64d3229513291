//! The languages whose grammar is known here, and which of them a citizen hears.
//! Knows tags; the grammar itself is in a file of each language.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use model::Language;

use crate::spoken::Spoken;
use crate::{danish, english};

/// A language with a grammar of its own here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tongue {
    /// Danish, the language of the house.
    Danish,
    /// English, as spoken in Britain.
    English,
}

impl Tongue {
    /// Both, Danish first.
    pub const ALL: [Self; 2] = [Self::Danish, Self::English];

    /// Of a plan's language; none: nobody has taught us its numbers.
    pub fn of(language: &Language) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.tag() == language.as_str())
    }

    /// Its BCP 47 tag, as in the names of files: `da`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Danish => "da",
            Self::English => "en",
        }
    }

    /// A number as it is counted: 0 to 999,999; more is said as 999,999.
    pub(crate) fn number(self, number: u32) -> Spoken {
        match self {
            Self::Danish => danish::number(number, danish::Gender::Neuter),
            Self::English => english::number(number),
        }
    }

    /// A number of persons, hours, days: differs from [`Self::number`] where a language has genders.
    pub(crate) fn number_common(self, number: u32) -> Spoken {
        match self {
            Self::Danish => danish::number(number, danish::Gender::Common),
            Self::English => english::number(number),
        }
    }

    /// A time of day with its "at": `klokken ti`.
    pub(crate) fn time(self, time: Time) -> Spoken {
        match self {
            Self::Danish => danish::time(time),
            Self::English => english::time(time),
        }
    }

    /// A day as told on another: `i morgen`, `på mandag`, `mandag den tredje august`.
    pub(crate) fn day(self, day: Date, today: Date) -> Spoken {
        let ahead = today.until(day).map_or(i32::MAX, |span| span.get_days());
        match (self, ahead) {
            (Self::Danish, 0) => Spoken::word("i dag", "today"),
            (Self::Danish, 1) => Spoken::word("i morgen", "tomorrow"),
            (Self::Danish, 2..=6) => danish::coming_weekday(day),
            (Self::Danish, _) => danish::date(day),
            (Self::English, 0) => Spoken::word("today", "today"),
            (Self::English, 1) => Spoken::word("tomorrow", "tomorrow"),
            (Self::English, 2..=6) => english::coming_weekday(day),
            (Self::English, _) => english::coming_date(day),
        }
    }

    /// A date with its weekday; no year.
    pub(crate) fn date(self, day: Date) -> Spoken {
        match self {
            Self::Danish => danish::date(day),
            Self::English => english::date(day),
        }
    }

    /// Every clip that numbers, times and dates can ask for.
    pub(crate) fn clips(self) -> impl Iterator<Item = String> {
        let numbers = (0..=100).chain([1000]).flat_map(move |n| [self.number(n), self.number_common(n)]);
        let day = |n: i64| Date::constant(2024, 1, 1).checked_add(n.days()).expect("a day of 2024");
        let days = (0..366).map(move |n| self.date(day(n)));
        let near = (0..9).map(move |n| self.day(day(n), day(0)));
        let times = (0..24 * 60).map(move |n| self.time(Time::constant((n / 60) as i8, (n % 60) as i8, 0, 0)));
        let and = [self.number(110)];
        let said = numbers.chain(days).chain(near).chain(times).chain(and);
        said.flat_map(|said| said.clips).map(|clip| clip.name.into())
    }
}

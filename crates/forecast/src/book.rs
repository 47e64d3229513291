//! What was learnt, in whole numbers: calls by half-hour, spans by week. The order in which it was learnt leaves no trace.
//!
//! Bounded: 17 weeks (the 16 that count, and the one that is on), the oldest makes room. Knows no weights, priors or rates.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{AgentId, Language, Moment, MunicipalityId, TopicId};

use crate::follow::Lesson;
use crate::half_hour::{self, A_WEEK, Wall, Zone};

/// Weeks that count. Fourteen Sundays fit in (the surge guard asks for so many days), and a summer is forgotten by winter.
pub(crate) const WEEKS: i64 = 16;
/// Half-hours kept; the oldest makes room.
const HALF_HOURS_MAX: usize = (A_WEEK * (WEEKS + 1)) as usize;
/// Weeks kept: as many, one for the part of a week at each end, and one in case a clock was wrong for a day.
const WEEKS_MAX: usize = WEEKS as usize + 3;
/// Classes known by name, ever. The calls of a further one count in totals only.
const CLASSES_MAX: usize = 1_024;
/// Municipalities told apart in a half-hour; those of a further one count as "others". Denmark has 98.
const MUNICIPALITIES_MAX: usize = 512;
/// Agents told apart in a week; the talks of a further one count for the class only.
const AGENTS_MAX: usize = 16_384;
/// A conversation counts for at most this: one in 5,000 is longer, and a forgotten phone is none.
const TALK_MAX: Duration = Duration::from_secs(2 * 3_600);
/// A wrap-up counts for at most this.
const WRAP_UP_MAX: Duration = Duration::from_secs(1_800);
/// A wait counts for at most this.
const WAIT_MAX: Duration = Duration::from_secs(4 * 3_600);
/// A state at a desk marks at most 12 hours as served.
const AT_WORK_HALF_HOURS_MAX: usize = 24;

/// A class by its number in the book.
pub(crate) type ClassRef = u16;
/// Calls by class or municipality; none: without a name. Ascending.
pub(crate) type Counts = Vec<(Option<u16>, u32)>;

/// One half-hour that passed.
#[derive(Clone, Debug)]
pub(crate) struct HalfHour {
    pub(crate) wall: Wall,
    /// Somebody was at work in the middle of it.
    pub(crate) at_work: bool,
    /// Conversations that began.
    pub(crate) talks: u32,
    /// Calls that joined a queue.
    pub(crate) calls: u32,
    pub(crate) classes: Counts,
    pub(crate) municipalities: Counts,
}

/// How many, and how long together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Spans {
    pub(crate) count: u64,
    pub(crate) ms: u64,
}

/// Spans that ended in one week.
#[derive(Clone, Debug, Default)]
pub(crate) struct Week {
    pub(crate) talks: BTreeMap<ClassRef, Spans>,
    pub(crate) by_agent: BTreeMap<AgentId, BTreeMap<ClassRef, Spans>>,
    /// Waits: all time waited, and how many gave up.
    pub(crate) patience: Spans,
    pub(crate) wrap_ups: Spans,
}

/// Everything learnt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) zone: Zone,
    pub(crate) classes: BTreeMap<(TopicId, Language), ClassRef>,
    pub(crate) half_hours: BTreeMap<i64, HalfHour>,
    pub(crate) weeks: BTreeMap<i64, Week>,
}

impl Book {
    /// Writes down one lesson.
    pub(crate) fn learn(&mut self, at: Moment, lesson: Lesson) {
        match lesson {
            Lesson::Arrived { class, municipality } => self.arrived(at, class, municipality),
            Lesson::Served => {
                if let Some(half_hour) = self.half_hour(half_hour::number(at)) {
                    half_hour.talks = half_hour.talks.saturating_add(1);
                }
            }
            Lesson::Talked { class, agent, span } => self.talked(at, class, agent, span.min(TALK_MAX)),
            Lesson::Waited { span, gave_up } => {
                self.with_week(at, |week| week.patience.add(u64::from(gave_up), span.min(WAIT_MAX)));
            }
            Lesson::AtWork { since } => {
                for number in half_hour::with_their_middle_between(since, at, AT_WORK_HALF_HOURS_MAX) {
                    if let Some(half_hour) = self.half_hour(number) {
                        half_hour.at_work = true;
                    }
                }
            }
            Lesson::WrappedUp { span } => self.with_week(at, |week| week.wrap_ups.add(1, span.min(WRAP_UP_MAX))),
        }
    }

    fn arrived(&mut self, at: Moment, class: (TopicId, Language), municipality: Option<MunicipalityId>) {
        let class = self.class(class);
        if let Some(half_hour) = self.half_hour(half_hour::number(at)) {
            half_hour.calls = half_hour.calls.saturating_add(1);
            count(&mut half_hour.classes, class, CLASSES_MAX);
            count(&mut half_hour.municipalities, municipality.map(|municipality| municipality.0), MUNICIPALITIES_MAX);
        }
    }

    fn talked(&mut self, at: Moment, class: (TopicId, Language), agent: AgentId, span: Duration) {
        let Some(class) = self.class(class) else { return };
        self.with_week(at, |week| {
            week.talks.entry(class).or_default().add(1, span);
            if week.by_agent.len() < AGENTS_MAX || week.by_agent.contains_key(&agent) {
                week.by_agent.entry(agent).or_default().entry(class).or_default().add(1, span);
            }
        });
    }

    fn class(&mut self, class: (TopicId, Language)) -> Option<ClassRef> {
        let next = self.classes.len();
        match self.classes.get(&class) {
            Some(known) => Some(*known),
            None if next < CLASSES_MAX => Some(*self.classes.entry(class).or_insert(next as ClassRef)),
            None => None,
        }
    }

    /// None for one that is older than all that are kept, when there is no more room.
    fn half_hour(&mut self, number: i64) -> Option<&mut HalfHour> {
        make_room(&mut self.half_hours, number, HALF_HOURS_MAX).then(|| {
            let zone = &self.zone;
            self.half_hours.entry(number).or_insert_with(|| HalfHour {
                wall: zone.wall(number),
                at_work: false,
                talks: 0,
                calls: 0,
                classes: Counts::new(),
                municipalities: Counts::new(),
            })
        })
    }

    fn with_week(&mut self, at: Moment, write: impl FnOnce(&mut Week)) {
        let number = half_hour::number(at).div_euclid(A_WEEK);
        if make_room(&mut self.weeks, number, WEEKS_MAX) {
            write(self.weeks.entry(number).or_default());
        }
    }
}

impl HalfHour {
    /// Whether the centre was open for citizens, by what can be seen.
    pub(crate) fn is_served(&self) -> bool {
        self.at_work || self.calls > 0
    }
}

impl Spans {
    fn add(&mut self, count: u64, span: Duration) {
        self.count = self.count.saturating_add(count);
        self.ms = self.ms.saturating_add(span.as_millis() as u64);
    }
}

/// How often a name was counted.
pub(crate) fn counted(counts: &Counts, name: Option<u16>) -> u32 {
    counts.binary_search_by_key(&name, |(name, _)| *name).map_or(0, |at| counts[at].1)
}

fn count(counts: &mut Counts, name: Option<u16>, most: usize) {
    let found = |name: &Option<u16>, counts: &Counts| counts.binary_search_by_key(name, |(name, _)| *name);
    let name = if counts.len() >= most && found(&name, counts).is_err() { None } else { name };
    match found(&name, counts) {
        Ok(at) => counts[at].1 = counts[at].1.saturating_add(1),
        Err(at) => counts.insert(at, (name, 1)),
    }
}

/// Lets the oldest go if one more would be too many; false if the new one would be the oldest itself.
fn make_room<T>(kept: &mut BTreeMap<i64, T>, number: i64, most: usize) -> bool {
    if kept.len() < most || kept.contains_key(&number) {
        return true;
    }
    if kept.first_key_value().is_none_or(|(oldest, _)| *oldest > number) {
        return false;
    }
    kept.pop_first();
    true
}

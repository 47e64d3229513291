//! How many calls a half-hour will bring, by class and by municipality, from the half-hours that passed.
//!
//! A day's rhythm times a weekday's factor (Weinberg, Brown & Stroud 2007, JASA 102: "Bayesian forecasting of an inhomogeneous
//! Poisson process with application to call center data"), each step a Gamma–Poisson mean: what is known more coarsely counts
//! as so many half-hours of evidence, and own evidence is added to it. One odd day is capped. Knows no names of classes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::book::{Book, Counts, HalfHour, WEEKS, counted};
use crate::half_hour::{A_WEEK, NAMES, Wall};

/// After so many weeks a half-hour counts half.
const HALF_LIFE_WEEKS: f64 = 4.0;
/// The coarser picture counts as so many half-hours of the same name (shape and rate of the Gamma prior: `4·mean` and 4). After
/// four days of its own a half-hour believes itself as much as the day's mean.
const RHYTHM_PRIOR: f64 = 4.0;
/// The same for one weekday's own half-hour: Thursday evening differs from other evenings, but six Thursdays are few.
const WEEKDAY_PRIOR: f64 = 8.0;
/// What would be expected of so many calls counts beside a weekday's own, in its factor, and in a kind of day's mix of classes.
const PRIOR_CALLS: f64 = 200.0;
/// Of each half-hour's days the busiest tenth, at least one, is left out when what is usual is asked for …
const ODD_SHARE: f64 = 0.1;
/// … and no day counts for more than so many times what is usual, and 5 calls. An ordinary day's noise stays below that.
const ODD_FACTOR: f64 = 1.5;
const ODD_CALLS: f64 = 5.0;
/// With fewer days nothing is usual yet.
const ODD_DAYS_MIN: usize = 3;
/// Half-hours in an hour.
const AN_HOUR: f64 = 2.0;

/// What is expected, in calls an hour.
#[derive(Debug)]
pub(crate) struct Rates {
    pub(crate) classes: BTreeMap<Option<u16>, f64>,
    pub(crate) municipalities: BTreeMap<Option<u16>, f64>,
    /// Days of this kind on which this half-hour was served.
    pub(crate) days_known: u32,
}

/// A half-hour of the past and what it counts.
#[derive(Clone, Copy)]
struct Past<'a> {
    half_hour: &'a HalfHour,
    weight: f64,
}

/// The rates of half-hour `number`, from those before it; none when nothing was ever served.
pub(crate) fn expected(book: &Book, number: i64, wall: Wall) -> Option<Rates> {
    let past = served(book, number);
    let all_mean = mean(&past)?;
    let kind: Vec<Past<'_>> = past.iter().copied().filter(|past| past.half_hour.wall.kind() == wall.kind()).collect();
    let rhythm = Rhythm::new(&kind, all_mean);
    let like: Vec<Past<'_>> = kind.iter().copied().filter(|past| past.half_hour.wall.name == wall.name).collect();
    let days: BTreeSet<Date> = like.iter().map(|past| past.half_hour.wall.date).collect();
    let of = |counts: fn(&HalfHour) -> &Counts| {
        let mixes = Mixes { all: mix(&past, counts), kind: mix(&kind, counts) };
        let names: BTreeSet<Option<u16>> = mixes.all.names.keys().copied().collect();
        let shape = Shape {
            total: rhythm.totals[usize::from(wall.name)],
            weekday: wall.weekday,
            factor: rhythm.factor(&kind, wall),
        };
        names.into_iter().map(|name| (name, AN_HOUR * shape.rate(&like, name, counts, mixes.share(name)))).collect()
    };
    Some(Rates {
        classes: of(|half_hour| &half_hour.classes),
        municipalities: of(|half_hour| &half_hour.municipalities),
        days_known: days.len() as u32,
    })
}

/// Half-hours before this one that were served, of days on which a citizen got an agent: on a holiday nobody called since
/// nobody could, and that says nothing about the next ordinary day.
fn served(book: &Book, number: i64) -> Vec<Past<'_>> {
    let from = number.saturating_sub(A_WEEK * WEEKS);
    let range = || book.half_hours.range(from..number.max(from));
    let days: BTreeSet<Date> = range().filter(|(_, past)| past.talks > 0).map(|(_, past)| past.wall.date).collect();
    let served = range().filter(|(_, past)| past.is_served() && days.contains(&past.wall.date));
    let weight = |no: i64| 0.5_f64.powf((number - no) as f64 / A_WEEK as f64 / HALF_LIFE_WEEKS);
    served.map(|(no, half_hour)| Past { half_hour, weight: weight(*no) }).collect()
}

/// Calls in a mean half-hour; none if there is none.
fn mean(past: &[Past<'_>]) -> Option<f64> {
    let weight: f64 = past.iter().map(|past| past.weight).sum();
    let calls: f64 = past.iter().map(|past| past.weight * f64::from(past.half_hour.calls)).sum();
    (weight > 0.0).then(|| calls / weight)
}

/// The day's rhythm of one kind of day: all calls, by the clock on the wall.
struct Rhythm {
    totals: [f64; NAMES],
    caps: [f64; NAMES],
}

impl Rhythm {
    fn new(kind: &[Past<'_>], all_mean: f64) -> Self {
        let weight: f64 = kind.iter().map(|past| past.weight).sum();
        let own = mean(kind).unwrap_or(0.0) * weight;
        let kind_mean = (RHYTHM_PRIOR * all_mean + own) / (RHYTHM_PRIOR + weight);
        let mut rhythm = Self { totals: [kind_mean; NAMES], caps: [f64::INFINITY; NAMES] };
        for name in 0..NAMES {
            let like = kind.iter().filter(|past| usize::from(past.half_hour.wall.name) == name);
            let days: Vec<(f64, f64)> = like.map(|past| (f64::from(past.half_hour.calls), past.weight)).collect();
            rhythm.caps[name] = cap(&days);
            rhythm.totals[name] = posterior(&days, rhythm.caps[name], kind_mean, RHYTHM_PRIOR);
        }
        rhythm
    }

    /// How much busier this weekday is than its kind.
    fn factor(&self, kind: &[Past<'_>], wall: Wall) -> f64 {
        let (mut came, mut expected) = (PRIOR_CALLS, PRIOR_CALLS);
        for past in kind.iter().filter(|past| past.half_hour.wall.weekday == wall.weekday) {
            let name = usize::from(past.half_hour.wall.name);
            came += past.weight * f64::from(past.half_hour.calls).min(self.caps[name]);
            expected += past.weight * self.totals[name];
        }
        came / expected
    }
}

/// What each name has of all calls.
struct Mix {
    names: BTreeMap<Option<u16>, f64>,
    calls: f64,
}

fn mix(past: &[Past<'_>], counts: fn(&HalfHour) -> &Counts) -> Mix {
    let mut mix = Mix { names: BTreeMap::new(), calls: 0.0 };
    for past in past {
        mix.calls += past.weight * f64::from(past.half_hour.calls);
        for (name, count) in counts(past.half_hour) {
            *mix.names.entry(*name).or_default() += past.weight * f64::from(*count);
        }
    }
    mix
}

struct Mixes {
    all: Mix,
    kind: Mix,
}

impl Mixes {
    /// The share on this kind of day, where little is known of it nearer to that of all days.
    fn share(&self, name: Option<u16>) -> f64 {
        let of = |mix: &Mix| mix.names.get(&name).copied().unwrap_or(0.0);
        let overall = if self.all.calls > 0.0 { of(&self.all) / self.all.calls } else { 0.0 };
        (PRIOR_CALLS * overall + of(&self.kind)) / (PRIOR_CALLS + self.kind.calls)
    }
}

/// What is known of the half-hour before anything is asked of one class or municipality.
struct Shape {
    total: f64,
    weekday: u8,
    factor: f64,
}

impl Shape {
    /// Calls in this half-hour under one name: its share of the total, then its own days of this kind, then this weekday's.
    fn rate(&self, like: &[Past<'_>], name: Option<u16>, counts: fn(&HalfHour) -> &Counts, share: f64) -> f64 {
        let came = |past: &Past<'_>| (f64::from(counted(counts(past.half_hour), name)), past.weight);
        let days: Vec<(f64, f64)> = like.iter().map(came).collect();
        let cap = cap(&days);
        let of_kind = posterior(&days, cap, share * self.total, RHYTHM_PRIOR);
        let own = like.iter().filter(|past| past.half_hour.wall.weekday == self.weekday);
        let own: Vec<(f64, f64)> = own.map(came).collect();
        posterior(&own, cap, of_kind * self.factor, WEEKDAY_PRIOR)
    }
}

/// The mean of the Gamma posterior (Gelman et al., "Bayesian Data Analysis", section 2.6): calls and weights of the days, and a
/// prior mean that counts as `prior` half-hours.
fn posterior(days: &[(f64, f64)], cap: f64, prior_mean: f64, prior: f64) -> f64 {
    let (calls, weight) = days
        .iter()
        .fold((0.0, 0.0), |(calls, weight), (came, counts)| (calls + counts * came.min(cap), weight + counts));
    (prior * prior_mean + calls) / (prior + weight)
}

/// What one day counts for at most: one and a half times the usual and 5 calls. The usual is the mean without the busiest tenth (at least one
/// whole day): so a single flood teaches little, and a lasting change is believed after some weeks.
fn cap(days: &[(f64, f64)]) -> f64 {
    if days.len() < ODD_DAYS_MIN {
        return f64::INFINITY;
    }
    let mut busiest_first = days.to_vec();
    busiest_first.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let whole: f64 = days.iter().map(|(_, weight)| weight).sum();
    let one = days.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    let mut left_out = one.max(ODD_SHARE * whole);
    let (mut calls, mut weight) = (0.0, 0.0);
    for (came, counts) in busiest_first {
        let kept = (counts - left_out).max(0.0);
        left_out = (left_out - counts).max(0.0);
        calls += kept * came;
        weight += kept;
    }
    if weight > 0.0 { ODD_FACTOR * calls / weight + ODD_CALLS } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u32]) -> Vec<(f64, f64)> {
        counts.iter().map(|count| (f64::from(*count), 1.0)).collect()
    }

    #[test]
    fn one_flood_among_twenty_days_counts_as_a_busy_day() {
        let mut counts = [10; 20];
        counts[7] = 200;
        let days = days(&counts);
        let rate = posterior(&days, cap(&days), 10.0, RHYTHM_PRIOR);
        assert!(rate > 10.0 && rate < 11.0, "{rate}");
    }

    #[test]
    fn a_change_that_lasts_is_believed() {
        let mut counts = [10; 20];
        counts[10..].fill(50);
        let days = days(&counts);
        assert!(posterior(&days, cap(&days), 10.0, RHYTHM_PRIOR) > 25.0);
    }

    #[test]
    fn an_ordinary_busy_day_is_not_capped() {
        assert!(cap(&days(&[0, 1, 3, 0, 2, 1, 1, 0])) >= 5.0);
        assert!(cap(&days(&[100, 90, 120, 110])) > 150.0);
        assert!(cap(&days(&[7, 9])).is_infinite(), "two days: nothing is usual yet");
    }
}

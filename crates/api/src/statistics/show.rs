//! Ended calls and intervals as messages.
//! Knows names and units of the API; doesn't know how a figure was made.

use std::time::Duration;

use model::Moment;
use tally::{Counts, Rate, Ratio, ServiceLevel};

use crate::mirror;
use crate::proto::statistics as pb;
use crate::statistics::{CallRow, IntervalRow, Key};

/// Name of the mean wait of answered calls, in seconds.
const ASA: &str = "average_speed_of_answer_s";
/// Name of what an answered call costs an agent, in seconds.
const AHT: &str = "average_handling_time_s";

/// A call that has ended.
pub(crate) fn call(row: &CallRow) -> pb::Call {
    let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
    pb::Call {
        call_id: row.call.to_string(),
        arrived_unix_ms: row.arrived.as_millis(),
        ended_unix_ms: row.ended.as_millis(),
        dialled: text(row.dialled.as_ref().map(model::Dialled::as_str)),
        line_id: text(row.line.as_deref()),
        municipality_code: mirror::municipality(row.municipality),
        queue_id: text(row.queue.as_deref()),
        agent_id: text(row.agent.as_deref()),
        outcome: row.outcome.name().to_owned(),
        waited_ms: row.waited_ms,
        talked_ms: row.talked_ms,
        wrap_up_ms: row.wrap_up_ms,
        offers: row.offers,
    }
}

/// A quarter of an hour.
pub(crate) fn interval(row: &IntervalRow) -> pb::Interval {
    let key = match &row.key {
        Key::Queue(id) => id.to_string(),
        Key::Line(id) => id.to_string(),
        Key::Municipality(Some(id)) => id.to_string(),
        Key::Municipality(None) => "unknown".to_owned(),
    };
    filled(row.from, key, &row.counts)
}

/// All of them together.
pub(crate) fn sum(from: Moment, rows: &[IntervalRow]) -> pb::Interval {
    let counts = rows.iter().fold(Counts::default(), |mut sum, row| {
        sum.merge(&row.counts);
        sum
    });
    filled(from, String::new(), &counts)
}

/// What each computed figure means.
pub(crate) fn definitions() -> Vec<pb::Definition> {
    let levels = ServiceLevel::ALL.into_iter().map(|level| (level.name(), level.formula()));
    let rates = Rate::ALL.into_iter().map(|rate| (rate.name(), rate.formula()));
    let means = [(ASA, Counts::ASA_FORMULA), (AHT, Counts::AHT_FORMULA)];
    let all = levels.chain(rates).chain(means);
    all.map(|(name, formula)| pb::Definition { name: name.to_owned(), formula: formula.to_owned() }).collect()
}

fn filled(from: Moment, key: String, counts: &Counts) -> pb::Interval {
    pb::Interval {
        from_unix_ms: from.as_millis(),
        key,
        offered: counts.offered,
        answered: counts.answered,
        answered_in_time: counts.answered_in_time,
        abandoned: counts.abandoned,
        abandoned_in_time: counts.abandoned_in_time,
        abandoned_short: counts.short_abandons,
        waited_answered_ms: counts.answered_waits.sum_us() / 1_000,
        waited_abandoned_ms: counts.abandoned_waits.sum_us() / 1_000,
        talked_ms: counts.talk_us / 1_000,
        wrap_up_ms: counts.wrap_up_us / 1_000,
        figures: figures(counts),
    }
}

/// Each with the name of its definition; no value where there is nothing to divide by.
fn figures(counts: &Counts) -> Vec<pb::Figure> {
    let levels = ServiceLevel::ALL.into_iter().map(|level| (level.name(), level.of(counts).map(Ratio::value)));
    let rates = Rate::ALL.into_iter().map(|rate| (rate.name(), rate.of(counts).map(Ratio::value)));
    let seconds = |span: Option<Duration>| span.map(|span| span.as_secs_f64());
    let means = [(ASA, seconds(counts.average_speed_of_answer())), (AHT, seconds(counts.average_handling_time()))];
    let all = levels.chain(rates).chain(means);
    all.map(|(name, value)| pb::Figure { name: name.to_owned(), value }).collect()
}

//! Whose seconds they were: the figures that are folded from the facts are held against the time that each phone was there and
//! against what the citizen heard, which no fact knows.

use std::time::Duration;

use model::{AgentId, Moment, What};
use sim::journeys::Played;
use tally::{AgentTimes, Change, EndedCall, Fold, Tally, Targets};

use crate::cells::{To, Way};
use crate::ladder::{Hears, Told};

/// A citizen's answer, and the port behind it, come at once on virtual time; a moment is written in thousandths.
const SLACK: f64 = 0.002;
/// What both queues give each agent who has talked with a citizen.
const WRAP_UP: f64 = 60.0;

/// What the figures say of the citizen's call.
struct Row {
    call: EndedCall,
    wrap_up: f64,
}

/// Every second of the call is somebody's, and each is in the figures of whoever spent it.
pub(crate) fn are_right(way: Way, to: To, played: &Played, told: &Told) -> Result<(), String> {
    let row = row(played)?;
    let life = row.call.ended.since(row.call.arrived).as_secs_f64();
    let silent = told.seconds(|hears| *hears == Hears::Silence);
    same("seconds in silence", silent, 0.0)?;
    let anna = told.there("anna");
    let is_anna = |hears: &Hears| matches!(hears, Hears::People(people) if people.contains(&"anna".to_owned()));
    let leg = to.leg();
    let with_other = |hears: &Hears| matches!(hears, Hears::People(people) if people.iter().any(|who| who == leg));
    let is_three = |hears: &Hears| is_anna(hears) && with_other(hears);
    let other = told.seconds(with_other) - told.seconds(is_three);
    let heard = told.seconds(|hears| !matches!(hears, Hears::Gone));
    same("what the citizen heard, and the call's life", heard, life)?;

    let has_seat = has_seat(way, to);
    let talk = row.call.talk.map_or(0.0, |talk| talk.as_secs_f64());
    same("talk with agents", talk, anna + if has_seat { other } else { 0.0 })?;
    let times = times(played);
    let of = |agent: &str| times.get(&AgentId::new(agent)).copied().unwrap_or_default();
    same("anna's talking", seconds(of("anna").talking_us), anna)?;
    let bo = if to == To::DirectoryOutside { 0.0 } else { told.there("bo") };
    let (talking, own) = (seconds(of("bo").talking_us), seconds(of("bo").own_call_us));
    same("bo's talking", talking, if has_seat { bo } else { 0.0 })?;
    // A phone that is called beside a seat is kept from citizens from its first ringing on.
    if !has_seat && own + SLACK < bo {
        return Err(format!("bo was on the phone for {bo} s, and the figures say {own} s of own calls"));
    }
    let writes_down = 1.0 + f64::from(u8::from(has_seat && other > 0.0));
    same("wrap-up of the call", row.wrap_up, WRAP_UP * writes_down)?;
    same("anna's wrap-up", seconds(of("anna").wrap_up_us), WRAP_UP)
}

/// Whether whoever takes over there does so as an agent, by a seat.
fn has_seat(way: Way, to: To) -> bool {
    match way {
        Way::BlindByPhone | Way::BlindAtDesk => to != To::DirectoryOutside,
        Way::AttendedByPhone => to.is_line(),
        Way::AttendedAtDesk | Way::Three => false,
    }
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

fn same(what: &str, is: f64, should: f64) -> Result<(), String> {
    if (is - should).abs() <= SLACK { Ok(()) } else { Err(format!("{what}: {is} s, and it should be {should} s")) }
}

fn times(played: &Played) -> std::collections::BTreeMap<AgentId, AgentTimes> {
    let mut tally = Tally::new(Targets::default());
    played.facts.iter().for_each(|fact| tally.apply(fact));
    let last = played.facts.last().map_or(Moment::EPOCH, |numbered| numbered.fact.at);
    tally.agent_times(Moment::EPOCH, last + Duration::from_secs(3_600))
}

/// The row of the first citizen who rang: Clara.
fn row(played: &Played) -> Result<Row, String> {
    let about = |fact: &model::Fact| match (&fact.about, &fact.what) {
        (model::About::Call { call, .. }, What::CallArrived { .. }) => Some(*call),
        _ => None,
    };
    let clara = played.facts.iter().find_map(|numbered| about(&numbered.fact)).ok_or("nobody rang")?;
    let (mut fold, mut row, mut later) = (Fold::default(), None, 0.0);
    for numbered in &played.facts {
        fold.apply(numbered, |change| match change {
            Change::Ended(ended) if ended.call == clara => row = Some(*ended),
            Change::AgentDone { call, wrap_up } if call == clara => later += wrap_up.as_secs_f64(),
            Change::Ended(_)
            | Change::AgentDone { .. }
            | Change::Moved { .. }
            | Change::Agent { .. }
            | Change::Written { .. } => {}
        });
    }
    let call = row.ok_or("the citizen's call has not ended")?;
    if call.outcome != model::Outcome::Talked {
        return Err(format!("the citizen has talked with an agent, and the outcome is {:?}", call.outcome));
    }
    let wrap_up = call.wrap_up.as_secs_f64() + later;
    Ok(Row { call, wrap_up })
}

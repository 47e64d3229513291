//! Station 5: what a waiting citizen is told: the place in the queue, and how long it may take; then music again.
//!
//! Told when nobody is free, and at the line's interval from then on; never less than what is expected, and what was said
//! before binds (`forecast::Promise`). Knows when and what; not in which words.

use std::time::Duration;

use forecast::{Announcement, Promise, Situation, Tone as Stands};
use model::{Moment, What};
use plan::{PlaceEntry, Plan};
use speech::{Phrase, WaitTone};

use crate::{Alarm, Effect, Effects, Journey, Tone, callback, meanwhile};

/// How it stands has been reckoned: it is promised once, and told where the line tells it.
pub(crate) fn estimated(
    journey: &mut Journey,
    wait: Option<Duration>,
    ahead: u32,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    let (wait_expected, said) = (wait, wait.map(|wait| promise(journey, wait, ahead, at, out)));
    let line = journey.line_of(plan);
    let Some(announce) = line.announce.filter(|_| journey.confirmed && !callback::is_asking(journey)) else { return };
    let place = announce.place.map(|place| match place {
        PlaceEntry::Number => Phrase::Place(ahead.saturating_add(1)),
        PlaceEntry::People => Phrase::Ahead(ahead),
    });
    let wait = said.filter(|_| announce.wait).map(|said| Phrase::Wait {
        minutes: said.minutes,
        tone: match said.tone {
            Stands::First | Stands::AsSaid => WaitTone::AsSaid,
            Stands::SituationChanged => WaitTone::Longer,
            Stands::TimeIsOver => WaitTone::Late(at.since(journey.waits_since)),
        },
    });
    let phrases: Box<[Phrase]> = place.into_iter().chain(wait).collect();
    let music = line.music.clone();
    let offered = callback::is_offered(journey, wait_expected, plan, at);
    if (phrases.is_empty() && !offered) || !meanwhile::lets_tell(journey, at) {
        // Nothing to tell, or a message is being said: it is made up for.
    } else if offered {
        callback::offer(journey, &phrases, plan, out);
    } else {
        out.push(Effect::Play(Tone::Announcement(phrases, music)));
    }
    out.push(Effect::SetAlarm(Alarm::Announce, at + announce.every));
}

/// The first word of a wait is what counts as kept, whatever is said later (`routing.md`, "Waiting time told to callers").
fn promise(journey: &mut Journey, expected: Duration, ahead: u32, at: Moment, out: &mut Effects) -> Announcement {
    let situation = Situation { ahead: f64::from(ahead), capable: 0.0 };
    if let Some(promise) = &mut journey.promise {
        return promise.again(expected, situation, at);
    }
    let (promise, said) = Promise::first(expected, situation, at);
    journey.promise = Some(promise);
    // After a conversation the promise of the first wait has been measured already.
    if !journey.talked {
        let within = Duration::from_secs(60 * u64::from(said.minutes));
        out.push(Effect::Note(What::Promised { within, expected, ahead }));
    }
    said
}

/// Time to tell again how it stands.
pub(crate) fn again(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    // Asked again even if nothing is told this time: the reply may never come.
    later(journey, plan, at, out);
    out.push(Effect::EstimateWait);
}

/// Not now; at the line's next turn.
pub(crate) fn later(journey: &Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    if let Some(announce) = journey.line_of(plan).announce {
        out.push(Effect::SetAlarm(Alarm::Announce, at + announce.every));
    }
}

/// The citizen hears us from now on: what was reckoned before is reckoned again, to be told.
pub(crate) fn heard(journey: &Journey, plan: &Plan, out: &mut Effects) {
    if journey.wait_asked && journey.line_of(plan).announce.is_some() {
        out.push(Effect::EstimateWait);
    }
}

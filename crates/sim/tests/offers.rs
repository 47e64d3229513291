//! Days on which municipalities offer more than the wait: that all of it is met, or the days would prove nothing of it.
//! Counts facts; what may follow what is the crate's own.

use std::collections::BTreeMap;

use model::{CallbackFact, InCallFact, MenuAnswer, VoicemailWhat, What};
use sim::{Day, Keep, World};

const DAYS: u64 = 30;

/// What a fact tells of an offer, where it tells of one.
#[expect(clippy::wildcard_enum_match_arm, reason = "of what is no offer nothing is counted")]
fn met(what: &What) -> Option<String> {
    Some(match what {
        What::MenuChosen { answer: MenuAnswer::Key(_), .. } => "a key of a menu".to_owned(),
        What::MenuChosen { answer: MenuAnswer::PostalCode, .. } => "a postal code".to_owned(),
        What::MenuChosen { answer: MenuAnswer::Nothing, .. } => "no answer to a menu".to_owned(),
        What::FoundClosed { opens_at } => {
            format!("closed, {}", if opens_at.is_some() { "for now" } else { "for good" })
        }
        What::Callback(CallbackFact::Called { attempt }) => format!("attempt {attempt} to call back"),
        What::Callback(CallbackFact::Booked { .. }) => "a time agreed".to_owned(),
        What::Callback(CallbackFact::NotReached { .. }) => "not reached when called back".to_owned(),
        What::Callback(told) => format!("{told:?}"),
        What::Voicemail(told) if matches!(told.what, VoicemailWhat::Left { .. }) => "a message left".to_owned(),
        What::Voicemail(told) => format!("a message: {:?}", told.what),
        What::LedOn { .. } => "led to somebody outside".to_owned(),
        What::Bounced { .. } => "handed on to where they came from".to_owned(),
        What::Queued { overflow: Some(why), .. } => format!("overflow, {why:?}"),
        What::InCall(InCallFact::Asks { .. }) => "somebody asked".to_owned(),
        _ => return None,
    })
}

#[test]
fn on_drawn_days_citizens_meet_all_that_is_offered() {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 1..=DAYS {
        let mut world = World::new(Day { seed, calls: 200, keep: Keep::Nothing, slow_core: false, callbacks: true });
        world.run().unwrap_or_else(|broken| panic!("{broken}"));
        for what in world.facts().iter().filter_map(|fact| met(&fact.fact.what)) {
            *seen.entry(what).or_default() += 1;
        }
    }
    let all = [
        "a key of a menu",
        "a postal code",
        "no answer to a menu",
        "closed, for now",
        "closed, for good",
        "Offered",
        "Promised",
        "attempt 1 to call back",
        "attempt 2 to call back",
        "not reached when called back",
        "led to somebody outside",
        "a message left",
        "a message: Refused",
        "a message: NothingSaid",
        "a message: Lost",
        "handed on to where they came from",
        "somebody asked",
    ];
    let never: Vec<_> = all.into_iter().filter(|what| !seen.contains_key(*what)).collect();
    assert!(never.is_empty(), "never met: {never:?}");
}

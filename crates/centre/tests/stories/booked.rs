//! Citizens who choose a time to be called in: what is offered, who gets the last place, and the call in its time.
//! Knows phones by their legs and promises by what is kept of them; times are virtual.

use std::time::Duration;

use centre::SrtpRules;
use model::{BookedSlot, CallbackFact, LegId, Moment, Outcome, Promise, PromiseChange, What};
use routing::Limits;

use crate::house::{House, NOON, SMALL};
use crate::place::from_the_start;

const MINUTE: Duration = Duration::from_secs(60);

/// Open on Mondays and Tuesdays from 9 to 11, so closed at the stories' noon; two citizens in each half-hour.
const PLAN: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas", ring_time_max_s = 20, wrap_up_s = 0, surge_guard = false }]

[[calendars]]
id = "mornings"
week = { mon = ["09:00-11:00"], tue = ["09:00-10:10"] }

[[lines]]
id = "pas"
title = "Pas"
numbers = ["70202020"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "mornings"
wait_max_s = 3600
greeting = "none"
when_closed = { callback = true }
booking = { per_slot = 2, days_ahead = 1 }
"#;

fn house(shards: u8) -> House {
    let limits = Limits { tickets: 64, ..SMALL };
    let text = format!("{PLAN}\n{}", from_the_start("anna"));
    House::of_size(shards, &text, &SrtpRules::default(), (limits, 32))
}

/// Rings from that number, and is answered into the choice of a time.
fn rings(house: &mut House, shard: u8, from: &str) -> LegId {
    let leg = house.rings_from(shard, "70202020", from);
    house.confirms(leg);
    leg
}

/// Takes the time that is offered, and the number.
fn agrees(house: &mut House, leg: LegId) {
    house.presses(leg, '1');
    house.presses(leg, '1');
    house.hangs_up(leg);
}

fn kept(house: &House) -> Vec<Promise> {
    let mut kept: Vec<Promise> = Vec::new();
    for change in &house.told.promises {
        match change {
            PromiseChange::Kept(promise) => {
                kept.retain(|known| known.call != promise.call);
                kept.push((**promise).clone());
            }
            PromiseChange::Over(call) => kept.retain(|known| known.call != *call),
        }
    }
    kept
}

/// Tuesday, so many minutes past nine.
fn tuesday(minutes: u32) -> Moment {
    NOON + 21 * 60 * MINUTE + minutes * MINUTE
}

fn slots(house: &House) -> Vec<Moment> {
    kept(house).iter().filter_map(|promise| promise.slot.map(|slot| slot.from)).collect()
}

#[test]
fn the_first_free_times_are_given_and_nobody_gets_a_place_that_is_taken_whichever_shard_has_the_call() {
    let mut house = house(2);
    for n in 0..4 {
        let leg = rings(&mut house, n % 2, &format!("2030000{n}"));
        agrees(&mut house, leg);
    }
    assert_eq!(slots(&house), [tuesday(0), tuesday(0), tuesday(30), tuesday(30)]);
    // The last whole half-hour before 10:10 is full: nothing is left, which is said, and the call ends as closed.
    let late = rings(&mut house, 0, "20300009");
    house.is_said(late);
    assert_eq!(house.outcomes(), [Outcome::Closed]);
}

#[test]
fn two_who_are_offered_the_last_place_at_once_do_not_both_get_it() {
    let mut house = house(1);
    let first = rings(&mut house, 0, "20300001");
    agrees(&mut house, first);
    let (bent, clara) = (rings(&mut house, 0, "20300002"), rings(&mut house, 0, "20300003"));
    agrees(&mut house, bent);
    house.presses(clara, '1');
    house.presses(clara, '1');
    assert_eq!(slots(&house), [tuesday(0), tuesday(0)], "clara was offered the same, and is offered another");
    agrees(&mut house, clara);
    assert_eq!(slots(&house).last(), Some(&tuesday(30)));
}

#[test]
fn a_later_time_can_be_chosen_and_after_the_last_one_the_first_is_offered_again() {
    let mut house = house(1);
    let leg = rings(&mut house, 0, "20300001");
    house.presses(leg, '2');
    house.presses(leg, '2');
    house.presses(leg, '2');
    agrees(&mut house, leg);
    assert_eq!(slots(&house), [tuesday(30)]);
}

#[test]
fn the_citizen_is_called_in_the_chosen_time_and_the_agent_is_there_first() {
    let mut house = house(1);
    let leg = rings(&mut house, 0, "20300001");
    agrees(&mut house, leg);
    let slot = BookedSlot { from: tuesday(0), until: tuesday(30) };
    let booked = What::Callback(CallbackFact::Booked { slot });
    assert!(house.told.facts.iter().any(|fact| fact.what == booked));
    let before_it_begins =
        tuesday(0).since(house.at).checked_sub(Duration::from_secs(1)).expect("Tuesday is more than a second away");
    house.later(before_it_begins);
    assert!(house.phone_of("anna").is_none(), "not before the time");
    house.later(Duration::from_secs(1));
    house.takes("anna");
    let outside = house.outside().expect("the citizen is called");
    house.answers(outside);
    assert_eq!(kept(&house), [], "the promise is kept");
    house.hangs_up(outside);
    assert_eq!(house.outcomes(), [Outcome::Talked]);
    house.is_clean();
}

#[test]
fn who_presses_nothing_hears_that_nothing_was_agreed_and_has_no_place() {
    let mut house = house(1);
    let leg = rings(&mut house, 0, "20300001");
    house.later(MINUTE);
    house.is_said(leg);
    assert_eq!(house.outcomes(), [Outcome::Closed]);
    assert_eq!(kept(&house), []);
    house.is_clean();
}

#[test]
fn a_place_that_was_taken_is_free_again_when_its_promise_has_ended() {
    let mut house = house(1);
    for n in 0..2 {
        let leg = rings(&mut house, 0, &format!("2030000{n}"));
        agrees(&mut house, leg);
    }
    // A day after the time, and two hours of the next morning for what was put off over night.
    house.later(3 * 24 * 60 * MINUTE);
    assert_eq!(kept(&house), [], "anna's phone rang in vain until their time was over");
    house.is_clean();
}

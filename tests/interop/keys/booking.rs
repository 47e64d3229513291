//! A time that is agreed on by keys while a line is closed, with real phones: when it has come the agent is called, then the
//! citizen, and both talk. Knows what each hears; the clock is the house's own.

use std::time::Duration;

use super::house::House;
use super::phone::both_talk;

/// A minute before the line opens.
const BEFORE: &str = "@2026-11-25 09:59:00";
/// Longer than until then.
const PATIENCE: Duration = Duration::from_secs(80);

#[test]
fn a_citizen_agrees_on_a_time_while_the_line_is_closed_and_is_called_then() {
    let Some(house) = House::open_at(BEFORE, &[("bot", "127.0.0.1:1")]) else { return };
    let mut carla = house.agent("carla");
    let mut citizen = house.citizen("70201023");
    citizen.hears("callback_slot.da");
    citizen.presses("1");
    citizen.hears_all(&["callback_number.da", "number-2.da", "number-0.da", "callback_confirm.da"]);
    citizen.presses("1");
    citizen.hears("callback_booked.da");
    citizen.hears_the_end();
    let mut citizen = house.outside("citizen");
    carla.hears_within(PATIENCE, "ringing");
    citizen.is_called();
    both_talk(&mut citizen, &mut carla);
    carla.parts();
    citizen.parts();
    let story = &house.story(1)[0];
    assert!(story.iter().any(|rung| rung.starts_with("callback: Booked")), "{story:#?}");
    assert_eq!(story.last().map(String::as_str), Some("ended: Talked"), "{story:#?}");
}

//! Callbacks with real phones: offered while the citizen waits, the number confirmed by keys, the agent first and then the
//! citizen, who sees the municipality's number; both hear each other.

use super::house::{House, NUMBER};
use super::phone::{Phone, both_talk};

/// The line that offers it.
const LINE: &str = "70201016";

/// Carla talks with somebody, and another citizen has chosen to be called back at the number that he rang from.
fn promised(house: &House, carla: &mut Phone) -> Phone {
    let mut first = house.another_citizen(1, LINE);
    both_talk(&mut first, carla);
    let mut citizen = house.citizen(LINE);
    citizen.hears("callback_offer.da");
    citizen.presses("1");
    citizen.hears("callback_number.da");
    reads_back(&mut citizen, NUMBER);
    citizen.presses("1");
    citizen.hears("callback_promised.da");
    citizen.hears_the_end();
    first
}

fn reads_back(citizen: &mut Phone, number: &str) {
    for digit in number.chars() {
        citizen.hears(&format!("number-{digit}.da"));
    }
    citizen.hears("callback_confirm.da");
}

#[test]
fn a_citizen_who_chose_it_is_called_back_when_the_agent_is_there_and_both_hear_each_other() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let first = promised(&house, &mut carla);
    let mut citizen = house.outside("citizen");
    first.parts();
    carla.hears("ringing");
    citizen.is_called();
    both_talk(&mut citizen, &mut carla);
    let shown = citizen.shows();
    assert!(shown.contains("70201011"), "Aarhus's first number is shown: {shown}");
    carla.parts();
    citizen.parts();
    let story = &house.story(2)[1];
    let told: Vec<&str> = story.iter().filter_map(|rung| rung.strip_prefix("callback: ")).collect();
    assert_eq!(told.first().copied(), Some("Offered"), "{story:#?}");
    assert!(story.contains(&"ended: Talked".to_owned()), "{story:#?}");
}

#[test]
fn a_busy_phone_is_called_back_once_more_later_and_the_agent_is_free_meanwhile() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let first = promised(&house, &mut carla);
    let busy = house.busy_outside();
    first.parts();
    busy.succeed();
    // The agent is free at once, for somebody else.
    let mut third = house.another_citizen(2, LINE);
    third.hears("agent");
    carla.still_hears("citizen");
    third.parts();
    let mut citizen = house.outside("citizen");
    citizen.is_called();
    citizen.hears("agent");
    carla.still_hears("citizen");
    carla.parts();
    citizen.parts();
    let story = &house.story(3)[1];
    let told: Vec<&str> = story.iter().filter_map(|rung| rung.strip_prefix("callback: ")).collect();
    let expected =
        ["Offered", "Promised", "Called { attempt: 1 }", "NotReached { why: Busy }", "Called { attempt: 2 }"];
    assert_eq!(told, expected, "{story:#?}");
    assert_eq!(story.last().map(String::as_str), Some("ended: Talked"), "{story:#?}");
}

#[test]
fn a_citizen_types_another_number_and_a_wrong_one_is_not_taken() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let mut first = house.another_citizen(1, LINE);
    both_talk(&mut first, &mut carla);
    let mut citizen = house.citizen(LINE);
    citizen.hears("callback_offer.da");
    citizen.presses("1");
    citizen.hears("callback_confirm.da");
    citizen.presses("2");
    citizen.hears("callback_type.da");
    citizen.presses("123#");
    citizen.hears_all(&["callback_wrong.da", "callback_type.da"]);
    citizen.presses("31452687#");
    reads_back(&mut citizen, "31452687");
    citizen.presses("1");
    citizen.hears("callback_promised.da");
    citizen.hears_the_end();
    let mut other = house.outside("citizen");
    first.parts();
    other.is_called();
    both_talk(&mut other, &mut carla);
    carla.parts();
    other.parts();
    house.story(2);
}

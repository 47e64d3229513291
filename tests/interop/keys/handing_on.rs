//! Handing on by the directory, with real phones: to colleagues, to an office outside, and not to one that is closed.
//! The agent asks for it at the desk; who hears whom is asked of the phones.

use samkald_tests::{Wishes, phones_are_there};

use super::house::House;
use super::phone::{Phone, both_talk};

/// The line that Carla serves, without menus.
const LINE: &str = "70201016";

/// Carla at her desk talks with a citizen.
fn talk() -> Option<(House, Phone, Phone, Wishes)> {
    if !phones_are_there(&["python"]) {
        return None;
    }
    let house = House::open()?;
    let mut carla = house.agent("carla");
    let wishes = Wishes::of(&house.centre, "carla", "carla-secret");
    let mut citizen = house.citizen(LINE);
    both_talk(&mut citizen, &mut carla);
    Some((house, citizen, carla, wishes))
}

#[test]
fn a_citizen_is_handed_on_by_name_to_a_team_of_our_own_and_both_hear_each_other() {
    let Some((house, mut citizen, _carla, mut wishes)) = talk() else { return };
    let mut bo = house.agent("bo");
    wishes.come_true("WISH_HAND_ON flytteholdet");
    both_talk(&mut citizen, &mut bo);
    citizen.parts();
    let story = &house.story(1)[0];
    assert!(story.contains(&"handed on by carla to line flytning".to_owned()), "{story:#?}");
    assert_eq!(story.last().map(String::as_str), Some("ended: Talked"));
}

#[test]
fn a_citizen_is_handed_on_by_name_to_an_office_outside_and_both_hear_each_other() {
    let Some((house, mut citizen, _carla, mut wishes)) = talk() else { return };
    let mut office = house.outside("office");
    wishes.come_true("WISH_HAND_ON skat");
    office.is_called();
    citizen.hears("office");
    office.hears("citizen");
    citizen.parts();
    office.parts();
    let story = &house.story(1)[0];
    assert!(story.contains(&"handed on by carla to somebody outside".to_owned()), "{story:#?}");
}

#[test]
fn an_agent_who_hands_on_to_a_closed_office_is_told_when_it_opens_and_keeps_the_citizen() {
    let Some((house, mut citizen, mut carla, mut wishes)) = talk() else { return };
    let told = wishes.refused("WISH_HAND_ON kontoret");
    assert!(told.starts_with("FAILED_PRECONDITION") && told.contains("09:00"), "{told}");
    citizen.still_hears("agent");
    carla.still_hears("citizen");
    citizen.parts();
    let story = &house.story(1)[0];
    assert!(!story.iter().any(|rung| rung.starts_with("handed on")), "{story:#?}");
}

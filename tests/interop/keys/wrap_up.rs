//! After a talk with a real phone: the agent writes down what it was about, by the codes of the plan, with more time once; and
//! reads it when the same number rings again.

use samkald_tests::{Wishes, phones_are_there, told};

use super::desk::Desk;
use super::house::House;
use super::phone::both_talk;

#[test]
fn an_agent_wraps_a_talk_up_by_the_municipalitys_codes_and_asks_for_more_time_once() {
    if !phones_are_there(&["python"]) {
        return;
    }
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let mut wishes = Wishes::of(&house.centre, "carla", "carla-secret");
    let mut citizen = house.citizen("89402000");
    both_talk(&mut citizen, &mut carla);
    citizen.parts();
    house.centre.facts_until(|told| told::states(told, "carla").iter().any(|state| state == "became WrapUp"));
    wishes.come_true("MORE_TIME");
    wishes.refused("MORE_TIME");
    let told = wishes.refused("WRAP_UP code=sagsbehandlet");
    assert!(told.contains("vejledt, flyttet"), "the codes are listed: {told}");
    // Not of a call of Aarhus's.
    wishes.refused("WRAP_UP code=flyttet");
    wishes.come_true("WRAP_UP code=vejledt role=borger topic_code=sommerhus referred_to=skat guide=borger.dk/pas");
    let facts =
        house.centre.facts_until(|told| told::states(told, "carla").iter().any(|state| state == "wrapped up: vejledt"));
    assert!(told::states(&facts, "carla").contains(&"wrap-up extended".to_owned()));
    house.story(1);
}

#[test]
fn an_agent_is_told_that_the_same_number_rang_before_and_reads_what_was_noted_then() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let mut desk = Desk::of(&house, "carla");
    let mut citizen = house.citizen("89402000");
    desk.says("DET RINGER: 20 61 43 58 · Aarhus · Efterbehandling");
    both_talk(&mut citizen, &mut carla);
    citizen.parts();
    desk.says("Samtalen er slut");
    desk.types("efterbehandling vejledt rolle=borger løst notat=Ringer igen, når 010190-1234 er fundet");
    desk.says("klar");
    let citizen = house.another_citizen(1, "89402000");
    desk.says("DET RINGER: 20 61 43 58");
    desk.says("Dette nummer ringede for under et minut siden");
    desk.says("I samtale");
    // Whose number it was is in the database some seconds after the call.
    let note = desk.asks_until("noter", "Ringer igen, når");
    assert!(!note.contains("1234"), "the CPR number is masked: {note}");
    citizen.parts();
    let stories = house.story(2);
    assert!(!format!("{stories:?}").contains("Ringer igen"), "no note is a fact");
}

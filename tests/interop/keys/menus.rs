//! Menus by keys that a real phone presses (RFC 4733): language, postal code and topic lead where they should, and whoever
//! presses nothing, or wrongly, comes to a person.

use super::house::House;
use super::phone::both_talk;

/// The main number, which asks everything.
const MAIN: &str = "70201000";

#[test]
fn a_citizen_who_chooses_english_by_a_key_talks_with_somebody_who_speaks_it() {
    let Some(house) = House::open() else { return };
    let (_carla, mut erik) = (house.agent("carla"), house.agent("erik"));
    let mut citizen = house.citizen(MAIN);
    citizen.hears_all(&["greeting.da", "sprog.da"]);
    citizen.presses("2");
    both_talk(&mut citizen, &mut erik);
    citizen.parts();
    let story = &house.story(1)[0];
    assert!(story.contains(&"menu sprog: Key('2')".to_owned()), "{story:#?}");
    assert!(story.contains(&"line alt-en from nowhere known".to_owned()), "{story:#?}");
    assert!(story.contains(&"talking with erik".to_owned()), "{story:#?}");
}

#[test]
fn a_citizen_types_a_postal_code_and_the_agents_phone_shows_the_municipality() {
    let Some(house) = House::open() else { return };
    let mut carla = house.desk_phone("carla");
    let mut citizen = house.citizen(MAIN);
    citizen.hears("sprog.da");
    citizen.presses("1");
    citizen.hears("postnummer.da");
    citizen.presses("8000");
    citizen.hears("emner.da");
    carla.is_called();
    both_talk(&mut citizen, &mut carla);
    assert!(carla.shows().contains("Aarhus"), "{}", carla.shows());
    citizen.parts();
    carla.parts();
    let story = &house.story(1)[0];
    assert!(story.contains(&"menu postnummer: PostalCode".to_owned()), "{story:#?}");
    assert!(story.contains(&"line alt from 0751".to_owned()), "{story:#?}");
}

#[test]
fn a_topic_key_leads_to_another_queue_and_before_it_the_menu_is_said_again_slowly_and_with_a_message() {
    let Some(house) = House::open() else { return };
    let (_carla, mut bo) = (house.agent("carla"), house.agent("bo"));
    let mut citizen = house.citizen(MAIN);
    citizen.hears("sprog.da");
    citizen.presses("1");
    citizen.hears("postnummer.da");
    citizen.presses("8900");
    citizen.hears("emner.da");
    citizen.presses("*");
    citizen.hears("emner.da");
    citizen.presses("9");
    citizen.hears("emner_langsomt.da");
    citizen.presses("8");
    citizen.hears_all(&["adresser.da", "emner.da"]);
    citizen.presses("1");
    both_talk(&mut citizen, &mut bo);
    citizen.parts();
    let story = &house.story(1)[0];
    assert!(story.contains(&"line flytning from 0730".to_owned()), "{story:#?}");
    assert!(story.contains(&"queued in flytning".to_owned()), "{story:#?}");
}

#[test]
fn whoever_presses_nothing_and_then_wrong_keys_comes_to_a_person() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let mut citizen = house.citizen(MAIN);
    citizen.hears_all(&["greeting.da", "sprog.da", "postnummer.da", "emner.da"]);
    citizen.presses("7");
    citizen.hears("emner.da");
    citizen.presses("6");
    both_talk(&mut citizen, &mut carla);
    citizen.parts();
    let story = &house.story(1)[0];
    let menus: Vec<&String> = story.iter().filter(|rung| rung.starts_with("menu ")).collect();
    assert_eq!(menus, ["menu sprog: Nothing", "menu postnummer: Nothing", "menu emner: Nothing"]);
    assert!(story.contains(&"talking with carla".to_owned()), "{story:#?}");
}

#[test]
fn a_key_cuts_the_greeting_short() {
    let Some(house) = House::open() else { return };
    let mut carla = house.agent("carla");
    let mut citizen = house.citizen("70201018");
    citizen.hears("long.da");
    citizen.presses("1");
    both_talk(&mut citizen, &mut carla);
    assert!(citizen.seconds_of("long.da") < 20.0, "a greeting of half a minute was heard to its end");
    citizen.parts();
    house.story(1);
}

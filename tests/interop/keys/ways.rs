//! Ways out where nobody can serve a citizen here and now: closed, full, waited too long. With real phones: what is said, and who
//! answers then.

use std::time::Duration;

use super::house::House;
use super::phone::both_talk;

#[test]
fn whoever_rings_a_closed_line_is_told_so_and_when_it_opens() {
    let Some(house) = House::open() else { return };
    let mut citizen = house.citizen("70201010");
    citizen.hears_all(&["closed.da", "opens-again.da"]);
    citizen.hears_the_end();
    let story = &house.story(1)[0];
    assert_eq!(story[2..], ["closed", "ended: Closed"], "{story:#?}");
}

#[test]
fn whoever_rings_a_municipalitys_closed_line_comes_to_the_evening_line_and_stays_its_citizen() {
    let Some(house) = House::open() else { return };
    let mut bo = house.agent("bo");
    let mut citizen = house.citizen("70201011");
    both_talk(&mut citizen, &mut bo);
    citizen.parts();
    let story = &house.story(1)[0];
    assert_eq!(story[1], "line lukket-aarhus from 0751");
    assert!(story.contains(&"line flytning from 0751".to_owned()), "{story:#?}");
}

#[test]
fn whoever_rings_a_closed_line_that_leads_outside_talks_with_the_office_there() {
    let Some(house) = House::open() else { return };
    let mut office = house.outside("office");
    let mut citizen = house.citizen("70201021");
    citizen.hears("closed.da");
    office.is_called();
    citizen.hears("office");
    office.hears("citizen");
    citizen.parts();
    office.parts();
    let story = &house.story(1)[0];
    assert_eq!(story.last().map(String::as_str), Some("ended: LedOutside"), "{story:#?}");
}

#[test]
fn where_a_queue_is_full_the_next_citizen_is_told_so_and_led_on_to_another_line() {
    let Some(house) = House::open() else { return };
    let mut bo = house.agent("bo");
    let mut first = house.citizen("70201012");
    first.hears("music");
    let mut second = house.another_citizen(1, "70201012");
    second.hears("full.da");
    both_talk(&mut second, &mut bo);
    second.parts();
    first.parts();
    let story = house.story(2);
    assert!(story[0].contains(&"ended: Abandoned".to_owned()), "{story:#?}");
    assert!(story[1].contains(&"talking with bo".to_owned()), "{story:#?}");
}

#[test]
fn whoever_has_waited_in_vain_is_told_so_and_led_on_to_another_line() {
    let Some(house) = House::open() else { return };
    let mut bo = house.agent("bo");
    let mut citizen = house.citizen("70201013");
    citizen.hears("music");
    citizen.hears_within(Duration::from_secs(30), "gave_up.da");
    both_talk(&mut citizen, &mut bo);
    citizen.parts();
    let story = &house.story(1)[0];
    let queues: Vec<&String> = story.iter().filter(|rung| rung.starts_with("queued ")).collect();
    assert_eq!(queues, ["queued in ingen", "queued in flytning"], "{story:#?}");
}

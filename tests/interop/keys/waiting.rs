//! What citizens hear while they wait, with real phones: the place in the queue, messages between the music, and an agent of another
//! queue who takes them when it lasts too long.

use std::time::Duration;

use super::house::House;

/// Longer than any setting of the plan lets something wait.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn citizens_who_wait_are_told_their_places_between_the_music_and_when_they_have_moved_up() {
    let Some(house) = House::open() else { return };
    let mut first = house.citizen("70201014");
    first.hears_all(&["music", "place-first.da", "music"]);
    let mut second = house.another_citizen(1, "70201014");
    second.hears_all(&["place-number.da", "number-2.da", "place-in-queue.da", "music"]);
    first.parts();
    second.hears_within(LONG, "place-first.da");
    second.parts();
    house.story(2);
}

#[test]
fn citizens_who_wait_are_told_messages_between_the_music() {
    let Some(house) = House::open() else { return };
    let mut citizen = house.citizen("70201017");
    citizen.hears("music");
    citizen.hears_within(LONG, "besked.da");
    citizen.hears("music");
    citizen.parts();
    house.story(1);
}

#[test]
fn whoever_waits_too_long_in_a_queue_is_taken_by_an_agent_of_its_overflow() {
    let Some(house) = House::open() else { return };
    let mut bo = house.agent("bo");
    let mut citizen = house.citizen("70201015");
    citizen.hears("music");
    bo.hears_within(LONG, "citizen");
    citizen.hears("bo");
    citizen.parts();
    let story = &house.story(1)[0];
    let queues: Vec<&String> = story.iter().filter(|rung| rung.starts_with("queued ")).collect();
    assert_eq!(queues, ["queued in over", "queued in flytning"], "{story:#?}");
}

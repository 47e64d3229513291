//! An agent with nothing but the desk's page: reloaded, on another network, asleep, or opened twice, the talk goes on, with
//! music for the citizen while nobody is there. Knows what citizen and agent hear; how long it took is said, not judged.

use std::time::{Duration, Instant};

use samkald_tests::{phones_are_there, tone};

use crate::away::{self, both_hear, presses, vanishes};
use crate::scene::{self, Scene};

/// Fault 44.
#[test]
fn a_talk_survives_a_reload_a_lost_connection_another_network_and_ten_seconds_of_sleep() {
    scene::try_story("desk page", survives);
}

fn survives(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    scene.answer(&citizen)?;
    both_hear(scene)?;
    for what in ["lose_the_socket", "change_the_network", "reload"] {
        scene.phone().does(what)?;
        heard_again(scene, what)?;
    }
    scene.phone().does("sleep")?;
    scene.citizen_hears_other_than(tone::AGENT_HZ, 1.0)?;
    scene.phone().notices("awake")?;
    scene.nothing_heard_since();
    heard_again(scene, "ten seconds of sleep")?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")
}

fn heard_again(scene: &mut Scene, after: &str) -> Result<(), String> {
    scene.nothing_heard_since();
    away::heard_again(scene, after, Instant::now())
}

#[test]
fn keys_pressed_at_the_desks_page_reach_the_citizens_side_once_each() {
    scene::try_story("desk page", presses);
}

#[test]
fn an_agent_whose_desk_page_is_closed_is_not_offered_citizens() {
    scene::try_story("desk page", vanishes);
}

#[test]
fn a_test_at_the_page_tells_an_agent_that_the_microphone_is_dead_and_when_it_works_again() {
    scene::try_story("desk page", is_tested);
}

fn is_tested(scene: &mut Scene) -> Result<(), String> {
    scene.phone().does("test_sound")?;
    test_is_taken(scene, "sound proven")?;
    scene.agent_is_ready()?;
    scene.phone().does("silence_the_microphone")?;
    scene.phone().does("test_sound")?;
    test_is_taken(scene, "sound silent")?;
    scene.phone().does("use_the_microphone")?;
    scene.phone().does("test_sound")?;
    test_is_taken(scene, "sound proven")?;
    scene.agent_is_ready()
}

/// The page rings for a test, which is taken and ends so.
fn test_is_taken(scene: &mut Scene, end: &str) -> Result<(), String> {
    scene.phone().notices("ringing")?;
    scene.phone().does("answer")?;
    scene.phone().notices(end)?;
    scene.phone().notices("ended")
}

/// Fault 25.
#[test]
fn an_agent_whose_network_lets_out_nothing_else_talks_by_the_operators_turn_server() {
    if phones_are_there(&["turnserver"]) {
        scene::try_story("relayed page", is_relayed);
    }
}

fn is_relayed(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    scene.answer(&citizen)?;
    both_hear(scene)?;
    scene.phone().does("reload")?;
    heard_again(scene, "reload behind a TURN server")?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")
}

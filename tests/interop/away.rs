//! What only an agent's browser does: it loses its socket, changes its network, sleeps, and the talk goes on, with music for
//! the citizen while nobody is there; its keys arrive once each. Knows what citizen and agent hear.

use std::time::{Duration, Instant};

use samkald_tests::{RunningSipp, tone};

use crate::scene::{self, Scene};

/// Fault 44.
#[test]
fn a_talk_survives_a_lost_socket_a_changed_network_and_ten_seconds_of_sleep() {
    scene::try_story("JsSIP", survives);
}

fn survives(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    scene.answer(&citizen)?;
    both_hear(scene)?;
    scene.phone().does("lose_the_socket")?;
    both_hear(scene)?;
    scene.phone().does("change_the_network")?;
    both_hear(scene)?;
    scene.phone().does("sleep")?;
    scene.citizen_hears_other_than(tone::AGENT_HZ, 1.0)?;
    scene.phone().notices("awake")?;
    scene.nothing_heard_since();
    both_hear(scene)?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")
}

/// Fault 44.
#[test]
fn a_talk_goes_on_in_jssip_after_its_page_was_reloaded() {
    scene::try_story("JsSIP", is_reloaded);
}

/// Fault 44. This page answers by itself where it is asked to.
#[test]
fn a_talk_goes_on_in_sip_js_after_its_page_was_reloaded() {
    scene::try_story("SIP.js", is_reloaded_and_answers_by_itself);
}

fn is_reloaded(scene: &mut Scene) -> Result<(), String> {
    let citizen = comes_back(scene)?;
    scene.phone().notices("ringing")?;
    scene.phone().does("answer")?;
    talks_on(scene, citizen)
}

fn is_reloaded_and_answers_by_itself(scene: &mut Scene) -> Result<(), String> {
    let citizen = comes_back(scene)?;
    talks_on(scene, citizen)
}

/// A talk in whose midst the page is reloaded; it is on, and registered.
fn comes_back(scene: &mut Scene) -> Result<(RunningSipp, Instant), String> {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    scene.answer(&citizen)?;
    both_hear(scene)?;
    scene.phone().forget();
    scene.phone().does("reload")?;
    scene.phone().does("register")?;
    scene.nothing_heard_since();
    Ok((citizen, Instant::now()))
}

fn talks_on(scene: &mut Scene, (citizen, back): (RunningSipp, Instant)) -> Result<(), String> {
    scene.phone().notices("established")?;
    heard_again(scene, "the page was back", back)?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")?;
    // One offer, one answer, one talk.
    scene.told_once("offered to carla")?;
    scene.told_once("answered by carla")
}

/// Both hear each other for a second, and the first of it how long after `back`.
pub(crate) fn heard_again(scene: &mut Scene, after: &str, back: Instant) -> Result<(), String> {
    scene.citizen_hears(tone::AGENT_HZ, 0.2)?;
    let citizen = back.elapsed();
    scene.agent_hears(tone::CITIZEN_HZ, 0.2)?;
    eprintln!("after {after}: heard by the citizen within {citizen:.1?}, by the agent within {:.1?}", back.elapsed());
    both_hear(scene)
}

/// Fault 44: a contact whose socket has died is not called.
#[test]
fn an_agent_whose_page_is_gone_is_not_offered_citizens() {
    scene::try_story("JsSIP", vanishes);
}

pub(crate) fn vanishes(scene: &mut Scene) -> Result<(), String> {
    scene.phone().does("vanish")?;
    scene.agent_is_no_longer_ready()?;
    let citizen = scene.citizen("citizen_gives_up", Duration::from_secs(2));
    citizen.succeed();
    scene.ended("Abandoned")?;
    scene.never_told("offered to carla")
}

#[test]
fn keys_pressed_at_jssip_reach_the_citizens_side_once_each() {
    scene::try_story("JsSIP", presses);
}

#[test]
fn keys_pressed_at_sip_js_reach_the_citizens_side_once_each() {
    scene::try_story("SIP.js", presses);
}

pub(crate) fn presses(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen_with_keys("citizen_is_let_go");
    scene.answer(&citizen)?;
    both_hear(scene)?;
    for key in ["5", "5", "#"] {
        scene.phone().does_to("press", Some(key))?;
        std::thread::sleep(Duration::from_millis(400));
    }
    scene.citizen_is_told_keys(&[5, 5, 11])?;
    both_hear(scene)?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")
}

pub(crate) fn both_hear(scene: &mut Scene) -> Result<(), String> {
    scene.citizen_hears(tone::AGENT_HZ, 1.0)?;
    scene.agent_hears(tone::CITIZEN_HZ, 1.0)
}

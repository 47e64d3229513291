//! An agent's browser loses its socket, changes its network, sleeps: the talk goes on, and the citizen hears music while
//! nobody is there. Knows what citizen and agent hear.

use std::time::Duration;

use samkald_tests::tone;

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

fn both_hear(scene: &mut Scene) -> Result<(), String> {
    scene.citizen_hears(tone::AGENT_HZ, 1.0)?;
    scene.agent_hears(tone::CITIZEN_HZ, 1.0)
}

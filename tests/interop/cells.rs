//! What an agent's phone must do, feature by feature: each is one short story with a citizen, the phone that is tried,
//! and where a call is handed over a colleague. Knows what citizen, agent and colleague notice, and the facts told of it.

use std::time::Duration;

use samkald_tests::tone;

use crate::scene::{COLLEAGUE_HZ, COLLEAGUES_LINE, Scene};

/// A row of the table.
pub(crate) struct Feature {
    /// The row's title.
    pub(crate) name: &'static str,
    /// The story.
    pub(crate) story: Story,
}

/// What happens, and what of it went wrong.
pub(crate) type Story = fn(&mut Scene) -> Result<(), String>;

/// All of them, in the table's order.
pub(crate) const FEATURES: [Feature; 12] = [
    Feature { name: "registers", story: registers },
    Feature { name: "is refused with a wrong password", story: wrong_password },
    Feature { name: "rings, and stops when the citizen gives up", story: rings_and_stops },
    Feature { name: "declines", story: declines },
    Feature { name: "answers, and both hear each other", story: both_hear },
    Feature { name: "hangs up", story: hangs_up },
    Feature { name: "ends when the citizen hangs up", story: citizen_hangs_up },
    Feature { name: "holds and resumes", story: holds },
    Feature { name: "calls a colleague", story: calls_colleague },
    Feature { name: "hands over to a line", story: to_a_line },
    Feature { name: "hands over to a colleague", story: to_a_colleague },
    Feature { name: "asks a colleague first, then hands over", story: attended },
];

fn registers(scene: &mut Scene) -> Result<(), String> {
    scene.agent_is_ready()
}

fn wrong_password(scene: &mut Scene) -> Result<(), String> {
    let mut other = scene.phone_with_a_wrong_password();
    match other.does("register") {
        Err(_) => scene.nobody_else_became_ready(),
        Ok(()) => Err("a wrong password was taken".into()),
    }
}

fn rings_and_stops(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_gives_up", Duration::from_secs(2));
    scene.phone().notices("ringing")?;
    scene.phone().notices("ended")?;
    citizen.succeed();
    scene.ended("Abandoned")
}

fn declines(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_gives_up", Duration::from_secs(3));
    scene.phone().notices("ringing")?;
    scene.phone().does("decline")?;
    citizen.succeed();
    scene.ended("Abandoned")?;
    scene.told("not taken by carla: ")
}

fn both_hear(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen", Duration::from_secs(4));
    scene.answer(&citizen)?;
    scene.citizen_hears(tone::AGENT_HZ, 1.5)?;
    scene.agent_hears(tone::CITIZEN_HZ, 1.5)?;
    citizen.succeed();
    scene.ended("Talked")
}

fn hangs_up(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    scene.answer(&citizen)?;
    scene.phone().does("hang_up")?;
    citizen.succeed();
    scene.told("hung up by Agent")?;
    scene.ended("Talked")
}

fn citizen_hangs_up(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen", Duration::from_secs(1));
    scene.answer(&citizen)?;
    scene.phone().notices("ended")?;
    citizen.succeed();
    scene.told("hung up by Citizen")?;
    scene.ended("Talked")
}

fn holds(scene: &mut Scene) -> Result<(), String> {
    let citizen = scene.citizen("citizen", Duration::from_secs(8));
    scene.answer(&citizen)?;
    scene.citizen_hears(tone::AGENT_HZ, 0.5)?;
    scene.phone().does("hold")?;
    scene.citizen_hears_other_than(tone::AGENT_HZ, 1.0)?;
    scene.phone().does("resume")?;
    scene.citizen_hears(tone::AGENT_HZ, 0.8)?;
    scene.agent_hears(tone::CITIZEN_HZ, 0.8)?;
    citizen.succeed();
    scene.ended("Talked")
}

fn calls_colleague(scene: &mut Scene) -> Result<(), String> {
    let colleague = scene.colleague();
    let to = scene.uri("anna");
    scene.phone().does_to("dial", Some(&to))?;
    scene.colleague_talks(&colleague)?;
    scene.agent_hears(COLLEAGUE_HZ, 1.0)?;
    scene.colleague_hears(tone::AGENT_HZ, 1.0)?;
    scene.phone().does("hang_up")?;
    colleague.succeed();
    Ok(())
}

fn to_a_line(scene: &mut Scene) -> Result<(), String> {
    handed_over(scene, COLLEAGUES_LINE)
}

fn to_a_colleague(scene: &mut Scene) -> Result<(), String> {
    handed_over(scene, "anna")
}

fn handed_over(scene: &mut Scene, user: &str) -> Result<(), String> {
    let colleague = scene.colleague();
    let citizen = scene.citizen("citizen", Duration::from_secs(7));
    scene.answer(&citizen)?;
    scene.citizen_hears(tone::AGENT_HZ, 0.5)?;
    let to = scene.uri(user);
    scene.phone().does_to("transfer", Some(&to))?;
    scene.colleague_talks(&colleague)?;
    scene.citizen_hears(COLLEAGUE_HZ, 1.0)?;
    scene.colleague_hears(tone::CITIZEN_HZ, 1.0)?;
    citizen.succeed();
    colleague.succeed();
    scene.ended("Talked")
}

fn attended(scene: &mut Scene) -> Result<(), String> {
    let colleague = scene.colleague();
    let citizen = scene.citizen("citizen", Duration::from_secs(11));
    scene.answer(&citizen)?;
    scene.citizen_hears(tone::AGENT_HZ, 0.5)?;
    scene.phone().does("hold")?;
    let to = scene.uri("anna");
    scene.phone().does_to("dial", Some(&to))?;
    scene.colleague_talks(&colleague)?;
    scene.colleague_hears(tone::AGENT_HZ, 0.5)?;
    scene.phone().does("join")?;
    scene.citizen_hears(COLLEAGUE_HZ, 1.0)?;
    scene.colleague_hears(tone::CITIZEN_HZ, 1.0)?;
    citizen.succeed();
    colleague.succeed();
    scene.ended("Talked")
}

//! The sipp column of the table: the same stories, each with scripts of `tests/sipp` as the phone that is tried.
//! A script can't be asked what it notices: it goes its way to the end, or sipp says where it didn't.

use std::net::SocketAddr;
use std::time::Duration;

use samkald_tests::{Law, RunningSipp, Sipp, Voice, tone};

use crate::cells::Story;
use crate::scene::{COLLEAGUE_HZ, COLLEAGUES_LINE, Scene};

/// Where Carla's phone is, at the phones' address.
const PORT: u16 = 27_000;
/// How long citizens talk.
const TALK: Duration = Duration::from_secs(4);

/// The story of a feature, for those that scripts can tell.
pub(crate) fn story(feature: &str) -> Option<Story> {
    Some(match feature {
        "registers" => |scene| scene.agent_is_ready(),
        "is refused with a wrong password" => |scene| {
            registers(scene, "not-the-secret", "401");
            Ok(())
        },
        "rings, and stops when the citizen gives up" => |scene| {
            let phone = phone(scene, "agent_rings_on", None).wait_for_calls();
            scene.citizen("citizen_gives_up", Duration::from_secs(2)).succeed();
            phone.succeed();
            scene.ended("Abandoned")
        },
        "declines" => |scene| {
            let phone = phone(scene, "agent_refuses", None).wait_for_calls();
            scene.citizen("citizen_gives_up", Duration::from_secs(2)).succeed();
            phone.succeed();
            scene.told("not taken by carla: Busy")
        },
        "answers, and both hear each other" => |scene| talk(scene, "agent", "citizen", "hung up by Citizen"),
        "hangs up" => |scene| talk(scene, "agent_hangs_up", "citizen_is_let_go", "hung up by Agent"),
        "ends when the citizen hangs up" => |scene| talk(scene, "agent", "citizen", "hung up by Citizen"),
        "holds and resumes" => holds,
        "calls a colleague" => calls_colleague,
        "hands over to a line" => |scene| hands_over(scene, COLLEAGUES_LINE),
        "hands over to a colleague" => |scene| hands_over(scene, "anna"),
        _ => return None,
    })
}

/// Registers Carla's phone, or is refused.
pub(crate) fn registers(scene: &Scene, password: &str, status: &str) {
    let mut phone = phone(scene, "agent_registers", None).with("password", password).with("status", status);
    if status != "200" {
        phone.local = SocketAddr::new(scene.stranger(), PORT);
    }
    phone.ring(scene.server()).succeed();
}

fn phone(scene: &Scene, scenario: &'static str, voice: Option<&Voice>) -> Sipp {
    let mut phone = Sipp::new(scenario, scene.phones()).with("user", "carla").with("password", "carla-secret");
    phone.local.set_port(PORT);
    phone.pause = Duration::from_secs(3);
    match voice {
        Some(voice) => phone.with("rtp_port", &voice.address.port().to_string()),
        None => phone,
    }
}

/// Both talk; which scripts are used says who hangs up.
fn talk(scene: &mut Scene, agents: &'static str, citizens: &'static str, told: &str) -> Result<(), String> {
    let (agent, citizen) = in_talk(scene, agents, citizens, TALK)?;
    scene.citizen_hears(tone::AGENT_HZ, 1.0)?;
    scene.agent_hears(tone::CITIZEN_HZ, 1.0)?;
    citizen.succeed();
    agent.succeed();
    scene.told(told)?;
    scene.ended("Talked")
}

fn in_talk(
    scene: &mut Scene,
    agents: &'static str,
    citizens: &'static str,
    talk: Duration,
) -> Result<(RunningSipp, RunningSipp), String> {
    let voice = Voice::open(scene.phones(), tone::AGENT_HZ, Law::A);
    let to = scene.uri("anna");
    let agent = phone(scene, agents, Some(&voice)).with("to", &to).wait_for_calls();
    let citizen = scene.citizen(citizens, talk);
    scene.citizen_talks(&citizen)?;
    scene.agents_own_voice_talks(voice, &agent)?;
    Ok((agent, citizen))
}

fn holds(scene: &mut Scene) -> Result<(), String> {
    let (agent, citizen) = in_talk(scene, "agent_holds", "citizen", Duration::from_secs(6))?;
    scene.citizen_hears(tone::AGENT_HZ, 0.3)?;
    scene.citizen_hears_other_than(tone::AGENT_HZ, 1.0)?;
    scene.citizen_hears(tone::AGENT_HZ, 1.0)?;
    scene.agent_hears(tone::CITIZEN_HZ, 1.0)?;
    citizen.succeed();
    agent.succeed();
    scene.ended("Talked")
}

fn calls_colleague(scene: &mut Scene) -> Result<(), String> {
    let colleague = scene.colleague();
    let voice = Voice::open(scene.phones(), tone::AGENT_HZ, Law::A);
    let mut agent = phone(scene, "agent_calls", Some(&voice)).with("to", &scene.uri("anna"));
    agent.proves_for = format!("anna@{}", scene.server());
    let agent = agent.ring(scene.server());
    scene.colleague_talks(&colleague)?;
    scene.agents_own_voice_talks(voice, &agent)?;
    scene.agent_hears(COLLEAGUE_HZ, 1.0)?;
    scene.colleague_hears(tone::AGENT_HZ, 1.0)?;
    agent.succeed();
    colleague.succeed();
    Ok(())
}

fn hands_over(scene: &mut Scene, user: &str) -> Result<(), String> {
    let colleague = scene.colleague();
    let voice = Voice::open(scene.phones(), tone::AGENT_HZ, Law::A);
    let to = scene.uri(user);
    let agent = phone(scene, "agent_hands_over", Some(&voice)).with("to", &to).wait_for_calls();
    let citizen = scene.citizen("citizen", Duration::from_secs(7));
    scene.citizen_talks(&citizen)?;
    scene.agents_own_voice_talks(voice, &agent)?;
    scene.colleague_talks(&colleague)?;
    scene.citizen_hears(COLLEAGUE_HZ, 1.0)?;
    scene.colleague_hears(tone::CITIZEN_HZ, 1.0)?;
    agent.succeed();
    citizen.succeed();
    colleague.succeed();
    scene.ended("Talked")
}

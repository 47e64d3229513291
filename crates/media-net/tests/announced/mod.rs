//! An announcement to one side of a talk: who hears it, who hears whom meanwhile, and that nobody who comes or goes cuts it.
//! Knows tones and frames; never how long something took.

use media::{MediaCommand, MediaEvent, Mixed, PlayNo};

use crate::phone::{House, strength};
use crate::{A_LAW, once, play};

#[test]
fn an_announcement_to_one_side_is_heard_there_alone_and_both_talk_on_after_it() {
    let house = House::new(25);
    let (mut citizen, mut agent) = (house.phone(2, A_LAW), house.phone(3, A_LAW));
    let mut listener = house.phone(4, A_LAW);
    let payloads = |packets: &[Vec<u8>]| packets.iter().map(|packet| packet[12..].to_vec()).collect::<Vec<_>>();
    play(&house, &listener, 1, once("sound_check"));
    let alone = payloads(&listener.hear(50));
    let pair = MediaCommand::Join { a: citizen.leg, b: agent.leg };
    house.net.command(pair.clone());
    play(&house, &citizen, 7, once("sound_check").over_a_talk());
    let mut heard = citizen.hear(10);
    // Whoever joins meanwhile, or goes, doesn't cut it.
    let members = [(citizen.leg, 0b010), (agent.leg, 0b001), (listener.leg, 0b011)];
    let members = members.map(|(leg, hears)| Mixed { leg, hears }).into();
    house.net.command(MediaCommand::Mix { leg: citizen.leg, members });
    heard.extend(citizen.hear(10));
    house.net.command(MediaCommand::Part { leg: listener.leg });
    house.net.command(pair);
    agent.hear_what_is_there();
    for _ in 0..10 {
        citizen.say_tone(600.0);
        agent.say_tone(900.0);
    }
    let to_agent = agent.hear(10);
    let sound = agent.sound(&to_agent);
    assert_eq!(to_agent.len(), 10, "the agent hears the citizen all the while");
    assert!(strength(&sound, 600.0) > 50.0 * strength(&sound, 900.0), "and nothing but the citizen");
    house.wait_for(|event| (*event == MediaEvent::Played { leg: citizen.leg, play: PlayNo(7) }).then_some(()));
    heard.extend(citizen.hear_what_is_there());
    assert!(payloads(&heard) == alone, "the whole announcement, once, and nothing of the agent meanwhile");
    for _ in 0..10 {
        agent.say_tone(900.0);
    }
    let after = citizen.hear(10);
    let sound = citizen.sound(&after);
    assert!(strength(&sound, 900.0) > 50.0 * strength(&sound, 600.0), "the agent again");
}

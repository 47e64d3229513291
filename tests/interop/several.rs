//! One agent with two phones of the same account (fault 28): what only several phones can show. Beside the table, whose rows are
//! tried with each client alone.

use std::time::Duration;

use samkald_tests::{RunningSoftphone, phones_are_there, tone};

use crate::clients::Client;
use crate::scene::Scene;

#[test]
fn of_an_agents_two_phones_both_ring_and_when_one_is_answered_the_other_stops() {
    let Some((mut scene, mut first, mut second)) = two_phones() else { return };
    let citizen = scene.citizen("citizen", Duration::from_secs(4));
    both(&mut first, &mut second, |phone| phone.notices("ringing"));
    second.does("answer").unwrap_or_else(|why| panic!("{why}"));
    first.notices("ended").unwrap_or_else(|why| panic!("the other phone rings on: {why}"));
    second.notices("established").unwrap_or_else(|why| panic!("{why}"));
    scene.citizen_talks(&citizen).unwrap_or_else(|why| panic!("{why}"));
    scene.citizen_hears(tone::AGENT_HZ, 1.0).unwrap_or_else(|why| panic!("{why}"));
    citizen.succeed();
    second.notices("ended").unwrap_or_else(|why| panic!("{why}"));
    scene.told("answered by carla").and_then(|()| scene.ended("Talked")).unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn of_an_agents_two_phones_answered_at_the_same_moment_one_talks_and_the_other_is_let_go() {
    let Some((mut scene, mut first, mut second)) = two_phones() else { return };
    for _ in 0..3 {
        let citizen = scene.citizen("citizen", Duration::from_secs(2));
        both(&mut first, &mut second, |phone| phone.notices("ringing"));
        // Who comes second may be told that its call is gone already.
        both(&mut first, &mut second, |phone| phone.does("answer").or(Ok(())));
        scene.citizen_talks(&citizen).unwrap_or_else(|why| panic!("{why}"));
        scene.citizen_hears(tone::AGENT_HZ, 0.5).unwrap_or_else(|why| panic!("{why}"));
        citizen.succeed();
        both(&mut first, &mut second, |phone| phone.notices("ended"));
        scene.ended("Talked").and_then(|()| scene.agent_is_ready()).unwrap_or_else(|why| panic!("{why}"));
        scene.nothing_heard_yet();
    }
}

/// A call is offered once, and what a browser takes is no other phone's.
#[test]
fn while_an_agents_page_is_open_it_rings_alone_and_afterwards_the_desk_phone_again() {
    let (browser, baresip) = (Client::named("JsSIP"), Client::named("baresip UDP"));
    if !phones_are_there(browser.needs()) || !phones_are_there(baresip.needs()) {
        return;
    }
    let mut scene = Scene::open(browser);
    let [mut desk_phone, mut page] = [baresip, browser].map(|client| {
        let mut phone = scene.softphone_of(client, "carla-secret", scene.phones()).switch_on();
        phone.does("register").unwrap_or_else(|why| panic!("{why}"));
        phone
    });
    takes_a_call(&mut scene, &mut page);
    assert!(!desk_phone.has_noticed("ringing"), "the desk phone rang as well");
    page.does("unregister").unwrap_or_else(|why| panic!("{why}"));
    takes_a_call(&mut scene, &mut desk_phone);
    assert!(!page.has_noticed("ringing"), "the page rang again");
}

fn takes_a_call(scene: &mut Scene, phone: &mut RunningSoftphone) {
    let citizen = scene.citizen("citizen_is_let_go", Duration::ZERO);
    let taken =
        phone.notices("ringing").and_then(|()| phone.does("answer")).and_then(|()| phone.notices("established"));
    taken.and_then(|()| scene.citizen_talks(&citizen)).unwrap_or_else(|why| panic!("{why}"));
    scene.citizen_hears(tone::AGENT_HZ, 1.0).unwrap_or_else(|why| panic!("{why}"));
    phone.does("hang_up").unwrap_or_else(|why| panic!("{why}"));
    citizen.succeed();
    scene.ended("Talked").and_then(|()| scene.agent_is_ready()).unwrap_or_else(|why| panic!("{why}"));
    scene.nothing_heard_yet();
}

fn two_phones() -> Option<(Scene, RunningSoftphone, RunningSoftphone)> {
    let client = Client::named("baresip UDP");
    if !phones_are_there(client.needs()) {
        return None;
    }
    let scene = Scene::open(client);
    let [first, second] = [(); 2].map(|()| {
        let mut phone = scene.softphone("carla-secret", scene.phones()).switch_on();
        phone.does("register").unwrap_or_else(|why| panic!("{why}"));
        phone
    });
    scene.agent_is_ready().unwrap_or_else(|why| panic!("{why}"));
    Some((scene, first, second))
}

fn both(
    first: &mut RunningSoftphone,
    second: &mut RunningSoftphone,
    act: impl Fn(&mut RunningSoftphone) -> Result<(), String> + Sync,
) {
    let results = std::thread::scope(|scope| {
        let other = scope.spawn(|| act(second));
        [act(first), other.join().expect("it doesn't panic")]
    });
    for result in results {
        result.unwrap_or_else(|why| panic!("{why}"));
    }
}

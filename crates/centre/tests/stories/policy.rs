//! What the routing policy looks like from a call: queues that overflow, promises, standby agents, reasons.
//! Tells what citizens, agents and supervisors notice; the policy itself is proved in the core's own tests.

use std::time::Duration;

use model::{AgentState, Fact, OfferedWhy, Outcome, Refusal, Rival, What};

use crate::house::{House, at_the_desk};

const S: Duration = Duration::from_secs(1);

/// One line, unanswered, for these queues; its calls wait in the first.
fn plan(queues: &str, agents: &[String]) -> String {
    format!(
        "municipalities = [{{ id = \"0751\", name = \"Aarhus\" }}]\n\
         topics = [{{ id = \"pas\", title = \"Pas\" }}]\nlanguages = [{{ id = \"da\", title = \"dansk\" }}]\n{queues}\n\
         [[lines]]\nid = \"pas\"\ntitle = \"Pas\"\nnumbers = [\"70101010\"]\ntopic = \"pas\"\nlanguage = \"da\"\n\
         queue = \"pas\"\ncalendar = \"always\"\nwaiting = \"unanswered\"\nwait_max_s = 3600\ngreeting = \"none\"\n\
         full_message = \"none\"\nmay_end_in_silence = \"a test\"\n{}",
        agents.concat()
    )
}

fn queued_in(facts: &[Fact]) -> Vec<String> {
    let queue = |fact: &Fact| if let What::Queued { queue, .. } = &fact.what { Some(queue.to_string()) } else { None };
    facts.iter().filter_map(queue).collect()
}

fn promises(facts: &[Fact]) -> Vec<(u64, u32)> {
    let promise = |fact: &Fact| {
        let What::Promised { within, ahead, .. } = &fact.what else { return None };
        Some((within.as_secs(), *ahead))
    };
    facts.iter().filter_map(promise).collect()
}

#[test]
fn a_full_queue_overflows_and_the_phone_rings_as_long_as_the_other_queue_says() {
    let queues = "queues = [{ id = \"pas\", title = \"Pas\", waiting_max = 1, overflow = \"andre\" }, \
                  { id = \"andre\", title = \"Andre\", waiting_max = 1, ring_time_max_s = 5 }]";
    let mut house = House::of_plan(1, &plan(queues, &[at_the_desk("anna"), at_the_desk("bo")]));
    let first = house.rings(0, "70101010");
    let second = house.rings(0, "70101010");
    house.rings(0, "70101010");
    assert_eq!(queued_in(&house.told.facts), ["pas", "andre"], "who found both full stood in none");
    assert_eq!(house.outcomes(), [Outcome::Full]);
    house.comes(0);
    house.comes(1);
    assert!(house.phone_of("anna").is_some() && house.phone_of("bo").is_some());
    assert_eq!(house.desk(1).call.map(|call| call.queue.to_string()).as_deref(), Some("andre"));
    house.later(10 * S);
    assert!(house.phone_of("anna").is_some(), "the line's own queue lets it ring for 20 s");
    assert_eq!(house.phone_of("bo"), None, "the other one for 5 s, and 5 s more if the phone says nothing");
    house.hangs_up(first);
    house.hangs_up(second);
    house.is_clean();
}

#[test]
fn who_finds_nobody_free_is_promised_a_wait_once() {
    let queues = "queues = [{ id = \"pas\", title = \"Pas\" }]";
    let mut house = House::of_plan(1, &plan(queues, &[at_the_desk("anna"), at_the_desk("bo")]));
    let early = house.rings(0, "70101010");
    assert_eq!(promises(&house.told.facts), [], "nobody is on duty: nobody can say how long it takes");
    house.hangs_up(early);
    house.comes(0);
    let served = house.rings(0, "70101010");
    house.takes("anna");
    assert_eq!(promises(&house.told.facts), [], "who is served at once needs no promise");
    let waits = house.rings(0, "70101010");
    let behind = house.rings(0, "70101010");
    let promised = promises(&house.told.facts);
    assert_eq!(promised.iter().map(|(_, ahead)| *ahead).collect::<Vec<_>>(), [0, 1]);
    assert!(promised.iter().all(|(within, _)| *within >= 60 && within.is_multiple_of(60)), "{promised:?}");
    assert!(promised[0].0 <= promised[1].0, "{promised:?}");
    house.comes(1);
    house.refuses("bo", Refusal::Declined);
    assert_eq!(promises(&house.told.facts).len(), 2, "what counts is the first word");
    for leg in [served, waits, behind] {
        house.hangs_up(leg);
    }
    house.is_clean();
}

#[test]
fn a_standby_agent_gets_no_call_until_one_has_waited_too_long() {
    let queues = "queues = [{ id = \"pas\", title = \"Pas\", standby = { waiting_over = 5, wait_over_s = 30 } }]";
    let standby = format!("{}standby = true\n", at_the_desk("anna"));
    let mut house = House::of_plan(2, &plan(queues, &[standby]));
    house.comes(0);
    let citizen = house.rings(1, "70101010");
    house.later(30 * S);
    assert_eq!((house.phone_of("anna"), house.state(0)), (None, AgentState::Ready));
    house.later(15 * S);
    house.takes("anna");
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::Talked]);
    house.is_clean();
}

#[test]
fn an_offer_says_who_else_there_was() {
    let queues = "queues = [{ id = \"pas\", title = \"Pas\" }]";
    let better = |id: &str, level: u8| at_the_desk(id).replace("pas = 1", &format!("pas = {level}"));
    let mut house = House::of_plan(1, &plan(queues, &[better("anna", 1), better("bo", 5)]));
    house.comes(1);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.takes("anna");
    let offered = |fact: &Fact| {
        let What::Offered { why, because, .. } = &fact.what else { return None };
        Some((*why, because.clone().expect("it says why")))
    };
    let (why, because) = house.told.facts.iter().find_map(offered).expect("an offer");
    assert_eq!((why, because.candidates, because.level), (OfferedWhy::BestFreeAgent, 2, 0));
    assert_eq!(because.others.iter().map(|one| one.who.clone()).collect::<Vec<_>>(), [Rival::Agent("bo".into())]);
    assert!(because.score < because.others[0].score, "the least cost wins: {because:?}");
    house.hangs_up(citizen);
    house.is_clean();
}

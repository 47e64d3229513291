//! A new plan comes into force while citizens wait and talk: nobody is cut, and who comes next meets the new plan.
//! Tells what citizens and agents notice; what a plan says is `plan`'s matter.

use std::sync::Arc;
use std::time::Duration;

use centre::{Decided, DeskCommand, DeskRefusal, InCallWish, Input};
use forecast::Outlook;
use model::{AgentId, AgentState, CalledParty, Cause, Dialled, LegCommand, LegEvent, LegId, Outcome, TransferTo};
use plan::Plan;
use routing::Tables;

use crate::house::{House, at_the_desk, from_the_start};
use crate::place::PLAN;

const S: Duration = Duration::from_secs(1);

/// A line and a queue of its own, about something that the first plan doesn't know.
const NEW_LINE: &str = "[[topics]]\nid = \"bil\"\ntitle = \"Bil\"\n[[queues]]\nid = \"bil\"\ntitle = \"Bil\"\n[[lines]]\nid = \"bil\"\n\
    title = \"Bil\"\nnumbers = [\"70404040\"]\ntopic = \"bil\"\nlanguage = \"da\"\nmay_have_nobody = \"new\"\nqueue = \"bil\"\ncalendar = \"always\"\n\
    wait_max_s = 600\ngreeting = \"none\"\n";

/// The plan of most stories, changed by hand, with these agents.
fn written(change: impl Fn(&str) -> String, agents: &[String]) -> String {
    // Tables of the kind `[[topics]]` can't follow a list of the same name.
    let listed = PLAN.replace("topics = [{ id = \"pas\", title = \"Pas\" }]\n", "").replace(
        "queues = [{ id = \"pas\", title = \"Pas\", waiting_max = 2, ring_time_max_s = 20, wrap_up_s = 30 }]\n",
        "",
    );
    let topic = "[[topics]]\nid = \"pas\"\ntitle = \"Pas\"\n";
    let queue = "[[queues]]\nid = \"pas\"\ntitle = \"Pas\"\nwaiting_max = 2\nring_time_max_s = 20\nwrap_up_s = 30\n";
    change(&format!("{listed}{topic}{queue}{}", agents.concat()))
}

fn as_it_is(agents: &[String]) -> String {
    written(str::to_owned, agents)
}

/// Nobody answers `70202020` at noon any more.
fn music_closed(agents: &[String]) -> String {
    let line = "numbers = [\"70202020\"]\ntopic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\ncalendar = ";
    written(
        |text| {
            text.replace(
                &format!("{line}\"always\""),
                &format!("closed_message = \"none\"\nmay_end_in_silence = \"a test\"\n{line}\"mornings\""),
            )
        },
        agents,
    )
}

impl House {
    /// What the house is told step by step; mail is delivered in between.
    fn decides(&mut self, before: &Plan, text: &str) -> Arc<Plan> {
        let plan = plan::read_plan(text).unwrap_or_else(|faults| panic!("{faults:?}")).after(before);
        let plan = Arc::new(plan);
        self.comes_under(&plan, &plan, None);
        plan
    }

    fn comes_under(&mut self, plan: &Arc<Plan>, routed: &Plan, tried: Option<(plan::LineNo, &Arc<Plan>)>) {
        let tried = tried.map(|(line, plan)| (line, plan.clone()));
        self.core.swap(Tables::new(routed, &Outlook::unknown())).expect("there is room");
        for shard in 0..self.shards.len() as u8 {
            let wordings = speech::Wordings::built_in();
            self.give(shard, Input::Plan(Box::new(Decided { plan: plan.clone(), wordings, tried: tried.clone() })));
        }
        for shard in 0..self.shards.len() as u8 {
            self.give(shard, Input::PlanIsEverywhere);
        }
        self.rest();
    }
}

fn first(agents: &[String]) -> (House, Plan) {
    let text = as_it_is(agents);
    (House::of_plan(1, &text), plan::read_plan(&text).expect("a plan"))
}

#[test]
fn who_waits_when_a_line_is_closed_is_served_and_who_rings_after_it_is_not_let_in() {
    let agents = [at_the_desk("anna")];
    let (mut house, before) = first(&agents);
    let waits = house.rings(0, "70202020");
    house.confirms(waits);
    house.is_said(waits);
    house.decides(&before, &music_closed(&agents));
    house.rings(0, "70202020");
    assert_eq!(house.outcomes(), [Outcome::Closed]);
    house.comes(0);
    house.takes("anna");
    house.hangs_up(waits);
    assert_eq!(house.outcomes(), [Outcome::Closed, Outcome::Talked]);
    house.is_clean();
}

#[test]
fn an_agent_whom_the_new_plan_brings_takes_a_citizen_who_waited_before_it() {
    let (mut house, before) = first(&[at_the_desk("anna")]);
    let waits = house.rings(0, "70101010");
    let after = house.decides(&before, &as_it_is(&[from_the_start("bo"), at_the_desk("anna")]));
    assert_eq!(&*after.agents[1].id, "bo", "anna keeps her number");
    house.takes("bo");
    house.confirms(waits);
    assert_eq!(house.state(1), AgentState::Talking);
    house.hangs_up(waits);
    house.is_clean();
}

#[test]
fn an_agent_who_is_in_no_plan_any_more_talks_on_and_is_off_after_it() {
    let (mut house, before) = first(&[at_the_desk("anna"), at_the_desk("bo")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.takes("anna");
    house.confirms(citizen);
    house.decides(&before, &as_it_is(&[at_the_desk("bo")]));
    assert_eq!(house.state(0), AgentState::Talking);
    house.later(10 * S);
    house.hangs_up(citizen);
    house.later(30 * S);
    assert_eq!(house.state(0), AgentState::Off);
    house.rings(0, "70101010");
    assert_eq!(house.phone_of("anna"), None);
    house.comes(1);
    let other = house.takes("bo");
    house.hangs_up(other);
    house.is_clean();
}

#[test]
fn an_agent_who_is_taken_out_of_the_plan_while_the_phone_rings_is_let_be_and_the_citizen_goes_to_another() {
    let (mut house, before) = first(&[at_the_desk("anna"), at_the_desk("bo")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    assert!(house.phone_of("anna").is_some());
    house.decides(&before, &as_it_is(&[at_the_desk("bo")]));
    assert_eq!((house.phone_of("anna"), house.state(0)), (None, AgentState::Off));
    house.comes(1);
    house.takes("bo");
    house.confirms(citizen);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_skill_that_is_given_now_counts_for_who_waits_already() {
    let other = "[[topics]]\nid = \"andet\"\ntitle = \"Andet\"\n[[lines]]\nid = \"andet\"\ntitle = \"Andet\"\nnumbers = [\"70505050\"]\n\
        topic = \"andet\"\nlanguage = \"da\"\nqueue = \"pas\"\ncalendar = \"always\"\nwait_max_s = 60\n[[agents]]\nid = \"cille\"\n\
        password = \"cille-secret\"\nskills = { pas = 1, andet = 1 }\n";
    let can = |topic: &str| format!("{other}{}", at_the_desk("anna").replace("pas = 1", topic));
    let (mut house, before) = first(&[can("andet = 1")]);
    let anna = before.agents_by_id["anna"].0;
    house.comes(anna);
    let waits = house.rings(0, "70101010");
    assert_eq!(house.phone_of("anna"), None);
    house.decides(&before, &as_it_is(&[can("andet = 1, pas = 3")]));
    let (at, mut replies) = (house.at, Vec::new());
    house.core.settle(at, &mut |reply| replies.push(reply));
    for reply in replies {
        house.give(0, Input::Core(reply));
    }
    house.rest();
    house.takes("anna");
    house.hangs_up(waits);
    house.is_clean();
}

#[test]
fn a_citizen_is_handed_on_to_a_line_and_a_colleague_that_were_not_there_when_the_call_came() {
    let (mut house, before) = first(&[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    let phone = house.takes("anna");
    house.confirms(citizen);
    house.decides(&before, &format!("{}{NEW_LINE}", as_it_is(&[at_the_desk("anna"), at_the_desk("bo")])));
    let colleague = CalledParty::Agent(AgentId::new("bo"));
    let asked = house.asks(0, DeskCommand::InCall(InCallWish::Ask(colleague)));
    assert_eq!(asked.err(), None::<DeskRefusal>, "the answer comes from the call");
    house.rest();
    hand_on(&mut house, phone, "70404040");
    let refused = |command: &LegCommand| matches!(command, LegCommand::AnswerTransfer { answer: Err(_), .. });
    assert!(!house.told.legs.iter().any(refused), "{:?}", house.told.legs);
    house.hangs_up(citizen);
    house.later(60 * S);
    house.is_clean();
}

#[test]
fn a_citizen_is_not_handed_on_to_a_line_that_was_closed_in_the_middle_of_the_talk() {
    let agents = [at_the_desk("anna")];
    let (mut house, before) = first(&agents);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    let phone = house.takes("anna");
    house.confirms(citizen);
    house.decides(&before, &music_closed(&agents));
    hand_on(&mut house, phone, "70202020");
    let refused = LegCommand::AnswerTransfer { leg: phone, answer: Err(Cause::Closed) };
    assert!(house.told.legs.contains(&refused), "{:?}", house.told.legs);
    house.hangs_up(citizen);
    house.later(60 * S);
    house.is_clean();
}

fn hand_on(house: &mut House, phone: LegId, number: &str) {
    let to = TransferTo::Party(CalledParty::Number(Dialled::parse(number).expect("a number")));
    house.give(0, Input::Leg(LegEvent::TransferAsked { leg: phone, to }));
    house.rest();
}

#[test]
fn a_plan_on_trial_counts_for_new_calls_on_its_line_alone_and_leaves_nothing_behind() {
    let agents = [at_the_desk("anna")];
    let (mut house, before) = first(&agents);
    let closed = music_closed(&agents).replace("calendar = \"always\"\nwaiting", "calendar = \"mornings\"\nwaiting");
    let tried = Arc::new(plan::read_plan(&format!("{closed}{NEW_LINE}")).expect("a plan").after(&before));
    let on_trial = before.clone().after(&tried);
    let line = on_trial.line_no("music").expect("a line");
    let routed = on_trial.trying(&tried, line);
    let on_trial = Arc::new(on_trial);
    house.comes_under(&on_trial, &routed, Some((line, &tried)));
    house.rings(0, "70202020");
    assert_eq!(house.outcomes(), [Outcome::Closed], "the line on trial");
    let waits = house.rings(0, "70101010");
    assert_eq!(house.outcomes().len(), 1, "every other line is as before");
    house.comes_under(&on_trial, &on_trial, None);
    let again = house.rings(0, "70202020");
    assert_eq!(house.outcomes().len(), 1, "the trial is over");
    house.hangs_up(again);
    house.hangs_up(waits);
    house.is_clean();
}

#[test]
fn a_desk_that_a_new_plan_brings_opens_when_every_shard_knows_its_agent() {
    let mut house = House::of_plan(3, &as_it_is(&[at_the_desk("anna")]));
    let before = plan::read_plan(&as_it_is(&[at_the_desk("anna")])).expect("a plan");
    let waits = house.rings(0, "70101010");
    let agents = [at_the_desk("anna"), from_the_start("bo"), from_the_start("carl")];
    let after = Arc::new(plan::read_plan(&as_it_is(&agents)).expect("a plan").after(&before));
    house.core.swap(Tables::new(&after, &Outlook::unknown())).expect("there is room");
    for shard in [2, 1, 0] {
        let wordings = speech::Wordings::built_in();
        house.give(shard, Input::Plan(Box::new(Decided { plan: after.clone(), wordings, tried: None })));
        house.rest();
        assert_eq!((house.phone_of("bo"), house.phone_of("carl")), (None, None));
    }
    for shard in 0..3 {
        house.give(shard, Input::PlanIsEverywhere);
    }
    house.rest();
    let rings: Vec<&str> = ["bo", "carl"].into_iter().filter(|agent| house.phone_of(agent).is_some()).collect();
    let phone = house.takes(rings.first().expect("one of them takes the call"));
    house.hangs_up(waits);
    assert!(house.phone_of("bo").is_none() && phone.shard().0 == 0);
    house.is_clean();
}

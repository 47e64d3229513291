//! Calls that are handed on, and agents' own calls, as the figures see them: worked out by hand.
//! Only the definitions of `facts.md` are asked; how anybody hands on is elsewhere.

use std::time::Duration;

use model::{AgentState, HandedTo, Outcome, Party, PauseReason, PersonRef, What, WrapUp};
use tally::Counts;

use crate::day::{Day, at, call};
use crate::{one_good_call, total};

/// Talks with anna for 60 s, waits in another queue for 30 s, talks with bo for 90 s; both write for 20 s.
fn one_call_handed_on(day: &mut Day) {
    day.arrives(0, 1);
    day.queues(0, 1);
    day.rings(0, 1, "anna");
    day.talks(10, 1, "anna");
    let to = HandedTo::Line("flytning".into());
    day.on_call(70, 1, What::Transferred { by: "anna".into(), to });
    day.on_call(70, 1, What::Queued { queue: "flytning".into(), since: at(60), overflow: None });
    day.became(70, "anna", AgentState::WrapUp, Some(1));
}

#[test]
fn a_call_that_is_handed_on_is_one_offered_and_one_answered_call_with_the_talk_and_wrap_up_of_both_agents() {
    let mut day = Day::default();
    one_call_handed_on(&mut day);
    day.rings(90, 1, "bo");
    day.talks(100, 1, "bo");
    let solved = WrapUp { solved: Some(true), ..WrapUp::default() };
    day.hangs_up(190, 1);
    day.became(190, "bo", AgentState::WrapUp, Some(1));
    // Both agents are done only after the call's end.
    day.on_agent(200, "bo", What::WrappedUp { call: call(1), wrap_up: solved });
    day.became(200, "bo", AgentState::Ready, None);
    day.became(210, "anna", AgentState::Ready, None);
    let counts = total(&day.tally());
    assert_eq!((counts.calls(), counts.offered, counts.answered, counts.abandoned), (1, 1, 1, 0));
    assert_eq!(counts.average_speed_of_answer(), Some(Duration::from_secs(10)), "the first answer counts");
    assert_eq!(counts.talk_us, 150_000_000, "60 s and 90 s, without the wait between");
    assert_eq!(counts.wrap_up_us, (140 + 10) * 1_000_000);
    assert_eq!((counts.transfers, counts.left_after_transfer), (1, 0));
    assert_eq!((counts.solved, counts.solved_told), (0, 1), "what is handed on was not solved at once");
    assert_eq!(day.tally().health(), tally::FoldHealth::default());
}

#[test]
fn a_citizen_who_leaves_the_second_queue_was_answered_and_is_counted_as_left_on_the_way() {
    let mut day = Day::default();
    one_call_handed_on(&mut day);
    let board = day.tally().snapshot(at(80));
    let queue = board.queues.iter().find(|queue| queue.queue.as_str() == "flytning").expect("there is one");
    assert_eq!((queue.waiting, queue.longest_waiting_since), (1, Some(at(60))), "with the time that was waited before");
    day.ends(95, 1, Outcome::Talked);
    let counts = total(&day.tally());
    assert_eq!((counts.offered, counts.answered, counts.abandoned), (1, 1, 0));
    assert_eq!((counts.transfers, counts.left_after_transfer), (1, 1));
    assert_eq!(counts.talk_us, 60_000_000);
}

#[test]
fn a_citizen_whose_agent_is_lost_waits_again_and_was_neither_transferred_nor_abandoned() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.queues(0, 1);
    day.rings(0, 1, "anna");
    day.talks(10, 1, "anna");
    day.on_call(70, 1, What::AgentLost { agent: "anna".into() });
    day.on_call(70, 1, What::Queued { queue: "pas".into(), since: at(60), overflow: None });
    day.became(70, "anna", AgentState::WrapUp, Some(1));
    let board = day.tally().snapshot(at(80));
    let queue = board.queues.iter().find(|queue| queue.queue.as_str() == "pas").expect("there is one");
    assert_eq!((queue.waiting, queue.longest_waiting_since), (1, Some(at(60))), "with the time that was waited before");
    day.rings(90, 1, "bo");
    day.talks(100, 1, "bo");
    day.hangs_up(190, 1);
    day.became(210, "anna", AgentState::Ready, None);
    let counts = total(&day.tally());
    assert_eq!((counts.offered, counts.answered, counts.abandoned), (1, 1, 0));
    assert_eq!((counts.transfers, counts.left_after_transfer), (0, 0));
    assert_eq!(counts.talk_us, 150_000_000, "60 s and 90 s, without the wait between");
    assert_eq!(day.tally().health(), tally::FoldHealth::default());
}

#[test]
fn an_agents_own_call_is_in_no_figure_but_its_own() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let without = total(&day.tally());
    let to = HandedTo::Outside(PersonRef(9));
    day.on_call(300, 2, What::OwnCall { agent: "anna".into(), to });
    day.became(300, "anna", AgentState::Paused(PauseReason::OwnCall), None);
    day.on_call(310, 2, What::Connected);
    day.on_call(340, 2, What::HungUp { by: Party::Third });
    day.ends(340, 2, Outcome::Talked);
    day.became(340, "anna", AgentState::Ready, None);
    let with = total(&day.tally());
    assert_eq!((with.own_calls, with.own_talk_us), (1, 30_000_000));
    assert_eq!(Counts { own_calls: 0, own_talk_us: 0, ..with }, without);
    assert_eq!(day.tally().snapshot(at(350)).calls, 0);
}

//! What is learnt of conversations: how long they last, who is quick at what, how long citizens wait before they give up.
//! Knows nothing of how many calls there are: that is in `calls.rs`.

mod hotline;

use forecast::Outlook;
use hotline::{End, Hotline, class, outlook, seconds, wall};
use model::{AgentId, AgentState, Moment, Outcome, Party, PauseReason, TopicId, VoicemailFact, VoicemailWhat, What};

/// So many talks, ten minutes apart, from one morning on.
fn talks(hotline: &mut Hotline, agent: &'static str, topic: &str, count: u64, talk: u64) {
    for nth in 0..count {
        let at = wall("2026-11-02T09:00") + seconds(nth * 600);
        hotline.call(at, topic, End::Talks { agent, seconds: talk });
    }
}

fn talk_s(outlook: &Outlook, topic: &str) -> f64 {
    outlook.classes[&class(topic, "da")].talk_s
}

fn near(figure: f64, expected: f64, share: f64) {
    assert!((figure / expected - 1.0).abs() <= share, "{figure}, not {expected} ± {share}");
}

#[test]
fn long_topics_are_told_from_short_ones_and_one_odd_call_moves_little() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 400, 900);
    talks(&mut hotline, "bo", "parking", 400, 200);
    hotline.call(wall("2026-11-03T10:00"), "parking", End::Talks { agent: "bo", seconds: 40_000 });
    let seen = outlook(&hotline.learn(), "2026-11-06T10:00");
    near(talk_s(&seen, "pensions"), 900.0, 0.03);
    near(talk_s(&seen, "parking"), 200.0, 0.15);
    near(seen.talk_s, 550.0, 0.05);
}

#[test]
fn three_calls_about_something_new_are_no_reason_to_believe_them() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 400, 450);
    talks(&mut hotline, "bo", "elections", 3, 30);
    let seen = outlook(&hotline.learn(), "2026-11-06T10:00");
    assert!(talk_s(&seen, "elections") > 330.0, "{seen:?}");
}

#[test]
fn an_agent_who_is_quick_at_everything_is_not_given_every_call() {
    let mut hotline = Hotline::default();
    for topic in ["pensions", "parking"] {
        talks(&mut hotline, "quick", topic, 300, 200);
        talks(&mut hotline, "slow", topic, 300, 400);
    }
    let seen = hotline.learn().outlook(wall("2026-11-06T10:00"), |_, _| Some(1));
    for agent in ["quick", "slow"] {
        for (topic, multiple) in &seen.agents[agent] {
            assert!((multiple - 1.0).abs() < 0.06, "{agent} {topic}: {multiple}");
        }
    }
}

#[test]
fn an_agent_is_offered_what_they_are_better_at_than_at_their_other_topics() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 400, 300);
    talks(&mut hotline, "anna", "parking", 400, 600);
    talks(&mut hotline, "bo", "pensions", 400, 600);
    talks(&mut hotline, "bo", "parking", 400, 300);
    let seen = hotline.learn().outlook(wall("2026-11-06T10:00"), |_, _| Some(1));
    let multiple = |agent: &str, topic: &str| seen.agents[agent][topic];
    assert!(multiple("anna", "pensions") < 0.85 && multiple("anna", "parking") > 1.15, "{seen:?}");
    assert!(multiple("bo", "parking") < 0.85 && multiple("bo", "pensions") > 1.15, "{seen:?}");
}

#[test]
fn what_a_level_of_skill_is_worth_is_learnt_from_everybody() {
    let names = ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"];
    let mut hotline = Hotline::default();
    for (nth, agent) in names.iter().enumerate() {
        let (first, second) = if nth % 2 == 0 { ("pensions", "parking") } else { ("parking", "pensions") };
        talks(&mut hotline, agent, first, 300, 300);
        talks(&mut hotline, agent, second, 300, 500);
    }
    let level_of = |agent: &AgentId, topic: &TopicId| {
        let even = names.iter().position(|name| *name == agent.as_str()).is_some_and(|nth| nth % 2 == 0);
        Some(if even == (topic.as_str() == "pensions") { 1 } else { 2 })
    };
    let seen = hotline.learn().outlook(wall("2026-11-06T10:00"), level_of);
    near(seen.levels[0], 300.0 / 400.0, 0.06);
    near(seen.levels[1], 500.0 / 400.0, 0.06);
    assert!((seen.levels[2] - 1.12).abs() < 1e-9, "nobody has level 3: the prior stands");
}

#[test]
fn an_agent_without_the_skill_has_no_figure_and_a_level_that_is_none_does_no_harm() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 100, 300);
    let learner = hotline.learn();
    for level in [None, Some(0), Some(10), Some(255)] {
        assert!(learner.outlook(wall("2026-11-06T10:00"), |_, _| level).agents.is_empty(), "{level:?}");
    }
}

#[test]
fn patience_is_all_time_waited_for_each_who_gave_up() {
    let mut hotline = Hotline::default();
    let at = |nth: u64| wall("2026-11-02T09:00") + seconds(nth * 60);
    for nth in 0..900 {
        let end = if nth % 3 == 0 { End::GivesUp } else { End::Talks { agent: "anna", seconds: 30 } };
        hotline.call_of(at(nth), "pensions", "da", None, 80, end);
    }
    // Who was sent away at the longest wait did not give up; who waited in vain for ever counts with the time.
    for nth in 0..10 {
        hotline.call_of(at(nth), "pensions", "da", None, 600, End::GivenUpOn);
    }
    let waited = 900.0 * 80.0 + 10.0 * 600.0;
    let seen = outlook(&hotline.learn(), "2026-11-03T10:00");
    near(seen.patience_s, (20.0 * 430.0 + waited) / (20.0 + 300.0), 1e-9);
}

#[test]
fn who_leaves_a_message_has_waited_until_the_mailbox() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 50, 300);
    let queued = wall("2026-11-02T15:00");
    let asked = What::Voicemail(VoicemailFact { mailbox: "post".into(), what: VoicemailWhat::Asked });
    hotline.story(vec![
        (queued, What::Queued { queue: "all".into(), since: queued, overflow: None }),
        (queued + seconds(60), asked),
        (queued + seconds(240), What::Ended { outcome: Outcome::LeftMessage }),
    ]);
    near(outlook(&hotline.learn(), "2026-11-03T10:00").patience_s, 430.0 + (50.0 * 10.0 + 60.0) / 20.0, 1e-9);
}

#[test]
fn nobody_has_given_up_yet_so_citizens_seem_patient_but_not_endlessly() {
    let mut hotline = Hotline::default();
    talks(&mut hotline, "anna", "pensions", 50, 300);
    near(outlook(&hotline.learn(), "2026-11-03T10:00").patience_s, 430.0 + 50.0 * 10.0 / 20.0, 1e-9);
}

/// Ready, talking, wrap-up of so long, and what came then; ten minutes apart.
fn wrap_ups(hotline: &mut Hotline, count: u64, span: u64, then: &AgentState) {
    for nth in 0..count {
        let at = |offset: u64| -> Moment { wall("2026-11-02T09:00") + seconds(nth * 600 + offset) };
        let talking = [(at(0), AgentState::Ready), (at(10), AgentState::Talking)];
        let after = [(at(100), AgentState::WrapUp), (at(100 + span), then.clone())];
        hotline.desk("anna", &[talking, after].concat());
    }
}

#[test]
fn wrap_up_is_the_mean_of_all_that_came_to_an_end() {
    let mut hotline = Hotline::default();
    wrap_ups(&mut hotline, 450, 90, &AgentState::Ready);
    near(outlook(&hotline.learn(), "2026-11-06T10:00").wrap_up_s, (50.0 * 60.0 + 450.0 * 90.0) / 500.0, 0.01);
}

#[test]
fn who_goes_straight_on_after_a_talk_had_no_wrap_up() {
    let mut hotline = Hotline::default();
    for nth in 0..50 {
        let at = wall("2026-11-02T09:00") + seconds(nth * 600);
        let pause = AgentState::Paused(PauseReason::Chosen("lunch".into()));
        let went_on = if nth % 2 == 0 { AgentState::Ready } else { pause };
        hotline.desk("anna", &[(at, AgentState::Talking), (at + seconds(60), went_on)]);
    }
    near(outlook(&hotline.learn(), "2026-11-03T10:00").wrap_up_s, 30.0, 1e-9);
}

#[test]
fn a_crash_makes_no_talk_and_no_wrap_up_look_short() {
    let mut hotline = Hotline::default();
    wrap_ups(&mut hotline, 50, 1, &AgentState::Off);
    talks(&mut hotline, "anna", "pensions", 50, 600);
    let calm = outlook(&hotline.learn(), "2026-11-06T10:00");
    near(calm.wrap_up_s, 60.0, 1e-9);
    let mut crashed = Hotline::default();
    talks(&mut crashed, "anna", "pensions", 50, 600);
    for nth in 0..50 {
        let at = wall("2026-11-02T09:00") + seconds(nth * 600);
        let cut = [Some(Party::Centre), None].map(|by| {
            let hung_up = by.map(|by| (at + seconds(6), What::HungUp { by }));
            let outcome = if hung_up.is_some() { Outcome::Talked } else { Outcome::Cut };
            let talking = (at + seconds(5), What::Talking { agent: AgentId::new("anna") });
            let begin = [hotline::line_found(at, "pensions"), talking];
            begin.into_iter().chain(hung_up).chain([(at + seconds(6), What::Ended { outcome })]).collect::<Vec<_>>()
        });
        for story in cut {
            crashed.story(story);
        }
    }
    near(talk_s(&outlook(&crashed.learn(), "2026-11-06T10:00"), "pensions"), talk_s(&calm, "pensions"), 1e-9);
}

//! What `routing.md` says must be proved, asked of drawn days and of a picture that shares no code with the core:
//! 1 order in a lane, 2 exactly once, 3 no lost match, 4 bounded bypass, 5 the end of reserves, 10 replay (in `reference`).

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, reason = "how many days are drawn may be said from outside")]

mod day;
mod floor;

use day::Day;
use day::events::{Event, event};
use day::scene::{Scene, scene};
use day::watch::{Made, Standing, Watch};
use model::Moment;
use plan::Policy;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use routing::{LaneKind, Precedence};

fn days() -> ProptestConfig {
    let cases = std::env::var("DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(250);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(event(), 1..150)
}

/// Centres without the surge guard and without standby agents, so that a picture of the levels needs no sums.
fn calm_scene() -> impl Strategy<Value = Scene> {
    scene().prop_map(|mut scene| {
        (scene.is_known, scene.policy) = (false, Policy::Ours);
        scene.agents.iter_mut().for_each(|agent| agent.is_standby = false);
        scene
    })
}

/// Lives the day; `noticed` says after each event, and of the matches that were made in it, what is wrong.
fn lives(
    scene: &Scene,
    events: &[Event],
    noticed: impl Fn(&Day, &[Made]) -> Option<String>,
) -> Result<Day, TestCaseError> {
    let mut day = Day::new(scene);
    for event in events {
        if matches!(event, Event::ForecastIsKnown(_)) {
            continue;
        }
        let before = day.watch.made.len();
        day.lives(event).map_err(TestCaseError::fail)?;
        let wrong = day.watch.wrong.first().cloned().or_else(|| noticed(&day, &day.watch.made[before..]));
        if let Some(wrong) = wrong {
            return Err(TestCaseError::fail(format!("{wrong}, after\n{}", day.story())));
        }
    }
    Ok(day)
}

fn level(standing: &Standing) -> i8 {
    match standing.new.precedence {
        Precedence::Front => -1,
        Precedence::Later => 2,
        Precedence::Normal | Precedence::Granted | Precedence::Preferred { .. } | Precedence::SameAgent { .. } => 0,
    }
}

proptest! {
    #![proptest_config(days())]

    #[test]
    fn proof_1_a_lane_is_served_by_arrival_less_credit(scene in scene(), events in events()) {
        let day = lives(&scene, &events, |_, _| None)?;
        for made in &day.watch.made {
            // Beyond a municipality's guard calls stand in a lane of their own; where it is off, they don't.
            let passed = made.others.iter().find(|other| {
                made.stood_beside(other) && other.new.since < made.standing.new.since && !scene.is_known
            });
            prop_assert!(passed.is_none(), "{made:?} passed over {passed:?}, in\n{}", day.story());
        }
        // And where it is on: of those who were served from the same lane, never the younger one first.
        for (number, made) in day.watch.made.iter().enumerate() {
            let later = day.watch.made[number + 1..].iter().find(|later| {
                made.because.lane == later.because.lane
                    && made.stood_beside(&later.standing)
                    && made.others.iter().any(|other| other.new.call == later.standing.new.call)
                    && later.standing.new.since < made.standing.new.since
            });
            prop_assert!(later.is_none(), "{made:?} passed over {later:?}, in\n{}", day.story());
        }
    }

    #[test]
    fn proof_2_a_call_has_at_most_one_agent_and_everybody_is_somewhere(scene in scene(), events in events()) {
        let noticed = |day: &Day, _: &[Made]| {
            let (watch, figures) = (&day.watch, day.core.figures());
            let somewhere = watch.talked + watch.left + watch.waiting().count() + watch.offered();
            let counted = (figures.waiting, figures.tickets) == (watch.waiting().count(), watch.calls.len());
            (watch.joined != somewhere || !counted)
                .then(|| format!("{} joined, {somewhere} are somewhere, the core says {figures:?}", watch.joined))
        };
        lives(&scene, &events, noticed)?;
    }

    #[test]
    fn proof_3_at_rest_nobody_waits_for_fifteen_seconds_while_one_who_fits_is_idle(
        scene in calm_scene(), events in events(),
    ) {
        let noticed = |day: &Day, _: &[Made]| {
            let reserve = day.watch.plan.routing.reserve_max;
            let overlooked = day.watch.waiting().find(|standing| {
                level(standing) <= 0
                    && !Watch::is_preferred(standing)
                    && day.at >= standing.new.since + reserve
                    && day.watch.could_take(standing).next().is_some()
            })?;
            let agents: Vec<_> = day.watch.could_take(overlooked).collect();
            day.is_at_rest().then(|| format!("{overlooked:?} waits while {agents:?} could take it"))
        };
        lives(&scene, &events, noticed)?;
    }

    #[test]
    fn proof_4_no_overdue_call_is_passed_over_by_one_of_its_level_that_is_not(
        scene in calm_scene(), events in events(),
    ) {
        let noticed = |day: &Day, made: &[Made]| {
            made.iter().filter(|made| made.by_agent() && made.because.at == day.at).find_map(|made| {
                let agent = made.because.agent;
                let passed = made.others.iter().find(|other| {
                    level(other) == made.because.level
                        && !Watch::is_preferred(other)
                        && is_overdue(day, other)
                        && !is_overdue(day, &made.standing)
                        && day.watch.fits(agent, other, day.at)
                        && !day.watch.may_be_barred(agent, other)
                })?;
                Some(format!("{agent:?} took {:?} before {passed:?}, overdue", made.standing))
            })
        };
        lives(&scene, &events, noticed)?;
    }

    #[test]
    fn proof_5_a_reserve_ends_after_fifteen_seconds_at_most(scene in calm_scene(), events in events()) {
        let noticed = |day: &Day, _: &[Made]| {
            let (call, look_again_at) = day.watch.no_match?;
            let standing = day.watch.calls.get(&call).filter(|standing| standing.is_waiting)?;
            let agent = day.watch.could_take(standing).next()?;
            let ends = standing.new.since + day.watch.plan.routing.reserve_max;
            let in_time = look_again_at.is_some_and(|at: Moment| at <= ends);
            let is_asked = level(standing) <= 0 && !Watch::is_preferred(standing);
            (is_asked && !in_time).then(|| format!("{standing:?} is told {look_again_at:?}, and {agent:?} is idle"))
        };
        lives(&scene, &events, noticed)?;
    }
}

/// By the strictest target of the call's class.
fn is_overdue(day: &Day, standing: &Standing) -> bool {
    let plan = &day.watch.plan;
    let queues = plan
        .lines
        .iter()
        .filter(|line| line.class == standing.new.class)
        .flat_map(|line| std::iter::successors(Some(line.queue), |queue| plan.queues[queue.at()].overflow));
    let target = queues.map(|queue| plan.queues[queue.at()].target).min().expect("a call came by a line");
    day.at.since(standing.new.since).as_secs_f64() > plan.routing.overdue_factor * target.as_secs_f64()
}

#[test]
fn lanes_that_the_proofs_speak_of_are_all_served() {
    let kinds = [LaneKind::Normal, LaneKind::Granted, LaneKind::Front, LaneKind::Later, LaneKind::Own];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = Vec::new();
    for _ in 0..60 {
        let drawn = (calm_scene(), events()).new_tree(&mut runner).expect("nothing is ruled out").current();
        let day = lives(&drawn.0, &drawn.1, |_, _| None).expect("see the proofs");
        seen.extend(day.watch.made.iter().map(|made| made.because.lane));
    }
    for kind in kinds {
        assert!(seen.contains(&kind), "nobody was served from {kind:?}");
    }
}

//! A thread that is stopped anywhere holds nobody up, and long random schedules of the whole floor lose nothing: shuttle
//! runs the production code, every atomic operation a step.
//!
//! Run: `RUSTFLAGS="--cfg shuttle" cargo test -p routing --release --test shuttle -- --nocapture`

#![cfg(shuttle)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests run threads; shuttle's are not even real ones"
)]

mod floor;
mod races;

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use plan::AgentNo;
use races::deeds::{Deed, Stage};
use races::plans::{AGENTS, a_touchy_guard, one_stands_by, some_can_do_some};
use races::scenes::{Need, SCENES, Scene};
use races::stopper::{Stopper, Stops};
use races::storm::{SHARDS, Storm, Weather};
use routing::Reply;
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};

/// Storms of each kind and scheduler; `SAMKALD_STORMS` says how many for a longer look.
const STORMS: usize = 1_000;

/// The answers to what the others did.
type Answers = Vec<(Deed, Vec<Reply>)>;

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = 0x4_0000;
    config.silence_warnings = true;
    config
}

#[test]
fn a_thread_stopped_anywhere_while_calls_wait_holds_nobody_up() {
    stop_everywhere(&SCENES[0]);
}

#[test]
fn a_thread_stopped_anywhere_while_two_agents_are_idle_holds_nobody_up() {
    stop_everywhere(&SCENES[1]);
}

#[test]
fn a_thread_stopped_anywhere_while_one_agent_is_idle_holds_nobody_up() {
    stop_everywhere(&SCENES[2]);
}

#[test]
fn a_thread_stopped_anywhere_while_one_is_barred_holds_nobody_up() {
    stop_everywhere(&SCENES[3]);
}

#[test]
fn a_thread_stopped_anywhere_in_a_flood_holds_nobody_up() {
    stop_everywhere(&SCENES[4]);
}

#[test]
fn a_thread_stopped_anywhere_while_one_stands_by_holds_nobody_up() {
    stop_everywhere(&SCENES[5]);
}

#[test]
fn a_plain_floor_in_any_order_overlooks_nobody_and_keeps_its_lines() {
    storms(1, Weather { plan: some_can_do_some, other_plan: None, ticks: false, is_plain: true });
}

#[test]
fn a_floor_with_every_kind_of_call_in_any_order_overlooks_nobody() {
    storms(2, Weather { plan: some_can_do_some, other_plan: None, ticks: false, is_plain: false });
}

#[test]
fn a_flooded_floor_in_any_order_overlooks_nobody() {
    storms(3, Weather { plan: a_touchy_guard, other_plan: None, ticks: true, is_plain: false });
}

#[test]
fn a_floor_whose_tables_and_standby_agents_change_in_any_order_overlooks_nobody() {
    storms(4, Weather { plan: one_stands_by, other_plan: Some(some_can_do_some), ticks: true, is_plain: false });
}

/// Many short storms, by dice and by priorities that change a few times.
fn storms(seed: u64, weather: Weather) {
    let wanted = std::env::var("SAMKALD_STORMS").ok().and_then(|storms| storms.parse().ok()).unwrap_or(STORMS);
    Runner::new(RandomScheduler::new_from_seed(seed, wanted), config()).run(storm(weather));
    for depth in [2, 3, 5, 8] {
        Runner::new(PctScheduler::new_from_seed(seed, depth, wanted), config()).run(storm(weather));
    }
}

fn storm(weather: Weather) -> impl Fn() + Send + Sync + 'static {
    let seeds = AtomicU64::new(1);
    move || {
        let (seed, storm) = (seeds.fetch_add(1, SeqCst), Arc::new(Storm::new(weather)));
        let rages = |number| {
            let storm = Arc::clone(&storm);
            thread::spawn(move || storm.rages(number, seed))
        };
        let threads: Vec<_> = (0..SHARDS).map(rages).collect();
        for thread in threads {
            thread.join().expect("no panic");
        }
        let faults = storm.faults();
        assert!(faults.is_empty(), "storm {seed}: {}", faults.join("\n"));
    }
}

/// What the others do while two stand still, of what they do while one does.
const BESIDE_TWO: usize = 2;

/// Each deed that may be stopped, at each of its steps, beside each of the others' deeds; and two at once.
fn stop_everywhere(scene: &'static Scene) {
    let (mut faults, mut table) = (Vec::new(), Vec::new());
    let single = scene.stopped.chunks(1).map(|one| (one, usize::MAX));
    for (stopped, stories_max) in single.chain(scene.pairs.iter().map(|pair| (&pair[..], BESIDE_TWO))) {
        let (mut runs, mut most, mut stories) = (0, 0, 0);
        let clash = |deeds: &[Deed]| deeds.iter().any(|deed| stopped.iter().any(|one| deed.clashes(one)));
        for &(deeds, need) in scene.others.iter().filter(|(deeds, _)| !clash(deeds)).take(stories_max) {
            // Two who stand still may have brought a call each: then there is no agent for one more.
            let need = match (need, stopped) {
                (Need::Served(call), [_, _]) => Need::ServedOrNobodyIdles(call),
                (need, _) => need,
            };
            let stops = stop_at_each_step(scene, stopped, deeds, need, &mut faults);
            stories += 1;
            runs += stops.runs.load(SeqCst);
            most = most.max(stops.most.load(SeqCst));
        }
        let points = runs / stories.max(1);
        table.push(format!(
            "{:<16} {points:>6} stop points × {stories:>2} stories, others at most {most:>4} steps: {stopped:?}",
            scene.name
        ));
    }
    println!("{}", table.join("\n"));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn stop_at_each_step(
    scene: &'static Scene,
    stopped: &'static [Deed],
    deeds: &'static [Deed],
    need: Need,
    faults: &mut Vec<String>,
) -> Arc<Stops> {
    let (stops, found) = (Arc::new(Stops::default()), Arc::new(Mutex::new(Vec::new())));
    let (seen, noted) = (Arc::clone(&stops), Arc::clone(&found));
    Runner::new(Stopper::new(&stops, stopped.len()), config()).run(move || {
        let wrong = stop_here(scene, stopped, deeds, need);
        let after = seen.after.lock().expect("no panic elsewhere").clone();
        let story = |what| format!("{}: {stopped:?} stopped after {after:?}, {deeds:?}: {what}", scene.name);
        noted.lock().expect("no panic elsewhere").extend(wrong.into_iter().map(story));
    });
    faults.append(&mut found.lock().expect("no panic elsewhere"));
    if stops.held_up.load(SeqCst) {
        faults.push(format!("{}: {stopped:?} holds {deeds:?} up for ever", scene.name));
    }
    stops
}

/// One run. What is wrong, while they stand still and after.
fn stop_here(scene: &'static Scene, stopped: &'static [Deed], deeds: &'static [Deed], need: Need) -> Vec<String> {
    let stage = Arc::new(scene.set());
    let stand_still: Vec<_> = stopped
        .iter()
        .map(|deed| {
            let one = Arc::clone(&stage);
            thread::spawn(move || one.does(*deed))
        })
        .collect();
    let other = Arc::clone(&stage);
    let go_on = thread::spawn(move || deeds.iter().map(|deed| (*deed, other.does(*deed))).collect::<Answers>());
    let answers = go_on.join().expect("no panic");
    // They stand still while this is looked at.
    let mut wrong: Vec<String> = missing(&stage, &answers, need, stopped).into_iter().collect();
    for one in stand_still {
        one.join().expect("no panic");
    }
    // Life goes on: what they have left behind leads nobody astray.
    stage.does(Deed::Joins(20, 0));
    stage.does(Deed::Joins(21, 1));
    wrong.extend(stage.world.faults_at_rest(stage.at));
    wrong.extend(stage.world.faults_after_all_have_gone(AGENTS, 12, stage.at));
    wrong
}

/// What the others need, and have not got.
fn missing(stage: &Stage, answers: &Answers, need: Need, stopped: &[Deed]) -> Option<String> {
    if let Some((deed, replies)) = answers.iter().find(|(deed, replies)| !Stage::is_answered(*deed, replies)) {
        return Some(format!("no answer to {deed:?}: {replies:?}"));
    }
    let claim = |reply: &Reply| if let Reply::Matched { claim, .. } = reply { Some(*claim) } else { None };
    let claims: Vec<_> = answers.iter().flat_map(|(_, replies)| replies).filter_map(claim).collect();
    let is_served = |number| claims.iter().any(|claim| claim.call == floor::call(number));
    let being_made_ready = stopped.iter().filter(|deed| matches!(deed, Deed::Ready(_))).count();
    let nobody_idles = stage.world.core.without_a_call() <= being_made_ready;
    let is_there = match need {
        Need::Answers => true,
        Need::Gets(agent) => claims.iter().any(|claim| claim.agent == AgentNo(agent)),
        Need::Served(number) => is_served(number),
        Need::NobodyIdles => nobody_idles,
        Need::ServedOrNobodyIdles(number) => is_served(number) || nobody_idles,
    };
    (!is_there).then(|| format!("{need:?} is not so: {answers:?}, {:?}", stage.world.core.figures()))
}

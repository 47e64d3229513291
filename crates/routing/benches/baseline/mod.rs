//! What the core is measured against: one mutex around sorted sets of waiting calls and idle agents, per class, with the
//! same rule on either side (the index I, the cost K). It does less: no bars, steps, levels, generations, explanations.

#![allow(clippy::disallowed_types, reason = "the baseline is the lock that the core does without")]

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

use crate::floor::{CLASSES, Matcher, Shape, home};

/// The longest idle agents of a class that are compared, as many as the core reckons the cost of.
const COMPARED_MAX: usize = 64;
const TALK_S: f64 = 450.0 * 0.92;

/// One lock around everything.
pub(crate) struct Sorted {
    skills: Vec<Vec<u32>>,
    state: Mutex<State>,
}

struct State {
    /// Per class: since, call.
    waiting: Vec<BTreeSet<(i64, u64)>>,
    /// Per class: idle since, agent.
    idle: Vec<BTreeSet<(i64, usize)>>,
    idle_since: Vec<Option<i64>>,
}

impl Sorted {
    pub(crate) fn new(shape: &Shape) -> Self {
        let state = State {
            waiting: vec![BTreeSet::new(); CLASSES],
            idle: vec![BTreeSet::new(); CLASSES],
            idle_since: vec![None; shape.agents],
        };
        Self { skills: (0..shape.agents).map(|agent| shape.skills(agent)).collect(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic elsewhere")
    }

    fn no_longer_idle(&self, state: &mut State, agent: usize) {
        if let Some(since) = state.idle_since[agent].take() {
            for class in &self.skills[agent] {
                state.idle[*class as usize].remove(&(since, agent));
            }
        }
    }
}

impl Matcher for Sorted {
    type Matched = usize;

    fn join(&self, call: u64, class: u32, at: i64) -> Option<usize> {
        let mut state = self.state();
        let cost = |&(since, agent): &(i64, usize)| {
            let lost = |class: &u32| 0.6_f64.powi(state.idle[*class as usize].len() as i32 - 1) / CLASSES as f64;
            let is_home = home(agent) == home(call as usize);
            let talk_s = if is_home { TALK_S - 60.0 } else { TALK_S * 1.05 };
            let cover: f64 = self.skills[agent].iter().map(lost).sum();
            talk_s + 600.0 * cover - 0.15 * (at - since) as f64 / 1_000.0
        };
        let idle = state.idle[class as usize].iter().take(COMPARED_MAX).map(|one| (cost(one), one.1));
        let Some((_, agent)) = idle.min_by(|one, two| one.0.total_cmp(&two.0)) else {
            state.waiting[class as usize].insert((at, call));
            return None;
        };
        self.no_longer_idle(&mut state, agent);
        Some(agent)
    }

    fn ready(&self, agent: usize, at: i64) -> Option<usize> {
        let mut state = self.state();
        let index = |since: i64, call: u64| {
            let waited_s = (at - since) as f64 / 1_000.0;
            let urgent = if waited_s > 20.0 && waited_s <= 60.0 { 4.0 } else { 1.0 };
            let home = if home(agent) == home(call as usize) { 1.1 } else { 1.0 / 1.05 };
            (waited_s > 240.0, (waited_s + 30.0) / 0.92 * home * urgent)
        };
        let heads = self.skills[agent].iter().filter_map(|class| {
            let head = state.waiting[*class as usize].first()?;
            Some((index(head.0, head.1), *head, *class))
        });
        let best = heads.max_by(|one, two| one.0.0.cmp(&two.0.0).then(one.0.1.total_cmp(&two.0.1)));
        let Some((_, head, class)) = best else {
            state.idle_since[agent] = Some(at);
            for class in &self.skills[agent] {
                state.idle[*class as usize].insert((at, agent));
            }
            return None;
        };
        state.waiting[class as usize].remove(&head);
        Some(agent)
    }

    fn close(&self, agent: usize) {
        let mut state = self.state();
        self.no_longer_idle(&mut state, agent);
    }

    fn finish(&self, agent: usize) -> usize {
        agent
    }
}

//! What the core is measured against: one mutex around sorted sets of waiting calls and idle agents, per class.
//! It does less: no bars, no generations, no explanations.

#![allow(clippy::disallowed_types, reason = "the baseline is the lock that the core does without")]

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

use crate::floor::{CLASSES, Matcher, Shape};

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
        let Some(&(_, agent)) = state.idle[class as usize].first() else {
            state.waiting[class as usize].insert((at, call));
            return None;
        };
        self.no_longer_idle(&mut state, agent);
        Some(agent)
    }

    fn ready(&self, agent: usize, at: i64) -> Option<usize> {
        let mut state = self.state();
        let heads = self.skills[agent].iter().filter_map(|class| {
            let head = state.waiting[*class as usize].first()?;
            Some((*head, *class))
        });
        let Some((head, class)) = heads.min() else {
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

//! The way of facts out of a shard: one append a turn, and what waits for it to be saved.
//!
//! When the spool has no room (its disk hangs), a shard keeps its facts and tries again; calls go on meanwhile. A shard
//! that keeps many takes no new calls, and at the bound facts are lost, counted and told.

use std::collections::VecDeque;

use api::Api;
use centre::DeskAnswer;
use model::{Fact, PersonRecord};
use store::SpoolDoor;
use tally::Append;

/// Facts and persons that a shard keeps before it takes no new calls.
const KEPT_EASY_MAX: usize = 16_384;
/// Facts and persons that a shard keeps; about 200 bytes each. At the bound new ones are lost: the calls that still go on
/// then have a gap in the figures, but go on.
const KEPT_MAX: usize = 262_144;

/// A shard's way to the spool.
pub(crate) struct FactsOut {
    spool: SpoolDoor,
    api: Api,
    kept: Kept,
}

impl FactsOut {
    pub(crate) fn new(spool: SpoolDoor, api: Api) -> Self {
        Self { spool, api, kept: Kept::default() }
    }

    /// Appends what one turn has put out; `answers` go when it is saved.
    pub(crate) fn append(&mut self, facts: Vec<Fact>, persons: Vec<PersonRecord>, answers: Vec<DeskAnswer>) {
        let api = self.api.clone();
        let when_saved = (!answers.is_empty()).then(|| -> tally::WhenSaved {
            Box::new(move || answers.into_iter().for_each(|answer| api.on_desk_answer(answer)))
        });
        if !self.kept.put(Append { facts, persons, when_saved }) {
            tracing::error!("the spool has taken nothing for too long: facts are lost, figures will have a gap");
        }
        self.send_kept();
    }

    /// Tries again what could not be appended. Cheap when there is nothing.
    pub(crate) fn send_kept(&mut self) {
        while let Some(append) = self.kept.take() {
            if let Err(full) = self.spool.append(append) {
                self.kept.put_back(full.0);
                return;
            }
        }
    }

    /// Whether something waits to be tried again.
    pub(crate) fn is_behind(&self) -> bool {
        !self.kept.appends.is_empty()
    }

    /// Whether so much waits that no new call should be taken.
    pub(crate) fn is_far_behind(&self) -> bool {
        self.kept.size >= KEPT_EASY_MAX
    }
}

/// What the spool had no room for, in order; at most [`KEPT_MAX`] facts and persons.
#[derive(Default)]
struct Kept {
    appends: VecDeque<Append>,
    size: usize,
    loses: bool,
}

impl Kept {
    /// Keeps it. False, told once until there is room again: it is lost, and its answers with it.
    fn put(&mut self, append: Append) -> bool {
        if self.size >= KEPT_MAX {
            return std::mem::replace(&mut self.loses, true);
        }
        self.loses = false;
        self.size += append.size();
        self.appends.push_back(append);
        true
    }

    fn take(&mut self) -> Option<Append> {
        let append = self.appends.pop_front()?;
        self.size -= append.size();
        Some(append)
    }

    fn put_back(&mut self, append: Append) {
        self.size += append.size();
        self.appends.push_front(append);
    }
}

#[cfg(test)]
mod tests {
    use model::{About, FactId, Moment, What};

    use super::*;

    fn turn(first: u128, facts: u128) -> Append {
        let fact = |no| Fact { id: FactId(no), at: Moment::EPOCH, about: About::Node, what: What::NodeDraining };
        Append { facts: (first..first + facts).map(fact).collect(), persons: Vec::new(), when_saved: None }
    }

    #[test]
    fn what_the_spool_has_no_room_for_is_kept_in_order_and_within_a_bound() {
        let mut kept = Kept::default();
        assert!(kept.put(turn(0, KEPT_MAX as u128 - 3)) && kept.put(turn(500_000, 1)));
        assert!(!kept.put(turn(600_000, 1)), "the first loss is told");
        assert!(kept.put(turn(600_001, 1)), "those after it are not");
        let first = kept.take().expect("kept");
        kept.put_back(first);
        let first = kept.take().expect("kept");
        assert_eq!((first.facts[0].id, kept.size), (FactId(0), 2));
        assert_eq!(kept.take().expect("kept").facts[0].id, FactId(500_000));
        assert!(kept.take().is_none() && kept.size == 0);
    }
}

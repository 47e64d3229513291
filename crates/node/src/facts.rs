//! The way of facts out of a shard: one append a turn, and what waits for it to be saved.
//!
//! When the spool has no room (its disk hangs), a shard keeps its facts and tries again; calls go on meanwhile.

use std::collections::VecDeque;

use api::Api;
use centre::DeskAnswer;
use model::{Fact, PersonRecord};
use store::SpoolDoor;
use tally::Append;

/// A shard's way to the spool.
pub(crate) struct FactsOut {
    spool: SpoolDoor,
    api: Api,
    /// What the spool had no room for, in order. Bounded by the calls that can happen while its disk hangs: the node
    /// is not ready then, and takes no new calls.
    kept: VecDeque<Append>,
}

impl FactsOut {
    pub(crate) fn new(spool: SpoolDoor, api: Api) -> Self {
        Self { spool, api, kept: VecDeque::new() }
    }

    /// Appends what one turn has put out; `answers` go when it is saved.
    pub(crate) fn append(&mut self, facts: Vec<Fact>, persons: Vec<PersonRecord>, answers: Vec<DeskAnswer>) {
        let api = self.api.clone();
        let when_saved = (!answers.is_empty()).then(|| -> tally::WhenSaved {
            Box::new(move || answers.into_iter().for_each(|answer| api.on_desk_answer(answer)))
        });
        self.kept.push_back(Append { facts, persons, when_saved });
        self.send_kept();
    }

    /// Tries again what could not be appended. Cheap when there is nothing.
    pub(crate) fn send_kept(&mut self) {
        while let Some(append) = self.kept.pop_front() {
            if let Err(full) = self.spool.append(append) {
                self.kept.push_front(full.0);
                return;
            }
        }
    }

    /// Whether something waits to be tried again.
    pub(crate) fn is_behind(&self) -> bool {
        !self.kept.is_empty()
    }
}

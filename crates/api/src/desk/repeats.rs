//! Requests that come twice: the same `request_id` within ten minutes is answered, not carried out again.
//!
//! Bounded per agent; the time is handed in.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use centre::{DeskCommand, RequestNo};
use plan::AgentNo;

use crate::refusal::Refusal;

/// What became of a command.
pub(crate) type Outcome = Result<(), Refusal>;

/// How long an id is remembered.
const AGE_MAX: Duration = Duration::from_secs(600);
/// Ids of one agent; at the bound the oldest is forgotten.
const IDS_PER_AGENT_MAX: usize = 64;

/// The ids that were used lately.
#[derive(Default)]
pub(crate) struct Repeats {
    by_agent: BTreeMap<AgentNo, VecDeque<Entry>>,
}

struct Entry {
    id: String,
    command: DeskCommand,
    at: Instant,
    request: RequestNo,
    outcome: Option<Outcome>,
}

/// What is known of an id.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Seen {
    /// Nothing: carry it out.
    New,
    /// It is being carried out.
    Waiting(RequestNo),
    /// It was, with this outcome.
    Done(Outcome),
    /// It was something else.
    Other,
}

impl Repeats {
    /// What is known of `id`; an empty one is never known.
    pub(crate) fn look(&self, agent: AgentNo, id: &str, command: &DeskCommand, now: Instant) -> Seen {
        let entries = self.by_agent.get(&agent).into_iter().flatten();
        let found = entries.rev().find(|entry| !id.is_empty() && entry.id == id && entry.is_young(now));
        match found {
            None => Seen::New,
            Some(entry) if entry.command != *command => Seen::Other,
            Some(Entry { outcome: Some(outcome), .. }) => Seen::Done(*outcome),
            Some(entry) => Seen::Waiting(entry.request),
        }
    }

    /// The command is being carried out as `request`.
    pub(crate) fn begin(&mut self, agent: AgentNo, id: &str, command: &DeskCommand, request: RequestNo, now: Instant) {
        if id.is_empty() {
            return;
        }
        let entries = self.by_agent.entry(agent).or_default();
        if entries.len() >= IDS_PER_AGENT_MAX {
            entries.pop_front();
        }
        entries.push_back(Entry { id: id.to_owned(), command: command.clone(), at: now, request, outcome: None });
    }

    /// It is over. Without an outcome (nobody knows) it is forgotten, so that a repetition is carried out.
    pub(crate) fn end(&mut self, agent: AgentNo, request: RequestNo, outcome: Option<Outcome>) {
        let Some(entries) = self.by_agent.get_mut(&agent) else { return };
        let Some(at) = entries.iter().position(|entry| entry.request == request) else { return };
        match outcome {
            Some(outcome) => entries[at].outcome = Some(outcome),
            None => drop(entries.remove(at)),
        }
    }

    /// Forgets what is too old.
    pub(crate) fn sweep(&mut self, now: Instant) {
        self.by_agent.retain(|_, entries| {
            entries.retain(|entry| entry.is_young(now));
            !entries.is_empty()
        });
    }
}

impl Entry {
    fn is_young(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) < AGE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: AgentNo = AgentNo(1);

    #[test]
    fn an_id_gives_its_first_answer_for_ten_minutes() {
        let (mut repeats, now) = (Repeats::default(), Instant::now());
        assert_eq!(repeats.look(ANNA, "r", &DeskCommand::Decline, now), Seen::New);
        repeats.begin(ANNA, "r", &DeskCommand::Decline, RequestNo(1), now);
        assert_eq!(repeats.look(ANNA, "r", &DeskCommand::Decline, now), Seen::Waiting(RequestNo(1)));
        repeats.end(ANNA, RequestNo(1), Some(Ok(())));
        assert_eq!(repeats.look(ANNA, "r", &DeskCommand::Decline, now), Seen::Done(Ok(())));
        assert_eq!(repeats.look(ANNA, "r", &DeskCommand::HangUp, now), Seen::Other);
        assert_eq!(repeats.look(AgentNo(2), "r", &DeskCommand::Decline, now), Seen::New);
        assert_eq!(repeats.look(ANNA, "r", &DeskCommand::Decline, now + AGE_MAX), Seen::New);
    }

    #[test]
    fn an_agent_keeps_64_ids_and_one_whose_end_is_unknown_is_forgotten() {
        let (mut repeats, now) = (Repeats::default(), Instant::now());
        for n in 0..65 {
            repeats.begin(ANNA, &format!("r{n}"), &DeskCommand::Decline, RequestNo(n), now);
        }
        assert_eq!(repeats.look(ANNA, "r0", &DeskCommand::Decline, now), Seen::New);
        assert_eq!(repeats.look(ANNA, "r1", &DeskCommand::Decline, now), Seen::Waiting(RequestNo(1)));
        repeats.end(ANNA, RequestNo(1), None);
        assert_eq!(repeats.look(ANNA, "r1", &DeskCommand::Decline, now), Seen::New);
        repeats.sweep(now + AGE_MAX);
        assert!(repeats.by_agent.is_empty());
    }
}

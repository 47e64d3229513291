//! A plan is tried on one line before it counts for all: for a while only new calls on that line come under it. Then `versions`
//! takes it over; or it is taken back, by hand or because calls under it fail.
//! Knows facts of calls on that line; doesn't know why a call failed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{About, CallId, ChangeHow, LineId, Outcome, What};
use plan::Plan;
use tally::NumberedFact;

use super::{Coming, InForce, NotTaken, Note, Planning, Tried, guarded};

/// How often it is looked whether a trial is over.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A trial is taken back when so many of its calls have failed …
const FAILED_MAX: u32 = 3;
/// … if these are more than one in so many of those that have ended.
const ONE_IN: u32 = 10;
/// Calls of a trial that are followed at once; a further one is not judged by.
const FOLLOWED_MAX: usize = 10_000;

/// What becomes of calls on the line on trial.
#[derive(Debug, Default)]
pub(crate) struct Trial(Mutex<Option<Watch>>);

#[derive(Debug)]
struct Watch {
    line: LineId,
    calls: BTreeSet<CallId>,
    ended: u32,
    failed: u32,
}

impl Trial {
    fn lock(&self) -> MutexGuard<'_, Option<Watch>> {
        // Counts that one fact is missing from are as good.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, line: &LineId) {
        *self.lock() = Some(Watch { line: line.clone(), calls: BTreeSet::new(), ended: 0, failed: 0 });
    }

    pub(super) fn end(&self) {
        *self.lock() = None;
    }

    /// What was saved. On the spool's thread.
    pub(crate) fn take_in(&self, facts: &[NumberedFact]) {
        let mut watch = self.lock();
        let Some(watch) = watch.as_mut() else { return };
        for NumberedFact { fact, .. } in facts {
            let About::Call { call, .. } = fact.about else { continue };
            if let What::LineFound { line, .. } = &fact.what
                && *line == watch.line
                && watch.calls.len() < FOLLOWED_MAX
            {
                watch.calls.insert(call);
            } else if let What::Ended { outcome } = fact.what
                && watch.calls.remove(&call)
            {
                watch.ended += 1;
                watch.failed += u32::from(outcome == Outcome::Failed);
            }
        }
    }

    /// Whether too many of its calls have failed.
    fn fails(&self) -> bool {
        self.lock().as_ref().is_some_and(|watch| watch.failed >= FAILED_MAX && watch.failed * ONE_IN > watch.ended)
    }
}

impl Planning {
    /// Tries a compiled plan on one line for `span`. Blocks until new calls there come under it.
    pub(crate) fn try_on(&self, line: &LineId, span: Duration, plan: &Plan, note: &Note) -> Result<InForce, NotTaken> {
        let mut work = self.begin()?;
        let now = self.in_force();
        if let Some(tried) = now.tried {
            return Err(NotTaken::StillTrying(tried.line));
        }
        let is_live = |plan: &Plan| plan.line_no(line).filter(|no| !plan.gone.lines.contains(no));
        let (Some(no), Some(_)) = (is_live(&now.plan), is_live(plan)) else {
            return Err(NotTaken::NoSuchLine(line.clone()));
        };
        let until = self.holders.clock.now() + span;
        let coming = guarded(|| {
            let sounds = self.sounds(plan, note, (&now, &work.former))?;
            let tried = Arc::new(plan.clone().after(&now.plan));
            let on_trial = Plan::clone(&now.plan).after(&tried);
            let routed = Arc::new(on_trial.trying(&tried, no));
            let tried = Tried { line: line.clone(), version: note.version, until, plan: tried };
            Ok(Coming { plan: Arc::new(on_trial), routed, tried: Some((no, tried)), sounds })
        })?;
        let tried = coming.tried.as_ref().map(|(_, tried)| tried.clone());
        let next = InForce { plan: coming.plan.clone(), tried, ..now };
        self.trial.begin(line);
        if let Err(fault) = self.bring(&mut work, coming, next.clone()) {
            self.trial.end();
            return Err(fault);
        }
        self.holders.notes.note(What::PlanChanged(Box::new(note.fact(ChangeHow::TriedOn(line.clone())))));
        tracing::info!(version = note.version, %line, for_s = span.as_secs(), who = %note.who, "a plan is tried on a line");
        Ok(next)
    }

    /// Ends the trial: everything is as before it.
    pub(crate) fn take_back(&self, who: &str, why: &str) -> Result<InForce, NotTaken> {
        let mut work = self.begin()?;
        let now = self.in_force();
        let Some(tried) = &now.tried else { return Err(NotTaken::NothingTried) };
        let note = Note {
            version: now.version,
            who: who.into(),
            why: why.into(),
            sounds: now.sounds.clone(),
            changed: Vec::new(),
        };
        let coming = guarded(|| {
            let sounds = self.sounds(&now.plan, &note, (&now, &work.former))?;
            Ok(Coming { plan: now.plan.clone(), routed: now.plan.clone(), tried: None, sounds })
        })?;
        let next = InForce { tried: None, ..now.clone() };
        self.bring(&mut work, coming, next.clone())?;
        self.trial.end();
        let fact = Note { version: tried.version, ..note }.fact(ChangeHow::TakenBack);
        self.holders.notes.note(What::PlanChanged(Box::new(fact)));
        tracing::warn!(version = tried.version, line = %tried.line, %who, %why, "what was tried is taken back");
        Ok(next)
    }

    /// Takes a trial back whose calls fail. Returns what came of it, if that is so.
    pub(crate) fn look_after_trial(&self) -> Option<Result<InForce, NotTaken>> {
        self.in_force().tried?;
        let why = "opkald i prøven mislykkedes (calls of the trial failed)";
        self.trial.fails().then(|| self.take_back("samkald", why))
    }
}

#[cfg(test)]
mod tests {
    use model::{Fact, FactId, Language, Moment, TopicId};

    use super::*;

    fn fact(call: u128, what: What) -> NumberedFact {
        let about = About::Call { call: CallId::from_bits(call), seq: 1 };
        NumberedFact { fact_no: 1, fact: Fact { id: FactId(1), at: Moment::EPOCH, about, what } }
    }

    fn found(call: u128, line: &str) -> NumberedFact {
        let (topic, language) = (TopicId::new("pas"), Language::new("da"));
        fact(call, What::LineFound { line: LineId::new(line), municipality: None, topic, language })
    }

    fn ended(call: u128, outcome: Outcome) -> NumberedFact {
        fact(call, What::Ended { outcome })
    }

    #[test]
    fn a_trial_fails_by_calls_on_its_own_line_and_not_by_one_in_many() {
        let trial = Trial::default();
        trial.take_in(&[found(1, "pas"), ended(1, Outcome::Failed)]);
        assert!(!trial.fails(), "nothing is tried");
        trial.begin(&LineId::new("pas"));
        for call in 0..9 {
            trial.take_in(&[found(call, "flytning"), ended(call, Outcome::Failed)]);
            trial.take_in(&[ended(100 + call, Outcome::Failed)]);
        }
        for call in 200..230 {
            trial.take_in(&[found(call, "pas"), ended(call, Outcome::Talked)]);
        }
        for call in 300..303 {
            trial.take_in(&[found(call, "pas"), ended(call, Outcome::Failed)]);
        }
        assert!(!trial.fails(), "3 of 33");
        trial.take_in(&[found(400, "pas"), ended(400, Outcome::Failed)]);
        assert!(trial.fails());
        trial.end();
        assert!(!trial.fails());
    }
}

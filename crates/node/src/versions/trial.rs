//! A version tried on one line before it counts for all. What was decided meanwhile comes into force at once, and the trial goes on
//! with it; when its time is over the version takes over like any other.
//!
//! Knows what was asked for; how calls go on that line is known by whoever implements [`TakesOver`](super::TakesOver).

use std::time::Duration;

use api::{Denied, TryWhat};
use change::{Asked, Draft, Version};
use model::{LineId, Moment};
use toml::Table;
use tracing::{error, info, warn};

use super::{Held, Versions, kept, no_disk, note_of, now};

/// How long a member may try, so that nobody else waits for it for long.
const MEMBERS_SPAN_MAX: Duration = Duration::from_secs(3_600);

/// What is tried.
pub(super) struct Trying {
    asked: Asked,
    what: TryWhat,
    line: LineId,
    until: Moment,
    /// What it comes to, on top of what is in force.
    pub(super) draft: Draft,
    base: Table,
}

impl Versions {
    /// Begins a trial. Refused while there is another.
    pub(super) fn begin_trial(
        &self,
        asked: &Asked,
        what: TryWhat,
        line: &str,
        span: Duration,
    ) -> Result<Version, Denied> {
        let mut held = self.held();
        asked.who.may_try_on(line, &held.table)?;
        if asked.who.municipality.is_some() && span > MEMBERS_SPAN_MAX {
            let (da, en) =
                ("en kommunes prøve varer højst en time, fx --try-for 30m", "a member's trial lasts an hour at most");
            return Err(Denied::NotTaken(da.into(), en.into()));
        }
        self.make_way(&mut held, asked)?;
        let (draft, base) = self.draft_of(&held, asked, &what)?;
        let version = draft.version.clone();
        let (asked, line, until) = (asked.clone(), LineId::new(line), now() + span);
        self.try_on_line(&mut held, Trying { asked, what, line, until, draft, base }, span)?;
        Ok(version)
    }

    /// One trial at a time. A member's never keeps the joint centre from its own.
    fn make_way(&self, held: &mut Held, asked: &Asked) -> Result<(), Denied> {
        let Some(other) = &held.trying else { return Ok(()) };
        if asked.who.municipality.is_none() && other.asked.who.municipality.is_some() {
            warn!(version = other.draft.version.number, line = %other.line, "a member's trial gives way to the joint centre's");
            held.trying = None;
            self.end_trial(&asked.who.name, "en prøve af hele planen kom før (a trial of the whole plan came first)");
            return Ok(());
        }
        let line = &other.line;
        let minutes = other.until.since(now()).as_secs() / 60 + 1;
        let theirs = asked.who.may_try_on(line.as_str(), &held.table).is_ok();
        let (da, en) = if theirs {
            (", eller afbryd prøven: samkald plan take-back", ", or end the trial: samkald plan take-back")
        } else {
            ("", "")
        };
        Err(Denied::NotTaken(
            format!("en anden plan prøves på linjen {line}; vent {minutes} minutter{da}"),
            format!("another plan is being tried on the line {line}; wait {minutes} minutes{en}"),
        ))
    }

    fn draft_of(&self, held: &Held, asked: &Asked, what: &TryWhat) -> Result<(Draft, Table), Denied> {
        match what {
            TryWhat::File => self.of_the_file(held, asked),
            TryWhat::Edits(wishes) => Ok((held.book.change(asked, wishes, &held.base, now())?, held.base.clone())),
        }
    }

    fn try_on_line(&self, held: &mut Held, trying: Trying, span: Duration) -> Result<(), Denied> {
        let version = &trying.draft.version;
        self.pass_over(held, version.number)?;
        let sounds = kept::sounds_of(&self.folder, version).map_err(|fault| no_disk(&fault))?;
        let plan = self.opened(trying.draft.plan.clone())?;
        let Some(taking_over) = self.taking_over.get() else { return Err(Denied::NoDisk) };
        let tried = taking_over.try_on(&trying.line, span, plan, note_of(version, sounds));
        if let Err((da, en)) = tried {
            self.sweep(held);
            return Err(Denied::NotTaken(da, en));
        }
        held.trying = Some(trying);
        Ok(())
    }

    /// Another version has taken over, which ended the trial: it is tried on, on top of that.
    pub(super) fn try_again(&self, held: &mut Held) {
        let Some(trying) = held.trying.take() else { return };
        let left = trying.until.since(now());
        let (number, line) = (trying.draft.version.number, trying.line.clone());
        // What it was based on was seen by them; what came since is seen by whoever decided that.
        let asked = Asked { based_on: None, ..trying.asked };
        let again = self
            .draft_of(held, &asked, &trying.what)
            .and_then(|(draft, base)| self.try_on_line(held, Trying { asked, draft, base, ..trying }, left));
        if let Err(denied) = again {
            error!(?denied, version = number, %line, "what was tried doesn't go with what was decided since: the trial is over");
        }
    }

    /// What has stood its trial takes over; what was taken back is forgotten.
    pub(super) fn look_after_trial(&self, now: Moment) {
        let mut held = self.held();
        let Some(trying) = held.trying.take() else { return };
        let number = trying.draft.version.number;
        if self.taking_over.get().is_none_or(|taking_over| !taking_over.is_trying()) {
            warn!(version = number, line = %trying.line, "what was tried has been taken back");
            return self.sweep(&held);
        }
        if trying.until > now {
            held.trying = Some(trying);
            return;
        }
        match self.take(&mut held, trying.draft, trying.base, false) {
            Ok(_) => info!(version = number, line = %trying.line, "what was tried is in force for all"),
            Err(denied) => {
                error!(?denied, version = number, "what was tried can't take over: it is taken back");
                self.end_trial("samkald", "planen kunne ikke tages i brug (the plan could not be taken over)");
            }
        }
    }

    /// Takes a trial back. A municipality's coordinator may, on a line of its own.
    pub(super) fn take_trial_back(&self, asked: &Asked) -> Result<(), Denied> {
        let mut held = self.held();
        if let Some(trying) = &held.trying {
            asked.who.may_try_on(trying.line.as_str(), &held.table)?;
        }
        let Some(taking_over) = self.taking_over.get() else { return Err(Denied::NoDisk) };
        taking_over.take_back(&asked.who.name, &asked.why).map_err(|(da, en)| Denied::NotTaken(da, en))?;
        held.trying = None;
        self.sweep(&held);
        Ok(())
    }

    fn end_trial(&self, who: &str, why: &str) {
        if let Some(Err((_, en))) = self.taking_over.get().map(|taking_over| taking_over.take_back(who, why)) {
            error!("a trial can't be taken back: {en}");
        }
    }
}

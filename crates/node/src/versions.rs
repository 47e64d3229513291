//! The versions of the plan on this node: which one is in force, how the next one takes over, and what is kept of all of them.
//!
//! What a change may be is known by `change`, how files are kept by `store`, how a plan takes over while calls run by whoever
//! implements [`TakesOver`]. One change at a time; a version counts when its number stands in the folder as the one in force, so a
//! node that dies while a plan takes over starts with the one before.

mod deciding;
mod kept;
mod proof;
mod start;
#[cfg(test)]
mod tests;
mod trial;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use api::Denied;
use change::{Asked, Book, Coordinator, Draft, Misfit, Version};
use jiff::Timestamp;
use model::{LineId, Moment};
use plan::{Difference, Plan};
use store::{InForce, PlanFolder};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use toml::Table;
use tracing::{error, info, warn};

use crate::planning::Note;
use crate::prompts;
use crate::secrets;
use crate::settings::Settings;
pub(crate) use proof::Starting;
use trial::Trying;

/// How often it is looked whether an edit, or a trial, has ended.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// When an end that has failed is tried again, the first time.
const END_AGAIN: Duration = Duration::from_secs(5);
/// At most so long it is waited before an end that has failed is tried again; each time twice as long.
const END_AGAIN_MAX: Duration = Duration::from_secs(600);

/// Puts a compiled plan, with its passwords opened, in force while calls run; waits until it is, or tells in Danish and English why
/// it isn't, and then everything is as before.
pub(crate) trait TakesOver: Send + Sync + 'static {
    /// Never called twice at once.
    fn take_over(&self, plan: Plan, note: Note) -> Result<(), (String, String)>;
    /// Puts it in force for new calls on one line alone; it is taken back by itself if these fail. What takes over ends it.
    fn try_on(&self, line: &LineId, span: Duration, plan: Plan, note: Note) -> Result<(), (String, String)>;
    /// All is as before the trial.
    fn take_back(&self, who: &str, why: &str) -> Result<(), (String, String)>;
    /// Whether something is being tried.
    fn is_trying(&self) -> bool;
}

/// The plan's versions.
pub(crate) struct Versions {
    held: Mutex<Held>,
    folder: PlanFolder,
    settings: Settings,
    /// All versions could be read. One that can't be now may be read by another program: what it names is left alone.
    may_sweep: bool,
    taking_over: OnceLock<Arc<dyn TakesOver>>,
}

struct Held {
    book: Book,
    /// The base of the version in force.
    base: Table,
    /// The same with its edits.
    table: Table,
    /// When it is next tried to let edits end, after it has failed; and how long it was waited for that.
    again: Option<(Moment, Duration)>,
    /// What is tried on a line.
    trying: Option<Trying>,
    /// When the version in force has proved itself; none: it has.
    proven_at: Option<Moment>,
}

impl Versions {
    /// From now on a change takes effect at once; before, at the next start.
    pub(crate) fn hand_over_to(&self, taking_over: Arc<dyn TakesOver>) {
        // Only a second call can fail, and then there is one already.
        let _ = self.taking_over.set(taking_over);
    }

    /// The number of the version in force.
    pub(crate) fn number_in_force(&self) -> u64 {
        self.held().book.in_force().map_or(0, |version| version.number)
    }

    /// Lets edits end when they are over, for as long as the node runs.
    pub(crate) fn watch(self: &Arc<Self>, office: &Handle) {
        let versions = Arc::downgrade(self);
        office.spawn(async move {
            let mut tick = tokio::time::interval(LOOK_EVERY);
            loop {
                tick.tick().await;
                let Some(versions) = versions.upgrade() else { break };
                // A panic in there has been told by the panic hook; the next look may do better.
                let _ = spawn_blocking(move || {
                    versions.look_after_trial(now());
                    versions.look_whether_proven(now());
                    versions.end_what_is_over(now());
                })
                .await;
            }
        });
    }

    /// Reads the operator's plan file anew, and puts it in force with the edits on top. Waits for it.
    pub(crate) fn reload_file(&self, asked: &Asked, dry_run: bool) -> Result<Version, Denied> {
        let mut held = self.held();
        let (draft, table) = self.of_the_file(&held, asked)?;
        self.take(&mut held, draft, table, dry_run)
    }

    /// What the version of the operator's plan file would be, as it is now.
    fn of_the_file(&self, held: &Held, asked: &Asked) -> Result<(Draft, Table), Denied> {
        let fresh = Settings::load_sealed(&self.settings.args).map_err(|faults| {
            let told = faults.to_string();
            Denied::NotTaken(told.clone(), told)
        })?;
        let text = fresh.plan_text;
        let table: Table = text.parse().map_err(|_| Denied::NoDisk)?;
        let file = self.folder.keep_text(&text).map_err(|fault| no_disk(&fault))?;
        let (draft, _) = held.book.rebase(asked, (&file, &table), &held.table, false, now())?;
        if draft.version.changed.is_empty() && held.book.in_force().is_some_and(|current| current.base == file) {
            return Err(Denied::Refused(change::Refused::NothingChanges));
        }
        Ok((draft, table))
    }

    /// Edits that are over drop out, as a version of their own.
    fn end_what_is_over(&self, now: Moment) {
        let mut held = self.held();
        let waits = held.again.is_some_and(|(again, _)| again > now);
        if waits || held.book.next_end().is_none_or(|end| end > now) {
            return;
        }
        let base = held.base.clone();
        let ended = match held.book.without_ended(&base, now) {
            None => return,
            Some(Err(refused)) => Err(Denied::Refused(refused)),
            Some(Ok((draft, left_out))) => {
                tell_left_out(&left_out, "what they stood on has ended");
                self.take(&mut held, draft, base, false)
            }
        };
        match ended {
            Ok(version) => {
                held.again = None;
                info!(version = version.number, "an edit of the plan has ended");
            }
            Err(fault) => {
                let waited = held.again.map_or(END_AGAIN, |(_, waited)| waited.saturating_mul(2).min(END_AGAIN_MAX));
                held.again = Some((now + waited, waited));
                error!(
                    ?fault,
                    again_in_s = waited.as_secs(),
                    "an edit of the plan is over, but the plan without it can't take over"
                );
            }
        }
    }

    /// A draft comes into force, and is kept; or all is as before. What is being tried is tried on beside it.
    fn take(&self, held: &mut Held, draft: Draft, base: Table, dry_run: bool) -> Result<Version, Denied> {
        if dry_run {
            return Ok(draft.version);
        }
        let Draft { version, table, plan } = draft;
        let number = self.pass_over(held, version.number)?;
        let taken = self.write(&version).and_then(|sounds| self.hand_over(&version, plan, sounds));
        if let Err(denied) = taken {
            // It never counted; that its file stays when the disk fails harms nobody.
            let _ = self.folder.forget(number);
            self.sweep(held);
            return Err(denied);
        }
        match self.count_from_now_on(number) {
            Ok(proven_at) => held.proven_at = Some(proven_at),
            Err(fault) => {
                error!(%fault, version = number, "the plan is in force, but a restart will not know it: the disk fails");
            }
        }
        info!(version = number, who = %version.who, "a version of the plan is in force");
        kept::weigh(&self.folder, &mut held.book, &version.file);
        for forgotten in held.book.keep(version.clone()) {
            if let Err(fault) = self.folder.forget(forgotten) {
                warn!(%fault, version = forgotten, "an old version of the plan can't be deleted");
            }
        }
        (held.base, held.table) = (base, table);
        self.try_again(held);
        self.sweep(held);
        Ok(version)
    }

    /// That number is never given again, whatever becomes of it.
    fn pass_over(&self, held: &mut Held, number: u64) -> Result<u64, Denied> {
        let now = self.folder.in_force().map_err(|fault| no_disk(&fault))?;
        self.folder.set_in_force(InForce { last: number, ..now }).map_err(|fault| no_disk(&fault))?;
        held.book.pass_over(number);
        Ok(number)
    }

    /// Deletes what no version names any more, and all folders of prompts but that in force: what is played lies in memory.
    fn sweep(&self, held: &Held) {
        if self.may_sweep {
            kept::sweep(&self.folder, &held.book, held.trying.as_ref().map(|trying| &trying.draft.version));
        }
    }

    /// The version's file and the folder of its sounds.
    fn write(&self, version: &Version) -> Result<Option<PathBuf>, Denied> {
        let text = kept::text_of(version);
        self.folder.keep_version(version.number, &text).map_err(|fault| no_disk(&fault))?;
        kept::sounds_of(&self.folder, version).map_err(|fault| no_disk(&fault))
    }

    fn hand_over(&self, version: &Version, plan: Plan, sounds: Option<PathBuf>) -> Result<(), Denied> {
        let plan = self.opened(plan)?;
        let Some(taking_over) = self.taking_over.get() else {
            return self.could_start_with(plan, sounds);
        };
        let taken = taking_over.take_over(plan, note_of(version, sounds));
        taken.map_err(|(da, en)| Denied::NotTaken(da, en))
    }

    /// With its passwords opened.
    fn opened(&self, plan: Plan) -> Result<Plan, Denied> {
        let opened = secrets::open_plan(&self.settings, &plan).map_err(|faults| {
            let told = |in_danish: bool| {
                faults.iter().map(|fault| if in_danish { &*fault.da } else { &fault.en }).collect::<Vec<_>>().join("; ")
            };
            Denied::NotTaken(told(true), told(false))
        })?;
        Ok(opened.unwrap_or(plan))
    }

    /// Whether the next start finds every sound that the plan names, as long as nothing takes plans over while calls run.
    fn could_start_with(&self, plan: Plan, sounds: Option<PathBuf>) -> Result<(), Denied> {
        let next = Settings { plan: Arc::new(plan), uploaded: sounds, ..self.settings.clone() };
        let loaded = prompts::load(&next);
        loaded
            .map(|_| ())
            .map_err(|fault| Denied::NotTaken(format!("lydene kan ikke bruges: {fault:#}"), format!("{fault:#}")))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is only put in place whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told of a version that takes over.
fn note_of(version: &Version, sounds: Option<PathBuf>) -> Note {
    let changed =
        version.changed.iter().cloned().map(|one| Difference { at: one.at, before: one.before, after: one.after });
    Note {
        version: version.number,
        who: version.who.as_str().into(),
        why: version.why.as_str().into(),
        sounds,
        changed: changed.collect(),
    }
}

/// Who reads the operator's file at the start or by a signal.
pub(crate) fn by_the_file(why: &str) -> Asked {
    let who = Coordinator { name: "file".to_owned(), municipality: None };
    Asked { who, why: why.to_owned(), based_on: None }
}

/// Edits by hand that don't count any more, though nobody has undone them.
fn tell_left_out(left_out: &[Misfit], why: &str) {
    for Misfit { da, en, .. } in left_out {
        error!("an edit by hand is left out, since {why}: {da} ({en})");
    }
}

/// By the wall clock: edits end when people's clocks say so.
fn now() -> Moment {
    Moment::from_micros(Timestamp::now().as_microsecond())
}

fn no_disk(fault: &std::io::Error) -> Denied {
    error!(%fault, "the folder of plans can't be used");
    Denied::NoDisk
}

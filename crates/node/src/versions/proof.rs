//! A version proves itself by the program living under it for a minute. One under which it died by a bug, or died twice, is not taken
//! up by a start again: the last one that had proved itself is. A person may still choose it, and it proves itself anew.
//!
//! Knows the word in the folder; doesn't know why a program died, only whether it was asked to.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use change::Version;
use model::Moment;
use store::{InForce, PlanFolder, Unproven};
use tracing::{error, info, warn};

use super::{Versions, kept, now};

/// So long the program must live under a version.
pub(super) const PROVEN_AFTER: Duration = Duration::from_secs(60);
/// Deaths that are a version's own fault, whatever the program died of: one may be the machine's.
const DEATHS_MAX: u8 = 2;

/// At a start: whether the program died under the version in force before that had proved itself. Returns the word as it was found.
pub(super) fn at_start(folder: &PlanFolder) -> io::Result<InForce> {
    let found = folder.in_force()?;
    let Some(Unproven { before, deaths }) = found.unproven else { return Ok(found) };
    let deaths = deaths.saturating_add(1);
    if deaths < DEATHS_MAX || before == 0 {
        warn!(version = found.version, deaths, "the program died soon after this version of the plan came into force");
        folder.set_in_force(InForce { unproven: Some(Unproven { before, deaths }), ..found })?;
        return Ok(found);
    }
    let texts = folder.versions()?;
    let text = texts.iter().find(|(number, _)| *number == found.version);
    if let Some(version) = text.and_then(|(_, text)| serde_json::from_str::<Version>(text).ok()) {
        let version = Version { quarantined: true, ..version };
        folder.keep_version(version.number, &kept::text_of(&version))?;
    }
    folder.set_in_force(InForce { version: before, unproven: None, ..found })?;
    error!(
        version = found.version,
        instead = before,
        "the program died under this version of the plan: it is in quarantine, and the one before is taken up; \
         samkald plan diff {before} {} shows what was new, samkald plan rollback {} takes it up all the same",
        found.version,
        found.version
    );
    Ok(found)
}

/// A start that has not succeeded yet. One that fails with a reason leaves all as it was found; one that meets a bug counts as the
/// death of whatever version it took up.
pub(crate) struct Starting {
    versions: Option<Arc<Versions>>,
    found: InForce,
}

impl Starting {
    pub(super) fn of(versions: Arc<Versions>, found: InForce) -> Self {
        Self { versions: Some(versions), found }
    }

    /// The node takes calls.
    pub(crate) fn has_started(mut self) {
        self.versions = None;
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let Some(versions) = self.versions.take() else { return };
        if std::thread::panicking() {
            return versions.died_by_a_bug();
        }
        let made_now = versions.folder.in_force().ok().filter(|now| now.version > self.found.last);
        let last = made_now.map_or(self.found.last, |now| now.last);
        let undone = versions.folder.set_in_force(InForce { last, ..self.found });
        let forgotten = made_now.map_or(Ok(()), |now| versions.folder.forget(now.version));
        if let Err(fault) = undone.and(forgotten) {
            error!(%fault, "the folder of plans can't be used");
        }
    }
}

impl Versions {
    /// The version of that number counts from now on, also at the next start; it has still to prove itself.
    pub(super) fn count_from_now_on(&self, number: u64) -> io::Result<Moment> {
        count(&self.folder, number)?;
        Ok(now() + PROVEN_AFTER)
    }

    /// The program has lived under the version in force for long enough.
    pub(super) fn look_whether_proven(&self, now: Moment) {
        let mut held = self.held();
        if held.proven_at.is_none_or(|at| at > now) {
            return;
        }
        held.proven_at = None;
        self.prove();
        let version = held.book.in_force().map_or(0, |version| version.number);
        info!(version, "this version of the plan has proved itself");
    }

    /// The program ends because it was asked to.
    pub(crate) fn stops_well(&self) {
        let mut held = self.held();
        if held.proven_at.take().is_some() {
            self.prove();
        }
    }

    /// The program ends by a bug: if the version in force has not proved itself, it is held to be its fault.
    pub(crate) fn died_by_a_bug(&self) {
        let marked = self.folder.in_force().and_then(|found| match found.unproven {
            Some(unproven) => {
                let unproven = Some(Unproven { deaths: DEATHS_MAX - 1, ..unproven });
                self.folder.set_in_force(InForce { unproven, ..found })
            }
            None => Ok(()),
        });
        if let Err(fault) = marked {
            error!(%fault, "the folder of plans can't be used");
        }
    }

    fn prove(&self) {
        let found = self.folder.in_force();
        if let Err(fault) = found.and_then(|found| self.folder.set_in_force(InForce { unproven: None, ..found })) {
            error!(%fault, "that this version of the plan has proved itself can't be kept");
        }
    }
}

/// Writes that a version counts. What it is held against is the last that had proved itself, or else the one before it.
pub(super) fn count(folder: &PlanFolder, number: u64) -> io::Result<()> {
    let found = folder.in_force()?;
    let proven = found.unproven.map_or(found.version, |unproven| unproven.before);
    let before = if proven == 0 { found.version } else { proven };
    let unproven = Some(Unproven { before, deaths: 0 });
    folder.set_in_force(InForce { version: number, last: found.last.max(number), unproven })
}

//! The plan that is in force, for whoever asks: one pointer that is swapped as a whole.
//! Knows what is in force and who decided it; not how it came to be.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use model::{LineId, Moment};
use plan::Plan;

/// A plan, and who decided that it be in force.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    /// In the numbers of all that were in force before it.
    pub(crate) plan: Arc<Plan>,
    /// Its number.
    pub(crate) version: u64,
    pub(crate) since: Moment,
    pub(crate) who: Arc<str>,
    pub(crate) why: Arc<str>,
    /// A folder of prompts that goes over the settings' own.
    pub(crate) sounds: Option<PathBuf>,
    /// What is tried beside it.
    pub(crate) tried: Option<Tried>,
}

/// A plan that is tried on one line.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) line: LineId,
    pub(crate) version: u64,
    pub(crate) until: Moment,
    pub(crate) plan: Arc<Plan>,
}

/// Where everybody looks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Current(Arc<ArcSwap<InForce>>);

impl Current {
    /// As it was read at the start.
    pub(crate) fn at_start(plan: Arc<Plan>, version: u64, since: Moment) -> Self {
        let (who, why) = ("file".into(), "start".into());
        Self(Arc::new(ArcSwap::from_pointee(InForce { plan, version, since, who, why, sounds: None, tried: None })))
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        self.0.load().plan.clone()
    }

    pub(crate) fn in_force(&self) -> InForce {
        InForce::clone(&self.0.load())
    }

    pub(super) fn replace(&self, now: InForce) {
        self.0.store(Arc::new(now));
    }
}

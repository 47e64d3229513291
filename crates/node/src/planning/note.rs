//! What is said of a change of the plan, and why one is refused: in Danish first, since coordinators read it.
//! Knows words; no plan.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use model::{CHANGED_MAX, ChangeHow, ChangedSetting, LineId, PlanChange, change_text};
use plan::Difference;
use routing::TooBig;

/// What is said of a change.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// Which version it makes.
    pub(crate) version: u64,
    /// Who decided it.
    pub(crate) who: Arc<str>,
    /// Why.
    pub(crate) why: Arc<str>,
    /// A folder of prompts that goes over all others.
    pub(crate) sounds: Option<PathBuf>,
    /// What is other than before; passwords are not shown.
    pub(crate) changed: Vec<Difference>,
}

impl Note {
    /// As facts tell it.
    pub(super) fn fact(&self, how: ChangeHow) -> PlanChange {
        let setting = |one: &Difference| ChangedSetting {
            at: change_text(&one.at),
            before: one.before.as_deref().map(change_text),
            after: one.after.as_deref().map(change_text),
        };
        PlanChange {
            version: self.version,
            who: change_text(&self.who),
            why: change_text(&self.why),
            how,
            changed: self.changed.iter().take(CHANGED_MAX).map(setting).collect(),
            more: self.changed.len().saturating_sub(CHANGED_MAX) as u32,
        }
    }
}

/// Why a plan does not come into force. Everything is as it was before, but for `Unsure`.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// A sound is missing or broken.
    Sounds(String),
    /// There is no room for so much, with what has gone since the start.
    TooBig(TooBig),
    /// Another plan is being tried on this line.
    StillTrying(LineId),
    /// No line of that name.
    NoSuchLine(LineId),
    /// Nothing is being tried.
    NothingTried,
    /// A bug was met while it was prepared: this plan must not be used.
    Poison,
    /// A shard has not answered: nobody can say what is in force everywhere. Only a restart helps.
    Unsure,
}

impl NotTaken {
    /// In Danish and in English.
    pub(crate) fn words(&self) -> (String, String) {
        let both = |da: &str, en: &str| (da.to_owned(), en.to_owned());
        match self {
            Self::Sounds(why) => (
                format!("planen er ikke taget i brug: lydfiler mangler eller kan ikke bruges: {why}"),
                format!("the plan was not taken over: sounds are missing or can't be used: {why}"),
            ),
            Self::TooBig(why) => (
                format!("planen er for stor, når det nedlagte siden start tælles med; genstart noden ({why})"),
                format!("the plan is too big, counting what has gone since the start; restart the node ({why})"),
            ),
            Self::StillTrying(line) => (
                format!("en anden plan prøves på linjen {line}; vent, eller afbryd prøven (samkald plan take-back)"),
                format!(
                    "another plan is being tried on the line {line}; wait, or end the trial (samkald plan take-back)"
                ),
            ),
            Self::NoSuchLine(line) => {
                (format!("linjen {line} findes ikke i planen"), format!("the line {line} is not in the plan"))
            }
            Self::NothingTried => both("ingen plan prøves", "no plan is being tried"),
            Self::Poison => both(
                "planen udløser en fejl i programmet og bruges ikke; den nuværende gælder fortsat",
                "the plan meets a bug in the program and is not used; the present one stays in force",
            ),
            Self::Unsure => both(
                "en del af noden svarer ikke; hvad der gælder, er uvist: genstart noden",
                "a part of the node doesn't answer; what is in force is unsure: restart the node",
            ),
        }
    }
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (da, en) = self.words();
        write!(f, "{da} ({en})")
    }
}

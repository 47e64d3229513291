//! The policies that can be compared, each as what it changes in the plan: who may take what, in which steps, by which rules.
//! Knows plans; knows no rule of matching: those are the core's alone.

use std::time::Duration;

use plan::{Step, StepWho};

use crate::world::Ability;

/// A policy to replay the days under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Policy {
    /// The product's own.
    Ours,
    /// First come, first served; the longest idle agent.
    Fcfs,
    /// Each class a line of its own, served by level of skill; the longest idle agent.
    LongestIdle,
    /// First come, first served within rings that widen after 8 and 16 s: primary skills of the citizen's own municipality, then
    /// primary skills, then all.
    Bullseye,
    /// Each municipality alone: its own agents take all its calls, whether they can do the topic or not.
    Silo,
    /// No policy but a bound: everyone can do everything as a primary topic, first come, first served.
    Bound,
}

impl Policy {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 6] = [Self::Bound, Self::Silo, Self::Fcfs, Self::LongestIdle, Self::Bullseye, Self::Ours];

    /// Its name in flags, tables and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Fcfs => "fcfs",
            Self::LongestIdle => "longest-idle",
            Self::Bullseye => "bullseye",
            Self::Silo => "silo",
            Self::Bound => "bound",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The core's rules under it.
    pub const fn rules(self) -> plan::Policy {
        match self {
            Self::Ours => plan::Policy::Ours,
            Self::LongestIdle => plan::Policy::LongestIdle,
            Self::Fcfs | Self::Bullseye | Self::Silo | Self::Bound => plan::Policy::Fcfs,
        }
    }

    /// How an agent does a class under this policy, of which the agent's own ability is the given one (none: another language).
    pub const fn ability(self, own: Option<Ability>) -> Option<Ability> {
        match (self, own) {
            (Self::Bound, _) => Some(Ability::Primary),
            (_, Some(Ability::Primary | Ability::Other)) => own,
            (Self::Silo, Some(Ability::Lacking) | None) => Some(Ability::Lacking),
            (Self::Ours | Self::Fcfs | Self::LongestIdle | Self::Bullseye, Some(Ability::Lacking) | None) => None,
        }
    }

    /// Who may be offered a call that has waited so long.
    pub fn steps(self) -> Vec<Step> {
        match self {
            Self::Bullseye => vec![
                Step { after: Duration::ZERO, level_max: 1, who: StepWho::Home },
                Step { after: Duration::from_secs(8), level_max: 1, who: StepWho::Everyone },
                Step { after: Duration::from_secs(16), level_max: 9, who: StepWho::Everyone },
            ],
            Self::Ours | Self::Fcfs | Self::LongestIdle | Self::Silo | Self::Bound => vec![Step::ALL],
        }
    }
}

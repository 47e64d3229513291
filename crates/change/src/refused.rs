//! Why a change is refused, in the words of whoever asked for it: Danish first, English beside it.
//! Knows nothing of how a refusal travels.

use std::fmt;

use model::Moment;
use plan::{Fault, local_time};

use crate::{Misfit, Version};

/// Why nothing was changed.
#[derive(Clone, PartialEq, Debug)]
pub enum Refused {
    /// The setting is another municipality's, or all share it.
    NotYours {
        /// Which.
        what: String,
        /// Whose; none: shared.
        whose: Option<String>,
    },
    /// Somebody else has changed the same since the version that the change was based on.
    Overtaken(Box<Version>),
    /// There is no such version (any more).
    NoSuchVersion(u64),
    /// More edits than may be, in one change or in force.
    TooMany(usize),
    /// No reason was given, or too long a one.
    BadWhy,
    /// It is as it is asked for already.
    NothingChanges,
    /// Edits that don't fit the plan: what they name is not there, or is not changed by hand.
    Misfits(Vec<Misfit>),
    /// The plan would not be right; all faults of it.
    Faults(Vec<Fault>),
    /// The plan would be right now, but not any more when some of it ends by itself.
    EndsBadly {
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// The settings whose edits end then.
        what: Vec<String>,
        /// What is wrong from then on.
        why: Box<Self>,
    },
}

impl Refused {
    /// Its name for programs; never changes once released.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotYours { .. } => "NOT_YOURS",
            Self::Overtaken(_) => "OVERTAKEN",
            Self::NoSuchVersion(_) => "NO_SUCH_VERSION",
            Self::TooMany(_) => "TOO_MANY_EDITS",
            Self::BadWhy => "BAD_WHY",
            Self::NothingChanges => "NOTHING_CHANGES",
            Self::Misfits(_) => "DOES_NOT_FIT",
            Self::Faults(_) => "PLAN_FAULTS",
            Self::EndsBadly { .. } => "ENDS_BADLY",
        }
    }

    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            Self::NotYours { what, whose: Some(whose) } => {
                format!(
                    "{what} belongs to municipality {whose}; only its own coordinators and the joint centre's change it"
                )
            }
            Self::NotYours { what, whose: None } => {
                format!("{what} is shared; only the joint centre's coordinators change it")
            }
            Self::Overtaken(by) => {
                let touched = by.touched.join(", ");
                format!(
                    "{} changed the same in version {} ({}): {touched}. Look at it, and base your change on that version",
                    by.who, by.number, by.why
                )
            }
            Self::NoSuchVersion(number) => format!("there is no version {number}: see 'samkald plan versions'"),
            Self::TooMany(max) => format!("at most {max} edits; undo or merge some"),
            Self::BadWhy => "say why, in 3 to 200 characters on one line".to_owned(),
            Self::NothingChanges => "nothing changes: the plan is so already".to_owned(),
            Self::Misfits(misfits) => join(misfits.iter().map(|misfit| misfit.en.clone())),
            Self::Faults(faults) => join(faults.iter().map(|fault| format!("{}: {}", fault.at, fault.en))),
            Self::EndsBadly { at_ms, what, why } => format!(
                "when {} ends at {}, the plan is not right any more; let it count for longer, or let what builds on it end then, \
                 too:\n{}",
                what.join(", "),
                clock(*at_ms),
                why.english()
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYours { what, whose: Some(whose) } => {
                write!(f, "{what} tilhører kommune {whose}; kun dens egne koordinatorer og fællescentrets ændrer det")
            }
            Self::NotYours { what, whose: None } => {
                write!(f, "{what} er fælles; kun fællescentrets koordinatorer ændrer det")
            }
            Self::Overtaken(by) => {
                let touched = by.touched.join(", ");
                write!(
                    f,
                    "{} har ændret det samme i version {} ({}): {touched}. Se på den, og byg din ændring på den version",
                    by.who, by.number, by.why
                )
            }
            Self::NoSuchVersion(number) => write!(f, "der er ingen version {number}; se 'samkald plan versions'"),
            Self::TooMany(max) => write!(f, "højst {max} ændringer; fortryd eller saml nogle af dem"),
            Self::BadWhy => f.write_str("sig hvorfor, på én linje med 3 til 200 tegn"),
            Self::NothingChanges => f.write_str("intet ændres: sådan er planen allerede"),
            Self::Misfits(misfits) => f.write_str(&join(misfits.iter().map(|misfit| misfit.da.clone()))),
            Self::Faults(faults) => {
                f.write_str(&join(faults.iter().map(|fault| format!("{}: {}", fault.at, fault.da))))
            }
            Self::EndsBadly { at_ms, what, why } => write!(
                f,
                "når {} udløber {}, går planen ikke op længere; lad det gælde længere, eller lad det, der bygger på det, udløbe \
                 samtidig:\n{why}",
                what.join(", "),
                clock(*at_ms)
            ),
        }
    }
}

/// By the clock on the wall: `2026-11-24 20:00`.
fn clock(at_ms: i64) -> String {
    local_time(Moment::from_millis(at_ms)).strftime("%Y-%m-%d %H:%M").to_string()
}

fn join(sentences: impl Iterator<Item = String>) -> String {
    sentences.collect::<Vec<_>>().join("\n")
}

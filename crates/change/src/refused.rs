//! Why a change is refused, in the words of whoever asked for it: Danish first, English beside it.
//! Knows nothing of how a refusal travels.

use std::fmt;

use plan::Fault;

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
        }
    }
}

fn join(sentences: impl Iterator<Item = String>) -> String {
    sentences.collect::<Vec<_>>().join("\n")
}

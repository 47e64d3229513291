//! All that is wrong with the settings and the plan, each with the file that it stands in.
//!
//! Written for the operator's terminal: Danish first, English beside.

use std::fmt;

use plan::Fault;

/// Faults, in the order in which they were found; never empty when returned as an error.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<(String, Fault)>,
}

impl Faults {
    /// Adds faults of one file (or of the environment, or a flag), in the order of their lines.
    pub(crate) fn add(&mut self, place: &str, faults: Vec<Fault>) {
        let mut faults = faults;
        faults.sort_by_key(|fault| fault.line.unwrap_or(u32::MAX));
        self.found.extend(faults.into_iter().map(|fault| (place.to_owned(), fault)));
    }

    /// One fault.
    pub(crate) fn one(place: &str, fault: Fault) -> Self {
        Self { found: vec![(place.to_owned(), fault)] }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The faults, with their files.
    #[cfg(test)]
    pub(super) fn all(&self) -> &[(String, Fault)] {
        &self.found
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.found.len();
        match count {
            1 => writeln!(f, "Der er én fejl i opsætningen (there is one fault):")?,
            _ => writeln!(f, "Der er {count} fejl i opsætningen (there are {count} faults):")?,
        }
        for (place, fault) in &self.found {
            writeln!(f, "  {place}, {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
